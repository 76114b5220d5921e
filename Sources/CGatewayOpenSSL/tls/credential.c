#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "credential.h"

gw_tls_credential *gw_tls_credential_empty(void) {
    gw_tls_credential *credential = OPENSSL_zalloc(sizeof *credential);
    if (credential != NULL && (credential->chain = sk_X509_new_null()) == NULL) {
        OPENSSL_free(credential);
        return NULL;
    }
    return credential;
}

gw_tls_credential *gw_tls_credential_fail(gw_tls_credential *credential, gw_tls_fault *fault,
                                          gw_tls_fault_kind kind) {
    gw_tls_fault_set(fault, kind);
    ERR_clear_error();
    gw_tls_credential_free(credential);
    return NULL;
}

int gw_tls_credential_add(gw_tls_credential *credential, X509 *certificate) {
    if (credential->certificate == NULL) {
        credential->certificate = certificate;
        return 1;
    }
    if (sk_X509_push(credential->chain, certificate)) return 1;
    X509_free(certificate);
    return 0;
}

/* ---- reading ---------------------------------------------------------------------------- */

static gw_tls_fault_kind read_pem_certificates(gw_tls_credential *credential, const uint8_t *bytes, size_t length) {
    gw_tls_passphrase none = {.length = -1};
    gw_tls_fault_kind kind = GW_TLS_FAULT_NONE;
    BIO *bio = BIO_new_mem_buf(bytes, (int)length);
    X509 *next;
    if (bio == NULL) return GW_TLS_FAULT_INTERNAL;
    while (kind == GW_TLS_FAULT_NONE &&
           (next = PEM_read_bio_X509_AUX(bio, NULL, gw_tls_passphrase_give, &none)) != NULL) {
        if (!gw_tls_credential_add(credential, next)) kind = GW_TLS_FAULT_INTERNAL;
    }
    unsigned long error = ERR_peek_last_error();
    int is_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (kind == GW_TLS_FAULT_NONE && credential->certificate == NULL) kind = GW_TLS_FAULT_CERTIFICATE_UNREADABLE;
    if (kind == GW_TLS_FAULT_NONE && !is_end) kind = GW_TLS_FAULT_CHAIN_UNREADABLE;
    BIO_free(bio);
    return kind;
}

/* One certificate after another. */
static gw_tls_fault_kind read_der_certificates(gw_tls_credential *credential, const uint8_t *bytes, size_t length) {
    const uint8_t *end = bytes + length;
    while (bytes < end) {
        X509 *next = d2i_X509(NULL, &bytes, end - bytes);
        if (next == NULL)
            return credential->certificate == NULL ? GW_TLS_FAULT_CERTIFICATE_UNREADABLE : GW_TLS_FAULT_CHAIN_UNREADABLE;
        if (!gw_tls_credential_add(credential, next)) return GW_TLS_FAULT_INTERNAL;
    }
    return GW_TLS_FAULT_NONE;
}

gw_tls_credential *gw_tls_credential_read(const uint8_t *chain, size_t chain_length, const uint8_t *key,
                                          size_t key_length, int is_checked, gw_tls_ask ask, void *owner,
                                          gw_tls_fault *fault) {
    gw_tls_passphrase passphrase = {.ask = ask, .owner = owner, .length = -1};
    gw_tls_fault_kind kind;
    ERR_clear_error();
    gw_tls_credential *credential = gw_tls_credential_empty();
    if (credential == NULL) return gw_tls_credential_fail(NULL, fault, GW_TLS_FAULT_INTERNAL);
    if (chain_length == 0 || chain_length > GW_TLS_MAX_CREDENTIAL_BYTES) {
        kind = GW_TLS_FAULT_CERTIFICATE_UNREADABLE;
    } else {
        kind = chain[0] == 0x30 ? read_der_certificates(credential, chain, chain_length)
                                : read_pem_certificates(credential, chain, chain_length);
    }
    if (kind == GW_TLS_FAULT_NONE) {
        ERR_clear_error();
        credential->key = gw_tls_key_read(key, key_length, &passphrase, &kind);
        gw_tls_passphrase_wipe(&passphrase);
        if (credential->key != NULL)
            return is_checked ? gw_tls_credential_finish(credential, fault) : credential;
    }
    return gw_tls_credential_fail(credential, fault, kind);
}

void gw_tls_credential_sort(gw_tls_credential *credential) {
    STACK_OF(X509) *chain = credential->chain;
    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *candidate = sk_X509_value(chain, i);
        if (X509_check_private_key(credential->certificate, credential->key) == 1) break;
        if (X509_check_private_key(candidate, credential->key) != 1) continue;
        (void)sk_X509_set(chain, i, credential->certificate);
        credential->certificate = candidate;
    }
    X509 *last = credential->certificate;
    for (int place = 0; place < sk_X509_num(chain); place++) {
        for (int i = place; i < sk_X509_num(chain); i++) {
            X509 *candidate = sk_X509_value(chain, i);
            if (X509_check_issued(candidate, last) != X509_V_OK) continue;
            (void)sk_X509_set(chain, i, sk_X509_value(chain, place));
            (void)sk_X509_set(chain, place, candidate);
            break;
        }
        last = sk_X509_value(chain, place);
    }
    ERR_clear_error();
}

/* ---- checking --------------------------------------------------------------------------- */

/* A chain that begins with another certificate is the commonest mismatch; its place is worth telling. */
static gw_tls_credential *mismatch(gw_tls_credential *credential, gw_tls_fault *fault) {
    int place = 0;
    for (int i = 0; i < sk_X509_num(credential->chain) && place == 0; i++) {
        if (X509_check_private_key(sk_X509_value(credential->chain, i), credential->key) == 1) place = i + 2;
    }
    credential = gw_tls_credential_fail(credential, fault, GW_TLS_FAULT_KEY_MISMATCH);
    fault->detail = place;
    return credential;
}

/* RFC 8446 section 4.4.2: each certificate should certify the one before it. Clients that don't sort a
   chain fail on any other. */
gw_tls_credential *gw_tls_credential_finish(gw_tls_credential *credential, gw_tls_fault *fault) {
    ERR_clear_error();
    if (X509_check_private_key(credential->certificate, credential->key) != 1) return mismatch(credential, fault);
    ERR_clear_error();
    if (sk_X509_num(credential->chain) >= GW_TLS_MAX_CERTIFICATES)
        return gw_tls_credential_fail(credential, fault, GW_TLS_FAULT_CHAIN_TOO_LONG);
    X509 *certificate = credential->certificate;
    for (int i = 0; i < sk_X509_num(credential->chain); i++) {
        X509 *issuer = sk_X509_value(credential->chain, i);
        int is_named = X509_check_issued(issuer, certificate) == X509_V_OK;
        if (!is_named || X509_verify(certificate, X509_get0_pubkey(issuer)) != 1) {
            ERR_clear_error();
            credential = gw_tls_credential_fail(
                credential, fault, is_named ? GW_TLS_FAULT_CHAIN_NOT_SIGNED : GW_TLS_FAULT_CHAIN_ORDER);
            fault->detail = i + 2;
            return credential;
        }
        certificate = issuer;
    }
    ERR_clear_error();
    return credential;
}

/* ---- facts ------------------------------------------------------------------------------ */

void gw_tls_credential_free(gw_tls_credential *credential) {
    if (credential == NULL) return;
    X509_free(credential->certificate);
    EVP_PKEY_free(credential->key);
    sk_X509_pop_free(credential->chain, X509_free);
    OPENSSL_free(credential->staple);
    OPENSSL_free(credential);
}

const char *gw_tls_credential_kind(const gw_tls_credential *credential) {
    const char *name = EVP_PKEY_get0_type_name(credential->key);
    return name == NULL ? "unknown" : name;
}

void gw_tls_credential_subject(const gw_tls_credential *credential, char *text, size_t size) {
    BIO *bio = BIO_new(BIO_s_mem());
    size_t length = 0;
    text[0] = 0;
    if (bio == NULL) return;
    /* XN_FLAG_RFC2253 escapes control and non-ASCII characters. */
    if (X509_NAME_print_ex(bio, X509_get_subject_name(credential->certificate), 0, XN_FLAG_RFC2253) >= 0 &&
        BIO_read_ex(bio, text, size - 1, &length)) {
        text[length] = 0;
    }
    BIO_free(bio);
    ERR_clear_error();
}

size_t gw_tls_credential_chain_count(const gw_tls_credential *credential) {
    return (size_t)sk_X509_num(credential->chain);
}

void gw_tls_credential_validity(const gw_tls_credential *credential, int64_t *not_before, int64_t *not_after) {
    /* What can't be read as a time is never valid. */
    if (!gw_tls_unix_time(X509_get0_notBefore(credential->certificate), not_before) ||
        !gw_tls_unix_time(X509_get0_notAfter(credential->certificate), not_after)) {
        *not_before = INT64_MAX;
        *not_after = INT64_MIN;
    }
    ERR_clear_error();
}

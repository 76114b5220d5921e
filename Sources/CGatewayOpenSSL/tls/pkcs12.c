/* PKCS#12 (RFC 7292): a key and its certificates in one file. */
#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "credential.h"

/* Finds out with which passphrase the file's MAC is right. A file made without one has "" or none at all. */
static gw_tls_fault_kind unlock(PKCS12 *file, gw_tls_passphrase *passphrase, const char **text) {
    *text = NULL;
    if (PKCS12_mac_present(file)) {
        const ASN1_INTEGER *iterations = NULL;
        int64_t count = 1;
        PKCS12_get0_mac(NULL, NULL, NULL, &iterations, file);
        if (iterations != NULL && (!ASN1_INTEGER_get_int64(&count, iterations) || count > GW_TLS_MAX_ITERATIONS))
            return GW_TLS_FAULT_TOO_MANY_ITERATIONS;
        if (PKCS12_verify_mac(file, NULL, 0)) return GW_TLS_FAULT_NONE;
        if (gw_tls_error_is_unsupported()) return GW_TLS_FAULT_LEGACY_ALGORITHM;
        *text = "";
        if (PKCS12_verify_mac(file, "", 0)) return GW_TLS_FAULT_NONE;
        ERR_clear_error();
        if (!gw_tls_passphrase_get(passphrase)) return GW_TLS_FAULT_PASSPHRASE_MISSING;
        *text = passphrase->bytes;
        if (PKCS12_verify_mac(file, passphrase->bytes, passphrase->length)) return GW_TLS_FAULT_NONE;
        return gw_tls_error_is_unsupported() ? GW_TLS_FAULT_LEGACY_ALGORITHM : GW_TLS_FAULT_PASSPHRASE_WRONG;
    }
    if (gw_tls_passphrase_get(passphrase)) *text = passphrase->bytes;
    return GW_TLS_FAULT_NONE;
}

gw_tls_credential *gw_tls_credential_read_pkcs12(const uint8_t *bytes, size_t length, gw_tls_ask ask,
                                                 void *owner, gw_tls_fault *fault) {
    gw_tls_passphrase passphrase = {.ask = ask, .owner = owner, .length = -1};
    const unsigned char *end = bytes;
    const char *text = NULL;
    STACK_OF(X509) *others = NULL;
    gw_tls_fault_kind kind = GW_TLS_FAULT_PKCS12_UNREADABLE;
    ERR_clear_error();
    gw_tls_credential *credential = gw_tls_credential_empty();
    if (credential == NULL) return gw_tls_credential_fail(NULL, fault, GW_TLS_FAULT_INTERNAL);
    PKCS12 *file = length == 0 || length > GW_TLS_MAX_CREDENTIAL_BYTES ? NULL : d2i_PKCS12(NULL, &end, (long)length);
    if (file != NULL && end == bytes + length && (kind = unlock(file, &passphrase, &text)) == GW_TLS_FAULT_NONE) {
        if (!PKCS12_parse(file, text, &credential->key, &credential->certificate, &others)) {
            kind = gw_tls_error_is_unsupported() ? GW_TLS_FAULT_LEGACY_ALGORITHM : GW_TLS_FAULT_PKCS12_UNREADABLE;
        } else if (credential->key == NULL || credential->certificate == NULL) {
            kind = GW_TLS_FAULT_PKCS12_INCOMPLETE;
        } else {
            sk_X509_free(credential->chain);
            credential->chain = others != NULL ? others : sk_X509_new_null();
            others = NULL;
            if (credential->chain == NULL) kind = GW_TLS_FAULT_INTERNAL;
        }
    }
    gw_tls_passphrase_wipe(&passphrase);
    sk_X509_pop_free(others, X509_free);
    PKCS12_free(file);
    if (kind != GW_TLS_FAULT_NONE) return gw_tls_credential_fail(credential, fault, kind);
    gw_tls_credential_sort(credential);
    return gw_tls_credential_finish(credential, fault);
}

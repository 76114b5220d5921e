/*
 * Private keys: PEM or DER; PKCS#8, encrypted PKCS#8, or the traditional forms.
 *
 * Decryption is done here step by step, because OpenSSL's readers fail alike for a wrong passphrase and
 * for a damaged file. A key begins with SEQUENCE and the INTEGER of its version (RFC 5208 section 5,
 * RFC 8017 appendix A.1.2, RFC 5915 section 3); what decrypts to that had the right passphrase.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "credential.h"

int gw_tls_passphrase_get(gw_tls_passphrase *passphrase) {
    if (!passphrase->was_asked) {
        passphrase->was_asked = 1;
        passphrase->length =
            passphrase->ask == NULL
                ? -1
                : passphrase->ask(passphrase->owner, passphrase->bytes, GW_TLS_MAX_PASSPHRASE);
        if (passphrase->length > GW_TLS_MAX_PASSPHRASE) passphrase->length = -1;
        if (passphrase->length >= 0) passphrase->bytes[passphrase->length] = 0;
    }
    return passphrase->length >= 0;
}

void gw_tls_passphrase_wipe(gw_tls_passphrase *passphrase) {
    OPENSSL_cleanse(passphrase->bytes, sizeof passphrase->bytes);
}

int gw_tls_passphrase_give(char *buffer, int size, int is_writing, void *argument) {
    gw_tls_passphrase *passphrase = argument;
    (void)is_writing;
    if (!gw_tls_passphrase_get(passphrase) || passphrase->length > size) return -1;
    memcpy(buffer, passphrase->bytes, (size_t)passphrase->length);
    return passphrase->length;
}

gw_tls_fault_kind gw_tls_passphrase_fault(const gw_tls_passphrase *passphrase) {
    return passphrase->length < 0 ? GW_TLS_FAULT_PASSPHRASE_MISSING : GW_TLS_FAULT_PASSPHRASE_WRONG;
}

int gw_tls_error_is_unsupported(void) {
    unsigned long error;
    int is_unsupported = 0;
    while ((error = ERR_get_error()) != 0) {
        if (ERR_GET_REASON(error) == ERR_R_UNSUPPORTED) is_unsupported = 1;
        if (ERR_GET_LIB(error) == ERR_LIB_EVP &&
            (ERR_GET_REASON(error) == EVP_R_UNSUPPORTED_ALGORITHM || ERR_GET_REASON(error) == EVP_R_UNKNOWN_CIPHER ||
             ERR_GET_REASON(error) == EVP_R_UNKNOWN_PBE_ALGORITHM ||
             ERR_GET_REASON(error) == EVP_R_UNSUPPORTED_CIPHER))
            is_unsupported = 1;
    }
    return is_unsupported;
}

static int begins_as_key(const unsigned char *bytes, size_t length) {
    if (length < 2 || bytes[0] != 0x30) return 0;
    size_t header = 2 + (bytes[1] < 0x80 ? 0 : bytes[1] & 0x7f);
    if (bytes[1] > 0x83 || length < header + 3) return 0;
    return bytes[header] == 0x02 && bytes[header + 1] == 0x01 && bytes[header + 2] <= 1;
}

static EVP_PKEY *read_plain(const unsigned char *bytes, size_t length, gw_tls_fault_kind *kind) {
    const unsigned char *end = bytes;
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &end, (long)length);
    if (key != NULL && end == bytes + length) return key;
    EVP_PKEY_free(key);
    *kind = GW_TLS_FAULT_KEY_UNREADABLE;
    return NULL;
}

/* What has been decrypted: the passphrase was wrong, the file is damaged, or it is a key. */
static EVP_PKEY *read_decrypted(const unsigned char *bytes, size_t length, int is_whole,
                                gw_tls_fault_kind *kind) {
    EVP_PKEY *key = NULL;
    if (!begins_as_key(bytes, length)) {
        *kind = GW_TLS_FAULT_PASSPHRASE_WRONG;
    } else if (!is_whole || (key = read_plain(bytes, length, kind)) == NULL) {
        *kind = GW_TLS_FAULT_KEY_DAMAGED;
    }
    return key;
}

/* How often a passphrase is to be hashed; -1 when that can't be told. */
static int64_t iterations(const X509_ALGOR *algorithm) {
    int64_t count = -1;
    if (OBJ_obj2nid(algorithm->algorithm) == NID_pbes2) {
        PBE2PARAM *scheme = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), algorithm->parameter);
        if (scheme != NULL && OBJ_obj2nid(scheme->keyfunc->algorithm) == NID_id_pbkdf2) {
            PBKDF2PARAM *function =
                ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), scheme->keyfunc->parameter);
            if (function != NULL && !ASN1_INTEGER_get_int64(&count, function->iter)) count = INT64_MAX;
            PBKDF2PARAM_free(function);
        }
        PBE2PARAM_free(scheme);
    } else {
        PBEPARAM *scheme = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), algorithm->parameter);
        if (scheme != NULL && !ASN1_INTEGER_get_int64(&count, scheme->iter)) count = INT64_MAX;
        PBEPARAM_free(scheme);
    }
    ERR_clear_error();
    return count;
}

static EVP_PKEY *read_encrypted_pkcs8(const X509_SIG *encrypted, gw_tls_passphrase *passphrase,
                                      gw_tls_fault_kind *kind) {
    const X509_ALGOR *algorithm;
    const ASN1_OCTET_STRING *data;
    EVP_PKEY *key = NULL;
    int count = 0, rest = 0;
    if (!gw_tls_passphrase_get(passphrase)) {
        *kind = GW_TLS_FAULT_PASSPHRASE_MISSING;
        return NULL;
    }
    X509_SIG_get0(encrypted, &algorithm, &data);
    if (iterations(algorithm) > GW_TLS_MAX_ITERATIONS) {
        *kind = GW_TLS_FAULT_TOO_MANY_ITERATIONS;
        return NULL;
    }
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    if (cipher == NULL) {
        *kind = GW_TLS_FAULT_INTERNAL;
        return NULL;
    }
    if (!EVP_PBE_CipherInit(algorithm->algorithm, passphrase->bytes, passphrase->length, algorithm->parameter,
                            cipher, 0)) {
        *kind = gw_tls_error_is_unsupported() ? GW_TLS_FAULT_LEGACY_ALGORITHM : GW_TLS_FAULT_KEY_DAMAGED;
    } else {
        int size = ASN1_STRING_length(data) + EVP_MAX_BLOCK_LENGTH;
        unsigned char *plain = OPENSSL_zalloc((size_t)size);
        if (plain == NULL) {
            *kind = GW_TLS_FAULT_INTERNAL;
        } else {
            int ok = EVP_DecryptUpdate(cipher, plain, &count, ASN1_STRING_get0_data(data), ASN1_STRING_length(data)) &&
                     EVP_DecryptFinal_ex(cipher, plain + count, &rest);
            key = read_decrypted(plain, (size_t)(count + (ok ? rest : 0)), ok, kind);
            OPENSSL_clear_free(plain, (size_t)size);
        }
    }
    EVP_CIPHER_CTX_free(cipher);
    return key;
}

static EVP_PKEY *read_der(const unsigned char *bytes, size_t length, gw_tls_passphrase *passphrase,
                          gw_tls_fault_kind *kind) {
    const unsigned char *end = bytes;
    X509_SIG *encrypted = d2i_X509_SIG(NULL, &end, (long)length);
    EVP_PKEY *key;
    if (encrypted != NULL && end == bytes + length) {
        key = read_encrypted_pkcs8(encrypted, passphrase, kind);
    } else {
        ERR_clear_error();
        key = read_plain(bytes, length, kind);
    }
    X509_SIG_free(encrypted);
    return key;
}

/* The traditional encryption of PEM, "Proc-Type: 4,ENCRYPTED" (RFC 1421), decrypts in place. */
static EVP_PKEY *read_encrypted_pem(char *header, unsigned char *bytes, long length,
                                    gw_tls_passphrase *passphrase, gw_tls_fault_kind *kind) {
    EVP_CIPHER_INFO cipher;
    long plain = length;
    *kind = GW_TLS_FAULT_KEY_UNREADABLE;
    if (!PEM_get_EVP_CIPHER_INFO(header, &cipher)) {
        if (gw_tls_error_is_unsupported()) *kind = GW_TLS_FAULT_LEGACY_ALGORITHM;
        return NULL;
    }
    if (!gw_tls_passphrase_get(passphrase)) {
        *kind = GW_TLS_FAULT_PASSPHRASE_MISSING;
        return NULL;
    }
    int ok = PEM_do_header(&cipher, bytes, &plain, gw_tls_passphrase_give, passphrase);
    if (!ok && gw_tls_error_is_unsupported()) {
        *kind = GW_TLS_FAULT_LEGACY_ALGORITHM;
        return NULL;
    }
    return read_decrypted(bytes, (size_t)(ok ? plain : length), ok, kind);
}

static int ends_with(const char *text, const char *end) {
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* The first private key of a PEM file, which may begin with certificates or EC parameters. */
static EVP_PKEY *read_pem(const unsigned char *bytes, size_t length, gw_tls_passphrase *passphrase,
                          gw_tls_fault_kind *kind) {
    EVP_PKEY *key = NULL;
    BIO *bio = BIO_new_mem_buf(bytes, (int)length);
    int is_found = 0;
    *kind = bio == NULL ? GW_TLS_FAULT_INTERNAL : GW_TLS_FAULT_KEY_UNREADABLE;
    while (bio != NULL && !is_found) {
        char *name = NULL, *header = NULL;
        unsigned char *data = NULL;
        long count = 0;
        if (!PEM_read_bio_ex(bio, &name, &header, &data, &count, PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE)) break;
        is_found = ends_with(name, "PRIVATE KEY");
        if (is_found)
            key = *header != 0 ? read_encrypted_pem(header, data, count, passphrase, kind)
                               : read_der(data, (size_t)count, passphrase, kind);
        OPENSSL_secure_free(name);
        OPENSSL_secure_free(header);
        OPENSSL_secure_clear_free(data, (size_t)count);
    }
    BIO_free(bio);
    return key;
}

EVP_PKEY *gw_tls_key_read(const uint8_t *bytes, size_t length, gw_tls_passphrase *passphrase,
                          gw_tls_fault_kind *kind) {
    if (length > GW_TLS_MAX_CREDENTIAL_BYTES) {
        *kind = GW_TLS_FAULT_KEY_UNREADABLE;
        return NULL;
    }
    return length > 0 && bytes[0] == 0x30 ? read_der(bytes, length, passphrase, kind)
                                          : read_pem(bytes, length, passphrase, kind);
}

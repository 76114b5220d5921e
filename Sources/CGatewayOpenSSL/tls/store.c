/* Credentials behind a URI: OSSL_STORE asks the providers that are loaded, such as one for PKCS#11. */
#include <openssl/err.h>
#include <openssl/store.h>
#include <openssl/storeerr.h>
#include <openssl/ui.h>

#include "credential.h"

/* Any URI is tried as a file first, so that the queue also says that nothing is registered for "file". */
static gw_tls_fault_kind opening_fault(const char *uri) {
    unsigned long error;
    int is_file = OPENSSL_strncasecmp(uri, "file:", 5) == 0;
    gw_tls_fault_kind kind = GW_TLS_FAULT_STORE_UNREADABLE;
    while ((error = ERR_get_error()) != 0) {
        if (!is_file && ERR_GET_LIB(error) == ERR_LIB_OSSL_STORE &&
            (ERR_GET_REASON(error) == OSSL_STORE_R_UNREGISTERED_SCHEME || ERR_GET_REASON(error) == ERR_R_UNSUPPORTED))
            kind = GW_TLS_FAULT_STORE_SCHEME;
    }
    return kind;
}

/* Takes what was wanted from an object of the store. */
static gw_tls_fault_kind take(gw_tls_credential *credential, OSSL_STORE_INFO *object, int wanted) {
    if (OSSL_STORE_INFO_get_type(object) != wanted) return GW_TLS_FAULT_NONE;
    if (wanted == OSSL_STORE_INFO_CERT) {
        X509 *certificate = OSSL_STORE_INFO_get1_CERT(object);
        return certificate != NULL && gw_tls_credential_add(credential, certificate) ? GW_TLS_FAULT_NONE
                                                                                     : GW_TLS_FAULT_INTERNAL;
    }
    if (credential->key == NULL && (credential->key = OSSL_STORE_INFO_get1_PKEY(object)) == NULL)
        return GW_TLS_FAULT_INTERNAL;
    return GW_TLS_FAULT_NONE;
}

static gw_tls_fault_kind load(gw_tls_credential *credential, const char *uri, int wanted, UI_METHOD *method,
                              gw_tls_passphrase *passphrase) {
    gw_tls_fault_kind kind = GW_TLS_FAULT_NONE;
    ERR_clear_error();
    OSSL_STORE_CTX *store = OSSL_STORE_open(uri, method, passphrase, NULL, NULL);
    if (store == NULL) return opening_fault(uri);
    while (kind == GW_TLS_FAULT_NONE && !OSSL_STORE_eof(store)) {
        OSSL_STORE_INFO *object = OSSL_STORE_load(store);
        if (object == NULL) {
            /* At the end there is none either, and it counts as an error. */
            if (OSSL_STORE_error(store) && !OSSL_STORE_eof(store))
                kind = passphrase->was_asked ? gw_tls_passphrase_fault(passphrase) : GW_TLS_FAULT_STORE_UNREADABLE;
            continue;
        }
        kind = take(credential, object, wanted);
        OSSL_STORE_INFO_free(object);
    }
    OSSL_STORE_close(store);
    if (kind != GW_TLS_FAULT_NONE) return kind;
    int is_found = wanted == OSSL_STORE_INFO_CERT ? credential->certificate != NULL : credential->key != NULL;
    if (is_found) return GW_TLS_FAULT_NONE;
    /* A store may pass over what it could not decrypt as if it were not there. */
    if (passphrase->was_asked) return gw_tls_passphrase_fault(passphrase);
    return wanted == OSSL_STORE_INFO_CERT ? GW_TLS_FAULT_STORE_NO_CERTIFICATE : GW_TLS_FAULT_STORE_NO_KEY;
}

gw_tls_credential *gw_tls_credential_read_store(const char *certificate_uri, const char *key_uri,
                                                gw_tls_ask ask, void *owner, gw_tls_fault *fault) {
    gw_tls_passphrase passphrase = {.ask = ask, .owner = owner, .length = -1};
    gw_tls_fault_kind kind = GW_TLS_FAULT_INTERNAL;
    UI_METHOD *method = UI_UTIL_wrap_read_pem_callback(gw_tls_passphrase_give, 0);
    gw_tls_credential *credential = gw_tls_credential_empty();
    int is_key = 0;
    if (method != NULL && credential != NULL) {
        kind = load(credential, certificate_uri, OSSL_STORE_INFO_CERT, method, &passphrase);
        if (kind == GW_TLS_FAULT_NONE) {
            is_key = 1;
            kind = load(credential, key_uri, OSSL_STORE_INFO_PKEY, method, &passphrase);
        }
    }
    gw_tls_passphrase_wipe(&passphrase);
    if (kind == GW_TLS_FAULT_NONE) {
        gw_tls_credential_sort(credential);
        credential = gw_tls_credential_finish(credential, fault);
    } else {
        credential = gw_tls_credential_fail(credential, fault, kind);
        fault->detail = is_key;
    }
    UI_destroy_method(method);
    return credential;
}

/* Peer certificates: the chain if configured, then the judge. */
#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <time.h>

#include "internal.h"

/* libssl derives the alert from the verification result; this is its table read backwards. */
static int error_for_alert(int alert) {
    switch (alert) {
    case SSL_AD_HANDSHAKE_FAILURE: return X509_V_ERR_APPLICATION_VERIFICATION;
    case SSL_AD_BAD_CERTIFICATE: return X509_V_ERR_CERT_REJECTED;
    case SSL_AD_UNSUPPORTED_CERTIFICATE: return X509_V_ERR_INVALID_PURPOSE;
    case SSL_AD_CERTIFICATE_REVOKED: return X509_V_ERR_CERT_REVOKED;
    case SSL_AD_CERTIFICATE_EXPIRED: return X509_V_ERR_CERT_HAS_EXPIRED;
    case SSL_AD_UNKNOWN_CA: return X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
    case SSL_AD_DECRYPT_ERROR: return X509_V_ERR_CERT_SIGNATURE_FAILURE;
    case SSL_AD_INTERNAL_ERROR: return X509_V_ERR_UNSPECIFIED;
    /* Any error that the table does not list is sent as certificate_unknown. */
    default: return X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED;
    }
}

static int ask_judge(gw_tls_session *session, X509 *leaf, STACK_OF(X509) *sent, int is_resumption, int *alert) {
    gw_tls_der certificates[GW_TLS_MAX_CERTIFICATES];
    uint8_t *encodings[GW_TLS_MAX_CERTIFICATES] = {NULL};
    size_t count = 0;
    int ok = 1, others = sent == NULL ? 0 : sk_X509_num(sent);

    for (int i = -1; i < others && count < GW_TLS_MAX_CERTIFICATES; i++) {
        X509 *certificate = i < 0 ? leaf : sk_X509_value(sent, i);
        /* The untrusted list starts with the leaf itself. */
        if (i >= 0 && certificate == leaf) continue;
        int length = i2d_X509(certificate, &encodings[count]);
        if (length <= 0) {
            ok = 0;
            break;
        }
        certificates[count].bytes = encodings[count];
        certificates[count].length = (size_t)length;
        count++;
    }
    *alert = ok ? session->context->callbacks.judge(session->window->owner, certificates, count, is_resumption) : SSL_AD_INTERNAL_ERROR;
    for (size_t i = 0; i < count; i++) OPENSSL_free(encodings[i]);
    return *alert < 0;
}

int gw_tls_judge_resumption(gw_tls_session *session, X509 *leaf) {
    int alert;
    return ask_judge(session, leaf, NULL, 1, &alert);
}

int64_t gw_tls_now(const gw_tls_session *session) {
    gw_tls_clock clock = session->context->callbacks.clock;
    return clock == NULL ? (int64_t)time(NULL) : clock(session->window->owner);
}

int gw_tls_on_verify(X509_STORE_CTX *store, void *argument) {
    const gw_tls_context *context = argument;
    SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    gw_tls_session *session = ssl == NULL ? NULL : gw_tls_session_of(ssl);
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    STACK_OF(X509) *sent = X509_STORE_CTX_get0_untrusted(store);
    int alert = SSL_AD_INTERNAL_ERROR;

    /* A probe at start-up, whose peer is ours. */
    if (ssl != NULL && session == NULL) return 1;
    if (session == NULL || leaf == NULL) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
        return 0;
    }
    if (context->callbacks.clock != NULL) X509_STORE_CTX_set_time(store, 0, (time_t)gw_tls_now(session));
    if (sk_X509_num(sent) > GW_TLS_MAX_CERTIFICATES) {
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_CHAIN_TOO_LONG);
    } else if (context->verify_chain && X509_verify_cert(store) != 1) {
        if (X509_STORE_CTX_get_error(store) == X509_V_OK)
            X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED);
    } else if (ask_judge(session, leaf, sent, 0, &alert)) {
        X509_STORE_CTX_set_error(store, X509_V_OK);
        return 1;
    } else {
        X509_STORE_CTX_set_error(store, error_for_alert(alert));
        session->certificate_rejected = 1;
        return 0;
    }
    session->certificate_rejected = 1;
    session->verify_reason = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    return 0;
}

/* Stapled OCSP responses in the handshake (RFC 6066, section 8; RFC 8446, section 4.4.2.1). */
#include <string.h>

#include "internal.h"

/* Nothing is fetched here: what the credential has is served as long as it says something. */
int gw_tls_on_status(SSL *ssl, void *argument) {
    const gw_tls_session *session = gw_tls_session_of(ssl);
    const X509 *chosen = SSL_get_certificate(ssl);
    (void)argument;
    if (session == NULL) return SSL_TLSEXT_ERR_NOACK;
    for (size_t i = 0; i < session->context->credential_count; i++) {
        const gw_tls_credential *credential = session->context->credentials[i];
        if (credential->certificate != chosen || credential->staple == NULL) continue;
        int64_t now = gw_tls_now(session);
        if (now < credential->staple_facts.this_update || now >= credential->staple_facts.end)
            return SSL_TLSEXT_ERR_NOACK;
        uint8_t *copy = OPENSSL_memdup(credential->staple, credential->staple_length);
        if (copy == NULL) return SSL_TLSEXT_ERR_NOACK;
        SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)credential->staple_length);
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_NOACK;
}

size_t gw_tls_session_staple(const gw_tls_session *session, const uint8_t **der) {
    const unsigned char *bytes = NULL;
    long length = SSL_get_tlsext_status_ocsp_resp(session->ssl, &bytes);
    *der = bytes;
    return bytes == NULL || length <= 0 ? 0 : (size_t)length;
}

void gw_tls_session_drop_staple(gw_tls_session *session) {
    SSL_set_tlsext_status_ocsp_resp(session->ssl, NULL, 0);
}

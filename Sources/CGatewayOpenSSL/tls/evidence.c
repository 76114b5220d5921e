/* What a handshake established. */
#include "internal.h"

uint16_t gw_tls_session_version(const gw_tls_session *session) { return (uint16_t)SSL_version(session->ssl); }

const char *gw_tls_session_cipher(const gw_tls_session *session) {
    const SSL_CIPHER *cipher = SSL_get_current_cipher(session->ssl);
    const char *name = cipher == NULL ? NULL : SSL_CIPHER_standard_name(cipher);
    return name == NULL ? "unknown" : name;
}

const char *gw_tls_session_group(const gw_tls_session *session) {
    int group = (int)SSL_get_negotiated_group(session->ssl);
    return group == NID_undef ? NULL : SSL_group_to_name(session->ssl, group);
}

int gw_tls_session_was_resumed(const gw_tls_session *session) { return SSL_session_reused(session->ssl); }

void gw_tls_session_protocol(const gw_tls_session *session, const uint8_t **bytes, size_t *length) {
    unsigned int count = 0;
    SSL_get0_alpn_selected(session->ssl, bytes, &count);
    *length = count;
}

size_t gw_tls_session_id(const gw_tls_session *session, const uint8_t **id) {
    const SSL_SESSION *current = SSL_get_session(session->ssl);
    unsigned int length = 0;
    *id = current == NULL ? NULL : SSL_SESSION_get_id(current, &length);
    return length;
}

size_t gw_tls_session_leaf(const gw_tls_session *session, uint8_t **der) {
    X509 *leaf = SSL_get0_peer_certificate(session->ssl);
    *der = NULL;
    int length = leaf == NULL ? 0 : i2d_X509(leaf, der);
    return length > 0 ? (size_t)length : 0;
}

void gw_tls_bytes_free(void *bytes) { OPENSSL_free(bytes); }

gw_tls_hello gw_tls_session_hello(const gw_tls_session *session) {
    gw_tls_hello hello = {0};
    const gw_tls_hello_record *record = session->hello;
    if (record == NULL) return hello;
    hello.lowest_version = record->lowest_version;
    hello.highest_version = record->highest_version;
    hello.names_server = record->names_server;
    if (record->server_name_length > 0) hello.server_name = record->server_name;
    hello.server_name_length = record->server_name_length;
    hello.protocols = record->protocols;
    hello.protocols_length = record->protocols_length;
    return hello;
}

/* The configuration of one domain, taken on by a connection whose ClientHello has just arrived. */
#include <string.h>

#include "internal.h"

/* SSL_set_SSL_CTX brings along the credentials, the signature algorithms, the security level, the session
   id context and, because a session that has none of its own asks its context, the cipher suites and
   every callback. What an SSL took from its first context at birth stays: all that is set here. */
int gw_tls_session_adopt(gw_tls_session *session, const gw_tls_context *context) {
    SSL *ssl = session->ssl;
    const char *groups = session->context->groups;
    if (SSL_set_SSL_CTX(ssl, context->ssl) != context->ssl ||
        !SSL_set_session_id_context(ssl, context->scope, sizeof context->scope) ||
        !SSL_set_min_proto_version(ssl, context->minimum_version) ||
        !SSL_set_max_proto_version(ssl, context->maximum_version))
        return 0;
    if (strcmp(groups, context->groups) != 0 && !SSL_set1_groups_list(ssl, context->groups)) return 0;
    SSL_set_verify(ssl, context->verify_mode, NULL);
    session->context = context;
    return 1;
}

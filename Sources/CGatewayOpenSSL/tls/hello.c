/* What is read and decided when a ClientHello has arrived, before libssl acts on it. */
#include <string.h>

#include "internal.h"

static uint16_t two_bytes(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static void read_versions(SSL *ssl, uint16_t *lowest, uint16_t *highest) {
    const unsigned char *list;
    size_t length;
    uint16_t legacy = (uint16_t)SSL_client_hello_get0_legacy_version(ssl);
    *lowest = 0;
    /* RFC 8446, section 4.1.2: without the extension the hello means at most TLS 1.2. */
    *highest = legacy > TLS1_2_VERSION ? TLS1_2_VERSION : legacy;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &list, &length)) return;
    if (length < 1 || list[0] != length - 1) return; /* libssl will refuse it */
    *highest = 0;
    for (size_t i = 1; i + 1 < length; i += 2) {
        uint16_t version = two_bytes(list + i);
        /* Drafts and GREASE (RFC 8701) are not versions. */
        if (version < SSL3_VERSION || version > TLS1_3_VERSION) continue;
        if (*lowest == 0 || version < *lowest) *lowest = version;
        if (version > *highest) *highest = version;
    }
}

/* RFC 6066, section 3: a list of names, of which only host_name (0) exists. */
static void read_server_name(SSL *ssl, gw_tls_hello *hello) {
    const unsigned char *bytes;
    size_t length;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &bytes, &length)) return;
    hello->names_server = 1;
    if (length < 5 || two_bytes(bytes) != length - 2 || bytes[2] != 0) return;
    size_t count = two_bytes(bytes + 3);
    if (count == 0 || count > GW_TLS_MAX_SERVER_NAME || count != length - 5) return;
    hello->server_name = (const char *)bytes + 5;
    hello->server_name_length = count;
}

/* RFC 7301, section 3.1. */
static void read_protocols(SSL *ssl, gw_tls_hello *hello) {
    const unsigned char *bytes;
    size_t length, used = 0;
    if (!SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &bytes, &length))
        return;
    if (length < 2 || two_bytes(bytes) != length - 2) return;
    bytes += 2;
    length -= 2;
    while (used < length && used + 1 + bytes[used] <= length) used += 1 + (size_t)bytes[used];
    if (used != length) return;
    hello->protocols = bytes;
    hello->protocols_length = length;
}

static gw_tls_hello_record *record_of(const gw_tls_hello *hello) {
    gw_tls_hello_record *record = OPENSSL_zalloc(sizeof *record);
    size_t used = 0;
    if (record == NULL) return NULL;
    record->lowest_version = hello->lowest_version;
    record->highest_version = hello->highest_version;
    record->names_server = (uint8_t)hello->names_server;
    if (hello->server_name != NULL) memcpy(record->server_name, hello->server_name, hello->server_name_length);
    record->server_name_length = (uint8_t)hello->server_name_length;
    while (used < hello->protocols_length &&
           used + 1 + hello->protocols[used] <= sizeof record->protocols)
        used += 1 + (size_t)hello->protocols[used];
    if (used > 0) memcpy(record->protocols, hello->protocols, used);
    record->protocols_length = (uint8_t)used;
    return record;
}

int gw_tls_on_client_hello(SSL *ssl, int *alert, void *argument) {
    const gw_tls_context *context = argument;
    gw_tls_session *session = gw_tls_session_of(ssl);
    gw_tls_hello hello = {0};

    *alert = SSL_AD_INTERNAL_ERROR;
    read_versions(ssl, &hello.lowest_version, &hello.highest_version);
    read_server_name(ssl, &hello);
    read_protocols(ssl, &hello);
    int is_first = session != NULL && !session->has_answer;
    if (session != NULL && session->hello == NULL && (session->hello = record_of(&hello)) == NULL)
        return SSL_CLIENT_HELLO_ERROR;

    /* Here and nowhere else: whatever libssl decides from the hello, resumption first, it decides after
       this. A second hello, after HelloRetryRequest, comes to the context chosen for the first, which
       has nothing to choose. */
    if (context->callbacks.choose != NULL) {
        if (session == NULL) return SSL_CLIENT_HELLO_ERROR;
        gw_tls_choice choice = context->callbacks.choose(session->window->owner, &hello);
        switch (choice.kind) {
        case GW_TLS_CHOICE_WAIT:
            return SSL_CLIENT_HELLO_RETRY;
        case GW_TLS_CHOICE_ADOPT:
            if (!gw_tls_session_adopt(session, choice.context)) return SSL_CLIENT_HELLO_ERROR;
            context = choice.context;
            break;
        default:
            session->is_refused = 1;
            *alert = choice.alert;
            return SSL_CLIENT_HELLO_ERROR;
        }
    }
    if (is_first) {
        session->has_answer = 1;
        if (!gw_tls_session_configure_resumption(session)) return SSL_CLIENT_HELLO_ERROR;
    }
    uint16_t best = hello.highest_version < context->maximum_version ? hello.highest_version
                                                                     : context->maximum_version;
    if (context->minimum_version < TLS1_2_VERSION && best < TLS1_2_VERSION) SSL_set_security_level(ssl, 0);
    return SSL_CLIENT_HELLO_SUCCESS;
}

int gw_tls_on_select_protocol(SSL *ssl, const unsigned char **selected, unsigned char *selected_length,
                              const unsigned char *offered, unsigned int offered_length, void *argument) {
    const gw_tls_context *context = argument;
    (void)ssl;
    /* libssl has checked that the offered list is well formed. */
    for (size_t i = 0; i < context->protocols_length; i += 1 + (size_t)context->protocols[i]) {
        for (size_t j = 0; j < offered_length; j += 1 + (size_t)offered[j]) {
            if (offered[j] == context->protocols[i] && j + 1 + offered[j] <= offered_length &&
                memcmp(offered + j + 1, context->protocols + i + 1, offered[j]) == 0) {
                *selected = context->protocols + i + 1;
                *selected_length = context->protocols[i];
                return SSL_TLSEXT_ERR_OK;
            }
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

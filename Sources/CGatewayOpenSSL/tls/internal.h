#ifndef GATEWAY_TLS_INTERNAL_H
#define GATEWAY_TLS_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include "gateway_tls.h"

/* A session's limits: what a peer may make us hold before it is known, and how often it may make us
   work without sending any data. */
enum {
    GW_TLS_MAX_SERVER_NAME = 255,
    GW_TLS_MAX_HELLO = 16 * 1024 + 512,
    GW_TLS_MAX_HANDSHAKE = 64 * 1024,
    GW_TLS_MAX_CERTIFICATE_LIST = 32 * 1024,
    GW_TLS_MAX_CERTIFICATES = 10,
    GW_TLS_MAX_CREDENTIALS = 8,
    GW_TLS_MAX_DEPTH = 5,
    GW_TLS_MAX_IDLE_MESSAGES = 32,
    GW_TLS_MAX_SPILL = 1024 * 1024,
    GW_TLS_SECURITY_LEVEL = 2, /* of OpenSSL, and the bits it asks for */
    GW_TLS_SECURITY_BITS = 112,
    GW_TLS_MAX_SESSION_LIFETIME = 24 * 60 * 60, /* seconds */
};

struct gw_tls_credential {
    X509 *certificate;
    EVP_PKEY *key;
    STACK_OF(X509) *chain;
    /* An OCSP response for the certificate, DER; NULL when there is none. */
    uint8_t *staple;
    size_t staple_length;
    gw_tls_staple_facts staple_facts;
};

struct gw_tls_context {
    SSL_CTX *ssl;
    gw_tls_callbacks callbacks;
    const gw_tls_key_log *key_log;
    const gw_tls_credential *credentials[GW_TLS_MAX_CREDENTIALS];
    size_t credential_count;
    uint8_t *protocols;
    size_t protocols_length;
    char *groups;
    char *server_name;
    int server_name_is_address;
    int is_server;
    int verify_chain;
    int verify_mode;
    int security_level; /* of a session that begins */
    uint16_t maximum_version;
    uint16_t minimum_version;
    gw_tls_resumption resumption;
    int32_t session_lifetime;
    uint8_t scope[32];
};

/* What is kept of a ClientHello until the handshake has ended. */
typedef struct gw_tls_hello_record {
    uint16_t lowest_version;
    uint16_t highest_version;
    uint8_t server_name_length;
    uint8_t names_server;
    uint8_t protocols_length;
    char server_name[GW_TLS_MAX_SERVER_NAME];
    uint8_t protocols[255];
    uint8_t scope[32]; /* of sessions: the configuration's, and the server name */
} gw_tls_hello_record;

struct gw_tls_session {
    SSL *ssl;
    const gw_tls_context *context; /* the listener's, until a domain's is adopted */
    gw_tls_window *window; /* during a call only */
    gw_tls_hello_record *hello;
    SSL_SESSION *saved; /* new, and not yet taken */
    const char *verify_reason;
    size_t handshake_bytes;
    int32_t idle_messages; /* post-handshake messages since data, less those asked for */
    int16_t alert_sent;
    int16_t alert_received;
    uint8_t is_settled;
    uint8_t was_asked; /* for what may be resumed */
    uint8_t is_refused;
    uint8_t has_answer; /* the configuration that answers the hello is known */
    uint8_t certificate_rejected;
    uint8_t too_large;
    uint8_t too_many_messages;
};

/* The method of the BIO between a session and its window; NULL without memory. */
BIO_METHOD *gw_tls_bio_method(void);

/* The session behind an SSL, or NULL for one that only probes. */
gw_tls_session *gw_tls_session_of(const SSL *ssl);
int gw_tls_session_index(void);

/* 1 and the time in Unix seconds, or 0. */
int gw_tls_unix_time(const ASN1_TIME *time, int64_t *seconds);

void gw_tls_fault_set(gw_tls_fault *fault, gw_tls_fault_kind kind);
/* Names the kind of the oldest error in this thread's queue. */
gw_tls_fault_kind gw_tls_fault_kind_of_error(unsigned long error);

/* The time by a context's clock. */
int64_t gw_tls_now(const gw_tls_session *session);

/* Makes a session, whose hello has just come, one of another context's. 0 when memory is lacking. */
int gw_tls_session_adopt(gw_tls_session *session, const gw_tls_context *context);

/* Sets what a context, and a connection whose hello has come to it, does about resumption. */
int gw_tls_context_configure_resumption(gw_tls_context *context, const gw_tls_settings *settings);
int gw_tls_session_configure_resumption(gw_tls_session *session);
/* Asks the judge about the certificate of a session. */
int gw_tls_judge_resumption(gw_tls_session *session, X509 *leaf);

void gw_tls_session_drop_staple(gw_tls_session *session);

/* Callbacks that a context installs. */
int gw_tls_on_client_hello(SSL *ssl, int *alert, void *context);
int gw_tls_on_select_protocol(SSL *ssl, const unsigned char **selected, unsigned char *selected_length,
                              const unsigned char *offered, unsigned int offered_length, void *context);
int gw_tls_on_status(SSL *ssl, void *argument);
void gw_tls_on_key(const SSL *ssl, const char *line);
int gw_tls_on_verify(X509_STORE_CTX *store, void *context);
void gw_tls_on_message(int is_sent, int version, int content_type, const void *bytes, size_t length,
                       SSL *ssl, void *argument);

#endif

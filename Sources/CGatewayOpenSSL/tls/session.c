#include <openssl/crypto.h>
#include <openssl/err.h>
#include <string.h>

#include "internal.h"

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static int session_index = -1;

static void make_index(void) { session_index = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

int gw_tls_session_index(void) { return CRYPTO_THREAD_run_once(&once, make_index) ? session_index : -1; }

gw_tls_session *gw_tls_session_of(const SSL *ssl) { return SSL_get_ex_data(ssl, gw_tls_session_index()); }

gw_tls_session *gw_tls_session_new(const gw_tls_context *context) {
    BIO_METHOD *method = gw_tls_bio_method();
    int index = gw_tls_session_index();
    ERR_clear_error();
    if (method == NULL || index < 0) return NULL;
    gw_tls_session *session = OPENSSL_zalloc(sizeof *session);
    if (session == NULL) return NULL;
    session->context = context;
    session->alert_sent = -1;
    session->alert_received = -1;
    session->ssl = SSL_new(context->ssl);
    BIO *bio = session->ssl == NULL ? NULL : BIO_new(method);
    if (bio == NULL) {
        gw_tls_session_free(session);
        return NULL;
    }
    BIO_set_data(bio, session);
    SSL_set_bio(session->ssl, bio, bio);
    int ok = SSL_set_ex_data(session->ssl, index, session);
    if (context->is_server) {
        SSL_set_accept_state(session->ssl);
    } else {
        SSL_set_connect_state(session->ssl);
        if (context->server_name != NULL && !context->server_name_is_address)
            ok = ok && SSL_set_tlsext_host_name(session->ssl, context->server_name);
    }
    if (ok) return session;
    gw_tls_session_free(session);
    return NULL;
}

void gw_tls_session_free(gw_tls_session *session) {
    if (session == NULL) return;
    /* A connection that was lost without close_notify may be resumed (RFC 4346 lifted the ban); after a
       fatal alert libssl has forbidden it already. */
    if (session->is_settled) SSL_set_shutdown(session->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_SESSION_free(session->saved);
    SSL_free(session->ssl);
    OPENSSL_free(session->hello);
    OPENSSL_free(session);
}

/* Sees every message and alert: remembers fatal alerts, and counts what a peer makes us do after the
   handshake without sending data (KeyUpdate, refused renegotiation, tickets). libssl has no such cap. */
void gw_tls_on_message(int is_sent, int version, int content_type, const void *bytes, size_t length,
                       SSL *ssl, void *argument) {
    gw_tls_session *session;
    const uint8_t *message = bytes;
    int counts = 0;
    (void)version;
    (void)argument;
    /* Called for the header of every record too: this is the common way out. */
    if (content_type != SSL3_RT_ALERT && content_type != SSL3_RT_HANDSHAKE) return;
    if ((session = gw_tls_session_of(ssl)) == NULL) return;
    if (content_type == SSL3_RT_ALERT && length == 2) {
        if (message[0] == SSL3_AL_FATAL) {
            if (is_sent) session->alert_sent = message[1];
            else session->alert_received = message[1];
        }
        counts = is_sent && message[1] == SSL_AD_NO_RENEGOTIATION;
    } else if (content_type == SSL3_RT_HANDSHAKE && !is_sent) {
        counts = 1;
    }
    if (counts && session->is_settled && ++session->idle_messages > GW_TLS_MAX_IDLE_MESSAGES) {
        session->too_many_messages = 1;
        /* Or libssl would go through all that it has read ahead before it reads again. */
        SSL_set_shutdown(ssl, SSL_get_shutdown(ssl) | SSL_RECEIVED_SHUTDOWN);
    }
}

/* The queue belongs to the thread, and mostly is empty; clearing it always costs a record's worth of time. */
static void clear_errors(void) {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

static gw_tls_status fail(gw_tls_session *session, gw_tls_fault *fault) {
    gw_tls_fault_set(fault, gw_tls_fault_kind_of_error(ERR_peek_error()));
    fault->alert_sent = session->alert_sent;
    fault->alert_received = session->alert_received;
    if (session->too_large) {
        fault->kind = GW_TLS_FAULT_HANDSHAKE_TOO_LARGE;
    } else if (session->too_many_messages) {
        fault->kind = GW_TLS_FAULT_TOO_MANY_KEY_UPDATES;
    } else if (session->is_refused) {
        fault->kind = GW_TLS_FAULT_DOMAIN_REFUSED;
        fault->reason = NULL;
    } else if (session->alert_received >= 0) {
        fault->kind = GW_TLS_FAULT_ALERT_RECEIVED;
    } else if (session->certificate_rejected) {
        fault->kind = GW_TLS_FAULT_CERTIFICATE_REJECTED;
        if (session->verify_reason != NULL) fault->reason = session->verify_reason;
    }
    ERR_clear_error();
    return GW_TLS_FAILED;
}

static gw_tls_status outcome(gw_tls_session *session, int result, gw_tls_fault *fault) {
    /* Even a call that went well must not outlive the limit. */
    if (session->too_many_messages) return fail(session, fault);
    if (result > 0) return GW_TLS_DONE;
    switch (SSL_get_error(session->ssl, result)) {
    case SSL_ERROR_WANT_READ: return GW_TLS_NEED_INPUT;
    case SSL_ERROR_WANT_CLIENT_HELLO_CB: return GW_TLS_NEED_CHOICE;
    case SSL_ERROR_ZERO_RETURN: return GW_TLS_CLOSED;
    default: return fail(session, fault);
    }
}

gw_tls_status gw_tls_session_handshake(gw_tls_session *session, gw_tls_window *window,
                                       gw_tls_fault *fault) {
    ERR_clear_error();
    session->window = window;
    int result = SSL_do_handshake(session->ssl);
    gw_tls_status status = outcome(session, result, fault);
    session->window = NULL;
    return status;
}

gw_tls_status gw_tls_session_read(gw_tls_session *session, gw_tls_window *window, void *destination,
                                  size_t capacity, size_t *produced, gw_tls_fault *fault) {
    gw_tls_status status = GW_TLS_DONE;
    *produced = 0;
    session->window = window;
    clear_errors();
    do {
        size_t count = 0;
        if (capacity - *produced < SSL3_RT_MAX_PLAIN_LENGTH) {
            status = GW_TLS_FULL;
            break;
        }
        int result = SSL_read_ex(session->ssl, (uint8_t *)destination + *produced, capacity - *produced, &count);
        status = outcome(session, result, fault);
        if (status == GW_TLS_DONE) {
            *produced += count;
            session->idle_messages = 0;
        }
    } while (status == GW_TLS_DONE);
    session->window = NULL;
    return status;
}

gw_tls_status gw_tls_session_write(gw_tls_session *session, gw_tls_window *window, const void *bytes,
                                   size_t length, gw_tls_fault *fault) {
    gw_tls_window *outer = session->window;
    gw_tls_status status = GW_TLS_DONE;
    size_t used = 0;
    session->window = window;
    clear_errors();
    while (used < length && status == GW_TLS_DONE) {
        size_t count = 0;
        int result = SSL_write_ex(session->ssl, (const uint8_t *)bytes + used, length - used, &count);
        status = outcome(session, result, fault);
        used += count;
        /* A window always takes what it is given, so anything but progress is a failure. */
        if (status != GW_TLS_FAILED && (status != GW_TLS_DONE || count == 0)) status = fail(session, fault);
    }
    session->window = outer;
    return status;
}

gw_tls_status gw_tls_session_close(gw_tls_session *session, gw_tls_window *window, gw_tls_fault *fault) {
    gw_tls_window *outer = session->window;
    ERR_clear_error();
    session->window = window;
    /* 0: ours is sent, the peer's has not come; 1: both. */
    int result = SSL_shutdown(session->ssl);
    gw_tls_status status = result >= 0 ? GW_TLS_DONE : fail(session, fault);
    session->window = outer;
    return status;
}

gw_tls_status gw_tls_session_update_keys(gw_tls_session *session, gw_tls_window *window, int request,
                                         gw_tls_fault *fault) {
    gw_tls_window *outer = session->window;
    gw_tls_status status;
    ERR_clear_error();
    session->window = window;
    if (SSL_key_update(session->ssl, request ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
        status = fail(session, fault);
    else
        status = outcome(session, SSL_do_handshake(session->ssl), fault);
    if (request) session->idle_messages--; /* its answer */
    session->window = outer;
    return status;
}

static void empty(STACK_OF(X509) *certificates) {
    while (sk_X509_num(certificates) > 0) X509_free(sk_X509_pop(certificates));
}

void gw_tls_session_settle(gw_tls_session *session) {
    session->is_settled = 1;
    /* One look into the window for many records, instead of two for each. */
    SSL_set_read_ahead(session->ssl, 1);
    OPENSSL_free(session->hello);
    session->hello = NULL;
    gw_tls_session_drop_staple(session);
    /* 4.6 to 5.1 KB a certificate. That these stacks may be emptied is not documented by OpenSSL; a
       test under the address sanitizer guards it. The leaf has a reference of its own. */
    empty(SSL_get_peer_cert_chain(session->ssl));
    empty(SSL_get0_verified_chain(session->ssl));
}

int gw_tls_session_has_unread(const gw_tls_session *session) { return SSL_has_pending(session->ssl); }

size_t gw_tls_session_peer_chain_count(const gw_tls_session *session) {
    int sent = sk_X509_num(SSL_get_peer_cert_chain(session->ssl));
    int verified = sk_X509_num(SSL_get0_verified_chain(session->ssl));
    return (size_t)(sent > 0 ? sent : 0) + (size_t)(verified > 0 ? verified : 0);
}

/*
 * Resumption of sessions, where a configuration allows it.
 *
 * libssl asks the context an SSL was born with, which is the listener's: every callback here goes by what
 * the session's own context, its domain's, says. libssl's cache inside is never used. Nothing is resumed
 * before the judge has seen the certificate in the session: whoever is refused goes through a whole
 * handshake, and is refused there with the alert that tells why.
 */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <string.h>

#include "internal.h"

static char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? (char)(byte + ('a' - 'A')) : byte; }

/* A session belongs to its configuration, and to the name it was made under (RFC 6066, section 3). */
static int set_scope(gw_tls_session *session) {
    gw_tls_hello_record *hello = session->hello;
    uint8_t bytes[sizeof session->context->scope + GW_TLS_MAX_SERVER_NAME];
    size_t length = sizeof session->context->scope;
    memcpy(bytes, session->context->scope, length);
    for (size_t i = 0; i < hello->server_name_length; i++)
        bytes[length++] = (uint8_t)lower(hello->server_name[i]);
    return EVP_Digest(bytes, length, hello->scope, NULL, EVP_sha256(), NULL) == 1 &&
           SSL_set_session_id_context(session->ssl, hello->scope, sizeof hello->scope);
}

static int is_of_scope(const gw_tls_session *session, const SSL_SESSION *saved) {
    const gw_tls_hello_record *hello = session->hello;
    unsigned int length = 0;
    const unsigned char *scope = SSL_SESSION_get0_id_context(saved, &length);
    return length == sizeof hello->scope && memcmp(scope, hello->scope, length) == 0;
}

static int is_valid_at(const X509 *leaf, int64_t now) {
    int64_t begin, end;
    return gw_tls_unix_time(X509_get0_notBefore(leaf), &begin) &&
           gw_tls_unix_time(X509_get0_notAfter(leaf), &end) && begin <= now && now <= end;
}

int gw_tls_session_may_resume(gw_tls_session *session, const SSL_SESSION *saved) {
    const gw_tls_context *context = session->context;
    X509 *leaf = SSL_SESSION_get0_peer((SSL_SESSION *)saved);
    if (session->hello == NULL || !SSL_SESSION_is_resumable(saved) || !is_of_scope(session, saved)) return 0;
    if (leaf == NULL) return (context->verify_mode & SSL_VERIFY_FAIL_IF_NO_PEER_CERT) == 0;
    if (context->verify_mode == SSL_VERIFY_NONE) return 0;
    if (context->verify_chain && !is_valid_at(leaf, gw_tls_now(session))) return 0;
    return gw_tls_judge_resumption(session, leaf);
}

/* ---- the stateful cache ----------------------------------------------------------------- */

static SSL_SESSION *on_find(SSL *ssl, const unsigned char *id, int length, int *copy) {
    gw_tls_session *session = gw_tls_session_of(ssl);
    *copy = 0; /* the reference found is handed on */
    if (session == NULL || session->context->resumption != GW_TLS_RESUMPTION_CACHE || length <= 0) return NULL;
    const gw_tls_callbacks *callbacks = &session->context->callbacks;
    SSL_SESSION *saved = (SSL_SESSION *)callbacks->find(session->window->owner, id, (size_t)length);
    if (saved == NULL) return NULL;
    if (gw_tls_session_may_resume(session, saved)) return saved;
    SSL_SESSION_free(saved);
    return NULL;
}

/* Kept aside until the handshake has ended and its memory has been given back: see settle. */
static int on_new(SSL *ssl, SSL_SESSION *saved) {
    gw_tls_session *session = gw_tls_session_of(ssl);
    if (session == NULL || session->context->resumption != GW_TLS_RESUMPTION_CACHE) return 0;
    SSL_SESSION_free(session->saved);
    session->saved = saved;
    return 1;
}

gw_tls_saved *gw_tls_session_take_saved(gw_tls_session *session) {
    SSL_SESSION *saved = session->saved;
    session->saved = NULL;
    /* That a server has renewed a ticket in TLS 1.2 libssl tells nobody. */
    if (saved == NULL && !session->context->is_server && session->context->resumption != GW_TLS_RESUMPTION_OFF &&
        !session->was_asked && SSL_version(session->ssl) < TLS1_3_VERSION) {
        saved = SSL_get1_session(session->ssl);
        if (saved != NULL && !SSL_SESSION_is_resumable(saved)) {
            SSL_SESSION_free(saved);
            saved = NULL;
        }
    }
    session->was_asked = 1;
    return (gw_tls_saved *)saved;
}

void gw_tls_saved_retain(gw_tls_saved *saved) { SSL_SESSION_up_ref((SSL_SESSION *)saved); }
void gw_tls_saved_free(gw_tls_saved *saved) { SSL_SESSION_free((SSL_SESSION *)saved); }

int gw_tls_saved_is_resumable(const gw_tls_saved *saved) {
    return SSL_SESSION_is_resumable((const SSL_SESSION *)saved);
}

size_t gw_tls_saved_id(const gw_tls_saved *saved, const uint8_t **id) {
    unsigned int length = 0;
    *id = SSL_SESSION_get_id((const SSL_SESSION *)saved, &length);
    return length;
}

int gw_tls_saved_leaf_digest(const gw_tls_saved *saved, uint8_t *digest) {
    X509 *leaf = SSL_SESSION_get0_peer((SSL_SESSION *)saved);
    return leaf != NULL && X509_digest(leaf, EVP_sha256(), digest, NULL) == 1;
}

size_t gw_tls_saved_size(const gw_tls_saved *saved) {
    /* Measured: a session alone, and what parsing makes of a certificate, whose names and extensions
       grow with its size. */
    enum { session_size = 1200, certificate_size = 4000 };
    X509 *leaf = SSL_SESSION_get0_peer((SSL_SESSION *)saved);
    int length = leaf == NULL ? 0 : i2d_X509(leaf, NULL);
    return session_size + (length > 0 ? certificate_size + (size_t)length * 7 / 4 : 0);
}

/* ---- tickets ---------------------------------------------------------------------------- */

static int on_ticket_key(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
                         EVP_MAC_CTX *mac, int encrypts) {
    gw_tls_session *session = gw_tls_session_of(ssl);
    if (session == NULL || session->context->resumption != GW_TLS_RESUMPTION_TICKETS) return 0;
    gw_tls_ticket_key key;
    int found = session->context->callbacks.ticket_key(session->window->owner, encrypts ? NULL : name, &key);
    if (found <= 0) return 0;
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac, sizeof key.mac),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end(),
    };
    int ok = EVP_MAC_CTX_set_params(mac, parameters);
    if (encrypts) {
        memcpy(name, key.name, sizeof key.name);
        ok = ok && RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1 &&
             EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.cipher, iv);
    } else {
        ok = ok && EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), NULL, key.cipher, iv);
    }
    OPENSSL_cleanse(&key, sizeof key);
    return ok ? found : -1;
}

/* Both kinds of session live as long as the domain says, which libssl would take from the listener. */
static int on_issue(SSL *ssl, void *argument) {
    gw_tls_session *session = gw_tls_session_of(ssl);
    SSL_SESSION *made = SSL_get_session(ssl);
    (void)argument;
    return session == NULL || made == NULL || SSL_SESSION_set_timeout(made, session->context->session_lifetime);
}

static SSL_TICKET_RETURN on_ticket(SSL *ssl, SSL_SESSION *saved, const unsigned char *name, size_t length,
                                   SSL_TICKET_STATUS status, void *argument) {
    gw_tls_session *session = gw_tls_session_of(ssl);
    (void)name;
    (void)length;
    (void)argument;
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    if (session == NULL || !gw_tls_session_may_resume(session, saved)) return SSL_TICKET_RETURN_IGNORE_RENEW;
    /* A TLS 1.3 client uses a ticket once, and needs the next. */
    return status == SSL_TICKET_SUCCESS && SSL_version(ssl) < TLS1_3_VERSION ? SSL_TICKET_RETURN_USE
                                                                             : SSL_TICKET_RETURN_USE_RENEW;
}

/* ---- contexts --------------------------------------------------------------------------- */

int gw_tls_context_configure_resumption(gw_tls_context *context, const gw_tls_settings *settings) {
    SSL_CTX *ssl = context->ssl;
    int may_cache = context->resumption == GW_TLS_RESUMPTION_CACHE;

    SSL_CTX_set_max_early_data(ssl, 0);
    SSL_CTX_set_recv_max_early_data(ssl, 0);
    /* Unless tickets are on. NO_TICKET alone would leave stateful tickets of TLS 1.3 and a cache that grows. */
    SSL_CTX_set_options(ssl, SSL_OP_NO_TICKET);
    if (!SSL_CTX_set_num_tickets(ssl, 0)) return 0;
    if (!settings->is_server) {
        if (may_cache) {
            SSL_CTX_clear_options(ssl, SSL_OP_NO_TICKET);
            SSL_CTX_sess_set_new_cb(ssl, on_new);
        }
        SSL_CTX_set_session_cache_mode(
            ssl, may_cache ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
        return 1;
    }
    /* Of a listener with domains the mode decides whether anybody is asked at all; of a domain's context,
       whether TLS 1.2 sends a session id. */
    if (context->callbacks.choose != NULL) may_cache = 1;
    SSL_CTX_set_session_cache_mode(
        ssl, may_cache ? SSL_SESS_CACHE_SERVER | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR
                       : SSL_SESS_CACHE_OFF);
    if (context->callbacks.choose == NULL && context->resumption == GW_TLS_RESUMPTION_OFF) return 1;
    SSL_CTX_set_timeout(ssl, GW_TLS_MAX_SESSION_LIFETIME);
    SSL_CTX_sess_set_get_cb(ssl, on_find);
    SSL_CTX_sess_set_new_cb(ssl, on_new);
    if (!SSL_CTX_set_tlsext_ticket_key_evp_cb(ssl, on_ticket_key) ||
        !SSL_CTX_set_session_ticket_cb(ssl, on_issue, on_ticket, NULL))
        return 0;
    return 1;
}

int gw_tls_session_configure_resumption(gw_tls_session *session) {
    const gw_tls_context *context = session->context;
    SSL *ssl = session->ssl;
    int issues = 1;
    if (context->resumption == GW_TLS_RESUMPTION_OFF) return 1;
    if (!set_scope(session)) return 0;
    if (context->resumption == GW_TLS_RESUMPTION_TICKETS) {
        gw_tls_ticket_key key;
        /* An empty ticket would be against the protocol. */
        issues = context->callbacks.ticket_key(session->window->owner, NULL, &key) > 0;
        OPENSSL_cleanse(&key, sizeof key);
        if (issues) SSL_clear_options(ssl, SSL_OP_NO_TICKET);
    }
    return SSL_set_num_tickets(ssl, issues ? 1 : 0);
}

size_t gw_tls_context_session_count(const gw_tls_context *context) {
    return (size_t)SSL_CTX_sess_number(context->ssl);
}

int gw_tls_session_offer(gw_tls_session *session, gw_tls_saved *saved) {
    return SSL_set_session(session->ssl, (SSL_SESSION *)saved);
}

int gw_tls_random(uint8_t *bytes, size_t length) { return RAND_priv_bytes_ex(NULL, bytes, length, 256) == 1; }
void gw_tls_wipe(void *bytes, size_t length) { OPENSSL_cleanse(bytes, length); }

/*
 * The part of libssl that GatewayTLS uses. Every type is opaque or plain data; everything that
 * touches memory is a function in a .c file, so that address sanitizers see it.
 *
 * Nothing here is thread-safe except where said: a session belongs to one event loop.
 */
#ifndef GATEWAY_TLS_H
#define GATEWAY_TLS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A certificate, its chain and its key. Immutable; may be shared between threads. */
typedef struct gw_tls_credential gw_tls_credential;
/* A configuration made ready. Immutable once built; may be shared between threads. */
typedef struct gw_tls_context gw_tls_context;
/* One connection. */
typedef struct gw_tls_session gw_tls_session;

typedef enum gw_tls_fault_kind {
    GW_TLS_FAULT_NONE = 0,
    GW_TLS_FAULT_INTERNAL,
    /* credentials */
    GW_TLS_FAULT_CERTIFICATE_UNREADABLE,
    GW_TLS_FAULT_CHAIN_UNREADABLE,
    GW_TLS_FAULT_CHAIN_TOO_LONG,
    GW_TLS_FAULT_CHAIN_ORDER,      /* detail: place of the certificate that did not issue the one before */
    GW_TLS_FAULT_CHAIN_NOT_SIGNED, /* likewise */
    GW_TLS_FAULT_KEY_UNREADABLE,
    GW_TLS_FAULT_KEY_DAMAGED, /* behind the right passphrase */
    GW_TLS_FAULT_KEY_MISMATCH, /* detail: place of the certificate the key belongs to, or 0 */
    GW_TLS_FAULT_PASSPHRASE_MISSING,
    GW_TLS_FAULT_PASSPHRASE_WRONG,
    GW_TLS_FAULT_LEGACY_ALGORITHM,
    GW_TLS_FAULT_TOO_MANY_ITERATIONS,
    GW_TLS_FAULT_PKCS12_UNREADABLE,
    GW_TLS_FAULT_PKCS12_INCOMPLETE,
    GW_TLS_FAULT_STORE_SCHEME, /* detail: 1 for the key's URI, 0 for the certificate's */
    GW_TLS_FAULT_STORE_UNREADABLE,
    GW_TLS_FAULT_STORE_NO_CERTIFICATE,
    GW_TLS_FAULT_STORE_NO_KEY,
    /* OCSP responses */
    GW_TLS_FAULT_STAPLE_UNREADABLE,
    GW_TLS_FAULT_STAPLE_UNSUCCESSFUL, /* detail: the response's status */
    GW_TLS_FAULT_STAPLE_NO_ISSUER,
    GW_TLS_FAULT_STAPLE_OTHER_CERTIFICATE,
    GW_TLS_FAULT_STAPLE_REVOKED,
    GW_TLS_FAULT_STAPLE_UNKNOWN,
    GW_TLS_FAULT_STAPLE_SIGNATURE,
    /* configuration */
    GW_TLS_FAULT_CREDENTIAL_REFUSED,
    GW_TLS_FAULT_VERSIONS,
    GW_TLS_FAULT_CIPHERS,
    GW_TLS_FAULT_CIPHERS_TLS13,
    GW_TLS_FAULT_GROUPS,
    GW_TLS_FAULT_AUTHORITIES,
    GW_TLS_FAULT_SERVER_NAME,
    /* connections */
    GW_TLS_FAULT_NOT_TLS,
    GW_TLS_FAULT_PROTOCOL_VERSION,
    GW_TLS_FAULT_NO_SHARED_CIPHER,
    GW_TLS_FAULT_NO_APPLICATION_PROTOCOL,
    GW_TLS_FAULT_DOMAIN_REFUSED,
    GW_TLS_FAULT_NO_CERTIFICATE,
    GW_TLS_FAULT_CERTIFICATE_REJECTED,
    GW_TLS_FAULT_ALERT_RECEIVED,
    GW_TLS_FAULT_HANDSHAKE_TOO_LARGE,
    GW_TLS_FAULT_TOO_MANY_KEY_UPDATES,
    GW_TLS_FAULT_PROTOCOL_VIOLATION,
} gw_tls_fault_kind;

typedef struct gw_tls_fault {
    gw_tls_fault_kind kind;
    /* Alert numbers, or -1. */
    int alert_sent;
    int alert_received;
    /* OpenSSL's words; static storage, or NULL. */
    const char *reason;
    /* What else the kind says; 0 otherwise. Places in a chain count from 1, the leaf. */
    int detail;
} gw_tls_fault;

/* ---- credentials ---------------------------------------------------------------------- */

/* Asks for a passphrase: writes at most size bytes and returns how many, or -1 for none. */
typedef int (*gw_tls_ask)(void *owner, char *buffer, size_t size);

/* Each reads at most 1 MiB and checks that the key belongs to the first certificate and that each
   certificate issued the one before it. `ask` may be NULL; it is called at most once, and nothing is ever
   asked on a terminal. */

/* A chain, leaf first, and its key; each PEM or DER. Not checked: for tests that play a hostile peer. */
gw_tls_credential *gw_tls_credential_read(const uint8_t *chain, size_t chain_length, const uint8_t *key,
                                          size_t key_length, int is_checked, gw_tls_ask ask, void *owner,
                                          gw_tls_fault *fault);
gw_tls_credential *gw_tls_credential_read_pkcs12(const uint8_t *bytes, size_t length, gw_tls_ask ask,
                                                 void *owner, gw_tls_fault *fault);
/* From what OSSL_STORE finds behind two URIs, which may be the same. */
gw_tls_credential *gw_tls_credential_read_store(const char *certificate_uri, const char *key_uri,
                                                gw_tls_ask ask, void *owner, gw_tls_fault *fault);
void gw_tls_credential_free(gw_tls_credential *credential);
/* The kind of key, as OpenSSL names it: "RSA", "EC", "ED25519". Static storage. */
const char *gw_tls_credential_kind(const gw_tls_credential *credential);
/* Copies the subject in RFC 2253 form, escaped to ASCII, cut to size. */
void gw_tls_credential_subject(const gw_tls_credential *credential, char *text, size_t size);
/* Writes the SHA-256 of the certificate, 32 bytes. 0 when memory is lacking. */
int gw_tls_credential_fingerprint(const gw_tls_credential *credential, uint8_t *digest);
size_t gw_tls_credential_chain_count(const gw_tls_credential *credential);
/* Unix seconds. */
void gw_tls_credential_validity(const gw_tls_credential *credential, int64_t *not_before, int64_t *not_after);

typedef struct gw_tls_staple_facts {
    /* Unix seconds. */
    int64_t this_update;
    int64_t next_update; /* INT64_MAX: none */
    int64_t end;         /* next_update, or the end of the responder's certificate if that comes first */
} gw_tls_staple_facts;

/* 1 if the bytes are an OCSP response that says "good" of the credential's certificate and is signed by
   its issuer or a responder delegated by it. The issuer (DER) is taken from the chain when none is given. */
int gw_tls_staple_check(const gw_tls_credential *credential, const uint8_t *bytes, size_t length,
                        const uint8_t *issuer, size_t issuer_length, gw_tls_staple_facts *facts,
                        gw_tls_fault *fault);
/* The same credential with the response beside it, after the same check. */
gw_tls_credential *gw_tls_credential_stapled(const gw_tls_credential *credential, const uint8_t *bytes,
                                             size_t length, const uint8_t *issuer, size_t issuer_length,
                                             gw_tls_fault *fault);

/* Reads a whole regular file of at most limit bytes. Returns 0 or an errno value (EFBIG: too large).
   The caller gives the bytes back with gw_tls_file_free, which wipes them. */
int gw_tls_file_read(const char *path, size_t limit, char **bytes, size_t *length);
void gw_tls_file_free(char *bytes, size_t length);
/* Unix seconds as "2026-11-24 23:59:59 UTC", held to the years 0 to 9999. */
void gw_tls_time_text(int64_t seconds, char *text, size_t size);
/* An errno value in words; thread-safe. */
void gw_tls_error_text(int error, char *text, size_t size);

/* ---- key logs --------------------------------------------------------------------------- */

/* A file for the secrets of connections. May be shared between threads. */
typedef struct gw_tls_key_log gw_tls_key_log;

enum { GW_TLS_KEY_LOG_NOT_PRIVATE = -1 };

/* Opens a file for appending, or makes it. Returns 0 or an errno value (ELOOP: a symbolic link; EINVAL: no
   regular file), or GW_TLS_KEY_LOG_NOT_PRIVATE. */
int gw_tls_key_log_open(const char *path, gw_tls_key_log **log);
void gw_tls_key_log_free(gw_tls_key_log *log);

/* ---- contexts ------------------------------------------------------------------------- */

typedef struct gw_tls_der {
    const uint8_t *bytes;
    size_t length;
} gw_tls_der;

/* Judges a peer's certificates, leaf first; of a session about to be resumed there is only the leaf.
   Returns -1 to accept, or the number of an alert. */
typedef int (*gw_tls_judge)(void *owner, const gw_tls_der *certificates, size_t count, int is_resumption);

/* What a ClientHello says. */
typedef struct gw_tls_hello {
    uint16_t lowest_version;  /* 0 when the hello has no supported_versions extension */
    uint16_t highest_version; /* 0 when it names none that is known */
    int names_server;         /* it has the extension, whatever is in it */
    const char *server_name;  /* NULL when absent, or none that can be read */
    size_t server_name_length;
    const uint8_t *protocols; /* ALPN names in wire form */
    size_t protocols_length;
} gw_tls_hello;

typedef enum gw_tls_choice_kind {
    GW_TLS_CHOICE_REFUSE = 0,
    GW_TLS_CHOICE_ADOPT,
    /* Not known yet: the handshake stops with GW_TLS_NEED_CHOICE, and asks again when it is continued. */
    GW_TLS_CHOICE_WAIT,
} gw_tls_choice_kind;

typedef struct gw_tls_choice {
    gw_tls_choice_kind kind;
    const gw_tls_context *context; /* to adopt; must outlive the session */
    int alert;                     /* to refuse with */
} gw_tls_choice;

/* Chooses the configuration that answers a ClientHello. The hello is lent for the call. */
typedef gw_tls_choice (*gw_tls_choose)(void *owner, const gw_tls_hello *hello);
/* The time in Unix seconds. */
typedef int64_t (*gw_tls_clock)(void *owner);

/* A session that may be resumed. References are counted; any thread may give one back. */
typedef struct gw_tls_saved gw_tls_saved;
/* Finds a session in the cache: NULL, or a reference for the caller. */
typedef gw_tls_saved *(*gw_tls_find)(void *owner, const uint8_t *id, size_t id_length);

/* A key that tickets are sealed with: AES-256-CBC, then HMAC-SHA-256 (RFC 5077, section 4). */
typedef struct gw_tls_ticket_key {
    uint8_t name[16];
    uint8_t cipher[32];
    uint8_t mac[32];
} gw_tls_ticket_key;

/* Finds the key of a name; or for NULL, the one to seal with. 0: none; 1: found; 2: found, but the ticket
   is to be replaced by one under a newer key. */
typedef int (*gw_tls_find_ticket_key)(void *owner, const uint8_t *name, gw_tls_ticket_key *key);

/* What is asked of the window's owner in the course of a call. */
typedef struct gw_tls_callbacks {
    gw_tls_judge judge;
    /* Server: if not NULL, this context only receives hellos, and what is chosen answers them. */
    gw_tls_choose choose;
    /* NULL: the system's. */
    gw_tls_clock clock;
    gw_tls_find find;
    gw_tls_find_ticket_key ticket_key;
} gw_tls_callbacks;

typedef enum gw_tls_resumption {
    GW_TLS_RESUMPTION_OFF = 0,
    /* Server: sessions are found by `find`. Client: sessions are kept, to be offered again. */
    GW_TLS_RESUMPTION_CACHE,
    GW_TLS_RESUMPTION_TICKETS,
} gw_tls_resumption;

typedef enum gw_tls_client_certificate {
    GW_TLS_CLIENT_CERTIFICATE_NONE = 0,
    GW_TLS_CLIENT_CERTIFICATE_OPTIONAL,
    GW_TLS_CLIENT_CERTIFICATE_REQUIRED,
} gw_tls_client_certificate;

typedef struct gw_tls_settings {
    int is_server;
    uint16_t minimum_version;
    uint16_t maximum_version;
    const char *ciphers;
    const char *ciphers_tls13;
    const char *groups;
    /* ALPN names in wire form (each preceded by its length). */
    const uint8_t *protocols;
    size_t protocols_length;
    gw_tls_client_certificate client_certificate;
    /* Verify the peer's chain against the authorities before asking the judge. */
    int verify_chain;
    /* PEM; NULL with verify_chain: the system's. */
    const char *authorities;
    size_t authorities_length;
    /* Client: the name or address to verify and, if a name, to send; or NULL. */
    const char *server_name;
    /* What sessions belong to: none is resumed where this differs. */
    const uint8_t *scope;
    size_t scope_length;
    /* Client: ask for a stapled OCSP response. */
    int wants_staple;
    /* NULL: secrets stay secret. Must outlive the context. */
    const gw_tls_key_log *key_log;
    gw_tls_resumption resumption;
    /* Server: how long a session lasts, in seconds. */
    int64_t session_lifetime;
    gw_tls_callbacks callbacks;
} gw_tls_settings;

gw_tls_context *gw_tls_context_new(const gw_tls_settings *settings, gw_tls_fault *fault);
void gw_tls_context_free(gw_tls_context *context);
/* 1 on success. To be called only before the context is used. The credential must outlive the context. */
int gw_tls_context_add_credential(gw_tls_context *context, const gw_tls_credential *credential,
                                  gw_tls_fault *fault);
/* Tries a version by a handshake in memory, for a server with the credential whose key is of the given
   kind. 1 when it works. Thread-safe. */
int gw_tls_context_probe(const gw_tls_context *context, uint16_t version, const char *kind,
                         gw_tls_fault *fault);
/* Whether connections can use a cipher suite, by its OpenSSL or its IANA name. Thread-safe. */
int gw_tls_context_offers(const gw_tls_context *context, const char *suite);
/* How many sessions libssl holds by itself; there should be none. */
size_t gw_tls_context_session_count(const gw_tls_context *context);
/* Whether text is an IPv4 or IPv6 address. */
int gw_tls_is_address(const char *text);
/* Fills memory with bytes nobody can guess. 0 when the system has none. */
int gw_tls_random(uint8_t *bytes, size_t length);
void gw_tls_wipe(void *bytes, size_t length);
/* The system's clock, in Unix seconds. */
int64_t gw_tls_system_time(void);
/* The OpenSSL that was loaded: "OpenSSL 3.0.22 25 Aug 2026". Static storage. */
const char *gw_tls_library_version(void);

/* ---- sessions ------------------------------------------------------------------------- */

/* What one call may read and where it may write. Lives for that call only.
   Output fills `out` first; what does not fit goes to `spill`, which the callee allocates and the
   caller gives back with gw_tls_window_release. */
typedef struct gw_tls_window {
    /* Handed to the judge. */
    void *owner;
    const uint8_t *in;
    size_t in_length;
    size_t in_used;
    uint8_t *out;
    size_t out_capacity;
    size_t out_used;
    uint8_t *spill;
    size_t spill_capacity;
    size_t spill_used;
} gw_tls_window;

void gw_tls_window_release(gw_tls_window *window);

typedef enum gw_tls_status {
    GW_TLS_DONE = 0,
    GW_TLS_NEED_INPUT,
    /* The configuration for this hello is still to be found. */
    GW_TLS_NEED_CHOICE,
    /* Less than one record's room is left at the destination. */
    GW_TLS_FULL,
    /* The peer has sent close_notify. */
    GW_TLS_CLOSED,
    GW_TLS_FAILED,
} gw_tls_status;

/* The context must outlive the session. */
gw_tls_session *gw_tls_session_new(const gw_tls_context *context);
void gw_tls_session_free(gw_tls_session *session);

gw_tls_status gw_tls_session_handshake(gw_tls_session *session, gw_tls_window *window,
                                       gw_tls_fault *fault);
/* Decrypts into destination until input is used up or there is no room for another record. */
gw_tls_status gw_tls_session_read(gw_tls_session *session, gw_tls_window *window, void *destination,
                                  size_t capacity, size_t *produced, gw_tls_fault *fault);
/* Encrypts all of it. */
gw_tls_status gw_tls_session_write(gw_tls_session *session, gw_tls_window *window, const void *bytes,
                                   size_t length, gw_tls_fault *fault);
/* Sends close_notify. */
gw_tls_status gw_tls_session_close(gw_tls_session *session, gw_tls_window *window,
                                   gw_tls_fault *fault);
/* Sends a TLS 1.3 KeyUpdate, asking the peer for one as well if `request`. */
gw_tls_status gw_tls_session_update_keys(gw_tls_session *session, gw_tls_window *window, int request,
                                         gw_tls_fault *fault);

/* Whether a read that stopped for want of room, and not of input, left bytes with libssl. */
int gw_tls_session_has_unread(const gw_tls_session *session);

/* The stapled OCSP response that a server sent. Valid until gw_tls_session_settle. 0 when there is none. */
size_t gw_tls_session_staple(const gw_tls_session *session, const uint8_t **der);
/* After the handshake: gives back all memory only the handshake needed, the parsed certificates above
   the peer's own among it. */
void gw_tls_session_settle(gw_tls_session *session);
/* The session that the handshake, or for a client a ticket since, has made, if it may be resumed: the
   caller gets the reference. To be asked after gw_tls_session_settle. */
gw_tls_saved *gw_tls_session_take_saved(gw_tls_session *session);
/* Client, before the handshake: offers to resume. */
int gw_tls_session_offer(gw_tls_session *session, gw_tls_saved *saved);
/* The id of the session in use; its length, which may be 0. Valid as long as the connection lives. */
size_t gw_tls_session_id(const gw_tls_session *session, const uint8_t **id);
/* The peer's own certificate, DER, to be given back with gw_tls_bytes_free. 0 when there is none. */
size_t gw_tls_session_leaf(const gw_tls_session *session, uint8_t **der);
void gw_tls_bytes_free(void *bytes);

void gw_tls_saved_retain(gw_tls_saved *saved);
void gw_tls_saved_free(gw_tls_saved *saved);
int gw_tls_saved_is_resumable(const gw_tls_saved *saved);
size_t gw_tls_saved_id(const gw_tls_saved *saved, const uint8_t **id);
/* The SHA-256 of the peer's certificate, 32 bytes. 0 when there is none. */
int gw_tls_saved_leaf_digest(const gw_tls_saved *saved, uint8_t *digest);
/* What it takes in memory, in bytes, within a fifth. */
size_t gw_tls_saved_size(const gw_tls_saved *saved);

size_t gw_tls_session_peer_chain_count(const gw_tls_session *session);

uint16_t gw_tls_session_version(const gw_tls_session *session);
/* The cipher suite's IANA name. Static storage. */
const char *gw_tls_session_cipher(const gw_tls_session *session);
int gw_tls_session_was_resumed(const gw_tls_session *session);
/* The key exchange group's name, as OpenSSL writes it; NULL for RSA key exchange and finite fields of the
   server's own. Static storage. */
const char *gw_tls_session_group(const gw_tls_session *session);
/* Not NUL-terminated; valid as long as the session. */
void gw_tls_session_protocol(const gw_tls_session *session, const uint8_t **bytes, size_t *length);

/* What the ClientHello said; its protocols cut at a whole name, for messages. Valid until
   gw_tls_session_settle. Before a hello was seen: zeros. */
gw_tls_hello gw_tls_session_hello(const gw_tls_session *session);

#ifdef __cplusplus
}
#endif

#endif

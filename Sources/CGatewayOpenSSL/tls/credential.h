/* Between the files that read a credential. */
#ifndef GATEWAY_TLS_CREDENTIAL_H
#define GATEWAY_TLS_CREDENTIAL_H

#include "internal.h"

enum {
    GW_TLS_MAX_PASSPHRASE = 1024,
    GW_TLS_MAX_CREDENTIAL_BYTES = 1024 * 1024,
    /* Of hashing a passphrase: a few seconds. */
    GW_TLS_MAX_ITERATIONS = 10 * 1000 * 1000,
};

/* The passphrase of one reading: asked for once, when it is first needed; wiped by gw_tls_passphrase_wipe. */
typedef struct gw_tls_passphrase {
    gw_tls_ask ask;
    void *owner;
    int was_asked;
    int length; /* -1: none was given */
    char bytes[GW_TLS_MAX_PASSPHRASE + 1];
} gw_tls_passphrase;

/* 1 if there is one. */
int gw_tls_passphrase_get(gw_tls_passphrase *passphrase);
void gw_tls_passphrase_wipe(gw_tls_passphrase *passphrase);
/* A pem_password_cb over a gw_tls_passphrase. Always given, because OpenSSL's own asks on the terminal. */
int gw_tls_passphrase_give(char *buffer, int size, int is_writing, void *passphrase);
/* The fault of something encrypted that could not be opened. */
gw_tls_fault_kind gw_tls_passphrase_fault(const gw_tls_passphrase *passphrase);

/* Whether an error in this thread's queue says that an algorithm is in no provider that is loaded. */
int gw_tls_error_is_unsupported(void);

/* A private key from PEM or DER; NULL with *kind set. */
EVP_PKEY *gw_tls_key_read(const uint8_t *bytes, size_t length, gw_tls_passphrase *passphrase,
                          gw_tls_fault_kind *kind);

gw_tls_credential *gw_tls_credential_empty(void);
/* Adds the leaf first, then the rest of the chain. Takes the certificate over, also when it fails. */
int gw_tls_credential_add(gw_tls_credential *credential, X509 *certificate);
/* For forms that keep certificates as a set: puts the key's first, and behind it each one's issuer as far
   as there is one. What is left over comes last, where the check finds it. */
void gw_tls_credential_sort(gw_tls_credential *credential);
/* Checks what was read as a whole. Gives it back, or frees it and returns NULL. */
gw_tls_credential *gw_tls_credential_finish(gw_tls_credential *credential, gw_tls_fault *fault);
gw_tls_credential *gw_tls_credential_fail(gw_tls_credential *credential, gw_tls_fault *fault,
                                          gw_tls_fault_kind kind);

#endif

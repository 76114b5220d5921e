/*
 * The other side of the TLS measurements: a small epoll server straight on OpenSSL, to stand beside, and
 * the load that is put on either server. Built by Scripts/tls; see there for how it is used.
 */
#ifndef TLS_PEER_H
#define TLS_PEER_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>

#define DIE(...)                                                                                          \
    do {                                                                                                  \
        fprintf(stderr, "tls-peer: " __VA_ARGS__);                                                        \
        fputc('\n', stderr);                                                                              \
        ERR_print_errors_fp(stderr);                                                                      \
        exit(1);                                                                                          \
    } while (0)

typedef struct options {
    const char *directory; /* of the certificates */
    const char *key;       /* "p256" or "rsa2048" */
    const char *mode;
    int version; /* TLS1_2_VERSION or TLS1_3_VERSION */
    int port;
    int server_pid;
    int connections;
    int batch; /* messages put into one segment */
    int sends_authority;
    int is_plain; /* TCP alone */
    double seconds;
} options;

/* The settings both sides share: one version, X25519 before P-256, AES-128-GCM, a certificate. */
SSL_CTX *make_context(const options *o, int is_server);

int serve(const options *o);
int load(const options *o);

#endif

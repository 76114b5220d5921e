#include <string.h>
#include <unistd.h>

#include "peer.h"

static void add_certificate(SSL_CTX *context, const options *o, const char *name, int chain) {
    char path[1024];
    snprintf(path, sizeof path, "%s/%s-%s.crt", o->directory, o->key, name);
    /* The file holds the leaf, then its issuer. */
    int ok = chain ? SSL_CTX_use_certificate_chain_file(context, path)
                   : SSL_CTX_use_certificate_file(context, path, SSL_FILETYPE_PEM);
    if (ok != 1) DIE("%s", path);
    snprintf(path, sizeof path, "%s/%s-%s.key", o->directory, o->key, name);
    if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1) DIE("%s", path);
}

SSL_CTX *make_context(const options *o, int is_server) {
    SSL_CTX *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());
    if (context == NULL) DIE("context");
    if (!SSL_CTX_set_min_proto_version(context, is_server ? TLS1_2_VERSION : o->version) ||
        !SSL_CTX_set_max_proto_version(context, is_server ? TLS1_3_VERSION : o->version) ||
        !SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256") ||
        !SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256") ||
        !SSL_CTX_set1_groups_list(context, "X25519:P-256"))
        DIE("settings");
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    add_certificate(context, o, is_server ? "server" : "device", is_server || o->sends_authority);
    return context;
}

static int usage(void) {
    fputs("usage: tls-peer serve echo|sink -d DIRECTORY -k KEY [-t]\n"
          "       tls-peer load handshakes|messages|bulk|idle|silent -p PORT -P SERVER_PID -d DIRECTORY\n"
          "                -k KEY -v 1.2|1.3 [-n CONNECTIONS] [-b BATCH] [-s SECONDS] [-c] [-t]\n"
          "-t: without TLS (echo and messages)\n",
          stderr);
    return 2;
}

int main(int argc, char **argv) {
    options o = {.key = "p256", .version = TLS1_3_VERSION, .connections = 1, .batch = 1, .seconds = 2};
    int option;
    if (argc < 3) return usage();
    o.mode = argv[2];
    optind = 3;
    while ((option = getopt(argc, argv, "d:k:v:p:P:n:b:s:ct")) != -1) {
        switch (option) {
        case 'd': o.directory = optarg; break;
        case 'k': o.key = optarg; break;
        case 'v': o.version = strcmp(optarg, "1.2") == 0 ? TLS1_2_VERSION : TLS1_3_VERSION; break;
        case 'p': o.port = atoi(optarg); break;
        case 'P': o.server_pid = atoi(optarg); break;
        case 'n': o.connections = atoi(optarg); break;
        case 'b': o.batch = atoi(optarg); break;
        case 's': o.seconds = atof(optarg); break;
        case 'c': o.sends_authority = 1; break;
        case 't': o.is_plain = 1; break;
        default: return usage();
        }
    }
    if (o.directory == NULL || o.connections < 1 || o.batch < 1 || o.batch > 64) return usage();
    if (strcmp(argv[1], "serve") == 0) return serve(&o);
    if (strcmp(argv[1], "load") == 0 && o.port > 0 && o.server_pid > 0) return load(&o);
    return usage();
}

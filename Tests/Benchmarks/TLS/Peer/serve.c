/* One thread, level-triggered epoll, the socket under OpenSSL itself: what a careful C programmer writes. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

/* As a gateway judges: by the digest of the certificate, without building a path. */
static int judge(X509_STORE_CTX *store, void *argument) {
    unsigned char digest[32];
    unsigned int length = 0;
    (void)argument;
    int ok = X509_digest(X509_STORE_CTX_get0_cert(store), EVP_sha256(), digest, &length);
    X509_STORE_CTX_set_error(store, ok ? X509_V_OK : X509_V_ERR_APPLICATION_VERIFICATION);
    return ok;
}

static int listen_anywhere(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (fd < 0 || bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) DIE("listen");
    getsockname(fd, (void *)&address, &length);
    printf("port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

static void end(SSL *ssl) {
    int fd = SSL_get_fd(ssl);
    SSL_free(ssl);
    close(fd);
}

/* Returns 0 when the connection has ended. */
static int turn(SSL *ssl, int echoes) {
    static unsigned char bytes[65536];
    size_t used = 0;
    int result;
    ERR_clear_error();
    if (!SSL_is_init_finished(ssl) && (result = SSL_accept(ssl)) != 1)
        return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ;
    for (;;) {
        size_t count = 0;
        if (sizeof bytes - used < 16384) {
            if (echoes && SSL_write(ssl, bytes, (int)used) != (int)used) return 0;
            used = 0;
        }
        result = SSL_read_ex(ssl, bytes + used, sizeof bytes - used, &count);
        if (result <= 0) break;
        used += count;
    }
    int error = SSL_get_error(ssl, result);
    /* One record for all that was read. */
    if (echoes && used > 0 && SSL_write(ssl, bytes, (int)used) != (int)used) return 0;
    if (error == SSL_ERROR_ZERO_RETURN) SSL_shutdown(ssl);
    return error == SSL_ERROR_WANT_READ;
}

/* Returns 0 when the connection has ended. */
static int plain_turn(int fd) {
    static unsigned char bytes[65536];
    ssize_t count = read(fd, bytes, sizeof bytes);
    return (count < 0 && errno == EAGAIN) || (count > 0 && write(fd, bytes, (size_t)count) == count);
}

/* The same loop without TLS. */
static void serve_plain(void) {
    int listener = listen_anywhere(), poll = epoll_create1(0);
    struct epoll_event events[256], event = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                if (!plain_turn(events[i].data.fd)) close(events[i].data.fd);
                continue;
            }
            for (int fd, on = 1; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                event.data.fd = fd;
                epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}

int serve(const options *o) {
    if (o->is_plain) serve_plain();
    SSL_CTX *context = make_context(o, 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, judge, NULL);
    /* One read(2) for many small records. */
    SSL_CTX_set_read_ahead(context, 1);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    int listener = listen_anywhere(), poll = epoll_create1(0), echoes = strcmp(o->mode, "echo") == 0;
    struct epoll_event events[256], event = {.events = EPOLLIN};
    epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < count; i++) {
            SSL *ssl = events[i].data.ptr;
            if (ssl != NULL) {
                if (!turn(ssl, echoes)) end(ssl);
                continue;
            }
            for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
                int on = 1;
                setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                if ((ssl = SSL_new(context)) == NULL || !SSL_set_fd(ssl, fd)) DIE("SSL_new");
                SSL_set_accept_state(ssl);
                event.data.ptr = ssl;
                epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
            }
        }
    }
}

/* Load on a server of another process, and what it costs that process. Prints one figure. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "peer.h"

enum { MESSAGE = 64, CLIENTS = 4 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* CPU seconds of all the server's threads, to the nanosecond. */
static double server_cpu(const options *o) {
    char path[300];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", o->server_pid);
    DIR *tasks = opendir(path);
    if (tasks == NULL) DIE("the server has gone");
    for (struct dirent *task; (task = readdir(tasks)) != NULL;) {
        unsigned long long nanoseconds = 0;
        snprintf(path, sizeof path, "/proc/%d/task/%.20s/schedstat", o->server_pid, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file == NULL) continue;
        if (fscanf(file, "%llu", &nanoseconds) == 1) sum += (double)nanoseconds * 1e-9;
        fclose(file);
    }
    closedir(tasks);
    return sum;
}

static double server_rss(const options *o) {
    char path[64];
    long pages = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", o->server_pid);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1) DIE("the server has gone");
    fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static int dial(const options *o) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct linger reset = {1, 0}; /* no TIME_WAIT, so that ports never run out */
    address.sin_port = htons((uint16_t)o->port);
    if (fd < 0 || connect(fd, (void *)&address, sizeof address)) DIE("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    return fd;
}

/* After the handshake whatever is written waits for BIO_flush, so that many records make one segment. */
static SSL *connect_tls(const options *o, SSL_CTX *context) {
    SSL *ssl = SSL_new(context);
    int fd = dial(o);
    BIO *buffer = BIO_new(BIO_f_buffer()), *socket = BIO_new_socket(fd, BIO_NOCLOSE);
    if (ssl == NULL || buffer == NULL || socket == NULL || !SSL_set_fd(ssl, fd)) DIE("SSL_new");
    if (SSL_connect(ssl) != 1) DIE("handshake");
    BIO_set_write_buffer_size(buffer, 1 << 16);
    SSL_set0_wbio(ssl, BIO_push(buffer, socket));
    return ssl;
}

static void put(SSL *ssl, const void *bytes, int count) {
    if (SSL_write(ssl, bytes, count) != count) DIE("write");
}

static void get(SSL *ssl, int count) {
    char bytes[16384];
    while (count > 0) {
        int got = SSL_read(ssl, bytes, count < (int)sizeof bytes ? count : (int)sizeof bytes);
        if (got <= 0) DIE("read");
        count -= got;
    }
}

/* Closes in turn: the server's close_notify proves that it finished the handshake too. */
static void hang_up(SSL *ssl) {
    char byte;
    SSL_shutdown(ssl);
    (void)BIO_flush(SSL_get_wbio(ssl));
    if (SSL_read(ssl, &byte, 1) > 0 || SSL_get_error(ssl, 0) != SSL_ERROR_ZERO_RETURN) DIE("no close_notify");
    int fd = SSL_get_fd(ssl);
    SSL_free(ssl);
    close(fd);
}

/* Full handshakes by a few processes at a time: microseconds of the server's CPU each. */
static double handshakes(const options *o, SSL_CTX *context) {
    long *counts = mmap(NULL, CLIENTS * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < 50; i++) hang_up(connect_tls(o, context));
    double before = server_cpu(o);
    for (int i = 0; i < CLIENTS; i++) {
        if (fork() != 0) continue;
        for (double until = now() + o->seconds; now() < until; counts[i]++) hang_up(connect_tls(o, context));
        _exit(0);
    }
    long sum = 0;
    for (int i = 0, status = 0; i < CLIENTS; i++)
        if (wait(&status) < 0 || status != 0) DIE("a client failed");
    for (int i = 0; i < CLIENTS; i++) sum += counts[i];
    return (server_cpu(o) - before) / (double)sum * 1e6;
}

/* The same without TLS, on a file descriptor. */
static void put_plain(int fd, int count) {
    char bytes[MESSAGE * 64] = {0};
    if (write(fd, bytes, (size_t)count) != count) DIE("write");
}

static void get_plain(int fd, int count) {
    char bytes[16384];
    while (count > 0) {
        ssize_t got = read(fd, bytes, count < (int)sizeof bytes ? (size_t)count : sizeof bytes);
        if (got <= 0) DIE("read");
        count -= (int)got;
    }
}

static double plain_messages(const options *o) {
    int *all = calloc((size_t)o->connections, sizeof(int));
    for (int i = 0; i < o->connections; i++) all[i] = dial(o);
    double before = 0, until = 0;
    long count = 0;
    for (long round = 0; round < 200 || now() < until; round++) {
        if (round == 100) {
            before = server_cpu(o);
            until = now() + o->seconds;
            count = 0;
        }
        for (int i = 0; i < o->connections; i++) put_plain(all[i], o->batch * MESSAGE);
        for (int i = 0; i < o->connections; i++) get_plain(all[i], o->batch * MESSAGE);
        count += (long)o->connections * o->batch;
    }
    return (server_cpu(o) - before) / (double)count * 1e6;
}

/* Every connection sends a batch and waits for it to come back: microseconds of CPU for each message. */
static double messages(const options *o, SSL_CTX *context) {
    char message[MESSAGE] = {0};
    SSL **all = calloc((size_t)o->connections, sizeof(SSL *));
    for (int i = 0; i < o->connections; i++) all[i] = connect_tls(o, context);
    double before = 0, until = 0;
    long count = 0;
    for (long round = 0; round < 200 || now() < until; round++) {
        if (round == 100) {
            before = server_cpu(o);
            until = now() + o->seconds;
            count = 0;
        }
        for (int i = 0; i < o->connections; i++) {
            for (int n = 0; n < o->batch; n++) put(all[i], message, MESSAGE);
            if (BIO_flush(SSL_get_wbio(all[i])) != 1) DIE("flush");
        }
        for (int i = 0; i < o->connections; i++) get(all[i], o->batch * MESSAGE);
        count += (long)o->connections * o->batch;
    }
    return (server_cpu(o) - before) / (double)count * 1e6;
}

/* Records of 16 KB as fast as the server takes them: megabytes for each second of its CPU. */
static double bulk(const options *o, SSL_CTX *context) {
    static char record[16384];
    SSL *ssl = connect_tls(o, context);
    double before = 0, bytes = 0, until = now() + 0.2;
    for (int phase = 0; phase < 2; phase++) {
        while (now() < until) {
            put(ssl, record, sizeof record);
            bytes += sizeof record;
        }
        if (phase == 1) break;
        before = server_cpu(o);
        bytes = 0;
        until = now() + o->seconds;
    }
    return bytes / (server_cpu(o) - before) / 1e6;
}

/* Connections that have said a word, or nothing at all: bytes of the server's resident memory each. */
static double idle(const options *o, SSL_CTX *context, int is_silent) {
    char message[200] = {0};
    double before = 0;
    int first = o->connections / 20 + 1; /* while the server's allocator warms up */
    for (int i = 0; i < o->connections; i++) {
        if (i == first) {
            usleep(300000);
            before = server_rss(o);
        }
        if (is_silent) {
            dial(o);
            continue;
        }
        SSL *ssl = connect_tls(o, context);
        put(ssl, message, sizeof message);
        if (BIO_flush(SSL_get_wbio(ssl)) != 1) DIE("flush");
        get(ssl, sizeof message);
    }
    usleep(500000);
    return (server_rss(o) - before) / (o->connections - first);
}

int load(const options *o) {
    SSL_CTX *context = make_context(o, 0);
    struct rlimit files;
    double figure;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (strcmp(o->mode, "handshakes") == 0) figure = handshakes(o, context);
    else if (strcmp(o->mode, "messages") == 0) figure = o->is_plain ? plain_messages(o) : messages(o, context);
    else if (strcmp(o->mode, "bulk") == 0) figure = bulk(o, context);
    else if (strcmp(o->mode, "idle") == 0) figure = idle(o, context, 0);
    else if (strcmp(o->mode, "silent") == 0) figure = idle(o, context, 1);
    else DIE("no load is called %s", o->mode);
    printf("%.3f\n", figure);
    return 0;
}

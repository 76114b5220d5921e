/* The secrets of connections, in the NSS key log format, in a file that nobody else may read. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

struct gw_tls_key_log {
    int file;
};

static int is_private(const struct stat *status) {
    return status->st_uid == geteuid() && (status->st_mode & 077) == 0 && status->st_nlink == 1;
}

int gw_tls_key_log_open(const char *path, gw_tls_key_log **log) {
    struct stat status;
    int failure = 0;
    /* O_NONBLOCK: a pipe that nobody reads is refused instead of waited for. */
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (file < 0) return errno;
    if (fstat(file, &status) != 0) failure = errno;
    else if (!S_ISREG(status.st_mode)) failure = EINVAL;
    else if (!is_private(&status)) failure = GW_TLS_KEY_LOG_NOT_PRIVATE;
    else if ((*log = OPENSSL_zalloc(sizeof **log)) == NULL) failure = ENOMEM;
    if (failure == 0) (*log)->file = file;
    else close(file);
    return failure;
}

void gw_tls_key_log_free(gw_tls_key_log *log) {
    if (log == NULL) return;
    close(log->file);
    OPENSSL_free(log);
}

/* One call a line: what is appended at once stays together, whoever else appends. A full disk costs
   lines, not connections. */
void gw_tls_on_key(const SSL *ssl, const char *line) {
    const gw_tls_session *session = gw_tls_session_of(ssl);
    if (session == NULL || session->context->key_log == NULL) return;
    char end[] = "\n";
    struct iovec parts[2] = {{(void *)line, strlen(line)}, {end, 1}};
    while (writev(session->context->key_log->file, parts, 2) < 0 && errno == EINTR) continue;
}

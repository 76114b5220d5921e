#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway_tls.h"

int gw_tls_file_read(const char *path, size_t limit, char **bytes, size_t *length) {
    struct stat status;
    int failure = 0;
    size_t used = 0;
    char *buffer = NULL;
    /* O_NONBLOCK: opening a pipe that nobody writes to must not hang. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return errno;
    if (fstat(file, &status) != 0) {
        failure = errno;
    } else if (S_ISDIR(status.st_mode)) {
        failure = EISDIR;
    } else if (!S_ISREG(status.st_mode)) {
        failure = EINVAL;
    } else if ((buffer = OPENSSL_malloc(limit + 1)) == NULL) {
        failure = ENOMEM;
    }
    while (failure == 0) {
        ssize_t count = read(file, buffer + used, limit + 1 - used);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) failure = errno;
        if (count <= 0) break;
        used += (size_t)count;
        if (used > limit) failure = EFBIG;
    }
    close(file);
    if (failure != 0) {
        gw_tls_file_free(buffer, used);
        return failure;
    }
    *bytes = buffer;
    *length = used;
    return 0;
}

void gw_tls_error_text(int error, char *text, size_t size) {
    if (strerror_r(error, text, size) != 0) text[0] = 0;
}

void gw_tls_file_free(char *bytes, size_t length) { OPENSSL_clear_free(bytes, length); }

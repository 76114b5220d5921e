/*
 * The BIO between libssl and a call's window. It holds no bytes: input is read straight out of the
 * lent memory, output goes straight into the lent memory as long as it fits.
 */
#include <openssl/crypto.h>
#include <string.h>

#include "internal.h"

static int window_read(BIO *bio, char *bytes, size_t capacity, size_t *count) {
    gw_tls_session *session = BIO_get_data(bio);
    gw_tls_window *window = session->window;
    size_t available = window == NULL ? 0 : window->in_length - window->in_used;
    size_t taken = available < capacity ? available : capacity;

    BIO_clear_retry_flags(bio);
    *count = 0;
    /* Not retryable: libssl gives the connection up. */
    if (session->too_many_messages || session->too_large) return 0;
    if (taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    if (!session->is_settled) {
        size_t limit = session->context->is_server && session->hello == NULL ? GW_TLS_MAX_HELLO
                                                                             : GW_TLS_MAX_HANDSHAKE;
        if (session->handshake_bytes + taken > limit) {
            session->too_large = 1;
            return 0;
        }
        session->handshake_bytes += taken;
    }
    memcpy(bytes, window->in + window->in_used, taken);
    window->in_used += taken;
    *count = taken;
    return 1;
}

static int spill(gw_tls_window *window, const char *bytes, size_t length) {
    if (length > GW_TLS_MAX_SPILL - window->spill_used) return 0;
    if (window->spill_used + length > window->spill_capacity) {
        size_t capacity = window->spill_capacity == 0 ? 2048 : window->spill_capacity;
        while (capacity < window->spill_used + length) capacity *= 2;
        uint8_t *grown = OPENSSL_realloc(window->spill, capacity);
        if (grown == NULL) return 0;
        window->spill = grown;
        window->spill_capacity = capacity;
    }
    memcpy(window->spill + window->spill_used, bytes, length);
    window->spill_used += length;
    return 1;
}

static int window_write(BIO *bio, const char *bytes, size_t length, size_t *count) {
    gw_tls_session *session = BIO_get_data(bio);
    gw_tls_window *window = session->window;

    BIO_clear_retry_flags(bio);
    *count = 0;
    if (window == NULL) return 0;
    /* Once something has spilled, all that follows must, or the order would be lost. */
    if (window->spill_used == 0 && length <= window->out_capacity - window->out_used) {
        memcpy(window->out + window->out_used, bytes, length);
        window->out_used += length;
    } else if (!spill(window, bytes, length)) {
        return 0;
    }
    *count = length;
    return 1;
}

static long window_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio;
    (void)number;
    (void)pointer;
    /* Everything else, EOF and kernel TLS among it, is answered "no". */
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int window_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
static BIO_METHOD *method = NULL;

static void make_method(void) {
    BIO_METHOD *made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gateway window");
    if (made == NULL) return;
    if (BIO_meth_set_read_ex(made, window_read) && BIO_meth_set_write_ex(made, window_write) &&
        BIO_meth_set_ctrl(made, window_control) && BIO_meth_set_create(made, window_create)) {
        method = made;
    } else {
        BIO_meth_free(made);
    }
}

BIO_METHOD *gw_tls_bio_method(void) { return CRYPTO_THREAD_run_once(&once, make_method) ? method : NULL; }

void gw_tls_window_release(gw_tls_window *window) {
    OPENSSL_free(window->spill);
    window->spill = NULL;
    window->spill_capacity = 0;
    window->spill_used = 0;
}

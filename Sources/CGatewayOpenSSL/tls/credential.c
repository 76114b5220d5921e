#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

typedef struct passphrase_request {
    const char *passphrase;
    int was_asked;
} passphrase_request;

/* Given always, because OpenSSL's own asks on the terminal. */
static int give_passphrase(char *buffer, int size, int is_writing, void *argument) {
    passphrase_request *request = argument;
    (void)is_writing;
    request->was_asked = 1;
    if (request->passphrase == NULL) return -1;
    size_t length = strlen(request->passphrase);
    if (length > (size_t)size) return -1;
    memcpy(buffer, request->passphrase, length);
    return (int)length;
}

static int read_certificates(gw_tls_credential *credential, const char *text, size_t length,
                             gw_tls_fault *fault) {
    passphrase_request none = {NULL, 0};
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    int ok = 0;
    if (bio == NULL) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_INTERNAL);
        return 0;
    }
    credential->certificate = PEM_read_bio_X509_AUX(bio, NULL, give_passphrase, &none);
    if (credential->certificate == NULL) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_CERTIFICATE_UNREADABLE);
        goto done;
    }
    for (;;) {
        X509 *next = PEM_read_bio_X509(bio, NULL, give_passphrase, &none);
        if (next == NULL) {
            unsigned long error = ERR_peek_last_error();
            ok = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
            if (!ok) gw_tls_fault_set(fault, GW_TLS_FAULT_CHAIN_UNREADABLE);
            ERR_clear_error();
            goto done;
        }
        if (!sk_X509_push(credential->chain, next)) {
            X509_free(next);
            gw_tls_fault_set(fault, GW_TLS_FAULT_INTERNAL);
            goto done;
        }
    }
done:
    BIO_free(bio);
    return ok;
}

static int read_key(gw_tls_credential *credential, const char *text, size_t length,
                    const char *passphrase, gw_tls_fault *fault) {
    passphrase_request request = {passphrase, 0};
    BIO *bio = BIO_new_mem_buf(text, (int)length);
    if (bio == NULL) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_INTERNAL);
        return 0;
    }
    credential->key = PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &request);
    BIO_free(bio);
    if (credential->key != NULL) return 1;
    gw_tls_fault_set(fault, request.was_asked ? GW_TLS_FAULT_KEY_ENCRYPTED : GW_TLS_FAULT_KEY_UNREADABLE);
    return 0;
}

gw_tls_credential *gw_tls_credential_new(const char *chain, size_t chain_length, const char *key,
                                         size_t key_length, const char *passphrase,
                                         gw_tls_fault *fault) {
    ERR_clear_error();
    gw_tls_credential *credential = OPENSSL_zalloc(sizeof *credential);
    if (credential == NULL || (credential->chain = sk_X509_new_null()) == NULL) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_INTERNAL);
    } else if (chain_length > INT32_MAX) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_CERTIFICATE_UNREADABLE);
    } else if (key_length > INT32_MAX) {
        gw_tls_fault_set(fault, GW_TLS_FAULT_KEY_UNREADABLE);
    } else if (read_certificates(credential, chain, chain_length, fault) &&
               read_key(credential, key, key_length, passphrase, fault)) {
        if (X509_check_private_key(credential->certificate, credential->key) == 1) {
            ERR_clear_error();
            return credential;
        }
        gw_tls_fault_set(fault, GW_TLS_FAULT_KEY_MISMATCH);
    }
    ERR_clear_error();
    gw_tls_credential_free(credential);
    return NULL;
}

void gw_tls_credential_free(gw_tls_credential *credential) {
    if (credential == NULL) return;
    X509_free(credential->certificate);
    EVP_PKEY_free(credential->key);
    sk_X509_pop_free(credential->chain, X509_free);
    OPENSSL_free(credential->staple);
    OPENSSL_free(credential);
}

const char *gw_tls_credential_kind(const gw_tls_credential *credential) {
    const char *name = EVP_PKEY_get0_type_name(credential->key);
    return name == NULL ? "unknown" : name;
}

void gw_tls_credential_subject(const gw_tls_credential *credential, char *text, size_t size) {
    BIO *bio = BIO_new(BIO_s_mem());
    size_t length = 0;
    text[0] = 0;
    if (bio == NULL) return;
    /* XN_FLAG_RFC2253 escapes control and non-ASCII characters. */
    if (X509_NAME_print_ex(bio, X509_get_subject_name(credential->certificate), 0, XN_FLAG_RFC2253) >= 0 &&
        BIO_read_ex(bio, text, size - 1, &length)) {
        text[length] = 0;
    }
    BIO_free(bio);
    ERR_clear_error();
}

size_t gw_tls_credential_chain_count(const gw_tls_credential *credential) {
    return (size_t)sk_X509_num(credential->chain);
}

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

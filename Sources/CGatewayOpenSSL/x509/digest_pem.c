#include "x509_internal.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <string.h>

/* Fetched once per process: an implicit fetch per digest costs more than the digest. Never freed, as
 * connections may still be judged while the process ends. */
static CRYPTO_ONCE gw_x509_sha256_once = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *gw_x509_sha256_method = NULL;

static void gw_x509_sha256_fetch(void) {
    gw_x509_sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
}

int gw_x509_sha256(const uint8_t *bytes, size_t count, uint8_t digest[32]) {
    GW_X509_ENTER();
    int done = CRYPTO_THREAD_run_once(&gw_x509_sha256_once, gw_x509_sha256_fetch)
        && gw_x509_sha256_method != NULL
        && EVP_Digest(bytes, count, digest, NULL, gw_x509_sha256_method, NULL) == 1;
    GW_X509_LEAVE();
    return done;
}

int gw_x509_sha1(const uint8_t *bytes, size_t count, uint8_t digest[20]) {
    GW_X509_ENTER();
    int done = EVP_Digest(bytes, count, digest, NULL, EVP_sha1(), NULL) == 1;
    GW_X509_LEAVE();
    return done;
}

gw_x509_list *gw_x509_pem_decode(const uint8_t *text, size_t count, const char *label, size_t limit) {
    if (count > INT_MAX) return NULL;
    GW_X509_ENTER();
    BIO *bio = BIO_new_mem_buf(text, (int)count);
    gw_x509_list *list = gw_x509_list_new();
    int good = bio != NULL && list != NULL;
    while (good) {
        char *name = NULL, *header = NULL;
        unsigned char *body = NULL;
        long size = 0;
        if (PEM_read_bio(bio, &name, &header, &body, &size) != 1) {
            /* No further block is the normal end; a broken one is not. */
            unsigned long error = ERR_peek_last_error();
            good = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
            break;
        }
        if (label == NULL) {
            /* Of a private key only that it is there. */
            int is_secret = strstr(name, "PRIVATE KEY") != NULL || header[0] != '\0';
            good = gw_x509_list_count(list) < limit
                && gw_x509_list_add(list, 0, 0, name, body, is_secret ? 0 : (size_t)size);
        } else if (strcmp(name, label) == 0) {
            good = header[0] == '\0' && gw_x509_list_count(list) < limit
                && gw_x509_list_add(list, 0, 0, NULL, body, (size_t)size);
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(body, (size_t)size);
    }
    BIO_free(bio);
    if (!good) {
        gw_x509_list_free(list);
        list = NULL;
    }
    GW_X509_LEAVE();
    return list;
}

uint8_t *gw_x509_pem_encode(const char *label, const uint8_t *der, size_t count, size_t *out_count) {
    if (count > LONG_MAX) return NULL;
    GW_X509_ENTER();
    uint8_t *text = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio != NULL && PEM_write_bio(bio, label, "", der, (long)count) > 0) {
        text = gw_x509_drain(bio, out_count);
    }
    BIO_free(bio);
    GW_X509_LEAVE();
    return text;
}

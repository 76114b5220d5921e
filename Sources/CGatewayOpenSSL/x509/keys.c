#include "x509_internal.h"

#include <limits.h>
#include <openssl/pkcs12.h>
#include <string.h>

gw_x509_key *gw_x509_key_generate(gw_x509_key_kind kind, unsigned int rsa_bits) {
    EVP_PKEY *key = NULL;
    GW_X509_ENTER();
    switch (kind) {
    case GW_X509_GENERATE_P256: key = EVP_EC_gen("P-256"); break;
    case GW_X509_GENERATE_P384: key = EVP_EC_gen("P-384"); break;
    case GW_X509_GENERATE_RSA: key = EVP_RSA_gen(rsa_bits); break;
    }
    GW_X509_LEAVE();
    return (gw_x509_key *)key;
}

typedef struct {
    const uint8_t *bytes;
    size_t count;
    int asked;
} gw_x509_passphrase;

/* Takes the place of OpenSSL's default, which asks the controlling terminal. */
static int give_passphrase(char *buffer, int size, int writing, void *context) {
    (void)writing;
    gw_x509_passphrase *passphrase = context;
    passphrase->asked = 1;
    if (passphrase->bytes == NULL || passphrase->count > (size_t)size) return -1;
    memcpy(buffer, passphrase->bytes, passphrase->count);
    return (int)passphrase->count;
}

gw_x509_key *gw_x509_key_from_pem(
    const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count,
    int *needs_passphrase) {
    *needs_passphrase = 0;
    if (count > INT_MAX) return NULL;
    GW_X509_ENTER();
    gw_x509_passphrase given = {.bytes = passphrase, .count = passphrase_count, .asked = 0};
    BIO *bio = BIO_new_mem_buf(pem, (int)count);
    EVP_PKEY *key = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, give_passphrase, &given);
    BIO_free(bio);
    *needs_passphrase = key == NULL && given.asked;
    GW_X509_LEAVE();
    return (gw_x509_key *)key;
}

/* OWASP's figure for PBKDF2 with HMAC-SHA256; OpenSSL's default is 2,048. */
enum { PBKDF2_ITERATIONS = 600000 };

static int write_encrypted(BIO *bio, EVP_PKEY *key, const uint8_t *passphrase, size_t count) {
    PKCS8_PRIV_KEY_INFO *plain = gw_x509_private_info(key);
    X509_ALGOR *scheme = PKCS5_pbe2_set_iv(
        EVP_aes_256_cbc(), PBKDF2_ITERATIONS, NULL, 0, NULL, NID_hmacWithSHA256);
    X509_SIG *sealed = plain == NULL || scheme == NULL
        ? NULL : PKCS8_set0_pbe((const char *)passphrase, (int)count, plain, scheme);
    if (sealed == NULL) X509_ALGOR_free(scheme);
    int good = sealed != NULL && PEM_write_bio_PKCS8(bio, sealed) == 1;
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return good;
}

static int write_plain(BIO *bio, EVP_PKEY *key) {
    PKCS8_PRIV_KEY_INFO *plain = gw_x509_private_info(key);
    int good = plain != NULL && PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, plain) == 1;
    PKCS8_PRIV_KEY_INFO_free(plain);
    return good;
}

uint8_t *gw_x509_key_to_pem(
    gw_x509_key *key, const uint8_t *passphrase, size_t passphrase_count, size_t *out_count) {
    if (passphrase_count > INT_MAX) return NULL;
    uint8_t *text = NULL;
    GW_X509_ENTER();
    /* Secure memory BIO: what held the key is wiped when it is freed. */
    BIO *bio = BIO_new(BIO_s_secmem());
    if (bio != NULL) {
        int good = passphrase == NULL
            ? write_plain(bio, (EVP_PKEY *)key)
            : write_encrypted(bio, (EVP_PKEY *)key, passphrase, passphrase_count);
        if (good) text = gw_x509_drain(bio, out_count);
    }
    BIO_free(bio);
    GW_X509_LEAVE();
    return text;
}

int gw_x509_key_matches(gw_x509_key *key, gw_x509_certificate *certificate) {
    GW_X509_ENTER();
    int matches = X509_check_private_key((X509 *)certificate, (EVP_PKEY *)key) == 1;
    GW_X509_LEAVE();
    return matches;
}

void gw_x509_key_free(gw_x509_key *key) {
    EVP_PKEY_free((EVP_PKEY *)key);
}

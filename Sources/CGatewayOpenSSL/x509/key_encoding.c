#include "x509_internal.h"

#include <openssl/core_names.h>
#include <string.h>

/* OpenSSL 3's encoders look their implementations up anew for every key: 60 µs for a key that takes 12 to
 * make. P-256, which nearly every key is, has one fixed form, written here; other keys go by the encoders. */

enum { SCALAR = 32, POINT = 65 };

/* SubjectPublicKeyInfo up to the point: SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING. */
static const uint8_t p256_public_prefix[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08,
    0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};

/* PrivateKeyInfo (RFC 5208) up to the scalar: version 0, the same algorithm, OCTET STRING { ECPrivateKey
 * (RFC 5915) { version 1, OCTET STRING; the public key follows as [1] { BIT STRING }. */
static const uint8_t p256_private_prefix[] = {
    0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d,
    0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30,
    0x6b, 0x02, 0x01, 0x01, 0x04, 0x20};
static const uint8_t p256_private_middle[] = {0xa1, 0x44, 0x03, 0x42, 0x00};

/* The uncompressed point of a key on P-256 named by its curve; 0 for every other key. */
static int p256_point(EVP_PKEY *key, uint8_t point[POINT]) {
    char text[32] = "";
    size_t size = 0;
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC
        || EVP_PKEY_get_utf8_string_param(
               key, OSSL_PKEY_PARAM_GROUP_NAME, text, sizeof text, &size) != 1
        || strcmp(text, "prime256v1") != 0
        || EVP_PKEY_get_utf8_string_param(
               key, OSSL_PKEY_PARAM_EC_ENCODING, text, sizeof text, &size) != 1
        || strcmp(text, OSSL_PKEY_EC_ENCODING_GROUP) != 0)
        return 0;
    size = 0;
    return EVP_PKEY_get_octet_string_param(
               key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, POINT, &size) == 1
        && size == POINT && point[0] == 0x04;
}

uint8_t *gw_x509_key_public_info(gw_x509_key *key, size_t *out_count) {
    uint8_t *result = NULL;
    uint8_t point[POINT];
    GW_X509_ENTER();
    if (p256_point((EVP_PKEY *)key, point)) {
        result = OPENSSL_malloc(sizeof p256_public_prefix + POINT);
        if (result != NULL) {
            memcpy(result, p256_public_prefix, sizeof p256_public_prefix);
            memcpy(result + sizeof p256_public_prefix, point, POINT);
            *out_count = sizeof p256_public_prefix + POINT;
        }
    } else {
        unsigned char *der = NULL;
        int count = i2d_PUBKEY((EVP_PKEY *)key, &der);
        result = gw_x509_take(der, count, out_count);
    }
    GW_X509_LEAVE();
    return result;
}

PKCS8_PRIV_KEY_INFO *gw_x509_private_info(EVP_PKEY *key) {
    uint8_t der[sizeof p256_private_prefix + SCALAR + sizeof p256_private_middle + POINT];
    uint8_t *scalar = der + sizeof p256_private_prefix;
    uint8_t *middle = scalar + SCALAR;
    BIGNUM *number = NULL;
    PKCS8_PRIV_KEY_INFO *info = NULL;
    if (p256_point(key, middle + sizeof p256_private_middle)
        && EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1
        && BN_bn2binpad(number, scalar, SCALAR) == SCALAR) {
        memcpy(der, p256_private_prefix, sizeof p256_private_prefix);
        memcpy(middle, p256_private_middle, sizeof p256_private_middle);
        const uint8_t *cursor = der;
        info = d2i_PKCS8_PRIV_KEY_INFO(NULL, &cursor, (long)sizeof der);
    } else {
        info = EVP_PKEY2PKCS8(key);
    }
    BN_clear_free(number);
    OPENSSL_cleanse(der, sizeof der);
    return info;
}

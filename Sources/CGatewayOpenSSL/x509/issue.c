#include "x509_internal.h"

#include <openssl/core_names.h>
#include <string.h>

static const EVP_MD *digest_for(EVP_PKEY *key) {
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
    case EVP_PKEY_ED448:
        return NULL;
    case EVP_PKEY_EC:
        return EVP_PKEY_get_bits(key) <= 256 ? EVP_sha256()
            : EVP_PKEY_get_bits(key) <= 384  ? EVP_sha384()
                                             : EVP_sha512();
    default:
        return EVP_sha256();
    }
}

uint8_t *gw_x509_key_signature_algorithm(gw_x509_key *key, size_t *out_count) {
    uint8_t *result = NULL;
    GW_X509_ENTER();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *signing = NULL;
    uint8_t identifier[128];
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_octet_string(OSSL_SIGNATURE_PARAM_ALGORITHM_ID, identifier, sizeof identifier),
        OSSL_PARAM_END};
    if (context != NULL
        && EVP_DigestSignInit(context, &signing, digest_for((EVP_PKEY *)key), NULL, (EVP_PKEY *)key) == 1
        && EVP_PKEY_CTX_get_params(signing, parameters) == 1 && parameters[0].return_size > 0
        && parameters[0].return_size <= sizeof identifier) {
        result = OPENSSL_memdup(identifier, parameters[0].return_size);
        if (result != NULL) *out_count = parameters[0].return_size;
    }
    EVP_MD_CTX_free(context);
    GW_X509_LEAVE();
    return result;
}

uint8_t *gw_x509_key_sign(
    gw_x509_key *key, const uint8_t *content, size_t count, size_t *out_count) {
    uint8_t *signature = NULL;
    GW_X509_ENTER();
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 0;
    if (context != NULL
        && EVP_DigestSignInit(context, NULL, digest_for((EVP_PKEY *)key), NULL, (EVP_PKEY *)key) == 1
        && EVP_DigestSign(context, NULL, &size, content, count) == 1) {
        signature = OPENSSL_malloc(size);
        if (signature != NULL && EVP_DigestSign(context, signature, &size, content, count) == 1) {
            *out_count = size;
        } else {
            OPENSSL_free(signature);
            signature = NULL;
        }
    }
    EVP_MD_CTX_free(context);
    GW_X509_LEAVE();
    return signature;
}

uint8_t *gw_x509_address(const uint8_t *text, size_t count, size_t *out_count) {
    char string[64];
    if (count == 0 || count >= sizeof string) return NULL;
    memcpy(string, text, count);
    string[count] = '\0';
    if (strlen(string) != count) return NULL;
    GW_X509_ENTER();
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(string);
    uint8_t *octets = NULL;
    if (address != NULL) {
        octets = OPENSSL_memdup(
            ASN1_STRING_get0_data(address), (size_t)ASN1_STRING_length(address));
        if (octets != NULL) *out_count = (size_t)ASN1_STRING_length(address);
    }
    ASN1_OCTET_STRING_free(address);
    GW_X509_LEAVE();
    return octets;
}

#include "x509_internal.h"

#include <limits.h>
#include <openssl/asn1t.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

/* Security bits of a signature algorithm's digest; 0 if not known. */
static int security_bits(const X509_ALGOR *algorithm) {
    const ASN1_OBJECT *object = NULL;
    int parameter_type = V_ASN1_UNDEF;
    const void *parameter = NULL;
    X509_ALGOR_get0(&object, &parameter_type, &parameter, algorithm);
    int nid = OBJ_obj2nid(object), digest = NID_undef, key = NID_undef;
    if (nid == NID_ED25519) return 128;
    if (nid == NID_ED448) return 224;
    if (nid == NID_rsassaPss) {
        if (parameter_type != V_ASN1_SEQUENCE) return 0;
        RSA_PSS_PARAMS *pss = ASN1_item_unpack(parameter, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
        /* Absent means SHA-1 (RFC 4055 3.1). */
        digest = NID_sha1;
        if (pss != NULL && pss->hashAlgorithm != NULL) {
            const ASN1_OBJECT *hash = NULL;
            X509_ALGOR_get0(&hash, NULL, NULL, pss->hashAlgorithm);
            digest = OBJ_obj2nid(hash);
        }
        RSA_PSS_PARAMS_free(pss);
    } else if (OBJ_find_sigid_algs(nid, &digest, &key) != 1) {
        return 0;
    }
    const EVP_MD *method = EVP_get_digestbynid(digest);
    return method == NULL ? 0 : EVP_MD_get_size(method) * 4;
}

gw_x509_signature_result gw_x509_signature_verify(
    const uint8_t *algorithm, size_t algorithm_count, const uint8_t *signature, size_t signature_count,
    const uint8_t *content, size_t content_count, gw_x509_certificate *signer, int minimum_bits) {
    if (algorithm_count > LONG_MAX || signature_count > INT_MAX || content_count > INT_MAX) {
        return GW_X509_SIGNATURE_BAD;
    }
    gw_x509_signature_result result = GW_X509_SIGNATURE_INTERNAL;
    GW_X509_ENTER();
    const unsigned char *cursor = algorithm;
    X509_ALGOR *named = d2i_X509_ALGOR(NULL, &cursor, (long)algorithm_count);
    ASN1_BIT_STRING *bits = ASN1_BIT_STRING_new();
    ASN1_STRING *octets = ASN1_STRING_type_new(V_ASN1_SEQUENCE);
    ASN1_TYPE *signed_content = ASN1_TYPE_new();
    EVP_PKEY *key = X509_get0_pubkey((X509 *)signer);
    if (named == NULL || key == NULL) {
        result = GW_X509_SIGNATURE_BAD;
    } else if (security_bits(named) < minimum_bits) {
        result = GW_X509_SIGNATURE_WEAK;
    } else if (
        bits != NULL && octets != NULL && signed_content != NULL
        && ASN1_STRING_set(bits, signature, (int)signature_count) == 1
        && ASN1_STRING_set(octets, content, (int)content_count) == 1) {
        bits->flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
        bits->flags |= ASN1_STRING_FLAG_BITS_LEFT;
        /* A value of any type is written as it was read: the signed octets themselves. */
        ASN1_TYPE_set(signed_content, V_ASN1_SEQUENCE, octets);
        octets = NULL;
        result = ASN1_item_verify(ASN1_ITEM_rptr(ASN1_ANY), named, bits, signed_content, key) == 1
            ? GW_X509_SIGNATURE_GOOD : GW_X509_SIGNATURE_BAD;
    }
    X509_ALGOR_free(named);
    ASN1_BIT_STRING_free(bits);
    ASN1_STRING_free(octets);
    ASN1_TYPE_free(signed_content);
    GW_X509_LEAVE();
    return result;
}

int gw_x509_certificate_is_signed_by(
    gw_x509_certificate *certificate, gw_x509_certificate *authority) {
    GW_X509_ENTER();
    EVP_PKEY *key = X509_get0_pubkey((X509 *)authority);
    int verified = key != NULL && X509_verify((X509 *)certificate, key) == 1;
    GW_X509_LEAVE();
    return verified;
}

#include "x509_internal.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static X509 *unwrap(gw_x509_certificate *certificate) {
    return (X509 *)certificate;
}

gw_x509_certificate *gw_x509_certificate_parse(
    const uint8_t *der, size_t count, gw_x509_parse_result *result) {
    *result = GW_X509_NOT_DER;
    if (count == 0 || count > LONG_MAX) return NULL;
    GW_X509_ENTER();
    const unsigned char *cursor = der;
    X509 *certificate = d2i_X509(NULL, &cursor, (long)count);
    if (certificate == NULL) {
        *result = GW_X509_NOT_DER;
    } else if (cursor != der + count) {
        *result = GW_X509_TRAILING_BYTES;
    } else {
        /* The fingerprint is taken of the received bytes; OpenSSL's own digest is of the re-encoded
         * form. Only where both agree does a certificate have one identity. */
        unsigned char *again = NULL;
        int size = i2d_X509(certificate, &again);
        if (size < 0) {
            *result = GW_X509_NO_MEMORY;
        } else if ((size_t)size != count || memcmp(again, der, count) != 0) {
            *result = GW_X509_NOT_CANONICAL;
        } else if (
            /* Fills the extension cache now, so that later readers on other threads only read. */
            X509_check_purpose(certificate, -1, 0) != 1
            || (X509_get_extension_flags(certificate) & EXFLAG_INVALID) != 0) {
            *result = GW_X509_INVALID_EXTENSIONS;
        } else {
            *result = GW_X509_PARSED;
        }
        OPENSSL_free(again);
    }
    if (*result != GW_X509_PARSED) {
        X509_free(certificate);
        certificate = NULL;
    }
    GW_X509_LEAVE();
    return (gw_x509_certificate *)certificate;
}

void gw_x509_certificate_free(gw_x509_certificate *certificate) {
    X509_free(unwrap(certificate));
}

/* ---- Facts ---------------------------------------------------------------------------------- */

static int unix_seconds(const ASN1_TIME *time, int64_t *seconds) {
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    *seconds = (int64_t)timegm(&parts);
    return 1;
}

void gw_x509_describe_key(EVP_PKEY *key, gw_x509_key_facts *facts) {
    memset(facts, 0, sizeof *facts);
    if (key == NULL) return;
    int bits = EVP_PKEY_get_bits(key);
    facts->bits = bits > 0 ? bits : 0;
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: facts->type = GW_X509_KEY_RSA; break;
    case EVP_PKEY_RSA_PSS: facts->type = GW_X509_KEY_RSA_PSS; break;
    case EVP_PKEY_EC: facts->type = GW_X509_KEY_EC; break;
    case EVP_PKEY_ED25519: facts->type = GW_X509_KEY_ED25519; break;
    case EVP_PKEY_ED448: facts->type = GW_X509_KEY_ED448; break;
    case EVP_PKEY_DSA: facts->type = GW_X509_KEY_DSA; break;
    default: facts->type = GW_X509_KEY_OTHER; break;
    }
    if (facts->type == GW_X509_KEY_RSA || facts->type == GW_X509_KEY_RSA_PSS) {
        BIGNUM *exponent = NULL;
        if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1
            && BN_num_bits(exponent) <= 64) {
            uint8_t octets[8];
            if (BN_bn2binpad(exponent, octets, sizeof octets) == (int)sizeof octets) {
                for (size_t index = 0; index < sizeof octets; index++) {
                    facts->rsa_exponent = facts->rsa_exponent << 8 | octets[index];
                }
            }
        }
        BN_free(exponent);
    }
}

int gw_x509_curve_text(EVP_PKEY *key, char *buffer, size_t size) {
    if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_EC) return 0;
    char encoding[32] = "";
    size_t used = 0;
    if (EVP_PKEY_get_utf8_string_param(
            key, OSSL_PKEY_PARAM_EC_ENCODING, encoding, sizeof encoding, &used) == 1
        && strcmp(encoding, OSSL_PKEY_EC_ENCODING_EXPLICIT) == 0) {
        int written = snprintf(buffer, size, "explicit");
        return written > 0 && (size_t)written < size;
    }
    return EVP_PKEY_get_group_name(key, buffer, size, &used) == 1;
}

int gw_x509_certificate_describe(gw_x509_certificate *wrapped, gw_x509_certificate_facts *facts) {
    X509 *certificate = unwrap(wrapped);
    memset(facts, 0, sizeof *facts);
    GW_X509_ENTER();
    int good = unix_seconds(X509_get0_notBefore(certificate), &facts->not_before)
        && unix_seconds(X509_get0_notAfter(certificate), &facts->not_after);
    if (good) {
        uint32_t flags = X509_get_extension_flags(certificate);
        facts->version = (int)X509_get_version(certificate) + 1;
        facts->is_authority = (flags & EXFLAG_CA) != 0;
        facts->path_length = (int)X509_get_pathlen(certificate);
        facts->key_usage = X509_get_key_usage(certificate);
        facts->allows_client = X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) == 1;
        /* The purpose check alone lets self-signed version 1 certificates issue. */
        facts->allows_client_authority = facts->is_authority && facts->version == 3
            && X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 1) == 1;
        facts->is_self_issued = (flags & EXFLAG_SI) != 0;
        int digest = 0, key_type = 0, bits = 0;
        uint32_t signature_flags = 0;
        if (X509_get_signature_info(certificate, &digest, &key_type, &bits, &signature_flags) == 1) {
            facts->signature_bits = bits > 0 ? bits : 0;
        }
        gw_x509_describe_key(X509_get0_pubkey(certificate), &facts->key);
    }
    GW_X509_LEAVE();
    return good;
}

int gw_x509_certificate_text(
    gw_x509_certificate *wrapped, gw_x509_text which, char *buffer, size_t size) {
    X509 *certificate = unwrap(wrapped);
    int good = 0;
    GW_X509_ENTER();
    if (which == GW_X509_TEXT_CURVE) {
        good = gw_x509_curve_text(X509_get0_pubkey(certificate), buffer, size);
    } else {
        int digest = NID_undef, written;
        X509_get_signature_info(certificate, &digest, NULL, NULL, NULL);
        int algorithm = X509_get_signature_nid(certificate);
        if (algorithm == NID_rsassaPss && digest != NID_undef) {
            written = snprintf(buffer, size, "RSASSA-PSS-%s", OBJ_nid2sn(digest));
        } else if (algorithm != NID_undef) {
            written = snprintf(buffer, size, "%s", OBJ_nid2sn(algorithm));
        } else {
            const X509_ALGOR *named = X509_get0_tbs_sigalg(certificate);
            const ASN1_OBJECT *object = NULL;
            X509_ALGOR_get0(&object, NULL, NULL, named);
            written = OBJ_obj2txt(buffer, size > INT_MAX ? INT_MAX : (int)size, object, 1);
        }
        good = written > 0 && (size_t)written < size;
    }
    GW_X509_LEAVE();
    return good;
}

uint8_t *gw_x509_certificate_bytes(
    gw_x509_certificate *wrapped, gw_x509_bytes which, size_t *out_count) {
    X509 *certificate = unwrap(wrapped);
    unsigned char *bytes = NULL;
    uint8_t *result = NULL;
    GW_X509_ENTER();
    switch (which) {
    case GW_X509_BYTES_ISSUER: {
        int count = i2d_X509_NAME(X509_get_issuer_name(certificate), &bytes);
        result = gw_x509_take(bytes, count, out_count);
        break;
    }
    case GW_X509_BYTES_SUBJECT: {
        int count = i2d_X509_NAME(X509_get_subject_name(certificate), &bytes);
        result = gw_x509_take(bytes, count, out_count);
        break;
    }
    case GW_X509_BYTES_PUBLIC_KEY: {
        int count = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &bytes);
        result = gw_x509_take(bytes, count, out_count);
        break;
    }
    case GW_X509_BYTES_SERIAL: {
        /* The content octets, by skipping the header of the whole: OpenSSL's own form keeps magnitude
         * and sign apart. */
        int count = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &bytes);
        const unsigned char *content = bytes;
        long size = 0;
        int tag = 0, class = 0;
        if (count > 0 && (ASN1_get_object(&content, &size, &tag, &class, count) & 0x80) == 0
            && size > 0) {
            result = OPENSSL_memdup(content, (size_t)size);
            if (result != NULL) *out_count = (size_t)size;
        }
        OPENSSL_free(bytes);
        break;
    }
    case GW_X509_BYTES_SUBJECT_KEY:
    case GW_X509_BYTES_AUTHORITY_KEY: {
        const ASN1_OCTET_STRING *identifier = which == GW_X509_BYTES_SUBJECT_KEY
            ? X509_get0_subject_key_id(certificate) : X509_get0_authority_key_id(certificate);
        if (identifier != NULL && ASN1_STRING_length(identifier) > 0) {
            result = OPENSSL_memdup(
                ASN1_STRING_get0_data(identifier), (size_t)ASN1_STRING_length(identifier));
            if (result != NULL) *out_count = (size_t)ASN1_STRING_length(identifier);
        }
        break;
    }
    }
    GW_X509_LEAVE();
    return result;
}

gw_x509_list *gw_x509_certificate_extended_usages(gw_x509_certificate *wrapped) {
    GW_X509_ENTER();
    gw_x509_list *list = NULL;
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(unwrap(wrapped), NID_ext_key_usage, NULL, NULL);
    if (usages != NULL) {
        list = gw_x509_list_new();
        for (int index = 0; list != NULL && index < sk_ASN1_OBJECT_num(usages); index++) {
            char *text = gw_x509_object_text(sk_ASN1_OBJECT_value(usages, index));
            if (text == NULL || !gw_x509_list_add(list, 0, 0, text, NULL, 0)) {
                gw_x509_list_free(list);
                list = NULL;
            }
            OPENSSL_free(text);
        }
        sk_ASN1_OBJECT_pop_free(usages, ASN1_OBJECT_free);
    }
    GW_X509_LEAVE();
    return list;
}

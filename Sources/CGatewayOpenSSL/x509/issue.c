#include "x509_internal.h"

#include <limits.h>
#include <openssl/rand.h>
#include <string.h>

struct gw_x509_builder {
    X509 *certificate;
    GENERAL_NAMES *alternatives;
};

gw_x509_builder *gw_x509_builder_new(void) {
    GW_X509_ENTER();
    gw_x509_builder *builder = OPENSSL_zalloc(sizeof *builder);
    if (builder != NULL) {
        builder->certificate = X509_new();
        builder->alternatives = GENERAL_NAMES_new();
        if (builder->certificate == NULL || builder->alternatives == NULL
            || X509_set_version(builder->certificate, X509_VERSION_3) != 1) {
            gw_x509_builder_free(builder);
            builder = NULL;
        }
    }
    GW_X509_LEAVE();
    return builder;
}

void gw_x509_builder_free(gw_x509_builder *builder) {
    if (builder == NULL) return;
    X509_free(builder->certificate);
    GENERAL_NAMES_free(builder->alternatives);
    OPENSSL_free(builder);
}

int gw_x509_builder_random_serial(gw_x509_builder *builder) {
    GW_X509_ENTER();
    /* RFC 5280 4.1.2.2: positive and at most 20 octets. */
    uint8_t octets[20];
    int good = RAND_bytes(octets, sizeof octets) == 1;
    if (good) {
        octets[0] = (uint8_t)((octets[0] & 0x3f) | 0x40);
        BIGNUM *number = BN_bin2bn(octets, sizeof octets, NULL);
        good = number != NULL
            && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(builder->certificate)) != NULL;
        BN_free(number);
    }
    GW_X509_LEAVE();
    return good;
}

int gw_x509_builder_validity(gw_x509_builder *builder, int64_t not_before, int64_t not_after) {
    GW_X509_ENTER();
    int good = ASN1_TIME_set(X509_getm_notBefore(builder->certificate), (time_t)not_before) != NULL
        && ASN1_TIME_set(X509_getm_notAfter(builder->certificate), (time_t)not_after) != NULL;
    GW_X509_LEAVE();
    return good;
}

int gw_x509_builder_subject(
    gw_x509_builder *builder, const char *type, const uint8_t *utf8, size_t count, int joined) {
    if (count == 0 || count > INT_MAX) return 0;
    GW_X509_ENTER();
    ASN1_OBJECT *object = OBJ_txt2obj(type, 1);
    int good = object != NULL
        && X509_NAME_add_entry_by_OBJ(
            X509_get_subject_name(builder->certificate), object, MBSTRING_UTF8, utf8, (int)count, -1,
            joined ? -1 : 0) == 1;
    ASN1_OBJECT_free(object);
    GW_X509_LEAVE();
    return good;
}

int gw_x509_builder_key(gw_x509_builder *builder, gw_x509_key *key) {
    GW_X509_ENTER();
    int good = X509_set_pubkey(builder->certificate, (EVP_PKEY *)key) == 1;
    GW_X509_LEAVE();
    return good;
}

int gw_x509_builder_request_key(gw_x509_builder *builder, gw_x509_request *request) {
    GW_X509_ENTER();
    EVP_PKEY *key = X509_REQ_get0_pubkey((X509_REQ *)request);
    int good = key != NULL && X509_set_pubkey(builder->certificate, key) == 1;
    GW_X509_LEAVE();
    return good;
}

int gw_x509_builder_alternative(
    gw_x509_builder *builder, int kind, const uint8_t *text, size_t count) {
    if (count == 0 || count > 255) return 0;
    char string[256];
    memcpy(string, text, count);
    string[count] = '\0';
    GW_X509_ENTER();
    GENERAL_NAME *name = GENERAL_NAME_new();
    ASN1_STRING *value = NULL;
    if (kind == GEN_IPADD) {
        value = a2i_IPADDRESS(string);
    } else if (kind == GEN_DNS) {
        value = ASN1_IA5STRING_new();
        if (value != NULL && ASN1_STRING_set(value, string, (int)count) != 1) {
            ASN1_STRING_free(value);
            value = NULL;
        }
    }
    int good = 0;
    if (name != NULL && value != NULL) {
        GENERAL_NAME_set0_value(name, kind, value);
        value = NULL;
        good = sk_GENERAL_NAME_push(builder->alternatives, name) > 0;
        if (good) name = NULL;
    }
    ASN1_STRING_free(value);
    GENERAL_NAME_free(name);
    GW_X509_LEAVE();
    return good;
}

/* ---- Extensions ---------------------------------------------------------------------------------- */

enum { DIGITAL_SIGNATURE = 0, KEY_ENCIPHERMENT = 2, KEY_CERT_SIGN = 5, CRL_SIGN = 6 };

static int add_basic_constraints(X509 *certificate, int is_authority) {
    BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
    int good = constraints != NULL;
    if (good && is_authority) {
        constraints->ca = 0xff;
        /* It signs devices and servers, never another authority. */
        constraints->pathlen = ASN1_INTEGER_new();
        good = constraints->pathlen != NULL && ASN1_INTEGER_set(constraints->pathlen, 0) == 1;
    }
    good = good
        && X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints, 1, X509V3_ADD_DEFAULT) == 1;
    BASIC_CONSTRAINTS_free(constraints);
    return good;
}

static int add_key_usage(X509 *certificate, const int *bits, size_t count) {
    ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
    int good = usage != NULL;
    for (size_t index = 0; good && index < count; index++) {
        good = ASN1_BIT_STRING_set_bit(usage, bits[index], 1) == 1;
    }
    good = good && X509_add1_ext_i2d(certificate, NID_key_usage, usage, 1, X509V3_ADD_DEFAULT) == 1;
    ASN1_BIT_STRING_free(usage);
    return good;
}

static int add_extended_usage(X509 *certificate, int usage) {
    EXTENDED_KEY_USAGE *usages = sk_ASN1_OBJECT_new_null();
    int good = usages != NULL && sk_ASN1_OBJECT_push(usages, OBJ_nid2obj(usage)) > 0
        && X509_add1_ext_i2d(certificate, NID_ext_key_usage, usages, 0, X509V3_ADD_DEFAULT) == 1;
    sk_ASN1_OBJECT_free(usages);
    return good;
}

/* RFC 7093 2: the leftmost 160 bits of SHA-256 over the public key. */
static int add_subject_key_identifier(X509 *certificate) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    ASN1_OCTET_STRING *identifier = ASN1_OCTET_STRING_new();
    int good = identifier != NULL && X509_pubkey_digest(certificate, EVP_sha256(), digest, &size) == 1
        && size >= 20 && ASN1_OCTET_STRING_set(identifier, digest, 20) == 1
        && X509_add1_ext_i2d(
            certificate, NID_subject_key_identifier, identifier, 0, X509V3_ADD_DEFAULT) == 1;
    ASN1_OCTET_STRING_free(identifier);
    return good;
}

/* Left out when the authority has no subject key identifier: there is nothing to point at. */
static int add_authority_key_identifier(X509 *certificate, X509 *authority) {
    const ASN1_OCTET_STRING *identifier = X509_get0_subject_key_id(authority);
    if (identifier == NULL) return 1;
    AUTHORITY_KEYID *key = AUTHORITY_KEYID_new();
    int good = key != NULL && (key->keyid = ASN1_OCTET_STRING_dup(identifier)) != NULL
        && X509_add1_ext_i2d(
            certificate, NID_authority_key_identifier, key, 0, X509V3_ADD_DEFAULT) == 1;
    AUTHORITY_KEYID_free(key);
    return good;
}

static int add_extensions(gw_x509_builder *builder, gw_x509_profile profile) {
    static const int signing[] = {DIGITAL_SIGNATURE};
    static const int signing_and_encipherment[] = {DIGITAL_SIGNATURE, KEY_ENCIPHERMENT};
    static const int authority[] = {KEY_CERT_SIGN, CRL_SIGN};
    X509 *certificate = builder->certificate;
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    switch (profile) {
    case GW_X509_PROFILE_AUTHORITY:
        return add_basic_constraints(certificate, 1) && add_key_usage(certificate, authority, 2);
    case GW_X509_PROFILE_DEVICE:
        return add_basic_constraints(certificate, 0) && add_key_usage(certificate, signing, 1)
            && add_extended_usage(certificate, NID_client_auth);
    case GW_X509_PROFILE_SERVER:
        /* TLS 1.2's RSA key exchange, which small devices still speak, enciphers to the server's key. */
        return add_basic_constraints(certificate, 0)
            && (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA
                    ? add_key_usage(certificate, signing_and_encipherment, 2)
                    : add_key_usage(certificate, signing, 1))
            && add_extended_usage(certificate, NID_server_auth);
    }
    return 0;
}

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

uint8_t *gw_x509_builder_sign(
    gw_x509_builder *builder, gw_x509_profile profile, gw_x509_certificate *authority,
    gw_x509_key *key, size_t *out_count) {
    GW_X509_ENTER();
    X509 *certificate = builder->certificate;
    X509 *issuer = authority == NULL ? certificate : (X509 *)authority;
    EVP_PKEY *signer = (EVP_PKEY *)key;
    uint8_t *result = NULL;
    int good = X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
        && add_extensions(builder, profile) && add_subject_key_identifier(certificate)
        && (authority == NULL || add_authority_key_identifier(certificate, issuer));
    if (good && sk_GENERAL_NAME_num(builder->alternatives) > 0) {
        good = X509_add1_ext_i2d(
            certificate, NID_subject_alt_name, builder->alternatives, 0, X509V3_ADD_DEFAULT) == 1;
    }
    if (good && X509_sign(certificate, signer, digest_for(signer)) > 0) {
        unsigned char *der = NULL;
        int count = i2d_X509(certificate, &der);
        result = gw_x509_take(der, count, out_count);
    }
    GW_X509_LEAVE();
    return result;
}

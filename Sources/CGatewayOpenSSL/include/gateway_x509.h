/*
 * What X509Auth needs of libcrypto. Only our own opaque types and plain scalars cross this header, so
 * that no OpenSSL macro, type or version difference reaches Swift.
 *
 * Conventions: functions returning a pointer return NULL on failure; functions returning int return 1
 * on success and 0 on failure, unless said otherwise. Every function leaves the calling thread's
 * OpenSSL error queue as it found it. Pointers named `out_count` receive the size of returned memory.
 */
#ifndef GATEWAY_X509_H
#define GATEWAY_X509_H

#include <stddef.h>
#include <stdint.h>

typedef struct gw_x509_certificate gw_x509_certificate;
typedef struct gw_x509_request gw_x509_request;
typedef struct gw_x509_key gw_x509_key;
typedef struct gw_x509_list gw_x509_list;

/* ---- Memory returned by this shim ------------------------------------------------------------ */

/* Wipes and frees memory returned as `uint8_t *`. */
void gw_x509_bytes_free(uint8_t *bytes, size_t count);

/* An ordered list of small byte strings; the meaning of kind, group and label depends on its source. */
void gw_x509_list_free(gw_x509_list *list);
size_t gw_x509_list_count(const gw_x509_list *list);
int gw_x509_list_kind(const gw_x509_list *list, size_t index);
int gw_x509_list_group(const gw_x509_list *list, size_t index);
const char *gw_x509_list_label(const gw_x509_list *list, size_t index);
const uint8_t *gw_x509_list_bytes(const gw_x509_list *list, size_t index, size_t *out_count);

/* ---- Digest and PEM --------------------------------------------------------------------------- */

int gw_x509_sha256(const uint8_t *bytes, size_t count, uint8_t digest[32]);
/* For OCSP's look-ups alone. */
int gw_x509_sha1(const uint8_t *bytes, size_t count, uint8_t digest[20]);

/* The decoded bodies of all blocks labelled `label`, at most `limit` of them. Blocks with other labels
 * are skipped, encrypted ones refused. Text outside blocks is ignored, as RFC 7468 allows. `label` NULL:
 * all blocks, each with its label; the bodies of private keys and encrypted blocks are left out. */
gw_x509_list *gw_x509_pem_decode(const uint8_t *text, size_t count, const char *label, size_t limit);
uint8_t *gw_x509_pem_encode(const char *label, const uint8_t *der, size_t count, size_t *out_count);

/* ---- Certificates ------------------------------------------------------------------------------ */

typedef enum {
    GW_X509_PARSED = 0,
    GW_X509_NOT_DER = 1,             /* not one certificate in DER */
    GW_X509_TRAILING_BYTES = 2,      /* bytes follow the certificate */
    GW_X509_NOT_CANONICAL = 3,       /* encodes differently from what was received */
    GW_X509_INVALID_EXTENSIONS = 4,  /* an extension is malformed, repeated or contradictory */
    GW_X509_NO_MEMORY = 5
} gw_x509_parse_result;

gw_x509_certificate *gw_x509_certificate_parse(
    const uint8_t *der, size_t count, gw_x509_parse_result *result);
void gw_x509_certificate_free(gw_x509_certificate *certificate);

typedef enum {
    GW_X509_KEY_OTHER = 0,
    GW_X509_KEY_RSA = 1,
    GW_X509_KEY_RSA_PSS = 2,
    GW_X509_KEY_EC = 3,
    GW_X509_KEY_ED25519 = 4,
    GW_X509_KEY_ED448 = 5,
    GW_X509_KEY_DSA = 6
} gw_x509_key_type;

typedef struct {
    gw_x509_key_type type;
    int bits;               /* modulus or field size; 0 if the key cannot be used */
    uint64_t rsa_exponent;  /* 0 if not RSA or above 64 bits */
} gw_x509_key_facts;

typedef struct {
    int64_t not_before; /* Unix seconds */
    int64_t not_after;
    int version;                 /* 1, 2 or 3 */
    int is_authority;            /* basicConstraints says CA */
    int path_length;             /* -1: no limit given */
    uint32_t key_usage;          /* bit mask of X509v3 KU_ values; UINT32_MAX if absent */
    int allows_client;           /* OpenSSL's purpose check "sslclient" as an end entity */
    int allows_client_authority; /* the same as an issuer */
    int is_self_issued;          /* subject equals issuer */
    int signature_bits;          /* security bits of the signature's digest and key; 0 unknown */
    gw_x509_key_facts key;
} gw_x509_certificate_facts;

int gw_x509_certificate_describe(gw_x509_certificate *certificate, gw_x509_certificate_facts *facts);

typedef enum {
    GW_X509_TEXT_SIGNATURE = 0, /* signature algorithm, such as "ecdsa-with-SHA256" */
    GW_X509_TEXT_CURVE = 1      /* curve of an EC key, such as "prime256v1"; "explicit" if not named */
} gw_x509_text;

/* Writes a NUL-terminated text; 0 if there is none or it does not fit. */
int gw_x509_certificate_text(
    gw_x509_certificate *certificate, gw_x509_text which, char *buffer, size_t size);

typedef enum {
    GW_X509_BYTES_ISSUER = 0,       /* DER of the Name */
    GW_X509_BYTES_SUBJECT = 1,      /* DER of the Name */
    GW_X509_BYTES_SERIAL = 2,       /* content octets of the INTEGER */
    GW_X509_BYTES_SUBJECT_KEY = 3,  /* subject key identifier */
    GW_X509_BYTES_AUTHORITY_KEY = 4, /* key identifier inside the authority key identifier */
    GW_X509_BYTES_PUBLIC_KEY = 5    /* DER of the SubjectPublicKeyInfo */
} gw_x509_bytes;

/* NULL if the certificate has no such field. */
uint8_t *gw_x509_certificate_bytes(
    gw_x509_certificate *certificate, gw_x509_bytes which, size_t *out_count);

/* A Name: one item per attribute in order of encoding. label: dotted object identifier; group: index of
 * the relative distinguished name; kind: 1 bytes are UTF-8 text without NUL, 0 bytes are the DER of a
 * value that is no string. A string that cannot be read as text, or holds a NUL, fails the whole. */
gw_x509_list *gw_x509_name_items(const uint8_t *der, size_t count);

/* Alternative names. kind: the GeneralName's tag 0...8; bytes: text for 1, 2, 6; address octets for 7;
 * DER of the Name for 4; DER of the value for 0, 3, 5; label: object identifier for 0 and 8.
 * NULL with *malformed 0: no such extension. */
gw_x509_list *gw_x509_certificate_alternatives(
    gw_x509_certificate *certificate, int of_issuer, int *malformed);

/* Extended key usages as labels; NULL: extension absent. */
gw_x509_list *gw_x509_certificate_extended_usages(gw_x509_certificate *certificate);

/* 1 if the authority's key made the certificate's signature; nothing else is looked at. */
int gw_x509_certificate_is_signed_by(
    gw_x509_certificate *certificate, gw_x509_certificate *authority);

/* ---- Path verification ------------------------------------------------------------------------- */

typedef enum {
    GW_X509_PATH_OK = 0,
    GW_X509_PATH_NO_ISSUER = 1,   /* does not lead to the authority */
    GW_X509_PATH_SIGNATURE = 2,   /* a signature does not verify */
    GW_X509_PATH_USAGE = 3,       /* key usage or extended key usage forbids TLS clients */
    GW_X509_PATH_WEAK = 4,        /* a key or digest below the security level */
    GW_X509_PATH_AUTHORITY = 5,   /* an issuer may not issue: CA bit, path length, keyCertSign */
    GW_X509_PATH_CONSTRAINT = 6,  /* name constraint or unknown critical extension */
    GW_X509_PATH_OTHER = 7,
    GW_X509_PATH_INTERNAL = 8     /* memory or misuse */
} gw_x509_path_result;

/* Verifies leaf -> intermediates -> authority for TLS clients, the authority being the one trust anchor
 * whether it is self-signed or not. Dates are not looked at: the caller's clock decides. `strict` asks
 * for RFC 5280's profile to the letter. `reason` receives OpenSSL's static description. */
gw_x509_path_result gw_x509_verify_path(
    gw_x509_certificate *leaf, gw_x509_certificate *const *intermediates, size_t intermediate_count,
    gw_x509_certificate *authority, int security_level, int maximum_depth, int strict,
    const char **reason);

/* ---- Single signatures -------------------------------------------------------------------------- */

typedef enum {
    GW_X509_SIGNATURE_GOOD = 0,
    GW_X509_SIGNATURE_BAD = 1,  /* of another key or content, or of an unknown algorithm */
    GW_X509_SIGNATURE_WEAK = 2, /* the digest is below `minimum_bits` of security */
    GW_X509_SIGNATURE_INTERNAL = 3
} gw_x509_signature_result;

/* Verifies `signature` over `content`, the DER of a SEQUENCE, by the certificate's key; `algorithm` is the
 * DER of an AlgorithmIdentifier. */
gw_x509_signature_result gw_x509_signature_verify(
    const uint8_t *algorithm, size_t algorithm_count, const uint8_t *signature, size_t signature_count,
    const uint8_t *content, size_t content_count, gw_x509_certificate *signer, int minimum_bits);

/* ---- Keys ---------------------------------------------------------------------------------------- */

typedef enum {
    GW_X509_GENERATE_P256 = 0,
    GW_X509_GENERATE_P384 = 1,
    GW_X509_GENERATE_RSA = 2
} gw_x509_key_kind;

gw_x509_key *gw_x509_key_generate(gw_x509_key_kind kind, unsigned int rsa_bits);
/* Never asks a terminal; `passphrase` may be NULL. *needs_passphrase tells why NULL was returned. */
gw_x509_key *gw_x509_key_from_pem(
    const uint8_t *pem, size_t count, const uint8_t *passphrase, size_t passphrase_count,
    int *needs_passphrase);
/* PKCS #8 PEM; with a passphrase, encrypted by PBES2: PBKDF2 with HMAC-SHA256, AES-256-CBC. */
uint8_t *gw_x509_key_to_pem(
    gw_x509_key *key, const uint8_t *passphrase, size_t passphrase_count, size_t *out_count);
/* SubjectPublicKeyInfo in DER. */
uint8_t *gw_x509_key_public_info(gw_x509_key *key, size_t *out_count);
int gw_x509_key_matches(gw_x509_key *key, gw_x509_certificate *certificate);
void gw_x509_key_free(gw_x509_key *key);

/* ---- Certificate signing requests ------------------------------------------------------------------ */

gw_x509_request *gw_x509_request_parse(const uint8_t *der, size_t count);
void gw_x509_request_free(gw_x509_request *request);
/* 1 if the request is signed by the key it carries: proof of possession. */
int gw_x509_request_verify(gw_x509_request *request);
int gw_x509_request_key(
    gw_x509_request *request, gw_x509_key_facts *facts, char *curve, size_t curve_size);
uint8_t *gw_x509_request_subject(gw_x509_request *request, size_t *out_count);
/* SubjectPublicKeyInfo in DER. */
uint8_t *gw_x509_request_public_info(gw_x509_request *request, size_t *out_count);
/* The alternative names that the request asks for, as gw_x509_certificate_alternatives lists them. */
gw_x509_list *gw_x509_request_alternatives(gw_x509_request *request, int *malformed);

/* ---- Issuing ------------------------------------------------------------------------------------- */

/* The AlgorithmIdentifier, in DER, of the signatures that gw_x509_key_sign makes with this key. */
uint8_t *gw_x509_key_signature_algorithm(gw_x509_key *key, size_t *out_count);
/* A signature by SHA-256, or the digest that fits the key's curve. */
uint8_t *gw_x509_key_sign(
    gw_x509_key *key, const uint8_t *content, size_t count, size_t *out_count);
/* 4 or 16 octets of an address in text form. */
uint8_t *gw_x509_address(const uint8_t *text, size_t count, size_t *out_count);

#endif

/*
 * Whether a version really works here. A system's FIPS provider or policy can forbid what a
 * configuration allows, and then every device would fail one by one; a handshake in memory tells first.
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "internal.h"

static int join(SSL *client, SSL *server) {
    BIO *to_server = BIO_new(BIO_s_mem());
    BIO *to_client = BIO_new(BIO_s_mem());
    if (to_server == NULL || to_client == NULL || !BIO_up_ref(to_server)) {
        BIO_free(to_server);
        BIO_free(to_client);
        return 0;
    }
    if (!BIO_up_ref(to_client)) {
        BIO_free(to_server);
        BIO_free(to_server);
        BIO_free(to_client);
        return 0;
    }
    SSL_set_bio(client, to_client, to_server);
    SSL_set_bio(server, to_server, to_client);
    SSL_set_connect_state(client);
    SSL_set_accept_state(server);
    return 1;
}

static int shake_hands(SSL *client, SSL *server) {
    for (int round = 0; round < 16; round++) {
        int progress[2];
        SSL *sides[2] = {client, server};
        for (int i = 0; i < 2; i++) {
            ERR_clear_error();
            progress[i] = SSL_do_handshake(sides[i]);
            if (progress[i] != 1 && SSL_get_error(sides[i], progress[i]) != SSL_ERROR_WANT_READ) return 0;
        }
        if (progress[0] == 1 && progress[1] == 1) return 1;
    }
    return 0;
}

/* The other side's context: anything goes, so that a failure is this side's or the system's. */
static SSL_CTX *permissive(const SSL_METHOD *method, uint16_t version) {
    SSL_CTX *ssl = SSL_CTX_new(method);
    if (ssl == NULL) return NULL;
    SSL_CTX_set_security_level(ssl, 0);
    SSL_CTX_set_verify(ssl, SSL_VERIFY_NONE, NULL);
    SSL_CTX_set_dh_auto(ssl, 1);
    if (SSL_CTX_set_min_proto_version(ssl, version) && SSL_CTX_set_max_proto_version(ssl, version) &&
        SSL_CTX_set_cipher_list(ssl, "ALL:@SECLEVEL=0") &&
        SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:"
                                      "TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"))
        return ssl;
    SSL_CTX_free(ssl);
    return NULL;
}

/* Makes the client accept only credentials of one kind. */
static int restrict_to(SSL_CTX *client, const char *kind) {
    if (strcmp(kind, "EC") == 0)
        return SSL_CTX_set_cipher_list(client, "aECDSA:@SECLEVEL=0") &&
               SSL_CTX_set1_sigalgs_list(client, "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512");
    if (strcmp(kind, "RSA") == 0)
        return SSL_CTX_set_cipher_list(client, "aRSA:@SECLEVEL=0") &&
               SSL_CTX_set1_sigalgs_list(
                   client, "rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:"
                           "rsa_pkcs1_sha256:rsa_pkcs1_sha384:rsa_pkcs1_sha512");
    return 1;
}

static int probe_server(const gw_tls_context *context, uint16_t version, const char *kind) {
    SSL_CTX *peer = permissive(TLS_client_method(), version);
    SSL *client = NULL, *server = NULL;
    int ok = peer != NULL && restrict_to(peer, kind) && (client = SSL_new(peer)) != NULL &&
             (server = SSL_new(context->ssl)) != NULL;
    if (ok) {
        SSL_set_verify(server, SSL_VERIFY_NONE, NULL);
        ok = join(client, server) && shake_hands(client, server);
    }
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(peer);
    return ok;
}

static X509 *self_signed(EVP_PKEY *key) {
    X509 *certificate = X509_new();
    if (certificate == NULL) return NULL;
    X509_NAME *name = X509_get_subject_name(certificate);
    if (X509_set_version(certificate, X509_VERSION_3) &&
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL &&
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600) != NULL &&
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"probe", -1, -1, 0) &&
        X509_set_issuer_name(certificate, name) && X509_set_pubkey(certificate, key) &&
        X509_sign(certificate, key, EVP_sha256()))
        return certificate;
    X509_free(certificate);
    return NULL;
}

static int probe_client_with(const gw_tls_context *context, uint16_t version, EVP_PKEY *key) {
    X509 *certificate = key == NULL ? NULL : self_signed(key);
    SSL_CTX *peer = permissive(TLS_server_method(), version);
    SSL *client = NULL, *server = NULL;
    int ok = certificate != NULL && peer != NULL && SSL_CTX_use_cert_and_key(peer, certificate, key, NULL, 1) == 1 &&
             (client = SSL_new(context->ssl)) != NULL && (server = SSL_new(peer)) != NULL;
    if (ok) {
        ok = SSL_set_min_proto_version(client, version) && SSL_set_max_proto_version(client, version) &&
             join(client, server) && shake_hands(client, server);
    }
    SSL_free(client);
    SSL_free(server);
    SSL_CTX_free(peer);
    X509_free(certificate);
    return ok;
}

/* Keys that nobody relies on; an RSA key takes far longer to make than all else. */
static CRYPTO_ONCE keys_once = CRYPTO_ONCE_STATIC_INIT;
static EVP_PKEY *ec_key = NULL, *rsa_key = NULL;

static void make_keys(void) {
    ec_key = EVP_EC_gen("P-256");
    rsa_key = EVP_RSA_gen(2048);
}

static int probe_client(const gw_tls_context *context, uint16_t version) {
    return CRYPTO_THREAD_run_once(&keys_once, make_keys) &&
           (probe_client_with(context, version, ec_key) || probe_client_with(context, version, rsa_key));
}

int gw_tls_context_probe(const gw_tls_context *context, uint16_t version, const char *kind,
                         gw_tls_fault *fault) {
    ERR_clear_error();
    int ok = context->is_server ? probe_server(context, version, kind) : probe_client(context, version);
    if (!ok) gw_tls_fault_set(fault, GW_TLS_FAULT_VERSIONS);
    ERR_clear_error();
    return ok;
}

int gw_tls_context_offers(const gw_tls_context *context, const char *suite) {
    int found = 0;
    ERR_clear_error();
    SSL *ssl = SSL_new(context->ssl);
    STACK_OF(SSL_CIPHER) *suites = ssl == NULL ? NULL : SSL_get1_supported_ciphers(ssl);
    for (int i = 0; i < sk_SSL_CIPHER_num(suites) && !found; i++) {
        const SSL_CIPHER *cipher = sk_SSL_CIPHER_value(suites, i);
        const char *standard = SSL_CIPHER_standard_name(cipher);
        found = strcmp(SSL_CIPHER_get_name(cipher), suite) == 0 ||
                (standard != NULL && strcmp(standard, suite) == 0);
    }
    sk_SSL_CIPHER_free(suites);
    SSL_free(ssl);
    ERR_clear_error();
    return found;
}

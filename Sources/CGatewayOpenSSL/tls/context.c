#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "internal.h"

/* Everything a system-wide openssl.cnf could have an opinion on is set here outright. */
static const char signature_algorithms[] =
    "ecdsa_secp256r1_sha256:ed25519:rsa_pss_rsae_sha256:rsa_pss_pss_sha256:rsa_pkcs1_sha256:"
    "ecdsa_secp384r1_sha384:rsa_pss_rsae_sha384:rsa_pss_pss_sha384:rsa_pkcs1_sha384:"
    "ecdsa_secp521r1_sha512:rsa_pss_rsae_sha512:rsa_pss_pss_sha512:rsa_pkcs1_sha512:ed448";

static int load_authorities(SSL_CTX *ssl, const char *text, size_t length) {
    X509_STORE *store = SSL_CTX_get_cert_store(ssl);
    int count = 0;
    BIO *bio;
    if (text == NULL) return SSL_CTX_set_default_verify_paths(ssl);
    if (length > INT32_MAX || (bio = BIO_new_mem_buf(text, (int)length)) == NULL) return 0;
    for (;;) {
        X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, (void *)"");
        if (certificate == NULL) break;
        int added = X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
        if (!added) {
            BIO_free(bio);
            return 0;
        }
        count++;
    }
    BIO_free(bio);
    unsigned long error = ERR_peek_last_error();
    int ended = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (count > 0 && ended) ERR_clear_error();
    return count > 0 && ended;
}

/* TLS 1.0 and 1.1 sign with MD5 and SHA-1, below level 1. A server lowers the level for just the hello that needs
   it (hello.c), unless it serves nothing else: OpenSSL 3.5 refuses to begin then. A client must say so before it
   knows. The floor for peers' certificates is the explicit level of the verification parameters, and for one's own
   that of add_credential. */
static int security_level(const gw_tls_settings *settings) {
    uint16_t decisive = settings->is_server ? settings->maximum_version : settings->minimum_version;
    return decisive < TLS1_2_VERSION ? 0 : GW_TLS_SECURITY_LEVEL;
}

static int set_server_name(gw_tls_context *context, const char *name, int verify) {
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(context->ssl);
    if ((context->server_name = OPENSSL_strdup(name)) == NULL) return 0;
    context->server_name_is_address = gw_tls_is_address(name);
    if (!verify) return 1;
    if (context->server_name_is_address) return X509_VERIFY_PARAM_set1_ip_asc(parameters, name);
    /* RFC 9525: wildcards are whole labels, and the subject's CN is not a host name. */
    X509_VERIFY_PARAM_set_hostflags(parameters,
                                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    return X509_VERIFY_PARAM_set1_host(parameters, name, strlen(name));
}

static gw_tls_fault_kind configure(gw_tls_context *context, const gw_tls_settings *settings) {
    SSL_CTX *ssl = context->ssl;
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(ssl);

    SSL_CTX_clear_options(ssl, SSL_CTX_get_options(ssl));
    SSL_CTX_set_options(ssl, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_ENABLE_MIDDLEBOX_COMPAT |
                                 SSL_OP_SINGLE_DH_USE | SSL_OP_SINGLE_ECDH_USE);
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_NO_AUTO_CHAIN);
    SSL_CTX_set_read_ahead(ssl, 0);
    SSL_CTX_set_max_cert_list(ssl, GW_TLS_MAX_CERTIFICATE_LIST);

    if (!gw_tls_context_configure_resumption(context, settings)) return GW_TLS_FAULT_INTERNAL;
    /* With client certificates, a hello that offers a session is fatal unless this is set. */
    if (EVP_Digest(settings->scope, settings->scope_length, context->scope, NULL, EVP_sha256(), NULL) != 1 ||
        !SSL_CTX_set_session_id_context(ssl, context->scope, sizeof context->scope))
        return GW_TLS_FAULT_INTERNAL;

    if (!SSL_CTX_set_min_proto_version(ssl, settings->minimum_version) ||
        !SSL_CTX_set_max_proto_version(ssl, settings->maximum_version))
        return GW_TLS_FAULT_VERSIONS;
    /* The lists first: a list may contain @SECLEVEL, which must not decide. */
    if (!SSL_CTX_set_cipher_list(ssl, settings->ciphers)) return GW_TLS_FAULT_CIPHERS;
    if (!SSL_CTX_set_ciphersuites(ssl, settings->ciphers_tls13)) return GW_TLS_FAULT_CIPHERS_TLS13;
    if (!SSL_CTX_set1_groups_list(ssl, settings->groups)) return GW_TLS_FAULT_GROUPS;
    if ((context->groups = OPENSSL_strdup(settings->groups)) == NULL) return GW_TLS_FAULT_INTERNAL;
    if (!SSL_CTX_set1_sigalgs_list(ssl, signature_algorithms)) return GW_TLS_FAULT_INTERNAL;
    SSL_CTX_set_dh_auto(ssl, 1);

    SSL_CTX_set_security_level(ssl, context->security_level);
    X509_VERIFY_PARAM_set_auth_level(parameters, GW_TLS_SECURITY_LEVEL);
    X509_VERIFY_PARAM_set_depth(parameters, GW_TLS_MAX_DEPTH);
    if (settings->is_server && !X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN))
        return GW_TLS_FAULT_INTERNAL;

    if (settings->verify_chain && !load_authorities(ssl, settings->authorities, settings->authorities_length))
        return GW_TLS_FAULT_AUTHORITIES;
    if (settings->server_name != NULL && !set_server_name(context, settings->server_name, settings->verify_chain))
        return GW_TLS_FAULT_SERVER_NAME;

    if (settings->protocols_length > 0) {
        context->protocols = OPENSSL_memdup(settings->protocols, settings->protocols_length);
        if (context->protocols == NULL) return GW_TLS_FAULT_INTERNAL;
        context->protocols_length = settings->protocols_length;
    }
    if (settings->is_server) {
        SSL_CTX_set_client_hello_cb(ssl, gw_tls_on_client_hello, context);
        if (context->protocols_length > 0)
            SSL_CTX_set_alpn_select_cb(ssl, gw_tls_on_select_protocol, context);
        if (settings->client_certificate != GW_TLS_CLIENT_CERTIFICATE_NONE)
            context->verify_mode |= SSL_VERIFY_PEER;
        if (settings->client_certificate == GW_TLS_CLIENT_CERTIFICATE_REQUIRED)
            context->verify_mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
        SSL_CTX_set_verify(ssl, context->verify_mode, NULL);
        SSL_CTX_set_client_CA_list(ssl, NULL);
    } else {
        SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        /* Unlike the rest of libssl, 0 is success here. */
        if (context->protocols_length > 0 &&
            SSL_CTX_set_alpn_protos(ssl, context->protocols, (unsigned)context->protocols_length) != 0)
            return GW_TLS_FAULT_INTERNAL;
    }
    if (settings->is_server) {
        if (!SSL_CTX_set_tlsext_status_cb(ssl, gw_tls_on_status)) return GW_TLS_FAULT_INTERNAL;
    } else if (settings->wants_staple && !SSL_CTX_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp)) {
        return GW_TLS_FAULT_INTERNAL;
    }
    if (context->key_log != NULL) SSL_CTX_set_keylog_callback(ssl, gw_tls_on_key);
    SSL_CTX_set_cert_verify_callback(ssl, gw_tls_on_verify, context);
    SSL_CTX_set_msg_callback(ssl, gw_tls_on_message);
    return GW_TLS_FAULT_NONE;
}

gw_tls_context *gw_tls_context_new(const gw_tls_settings *settings, gw_tls_fault *fault) {
    gw_tls_fault_kind kind = GW_TLS_FAULT_INTERNAL;
    ERR_clear_error();
    gw_tls_context *context = OPENSSL_zalloc(sizeof *context);
    if (context != NULL) {
        context->callbacks = settings->callbacks;
        context->key_log = settings->key_log;
        context->resumption = settings->resumption;
        context->session_lifetime = settings->session_lifetime > GW_TLS_MAX_SESSION_LIFETIME
                                        ? GW_TLS_MAX_SESSION_LIFETIME
                                        : (int32_t)settings->session_lifetime;
        context->is_server = settings->is_server;
        context->verify_chain = settings->verify_chain;
        context->security_level = security_level(settings);
        context->minimum_version = settings->minimum_version;
        context->maximum_version = settings->maximum_version;
        context->ssl = SSL_CTX_new(settings->is_server ? TLS_server_method() : TLS_client_method());
        if (context->ssl != NULL) kind = configure(context, settings);
        if (kind == GW_TLS_FAULT_NONE) {
            ERR_clear_error();
            return context;
        }
    }
    gw_tls_fault_set(fault, kind);
    ERR_clear_error();
    gw_tls_context_free(context);
    return NULL;
}

void gw_tls_context_free(gw_tls_context *context) {
    if (context == NULL) return;
    SSL_CTX_free(context->ssl);
    OPENSSL_free(context->protocols);
    OPENSSL_free(context->groups);
    OPENSSL_free(context->server_name);
    OPENSSL_free(context);
}

/* Whether the signature on a certificate is as strong as the level asks for; a root's proves nothing. OpenSSL 3.0
   looks when a credential is set, 3.5 does not. */
static int is_well_signed(X509 *certificate) {
    int bits = 0;
    if (X509_get_extension_flags(certificate) & EXFLAG_SS) return 1;
    if (!X509_get_signature_info(certificate, NULL, NULL, &bits, NULL) || bits >= GW_TLS_SECURITY_BITS) return 1;
    ERR_raise(ERR_LIB_SSL, SSL_R_CA_MD_TOO_WEAK);
    return 0;
}

static int set_credential(gw_tls_context *context, const gw_tls_credential *credential) {
    int level = context->is_server ? GW_TLS_SECURITY_LEVEL : context->security_level;
    int ok = level == 0 || is_well_signed(credential->certificate);
    for (int i = 0; ok && level > 0 && i < sk_X509_num(credential->chain); i++)
        ok = is_well_signed(sk_X509_value(credential->chain, i));
    SSL_CTX_set_security_level(context->ssl, level);
    ok = ok && SSL_CTX_use_cert_and_key(context->ssl, credential->certificate, credential->key, credential->chain,
                                        0) == 1;
    SSL_CTX_set_security_level(context->ssl, context->security_level);
    return ok;
}

int gw_tls_context_add_credential(gw_tls_context *context, const gw_tls_credential *credential,
                                  gw_tls_fault *fault) {
    ERR_clear_error();
    int ok = context->credential_count < GW_TLS_MAX_CREDENTIALS && set_credential(context, credential);
    if (ok) context->credentials[context->credential_count++] = credential;
    else gw_tls_fault_set(fault, GW_TLS_FAULT_CREDENTIAL_REFUSED);
    ERR_clear_error();
    return ok;
}

int gw_tls_credential_fingerprint(const gw_tls_credential *credential, uint8_t *digest) {
    return X509_digest(credential->certificate, EVP_sha256(), digest, NULL);
}

int gw_tls_is_address(const char *text) {
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(text);
    int is_address = address != NULL;
    ASN1_OCTET_STRING_free(address);
    ERR_clear_error();
    return is_address;
}

const char *gw_tls_library_version(void) { return OpenSSL_version(OPENSSL_VERSION); }

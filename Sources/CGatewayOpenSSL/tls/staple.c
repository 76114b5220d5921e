/* OCSP responses (RFC 6960) about a server's own certificate, to be stapled (RFC 6066 section 8). */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509v3.h>

#include "credential.h"

/* A reason to refuse a response: what is wrong, and a number that says more. */
typedef struct refusal {
    gw_tls_fault_kind kind;
    int detail;
} refusal;

static const refusal accepted = {GW_TLS_FAULT_NONE, 0};

static refusal refuse(gw_tls_fault_kind kind, int detail) {
    refusal result = {kind, detail};
    return result;
}

/* The certificate's issuer: as given, or of the chain. Referenced; NULL when there is none. */
static X509 *issuer_of(const gw_tls_credential *credential, const uint8_t *bytes, size_t length) {
    X509 *issuer = NULL;
    if (length > 0) {
        const uint8_t *end = bytes;
        issuer = d2i_X509(NULL, &end, (long)length);
    } else if (sk_X509_num(credential->chain) > 0 && X509_up_ref(sk_X509_value(credential->chain, 0))) {
        issuer = sk_X509_value(credential->chain, 0);
    }
    if (issuer != NULL && X509_check_issued(issuer, credential->certificate) != X509_V_OK) {
        X509_free(issuer);
        issuer = NULL;
    }
    return issuer;
}

/* The answer about this certificate, or NULL. Each answer names it by hashes of its own choice. */
static OCSP_SINGLERESP *answer_about(OCSP_BASICRESP *response, X509 *certificate, X509 *issuer) {
    for (int i = 0; i < OCSP_resp_count(response); i++) {
        OCSP_SINGLERESP *answer = OCSP_resp_get0(response, i);
        OCSP_CERTID *named = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(answer);
        ASN1_OBJECT *algorithm = NULL;
        if (!OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, named)) continue;
        const EVP_MD *digest = EVP_get_digestbyobj(algorithm);
        OCSP_CERTID *wanted = digest == NULL ? NULL : OCSP_cert_to_id(digest, certificate, issuer);
        int is_same = wanted != NULL && OCSP_id_cmp(wanted, named) == 0;
        OCSP_CERTID_free(wanted);
        if (is_same) return answer;
    }
    return NULL;
}

/* Signed by the issuer, or by a responder it has certified for that (RFC 6960 section 4.2.2.2), whose
   certificate was valid when the answer was made. */
static int is_signed(OCSP_BASICRESP *response, X509 *issuer, int64_t made) {
    int ok = 0;
    X509_STORE *anchors = X509_STORE_new();
    STACK_OF(X509) *candidates = sk_X509_new_null();
    if (anchors != NULL && candidates != NULL && X509_STORE_add_cert(anchors, issuer) &&
        sk_X509_push(candidates, issuer)) {
        X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(anchors);
        X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
        X509_VERIFY_PARAM_set_time(parameters, (time_t)made);
        X509_VERIFY_PARAM_set_auth_level(parameters, GW_TLS_SECURITY_LEVEL);
        ok = OCSP_basic_verify(response, candidates, anchors, 0) == 1;
    }
    sk_X509_free(candidates);
    X509_STORE_free(anchors);
    return ok;
}

/* A client will also check the responder's certificate: the answer is worth nothing past its end. */
static void limit_to_signer(OCSP_BASICRESP *response, X509 *issuer, int64_t *end) {
    X509 *signer = NULL;
    int64_t signer_end;
    STACK_OF(X509) *candidates = sk_X509_new_null();
    if (candidates != NULL && sk_X509_push(candidates, issuer) &&
        OCSP_resp_get0_signer(response, &signer, candidates) && signer != NULL &&
        gw_tls_unix_time(X509_get0_notAfter(signer), &signer_end) && signer_end < *end)
        *end = signer_end;
    sk_X509_free(candidates);
}

static refusal read_answer(OCSP_SINGLERESP *answer, gw_tls_staple_facts *facts) {
    ASN1_GENERALIZEDTIME *this_update = NULL, *next_update = NULL;
    int status = OCSP_single_get0_status(answer, NULL, NULL, &this_update, &next_update);
    if (status == V_OCSP_CERTSTATUS_REVOKED) return refuse(GW_TLS_FAULT_STAPLE_REVOKED, 0);
    if (status != V_OCSP_CERTSTATUS_GOOD) return refuse(GW_TLS_FAULT_STAPLE_UNKNOWN, 0);
    facts->next_update = INT64_MAX;
    if (!gw_tls_unix_time(this_update, &facts->this_update) ||
        (next_update != NULL && !gw_tls_unix_time(next_update, &facts->next_update)))
        return refuse(GW_TLS_FAULT_STAPLE_UNREADABLE, 0);
    facts->end = facts->next_update;
    return accepted;
}

static refusal judge(const gw_tls_credential *credential, OCSP_RESPONSE *response, X509 *issuer,
                     gw_tls_staple_facts *facts) {
    int status = OCSP_response_status(response);
    if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL) return refuse(GW_TLS_FAULT_STAPLE_UNSUCCESSFUL, status);
    OCSP_BASICRESP *basic = OCSP_response_get1_basic(response);
    if (basic == NULL) return refuse(GW_TLS_FAULT_STAPLE_UNREADABLE, 0);
    refusal result;
    OCSP_SINGLERESP *answer = answer_about(basic, credential->certificate, issuer);
    if (answer == NULL) {
        result = refuse(GW_TLS_FAULT_STAPLE_OTHER_CERTIFICATE, 0);
    } else if ((result = read_answer(answer, facts)).kind == GW_TLS_FAULT_NONE) {
        if (is_signed(basic, issuer, facts->this_update)) {
            limit_to_signer(basic, issuer, &facts->end);
        } else {
            result = refuse(GW_TLS_FAULT_STAPLE_SIGNATURE, 0);
        }
    }
    OCSP_BASICRESP_free(basic);
    return result;
}

int gw_tls_staple_check(const gw_tls_credential *credential, const uint8_t *bytes, size_t length,
                        const uint8_t *issuer_bytes, size_t issuer_length, gw_tls_staple_facts *facts,
                        gw_tls_fault *fault) {
    refusal result = refuse(GW_TLS_FAULT_STAPLE_UNREADABLE, 0);
    const uint8_t *end = bytes;
    ERR_clear_error();
    OCSP_RESPONSE *response =
        length == 0 || length > GW_TLS_MAX_CREDENTIAL_BYTES ? NULL : d2i_OCSP_RESPONSE(NULL, &end, (long)length);
    X509 *issuer = issuer_of(credential, issuer_bytes, issuer_length);
    if (response != NULL && end == bytes + length) {
        result = issuer == NULL ? refuse(GW_TLS_FAULT_STAPLE_NO_ISSUER, 0)
                                : judge(credential, response, issuer, facts);
    }
    X509_free(issuer);
    OCSP_RESPONSE_free(response);
    if (result.kind != GW_TLS_FAULT_NONE) {
        gw_tls_fault_set(fault, result.kind);
        fault->detail = result.detail;
    }
    ERR_clear_error();
    return result.kind == GW_TLS_FAULT_NONE;
}

gw_tls_credential *gw_tls_credential_stapled(const gw_tls_credential *credential, const uint8_t *bytes,
                                             size_t length, const uint8_t *issuer, size_t issuer_length,
                                             gw_tls_fault *fault) {
    gw_tls_staple_facts facts;
    if (!gw_tls_staple_check(credential, bytes, length, issuer, issuer_length, &facts, fault)) return NULL;
    gw_tls_credential *stapled = OPENSSL_zalloc(sizeof *stapled);
    if (stapled == NULL) return gw_tls_credential_fail(NULL, fault, GW_TLS_FAULT_INTERNAL);
    if (X509_up_ref(credential->certificate)) stapled->certificate = credential->certificate;
    if (EVP_PKEY_up_ref(credential->key)) stapled->key = credential->key;
    stapled->chain = X509_chain_up_ref(credential->chain);
    stapled->staple = OPENSSL_memdup(bytes, length);
    stapled->staple_length = length;
    stapled->staple_facts = facts;
    if (stapled->certificate == NULL || stapled->key == NULL || stapled->chain == NULL || stapled->staple == NULL)
        return gw_tls_credential_fail(stapled, fault, GW_TLS_FAULT_INTERNAL);
    return stapled;
}

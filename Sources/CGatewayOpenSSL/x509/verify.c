#include "x509_internal.h"

static gw_x509_path_result classify(int error) {
    switch (error) {
    case X509_V_OK:
        return GW_X509_PATH_OK;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_SUBJECT_ISSUER_MISMATCH:
    case X509_V_ERR_AKID_SKID_MISMATCH:
    case X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_REJECTED:
        return GW_X509_PATH_NO_ISSUER;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
    case X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH:
        return GW_X509_PATH_SIGNATURE;
    case X509_V_ERR_INVALID_PURPOSE:
        return GW_X509_PATH_USAGE;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS:
        return GW_X509_PATH_WEAK;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
    case X509_V_ERR_INVALID_NON_CA:
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
        return GW_X509_PATH_AUTHORITY;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return GW_X509_PATH_CONSTRAINT;
    case X509_V_ERR_OUT_OF_MEM:
    case X509_V_ERR_INVALID_CALL:
    case X509_V_ERR_UNSPECIFIED:
        return GW_X509_PATH_INTERNAL;
    default:
        return GW_X509_PATH_OTHER;
    }
}

gw_x509_path_result gw_x509_verify_path(
    gw_x509_certificate *leaf, gw_x509_certificate *const *intermediates, size_t intermediate_count,
    gw_x509_certificate *authority, int security_level, int maximum_depth, int strict,
    const char **reason) {
    gw_x509_path_result result = GW_X509_PATH_INTERNAL;
    *reason = "out of memory";
    GW_X509_ENTER();
    /* No X509_STORE: its one lock and sorted stack would be shared by all authorities. */
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *anchors = sk_X509_new_null();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    int ready = context != NULL && anchors != NULL && untrusted != NULL
        && sk_X509_push(anchors, (X509 *)authority) > 0;
    for (size_t index = 0; ready && index < intermediate_count; index++) {
        ready = sk_X509_push(untrusted, (X509 *)intermediates[index]) > 0;
    }
    if (ready && X509_STORE_CTX_init(context, NULL, (X509 *)leaf, untrusted) == 1
        && X509_STORE_CTX_set_default(context, "ssl_client") == 1) {
        X509_VERIFY_PARAM *parameters = X509_STORE_CTX_get0_param(context);
        X509_STORE_CTX_set0_trusted_stack(context, anchors);
        /* The registered authority is the anchor, root or not. OpenSSL counts notAfter's own second as
         * expired, RFC 5280 as valid: dates are judged by the caller, by one rule for every path. */
        unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME
            | (strict ? X509_V_FLAG_X509_STRICT : 0);
        if (X509_VERIFY_PARAM_set_flags(parameters, flags) == 1) {
            /* Explicit, so that no configuration file lowers it. */
            X509_VERIFY_PARAM_set_auth_level(parameters, security_level);
            X509_VERIFY_PARAM_set_depth(parameters, maximum_depth);
            int verified = X509_verify_cert(context);
            int error = X509_STORE_CTX_get_error(context);
            if (verified != 1 && error == X509_V_OK) error = X509_V_ERR_UNSPECIFIED;
            result = classify(error);
            *reason = X509_verify_cert_error_string(error);
        }
    }
    X509_STORE_CTX_free(context);
    sk_X509_free(anchors);
    sk_X509_free(untrusted);
    GW_X509_LEAVE();
    return result;
}

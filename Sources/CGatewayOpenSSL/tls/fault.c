#include <openssl/err.h>
#include <openssl/sslerr.h>

#include "internal.h"

void gw_tls_fault_set(gw_tls_fault *fault, gw_tls_fault_kind kind) {
    unsigned long error = ERR_peek_error();
    fault->kind = kind;
    fault->alert_sent = -1;
    fault->alert_received = -1;
    fault->detail = 0;
    fault->reason = error == 0 ? NULL : ERR_reason_error_string(error);
}

gw_tls_fault_kind gw_tls_fault_kind_of_error(unsigned long error) {
    if (error == 0) return GW_TLS_FAULT_INTERNAL;
    if (ERR_GET_REASON(error) == ERR_R_MALLOC_FAILURE || ERR_GET_REASON(error) == ERR_R_INTERNAL_ERROR)
        return GW_TLS_FAULT_INTERNAL;
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return GW_TLS_FAULT_PROTOCOL_VIOLATION;
    switch (ERR_GET_REASON(error)) {
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
    case SSL_R_UNKNOWN_PROTOCOL:
        return GW_TLS_FAULT_NOT_TLS;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_VERSION_TOO_LOW:
    case SSL_R_VERSION_TOO_HIGH:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
        return GW_TLS_FAULT_PROTOCOL_VERSION;
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SHARED_GROUPS:
    case SSL_R_NO_CIPHERS_AVAILABLE:
        return GW_TLS_FAULT_NO_SHARED_CIPHER;
    case SSL_R_NO_APPLICATION_PROTOCOL:
        return GW_TLS_FAULT_NO_APPLICATION_PROTOCOL;
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        return GW_TLS_FAULT_NO_CERTIFICATE;
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
        return GW_TLS_FAULT_CERTIFICATE_REJECTED;
    case SSL_R_EXCESSIVE_MESSAGE_SIZE:
        return GW_TLS_FAULT_HANDSHAKE_TOO_LARGE;
    default:
        return GW_TLS_FAULT_PROTOCOL_VIOLATION;
    }
}

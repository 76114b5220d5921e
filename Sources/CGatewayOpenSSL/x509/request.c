#include "x509_internal.h"

#include <limits.h>

gw_x509_request *gw_x509_request_parse(const uint8_t *der, size_t count) {
    if (count > LONG_MAX) return NULL;
    GW_X509_ENTER();
    const unsigned char *cursor = der;
    X509_REQ *request = d2i_X509_REQ(NULL, &cursor, (long)count);
    if (request != NULL && cursor != der + count) {
        X509_REQ_free(request);
        request = NULL;
    }
    GW_X509_LEAVE();
    return (gw_x509_request *)request;
}

void gw_x509_request_free(gw_x509_request *request) {
    X509_REQ_free((X509_REQ *)request);
}

int gw_x509_request_verify(gw_x509_request *request) {
    GW_X509_ENTER();
    EVP_PKEY *key = X509_REQ_get0_pubkey((X509_REQ *)request);
    int verified = key != NULL && X509_REQ_verify((X509_REQ *)request, key) == 1;
    GW_X509_LEAVE();
    return verified;
}

int gw_x509_request_key(
    gw_x509_request *request, gw_x509_key_facts *facts, char *curve, size_t curve_size) {
    GW_X509_ENTER();
    EVP_PKEY *key = X509_REQ_get0_pubkey((X509_REQ *)request);
    gw_x509_describe_key(key, facts);
    if (curve_size > 0) curve[0] = '\0';
    int good = key != NULL
        && (facts->type != GW_X509_KEY_EC || gw_x509_curve_text(key, curve, curve_size));
    GW_X509_LEAVE();
    return good;
}

uint8_t *gw_x509_request_subject(gw_x509_request *request, size_t *out_count) {
    GW_X509_ENTER();
    unsigned char *der = NULL;
    int count = i2d_X509_NAME(X509_REQ_get_subject_name((X509_REQ *)request), &der);
    uint8_t *result = gw_x509_take(der, count, out_count);
    GW_X509_LEAVE();
    return result;
}

uint8_t *gw_x509_request_public_info(gw_x509_request *request, size_t *out_count) {
    GW_X509_ENTER();
    unsigned char *der = NULL;
    int count = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY((X509_REQ *)request), &der);
    uint8_t *result = gw_x509_take(der, count, out_count);
    GW_X509_LEAVE();
    return result;
}

gw_x509_list *gw_x509_request_alternatives(gw_x509_request *request, int *malformed) {
    GW_X509_ENTER();
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions((X509_REQ *)request);
    int status = 0;
    GENERAL_NAMES *names = X509V3_get_d2i(extensions, NID_subject_alt_name, &status, NULL);
    /* -1: no such extension. */
    *malformed = names == NULL && status != -1;
    gw_x509_list *list = names == NULL ? NULL : gw_x509_general_names(names);
    if (names != NULL && list == NULL) *malformed = 1;
    GENERAL_NAMES_free(names);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    GW_X509_LEAVE();
    return list;
}

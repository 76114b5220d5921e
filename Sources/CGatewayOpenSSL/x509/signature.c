#include "x509_internal.h"

int gw_x509_certificate_is_signed_by(
    gw_x509_certificate *certificate, gw_x509_certificate *authority) {
    GW_X509_ENTER();
    EVP_PKEY *key = X509_get0_pubkey((X509 *)authority);
    int verified = key != NULL && X509_verify((X509 *)certificate, key) == 1;
    GW_X509_LEAVE();
    return verified;
}

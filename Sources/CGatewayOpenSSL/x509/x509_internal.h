#ifndef GW_X509_INTERNAL_H
#define GW_X509_INTERNAL_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "gateway_x509.h"

/* Entered by every function that can make OpenSSL record an error, and left by its counterpart: the
 * queue belongs to the thread, and an event loop carries thousands of TLS connections on one. */
#define GW_X509_ENTER() ERR_set_mark()
#define GW_X509_LEAVE() ERR_pop_to_mark()

/* Bodies shared by the files of this folder; none crosses the public header. */
gw_x509_list *gw_x509_list_new(void);
/* Copies label and bytes; 0 on lack of memory. */
int gw_x509_list_add(
    gw_x509_list *list, int kind, int group, const char *label, const void *bytes, size_t count);
/* A newly allocated dotted form, freed with OPENSSL_free. */
char *gw_x509_object_text(const ASN1_OBJECT *object);
void gw_x509_describe_key(EVP_PKEY *key, gw_x509_key_facts *facts);
int gw_x509_curve_text(EVP_PKEY *key, char *buffer, size_t size);
/* PKCS #8, freed with PKCS8_PRIV_KEY_INFO_free, which wipes it. */
PKCS8_PRIV_KEY_INFO *gw_x509_private_info(EVP_PKEY *key);
/* The names' list as gateway_x509.h describes it; NULL if one of them is malformed. */
gw_x509_list *gw_x509_general_names(const GENERAL_NAMES *names);
/* Takes over memory from an i2d function. */
uint8_t *gw_x509_take(unsigned char *bytes, int count, size_t *out_count);
/* The whole content of a memory BIO. */
uint8_t *gw_x509_drain(BIO *bio, size_t *out_count);

#endif

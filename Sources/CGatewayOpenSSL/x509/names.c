#include "x509_internal.h"

#include <limits.h>
#include <string.h>

char *gw_x509_object_text(const ASN1_OBJECT *object) {
    if (object == NULL) return NULL;
    int count = OBJ_obj2txt(NULL, 0, object, 1);
    if (count <= 0 || count == INT_MAX) return NULL;
    char *text = OPENSSL_malloc((size_t)count + 1);
    if (text != NULL && OBJ_obj2txt(text, count + 1, object, 1) != count) {
        OPENSSL_free(text);
        text = NULL;
    }
    return text;
}

static int is_string(const ASN1_STRING *value) {
    switch (ASN1_STRING_type(value)) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_T61STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_UNIVERSALSTRING:
    case V_ASN1_BMPSTRING:
        return 1;
    default:
        return 0;
    }
}

/* One attribute of a name. A NUL ends a C string and so a name in somebody's eyes: refused. */
static int add_attribute(gw_x509_list *list, const X509_NAME_ENTRY *entry) {
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(entry);
    char *type = gw_x509_object_text(X509_NAME_ENTRY_get_object(entry));
    int group = X509_NAME_ENTRY_set(entry);
    int good = 0;
    if (type != NULL && value != NULL && is_string(value)) {
        unsigned char *text = NULL;
        int count = ASN1_STRING_to_UTF8(&text, value);
        if (count >= 0) {
            good = (count == 0 || memchr(text, 0, (size_t)count) == NULL)
                && gw_x509_list_add(list, 1, group, type, text, (size_t)count);
            OPENSSL_free(text);
        }
    } else if (type != NULL && value != NULL) {
        good = gw_x509_list_add(
            list, 0, group, type, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
    }
    OPENSSL_free(type);
    return good;
}

gw_x509_list *gw_x509_name_items(const uint8_t *der, size_t count) {
    if (count > LONG_MAX) return NULL;
    GW_X509_ENTER();
    const unsigned char *cursor = der;
    X509_NAME *name = d2i_X509_NAME(NULL, &cursor, (long)count);
    gw_x509_list *list = name != NULL && cursor == der + count ? gw_x509_list_new() : NULL;
    for (int index = 0; list != NULL && index < X509_NAME_entry_count(name); index++) {
        if (!add_attribute(list, X509_NAME_get_entry(name, index))) {
            gw_x509_list_free(list);
            list = NULL;
        }
    }
    X509_NAME_free(name);
    GW_X509_LEAVE();
    return list;
}

/* IA5String: seven bits, and no NUL. */
static int is_plain_ascii(const ASN1_STRING *string) {
    const unsigned char *bytes = ASN1_STRING_get0_data(string);
    for (int index = 0; index < ASN1_STRING_length(string); index++) {
        if (bytes[index] == 0 || bytes[index] > 0x7f) return 0;
    }
    return 1;
}

static int add_encoded(
    gw_x509_list *list, int kind, int group, const char *label, unsigned char *der, int count) {
    int good = count >= 0 && der != NULL
        && gw_x509_list_add(list, kind, group, label, der, (size_t)count);
    OPENSSL_free(der);
    return good;
}

static int add_alternative(gw_x509_list *list, int group, const GENERAL_NAME *name) {
    /* The union is read by its tag only; each member has another type. */
    switch (name->type) {
    case GEN_EMAIL:
    case GEN_DNS:
    case GEN_URI: {
        const ASN1_IA5STRING *text = name->d.ia5;
        return is_plain_ascii(text)
            && gw_x509_list_add(
                list, name->type, group, NULL, ASN1_STRING_get0_data(text),
                (size_t)ASN1_STRING_length(text));
    }
    case GEN_IPADD: {
        const ASN1_OCTET_STRING *address = name->d.iPAddress;
        int count = ASN1_STRING_length(address);
        return (count == 4 || count == 16)
            && gw_x509_list_add(
                list, GEN_IPADD, group, NULL, ASN1_STRING_get0_data(address), (size_t)count);
    }
    case GEN_DIRNAME: {
        unsigned char *der = NULL;
        int count = i2d_X509_NAME(name->d.directoryName, &der);
        return add_encoded(list, GEN_DIRNAME, group, NULL, der, count);
    }
    case GEN_RID: {
        char *text = gw_x509_object_text(name->d.registeredID);
        int good = text != NULL && gw_x509_list_add(list, GEN_RID, group, text, NULL, 0);
        OPENSSL_free(text);
        return good;
    }
    case GEN_OTHERNAME: {
        char *text = gw_x509_object_text(name->d.otherName->type_id);
        unsigned char *der = NULL;
        int count = i2d_ASN1_TYPE(name->d.otherName->value, &der);
        int good = text != NULL && count >= 0 && der != NULL
            && gw_x509_list_add(list, GEN_OTHERNAME, group, text, der, (size_t)count);
        OPENSSL_free(text);
        OPENSSL_free(der);
        return good;
    }
    case GEN_X400:
    case GEN_EDIPARTY: {
        unsigned char *der = NULL;
        int count = i2d_GENERAL_NAME(name, &der);
        return add_encoded(list, name->type, group, NULL, der, count);
    }
    default:
        return 0;
    }
}

gw_x509_list *gw_x509_general_names(const GENERAL_NAMES *names) {
    gw_x509_list *list = gw_x509_list_new();
    for (int index = 0; list != NULL && index < sk_GENERAL_NAME_num(names); index++) {
        if (!add_alternative(list, index, sk_GENERAL_NAME_value(names, index))) {
            gw_x509_list_free(list);
            list = NULL;
        }
    }
    return list;
}

gw_x509_list *gw_x509_certificate_alternatives(
    gw_x509_certificate *certificate, int of_issuer, int *malformed) {
    GW_X509_ENTER();
    int status = 0;
    GENERAL_NAMES *names = X509_get_ext_d2i(
        (X509 *)certificate, of_issuer ? NID_issuer_alt_name : NID_subject_alt_name, &status, NULL);
    /* -1: no such extension. Every other absence is a broken or repeated one. */
    *malformed = names == NULL && status != -1;
    gw_x509_list *list = NULL;
    if (names != NULL) {
        list = gw_x509_general_names(names);
        if (list == NULL) *malformed = 1;
        GENERAL_NAMES_free(names);
    }
    GW_X509_LEAVE();
    return list;
}

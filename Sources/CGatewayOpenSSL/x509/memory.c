#include "x509_internal.h"

#include <string.h>

typedef struct {
    int kind;
    int group;
    char *label;
    uint8_t *bytes;
    size_t count;
} gw_x509_item;

struct gw_x509_list {
    gw_x509_item *items;
    size_t count;
    size_t capacity;
};

void gw_x509_bytes_free(uint8_t *bytes, size_t count) {
    OPENSSL_clear_free(bytes, count);
}

gw_x509_list *gw_x509_list_new(void) {
    return OPENSSL_zalloc(sizeof(gw_x509_list));
}

void gw_x509_list_free(gw_x509_list *list) {
    if (list == NULL) return;
    for (size_t index = 0; index < list->count; index++) {
        OPENSSL_free(list->items[index].label);
        OPENSSL_free(list->items[index].bytes);
    }
    OPENSSL_free(list->items);
    OPENSSL_free(list);
}

int gw_x509_list_add(
    gw_x509_list *list, int kind, int group, const char *label, const void *bytes, size_t count) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 8 : list->capacity * 2;
        gw_x509_item *items = OPENSSL_realloc(list->items, capacity * sizeof(gw_x509_item));
        if (items == NULL) return 0;
        list->items = items;
        list->capacity = capacity;
    }
    gw_x509_item item = {.kind = kind, .group = group, .count = count};
    item.label = OPENSSL_strdup(label == NULL ? "" : label);
    item.bytes = OPENSSL_malloc(count == 0 ? 1 : count);
    if (item.label == NULL || item.bytes == NULL) {
        OPENSSL_free(item.label);
        OPENSSL_free(item.bytes);
        return 0;
    }
    if (count != 0) memcpy(item.bytes, bytes, count);
    list->items[list->count++] = item;
    return 1;
}

size_t gw_x509_list_count(const gw_x509_list *list) {
    return list->count;
}

int gw_x509_list_kind(const gw_x509_list *list, size_t index) {
    return list->items[index].kind;
}

int gw_x509_list_group(const gw_x509_list *list, size_t index) {
    return list->items[index].group;
}

const char *gw_x509_list_label(const gw_x509_list *list, size_t index) {
    return list->items[index].label;
}

const uint8_t *gw_x509_list_bytes(const gw_x509_list *list, size_t index, size_t *out_count) {
    *out_count = list->items[index].count;
    return list->items[index].bytes;
}

uint8_t *gw_x509_take(unsigned char *bytes, int count, size_t *out_count) {
    if (count < 0 || bytes == NULL) return NULL;
    *out_count = (size_t)count;
    return bytes;
}

uint8_t *gw_x509_drain(BIO *bio, size_t *out_count) {
    char *content = NULL;
    long count = BIO_get_mem_data(bio, &content);
    if (count <= 0) return NULL;
    uint8_t *copy = OPENSSL_memdup(content, (size_t)count);
    if (copy != NULL) *out_count = (size_t)count;
    return copy;
}

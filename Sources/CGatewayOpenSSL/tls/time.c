#include <stdio.h>
#include <time.h>

#include "internal.h"

int64_t gw_tls_system_time(void) { return (int64_t)time(NULL); }

int gw_tls_unix_time(const ASN1_TIME *time, int64_t *seconds) {
    int days = 0, rest = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    int ok = epoch != NULL && time != NULL && ASN1_TIME_diff(&days, &rest, epoch, time);
    ASN1_TIME_free(epoch);
    if (ok) *seconds = (int64_t)days * 86400 + rest;
    return ok;
}

void gw_tls_time_text(int64_t seconds, char *text, size_t size) {
    const int64_t first = -62167219200, last = 253402300799;
    time_t time = (time_t)(seconds < first ? first : seconds > last ? last : seconds);
    struct tm date;
    text[0] = 0;
    if (gmtime_r(&time, &date) == NULL) return;
    snprintf(text, size, "%04d-%02d-%02d %02d:%02d:%02d UTC", date.tm_year + 1900, date.tm_mon + 1, date.tm_mday,
             date.tm_hour, date.tm_min, date.tm_sec);
}

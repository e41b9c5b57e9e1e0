/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"

#include <string.h>

bool bytes_copy(const void *source, size_t size, struct bytes *ret_bytes, struct ajar_error *err)
{
    struct bytes copy = { 0 };

    if (size > 0) {
        copy.at = malloc(size);
        if (!copy.at)
            return ajar_no_memory(err);
        memcpy(copy.at, source, size);
        copy.size = size;
    }
    *ret_bytes = copy;
    return true;
}

bool bytes_same(const struct bytes *a, const struct bytes *b)
{
    return a->size == b->size && (a->size == 0 || memcmp(a->at, b->at, a->size) == 0);
}

bool bytes_to_hex(const void *source, size_t size, char **ret_hex, struct ajar_error *err)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *at = source;
    char *hex = malloc(size * 2 + 1);

    if (!hex)
        return ajar_no_memory(err);
    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[at[i] >> 4];
        hex[2 * i + 1] = digits[at[i] & 15];
    }
    hex[size * 2] = '\0';
    *ret_hex = hex;
    return true;
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

bool bytes_from_hex(const char *hex, struct bytes *ret_bytes, struct ajar_error *err)
{
    size_t digits = strlen(hex);
    OWNED(bytes_release) struct bytes bytes = { 0 };

    for (size_t i = 0; i < digits; i++) {
        if (digit_value(hex[i]) < 0)
            return ajar_fail(err, AJAR_EPLAN, "\"%c\" at position %zu is no hexadecimal digit",
                             hex[i], i + 1);
    }
    if (digits % 2 != 0)
        return ajar_fail(err, AJAR_EPLAN, "%zu hexadecimal digits: two are needed for each byte",
                         digits);
    if (digits > 0) {
        bytes.at = malloc(digits / 2);
        if (!bytes.at)
            return ajar_no_memory(err);
    }
    for (size_t i = 0; i < digits / 2; i++)
        bytes.at[i] = (uint8_t)(digit_value(hex[2 * i]) << 4 | digit_value(hex[2 * i + 1]));
    bytes.size = digits / 2;
    *ret_bytes = bytes;
    bytes = (struct bytes){ 0 };
    return true;
}

void bytes_release(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/guid.h"

#include "base/bytes.h"

#include <stdio.h>
#include <string.h>

/* Where the byte that the text names first, second, ... stands on the wire. */
static const uint8_t place[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

/* A dash stands in front of the text's byte 4, 6, 8 and 10. */
static bool has_dash_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* Drops braces and dashes where they may stand; false where the text is not of that shape. */
static bool keep_digits(const char *text, char ret_digits[33])
{
    size_t size = strlen(text);
    size_t kept = 0;

    if (size == 38 && text[0] == '{' && text[37] == '}') {
        text++;
        size -= 2;
    }
    if (size != GUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < 16; i++) {
        if (has_dash_before(i) && *text++ != '-')
            return false;
        ret_digits[kept++] = *text++;
        ret_digits[kept++] = *text++;
    }
    ret_digits[kept] = '\0';
    return true;
}

bool guid_parse(const char *text, struct guid *ret_guid, struct ajar_error *err)
{
    char digits[33];
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };

    if (!keep_digits(text, digits) || !bytes_from_hex(digits, &bytes, &ignored))
        return ajar_fail(err, AJAR_EPLAN,
                         "\"%s\" is no GUID such as 338cd001-2244-31f1-aaaa-900038001003", text);
    for (size_t i = 0; i < 16; i++)
        ret_guid->bytes[place[i]] = bytes.at[i];
    return true;
}

void guid_format(const struct guid *guid, char ret_text[GUID_TEXT_SIZE])
{
    size_t used = 0;

    for (size_t i = 0; i < 16; i++) {
        if (has_dash_before(i))
            ret_text[used++] = '-';
        (void)snprintf(ret_text + used, 3, "%02x", guid->bytes[place[i]]);
        used += 2;
    }
}

bool guid_same(const struct guid *a, const struct guid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

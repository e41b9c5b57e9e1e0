/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf16.h"

#include <string.h>

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The smallest code point that a sequence of 2, 3 or 4 bytes may spell. */
static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

/* Reads the code point at `at`, lone surrogates included; the number of its bytes, or 0 when there
 * is none. The NUL at the end stops each sequence. */
static size_t read_point(const uint8_t *at, uint32_t *ret_point)
{
    size_t size = at[0] < 0x80 ? 1 : at[0] < 0xc2 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    uint32_t point = size == 1 ? at[0] : at[0] & (0xffU >> (size + 1));

    if (size == 0 || at[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        point = point << 6 | (at[i] & 0x3f);
    }
    if (point < smallest[size] || point > 0x10ffff)
        return 0;
    *ret_point = point;
    return size;
}

static void append_unit(struct bytes *utf16, uint32_t unit)
{
    utf16->at[utf16->size++] = (uint8_t)unit;
    utf16->at[utf16->size++] = (uint8_t)(unit >> 8);
}

static void append_point(struct bytes *utf16, uint32_t point)
{
    if (point > 0xffff) {
        append_unit(utf16, 0xd800 + ((point - 0x10000) >> 10));
        append_unit(utf16, 0xdc00 + ((point - 0x10000) & 0x3ff));
    } else {
        append_unit(utf16, point);
    }
}

bool utf16_from_utf8(const char *text, struct bytes *ret_utf16, struct ajar_error *err)
{
    const uint8_t *at = (const uint8_t *)text;
    size_t size = strlen(text);
    uint32_t before = 0;
    OWNED(bytes_release) struct bytes utf16 = { 0 };

    if (size > 0) {
        utf16.at = malloc(2 * size); /* no byte of UTF-8 makes more than one unit */
        if (!utf16.at)
            return ajar_no_memory(err);
    }
    for (size_t i = 0; i < size;) {
        uint32_t point = 0;
        size_t count = read_point(at + i, &point);

        /* Two halves that were spelled apart would come back as one character of four bytes. */
        if (count == 0 || (is_high_surrogate(before) && is_low_surrogate(point)))
            return ajar_fail(err, AJAR_EPLAN, "text is not UTF-8 at byte %zu", i + 1);
        append_point(&utf16, point);
        before = point;
        i += count;
    }
    *ret_utf16 = utf16;
    utf16 = (struct bytes){ 0 };
    return true;
}

static uint32_t unit_at(const uint8_t *utf16, size_t index)
{
    return (uint32_t)utf16[2 * index] | (uint32_t)utf16[2 * index + 1] << 8;
}

/* The code point at unit `*index`, which moves behind it. */
static uint32_t take_point(const uint8_t *utf16, size_t units, size_t *index)
{
    uint32_t high = unit_at(utf16, (*index)++);
    uint32_t low = *index < units ? unit_at(utf16, *index) : 0;

    if (!is_high_surrogate(high) || !is_low_surrogate(low))
        return high;
    (*index)++;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static size_t write_point(char *at, uint32_t point)
{
    static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t size = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

    if (size == 1) {
        at[0] = (char)point;
        return 1;
    }
    for (size_t i = size - 1; i > 0; i--) {
        at[i] = (char)(0x80 | (point & 0x3f));
        point >>= 6;
    }
    at[0] = (char)(lead[size] | point);
    return size;
}

bool utf16_to_utf8(const void *utf16, size_t size, char **ret_text, struct ajar_error *err)
{
    size_t units = size / 2;
    size_t used = 0;
    OWNED(free) char *text = NULL;

    if (size % 2 != 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "UTF-16 of an odd number of bytes (%zu)", size);
    text = malloc(3 * units + 1); /* a pair makes four bytes, any other unit three at most */
    if (!text)
        return ajar_no_memory(err);
    for (size_t i = 0; i < units;) {
        uint32_t point = take_point(utf16, units, &i);

        if (point == 0)
            return ajar_fail(err, AJAR_EPROTOCOL, "UTF-16 with a NUL inside, at unit %zu", i);
        used += write_point(text + used, point);
    }
    text[used] = '\0';
    *ret_text = text;
    text = NULL;
    return true;
}

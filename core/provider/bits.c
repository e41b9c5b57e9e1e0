/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/bits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More digits than the largest number has, so that none overflows. */
#define DIGIT_CEILING 10

static bool read_number(const char *digits, int radix, uint64_t *ret_number)
{
    size_t size = strlen(digits);

    if (size == 0 || size > DIGIT_CEILING ||
        digits[strspn(digits, radix == 16 ? "0123456789abcdefABCDEF" : "0123456789")] != '\0')
        return false;
    *ret_number = strtoull(digits, NULL, radix);
    return true;
}

bool bits_from_integer(const char *text, uint32_t *ret_bits)
{
    bool is_negative = text[0] == '-';
    uint64_t number;

    if (!read_number(text + is_negative, 10, &number) ||
        number > (is_negative ? (uint64_t)1 << 31 : UINT32_MAX))
        return false;
    *ret_bits = is_negative ? 0 - (uint32_t)number : (uint32_t)number;
    return true;
}

void bits_to_integer(uint32_t bits, char ret_text[BITS_TEXT_SIZE])
{
    (void)snprintf(ret_text, BITS_TEXT_SIZE, "%" PRId64,
                   (int64_t)bits - (bits > INT32_MAX ? (int64_t)1 << 32 : 0));
}

bool bits_parse(const char *text, uint32_t *ret_bits)
{
    bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    uint64_t number;

    if (!read_number(text + (is_hex ? 2 : 0), is_hex ? 16 : 10, &number) || number > UINT32_MAX)
        return false;
    *ret_bits = (uint32_t)number;
    return true;
}

void bits_format(uint32_t bits, char ret_text[BITS_TEXT_SIZE])
{
    (void)snprintf(ret_text, BITS_TEXT_SIZE, "0x%" PRIx32, bits);
}

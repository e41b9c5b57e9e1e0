/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ASCII letters in lower case, whatever the language of whoever runs it; other bytes stay.
 */
#ifndef AJAR_BASE_ASCII_H
#define AJAR_BASE_ASCII_H

#include <stdint.h>

static inline char ascii_lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

#define ASCII_EACH 0x0101010101010101U /* the same byte eight times: n * ASCII_EACH */

/* Eight bytes at once. */
static inline uint64_t ascii_lower_eight(uint64_t eight)
{
    uint64_t low = eight & 0x7f * ASCII_EACH;
    uint64_t from_a = low + (0x80 - 'A') * ASCII_EACH;
    uint64_t above_z = low + (0x7f - 'Z') * ASCII_EACH;
    uint64_t upper = (from_a ^ above_z) & ~eight & 0x80 * ASCII_EACH;

    return eight | upper >> 2;
}

/* 0x80 in each of the eight bytes that is `byte`, 0 in the others. */
static inline uint64_t ascii_find_eight(uint64_t eight, char byte)
{
    uint64_t other = eight ^ (uint8_t)byte * ASCII_EACH;

    return ~(((other & 0x7f * ASCII_EACH) + 0x7f * ASCII_EACH) | other | 0x7f * ASCII_EACH);
}

#endif

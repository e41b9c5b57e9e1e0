/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SHA-256 (FIPS 180-4), by nettle.
 */
#ifndef AJAR_BASE_SHA256_H
#define AJAR_BASE_SHA256_H

#include <stddef.h>

/* 64 lower-case hexadecimal digits and a NUL, by value: sha256_of(text, size).hex */
struct sha256 {
    char hex[65];
};

struct sha256 sha256_of(const void *bytes, size_t size);

#endif

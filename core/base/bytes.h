/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes that somebody owns, and their hexadecimal text (lower case, no separators).
 */
#ifndef AJAR_BASE_BYTES_H
#define AJAR_BASE_BYTES_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *at; /* NULL exactly when size is 0 */
    size_t size;
};

bool bytes_copy(const void *source, size_t size, struct bytes *ret_bytes, struct ajar_error *err);
bool bytes_same(const struct bytes *a, const struct bytes *b);

/* To be freed. */
bool bytes_to_hex(const void *source, size_t size, char **ret_hex, struct ajar_error *err);

/* AJAR_EPLAN for an odd number of digits or a character that is no digit (named with its
 * position). */
bool bytes_from_hex(const char *hex, struct bytes *ret_bytes, struct ajar_error *err);

void bytes_release(struct bytes *bytes);
DEFINE_OWNED_STRUCT(struct bytes, bytes_release);

#endif

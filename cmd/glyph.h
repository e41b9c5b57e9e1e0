/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text from outside, one character after the other, in a form that a terminal can only print:
 * control characters, bytes that are not UTF-8 and characters that turn the direction of writing
 * become visible escapes (\n, \x1b, \u{202e}). Where the locale is not UTF-8 the arrow becomes
 * "->" and every other character beyond ASCII an escape.
 */
#ifndef AJAR_CMD_GLYPH_H
#define AJAR_CMD_GLYPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct glyph {
    char bytes[16]; /* the printable form */
    size_t size;    /* of it */
    size_t width;   /* columns that it takes */
    size_t used;    /* bytes of the text that it stands for; never 0 */
};

/* The first character of a text that is not empty. */
struct glyph glyph_next(const char *text, bool unicode);

/* The columns that a whole text takes. */
size_t glyph_width(const char *text, bool unicode);

/* The bytes of the first character (RFC 3629), or 0 when they are not UTF-8. */
size_t utf8_next(const char *text, uint32_t *ret_code);

#endif

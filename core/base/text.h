/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text that grows up to a ceiling. Appending after a fault (no memory, or over the ceiling) does
 * nothing; text_take() asks once, at the end.
 */
#ifndef AJAR_BASE_TEXT_H
#define AJAR_BASE_TEXT_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>

struct text {
    char *at;       /* NUL-terminated once anything was appended; NULL before */
    size_t size;    /* bytes, without the NUL */
    size_t room;    /* bytes allocated */
    size_t ceiling; /* `size` never gets larger */
    bool faulty;
};

/* A text that may grow to `ceiling_bytes` bytes. */
#define TEXT_UP_TO(ceiling_bytes) ((struct text){ .ceiling = (ceiling_bytes) })

void text_append(struct text *text, const char *piece);
void text_append_bytes(struct text *text, const char *piece, size_t size);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was appended so far; "" for nothing. Valid until the next call. */
const char *text_peek(const struct text *text);

/* Gives the text to the caller, to be freed; never NULL on success. */
bool text_take(struct text *text, char **ret_text, struct ajar_error *err);

void text_release(struct text *text);
DEFINE_OWNED_STRUCT(struct text, text_release);

/* A copy in fresh memory, to be freed; NULL stays NULL and out of memory is NULL. */
char *text_copy(const char *source);
char *text_copy_bytes(const char *source, size_t size);

/* A formatted text in fresh memory, or NULL when there is no memory. */
char *text_make(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Puts a copy of `fresh` (or NULL) in the place of the text in `slot`, which is freed. */
bool text_replace(char **slot, const char *fresh, struct ajar_error *err);

/* Equal without regard to the case of ASCII letters. */
bool text_same_ignoring_case(const char *a, const char *b);

/* Is this UTF-8 (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF)? */
bool text_is_utf8(const char *bytes, size_t size);

#endif

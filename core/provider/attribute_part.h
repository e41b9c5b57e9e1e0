/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The part of an attribute's value that a setting is about: the whole value, some bits of an
 * integer, or one character of a text whose positions have meanings of their own (dSHeuristics,
 * [MS-ADTS] 6.1.1.2.4.1.2). Others may own the rest.
 *
 * An attribute that is not there has no bits set and the default character at each position; all
 * the same it is not 0, and a value that was made for a window goes away again.
 */
#ifndef AJAR_PROVIDER_ATTRIBUTE_PART_H
#define AJAR_PROVIDER_ATTRIBUTE_PART_H

#include <ajar/error.h>

#include "provider/bits.h"

#include <stddef.h>

enum attribute_form {
    ATTRIBUTE_VALUE,     /* the part is all of it */
    ATTRIBUTE_BITS,      /* "0x40": those bits of the mask that are set */
    ATTRIBUTE_CHARACTER, /* "2" */
};

struct attribute_part {
    enum attribute_form form;
    uint32_t mask;   /* BITS: which are the setting's */
    size_t position; /* CHARACTER: from 1 */
};

/* The highest position: each tenth character counts the tens, in one digit. */
#define ATTRIBUTE_POSITION_CEILING 99

/* The character at a position that nobody has set: '0', but '1' at 10, '2' at 20, and so on. */
char attribute_default_character(size_t position);

/* The part of `value` (NULL: there is none). Only for BITS and CHARACTER. AJAR_ECONFLICT for a
 * value that has no such parts: no 32-bit integer, a text that is not ASCII. */
bool attribute_part_of(const struct attribute_part *part, const char *value,
                       char ret_text[BITS_TEXT_SIZE], struct ajar_error *err);

/* What becomes of the rest of a value. */
struct attribute_rest {
    bool is_kept;       /* it stays as it is; otherwise what was only made to hold the part goes: */
    const char *before; /* the value from before, NULL when there was none */
};

/* The value that `live` (NULL: none) becomes when its part becomes `text`; where it is so already,
 * nothing changes. Only for BITS and CHARACTER. `ret_value` is to be freed, and NULL when no value
 * is to be there. */
bool attribute_part_put(const struct attribute_part *part, const char *live, const char *text,
                        const struct attribute_rest *rest, char **ret_value,
                        struct ajar_error *err);

#endif

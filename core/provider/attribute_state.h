/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The states of an attribute. Their facts:
 *
 *     value                the value as text; or
 *     data                 its bytes, hexadecimal, when it is no text
 *     mask, bits           of the form with bits: which are the setting's, which of them are set
 *     position, character  of the form with a character
 *
 * A wish, the state that a section asks for, has no `value` in the last two forms: the rest of the
 * value belongs to others.
 */
#ifndef AJAR_PROVIDER_ATTRIBUTE_STATE_H
#define AJAR_PROVIDER_ATTRIBUTE_STATE_H

#include "base/bytes.h"
#include "provider/attribute_part.h"
#include "provider/provider.h"

/* The state of what was read; `value` NULL: there is none. AJAR_ECONFLICT when the value has no
 * such part. */
bool attribute_state_read(const struct attribute_part *part, const struct bytes *value,
                          struct ajar_state *ret_state, struct ajar_error *err);

/* A wish: `said` is the part ("0x40", "2"), the whole value, or "absent". */
bool attribute_state_wish(const struct attribute_part *part, const char *said,
                          struct ajar_state *ret_state, struct ajar_error *err);

/* The same for a whole value that is given by its bytes. */
bool attribute_state_wish_data(const char *hex, struct ajar_state *ret_state,
                               struct ajar_error *err);

/* Compares the part alone. NEAR: the part is the same, but only one of the two has a value. */
enum match attribute_state_match(const struct ajar_state *now, const struct ajar_state *meant);

/* The value that has to be there so that `now` becomes `goal`; `*ret_exists` false: none. A value
 * that is one byte for byte with that of `now` needs no write. `ret_value` is to be released.
 * AJAR_EJOURNAL when `goal` lacks a fact. */
bool attribute_state_goal(const struct attribute_part *part, const struct ajar_state *now,
                          const struct ajar_state *goal, bool *ret_exists, struct bytes *ret_value,
                          struct ajar_error *err);

bool attribute_state_phrase(const struct ajar_state *state, char **ret_phrase,
                            struct ajar_error *err);

#endif

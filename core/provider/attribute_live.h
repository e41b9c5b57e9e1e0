/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One attribute of one live object: read, and swapped for another value, which the server does only
 * if it still is what was read.
 */
#ifndef AJAR_PROVIDER_ATTRIBUTE_LIVE_H
#define AJAR_PROVIDER_ATTRIBUTE_LIVE_H

#include "transport/directory.h"

struct attribute_live {
    char *object;       /* "<GUID=...>": a rename between reading and writing does no harm */
    bool is_trust;      /* a trustedDomain */
    bool exists;        /* the attribute */
    struct bytes value; /* when it exists; followed by a NUL that does not count */
};

/* AJAR_EMISSING when there is no such object; AJAR_ECONFLICT when the attribute has several
 * values. `ret_live` is to be released. */
bool attribute_live_read(struct directory *directory, const char *dn, const char *attribute,
                         struct attribute_live *ret_live, struct ajar_error *err);

/* Puts `fresh` (NULL: no value) in the place of what was read. AJAR_ECONFLICT, with nothing
 * written, when that is no longer there; AJAR_EDENIED when it is, and the server does not let it
 * go. */
bool attribute_live_swap(struct directory *directory, const struct attribute_live *live,
                         const char *attribute, const struct bytes *fresh, struct ajar_error *err);

void attribute_live_release(struct attribute_live *live);
DEFINE_OWNED_STRUCT(struct attribute_live, attribute_live_release);

#endif

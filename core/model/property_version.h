/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Versions of attributes and links, as replication keeps them ([MS-ADTS] 3.1.1.1.9): each write of
 * one, wherever it is made, gives it the next number, also when it leaves the value what it was.
 */
#ifndef AJAR_MODEL_PROPERTY_VERSION_H
#define AJAR_MODEL_PROPERTY_VERSION_H

#include "base/bytes.h"
#include "base/guid.h"

struct property_version {
    uint32_t version; /* 0: it has never been written */
    int64_t written;  /* when; only with a version, as is the rest */
    struct guid by;   /* the database (invocation id) that it was written in */
    uint64_t usn;     /* and its number there */
};

/* One value of msDS-ReplAttributeMetaData or msDS-ReplValueMetaData: a piece of XML. */
struct property_told {
    char *attribute; /* its name */
    char *object;    /* of a link: the DN that it leads to; NULL for an attribute */
    struct property_version version;
};

/* AJAR_EPROTOCOL for anything else. `ret_told` is to be released. */
bool property_told_read(const struct bytes *value, struct property_told *ret_told,
                        struct ajar_error *err);
void property_told_release(struct property_told *told);
DEFINE_OWNED_STRUCT(struct property_told, property_told_release);

/* Of one attribute in a value of replPropertyMetaData, by its number; the version is 0 when it is
 * not in there. AJAR_EPROTOCOL for bytes that are no such value. */
bool property_version_find(const struct bytes *value, uint32_t attribute,
                           struct property_version *ret_version, struct ajar_error *err);

/* The number of the attribute with this object identifier ("1.2.840.113556.1.2.281"), in the table
 * that every forest begins with ([MS-DRSR] 5.16.4). False when it is not below one of these
 * prefixes. */
bool property_number(const char *identifier, uint32_t *ret_number);

#endif

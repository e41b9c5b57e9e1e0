/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may do what: the access check of [MS-DTYP] 2.5.3.2, for one right on one object as a whole.
 * An owner's own rights to read and to change permissions, and entries for "self", are left out:
 * both depend on more than the DACL.
 */
#ifndef AJAR_MODEL_ACCESS_H
#define AJAR_MODEL_ACCESS_H

#include "model/descriptor.h"
#include "model/right.h"

enum access_verdict {
    ACCESS_GRANTED,
    ACCESS_DENIED,    /* an entry denies it before all of it was granted */
    ACCESS_NOT_GIVEN, /* no entry denies it, and not all of it is granted */
    ACCESS_DEPENDS,   /* on the condition of an entry, which only the server can judge */
};

struct access {
    enum access_verdict verdict;
    size_t entry;     /* of the DACL: the one that decided (the last of several that grant); not set
                       * when nothing is given */
    uint32_t missing; /* rights that nothing grants, when they are not given */
};

/* `sids` are all that the account goes by: itself, and its groups. */
void access_check(const struct descriptor *descriptor, const struct sid *sids, size_t count,
                  const struct right *right, struct access *ret_access);

#endif

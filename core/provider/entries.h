/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The entries that a [permission] asks for: each `ace`, or the one that `trustee`, `right` and
 * `inherit` make. Their order is that of the section; states count them from 1.
 */
#ifndef AJAR_PROVIDER_ENTRIES_H
#define AJAR_PROVIDER_ENTRIES_H

#include "model/sddl.h"
#include "model/setting.h"
#include "transport/directory.h"

/* As many as a section may have. */
#define ENTRIES_CEILING 32

struct entries {
    size_t count;
    struct sddl_ace list[ENTRIES_CEILING];
};

/* Reads and judges them. AJAR_EPLAN, "file:line:". `ret_entries` is to be released. */
bool entries_read(const struct setting *setting, struct entries *ret_entries,
                  struct ajar_error *err);

/* Looks up the trustees that are names: all SIDs are set then. */
bool entries_resolve(struct directory *directory, struct entries *entries, struct ajar_error *err);

void entries_release(struct entries *entries);
DEFINE_OWNED_STRUCT(struct entries, entries_release);

#endif

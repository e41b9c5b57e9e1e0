/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory and handles release themselves at the end of a scope. The undo of a remote change never
 * does: that is explicit code.
 *
 *     OWNED(ajar_plan_free) struct ajar_plan *plan = NULL;
 *
 * Ownership leaves by two visible lines:  *ret_plan = plan;  plan = NULL;
 */
#ifndef AJAR_BASE_CLEANUP_H
#define AJAR_BASE_CLEANUP_H

#include <stdlib.h>
#include <unistd.h>

#define OWNED(release) __attribute__((cleanup(release##_slot)))

/* Makes OWNED(release) usable for a variable of pointer type `type`. */
#define DEFINE_OWNED(type, release)               \
    static inline void release##_slot(type *slot) \
    {                                             \
        if (*slot)                                \
            release(*slot);                       \
    }                                             \
    struct ajar_semicolon_swallower

/* Makes OWNED(release) usable for a struct variable that `release(&variable)` empties. */
#define DEFINE_OWNED_STRUCT(type, release)        \
    static inline void release##_slot(type *slot) \
    {                                             \
        release(slot);                            \
    }                                             \
    struct ajar_semicolon_swallower

static inline void free_slot(void *slot)
{
    void **pointer = slot;

    free(*pointer);
}

static inline void close_slot(const int *slot)
{
    if (*slot >= 0)
        (void)close(*slot);
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#endif

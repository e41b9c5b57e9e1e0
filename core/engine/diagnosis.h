/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a tally to what callers see of it.
 */
#ifndef AJAR_ENGINE_DIAGNOSIS_H
#define AJAR_ENGINE_DIAGNOSIS_H

#include "engine/log_reading.h"

/* A diagnosis, and all that its texts are in. */
struct diagnosis {
    struct ajar_diagnosis shown; /* first: callers hold a pointer to it */
    struct tally tally;
    struct log_evidence evidence;
    enum log_order order; /* of day and month; when it is not `shown.clock.ambiguous` */
    size_t name_count;    /* texts of its own */
    char **names;
};

static inline struct diagnosis *diagnosis_of(struct ajar_diagnosis *shown)
{
    return (struct diagnosis *)shown;
}

/* Reads the files into a fresh diagnosis. `marks` (or NULL) must outlive the call only. */
bool diagnosis_read(const struct ajar_knowledge *knowledge,
                    const struct ajar_diagnose_options *options, const struct tally_marks *marks,
                    struct diagnosis **ret_diagnosis, struct ajar_error *err);

/* The same for the bytes of one file, which is called `name`. */
bool diagnosis_read_bytes(const struct ajar_knowledge *knowledge, const char *name,
                          const void *bytes, size_t size, struct diagnosis **ret_diagnosis,
                          struct ajar_error *err);

/* A text that the diagnosis frees; NULL when there is no memory. */
const char *diagnosis_keep(struct diagnosis *diagnosis, const char *text);

void diagnosis_free(struct diagnosis *diagnosis);
DEFINE_OWNED(struct diagnosis *, diagnosis_free);
DEFINE_OWNED(struct ajar_diagnosis *, ajar_diagnosis_free);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan that was saved with `plan --out FILE`: read by whoever judges it, and applied exactly as
 * it was read then, once, or not at all.
 */
#ifndef AJAR_SAVED_H
#define AJAR_SAVED_H

#include <ajar/engine.h>

struct ajar_saved;

/* These belong to the saved plan. */
struct ajar_saved_about {
    const char *file;    /* as it was named */
    const char *sha256;  /* its seal: 64 hexadecimal digits */
    const char *by;      /* who saved it */
    const char *host;    /* where */
    const char *version; /* the ajar that did */
    int64_t made;
    enum ajar_toward toward;
};

/* Is it one, by its first section? Judges nothing; what cannot be opened is none. */
bool ajar_saved_is(const char *path);

/* Reads the file, and nothing else. One that was altered, or is something else, is AJAR_EPLAN. */
bool ajar_saved_load(const char *path, struct ajar_saved **ret_saved, struct ajar_error *err);
void ajar_saved_free(struct ajar_saved *saved);

const struct ajar_saved_about *ajar_saved_about(const struct ajar_saved *saved);
const struct ajar_plan *ajar_saved_plan(const struct ajar_saved *saved);

/* show FILE: what the plan that was saved showed. Asks nobody. */
bool ajar_show_saved(const struct ajar_saved *saved, struct ajar_report **ret_report,
                     struct ajar_error *err);

/* apply FILE: as ajar_apply(), with `toward` as it was saved. Everything is read again first. Where
 * something is not as it was when the plan was saved, the report ends with AJAR_EXIT_STALE, and
 * with AJAR_EXIT_FAILED where something could not be read: nothing is recorded or written then. A
 * plan that some window was opened with before is AJAR_ESTALE. */
bool ajar_apply_saved(struct ajar_run *run, const struct ajar_saved *saved,
                      const struct ajar_apply_options *options, struct ajar_report **ret_report,
                      struct ajar_error *err);

#endif

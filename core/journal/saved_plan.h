/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan that was saved: what it would change, as it was read then, in one text file with a seal.
 * README.md has the format. It is what is approved, and what `apply FILE` carries out exactly.
 *
 * Reading one needs nothing but the file. Whatever is wrong with it is AJAR_EPLAN: it was altered
 * (the seal covers every byte in front of its own line), it is cut off, it is of a format of later,
 * or it is something else.
 */
#ifndef AJAR_JOURNAL_SAVED_PLAN_H
#define AJAR_JOURNAL_SAVED_PLAN_H

#include "base/sha256.h"
#include "journal/record.h"

struct saved_change {
    struct change_record record; /* what it is, before and wanted, intended at the time of saving;
                                  * nothing else of it is saved */
    struct ajar_state evidence;  /* of the version of `before`; not known when there is none */
};

struct saved_plan {
    char *file;         /* where it was read, as the caller named it; NULL before */
    struct sha256 seal; /* of what was read or written: what approvals and windows name */
    char *by;           /* who saved it */
    char *host;         /* where */
    char *tool_version; /* the ajar that did */
    int64_t made;
    bool toward_closed;
    char *plan; /* as the journal keeps it: plan_to_record(), plan_from_record() */
    size_t count;
    struct saved_change *changes; /* in the order of the plan, then by target */
    size_t requirement_count;
    struct requirement_record *requirements;
};

/* Is it one, by its first section? No is also the answer for what cannot be opened, or is no
 * regular file. Reads the begin alone, and judges nothing. */
bool saved_plan_is(const char *path);

/* Reads the file and holds it against its seal. */
bool saved_plan_read(const char *path, struct saved_plan *ret_saved, struct ajar_error *err);

/* The same for a text; `file` is how messages name it. */
bool saved_plan_from_text(const char *file, const char *text, size_t size,
                          struct saved_plan *ret_saved, struct ajar_error *err);

/* The text, sealed; to be freed. AJAR_EJOURNAL when it would not be read back. */
bool saved_plan_to_text(const struct saved_plan *saved, char **ret_text, struct sha256 *ret_seal,
                        struct ajar_error *err);

/* AJAR_EUSAGE when there is something at `path` that is no saved plan: it would be lost. */
bool saved_plan_check_place(const char *path, struct ajar_error *err);

/* Writes the file, whole or not at all, with saved_plan_check_place() first. */
bool saved_plan_write(const char *path, const struct saved_plan *saved, struct sha256 *ret_seal,
                      struct ajar_error *err);

/* All zero: nothing. */
void saved_plan_release(struct saved_plan *saved);
DEFINE_OWNED_STRUCT(struct saved_plan, saved_plan_release);

#endif

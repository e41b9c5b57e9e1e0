/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An approval of a saved plan, as one person signed it; the file beside a saved plan that collects
 * them; and the same text as the journal keeps it. README.md has the format, to the byte.
 *
 * Whether a signature is right is not judged here.
 */
#ifndef AJAR_JOURNAL_APPROVAL_H
#define AJAR_JOURNAL_APPROVAL_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

/* What signatures of approvals are for: the namespace of `ssh-keygen -Y`. */
#define APPROVAL_SPACE "ajar-plan"

struct approval_record {
    char *plan; /* the seal of the saved plan: 64 hexadecimal digits, lower case */
    char *by;   /* who, as the allowed signers name them */
    int64_t at;
    int64_t until;   /* it counts until then */
    char *signature; /* base64, without armour; NULL while it is not signed */
    int line;        /* where it stands, for messages; 0: nowhere yet */
};

struct approvals {
    char *file; /* where they were read; NULL: nowhere */
    size_t count;
    struct approval_record *list;
};

/* Could it be a person's name among the allowed signers: 1 to 150 characters of ASCII, no blanks,
 * no quotes, none of ",;*?!"? */
bool approval_is_name(const char *name);

/* What is signed: the lines of the record between its heading and its signature. To be freed. */
bool approval_signed_text(const struct approval_record *approval, char **ret_text,
                          struct ajar_error *err);

/* The text of a record that is signed, and back; AJAR_EJOURNAL for what is no such record. */
bool approval_record_write(const struct approval_record *approval, char **ret_text,
                           struct ajar_error *err);
bool approval_record_read(const char *file, const char *text, size_t size,
                          struct approval_record *ret_approval, struct ajar_error *err);

bool approval_record_copy(const struct approval_record *source, struct approval_record *ret_copy,
                          struct ajar_error *err);
void approval_record_release(struct approval_record *approval);
DEFINE_OWNED_STRUCT(struct approval_record, approval_record_release);

/* All that stand in the file beside a saved plan, "PLAN.approvals", as [approval 1] and so on; none
 * when there is no such file. AJAR_EPLAN, "file:line: ...", for a mistake in it. */
bool approvals_read(const char *saved_plan, struct approvals *ret_approvals,
                    struct ajar_error *err);

/* Puts one more into that file, whole or not at all; whoever else does so waits. */
bool approvals_append(const char *saved_plan, const struct approval_record *approval,
                      struct ajar_error *err);

/* Adds a copy. */
bool approvals_add(struct approvals *approvals, const struct approval_record *approval,
                   struct ajar_error *err);

/* The file name of one of them in the journal: its name as far as it can be one, a number behind it
 * when one before it in the list is called so already, and ".ini". To be freed. */
bool approvals_file_name(const struct approval_record *list, size_t index, char **ret_name,
                         struct ajar_error *err);

/* Can a file of this name be of this approval? */
bool approval_fits_file(const struct approval_record *approval, const char *name);

void approvals_release(struct approvals *approvals);
DEFINE_OWNED_STRUCT(struct approvals, approvals_release);

#endif

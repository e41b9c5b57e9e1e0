/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Four eyes: what a saved plan does is signed by people other than the one who applies it.
 */
#ifndef AJAR_APPROVE_H
#define AJAR_APPROVE_H

#include <ajar/saved.h>

struct ajar_approve_options {
    const char *key;  /* a file with an SSH key, or its .pub when an agent has it; NULL: as
                       * configured */
    const char *as;   /* who, of those whose key it is; NULL: found among the allowed signers */
    int64_t duration; /* seconds; how long the approval counts */
    bool may_ask;     /* there is a terminal to ask for the key's passphrase on */
};

/* approve FILE: shows the plan (confirm), signs it, and puts the approval beside it, in
 * "FILE.approvals". The report is that of ajar_show_saved() with ajar_add_approvals(); its summary
 * says who approved until when. */
bool ajar_approve(struct ajar_run *run, const struct ajar_saved *saved,
                  const struct ajar_approve_options *options, struct ajar_report **ret_report,
                  struct ajar_error *err);

/* Do any stand beside it? */
bool ajar_has_approvals(const struct ajar_saved *saved);

/* show FILE: adds the approvals that stand beside the plan to the report's window, each with what
 * keeps it from counting, as if whoever saved the plan were its operator; and to the report's
 * `policy`, how many there are of how many that are needed. */
bool ajar_add_approvals(struct ajar_run *run, const struct ajar_saved *saved,
                        struct ajar_report *report, struct ajar_error *err);

#endif

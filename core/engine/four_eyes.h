/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which approvals of a saved plan count. One does when it is of this plan, was made and has not
 * ended, verifies with a key that the allowed signers give to this person (then and now), and
 * neither the person nor the key is the operator's or was counted already.
 *
 * A person is the operator when the name is, or its part before an "@".
 */
#ifndef AJAR_ENGINE_FOUR_EYES_H
#define AJAR_ENGINE_FOUR_EYES_H

#include "engine/guard.h"
#include "journal/approval.h"

/* What approvals are held against. */
struct four_eyes {
    const struct ajar_run *run;
    const char *seal;          /* of the saved plan */
    const char *operator_name; /* whose approval does not count */
    const char *own_key;       /* and neither does one by this key; a fingerprint, or NULL */
};

/* How one approval stands. */
struct four_eyes_standing {
    bool counts;
    char *trouble; /* why it does not */
    char *key;     /* the fingerprint of the key, once it was verified */
};

/* One for each of the approvals. False only when they cannot be judged at all: AJAR_EMISSING when
 * no allowed signers are configured. */
bool four_eyes_judge(const struct four_eyes *eyes, const struct approvals *approvals,
                     struct four_eyes_standing **ret_standings, struct ajar_error *err);

/* The same where no signers are configured: none of them counts. */
bool four_eyes_doubt(const struct approvals *approvals, struct four_eyes_standing **ret_standings,
                     struct ajar_error *err);
void four_eyes_free(struct four_eyes_standing *standings, size_t count);

/* For apply: are there as many as the rules demand? `saved_file` and `seal` are NULL for a plan
 * that was not saved. Those that count, asked for or not, come out in `ret_counted`, to be
 * released. AJAR_EPOLICY names the rule, who approved, and what is wrong with each of the others.
 */
bool four_eyes_check(const struct ajar_run *run, const struct ajar_plan *plan,
                     const char *saved_file, const char *seal, struct approvals *ret_counted,
                     struct ajar_error *err);

/* "1 of 2 approvals: bob@example.test". To be freed. */
bool four_eyes_tally(const struct approvals *approvals, const struct four_eyes_standing *standings,
                     unsigned needed, char **ret_text, struct ajar_error *err);

/* The file of allowed signers and the key to sign with, as configured, with "~/" filled in; to be
 * freed. AJAR_EMISSING, with what to put where. */
bool four_eyes_signers(const struct ajar_run *run, char **ret_file, struct ajar_error *err);
bool four_eyes_key(const struct ajar_run *run, char **ret_file, struct ajar_error *err);

#endif

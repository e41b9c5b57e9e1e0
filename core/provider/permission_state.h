/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States of the kind `permission` (permission.c says what their facts mean): how each entry stands,
 * how two states compare, and what people read. Entries are numbered from 1.
 */
#ifndef AJAR_PROVIDER_PERMISSION_STATE_H
#define AJAR_PROVIDER_PERMISSION_STATE_H

#include "model/sddl.h"
#include "provider/provider.h"

#define PERMISSION_REVISION "acl-revision"

enum standing { ABSENT, COVERED, PRESENT };

/* A state that says nothing of an entry means all of them alike. */
enum standing permission_standing(const struct ajar_state *state, size_t number);

/* The facts `ace-N` and `is-N`. */
bool permission_state_add(struct ajar_state *state, size_t number, const struct sddl_ace *ace,
                          enum standing standing, struct ajar_error *err);

/* The fact `trustee-N`: whose name it was when it was looked up. */
bool permission_state_add_trustee(struct ajar_state *state, size_t number,
                                  const struct sid *trustee, struct ajar_error *err);

enum match permission_match(const struct ajar_state *now, const struct ajar_state *meant);

/* "(A;;RP;;;WD) absent, (A;;LC;;;WD) covered by another entry". To be freed. */
bool permission_phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whom a plan means: accounts and groups by SID, by well-known name, or by their name in the
 * directory's domain.
 */
#ifndef AJAR_PROVIDER_ACCOUNT_H
#define AJAR_PROVIDER_ACCOUNT_H

#include "base/sid.h"
#include "model/setting.h"
#include "transport/target.h"

/* Is this a SID's text, or a well-known name? */
bool account_known_sid(const char *text, struct sid *ret_sid);

/* The one object of the domain that has this account name; its DN comes with GUID and SID.
 * AJAR_EMISSING when there is none. `ret_found` is to be released. */
bool account_find(struct directory *directory, const char *name, struct directory_result *ret_found,
                  struct ajar_error *err);

/* The short name of the directory's domain, "SOURCE"; "" when it has none. To be freed. */
bool account_short_name(struct directory *directory, char **ret_name, struct ajar_error *err);

/* The SID of a SID's text, a well-known name, an account name of the directory's domain, or
 * DOMAIN\name with that domain's short name. AJAR_EMISSING when there is no such account. */
bool account_resolve(struct directory *directory, const char *account, struct sid *ret_sid,
                     struct ajar_error *err);

/* The SID of DOMAIN\name, by the short name of any domain of the target's forest. AJAR_EMISSING
 * when there is no such domain, or account. */
bool account_resolve_in_forest(struct target *target, const char *account, struct sid *ret_sid,
                               struct ajar_error *err);

/* Judges such a text in a field of a plan: one that begins like a SID must be one, for a mistyped
 * SID is not to be looked up as a name; any other must be able to be an account name ([MS-SAMR]
 * 3.1.1.6) or DOMAIN\name. AJAR_EPLAN, "file:line:". */
bool account_check_field(const struct setting *setting, const char *field, struct ajar_error *err);

/* Judges only what begins like a SID; for fields that may hold a DN, too. */
bool account_check_sid(const struct setting *setting, const char *field, struct ajar_error *err);

#endif

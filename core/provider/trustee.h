/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whom an entry of a DACL is about.
 */
#ifndef AJAR_PROVIDER_TRUSTEE_H
#define AJAR_PROVIDER_TRUSTEE_H

#include "base/sid.h"
#include "transport/directory.h"

/* The SID of what sddl_parse_trustee() leaves to be looked up: the two letters of a principal of
 * the domain, or an account's name. AJAR_EMISSING when there is no such account, or when the
 * principal is one of a forest whose first domain is another. */
bool trustee_resolve(struct directory *directory, const char *account, struct sid *ret_sid,
                     struct ajar_error *err);

/* The SID of the directory's domain. */
bool trustee_domain_sid(struct directory *directory, struct sid *ret_sid, struct ajar_error *err);

/* What people call it: the well-known name, the account's name in the directory's domain, or the
 * SID. To be freed. */
bool trustee_name(struct directory *directory, const struct sid *sid, char **ret_name,
                  struct ajar_error *err);

#endif

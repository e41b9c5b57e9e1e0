/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who is a member of a group, as the directory says it now. Members are compared by SID, never by
 * name: Windows stores Everyone as CN=S-1-1-0,CN=ForeignSecurityPrincipals,DC=..., Samba as
 * CN=Everyone,CN=WellKnown Security Principals,CN=Configuration,....
 *
 * Only what the group's `member` attribute holds counts. A primary group (primaryGroupID, [MS-ADTS]
 * 3.1.1.4.5.17) is a membership of another sort: it cannot be taken away like this one.
 */
#ifndef AJAR_PROVIDER_MEMBERSHIP_H
#define AJAR_PROVIDER_MEMBERSHIP_H

#include "base/guid.h"
#include "base/sid.h"
#include "transport/directory.h"

struct membership {
    char *group;    /* "<GUID=...>": a rename between reading and writing does no harm */
    struct sid sid; /* of the member */
    bool is_member;
    struct guid stored; /* the object that `member` holds; when is_member */

    /* The object of this domain that has the SID. Of a foreign SID there is none until it is made a
     * member of some group ([MS-SAMR] 3.1.1.8.9). */
    bool has_object;
    struct guid object;
    bool is_foreign; /* a foreignSecurityPrincipal */
    bool is_used;    /* a member of some group */
};

/* `group`: SID, well-known name, account name or DN; `member`: SID, well-known name, or account
 * name of the directory's domain, DOMAIN\name too. AJAR_EMISSING when there is no such group or
 * account. `ret_membership` is to be released. */
bool membership_read(struct directory *directory, const char *group, const char *member,
                     struct membership *ret_membership, struct ajar_error *err);

void membership_release(struct membership *membership);
DEFINE_OWNED_STRUCT(struct membership, membership_release);

#endif

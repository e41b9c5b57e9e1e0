/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one object that somebody names: a user whose password does not sync.
 *
 *     CN=Ann,OU=Staff,DC=source,DC=test    its DN; one that does not end in DC= is below the
 *                                          domain's head
 *     ann@source.test                      its userPrincipalName
 *     ann, SOURCE\ann                      its account name
 *     S-1-5-21-...-1105                    its SID
 */
#ifndef AJAR_PROVIDER_USER_H
#define AJAR_PROVIDER_USER_H

#include "base/guid.h"
#include "base/text.h"
#include "transport/directory.h"

enum user_match {
    USER_FOUND,
    USER_MISSING,   /* the domain has no such object */
    USER_SEVERAL,   /* it has more than one: a userPrincipalName need not be the only one */
    USER_ELSEWHERE, /* the name is one of another domain: nothing was asked */
};

struct user {
    enum user_match match;
    size_t count; /* how many there are */

    /* Of the one that was found: */
    struct guid guid;
    char *dn;
    struct directory_result entry; /* one entry: the attributes below */
};

/* What is read of it: objectClass, objectGUID, sAMAccountName, userPrincipalName,
 * userAccountControl, pwdLastSet, mailNickname, isCriticalSystemObject, adminDescription,
 * msExchRecipientTypeDetails. Only AJAR_EDENIED and troubles of the connection are failures.
 * `ret_user` is to be released. */
bool user_find(struct directory *directory, const char *name, struct user *ret_user,
               struct ajar_error *err);

/* An attribute's first value as text, or NULL. */
const char *user_text(const struct user *user, const char *attribute);

/* Is it a person's account: a user or an inetOrgPerson, and not what is derived from it (computers,
 * managed service accounts)? */
bool user_is_person(const struct user *user);

void user_release(struct user *user);
DEFINE_OWNED_STRUCT(struct user, user_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that an account goes by when a controller of the domain checks its access: its own SID, the
 * groups it is in through other groups too (tokenGroups, [MS-ADTS] 3.1.1.4.5.19), Everyone and
 * Authenticated Users where it is one of these, and the domain's groups that hold these two.
 */
#ifndef AJAR_PROVIDER_TOKEN_H
#define AJAR_PROVIDER_TOKEN_H

#include "base/sid.h"
#include "transport/target.h"

struct token {
    size_t count;
    struct sid *sids; /* the account's own first; each once */
    char *unread;     /* why a part of it is not known: a clause; NULL when it is whole */
};

/* In filters: a token holds no distribution groups. GROUP_TYPE_SECURITY_ENABLED ([MS-ADTS]
 * 2.2.12). */
#define TOKEN_SECURITY_GROUPS "(groupType:1.2.840.113556.1.4.803:=2147483648)"

/* An account that the domain does not know (one of another domain) is in those of the domain's
 * groups that hold it by its SID. `ret_token` is to be released. */
bool token_read(struct directory *directory, const struct sid *account, struct token *ret_token,
                struct ajar_error *err);

/* Of these, what has nothing to do with the groups that the domain counts up for an account of its
 * own. */
bool token_read_principals(struct directory *directory, const struct sid *account,
                           struct token *ret_token, struct ajar_error *err);

/* The same in the target's domain, for an account of whichever domain of its forest: with its
 * former SIDs, the groups of its own domain and the universal ones. What cannot be read of these is
 * left out, and told in `unread`; so it is with an account of another forest. */
bool token_read_in_forest(struct target *target, const struct sid *account, struct token *ret_token,
                          struct ajar_error *err);

/* Only its own SID and the groups that hold it, whatever a login adds. */
bool token_read_groups(struct directory *directory, const struct sid *account,
                       struct token *ret_token, struct ajar_error *err);

/* Adds a SID, another token's, or all that an attribute of the entry holds, unless they are there
 * already. */
bool token_add(struct token *token, const struct sid *sid, struct ajar_error *err);
bool token_add_all(struct token *token, const struct token *others, struct ajar_error *err);
bool token_add_values(struct token *token, const struct directory_entry *entry, const char *name,
                      struct ajar_error *err);

bool token_has(const struct token *token, const struct sid *sid);

void token_release(struct token *token);
DEFINE_OWNED_STRUCT(struct token, token_release);

#endif

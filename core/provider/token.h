/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All that an account goes by when a controller of the domain checks its access: its own SID, the
 * groups it is in through other groups too (tokenGroups, [MS-ADTS] 3.1.1.4.5.19), Everyone and
 * Authenticated Users where it is one of these, and the domain's groups that hold these two.
 */
#ifndef AJAR_PROVIDER_TOKEN_H
#define AJAR_PROVIDER_TOKEN_H

#include "base/sid.h"
#include "transport/directory.h"

struct token {
    size_t count;
    struct sid *sids; /* the account's own first; each once */
};

/* An account that the domain does not know (one of another domain) is in those of the domain's
 * groups that hold it by its SID. `ret_token` is to be released. */
bool token_read(struct directory *directory, const struct sid *account, struct token *ret_token,
                struct ajar_error *err);

/* Only its own SID and the groups that hold it, whatever a login adds. */
bool token_read_groups(struct directory *directory, const struct sid *account,
                       struct token *ret_token, struct ajar_error *err);

bool token_has(const struct token *token, const struct sid *sid);

void token_release(struct token *token);
DEFINE_OWNED_STRUCT(struct token, token_release);

#endif

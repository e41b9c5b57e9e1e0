/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the local security authority of one host audits ([MS-LSAD]). It is the effective policy by
 * its nine old categories, wherever it was set; sub-categories are not to be seen here.
 */
#ifndef AJAR_TRANSPORT_RPC_LSARPC_H
#define AJAR_TRANSPORT_RPC_LSARPC_H

#include "transport/rpc/pipe.h"

struct lsarpc; /* the bound pipe and the open policy */

/* POLICY_AUDIT_EVENT_TYPE ([MS-LSAD] 2.2.4.20): the places in the list on the wire. */
enum lsarpc_category {
    LSARPC_SYSTEM,
    LSARPC_LOGON,
    LSARPC_OBJECT_ACCESS,
    LSARPC_PRIVILEGE_USE,
    LSARPC_PROCESS_TRACKING,
    LSARPC_POLICY_CHANGE,
    LSARPC_ACCOUNT_MANAGEMENT,
    LSARPC_DS_ACCESS,
    LSARPC_ACCOUNT_LOGON,
};

#define LSARPC_AUDIT_CEILING 16

#define LSARPC_AUDIT_SUCCESS 1U
#define LSARPC_AUDIT_FAILURE 2U

struct lsarpc_audit {
    bool enabled; /* false: nothing is audited, whatever the options say */
    size_t count; /* Windows has nine categories, Samba the first seven */
    uint32_t options[LSARPC_AUDIT_CEILING]; /* by enum lsarpc_category: success, failure, or both */
};

/* Opens the policy, to look at what is audited, on a pipe that is bound to lsarpc. The pipe belongs
 * to `*ret_security` from then on; on failure it stays the caller's. `host` names it in errors. */
bool lsarpc_open(struct rpc_pipe *pipe, const char *host, struct lsarpc **ret_security,
                 struct ajar_error *err);

bool lsarpc_audit_policy(struct lsarpc *security, struct lsarpc_audit *ret_audit,
                         struct ajar_error *err);

/* Closes the pipe, too, and the policy with it. */
void lsarpc_close(struct lsarpc *security);
DEFINE_OWNED(struct lsarpc *, lsarpc_close);

#endif

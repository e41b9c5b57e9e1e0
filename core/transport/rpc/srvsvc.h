/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Server service of one host ([MS-SRVS]): what time it is there, and since when it runs.
 */
#ifndef AJAR_TRANSPORT_RPC_SRVSVC_H
#define AJAR_TRANSPORT_RPC_SRVSVC_H

#include "transport/rpc/pipe.h"

struct srvsvc; /* the bound pipe */

struct srvsvc_time {
    int64_t now;        /* the host's clock: seconds since 1970, UTC */
    uint32_t uptime_ms; /* wraps after 49.7 days; 0: the server does not tell (Samba) */
};

/* `host` names it in errors. The pipe, bound to srvsvc, belongs to `*ret_server` from then on; on
 * failure it stays the caller's. Sends nothing. */
bool srvsvc_open(struct rpc_pipe *pipe, const char *host, struct srvsvc **ret_server,
                 struct ajar_error *err);

bool srvsvc_remote_time(struct srvsvc *server, struct srvsvc_time *ret_time,
                        struct ajar_error *err);

/* When the Server service started: seconds since 1970, UTC. It is younger than the host when
 * somebody restarted it. AJAR_EMISSING when the server does not offer the call. */
bool srvsvc_server_start(struct srvsvc *server, int64_t *ret_start, struct ajar_error *err);

/* Closes the pipe, too. */
void srvsvc_close(struct srvsvc *server);
DEFINE_OWNED(struct srvsvc *, srvsvc_close);

#endif

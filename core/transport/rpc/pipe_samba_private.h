/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the pipe_samba*.c files share, and nobody else sees: the session, a pipe of it, and what
 * every wait needs.
 */
#ifndef AJAR_TRANSPORT_RPC_PIPE_SAMBA_PRIVATE_H
#define AJAR_TRANSPORT_RPC_PIPE_SAMBA_PRIVATE_H

#include "transport/rpc/pipe_samba.h"

#include <sys/time.h>

struct cli_credentials;
struct dcerpc_pipe;
struct loadparm_context;
struct tevent_context;

#define SEE_HOST "see whether the host is up and answers, then try again; --timeout waits longer"

struct deadline {
    struct timeval at;
    bool passed; /* somebody waited for longer */
};

struct smb_session {
    char *host;
    int timeout_ms;
    void *memory; /* a TALLOC_CTX: all that is below */
    struct tevent_context *events;
    struct loadparm_context *settings;
    struct cli_credentials *credentials;
    struct dcerpc_pipe *first; /* carries the connection, and each pipe after it */
    int open_pipes;
    bool broken;
    int kerberos_limit;       /* descriptor of a krb5.conf that says how long to wait for a KDC */
    struct deadline deadline; /* of the wait that is under way */
};

struct samba_pipe {
    struct rpc_pipe pipe;
    struct smb_session *session;
    struct dcerpc_pipe *samba;
    char *name;
};

/* Starts the clock: what follows must be done within the session's time limit. The timer is freed
 * with `memory`, a TALLOC_CTX. */
bool smb_session_set_deadline(struct smb_session *session, void *memory, struct ajar_error *err);

/* Says what `status`, an NTSTATUS, means. `doing` is what was under way; the host stands in front.
 * Returns false. */
bool smb_session_fail(const struct smb_session *session, uint32_t status, const char *doing,
                      struct ajar_error *err);

/* Connects a pipe that is named and counted already. */
bool samba_pipe_connect(struct samba_pipe *pipe, const struct rpc_interface *interface,
                        struct ajar_error *err);

#endif

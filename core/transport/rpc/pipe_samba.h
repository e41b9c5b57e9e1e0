/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A named pipe over SMB 3 (libdcerpc): always encrypted, and closed again when the server cannot
 * encrypt; Kerberos only, never anonymous. The session of a host is made once; each further pipe
 * rides on it. Samba's libraries keep process-wide state: one host a process.
 */
#ifndef AJAR_TRANSPORT_RPC_PIPE_SAMBA_H
#define AJAR_TRANSPORT_RPC_PIPE_SAMBA_H

#include "transport/login.h"
#include "transport/rpc/pipe.h"

struct smb_session; /* one host */

/* An interface and the pipe that serves it. */
struct rpc_interface {
    const char *pipe; /* "winreg" */
    uint8_t uuid[16]; /* as on the wire: little-endian */
    uint16_t major;
    uint16_t minor;
};

extern const struct rpc_interface rpc_winreg;   /* 338cd001-2244-31f1-aaaa-900038001003 v1.0 */
extern const struct rpc_interface rpc_svcctl;   /* 367abb81-9844-35f1-ad32-98f038001003 v2.0 */
extern const struct rpc_interface rpc_srvsvc;   /* 4b324fc8-1670-01d3-1278-5a47bf6ee188 v3.0 */
extern const struct rpc_interface rpc_lsarpc;   /* 12345778-1234-abcd-ef00-0123456789ab v0.0 */
extern const struct rpc_interface rpc_eventlog; /* 82273fdc-e32a-18c3-3f78-827929dc23ea v0.0 */

/* Prepares a session with `host` (a DNS name); connects when the first pipe is opened. */
bool smb_session_open(const char *host, const struct login *login, const struct ticket *ticket,
                      struct smb_session **ret_session, struct ajar_error *err);

/* Opens the pipe and binds. A pipe that is not there yet (the service starts on demand:
 * NT_STATUS_PIPE_NOT_AVAILABLE, NT_STATUS_OBJECT_NAME_NOT_FOUND) is tried again for a few seconds.
 * AJAR_EUNREACHABLE, AJAR_ETIMEOUT, AJAR_ELOGIN, AJAR_EINSECURE (no encryption), AJAR_EDENIED,
 * AJAR_EMISSING (no such pipe); `native` is the NTSTATUS, the text names the host. */
bool smb_session_pipe(struct smb_session *session, const struct rpc_interface *interface,
                      struct rpc_pipe **ret_pipe, struct ajar_error *err);

/* Did a call get no answer, or the server end the connection? All open pipes are of no use then,
 * and the next one connects anew once they are closed. False before the first pipe. */
bool smb_session_is_broken(const struct smb_session *session);

/* After all its pipes. */
void smb_session_close(struct smb_session *session);
DEFINE_OWNED(struct smb_session *, smb_session_close);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States of a session: no connection (`first` is NULL) -> connected -> broken. smb_session_pipe()
 * makes the connection, with the first pipe; call() breaks it, by an answer that did not come.
 * smb_session_pipe() starts over when no pipe is open any more.
 */
#include "transport/rpc/pipe_samba_private.h"

#include "base/text.h"

#include <core/ntstatus.h>
#include <dcerpc.h>
#include <tevent.h>
#include <util/tevent_ntstatus.h>

DEFINE_OWNED(TALLOC_CTX *, talloc_free);

const struct rpc_interface rpc_winreg = {
    .pipe = "winreg",
    .uuid = { 0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00,
              0x10, 0x03 },
    .major = 1,
    .minor = 0,
};

const struct rpc_interface rpc_svcctl = {
    .pipe = "svcctl",
    .uuid = { 0x81, 0xbb, 0x7a, 0x36, 0x44, 0x98, 0xf1, 0x35, 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00,
              0x10, 0x03 },
    .major = 2,
    .minor = 0,
};

const struct rpc_interface rpc_srvsvc = {
    .pipe = "srvsvc",
    .uuid = { 0xc8, 0x4f, 0x32, 0x4b, 0x70, 0x16, 0xd3, 0x01, 0x12, 0x78, 0x5a, 0x47, 0xbf, 0x6e,
              0xe1, 0x88 },
    .major = 3,
    .minor = 0,
};

const struct rpc_interface rpc_lsarpc = {
    .pipe = "lsarpc",
    .uuid = { 0x78, 0x57, 0x34, 0x12, 0x34, 0x12, 0xcd, 0xab, 0xef, 0x00, 0x01, 0x23, 0x45, 0x67,
              0x89, 0xab },
    .major = 0,
    .minor = 0,
};

const struct rpc_interface rpc_eventlog = {
    .pipe = "eventlog",
    .uuid = { 0xdc, 0x3f, 0x27, 0x82, 0x2a, 0xe3, 0xc3, 0x18, 0x3f, 0x78, 0x82, 0x79, 0x29, 0xdc,
              0x23, 0xea },
    .major = 0,
    .minor = 0,
};

static void samba_pipe_free(struct samba_pipe *pipe)
{
    /* The first one carries the connection and stays with the session. */
    if (pipe->samba && pipe->samba != pipe->session->first)
        talloc_free(pipe->samba);
    pipe->session->open_pipes--;
    free(pipe->name);
    free(pipe);
}
DEFINE_OWNED(struct samba_pipe *, samba_pipe_free);

static void close_pipe(struct rpc_pipe *pipe)
{
    samba_pipe_free((struct samba_pipe *)pipe);
}

/* A fault is the server's own answer; anything else means that the answer did not come. */
static bool fail_call(struct samba_pipe *pipe, NTSTATUS code, struct ajar_error *err)
{
    struct smb_session *session = pipe->session;
    uint32_t fault = pipe->samba->last_fault_code;

    if (fault != 0 && NT_STATUS_EQUAL(code, NT_STATUS_ACCESS_DENIED))
        return smb_session_fail(session, NT_STATUS_V(code), pipe->name, err);
    if (fault != 0) {
        ajar_fail(err, AJAR_EPROTOCOL, "%s: %s: the server answers with fault 0x%08x (%s)",
                  session->host, pipe->name, fault, nt_errstr(code));
        return ajar_native(err, fault);
    }
    session->broken = true;
    if (session->deadline.passed || NT_STATUS_EQUAL(code, NT_STATUS_IO_TIMEOUT))
        return smb_session_fail(session, NT_STATUS_V(code), pipe->name, err);
    ajar_fail(err, AJAR_ETIMEOUT, "%s: %s: the connection broke before an answer came (%s)",
              session->host, pipe->name, nt_errstr(code));
    ajar_hint(err, SEE_HOST);
    return ajar_native(err, NT_STATUS_V(code));
}

/* Runs one call within the time limit; all that it allocates is `memory`'s. */
static NTSTATUS run_call(struct samba_pipe *pipe, TALLOC_CTX *memory, unsigned opnum,
                         const struct bytes *request, struct bytes *ret_view)
{
    struct tevent_context *events = pipe->session->events;
    struct tevent_req *call;
    uint32_t flags = 0;

    pipe->samba->last_fault_code = 0;
    call = dcerpc_binding_handle_raw_call_send(memory, events, pipe->samba->binding_handle, NULL,
                                               opnum, 0, request->at, request->size);
    if (!call)
        return NT_STATUS_NO_MEMORY;
    if (!tevent_req_poll(call, events))
        return NT_STATUS_IO_TIMEOUT;
    return dcerpc_binding_handle_raw_call_recv(call, memory, &ret_view->at, &ret_view->size,
                                               &flags);
}

static bool call(struct rpc_pipe *rpc_pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct samba_pipe *pipe = (struct samba_pipe *)rpc_pipe;
    struct smb_session *session = pipe->session;
    OWNED(talloc_free) TALLOC_CTX *memory = talloc_new(session->memory);
    struct bytes view = { 0 };
    NTSTATUS code;

    if (!memory)
        return ajar_no_memory(err);
    /* A pipe that ended without a call: whoever asks is told once, and connects anew. */
    if (!dcerpc_binding_handle_is_connected(pipe->samba->binding_handle))
        session->broken = true;
    if (session->broken)
        return ajar_fail(err, AJAR_EUNREACHABLE,
                         "%s: %s: the connection broke earlier; nothing was sent", session->host,
                         pipe->name);
    if (!smb_session_set_deadline(session, memory, err))
        return false;
    code = run_call(pipe, memory, opnum, request, &view);
    if (!NT_STATUS_IS_OK(code))
        return fail_call(pipe, code, err);
    return bytes_copy(view.at, view.size, ret_answer, err);
}

static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };

bool smb_session_is_broken(const struct smb_session *session)
{
    return session->first &&
           (session->broken || !dcerpc_binding_handle_is_connected(session->first->binding_handle));
}

/* Frees a connection that broke, once nobody uses it any more. */
static bool forget_broken(struct smb_session *session, struct ajar_error *err)
{
    if (!smb_session_is_broken(session))
        return true;
    if (session->open_pipes > 0)
        return ajar_fail(err, AJAR_EUNREACHABLE, "%s: the connection broke earlier", session->host);
    talloc_free(session->first);
    session->first = NULL;
    session->broken = false;
    return true;
}

bool smb_session_pipe(struct smb_session *session, const struct rpc_interface *interface,
                      struct rpc_pipe **ret_pipe, struct ajar_error *err)
{
    OWNED(samba_pipe_free) struct samba_pipe *pipe = NULL;

    if (!forget_broken(session, err))
        return false;
    pipe = calloc(1, sizeof(*pipe));
    if (!pipe)
        return ajar_no_memory(err);
    pipe->pipe.methods = &methods;
    pipe->session = session;
    session->open_pipes++;
    pipe->name = text_make("pipe %s", interface->pipe);
    if (!pipe->name)
        return ajar_no_memory(err);
    if (!samba_pipe_connect(pipe, interface, err))
        return false;
    *ret_pipe = &pipe->pipe;
    pipe = NULL;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/srvsvc.h"

#include "base/text.h"
#include "transport/rpc/srvsvc_codec.h"

/* The fault of a server that does not have the call ([C706] appendix N), and the Win32 errors that
 * say the same ([MS-ERREF] 2.2): not supported, call not implemented, wrong level. */
#define FAULT_NO_SUCH_CALL 0x1c010002U
#define DENIED             5U
#define NOT_SUPPORTED      50U
#define NOT_IMPLEMENTED    120U
#define WRONG_LEVEL        124U

struct srvsvc {
    struct rpc_pipe *pipe;
    char *host;
};

bool srvsvc_open(struct rpc_pipe *pipe, const char *host, struct srvsvc **ret_server,
                 struct ajar_error *err)
{
    OWNED(free) struct srvsvc *server = calloc(1, sizeof(*server));

    if (!server)
        return ajar_no_memory(err);
    server->pipe = pipe;
    server->host = text_copy(host);
    if (!server->host)
        return ajar_no_memory(err);
    *ret_server = server;
    server = NULL;
    return true;
}

static bool is_not_offered(uint32_t code)
{
    return code == FAULT_NO_SUCH_CALL || code == NOT_SUPPORTED || code == NOT_IMPLEMENTED ||
           code == WRONG_LEVEL;
}

/* True for code 0. */
static bool judge(uint32_t code, struct ajar_error *err)
{
    if (code == 0)
        return true;
    if (code == DENIED)
        ajar_fail(err, AJAR_EDENIED, "access denied");
    else if (is_not_offered(code))
        ajar_fail(err, AJAR_EMISSING, "the server does not offer the call");
    else
        ajar_fail(err, AJAR_EPROTOCOL, "the server answers with Win32 error %u", code);
    return ajar_native(err, code);
}

/* Sends a request that its codec made; a fault of a server that does not have the call is
 * AJAR_EMISSING, too. */
static bool call(struct srvsvc *server, enum srvsvc_opnum opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    if (rpc_call(server->pipe, opnum, request, ret_answer, err))
        return true;
    if (err->native != FAULT_NO_SUCH_CALL)
        return false;
    *err = AJAR_NO_ERROR;
    return judge(FAULT_NO_SUCH_CALL, err);
}

bool srvsvc_remote_time(struct srvsvc *server, struct srvsvc_time *ret_time, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct srvsvc_time time;
    uint32_t code;

    if (!srvsvc_write_remote_tod(&request, err) ||
        !call(server, SRVSVC_REMOTE_TOD, &request, &answer, err) ||
        !srvsvc_read_remote_tod(&answer, &time, &code, err) || !judge(code, err))
        return ajar_while(err, "could not ask %s for its time", server->host);
    *ret_time = time;
    return true;
}

bool srvsvc_server_start(struct srvsvc *server, int64_t *ret_start, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    int64_t start;
    uint32_t code;

    if (!srvsvc_write_statistics_get(&request, err) ||
        !call(server, SRVSVC_STATISTICS_GET, &request, &answer, err) ||
        !srvsvc_read_statistics_get(&answer, &start, &code, err) || !judge(code, err))
        return ajar_while(err, "could not ask %s since when its Server service runs", server->host);
    *ret_start = start;
    return true;
}

void srvsvc_close(struct srvsvc *server)
{
    rpc_pipe_close(server->pipe);
    free(server->host);
    free(server);
}

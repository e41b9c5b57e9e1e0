/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/lsarpc.h"

#include "base/text.h"
#include "transport/rpc/lsarpc_codec.h"

#define STATUS_ACCESS_DENIED 0xc0000022U

struct lsarpc {
    struct rpc_pipe *pipe;
    char *host;
    struct lsarpc_handle policy;
};

/* True for code 0. */
static bool judge(uint32_t code, struct ajar_error *err)
{
    if (code == 0)
        return true;
    if (code == STATUS_ACCESS_DENIED)
        ajar_fail(err, AJAR_EDENIED, "access denied");
    else
        ajar_fail(err, AJAR_EPROTOCOL, "the server answers with status 0x%08x", code);
    return ajar_native(err, code);
}

static bool open_policy(struct lsarpc *security, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    uint32_t code;

    return lsarpc_write_open_policy(&request, err) &&
           rpc_call(security->pipe, LSARPC_OPEN_POLICY_2, &request, &answer, err) &&
           lsarpc_read_open_policy(&answer, &security->policy, &code, err) && judge(code, err);
}

bool lsarpc_open(struct rpc_pipe *pipe, const char *host, struct lsarpc **ret_security,
                 struct ajar_error *err)
{
    OWNED(free) char *name = text_copy(host);
    OWNED(free) struct lsarpc *security = calloc(1, sizeof(*security));

    if (!security || !name)
        return ajar_no_memory(err);
    security->pipe = pipe;
    if (!open_policy(security, err))
        return ajar_while(err, "could not open the security policy of %s", host);
    security->host = name;
    name = NULL;
    *ret_security = security;
    security = NULL;
    return true;
}

bool lsarpc_audit_policy(struct lsarpc *security, struct lsarpc_audit *ret_audit,
                         struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct lsarpc_audit audit;
    uint32_t code;

    if (!lsarpc_write_query_audit(&security->policy, &request, err) ||
        !rpc_call(security->pipe, LSARPC_QUERY_INFORMATION_POLICY, &request, &answer, err) ||
        !lsarpc_read_query_audit(&answer, &audit, &code, err) || !judge(code, err))
        return ajar_while(err, "could not read what %s audits", security->host);
    *ret_audit = audit;
    return true;
}

void lsarpc_close(struct lsarpc *security)
{
    rpc_pipe_close(security->pipe);
    free(security->host);
    free(security);
}

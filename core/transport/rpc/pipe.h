/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A named pipe on which an RPC interface is bound: what a client of the interface needs, and
 * nothing of how the bytes travel. pipe_samba.c is the real one; tests put a fake in its place.
 */
#ifndef AJAR_TRANSPORT_RPC_PIPE_H
#define AJAR_TRANSPORT_RPC_PIPE_H

#include <ajar/error.h>

#include "base/bytes.h"

struct rpc_pipe;

/* What a kind of pipe can do. */
struct rpc_pipe_methods {
    /* One request and its answer ([C706] 12.6.4.9, .10). `ret_answer` is the stub of the response,
     * to be released. A fault of the server is AJAR_EDENIED (access denied), or AJAR_EPROTOCOL with
     * the fault's code as `native`. A pipe that broke or an answer that did not come within the
     * time limit is AJAR_ETIMEOUT: whether the server did what was asked is not known. */
    bool (*call)(struct rpc_pipe *pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err);
    void (*close)(struct rpc_pipe *pipe);
};

/* The first member of each kind of pipe. */
struct rpc_pipe {
    const struct rpc_pipe_methods *methods;
};

static inline bool rpc_call(struct rpc_pipe *pipe, unsigned opnum, const struct bytes *request,
                            struct bytes *ret_answer, struct ajar_error *err)
{
    return pipe->methods->call(pipe, opnum, request, ret_answer, err);
}

static inline void rpc_pipe_close(struct rpc_pipe *pipe)
{
    pipe->methods->close(pipe);
}
DEFINE_OWNED(struct rpc_pipe *, rpc_pipe_close);

#endif

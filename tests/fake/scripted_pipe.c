/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/scripted_pipe.h"

#include <string.h>

struct scripted_pipe {
    struct rpc_pipe pipe;
    const struct script_line *lines;
    size_t left;
    bool *closed;
};

static void expect(bool truth)
{
    if (!truth)
        abort();
}

static void compare(const struct bytes *request, const char *expected)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *hex = NULL;

    expect(bytes_to_hex(request->at, request->size, &hex, &err));
    if (strcmp(hex, expected) != 0) {
        (void)fprintf(stderr, "request  %s\nexpected %s\n", hex, expected);
        abort();
    }
}

static bool call(struct rpc_pipe *rpc_pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    struct scripted_pipe *pipe = (struct scripted_pipe *)rpc_pipe;
    const struct script_line *line = pipe->lines;

    expect(pipe->left > 0 && line->opnum == opnum);
    pipe->left--;
    pipe->lines++;
    if (line->request)
        compare(request, line->request);
    if (line->answer)
        return bytes_from_hex(line->answer, ret_answer, err);
    ajar_fail(err, AJAR_EPROTOCOL, "the server answers with fault 0x%08x", line->fault);
    return ajar_native(err, line->fault);
}

static void close_pipe(struct rpc_pipe *rpc_pipe)
{
    struct scripted_pipe *pipe = (struct scripted_pipe *)rpc_pipe;

    *pipe->closed = true;
    free(pipe);
}

struct rpc_pipe *scripted_pipe(const struct script_line *lines, size_t count, bool *ret_closed)
{
    static const struct rpc_pipe_methods methods = { .call = call, .close = close_pipe };
    struct scripted_pipe *pipe = calloc(1, sizeof(*pipe));

    expect(pipe != NULL);
    *pipe = (struct scripted_pipe){ { &methods }, lines, count, ret_closed };
    *ret_closed = false;
    return &pipe->pipe;
}

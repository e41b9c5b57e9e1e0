/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A pipe that answers by a script: one answer for each call, each with the number and the bytes
 * that it waits for.
 */
#ifndef SCRIPTED_PIPE_H
#define SCRIPTED_PIPE_H

#include "transport/rpc/pipe.h"

struct script_line {
    unsigned opnum;
    const char *request; /* hexadecimal; NULL: any */
    const char *answer;  /* hexadecimal; NULL: a fault */
    uint32_t fault;
};

/* The lines must outlive the pipe. A call that does not fit its line, and one after the last,
 * aborts. `ret_closed` is set when the pipe closes. */
struct rpc_pipe *scripted_pipe(const struct script_line *lines, size_t count, bool *ret_closed);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The command lines to type next for a cause that a log shows: whole ones, with what --set gave,
 * and quoted for a shell.
 */
#ifndef AJAR_CMD_ADVICE_H
#define AJAR_CMD_ADVICE_H

#include "named_plans.h"

struct advice {
    size_t count;
    char **lines;
    bool faulty; /* out of memory: a line is missing */
};

/* For the requirements of each plan that the cause bears on `ajar check`, for the settings and
 * steps of each `ajar plan`, and `ajar status --live` where there are settings. To be released. */
struct advice advice_for(const struct ajar_found *found, const struct named_plans *plans);
void advice_release(struct advice *advice);

#endif

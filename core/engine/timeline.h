/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time of a window, as the commits of the journal tell it: when it was opening, when it was
 * open and waited for something, when it was closed. Between two commits nobody looked.
 */
#ifndef AJAR_ENGINE_TIMELINE_H
#define AJAR_ENGINE_TIMELINE_H

#include <ajar/diagnose.h>

#include "engine/run.h"

struct timeline_step {
    int64_t from; /* 0 for the first one, which is before the window opened */
    enum ajar_phase phase;
    char *subject; /* NULL: no commit, but its end, or the first step */
    size_t waiting_count;
    char **waiting; /* "registry x on dc1.test: restart" */
};

struct timeline {
    size_t count;
    struct timeline_step *steps; /* `from` ascends */
};

/* The run must have opened its journal. */
bool timeline_read(struct ajar_run *run, const char *window, struct timeline *ret_timeline,
                   struct ajar_error *err);

void timeline_release(struct timeline *timeline);
DEFINE_OWNED_STRUCT(struct timeline, timeline_release);

#endif

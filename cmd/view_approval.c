/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>

/* An approval's name has at most 150 characters. */
enum { LINE_SIZE = 1024 };

void view_approvals(struct sink *sink, const struct ajar_window *window)
{
    for (size_t i = 0; i < window->approval_count; i++) {
        const struct ajar_approval *approval = &window->approvals[i];
        char at[AJAR_TIME_SIZE];
        char until[AJAR_TIME_SIZE];
        char line[LINE_SIZE];

        ajar_time_text(approval->at, at);
        ajar_time_text(approval->until, until);
        if (approval->trouble)
            (void)snprintf(line, sizeof(line), "%s: %s", approval->by, approval->trouble);
        else
            (void)snprintf(line, sizeof(line), "%s at %s, until %s", approval->by, at, until);
        view_fact(sink, 0, approval->trouble ? "not counted" : "approved by", line);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_close_due(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_close_due(session->run, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_close_due(stdout, report, err);
    view_close_due(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar close-due",
    "ajar close-due --json",
    NULL,
};

/* For a timer: it asks nothing, so it takes no --yes. */
const struct command command_close_due = {
    .name = "close-due",
    .summary = "close every window past its end; for a timer",
    .examples = examples,
    .needs = NEEDS_RUN | WRITES,
    .run = run_close_due,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_status(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    bool live = session->options->live;

    if (!ajar_status(session->run, session->operand, live, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_status(stdout, report, err);
    view_status(screen_out(session->screen), report, live);
    return true;
}

static const char *const examples[] = {
    "ajar status --live",
    "ajar status WINDOW",
    NULL,
};

const struct command command_status = {
    .name = "status",
    .operand = "[WINDOW]",
    .summary = "windows, what is open, overdue, waiting for a restart",
    .examples = examples,
    .needs = NEEDS_RUN,
    .run = run_status,
};

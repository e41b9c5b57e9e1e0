/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_resume(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_resume(session->run, session->operand,
                     (const char *const *)session->options->confirmed.items, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-resume/1", report, err);
    view_outcome(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar resume",
    "ajar resume WINDOW",
    NULL,
};

/* Somebody said yes when the apply or rollback began: the engine asks no second time. */
const struct command command_resume = {
    .name = "resume",
    .operand = "[WINDOW]",
    .summary = "finish an interrupted apply or rollback",
    .examples = examples,
    .needs = NEEDS_RUN | WRITES,
    .run = run_resume,
};

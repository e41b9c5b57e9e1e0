/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_show(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_show(session->run, session->operand, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-show/1", report, err);
    view_story(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar show",
    "ajar show WINDOW",
    NULL,
};

const struct command command_show = {
    .name = "show",
    .operand = "[WINDOW]",
    .summary = "the story of a window: who, why, and each change before, open and after",
    .examples = examples,
    .needs = NEEDS_RUN,
    .run = run_show,
};

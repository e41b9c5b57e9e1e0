/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_audit(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_audit(session->run, session->plan, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_audit(stdout, session->plan, report, err);
    view_audit(screen_out(session->screen), session->plan, report);
    return true;
}

static const char *const examples[] = {
    "ajar audit admt-password-migration --set source-domain=source.test",
    "ajar audit ./my-plan.ini --json",
    NULL,
};

const struct command command_audit = {
    .name = "audit",
    .operand = "PLAN",
    .summary = "find what of the plan is open now without a window; change nothing",
    .examples = examples,
    .needs = NEEDS_PLAN | NEEDS_RUN,
    .run = run_audit,
};

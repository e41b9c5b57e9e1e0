/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "only.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static bool run_check(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    const struct ajar_check_options check = {
        .only = (const char *const *)session->options->only.items,
        .object = session->options->object,
    };

    if (!ajar_check(session->run, session->plan, &check, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_check(stdout, session->plan, report, err);
    view_check(screen_out(session->screen), session->plan, report);
    return true;
}

static const char *const examples[] = {
    "ajar check admt-password-migration --set source-domain=source.test",
    "ajar check ./my-plan.ini --only names-resolve --only restrict-anonymous",
    "ajar check ./my-plan.ini --object anna@source.test --json",
    NULL,
};

const struct command command_check = {
    .name = "check",
    .operand = "PLAN",
    .summary = "see whether what the plan requires holds; change nothing",
    .examples = examples,
    .needs = NEEDS_PLAN | NEEDS_RUN,
    .check_plan = only_check,
    .run = run_check,
};

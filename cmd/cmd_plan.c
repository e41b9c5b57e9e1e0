/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "only.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

/* That changes are pending is news only to who asked for it. */
static enum ajar_exit exit_of(const struct options *options, const struct ajar_report *report)
{
    size_t pending = 0;

    if (report->exit != AJAR_EXIT_DONE && report->exit != AJAR_EXIT_PENDING)
        return report->exit;
    for (size_t i = 0; i < report->count; i++) {
        struct view_tally tally = view_tally(&report->windows[i]);

        pending += tally.create + tally.modify + tally.remove;
    }
    return options->detailed_exitcode && pending ? AJAR_EXIT_PENDING : AJAR_EXIT_DONE;
}

static bool check_plan(const struct options *options, struct ajar_error *err)
{
    if (!options->out || options->only.count == 0)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "--out saves a whole plan, and --only looks at a part");
    return ajar_hint(err, "leave one of them out");
}

static bool run_plan(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    const struct ajar_plan_options plan = {
        .toward = options_toward(session->options),
        .only = (const char *const *)session->options->only.items,
        .out = session->options->out,
    };
    struct sink *sink;

    if (!ajar_plan(session->run, session->plan, &plan, &report, err))
        return false;
    *ret_exit = exit_of(session->options, report);
    if (session->options->json)
        return json_print_plan(stdout, session->plan, report, *ret_exit, err);
    sink = screen_out(session->screen);
    view_plan(sink, session->plan, report);
    if (report->summary)
        sink_line(sink, STYLE_PLAIN, report->summary);
    if (report->policy)
        sink_line(sink, STYLE_CARE, report->policy);
    view_journal(sink, report);
    view_saved_place(sink, report);
    return true;
}

static const char *const examples[] = {
    "ajar plan admt-password-migration --set source-domain=source.test",
    "ajar plan ./my-plan.ini --detailed-exitcode",
    "ajar plan ./my-plan.ini --out monday.plan",
    NULL,
};

const struct command command_plan = {
    .name = "plan",
    .operand = "PLAN",
    .summary = "show what would change; change nothing",
    .examples = examples,
    .needs = NEEDS_PLAN | NEEDS_RUN,
    .check = check_plan,
    .check_plan = only_check,
    .run = run_plan,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

#include <time.h>

static enum ajar_toward toward(const struct session *session)
{
    return session->saved ? ajar_saved_about(session->saved)->toward
                          : options_toward(session->options);
}

/* Nothing is exposed by closing: there is nothing that has to end. */
static bool check_end(const struct options *options, struct ajar_error *err)
{
    if (!options->close)
        return true;
    if (!options->duration && !options->until)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE,
                    "--close brings settings to their safe state, which has no "
                    "end: it takes neither --for nor --until");
    return ajar_hint(err, "leave it out");
}

static bool check_apply(const struct options *options, struct ajar_error *err)
{
    if (!check_end(options, err))
        return false;
    if (options->duration && options->until) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--for and --until both say when the window ends");
        return ajar_hint(err, "leave one of them out");
    }
    if (options->until && options->until <= (int64_t)time(NULL)) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--until: that time is past");
        return ajar_hint(err, "times are UTC; --for 72h counts from now");
    }
    if (!options->reason) {
        (void)ajar_fail(err, AJAR_EUSAGE, "apply needs --reason: the journal says why");
        return ajar_hint(err, "add for example --reason \"migration of the Berlin accounts\"");
    }
    return true;
}

/* What a plan sets to stay has no end either. */
static bool check_plan(const struct session *session, struct ajar_error *err)
{
    const struct options *options = session->options;
    const struct ajar_plan *plan = session->plan;
    bool has_end = options->duration || options->until;

    if (session->saved && toward(session) == AJAR_TOWARD_CLOSED && has_end) {
        (void)ajar_fail(err, AJAR_EUSAGE,
                        "%s brings settings to their safe state, which has no end: it takes "
                        "neither --for nor --until",
                        session->operand);
        return ajar_hint(err, "leave it out");
    }
    if (ajar_plan_permanent(plan) && has_end) {
        (void)ajar_fail(err, AJAR_EUSAGE,
                        "a repair has no end, and %s is one: it takes neither --for nor --until",
                        ajar_plan_name(plan));
        return ajar_hint(err, "leave it out; ajar rollback WINDOW takes a repair back");
    }
    if (toward(session) == AJAR_TOWARD_CLOSED || ajar_plan_permanent(plan) || has_end)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "a window has an end: apply needs --for or --until");
    return ajar_hint(err, "add for example --for 72h");
}

static const char *ask_apply(const struct session *session)
{
    return ajar_plan_permanent(session->plan) ? "Make this repair?" : "Open this window?";
}

static void preview_apply(struct session *session, struct sink *sink,
                          const struct ajar_report *plan)
{
    const struct options *options = session->options;
    char until[VIEW_TIME_SIZE];
    bool closes = toward(session) == AJAR_TOWARD_CLOSED;

    view_plan(sink, session->plan, plan);
    sink_end_line(sink);
    if (session->saved)
        view_saved_about(sink, ajar_saved_about(session->saved));
    if (closes)
        sink_line(sink, STYLE_PLAIN, "Toward the safe state of each setting that says what it is.");
    view_time(options->until ? options->until : (int64_t)time(NULL) + options->duration, until);
    if (!closes && !ajar_plan_permanent(session->plan))
        view_fact(sink, 0, "until", until);
    view_failure_policy(sink, plan);
    view_fact(sink, 0, "reason", options->reason);
    view_fact(sink, 0, "ticket", options->ticket);
    sink_end_line(sink);
}

static bool perform(const struct session *session, const struct ajar_apply_options *options,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    return session->saved ? ajar_apply_saved(session->run, session->saved, options, ret_report, err)
                          : ajar_apply(session->run, session->plan, options, ret_report, err);
}

static bool run_apply(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    struct ajar_apply_options apply = {
        .toward = toward(session),
        .duration = session->options->duration,
        .until = session->options->until,
        .reason = session->options->reason,
        .ticket = session->options->ticket,
        .despite = (const char *const *)session->options->despite.items,
        .confirmed = (const char *const *)session->options->confirmed.items,
        .failure = session->options->failure,
    };

    if (!perform(session, &apply, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-apply/1", report, err);
    view_outcome(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar apply admt-password-migration --for 72h --reason \"Berlin accounts\"",
    "ajar apply ./my-plan.ini --until 2026-11-21T08:00:00Z --reason TEXT --ticket CHG-1 --yes",
    "ajar apply PLAN --for 72h --reason TEXT --canary 1 --on-failure undo",
    "ajar apply ./my-plan.ini --close --reason \"left open by hand\"",
    "ajar apply monday.plan --for 72h --reason \"Berlin accounts\"",
    NULL,
};

const struct command command_apply = {
    .name = "apply",
    .operand = "PLAN|SAVED",
    .summary = "open a window: make the changes, each one recorded first",
    .examples = examples,
    .needs = NEEDS_PLAN | TAKES_SAVED | NEEDS_RUN | NEEDS_CONSENT | WRITES,
    .check = check_apply,
    .check_plan = check_plan,
    .run = run_apply,
    .preview = preview_apply,
    .question = ask_apply,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

#include <ajar/approve.h>

/* A week: from the meeting to the weekend after the next. */
#define USUAL_DURATION (INT64_C(7) * 86400)

static int64_t duration(const struct options *options)
{
    return options->duration ? options->duration : USUAL_DURATION;
}

static const char *ask_approve(const struct session *session)
{
    (void)session;
    return "Approve of this plan?";
}

static void preview_approve(struct session *session, struct sink *sink,
                            const struct ajar_report *report)
{
    view_saved(sink, session->saved, report);
    view_approvals(sink, &report->windows[0]);
    sink_end_line(sink);
    sink_line(sink, STYLE_PLAIN, report->policy);
    sink_end_line(sink);
}

/* Who was not asked has seen nothing yet. */
static void show(const struct session *session, const struct ajar_report *report)
{
    struct sink *sink = screen_out(session->screen);

    if (session->options->yes)
        view_saved(sink, session->saved, report);
    view_approvals(sink, &report->windows[0]);
    sink_end_line(sink);
    sink_line(sink, STYLE_TITLE, report->summary);
    sink_line(sink, STYLE_PLAIN, report->policy);
}

static bool approve(struct session *session, struct ajar_report **ret_report,
                    struct ajar_error *err)
{
    const struct options *options = session->options;
    const struct ajar_approve_options wish = {
        .key = options->key,
        .as = options->as,
        .duration = duration(options),
        .may_ask = session->screen->asks,
    };

    return ajar_approve(session->run, session->saved, &wish, ret_report, err);
}

static bool run_approve(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_saved_free) struct ajar_saved *saved = NULL;
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_saved_load(session->operand, &saved, err))
        return false;
    session->saved = saved;
    if (!approve(session, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_saved(stdout, "ajar-approve/1", saved, report, err);
    show(session, report);
    return true;
}

static const char *const examples[] = {
    "ajar approve monday.plan",
    "ajar approve monday.plan --key ~/.ssh/id_ed25519.pub --for 3d",
    "ajar approve monday.plan --as bob@example.test --yes",
    NULL,
};

const struct command command_approve = {
    .name = "approve",
    .operand = "SAVED",
    .summary = "sign a saved plan with an SSH key, for the operator who applies it",
    .examples = examples,
    .needs = NEEDS_RUN | NEEDS_CONSENT,
    .run = run_approve,
    .preview = preview_approve,
    .question = ask_approve,
};

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

#include <time.h>

static bool check_extend(const struct options *options, struct ajar_error *err)
{
    if (options->duration && options->until) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--for and --until both say when the window ends");
        return ajar_hint(err, "leave one of them out");
    }
    if (!options->duration && !options->until) {
        (void)ajar_fail(err, AJAR_EUSAGE, "extend needs --for or --until");
        return ajar_hint(err, "--for 24h is 24 hours later than the present end");
    }
    if (options->until && options->until <= (int64_t)time(NULL)) {
        (void)ajar_fail(err, AJAR_EUSAGE, "--until: that time is past");
        return ajar_hint(err, "times are UTC; --for 24h counts from the present end");
    }
    if (!options->reason) {
        (void)ajar_fail(err, AJAR_EUSAGE, "extend needs --reason: the journal says why");
        return ajar_hint(err, "add for example --reason \"one site is not migrated yet\"");
    }
    return true;
}

static void preview_extend(struct session *session, struct sink *sink,
                           const struct ajar_report *plan)
{
    (void)session;
    for (size_t i = 0; i < plan->count; i++) {
        sink_format(sink, STYLE_TITLE, "Window %s (%s)", plan->windows[i].id,
                    plan->windows[i].plan);
        sink_end_line(sink);
        view_last_extension(sink, &plan->windows[i]);
        sink_end_line(sink);
    }
}

static const char *ask_extend(const struct session *session)
{
    (void)session;
    return "Extend this window?";
}

static bool run_extend(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    const struct ajar_extend_options extend = {
        .duration = session->options->duration,
        .until = session->options->until,
        .reason = session->options->reason,
    };

    if (!ajar_extend(session->run, session->operand, &extend, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-extend/1", report, err);
    view_extended(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar extend WINDOW --for 24h --reason \"one site is not migrated yet\"",
    "ajar extend WINDOW --until 2026-11-21T08:00:00Z --reason TEXT --yes",
    NULL,
};

const struct command command_extend = {
    .name = "extend",
    .operand = "WINDOW",
    .summary = "give a window a later end, and say why",
    .examples = examples,
    .needs = NEEDS_RUN | NEEDS_CONSENT | WRITES,
    .check = check_extend,
    .run = run_extend,
    .preview = preview_extend,
    .question = ask_extend,
};

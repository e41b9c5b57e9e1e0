/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static const char *fate_of_conflicts(enum ajar_on_conflict on_conflict)
{
    switch (on_conflict) {
    case AJAR_CONFLICT_RESTORE:
        return "conflicts: the baseline is written over them";
    case AJAR_CONFLICT_KEEP:
        return "conflicts: the present values are accepted, and stay";
    case AJAR_CONFLICT_SKIP:
    default:
        return "conflicts: they are left alone, and stay listed";
    }
}

static void preview_rollback(struct session *session, struct sink *sink,
                             const struct ajar_report *plan)
{
    static const struct view_style style = { .direction = CLOSING, .reasons = true };

    for (size_t i = 0; i < plan->count; i++) {
        const struct ajar_window *window = &plan->windows[i];

        sink_format(sink, STYLE_TITLE, "Window %s (%s)", window->id, window->plan);
        sink_end_line(sink);
        sink_end_line(sink);
        view_changes(sink, window, &style);
        view_summary(sink, window, CLOSING);
        if (view_tally(window).conflict > 0)
            sink_line(sink, STYLE_PLAIN, fate_of_conflicts(session->options->on_conflict));
        sink_end_line(sink);
    }
}

static const char *ask_rollback(const struct session *session)
{
    (void)session;
    return "Close this window?";
}

static bool run_rollback(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    const struct ajar_rollback_options rollback = {
        .on_conflict = session->options->on_conflict,
        .confirmed = (const char *const *)session->options->confirmed.items,
    };

    if (!ajar_rollback(session->run, session->operand, &rollback, &report, err))
        return false;
    *ret_exit = report->exit;
    if (session->options->json)
        return json_print_window(stdout, "ajar-rollback/1", report, err);
    view_outcome(screen_out(session->screen), report);
    return true;
}

static const char *const examples[] = {
    "ajar rollback",
    "ajar rollback WINDOW --on-conflict restore --yes",
    NULL,
};

const struct command command_rollback = {
    .name = "rollback",
    .operand = "[WINDOW]",
    .summary = "close a window: put back what was found",
    .examples = examples,
    .needs = NEEDS_RUN | NEEDS_CONSENT | WRITES,
    .run = run_rollback,
    .preview = preview_rollback,
    .question = ask_rollback,
};

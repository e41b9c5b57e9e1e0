/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "view.h"

static void preview_resume(struct session *session, struct sink *sink,
                           const struct ajar_report *plan)
{
    (void)session;
    for (size_t i = 0; i < plan->count; i++) {
        const struct ajar_window *window = &plan->windows[i];
        struct view_style style = { .direction = view_direction(window), .reasons = true };

        sink_format(sink, STYLE_TITLE, "Window %s (%s), %s", window->id, window->plan,
                    window->state);
        sink_end_line(sink);
        sink_end_line(sink);
        view_changes(sink, window, &style);
        view_summary(sink, window, style.direction);
        sink_end_line(sink);
    }
}

static bool run_resume(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!ajar_resume(session->run, session->operand, &report, err))
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

/* Somebody said yes when the apply or rollback began: without a terminal it needs no second yes. */
const struct command command_resume = {
    .name = "resume",
    .operand = "[WINDOW]",
    .summary = "finish an interrupted apply or rollback",
    .examples = examples,
    .needs = NEEDS_RUN | WRITES,
    .run = run_resume,
    .preview = preview_resume,
    .question = "Finish it?",
};

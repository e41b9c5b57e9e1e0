/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One window from its opening to its end, as the journal tells it.
 */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>
#include <string.h>

static void put_when(struct sink *sink, const char *label, int64_t when, const char *otherwise)
{
    char text[VIEW_TIME_SIZE];

    if (when)
        view_time(when, text);
    view_fact(sink, 0, label, when ? text : otherwise);
}

static void put_facts(struct sink *sink, const struct ajar_window *window)
{
    sink_format(sink, STYLE_TITLE, "Window %s: %s", window->id, window->state);
    if (window->toward_closed)
        sink_put(sink, STYLE_TITLE, ", toward the safe state");
    if (window->permanent)
        sink_put(sink, STYLE_TITLE, ", a repair, which stays");
    if (window->overdue)
        sink_put(sink, STYLE_BAD, "  OVERDUE");
    sink_end_line(sink);
    view_fact(sink, 0, "plan", window->plan);
    view_fact(sink, 0, "title", window->title);
    view_fact(sink, 0, "operator", window->operator_name);
    view_fact(sink, 0, "host", window->host);
    view_fact(sink, 0, "reason", window->reason);
    view_fact(sink, 0, "ticket", window->ticket);
    view_approvals(sink, window);
    view_fact(sink, 0, "saved plan", window->saved);
    put_when(sink, "opened", window->opened, "not yet");
    put_when(sink, "until", window->until, NULL);
    view_extensions(sink, window, 0);
    put_when(sink, "closed", window->closed, "not yet");
    sink_end_line(sink);
    view_requirements(sink, window, true);
}

/* What is there after the window: only a restored change has an after that the journal knows. */
static const char *after(const struct ajar_change *change)
{
    if (strcmp(change->state, "restored") == 0)
        return change->before_phrase;
    return change->now.known ? change->now_phrase : "not restored yet";
}

static void put_change(struct sink *sink, const struct ajar_change *change)
{
    sink_put(sink, STYLE_TITLE, change->target);
    sink_format(sink, STYLE_PLAIN, ": %s %s: ", change->kind, change->setting);
    sink_line(sink, view_is_conflict(change) ? STYLE_BAD : STYLE_PLAIN, change->state);
    view_fact(sink, 2, "acts on", change->thing);
    view_fact(sink, 2, "before", change->before_phrase);
    view_fact(sink, 2, "open", change->wanted_phrase);
    view_fact(sink, 2, "after", after(change));
    view_fact(sink, 2, "why", change->why);
    view_debt(sink, 2, change);
    view_fact(sink, 2, "error", change->error);
    view_fact(sink, 2, "hint", change->hint);
    view_fact(sink, 2, "note", change->note);
    sink_end_line(sink);
}

void view_story(struct sink *sink, const struct ajar_report *report)
{
    char counts[VIEW_COUNTS_SIZE];

    for (size_t i = 0; i < report->count; i++) {
        const struct ajar_window *window = &report->windows[i];

        put_facts(sink, window);
        for (size_t j = 0; j < window->count; j++)
            put_change(sink, &window->changes[j]);
        view_waiting(sink, window);
        view_manuals(sink, window, STEPS_ALL);
        view_counts(&window->counts, counts);
        sink_line(sink, STYLE_TITLE, counts);
        view_next_steps(sink, window);
    }
    view_journal(sink, report);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The end of a window: how it was moved, what is owed after it, and what close-due did.
 */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>
#include <stdlib.h>

/* To be freed; NULL when there is no memory. */
static char *tell(const struct ajar_extension *extension)
{
    char until[AJAR_TIME_SIZE];
    char at[AJAR_TIME_SIZE];
    char *text = NULL;

    ajar_time_text(extension->until, until);
    ajar_time_text(extension->at, at);
    return asprintf(&text, "until %s, by %s on %s at %s: %s", until, extension->by, extension->host,
                    at, extension->reason) < 0
               ? NULL
               : text;
}

void view_extensions(struct sink *sink, const struct ajar_window *window, size_t indent)
{
    for (size_t i = 0; i < window->extension_count; i++) {
        char *text = tell(&window->extensions[i]);

        sink->faulty = sink->faulty || !text;
        view_fact(sink, indent, "extended", text);
        free(text);
    }
}

void view_last_extension(struct sink *sink, const struct ajar_window *window)
{
    const struct ajar_extension *last = &window->extensions[window->extension_count - 1];
    char time[VIEW_TIME_SIZE];

    view_time(last->from, time);
    view_fact(sink, 0, "ended at", time);
    view_time(last->until, time);
    view_fact(sink, 0, "now ends at", time);
    view_fact(sink, 0, "reason", last->reason);
}

void view_extended(struct sink *sink, const struct ajar_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct ajar_window *window = &report->windows[i];

        sink_format(sink, STYLE_TITLE, "Window %s is extended", window->id);
        sink_end_line(sink);
        sink_end_line(sink);
        view_last_extension(sink, window);
        sink_end_line(sink);
        view_next_steps(sink, window);
    }
    view_journal(sink, report);
}

void view_debt(struct sink *sink, size_t indent, const struct ajar_change *change)
{
    char since[VIEW_TIME_SIZE];
    char next[VIEW_TIME_SIZE];
    char text[2 * VIEW_TIME_SIZE + 80];

    if (!change->owed)
        return;
    view_time(change->owed, since);
    if (change->next)
        view_time(change->next, next);
    (void)snprintf(text, sizeof(text), "since %s, tried %u time%s; %s%s", since, change->tries,
                   change->tries == 1 ? "" : "s",
                   change->next ? "close-due tries again at " : "somebody has to decide",
                   change->next ? next : "");
    view_fact(sink, indent, "owed", text);
}

/* A timer's log: one line a window. */
void view_close_due(struct sink *sink, const struct ajar_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct ajar_window *window = &report->windows[i];

        sink_put(sink, STYLE_TITLE, window->id);
        sink_put(sink, STYLE_PLAIN, "  ");
        sink_line(sink, window->exit == AJAR_EXIT_DONE ? STYLE_PLAIN : STYLE_BAD, window->summary);
        view_manuals(sink, window, STEPS_NAMED);
    }
    if (report->summary)
        sink_line(sink, STYLE_PLAIN, report->summary);
}

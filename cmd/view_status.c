/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The windows as a table; below it, for each, what is still open and what it waits for.
 */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>
#include <string.h>

struct columns {
    size_t window;
    size_t state;
    size_t until;
    size_t counts;
};

static size_t widest(const struct sink *sink, size_t width, const char *text)
{
    size_t own = sink_width(sink, text);

    return own > width ? own : width;
}

/* What has no end has no time there; and once it is done it is not open. */
static void until_of(const struct ajar_window *window, char ret_until[VIEW_TIME_SIZE])
{
    if (window->until)
        view_time(window->until, ret_until);
    else
        (void)snprintf(ret_until, VIEW_TIME_SIZE, "no end");
}

static const char *state_of(const struct ajar_window *window)
{
    if (!view_is_done(window))
        return window->state;
    return window->permanent ? "repaired" : "safe";
}

static struct columns measure(const struct sink *sink, const struct ajar_report *report)
{
    struct columns columns = { .window = 6, .state = 5, .until = 5, .counts = 7 };

    for (size_t i = 0; i < report->count; i++) {
        char counts[VIEW_COUNTS_SIZE];
        char until[VIEW_TIME_SIZE];

        view_counts(&report->windows[i].counts, counts);
        until_of(&report->windows[i], until);
        columns.window = widest(sink, columns.window, report->windows[i].id);
        columns.state = widest(sink, columns.state, state_of(&report->windows[i]));
        columns.until = widest(sink, columns.until, until);
        columns.counts = widest(sink, columns.counts, counts);
    }
    return columns;
}

static void put_row(struct sink *sink, const struct ajar_window *window,
                    const struct columns *columns)
{
    bool over = view_same(window->state, "closed") || view_is_done(window);
    enum style state_style = over ? STYLE_FAINT : STYLE_CARE;
    char counts[VIEW_COUNTS_SIZE];
    char until[VIEW_TIME_SIZE];

    view_counts(&window->counts, counts);
    until_of(window, until);
    sink_cell(sink, STYLE_TITLE, window->id, columns->window);
    sink_cell(sink, state_style, state_of(window), columns->state);
    sink_cell(sink, window->overdue ? STYLE_BAD : STYLE_PLAIN, until, columns->until);
    sink_cell(sink, STYLE_PLAIN, counts, columns->counts);
    sink_put(sink, STYLE_PLAIN, window->plan);
    if (window->overdue)
        sink_put(sink, STYLE_BAD, "  OVERDUE");
    sink_end_line(sink);
}

static void put_table(struct sink *sink, const struct ajar_report *report)
{
    struct columns columns = measure(sink, report);

    sink_cell(sink, STYLE_FAINT, "WINDOW", columns.window);
    sink_cell(sink, STYLE_FAINT, "STATE", columns.state);
    sink_cell(sink, STYLE_FAINT, "UNTIL", columns.until);
    sink_cell(sink, STYLE_FAINT, "CHANGES", columns.counts);
    sink_line(sink, STYLE_FAINT, "PLAN");
    for (size_t i = 0; i < report->count; i++)
        put_row(sink, &report->windows[i], &columns);
    sink_end_line(sink);
}

/* The window does not owe a restoration for it. */
static bool is_settled(const struct ajar_change *change)
{
    return (view_same(change->state, "restored") || view_is_unmoved(change)) && !change->drifted &&
           change->trouble == AJAR_FINE;
}

static void put_open_change(struct sink *sink, const struct ajar_change *change, bool live)
{
    sink_format(sink, STYLE_PLAIN, "  %s: %s %s: ", change->target, change->kind, change->setting);
    sink_put(sink, view_is_conflict(change) ? STYLE_BAD : STYLE_PLAIN, change->state);
    sink_format(sink, STYLE_PLAIN, ", before %s, wanted %s", change->before_phrase,
                change->wanted_phrase);
    if (live || change->now.known)
        sink_format(sink, STYLE_PLAIN, ", now %s", change->now_phrase);
    if (change->drifted)
        sink_put(sink, STYLE_BAD, "  DRIFTED");
    sink_end_line(sink);
    view_debt(sink, 4, change);
    view_fact(sink, 4, "error", change->error);
    view_fact(sink, 4, "hint", change->hint);
    view_fact(sink, 4, "note", change->note);
}

/* A closed one is listed for what it waits for, and one that is done for what drifted, too. */
static bool is_worth_a_line(const struct ajar_window *window, const struct ajar_change *change)
{
    if (view_is_done(window))
        return change->drifted || change->trouble != AJAR_FINE;
    return !view_same(window->state, "closed") && !is_settled(change);
}

static void put_details(struct sink *sink, const struct ajar_window *window, bool live)
{
    size_t shown = 0;

    sink_format(sink, STYLE_TITLE, "Window %s", window->id);
    sink_end_line(sink);
    view_fact(sink, 2, "operator", window->operator_name);
    view_fact(sink, 2, "reason", window->reason);
    view_fact(sink, 2, "ticket", window->ticket);
    view_extensions(sink, window, 2);
    sink_end_line(sink);
    for (size_t i = 0; i < window->count; i++) {
        if (!is_worth_a_line(window, &window->changes[i]))
            continue;
        if (shown++ == 0)
            sink_line(sink, STYLE_TITLE, view_is_done(window) ? "Changed since" : "Still open");
        put_open_change(sink, &window->changes[i], live);
    }
    if (shown)
        sink_end_line(sink);
    view_waiting(sink, window);
    view_manuals(sink, window, STEPS_NAMED);
    view_next_steps(sink, window);
    sink_end_line(sink);
}

void view_status(struct sink *sink, const struct ajar_report *report, bool live)
{
    if (report->count == 0)
        sink_line(sink, STYLE_PLAIN, "no window is open");
    else
        put_table(sink, report);
    for (size_t i = 0; i < report->count; i++)
        put_details(sink, &report->windows[i], live);
    if (report->summary && report->count > 0)
        sink_line(sink, STYLE_PLAIN, report->summary);
    view_journal(sink, report);
}

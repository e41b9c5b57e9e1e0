/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The pieces that tell of a window: times, counts, what it waits for; and the result of a command
 * that changed it.
 */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Rounded, so that a window of 72 hours starts with "in 3 days". */
static void put_distance(int64_t seconds, char *ret_text, size_t size)
{
    static const struct {
        int64_t up_to;
        int64_t unit;
        const char *name;
    } units[] = {
        { 90, 1, "second" },
        { 5400, 60, "minute" },
        { 172800, 3600, "hour" },
        { INT64_MAX, 86400, "day" },
    };
    int64_t away = seconds < 0 ? -seconds : seconds;
    size_t i = 0;
    int64_t count;

    if (away == 0) {
        (void)snprintf(ret_text, size, "now");
        return;
    }
    while (away >= units[i].up_to)
        i++;
    count = (away + units[i].unit / 2) / units[i].unit;
    (void)snprintf(ret_text, size, "%s%lld %s%s%s", seconds < 0 ? "" : "in ", (long long)count,
                   units[i].name, count == 1 ? "" : "s", seconds < 0 ? " ago" : "");
}

void view_time(int64_t when, char ret_text[VIEW_TIME_SIZE])
{
    char absolute[AJAR_TIME_SIZE];
    char distance[40];

    ajar_time_text(when, absolute);
    put_distance(when - (int64_t)time(NULL), distance, sizeof(distance));
    (void)snprintf(ret_text, VIEW_TIME_SIZE, "%s (%s)", absolute, distance);
}

void view_counts(const struct ajar_change_counts *counts, char ret_text[VIEW_COUNTS_SIZE])
{
    const struct {
        size_t count;
        const char *word;
    } parts[] = {
        { counts->applied, "applied" },   { counts->restored, "restored" },
        { counts->conflict, "conflict" }, { counts->kept, "kept" },
        { counts->failed, "failed" },     { counts->unknown, "unknown" },
        { counts->intended, "intended" },
    };
    size_t used = 0;

    (void)snprintf(ret_text, VIEW_COUNTS_SIZE, "no changes");
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (parts[i].count == 0 || used >= VIEW_COUNTS_SIZE)
            continue;
        used += (size_t)snprintf(ret_text + used, VIEW_COUNTS_SIZE - used, "%s%zu %s",
                                 used ? ", " : "", parts[i].count, parts[i].word);
    }
}

static bool waits_alike(const struct ajar_change *one, const struct ajar_change *other)
{
    return other->waiting && view_same(one->target, other->target) &&
           view_same(one->waiting, other->waiting);
}

static bool told_above(const struct ajar_window *window, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (waits_alike(&window->changes[index], &window->changes[i]))
            return true;
    }
    return false;
}

static size_t wider(const struct sink *sink, size_t width, const char *text)
{
    size_t own = sink_width(sink, text);

    return own > width ? own : width;
}

/* All that wait as the one at `first` does. */
static void put_settings_waiting(struct sink *sink, const struct ajar_window *window, size_t first)
{
    const char *between = "";

    for (size_t i = first; i < window->count; i++) {
        if (!waits_alike(&window->changes[first], &window->changes[i]))
            continue;
        sink_format(sink, STYLE_FAINT, "%s%s", between, window->changes[i].setting);
        between = ", ";
    }
}

/* A restart is one deed, however many settings wait for it. */
void view_waiting(struct sink *sink, const struct ajar_window *window)
{
    size_t target = 0;
    size_t waiting = 0;

    for (size_t i = 0; i < window->count; i++) {
        if (!window->changes[i].waiting)
            continue;
        target = wider(sink, target, window->changes[i].target);
        waiting = wider(sink, waiting, window->changes[i].waiting);
    }
    if (waiting == 0)
        return;
    sink_line(sink, STYLE_TITLE, "Stored, but not yet in effect: waiting for");
    for (size_t i = 0; i < window->count; i++) {
        const struct ajar_change *change = &window->changes[i];

        if (!change->waiting || told_above(window, i))
            continue;
        sink_put(sink, STYLE_PLAIN, "  ");
        sink_cell(sink, STYLE_PLAIN, change->target, target);
        sink_cell(sink, STYLE_CARE, change->waiting, waiting);
        put_settings_waiting(sink, window, i);
        sink_end_line(sink);
    }
    sink_end_line(sink);
}

static void put_heading(struct sink *sink, const struct ajar_window *window)
{
    char until[VIEW_TIME_SIZE];
    char state[24];

    if (view_is_done(window)) {
        sink_format(sink, STYLE_TITLE,
                    window->permanent ? "Window %s is a repair, and is done: it stays"
                                      : "Window %s brought everything to its safe state",
                    window->id);
        sink_end_line(sink);
        sink_end_line(sink);
        return;
    }
    (void)snprintf(state, sizeof(state), "%s", window->state);
    for (char *dash = strchr(state, '-'); dash; dash = strchr(dash, '-'))
        *dash = ' ';
    sink_format(sink, STYLE_TITLE, "Window %s is %s", window->id, state);
    if (view_direction(window) == OPENING && window->until) {
        view_time(window->until, until);
        sink_format(sink, STYLE_TITLE, " until %s", until);
    }
    if (window->overdue)
        sink_put(sink, STYLE_BAD, " OVERDUE");
    sink_end_line(sink);
    sink_end_line(sink);
}

static void put_step(struct sink *sink, const char *what, const struct ajar_window *window,
                     const char *command, const char *option)
{
    sink_cell(sink, STYLE_PLAIN, what, 24);
    sink_format(sink, STYLE_TITLE, "ajar %s %s%s", command, window->id, option);
    sink_end_line(sink);
}

void view_next_steps(struct sink *sink, const struct ajar_window *window)
{
    size_t conflicts = window->counts.conflict;
    size_t unsettled = window->counts.failed + window->counts.unknown + window->counts.intended;

    if (view_same(window->state, "closed"))
        return;
    if (view_is_done(window)) {
        put_step(sink, window->permanent ? "take it back with:" : "open it again with:", window,
                 "rollback", "");
        return;
    }
    if (view_direction(window) == OPENING) {
        if (!view_same(window->state, "open"))
            put_step(sink,
                     window->permanent ? "finish it with:" : "finish opening it with:", window,
                     "resume", "");
        put_step(sink, window->permanent ? "take it back with:" : "close it with:", window,
                 "rollback", "");
        return;
    }
    if (unsettled || !conflicts)
        put_step(sink, "finish closing it with:", window, "resume", "");
    if (!conflicts)
        return;
    sink_line(sink, STYLE_PLAIN, "where someone else changed it, you decide:");
    put_step(sink, "  restore the baseline:", window, "rollback", " --on-conflict restore");
    put_step(sink, "  accept what is there:", window, "rollback", " --on-conflict keep");
}

void view_outcome(struct sink *sink, const struct ajar_report *report)
{
    char counts[VIEW_COUNTS_SIZE];

    for (size_t i = 0; i < report->count; i++) {
        const struct ajar_window *window = &report->windows[i];
        struct view_style style = { .direction = view_direction(window), .states = true };

        if (!window->id) { /* there was no need to open one, or a requirement is in the way */
            if (report->exit == AJAR_EXIT_UNMET)
                view_requirements(sink, window, false);
            if (report->exit == AJAR_EXIT_STALE || report->exit == AJAR_EXIT_FAILED)
                view_saved_moved(sink, window);
            continue;
        }
        put_heading(sink, window);
        view_changes(sink, window, &style);
        view_waiting(sink, window);
        view_manuals(sink, window, STEPS_DUE);
        view_counts(&window->counts, counts);
        sink_line(sink, STYLE_TITLE, counts);
        if (report->summary)
            sink_line(sink, STYLE_PLAIN, report->summary);
        view_next_steps(sink, window);
    }
    if (report->count == 0 || !report->windows[0].id)
        sink_line(sink, STYLE_PLAIN, report->summary ? report->summary : "nothing to do");
    view_journal(sink, report);
}

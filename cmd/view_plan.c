/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view.h"

#include <stdio.h>
#include <string.h>

struct view_tally view_tally(const struct ajar_window *window)
{
    struct view_tally tally = { 0 };

    for (size_t i = 0; i < window->count; i++) {
        const struct ajar_change *change = &window->changes[i];

        if (view_is_conflict(change))
            tally.conflict++;
        else if (view_is_unread(change))
            tally.unreachable++;
        else if (strcmp(change->action, "create") == 0)
            tally.create++;
        else if (strcmp(change->action, "modify") == 0)
            tally.modify++;
        else if (strcmp(change->action, "delete") == 0)
            tally.remove++;
        else
            tally.unchanged++;
    }
    return tally;
}

struct part {
    size_t count;
    const char *words;
};

static void put_parts(struct sink *sink, const struct part *parts, size_t count)
{
    const char *between = "";

    for (size_t i = 0; i < count; i++) {
        if (parts[i].count == 0)
            continue;
        sink_put(sink, STYLE_PLAIN, between);
        sink_format(sink, STYLE_TITLE, "%zu %s", parts[i].count, parts[i].words);
        between = ", ";
    }
    sink_end_line(sink);
}

void view_summary(struct sink *sink, const struct ajar_window *window, enum direction direction)
{
    struct view_tally tally = view_tally(window);
    size_t moves = tally.create + tally.modify + tally.remove;
    struct part opening[] = {
        { tally.create, "to create" },     { tally.modify, "to modify" },
        { tally.remove, "to delete" },     { tally.unchanged, "unchanged" },
        { tally.conflict, "in conflict" }, { tally.unreachable, "unreachable" },
    };
    struct part closing[] = {
        { moves, "to restore" },
        { tally.unchanged, "already as before" },
        { tally.conflict, "in conflict" },
        { tally.unreachable, "unreachable" },
    };

    if (window->count == 0)
        sink_put(sink, STYLE_TITLE, "nothing to do");
    if (direction == CLOSING)
        put_parts(sink, closing, sizeof(closing) / sizeof(closing[0]));
    else
        put_parts(sink, opening, sizeof(opening) / sizeof(opening[0]));
}

void view_journal(struct sink *sink, const struct ajar_report *report)
{
    for (size_t i = 0; i < report->remark_count; i++) {
        sink_put(sink, STYLE_CARE, "journal: ");
        sink_line(sink, STYLE_CARE, report->remarks[i]);
    }
    if (!report->journal_head)
        return;
    sink_format(sink, STYLE_FAINT, "journal: %zu %s, head %.7s", report->journal_entries,
                report->journal_entries == 1 ? "entry" : "entries", report->journal_head);
    sink_end_line(sink);
}

void view_plan_title(struct sink *sink, const char *what, const struct ajar_plan *plan)
{
    const char *title = ajar_plan_title(plan);

    sink_format(sink, STYLE_TITLE, "%s %s", what, ajar_plan_name(plan));
    if (strcmp(title, ajar_plan_name(plan)) != 0)
        sink_format(sink, STYLE_PLAIN, ": %s", title);
    if (ajar_plan_reference(plan))
        sink_format(sink, STYLE_PLAIN, " (%s)", ajar_plan_reference(plan));
    sink_end_line(sink);
    sink_end_line(sink);
}

void view_plan(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report)
{
    static const struct view_style style = { .direction = OPENING, .reasons = true };

    view_plan_title(sink, "Plan", plan);
    if (ajar_plan_permanent(plan)) {
        sink_line(sink, STYLE_PLAIN,
                  "A repair: what it changes stays until `ajar rollback` takes it back.");
        sink_end_line(sink);
    }
    for (size_t i = 0; i < report->count; i++) {
        view_requirements(sink, &report->windows[i], false);
        view_changes(sink, &report->windows[i], &style);
        view_manuals(sink, &report->windows[i], STEPS_ALL);
        view_summary(sink, &report->windows[i], OPENING);
    }
}

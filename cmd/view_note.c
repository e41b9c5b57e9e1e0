/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What stands beside the changes of a plan or a window: requirements, and steps for people.
 *
 *     Requirements
 *       pass     target-trusts-source  target.test      forest trust, both directions
 *       fail     ports                 dc2.target.test  389: refused
 *                next        start the directory service on dc2.target.test
 */
#include "view.h"

#include <stdio.h>
#include <string.h>

enum { RESULT_WIDTH = 7 };

struct columns {
    size_t name;
    size_t target;
};

static size_t wider(const struct sink *sink, size_t width, const char *text)
{
    size_t own = sink_width(sink, text);

    return own > width ? own : width;
}

static enum style style_of(const char *result)
{
    if (view_same(result, "pass"))
        return STYLE_GOOD;
    return view_same(result, "fail") ? STYLE_BAD : STYLE_CARE;
}

static void put_requirement(struct sink *sink, const struct ajar_requirement *requirement,
                            const struct columns *columns)
{
    bool holds = view_same(requirement->result, "pass");

    sink_put(sink, STYLE_PLAIN, "  ");
    sink_cell(sink, style_of(requirement->result), requirement->result, RESULT_WIDTH);
    sink_cell(sink, STYLE_PLAIN, requirement->name, columns->name);
    sink_cell(sink, STYLE_PLAIN, requirement->target, columns->target);
    sink_line(sink, holds ? STYLE_FAINT : STYLE_PLAIN, requirement->reason);
    if (holds)
        return;
    view_fact(sink, 11, "met by", requirement->met_by);
    view_fact(sink, 11, "next", requirement->hint);
    view_fact(sink, 11, "why", requirement->why);
    view_fact(sink, 11, "reference", requirement->reference);
    view_fact(sink, 11, "despite", requirement->despite);
}

static bool is_worth_a_line(const struct ajar_requirement *requirement, bool all)
{
    return all || !view_same(requirement->result, "pass");
}

/* How many hold, where these are not shown one by one. */
static void put_passed(struct sink *sink, const struct ajar_window *window)
{
    size_t passed = 0;

    for (size_t i = 0; i < window->requirement_count; i++)
        passed += view_same(window->requirements[i].result, "pass") ? 1 : 0;
    if (passed == window->requirement_count)
        sink_format(sink, STYLE_PLAIN, "  all %zu hold", passed);
    else
        sink_format(sink, STYLE_FAINT, "  %zu of %zu hold", passed, window->requirement_count);
    sink_end_line(sink);
}

void view_requirements(struct sink *sink, const struct ajar_window *window, bool all)
{
    struct columns columns = { 0 };

    if (window->requirement_count == 0)
        return;
    for (size_t i = 0; i < window->requirement_count; i++) {
        if (!is_worth_a_line(&window->requirements[i], all))
            continue;
        columns.name = wider(sink, columns.name, window->requirements[i].name);
        columns.target = wider(sink, columns.target, window->requirements[i].target);
    }
    sink_line(sink, STYLE_TITLE, "Requirements");
    for (size_t i = 0; i < window->requirement_count; i++) {
        if (is_worth_a_line(&window->requirements[i], all))
            put_requirement(sink, &window->requirements[i], &columns);
    }
    if (!all)
        put_passed(sink, window);
    sink_end_line(sink);
}

static void put_name(struct sink *sink, const struct ajar_manual *manual)
{
    sink_put(sink, STYLE_PLAIN, "  ");
    sink_put(sink, manual->by ? STYLE_PLAIN : STYLE_TITLE, manual->name);
    if (manual->where)
        sink_format(sink, STYLE_PLAIN, " on %s", manual->where);
    sink_format(sink, STYLE_FAINT, ", %s",
                view_same(manual->when, "before")    ? "before the changes"
                : view_same(manual->when, "closing") ? "when the window is closed"
                                                     : "once the window is open");
    sink_end_line(sink);
}

void view_manual(struct sink *sink, const struct ajar_manual *manual)
{
    char when[VIEW_TIME_SIZE];

    put_name(sink, manual);
    for (size_t i = 0; i < manual->count; i++)
        view_fact(sink, 6, i ? "" : "do", manual->commands[i]);
    view_fact(sink, 6, "why", manual->why);
    view_fact(sink, 6, "risk", manual->risk);
    view_fact(sink, 6, "reference", manual->reference);
    if (!manual->by)
        return;
    view_time(manual->at, when);
    view_fact(sink, 6, "confirmed", when);
    view_fact(sink, 6, "by", manual->by);
}

static bool is_listed(const struct ajar_manual *manual, const struct ajar_window *window)
{
    bool closing = view_same(manual->when, "closing");

    return !manual->by && closing == (view_direction(window) == CLOSING);
}

void view_manuals(struct sink *sink, const struct ajar_window *window, enum view_steps steps)
{
    bool titled = false;

    for (size_t i = 0; i < window->manual_count; i++) {
        const struct ajar_manual *manual = &window->manuals[i];

        if (steps != STEPS_ALL && !is_listed(manual, window))
            continue;
        if (!titled)
            sink_line(sink, STYLE_TITLE,
                      steps == STEPS_ALL ? "Steps for people"
                                         : "Steps for people that nobody has confirmed");
        titled = true;
        if (steps == STEPS_NAMED)
            put_name(sink, manual);
        else
            view_manual(sink, manual);
    }
    if (titled)
        sink_end_line(sink);
}

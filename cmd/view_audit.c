/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is open without a window, first what needs somebody:
 *
 *     ! dc2.target.test  registry restrict-anonymous  0
 *           acts on     HKLM\SYSTEM\CurrentControlSet\Control\Lsa:RestrictAnonymous
 */
#include "view.h"

static void put_open(struct sink *sink, const struct ajar_change *change)
{
    sink_put(sink, STYLE_PLAIN, "  ");
    sink_put(sink, STYLE_BAD, "!");
    sink_format(sink, STYLE_PLAIN, " %s  ", change->target);
    sink_format(sink, STYLE_TITLE, "%s %s", change->kind, change->setting);
    sink_format(sink, STYLE_PLAIN, "  %s", change->now_phrase);
    sink_end_line(sink);
    view_fact(sink, 6, "acts on", change->thing);
    view_fact(sink, 6, "risk", change->risk);
    view_fact(sink, 6, "reference", change->reference);
}

static void put_other(struct sink *sink, const struct ajar_change *change)
{
    bool unknown = view_same(change->state, "unknown");

    sink_put(sink, STYLE_PLAIN, "  ");
    sink_put(sink, unknown ? STYLE_CARE : STYLE_FAINT, unknown ? "?" : "=");
    sink_format(sink, unknown ? STYLE_PLAIN : STYLE_FAINT, " %s  %s %s  %s", change->target,
                change->kind, change->setting, unknown ? "could not be read" : change->now_phrase);
    sink_end_line(sink);
    view_fact(sink, 6, "error", change->error);
    view_fact(sink, 6, "note", change->note);
}

void view_audit(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report)
{
    const struct ajar_window *window = &report->windows[0];

    view_plan_title(sink, "Audit of", plan);
    for (size_t i = 0; i < window->count; i++) {
        if (view_same(window->changes[i].state, "open"))
            put_open(sink, &window->changes[i]);
    }
    for (size_t i = 0; i < window->count; i++) {
        if (!view_same(window->changes[i].state, "open"))
            put_other(sink, &window->changes[i]);
    }
    if (window->count > 0)
        sink_end_line(sink);
    if (report->summary)
        sink_line(sink, STYLE_TITLE, report->summary);
    if (report->exit == AJAR_EXIT_PENDING)
        sink_line(sink, STYLE_PLAIN,
                  "close it with: ajar apply PLAN --close --reason TEXT (and the same --set)");
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a plan requires, and how the settings stand that somebody asked about:
 *
 *     = dc2.target.test  registry restrict-anonymous    0: as the plan wants it
 *     ~ dc3.target.test  registry restrict-anonymous    not as the plan wants it: 1 → 0
 */
#include "view.h"

static bool is_word(const struct ajar_change *change, const char *word)
{
    return view_same(change->state, word);
}

static void put_standing(struct sink *sink, const struct ajar_change *change)
{
    if (is_word(change, "as-wanted"))
        sink_format(sink, STYLE_FAINT, "%s: as the plan wants it", change->now_phrase);
    else if (is_word(change, "not-as-wanted"))
        sink_format(sink, STYLE_PLAIN, "not as the plan wants it: %s → %s", change->now_phrase,
                    change->wanted_phrase);
    else if (is_word(change, "action"))
        sink_put(sink, STYLE_FAINT, "is done when a window opens and when it closes");
    else
        sink_put(sink, STYLE_PLAIN, "could not be read");
}

static const char *sign_of(const struct ajar_change *change)
{
    if (is_word(change, "unknown"))
        return "?";
    return is_word(change, "not-as-wanted") ? "~" : "=";
}

static void put_setting(struct sink *sink, const struct ajar_change *change)
{
    const char *sign = sign_of(change);

    sink_put(sink, STYLE_PLAIN, "  ");
    sink_put(sink, view_same(sign, "=") ? STYLE_FAINT : STYLE_CARE, sign);
    sink_format(sink, STYLE_PLAIN, " %s  %s %s  ", change->target, change->kind, change->setting);
    put_standing(sink, change);
    sink_end_line(sink);
    view_fact(sink, 6, "acts on", change->thing);
    view_fact(sink, 6, "error", change->error);
    view_fact(sink, 6, "hint", change->hint);
}

static void put_settings(struct sink *sink, const struct ajar_window *window)
{
    if (window->count == 0)
        return;
    sink_line(sink, STYLE_TITLE, "Settings");
    for (size_t i = 0; i < window->count; i++)
        put_setting(sink, &window->changes[i]);
    sink_end_line(sink);
}

/* What only `--object` looks at. */
static void put_left_out(struct sink *sink, size_t left_out)
{
    if (left_out == 0)
        return;
    sink_format(sink, STYLE_PLAIN,
                "%zu requirement%s more look%s at one user: --object DN|UPN|NAME", left_out,
                left_out == 1 ? "" : "s", left_out == 1 ? "s" : "");
    sink_end_line(sink);
}

static void put_object(struct sink *sink, const char *object)
{
    if (!object)
        return;
    sink_put(sink, STYLE_PLAIN, "About ");
    sink_put(sink, STYLE_TITLE, object);
    sink_end_line(sink);
    sink_end_line(sink);
}

void view_check(struct sink *sink, const struct ajar_plan *plan, const struct ajar_report *report)
{
    view_plan_title(sink, "Check of", plan);
    put_object(sink, report->object);
    for (size_t i = 0; i < report->count; i++) {
        view_requirements(sink, &report->windows[i], true);
        put_settings(sink, &report->windows[i]);
    }
    if (report->summary)
        sink_line(sink, STYLE_TITLE, report->summary);
    put_left_out(sink, report->left_out);
}

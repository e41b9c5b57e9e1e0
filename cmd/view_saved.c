/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saved plans. One that is stale is listed three ways, each thing that moved:
 *
 *     dc1.source.test
 *       ! registry restrict-anonymous  it was changed since the plan was saved
 *           planned from  0
 *           now           2
 *           wanted        1
 */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>

enum { SHORT_SEAL = 12, LABEL_INDENT = 6 };

void view_saved_place(struct sink *sink, const struct ajar_report *report)
{
    const char *file = report->saved_file;

    if (!file)
        return;
    sink_format(sink, STYLE_PLAIN, "Saved in %s, seal %.*s: ", file, SHORT_SEAL,
                report->saved_sha256);
    sink_format(sink, STYLE_PLAIN, "ajar show %s, ajar approve %s, ajar apply %s", file, file,
                file);
    sink_end_line(sink);
}

void view_saved_about(struct sink *sink, const struct ajar_saved_about *about)
{
    char made[VIEW_TIME_SIZE];

    view_time(about->made, made);
    view_fact(sink, 0, "saved in", about->file);
    view_fact(sink, 0, "saved by", about->by);
    view_fact(sink, 0, "on host", about->host);
    view_fact(sink, 0, "at", made);
    view_fact(sink, 0, "by ajar", about->version);
    view_fact(sink, 0, "seal", about->sha256);
}

void view_saved(struct sink *sink, const struct ajar_saved *saved, const struct ajar_report *report)
{
    const struct ajar_saved_about *about = ajar_saved_about(saved);

    view_plan(sink, ajar_saved_plan(saved), report);
    sink_end_line(sink);
    if (about->toward == AJAR_TOWARD_CLOSED)
        sink_line(sink, STYLE_PLAIN, "Toward the safe state of each setting that says what it is.");
    view_saved_about(sink, about);
}

static void put_moved(struct sink *sink, const struct ajar_change *change)
{
    sink_put(sink, change->moved ? STYLE_BAD : STYLE_CARE, change->moved ? "  ! " : "  ? ");
    sink_format(sink, STYLE_PLAIN, "%s %s  ", change->kind, change->setting);
    sink_line(sink, STYLE_PLAIN, change->moved ? change->moved : "it could not be read");
    view_fact(sink, LABEL_INDENT, "acts on", change->thing);
    view_fact(sink, LABEL_INDENT, "planned from", change->before_phrase);
    view_fact(sink, LABEL_INDENT, "now", change->now_phrase);
    view_fact(sink, LABEL_INDENT, "wanted", change->wanted_phrase);
    view_fact(sink, LABEL_INDENT, "error", change->error);
    view_fact(sink, LABEL_INDENT, "hint", change->hint);
}

/* The first one of its target that is to be told. */
static bool begins_target(const struct ajar_window *window, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        const struct ajar_change *change = &window->changes[i];

        if ((change->moved || view_is_unread(change)) &&
            view_same(change->target, window->changes[index].target))
            return false;
    }
    return true;
}

void view_saved_moved(struct sink *sink, const struct ajar_window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        const struct ajar_change *first = &window->changes[i];

        if ((!first->moved && !view_is_unread(first)) || !begins_target(window, i))
            continue;
        sink_line(sink, STYLE_TITLE, first->target);
        for (size_t j = i; j < window->count; j++) {
            const struct ajar_change *change = &window->changes[j];

            if ((change->moved || view_is_unread(change)) &&
                view_same(change->target, first->target))
                put_moved(sink, change);
        }
        sink_end_line(sink);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window's time with what a log says in it:
 *
 *     2026-11-18T08:00:00Z  opening  open: AllowPasswordExport on dc1.source.test: absent -> 1
 *     2026-11-18T08:00:02Z  waiting  registry allow-password-export on dc1.source.test: restart
 *         error    2026-11-18 09:12:44  password-access-denied (line 103), anna
 *
 * then what of the log stands at no time, and how many lines of each cause fell into which phase.
 */
#include "log_beside.h"
#include "screen.h"
#include "view.h"

#include <inttypes.h>
#include <string.h>

enum { TIME_WIDTH = AJAR_TIME_SIZE - 1, PHASE_WIDTH = 7, SEVERITY_WIDTH = 7, EVENT_INDENT = 4 };

static void put_clock(struct sink *sink, const struct ajar_log_clock *clock)
{
    if (!clock->seen)
        sink_line(sink, STYLE_CARE, "The log has no times: nothing of it can be placed.");
    else if (clock->ambiguous)
        sink_line(sink, STYLE_CARE,
                  "Day and month of the log's times cannot be told apart: nothing is placed.");
    else if (!clock->offset_given)
        sink_line(sink, STYLE_CARE,
                  "The log's times are taken for UTC. If its host was elsewhere, say so: "
                  "--utc-offset +02:00");
}

static const char *phase_phrase(enum ajar_phase phase)
{
    return phase == AJAR_PHASE_AFTER ? "closed" : ajar_phase_name(phase);
}

static void put_step(struct sink *sink, const struct ajar_window_step *step)
{
    char text[AJAR_TIME_SIZE] = "";

    if (step->from)
        ajar_time_text(step->from, text);
    sink_cell(sink, STYLE_PLAIN, text, TIME_WIDTH);
    sink_cell(sink, STYLE_TITLE, phase_phrase(step->phase), PHASE_WIDTH);
    sink_line(sink, STYLE_PLAIN, step->subject ? step->subject : "the window was not open yet");
    for (size_t i = 0; i < step->waiting_count; i++) {
        sink_cell(sink, STYLE_PLAIN, "", TIME_WIDTH);
        sink_cell(sink, STYLE_PLAIN, "", PHASE_WIDTH);
        sink_format(sink, STYLE_FAINT, "waits for %s", step->waiting[i]);
        sink_end_line(sink);
    }
}

static void put_event(struct sink *sink, const struct ajar_diagnosis *log,
                      const struct ajar_log_event *event)
{
    enum ajar_severity severity =
        event->found ? event->found->cause->severity : event->unknown->severity;

    sink_format(sink, STYLE_PLAIN, "%*s", EVENT_INDENT, "");
    sink_cell(sink, severity == AJAR_SEVERITY_ERROR ? STYLE_BAD : STYLE_CARE,
              ajar_severity_name(severity), SEVERITY_WIDTH);
    if (event->time.known)
        sink_format(sink, STYLE_PLAIN, "%s  ", event->time.text);
    sink_put(sink, STYLE_PLAIN, event->found ? event->found->cause->name : event->unknown->sign);
    if (log->file_count > 1)
        sink_format(sink, STYLE_FAINT, " (%s:%" PRIu64 ")", event->file, event->line);
    else
        sink_format(sink, STYLE_FAINT, " (line %" PRIu64 ")", event->line);
    if (event->account)
        sink_format(sink, STYLE_PLAIN, ", %s", event->account);
    sink_end_line(sink);
}

/* Those of one step; NULL: those at no time. Returns how many. */
static size_t put_events(struct sink *sink, const struct ajar_diagnosis *log,
                         const struct ajar_window_step *step)
{
    size_t count = 0;

    for (size_t i = 0; i < log->event_count; i++) {
        if (log->events[i].step != step)
            continue;
        if (!step && count == 0)
            sink_line(sink, STYLE_TITLE, "At no time that is known");
        put_event(sink, log, &log->events[i]);
        count++;
    }
    return count;
}

static void put_phases(struct sink *sink, const char *name, uint64_t count,
                       const uint64_t phases[AJAR_PHASES])
{
    const char *separator = ": ";

    sink_format(sink, STYLE_PLAIN, "    %s, %" PRIu64 " %s", name, count,
                count == 1 ? "line" : "lines");
    for (int i = 0; i < AJAR_PHASES; i++) {
        if (!phases[i])
            continue;
        sink_format(sink, STYLE_PLAIN, "%s%" PRIu64 " %s", separator, phases[i],
                    phase_phrase((enum ajar_phase)i));
        separator = ", ";
    }
    sink_end_line(sink);
}

static void put_groups(struct sink *sink, const struct ajar_diagnosis *log)
{
    if (log->count + log->unknown_count == 0) {
        sink_line(sink, STYLE_GOOD, "The log has no sign of trouble.");
        return;
    }
    sink_line(sink, STYLE_TITLE, "Lines of the log by the state of the window");
    for (size_t i = 0; i < log->count; i++)
        put_phases(sink, log->found[i].cause->name, log->found[i].count, log->found[i].phases);
    for (size_t i = 0; i < log->unknown_count; i++)
        put_phases(sink, log->unknown[i].sign, log->unknown[i].count, log->unknown[i].phases);
    sink_line(sink, STYLE_FAINT, "ajar diagnose FILE explains each of them.");
}

void view_beside(struct sink *sink, const struct ajar_report *report,
                 const struct ajar_diagnosis *log)
{
    const struct ajar_window *window = &report->windows[0];

    sink_format(sink, STYLE_TITLE, "Window %s: %s", window->id, window->state);
    sink_end_line(sink);
    put_clock(sink, &log->clock);
    sink_end_line(sink);
    for (size_t i = 0; i < log->step_count; i++) {
        put_step(sink, &log->steps[i]);
        (void)put_events(sink, log, &log->steps[i]);
    }
    if (put_events(sink, log, NULL) > 0)
        sink_end_line(sink);
    if (log->event_more > 0) {
        sink_format(sink, STYLE_CARE, "%" PRIu64 " more lines are only counted", log->event_more);
        sink_end_line(sink);
    }
    sink_end_line(sink);
    put_groups(sink, log);
    view_journal(sink, report);
}

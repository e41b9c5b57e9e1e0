/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A log beside a window: the times of the window's steps part the log while it is read; then each
 * part is given the phase of its step.
 */
#include "engine/diagnosis.h"
#include "engine/outcome.h"
#include "engine/timeline.h"

#include <string.h>

static bool show_step(struct diagnosis *diagnosis, const struct timeline_step *step,
                      struct ajar_window_step *ret_step, struct ajar_error *err)
{
    const char **waiting = calloc(step->waiting_count + 1, sizeof(*waiting));
    const char *subject = step->subject ? diagnosis_keep(diagnosis, step->subject) : NULL;

    if (!waiting)
        return ajar_no_memory(err);
    *ret_step = (struct ajar_window_step){
        .from = step->from, .phase = step->phase, .subject = subject, .waiting = waiting
    };
    for (; ret_step->waiting_count < step->waiting_count; ret_step->waiting_count++) {
        const char *text = diagnosis_keep(diagnosis, step->waiting[ret_step->waiting_count]);

        if (!text)
            return ajar_no_memory(err);
        waiting[ret_step->waiting_count] = text;
    }
    return subject || !step->subject || ajar_no_memory(err);
}

static bool show_steps(struct diagnosis *diagnosis, const struct timeline *timeline,
                       struct ajar_error *err)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;

    shown->steps = calloc(timeline->count, sizeof(*shown->steps));
    if (!shown->steps)
        return ajar_no_memory(err);
    for (size_t i = 0; i < timeline->count; i++) {
        shown->step_count++; /* what it has of a step is freed, also after a failure */
        if (!show_step(diagnosis, &timeline->steps[i], &shown->steps[i], err))
            return false;
    }
    return true;
}

/* Sums the lines of a group up by phase. The first step is before the first mark. */
static void sum_phases(const struct diagnosis *diagnosis, const struct tally_group *group,
                       uint64_t *phases)
{
    const struct ajar_diagnosis *shown = &diagnosis->shown;
    const uint64_t *counts = group->counts[diagnosis->order];

    if (shown->clock.ambiguous || !counts) {
        phases[AJAR_PHASE_UNTIMED] = group->count;
        return;
    }
    phases[AJAR_PHASE_UNTIMED] = group->untimed + group->misplaced[diagnosis->order];
    for (size_t i = 0; i < shown->step_count; i++)
        phases[shown->steps[i].phase] += counts[i];
}

static void show_phases(struct diagnosis *diagnosis)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;
    const struct tally *tally = &diagnosis->tally;

    for (size_t i = 0; i < shown->count; i++) {
        for (size_t j = 0; j < tally->knowledge->count; j++) {
            if (shown->found[i].cause == &tally->knowledge->causes[j].shown)
                sum_phases(diagnosis, &tally->known[j], shown->found[i].phases);
        }
    }
    for (size_t i = 0; i < shown->unknown_count; i++) {
        for (size_t j = 0; j < tally->unknown_count; j++) {
            if (shown->unknown[i].sign == tally->unknown[j].sign)
                sum_phases(diagnosis, &tally->unknown[j], shown->unknown[i].phases);
        }
    }
}

static void place_events(struct ajar_diagnosis *shown)
{
    for (size_t i = 0; i < shown->event_count; i++) {
        struct ajar_log_event *event = &shown->events[i];

        if (!event->time.placed)
            continue;
        for (size_t j = 0; j < shown->step_count; j++) {
            if (j == 0 || shown->steps[j].from <= event->time.utc)
                event->step = &shown->steps[j];
        }
        event->phase = event->step->phase;
    }
}

/* Reads the logs, parted by the times of the timeline. */
static bool read_logs(const struct timeline *timeline, const struct ajar_knowledge *knowledge,
                      const struct ajar_diagnose_options *options, struct diagnosis **ret_diagnosis,
                      struct ajar_error *err)
{
    OWNED(free) int64_t *times = calloc(timeline->count, sizeof(*times));
    struct tally_marks marks = { .times = times };

    if (!times)
        return ajar_no_memory(err);
    for (size_t i = 1; i < timeline->count; i++)
        times[marks.count++] = timeline->steps[i].from;
    marks.utc_offset_seconds = options->offset_given ? options->utc_offset_seconds : 0;
    return diagnosis_read(knowledge, options, &marks, ret_diagnosis, err);
}

bool ajar_show_log(struct ajar_run *run, const char *window, const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options, struct ajar_report **ret_report,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(timeline_release) struct timeline timeline = { 0 };

    if (!ajar_show(run, window, &report, err) ||
        !timeline_read(run, report->windows[0].id, &timeline, err) ||
        !read_logs(&timeline, knowledge, options, &diagnosis, err) ||
        !show_steps(diagnosis, &timeline, err))
        return false;
    show_phases(diagnosis);
    place_events(&diagnosis->shown);
    *ret_report = report;
    report = NULL;
    *ret_diagnosis = &diagnosis->shown;
    diagnosis = NULL;
    return true;
}

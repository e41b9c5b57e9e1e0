/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/timeline.h"

#include "base/text.h"

#include <string.h>

static const char *const phase_names[] = {
    [AJAR_PHASE_UNTIMED] = "untimed", [AJAR_PHASE_BEFORE] = "before",
    [AJAR_PHASE_OPENING] = "opening", [AJAR_PHASE_WAITING] = "waiting",
    [AJAR_PHASE_OPEN] = "open",       [AJAR_PHASE_CLOSING] = "closing",
    [AJAR_PHASE_OVERDUE] = "overdue", [AJAR_PHASE_AFTER] = "after",
};

const char *ajar_phase_name(enum ajar_phase phase)
{
    return (size_t)phase < LENGTH(phase_names) ? phase_names[phase] : "untimed";
}

/* A commit of the window. */
struct moment {
    struct repository_id commit;
    int64_t when;
    char *subject;
};

struct moments {
    const char *window;
    size_t count;
    struct moment *list; /* newest first */
};

static void moments_release(struct moments *moments)
{
    for (size_t i = 0; i < moments->count; i++)
        free(moments->list[i].subject);
    free(moments->list);
}
DEFINE_OWNED_STRUCT(struct moments, moments_release);

static bool note_moment(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    struct moments *moments = user;
    struct moment *more;

    if (!entry->window || strcmp(entry->window, moments->window) != 0)
        return true;
    more = reallocarray(moments->list, moments->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    moments->list = more;
    more[moments->count] = (struct moment){
        .commit = entry->commit->id,
        .when = entry->commit->author.when,
        .subject = text_copy(entry->subject),
    };
    return more[moments->count++].subject || ajar_no_memory(err);
}

static void release_step(struct timeline_step *step)
{
    for (size_t i = 0; i < step->waiting_count; i++)
        free(step->waiting[i]);
    free(step->waiting);
    free(step->subject);
}

void timeline_release(struct timeline *timeline)
{
    for (size_t i = 0; i < timeline->count; i++)
        release_step(&timeline->steps[i]);
    free(timeline->steps);
    *timeline = (struct timeline){ 0 };
}

static bool add_step(struct timeline *timeline, int64_t from, enum ajar_phase phase,
                     const char *subject, struct ajar_error *err)
{
    struct timeline_step *more = reallocarray(timeline->steps, timeline->count + 1, sizeof(*more));
    char *copy = text_copy(subject);

    if (more)
        timeline->steps = more;
    if (!more || (subject && !copy)) {
        free(copy);
        return ajar_no_memory(err);
    }
    more[timeline->count++] =
        (struct timeline_step){ .from = from, .phase = phase, .subject = copy };
    return true;
}

static bool add_waiting(struct timeline_step *step, const struct change_record *change,
                        struct ajar_error *err)
{
    char **more = reallocarray(step->waiting, step->waiting_count + 1, sizeof(*more));

    if (!more)
        return ajar_no_memory(err);
    step->waiting = more;
    more[step->waiting_count] = text_make("%s %s on %s: %s", change->kind, change->setting,
                                          change->target, change->waiting);
    return more[step->waiting_count++] || ajar_no_memory(err);
}

static bool is_waiting(const struct journal_window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        if (window->changes[i].waiting)
            return true;
    }
    return false;
}

static enum ajar_phase phase_of(const struct journal_window *window)
{
    switch (window->window.state) {
    case WINDOW_OPENING:
    case WINDOW_PARTLY_OPEN:
        return AJAR_PHASE_OPENING;
    case WINDOW_OPEN:
        return is_waiting(window) ? AJAR_PHASE_WAITING : AJAR_PHASE_OPEN;
    case WINDOW_CLOSING:
    case WINDOW_PARTLY_CLOSED:
        return AJAR_PHASE_CLOSING;
    case WINDOW_CLOSED:
        break;
    }
    return AJAR_PHASE_AFTER;
}

static bool is_on_its_way_in(enum ajar_phase phase)
{
    return phase == AJAR_PHASE_OPENING || phase == AJAR_PHASE_WAITING || phase == AJAR_PHASE_OPEN;
}

/* The step that a commit begins, and the one that the window's end begins before the `next`. */
static bool add_steps(struct timeline *timeline, const struct moment *moment,
                      const struct journal_window *window, int64_t next, struct ajar_error *err)
{
    enum ajar_phase phase = phase_of(window);
    int64_t until = window->window.until;
    bool late = is_on_its_way_in(phase) && until != 0 && until <= moment->when;
    struct timeline_step *step;

    if (!add_step(timeline, moment->when, late ? AJAR_PHASE_OVERDUE : phase, moment->subject, err))
        return false;
    step = &timeline->steps[timeline->count - 1];
    for (size_t i = 0; i < window->count; i++) {
        if (window->changes[i].waiting && !add_waiting(step, &window->changes[i], err))
            return false;
    }
    if (!is_on_its_way_in(phase) || late || until == 0 || until >= next)
        return true;
    return add_step(timeline, until, AJAR_PHASE_OVERDUE, NULL, err);
}

static bool add_moment(struct ajar_run *run, struct timeline *timeline,
                       const struct moments *moments, size_t number, struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };
    const struct moment *moment = &moments->list[number];
    int64_t next = number > 0 ? moments->list[number - 1].when : INT64_MAX;

    return journal_load_at(run->journal, &moment->commit, moments->window, &window, err) &&
           add_steps(timeline, moment, &window, next, err);
}

bool timeline_read(struct ajar_run *run, const char *window, struct timeline *ret_timeline,
                   struct ajar_error *err)
{
    OWNED(timeline_release) struct timeline timeline = { 0 };
    OWNED(moments_release) struct moments moments = { .window = window };

    if (!journal_log(run->journal, note_moment, &moments, err) ||
        !add_step(&timeline, 0, AJAR_PHASE_BEFORE, NULL, err))
        return false;
    /* A clock may have been set back between two commits; their order is the truth. */
    for (size_t i = moments.count; i-- > 1;) {
        if (moments.list[i - 1].when < moments.list[i].when)
            moments.list[i - 1].when = moments.list[i].when;
    }
    for (size_t i = moments.count; i-- > 0;) {
        if (!add_moment(run, &timeline, &moments, i, err))
            return false;
    }
    *ret_timeline = timeline;
    timeline = (struct timeline){ 0 };
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/perform.h"

#include "base/text.h"
#include "engine/waiting.h"

#include <stdio.h>
#include <string.h>

/* What one perform() knows. */
struct performance {
    struct window *window;
    enum direction direction;
    struct step **arrived; /* since the last commit */
};

static const char *const words[] = { [OPENING] = "open", [CLOSING] = "close", [UNDOING] = "undo" };

static const struct ajar_state *goal(const struct step *step, enum direction direction)
{
    return direction == OPENING ? &step->record.wanted : &step->record.before;
}

static bool settle_elsewhere(const struct performance *p, struct step *step, struct ajar_error *err)
{
    OWNED(free) char *live = NULL;

    if (!step->provider->phrase(&step->now, &live, err))
        return false;
    (void)ajar_fail(&step->trouble, AJAR_ECONFLICT, "written, but it reads back as %s", live);
    (void)ajar_hint(&step->trouble, "something sets it again: look for a policy that defines it");
    return step_settle(step, p->window, p->direction, CHANGE_FAILED, err);
}

static bool settle_unread(const struct performance *p, struct step *step, struct ajar_error *err)
{
    (void)ajar_fail(&step->trouble, AJAR_ETIMEOUT, "written, but it could not be read back");
    (void)ajar_hint(&step->trouble, "run ajar resume");
    return step_settle(step, p->window, p->direction, CHANGE_UNKNOWN, err);
}

/* The window goes on, and may open it again: it has its baseline, and nothing is written. */
static bool settle_undone(const struct performance *p, struct step *step, struct ajar_error *err)
{
    step->undone = true;
    ajar_state_release(&step->record.reached);
    return step_settle(step, p->window, UNDOING, CHANGE_INTENDED, err) &&
           text_replace(&step->record.note, "it was put back, as the run failed", err) &&
           step_begin_waiting(step, err);
}

static bool settle_restored(const struct performance *p, struct step *step, enum match reached,
                            struct ajar_error *err)
{
    const char *note = reached == MATCH_NEAR
                           ? "what was made around it stays: others use it, or it cannot be deleted"
                           : NULL;

    return step_settle(step, p->window, CLOSING, CHANGE_RESTORED, err) &&
           text_replace(&step->record.note, note, err) && step_begin_waiting(step, err);
}

/* A write that was answered: the re-read says whether it is done. */
static bool settle_written(const struct performance *p, struct step *step, struct ajar_error *err)
{
    enum match reached =
        p->direction == OPENING ? step_match_wanted(step) : step_match_before(step);

    if (!step->now.known)
        return settle_unread(p, step, err);
    if (reached == MATCH_OTHER)
        return settle_elsewhere(p, step, err);
    if (p->direction == OPENING)
        return step_settle_applied(step, p->window, err);
    if (p->direction == UNDOING)
        return settle_undone(p, step, err);
    return settle_restored(p, step, reached, err);
}

static bool settle_refused(const struct performance *p, struct step *step, struct ajar_error *err)
{
    enum change_state state = CHANGE_FAILED;

    if (step->trouble.status == AJAR_ETIMEOUT)
        state = CHANGE_UNKNOWN;
    if (step->trouble.status == AJAR_ECONFLICT)
        state = CHANGE_CONFLICT;
    return step_settle(step, p->window, p->direction, state, err);
}

static bool settle(const struct performance *p, struct job *job, struct ajar_error *err)
{
    struct step *step = job->user;

    ajar_state_release(&step->now);
    step->now = job->reply.now;
    job->reply.now = (struct ajar_state){ 0 };
    step->trouble = job->reply.error;
    if (step->trouble.status == AJAR_FINE)
        return settle_written(p, step, err);
    return settle_refused(p, step, err);
}

static bool write_story(const struct performance *p, const struct step *step, char **ret_story,
                        struct ajar_error *err)
{
    const struct change_record *record = &step->record;
    char *story;

    if (!record->error)
        return p->direction == OPENING
                   ? step_story(step, &record->before, &record->wanted, ret_story, err)
                   : step_story(step, &record->wanted, &record->before, ret_story, err);
    story = text_make("%s on %s %s: %s", record->setting, record->target,
                      change_state_name(record->state), record->error);
    if (!story)
        return ajar_no_memory(err);
    *ret_story = story;
    return true;
}

/* What a single outcome says; for several, how many. */
static bool write_subject(const struct performance *p, size_t count, char **ret_subject,
                          struct ajar_error *err)
{
    OWNED(free) char *story = NULL;
    char *subject;

    if (!write_story(p, p->arrived[0], &story, err))
        return false;
    subject = count == 1 ? text_make("%s: %s", words[p->direction], story)
                         : text_make("%s: %s, and %zu more", words[p->direction], story, count - 1);
    if (!subject)
        return ajar_no_memory(err);
    *ret_subject = subject;
    return true;
}

static void tell_outcome(const struct performance *p, const struct step *step)
{
    struct ajar_error ignored = AJAR_NO_ERROR;
    OWNED(free) char *story = NULL;

    if (write_story(p, step, &story, &ignored))
        run_tell(p->window->run, NULL, "%s", story);
}

static bool record_outcomes(void *user, struct job **jobs, size_t count, struct ajar_error *err)
{
    struct performance *p = user;
    OWNED(free) char *subject = NULL;

    for (size_t i = 0; i < count; i++) {
        if (!settle(p, jobs[i], err))
            return false;
        p->arrived[i] = jobs[i]->user;
        if (p->direction == OPENING && !failures_note(&p->window->failures, p->arrived[i], err))
            return false;
        tell_outcome(p, p->arrived[i]);
    }
    return write_subject(p, count, &subject, err) &&
           window_commit(p->window, p->direction == OPENING ? JOURNAL_APPLIED : JOURNAL_RESTORED,
                         subject, NULL, p->arrived, count, err);
}

static bool is_stopped(void *user)
{
    const struct performance *p = user;

    if (p->direction == OPENING && (p->window->failures.acted || !window_has_time(p->window)))
        return true;
    return run_is_interrupted(p->window->run);
}

static void note_begun(void *user, struct job *job)
{
    const struct performance *p = user;
    struct step *step = job->user;

    p->window->run->wrote = true;
    step->begun = step->begun || p->direction == OPENING;
}

/* Closing compares with what the window reached, when that still holds: it carries the evidence of
 * what the write made. */
static const struct ajar_state *start(const struct step *step, enum direction direction)
{
    if (direction != OPENING && step->record.reached.known &&
        step->provider->match(&step->now, &step->record.reached) == MATCH_SAME)
        return &step->record.reached;
    return &step->now;
}

static bool make_job(const struct step *step, enum direction direction, struct job *ret_job,
                     struct ajar_error *err)
{
    struct request *request = &ret_job->request;

    *ret_job = (struct job){
        .target = step->record.target,
        .is_domain = strcmp(step->record.place, "domain") == 0,
        .request = { .verb = VERB_WRITE, .setting = &step->setting },
    };
    return ajar_state_copy(start(step, direction), &request->from, err) &&
           ajar_state_copy(goal(step, direction), &request->to, err);
}

static void release_jobs(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ajar_state_release(&jobs[i].request.from);
        ajar_state_release(&jobs[i].request.to);
    }
    jobs_release(jobs, count);
}

static bool perform(struct window *window, enum direction direction, struct step *const *chosen,
                    size_t count, struct ajar_error *err)
{
    OWNED(free) struct job *jobs = calloc(count + 1, sizeof(*jobs));
    OWNED(free) struct step **arrived = calloc(count + 1, sizeof(struct step *));
    struct performance p = { .window = window, .direction = direction, .arrived = arrived };
    const struct fleet_watch watch = {
        .user = &p, .interrupted = is_stopped, .sending = note_begun, .done = record_outcomes
    };
    bool ok = jobs && arrived;

    if (!ok)
        return ajar_no_memory(err);
    for (size_t i = 0; ok && i < count; i++) {
        ok = make_job(chosen[i], direction, &jobs[i], err);
        jobs[i].user = chosen[i];
    }
    ok = ok && fleet_run(window->run->fleet, jobs, count, &watch, err);
    release_jobs(jobs, count);
    return ok;
}

/* Moves the actions behind the rest, which keeps its order. Returns how many there are of the
 * rest. */
static bool put_actions_last(struct step **chosen, size_t count, size_t *ret_settings,
                             struct ajar_error *err)
{
    OWNED(free) struct step **actions = calloc(count + 1, sizeof(struct step *));
    size_t settings = 0;
    size_t action_count = 0;

    if (!actions)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (step_is_action(chosen[i]))
            actions[action_count++] = chosen[i];
        else
            chosen[settings++] = chosen[i];
    }
    memcpy(chosen + settings, actions, action_count * sizeof(struct step *));
    *ret_settings = settings;
    return true;
}

/* What was stored may wait for just these actions: they are seen to have come. */
static bool act(struct window *window, enum direction direction, struct step *const *actions,
                size_t count, struct step **changed, size_t *changed_count, struct ajar_error *err)
{
    size_t seen = 0;

    if (count == 0)
        return true;
    if (!perform(window, direction, actions, count, err) ||
        !waiting_look(window, changed + *changed_count, &seen, err))
        return false;
    *changed_count = steps_merge(changed, *changed_count, seen);
    return true;
}

/* What the window's end kept from being begun has failed; somebody decides whether to extend. The
 * steps come out behind those in `changed`. */
static bool settle_not_begun(struct window *window, struct step *const *chosen, size_t count,
                             struct step **changed, size_t *changed_count, struct ajar_error *err)
{
    size_t more = 0;

    if (window_has_time(window) || run_is_interrupted(window->run))
        return true;
    for (size_t i = 0; i < count; i++) {
        struct step *step = chosen[i];

        if (step->record.state != CHANGE_INTENDED)
            continue;
        window->late = true;
        step->trouble = AJAR_NO_ERROR;
        (void)ajar_fail(&step->trouble, AJAR_EOVERDUE, "not begun: the window ends at %s",
                        clock_write_time(window->record.until).at);
        (void)ajar_hint(&step->trouble, "ajar extend, then ajar resume; or roll back");
        if (!step_settle(step, window, OPENING, CHANGE_FAILED, err))
            return false;
        changed[*changed_count + more++] = step;
    }
    *changed_count = steps_merge(changed, *changed_count, more);
    return true;
}

bool perform_all(struct window *window, enum direction direction, struct step **chosen,
                 size_t count, struct step **changed, size_t *ret_changed, struct ajar_error *err)
{
    size_t settings = 0;
    size_t changed_count = 0;

    if (!put_actions_last(chosen, count, &settings, err) ||
        !perform(window, direction, chosen, settings, err) ||
        !waiting_begin(window, changed, &changed_count, err) ||
        !act(window, direction, chosen + settings, count - settings, changed, &changed_count,
             err) ||
        (direction == OPENING &&
         !settle_not_begun(window, chosen, count, changed, &changed_count, err)))
        return run_admit(window->run, err);
    *ret_changed = changed_count;
    return true;
}

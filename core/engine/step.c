/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/step.h"

#include "base/text.h"

#include <string.h>

static bool add_record(struct steps *steps, const struct setting *setting,
                       const struct change_record *record, struct ajar_error *err)
{
    struct step *step = &steps->list[steps->count];

    step->provider = catalog_find(record->kind);
    if (!change_record_copy(record, &step->record, err))
        return false;
    step->setting = setting_at(setting, step->record.target);
    steps->count++;
    return true;
}

/* The journal sorts by name; the order of work is the plan's. */
bool steps_from_window(const struct journal_window *window, const struct ajar_plan *plan,
                       struct steps *ret_steps, struct ajar_error *err)
{
    OWNED(steps_release) struct steps steps = { 0 };

    steps.list = calloc(window->count + 1, sizeof(*steps.list));
    if (!steps.list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < plan_settings(plan)->count; i++) {
        const struct setting *setting = &plan_settings(plan)->list[i];

        for (size_t j = 0; j < window->count; j++) {
            const struct change_record *record = &window->changes[j];

            if (plan_setting(plan, record->kind, record->setting) == setting &&
                !add_record(&steps, setting, record, err))
                return false;
        }
    }
    if (steps.count != window->count)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s: a change has no setting in its plan",
                         window->window.id);
    *ret_steps = steps;
    steps = (struct steps){ 0 };
    return true;
}

static void take_observation(struct step *step, struct job *job)
{
    ajar_state_release(&step->now);
    step->trouble = job->reply.error;
    step->now = job->reply.now;
    job->reply.now = (struct ajar_state){ 0 };
    ajar_state_release(&step->evidence);
    step->evidence = job->reply.evidence;
    job->reply.evidence = (struct ajar_state){ 0 };
}

static bool note_observed(void *user, struct job **jobs, size_t count, struct ajar_error *err)
{
    const struct ajar_run *run = user;

    (void)err;
    for (size_t i = 0; i < count; i++) {
        struct step *step = jobs[i]->user;

        take_observation(step, jobs[i]);
        if (step->trouble.status == AJAR_FINE)
            run_tell(run, step->record.target, "read %s", step->record.setting);
        else
            run_tell(run, step->record.target, "%s", step->trouble.text);
    }
    return true;
}

static bool is_stopped(void *user)
{
    return run_is_interrupted(user);
}

bool steps_observe(struct ajar_run *run, struct steps *steps,
                   bool (*wants)(const struct step *step), struct ajar_error *err)
{
    const struct fleet_watch watch = { .user = run,
                                       .interrupted = is_stopped,
                                       .done = note_observed };
    OWNED(free) struct job *jobs = calloc(steps->count + 1, sizeof(*jobs));
    size_t count = 0;
    bool ok;

    if (!jobs)
        return ajar_no_memory(err);
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = &steps->list[i];

        if (wants && !wants(step))
            continue;
        step->trouble = AJAR_NO_ERROR;
        jobs[count++] = (struct job){
            .target = step->record.target,
            .is_domain = strcmp(step->record.place, "domain") == 0,
            .request = { .verb = VERB_OBSERVE,
                         .setting = &step->setting,
                         .evidence = step->wants_evidence },
            .user = step,
        };
    }
    ok = fleet_run(run->fleet, jobs, count, &watch, err);
    jobs_release(jobs, count);
    if (ok && run_is_interrupted(run))
        return ajar_fail(err, AJAR_EINTERRUPTED, "interrupted while reading");
    return ok;
}

bool step_is_of(const struct step *step, const struct change_record *record)
{
    return strcmp(step->record.target, record->target) == 0 &&
           strcmp(step->record.setting, record->setting) == 0 &&
           strcmp(step->record.kind, record->kind) == 0;
}

static enum match match(const struct step *step, const struct ajar_state *meant)
{
    if (!step->now.known || !meant->known)
        return MATCH_OTHER;
    return step->provider->match(&step->now, meant);
}

enum match step_match_before(const struct step *step)
{
    return match(step, &step->record.before);
}

enum match step_match_wanted(const struct step *step)
{
    return match(step, &step->record.wanted);
}

bool step_is_action(const struct step *step)
{
    return step->provider->is_action && step->provider->is_action(&step->setting);
}

const char *step_action(const struct step *step, const struct ajar_state *from,
                        const struct ajar_state *to)
{
    if (step_is_action(step)) /* what does not run needs no restart */
        return step->provider->match(from, to) == MATCH_OTHER ? "none" : "modify";
    if (step->provider->match(from, to) == MATCH_SAME)
        return "none";
    if (!from->exists)
        return to->exists ? "create" : "delete";
    return to->exists ? "modify" : "delete";
}

size_t steps_merge(struct step **steps, size_t count, size_t more)
{
    size_t total = count;

    for (size_t i = count; i < count + more; i++) {
        size_t j = 0;

        while (j < total && steps[j] != steps[i])
            j++;
        if (j == total)
            steps[total++] = steps[i];
    }
    return total;
}

size_t steps_count_begun(const struct steps *steps)
{
    size_t begun = 0;

    for (size_t i = 0; i < steps->count; i++)
        begun += steps->list[i].begun ? 1 : 0;
    return begun;
}

size_t steps_count_undone(const struct steps *steps)
{
    size_t undone = 0;

    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->list[i];

        undone += step->begun && (step->undone || step->record.state == CHANGE_RESTORED) ? 1 : 0;
    }
    return undone;
}

void steps_release(struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        change_record_release(&steps->list[i].record);
        ajar_state_release(&steps->list[i].now);
        ajar_state_release(&steps->list[i].evidence);
        free(steps->list[i].moved);
    }
    free(steps->list);
    *steps = (struct steps){ 0 };
}

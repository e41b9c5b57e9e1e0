/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From settings to steps: where is each of them?
 */
#include "engine/step.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* What the directory said of the domains that a plan names by role. */
struct topology {
    size_t count;
    struct job *jobs; /* LOCATE, one a domain */
};

static void topology_release(struct topology *topology)
{
    jobs_release(topology->jobs, topology->count);
    free(topology->jobs);
}
DEFINE_OWNED_STRUCT(struct topology, topology_release);

static const struct reply *find_domain(const struct topology *topology, const char *domain)
{
    for (size_t i = 0; i < topology->count; i++) {
        if (strcmp(topology->jobs[i].target, domain) == 0)
            return &topology->jobs[i].reply;
    }
    return NULL;
}

static bool has_role(const struct setting *setting)
{
    return setting->place == PLACE_PDC || setting->place == PLACE_CONTROLLERS;
}

static bool locate(struct ajar_run *run, const struct ajar_plan *plan, struct topology *topology,
                   struct ajar_error *err)
{
    const struct fleet_watch watch = { .user = run->options.watch.user,
                                       .interrupted = run->options.watch.interrupted };

    topology->jobs = calloc(plan_settings(plan)->count + 1, sizeof(*topology->jobs));
    if (!topology->jobs)
        return ajar_no_memory(err);
    for (size_t i = 0; i < plan_settings(plan)->count; i++) {
        const struct setting *setting = &plan_settings(plan)->list[i];

        if (!has_role(setting) || find_domain(topology, setting->where))
            continue;
        run_tell(run, setting->where, "finding its controllers");
        topology->jobs[topology->count++] = (struct job){
            .target = setting->where,
            .is_domain = true,
            .request.verb = VERB_LOCATE,
        };
    }
    return fleet_run(run->fleet, topology->jobs, topology->count, &watch, err);
}

static bool check_located(const struct topology *topology, struct ajar_error *err)
{
    for (size_t i = 0; i < topology->count; i++) {
        const struct job *job = &topology->jobs[i];

        if (job->state == JOB_SKIPPED)
            return ajar_fail(err, AJAR_EINTERRUPTED, "interrupted; nothing was changed");
        if (job->reply.error.status != AJAR_FINE) {
            *err = job->reply.error;
            return ajar_while(err, "could not find the controllers of %s", job->target);
        }
    }
    return true;
}

/* The hosts (or the domain) that a setting is on. */
static void list_targets(const struct topology *topology, const struct setting *setting,
                         const char *const **ret_names, size_t *ret_count)
{
    const struct reply *domain = find_domain(topology, setting->where);

    *ret_names = &setting->where;
    *ret_count = 1;
    if (setting->place == PLACE_PDC)
        *ret_names = (const char *const *)&domain->pdc;
    if (setting->place == PLACE_CONTROLLERS) {
        *ret_names = (const char *const *)domain->hosts.names;
        *ret_count = domain->hosts.count;
    }
}

static bool check_alone(const struct steps *steps, const struct step *fresh, struct ajar_error *err)
{
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *other = &steps->list[i];

        if (strcmp(other->record.target, fresh->record.target) == 0 &&
            text_same_ignoring_case(other->record.thing, fresh->record.thing) &&
            strcmp(other->record.kind, fresh->record.kind) == 0)
            return setting_fail(fresh->setting, "on", err,
                                "[%s %s] acts on the same thing as [%s %s] on %s: %s",
                                fresh->record.kind, fresh->record.setting, other->record.kind,
                                other->record.setting, fresh->record.target, fresh->record.thing);
    }
    return true;
}

static bool fill_step(struct step *step, const char *target, struct ajar_error *err)
{
    struct change_record *record = &step->record;

    record->setting = text_copy(setting_name(step->setting));
    record->kind = text_copy(setting_kind(step->setting));
    record->target = text_copy(target);
    record->place = text_copy(step->setting->place == PLACE_DOMAIN ? "domain" : "host");
    record->action = text_copy("none");
    if (!record->setting || !record->kind || !record->target || !record->place || !record->action)
        return ajar_no_memory(err);
    return step->provider->thing(step->setting, &record->thing, err) &&
           step->provider->want(step->setting, &record->wanted, err);
}

static bool add_step(struct steps *steps, const struct setting *setting, const char *target,
                     struct ajar_error *err)
{
    struct step *more = reallocarray(steps->list, steps->count + 1, sizeof(*more));
    struct step *fresh;

    if (!more)
        return ajar_no_memory(err);
    steps->list = more;
    fresh = &more[steps->count];
    *fresh = (struct step){ .setting = setting, .provider = catalog_find(setting_kind(setting)) };
    if (!fill_step(fresh, target, err) || !check_alone(steps, fresh, err)) {
        change_record_release(&fresh->record);
        return false;
    }
    steps->count++;
    return true;
}

bool steps_expand(struct ajar_run *run, const struct ajar_plan *plan, struct steps *ret_steps,
                  struct ajar_error *err)
{
    OWNED(topology_release) struct topology topology = { 0 };
    OWNED(steps_release) struct steps steps = { 0 };

    if (!locate(run, plan, &topology, err) || !check_located(&topology, err))
        return false;
    for (size_t i = 0; i < plan_settings(plan)->count; i++) {
        const char *const *names = NULL;
        size_t count = 0;

        list_targets(&topology, &plan_settings(plan)->list[i], &names, &count);
        for (size_t j = 0; j < count; j++) {
            if (!add_step(&steps, &plan_settings(plan)->list[i], names[j], err))
                return false;
        }
    }
    *ret_steps = steps;
    steps = (struct steps){ 0 };
    return true;
}

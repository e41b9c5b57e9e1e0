/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/waiting.h"

#include "base/text.h"
#include "model/state.h"
#include "provider/effect.h"

#include <stdio.h>
#include <string.h>

/* A host that a step waits for. */
struct watch {
    struct step *step;
    char *host;
    struct ajar_state since; /* "not known" until the host could be asked */
    bool came;
};

struct watches {
    size_t count;
    struct watch *list;
};

static void watches_release(struct watches *watches)
{
    for (size_t i = 0; i < watches->count; i++) {
        free(watches->list[i].host);
        ajar_state_release(&watches->list[i].since);
    }
    free(watches->list);
    *watches = (struct watches){ 0 };
}
DEFINE_OWNED_STRUCT(struct watches, watches_release);

static bool add_watch(struct watches *watches, struct step *step, const char *host,
                      struct ajar_error *err)
{
    struct watch *more = reallocarray(watches->list, watches->count + 1, sizeof(*more));

    if (!more)
        return ajar_no_memory(err);
    watches->list = more;
    more[watches->count] = (struct watch){ .step = step, .host = text_copy(host) };
    watches->count++;
    return more[watches->count - 1].host || ajar_no_memory(err);
}

/* "uptime-2": the fact of the second host, or NULL when `name` is another host's. */
static bool is_numbered(const char *name, size_t number, size_t *ret_size)
{
    const char *dash = strrchr(name, '-');

    if (!dash || strtoul(dash + 1, NULL, 10) != number)
        return false;
    *ret_size = (size_t)(dash - name);
    return true;
}

static bool read_since(const struct ajar_state *recorded, size_t number, struct watch *watch,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < recorded->count; i++) {
        const struct ajar_fact *fact = &recorded->facts[i];
        OWNED(free) char *name = NULL;
        size_t size = 0;

        if (!is_numbered(fact->name, number, &size))
            continue;
        name = text_copy_bytes(fact->name, size);
        if (!name)
            return ajar_no_memory(err);
        if (strcmp(name, "host") == 0)
            continue;
        watch->since.known = true;
        watch->since.exists = true;
        if (!ajar_state_set(&watch->since, name, fact->value, err))
            return false;
    }
    return true;
}

/* The hosts that the record names. */
static bool read_watches(struct step *step, struct watches *watches, struct ajar_error *err)
{
    const struct ajar_state *since = &step->record.since;

    for (size_t number = 1;; number++) {
        char name[24];
        const char *host;

        (void)snprintf(name, sizeof(name), "host-%zu", number);
        host = ajar_state_fact(since, name);
        if (!host)
            return true;
        if (!add_watch(watches, step, host, err) ||
            !read_since(since, number, &watches->list[watches->count - 1], err))
            return false;
    }
}

/* Who stops the run does not wait for this: a later look begins with it. */
static bool put_off(const struct ajar_error *lost, struct ajar_error *err)
{
    if (lost->status == AJAR_EINTERRUPTED)
        return true;
    *err = *lost;
    return false;
}

/* All that have to do something for a change of the directory: the domain's controllers. */
static bool add_controllers(struct window *window, struct step *step, struct watches *watches,
                            struct ajar_error *err)
{
    const struct host_list *hosts = NULL;
    struct ajar_error lost = AJAR_NO_ERROR;

    if (!topology_add(window->run, &window->topology, step->record.target, &lost))
        return put_off(&lost, err);
    if (!topology_controllers(&window->topology, step->record.target, &hosts, &lost))
        return true; /* later */
    for (size_t i = 0; i < hosts->count; i++) {
        if (!add_watch(watches, step, hosts->names[i], err))
            return false;
    }
    return true;
}

static bool is_on_domain(const struct step *step)
{
    return strcmp(step->record.place, "domain") == 0;
}

static bool write_facts(const struct watch *watch, size_t number, struct ajar_state *since,
                        struct ajar_error *err)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "host-%zu", number);
    if (!ajar_state_set(since, name, watch->host, err))
        return false;
    for (size_t i = 0; i < watch->since.count; i++) {
        (void)snprintf(name, sizeof(name), "%s-%zu", watch->since.facts[i].name, number);
        if (!ajar_state_set(since, name, watch->since.facts[i].value, err))
            return false;
    }
    return true;
}

/* "service LanmanServer restart on dc2.target.test, dc3.target.test" */
static bool say_waiting(struct step *step, const struct text *hosts, struct ajar_error *err)
{
    const char *effect = setting_takes_effect(&step->setting);
    OWNED(free)
    char *waiting = is_on_domain(step) && hosts->size
                        ? text_make("%s on %s", effect, text_peek(hosts))
                        : text_copy(effect);

    if (!waiting)
        return ajar_no_memory(err);
    return text_replace(&step->record.waiting, waiting, err);
}

/* Sets what a step still waits for, from the watches of it that have not come. */
static bool settle(struct step *step, const struct watches *watches, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state since = { .known = true, .exists = true };
    OWNED(text_release) struct text hosts = TEXT_UP_TO(2000);
    size_t number = 0;

    for (size_t i = 0; i < watches->count; i++) {
        const struct watch *watch = &watches->list[i];

        if (watch->step != step || watch->came)
            continue;
        text_format(&hosts, "%s%s", number ? ", " : "", watch->host);
        if (!write_facts(watch, ++number, &since, err))
            return false;
    }
    ajar_state_release(&step->record.since);
    if (number == 0)
        return text_replace(&step->record.waiting, NULL, err);
    step->record.since = since;
    since = (struct ajar_state){ 0 };
    return say_waiting(step, &hosts, err);
}

/* What the change was written to be. */
static const struct ajar_state *goal(const struct step *step)
{
    return step->record.closing ? &step->record.before : &step->record.wanted;
}

/* What a host did not tell before is what later looks compare with from now on. */
static bool add_facts(struct ajar_state *since, const struct ajar_state *now,
                      struct ajar_error *err)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct ajar_fact *fact = &now->facts[i];

        if (!ajar_state_fact(since, fact->name) &&
            !ajar_state_set(since, fact->name, fact->value, err))
            return false;
    }
    return true;
}

/* New evidence of one host: it came, or it is what later looks compare with. */
static bool take_evidence(struct watch *watch, struct job *job, struct ajar_error *err)
{
    struct ajar_state *now = &job->reply.now;

    if (job->state != JOB_DONE || job->reply.error.status != AJAR_FINE)
        return true;
    watch->came = effect_has_come(&watch->since, now);
    if (watch->came || !effect_is_baseline(now))
        return true;
    if (effect_is_baseline(&watch->since))
        return add_facts(&watch->since, now, err);
    ajar_state_release(&watch->since);
    watch->since = *now;
    *now = (struct ajar_state){ 0 };
    return true;
}

static bool is_stopped(void *user)
{
    return run_is_interrupted(user);
}

/* Asks every host of the watches. What cannot be asked is left for later. */
static bool ask(struct ajar_run *run, struct watches *watches, struct ajar_error *err)
{
    const struct fleet_watch watch = { .user = run, .interrupted = is_stopped };
    OWNED(free) struct job *jobs = calloc(watches->count + 1, sizeof(*jobs));
    bool ok;

    if (!jobs)
        return ajar_no_memory(err);
    for (size_t i = 0; i < watches->count; i++) {
        struct step *step = watches->list[i].step;

        jobs[i] = (struct job){
            .target = watches->list[i].host,
            .request = { .verb = VERB_WITNESS, .setting = &step->setting, .to = *goal(step) },
        };
    }
    ok = fleet_run(run->fleet, jobs, watches->count, &watch, err);
    for (size_t i = 0; ok && i < watches->count; i++)
        ok = take_evidence(&watches->list[i], &jobs[i], err);
    jobs_release(jobs, watches->count);
    return ok;
}

/* Settles the steps that have watches; they come out in `changed`, when `all` or when it differs
 * from before. */
static bool settle_all(struct window *window, const struct watches *watches, struct step **changed,
                       size_t *ret_changed, struct ajar_error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];
        size_t of_step = 0;

        for (size_t j = 0; j < watches->count; j++)
            of_step += watches->list[j].step == step ? 1 : 0;
        if (of_step == 0)
            continue;
        if (!settle(step, watches, err))
            return false;
        changed[count++] = step;
    }
    *ret_changed = count;
    return true;
}

static bool begins(const struct step *step)
{
    return step->record.waiting && !step->record.since.known;
}

bool waiting_begin(struct window *window, struct step **changed, size_t *ret_changed,
                   struct ajar_error *err)
{
    OWNED(watches_release) struct watches watches = { 0 };

    *ret_changed = 0;
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (!begins(step))
            continue;
        if (is_on_domain(step) ? !add_controllers(window, step, &watches, err)
                               : !add_watch(&watches, step, step->record.target, err))
            return false;
    }
    return watches.count == 0 || (ask(window->run, &watches, err) &&
                                  settle_all(window, &watches, changed, ret_changed, err));
}

/* What a look changed: the hosts that are left, or what is known of them. */
static size_t keep_changed(struct step **steps, size_t count, const struct ajar_state *before)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const struct ajar_state *since = &steps[i]->record.since;

        if (steps[i]->record.waiting && since->count == before[i].count)
            continue;
        steps[kept++] = steps[i];
    }
    return kept;
}

bool waiting_look(struct window *window, struct step **changed, size_t *ret_changed,
                  struct ajar_error *err)
{
    OWNED(watches_release) struct watches watches = { 0 };
    OWNED(free) struct ajar_state *before = calloc(window->steps.count + 1, sizeof(*before));
    size_t count = 0;

    *ret_changed = 0;
    if (!before)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (!step->record.waiting || !step->record.since.known)
            continue;
        before[count++] = (struct ajar_state){ .count = step->record.since.count };
        if (!read_watches(step, &watches, err))
            return false;
    }
    if (watches.count == 0)
        return true;
    if (!ask(window->run, &watches, err) || !settle_all(window, &watches, changed, &count, err))
        return false;
    *ret_changed = keep_changed(changed, count, before);
    return true;
}

static bool write_subject(struct step *const *changed, size_t count, char **ret_subject,
                          struct ajar_error *err)
{
    OWNED(text_release) struct text subject = TEXT_UP_TO(400);

    for (size_t i = 0; i < count; i++) {
        const struct change_record *record = &changed[i]->record;

        if (!record->waiting)
            text_format(&subject, "%s%s on %s",
                        subject.size ? ", " : "in effect: ", record->setting, record->target);
    }
    if (subject.size == 0)
        text_format(&subject, "seen: %s on %s waits for %s", changed[0]->record.setting,
                    changed[0]->record.target, changed[0]->record.waiting);
    return text_take(&subject, ret_subject, err);
}

bool waiting_notice(struct window *window, struct ajar_error *err)
{
    OWNED(free) struct step **changed = calloc(2 * window->steps.count + 1, sizeof(struct step *));
    OWNED(free) char *subject = NULL;
    size_t begun = 0;
    size_t seen = 0;

    if (!changed)
        return ajar_no_memory(err);
    if (!waiting_look(window, changed, &seen, err) ||
        !waiting_begin(window, changed + seen, &begun, err))
        return false;
    if (seen + begun == 0)
        return true;
    return write_subject(changed, seen + begun, &subject, err) &&
           window_commit(window, JOURNAL_NOTICED, subject, NULL, changed, seen + begun, err);
}

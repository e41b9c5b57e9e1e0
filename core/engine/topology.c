/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/topology.h"

#include "base/text.h"

#include <string.h>

void topology_release(struct topology *topology)
{
    jobs_release(topology->jobs, topology->count);
    free(topology->jobs);
    *topology = (struct topology){ 0 };
}

static const struct job *find_question(const struct topology *topology, const char *domain,
                                       enum verb verb)
{
    for (size_t i = 0; i < topology->count; i++) {
        const struct job *job = &topology->jobs[i];

        if (job->request.verb == verb && strcmp(job->target, domain) == 0)
            return job;
    }
    return NULL;
}

/* Are its names still to be found in the directory? */
static bool has_role(const struct setting *section)
{
    return section->where && section->place != PLACE_HOST && section->place != PLACE_DOMAIN;
}

static enum verb question_of(const struct setting *section)
{
    if (section->place == PLACE_DOMAINS)
        return VERB_DOMAINS;
    return section->place == PLACE_FOREST_CONTROLLERS ? VERB_FOREST_CONTROLLERS : VERB_LOCATE;
}

/* What is asked for, of a domain. */
static const char *subject_of(enum verb verb)
{
    if (verb == VERB_DOMAINS)
        return "domains of the forest";
    return verb == VERB_FOREST_CONTROLLERS ? "controllers of the forest" : "controllers";
}

static bool append(struct ajar_run *run, struct topology *topology, const char *domain,
                   enum verb verb, struct ajar_error *err)
{
    struct job *more;

    if (find_question(topology, domain, verb))
        return true;
    more = reallocarray(topology->jobs, topology->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    topology->jobs = more;
    run_tell(run, domain, "finding the %s", subject_of(verb));
    more[topology->count++] = (struct job){
        .target = domain,
        .is_domain = true,
        .request.verb = verb,
    };
    return true;
}

/* Asks those that were not asked yet, from `first` on. */
static bool ask(struct ajar_run *run, struct topology *topology, size_t first,
                struct ajar_error *err)
{
    const struct fleet_watch watch = { .user = run->options.watch.user,
                                       .interrupted = run->options.watch.interrupted };

    if (!fleet_run(run->fleet, topology->jobs + first, topology->count - first, &watch, err))
        return false;
    for (size_t i = first; i < topology->count; i++) {
        if (topology->jobs[i].state == JOB_SKIPPED)
            return ajar_fail(err, AJAR_EINTERRUPTED, "interrupted; nothing was changed");
    }
    return true;
}

bool topology_find(struct ajar_run *run, const struct ajar_plan *plan,
                   struct topology *ret_topology, struct ajar_error *err)
{
    OWNED(topology_release) struct topology topology = { 0 };

    for (int role = 0; role < PLAN_ROLES; role++) {
        for (size_t i = 0; i < plan->sections[role].count; i++) {
            const struct setting *section = &plan->sections[role].list[i];

            if (has_role(section) &&
                !append(run, &topology, section->where, question_of(section), err))
                return false;
        }
    }
    if (!ask(run, &topology, 0, err))
        return false;
    *ret_topology = topology;
    topology = (struct topology){ 0 };
    return true;
}

bool topology_add(struct ajar_run *run, struct topology *topology, const char *domain,
                  struct ajar_error *err)
{
    size_t first = topology->count;

    return append(run, topology, domain, VERB_LOCATE, err) && ask(run, topology, first, err);
}

static bool find_answer(const struct topology *topology, const char *domain, enum verb verb,
                        const struct reply **ret_reply, struct ajar_error *err)
{
    const char *what = subject_of(verb);
    const struct job *job = find_question(topology, domain, verb);

    if (!job)
        return ajar_fail(err, AJAR_EMISSING, "nobody asked for the %s of %s", what, domain);
    if (job->reply.error.status != AJAR_FINE) {
        *err = job->reply.error;
        return ajar_while(err, "could not find the %s of %s", what, domain);
    }
    *ret_reply = &job->reply;
    return true;
}

static bool list_found(const struct topology *topology, const struct setting *section,
                       struct host_list *names, struct ajar_error *err)
{
    const struct reply *found = NULL;

    if (!find_answer(topology, section->where, question_of(section), &found, err))
        return false;
    if (section->place == PLACE_PDC)
        return host_list_add(names, found->pdc, err);
    for (size_t i = 0; i < found->hosts.count; i++) {
        if (!host_list_add(names, found->hosts.names[i], err))
            return false;
    }
    return true;
}

static bool list_named(const struct setting *section, struct host_list *names,
                       struct ajar_error *err)
{
    const char *at = section->where;
    const char *name = NULL;
    size_t size;

    while ((size = setting_next_name(&at, &name)) > 0) {
        OWNED(free) char *copy = text_copy_bytes(name, size);

        if (!copy)
            return ajar_no_memory(err);
        if (!host_list_add(names, copy, err))
            return false;
    }
    return true;
}

bool topology_list(const struct topology *topology, const struct setting *section,
                   struct host_list *ret_names, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list names = { 0 };

    if (!(has_role(section) ? list_found(topology, section, &names, err)
                            : list_named(section, &names, err)))
        return false;
    *ret_names = names;
    names = (struct host_list){ 0 };
    return true;
}

bool topology_controllers(const struct topology *topology, const char *domain,
                          const struct host_list **ret_hosts, struct ajar_error *err)
{
    const struct reply *reply = NULL;

    if (!find_answer(topology, domain, VERB_LOCATE, &reply, err))
        return false;
    *ret_hosts = &reply->hosts;
    return true;
}

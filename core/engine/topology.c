/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/topology.h"

#include <string.h>

void topology_release(struct topology *topology)
{
    jobs_release(topology->jobs, topology->count);
    free(topology->jobs);
    *topology = (struct topology){ 0 };
}

static const struct job *find_domain(const struct topology *topology, const char *domain)
{
    for (size_t i = 0; i < topology->count; i++) {
        if (strcmp(topology->jobs[i].target, domain) == 0)
            return &topology->jobs[i];
    }
    return NULL;
}

static bool has_role(const struct setting *section)
{
    return section->where && (section->place == PLACE_PDC || section->place == PLACE_CONTROLLERS);
}

static bool append(struct ajar_run *run, struct topology *topology, const char *domain,
                   struct ajar_error *err)
{
    struct job *more;

    if (find_domain(topology, domain))
        return true;
    more = reallocarray(topology->jobs, topology->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    topology->jobs = more;
    run_tell(run, domain, "finding its controllers");
    more[topology->count++] = (struct job){
        .target = domain,
        .is_domain = true,
        .request.verb = VERB_LOCATE,
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

            if (has_role(section) && !append(run, &topology, section->where, err))
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

    return append(run, topology, domain, err) && ask(run, topology, first, err);
}

static bool find_answer(const struct topology *topology, const char *domain,
                        const struct reply **ret_reply, struct ajar_error *err)
{
    const struct job *job = find_domain(topology, domain);

    if (!job)
        return ajar_fail(err, AJAR_EMISSING, "nobody asked for the controllers of %s", domain);
    if (job->reply.error.status != AJAR_FINE) {
        *err = job->reply.error;
        return ajar_while(err, "could not find the controllers of %s", domain);
    }
    *ret_reply = &job->reply;
    return true;
}

bool topology_list(const struct topology *topology, const struct setting *section,
                   const char *const **ret_names, size_t *ret_count, struct ajar_error *err)
{
    const struct reply *domain = NULL;

    *ret_names = &section->where;
    *ret_count = 1;
    if (!has_role(section))
        return true;
    if (!find_answer(topology, section->where, &domain, err))
        return false;
    *ret_names = section->place == PLACE_PDC ? (const char *const *)&domain->pdc
                                             : (const char *const *)domain->hosts.names;
    *ret_count = section->place == PLACE_PDC ? 1 : domain->hosts.count;
    return true;
}

bool topology_controllers(const struct topology *topology, const char *domain,
                          const struct host_list **ret_hosts, struct ajar_error *err)
{
    const struct reply *reply = NULL;

    if (!find_answer(topology, domain, &reply, err))
        return false;
    *ret_hosts = &reply->hosts;
    return true;
}

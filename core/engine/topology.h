/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the sections of a plan are: which hosts `pdc DOMAIN` and `controllers DOMAIN` stand for,
 * and which domains `domains FOREST`, as the directory says it now.
 */
#ifndef AJAR_ENGINE_TOPOLOGY_H
#define AJAR_ENGINE_TOPOLOGY_H

#include "engine/run.h"
#include "model/plan.h"

struct topology {
    size_t count;
    struct job *
        jobs; /* VERB_LOCATE, VERB_DOMAINS, VERB_FOREST_CONTROLLERS: at most one of each a domain */
};

/* Asks the directory of every domain and forest that the plan names by role. One that does not
 * answer is no failure here. AJAR_EINTERRUPTED. */
bool topology_find(struct ajar_run *run, const struct ajar_plan *plan,
                   struct topology *ret_topology, struct ajar_error *err);

/* Asks one domain more for its controllers, unless it was asked already. */
bool topology_add(struct ajar_run *run, struct topology *topology, const char *domain,
                  struct ajar_error *err);

/* The hosts, or the domains, that a section is on. False, with the trouble, when its domain did not
 * answer. `ret_names` is to be released. */
bool topology_list(const struct topology *topology, const struct setting *section,
                   struct host_list *ret_names, struct ajar_error *err);

/* The writable controllers of a domain that was asked. */
bool topology_controllers(const struct topology *topology, const char *domain,
                          const struct host_list **ret_hosts, struct ajar_error *err);

void topology_release(struct topology *topology);
DEFINE_OWNED_STRUCT(struct topology, topology_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the sections of a plan are: which hosts `pdc DOMAIN` and `controllers DOMAIN` stand for, as
 * the directory says it now.
 */
#ifndef AJAR_ENGINE_TOPOLOGY_H
#define AJAR_ENGINE_TOPOLOGY_H

#include "engine/run.h"
#include "model/plan.h"

struct topology {
    size_t count;
    struct job *jobs; /* VERB_LOCATE, one a domain */
};

/* Asks the directory of every domain that the plan names by role. A domain that does not answer is
 * no failure here. AJAR_EINTERRUPTED. */
bool topology_find(struct ajar_run *run, const struct ajar_plan *plan,
                   struct topology *ret_topology, struct ajar_error *err);

/* Asks one domain more, unless it was asked already. */
bool topology_add(struct ajar_run *run, struct topology *topology, const char *domain,
                  struct ajar_error *err);

/* The hosts, or the domain, that a section is on; they belong to the topology and the section.
 * False, with the trouble, when its domain did not answer. */
bool topology_list(const struct topology *topology, const struct setting *section,
                   const char *const **ret_names, size_t *ret_count, struct ajar_error *err);

/* The writable controllers of a domain that was asked. */
bool topology_controllers(const struct topology *topology, const char *domain,
                          const struct host_list **ret_hosts, struct ajar_error *err);

void topology_release(struct topology *topology);
DEFINE_OWNED_STRUCT(struct topology, topology_release);

#endif

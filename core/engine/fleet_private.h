/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of a fleet: fleet.c hands out the jobs, fleet_worker.c has the processes.
 */
#ifndef AJAR_ENGINE_FLEET_PRIVATE_H
#define AJAR_ENGINE_FLEET_PRIVATE_H

#include "engine/fleet.h"
#include "transport/target.h"

#include <sys/types.h>

struct worker {
    char *target;
    pid_t pid;
    int socket;
    struct job *job; /* in hand, or NULL */
    int64_t deadline_ms;
    struct login login;
    struct target_options options;
};

struct fleet {
    struct fleet_options options;
    char *folder; /* private, for tickets; NULL until the first worker needs it */
    size_t count;
    struct worker **workers;
};

/* Milliseconds that only ever grow. */
int64_t fleet_now_ms(void);

/* The worker of a target, or NULL when it has none yet. */
struct worker *fleet_find_worker(const struct fleet *fleet, const char *target);

/* Starts a worker for the target of `job`. It belongs to the fleet. */
bool fleet_add_worker(struct fleet *fleet, const struct job *job, struct worker **ret_worker,
                      struct ajar_error *err);

/* Ends and forgets a worker whose process is gone, or has to go. */
void fleet_bury_worker(struct fleet *fleet, struct worker *worker);

#endif

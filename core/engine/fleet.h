/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The workers: one process for each target that was needed, kept for the whole run, so that a
 * domain is bound once and a host has one session. The parent never opens a remote connection. A
 * controller that hangs, or a reply that crashes a library, costs one target and not the run.
 *
 * Jobs on one target are done one after the other, in their order; targets side by side, at most
 * `workers` of them at a time. Every job has a deadline; the parent enforces it.
 */
#ifndef AJAR_ENGINE_FLEET_H
#define AJAR_ENGINE_FLEET_H

#include "engine/message.h"
#include "model/configuration.h"

struct fleet;

struct fleet_options {
    const struct configuration *configuration;
    unsigned workers;
    int timeout_ms;
};

enum job_state {
    JOB_WAITING,
    JOB_SENT,
    JOB_DONE,    /* `reply` holds what came of it */
    JOB_SKIPPED, /* never sent: the run was stopped first */
};

struct job {
    const char *target; /* belongs to the caller, like all of `request` */
    bool is_domain;
    bool aloof; /* does not need the connections of the target: it is sent also when they failed */
    struct request request;
    enum job_state state;
    struct reply reply; /* released by jobs_release() */
    void *user;
};

/* How fleet_run() tells and asks; each may be NULL. */
struct fleet_watch {
    void *user;
    bool (*interrupted)(void *user);              /* true: send nothing more */
    void (*sending)(void *user, struct job *job); /* just before */
    /* The jobs of this list became DONE together. False stops: send nothing more. */
    bool (*done)(void *user, struct job **jobs, size_t count, struct ajar_error *err);
};

bool fleet_open(const struct fleet_options *options, struct fleet **ret_fleet,
                struct ajar_error *err);

/* Does all jobs, or skips the rest when it is stopped. What goes wrong with one job is in its
 * reply: AJAR_ETIMEOUT when its worker did not answer in time or died. False only when `done` said
 * so, or for trouble of this host. */
bool fleet_run(struct fleet *fleet, struct job *jobs, size_t count, const struct fleet_watch *watch,
               struct ajar_error *err);

void jobs_release(struct job *jobs, size_t count);

/* Ends the workers, and their tickets with them. */
void fleet_close(struct fleet *fleet);
DEFINE_OWNED(struct fleet *, fleet_close);

#endif

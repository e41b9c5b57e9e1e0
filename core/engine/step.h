/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One setting on one target in the course of a command: the record that the journal keeps of it,
 * and what this run saw.
 */
#ifndef AJAR_ENGINE_STEP_H
#define AJAR_ENGINE_STEP_H

#include "engine/topology.h"
#include "provider/catalog.h"

struct step {
    struct setting setting; /* on this target; its texts are the plan's, and the record's */
    const struct provider *provider;
    struct change_record record;
    struct ajar_state now;      /* as last read in this run */
    struct ajar_error trouble;  /* of the last read or write in this run */
    bool drifted;               /* now is not what the record says it should be */
    bool postponed;             /* this run leaves it for a later try */
    bool begun;                 /* this run began to write it, for the window to open */
    bool undone;                /* this run put it back, or its write never landed */
    bool untouched;             /* nobody wrote it for this window, as this run knows */
    const char *action;         /* what this run has to do; NULL: as recorded. Static text. */
    bool wants_evidence;        /* a read takes `evidence`, too */
    struct ajar_state evidence; /* of the version of `now`; not known when nobody gives any */
    char *moved;                /* why a saved plan is stale because of it, or NULL */
};

struct steps {
    size_t count;
    struct step *list; /* in the order of the plan, then by target */
};

/* Makes a step for each target of each of the plan's settings, with `wanted` set and nothing else
 * known; toward closed, only of those that say what that is. Two settings that act on the same
 * thing of the same target are AJAR_EPLAN; a setting and an action are not. */
bool steps_expand(const struct topology *topology, const struct ajar_plan *plan,
                  enum ajar_toward toward, struct steps *ret_steps, struct ajar_error *err);

/* Does the setting say what its safe state is, so that there are steps of it toward closed? */
bool step_says_closed(const struct setting *setting, bool *ret_says, struct ajar_error *err);

/* The steps of a window, from its records. `plan` is the window's own. */
bool steps_from_window(const struct journal_window *window, const struct ajar_plan *plan,
                       struct steps *ret_steps, struct ajar_error *err);

/* Reads the live state of every step for which `wants` says so (NULL: of all), into `now` or
 * `trouble`. AJAR_EINTERRUPTED when the operator stopped it. */
bool steps_observe(struct ajar_run *run, struct steps *steps,
                   bool (*wants)(const struct step *step), struct ajar_error *err);

/* Is the record of this setting on this target? */
bool step_is_of(const struct step *step, const struct change_record *record);

/* How the live state stands to the baseline, and to what is wanted. OTHER when one is not known. */
enum match step_match_before(const struct step *step);
enum match step_match_wanted(const struct step *step);

/* Has it no state to keep, so that it is done once each way (a restart)? */
bool step_is_action(const struct step *step);

/* What has to be done to get from `from` to `to`: create, modify, delete, none. */
const char *step_action(const struct step *step, const struct ajar_state *from,
                        const struct ajar_state *to);

/* Of `count` different steps and `more` behind them, those that are there already fall away.
 * Returns how many are left. */
size_t steps_merge(struct step **steps, size_t count, size_t more);

/* How many of them this run began to write, and how many of these are as they were before it. */
size_t steps_count_begun(const struct steps *steps);
size_t steps_count_undone(const struct steps *steps);

void steps_release(struct steps *steps);
DEFINE_OWNED_STRUCT(struct steps, steps_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a run that opens a window does when a write fails: how many targets may, whether some hosts
 * go first alone, and whether the rule has acted. A target that failed counts once, however many of
 * its writes did.
 */
#ifndef AJAR_ENGINE_FAILURE_H
#define AJAR_ENGINE_FAILURE_H

#include <ajar/engine.h>

#include "engine/step.h"

struct failing_target {
    const char *name; /* the step's */
    bool canary;
    bool failed;
};

/* All 0: nobody watches, and a run goes as far as it goes. */
struct failures {
    bool watched;
    enum ajar_on_failure rule;
    bool limited;
    size_t tolerated;
    size_t count;
    struct failing_target *targets; /* that have something to write, in the order of the plan */
    bool gate;                      /* only canaries are being written: none may fail */
    bool acted;                     /* nothing more is begun ... */
    bool by_canary;                 /* ... because a canary failed */
    bool undone;                    /* ... and what was done was put back, as far as it went */
    const struct step *first;       /* that failed */
    char *story;                    /* how: "SETTING on TARGET: why" */
};

/* Begins to watch: finds the targets of the steps that `writes` says will be written, the canaries
 * among them, and what the tolerance comes to. */
bool failures_watch(struct failures *failures, const struct ajar_failure_policy *policy,
                    const struct steps *steps, bool (*writes)(const struct step *step),
                    struct ajar_error *err);

/* A write came to its end. */
bool failures_note(struct failures *failures, const struct step *step, struct ajar_error *err);

/* Moves the canaries' steps ahead of the rest; both keep their order. Returns how many there are.
 */
bool failures_put_canaries_first(const struct failures *failures, struct step **chosen,
                                 size_t count, size_t *ret_canaries, struct ajar_error *err);

/* "--on-failure stop", "2 targets failed, and at most 1 of 8 may": why it acted. To be freed. */
char *failures_describe_rule(const struct failures *failures);

/* "dc2.target.test", "dc2.target.test and 3 more": what failed. To be freed. */
char *failures_describe(const struct failures *failures);

/* "undo: NAME, because dc2.target.test failed", for a subject. To be freed. */
char *failures_describe_undo(const struct failures *failures, const char *plan);

const char *failures_rule_name(enum ajar_on_failure rule);

void failures_release(struct failures *failures);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands of a history, each in a run of its own that can be struck.
 */
#ifndef AJAR_PROPERTY_COMMANDS_H
#define AJAR_PROPERTY_COMMANDS_H

#include "property/history.h"

/* A command, and what it is about. */
struct command {
    const char *name;
    bool (*perform)(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err);
    int plan;           /* apply, plan */
    const char *window; /* the others; NULL: the only one */
    enum ajar_on_conflict on_conflict;
    struct ajar_failure_policy failure;
    int64_t duration;
    int64_t until;
    bool live;
};

bool perform_plan(struct ajar_run *run, const struct command *command,
                  struct ajar_report **ret_report, struct ajar_error *err);
bool perform_apply(struct ajar_run *run, const struct command *command,
                   struct ajar_report **ret_report, struct ajar_error *err);
bool perform_resume(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err);
bool perform_rollback(struct ajar_run *run, const struct command *command,
                      struct ajar_report **ret_report, struct ajar_error *err);
bool perform_extend(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err);
bool perform_close_due(struct ajar_run *run, const struct command *command,
                       struct ajar_report **ret_report, struct ajar_error *err);

/* Judges what it reports, unless it is live. */
bool perform_status(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err);

/* True when it ended by itself, then with `ret_exit`; it takes the strikes that are drawn. */
bool command_run(const struct command *command, enum ajar_exit *ret_exit);

/* The same, and nothing strikes it. */
bool command_run_in_peace(const struct command *command, enum ajar_exit *ret_exit);

#endif

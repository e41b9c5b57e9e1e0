/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a command is. To add one: a file cmd_NAME.c with its row, the row's declaration below and
 * its place in the list of main.c; and where options.c has an option for it, its name there.
 */
#ifndef AJAR_CMD_COMMAND_H
#define AJAR_CMD_COMMAND_H

#include <ajar/saved.h>

struct options;
struct screen;
struct session;
struct sink;

/* What main() does before a command runs. */
enum {
    NEEDS_PLAN = 1 << 0,    /* the operand is a plan: load it */
    NEEDS_RUN = 1 << 1,     /* open a run of the engine */
    NEEDS_CONSENT = 1 << 2, /* refuse where neither --yes nor a terminal can say yes */
    WRITES = 1 << 3,        /* it changes targets: a stop waits for the change in flight */
    TAKES_SAVED = 1 << 4,   /* NEEDS_PLAN, and the operand may be a saved plan */
};

struct command {
    const char *name;
    const char *operand; /* "PLAN"; in brackets when it may be left out; with "..." as many as
                          * wanted; NULL: takes none */
    const char *summary;
    const char *const *examples; /* whole command lines, ends with NULL */
    unsigned needs;

    /* Judges the options together, before anything is opened. May be NULL. */
    bool (*check)(const struct options *options, struct ajar_error *err);

    /* The same, of what also the plan has a say in. May be NULL. */
    bool (*check_plan)(const struct session *session, struct ajar_error *err);

    /* Does the work and shows the result. */
    bool (*run)(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err);

    /* For the engine's confirm: what is shown ahead of the question. NULL: never asks. */
    void (*preview)(struct session *session, struct sink *sink, const struct ajar_report *plan);
    const char *(*question)(const struct session *session);
};

extern const struct command command_plan;
extern const struct command command_check;
extern const struct command command_approve;
extern const struct command command_apply;
extern const struct command command_rollback;
extern const struct command command_resume;
extern const struct command command_extend;
extern const struct command command_close_due;
extern const struct command command_status;
extern const struct command command_log;
extern const struct command command_show;
extern const struct command command_audit;
extern const struct command command_diagnose;

/* One run of a command. */
struct session {
    const struct command *command;
    const struct options *options;
    const char *operand; /* or NULL */
    struct screen *screen;
    const struct ajar_plan *plan;   /* NEEDS_PLAN */
    const struct ajar_saved *saved; /* TAKES_SAVED: what `plan` was saved in; or NULL */
    struct ajar_run *run;           /* NEEDS_RUN */
    bool declined;                  /* the answer to the question was no */
};

#endif

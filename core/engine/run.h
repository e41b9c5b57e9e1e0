/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one command works with.
 */
#ifndef AJAR_ENGINE_RUN_H
#define AJAR_ENGINE_RUN_H

#include <ajar/engine.h>

#include "base/clock.h"
#include "engine/fleet.h"
#include "engine/notifier.h"
#include "journal/journal.h"

struct ajar_run {
    struct ajar_run_options options;
    struct clock clock;
    struct configuration *configuration;
    struct fleet *fleet;
    struct journal *journal; /* NULL until run_read_journal() or run_write_journal() */
    bool wrote;              /* a write was sent to a target */
    bool may_write;          /* the journal was opened by run_write_journal() */
    char *operator_name;     /* who typed the command */
    char *operator_email;
    char *host;             /* where */
    struct notices notices; /* told when the run is over */
};

/* Do several hosts share the journal through a remote? */
bool run_is_shared(const struct ajar_run *run);

/* Opens the journal to read it. One that does not exist yet is AJAR_EMISSING; with a remote it is
 * made of what is there. */
bool run_read_journal(struct ajar_run *run, struct ajar_error *err);

/* Opens the journal to write it: takes its lock. A new window makes a journal when there is none;
 * one that goes on or closes needs the journal that it is in (AJAR_EMISSING). What is only to be
 * noticed there does not wait long for the remote. */
enum journal_need { JOURNAL_MAY_BE_NEW, JOURNAL_MUST_EXIST, JOURNAL_TO_NOTICE };
bool run_write_journal(struct ajar_run *run, enum journal_need need, struct ajar_error *err);

/* How the journal, which was opened, stands to its remote, as lines of progress: for what makes no
 * report. */
bool run_tell_standing(struct ajar_run *run, struct ajar_error *err);

/* What time it is, for all that is recorded or judged: by this host's clock, but never before the
 * journal's last entry. A clock that was set back makes no window younger. */
int64_t run_now(const struct ajar_run *run);

/* AJAR_ESYSTEM when this host's clock is more than five minutes behind the journal's last entry:
 * nothing is opened or given a later end then. Closing goes on all the same. */
bool run_check_clock(const struct ajar_run *run, struct ajar_error *err);

/* How many seconds one connection or one answer may take, rounded up. */
int64_t run_patience(const struct ajar_run *run);

/* Tells a line of progress. `target` may be NULL. */
void run_tell(const struct ajar_run *run, const char *target, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A line that is told in any case: something did not work, and the run goes on. */
void run_warn(const struct ajar_run *run, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Tells the notifier what was noted so far (notice.h); one that fails is a line of warning. */
void run_tell_notifier(struct ajar_run *run);

/* Did the operator ask to stop? */
bool run_is_interrupted(const struct ajar_run *run);

/* For an error behind which nothing more is done: says so when something was changed already, that
 * nobody takes it for a run that changed nothing. Returns false. */
bool run_admit(const struct ajar_run *run, struct ajar_error *err);

DEFINE_OWNED(struct ajar_run *, ajar_run_close);

#endif

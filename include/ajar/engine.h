/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The commands. A run holds the configuration and, while it lasts, one worker process for each
 * target that was needed. The library never prints and never exits.
 *
 * A function here returns false when the command could not do its work at all (`err` says why,
 * ajar_exit_for() with which status); when it returns true the report's `exit` tells how it went.
 */
#ifndef AJAR_ENGINE_H
#define AJAR_ENGINE_H

#include <ajar/plan.h>
#include <ajar/window.h>

struct ajar_run;

/* Something worth a line of progress. */
struct ajar_progress {
    const char *target; /* or NULL */
    const char *text;   /* "connecting", "read 3 settings", "AllowPasswordExport: absent -> 1" */
};

/* How a run asks and tells. Each may be NULL. */
struct ajar_watch {
    void *user;
    void (*progress)(void *user, const struct ajar_progress *progress);
    /* Something beside the work failed, and nothing else did: a line for people. */
    void (*warn)(void *user, const char *text);
    /* Asked between two steps: true stops the run after the change in flight. */
    bool (*interrupted)(void *user);
    /* Shows what would be done; false stops before anything is recorded or written. */
    bool (*confirm)(void *user, const struct ajar_report *plan);
    /* Has a person done this step? */
    bool (*done)(void *user, const struct ajar_manual *manual);
};

struct ajar_run_options {
    const char *command; /* "apply", for the lock and the journal */
    const char *config;  /* NULL: $XDG_CONFIG_HOME/ajar/ajar.ini, else /etc/ajar/ajar.ini, else
                          * none */
    const char *journal; /* NULL: as configured */
    unsigned workers;    /* how many targets are asked at the same time; 0: 8 */
    int timeout_ms;      /* for each connection and each answer; 0: 30 s */
    bool offline; /* keep away from the journal's remote: what is recorded goes there later */
    const char *version; /* of the program */
    struct ajar_watch watch;
};

bool ajar_run_open(const struct ajar_run_options *options, struct ajar_run **ret_run,
                   struct ajar_error *err);
/* Ends the workers, gives the journal back, and then tells the notifier what happened. */
void ajar_run_close(struct ajar_run *run);

/* Which way a plan is applied. */
enum ajar_toward {
    AJAR_TOWARD_OPEN,   /* each setting's `open`: a window */
    AJAR_TOWARD_CLOSED, /* each setting's `closed`, where it says one: for what nobody recorded */
};

struct ajar_plan_options {
    enum ajar_toward toward;
    const char *const *only; /* names of sections, ends with NULL; NULL or none: all of them */
    const char *out;         /* the file to save the plan in; NULL: none. Never with `only` */
};

/* plan: reads every target and requirement, changes nothing. AJAR_EUSAGE for a name in `only` that
 * no section has, and for an `out` where something else would be lost. A plan of which something
 * could not be read is not saved: the report's `saved_file` is NULL then. */
bool ajar_plan(struct ajar_run *run, const struct ajar_plan *plan,
               const struct ajar_plan_options *options, struct ajar_report **ret_report,
               struct ajar_error *err);

struct ajar_check_options {
    /* Names of requirements and settings, as for ajar_plan(). A setting is read and told, too: the
     * state of its change is then as-wanted, not-as-wanted, unknown, or action (it has none to
     * compare). Which of these it is does not count for `exit`, but that it could not be read does,
     * as for a requirement that could not be told. */
    const char *const *only;
    /* A DN, UPN or account name: then those requirements alone are looked at which are about one
     * object, in the domain that has it. NULL: all others. AJAR_EUSAGE when the plan has none. */
    const char *object;
};

/* check: the requirements alone, and the settings that `only` names. `options` may be NULL. */
bool ajar_check(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_check_options *options, struct ajar_report **ret_report,
                struct ajar_error *err);

/* audit: which of the plan's settings that have a safe state are open, and no window holds them?
 * The state of each change is then open, held (by a window, or set to stay by a permanent one),
 * closed, or unknown. */
bool ajar_audit(struct ajar_run *run, const struct ajar_plan *plan, struct ajar_report **ret_report,
                struct ajar_error *err);

/* What apply does once a write failed, is not known, or reads back as something else. A target that
 * was away before the first write is not meant: the plan showed it. */
enum ajar_on_failure {
    AJAR_FAILURE_STOP,     /* begins nothing more; what is in flight is finished and recorded */
    AJAR_FAILURE_UNDO,     /* the same, and puts back what this run did */
    AJAR_FAILURE_CONTINUE, /* goes as far as it goes */
};

struct ajar_failure_policy {
    enum ajar_on_failure on_failure;
    bool limited;       /* `tolerated` is said; else one is too many, or to continue, none */
    bool percent;       /* `tolerated` is of the targets that have something to write */
    unsigned tolerated; /* so many targets may fail until the rule acts; then, to continue stops */
    unsigned canary;    /* so many hosts go first, alone, with their restarts: a gate that none of
                         * them may fail, whatever is tolerated and continued; 0: none */
};

struct ajar_apply_options {
    enum ajar_toward toward;
    int64_t duration;             /* seconds; or */
    int64_t until;                /* a time; neither, toward closed or of a permanent plan */
    const char *reason;           /* not empty */
    const char *ticket;           /* or NULL */
    const char *const *despite;   /* requirements that need not hold, ends with NULL; the word "all"
                                   * is all; may be NULL */
    const char *const *confirmed; /* steps of people that are done, the same way */
    struct ajar_failure_policy failure;
};

/* apply: opens a window, or goes on with the one that the same plan and parameters opened. A
 * permanent plan does not go toward closed (AJAR_EUSAGE). */
bool ajar_apply(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_apply_options *options, struct ajar_report **ret_report,
                struct ajar_error *err);

/* What becomes of a change whose live state is neither before nor wanted. */
enum ajar_on_conflict {
    AJAR_CONFLICT_SKIP,    /* left alone, stays listed */
    AJAR_CONFLICT_RESTORE, /* the baseline is written over it */
    AJAR_CONFLICT_KEEP,    /* left alone, and taken as settled: the window no longer claims it */
};

/* rollback, resume: `window` NULL is the only one that is not closed (AJAR_EUSAGE, naming them,
 * when there are several). */
struct ajar_rollback_options {
    enum ajar_on_conflict on_conflict;
    const char *const *confirmed; /* as for apply */
};
bool ajar_rollback(struct ajar_run *run, const char *window,
                   const struct ajar_rollback_options *options, struct ajar_report **ret_report,
                   struct ajar_error *err);
bool ajar_resume(struct ajar_run *run, const char *window, const char *const *confirmed,
                 struct ajar_report **ret_report, struct ajar_error *err);

struct ajar_extend_options {
    int64_t duration;   /* seconds later than the present end; or */
    int64_t until;      /* the new end */
    const char *reason; /* not empty */
};

/* extend: gives a window a later end, recorded with who, when and why; an overdue one, too. No
 * target is asked. The report's window has the extension as its last one. AJAR_EUSAGE for an end
 * that is not later than the present one or not in the future, for one that is further from the
 * opening than the plan's longest window, and for a window without an end; AJAR_ECONFLICT for one
 * that is being closed or is closed. */
bool ajar_extend(struct ajar_run *run, const char *window,
                 const struct ajar_extend_options *options, struct ajar_report **ret_report,
                 struct ajar_error *err);

/* close-due: rolls back every window that is past its end, and goes on with every one that is being
 * closed and still owes something. It asks nothing, leaves conflicts alone, and works around hosts
 * that are away: what could not be put back is tried again after a pause that grows with each try,
 * and until then neither read nor recorded. One window that cannot be closed does not keep the next
 * one from it. The report has the windows that were due or still owe something, each with an `exit`
 * and a `summary` of its own; its `exit` is the worst of them. Nothing due is no failure, nor is a
 * journal that does not exist yet. */
bool ajar_close_due(struct ajar_run *run, struct ajar_report **ret_report, struct ajar_error *err);

/* status: the windows that are not closed (or the one that is named); `live` reads every target
 * again. */
bool ajar_status(struct ajar_run *run, const char *window, bool live,
                 struct ajar_report **ret_report, struct ajar_error *err);

/* show: one window from the journal alone, closed ones too; NULL is the newest. */
bool ajar_show(struct ajar_run *run, const char *window, struct ajar_report **ret_report,
               struct ajar_error *err);

/* log: one commit after the other, newest first; `each` returns false to stop. */
struct ajar_log_entry {
    const char *commit; /* hexadecimal */
    int64_t time;
    const char *operator_name;
    const char *subject;
    const char *window; /* these may be NULL */
    const char *event;
    const char *host;
    const char *ticket;
    const char *approved; /* who approved of what was opened, with ", " between */
    uint64_t sequence;
};
bool ajar_log(struct ajar_run *run, const char *window,
              bool (*each)(void *user, const struct ajar_log_entry *entry), void *user,
              struct ajar_error *err);

/* The exit status for an error. */
enum ajar_exit ajar_exit_for(const struct ajar_error *err);

/* "2026-11-21T08:00:00Z", and back; a duration: "90s", "15m", "72h", "14d", in seconds. AJAR_EUSAGE
 * with what would be right. */
#define AJAR_TIME_SIZE 21
void ajar_time_text(int64_t time, char ret_text[AJAR_TIME_SIZE]);
bool ajar_time_parse(const char *text, int64_t *ret_time, struct ajar_error *err);
bool ajar_duration_parse(const char *text, int64_t *ret_seconds, struct ajar_error *err);

#endif

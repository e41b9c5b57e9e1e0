/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a log says: causes that are known, with what to do about them, and what nobody knows. A log
 * is read once, in blocks; the memory that it takes does not depend on its size.
 *
 * Texts are UTF-8 in one line: what the log holds of control characters and broken characters was
 * replaced. What a diagnosis names of the knowledge belongs to the knowledge, which must outlive
 * it; everything else here belongs to the diagnosis.
 */
#ifndef AJAR_DIAGNOSE_H
#define AJAR_DIAGNOSE_H

#include <ajar/engine.h>

/* The knowledge: all files `*.ini` of a folder. */
struct ajar_knowledge;

struct ajar_knowledge_source {
    const char *folder; /* plans/diagnose */
    const char *plans;  /* where the shipped plans are, which `bears-on` names */
};

/* Every mistake is AJAR_EPLAN, "file:line: what is wrong, what would be right". `ret_knowledge` is
 * to be freed. */
bool ajar_knowledge_load(const struct ajar_knowledge_source *source,
                         struct ajar_knowledge **ret_knowledge, struct ajar_error *err);
void ajar_knowledge_free(struct ajar_knowledge *knowledge);

enum ajar_severity {
    AJAR_SEVERITY_ERROR,
    AJAR_SEVERITY_WARNING,
    AJAR_SEVERITY_NOTICE,
    AJAR_SEVERITY_FINE, /* what a success looks like; counted apart */
};
#define AJAR_SEVERITIES 4

/* "error", "warning", "notice", "fine" */
const char *ajar_severity_name(enum ajar_severity severity);

/* A section of a shipped plan that a cause bears on. */
struct ajar_bearing {
    const char *plan; /* "admt-password-migration" */
    const char *kind; /* "registry", "require" */
    const char *name; /* "restrict-anonymous" */
};

/* One cause, as the knowledge has it: [cause NAME]. */
struct ajar_cause {
    const char *name;
    const char *file;       /* the name of its knowledge file: "admt" */
    const char *file_title; /* "ADMT's Migration.log and the Password Export Server" */
    const char *title;
    const char *means;
    const char *unconfirmed; /* what of it no public document confirms; NULL: nothing */
    enum ajar_severity severity;
    size_t step_count;
    const char *const *steps; /* what a person does */
    size_t reference_count;
    const char *const *references;
    size_t bearing_count;
    const struct ajar_bearing *bearings;
};

size_t ajar_knowledge_causes(const struct ajar_knowledge *knowledge,
                             const struct ajar_cause *const **ret_list);

/* When something stood in the log: of its line, or of the last line before that has a time. */
struct ajar_log_time {
    bool known;
    bool placed;   /* the numbers below are known: day and month cannot be told apart otherwise */
    int64_t wall;  /* the time of the host that wrote the log, as if that were UTC */
    int64_t utc;   /* `wall` without the offset of ajar_log_clock */
    char text[40]; /* as it stands in the log: "21.11.2026 08:15:00" */
};

/* How the times of the logs were read. */
struct ajar_log_clock {
    bool seen;      /* there are times */
    bool ambiguous; /* day and month could not be told apart: nothing is `placed` */
    bool offset_given;
    int utc_offset_seconds; /* as given; 0 otherwise, which is an assumption */
    const char *dates;      /* "year-month-day", "day.month.year", "month/day/year", ...; NULL when
                             * there are none */
};

/* How a live look judges a cause, or one section that it bears on. */
enum ajar_standing {
    AJAR_STANDING_NOT_ASKED,
    AJAR_STANDING_LIKELY,    /* something does not hold, or is not as the plan wants it */
    AJAR_STANDING_RULED_OUT, /* everything that it bears on holds now */
    AJAR_STANDING_UNKNOWN,   /* cannot be told */
};

/* "not-asked", "likely", "ruled-out", "unknown" */
const char *ajar_standing_name(enum ajar_standing standing);

/* What the live look found of one section on one target. */
struct ajar_bearing_seen {
    const struct ajar_bearing *bearing;
    const char *target; /* NULL when no target could be asked */
    enum ajar_standing standing;
    const char *reason; /* what was found, in one line */
    const char *hint;   /* the next step, or NULL */
};

/* Where lines stand beside a window (ajar_show_log). */
enum ajar_phase {
    AJAR_PHASE_UNTIMED, /* no time, or one that cannot be placed */
    AJAR_PHASE_BEFORE,  /* before the window opened */
    AJAR_PHASE_OPENING, /* from its first commit until the last change was applied */
    AJAR_PHASE_WAITING, /* open, and something that it waits for was not seen to have happened */
    AJAR_PHASE_OPEN,    /* open, everything in effect */
    AJAR_PHASE_CLOSING, /* from the first commit of the rollback on */
    AJAR_PHASE_OVERDUE, /* past its end, and not being closed yet */
    AJAR_PHASE_AFTER,   /* after it was closed */
};
#define AJAR_PHASES 8

/* "untimed", "before", "opening", "waiting", "open", "closing", "overdue", "after" */
const char *ajar_phase_name(enum ajar_phase phase);

/* Lines of one cause. */
struct ajar_found {
    const struct ajar_cause *cause;
    uint64_t count;
    struct ajar_log_time first; /* the earliest and the latest */
    struct ajar_log_time last;
    const char *file;    /* of the first line */
    uint64_t first_line; /* lines count from 1 */
    const char *last_file;
    uint64_t last_line;
    const char *example;    /* the first line; cut when it is long */
    uint64_t account_count; /* how many different accounts */
    bool account_more;      /* there are at least `account_count`: too many to tell apart */
    size_t account_listed;  /* how many are named here: the first ones, in their order */
    const char *const *accounts;
    enum ajar_standing standing;
    size_t seen_count;
    const struct ajar_bearing_seen *seen;
    uint64_t phases[AJAR_PHASES]; /* lines in each; ajar_show_log only */
};

/* Lines with a sign of trouble ("WRN1:7999") that no cause explains, by sign and number. */
struct ajar_unknown {
    const char *sign;            /* "WRN1:7999" */
    enum ajar_severity severity; /* by its letters: error or warning */
    uint64_t count;
    struct ajar_log_time first;
    struct ajar_log_time last;
    const char *file;
    uint64_t first_line;
    const char *last_file;
    uint64_t last_line;
    const char *example;
    uint64_t phases[AJAR_PHASES];
};

/* One file of the log. */
struct ajar_log_file {
    const char *path;     /* "-": standard input */
    const char *encoding; /* "UTF-16LE", "UTF-16BE", "UTF-8", "8-bit" */
    uint64_t bytes;
    uint64_t lines;
    uint64_t cut; /* lines that are longer than what is looked at */
    bool half;    /* it ends within a character */
};

/* A part of a window's time, until the next one begins. */
struct ajar_window_step {
    int64_t from; /* 0: from the begin of time on, before the window opened */
    enum ajar_phase phase;
    const char *subject; /* what the journal says of the commit that it begins with, or NULL */
    size_t waiting_count;
    const char *const *waiting; /* "registry allow-password-export on dc1.source.test: restart" */
};

/* One line that a cause explains or that is an unknown sign, beside a window. */
struct ajar_log_event {
    const struct ajar_found *found;     /* one of these two is NULL */
    const struct ajar_unknown *unknown; /* the other one */
    struct ajar_log_time time;
    enum ajar_phase phase;
    const struct ajar_window_step *step; /* NULL: untimed */
    const char *file;
    uint64_t line;
    const char *text;    /* the line; cut when it is long */
    const char *account; /* or NULL */
};

struct ajar_diagnosis {
    size_t file_count;
    struct ajar_log_file *files; /* in the order they were read */
    struct ajar_log_clock clock;
    uint64_t lines;                      /* of all files */
    uint64_t quiet;                      /* lines without a sign of anything */
    uint64_t explained[AJAR_SEVERITIES]; /* lines of known causes */
    uint64_t unexplained;                /* lines with a sign of trouble that is not known */
    size_t count;                        /* the causes: by severity, then by number of lines */
    struct ajar_found *found;
    size_t unknown_count;
    struct ajar_unknown *unknown;
    uint64_t unknown_more; /* lines of signs beyond those, when there are too many of them */
    size_t event_count;    /* ajar_show_log only: errors and warnings in the order of the log */
    struct ajar_log_event *events;
    uint64_t event_more; /* how many more there are */
    size_t step_count;   /* ajar_show_log only: the window's time, in its order */
    struct ajar_window_step *steps;
};

struct ajar_diagnose_options {
    const char *const *files; /* ends with NULL; "-" is standard input; read by the number in their
                               * names: Migration.log, Migration0001.log, ... */
    bool offset_given;
    int utc_offset_seconds; /* of the host that wrote the log: +02:00 is 7200 */
};

/* "+02:00", "-0530", "Z", "+2": AJAR_EUSAGE with what would be right. */
bool ajar_utc_offset_parse(const char *text, int *ret_seconds, struct ajar_error *err);

/* Reads the logs. AJAR_EMISSING for a file that is not there, AJAR_ESYSTEM for one that cannot be
 * read. `ret_diagnosis` is to be freed. */
bool ajar_diagnose(const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err);

/* Looks at what the found causes bear on, and at nothing else, and marks each cause: sets
 * `standing` and `seen`. A cause whose plan is not given cannot be told. */
struct ajar_diagnose_live {
    struct ajar_run *run;
    const struct ajar_plan *const *plans; /* loaded, with their parameters; ends with NULL */
};
bool ajar_diagnose_live(const struct ajar_diagnose_live *live, struct ajar_diagnosis *diagnosis,
                        struct ajar_error *err);

/* The names of the plans that the found causes bear on; `*ret_names` is to be freed, the names
 * belong to the knowledge. */
bool ajar_diagnosis_plans(const struct ajar_diagnosis *diagnosis, const char ***ret_names,
                          size_t *ret_count, struct ajar_error *err);

/* Reads the logs beside a window, from the journal's records alone (`window` as for ajar_show):
 * sets `phases` and `events`, too. */
bool ajar_show_log(struct ajar_run *run, const char *window, const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options, struct ajar_report **ret_report,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err);

void ajar_diagnosis_free(struct ajar_diagnosis *diagnosis);

#endif

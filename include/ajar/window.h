/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine tells of windows and changes. Everything here belongs to the report that it
 * stands in. Texts are UTF-8; times are seconds since 1970 (UTC), 0 for "not".
 */
#ifndef AJAR_WINDOW_H
#define AJAR_WINDOW_H

#include <ajar/exit.h>
#include <ajar/state.h>

#include <stdint.h>

/* One setting on one target. */
struct ajar_change {
    const char *setting;
    const char *kind;
    const char *target;        /* "dc1.source.test"; for a setting of a domain, the domain */
    const char *thing;         /* what it acts on: "HKLM\SYSTEM\...\Lsa:AllowPasswordExport" */
    const char *action;        /* what has to be done: create, modify, delete, none */
    const char *state;         /* planned, or as in the journal: intended, applied, failed, unknown,
                                * restoring, restored, conflict; kept: a conflict
                                * that somebody settled */
    struct ajar_state before;  /* found, first; the baseline of the window */
    struct ajar_state wanted;  /* while the window is open */
    struct ajar_state now;     /* last seen in this run; not known when nobody looked */
    const char *before_phrase; /* the same three in words: "absent", "1"; "not known" */
    const char *wanted_phrase;
    const char *now_phrase;
    const char *takes_effect; /* "at once", "restart", ... */
    const char *waiting;      /* what it still waits for, or NULL */
    const char *why;          /* from the plan; NULL when it says nothing */
    const char *risk;
    const char *reference;
    enum ajar_status trouble; /* AJAR_FINE, or why it is not done */
    const char *error;        /* the trouble in one line, or NULL */
    const char *hint;         /* the next step, or NULL */
    const char *note;         /* something worth knowing that is no trouble, or NULL */
    bool kept;                /* a conflict that somebody settled: the present value stays */
    bool drifted;             /* now is not what the journal says it should be */
    const char *moved;        /* why it is not as it was when the plan was saved, or NULL */

    /* Of the version of `before`, where the plan was saved; not known when there is none. */
    struct ajar_state evidence;
    int64_t owed;   /* since when it could not be put back; 0: nothing of it is owed */
    unsigned tries; /* how often that was tried */
    int64_t next;   /* when close-due tries it next; 0: not by itself */
};

/* One requirement on one target. */
struct ajar_requirement {
    const char *name;
    const char *check;  /* its sort: "trust" */
    const char *target; /* host or domain */
    const char *result; /* "pass", "fail", "unknown" */
    const char *reason; /* what was found */
    const char *hint;   /* the next step, or NULL */
    const char *why;    /* from the plan; NULL when it says nothing */
    const char *reference;
    const char *despite; /* who went on although it does not hold, or NULL */
    const char *met_by;  /* it failed, and this setting, which the window had to change on the same
                          * target, is what the plan says it is met by; or NULL */
};

/* A step that only a person can do. */
struct ajar_manual {
    const char *name;
    const char *where; /* a host or domain; NULL when the plan does not say */
    const char *when;  /* "before" the changes, "after" them, "closing" */
    size_t count;
    const char *const *commands; /* what to do, one after the other */
    const char *why;             /* from the plan; NULL when it says nothing */
    const char *risk;
    const char *reference;
    const char *by; /* who confirmed that it was done; NULL: nobody did */
    int64_t at;
};

/* A later end for a window. */
struct ajar_extension {
    int64_t from; /* the end until then */
    int64_t until;
    const char *by;   /* who */
    const char *host; /* where ajar ran */
    int64_t at;
    const char *reason;
};

/* A signature under a saved plan. */
struct ajar_approval {
    const char *by;
    int64_t at;
    int64_t until;
    const char *trouble; /* of a saved plan: why it does not count; NULL when it does, or did when
                          * the window was opened */
};

struct ajar_change_counts {
    size_t intended;
    size_t applied;
    size_t restored;
    size_t conflict; /* without those that are kept */
    size_t kept;
    size_t unknown;
    size_t failed;
};

struct ajar_window {
    const char *id; /* NULL in a plan's report: there is no window */
    const char *plan;
    const char *title;
    const char *state; /* opening, open, partly-open, closing, partly-closed, closed */
    const char *operator_name;
    const char *host;
    const char *reason;
    const char *ticket; /* NULL when there is none */
    int64_t opened;
    int64_t until; /* 0: none */
    int64_t closed;
    bool overdue;
    struct ajar_change_counts counts;
    bool toward_closed; /* it brings settings to their safe state, and has no end */
    bool permanent;     /* a repair: what it sets stays, and it has no end either */
    const char *saved;  /* the seal of the saved plan that it was opened with, or NULL */
    size_t count;
    struct ajar_change *changes; /* in the order of the plan, then by target */
    size_t requirement_count;
    struct ajar_requirement *requirements;
    size_t manual_count;
    struct ajar_manual *manuals;
    size_t approval_count;
    struct ajar_approval *approvals;
    size_t extension_count;
    struct ajar_extension *extensions; /* the first one first */
    enum ajar_exit exit;               /* close-due: how it went with this window */
    const char *summary;               /* close-due: the same in one line; NULL elsewhere */
};

/* What apply does when a write fails, and what came of it. */
struct ajar_failures {
    const char *rule;    /* stop, undo, continue; NULL: no apply */
    size_t target_count; /* targets that have something to write in this run */
    bool limited;        /* at most `tolerated` of them may fail before the rule acts */
    size_t tolerated;
    size_t canary_count;
    const char *const *canaries; /* the hosts that go first, alone; none of them may fail */
    size_t failed_count;
    const char *const *failed; /* the targets that did */
    bool acted;                /* the rule did: nothing more was begun */
    size_t begun;              /* changes that this run began to write */
    size_t undone;             /* of these, those that are as they were before it */
};

/* What a command found or did. */
struct ajar_report {
    enum ajar_exit exit;      /* what the command ends with */
    const char *summary;      /* one line that says why, for people; may be NULL */
    const char *policy;       /* plan, show and approve of a saved plan: what the rules of the house
                               * would do about an apply, in one line; or NULL */
    const char *journal_head; /* commit id after the command; NULL when there is no journal */
    size_t journal_entries;
    size_t remark_count; /* what is to be known of the journal: that its remote is away, ... */
    const char **remarks;
    const char *object;       /* check: whom it was about, or NULL */
    size_t left_out;          /* check: requirements that look at one object, when none was named */
    const char *saved_file;   /* plan: where it was saved, or NULL */
    const char *saved_sha256; /* its seal */
    size_t count;
    struct ajar_window *windows;   /* plan, apply, rollback, resume, show: one */
    struct ajar_failures failures; /* apply */
};

void ajar_report_free(struct ajar_report *report);

#endif

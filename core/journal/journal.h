/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal: the record of every window, in a git repository. README.md has its format, its
 * invariants and how it recovers. One writer at a time, readers whenever they like: a reader sees
 * the head that was there when it opened, or refreshed.
 *
 * Several hosts share a journal through a remote: then each has a writer, and an event counts once
 * it is there. Failures of the remote keep the status that they have in
 * transport/repository_remote.h, "journal URL: ...". All others are AJAR_EJOURNAL,
 * "journal PATH: ...", unless told otherwise.
 */
#ifndef AJAR_JOURNAL_JOURNAL_H
#define AJAR_JOURNAL_JOURNAL_H

#include "base/clock.h"
#include "journal/approval.h"
#include "journal/record.h"
#include "transport/repository.h"

struct journal;

/* The repository that several hosts share. */
struct journal_remote {
    const char *url; /* as git names it; NULL: nobody shares this journal */
    bool offline;    /* do not go there: what is recorded goes there later */
    int patience_ms; /* for one exchange with it */
    void (*tell)(void *user, const char *text); /* a line for people; may be NULL */
    void *user;
};

struct journal_writer_options {
    const char *operator_name;
    const char *operator_email;
    const char *host;    /* this one */
    const char *command; /* "ajar apply" */
    struct clock clock;
    repository_sign *sign; /* NULL: commits are not signed */
    void *sign_user;
    struct journal_remote remote;
};

/* For reading. AJAR_EMISSING when there is none. */
bool journal_open(const char *path, struct journal **ret_journal, struct ajar_error *err);

/* For reading what others have recorded, too, as far as the remote can be reached; when it cannot,
 * the journal is as it was when it last could, and journal_standing() says so. */
bool journal_open_shared(const char *path, const struct journal_remote *remote,
                         struct journal **ret_journal, struct ajar_error *err);

/* For writing; makes a new journal (mode 0700) where there is none, in a folder that is missing or
 * empty. AJAR_ELOCKED when another run has it: "journal PATH is in use by alice on adm1 since
 * 2026-11-21T08:00:00Z (ajar apply, pid 123)". Proves that it can be written before it returns.
 * With a remote it is where the remote is afterwards, and what was recorded here alone is there. */
bool journal_open_writer(const char *path, const struct journal_writer_options *options,
                         struct journal **ret_journal, struct ajar_error *err);

void journal_close(struct journal *journal);
DEFINE_OWNED(struct journal *, journal_close);

/* Moves a reader to the head of now. */
bool journal_refresh(struct journal *journal, struct ajar_error *err);

/* The commit that the journal is at; its hex is "" while nothing was recorded. */
const struct repository_id *journal_head(const struct journal *journal);

/* How many commits there are: the sequence of the head; 0 while nothing was recorded. */
int64_t journal_entries(const struct journal *journal);

/* When the last one was made; 0 while nothing was recorded. No commit is earlier than the one
 * before it, whatever the clock says. */
int64_t journal_time(const struct journal *journal);

/* A name for a window that is not taken: "20261121-080000-<plan>", or with "-2" and so on. To be
 * freed. */
bool journal_make_id(struct journal *journal, const char *plan, int64_t opened, char **ret_id,
                     struct ajar_error *err);

struct journal_windows {
    size_t count;
    struct window_record *list; /* newest last */
};

void journal_windows_release(struct journal_windows *windows);
DEFINE_OWNED_STRUCT(struct journal_windows, journal_windows_release);

bool journal_list(struct journal *journal, struct journal_windows *ret_windows,
                  struct ajar_error *err);

struct journal_window {
    struct window_record window;
    char *plan; /* plan.ini */
    size_t count;
    struct change_record *changes; /* by target, then by kind and setting */
    size_t requirement_count;
    struct requirement_record *requirements; /* by target, then by name */
    size_t manual_count;
    struct manual_record *manuals; /* by name */
    struct approvals approvals;    /* by file name; that were counted when it was opened */
};

void journal_window_release(struct journal_window *window);
DEFINE_OWNED_STRUCT(struct journal_window, journal_window_release);

/* AJAR_EMISSING when there is no such window. */
bool journal_load(struct journal *journal, const char *id, struct journal_window *ret_window,
                  struct ajar_error *err);

/* A window as it was recorded at a commit of the journal. */
bool journal_load_at(struct journal *journal, const struct repository_id *commit, const char *id,
                     struct journal_window *ret_window, struct ajar_error *err);

enum journal_event_kind {
    JOURNAL_OPENED,   /* the first commit of a window: every change with its before */
    JOURNAL_APPLIED,  /* outcomes of an apply */
    JOURNAL_RESUMED,  /* an interrupted apply goes on */
    JOURNAL_EXTENDED, /* a later end */
    JOURNAL_CLOSING,  /* a rollback is about to write */
    JOURNAL_RESTORED, /* outcomes of a rollback */
    JOURNAL_CLOSED,   /* the window is closed, or as far as it can be */
    JOURNAL_NOTICED,  /* something was seen: a restart has happened, somebody changed a setting */
};

/* The word in the trailer: "opened". */
const char *journal_event_name(enum journal_event_kind kind);

struct journal_event {
    enum journal_event_kind kind;
    const char *window; /* its id */
    const char
        *subject;     /* one line for people: "open: AllowPasswordExport on dc1...: absent -> 1" */
    const char *host; /* the target, when all of it happened on one; may be NULL */
    const char *ticket; /* may be NULL */
};

/* What an event records. */
struct journal_news {
    const struct window_record *window; /* NULL: unchanged */
    const char *plan;                   /* with JOURNAL_OPENED, and only then */
    size_t count;
    const struct change_record *changes; /* those that are new or changed */
    size_t requirement_count;
    const struct requirement_record *requirements; /* a later look replaces an earlier one */
    size_t manual_count;
    const struct manual_record *manuals; /* what was confirmed stays confirmed */
    size_t approval_count;
    const struct approval_record *approvals; /* with JOURNAL_OPENED, and only then: of the saved
                                              * plan that the window names */
};

/* Records an event as one commit; when it returns true the commit is on disk. Refused, with nothing
 * written: what rules.h forbids, a window that is opened twice or without changes, a change that
 * its opening did not hold, a window that is closed while a change is not settled, and a journal
 * whose head was moved by somebody else.
 *
 * With a remote the commit is there, too, unless the remote went away after this writer announced
 * that it would write: then it stays here until the next writer takes it there. What announces
 * writes to targets (opened, resumed, extended, closing) is AJAR_ELOCKED, naming who, when somebody
 * else recorded anything since this writer looked. An outcome is recorded on top of that instead;
 * AJAR_ECONFLICT, naming who, when the rules forbid it there. */
bool journal_commit(struct journal *journal, const struct journal_event *event,
                    const struct journal_news *news, struct ajar_error *err);

/* One commit, for the log and for proofs. NULL and 0 for trailers that it lacks. */
struct journal_entry {
    const struct repository_entry *commit;
    const char *subject; /* the first line of the message */
    const char *window;
    const char *event;
    const char *operator_name;
    const char *host;
    const char *ticket;
    const char *approved; /* who approved of it, with ", " between; of an opening */
    int64_t sequence;
};

/* false ends the log, without an error unless `err` carries one. */
typedef bool journal_visit(void *user, const struct journal_entry *entry, struct ajar_error *err);

/* Shows every commit, newest first. */
bool journal_log(struct journal *journal, journal_visit *visit, void *user, struct ajar_error *err);

/* How the journal here stands to its remote. */
struct journal_standing {
    bool shared;         /* there is a remote */
    bool offline;        /* what is recorded here is kept on a branch of its own */
    bool cut_off;        /* because the remote went away in the middle of this run */
    bool reconciled;     /* this writer took there what had been recorded here alone */
    size_t waiting;      /* entries that are not there, as far as is known here */
    int64_t since;       /* when the first of them was recorded */
    const char *trouble; /* a reader could not reach it: why; or NULL */
    int64_t seen;        /* when it was last reached from here; 0: never */
};
bool journal_stand(struct journal *journal, struct journal_standing *ret_standing,
                   struct ajar_error *err);

/* The repository beneath, for proofs. */
struct repository *journal_repository(const struct journal *journal);

#endif

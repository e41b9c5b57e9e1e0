/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the journal share with each other and with nobody else.
 */
#ifndef AJAR_JOURNAL_INSIDE_H
#define AJAR_JOURNAL_INSIDE_H

#include "base/file.h"
#include "journal/journal.h"
#include "transport/repository_remote.h"

#define JOURNAL_FORMAT "ajar-journal 1\n"

struct journal {
    char *path;
    struct repository *repository;
    struct repository_id head; /* that this journal has seen */
    int64_t entries;           /* the sequence of `head` */
    int64_t time;              /* when `head` was committed; 0 while there is none */
    struct file_lock lock;     /* held by a writer, and only by it */
    char *operator_name;       /* from here on: a writer's */
    char *operator_email;
    char *host;
    struct clock clock;
    repository_sign *sign;
    void *sign_user;
    char *remote; /* from here on: of a journal that is shared; NULL when nobody shares it */
    int patience_ms;
    bool keep_away; /* from the remote: the operator said so */
    bool cut_off;   /* the remote went away since this writer opened */
    bool offline;   /* one of the two, or an earlier run left it so: the branch is another one */
    bool reconciled;
    bool again; /* the commit that was refused may be made anew, on the head of now */
    void (*tell)(void *user, const char *text);
    void *tell_user;
    struct repository_id remote_head;
    char *announced; /* the window that this writer said it would write to */
    char *rival;     /* who recorded something since this writer looked: "bob on adm2" */
    char *rival_did; /* "at 2026-11-21T08:00:00Z: "opening: ..."" */
    char *trouble;   /* why the remote could not be reached by a reader */
};

/* Puts "journal PATH: " in front, and makes the failure one of the journal unless a caller can
 * branch on what it is. Returns false. */
bool journal_blame(const struct journal *journal, struct ajar_error *err);

/* Reads where the journal is: the branch of what is not on the remote yet while there is one, or
 * else main; a reader looks at what the remote has beyond it, too. */
bool journal_read_head(struct journal *journal, struct ajar_error *err);

/* Is the commit at the head of a journal of ajar? */
bool journal_check_format(struct journal *journal, const struct repository_id *head,
                          struct ajar_error *err);

/* Moves a branch; a lock of it that a crash left is removed. Only for the writer. */
bool journal_move(struct journal *journal, enum repository_branch branch,
                  const struct repository_id *from, const struct repository_id *to,
                  struct ajar_error *err);

/* Keeps what is said of the remote. */
bool journal_take_remote(struct journal *journal, const struct journal_remote *remote,
                         struct ajar_error *err);

/* A reader's look at the remote; its failure is kept in `trouble`. */
bool journal_look(struct journal *journal, struct ajar_error *err);

/* A writer's: brings both to the same place, whatever was left behind by earlier runs. */
bool journal_settle(struct journal *journal, struct ajar_error *err);

/* AJAR_ECONFLICT when the remote has moved. */
bool journal_push(struct journal *journal, const struct repository_parcel *parcel,
                  struct ajar_error *err);

/* What the remote has is of another journal. Returns false. */
bool journal_refuse_remote(const struct journal *journal, struct ajar_error *err);

/* Says a line to whoever watches. */
void journal_tell(const struct journal *journal, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Records one commit of an event on the remote and then here. When it fails with `again`, the
 * event is to be checked and made anew: somebody was first, or the remote is away and the journal
 * goes on offline. */
bool journal_put(struct journal *journal, const struct journal_event *event,
                 const struct repository_commit *commit, struct ajar_error *err);

/* Is a commit that was refused to be made anew? Waits a moment, and after many tries goes on
 * offline with what has happened already. */
bool journal_try_again(struct journal *journal, const struct journal_event *event, int tries,
                       struct ajar_error *err);

/* Is somebody elsewhere in the middle of writing to the window? */
bool journal_check_idle(struct journal *journal, const struct journal_event *event,
                        const struct window_record *old, struct ajar_error *err);

/* Where the branches of a journal are, and what the remote has. */
struct journal_heads {
    struct repository_id main;
    struct repository_id offline;
    struct repository_id remote;
};

/* Takes what was recorded offline to the remote, and drops the branch. AJAR_ECONFLICT when the
 * remote moved meanwhile. */
bool journal_reconcile(struct journal *journal, const struct journal_heads *heads,
                       struct ajar_error *err);

/* The paths in the repository, each to be freed; NULL when there is no memory. */
char *journal_window_path(const char *id);
char *journal_plan_path(const char *id);
char *journal_change_path(const char *id, const struct change_record *change);
char *journal_requirement_path(const char *id, const struct requirement_record *requirement);
char *journal_manual_path(const char *id, const struct manual_record *manual);

/* Of one of a list of approvals. */
bool journal_approval_path(const char *id, const struct approval_record *list, size_t index,
                           char **ret_path, struct ajar_error *err);

/* The recorded state at a commit; AJAR_EMISSING when there is none. Their errors do not name the
 * journal. */
bool journal_read_window(struct journal *journal, const struct repository_id *commit,
                         const char *id, struct window_record *ret_window, struct ajar_error *err);
bool journal_read_change(struct journal *journal, const struct repository_id *commit,
                         const char *path, struct change_record *ret_change,
                         struct ajar_error *err);

bool journal_read_manual(struct journal *journal, const struct repository_id *commit,
                         const char *path, struct manual_record *ret_manual,
                         struct ajar_error *err);

bool journal_read_all(struct journal *journal, const struct repository_id *commit, const char *id,
                      struct journal_window *ret_window, struct ajar_error *err);

/* Of one commit. journal_take_place() is the visit of a walk that ends with its first commit. */
struct journal_place {
    int64_t sequence;
    int64_t time; /* of the committer */
};
bool journal_take_place(void *user, const struct repository_entry *entry, struct ajar_error *err);

/* The number in a Sequence trailer; 0 for anything else. */
int64_t journal_read_sequence(const char *trailer);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the journal share with each other and with nobody else.
 */
#ifndef AJAR_JOURNAL_INSIDE_H
#define AJAR_JOURNAL_INSIDE_H

#include "base/file.h"
#include "journal/journal.h"

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
};

/* Puts "journal PATH: " in front, and makes the failure one of the journal unless a caller can
 * branch on what it is. Returns false. */
bool journal_blame(const struct journal *journal, struct ajar_error *err);

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

/* The number in a Sequence trailer; 0 for anything else. */
int64_t journal_read_sequence(const char *trailer);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bare git repository with a branch, refs/heads/main, and beside it what a repository elsewhere
 * needs (repository_remote.h). The only module that knows libgit2.
 *
 * Whatever a function here reports as done is on disk: objects, branch and folders are synced. The
 * configuration of this host and of its users has no say. Failures are AJAR_EJOURNAL unless told
 * otherwise; their texts do not name the repository, the caller puts that in front.
 */
#ifndef AJAR_TRANSPORT_REPOSITORY_H
#define AJAR_TRANSPORT_REPOSITORY_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct repository;

/* The name of a commit; "" for none (a branch without commits, the parent of the first one). */
struct repository_id {
    char hex[41];
};

/* What a repository knows its commits by. */
enum repository_branch {
    REPOSITORY_MAIN,    /* refs/heads/main */
    REPOSITORY_OFFLINE, /* refs/heads/offline: what is not on the remote yet */
    REPOSITORY_REMOTE,  /* refs/ajar/remote: where the remote's main was when it was last seen */
    REPOSITORY_OWN,     /* refs/ajar/own: the last commit that was made here and is there */
};

/* Refuses a path that belongs to another user. AJAR_EMISSING when there is nothing. */
bool repository_check_owner(const char *path, struct ajar_error *err);

/* AJAR_EMISSING when there is no repository. One that belongs to another user is refused. */
bool repository_open(const char *path, struct repository **ret_repository, struct ajar_error *err);

/* Makes the repository in a folder that is there, and completes what a crashed attempt left in it;
 * one that is there already is opened. HEAD names the branch afterwards. */
bool repository_create(const char *path, struct repository **ret_repository,
                       struct ajar_error *err);

void repository_close(struct repository *repository);
DEFINE_OWNED(struct repository *, repository_close);

/* Which branch repository_head() and repository_write() are about: main, until told. */
void repository_use(struct repository *repository, enum repository_branch branch);

/* Where the branch is now. AJAR_EJOURNAL when there are other branches and not this one. */
bool repository_head(struct repository *repository, struct repository_id *ret_head,
                     struct ajar_error *err);

/* Where any branch is; none when it is not there. */
bool repository_find(struct repository *repository, enum repository_branch branch,
                     struct repository_id *ret_id, struct ajar_error *err);

/* Moves a branch that is at `from` (none: it is not there) to `to` (none: it goes away).
 * AJAR_ECONFLICT when it is elsewhere, AJAR_ELOCKED when another process holds it. */
bool repository_move(struct repository *repository, enum repository_branch branch,
                     const struct repository_id *from, const struct repository_id *to,
                     struct ajar_error *err);

/* The newest commit that both histories have; none when they have none in common, or when one of
 * them is none. */
bool repository_find_base(struct repository *repository, const struct repository_id *a,
                          const struct repository_id *b, struct repository_id *ret_base,
                          struct ajar_error *err);

/* Does a folder hold the same in two commits? In none it holds nothing. */
bool repository_is_same(struct repository *repository, const struct repository_id *a,
                        const struct repository_id *b, const char *folder, bool *ret_same,
                        struct ajar_error *err);

static inline bool repository_id_equal(const struct repository_id *a, const struct repository_id *b)
{
    return strcmp(a->hex, b->hex) == 0;
}

/* The content of a file in a commit, NUL-terminated, to be freed. AJAR_EMISSING when the commit has
 * no such file (and when `commit` is none). */
bool repository_read(struct repository *repository, const struct repository_id *commit,
                     const char *path, char **ret_content, size_t *ret_size,
                     struct ajar_error *err);

struct repository_names {
    size_t count;
    char **list;
};

void repository_names_release(struct repository_names *names);
DEFINE_OWNED_STRUCT(struct repository_names, repository_names_release);

/* The names in a folder of a commit ("" is its root), in the order of git. A folder that is not
 * there has none. */
bool repository_list(struct repository *repository, const struct repository_id *commit,
                     const char *path, struct repository_names *ret_names, struct ajar_error *err);

/* The paths that a commit changed against its parent. */
bool repository_changes(struct repository *repository, const struct repository_id *commit,
                        struct repository_names *ret_paths, struct ajar_error *err);

/* Who, and when. "<", ">" and control characters in name and email are written as "?". */
struct repository_person {
    const char *name;
    const char *email;
    int64_t when;
};

struct repository_edit {
    const char *path;
    const char *content; /* NULL removes the file */
    size_t size;
};

/* The signature, in armour, of the bytes of a commit; to be freed. */
typedef bool repository_sign(void *user, const char *commit, char **ret_signature,
                             struct ajar_error *err);

struct repository_commit {
    struct repository_id parent; /* the head that the caller has seen */
    const char *message;         /* ends with a newline */
    struct repository_person author;
    struct repository_person committer;
    size_t count;
    const struct repository_edit *edits; /* no path twice */
    const char *folder;                  /* is in this commit as it is in `folder_from`; or NULL */
    struct repository_id folder_from;
    repository_sign *sign; /* NULL: not signed */
    void *sign_user;
};

/* Writes a commit on top of `parent` and moves the branch to it, if the branch still is at
 * `parent`: AJAR_ECONFLICT otherwise. AJAR_ELOCKED when another process holds the branch for more
 * than a second. In both cases, and after a crash at any point, the branch is where it was. */
bool repository_write(struct repository *repository, const struct repository_commit *commit,
                      struct repository_id *ret_id, struct ajar_error *err);

/* Only writes the commit: no branch moves. */
bool repository_make(struct repository *repository, const struct repository_commit *commit,
                     struct repository_id *ret_id, struct ajar_error *err);

/* Removes the lock of a branch that a crashed process left behind. Only for a caller who knows
 * that no other process writes. */
bool repository_break_lock(struct repository *repository, enum repository_branch branch,
                           struct ajar_error *err);

struct repository_trailer {
    const char *key;
    const char *value;
};

#define REPOSITORY_TRAILERS 16 /* of one commit; more are not told */

/* A commit as a walk shows it; all of it belongs to the walk. */
struct repository_entry {
    struct repository_id id;
    struct repository_id parent;
    const char *message;
    struct repository_person author;
    struct repository_person committer;
    size_t trailer_count;
    struct repository_trailer trailers[REPOSITORY_TRAILERS];
};

/* The value of a trailer, or NULL. */
const char *repository_trailer(const struct repository_entry *entry, const char *key);

/* false ends the walk, without an error unless `err` carries one. */
typedef bool repository_visit(void *user, const struct repository_entry *entry,
                              struct ajar_error *err);

/* Shows each commit from `from` to the first. A commit with several parents ends the walk with an
 * error. */
bool repository_walk(struct repository *repository, const struct repository_id *from,
                     repository_visit *visit, void *user, struct ajar_error *err);

#endif

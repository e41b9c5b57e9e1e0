/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants
 *  1. Objects are written and synced before the branch moves to them.
 *  2. The branch moves only by compare-and-swap from the head that the caller has seen: libgit2
 *     takes refs/heads/main.lock, compares, writes, syncs, renames.
 *  3. So a crash leaves the old head, and at most unreachable objects and that lock file.
 */
#include "transport/repository_private.h"

#include "base/text.h"

#include <errno.h>
#include <git2/blob.h>
#include <git2/buffer.h>
#include <git2/commit.h>
#include <git2/errors.h>
#include <git2/refs.h>
#include <git2/signature.h>
#include <git2/tree.h>
#include <time.h>

#define FIRST_PAUSE_MS   5
#define LONGEST_PAUSE_MS 640

DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_commit *, git_commit_free);
DEFINE_OWNED(git_reference *, git_reference_free);
DEFINE_OWNED(git_signature *, git_signature_free);
DEFINE_OWNED_STRUCT(git_buf, git_buf_dispose);

static bool write_blobs(struct repository *repository, const struct repository_commit *commit,
                        git_tree_update *updates, struct ajar_error *err)
{
    for (size_t i = 0; i < commit->count; i++) {
        const struct repository_edit *edit = &commit->edits[i];

        updates[i] = (git_tree_update){
            .action = edit->content ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE,
            .filemode = GIT_FILEMODE_BLOB,
            .path = edit->path,
        };
        if (edit->content && git_blob_create_from_buffer(&updates[i].id, repository->git,
                                                         edit->content, edit->size) != 0)
            return repository_fail(err, AJAR_EJOURNAL, "could not write");
    }
    return true;
}

static bool write_tree(struct repository *repository, const struct repository_commit *commit,
                       git_tree **ret_tree, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *parent = NULL;
    OWNED(free) git_tree_update *updates = calloc(commit->count + 1, sizeof(*updates));
    git_oid oid;

    if (!updates)
        return ajar_no_memory(err);
    if (!repository_find_tree(repository, &commit->parent, &parent, err) ||
        !write_blobs(repository, commit, updates, err))
        return false;
    if (git_tree_create_updated(&oid, repository->git, parent, commit->count, updates) != 0 ||
        git_tree_lookup(ret_tree, repository->git, &oid) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not write");
    return true;
}

/* A name that git takes; to be freed. */
static char *clean_name(const char *name)
{
    char *clean = text_copy(*name ? name : "?");

    for (char *at = clean; at && *at; at++) {
        if (*at == '<' || *at == '>' || (unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
    return clean;
}

static bool make_person(const struct repository_person *person, git_signature **ret_signature,
                        struct ajar_error *err)
{
    OWNED(free) char *name = clean_name(person->name);
    OWNED(free) char *email = clean_name(person->email);

    if (!name || !email)
        return ajar_no_memory(err);
    if (git_signature_new(ret_signature, name, email, person->when, 0) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not name author and committer");
    return true;
}

static bool write_content(struct repository *repository, const struct repository_commit *commit,
                          const git_tree *tree, git_buf *content, struct ajar_error *err)
{
    OWNED(git_signature_free) git_signature *author = NULL;
    OWNED(git_signature_free) git_signature *committer = NULL;
    OWNED(git_commit_free) git_commit *parent = NULL;
    const git_commit *parents[1];

    if (!make_person(&commit->author, &author, err) ||
        !make_person(&commit->committer, &committer, err) ||
        (*commit->parent.hex && !repository_find_commit(repository, &commit->parent, &parent, err)))
        return false;
    parents[0] = parent;
    if (git_commit_create_buffer(content, repository->git, author, committer, NULL, commit->message,
                                 tree, parent ? 1 : 0, parents) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not write");
    return true;
}

static bool write_commit(struct repository *repository, const struct repository_commit *commit,
                         git_oid *ret_oid, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *tree = NULL;
    OWNED(git_buf_dispose) git_buf content = GIT_BUF_INIT;
    OWNED(free) char *signature = NULL;

    if (!write_tree(repository, commit, &tree, err) ||
        !write_content(repository, commit, tree, &content, err))
        return false;
    if (commit->sign && !commit->sign(commit->sign_user, content.ptr, &signature, err))
        return false;
    if (git_commit_create_with_signature(ret_oid, repository->git, content.ptr, signature, NULL) !=
        0)
        return repository_fail(err, AJAR_EJOURNAL, "could not write");
    return true;
}

/* A lock of the branch is held for milliseconds: worth waiting for. */
static int move_branch(struct repository *repository, const git_oid *oid, const git_oid *expected)
{
    for (long pause = FIRST_PAUSE_MS;; pause *= 2) {
        OWNED(git_reference_free) git_reference *reference = NULL;
        struct timespec time = { .tv_nsec = pause * 1000 * 1000 };
        int code = git_reference_create_matching(&reference, repository->git, REPOSITORY_BRANCH,
                                                 oid, 1, expected, "journal");

        if (code != GIT_ELOCKED || pause > LONGEST_PAUSE_MS)
            return code;
        (void)nanosleep(&time, NULL);
    }
}

bool repository_write(struct repository *repository, const struct repository_commit *commit,
                      struct repository_id *ret_id, struct ajar_error *err)
{
    git_oid expected;
    git_oid oid;
    int code;

    if (!repository_oid_of(&commit->parent, &expected, err) ||
        !write_commit(repository, commit, &oid, err))
        return false;
    code = move_branch(repository, &oid, &expected);
    if (code == GIT_EMODIFIED || code == GIT_ENOTFOUND)
        return ajar_fail(err, AJAR_ECONFLICT, REPOSITORY_BRANCH " was moved by somebody else");
    if (code == GIT_ELOCKED)
        return ajar_fail(err, AJAR_ELOCKED, REPOSITORY_BRANCH ".lock is held by another process");
    if (code != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not move " REPOSITORY_BRANCH);
    *ret_id = repository_id_of(&oid);
    return true;
}

bool repository_break_lock(struct repository *repository, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/" REPOSITORY_BRANCH ".lock", repository->path);

    if (!path)
        return ajar_no_memory(err);
    if (unlink(path) != 0 && errno != ENOENT)
        return repository_fail_errno(err, "could not remove " REPOSITORY_BRANCH ".lock");
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants
 *  1. Objects are written and synced before the branch moves to them.
 *  2. The branch moves only by compare-and-swap from the head that the caller has seen:
 *     repository_move().
 *  3. So a crash leaves the old head, and at most unreachable objects and that lock file.
 */
#include "transport/repository_private.h"

#include "base/text.h"

#include <git2/blob.h>
#include <git2/buffer.h>
#include <git2/commit.h>
#include <git2/errors.h>
#include <git2/signature.h>
#include <git2/tree.h>

DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_tree_entry *, git_tree_entry_free);
DEFINE_OWNED(git_commit *, git_commit_free);
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

/* One folder as another commit has it. */
static bool take_folder(struct repository *repository, const struct repository_commit *commit,
                        git_tree_update *update, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *root = NULL;
    OWNED(git_tree_entry_free) git_tree_entry *folder = NULL;

    if (!repository_find_tree(repository, &commit->folder_from, &root, err))
        return false;
    if (!root || git_tree_entry_bypath(&folder, root, commit->folder) != 0)
        return repository_fail(err, AJAR_EJOURNAL, commit->folder);
    *update = (git_tree_update){
        .action = GIT_TREE_UPDATE_UPSERT,
        .id = *git_tree_entry_id(folder),
        .filemode = GIT_FILEMODE_TREE,
        .path = commit->folder,
    };
    return true;
}

static bool write_tree(struct repository *repository, const struct repository_commit *commit,
                       git_tree **ret_tree, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *parent = NULL;
    OWNED(free) git_tree_update *updates = calloc(commit->count + 1, sizeof(*updates));
    size_t count = commit->count + (commit->folder ? 1 : 0);
    git_oid oid;

    if (!updates)
        return ajar_no_memory(err);
    if (!repository_find_tree(repository, &commit->parent, &parent, err) ||
        !write_blobs(repository, commit, updates, err) ||
        (commit->folder && !take_folder(repository, commit, &updates[commit->count], err)))
        return false;
    if (git_tree_create_updated(&oid, repository->git, parent, count, updates) != 0 ||
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

bool repository_make(struct repository *repository, const struct repository_commit *commit,
                     struct repository_id *ret_id, struct ajar_error *err)
{
    git_oid oid;

    if (!write_commit(repository, commit, &oid, err))
        return false;
    *ret_id = repository_id_of(&oid);
    return true;
}

bool repository_write(struct repository *repository, const struct repository_commit *commit,
                      struct repository_id *ret_id, struct ajar_error *err)
{
    struct repository_id id;

    if (!repository_make(repository, commit, &id, err) ||
        !repository_move(repository, repository->branch, &commit->parent, &id, err))
        return false;
    *ret_id = id;
    return true;
}

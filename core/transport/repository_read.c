/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/repository_private.h"

#include "base/text.h"

#include <git2/blob.h>
#include <git2/commit.h>
#include <git2/diff.h>
#include <git2/errors.h>
#include <git2/message.h>
#include <git2/object.h>
#include <git2/signature.h>
#include <git2/tree.h>
#include <string.h>

#define FILE_CEILING (64 * 1024 * 1024)

DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_tree_entry *, git_tree_entry_free);
DEFINE_OWNED(git_commit *, git_commit_free);
DEFINE_OWNED(git_diff *, git_diff_free);
DEFINE_OWNED(git_object *, git_object_free);

bool repository_find_commit(struct repository *repository, const struct repository_id *id,
                            git_commit **ret_commit, struct ajar_error *err)
{
    git_oid oid;

    if (!repository_oid_of(id, &oid, err))
        return false;
    if (git_commit_lookup(ret_commit, repository->git, &oid) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not read a commit");
    return true;
}

bool repository_find_tree(struct repository *repository, const struct repository_id *id,
                          git_tree **ret_tree, struct ajar_error *err)
{
    OWNED(git_commit_free) git_commit *commit = NULL;

    if (!*id->hex) {
        *ret_tree = NULL;
        return true;
    }
    if (!repository_find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_tree(ret_tree, commit) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not read a tree");
    return true;
}

/* What stands at a path, if it is of this type; NULL when nothing does. */
static bool find_object(struct repository *repository, git_tree *tree, const char *path,
                        git_object_t type, git_object **ret_object, struct ajar_error *err)
{
    OWNED(git_tree_entry_free) git_tree_entry *entry = NULL;
    int code = tree ? git_tree_entry_bypath(&entry, tree, path) : GIT_ENOTFOUND;

    if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry) != type)) {
        *ret_object = NULL;
        return true;
    }
    if (code != 0 || git_tree_entry_to_object(ret_object, repository->git, entry) != 0)
        return repository_fail(err, AJAR_EJOURNAL, path);
    return true;
}

static bool copy_blob(const git_blob *blob, const char *path, char **ret_content, size_t *ret_size,
                      struct ajar_error *err)
{
    git_object_size_t size = git_blob_rawsize(blob);
    char *copy;

    if (size > FILE_CEILING)
        return ajar_fail(err, AJAR_EJOURNAL, "%s: larger than %d bytes", path, FILE_CEILING);
    copy = text_copy_bytes(git_blob_rawcontent(blob), (size_t)size);
    if (!copy)
        return ajar_no_memory(err);
    *ret_content = copy;
    *ret_size = (size_t)size;
    return true;
}

bool repository_read(struct repository *repository, const struct repository_id *commit,
                     const char *path, char **ret_content, size_t *ret_size, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *tree = NULL;
    OWNED(git_object_free) git_object *object = NULL;

    if (!repository_find_tree(repository, commit, &tree, err) ||
        !find_object(repository, tree, path, GIT_OBJECT_BLOB, &object, err))
        return false;
    if (!object)
        return ajar_fail(err, AJAR_EMISSING, "%s: no such file", path);
    return copy_blob((git_blob *)object, path, ret_content, ret_size, err);
}

void repository_names_release(struct repository_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->list[i]);
    free(names->list);
    *names = (struct repository_names){ 0 };
}

/* Room for `count` names is there. */
static bool add_name(struct repository_names *names, const char *name, struct ajar_error *err)
{
    names->list[names->count] = text_copy(name);
    if (!names->list[names->count])
        return ajar_no_memory(err);
    names->count++;
    return true;
}

static bool list_tree(const git_tree *tree, struct repository_names *names, struct ajar_error *err)
{
    size_t count = git_tree_entrycount(tree);

    names->list = calloc(count + 1, sizeof(*names->list));
    if (!names->list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!add_name(names, git_tree_entry_name(git_tree_entry_byindex(tree, i)), err))
            return false;
    }
    return true;
}

bool repository_list(struct repository *repository, const struct repository_id *commit,
                     const char *path, struct repository_names *ret_names, struct ajar_error *err)
{
    OWNED(repository_names_release) struct repository_names names = { 0 };
    OWNED(git_tree_free) git_tree *root = NULL;
    OWNED(git_object_free) git_object *folder = NULL;

    if (!repository_find_tree(repository, commit, &root, err) ||
        (*path && !find_object(repository, root, path, GIT_OBJECT_TREE, &folder, err)))
        return false;
    if ((folder || (!*path && root)) && !list_tree(folder ? (git_tree *)folder : root, &names, err))
        return false;
    *ret_names = names;
    names = (struct repository_names){ 0 };
    return true;
}

static bool list_deltas(const git_diff *diff, struct repository_names *names,
                        struct ajar_error *err)
{
    size_t count = git_diff_num_deltas(diff);

    names->list = calloc(count + 1, sizeof(*names->list));
    if (!names->list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!add_name(names, git_diff_get_delta(diff, i)->new_file.path, err))
            return false;
    }
    return true;
}

bool repository_changes(struct repository *repository, const struct repository_id *id,
                        struct repository_names *ret_paths, struct ajar_error *err)
{
    OWNED(repository_names_release) struct repository_names paths = { 0 };
    OWNED(git_commit_free) git_commit *commit = NULL;
    OWNED(git_tree_free) git_tree *new_tree = NULL;
    OWNED(git_tree_free) git_tree *old_tree = NULL;
    OWNED(git_diff_free) git_diff *diff = NULL;
    struct repository_id parent = { "" };

    if (!repository_find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_parentcount(commit) > 0)
        parent = repository_id_of(git_commit_parent_id(commit, 0));
    if (!repository_find_tree(repository, id, &new_tree, err) ||
        !repository_find_tree(repository, &parent, &old_tree, err))
        return false;
    if (git_diff_tree_to_tree(&diff, repository->git, old_tree, new_tree, NULL) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not compare two trees");
    if (!list_deltas(diff, &paths, err))
        return false;
    *ret_paths = paths;
    paths = (struct repository_names){ 0 };
    return true;
}

const char *repository_trailer(const struct repository_entry *entry, const char *key)
{
    for (size_t i = 0; i < entry->trailer_count; i++) {
        if (strcmp(entry->trailers[i].key, key) == 0)
            return entry->trailers[i].value;
    }
    return NULL;
}

static struct repository_person person_of(const git_signature *signature)
{
    return (struct repository_person){
        .name = signature->name,
        .email = signature->email,
        .when = signature->when.time,
    };
}

static bool show(const git_commit *commit, repository_visit *visit, void *user,
                 struct ajar_error *err)
{
    git_message_trailer_array trailers = { 0 };
    struct repository_entry entry = {
        .id = repository_id_of(git_commit_id(commit)),
        .message = git_commit_message(commit),
        .author = person_of(git_commit_author(commit)),
        .committer = person_of(git_commit_committer(commit)),
    };
    bool more;

    if (git_commit_parentcount(commit) > 0)
        entry.parent = repository_id_of(git_commit_parent_id(commit, 0));
    if (git_message_trailers(&trailers, entry.message) != 0)
        return ajar_no_memory(err);
    for (size_t i = 0; i < trailers.count && i < REPOSITORY_TRAILERS; i++)
        entry.trailers[entry.trailer_count++] = (struct repository_trailer){
            .key = trailers.trailers[i].key,
            .value = trailers.trailers[i].value,
        };
    more = visit(user, &entry, err);
    git_message_trailer_array_free(&trailers);
    return more;
}

/* Shows one commit; ret_next: its parent, or none. */
static bool step(struct repository *repository, const struct repository_id *id,
                 repository_visit *visit, void *user, struct repository_id *ret_next,
                 struct ajar_error *err)
{
    OWNED(git_commit_free) git_commit *commit = NULL;

    if (!repository_find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_parentcount(commit) > 1)
        return ajar_fail(err, AJAR_EJOURNAL, "commit %.10s has %u parents: this history forks",
                         id->hex, git_commit_parentcount(commit));
    *ret_next = (struct repository_id){ "" };
    if (!show(commit, visit, user, err))
        return err->status == AJAR_FINE;
    if (git_commit_parentcount(commit) == 1)
        *ret_next = repository_id_of(git_commit_parent_id(commit, 0));
    return true;
}

bool repository_walk(struct repository *repository, const struct repository_id *from,
                     repository_visit *visit, void *user, struct ajar_error *err)
{
    struct repository_id at = *from;
    struct repository_id next;

    while (*at.hex) {
        if (!step(repository, &at, visit, user, &next, err))
            return false;
        at = next;
    }
    return true;
}

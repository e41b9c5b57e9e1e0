/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants
 *  1. Objects are written and synced before the branch moves to them.
 *  2. The branch moves only by compare-and-swap from the head that the caller has seen: libgit2
 *     takes refs/heads/main.lock, compares, writes, syncs, renames.
 *  3. So a crash leaves the old head, and at most unreachable objects and that lock file.
 */
#include "transport/repository.h"

#include "base/text.h"

#include <errno.h>
#include <git2/blob.h>
#include <git2/buffer.h>
#include <git2/commit.h>
#include <git2/config.h>
#include <git2/diff.h>
#include <git2/errors.h>
#include <git2/global.h>
#include <git2/message.h>
#include <git2/object.h>
#include <git2/refs.h>
#include <git2/repository.h>
#include <git2/signature.h>
#include <git2/strarray.h>
#include <git2/tree.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define BRANCH           "refs/heads/main"
#define FILE_CEILING     (64 * 1024 * 1024)
#define FIRST_PAUSE_MS   5
#define LONGEST_PAUSE_MS 640

DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_tree_entry *, git_tree_entry_free);
DEFINE_OWNED(git_commit *, git_commit_free);
DEFINE_OWNED(git_diff *, git_diff_free);
DEFINE_OWNED(git_object *, git_object_free);
DEFINE_OWNED(git_reference *, git_reference_free);
DEFINE_OWNED(git_signature *, git_signature_free);
DEFINE_OWNED_STRUCT(git_buf, git_buf_dispose);

struct repository {
    git_repository *git;
    char *path;
};

static bool fail_git(struct ajar_error *err, enum ajar_status status, const char *what)
{
    const git_error *last = git_error_last();

    return ajar_fail(err, status, "%s: %s", what,
                     last && last->message ? last->message : "libgit2 does not say why");
}

/* The options are those of the process; libgit2 forgets them with its last user. */
static bool start_library(struct ajar_error *err)
{
    static const int levels[] = { GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                  GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL };
    bool good = git_libgit2_init() > 0;

    if (!good)
        return fail_git(err, AJAR_ESYSTEM, "could not start libgit2");
    good = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) == 0;
    for (size_t i = 0; good && i < LENGTH(levels); i++)
        good = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "") == 0;
    if (good)
        return true;
    (void)fail_git(err, AJAR_ESYSTEM, "could not set up libgit2");
    (void)git_libgit2_shutdown();
    return false;
}

static bool new_repository(const char *path, struct repository **ret_repository,
                           struct ajar_error *err)
{
    struct repository *repository = calloc(1, sizeof(*repository));

    if (!repository || !(repository->path = text_copy(path))) {
        free(repository);
        return ajar_no_memory(err);
    }
    if (!start_library(err)) {
        free(repository->path);
        free(repository);
        return false;
    }
    *ret_repository = repository;
    return true;
}

void repository_close(struct repository *repository)
{
    if (!repository)
        return;
    git_repository_free(repository->git);
    (void)git_libgit2_shutdown();
    free(repository->path);
    free(repository);
}

static bool fail_errno(struct ajar_error *err, const char *what)
{
    int code = errno;

    (void)ajar_fail(err, code == ENOENT ? AJAR_EMISSING : AJAR_EJOURNAL, "%s: %s", what,
                    strerror(code));
    return ajar_native(err, (uint32_t)code);
}

bool repository_check_owner(const char *path, struct ajar_error *err)
{
    struct passwd entry;
    struct passwd *known = NULL;
    struct stat found;
    char room[4096];

    if (stat(path, &found) != 0)
        return fail_errno(err, "could not be opened");
    if (found.st_uid == geteuid())
        return true;
    if (getpwuid_r(found.st_uid, &entry, room, sizeof(room), &known) != 0)
        known = NULL;
    (void)ajar_fail(err, AJAR_EJOURNAL, "belongs to %s (uid %u), not to you (uid %u)",
                    known ? known->pw_name : "an unknown user", (unsigned)found.st_uid,
                    (unsigned)geteuid());
    return ajar_hint(err, "work as its owner, or on a clone");
}

bool repository_open(const char *path, struct repository **ret_repository, struct ajar_error *err)
{
    OWNED(repository_close) struct repository *repository = NULL;
    unsigned flags =
        GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_NO_DOTGIT | GIT_REPOSITORY_OPEN_BARE;
    int code;

    if (!repository_check_owner(path, err) || !new_repository(path, &repository, err))
        return false;
    code = git_repository_open_ext(&repository->git, path, flags, NULL);
    if (code == GIT_ENOTFOUND)
        return ajar_fail(err, AJAR_EMISSING, "is no git repository");
    if (code != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not be opened");
    *ret_repository = repository;
    repository = NULL;
    return true;
}

bool repository_create(const char *path, struct repository **ret_repository, struct ajar_error *err)
{
    OWNED(repository_close) struct repository *repository = NULL;
    git_repository_init_options options = {
        .version = GIT_REPOSITORY_INIT_OPTIONS_VERSION,
        .flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_DOTGIT_DIR,
        .initial_head = "main",
        .description = "ajar journal",
    };

    if (!repository_check_owner(path, err) || !new_repository(path, &repository, err))
        return false;
    if (git_repository_init_ext(&repository->git, path, &options) != 0 ||
        git_repository_set_head(repository->git, BRANCH) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not be created");
    *ret_repository = repository;
    repository = NULL;
    return true;
}

static struct repository_id id_of(const git_oid *oid)
{
    struct repository_id id = { "" };

    (void)git_oid_tostr(id.hex, sizeof(id.hex), oid);
    return id;
}

/* The all-zero id, libgit2's "must not exist", for none. */
static bool oid_of(const struct repository_id *id, git_oid *ret_oid, struct ajar_error *err)
{
    git_oid oid = { { 0 } };

    if (*id->hex && git_oid_fromstr(&oid, id->hex) != 0)
        return ajar_fail(err, AJAR_EJOURNAL, "\"%s\" is no commit id", id->hex);
    *ret_oid = oid;
    return true;
}

static bool check_no_branches(struct repository *repository, struct ajar_error *err)
{
    git_strarray names = { 0 };
    bool good;

    if (git_reference_list(&names, repository->git) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not list the branches");
    good = names.count == 0;
    git_strarray_dispose(&names);
    return good || ajar_fail(err, AJAR_EJOURNAL, "is a git repository without a branch \"main\"");
}

bool repository_head(struct repository *repository, struct repository_id *ret_head,
                     struct ajar_error *err)
{
    git_oid oid = { { 0 } };
    int code = git_reference_name_to_id(&oid, repository->git, BRANCH);

    if (code != 0 && code != GIT_ENOTFOUND)
        return fail_git(err, AJAR_EJOURNAL, "could not read " BRANCH);
    if (code != 0 && !check_no_branches(repository, err))
        return false;
    *ret_head = code == 0 ? id_of(&oid) : (struct repository_id){ "" };
    return true;
}

static bool find_commit(struct repository *repository, const struct repository_id *id,
                        git_commit **ret_commit, struct ajar_error *err)
{
    git_oid oid;

    if (!oid_of(id, &oid, err))
        return false;
    if (git_commit_lookup(ret_commit, repository->git, &oid) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not read a commit");
    return true;
}

/* The tree of a commit; NULL for none. */
static bool find_tree(struct repository *repository, const struct repository_id *id,
                      git_tree **ret_tree, struct ajar_error *err)
{
    OWNED(git_commit_free) git_commit *commit = NULL;

    if (!*id->hex) {
        *ret_tree = NULL;
        return true;
    }
    if (!find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_tree(ret_tree, commit) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not read a tree");
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
        return fail_git(err, AJAR_EJOURNAL, path);
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

    if (!find_tree(repository, commit, &tree, err) ||
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

    if (!find_tree(repository, commit, &root, err) ||
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

    if (!find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_parentcount(commit) > 0)
        parent = id_of(git_commit_parent_id(commit, 0));
    if (!find_tree(repository, id, &new_tree, err) ||
        !find_tree(repository, &parent, &old_tree, err))
        return false;
    if (git_diff_tree_to_tree(&diff, repository->git, old_tree, new_tree, NULL) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not compare two trees");
    if (!list_deltas(diff, &paths, err))
        return false;
    *ret_paths = paths;
    paths = (struct repository_names){ 0 };
    return true;
}

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
            return fail_git(err, AJAR_EJOURNAL, "could not write");
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
    if (!find_tree(repository, &commit->parent, &parent, err) ||
        !write_blobs(repository, commit, updates, err))
        return false;
    if (git_tree_create_updated(&oid, repository->git, parent, commit->count, updates) != 0 ||
        git_tree_lookup(ret_tree, repository->git, &oid) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not write");
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
        return fail_git(err, AJAR_EJOURNAL, "could not name author and committer");
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
        (*commit->parent.hex && !find_commit(repository, &commit->parent, &parent, err)))
        return false;
    parents[0] = parent;
    if (git_commit_create_buffer(content, repository->git, author, committer, NULL, commit->message,
                                 tree, parent ? 1 : 0, parents) != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not write");
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
        return fail_git(err, AJAR_EJOURNAL, "could not write");
    return true;
}

/* A lock of the branch is held for milliseconds: worth waiting for. */
static int move_branch(struct repository *repository, const git_oid *oid, const git_oid *expected)
{
    for (long pause = FIRST_PAUSE_MS;; pause *= 2) {
        OWNED(git_reference_free) git_reference *reference = NULL;
        struct timespec time = { .tv_nsec = pause * 1000 * 1000 };
        int code = git_reference_create_matching(&reference, repository->git, BRANCH, oid, 1,
                                                 expected, "journal");

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

    if (!oid_of(&commit->parent, &expected, err) || !write_commit(repository, commit, &oid, err))
        return false;
    code = move_branch(repository, &oid, &expected);
    if (code == GIT_EMODIFIED || code == GIT_ENOTFOUND)
        return ajar_fail(err, AJAR_ECONFLICT, BRANCH " was moved by somebody else");
    if (code == GIT_ELOCKED)
        return ajar_fail(err, AJAR_ELOCKED, BRANCH ".lock is held by another process");
    if (code != 0)
        return fail_git(err, AJAR_EJOURNAL, "could not move " BRANCH);
    *ret_id = id_of(&oid);
    return true;
}

bool repository_break_lock(struct repository *repository, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/" BRANCH ".lock", repository->path);

    if (!path)
        return ajar_no_memory(err);
    if (unlink(path) != 0 && errno != ENOENT)
        return fail_errno(err, "could not remove " BRANCH ".lock");
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
        .id = id_of(git_commit_id(commit)),
        .message = git_commit_message(commit),
        .author = person_of(git_commit_author(commit)),
        .committer = person_of(git_commit_committer(commit)),
    };
    bool more;

    if (git_commit_parentcount(commit) > 0)
        entry.parent = id_of(git_commit_parent_id(commit, 0));
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

    if (!find_commit(repository, id, &commit, err))
        return false;
    if (git_commit_parentcount(commit) > 1)
        return ajar_fail(err, AJAR_EJOURNAL, "commit %.10s has %u parents: this history forks",
                         id->hex, git_commit_parentcount(commit));
    *ret_next = (struct repository_id){ "" };
    if (!show(commit, visit, user, err))
        return err->status == AJAR_FINE;
    if (git_commit_parentcount(commit) == 1)
        *ret_next = id_of(git_commit_parent_id(commit, 0));
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

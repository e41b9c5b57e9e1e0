/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where branches are, and how they move: by compare-and-swap alone. libgit2 takes <branch>.lock,
 * compares, writes, syncs, renames; so a crash leaves the old place or the new one, and at most
 * that lock file.
 */
#include "transport/repository_private.h"

#include "base/text.h"

#include <errno.h>
#include <git2/commit.h>
#include <git2/errors.h>
#include <git2/merge.h>
#include <git2/oid.h>
#include <git2/refs.h>
#include <git2/strarray.h>
#include <git2/tree.h>
#include <string.h>
#include <time.h>

#define FIRST_PAUSE_MS   5
#define LONGEST_PAUSE_MS 640

/* What is ours beside the branches that people see. */
#define OWN_REFERENCES "refs/ajar/"

DEFINE_OWNED(git_reference *, git_reference_free);
DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_tree_entry *, git_tree_entry_free);

const char *repository_branch_name(enum repository_branch branch)
{
    static const char *const names[] = {
        [REPOSITORY_MAIN] = "refs/heads/main",
        [REPOSITORY_OFFLINE] = "refs/heads/offline",
        [REPOSITORY_REMOTE] = OWN_REFERENCES "remote",
        [REPOSITORY_OWN] = OWN_REFERENCES "own",
    };

    return names[branch];
}

void repository_use(struct repository *repository, enum repository_branch branch)
{
    repository->branch = branch;
}

static bool fail_branch(struct ajar_error *err, enum ajar_status status, const char *what,
                        enum repository_branch branch)
{
    char text[64];

    (void)snprintf(text, sizeof(text), "%s %s", what, repository_branch_name(branch));
    return repository_fail(err, status, text);
}

bool repository_find(struct repository *repository, enum repository_branch branch,
                     struct repository_id *ret_id, struct ajar_error *err)
{
    git_oid oid = { { 0 } };
    int code = git_reference_name_to_id(&oid, repository->git, repository_branch_name(branch));

    if (code != 0 && code != GIT_ENOTFOUND) {
        (void)fail_branch(err, AJAR_EJOURNAL, "could not read", branch);
        return false;
    }
    *ret_id = code == 0 ? repository_id_of(&oid) : (struct repository_id){ "" };
    return true;
}

static bool check_no_branches(struct repository *repository, struct ajar_error *err)
{
    git_strarray names = { 0 };
    bool good = true;

    if (git_reference_list(&names, repository->git) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not list the branches");
    for (size_t i = 0; i < names.count; i++)
        good = good && strncmp(names.strings[i], OWN_REFERENCES, strlen(OWN_REFERENCES)) == 0;
    git_strarray_dispose(&names);
    return good || ajar_fail(err, AJAR_EJOURNAL, "is a git repository without a branch \"main\"");
}

bool repository_head(struct repository *repository, struct repository_id *ret_head,
                     struct ajar_error *err)
{
    struct repository_id head;

    if (!repository_find(repository, repository->branch, &head, err) ||
        (!*head.hex && repository->branch == REPOSITORY_MAIN &&
         !check_no_branches(repository, err)))
        return false;
    *ret_head = head;
    return true;
}

/* libgit2 has no way to say where a branch that goes away must be: we are told, and look. */
static int remove_branch(git_repository *git, const char *name, const git_oid *from)
{
    OWNED(git_reference_free) git_reference *reference = NULL;
    int code = git_reference_lookup(&reference, git, name);

    if (code != 0)
        return code;
    if (!git_oid_equal(git_reference_target(reference), from))
        return GIT_EMODIFIED;
    return git_reference_delete(reference);
}

static int move_once(git_repository *git, const char *name, const git_oid *from, const git_oid *to)
{
    OWNED(git_reference_free) git_reference *reference = NULL;

    if (git_oid_is_zero(to))
        return remove_branch(git, name, from);
    return git_reference_create_matching(&reference, git, name, to, 1, from, "journal");
}

/* A lock of a branch is held for milliseconds: worth waiting for. */
static int move_patiently(git_repository *git, const char *name, const git_oid *from,
                          const git_oid *to)
{
    for (long pause = FIRST_PAUSE_MS;; pause *= 2) {
        struct timespec time = { .tv_nsec = pause * 1000 * 1000 };
        int code = move_once(git, name, from, to);

        if (code != GIT_ELOCKED || pause > LONGEST_PAUSE_MS)
            return code;
        (void)nanosleep(&time, NULL);
    }
}

bool repository_move(struct repository *repository, enum repository_branch branch,
                     const struct repository_id *from, const struct repository_id *to,
                     struct ajar_error *err)
{
    const char *name = repository_branch_name(branch);
    git_oid old;
    git_oid new;
    int code;

    if (!repository_oid_of(from, &old, err) || !repository_oid_of(to, &new, err))
        return false;
    code = move_patiently(repository->git, name, &old, &new);
    if (code == GIT_EMODIFIED || code == GIT_ENOTFOUND || code == GIT_EEXISTS)
        return ajar_fail(err, AJAR_ECONFLICT, "%s was moved by somebody else", name);
    if (code == GIT_ELOCKED)
        return ajar_fail(err, AJAR_ELOCKED, "%s.lock is held by another process", name);
    return code == 0 || fail_branch(err, AJAR_EJOURNAL, "could not move", branch);
}

bool repository_break_lock(struct repository *repository, enum repository_branch branch,
                           struct ajar_error *err)
{
    const char *name = repository_branch_name(branch);
    OWNED(free) char *path = text_make("%s/%s.lock", repository->path, name);

    if (!path)
        return ajar_no_memory(err);
    if (unlink(path) != 0 && errno != ENOENT) {
        (void)repository_fail_errno(err, "could not be removed");
        return ajar_while(err, "%s.lock", name);
    }
    return true;
}

bool repository_find_base(struct repository *repository, const struct repository_id *a,
                          const struct repository_id *b, struct repository_id *ret_base,
                          struct ajar_error *err)
{
    git_oid first;
    git_oid second;
    git_oid base;
    int code = GIT_ENOTFOUND;

    if (!repository_oid_of(a, &first, err) || !repository_oid_of(b, &second, err))
        return false;
    if (*a->hex && *b->hex)
        code = git_merge_base(&base, repository->git, &first, &second);
    if (code != 0 && code != GIT_ENOTFOUND)
        return repository_fail(err, AJAR_EJOURNAL, "could not compare two histories");
    *ret_base = code == 0 ? repository_id_of(&base) : (struct repository_id){ "" };
    return true;
}

/* What a folder of a commit holds, as one id; the zero id for nothing. */
static bool find_folder(struct repository *repository, const struct repository_id *commit,
                        const char *folder, git_oid *ret_oid, struct ajar_error *err)
{
    OWNED(git_tree_free) git_tree *root = NULL;
    OWNED(git_tree_entry_free) git_tree_entry *entry = NULL;
    int code;

    *ret_oid = (git_oid){ { 0 } };
    if (!repository_find_tree(repository, commit, &root, err))
        return false;
    code = root ? git_tree_entry_bypath(&entry, root, folder) : GIT_ENOTFOUND;
    if (code == 0)
        *ret_oid = *git_tree_entry_id(entry);
    return code == 0 || code == GIT_ENOTFOUND || repository_fail(err, AJAR_EJOURNAL, folder);
}

bool repository_is_same(struct repository *repository, const struct repository_id *a,
                        const struct repository_id *b, const char *folder, bool *ret_same,
                        struct ajar_error *err)
{
    git_oid first;
    git_oid second;

    if (!find_folder(repository, a, folder, &first, err) ||
        !find_folder(repository, b, folder, &second, err))
        return false;
    *ret_same = git_oid_equal(&first, &second);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/repository_private.h"

#include "base/text.h"

#include <errno.h>
#include <git2/config.h>
#include <git2/errors.h>
#include <git2/global.h>
#include <git2/oid.h>
#include <git2/repository.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

bool repository_fail(struct ajar_error *err, enum ajar_status status, const char *what)
{
    const git_error *last = git_error_last();

    return ajar_fail(err, status, "%s: %s", what,
                     last && last->message ? last->message : "libgit2 does not say why");
}

bool repository_fail_errno(struct ajar_error *err, const char *what)
{
    int code = errno;

    (void)ajar_fail(err, code == ENOENT ? AJAR_EMISSING : AJAR_EJOURNAL, "%s: %s", what,
                    strerror(code));
    return ajar_native(err, (uint32_t)code);
}

/* The options are those of the process; libgit2 forgets them with its last user. */
static bool start_library(struct ajar_error *err)
{
    static const int levels[] = { GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                  GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL };
    bool good = git_libgit2_init() > 0;

    if (!good)
        return repository_fail(err, AJAR_ESYSTEM, "could not start libgit2");
    good = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) == 0;
    for (size_t i = 0; good && i < LENGTH(levels); i++)
        good = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "") == 0;
    if (good)
        return true;
    (void)repository_fail(err, AJAR_ESYSTEM, "could not set up libgit2");
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

bool repository_check_owner(const char *path, struct ajar_error *err)
{
    struct passwd entry;
    struct passwd *known = NULL;
    struct stat found;
    char room[4096];

    if (stat(path, &found) != 0)
        return repository_fail_errno(err, "could not be opened");
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
        return repository_fail(err, AJAR_EJOURNAL, "could not be opened");
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
        git_repository_set_head(repository->git, repository_branch_name(REPOSITORY_MAIN)) != 0)
        return repository_fail(err, AJAR_EJOURNAL, "could not be created");
    *ret_repository = repository;
    repository = NULL;
    return true;
}

struct repository_id repository_id_of(const git_oid *oid)
{
    struct repository_id id = { "" };

    (void)git_oid_tostr(id.hex, sizeof(id.hex), oid);
    return id;
}

bool repository_oid_of(const struct repository_id *id, git_oid *ret_oid, struct ajar_error *err)
{
    git_oid oid = { { 0 } };

    if (*id->hex && git_oid_fromstr(&oid, id->hex) != 0)
        return ajar_fail(err, AJAR_EJOURNAL, "\"%s\" is no commit id", id->hex);
    *ret_oid = oid;
    return true;
}

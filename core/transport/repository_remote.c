/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * git tells a script little: that something failed, and a text for people. The texts below are
 * git's and OpenSSH's in English (LC_ALL=C); one that is not among them is AJAR_EUNREACHABLE.
 */
#include "transport/repository_remote.h"

#include "base/program.h"
#include "base/text.h"
#include "transport/repository_private.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define MOST_WORDS 32

/* Two fetches of one repository meet in the lock of a branch. */
#define FETCH_TRIES   5
#define STALE_SECONDS 60

#define MAIN "refs/heads/main"

static const char refused_hint[] =
    "who may write to the remote is decided there: ask whoever keeps it";
static const char moved_hint[] = "somebody else was first";

static const struct sign {
    const char *says;
    enum ajar_status status;
    const char *hint;
} signs[] = {
    { "(stale info)", AJAR_ECONFLICT, moved_hint },
    { "(fetch first)", AJAR_ECONFLICT, moved_hint },
    { "(non-fast-forward)", AJAR_ECONFLICT, moved_hint },
    { "(incorrect old value provided)", AJAR_ECONFLICT, moved_hint },
    { "(failed to update ref)", AJAR_ECONFLICT, moved_hint },
    { "cannot lock ref", AJAR_ECONFLICT, moved_hint },
    { "reference already exists", AJAR_ECONFLICT, moved_hint },
    { "Host key verification failed", AJAR_EINSECURE,
      "connect to it once by hand, and check its key: ssh HOST" },
    { "Permission denied (", AJAR_ELOGIN,
      "the key must be in your agent, or be usable without a question: ssh-add" },
    { "Authentication failed", AJAR_ELOGIN, "git needs stored credentials: see gitcredentials(7)" },
    { "could not read Username", AJAR_ELOGIN,
      "git needs stored credentials: see gitcredentials(7)" },
    { "could not read Password", AJAR_ELOGIN,
      "git needs stored credentials: see gitcredentials(7)" },
    { "detected dubious ownership", AJAR_EDENIED, "see safe.directory in git-config(1)" },
    { "error: 403", AJAR_EDENIED, refused_hint },
    { "[remote rejected]", AJAR_EDENIED, refused_hint },
    { "insufficient permission", AJAR_EDENIED, refused_hint },
    { "unable to create temporary object directory", AJAR_EDENIED, refused_hint },
    { "Could not resolve host", AJAR_EUNREACHABLE, "check its name, and this host's DNS" },
    { "does not appear to be a git repository", AJAR_EUNREACHABLE,
      "make it there once: git init --bare --initial-branch=main PATH" },
    { "does not exist", AJAR_EUNREACHABLE,
      "make it there once: git init --bare --initial-branch=main PATH" },
    { "Connection refused", AJAR_EUNREACHABLE, "try what git says by hand: git ls-remote URL" },
    { "timed out", AJAR_EUNREACHABLE, "try what git says by hand: git ls-remote URL" },
};

/* The line that tells most: one that we know, or else one of git's own; NULL when nobody said
 * anything. To be freed. */
static char *find_line(const char *said, const char *part)
{
    const char *at = strstr(said, part);
    const char *from = at;

    if (!at)
        return NULL;
    while (from > said && from[-1] != '\n')
        from--;
    return text_copy_bytes(from, strcspn(from, "\n"));
}

static void clean_line(char *line)
{
    for (char *at = line; *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    }
}

static bool fail_with_line(struct ajar_error *err, const struct sign *sign, char *line)
{
    clean_line(line);
    (void)ajar_fail(err, sign->status, "%s", line);
    free(line);
    return ajar_hint(err, sign->hint);
}

/* What `said` means: standard output and standard error of a git that failed. */
static bool judge(const char *said, struct ajar_error *err)
{
    static const char *const own[] = { "fatal: ", "error: ", "remote: ", "ssh: ", "" };
    static const struct sign unknown = { "", AJAR_EUNREACHABLE,
                                         "try what git says by hand: git ls-remote URL" };

    for (size_t i = 0; i < LENGTH(signs); i++) {
        char *line = find_line(said, signs[i].says);

        if (line)
            return fail_with_line(err, &signs[i], line);
    }
    for (size_t i = 0; i < LENGTH(own); i++) {
        char *line = find_line(said, own[i]);

        if (line && *line)
            return fail_with_line(err, &unknown, line);
        free(line);
    }
    return ajar_fail(err, AJAR_EUNREACHABLE, "git failed, and does not say why");
}

/* The words of a command line, one after the other. */
struct words {
    size_t count;
    const char *list[MOST_WORDS + 1];
};

static void add_words(struct words *words, const char *const *more)
{
    while (*more && words->count < MOST_WORDS)
        words->list[words->count++] = *more++;
    words->list[words->count] = NULL;
}

/* Nothing of the operator's shell decides which repository it is, and nothing is asked. Hooks and
 * the like are for people's own repositories. */
static bool run_git(struct repository *repository, int patience_ms, const char *const *command,
                    struct program_result *ret_result, struct ajar_error *err)
{
    static const char *const settings[] = {
        "LC_ALL=C",
        "GIT_TERMINAL_PROMPT=0",
        "GIT_ASKPASS=",
        "SSH_ASKPASS_REQUIRE=never",
        "GIT_OPTIONAL_LOCKS=0",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_NAMESPACE",
        "GIT_COMMON_DIR",
        "GIT_SHALLOW_FILE",
        "GIT_TRACE",
        NULL,
    };
    static const char *const always[] = {
        "-c", "core.hooksPath=/dev/null", "-c", "core.fsync=all",         "-c", "gc.auto=0",
        "-c", "maintenance.auto=false",   "-c", "fetch.fsckObjects=true", NULL,
    };
    OWNED(free) char *place = text_make("--git-dir=%s", repository->path);
    struct words words = { .count = 2, .list = { "git", place } };
    struct program program = {
        .arguments = words.list,
        .settings = settings,
        .patience_ms = patience_ms,
    };

    if (!place)
        return ajar_no_memory(err);
    add_words(&words, always);
    add_words(&words, command);
    if (program_run(&program, ret_result, err))
        return true;
    if (err->status == AJAR_EMISSING)
        (void)ajar_hint(err, "a journal with a remote needs git: install it");
    else if (err->status == AJAR_ETIMEOUT)
        (void)ajar_hint(err, "try what git says by hand: git ls-remote URL; --timeout gives it "
                             "more time");
    return false;
}

/* All that it said, to be freed. */
static bool gather(const struct program_result *result, char **ret_said, struct ajar_error *err)
{
    OWNED(text_release) struct text said = TEXT_UP_TO(2 * PROGRAM_CEILING + 1);

    text_append_bytes(&said, (const char *)result->errors.at, result->errors.size);
    text_append(&said, "\n");
    text_append_bytes(&said, (const char *)result->output.at, result->output.size);
    return text_take(&said, ret_said, err);
}

static bool forget_remote(struct repository *repository, struct ajar_error *err)
{
    const struct repository_id none = { "" };
    struct repository_id old;

    return repository_find(repository, REPOSITORY_REMOTE, &old, err) &&
           (!*old.hex || repository_move(repository, REPOSITORY_REMOTE, &old, &none, err));
}

/* There is no main: an empty repository, or somebody's own. */
static bool check_empty(struct repository *repository, const struct repository_remote *remote,
                        struct ajar_error *err)
{
    const char *const list[] = { "ls-remote", "--heads", "--", remote->url, NULL };
    OWNED(program_result_release) struct program_result result = { 0 };
    OWNED(free) char *said = NULL;

    if (!run_git(repository, remote->patience_ms, list, &result, err) ||
        !gather(&result, &said, err))
        return false;
    if (result.status != 0)
        return judge(said, err);
    if (result.output.size == 0)
        return forget_remote(repository, err);
    (void)ajar_fail(err, AJAR_EJOURNAL, "is a git repository without a branch \"main\"");
    return ajar_hint(err, "a journal has a repository of its own, which is empty at first");
}

/* ret_again: somebody else fetched at the same moment. */
static bool fetch_once(struct repository *repository, const struct repository_remote *remote,
                       bool *ret_again, struct ajar_error *err)
{
    const char *const fetch[] = { "fetch",
                                  "--quiet",
                                  "--no-tags",
                                  "--no-write-fetch-head",
                                  "--no-recurse-submodules",
                                  "--no-auto-maintenance",
                                  "--",
                                  remote->url,
                                  "+" MAIN ":refs/ajar/remote",
                                  NULL };
    OWNED(program_result_release) struct program_result result = { 0 };
    OWNED(free) char *said = NULL;

    *ret_again = false;
    if (!run_git(repository, remote->patience_ms, fetch, &result, err) ||
        !gather(&result, &said, err))
        return false;
    if (result.status == 0)
        return true;
    if (strstr(said, "couldn't find remote ref"))
        return check_empty(repository, remote, err);
    *ret_again =
        strstr(said, "cannot lock ref 'refs/ajar/") || strstr(said, "unable to update local ref");
    return *ret_again || judge(said, err);
}

/* git holds such a lock for milliseconds: one that is old was left behind by a git that was
 * killed. */
static bool break_stale_lock(struct repository *repository, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/refs/ajar/remote.lock", repository->path);
    struct stat found;

    if (!path)
        return ajar_no_memory(err);
    return stat(path, &found) != 0 || time(NULL) - found.st_mtime < STALE_SECONDS ||
           repository_break_lock(repository, REPOSITORY_REMOTE, err);
}

bool repository_fetch(struct repository *repository, const struct repository_remote *remote,
                      struct repository_id *ret_head, struct ajar_error *err)
{
    bool again = true;

    for (int i = 0; again && i < FETCH_TRIES; i++) {
        if (!break_stale_lock(repository, err) || !fetch_once(repository, remote, &again, err))
            return false;
    }
    if (again)
        return ajar_fail(err, AJAR_EJOURNAL, "refs/ajar/remote is held by another process");
    return repository_find(repository, REPOSITORY_REMOTE, ret_head, err);
}

static bool check_forward(struct repository *repository, const struct repository_parcel *parcel,
                          struct ajar_error *err)
{
    struct repository_id base;

    if (!*parcel->expected.hex)
        return true;
    return repository_find_base(repository, &parcel->expected, &parcel->fresh, &base, err) &&
           (repository_id_equal(&base, &parcel->expected) ||
            ajar_fail(err, AJAR_EJOURNAL, "%.10s does not follow %.10s", parcel->fresh.hex,
                      parcel->expected.hex));
}

/* What it is known to be; nobody depends on it. */
static bool note_pushed(struct repository *repository, const struct repository_id *fresh,
                        struct ajar_error *err)
{
    struct repository_id old;

    if (!repository_find(repository, REPOSITORY_REMOTE, &old, err))
        return false;
    if (!repository_id_equal(&old, fresh) &&
        !repository_move(repository, REPOSITORY_REMOTE, &old, fresh, err))
        *err = AJAR_NO_ERROR; /* a reader fetched it just now */
    return true;
}

bool repository_push(struct repository *repository, const struct repository_remote *remote,
                     const struct repository_parcel *parcel, struct ajar_error *err)
{
    OWNED(free) char *lease = text_make("--force-with-lease=" MAIN ":%s", parcel->expected.hex);
    OWNED(free) char *main = text_make("%s:" MAIN, parcel->fresh.hex);
    OWNED(free)
    char *kept = text_make("%s:%s", parcel->kept.hex, parcel->kept_name ? parcel->kept_name : "");
    const char *const command[] = { "push",
                                    "--porcelain",
                                    "--atomic",
                                    "--no-verify",
                                    "--no-follow-tags",
                                    "--no-signed",
                                    "--recurse-submodules=no",
                                    lease,
                                    "--",
                                    remote->url,
                                    main,
                                    *parcel->kept.hex ? kept : NULL,
                                    NULL };
    OWNED(program_result_release) struct program_result result = { 0 };
    OWNED(free) char *said = NULL;

    if (!lease || !main || !kept)
        return ajar_no_memory(err);
    if (!check_forward(repository, parcel, err) ||
        !run_git(repository, remote->patience_ms, command, &result, err) ||
        !gather(&result, &said, err))
        return false;
    return result.status == 0 ? note_pushed(repository, &parcel->fresh, err) : judge(said, err);
}

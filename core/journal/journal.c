/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening. README.md has the invariants; the ones kept here:
 *  1. A writer holds ajar.lock (flock) from before it reads the head until it closes.
 *  2. A folder becomes a journal only when it was empty, or when a crashed attempt of ours left it.
 *  3. A writer has written and synced bytes beside the objects before it promises anything.
 *
 * States: absent -> (file_make_folder) empty -> (file_lock) ours -> (repository_create) a
 * repository without commits -> (the first journal_commit) a journal. A crash in any of them is
 * carried on from there by the next journal_open_writer().
 */
#include "journal/inside.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LOCK       "ajar.lock"
#define PROBE      "ajar.probe"
#define PROBE_SIZE (256 * 1024)

DEFINE_OWNED(DIR *, closedir);

/* The remote's own: it is named already. */
static bool is_of_remote(const struct journal *journal, const struct ajar_error *err)
{
    return journal->remote && (err->status == AJAR_EUNREACHABLE || err->status == AJAR_ETIMEOUT ||
                               err->status == AJAR_ELOGIN || err->status == AJAR_EINSECURE ||
                               err->status == AJAR_EDENIED || err->status == AJAR_ELOCKED ||
                               err->status == AJAR_ECONFLICT);
}

bool journal_blame(const struct journal *journal, struct ajar_error *err)
{
    if (is_of_remote(journal, err))
        return false;
    if (err->status != AJAR_EMISSING && err->status != AJAR_ELOCKED)
        err->status = AJAR_EJOURNAL;
    return ajar_while(err, "journal %s", journal->path);
}

static bool new_journal(const char *path, struct journal **ret_journal, struct ajar_error *err)
{
    struct journal *journal = calloc(1, sizeof(*journal));

    if (!journal || !(journal->path = text_copy(path))) {
        free(journal);
        return ajar_no_memory(err);
    }
    journal->lock = FILE_LOCK_NONE;
    *ret_journal = journal;
    return true;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    repository_close(journal->repository);
    file_lock_release(&journal->lock);
    free(journal->operator_name);
    free(journal->operator_email);
    free(journal->host);
    free(journal->remote);
    free(journal->announced);
    free(journal->rival);
    free(journal->rival_did);
    free(journal->trouble);
    free(journal->path);
    free(journal);
}

int64_t journal_read_sequence(const char *trailer)
{
    size_t digits = trailer ? strspn(trailer, "0123456789") : 0;

    if (digits == 0 || digits > 15 || trailer[digits])
        return 0;
    return strtoll(trailer, NULL, 10);
}

bool journal_take_place(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct journal_place *place = user;

    (void)err;
    place->sequence = journal_read_sequence(repository_trailer(entry, "Sequence"));
    place->time = entry->committer.when;
    return false;
}

bool journal_check_format(struct journal *journal, const struct repository_id *head,
                          struct ajar_error *err)
{
    OWNED(free) char *format = NULL;
    size_t size = 0;

    if (!repository_read(journal->repository, head, "FORMAT", &format, &size, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        return ajar_fail(err, AJAR_EJOURNAL, "is a git repository, but no journal of ajar");
    }
    if (strcmp(format, JOURNAL_FORMAT) == 0 && size == strlen(JOURNAL_FORMAT))
        return true;
    (void)ajar_fail(err, AJAR_EJOURNAL, "its format is \"%.*s\", and this ajar knows \"%.*s\"",
                    (int)strcspn(format, "\n"), format, (int)strlen(JOURNAL_FORMAT) - 1,
                    JOURNAL_FORMAT);
    return ajar_hint(err, "a newer ajar wrote it: use that one");
}

/* What the remote had when it was last seen, when that goes on from here. */
static bool look_beyond(struct journal *journal, struct repository_id *head, struct ajar_error *err)
{
    struct repository_id remote;
    struct repository_id base;

    if (!repository_find(journal->repository, REPOSITORY_REMOTE, &remote, err) ||
        !repository_find_base(journal->repository, head, &remote, &base, err))
        return false;
    if (repository_id_equal(&base, head))
        *head = remote;
    return true;
}

static bool find_head(struct journal *journal, struct repository_id *ret_head,
                      struct ajar_error *err)
{
    if (!repository_find(journal->repository, REPOSITORY_OFFLINE, ret_head, err))
        return false;
    journal->offline = journal->keep_away || journal->cut_off || *ret_head->hex;
    if (*ret_head->hex) {
        repository_use(journal->repository, REPOSITORY_OFFLINE);
        return true;
    }
    repository_use(journal->repository, REPOSITORY_MAIN);
    return repository_head(journal->repository, ret_head, err) &&
           (!journal->remote || journal->lock.descriptor >= 0 ||
            look_beyond(journal, ret_head, err));
}

bool journal_read_head(struct journal *journal, struct ajar_error *err)
{
    struct repository_id head;
    struct journal_place place = { 0 };

    if (!find_head(journal, &head, err))
        return false;
    if (*head.hex &&
        (!journal_check_format(journal, &head, err) ||
         !repository_walk(journal->repository, &head, journal_take_place, &place, err)))
        return false;
    journal->head = head;
    journal->entries = place.sequence;
    journal->time = place.time;
    return true;
}

bool journal_open(const char *path, struct journal **ret_journal, struct ajar_error *err)
{
    return journal_open_shared(path, &(struct journal_remote){ .url = NULL }, ret_journal, err);
}

bool journal_open_shared(const char *path, const struct journal_remote *remote,
                         struct journal **ret_journal, struct ajar_error *err)
{
    OWNED(journal_close) struct journal *journal = NULL;

    if (!new_journal(path, &journal, err))
        return false;
    if (!journal_take_remote(journal, remote, err) ||
        !repository_open(path, &journal->repository, err) || !journal_look(journal, err) ||
        !journal_read_head(journal, err))
        return journal_blame(journal, err);
    *ret_journal = journal;
    journal = NULL;
    return true;
}

bool journal_refresh(struct journal *journal, struct ajar_error *err)
{
    return journal_read_head(journal, err) || journal_blame(journal, err);
}

static bool take_options(struct journal *journal, const struct journal_writer_options *options,
                         struct ajar_error *err)
{
    journal->operator_name = text_copy(options->operator_name);
    journal->operator_email = text_copy(options->operator_email);
    journal->host = text_copy(options->host);
    journal->clock = options->clock;
    journal->sign = options->sign;
    journal->sign_user = options->sign_user;
    if (!journal->operator_name || !journal->operator_email || !journal->host)
        return ajar_no_memory(err);
    return journal_take_remote(journal, &options->remote, err);
}

/* Anything in a folder that is no repository, unless a crashed attempt of ours left it there. */
static bool check_emptiness(const char *path, struct ajar_error *err)
{
    OWNED(closedir) DIR *folder = opendir(path);
    const struct dirent *entry;
    bool empty = true;

    if (!folder)
        return ajar_fail(err, AJAR_EJOURNAL, "could not be opened: %s", strerror(errno));
    while ((entry = readdir(folder))) {
        if (strcmp(entry->d_name, LOCK) == 0)
            return true;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            empty = false;
    }
    return empty || ajar_fail(err, AJAR_EJOURNAL, "is a folder with other things in it");
}

/* The hint for the system's reason why something cannot be written. */
static bool fail_writing(struct ajar_error *err)
{
    uint32_t code = err->native;

    (void)ajar_while(err, "cannot be written");
    err->status = AJAR_EJOURNAL;
    if (code == ENOSPC || code == EDQUOT)
        return ajar_hint(err, "make room on its file system; nothing was changed");
    if (code == EROFS)
        return ajar_hint(err, "its file system is mounted read-only; nothing was changed");
    return ajar_hint(err, "it and its folders must be yours to write; nothing was changed");
}

static bool fail_busy(const struct journal *journal, struct ajar_error *err)
{
    struct ajar_error holder = *err;

    *err = AJAR_NO_ERROR;
    return ajar_fail(err, AJAR_ELOCKED, "journal %s is in use by %s", journal->path, holder.text);
}

static bool lock(struct journal *journal, const struct journal_writer_options *options,
                 struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/" LOCK, journal->path);
    OWNED(free)
    char *holder = text_make("%s on %s since %s (%s, pid %ld)", options->operator_name,
                             options->host, clock_write_time(clock_now(&options->clock)).at,
                             options->command, (long)getpid());

    if (!path || !holder)
        return ajar_no_memory(err);
    if (file_lock(path, holder, &journal->lock, err))
        return true;
    return err->status == AJAR_ELOCKED ? fail_busy(journal, err) : fail_writing(err);
}

/* Opens the repository if there is one; otherwise sees to a folder where one can be made. */
static bool find_repository(struct journal *journal, struct ajar_error *err)
{
    if (repository_open(journal->path, &journal->repository, err))
        return true;
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    if (!file_make_folder(journal->path, err))
        return fail_writing(err);
    return repository_check_owner(journal->path, err) && check_emptiness(journal->path, err);
}

/* Only the owner reads baselines. */
static bool make_private(const struct journal *journal, struct ajar_error *err)
{
    struct stat found;

    if (stat(journal->path, &found) == 0 && chmod(journal->path, found.st_mode & 0700) == 0)
        return true;
    return ajar_fail(err, AJAR_EJOURNAL, "could not be made private: %s", strerror(errno));
}

/* Behind the lock, so that two first runs do not meet here. */
static bool make_repository(struct journal *journal, struct ajar_error *err)
{
    if (journal->repository && *journal->head.hex)
        return true;
    repository_close(journal->repository);
    journal->repository = NULL;
    return make_private(journal, err) &&
           repository_create(journal->path, &journal->repository, err);
}

/* Bytes as many as an opening has, beside the objects. */
static bool probe(const struct journal *journal, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/" PROBE, journal->path);
    OWNED(free) char *bytes = calloc(1, PROBE_SIZE);

    if (!path || !bytes)
        return ajar_no_memory(err);
    if (!file_write(path, bytes, PROBE_SIZE, 0600, err))
        return fail_writing(err);
    return unlink(path) == 0 || ajar_fail(err, AJAR_EJOURNAL, "could not remove %s", path);
}

static bool check_folder(const struct journal *journal, const char *name, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s/%s", journal->path, name);
    int code;

    if (!path)
        return ajar_no_memory(err);
    if (faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0)
        return true;
    code = errno;
    (void)ajar_fail(err, AJAR_EJOURNAL, "%s: %s", name, strerror(code));
    (void)ajar_native(err, (uint32_t)code);
    return fail_writing(err);
}

static bool check_sequence(const struct journal *journal, struct ajar_error *err)
{
    if (!*journal->head.hex || journal->entries > 0)
        return true;
    (void)ajar_fail(err, AJAR_EJOURNAL, "commit %.10s at its head is not ajar's: no Sequence",
                    journal->head.hex);
    return ajar_hint(err, "somebody wrote to it with git: ajar verify tells more");
}

/* What is not on the remote waits for somebody who knows which that is. */
static bool check_remote(const struct journal *journal, struct ajar_error *err)
{
    if (journal->remote || !journal->offline)
        return true;
    (void)ajar_fail(err, AJAR_EJOURNAL,
                    "it has entries that are not on its remote yet, and no remote is configured");
    return ajar_hint(err, "say in [journal] which one it is: remote = ...");
}

static bool open_writer(struct journal *journal, const struct journal_writer_options *options,
                        struct ajar_error *err)
{
    return take_options(journal, options, err) && find_repository(journal, err) &&
           lock(journal, options, err) && probe(journal, err) &&
           (!journal->repository || journal_read_head(journal, err)) &&
           make_repository(journal, err) && check_folder(journal, "objects", err) &&
           check_folder(journal, "refs", err) && journal_settle(journal, err) &&
           journal_read_head(journal, err) && check_sequence(journal, err) &&
           check_remote(journal, err);
}

bool journal_open_writer(const char *path, const struct journal_writer_options *options,
                         struct journal **ret_journal, struct ajar_error *err)
{
    OWNED(journal_close) struct journal *journal = NULL;

    if (!new_journal(path, &journal, err))
        return false;
    if (!open_writer(journal, options, err))
        return err->status == AJAR_ELOCKED ? false : journal_blame(journal, err);
    *ret_journal = journal;
    journal = NULL;
    return true;
}

const struct repository_id *journal_head(const struct journal *journal)
{
    return &journal->head;
}

int64_t journal_entries(const struct journal *journal)
{
    return journal->entries;
}

int64_t journal_time(const struct journal *journal)
{
    return journal->time;
}

struct repository *journal_repository(const struct journal *journal)
{
    return journal->repository;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define HOLDER_CEILING 400
#define STREAM_BLOCK   ((size_t)128 * 1024)

static bool fail_errno(struct ajar_error *err, const char *path, const char *what)
{
    int code = errno;

    (void)ajar_fail(err, AJAR_ESYSTEM, "%s: could not be %s: %s", path, what, strerror(code));
    return ajar_native(err, (uint32_t)code);
}

static bool read_all(int descriptor, const char *path, size_t ceiling, struct text *text,
                     struct ajar_error *err)
{
    char block[16384];
    ssize_t got;

    while ((got = read(descriptor, block, sizeof(block))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, path, "read");
        if ((size_t)got > ceiling - text->size)
            return ajar_fail(err, AJAR_ESYSTEM, "%s: larger than %zu bytes", path, ceiling);
        text_append_bytes(text, block, (size_t)got);
        if (text->faulty)
            return ajar_no_memory(err);
    }
    return true;
}

bool file_read(const char *path, size_t ceiling, struct bytes *ret_bytes, struct ajar_error *err)
{
    OWNED(close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    OWNED(text_release) struct text text = TEXT_UP_TO(ceiling);

    if (descriptor < 0)
        return fail_errno(err, path, "opened");
    return read_all(descriptor, path, ceiling, &text, err) &&
           bytes_copy(text_peek(&text), text.size, ret_bytes, err);
}

static bool stream(int descriptor, const char *path, char *block,
                   void (*take)(void *user, const void *bytes, size_t size), void *user,
                   struct ajar_error *err)
{
    ssize_t got;

    while ((got = read(descriptor, block, STREAM_BLOCK)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail_errno(err, path, "read");
        take(user, block, (size_t)got);
    }
    return true;
}

bool file_stream(const char *path, void (*take)(void *user, const void *bytes, size_t size),
                 void *user, struct ajar_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    OWNED(close) int descriptor = standard ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    OWNED(free) char *block = malloc(STREAM_BLOCK);

    if (!standard && descriptor < 0) {
        (void)fail_errno(err, path, "opened");
        if (err->native == ENOENT)
            err->status = AJAR_EMISSING;
        return false;
    }
    if (!block)
        return ajar_no_memory(err);
    return stream(standard ? STDIN_FILENO : descriptor, path, block, take, user, err);
}

static bool is_wanted(const char *name, const char *suffix)
{
    size_t size = strlen(name);
    size_t end = strlen(suffix);

    return name[0] != '.' && size > end && strcmp(name + size - end, suffix) == 0;
}

/* alphasort() goes by the language of whoever runs it. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool add_path(struct file_list *list, const char *folder, const char *name)
{
    char **more = reallocarray(list->paths, list->count + 1, sizeof(*more));

    if (!more)
        return false;
    list->paths = more;
    more[list->count] = text_make("%s/%s", folder, name);
    return more[list->count] && ++list->count;
}

bool file_list(const char *folder, const char *suffix, struct file_list *ret_list,
               struct ajar_error *err)
{
    OWNED(file_list_release) struct file_list list = { 0 };
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, compare_names);
    bool good = true;

    if (count < 0)
        return fail_errno(err, folder, "read");
    for (int i = 0; i < count; i++) {
        if (good && is_wanted(entries[i]->d_name, suffix))
            good = add_path(&list, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free((void *)entries);
    if (!good)
        return ajar_no_memory(err);
    *ret_list = list;
    list = (struct file_list){ 0 };
    return true;
}

void file_list_release(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->paths[i]);
    free(list->paths);
    *list = (struct file_list){ 0 };
}

static bool write_all(int descriptor, const char *at, size_t size)
{
    ssize_t put;

    while (size > 0) {
        put = write(descriptor, at, size);
        if (put < 0 && errno != EINTR)
            return false;
        if (put > 0) {
            at += put;
            size -= (size_t)put;
        }
    }
    return true;
}

/* The part of `path` in front of its last name ("." and "/" included); to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return text_copy(".");
    return text_copy_bytes(path, slash == path ? 1 : (size_t)(slash - path));
}

static bool sync_folder_of(const char *path, struct ajar_error *err)
{
    OWNED(free) char *folder = folder_of(path);
    OWNED(close) int descriptor = -1;

    if (!folder)
        return ajar_no_memory(err);
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0 || fsync(descriptor) != 0)
        return fail_errno(err, folder, "synced");
    return true;
}

bool file_write(const char *path, const void *bytes, size_t size, mode_t mode,
                struct ajar_error *err)
{
    OWNED(free) char *temporary = text_make("%s.XXXXXX", path);
    OWNED(close) int descriptor = -1;

    if (!temporary)
        return ajar_no_memory(err);
    descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0)
        return fail_errno(err, path, "created");
    if (!write_all(descriptor, bytes, size) || fchmod(descriptor, mode) != 0 ||
        fsync(descriptor) != 0 || rename(temporary, path) != 0) {
        (void)fail_errno(err, path, "written");
        (void)unlink(temporary);
        return false;
    }
    return sync_folder_of(path, err);
}

static bool make_folder(const char *path, mode_t mode, struct ajar_error *err)
{
    struct stat found;

    if (mkdir(path, mode) == 0)
        return true;
    if (errno != EEXIST)
        return fail_errno(err, path, "made a folder");
    if (stat(path, &found) == 0 && S_ISDIR(found.st_mode))
        return true;
    errno = ENOTDIR;
    return fail_errno(err, path, "made a folder");
}

bool file_expand_home(const char *path, char **ret_path, struct ajar_error *err)
{
    const char *home = getenv("HOME");
    bool in_home = strncmp(path, "~/", 2) == 0;
    char *whole;

    if (in_home && (!home || !home[0]))
        return ajar_fail(err, AJAR_ESYSTEM, "\"%.200s\": $HOME says nothing", path);
    whole = in_home ? text_make("%s%s", home, path + 1) : text_copy(path);
    if (!whole)
        return ajar_no_memory(err);
    *ret_path = whole;
    return true;
}

bool file_make_folder(const char *path, struct ajar_error *err)
{
    OWNED(free) char *parent = text_copy(path);

    if (!parent)
        return ajar_no_memory(err);
    for (char *at = *parent ? parent + 1 : parent; (at = strchr(at, '/')); at++) {
        *at = '\0';
        if (!make_folder(parent, 0755, err))
            return false;
        *at = '/';
    }
    return make_folder(path, 0700, err);
}

bool file_make_temporary_folder(const char *name, char **ret_path, struct ajar_error *err)
{
    const char *home = getenv("TMPDIR");
    OWNED(free) char *path = text_make("%s/%s-XXXXXX", home && *home ? home : "/tmp", name);

    if (!path)
        return ajar_no_memory(err);
    if (!mkdtemp(path))
        return fail_errno(err, path, "made a folder");
    *ret_path = path;
    path = NULL;
    return true;
}

static int remove_entry(const char *path, const struct stat *found, int kind, struct FTW *position)
{
    (void)found;
    (void)kind;
    (void)position;
    return remove(path);
}

bool file_remove_folder(const char *path, struct ajar_error *err)
{
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    return fail_errno(err, path, "removed");
}

/* The first line of the lock file, or "somebody". */
static bool fail_locked(int descriptor, struct ajar_error *err)
{
    char holder[HOLDER_CEILING + 1];
    ssize_t size = pread(descriptor, holder, HOLDER_CEILING, 0);

    holder[size > 0 ? size : 0] = '\0';
    holder[strcspn(holder, "\n")] = '\0';
    if (!*holder || !text_is_utf8(holder, strlen(holder)))
        return ajar_fail(err, AJAR_ELOCKED, "somebody");
    return ajar_fail(err, AJAR_ELOCKED, "%s", holder);
}

bool file_lock(const char *path, const char *holder, struct file_lock *ret_lock,
               struct ajar_error *err)
{
    OWNED(close)
    int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

    if (descriptor < 0)
        return fail_errno(err, path, "opened");
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? fail_locked(descriptor, err)
                                    : fail_errno(err, path, "locked");
    if (ftruncate(descriptor, 0) != 0 || !write_all(descriptor, holder, strlen(holder)) ||
        !write_all(descriptor, "\n", 1))
        return fail_errno(err, path, "written");
    ret_lock->descriptor = descriptor;
    descriptor = -1;
    return true;
}

void file_lock_release(struct file_lock *lock)
{
    if (lock->descriptor < 0)
        return;
    /* Should this fail, the file names a holder who is gone; only flock() decides. */
    if (ftruncate(lock->descriptor, 0) != 0)
        errno = 0;
    (void)close(lock->descriptor);
    *lock = FILE_LOCK_NONE;
}

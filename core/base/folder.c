/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/folder.h"

#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static inline void closedir_slot(DIR **slot)
{
    if (*slot)
        (void)closedir(*slot);
}

static bool fail(const char *folder, const char *below, const char *what, struct ajar_error *err)
{
    int code = errno;
    enum ajar_status status = code == ENOENT || code == ENOTDIR ? AJAR_EMISSING
                              : code == EACCES || code == EPERM ? AJAR_EDENIED
                                                                : AJAR_ESYSTEM;
    const char *why = code == ELOOP ? "a symbolic link, which is not followed" : strerror(code);

    (void)ajar_fail(err, status, "%s%s%s: could not be %s: %s", folder, *below ? "/" : "", below,
                    what, why);
    return ajar_native(err, (uint32_t)code);
}

/* A descriptor of what is at `below`, name by name, so that no link is followed; -1 with errno. */
static int open_below(const char *folder, const char *below, int flags)
{
    int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    while (at >= 0 && *below) {
        size_t size = strcspn(below, "/");
        bool is_last = below[size] == '\0';
        OWNED(free) char *name = text_copy_bytes(below, size);
        int next = name ? openat(at, name,
                                 O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
                                     (is_last ? flags : O_DIRECTORY))
                        : -1;
        int code = name ? errno : ENOMEM;

        (void)close(at);
        errno = code;
        at = next;
        below += size + (is_last ? 0 : 1);
    }
    return at;
}

bool folder_list_add(struct folder_list *list, size_t *room, const struct folder_entry *entry,
                     struct ajar_error *err)
{
    struct folder_entry copy = *entry;

    if (list->count == *room) {
        size_t more = *room ? 2 * *room : 16;
        struct folder_entry *larger = realloc(list->entries, more * sizeof(*larger));

        if (!larger)
            return ajar_no_memory(err);
        list->entries = larger;
        *room = more;
    }
    copy.name = text_copy(entry->name);
    if (!copy.name)
        return ajar_no_memory(err);
    list->entries[list->count++] = copy;
    return true;
}

/* What is gone since its name was read is passed over. */
static bool add_name(int folder, char *name, struct folder_list *list, size_t *room,
                     struct ajar_error *err)
{
    struct folder_entry entry = { .name = name, .kind = FOLDER_LINK };
    struct stat status;

    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return true;
    if (S_ISREG(status.st_mode))
        entry.kind = FOLDER_FILE;
    if (S_ISDIR(status.st_mode))
        entry.kind = FOLDER_FOLDER;
    entry.size = status.st_size > 0 ? (uint64_t)status.st_size : 0;
    entry.modified = status.st_mtim.tv_sec;
    return folder_list_add(list, room, &entry, err);
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool folder_list(const char *folder, const char *below, size_t ceiling,
                 struct folder_list *ret_list, struct ajar_error *err)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };
    int descriptor = open_below(folder, below, O_DIRECTORY);
    OWNED(closedir) DIR *stream = descriptor >= 0 ? fdopendir(descriptor) : NULL;
    struct dirent *entry;
    size_t room = 0;

    if (!stream) {
        (void)fail(folder, below, "opened", err);
        if (descriptor >= 0)
            (void)close(descriptor);
        return false;
    }
    while ((errno = 0, entry = readdir(stream)) != NULL && !list.is_cut) {
        if (is_dots(entry->d_name))
            continue;
        list.is_cut = list.count == ceiling;
        if (!list.is_cut && !add_name(dirfd(stream), entry->d_name, &list, &room, err))
            return false;
    }
    if (!entry && errno != 0)
        return fail(folder, below, "listed", err);
    *ret_list = list;
    list = (struct folder_list){ 0 };
    return true;
}

static bool read_all(int descriptor, size_t size, struct bytes *ret_bytes)
{
    OWNED(bytes_release) struct bytes bytes = { .at = malloc(size ? size : 1), .size = 0 };
    ssize_t got = 1;

    if (!bytes.at)
        return false;
    while (bytes.size < size && got > 0) {
        got = read(descriptor, bytes.at + bytes.size, size - bytes.size);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got < 0)
            return false;
        else
            bytes.size += (size_t)got;
    }
    if (bytes.size == 0)
        bytes_release(&bytes); /* NULL exactly when it is empty */
    *ret_bytes = bytes;
    bytes = (struct bytes){ 0 };
    return true;
}

bool folder_read(const char *folder, const char *below, size_t ceiling, struct bytes *ret_bytes,
                 struct ajar_error *err)
{
    OWNED(close) int descriptor = open_below(folder, below, 0);
    struct stat status;

    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return fail(folder, below, "opened", err);
    if (!S_ISREG(status.st_mode))
        return ajar_fail(err, AJAR_ESYSTEM, "%s/%s: no regular file", folder, below);
    if (status.st_size < 0 || (uint64_t)status.st_size > ceiling)
        return ajar_fail(err, AJAR_ESYSTEM, "%s/%s: larger than %zu bytes", folder, below, ceiling);
    return read_all(descriptor, (size_t)status.st_size, ret_bytes) ||
           fail(folder, below, "read", err);
}

void folder_list_release(struct folder_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->entries[i].name);
    free(list->entries);
    *list = (struct folder_list){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files of this host: read whole, written whole or not at all, locked. Failures are AJAR_ESYSTEM
 * with errno as the native code.
 */
#ifndef AJAR_BASE_FILE_H
#define AJAR_BASE_FILE_H

#include <ajar/error.h>

#include "base/bytes.h"
#include "base/cleanup.h"

#include <sys/types.h>

/* Reads a regular file (or a pipe, for `<(...)` of a shell) of at most `ceiling` bytes. */
bool file_read(const char *path, size_t ceiling, struct bytes *ret_bytes, struct ajar_error *err);

/* The file holds either what it held before or all of `bytes`, also after a crash: a temporary file
 * beside it is synced and renamed over it, then the folder is synced. */
bool file_write(const char *path, const void *bytes, size_t size, mode_t mode,
                struct ajar_error *err);

/* "~/x" is x in the home of whoever runs this; any other path stays as it is. To be freed. */
bool file_expand_home(const char *path, char **ret_path, struct ajar_error *err);

/* Makes a folder that only its owner can enter (0700), and its parents (0755 and the umask). One
 * that is there already is fine. */
bool file_make_folder(const char *path, struct ajar_error *err);

/* A fresh private folder "<name>-XXXXXX" in $TMPDIR or /tmp; its path, to be freed. */
bool file_make_temporary_folder(const char *name, char **ret_path, struct ajar_error *err);

/* Paths of files, in the order of their names. */
struct file_list {
    size_t count;
    char **paths;
};

/* The files of a folder whose names end with `suffix` and do not begin with a dot. */
bool file_list(const char *folder, const char *suffix, struct file_list *ret_list,
               struct ajar_error *err);
void file_list_release(struct file_list *list);
DEFINE_OWNED_STRUCT(struct file_list, file_list_release);

/* Reads a file of any size, or standard input ("-"), block by block. AJAR_EMISSING when it is not
 * there. */
bool file_stream(const char *path, void (*take)(void *user, const void *bytes, size_t size),
                 void *user, struct ajar_error *err);

/* Removes a folder and all that is in it; symbolic links are removed, not followed. One that is not
 * there is fine. */
bool file_remove_folder(const char *path, struct ajar_error *err);

/* Only one process holds it; it ends with the process, however that ends. The file stays behind;
 * whether it is locked is what flock() says, not what it holds. */
struct file_lock {
    int descriptor; /* -1: not held */
};

#define FILE_LOCK_NONE ((struct file_lock){ .descriptor = -1 })

/* Locks `path` (made when missing, mode 0600) and writes `holder`, one line, into it.
 * AJAR_ELOCKED, at once, when somebody else has it: then the text of the error is what the file
 * says of its holder ("somebody" when it says nothing). */
bool file_lock(const char *path, const char *holder, struct file_lock *ret_lock,
               struct ajar_error *err);

void file_lock_release(struct file_lock *lock);
DEFINE_OWNED_STRUCT(struct file_lock, file_lock_release);

#endif

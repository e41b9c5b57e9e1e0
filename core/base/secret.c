/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* "could not VERB "path": why"; errno is what failed. */
static bool fail_errno(struct ajar_error *err, const char *verb, const char *path)
{
    int code = errno;

    ajar_fail(err, AJAR_ELOGIN, "could not %s \"%s\": %s", verb, path, strerror(code));
    ajar_native(err, (uint32_t)code);
    return ajar_hint(err, "check the path in the configuration and who may read the file");
}

static bool check_private(const char *path, int descriptor, struct ajar_error *err)
{
    struct stat about;

    if (fstat(descriptor, &about) != 0)
        return fail_errno(err, "look at", path);
    if (!S_ISREG(about.st_mode)) {
        ajar_fail(err, AJAR_ELOGIN, "\"%s\" is not a regular file", path);
        return ajar_hint(err, "put the secret into a file that only its owner can read");
    }
    if (about.st_uid != 0 && about.st_uid != geteuid()) {
        ajar_fail(err, AJAR_ELOGIN, "\"%s\" belongs to another user", path);
        return ajar_hint(err, "it must belong to the user who runs ajar: use chown");
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        ajar_fail(err, AJAR_ELOGIN, "others than its owner have access to \"%s\" (mode %04o)", path,
                  (unsigned)(about.st_mode & 07777));
        return ajar_hint(err, "chmod 600 the file, and change what others may have read");
    }
    return true;
}

bool secret_open_file(const char *path, int *ret_descriptor, struct ajar_error *err)
{
    /* O_NONBLOCK: a pipe without a writer must not hang here; it is refused below. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (descriptor < 0)
        return fail_errno(err, "open", path);
    if (!check_private(path, descriptor, err)) {
        (void)close(descriptor);
        return false;
    }
    *ret_descriptor = descriptor;
    return true;
}

/* Fills the buffer; returns how much there was, at most `room`, or -1 with errno. */
static ssize_t read_all(int descriptor, char *buffer, size_t room)
{
    size_t used = 0;
    ssize_t got = 1;

    while (used < room && got != 0) {
        got = read(descriptor, buffer + used, room - used);
        if (got < 0 && errno != EINTR)
            return -1;
        if (got > 0)
            used += (size_t)got;
    }
    return (ssize_t)used;
}

/* Cuts what was read down to its first line, in place. */
static bool keep_first_line(const char *path, struct secret *secret, size_t used,
                            struct ajar_error *err)
{
    const char *end = memchr(secret->text, '\n', used);
    size_t size = end ? (size_t)(end - secret->text) : used;

    if (size > 0 && secret->text[size - 1] == '\r')
        size--;
    if (size >= sizeof(secret->text))
        return ajar_fail(err, AJAR_ELOGIN, "the first line of \"%s\" is longer than %zu bytes",
                         path, sizeof(secret->text) - 1);
    if (size == 0) {
        ajar_fail(err, AJAR_ELOGIN, "the first line of \"%s\" is empty", path);
        return ajar_hint(err, "write the password into the first line of the file");
    }
    if (memchr(secret->text, '\0', size))
        return ajar_fail(err, AJAR_ELOGIN, "the first line of \"%s\" has a NUL in it", path);
    explicit_bzero(secret->text + size, sizeof(secret->text) - size);
    return true;
}

bool secret_read_file(const char *path, struct secret *ret_secret, struct ajar_error *err)
{
    OWNED(secret_release) struct secret secret = { .text = "" };
    OWNED(close) int descriptor = -1;
    ssize_t used;

    if (!secret_open_file(path, &descriptor, err))
        return false;
    used = read_all(descriptor, secret.text, sizeof(secret.text));
    if (used < 0)
        return fail_errno(err, "read", path);
    if (!keep_first_line(path, &secret, (size_t)used, err))
        return false;
    *ret_secret = secret;
    return true;
}

void secret_release(struct secret *secret)
{
    explicit_bzero(secret->text, sizeof(secret->text));
}

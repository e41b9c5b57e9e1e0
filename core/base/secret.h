/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A secret in memory. It is wiped when it is released, and never part of an error's text.
 */
#ifndef AJAR_BASE_SECRET_H
#define AJAR_BASE_SECRET_H

#include <ajar/error.h>

#include "base/cleanup.h"

/* The longest secret, with its NUL. */
#define SECRET_SIZE 1024

struct secret {
    char text[SECRET_SIZE];
};

/* Opens a file that must be a secret of its owner's: a regular file of this user's (or root's) that
 * neither group nor others can touch. Links are followed: what counts is the file at their end.
 * AJAR_ELOGIN with a hint otherwise. `ret_descriptor` is to be closed. */
bool secret_open_file(const char *path, int *ret_descriptor, struct ajar_error *err);

/* Reads the first line of such a file, without its line end. AJAR_ELOGIN for a line that is empty,
 * too long, or has a NUL in it. */
bool secret_read_file(const char *path, struct secret *ret_secret, struct ajar_error *err);

void secret_release(struct secret *secret);
DEFINE_OWNED_STRUCT(struct secret, secret_release);

#endif

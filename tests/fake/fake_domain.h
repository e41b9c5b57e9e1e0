/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A domain in memory, in the place of its directory and of its SYSVOL: entries with a handful of
 * attributes, files with times, and a write that goes wrong. A test has one.
 */
#ifndef AJAR_FAKE_DOMAIN_H
#define AJAR_FAKE_DOMAIN_H

#include "transport/target.h"

#define FAKE_DOMAIN_DN "DC=target,DC=test"

/* In front of the DN of an object: it is in a host's own copy of the directory, see
 * target_face_itself(). */
#define FAKE_OWN "own:"

/* An empty domain; the same memory each time. */
void fake_domain_reset(void);

/* Ends it. */
void fake_domain_clear(void);

/* Sets an attribute of an object, which is made when there is none; NULL takes it away. */
void fake_domain_set(const char *dn, const char *attribute, const char *value);

/* Its value, or NULL. */
const char *fake_domain_get(const char *dn, const char *attribute);

/* A file (with the folders above it), or a folder when `bytes` is NULL. */
void fake_domain_put(const char *path, const void *bytes, size_t size);

/* The file, or NULL; a folder has no bytes. */
const struct bytes *fake_domain_file(const char *path);

/* How many files and folders there are. */
size_t fake_domain_count(void);

/* Nobody may read this path. */
void fake_domain_deny(const char *path);

/* From now on the Nth write fails (1 is the next one; 0: none), and all after it, as when a process
 * is killed there: before it, or after it landed. */
void fake_domain_fail(int at, bool after);

/* How many writes were asked for since fake_domain_fail(). */
int fake_domain_writes(void);

/* Runs in front of the Nth write: somebody else. */
void fake_domain_meanwhile(int at, void (*somebody)(void));

/* The same in front of the Nth reading of a file. */
void fake_domain_before_read(int at, void (*somebody)(void));

#endif

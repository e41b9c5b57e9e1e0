/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to be said of a journal that several hosts share: how it stands to its remote, and which
 * windows came into each other's way while their operators could not see each other.
 */
#ifndef AJAR_ENGINE_SHARING_H
#define AJAR_ENGINE_SHARING_H

#include "journal/journal.h"

/* Takes a line; false when there is no memory. */
typedef bool sharing_take(void *user, const char *line);

/* How it stands. No line for a journal that nobody shares. */
bool sharing_tell_standing(struct journal *journal, sharing_take *take, void *user,
                           struct ajar_error *err);

/* Which two windows hold the same. */
bool sharing_tell_common(struct journal *journal, sharing_take *take, void *user,
                         struct ajar_error *err);

#endif

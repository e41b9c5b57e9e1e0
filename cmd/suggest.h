/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "did you mean": is a word that nobody knows a slip of the finger for one that exists?
 */
#ifndef AJAR_CMD_SUGGEST_H
#define AJAR_CMD_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

/* One or two letters wrong, missing, added or swapped (one only, in a short word); or the
 * beginning of the name. `word` has `size` bytes. */
bool suggest_near(const char *word, size_t size, const char *name);

#endif

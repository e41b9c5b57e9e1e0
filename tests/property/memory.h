/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Objects of git in memory, in the place of files: most histories keep their journal there, because
 * a file for each object takes most of the time. The branch is a file in any case.
 */
#ifndef AJAR_PROPERTY_MEMORY_H
#define AJAR_PROPERTY_MEMORY_H

#include <stdbool.h>

/* Forgets all objects; those of repositories that are opened from now on are in memory, or not. */
void memory_begin(bool in_memory);

#endif

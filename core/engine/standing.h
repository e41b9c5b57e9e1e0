/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How a live look judges what the causes of a log bear on.
 */
#ifndef AJAR_ENGINE_STANDING_H
#define AJAR_ENGINE_STANDING_H

#include <ajar/diagnose.h>

/* Of one requirement ("pass", "fail", "unknown"), and of one setting (a change of ajar_check()). */
enum ajar_standing standing_of_requirement(const char *result);
enum ajar_standing standing_of_setting(const char *state);

/* Of a cause, by all that it bears on: likely when one thing is; ruled out when all are, and there
 * is one. */
enum ajar_standing standing_of_cause(const struct ajar_bearing_seen *seen, size_t count);

#endif

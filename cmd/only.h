/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --only NAME: the sections of a plan that a command looks at.
 */
#ifndef AJAR_CMD_ONLY_H
#define AJAR_CMD_ONLY_H

#include "command.h"

/* For command.check_plan: AJAR_EUSAGE for a name that no section of the plan has, with names that
 * are near it. */
bool only_check(const struct session *session, struct ajar_error *err);

#endif

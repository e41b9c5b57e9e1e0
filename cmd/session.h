/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a command's row to its run: satisfies its needs, in the order in which they can fail
 * cheaply. What the command line alone can tell is told before a file is read, and that before a
 * connection is made.
 */
#ifndef AJAR_CMD_SESSION_H
#define AJAR_CMD_SESSION_H

#include "command.h"

/* `session` has its command, options, operand and screen; the rest is set here, and released. */
bool session_perform(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err);

#endif

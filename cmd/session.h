/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a command's row to its run: satisfies its needs, in the order in which they can fail
 * cheaply. What the command line alone can tell is told before a file is read, and that before a
 * connection is made.
 */
#ifndef AJAR_CMD_SESSION_H
#define AJAR_CMD_SESSION_H

#include "command.h"

#include <ajar/diagnose.h>

/* `session` has its command, options, operand and screen; the rest is set here, and released. */
bool session_perform(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err);

/* For a command that needs these only at times. The folder of the shipped plans; the knowledge that
 * comes with them, which is to be freed; and a run, which is to be closed. */
const char *session_plans(void);
bool session_load_knowledge(struct ajar_knowledge **ret_knowledge, struct ajar_error *err);
bool session_open_run(struct session *session, struct ajar_run **ret_run, struct ajar_error *err);

#endif

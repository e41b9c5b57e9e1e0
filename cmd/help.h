/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What --help shows; all of it comes from the tables of commands, options and exit statuses.
 */
#ifndef AJAR_CMD_HELP_H
#define AJAR_CMD_HELP_H

#include "command.h"

/* `commands` ends with NULL. */
void help_overview(struct sink *sink, const struct command *const *commands);
void help_command(struct sink *sink, const struct command *command);
void help_exit(struct sink *sink);

#endif

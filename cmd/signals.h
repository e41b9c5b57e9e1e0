/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGINT and SIGTERM ask for a safe stop, as often as they come; none of them kills. SIGPIPE is
 * ignored: a closed pipe is a failed write, which main() reports.
 */
#ifndef AJAR_CMD_SIGNALS_H
#define AJAR_CMD_SIGNALS_H

#include <stdbool.h>

void signals_catch(void);
bool signals_pending(void);

/* The line (static text, with its newline) that the first signal from now on writes to stderr at
 * once; NULL for none. */
void signals_announce(const char *line);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The steps of a history: commands, other people, hosts, time.
 */
#ifndef AJAR_PROPERTY_STEPS_H
#define AJAR_PROPERTY_STEPS_H

#include "property/history.h"

/* An apply; and any step. */
void steps_begin(void);
void steps_next(void);

/* What status says is judged; nothing disturbs it. */
void steps_ask_status(void);

/* Closes a window with nothing in the way. What is still in conflict in the end is kept. */
void steps_close(struct told_window *window);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Putting back what a run did, because too much of it failed.
 */
#ifndef AJAR_ENGINE_UNDO_H
#define AJAR_ENGINE_UNDO_H

#include "engine/window.h"

/* Does the rule say so, and the operator has not stopped the run? */
bool undo_is_due(const struct window *window);

/* Puts back what this run wrote, and records it. A window that this run opened is closed, all of
 * it; what the run never began is restored without a write. An older window goes on: what this run
 * wrote of it is intended again, and the rest stays as it was. What could not be put back stays
 * listed. */
bool undo_perform(struct window *window, bool is_new, struct ajar_error *err);

#endif

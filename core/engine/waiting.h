/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is stored and not in effect yet: the hosts that have to do something first, and how they
 * looked when the change began to wait (change_record.since, in numbered facts):
 *
 *     host-1 = dc2.target.test     clock-1 = 1763712000     uptime-1 = 86400000
 *     host-2 = dc3.target.test
 *
 * A host without facts could not be asked yet, or does not have the change yet; the next look
 * begins with it, as it does with a fact that the host did not tell so far. A host that did what it
 * had to is taken out; when none is left, the change is in effect and waits no more.
 */
#ifndef AJAR_ENGINE_WAITING_H
#define AJAR_ENGINE_WAITING_H

#include "engine/window.h"

/* Begins with the steps that wait and know no hosts yet. A host that cannot be asked is left for
 * later. The steps come out in `changed` (room for all steps of the window). */
bool waiting_begin(struct window *window, struct step **changed, size_t *ret_changed,
                   struct ajar_error *err);

/* Looks at every host that a step waits for. What was seen is set in the steps; those that changed
 * come out in `changed`. */
bool waiting_look(struct window *window, struct step **changed, size_t *ret_changed,
                  struct ajar_error *err);

/* Looks, and commits what was seen, if anything. */
bool waiting_notice(struct window *window, struct ajar_error *err);

#endif

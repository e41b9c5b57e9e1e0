/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What core does with states besides what <ajar/state.h> shows: they release themselves at the end
 * of a scope, and are compared fact by fact.
 */
#ifndef AJAR_MODEL_STATE_H
#define AJAR_MODEL_STATE_H

#include <ajar/state.h>

#include "base/cleanup.h"

/* The same facts, in any order, of what is as known and as much there. */
bool state_same(const struct ajar_state *a, const struct ajar_state *b);

DEFINE_OWNED_STRUCT(struct ajar_state, ajar_state_release);

#endif

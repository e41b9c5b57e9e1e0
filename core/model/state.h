/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What core does with states besides what <ajar/state.h> shows: they release themselves at the end
 * of a scope.
 */
#ifndef AJAR_MODEL_STATE_H
#define AJAR_MODEL_STATE_H

#include <ajar/state.h>

#include "base/cleanup.h"

DEFINE_OWNED_STRUCT(struct ajar_state, ajar_state_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing: the one place that moves live states. Whoever calls has committed every baseline before.
 */
#ifndef AJAR_ENGINE_PERFORM_H
#define AJAR_ENGINE_PERFORM_H

#include "engine/window.h"

/* Writes the steps in `chosen`, in this order on each target: from the state that was just read, to
 * `wanted` or to `before`. Each is read again after its write. The outcomes are committed as they
 * come in; those that come in together, together. A step that was not begun (the operator stopped
 * the run) keeps its state. False when the journal could not be written: then nothing more is
 * begun. */
bool perform(struct window *window, enum direction direction, struct step **chosen, size_t count,
             struct ajar_error *err);

#endif

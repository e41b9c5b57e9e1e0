/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing: the one place that moves live states. Whoever calls has committed every baseline before.
 */
#ifndef AJAR_ENGINE_PERFORM_H
#define AJAR_ENGINE_PERFORM_H

#include "engine/window.h"

/* Writes the steps in `chosen`: from the state that was just read, to `wanted` or to `before`; in
 * this order on each target, and actions when all else is done. Each is read again after its write.
 * The outcomes are committed as they come in; those that come in together, together. A step that
 * was not begun because the operator stopped the run keeps its state; one that was not, because the
 * window ends too soon (opening only), has failed. False when the journal could not be
 * written: then nothing more is begun.
 *
 * What then waits for something is watched from before the first action on. The steps of which
 * something is still to be recorded come out in `changed`, which has room for twice as many as the
 * window has. */
bool perform_all(struct window *window, enum direction direction, struct step **chosen,
                 size_t count, struct step **changed, size_t *ret_changed, struct ajar_error *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One end for several waits: of the monotonic clock, which nobody sets.
 */
#ifndef AJAR_TRANSPORT_DEADLINE_H
#define AJAR_TRANSPORT_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    int64_t at; /* milliseconds of the monotonic clock */
};

struct deadline deadline_in(int milliseconds);

/* In `milliseconds`, but no later than `last`. */
struct deadline deadline_before(struct deadline last, int milliseconds);

/* Milliseconds until then; 0 once it has come. */
int deadline_left(struct deadline deadline);

/* Waits until the descriptor is ready for `events` of poll(), or has an error to tell. False with
 * errno; ETIMEDOUT once the time has come, even when the descriptor is ready: whoever is sent more
 * and more comes to an end, too. */
bool deadline_wait(struct deadline deadline, int descriptor, short events);

#endif

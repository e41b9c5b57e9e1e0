/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long somebody may wait for something elsewhere, and how to wait. Whoever waits takes a
 * `struct patience`, so that a test can let time go by without any.
 */
#ifndef AJAR_BASE_PATIENCE_H
#define AJAR_BASE_PATIENCE_H

#include <stdint.h>

struct patience {
    int64_t ceiling_ms;            /* for all the waiting of one operation */
    int64_t (*now_ms)(void *user); /* of a clock that only goes forward */
    void (*pause)(int64_t ms, void *user);
    void *user;
};

/* Waits on this host's clock. */
struct patience patience_system(int64_t ceiling_ms);

static inline int64_t patience_now_ms(const struct patience *patience)
{
    return patience->now_ms(patience->user);
}

static inline void patience_pause(const struct patience *patience, int64_t ms)
{
    patience->pause(ms, patience->user);
}

#endif

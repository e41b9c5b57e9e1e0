/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/patience.h"

#include <errno.h>
#include <time.h>

static int64_t system_now_ms(void *user)
{
    struct timespec now = { 0 };

    (void)user;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void system_pause(int64_t ms, void *user)
{
    struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    (void)user;
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        continue;
}

struct patience patience_system(int64_t ceiling_ms)
{
    return (struct patience){
        .ceiling_ms = ceiling_ms,
        .now_ms = system_now_ms,
        .pause = system_pause,
    };
}

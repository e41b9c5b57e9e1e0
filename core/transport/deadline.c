/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

static int64_t milliseconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct deadline deadline_in(int milliseconds)
{
    return (struct deadline){ .at = milliseconds_now() + milliseconds };
}

struct deadline deadline_before(struct deadline last, int milliseconds)
{
    struct deadline sooner = deadline_in(milliseconds);

    return sooner.at < last.at ? sooner : last;
}

int deadline_left(struct deadline deadline)
{
    int64_t left = deadline.at - milliseconds_now();

    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

bool deadline_wait(struct deadline deadline, int descriptor, short events)
{
    struct pollfd wanted = { .fd = descriptor, .events = events };
    int left;
    int count;

    do {
        left = deadline_left(deadline);
        count = left > 0 ? poll(&wanted, 1, left) : 0;
    } while (count < 0 && errno == EINTR);
    if (count == 0)
        errno = ETIMEDOUT;
    return count > 0;
}

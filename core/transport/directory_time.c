/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/directory_time.h"

#include "transport/directory_private.h"

#include <time.h>

static int64_t milliseconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool read_time(struct directory *directory, const struct clock *clock, int64_t *ret_ahead,
                      struct ajar_error *err)
{
    static const char *const attributes[] = { "currentTime", NULL };
    const struct directory_query query = { .base = "", .attributes = attributes };
    OWNED(directory_result_release) struct directory_result root = { 0 };
    int64_t began = milliseconds_now();
    int64_t round_trip;
    int64_t there;
    int64_t here;
    const char *text;

    if (!directory_search(directory, &query, &root, err))
        return false;
    round_trip = milliseconds_now() - began;
    here = clock_now(clock);
    text = root.count == 1 ? directory_text(&root.entries[0], "currentTime") : NULL;
    if (!text)
        return ajar_fail(err, AJAR_EPROTOCOL, "it does not tell its time");
    if (!directory_read_time(text, &there, err))
        return false;
    *ret_ahead = there - here + (round_trip / 2 + 500) / 1000;
    return true;
}

bool directory_time(const char *host, int timeout_ms, const struct clock *clock, int64_t *ret_ahead,
                    struct ajar_error *err)
{
    const struct login nobody = { .ldap = LDAP_SEALED, .timeout_ms = timeout_ms };
    OWNED(directory_close) struct directory *directory = NULL;

    if (!directory_new(host, timeout_ms, &directory, err))
        return false;
    return (directory_connect(directory, &nobody, err) &&
            read_time(directory, clock, ret_ahead, err)) ||
           ajar_while(err, "LDAP to %s", host);
}

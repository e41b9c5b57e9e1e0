/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/effect.h"

#include <stdlib.h>
#include <string.h>

/* What two clocks may differ by without anything having happened, in milliseconds. */
#define TOLERANCE_MS 30000

static bool is_fact(const struct ajar_state *state, const char *name, const char *value)
{
    const char *fact = ajar_state_fact(state, name);

    return fact && strcmp(fact, value) == 0;
}

/* Both have it, and it is not the same. */
static bool differs(const struct ajar_state *since, const struct ajar_state *now, const char *name)
{
    const char *then = ajar_state_fact(since, name);

    return then && ajar_state_fact(now, name) && !is_fact(now, name, then);
}

static bool read_number(const struct ajar_state *state, const char *name, int64_t *ret_number)
{
    const char *fact = ajar_state_fact(state, name);

    if (!fact)
        return false;
    *ret_number = strtoll(fact, NULL, 10);
    return true;
}

/* How much the number grew, in milliseconds; `unit_ms` is what it counts. */
static bool read_growth(const struct ajar_state *since, const struct ajar_state *now,
                        const char *name, int64_t unit_ms, int64_t *ret_growth)
{
    int64_t then = 0;
    int64_t later = 0;

    if (!read_number(since, name, &then) || !read_number(now, name, &later))
        return false;
    *ret_growth = (later - then) * unit_ms;
    return true;
}

/* Did the host start within `elapsed` milliseconds? It has run for less time than that, and its
 * uptime, which wraps, is not what it would be if it had just run on. */
static bool started_within(int64_t elapsed, int64_t up, int64_t growth)
{
    int64_t off = (elapsed - growth) & 0xffffffff;

    if (off > 0x7fffffff)
        off = 0x100000000 - off;
    return up < elapsed && off > TOLERANCE_MS;
}

/* Somebody may set a clock, the host's or the one of who asks: it counts as started only by both.
 */
static bool has_restarted(const struct ajar_state *since, const struct ajar_state *now)
{
    int64_t elapsed = 0;
    int64_t asked = 0;
    int64_t growth = 0;
    int64_t up = 0;

    return read_growth(since, now, "clock", 1000, &elapsed) &&
           read_growth(since, now, "asked", 1000, &asked) &&
           read_growth(since, now, "uptime", 1, &growth) && read_number(now, "uptime", &up) &&
           started_within(elapsed, up, growth) && started_within(asked, up, growth);
}

bool effect_is_baseline(const struct ajar_state *evidence)
{
    return evidence->known && !is_fact(evidence, "here", "no");
}

/* There is a new one; that it is gone tells nothing. */
static bool is_renewed(const struct ajar_state *since, const struct ajar_state *now,
                       const char *name)
{
    return differs(since, now, name) && !is_fact(now, name, "absent");
}

/* A service that was stopped takes up the change when it starts. */
static bool has_new_process(const struct ajar_state *since, const struct ajar_state *now)
{
    return differs(since, now, "process") && !is_fact(now, "process", "0");
}

bool effect_has_come(const struct ajar_state *since, const struct ajar_state *now)
{
    if (is_fact(now, "here", "no"))
        return false;
    if (is_fact(now, "in-effect", "yes"))
        return true;
    if (!effect_is_baseline(since))
        return false;
    return has_restarted(since, now) || is_renewed(since, now, "shutdown") ||
           has_new_process(since, now) || differs(since, now, "started") ||
           is_renewed(since, now, "refreshed");
}

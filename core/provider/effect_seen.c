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

/* The uptime wraps, and somebody may set a clock. Where both clocks agree on how much time has gone
 * by, a host that has run for less time than that, and whose uptime is not what it would be if it
 * had just run on, was restarted. */
static bool has_restarted(const struct ajar_state *since, const struct ajar_state *now)
{
    int64_t elapsed = 0;
    int64_t asked = 0;
    int64_t growth = 0;
    int64_t up = 0;
    int64_t off;

    if (!read_growth(since, now, "clock", 1000, &elapsed) ||
        !read_growth(since, now, "asked", 1000, &asked) ||
        !read_growth(since, now, "uptime", 1, &growth) || !read_number(now, "uptime", &up))
        return false;
    off = (elapsed - growth) & 0xffffffff;
    if (off > 0x7fffffff)
        off = 0x100000000 - off;
    return llabs(elapsed - asked) < TOLERANCE_MS && up < elapsed && off > TOLERANCE_MS;
}

bool effect_is_baseline(const struct ajar_state *evidence)
{
    return evidence->known && !is_fact(evidence, "here", "no");
}

bool effect_has_come(const struct ajar_state *since, const struct ajar_state *now)
{
    if (is_fact(now, "here", "no"))
        return false;
    if (is_fact(now, "in-effect", "yes"))
        return true;
    if (!effect_is_baseline(since))
        return false;
    return has_restarted(since, now) ||
           (differs(since, now, "shutdown") && !is_fact(now, "shutdown", "absent")) ||
           differs(since, now, "process") || differs(since, now, "started") ||
           differs(since, now, "refreshed");
}

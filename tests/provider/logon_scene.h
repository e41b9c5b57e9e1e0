/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account in a domain in memory that can log in, and what a row changes of it.
 */
#ifndef TESTS_PROVIDER_LOGON_SCENE_H
#define TESTS_PROVIDER_LOGON_SCENE_H

#include "base/clock.h"
#include "base/text.h"
#include "fake/fake_domain.h"
#include "provider/ticks.h"

#include <stdio.h>
#include <string.h>

#define SCENE_SID "S-1-5-21-1-2-3-1105"
#define SCENE_DN  "<SID=" SCENE_SID ">"

/* The controller's clock in all rows: 2026-11-21T08:00:00Z. */
#define SCENE_NOW "20261121080000.0Z"

/* One attribute of one object; a value like "2026-11-21T07:45:00Z" becomes ticks, NULL takes the
 * attribute away. */
struct scene_fact {
    const char *name;
    const char *value;
};

static inline void scene_set(const char *dn, const char *name, const char *value)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char ticks[32];
    int64_t time;

    if (value && strlen(value) == 20 && value[10] == 'T' && clock_read_time(value, &time, &err)) {
        (void)snprintf(ticks, sizeof(ticks), "%lld", (long long)ticks_from_time(time));
        value = ticks;
    }
    fake_domain_set(dn, name, value);
}

/* A password of three weeks, which ends after 42 days; five wrong ones within half an hour lock an
 * account for half an hour. */
static inline void scene_make(void)
{
    static const struct scene_fact account[] = {
        { "objectClass", "user" },
        { "sAMAccountName", "connector" },
        { "userAccountControl", "512" },
        { "pwdLastSet", "2026-11-01T08:00:00Z" },
        { "accountExpires", "9223372036854775807" },
        { "whenChanged", "20261120080000.0Z" },
    };
    static const struct scene_fact domain[] = {
        { "lockoutThreshold", "5" },
        { "lockoutDuration", "-18000000000" },
        { "lockOutObservationWindow", "-18000000000" },
        { "maxPwdAge", "-36288000000000" },
    };

    fake_domain_reset();
    fake_domain_set("", "currentTime", SCENE_NOW);
    for (size_t i = 0; i < LENGTH(account); i++)
        scene_set(SCENE_DN, account[i].name, account[i].value);
    for (size_t i = 0; i < LENGTH(domain); i++)
        scene_set(FAKE_DOMAIN_DN, domain[i].name, domain[i].value);
}

/* What a row says: of the account, and of the domain where the name is one of its policy's. */
static inline void scene_change(const struct scene_fact *facts, size_t count)
{
    for (size_t i = 0; i < count && facts[i].name; i++) {
        bool of_domain = fake_domain_get(FAKE_DOMAIN_DN, facts[i].name) != NULL;

        scene_set(of_domain ? FAKE_DOMAIN_DN : SCENE_DN, facts[i].name, facts[i].value);
    }
}

#endif

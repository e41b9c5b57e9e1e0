/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What two looks at a host prove, and what they do not.
 */
#include "model/state.h"
#include "provider/effect.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct evidence_case {
    const char *name;
    const char *since; /* "fact=value fact=value"; NULL: not known */
    const char *now;
    bool came;
};

/* A day is 86400 s and 86400000 ms; 2^32 ms are 49.7 days. */
static const struct evidence_case cases[] = {
    { "nothing told", "", "", false },
    { "nothing known before", NULL, "shutdown=02 process=7", false },
    { "the same shutdown", "shutdown=01", "shutdown=01", false },
    { "another shutdown", "shutdown=01", "shutdown=02", true },
    { "a first shutdown", "shutdown=absent", "shutdown=01", true },
    { "a shutdown that was taken away", "shutdown=01", "shutdown=absent", false },
    { "a shutdown that was not told before", "", "shutdown=01", false },
    { "it just runs on", "clock=1000 asked=1000 uptime=5000000",
      "clock=87400 asked=87400 uptime=91400000", false },
    { "it started in between", "clock=1000 asked=1000 uptime=5000000",
      "clock=87400 asked=87400 uptime=600000", true },
    { "it started a minute later", "clock=1000 asked=1000 uptime=5000000",
      "clock=1100 asked=1100 uptime=40000", true },
    { "it started, and has been up longer than before", "clock=1000 asked=1000 uptime=60000",
      "clock=87400 asked=87400 uptime=80000000", true },
    { "the uptime wrapped", "clock=1000 asked=1000 uptime=4294000000",
      "clock=87400 asked=87400 uptime=85432704", false },
    { "it started, and the uptime had wrapped", "clock=1000 asked=1000 uptime=4294000000",
      "clock=87400 asked=87400 uptime=3600000", true },
    { "somebody set the clock forward", "clock=1000 asked=1000 uptime=5000000",
      "clock=8200 asked=1600 uptime=5600000", false },
    { "somebody set the clock back", "clock=10000 asked=10000 uptime=5000000",
      "clock=1000 asked=10600 uptime=5600000", false },
    { "somebody set the clock forward, and it started", "clock=1000 asked=1000 uptime=5000000",
      "clock=8200 asked=1600 uptime=60000", true },
    { "somebody set the clock of who asks", "clock=1000 asked=1000 uptime=5000000",
      "clock=1600 asked=88000 uptime=5600000", false },
    { "it was asleep, and runs on", "clock=1000 asked=1000 uptime=5000000",
      "clock=4600 asked=4600 uptime=5600000", false },
    { "nobody asked", "clock=1000 uptime=5000000", "clock=87400 uptime=600000", false },
    { "no clock", "uptime=5000000", "clock=1000 asked=1000 uptime=1", false },
    { "another process", "process=7", "process=9", true },
    { "the same process", "process=7", "process=7", false },
    { "the service is gone", "process=7", "", false },
    { "the service has stopped, and not started yet", "process=7", "process=0", false },
    { "the service had stopped, and has started", "process=0", "process=9", true },
    { "the service has not started yet", "process=0", "process=0", false },
    { "the Server service started", "started=100", "started=200", true },
    { "the policy was refreshed", "refreshed=0a", "refreshed=0b", true },
    { "the policy was refreshed for the first time", "refreshed=absent", "refreshed=0b", true },
    { "nothing tells any more when the policy was refreshed", "refreshed=0a", "refreshed=absent",
      false },
    { "it acts by it", "", "in-effect=yes", true },
    { "it acts by it already at the first look", NULL, "in-effect=yes", true },
    { "it does not act by it", "", "in-effect=no", false },
    { "it started, but the change is not there yet", "shutdown=01", "here=no shutdown=02", false },
    { "the change was not there when it was looked at first", "here=no shutdown=01",
      "here=yes shutdown=02", false },
    { "the change was there, and it started", "here=yes shutdown=01", "here=yes shutdown=02",
      true },
};

static struct ajar_state state_of(const char *facts)
{
    struct ajar_state state = { .known = facts != NULL, .exists = facts != NULL };
    struct ajar_error err = AJAR_NO_ERROR;

    while (facts && *facts) {
        size_t name = strcspn(facts, "=");
        size_t all = strcspn(facts, " ");
        OWNED(free) char *fact = text_copy_bytes(facts, name);
        OWNED(free) char *value = text_copy_bytes(facts + name + 1, all - name - 1);

        assert_true(ajar_state_set(&state, fact, value, &err));
        facts += all + strspn(facts + all, " ");
    }
    return state;
}

static void run_case(void **state)
{
    const struct evidence_case *c = *state;
    OWNED(ajar_state_release) struct ajar_state since = state_of(c->since);
    OWNED(ajar_state_release) struct ajar_state now = state_of(c->now);

    assert_int_equal(effect_has_come(&since, &now), c->came);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(cases)];
    struct evidence_case rows[LENGTH(cases)];

    for (size_t i = 0; i < LENGTH(cases); i++) {
        rows[i] = cases[i]; /* cmocka wants it writable */
        tests[i] = (struct CMUnitTest){ .name = cases[i].name,
                                        .test_func = run_case,
                                        .initial_state = &rows[i] };
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of a host's clock.
 */
#include "provider/requirement.h"
#include "transport/directory_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

/* A host whose clock is so far ahead, or that does not tell. */
struct target {
    int64_t ahead;
    enum ajar_status status;
    char name[16];
};

const char *target_name(const struct target *target)
{
    return target->name;
}

int target_timeout_ms(const struct target *target)
{
    (void)target;
    return 1234;
}

bool directory_time(const char *host, int timeout_ms, const struct clock *clock, int64_t *ret_ahead,
                    struct ajar_error *err)
{
    /* Only the name is told: it is a part of the target. */
    const struct target *target = (const void *)(host - offsetof(struct target, name));

    assert_int_equal(timeout_ms, 1234);
    assert_true(clock_now(clock) > 0);
    if (target->status != AJAR_FINE)
        return ajar_fail(err, target->status, "LDAP: it did not work");
    *ret_ahead = target->ahead;
    return true;
}

static const struct clock_case {
    const char *name;
    struct target target;
    const char *fields;
    bool ok;
    enum requirement_result result;
    const char *reason; /* a part of it */
    bool has_hint;
} clock_cases[] = {
    { "clock: agrees",
      { 0, 0, "dc1" },
      "",
      true,
      REQUIREMENT_PASS,
      "agrees with this host's",
      false },
    { "clock: a second is nothing", { -1, 0, "dc1" }, "", true, REQUIREMENT_PASS, "agrees", false },
    { "clock: a little ahead",
      { 2, 0, "dc1" },
      "",
      true,
      REQUIREMENT_PASS,
      "is 2s ahead of",
      false },
    { "clock: a little behind",
      { -62, 0, "dc1" },
      "",
      true,
      REQUIREMENT_PASS,
      "is 1m 2s behind",
      false },
    { "clock: just within",
      { 300, 0, "dc1" },
      "",
      true,
      REQUIREMENT_PASS,
      "is 5m ahead of",
      false },
    { "clock: too far ahead",
      { 301, 0, "dc1" },
      "",
      true,
      REQUIREMENT_FAIL,
      "the clock of dc1 is 5m 1s ahead of this host's, and 5m is allowed; Kerberos refuses more "
      "than 5 minutes",
      true },
    { "clock: too far behind",
      { -301, 0, "dc1" },
      "",
      true,
      REQUIREMENT_FAIL,
      "is 5m 1s behind",
      true },
    { "clock: less is asked for",
      { 30, 0, "dc1" },
      "within = 10s\n",
      true,
      REQUIREMENT_FAIL,
      "and 10s is allowed",
      true },
    { "clock: more is asked for",
      { 3600, 0, "dc1" },
      "within = 2h\n",
      true,
      REQUIREMENT_PASS,
      "1h",
      false },
    { "clock: no LDAP there",
      { 0, AJAR_EUNREACHABLE, "dc1" },
      "",
      true,
      REQUIREMENT_UNKNOWN,
      "does not tell its time: LDAP: it did not work",
      true },
    { "clock: no answer",
      { 0, AJAR_ETIMEOUT, "dc1" },
      "",
      true,
      REQUIREMENT_UNKNOWN,
      "does not tell its time",
      true },
    { "clock: not LDAP", { 0, AJAR_EPROTOCOL, "dc1" }, "", false, REQUIREMENT_PASS, NULL, false },
};

static void read_requirement(struct section *section, const char *fields)
{
    OWNED(free) char *text = text_make("[require test]\n%s", fields);

    section_read(section, text, PLACE_PDC, "dc1.source.test");
}

static void run_clock_case(void **state)
{
    const struct clock_case *row = *state;
    struct target target = row->target;
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { .result = REQUIREMENT_PASS };
    struct ajar_error err = AJAR_NO_ERROR;

    read_requirement(&section, row->fields);
    assert_true(requirement_clock.judge(&section.setting, &err));
    assert_int_equal(requirement_clock.examine(&target, &section.setting, &finding, &err), row->ok);
    assert_int_equal(finding.result, row->result);
    if (!row->ok) {
        assert_int_equal(err.status, row->target.status);
        assert_null(finding.reason);
        return;
    }
    if (!strstr(finding.reason, row->reason))
        fail_msg("\"%s\" is not in \"%s\"", row->reason, finding.reason);
    assert_int_equal(finding.hint != NULL, row->has_hint);
    assert_int_equal(err.status, AJAR_FINE);
}

static void test_a_day_is_the_most(void **state)
{
    OWNED(section_release) struct section right = { 0 };
    OWNED(section_release) struct section wrong = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    read_requirement(&right, "within = 24h\n");
    assert_true(requirement_clock.judge(&right.setting, &err));
    read_requirement(&wrong, "within = 25h\n");
    assert_false(requirement_clock.judge(&wrong.setting, &err));
    assert_plan_error(&err, "plan.ini:2: within: ");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(clock_cases) + 1] = { cmocka_unit_test(test_a_day_is_the_most) };

    for (size_t i = 0; i < LENGTH(clock_cases); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = clock_cases[i].name,
                                            .test_func = run_clock_case,
                                            .initial_state = (void *)(uintptr_t)&clock_cases[i] };
    return cmocka_run_group_tests_name("require_clock", tests, NULL, NULL);
}

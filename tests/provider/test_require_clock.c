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

/* A host whose directory, or whose Server service, tells so many seconds, or does not tell. */
struct target {
    int64_t ahead;
    enum ajar_status status;
    char name[16];
    int64_t server_ahead;
    enum ajar_status connecting;
    enum ajar_status asking;
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

bool target_server(struct target *target, struct srvsvc **ret_server, struct ajar_error *err)
{
    assert_int_not_equal(target->status, AJAR_FINE); /* a controller's directory is enough */
    if (target->connecting != AJAR_FINE)
        return ajar_fail(err, target->connecting, "SMB: it did not work");
    *ret_server = (struct srvsvc *)(void *)target;
    return true;
}

bool srvsvc_remote_time(struct srvsvc *server, struct srvsvc_time *ret_time, struct ajar_error *err)
{
    const struct target *target = (void *)server;
    struct clock clock = clock_system();

    if (target->asking != AJAR_FINE)
        return ajar_fail(err, target->asking, "srvsvc: it did not work");
    *ret_time = (struct srvsvc_time){ .now = clock_now(&clock) + target->server_ahead };
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
      { 0, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "agrees with this host's",
      false },
    { "clock: a second is nothing",
      { -1, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "agrees",
      false },
    { "clock: a little ahead",
      { 2, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "is 2s ahead of",
      false },
    { "clock: a little behind",
      { -62, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "is 1m 2s behind",
      false },
    { "clock: just within",
      { 300, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "is 5m ahead of",
      false },
    { "clock: too far ahead",
      { 301, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_FAIL,
      "the clock of dc1 is 5m 1s ahead of this host's, and 5m is allowed; Kerberos refuses more "
      "than 5 minutes",
      true },
    { "clock: too far behind",
      { -301, 0, "dc1", 0, 0, 0 },
      "",
      true,
      REQUIREMENT_FAIL,
      "is 5m 1s behind",
      true },
    { "clock: less is asked for",
      { 30, 0, "dc1", 0, 0, 0 },
      "within = 10s\n",
      true,
      REQUIREMENT_FAIL,
      "and 10s is allowed",
      true },
    { "clock: more is asked for",
      { 3600, 0, "dc1", 0, 0, 0 },
      "within = 2h\n",
      true,
      REQUIREMENT_PASS,
      "1h",
      false },
    { "clock: no LDAP there, and the Server service tells",
      { 0, AJAR_EUNREACHABLE, "pes1", -90, 0, 0 },
      "",
      true,
      REQUIREMENT_PASS,
      "the clock of pes1 is 1m 30s behind this host's",
      false },
    { "clock: no answer of LDAP, and the Server service tells",
      { 0, AJAR_ETIMEOUT, "pes1", 330, 0, 0 },
      "",
      true,
      REQUIREMENT_FAIL,
      "the clock of pes1 is 5m 30s ahead of",
      true },
    { "clock: no SMB either",
      { 0, AJAR_EUNREACHABLE, "pes1", 0, AJAR_EUNREACHABLE, 0 },
      "",
      true,
      REQUIREMENT_UNKNOWN,
      "pes1 does not tell its time: SMB: it did not work",
      true },
    { "clock: nobody may ask",
      { 0, AJAR_EUNREACHABLE, "pes1", 0, AJAR_ELOGIN, 0 },
      "",
      true,
      REQUIREMENT_UNKNOWN,
      "does not tell its time: SMB",
      true },
    { "clock: the Server service does not say",
      { 0, AJAR_EUNREACHABLE, "pes1", 0, 0, AJAR_EDENIED },
      "",
      true,
      REQUIREMENT_UNKNOWN,
      "does not tell its time: srvsvc: it did not work",
      true },
    { "clock: nothing left here",
      { 0, AJAR_EUNREACHABLE, "pes1", 0, AJAR_ESYSTEM, 0 },
      "",
      false,
      REQUIREMENT_PASS,
      NULL,
      false },
    { "clock: not LDAP",
      { 0, AJAR_EPROTOCOL, "dc1", 0, 0, 0 },
      "",
      false,
      REQUIREMENT_PASS,
      NULL,
      false },
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
        assert_int_equal(err.status,
                         row->target.connecting ? row->target.connecting : row->target.status);
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

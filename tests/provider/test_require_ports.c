/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is said of ports, and which ports are asked for.
 */
#include "provider/requirement.h"
#include "rows.h"
#include "transport/address.h"
#include "transport/port_probe.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

/* A host with its addresses, and what answers at each of them, port by port. */
struct target {
    const char *addresses[3]; /* none: the name is not known */
    int codes[12];
    const char *asked; /* the ports that are expected to be asked for */
};

const char *target_name(const struct target *target)
{
    (void)target;
    return "dc1.source.test";
}

int target_timeout_ms(const struct target *target)
{
    (void)target;
    return 1234;
}

/* address_find() is told only the name. */
static const struct target *current(const struct target *set)
{
    static const struct target *target;

    if (set)
        target = set;
    return target;
}

bool address_find(const char *host, struct host_list *addresses, struct ajar_error *err)
{
    const struct target *target = current(NULL);

    assert_string_equal(host, "dc1.source.test");
    if (!target->addresses[0]) {
        ajar_fail(err, AJAR_EUNREACHABLE, "could not find the address of %s", host);
        return ajar_hint(err, "check the name");
    }
    for (size_t i = 0; i < LENGTH(target->addresses) && target->addresses[i]; i++)
        assert_true(host_list_add(addresses, target->addresses[i], err));
    return true;
}

bool port_probe(const struct host_list *addresses, const unsigned *ports, size_t count,
                int timeout_ms, struct port_answer **ret_answers, struct ajar_error *err)
{
    const struct target *target = current(NULL);
    size_t all = addresses->count * count;
    struct port_answer *answers = calloc(all, sizeof(*answers));
    OWNED(text_release) struct text asked = TEXT_UP_TO(1000);

    (void)err;
    for (size_t i = 0; i < count; i++)
        text_format(&asked, "%s%u", i ? " " : "", ports[i]);
    assert_string_equal(text_peek(&asked), target->asked);
    assert_int_equal(timeout_ms, 1234);
    for (size_t i = 0; i < all; i++)
        answers[i] = (struct port_answer){ .address = addresses->names[i / count],
                                           .port = ports[i % count],
                                           .code = i < LENGTH(target->codes) ? target->codes[i]
                                                                             : ECONNREFUSED };
    *ret_answers = answers;
    return true;
}

#define FIVE "88 135 389 445 636"
#define LONG "1 2 3 4 5 6 7 8 9 10 11 12 13 14"

static const struct port_case {
    const char *name;
    struct target target;
    const char *fields;
    enum requirement_result result;
    const char *reason;
    const char *hint; /* how it ends; NULL: there is none */
} port_cases[] = {
    /* clang-format off */
    { "ports: all answer", { { "127.0.0.10" }, { 0 }, FIVE }, "", REQUIREMENT_PASS,
      "ports 88 135 389 445 636 of dc1.source.test answer at 127.0.0.10", NULL },
    { "ports: others", { { "127.0.0.10" }, { 0 }, "3389 65535" }, "ports = 3389, 65535\n",
      REQUIREMENT_PASS, "ports 3389 65535 of dc1.source.test answer at 127.0.0.10", NULL },
    { "ports: two addresses", { { "127.0.0.10", "::1" }, { 0 }, "445" }, "ports = 445\n",
      REQUIREMENT_PASS, "ports 445 of dc1.source.test answer at 127.0.0.10 and its other addresses",
      NULL },
    { "ports: two do not", { { "127.0.0.10" }, { 0, 0, ECONNREFUSED, 0, ETIMEDOUT }, FIVE }, "",
      REQUIREMENT_FAIL,
      "dc1.source.test does not answer: 127.0.0.10: port 389 refused, 636 no answer in time", "nc -vz dc1.source.test 389" },
    { "ports: none of the second address", { { "127.0.0.10", "::1" }, { 0, ETIMEDOUT }, "445" },
      "ports = 445\n", REQUIREMENT_FAIL,
      "dc1.source.test does not answer: ::1: port 445 no answer in time", "nc -vz dc1.source.test 445" },
    { "ports: of both addresses", { { "127.0.0.10", "::1" }, { ECONNREFUSED, EHOSTUNREACH }, "445" },
      "ports = 445\n", REQUIREMENT_FAIL,
      "dc1.source.test does not answer: 127.0.0.10: port 445 refused; ::1: port 445 No route to host",
      "nc -vz dc1.source.test 445" },
    { "ports: no way to the second address", { { "127.0.0.10", "::1" }, { 0, ENETUNREACH }, "445" },
      "ports = 445\n", REQUIREMENT_PASS, "ports 445 of dc1.source.test answer", NULL },
    { "ports: no way to any address", { { "::1" }, { ENETUNREACH }, "445" }, "ports = 445\n",
      REQUIREMENT_FAIL, "::1: port 445 Network is unreachable", "nc -vz dc1.source.test 445" },
    { "ports: too many to name", { { "127.0.0.10" }, { ECONNREFUSED, ECONNREFUSED, ECONNREFUSED,
      ECONNREFUSED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED, ECONNREFUSED,
      ECONNREFUSED, ECONNREFUSED, ECONNREFUSED }, LONG }, "ports = " LONG "\n", REQUIREMENT_FAIL,
      "11 refused, 12 refused, and 2 more", "nc -vz dc1.source.test 1" },
    { "ports: no address", { { NULL }, { 0 }, NULL }, "", REQUIREMENT_FAIL,
      "could not find the address of dc1.source.test", "check the name" },
    /* clang-format on */
};

static void read_requirement(struct section *section, const char *fields)
{
    OWNED(free) char *text = text_make("[require test]\n%s", fields);

    section_read(section, text, PLACE_HOST, "dc1.source.test");
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return schema_check(setting->file, setting->section, requirement_ports.fields, NULL, err) &&
           requirement_ports.judge(setting, err);
}

static void run_port_case(void **state)
{
    const struct port_case *row = *state;
    struct target target = row->target;
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)current(&row->target);
    read_requirement(&section, row->fields);
    if (!judge(&section.setting, &err) ||
        !requirement_ports.examine(&target, &section.setting, &finding, &err))
        fail_msg("%s", err.text);
    if (!strstr(finding.reason, row->reason))
        fail_msg("\"%s\" is not in \"%s\"", row->reason, finding.reason);
    assert_int_equal(finding.result, row->result);
    assert_int_equal(finding.hint != NULL, row->hint != NULL);
    if (row->hint)
        assert_string_equal(finding.hint + strlen(finding.hint) - strlen(row->hint), row->hint);
    assert_int_equal(err.status, AJAR_FINE);
}

static const struct section_case {
    const char *name;
    const char *fields;
    bool ok;
} section_cases[] = {
    { "section: nothing said", "", true },
    { "section: blanks and commas", "ports = 1, 2  3\n", true },
    { "section: zero", "ports = 0\n", false },
    { "section: too large", "ports = 445 65536\n", false },
    { "section: a very large number", "ports = 99999999999999999999\n", false },
    { "section: a word", "ports = ldap\n", false },
    { "section: a range", "ports = 1-5\n", false },
    { "section: negative", "ports = -1\n", false },
    { "section: as many as there may be", "ports = " LONG " " LONG " 1 2 3 4\n", true },
    { "section: too many", "ports = " LONG " " LONG " 1 2 3 4 5\n", false },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    read_requirement(&section, row->fields);
    assert_int_equal(judge(&section.setting, &err), row->ok);
    if (!row->ok)
        assert_plan_error(&err, "plan.ini:2: ports");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(port_cases) + LENGTH(section_cases)] = { 0 };
    size_t count = 0;

    ADD_CASES(port_cases, run_port_case);
    ADD_CASES(section_cases, run_section_case);
    return cmocka_run_group_tests_name("require_ports", tests, NULL, NULL);
}

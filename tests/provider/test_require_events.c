/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_events.h"
#include "fake/fake_services.h"
#include "model/schema.h"
#include "provider/requirement.h"
#include "provider/section.h"
#include "rows.h"
#include "transport/rpc/eventlog_codec.h"

#define A "5f8a2c1e-7b0d-4e6f-9a3c-d41c0b8e2f67"
#define B "c3b1d9f4-2a6e-4c58-8d07-6e95f1a20b34"

#define OF_A "ping end. Connector {5F8A2C1E-7B0D-4E6F-9A3C-D41C0B8E2F67}"
#define OF_B "ping end. Connector " B

#define RECENT     "check = events\nmust = recent\n"
#define UNTROUBLED "check = events\nmust = untroubled\n"
#define OF_BOTH    "connectors = " A " " B "\n"
#define SYNC       "\"Directory Synchronization\" on pes1.source.test"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, EVENTS = 8 };

/* What is in the log, oldest first; the first one with an id of 0 and no text ends it. */
struct written {
    int64_t ago;
    uint32_t id;
    const char *string;
};

static const struct row {
    const char *name;
    const char *fields;
    struct written log[EVENTS];
    enum requirement_result result;
    const char *reason;
    const char *hint; /* a part of it; NULL: there is none */
} rows[] = {
    { "recent: each connector",
      RECENT OF_BOTH,
      { { DAY, 1, "x" }, { 20 * MINUTE, 654, OF_A }, { 5 * MINUTE, 654, OF_B } },
      REQUIREMENT_PASS,
      "for each of 2 connectors, an event 654 of " SYNC " was written 20m ago or later",
      NULL },
    { "recent: the connector, in a short log",
      RECENT "connectors = {5F8A2C1E-7B0D-4E6F-9A3C-D41C0B8E2F67}\n",
      { { 20 * MINUTE, 654, OF_A } },
      REQUIREMENT_PASS,
      "the last event 654 of " SYNC " for connector " A " was written 20m ago",
      NULL },
    { "recent: no connector is named",
      RECENT "connectors = none\n",
      { { DAY, 1, "x" }, { 20 * MINUTE, 654, "whatever" } },
      REQUIREMENT_PASS,
      "the last event 654 of " SYNC
      " was written 20m ago; the plan names no connector, so any one will do",
      NULL },
    { "recent: at the last second",
      RECENT "within = 30m\n",
      { { DAY, 1, "x" }, { 30 * MINUTE, 654, OF_A } },
      REQUIREMENT_PASS,
      "was written 30m ago",
      NULL },
    { "recent: one second too late",
      RECENT "within = 30m\n",
      { { DAY, 1, "x" }, { 30 * MINUTE + 1, 654, OF_A } },
      REQUIREMENT_FAIL,
      "no event 654 of " SYNC " was written in the last 30m: the last one was written 30m 1s ago, "
      "at 2026-11-21T10:55:24Z",
      "reaches Microsoft Entra ID" },
    { "recent: one connector has none",
      RECENT OF_BOTH,
      { { DAY, 1, "x" }, { 4 * HOUR + 2 * MINUTE, 654, OF_A }, { 5 * MINUTE, 654, OF_B } },
      REQUIREMENT_FAIL,
      "no event 654 of " SYNC " was written in the last 3h for connector " A
      ": the last one was written 4h 2m ago, at 2026-11-21T07:23:25Z",
      "trigger a full sync of all passwords, once" },
    { "recent: no connector has one",
      RECENT OF_BOTH,
      { { 2 * DAY, 1, "x" }, { 26 * HOUR, 654, OF_A }, { 4 * HOUR, 1, "x" } },
      REQUIREMENT_FAIL,
      "no event 654 of " SYNC " was written in the last 3h for connector " A
      ": the last one was written 1d 2h ago, at 2026-11-20T09:25:25Z, nor for connector " B
      ": none since 2026-11-19T11:25:25Z",
      "domain controllers" },
    { "recent: trouble is another matter",
      RECENT,
      { { DAY, 1, "x" }, { 20 * MINUTE, 654, OF_A }, { 5 * MINUTE, 611, "It failed" } },
      REQUIREMENT_PASS,
      "the last event 654",
      NULL },
    { "recent: the log is too short to tell",
      RECENT "connectors = " A "\n",
      { { 40 * MINUTE, 1, "x" } },
      REQUIREMENT_UNKNOWN,
      "no event 654 of " SYNC " was written in the last 3h for connector " A
      "; the log reaches only to 2026-11-21T10:45:25Z, 40m ago, and it must reach 3h back",
      "look again when the log reaches" },
    { "recent: the log is empty",
      RECENT,
      { { 0 } },
      REQUIREMENT_UNKNOWN,
      "no event 654 of " SYNC " was written in the last 3h; the log is empty",
      "look again" },
    { "recent: any of several ids",
      RECENT "success = 654 656\n",
      { { DAY, 1, "x" }, { 20 * MINUTE, 656, "x" } },
      REQUIREMENT_PASS,
      "the last event 654 or 656 of",
      NULL },
    { "recent: of another source",
      RECENT "source = ADSync\n",
      { { DAY, 1, "x" }, { 20 * MINUTE, 654, OF_A } },
      REQUIREMENT_FAIL,
      "no event 654 of \"ADSync\" on pes1.source.test was written in the last 3h: none since "
      "2026-11-20T11:25:25Z",
      "read these events in Event Viewer" },
    { "untroubled: nothing since the last success",
      UNTROUBLED OF_BOTH,
      { { 30 * MINUTE, 611, "of both" }, { 20 * MINUTE, 654, OF_A }, { 5 * MINUTE, 654, OF_B } },
      REQUIREMENT_PASS,
      "no event 0 or 611 or 652 or 655 of " SYNC " is newer than the last event 654",
      NULL },
    { "untroubled: something of no connector counts against each",
      UNTROUBLED OF_BOTH,
      { { 20 * MINUTE, 654, OF_A },
        { 10 * MINUTE, 652, "\r\nIt\tfailed\r\nso" },
        { 5 * MINUTE, 654, OF_B } },
      REQUIREMENT_FAIL,
      "event 652 of " SYNC " was written 10m ago, at 2026-11-21T11:15:25Z, and since then no event "
      "654 for connector " A ": It failed",
      "it is connectivity" },
    { "untroubled: something of a connector counts against it alone",
      UNTROUBLED OF_BOTH,
      { { 20 * MINUTE, 654, OF_A },
        { 10 * MINUTE, 652, OF_B " failed" },
        { 5 * MINUTE, 654, OF_B } },
      REQUIREMENT_PASS,
      "no event 0 or 611",
      NULL },
    { "untroubled: something of this connector",
      UNTROUBLED OF_BOTH,
      { { 20 * MINUTE, 654, OF_B }, { 5 * MINUTE, 654, OF_A }, { 2 * MINUTE, 0, OF_B " failed" } },
      REQUIREMENT_FAIL,
      "event 0 of " SYNC
      " was written 2m ago, at 2026-11-21T11:23:25Z, and since then no event 654 "
      "for connector " B ": ping end. Connector " B " failed",
      "all domain controllers" },
    { "untroubled: the newest is told",
      UNTROUBLED,
      { { 20 * MINUTE, 654, OF_A }, { 10 * MINUTE, 655, "first" }, { 5 * MINUTE, 611, "then" } },
      REQUIREMENT_FAIL,
      "event 611 of " SYNC " was written 5m ago, at 2026-11-21T11:20:25Z, and since then no event "
      "654: then",
      "password and its rights" },
    { "untroubled: an old heartbeat is another matter",
      UNTROUBLED "connectors = " A "\n",
      { { 2 * DAY, 611, "old" }, { DAY, 654, OF_A } },
      REQUIREMENT_PASS,
      "is newer than the last event 654",
      NULL },
    { "untroubled: what came after an old heartbeat",
      UNTROUBLED "connectors = " A "\n",
      { { DAY, 654, OF_A }, { 5 * HOUR, 611, "" } },
      REQUIREMENT_FAIL,
      "event 611 of " SYNC " was written 5h ago, at 2026-11-21T06:25:25Z, and since then no event "
      "654 for connector " A,
      "it is connectivity" },
    { "untroubled: an old trouble, and no success at all",
      UNTROUBLED,
      { { DAY, 1, "x" }, { 5 * HOUR, 611, "old" } },
      REQUIREMENT_PASS,
      "no event 0 or 611 or 652 or 655 of " SYNC " was written in the last 3h",
      NULL },
    { "untroubled: a fresh trouble, and no success at all",
      UNTROUBLED,
      { { DAY, 1, "x" }, { HOUR, 611, "It failed" } },
      REQUIREMENT_FAIL,
      "event 611 of " SYNC " was written 1h ago, at 2026-11-21T10:25:25Z, and there is no event "
      "654: It failed",
      "it is connectivity" },
    { "untroubled: of other ids",
      UNTROUBLED "success = 10\ntrouble = 20 30\n",
      { { DAY, 10, "x" }, { HOUR, 611, "It failed" }, { MINUTE, 30, "Oh" } },
      REQUIREMENT_FAIL,
      "event 30 of " SYNC " was written 1m ago, at 2026-11-21T11:24:25Z, and since then no event "
      "10: Oh",
      "it is connectivity" },
    { "untroubled: the log is too short to tell",
      UNTROUBLED,
      { { 40 * MINUTE, 1, "x" } },
      REQUIREMENT_UNKNOWN,
      "was written in the last 3h; the log reaches only to 2026-11-21T10:45:25Z, 40m ago",
      "look again" },
    { "untroubled: a short log with a success in it is enough",
      UNTROUBLED,
      { { 40 * MINUTE, 654, "x" } },
      REQUIREMENT_PASS,
      "is newer than the last event 654",
      NULL },
    { "untroubled: a short log with a trouble in it is enough",
      UNTROUBLED,
      { { 40 * MINUTE, 655, "" } },
      REQUIREMENT_FAIL,
      "event 655 of",
      "it is connectivity" },
};

static void examine(struct target *target, const char *fields, struct finding *ret_finding)
{
    OWNED(free) char *text = text_make("[require test]\n%s", fields);
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_HOST, "pes1.source.test");
    if (!requirement_events.judge(&section.setting, &err) ||
        !requirement_events.examine(target, &section.setting, ret_finding, &err))
        fail_msg("%s", err.text);
}

static void fill(struct fake_events *server, const struct written *log)
{
    for (size_t i = 0; i < EVENTS && log[i].string; i++)
        fake_events_add(server, log[i].ago, log[i].id, log[i].string);
}

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(fake_events_free) struct fake_events *server = fake_events_new();
    OWNED(target_free) struct target *target = fake_events_target(server);
    OWNED(finding_release) struct finding finding = { 0 };

    fill(server, row->log);
    examine(target, row->fields, &finding);
    assert_part(finding.reason, row->reason);
    assert_int_equal(finding.result, row->result);
    assert_part(finding.hint, row->hint);
    assert_null(strchr(finding.reason, '\n'));
    assert_int_equal(server->open_handles, 0);
}

/* Both see what the other one does not. */
static void test_each_fails_alone(void **state)
{
    static const struct written quiet[EVENTS] = { { DAY, 1, "x" }, { 4 * HOUR, 654, OF_A } };
    static const struct written loud[EVENTS] = { { DAY, 1, "x" },
                                                 { HOUR, 654, OF_A },
                                                 { MINUTE, 611, "It failed" } };
    static const char *const musts[] = { RECENT, UNTROUBLED };

    (void)state;
    for (size_t i = 0; i < 2 * LENGTH(musts); i++) {
        OWNED(fake_events_free) struct fake_events *server = fake_events_new();
        OWNED(target_free) struct target *target = fake_events_target(server);
        OWNED(finding_release) struct finding finding = { 0 };
        size_t broken = i / 2;

        fill(server, broken == 0 ? quiet : loud);
        examine(target, musts[i % 2], &finding);
        assert_int_equal(finding.result, i % 2 == broken ? REQUIREMENT_FAIL : REQUIREMENT_PASS);
    }
}

static const struct service_case {
    const char *name;
    const char *fields;
    uint32_t state;
    int64_t ago;
    enum requirement_result result;
    const char *reason;
} service_cases[] = {
    { "service: it runs, and is silent", "service = ADSync\n", SERVICE_RUNNING, 4 * HOUR,
      REQUIREMENT_FAIL, "no event 654 of" },
    { "service: it does not run, so it is silent", "service = ADSync\n", SERVICE_STOPPED, 4 * HOUR,
      REQUIREMENT_UNKNOWN,
      "service \"ADSync\", which writes these events, is stopped on pes1.source.test" },
    { "service: there is none", "service = AADSync\n", SERVICE_RUNNING, 4 * HOUR,
      REQUIREMENT_UNKNOWN,
      "service \"AADSync\", which writes these events, is not installed on pes1.source.test" },
    { "service: it does not run, and was not silent", "service = ADSync\n", SERVICE_STOPPED,
      20 * MINUTE, REQUIREMENT_PASS, "the last event 654" },
};

static void run_service_case(void **state)
{
    const struct service_case *row = *state;
    OWNED(free) char *fields = text_make(RECENT "%s", row->fields);
    OWNED(fake_services_free) struct fake_services *services = fake_services_new();
    OWNED(fake_events_free) struct fake_events *server = fake_events_new();
    OWNED(target_free) struct target *target = NULL;
    OWNED(finding_release) struct finding finding = { 0 };

    services->services[0] = (struct fake_service){ .name = "ADSync", .state = row->state };
    server->services = fake_services_open(services);
    target = fake_events_target(server);
    fake_events_add(server, DAY, 1, "x");
    fake_events_add(server, row->ago, 654, OF_A);
    examine(target, fields, &finding);
    assert_part(finding.reason, row->reason);
    assert_int_equal(finding.result, row->result);
}

static const struct plan_case {
    const char *name;
    const char *fields;
    const char *says;
} plan_cases[] = {
    { "plan: must is missing", "check = events\n", "plan.ini:1: " },
    { "plan: an id that is none", RECENT "success = 654 x\n",
      "plan.ini:4: success: \"x\" is no event id: numbers from 0 to 65535, with blanks between" },
    { "plan: an id that is too large", RECENT "trouble = 65536\n",
      "plan.ini:4: trouble: \"65536\" is no event id" },
    { "plan: a very long id", RECENT "trouble = 99999999999999999999654\n",
      "plan.ini:4: trouble: \"99999999999999999999654\" is no event id" },
    { "plan: with a comma", RECENT "success = 654,656\n",
      "plan.ini:4: success: \"654,656\" is no event id" },
    { "plan: too many ids", RECENT "success = 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n",
      "plan.ini:4: success: at most 16" },
    { "plan: success and trouble", RECENT "success = 654 655\n",
      "plan.ini:1: trouble: 655 is an event of success, too" },
    { "plan: no GUID", RECENT "connectors = " A " contoso.com\n",
      "plan.ini:4: connectors: \"contoso.com\" is no GUID" },
    { "plan: a time that is too long", RECENT "within = 99d\n", "plan.ini:4: within: " },
    { "plan: a time that is too short", RECENT "within = 59s\n", "plan.ini:4: within: " },
    { "plan: an unknown must", "check = events\nmust = now\n", "plan.ini:3: " },
};

static void run_plan_case(void **state)
{
    static const struct field_rule common[] = { { .name = "check", .type = FIELD_TEXT }, { 0 } };
    const struct plan_case *row = *state;
    OWNED(free) char *text = text_make("[require test]\n%s", row->fields);
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_HOST, "pes1.source.test");
    assert_false(schema_check("plan.ini", section.setting.section, requirement_events.fields,
                              common, &err) &&
                 requirement_events.judge(&section.setting, &err));
    assert_plan_error(&err, row->says);
}

static void test_many_connectors_are_not_all_named(void **state)
{
    OWNED(text_release) struct text fields = TEXT_UP_TO(4096);
    OWNED(fake_events_free) struct fake_events *server = fake_events_new();
    OWNED(target_free) struct target *target = fake_events_target(server);
    OWNED(finding_release) struct finding finding = { 0 };

    (void)state;
    text_append(&fields, RECENT "connectors = " A "\n");
    for (int i = 1; i < 32; i++)
        text_format(&fields, "connectors+ = b891884f-051e-4a83-95af-%012x\n", (unsigned)i);
    fake_events_add(server, DAY, 1, "x");
    examine(target, text_peek(&fields), &finding);
    assert_int_equal(finding.result, REQUIREMENT_FAIL);
    assert_part(finding.reason,
                "95af-000000000002: none since 2026-11-20T11:25:25Z, nor for 29 more");
}

static void test_a_log_that_nobody_may_read_is_no_finding(void **state)
{
    OWNED(fake_events_free) struct fake_events *server = fake_events_new();
    OWNED(target_free) struct target *target = fake_events_target(server);
    OWNED(section_release) struct section section = { 0 };
    struct finding finding = { .result = REQUIREMENT_PASS };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    server->code_opnum = EVENTLOG_OPEN;
    server->code = 0xc0000022;
    server->code_times = 1;
    section_read(&section, "[require test]\n" RECENT, PLACE_HOST, "pes1.source.test");
    assert_false(requirement_events.examine(target, &section.setting, &finding, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_part(err.hint, "Event Log Readers");
    assert_null(finding.reason);
}

static void test_it_is_a_requirement_of_hosts(void **state)
{
    (void)state;
    assert_ptr_equal(requirement_find("events"), &requirement_events);
    assert_int_equal(requirement_events.places, REQUIREMENT_ON_HOST);
}

int main(void)
{
    struct CMUnitTest tests[4 + LENGTH(rows) + LENGTH(service_cases) + LENGTH(plan_cases)] = {
        cmocka_unit_test(test_each_fails_alone),
        cmocka_unit_test(test_many_connectors_are_not_all_named),
        cmocka_unit_test(test_a_log_that_nobody_may_read_is_no_finding),
        cmocka_unit_test(test_it_is_a_requirement_of_hosts),
    };
    size_t count = 4;

    ADD_CASES(rows, run_row);
    ADD_CASES(service_cases, run_service_case);
    ADD_CASES(plan_cases, run_plan_case);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

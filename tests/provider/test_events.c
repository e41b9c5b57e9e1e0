/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/events.h"

#include "base/text.h"
#include "fake/fake_events.h"
#include "rows.h"
#include "transport/rpc/eventlog_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { HOUR = 3600 };

static const char *const sync_only[] = { "directory synchronization", NULL };
static const uint32_t heartbeats[] = { 653, 654 };

static const struct events_query everything = { .log = "Application", .since = FAKE_NOW - HOUR };

struct world {
    struct fake_events *server;
    struct target *target;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_events_new();
    world->target = fake_events_target(world->server);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    target_free(world->target);
    fake_events_free(world->server);
    free(world);
    return 0;
}

static void read_events(const struct world *world, const struct events_query *query,
                        struct events *ret_events)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!events_read(world->target, query, ret_events, &err))
        fail_msg("%s", err.text);
    assert_int_equal(ret_events->now, FAKE_NOW);
    assert_int_equal(ret_events->since, query->since);
    assert_int_equal(world->server->open_handles, 0);
}

static void test_only_what_was_asked_for(void **state)
{
    const struct world *world = *state;
    struct events_query query = everything;
    OWNED(events_release) struct events events = { 0 };

    fake_events_add(world->server, 2 * HOUR, 654, "long ago");
    fake_events_add(world->server, 500, 653, "begin");
    fake_events_add(world->server, 400, 0x4000028e, "with its upper half");
    fake_events_add(world->server, 300, 654, "of another source")->source = "Else";
    fake_events_add(world->server, 200, 655, "of another id");
    fake_events_add(world->server, HOUR - 1, 654, "at the last second");
    query.sources = sync_only;
    query.ids = heartbeats;
    query.id_count = LENGTH(heartbeats);
    read_events(world, &query, &events);
    assert_int_equal(events.count, 3);
    assert_string_equal(events.list[0].strings[0], "at the last second");
    assert_string_equal(events.list[1].strings[0], "with its upper half");
    assert_int_equal(events.list[1].id, 654);
    assert_string_equal(events.list[2].strings[0], "begin");
    assert_int_equal(events.records, 6);
    assert_int_equal(events.oldest, FAKE_NOW - 2 * HOUR);
    assert_int_equal(events.end, EVENTS_REACHED_OLDEST);
    assert_false(events.is_cut_off);
    assert_true(events_reach(&events, FAKE_NOW - HOUR));
    assert_true(events_reach(&events, FAKE_NOW));
    assert_false(events_reach(&events, FAKE_NOW - HOUR - 1));
}

static void test_everything_of_a_log(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    fake_events_add(world->server, 500, 653, "one");
    fake_events_add(world->server, 400, 7, "another")->source = "Else";
    read_events(world, &everything, &events);
    assert_int_equal(events.count, 2);
}

static void test_a_log_that_does_not_reach_so_far(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    world->server->first = 900;
    fake_events_add(world->server, 1800, 654, "its first");
    read_events(world, &everything, &events);
    assert_int_equal(events.end, EVENTS_REACHED_OLDEST);
    assert_true(events.is_cut_off);
    assert_int_equal(events.oldest, FAKE_NOW - 1800);
    assert_false(events_reach(&events, everything.since));
    assert_true(events_reach(&events, FAKE_NOW - 1800));
}

static void test_an_empty_log(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    read_events(world, &everything, &events);
    assert_int_equal(events.count, 0);
    assert_int_equal(events.records, 0);
    assert_int_equal(events.oldest, FAKE_NOW);
    assert_false(events_reach(&events, everything.since));
}

/* The reading ends soon behind the time that it goes back to, but not at one odd record. */
static void test_it_ends_where_it_should(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    for (int64_t i = 2000; i > 0; i--)
        fake_events_add(world->server, i * 60, 654, "one a minute");
    world->server->list[1990].written = 0;
    read_events(world, &everything, &events);
    assert_int_equal(events.end, EVENTS_REACHED_SINCE);
    assert_int_equal(events.count, 59);
    assert_int_equal(events.records, 68);
    assert_int_equal(world->server->readings, 1);
    assert_true(events_reach(&events, everything.since));
}

static void test_it_ends_at_the_ceiling_of_what_is_kept(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    for (int i = 0; i < FAKE_EVENTS; i++)
        fake_events_add(world->server, 60, 611, "again");
    read_events(world, &everything, &events);
    assert_int_equal(events.count, EVENTS_KEPT_CEILING);
    assert_int_equal(events.end, EVENTS_REACHED_CEILING);
    assert_false(events_reach(&events, everything.since));
}

static int64_t later(void *user)
{
    int64_t *ms = user;

    return *ms += 10;
}

static void test_it_ends_when_its_time_is_up(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };
    OWNED(target_free) struct target *hurried = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t ms = 0;

    for (int i = 0; i < 1000; i++)
        fake_events_add(world->server, 60, 611, "again");
    world->server->patience = (struct patience){ .ceiling_ms = 3000, .now_ms = later, .user = &ms };
    hurried = fake_events_target(world->server);
    assert_true(events_read(hurried, &everything, &events, &err));
    assert_int_equal(events.end, EVENTS_REACHED_CEILING);
    assert_int_equal(events.count, 99);
}

static void test_a_log_that_is_cleared_is_read_once_more(void **state)
{
    const struct world *world = *state;
    OWNED(events_release) struct events events = { 0 };

    fake_events_add(world->server, 60, 654, "one");
    world->server->code_opnum = EVENTLOG_READ;
    world->server->code = 0xc0000197;
    world->server->code_times = 1;
    read_events(world, &everything, &events);
    assert_int_equal(events.count, 1);
}

static void test_a_log_that_is_cleared_again_is_a_trouble(void **state)
{
    const struct world *world = *state;
    struct events events = { .count = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    fake_events_add(world->server, 60, 654, "one");
    world->server->code_opnum = EVENTLOG_READ;
    world->server->code = 0xc0000197;
    world->server->code_times = 9;
    assert_false(events_read(world->target, &everything, &events, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    assert_int_equal(events.count, 77);
    assert_int_equal(world->server->code_times, 7);
    assert_int_equal(world->server->open_handles, 0);
}

static void test_each_call_fails(void **state)
{
    const struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    fake_events_add(world->server, 60, 654, "one");
    world->server->fail_at = 4;
    assert_false(events_read(world->target, &everything, &(struct events){ 0 }, &err));
    assert_int_equal(err.status, AJAR_ETIMEOUT);
    assert_int_equal(world->server->open_handles, 0);
}

static const struct mention_case {
    const char *name;
    const char *strings[2];
    const char *text;
    bool is_mentioned;
} mentions[] = {
    { "as it stands", { "of c3b1d9f4-2a6e", NULL }, "c3b1d9f4-2a6e", true },
    { "in another case", { "of {C3B1D9F4-2A6E}", NULL }, "c3b1d9f4-2a6e", true },
    { "in the second string", { "of", "C3b1" }, "c3b1", true },
    { "across two strings", { "c3", "b1" }, "c3b1", false },
    { "not at all", { "of c3b1d9f4", NULL }, "c3b1d9f5", false },
    { "in no string", { NULL, NULL }, "c3b1", false },
    { "nothing", { "of c3b1", NULL }, "", false },
};

static struct event event_of(const char *const *strings)
{
    return (struct event){ .strings = (char **)(uintptr_t)strings,
                           .count = !strings[0]  ? 0
                                    : strings[1] ? 2
                                                 : 1 };
}

static void run_mention(void **state)
{
    const struct mention_case *row = *state;
    struct event event = event_of(row->strings);

    assert_int_equal(event_mentions(&event, row->text), row->is_mentioned);
}

#define TEN "0123456789"
#define LONG \
    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"

static const struct line_case {
    const char *name;
    const char *strings[2];
    const char *line;
} lines[] = {
    { "line: none", { NULL, NULL }, "" },
    { "line: one", { "It failed.", NULL }, "It failed." },
    { "line: the first of several", { "It failed.\r\nAnd so on", NULL }, "It failed." },
    { "line: the first that says something", { " \r\n\t\nIt failed.\nX", NULL }, "It failed." },
    { "line: of the second string", { "\n", "It failed." }, "It failed." },
    { "line: control characters", { "\x1b[31mIt\tfailed\x7f.\xc2\x9b", NULL }, "[31mIt failed ." },
    { "line: what breaks a line",
      { "It \xe2\x80\xa8"
        "failed",
        NULL },
      "It failed" },
    { "line: other languages", { "Größe \xe2\x82\xac", NULL }, "Größe \xe2\x82\xac" },
    { "line: shortened", { LONG TEN TEN TEN TEN, NULL }, LONG TEN TEN TEN "01..." },
    { "line: just short enough", { LONG TEN TEN TEN "01234", NULL }, LONG TEN TEN TEN "01234" },
    { "line: shortened in front of a character",
      { LONG TEN TEN TEN "0\xe2\x82\xac" TEN, NULL },
      LONG TEN TEN TEN "0..." },
};

static void run_line(void **state)
{
    const struct line_case *row = *state;
    struct event event = event_of(row->strings);
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *line = NULL;

    assert_true(event_line(&event, &line, &err));
    assert_string_equal(line, row->line);
}

static void test_the_clock_of_the_host(void **state)
{
    const struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t now = 0;

    assert_true(events_now(world->target, &now, &err));
    assert_int_equal(now, FAKE_NOW);
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    struct CMUnitTest tests[11 + LENGTH(mentions) + LENGTH(lines)] = {
        WITH_WORLD(test_only_what_was_asked_for),
        WITH_WORLD(test_everything_of_a_log),
        WITH_WORLD(test_a_log_that_does_not_reach_so_far),
        WITH_WORLD(test_an_empty_log),
        WITH_WORLD(test_it_ends_where_it_should),
        WITH_WORLD(test_it_ends_at_the_ceiling_of_what_is_kept),
        WITH_WORLD(test_it_ends_when_its_time_is_up),
        WITH_WORLD(test_a_log_that_is_cleared_is_read_once_more),
        WITH_WORLD(test_a_log_that_is_cleared_again_is_a_trouble),
        WITH_WORLD(test_each_call_fails),
        WITH_WORLD(test_the_clock_of_the_host),
    };
    size_t count = 11;

    ADD_CASES(mentions, run_mention);
    ADD_CASES(lines, run_line);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

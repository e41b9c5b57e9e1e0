/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/eventlog.h"

#include "fake/fake_events.h"
#include "rows.h"
#include "transport/rpc/eventlog_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LOG "could not read the event log \"Application\" of pes1.source.test: "

struct world {
    struct fake_events *server;
    struct eventlog *client;
};

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_events_new();
    world->client = fake_events_open(world->server);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    assert_int_equal(world->server->open_handles, 0);
    eventlog_close(world->client);
    assert_true(world->server->is_closed);
    fake_events_free(world->server);
    free(world);
    return 0;
}

/* Reads to the end: how many there are. `ret_last` is the number of the oldest one. */
static bool read_all(const struct world *world, size_t *ret_count, uint32_t *ret_last,
                     struct ajar_error *err)
{
    OWNED(eventlog_reading_close) struct eventlog_reading *reading = NULL;
    bool is_end = false;

    *ret_count = 0;
    *ret_last = 0;
    if (!eventlog_read(world->client, "Application", &reading, err))
        return false;
    while (!is_end) {
        OWNED(event_release) struct event event = { 0 };

        if (!eventlog_next(reading, &event, &is_end, err))
            return false;
        if (is_end)
            break;
        ++*ret_count;
        *ret_last = event.record;
    }
    /* The end stays the end. */
    return eventlog_next(reading, &(struct event){ 0 }, &is_end, err) && is_end;
}

static void assert_read(const struct world *world, size_t count, uint32_t last)
{
    struct ajar_error err = AJAR_NO_ERROR;
    size_t read = 77;
    uint32_t its = 77;

    if (!read_all(world, &read, &its, &err))
        fail_msg("%s", err.text);
    assert_int_equal(read, count);
    assert_int_equal(its, last);
}

static void add(const struct world *world, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fake_events_add(world->server, 60 * (int64_t)(count - i), 654, "It works");
}

static void test_the_newest_comes_first(void **state)
{
    const struct world *world = *state;
    OWNED(eventlog_reading_close) struct eventlog_reading *reading = NULL;
    OWNED(event_release) struct event event = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = true;

    add(world, 2);
    world->server->first = 41;
    world->server->list[1].id = 0xc000028b;
    world->server->list[1].type = EVENT_ERROR;
    world->server->list[1].strings[1] = "And so on";
    assert_true(eventlog_read(world->client, "Application", &reading, &err));
    assert_int_equal(eventlog_reading_oldest(reading), 41);
    assert_int_equal(eventlog_reading_bytes(reading), 0);
    assert_true(eventlog_next(reading, &event, &is_end, &err));
    assert_false(is_end);
    assert_int_equal(event.record, 42);
    assert_int_equal(event.id, 651);
    assert_int_equal(event.type, EVENT_ERROR);
    assert_int_equal(event.written, FAKE_NOW - 60);
    assert_string_equal(event.source, "Directory Synchronization");
    assert_int_equal(event.count, 2);
    assert_string_equal(event.strings[1], "And so on");
    assert_int_equal(eventlog_reading_bytes(reading), 0x10000 + 16);
}

static void test_an_empty_log_has_an_end(void **state)
{
    const struct world *world = *state;
    OWNED(eventlog_reading_close) struct eventlog_reading *reading = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_read(world, 0, 0);
    assert_true(eventlog_read(world->client, "Application", &reading, &err));
    assert_int_equal(eventlog_reading_oldest(reading), 0);
}

static void test_a_long_log_comes_in_blocks(void **state)
{
    const struct world *world = *state;

    add(world, 2000);
    assert_read(world, 2000, 1);
    assert_int_equal(world->server->largest_room, 0x10000);
    assert_in_range(world->server->readings, 4, 10);
}

/* As Samba does: it begins with the oldest record, and says nothing at the end. */
static void test_a_server_that_begins_elsewhere_is_told(void **state)
{
    const struct world *world = *state;

    world->server->is_samba = true;
    world->server->first = 3;
    add(world, 2000);
    assert_read(world, 2000, 3);
}

static void test_a_large_record_gets_a_larger_answer(void **state)
{
    const struct world *world = *state;
    OWNED(free) char *large = malloc(100001);

    memset(large, 'x', 100000);
    large[100000] = '\0';
    add(world, 3);
    world->server->list[1].strings[0] = large;
    assert_read(world, 3, 1);
    assert_in_range(world->server->largest_room, 200000, 200200);
}

static void test_a_record_that_is_larger_than_any_answer(void **state)
{
    const struct world *world = *state;
    OWNED(free) char *large = malloc(300001);
    struct ajar_error err = AJAR_NO_ERROR;
    size_t count;
    uint32_t last;

    memset(large, 'x', 300000);
    large[300000] = '\0';
    add(world, 2);
    world->server->list[0].strings[0] = large;
    assert_false(read_all(world, &count, &last, &err));
    assert_int_equal(count, 1);
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_string_equal(err.text, LOG "a record is larger than any answer");
}

static void test_records_that_do_not_get_older(void **state)
{
    const struct world *world = *state;
    const struct fake_event event = { .source = "S", .written = FAKE_NOW };
    OWNED(bytes_release) struct bytes block = fake_event_bytes(&event, 5);
    struct ajar_error err = AJAR_NO_ERROR;
    size_t count;
    uint32_t last;

    world->server->block = block;
    assert_false(read_all(world, &count, &last, &err));
    assert_int_equal(count, 1);
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_string_equal(err.text, LOG "the server gives record 5 behind record 5");
}

static void test_filling_without_end(void **state)
{
    const struct world *world = *state;
    uint8_t filling[] = { 0x27, 0, 0, 0, 0x27, 0, 0, 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    size_t count;
    uint32_t last;

    world->server->block = (struct bytes){ filling, sizeof(filling) };
    assert_false(read_all(world, &count, &last, &err));
    assert_string_equal(err.text, LOG "the server gives neither a record nor the end");
    assert_in_range(world->server->readings, 1, 5);
}

static void test_a_damaged_block(void **state)
{
    const struct world *world = *state;
    const struct fake_event event = { .source = "S", .written = FAKE_NOW };
    OWNED(bytes_release) struct bytes block = fake_event_bytes(&event, 5);
    struct ajar_error err = AJAR_NO_ERROR;
    size_t count;
    uint32_t last;

    block.at[4] = 0;
    world->server->block = block;
    assert_false(read_all(world, &count, &last, &err));
    assert_string_equal(err.text, LOG "record 5 of the event log: it does not look like one");
}

static const struct code_case {
    const char *name;
    unsigned opnum;
    uint32_t code;
    enum ajar_status status;
    const char *says;
    bool has_hint;
} code_cases[] = {
    { "open: denied", EVENTLOG_OPEN, 0xc0000022, AJAR_EDENIED, "access denied", true },
    { "open: no such log", EVENTLOG_OPEN, 0xc0000034, AJAR_EMISSING, "no such event log", false },
    { "open: no such log, in Samba's words", EVENTLOG_OPEN, 0xc0000039, AJAR_EMISSING,
      "no such event log", false },
    { "open: anything else", EVENTLOG_OPEN, 0xc00000ff, AJAR_EPROTOCOL,
      "the server answers with status 0xc00000ff", false },
    { "count: denied", EVENTLOG_NUMBER_OF_RECORDS, 0xc0000022, AJAR_EDENIED, "access denied",
      true },
    { "oldest: a bad handle", EVENTLOG_OLDEST_RECORD, 0xc0000008, AJAR_EPROTOCOL,
      "does not know the handle", false },
    { "read: cleared meanwhile", EVENTLOG_READ, 0xc0000197, AJAR_ECONFLICT,
      "the log was cleared, or its file changed, while it was read", false },
    { "read: corrupted", EVENTLOG_READ, 0xc000018e, AJAR_EPROTOCOL, "the log's file is corrupted",
      false },
    { "read: too small without a size", EVENTLOG_READ, 0xc0000023, AJAR_EPROTOCOL,
      "a record is larger than any answer", false },
};

static void run_code_case(void **state)
{
    const struct code_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct world *world = NULL;
    void *slot = NULL;
    uint32_t last;
    size_t count;

    set_up(&slot);
    world = slot;
    add(world, 1);
    world->server->code_opnum = row->opnum;
    world->server->code = row->code;
    world->server->code_times = 1;
    assert_false(read_all(world, &count, &last, &err));
    assert_int_equal(err.status, row->status);
    assert_int_equal(err.native, row->code);
    assert_int_equal(err.hint[0] != '\0', row->has_hint);
    assert_memory_equal(err.text, LOG, strlen(LOG));
    if (!strstr(err.text, row->says))
        fail_msg("%s", err.text);
    tear_down(&slot);
}

/* Each call in turn breaks: the failure is told, and the log is closed if it was open. */
static void test_each_call_fails(void **state)
{
    const struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    size_t failures = 0;
    size_t count;
    uint32_t last;

    add(world, 700);
    for (world->server->fail_at = 1;; world->server->fail_at++) {
        world->server->calls = 0;
        world->server->open_handles = 0;
        err = AJAR_NO_ERROR;
        if (read_all(world, &count, &last, &err))
            break;
        failures++;
        assert_int_equal(err.status, AJAR_ETIMEOUT);
        assert_int_equal(world->server->open_handles, 0);
    }
    assert_in_range(failures, 5, 20);
    assert_int_equal(count, 700);
    world->server->open_handles = 0; /* it was CloseEL that failed, which is no matter */
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    struct CMUnitTest tests[10 + LENGTH(code_cases)] = {
        WITH_WORLD(test_the_newest_comes_first),
        WITH_WORLD(test_an_empty_log_has_an_end),
        WITH_WORLD(test_a_long_log_comes_in_blocks),
        WITH_WORLD(test_a_server_that_begins_elsewhere_is_told),
        WITH_WORLD(test_a_large_record_gets_a_larger_answer),
        WITH_WORLD(test_a_record_that_is_larger_than_any_answer),
        WITH_WORLD(test_records_that_do_not_get_older),
        WITH_WORLD(test_filling_without_end),
        WITH_WORLD(test_a_damaged_block),
        WITH_WORLD(test_each_call_fails),
    };
    size_t count = 10;

    ADD_CASES(code_cases, run_code_case);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

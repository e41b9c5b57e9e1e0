/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RemoteTOD's bytes were recorded with smbd 4.17, which has no ServerStatisticsGet: those follow
 * [MS-SRVS] 2.2.4.39.
 */
#include "transport/rpc/srvsvc.h"

#include "fake/scripted_pipe.h"
#include "transport/rpc/srvsvc_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define TIME                                                                                     \
    "00000200a57f016b000000000b0000001900000019000000000000000000000010270000150000000b000000ea" \
    "07000006000000"
#define FOUR_ZEROS "00000000000000000000000000000000"
#define STATISTICS "00000200406f016b" FOUR_ZEROS FOUR_ZEROS FOUR_ZEROS FOUR_ZEROS

enum { TIME_OF_DAY, SERVER_START };

static const struct row {
    const char *name;
    int call;
    const char *answer; /* NULL: a fault */
    uint32_t fault;
    int64_t value; /* 77: refused, and untouched */
    enum ajar_status status;
    uint32_t native;
    const char *says;
} rows[] = {
    { "the time", TIME_OF_DAY, TIME "00000000", 0, 1795260325, AJAR_FINE, 0, NULL },
    { "the time is refused", TIME_OF_DAY, "0000000005000000", 0, 77, AJAR_EDENIED, 5,
      "could not ask dc1.source.test for its time: access denied" },
    { "no time", TIME_OF_DAY, "0000000000000000", 0, 77, AJAR_EPROTOCOL, 0,
      "does not tell the time" },
    { "another error", TIME_OF_DAY, "000000003b000000", 0, 77, AJAR_EPROTOCOL, 59,
      "Win32 error 59" },
    { "time: short", TIME_OF_DAY, "00000200a57f016b", 0, 77, AJAR_EPROTOCOL, 0, "ends early" },
    { "time: long", TIME_OF_DAY, TIME "0000000000", 0, 77, AJAR_EPROTOCOL, 0, "1 byte left over" },
    { "the start", SERVER_START, STATISTICS "00000000", 0, 1795256128, AJAR_FINE, 0, NULL },
    { "the start is not offered", SERVER_START, NULL, 0x1c010002, 77, AJAR_EMISSING, 0x1c010002,
      "could not ask dc1.source.test since when its Server service runs: the server does not "
      "offer the call" },
    { "the start is not supported", SERVER_START, "0000000032000000", 0, 77, AJAR_EMISSING, 50,
      "does not offer" },
    { "another fault", SERVER_START, NULL, 0x6f7, 77, AJAR_EPROTOCOL, 0x6f7, "fault 0x000006f7" },
    { "the start is refused", SERVER_START, "0000000005000000", 0, 77, AJAR_EDENIED, 5,
      "access denied" },
    { "no statistics", SERVER_START, "0000000000000000", 0, 77, AJAR_EPROTOCOL, 0,
      "has no statistics" },
    { "statistics: short", SERVER_START, "00000200406f016b00000000", 0, 77, AJAR_EPROTOCOL, 0,
      "ends early" },
};

static bool ask(struct srvsvc *server, int which, int64_t *ret_value, struct ajar_error *err)
{
    struct srvsvc_time time = { .now = 77, .uptime_ms = 77 };
    bool ok;

    if (which == SERVER_START)
        return srvsvc_server_start(server, ret_value, err);
    ok = srvsvc_remote_time(server, &time, err);
    assert_int_equal(time.uptime_ms, ok ? 0 : 77);
    *ret_value = time.now;
    return ok;
}

static void run_row(void **state)
{
    const struct row *row = *state;
    const struct script_line script[] = {
        { row->call == TIME_OF_DAY ? SRVSVC_REMOTE_TOD : SRVSVC_STATISTICS_GET,
          row->call == TIME_OF_DAY ? "00000000" : "00000000000000000000000000000000", row->answer,
          row->fault },
    };
    struct srvsvc *server = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t value = 77;
    bool closed;
    bool ok;

    assert_true(srvsvc_open(scripted_pipe(script, 1, &closed), "dc1.source.test", &server, &err));
    ok = ask(server, row->call, &value, &err);
    assert_int_equal(ok, row->status == AJAR_FINE);
    assert_int_equal(err.status, row->status);
    assert_int_equal(err.native, row->native);
    assert_int_equal(value, row->value);
    if (row->says && !strstr(err.text, row->says))
        fail_msg("%s", err.text);
    srvsvc_close(server);
    assert_true(closed);
}

static void test_uptime(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct srvsvc_time time;
    uint32_t code;

    (void)state;
    assert_true(bytes_from_hex(TIME "00000000", &answer, &err));
    answer.at[8] = 0x10;
    answer.at[11] = 0xf0;
    assert_true(srvsvc_read_remote_tod(&answer, &time, &code, &err));
    assert_int_equal(time.uptime_ms, 0xf0000010);
    assert_int_equal(code, 0);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 1] = { cmocka_unit_test(test_uptime) };

    for (size_t i = 0; i < LENGTH(rows); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = run_row,
                                            .initial_state = (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define MORNING   1795248000 /* 2026-11-21T08:00:00Z */
#define UNTOUCHED (-77)

static const struct moment {
    int64_t seconds;
    const char *text;
    const char *stamp;
} moments[] = {
    { 0, "1970-01-01T00:00:00Z", "19700101-000000" },
    { MORNING, "2026-11-21T08:00:00Z", "20261121-080000" },
    { 951782400, "2000-02-29T00:00:00Z", "20000229-000000" },
    { 2147483648, "2038-01-19T03:14:08Z", "20380119-031408" },
    { 253402300799, "9999-12-31T23:59:59Z", "99991231-235959" },
};

static void test_writes_and_reads_times(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t seconds = UNTOUCHED;

    (void)state;
    for (size_t i = 0; i < LENGTH(moments); i++) {
        assert_string_equal(clock_write_time(moments[i].seconds).at, moments[i].text);
        assert_string_equal(clock_write_stamp(moments[i].seconds).at, moments[i].stamp);
        assert_true(clock_read_time(moments[i].text, &seconds, &err));
        assert_int_equal(seconds, moments[i].seconds);
    }
    assert_string_equal(clock_write_time(-1).at, "1970-01-01T00:00:00Z");
    assert_string_equal(clock_write_time(INT64_MAX).at, "9999-12-31T23:59:59Z");
}

static void test_refuses_times(void **state)
{
    static const char *const texts[] = {
        "",
        "2026-11-21",
        "2026-11-21T08:00:00",
        "2026-11-21T08:00:00z",
        "2026-11-21 08:00:00Z",
        "2026-11-21T08:00:00+01:00",
        "2026-02-29T08:00:00Z",
        "2026-13-01T08:00:00Z",
        "2026-00-10T08:00:00Z",
        "2026-11-00T08:00:00Z",
        "2026-11-21T24:00:00Z",
        "2026-11-21T08:60:00Z",
        "2026-11-21T08:00:60Z",
        "1969-12-31T23:59:59Z",
        " 026-11-21T08:00:00Z",
        "2026-11-21T08:00:00Z ",
        "-026-11-21T08:00:00Z",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        int64_t seconds = UNTOUCHED;

        if (clock_read_time(texts[i], &seconds, &err))
            fail_msg("\"%s\" was read", texts[i]);
        assert_int_equal(err.status, AJAR_EUSAGE);
        assert_int_equal(seconds, UNTOUCHED);
    }
}

static const struct span {
    const char *text;
    int64_t seconds; /* UNTOUCHED: refused */
} spans[] = {
    { "30s", 30 },
    { "15m", 900 },
    { "72h", 259200 },
    { "14d", 1209600 },
    { "1s", 1 },
    { "0030s", 30 },
    { "365d", 31536000 },
    { "0s", UNTOUCHED },
    { "366d", UNTOUCHED },
    { "99999999d", UNTOUCHED },
    { "99999999999999999999s", UNTOUCHED },
    { "", UNTOUCHED },
    { "s", UNTOUCHED },
    { "30", UNTOUCHED },
    { "30S", UNTOUCHED },
    { "30 s", UNTOUCHED },
    { "-1s", UNTOUCHED },
    { "1.5h", UNTOUCHED },
    { "1h30m", UNTOUCHED },
    { "1w", UNTOUCHED },
};

static void test_reads_durations(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(spans); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        int64_t seconds = UNTOUCHED;
        bool good = clock_read_duration(spans[i].text, 1, 31536000, &seconds, &err);

        if (good != (spans[i].seconds != UNTOUCHED))
            fail_msg("\"%s\": %s", spans[i].text, good ? "was read" : err.text);
        assert_int_equal(seconds, spans[i].seconds);
        assert_int_equal(err.status, good ? AJAR_FINE : AJAR_EUSAGE);
    }
}

static void test_names_the_range_of_a_duration(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t seconds = UNTOUCHED;

    (void)state;
    assert_false(clock_read_duration("90d", 60, 1209600, &seconds, &err));
    assert_string_equal(err.text, "90d is too long: at most 14d");
}

static void test_writes_a_duration_that_reads_back(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = { { 86400, "1d" }, { 90000, "25h" }, { 5400, "90m" }, { 61, "61s" }, { 1, "1s" } };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        int64_t seconds = 0;

        assert_string_equal(clock_write_exact_duration(rows[i].seconds).at, rows[i].text);
        assert_true(clock_read_duration(rows[i].text, 1, 31536000, &seconds, &err));
        assert_int_equal(seconds, rows[i].seconds);
    }
}

static void test_writes_durations(void **state)
{
    (void)state;
    assert_string_equal(clock_write_duration(0).at, "0s");
    assert_string_equal(clock_write_duration(59).at, "59s");
    assert_string_equal(clock_write_duration(60).at, "1m");
    assert_string_equal(clock_write_duration(61).at, "1m 1s");
    assert_string_equal(clock_write_duration(7500).at, "2h 5m");
    assert_string_equal(clock_write_duration(3601).at, "1h");
    assert_string_equal(clock_write_duration(266400).at, "3d 2h");
    assert_string_equal(clock_write_duration(-266400).at, "3d 2h");
    assert_string_equal(clock_write_duration(INT64_MIN).at, "106751991167300d 15h");
}

static int64_t stopped(void *user)
{
    return *(int64_t *)user;
}

static void test_a_clock_can_be_replaced(void **state)
{
    int64_t moment = MORNING;
    struct clock fake = { .now = stopped, .user = &moment };
    struct clock real = clock_system();

    (void)state;
    assert_int_equal(clock_now(&fake), MORNING);
    assert_true(clock_now(&real) > 1700000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_writes_and_reads_times),
        cmocka_unit_test(test_refuses_times),
        cmocka_unit_test(test_reads_durations),
        cmocka_unit_test(test_names_the_range_of_a_duration),
        cmocka_unit_test(test_writes_durations),
        cmocka_unit_test(test_writes_a_duration_that_reads_back),
        cmocka_unit_test(test_a_clock_can_be_replaced),
    };

    return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}

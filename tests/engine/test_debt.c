/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/debt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void pauses_double_up_to_an_hour(void **state)
{
    static const struct {
        unsigned tries;
        int64_t pause;
    } rows[] = {
        { 0, 0 },       { 1, 60 },           { 2, 120 },           { 3, 240 },  { 4, 480 },
        { 5, 960 },     { 6, 1920 },         { 7, 3600 },          { 8, 3600 }, { 64, 3600 },
        { 1000, 3600 }, { 999999999, 3600 }, { UINT32_MAX, 3600 },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(debt_pause(rows[i].tries), rows[i].pause);
}

static void the_next_try_follows_from_the_last_one(void **state)
{
    static const struct {
        const char *name;
        struct change_record record;
        int64_t next;
    } rows[] = {
        { "still open", { .state = CHANGE_APPLIED, .at = 100 }, 0 },
        { "failed on the way in", { .state = CHANGE_FAILED, .at = 100 }, 0 },
        { "in conflict on the way in", { .state = CHANGE_CONFLICT, .at = 100 }, 0 },
        { "killed in the middle",
          { .state = CHANGE_RESTORING, .closing = true, .at = 100, .owed = 9, .tries = 5 },
          0 },
        { "failed once",
          { .state = CHANGE_FAILED, .closing = true, .at = 100, .owed = 9, .tries = 1 },
          160 },
        { "unknown after three",
          { .state = CHANGE_UNKNOWN, .closing = true, .at = 100, .owed = 9, .tries = 3 },
          340 },
        { "failed, in a journal of before",
          { .state = CHANGE_FAILED, .closing = true, .at = 100 },
          100 },
        { "in conflict",
          { .state = CHANGE_CONFLICT, .closing = true, .at = 100, .owed = 9, .tries = 1 },
          DEBT_NEVER },
        { "kept", { .state = CHANGE_CONFLICT, .closing = true, .kept = true }, DEBT_NEVER },
        { "put back", { .state = CHANGE_RESTORED, .closing = true, .at = 100 }, DEBT_NEVER },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (debt_next_try(&rows[i].record) != rows[i].next)
            fail_msg("%s: %lld", rows[i].name, (long long)debt_next_try(&rows[i].record));
    }
}

static void a_debt_counts_until_it_is_paid(void **state)
{
    struct change_record record = { .state = CHANGE_FAILED, .at = 100 };

    (void)state;
    debt_count(&record); /* it failed to open */
    assert_int_equal(record.owed, 0);
    record.closing = true;
    debt_count(&record);
    assert_int_equal(record.owed, 100);
    assert_int_equal(record.tries, 1);
    record.state = CHANGE_RESTORING;
    record.at = 200;
    debt_count(&record);
    assert_int_equal(record.tries, 1);
    record.state = CHANGE_UNKNOWN;
    debt_count(&record);
    assert_int_equal(record.owed, 100);
    assert_int_equal(record.tries, 2);
    record.tries = 999999999;
    debt_count(&record);
    assert_int_equal(record.tries, 999999999);
    record.state = CHANGE_RESTORED;
    debt_count(&record);
    assert_int_equal(record.owed, 0);
    assert_int_equal(record.tries, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double_up_to_an_hour),
        cmocka_unit_test(the_next_try_follows_from_the_last_one),
        cmocka_unit_test(a_debt_counts_until_it_is_paid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

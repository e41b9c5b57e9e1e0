/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/cleanup.h"
#include "transport/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_time_passes(void **state)
{
    struct deadline last = deadline_in(60000);

    (void)state;
    assert_in_range(deadline_left(last), 50000, 60000);
    assert_in_range(deadline_left(deadline_before(last, 1000)), 1, 1000);
    assert_true(deadline_before(last, 120000).at == last.at);
    assert_int_equal(deadline_left(deadline_in(0)), 0);
    assert_int_equal(deadline_left(deadline_in(-5)), 0);
    assert_int_equal(deadline_left((struct deadline){ INT64_MAX }), INT_MAX);
}

static void test_a_wait_ends(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    errno = 0;
    assert_false(deadline_wait(deadline_in(30), ends[0], POLLIN));
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(deadline_wait(deadline_in(60000), ends[0], POLLIN));
    close_slot(&ends[0]);
    close_slot(&ends[1]);
}

/* Else whoever sends without an end would be listened to without one. */
static void test_what_is_ready_does_not_make_the_time_longer(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    errno = 0;
    assert_false(deadline_wait(deadline_in(0), ends[0], POLLIN));
    assert_int_equal(errno, ETIMEDOUT);
    close_slot(&ends[0]);
    close_slot(&ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_time_passes),
        cmocka_unit_test(test_a_wait_ends),
        cmocka_unit_test(test_what_is_ready_does_not_make_the_time_longer),
    };

    return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}

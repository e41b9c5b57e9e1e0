/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/patience.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_time_passes_while_it_waits(void **state)
{
    const struct patience patience = patience_system(4711);
    int64_t begun = patience_now_ms(&patience);

    (void)state;
    assert_int_equal(patience.ceiling_ms, 4711);
    patience_pause(&patience, 30);
    assert_in_range(patience_now_ms(&patience) - begun, 29, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_time_passes_while_it_waits) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

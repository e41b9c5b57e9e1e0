/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row of a table is a test: into an array `tests` at `count`, with the row's name.
 */
#ifndef TESTS_ROWS_H
#define TESTS_ROWS_H

#define ADD_CASES(rows, run)                                 \
    for (size_t i = 0; i < LENGTH(rows); i++)                \
        tests[count++] = (struct CMUnitTest)                 \
        {                                                    \
            .name = (rows)[i].name, .test_func = (run),      \
            .initial_state = (void *)(uintptr_t) & (rows)[i] \
        }

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exit statuses: one row each, the same with and without --json. `ajar --help exit` prints
 * them.
 */
#ifndef AJAR_EXIT_H
#define AJAR_EXIT_H

/* X(name, number, meaning) */
#define AJAR_EXIT_TABLE(X)                                                 \
    X(DONE, 0, "done, or nothing to do")                                   \
    X(FAILED, 1, "failed, nothing was changed or all of it was put back")  \
    X(PENDING, 2, "changes are pending, or something drifted or is open")  \
    X(PARTLY, 3, "partly done: some changes failed or are not known")      \
    X(CONFLICT, 4, "conflict: someone else changed it, it was left alone") \
    X(STALE, 5, "the saved plan is stale or was used")                     \
    X(LOCKED, 6, "locked by another operator, who is named")               \
    X(OVERDUE, 7, "a window is overdue")                                   \
    X(UNVERIFIED, 8, "the journal does not verify")                        \
    X(UNMET, 9, "a requirement does not hold")                             \
    X(USAGE, 64, "the command line is wrong")                              \
    X(PLAN, 65, "a plan or configuration file is wrong")                   \
    X(INTERRUPTED, 130, "interrupted, safely")

#define AJAR_EXIT_ENUM(name, number, meaning) AJAR_EXIT_##name = (number),
enum ajar_exit { AJAR_EXIT_TABLE(AJAR_EXIT_ENUM) };
#undef AJAR_EXIT_ENUM

#endif

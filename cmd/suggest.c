/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "suggest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 32 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: edits of one letter, and swaps of neighbours. cost[i][j] is the
 * distance of the first i letters of `a` from the first j of `b`. */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
    size_t cost[LONGEST + 1][LONGEST + 1];

    for (size_t i = 0; i <= a_size; i++) {
        for (size_t j = 0; j <= b_size; j++) {
            size_t best = i == 0 ? j : j == 0 ? i : SIZE_MAX;

            if (i > 0 && j > 0) {
                best = cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
                best = least(best, least(cost[i - 1][j], cost[i][j - 1]) + 1);
            }
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = least(best, cost[i - 2][j - 2] + 1);
            cost[i][j] = best;
        }
    }
    return cost[a_size][b_size];
}

bool suggest_near(const char *word, size_t size, const char *name)
{
    size_t name_size = strlen(name);

    if (size == 0 || size > LONGEST || name_size > LONGEST)
        return false;
    if (size >= 2 && size < name_size && strncmp(word, name, size) == 0)
        return true;
    return distance(word, size, name, name_size) <= (least(size, name_size) > 4 ? 2 : 1);
}

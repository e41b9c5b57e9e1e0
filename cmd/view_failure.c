/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "view.h"

#include <ajar/engine.h>

#include <stdio.h>
#include <string.h>

#define POLICY_SIZE 300

/* "first dc1.target.test, dc2.target.test alone, then 3 more; " */
static size_t write_order(const struct ajar_failures *failures, char *text, size_t size)
{
    size_t rest = failures->target_count - failures->canary_count;
    size_t used = 0;

    if (failures->canary_count == 0)
        return 0;
    for (size_t i = 0; i < failures->canary_count && i < 3; i++)
        used += (size_t)snprintf(text + used, used < size ? size - used : 0, "%s%s",
                                 i == 0 ? "first " : ", ", failures->canaries[i]);
    if (failures->canary_count > 3 && used < size)
        used +=
            (size_t)snprintf(text + used, size - used, " and %zu more", failures->canary_count - 3);
    if (used < size && rest > 0)
        used += (size_t)snprintf(text + used, size - used, " alone, then %zu more; ", rest);
    else if (used < size)
        used += (size_t)snprintf(text + used, size - used, ", which is all; ");
    return used < size ? used : size;
}

static void write_rule(const struct ajar_failures *failures, char *text, size_t size)
{
    const char *does = strcmp(failures->rule, "undo") == 0 ? "puts back what it did" : "stops";

    if (!failures->limited)
        (void)snprintf(text, size, "goes on when %s fails",
                       failures->canary_count > 0 ? "one of those" : "something");
    else if (failures->tolerated == 0)
        (void)snprintf(text, size, "%s at the first failure", does);
    else
        (void)snprintf(text, size, "%s once more than %zu of %zu targets failed", does,
                       failures->tolerated, failures->target_count);
}

void view_failure_policy(struct sink *sink, const struct ajar_report *report)
{
    char text[POLICY_SIZE];
    size_t used;

    if (!report->failures.rule)
        return;
    used = write_order(&report->failures, text, sizeof(text));
    if (used < sizeof(text))
        write_rule(&report->failures, text + used, sizeof(text) - used);
    view_fact(sink, 0, "writes", text);
}

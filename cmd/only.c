/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "only.h"

#include "options.h"
#include "suggest.h"

#include <stdio.h>
#include <string.h>

/* More would not be near. */
enum { MOST_NEAR = 3 };

static bool is_known(const struct ajar_plan *plan, const char *name)
{
    for (size_t i = 0; i < ajar_plan_sections(plan); i++) {
        if (strcmp(ajar_plan_section(plan, i).name, name) == 0)
            return true;
    }
    return false;
}

/* "; did you mean a or b?", or nothing. */
static void put_near(const struct ajar_plan *plan, const char *word, char *ret_text, size_t size)
{
    size_t used = 0;
    int near = 0;

    ret_text[0] = '\0';
    for (size_t i = 0; i < ajar_plan_sections(plan) && near < MOST_NEAR && used < size; i++) {
        const char *known = ajar_plan_section(plan, i).name;

        if (suggest_near(word, strlen(word), known))
            used += (size_t)snprintf(ret_text + used, size - used, "%s%s",
                                     near++ ? " or " : "; did you mean ", known);
    }
    if (near && used < size)
        (void)snprintf(ret_text + used, size - used, "?");
}

bool only_check(const struct session *session, struct ajar_error *err)
{
    const struct options *options = session->options;
    const struct ajar_plan *plan = session->plan;

    for (size_t i = 0; i < options->only.count; i++) {
        const char *name = options->only.items[i];
        char near[200];

        if (is_known(plan, name))
            continue;
        put_near(plan, name, near, sizeof(near));
        (void)ajar_fail(err, AJAR_EUSAGE, "--only %s: the plan has no section of this name%s", name,
                        near);
        return ajar_hint(err, "ajar plan shows the plan's sections");
    }
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property/plans.h"

#include "base/cleanup.h"
#include "property/forest.h"

#include <stdio.h>
#include <string.h>

static bool has_thing(const struct plan_model *plan, int thing)
{
    for (int i = 0; i < plan->count; i++) {
        if (plan->changes[i].thing == thing)
            return true;
    }
    return false;
}

/* A setting on one target, or on two hosts. */
static void add_setting(struct plan_model *plan, FILE *file, int number)
{
    static const char *const effects[] = { "", "", "", "takes-effect = restart\n" };
    int target = draw(TARGETS);
    int id = draw(IDS);
    bool both = target < 2 && draw(3) == 0; /* a and b, as names or by their role */
    struct planned planned = { .wanted = forest_draw_value() };
    const char *on = forest_names[target];

    if (both)
        on = draw(2) == 0 ? "a.f.test b.f.test" : "f.test";
    for (int i = both ? 0 : target; i <= (both ? 1 : target); i++) {
        if (has_thing(plan, i * IDS + id) || plan->count == MOST_CHANGES)
            return;
    }
    (void)snprintf(planned.setting, sizeof(planned.setting), "s%d", number);
    for (int i = both ? 0 : target; i <= (both ? 1 : target); i++) {
        planned.target = i;
        planned.thing = i * IDS + id;
        plan->changes[plan->count++] = planned;
    }
    (void)fprintf(file, "[%s %s]\non = %s %s\nid = %d\nopen = %s\n%s",
                  forest_is_domain(target) ? "entry" : "thing", planned.setting,
                  forest_is_domain(target)  ? "domain"
                  : both && strlen(on) == 6 ? "controllers"
                                            : "host",
                  on, id, planned.wanted.exists ? planned.wanted.text : "absent",
                  effects[draw((int)LENGTH(effects))]);
}

static void add_action(struct plan_model *plan, FILE *file)
{
    int target = draw(3);
    struct planned planned = { .setting = "act", .target = target, .thing = NO_THING };

    if (plan->count == MOST_CHANGES)
        return;
    plan->changes[plan->count++] = planned;
    (void)fprintf(file, "[thing act]\non = host %s\nid = 0\nopen = ready\nrestart = yes\n",
                  forest_names[target]);
}

void plans_make(const char *folder, int number)
{
    struct plan_model *plan = &history->plans[number];
    int settings = 1 + draw(3);
    FILE *file;

    (void)snprintf(plan->name, sizeof(plan->name), "plan-%d", number);
    (void)snprintf(plan->path, sizeof(plan->path), "%s/plan-%d.ini", folder, number);
    file = fopen(plan->path, "we");
    if (!file)
        violated("a plan could not be written");
    (void)fprintf(file, "[plan]\nname = %s\n", plan->name);
    for (int i = 0; i < settings; i++)
        add_setting(plan, file, i);
    if (draw(8) == 0)
        add_action(plan, file);
    (void)fclose(file);
    for (int i = 0; i < plan->count; i++)
        history_note("  %s: %s %s -> %s", plan->name, plan->changes[i].setting,
                     plan->changes[i].thing == NO_THING ? "acts"
                                                        : forest_say(plan->changes[i].thing),
                     value_say(&plan->changes[i].wanted));
}

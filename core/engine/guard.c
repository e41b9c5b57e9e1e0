/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/guard.h"

#include "base/text.h"
#include "model/configuration.h"
#include "model/name_list.h"

#include <stdio.h>
#include <string.h>

static const struct guard_rails *rails_of(const struct ajar_run *run)
{
    return &run->configuration->policy;
}

bool guard_check_length(const struct ajar_run *run, int64_t seconds, struct ajar_error *err)
{
    const struct guard_rails *rails = rails_of(run);

    if (rails->longest_window == 0 || seconds <= rails->longest_window)
        return true;
    (void)guard_rails_fail(rails, "longest-window", err, "this window would be %s",
                           clock_write_duration(seconds).at);
    return ajar_hint(err, "ask for less with --for or --until");
}

bool guard_check_ticket(const struct ajar_run *run, const char *ticket, struct ajar_error *err)
{
    const struct guard_rails *rails = rails_of(run);

    if (guard_rails_match_ticket(rails, ticket))
        return true;
    if (ticket)
        (void)guard_rails_fail(rails, "ticket", err, "\"%.100s\" is no such ticket", ticket);
    else
        (void)guard_rails_fail(rails, "ticket", err, "no ticket was given");
    return ajar_hint(err, "add --ticket with the change request that this belongs to");
}

/* Of the names, the one that this is, or is below; NULL when there is none. */
static const char *find_above(const char *const *names, const char *name, size_t size)
{
    for (; names && *names; names++) {
        size_t own = strlen(*names);

        if (own <= size && memcmp(name + size - own, *names, own) == 0 &&
            (own == size || name[size - own - 1] == '.'))
            return *names;
    }
    return NULL;
}

static bool refuse_touch(const struct guard_rails *rails, const char *setting, const char *target,
                         size_t size, struct ajar_error *err)
{
    (void)guard_rails_fail(rails, "never-touch", err, "%.80s is on %.*s", setting,
                           size > 120 ? 120 : (int)size, target);
    return ajar_hint(err, "leave the setting out with a plan of your own ([skip]), or ask whoever "
                          "keeps the rules");
}

static bool check_names(const struct guard_rails *rails, const struct setting *setting,
                        struct ajar_error *err)
{
    const char *name = NULL;
    size_t size;

    for (const char *at = setting->where; (size = setting_next_name(&at, &name)) > 0;) {
        if (find_above(rails->never_touch, name, size))
            return refuse_touch(rails, setting_name(setting), name, size, err);
    }
    return true;
}

bool guard_check_plan(const struct ajar_run *run, const struct ajar_plan *plan,
                      enum ajar_toward toward, struct ajar_error *err)
{
    for (size_t i = 0; i < plan_settings(plan)->count; i++) {
        const struct setting *setting = &plan_settings(plan)->list[i];
        bool moves = true;

        if (toward == AJAR_TOWARD_CLOSED && !step_says_closed(setting, &moves, err))
            return false;
        if (moves && !check_names(rails_of(run), setting, err))
            return false;
    }
    return true;
}

bool guard_check_steps(const struct ajar_run *run, const struct steps *steps,
                       bool (*counts)(const struct step *step), struct ajar_error *err)
{
    const struct guard_rails *rails = rails_of(run);

    for (size_t i = 0; i < steps->count; i++) {
        const struct change_record *record = &steps->list[i].record;
        size_t size = strlen(record->target);

        if ((!counts || counts(&steps->list[i])) &&
            find_above(rails->never_touch, record->target, size))
            return refuse_touch(rails, record->setting, record->target, size, err);
    }
    return true;
}

static bool needs_approval(const struct guard_rails *rails, const struct ajar_plan *plan)
{
    for (size_t i = 0; i < plan_settings(plan)->count; i++) {
        if (name_list_holds(rails->need_approval, setting_name(&plan_settings(plan)->list[i])))
            return true;
    }
    return false;
}

static void name_rule(struct guard_demand *demand, unsigned approvals,
                      const struct guard_rails *rails, const char *field)
{
    OWNED(text_release) struct text rule = TEXT_UP_TO(sizeof(demand->rule) - 1);

    guard_rails_name(rails, field, &rule);
    demand->approvals = approvals;
    (void)snprintf(demand->rule, sizeof(demand->rule), "%s", text_peek(&rule));
}

struct guard_demand guard_demand(const struct ajar_run *run, const struct ajar_plan *plan)
{
    const struct guard_rails *rails = rails_of(run);
    struct guard_demand demand = { .approvals = plan->approvals };

    if (plan->approvals > 0)
        (void)snprintf(demand.rule, sizeof(demand.rule), "plan %.100s \"approvals = %u\"",
                       plan->name, plan->approvals);
    if (demand.approvals == 0 && needs_approval(rails, plan))
        name_rule(&demand, 1, rails, "need-approval");
    if (rails->approvals > demand.approvals)
        name_rule(&demand, rails->approvals, rails, "approvals");
    return demand;
}

bool guard_tell(struct ajar_report *report, const struct window *window,
                const struct ajar_plan *plan, struct ajar_error *err)
{
    struct guard_demand demand = guard_demand(window->run, plan);
    struct ajar_error refusal = AJAR_NO_ERROR;

    if (!guard_check_steps(window->run, &window->steps, NULL, &refusal))
        report->policy = report_text(report, "apply will be refused: %s", refusal.text);
    else if (demand.approvals > 0)
        report->policy =
            report_text(report,
                        "apply needs %u approval%s of the saved plan (--out FILE), says %s: ajar "
                        "approve FILE gives one",
                        demand.approvals, demand.approvals == 1 ? "" : "s", demand.rule);
    else
        return true;
    return report->policy || ajar_no_memory(err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From settings to steps: one for each host, or domain, that a setting is on.
 */
#include "engine/step.h"

#include "base/text.h"
#include "model/state.h"

#include <stdio.h>
#include <string.h>

static bool check_alone(const struct steps *steps, const struct step *fresh, struct ajar_error *err)
{
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *other = &steps->list[i];

        if (strcmp(other->record.target, fresh->record.target) == 0 &&
            text_same_ignoring_case(other->record.thing, fresh->record.thing) &&
            strcmp(other->record.kind, fresh->record.kind) == 0 &&
            step_is_action(other) == step_is_action(fresh))
            return setting_fail(&fresh->setting, "on", err,
                                "[%s %s] acts on the same thing as [%s %s] on %s: %s",
                                fresh->record.kind, fresh->record.setting, other->record.kind,
                                other->record.setting, fresh->record.target, fresh->record.thing);
    }
    return true;
}

static bool fill_step(struct step *step, const struct setting *setting, const char *target,
                      enum ajar_toward toward, struct ajar_error *err)
{
    struct change_record *record = &step->record;

    record->setting = text_copy(setting_name(setting));
    record->kind = text_copy(setting_kind(setting));
    record->target = text_copy(target);
    record->place = text_copy(setting_is_on_domain(setting) ? "domain" : "host");
    record->action = text_copy("none");
    if (!record->setting || !record->kind || !record->target || !record->place || !record->action)
        return ajar_no_memory(err);
    step->setting = setting_at(setting, record->target);
    return step->provider->thing(&step->setting, &record->thing, err) &&
           (toward == AJAR_TOWARD_CLOSED
                ? step->provider->closed(&step->setting, &record->wanted, err)
                : step->provider->want(&step->setting, &record->wanted, err));
}

static bool add_step(struct steps *steps, const struct setting *setting, const char *target,
                     enum ajar_toward toward, struct ajar_error *err)
{
    struct step *more = reallocarray(steps->list, steps->count + 1, sizeof(*more));
    struct step *fresh;

    if (!more)
        return ajar_no_memory(err);
    steps->list = more;
    fresh = &more[steps->count];
    *fresh = (struct step){ .provider = catalog_find(setting_kind(setting)) };
    if (!fill_step(fresh, setting, target, toward, err) || !check_alone(steps, fresh, err)) {
        change_record_release(&fresh->record);
        return false;
    }
    steps->count++;
    return true;
}

bool step_says_closed(const struct setting *setting, bool *ret_says, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };

    if (!catalog_find(setting_kind(setting))->closed(setting, &closed, err))
        return false;
    *ret_says = closed.known;
    return true;
}

static bool add_steps(const struct topology *topology, const struct setting *setting,
                      enum ajar_toward toward, struct steps *steps, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list names = { 0 };
    bool says = true;

    if (toward == AJAR_TOWARD_CLOSED && !step_says_closed(setting, &says, err))
        return false;
    if (!says)
        return true;
    if (!topology_list(topology, setting, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        if (!add_step(steps, setting, names.names[i], toward, err))
            return false;
    }
    return true;
}

bool steps_expand(const struct topology *topology, const struct ajar_plan *plan,
                  enum ajar_toward toward, struct steps *ret_steps, struct ajar_error *err)
{
    const struct setting_list *settings = plan_settings(plan);
    OWNED(steps_release) struct steps steps = { 0 };

    for (size_t i = 0; i < settings->count; i++) {
        if (!add_steps(topology, &settings->list[i], toward, &steps, err))
            return false;
    }
    *ret_steps = steps;
    steps = (struct steps){ 0 };
    return true;
}

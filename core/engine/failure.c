/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/failure.h"

#include "base/text.h"

#include <string.h>

static struct failing_target *find(const struct failures *failures, const struct step *step)
{
    for (size_t i = 0; i < failures->count; i++) {
        if (strcmp(failures->targets[i].name, step->record.target) == 0)
            return &failures->targets[i];
    }
    return NULL;
}

/* A domain is no canary: it has no second one that could be spared. */
static void add_target(struct failures *failures, const struct step *step, unsigned *canaries)
{
    bool canary = *canaries > 0 && strcmp(step->record.place, "domain") != 0;

    failures->targets[failures->count++] =
        (struct failing_target){ .name = step->record.target, .canary = canary };
    *canaries -= canary ? 1 : 0;
}

static void set_limit(struct failures *failures, const struct ajar_failure_policy *policy)
{
    failures->limited = policy->limited || policy->on_failure != AJAR_FAILURE_CONTINUE;
    failures->tolerated = policy->limited ? policy->tolerated : 0;
    if (policy->percent)
        failures->tolerated = failures->count * policy->tolerated / 100;
}

bool failures_watch(struct failures *failures, const struct ajar_failure_policy *policy,
                    const struct steps *steps, bool (*writes)(const struct step *step),
                    struct ajar_error *err)
{
    unsigned canaries = policy->canary;

    failures_release(failures);
    failures->watched = true;
    failures->rule = policy->on_failure;
    failures->targets = calloc(steps->count + 1, sizeof(*failures->targets));
    if (!failures->targets)
        return ajar_no_memory(err);
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->list[i];

        if (writes(step) && !find(failures, step))
            add_target(failures, step, &canaries);
    }
    set_limit(failures, policy);
    return true;
}

static size_t count_failed(const struct failures *failures)
{
    size_t failed = 0;

    for (size_t i = 0; i < failures->count; i++)
        failed += failures->targets[i].failed ? 1 : 0;
    return failed;
}

static bool tell_first(struct failures *failures, const struct step *step, struct ajar_error *err)
{
    failures->first = step;
    failures->story =
        text_make("%s on %s: %s", step->record.setting, step->record.target, step->trouble.text);
    return failures->story || ajar_no_memory(err);
}

bool failures_note(struct failures *failures, const struct step *step, struct ajar_error *err)
{
    struct failing_target *target = find(failures, step);

    if (!target || step->record.state == CHANGE_APPLIED)
        return true;
    target->failed = true;
    if (failures->gate || (failures->limited && count_failed(failures) > failures->tolerated))
        failures->acted = true;
    failures->by_canary = failures->by_canary || failures->gate;
    return failures->first || tell_first(failures, step, err);
}

static bool is_canary(const struct failures *failures, const struct step *step)
{
    const struct failing_target *target = find(failures, step);

    return target && target->canary;
}

bool failures_put_canaries_first(const struct failures *failures, struct step **chosen,
                                 size_t count, size_t *ret_canaries, struct ajar_error *err)
{
    OWNED(free) struct step **rest = calloc(count + 1, sizeof(struct step *));
    size_t canaries = 0;
    size_t rest_count = 0;

    if (!rest)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (is_canary(failures, chosen[i]))
            chosen[canaries++] = chosen[i];
        else
            rest[rest_count++] = chosen[i];
    }
    memcpy(chosen + canaries, rest, rest_count * sizeof(struct step *));
    *ret_canaries = canaries;
    return true;
}

char *failures_describe(const struct failures *failures)
{
    size_t failed = count_failed(failures);
    const char *first = failures->first ? failures->first->record.target : "nothing";

    return failed > 1 ? text_make("%s and %zu more", first, failed - 1) : text_copy(first);
}

char *failures_describe_undo(const struct failures *failures, const char *plan)
{
    OWNED(free) char *failed = failures_describe(failures);

    return failed ? text_make("undo: %s, because %s failed", plan, failed) : NULL;
}

char *failures_describe_rule(const struct failures *failures)
{
    if (failures->by_canary)
        return text_copy("a canary may not fail");
    if (failures->tolerated == 0)
        return text_make("--on-failure %s", failures_rule_name(failures->rule));
    return text_make("%zu targets failed, and at most %zu of %zu may", count_failed(failures),
                     failures->tolerated, failures->count);
}

const char *failures_rule_name(enum ajar_on_failure rule)
{
    static const char *const names[] = {
        [AJAR_FAILURE_STOP] = "stop",
        [AJAR_FAILURE_UNDO] = "undo",
        [AJAR_FAILURE_CONTINUE] = "continue",
    };

    return names[rule];
}

void failures_release(struct failures *failures)
{
    free(failures->targets);
    free(failures->story);
    *failures = (struct failures){ 0 };
}

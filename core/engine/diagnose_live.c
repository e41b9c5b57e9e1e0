/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The live look of a diagnosis. Each plan is asked once, for what the found causes bear on and
 * nothing else; the answers are then dealt out to the causes.
 */
#include "engine/diagnosis.h"
#include "engine/standing.h"

#include "model/plan.h"

#include <string.h>

/* A plan and what it came to. */
struct answer {
    const struct ajar_plan *plan;
    struct ajar_report *report; /* NULL: nothing was asked, or nothing could be */
    const char *trouble;        /* why nothing could be; or NULL */
};

struct look {
    struct diagnosis *diagnosis;
    size_t count;
    struct answer *answers;
};

static void look_release(struct look *look)
{
    for (size_t i = 0; look->answers && i < look->count; i++)
        ajar_report_free(look->answers[i].report);
    free(look->answers);
}
DEFINE_OWNED_STRUCT(struct look, look_release);

/* A section that can be asked: steps of people cannot. */
static bool can_ask(const struct ajar_plan *plan, const struct ajar_bearing *bearing)
{
    return plan_section(plan, PLAN_SETTING, bearing->kind, bearing->name) ||
           plan_section(plan, PLAN_REQUIREMENT, bearing->kind, bearing->name);
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* How many sections all causes bear on, at most. */
static size_t count_bearings(const struct ajar_diagnosis *shown)
{
    size_t count = 0;

    for (size_t i = 0; i < shown->count; i++)
        count += shown->found[i].cause->bearing_count;
    return count;
}

/* The sections of a plan that the found causes bear on, each once. */
static size_t list_sections(const struct ajar_diagnosis *shown, const struct ajar_plan *plan,
                            const char **names)
{
    size_t count = 0;

    for (size_t i = 0; i < shown->count; i++) {
        const struct ajar_cause *cause = shown->found[i].cause;

        for (size_t j = 0; j < cause->bearing_count; j++) {
            const struct ajar_bearing *bearing = &cause->bearings[j];

            if (strcmp(bearing->plan, ajar_plan_name(plan)) == 0 && can_ask(plan, bearing) &&
                !is_listed(names, count, bearing->name))
                names[count++] = bearing->name;
        }
    }
    return count;
}

/* Is it a trouble of those who are asked, which costs an answer and not the command? */
static bool is_about_targets(const struct ajar_error *err)
{
    switch (err->status) {
    case AJAR_ECONFLICT:
    case AJAR_EDENIED:
    case AJAR_ELOGIN:
    case AJAR_EUNREACHABLE:
    case AJAR_ETIMEOUT:
    case AJAR_EINSECURE:
    case AJAR_EPROTOCOL:
    case AJAR_EMISSING:
        return true;
    case AJAR_FINE:
    case AJAR_EUSAGE:
    case AJAR_EPLAN:
    case AJAR_ELOCKED:
    case AJAR_EJOURNAL:
    case AJAR_EOVERDUE:
    case AJAR_EUNMET:
    case AJAR_ESTALE:
    case AJAR_EPOLICY:
    case AJAR_EINTERRUPTED:
    case AJAR_ESYSTEM:
        break;
    }
    return false;
}

static bool ask(struct ajar_run *run, struct diagnosis *diagnosis, struct answer *answer,
                struct ajar_error *err)
{
    OWNED(free) const char **names = calloc(count_bearings(&diagnosis->shown) + 1, sizeof(*names));
    struct ajar_check_options options = { .only = names };

    if (!names)
        return ajar_no_memory(err);
    if (list_sections(&diagnosis->shown, answer->plan, names) == 0 ||
        ajar_check(run, answer->plan, &options, &answer->report, err))
        return true;
    if (!is_about_targets(err))
        return false;
    answer->trouble = diagnosis_keep(diagnosis, err->text);
    *err = AJAR_NO_ERROR;
    return answer->trouble || ajar_no_memory(err);
}

static bool add_seen(struct look *look, struct ajar_found *found, struct ajar_bearing_seen seen,
                     struct ajar_error *err)
{
    struct ajar_bearing_seen *list = (struct ajar_bearing_seen *)(uintptr_t)found->seen;
    struct ajar_bearing_seen *more = reallocarray(list, found->seen_count + 1, sizeof(*more));
    struct diagnosis *diagnosis = look->diagnosis;
    const char **texts[] = { &seen.target, &seen.reason, &seen.hint };

    if (!more)
        return ajar_no_memory(err);
    found->seen = more;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        if (*texts[i] && !(*texts[i] = diagnosis_keep(diagnosis, *texts[i])))
            return ajar_no_memory(err);
    }
    more[found->seen_count++] = seen;
    return true;
}

/* Why a section gave no answer. */
static const char *silence(const struct look *look, const struct ajar_bearing *bearing)
{
    for (size_t i = 0; i < look->count; i++) {
        const struct answer *answer = &look->answers[i];

        if (strcmp(ajar_plan_name(answer->plan), bearing->plan) != 0)
            continue;
        if (answer->trouble)
            return answer->trouble;
        if (plan_section(answer->plan, PLAN_MANUAL, bearing->kind, bearing->name))
            return "only a person can tell whether this step was done";
        return can_ask(answer->plan, bearing) ? "there is nothing that could be asked for it"
                                              : "the plan leaves this section out";
    }
    return "the plan was not given";
}

static bool deal_requirement(struct look *look, struct ajar_found *found,
                             const struct ajar_bearing *bearing,
                             const struct ajar_requirement *requirement, struct ajar_error *err)
{
    if (strcmp(bearing->kind, "require") != 0 || strcmp(bearing->name, requirement->name) != 0)
        return true;
    return add_seen(look, found,
                    (struct ajar_bearing_seen){
                        .bearing = bearing,
                        .target = requirement->target,
                        .standing = standing_of_requirement(requirement->result),
                        .reason = requirement->reason,
                        .hint = requirement->hint,
                    },
                    err);
}

/* "it is 1, the plan wants 0" */
static char *describe(const struct ajar_change *change)
{
    enum ajar_standing standing = standing_of_setting(change->state);

    if (standing == AJAR_STANDING_RULED_OUT)
        return text_make("it is %s, as the plan wants it", change->now_phrase);
    if (standing == AJAR_STANDING_LIKELY)
        return text_make("it is %s, the plan wants %s", change->now_phrase, change->wanted_phrase);
    return text_make("%s", change->error ? change->error : "it has no state that could be read");
}

static bool deal_setting(struct look *look, struct ajar_found *found,
                         const struct ajar_bearing *bearing, const struct ajar_change *change,
                         struct ajar_error *err)
{
    OWNED(free) char *reason = NULL;

    if (strcmp(bearing->kind, change->kind) != 0 || strcmp(bearing->name, change->setting) != 0)
        return true;
    reason = describe(change);
    if (!reason)
        return ajar_no_memory(err);
    return add_seen(look, found,
                    (struct ajar_bearing_seen){
                        .bearing = bearing,
                        .target = change->target,
                        .standing = standing_of_setting(change->state),
                        .reason = reason,
                        .hint = change->hint,
                    },
                    err);
}

/* What one plan's answer says of one section. */
static bool deal_answer(struct look *look, struct ajar_found *found,
                        const struct ajar_bearing *bearing, const struct answer *answer,
                        struct ajar_error *err)
{
    if (!answer->report || strcmp(ajar_plan_name(answer->plan), bearing->plan) != 0)
        return true;
    for (size_t i = 0; i < answer->report->count; i++) {
        const struct ajar_window *window = &answer->report->windows[i];

        for (size_t j = 0; j < window->requirement_count; j++) {
            if (!deal_requirement(look, found, bearing, &window->requirements[j], err))
                return false;
        }
        for (size_t j = 0; j < window->count; j++) {
            if (!deal_setting(look, found, bearing, &window->changes[j], err))
                return false;
        }
    }
    return true;
}

static bool deal_bearing(struct look *look, struct ajar_found *found,
                         const struct ajar_bearing *bearing, struct ajar_error *err)
{
    size_t before = found->seen_count;

    for (size_t i = 0; i < look->count; i++) {
        if (!deal_answer(look, found, bearing, &look->answers[i], err))
            return false;
    }
    if (found->seen_count > before)
        return true;
    return add_seen(look, found,
                    (struct ajar_bearing_seen){ .bearing = bearing,
                                                .standing = AJAR_STANDING_UNKNOWN,
                                                .reason = silence(look, bearing) },
                    err);
}

/* Marks a cause; what an earlier look has found is forgotten. */
static bool mark(struct look *look, struct ajar_found *found, struct ajar_error *err)
{
    const struct ajar_cause *cause = found->cause;

    free((void *)(uintptr_t)found->seen);
    found->seen = NULL;
    found->seen_count = 0;
    for (size_t i = 0; i < cause->bearing_count; i++) {
        if (!deal_bearing(look, found, &cause->bearings[i], err))
            return false;
    }
    found->standing = standing_of_cause(found->seen, found->seen_count);
    return true;
}

bool ajar_diagnose_live(const struct ajar_diagnose_live *live, struct ajar_diagnosis *diagnosis,
                        struct ajar_error *err)
{
    OWNED(look_release) struct look look = { .diagnosis = diagnosis_of(diagnosis) };
    size_t plans = 0;

    while (live->plans[plans])
        plans++;
    look.answers = calloc(plans + 1, sizeof(*look.answers));
    if (!look.answers)
        return ajar_no_memory(err);
    for (; look.count < plans; look.count++) {
        look.answers[look.count].plan = live->plans[look.count];
        if (!ask(live->run, look.diagnosis, &look.answers[look.count], err))
            return false;
    }
    for (size_t i = 0; i < diagnosis->count; i++) {
        if (!mark(&look, &diagnosis->found[i], err))
            return false;
    }
    return true;
}

bool ajar_diagnosis_plans(const struct ajar_diagnosis *diagnosis, const char ***ret_names,
                          size_t *ret_count, struct ajar_error *err)
{
    const char **names = calloc(count_bearings(diagnosis) + 1, sizeof(*names));
    size_t count = 0;

    if (!names)
        return ajar_no_memory(err);
    for (size_t i = 0; i < diagnosis->count; i++) {
        const struct ajar_cause *cause = diagnosis->found[i].cause;

        for (size_t j = 0; j < cause->bearing_count; j++) {
            if (!is_listed(names, count, cause->bearings[j].plan))
                names[count++] = cause->bearings[j].plan;
        }
    }
    *ret_names = names;
    *ret_count = count;
    return true;
}

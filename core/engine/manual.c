/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/manual.h"

#include "base/text.h"
#include "engine/outcome.h"

#include <string.h>

static const char *const moments_of[] = { "before", "after", "closing" };

static const char everything[] = "all";

bool names_hold(const char *const *names, const char *name)
{
    for (; names && *names; names++) {
        if (strcmp(*names, name) == 0 || strcmp(*names, everything) == 0)
            return true;
    }
    return false;
}

bool manual_is_due(const struct manual *manual, unsigned moments)
{
    for (size_t i = 0; i < LENGTH(moments_of); i++) {
        if (moments & 1U << i && strcmp(manual->record.when, moments_of[i]) == 0)
            return !manual->record.by;
    }
    return false;
}

static const struct manual_record *find_record(const struct journal_window *window,
                                               const char *name)
{
    for (size_t i = 0; window && i < window->manual_count; i++) {
        if (strcmp(window->manuals[i].name, name) == 0)
            return &window->manuals[i];
    }
    return NULL;
}

static const char *moment_of(const struct setting *setting)
{
    const char *when = setting_value(setting, "when");

    return when ? when : "after";
}

static bool take(struct manual *manual, const struct setting *setting,
                 const struct manual_record *record, struct ajar_error *err)
{
    manual->setting = setting;
    if (record)
        return manual_record_copy(record, &manual->record, err);
    return text_replace(&manual->record.name, setting_name(setting), err) &&
           text_replace(&manual->record.when, moment_of(setting), err);
}

static bool take_all(const struct ajar_plan *plan, const struct journal_window *window,
                     const char *moment, struct manuals *manuals, struct ajar_error *err)
{
    const struct setting_list *sections = &plan->sections[PLAN_MANUAL];

    for (size_t i = 0; i < sections->count; i++) {
        const struct setting *setting = &sections->list[i];

        if (strcmp(moment_of(setting), moment) != 0)
            continue;
        if (!take(&manuals->list[manuals->count++], setting,
                  find_record(window, setting_name(setting)), err))
            return false;
    }
    return true;
}

bool manuals_from_plan(const struct ajar_plan *plan, const struct journal_window *window,
                       struct manuals *ret_manuals, struct ajar_error *err)
{
    OWNED(manuals_release) struct manuals manuals = { 0 };

    manuals.list = calloc(plan->sections[PLAN_MANUAL].count + 1, sizeof(*manuals.list));
    if (!manuals.list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < LENGTH(moments_of); i++) {
        if (!take_all(plan, window, moments_of[i], &manuals, err))
            return false;
    }
    *ret_manuals = manuals;
    manuals = (struct manuals){ 0 };
    return true;
}

/* Does the operator say that it is done? */
static bool ask(const struct ajar_run *run, const struct manual *manual, bool *ret_done,
                struct ajar_error *err)
{
    const struct ajar_watch *watch = &run->options.watch;
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    struct ajar_manual told = { 0 };

    *ret_done = false;
    if (!watch->done || run_is_interrupted(run))
        return true;
    if (!report_new(&report, err) || !report_tell_manual(report, manual, &told, err))
        return false;
    *ret_done = watch->done(watch->user, &told);
    return true;
}

bool manuals_confirm(struct ajar_run *run, struct manuals *manuals, unsigned moments,
                     const char *const *names, size_t *ret_confirmed, struct ajar_error *err)
{
    size_t confirmed = 0;

    for (size_t i = 0; i < manuals->count; i++) {
        struct manual *manual = &manuals->list[i];
        bool done = names_hold(names, manual->record.name);

        if (!manual_is_due(manual, moments))
            continue;
        if (!done && !ask(run, manual, &done, err))
            return false;
        if (!done)
            continue;
        if (!text_replace(&manual->record.by, run->operator_name, err))
            return false;
        manual->record.at = run_now(run);
        confirmed++;
    }
    *ret_confirmed = confirmed;
    return true;
}

bool manuals_check_names(const struct ajar_plan *plan, const char *const *names,
                         struct ajar_error *err)
{
    for (; names && *names; names++) {
        if (strcmp(*names, everything) == 0 ||
            plan_section(plan, PLAN_MANUAL, "manual", *names) != NULL)
            continue;
        (void)ajar_fail(err, AJAR_EUSAGE, "--confirmed %s: the plan has no such step", *names);
        return ajar_hint(err, "ajar plan shows the plan's steps for people");
    }
    return true;
}

void manuals_release(struct manuals *manuals)
{
    for (size_t i = 0; i < manuals->count; i++)
        manual_record_release(&manuals->list[i].record);
    free(manuals->list);
    *manuals = (struct manuals){ 0 };
}

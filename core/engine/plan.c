/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * plan: what would be changed, shown, and saved when somebody asked for that.
 */
#include "engine/guard.h"
#include "engine/outcome.h"
#include "engine/proposal.h"
#include "engine/saved.h"
#include "engine/verdict.h"

static bool tell_plan(const struct window *window, const struct ajar_plan *plan,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!report_new(&report, err) || !report_add(report, window, err) ||
        !guard_tell(report, window, plan, err))
        return false;
    verdict_plan(report, window);
    *ret_report = report;
    report = NULL;
    return true;
}

static bool check_out(const struct ajar_plan_options *options, struct ajar_error *err)
{
    if (!options->out)
        return true;
    if (options->only && options->only[0])
        return ajar_fail(err, AJAR_EUSAGE,
                         "a part of a plan is not saved: it could not be applied");
    return saved_plan_check_place(options->out, err);
}

static bool save_if_asked(const struct window *window, const struct ajar_plan *plan,
                          const char *out, struct ajar_report *report, struct ajar_error *err)
{
    return !out || !saved_may_be(report, window) || saved_write(window, plan, out, report, err);
}

bool ajar_plan(struct ajar_run *run, const struct ajar_plan *plan,
               const struct ajar_plan_options *options, struct ajar_report **ret_report,
               struct ajar_error *err)
{
    const struct selection_options wish = { .only = options->only };
    OWNED(selection_release) struct selection selection = { 0 };
    OWNED(window_release) struct window window = { 0 };
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!proposal_check_direction(plan, options->toward, err) || !check_out(options, err) ||
        !selection_make(plan, &wish, &selection, err) ||
        !proposal_make(run, &selection, options->toward, &window, err) ||
        !proposal_read(&window, &selection, options->out != NULL, err) ||
        !verdict_any_readable(&window, err) || !tell_plan(&window, plan, &report, err) ||
        !save_if_asked(&window, plan, options->out, report, err))
        return false;
    *ret_report = report;
    report = NULL;
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * check: whether what a plan requires holds; and, for whoever names them, how its settings stand.
 * Nothing is recorded, nothing is written.
 */
#include "engine/outcome.h"
#include "engine/selection.h"

#include <string.h>

/* What was looked at, and how it is. */
struct tally {
    size_t failed;  /* requirements */
    size_t unknown; /* requirements that could not be told, settings that could not be read */
    size_t wanted;  /* settings that are as the plan wants them */
};

static const char *standing(const struct step *step)
{
    if (step_is_action(step))
        return "action";
    if (!step->now.known)
        return "unknown";
    return step_match_wanted(step) == MATCH_SAME ? "as-wanted" : "not-as-wanted";
}

static struct tally count(const struct window *window)
{
    struct tally tally = { 0 };

    for (size_t i = 0; i < window->examinations.count; i++) {
        const char *result = window->examinations.list[i].record.result;

        tally.failed += strcmp(result, "fail") == 0 ? 1 : 0;
        tally.unknown += strcmp(result, "unknown") == 0 ? 1 : 0;
    }
    for (size_t i = 0; i < window->steps.count; i++) {
        const char *word = standing(&window->steps.list[i]);

        tally.unknown += strcmp(word, "unknown") == 0 ? 1 : 0;
        tally.wanted += strcmp(word, "as-wanted") == 0 ? 1 : 0;
    }
    return tally;
}

static void judge(struct ajar_report *report, const struct window *window,
                  const struct selection *selection)
{
    bool narrowed = selection->narrowed || selection->object;
    struct tally tally = count(window);

    if (tally.failed > 0)
        report_say(report, AJAR_EXIT_UNMET,
                   narrowed ? "not everything that was looked at holds"
                            : "not everything that the plan requires holds");
    else if (tally.unknown > 0)
        report_say(report, AJAR_EXIT_PARTLY, "something could not be found out");
    else if (window->examinations.count > 0)
        report_say(report, AJAR_EXIT_DONE,
                   narrowed ? "everything that was looked at holds"
                            : "everything that the plan requires holds");
    else if (window->steps.count > 0)
        report_say(report, AJAR_EXIT_DONE,
                   report_text(report, "%zu of %zu settings as the plan wants them", tally.wanted,
                               window->steps.count));
    else
        report_say(report, AJAR_EXIT_DONE,
                   selection->left_out > 0 ? "the plan has no requirements but those about one user"
                                           : "the plan has no requirements");
}

static bool tell(const struct window *window, const struct selection *selection,
                 struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!report_new(&report, err) || !report_add(report, window, err))
        return false;
    for (size_t i = 0; i < window->steps.count; i++)
        report->windows[0].changes[i].state = standing(&window->steps.list[i]);
    judge(report, window, selection);
    report->left_out = selection->left_out;
    report->object = selection->object ? report_text(report, "%s", selection->object) : NULL;
    *ret_report = report;
    report = NULL;
    return true;
}

/* What is there now stands as `before`, so that it is told from now to wanted. */
static bool read_settings(struct window *window, struct ajar_error *err)
{
    if (!steps_observe(window->run, &window->steps, NULL, err))
        return false;
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        if (step->now.known && !ajar_state_copy(&step->now, &step->record.before, err))
            return false;
    }
    return true;
}

bool ajar_check(struct ajar_run *run, const struct ajar_plan *plan,
                const struct ajar_check_options *options, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    const struct selection_options wish = { .only = options ? options->only : NULL,
                                            .object = options ? options->object : NULL,
                                            .checks = true };
    OWNED(selection_release) struct selection selection = { 0 };
    OWNED(window_release) struct window window = { 0 };

    return selection_make(plan, &wish, &selection, err) &&
           window_prepare(run, plan, &window, err) &&
           topology_find(run, &selection.part, &window.topology, err) &&
           steps_expand(&window.topology, &selection.part, AJAR_TOWARD_OPEN, &window.steps, err) &&
           examinations_perform(run, &window.topology, &selection, &window.examinations, err) &&
           read_settings(&window, err) && tell(&window, &selection, ret_report, err);
}

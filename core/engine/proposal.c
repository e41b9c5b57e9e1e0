/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/proposal.h"

#include "engine/opening.h"

bool proposal_check_direction(const struct ajar_plan *plan, enum ajar_toward toward,
                              struct ajar_error *err)
{
    if (toward == AJAR_TOWARD_OPEN || !plan->permanent)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE,
                    "--close would take away what a repair sets to stay: %s is permanent",
                    plan->name);
    return ajar_hint(err, "take a repair back with ajar rollback WINDOW");
}

bool proposal_make(struct ajar_run *run, const struct selection *selection, enum ajar_toward toward,
                   struct window *window, struct ajar_error *err)
{
    window->record.toward_closed = toward == AJAR_TOWARD_CLOSED;
    window->record.permanent = selection->plan->permanent;
    return window_prepare(run, selection->plan, window, err) &&
           topology_find(run, &selection->part, &window->topology, err) &&
           steps_expand(&window->topology, &selection->part, toward, &window->steps, err);
}

/* The requirements and the steps of people are about opening. */
static bool look_around(struct window *window, const struct selection *selection,
                        struct ajar_error *err)
{
    return window->record.toward_closed ||
           (examinations_perform(window->run, &window->topology, selection, &window->examinations,
                                 err) &&
            manuals_from_plan(&selection->part, NULL, &window->manuals, err));
}

bool proposal_read(struct window *window, const struct selection *selection, bool evidence,
                   struct ajar_error *err)
{
    if (!look_around(window, selection, err))
        return false;
    for (size_t i = 0; i < window->steps.count; i++)
        window->steps.list[i].wants_evidence = evidence;
    if (!steps_observe(window->run, &window->steps, NULL, err))
        return false;
    for (size_t i = 0; i < window->steps.count; i++) {
        if (!opening_take_baseline(&window->steps.list[i], err))
            return false;
    }
    return opening_spare_actions(window, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans that are saved: what was read goes into a file, and what a file says is held against what
 * is there now.
 */
#ifndef AJAR_ENGINE_SAVED_H
#define AJAR_ENGINE_SAVED_H

#include <ajar/saved.h>

#include "engine/outcome.h"
#include "journal/saved_plan.h"

struct ajar_saved {
    struct saved_plan file;
    struct ajar_plan *plan;
    struct ajar_saved_about about;
};

/* Are all steps known, so that the plan can be saved? Where it is not, the report says which are
 * not, and ends with AJAR_EXIT_PARTLY. */
bool saved_may_be(struct ajar_report *report, const struct window *window);

/* Saves what `window`, which is new, would do, and tells the report where. */
bool saved_write(const struct window *window, const struct ajar_plan *plan, const char *path,
                 struct ajar_report *report, struct ajar_error *err);

/* AJAR_ESTALE when a window of the journal was opened with it. */
bool saved_check_unused(struct ajar_run *run, const struct ajar_saved *saved,
                        struct ajar_error *err);

/* How the steps of a new window, which were just read, stand to the saved ones. */
enum saved_standing {
    SAVED_FRESH,  /* everything is as it was; notes were told */
    SAVED_STALE,  /* something moved: such a step says why (`moved`) */
    SAVED_UNREAD, /* nothing moved, as far as it could be read */
};

/* From here on `before` and `action` of the steps are what was saved, unless they are fresh; things
 * that are gone are steps, too. */
bool saved_compare(const struct ajar_saved *saved, struct window *window,
                   enum saved_standing *ret_standing, struct ajar_error *err);

/* The reports of the last two. */
void saved_judge_stale(struct ajar_report *report, const struct window *window);
void saved_judge_unread(struct ajar_report *report, const struct window *window);

DEFINE_OWNED(struct ajar_saved *, ajar_saved_free);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window in the course of a command: its record, its plan, and its steps.
 */
#ifndef AJAR_ENGINE_WINDOW_H
#define AJAR_ENGINE_WINDOW_H

#include "engine/examine.h"
#include "engine/failure.h"
#include "engine/manual.h"
#include "engine/step.h"

enum direction {
    OPENING,
    CLOSING,
    UNDOING, /* what one run opened is put back, and the window goes on: it may be opened again */
};

struct window {
    struct ajar_run *run;
    struct window_record record;
    struct ajar_plan *plan;   /* as recorded; NULL while the caller's plan is used */
    struct topology topology; /* while it is new */
    struct steps steps;
    struct examinations examinations;
    struct manuals manuals;
    bool late;                /* something was not begun: too little time was left until the end */
    struct failures failures; /* what a write that fails means, to apply */
    struct approvals approvals; /* of the saved plan, that were counted when it was opened */
};

/* Makes a window that is in no journal (yet): which plan it is of, and who asks. */
bool window_prepare(struct ajar_run *run, const struct ajar_plan *plan, struct window *window,
                    struct ajar_error *err);

/* Loads a window from the journal. */
bool window_load(struct ajar_run *run, const char *id, struct window *ret_window,
                 struct ajar_error *err);

/* Loads the window that the operator means: the named one, or the only one that is not closed
 * (AJAR_EUSAGE, naming them, when there are several; AJAR_EMISSING when there is none). */
bool window_choose(struct ajar_run *run, const char *id, struct window *ret_window,
                   struct ajar_error *err);

/* AJAR_EOVERDUE when the window is past its end: nothing more is opened in it then. */
bool window_check_end(const struct window *window, struct ajar_error *err);

/* Is it past its end, and not closed? */
bool window_is_overdue(const struct window *window);

/* Is there time left to begin one more change, and see it through: as long as one answer may take?
 * A window without an end always has it. */
bool window_has_time(const struct window *window);

/* One event in the journal: the window's record, the records of `changed`, and the plan's text
 * (NULL but for the first event). When a window opens, opens further, or something was noticed, the
 * requirements and the steps of people go along. */
bool window_commit(struct window *window, enum journal_event_kind kind, const char *subject,
                   const char *plan_text, struct step *const *changed, size_t count,
                   struct ajar_error *err);

/* Asks for the steps of people that are due at `moments` (see manuals_confirm()), and commits what
 * was confirmed. */
bool window_confirm(struct window *window, unsigned moments, const char *const *names,
                    struct ajar_error *err);

/* Sets the outcome of a step; why it is so is the step's trouble. */
bool step_settle(struct step *step, const struct window *window, enum direction direction,
                 enum change_state state, struct ajar_error *err);

/* Marks the steps whose live state, as read in this run, is not what the journal says it is. */
void window_note_drift(struct window *window);

/* What takes effect only later waits for it from now on: stored is not effective. */
bool step_begin_waiting(struct step *step, struct ajar_error *err);

/* The live state was read and is the wanted one. The state is kept as evidence; a change that this
 * window wrote begins to wait, also when the answer to the write was lost. */
bool step_settle_applied(struct step *step, const struct window *window, struct ajar_error *err);

/* "restrict-anonymous on dc2.target.test: 1 → 0", for a subject. To be freed. */
bool step_story(const struct step *step, const struct ajar_state *from, const struct ajar_state *to,
                char **ret_story, struct ajar_error *err);

void window_release(struct window *window);
DEFINE_OWNED_STRUCT(struct window, window_release);

#endif

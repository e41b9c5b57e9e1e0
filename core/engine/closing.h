/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Closing the steps of a window that are not closed yet: for rollback, and for resume.
 */
#ifndef AJAR_ENGINE_CLOSING_H
#define AJAR_ENGINE_CLOSING_H

#include "engine/window.h"

/* What will become of a step. */
enum fate {
    FATE_NONE,      /* it is not due */
    FATE_UNTOUCHED, /* nothing was ever written */
    FATE_RESTORED,  /* it is so already */
    FATE_WRITE,
    FATE_CONFLICT,
    FATE_KEEP,
    FATE_UNREADABLE,
};
enum fate closing_decide(const struct step *step, enum ajar_on_conflict on_conflict);

/* Still to be closed: neither restored nor kept. */
bool closing_is_due(const struct step *step);

/* Is nothing left to close? */
bool closing_is_done(const struct window *window);

/* Reads the steps that are due, shows what would be done and asks (unless it is a resume), commits
 * that the window is closing, writes, and commits what the window is then. */
bool closing_perform(struct window *window, enum ajar_on_conflict on_conflict, bool ask,
                     struct ajar_error *err);

/* The same for close-due: of the steps whose next try is due (debt.h) alone, without a question,
 * and although nothing can be read: that, too, is recorded as owed. Conflicts are left alone. So it
 * is for a run that takes back the window that it has just opened. AJAR_EINTERRUPTED when the
 * operator stopped it before anything was recorded. */
bool closing_perform_due(struct window *window, struct ajar_error *err);

#endif

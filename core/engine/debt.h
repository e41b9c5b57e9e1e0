/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a window that is being closed owes: changes that could not be put back. A debt is counted
 * when a try fails, and falls away when the change is put back or kept. close-due tries it again by
 * itself, after a pause that grows; a person (rollback, resume) tries at once.
 */
#ifndef AJAR_ENGINE_DEBT_H
#define AJAR_ENGINE_DEBT_H

#include "journal/record.h"

/* How many seconds close-due waits after try number `tries`: a minute after the first, twice as
 * long after each further one, an hour at most. 0 when it was never tried. */
int64_t debt_pause(unsigned tries);

/* When close-due tries to put this change back: 0 for at once (it was not tried yet, or a run was
 * killed in the middle), DEBT_NEVER when there is nothing left to do, or when a conflict waits for
 * somebody to decide. */
#define DEBT_NEVER INT64_MAX
int64_t debt_next_try(const struct change_record *record);

/* Counts what became of a try, at its end: after record->state, closing, kept and at were set. */
void debt_count(struct change_record *record);

#endif

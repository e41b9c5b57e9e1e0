/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may follow what in the journal: a record is held against the one that it replaces.
 */
#ifndef AJAR_JOURNAL_RULES_H
#define AJAR_JOURNAL_RULES_H

#include "journal/record.h"

/* `old` is NULL for the first record. AJAR_EJOURNAL when a baseline would be taken twice, when what
 * a change is would become something else, or when its state cannot follow the old one. */
bool rules_check_change(const struct change_record *old, const struct change_record *new,
                        struct ajar_error *err);

bool rules_check_window(const struct window_record *old, const struct window_record *new,
                        struct ajar_error *err);

/* `old` is the record that there is. AJAR_EJOURNAL when something that was confirmed would no
 * longer be, or by somebody else. */
bool rules_check_manual(const struct manual_record *old, const struct manual_record *new,
                        struct ajar_error *err);

/* Is nothing left to do for this change, so that its window may be closed? */
bool rules_is_settled(const struct change_record *change);

#endif

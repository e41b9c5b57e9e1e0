/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/debt.h"

#define FIRST_PAUSE   60
#define LONGEST_PAUSE 3600
#define MOST_TRIES    999999999 /* that a record can hold */

int64_t debt_pause(unsigned tries)
{
    int64_t pause = FIRST_PAUSE;

    if (tries == 0)
        return 0;
    for (unsigned i = 1; i < tries && pause < LONGEST_PAUSE; i++)
        pause *= 2;
    return pause < LONGEST_PAUSE ? pause : LONGEST_PAUSE;
}

int64_t debt_next_try(const struct change_record *record)
{
    if (!change_record_holds(record))
        return DEBT_NEVER;
    if (!record->closing || record->state == CHANGE_RESTORING)
        return 0;
    if (record->state == CHANGE_CONFLICT)
        return DEBT_NEVER;
    return record->at + debt_pause(record->tries);
}

void debt_count(struct change_record *record)
{
    if (!record->closing || !change_record_holds(record)) {
        record->owed = 0;
        record->tries = 0;
        return;
    }
    if (record->state == CHANGE_RESTORING) /* it is being tried */
        return;
    if (!record->owed)
        record->owed = record->at;
    if (record->tries < MOST_TRIES)
        record->tries++;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run.h"

#include <string.h>

struct listener {
    const char *window; /* NULL: all */
    bool (*each)(void *user, const struct ajar_log_entry *entry);
    void *user;
};

static bool tell(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    const struct listener *listener = user;
    const struct ajar_log_entry told = {
        .commit = entry->commit->id.hex,
        .time = entry->commit->author.when,
        .operator_name = entry->operator_name,
        .subject = entry->subject,
        .window = entry->window,
        .event = entry->event,
        .host = entry->host,
        .ticket = entry->ticket,
        .approved = entry->approved,
        .sequence = (uint64_t)entry->sequence,
    };

    (void)err;
    if (listener->window && (!entry->window || strcmp(entry->window, listener->window) != 0))
        return true;
    return listener->each(listener->user, &told);
}

bool ajar_log(struct ajar_run *run, const char *window,
              bool (*each)(void *user, const struct ajar_log_entry *entry), void *user,
              struct ajar_error *err)
{
    struct listener listener = { .window = window, .each = each, .user = user };

    return run_read_journal(run, err) && run_tell_standing(run, err) &&
           journal_log(run->journal, tell, &listener, err);
}

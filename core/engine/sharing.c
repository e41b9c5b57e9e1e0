/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/sharing.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The windows that hold something, with all their changes. */
struct holders {
    size_t count;
    struct journal_window *list;
};

static void holders_release(struct holders *holders)
{
    for (size_t i = 0; i < holders->count; i++)
        journal_window_release(&holders->list[i]);
    free(holders->list);
}
DEFINE_OWNED_STRUCT(struct holders, holders_release);

static bool find_holders(struct journal *journal, struct holders *holders, struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!journal_list(journal, &windows, err))
        return false;
    holders->list = calloc(windows.count + 1, sizeof(*holders->list));
    if (!holders->list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < windows.count; i++) {
        if (!window_record_holds(&windows.list[i]))
            continue;
        if (!journal_load(journal, windows.list[i].id, &holders->list[holders->count], err))
            return false;
        holders->count++;
    }
    return true;
}

/* What both of them hold; NULL when there is nothing. */
static const struct change_record *find_common(const struct journal_window *a,
                                               const struct journal_window *b)
{
    for (size_t i = 0; i < a->count; i++) {
        for (size_t j = 0; j < b->count; j++) {
            if (change_record_holds(&a->changes[i]) && change_record_holds(&b->changes[j]) &&
                strcmp(a->changes[i].target, b->changes[j].target) == 0 &&
                text_same_ignoring_case(a->changes[i].thing, b->changes[j].thing))
                return &a->changes[i];
        }
    }
    return NULL;
}

static bool say(void *user, sharing_take *take, const struct journal_window *older,
                const struct journal_window *newer, struct ajar_error *err)
{
    const struct change_record *common = find_common(older, newer);
    OWNED(free) char *line = NULL;

    if (!common)
        return true;
    line = text_make(
        "windows %s (%s on %s) and %s (%s on %s) both hold %s on %s: a person decides; "
        "taken back, the one that was opened later goes first",
        older->window.id, older->window.operator_name, older->window.host, newer->window.id,
        newer->window.operator_name, newer->window.host, common->setting, common->target);
    return (line && take(user, line)) || ajar_no_memory(err);
}

static bool say_trouble(const struct journal_standing *standing, sharing_take *take, void *user,
                        struct ajar_error *err)
{
    OWNED(free) char *line = NULL;

    if (!standing->trouble)
        return true;
    line = standing->seen
               ? text_make("the remote could not be reached; this is what was known at %s: %s",
                           clock_write_time(standing->seen).at, standing->trouble)
               : text_make("the remote could not be reached, and never was: %s", standing->trouble);
    return (line && take(user, line)) || ajar_no_memory(err);
}

static bool say_waiting(const struct journal_standing *standing, sharing_take *take, void *user,
                        struct ajar_error *err)
{
    OWNED(free) char *line = NULL;
    const char *some = standing->waiting == 1 ? "entry is" : "entries are";

    if (standing->waiting == 0)
        return true;
    line = standing->offline && !standing->cut_off
               ? text_make("offline since %s: %zu %s not on the remote",
                           clock_write_time(standing->since).at, standing->waiting, some)
               : text_make("%zu %s not on the remote yet, the first of %s: the next run takes it "
                           "there",
                           standing->waiting, some, clock_write_time(standing->since).at);
    return (line && take(user, line)) || ajar_no_memory(err);
}

bool sharing_tell_standing(struct journal *journal, sharing_take *take, void *user,
                           struct ajar_error *err)
{
    struct journal_standing standing;

    return journal_stand(journal, &standing, err) && say_trouble(&standing, take, user, err) &&
           say_waiting(&standing, take, user, err);
}

bool sharing_tell_common(struct journal *journal, sharing_take *take, void *user,
                         struct ajar_error *err)
{
    OWNED(holders_release) struct holders holders = { 0 };

    if (!find_holders(journal, &holders, err))
        return false;
    for (size_t i = 0; i < holders.count; i++) {
        for (size_t j = i + 1; j < holders.count; j++) {
            if (!say(user, take, &holders.list[i], &holders.list[j], err))
                return false;
        }
    }
    return true;
}

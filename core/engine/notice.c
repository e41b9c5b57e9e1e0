/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/notice.h"

#include "base/text.h"
#include "engine/outcome.h"
#include "model/notice_text.h"

#include <string.h>

static const char *const event_names[] = {
    [NOTICE_OPENED] = "opened",
    [NOTICE_EXTENDED] = "extended",
    [NOTICE_OVERDUE] = "overdue",
    [NOTICE_CONFLICT] = "conflict",
    [NOTICE_FAILED] = "failed",
    [NOTICE_UNDONE] = "undone",
    [NOTICE_PARTLY_CLOSED] = "partly-closed",
    [NOTICE_CLOSED] = "closed",
};

static bool is_problem(const struct change_record *record)
{
    switch (record->state) {
    case CHANGE_APPLIED:
    case CHANGE_RESTORED:
        return false;
    case CHANGE_CONFLICT:
        return !record->kept;
    case CHANGE_INTENDED:
    case CHANGE_FAILED:
    case CHANGE_UNKNOWN:
    case CHANGE_RESTORING:
        return true;
    }
    return true;
}

static void tell_problem(struct notice *notice, const struct step *step)
{
    const struct change_record *record = &step->record;

    if (notice->problem_count == NOTICE_PROBLEMS) {
        notice->problems_left_out++;
        return;
    }
    notice->problems[notice->problem_count++] = (struct notice_problem){
        .target = record->target,
        .setting = record->setting,
        .kind = record->kind,
        .state = change_state_name(record->state),
        .error = record->error ? record->error : record->note,
    };
}

static void tell_changes(struct notice *notice, const struct window *window)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        change_counts_add(&notice->counts, &step->record);
        if (is_problem(&step->record))
            tell_problem(notice, step);
    }
}

static bool write_notice(const struct window *window, enum notice_event event, const char *message,
                         char **ret_text, struct ajar_error *err)
{
    const struct window_record *record = &window->record;
    OWNED(free) struct notice *notice = calloc(1, sizeof(*notice));

    if (!notice)
        return ajar_no_memory(err);
    *notice = (struct notice){
        .event = event_names[event],
        .message = message,
        .at = run_now(window->run),
        .by = window->run->operator_email,
        .window = record->id,
        .plan = record->plan,
        .title = record->title,
        .state = window_state_name(record->state),
        .operator_name = record->operator_name,
        .host = record->host,
        .reason = record->reason,
        .ticket = record->ticket,
        .opened = record->opened,
        .until = record->until,
        .closed = record->closed,
        .overdue = record->state != WINDOW_CLOSED && record->until > 0 &&
                   run_now(window->run) > record->until,
        .journal_head = journal_head(window->run->journal)->hex,
        .journal_entries = (size_t)journal_entries(window->run->journal),
    };
    tell_changes(notice, window);
    return notice_write(notice, ret_text, err);
}

void notice_add(const struct window *window, enum notice_event event, const char *message)
{
    struct ajar_run *run = window->run;
    struct ajar_error trouble = AJAR_NO_ERROR;
    OWNED(free) char *text = NULL;

    if (!run->configuration->notifier)
        return;
    if (write_notice(window, event, message, &text, &trouble) &&
        notifier_keep(&run->notices, text, &trouble))
        text = NULL; /* the run's from here on */
    else
        run_warn(run, "a notice could not be made: %s", trouble.text);
}

/* Has somebody to decide, and is that all that is left? */
static bool is_conflict(const struct window *window)
{
    size_t conflicts = 0;

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct change_record *record = &window->steps.list[i].record;

        if (is_problem(record) && record->state != CHANGE_CONFLICT)
            return false;
        conflicts += is_problem(record) ? 1 : 0;
    }
    return conflicts > 0;
}

void notice_opened(const struct window *window, const char *message)
{
    enum notice_event event = NOTICE_OPENED;

    if (window->failures.acted)
        event = NOTICE_FAILED;
    else if (is_conflict(window))
        event = NOTICE_CONFLICT;
    notice_add(window, event, message);
}

void notice_closed(const struct window *window, const char *message)
{
    enum notice_event event = NOTICE_PARTLY_CLOSED;

    if (window->failures.acted)
        event = NOTICE_UNDONE;
    else if (window->record.state == WINDOW_CLOSED)
        event = NOTICE_CLOSED;
    else if (is_conflict(window))
        event = NOTICE_CONFLICT;
    notice_add(window, event, message);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * extend: a later end, of a window that is not being closed. Nothing is read or written but the
 * journal.
 */
#include "engine/guard.h"
#include "engine/notice.h"
#include "engine/verdict.h"

#include "base/text.h"

static bool check_extendable(const struct window_record *record, struct ajar_error *err)
{
    if (window_record_is_endless(record))
        return ajar_fail(err, AJAR_EUSAGE, "window %s has no end: %s", record->id,
                         record->permanent ? "what a repair sets stays" : "it only closes");
    if (record->state == WINDOW_OPENING || record->state == WINDOW_OPEN ||
        record->state == WINDOW_PARTLY_OPEN)
        return true;
    (void)ajar_fail(err, AJAR_ECONFLICT, "window %s is %s: it cannot be extended any more",
                    record->id, record->state == WINDOW_CLOSED ? "closed" : "being closed");
    return ajar_hint(err, "finish it with ajar resume, then open another with ajar apply");
}

static bool check_end(const struct window *window, int64_t until, struct ajar_error *err)
{
    const struct window_record *record = &window->record;
    int64_t longest = window->plan->longest_window;

    if (until <= record->until) {
        (void)ajar_fail(err, AJAR_EUSAGE, "window %s ends at %s already: %s is no later end",
                        record->id, clock_write_time(record->until).at, clock_write_time(until).at);
        return ajar_hint(err, "to end it earlier, close it with ajar rollback");
    }
    if (until <= run_now(window->run)) {
        (void)ajar_fail(err, AJAR_EUSAGE, "window %s would end at %s, which is not in the future",
                        record->id, clock_write_time(until).at);
        return ajar_hint(err, "--for counts from its present end; --until says the new one");
    }
    if (longest > 0 && until - record->opened > longest)
        return ajar_fail(err, AJAR_EUSAGE,
                         "the plan allows at most %s: window %s, opened at %s, can last until %s",
                         clock_write_duration(longest).at, record->id,
                         clock_write_time(record->opened).at,
                         clock_write_time(record->opened + longest).at);
    return guard_check_length(window->run, until - record->opened, err);
}

/* A copy is made of its texts. */
static bool add_extension(struct window *window, const struct ajar_extend_options *options,
                          struct ajar_error *err)
{
    OWNED(free) char *reason = text_copy(options->reason);
    int64_t until = options->until ? options->until : window->record.until + options->duration;

    if (!reason)
        return ajar_no_memory(err);
    return check_end(window, until, err) &&
           window_record_extend(&window->record,
                                &(struct extension_record){
                                    .from = window->record.until,
                                    .until = until,
                                    .by = window->run->operator_name,
                                    .host = window->run->host,
                                    .at = run_now(window->run),
                                    .reason = reason,
                                },
                                err);
}

static bool commit(struct window *window, struct ajar_error *err)
{
    const struct window_record *record = &window->record;
    const struct extension_record *last = &record->extensions[record->extension_count - 1];
    OWNED(free)
    char *subject = text_make("extended: %s by %s, until %s: %s", record->plan,
                              clock_write_duration(last->until - last->from).at,
                              clock_write_time(last->until).at, last->reason);

    if (!subject)
        return ajar_no_memory(err);
    if (!window_commit(window, JOURNAL_EXTENDED, subject, NULL, NULL, 0, err))
        return false;
    notice_add(window, NOTICE_EXTENDED, subject);
    return true;
}

bool ajar_extend(struct ajar_run *run, const char *id, const struct ajar_extend_options *options,
                 struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };

    return run_write_journal(run, JOURNAL_MUST_EXIST, err) &&
           window_choose(run, id, &window, err) && check_extendable(&window.record, err) &&
           run_check_clock(run, err) && add_extension(&window, options, err) &&
           verdict_confirm(&window, err) && commit(&window, err) &&
           verdict_report(&window, verdict_extended, ret_report, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * audit: what of a plan is open now, and no window holds it? Nothing is recorded or written. Only
 * settings that say what closed is can be judged: of any other, the open state may well be normal.
 */
#include "engine/outcome.h"
#include "engine/verdict.h"

#include "base/text.h"

#include <string.h>

struct audit {
    struct window window;
    struct journal_windows windows;
    size_t held_count;
    struct journal_window *held; /* the windows that hold something, and the repairs */
};

static void audit_release(struct audit *audit)
{
    for (size_t i = 0; i < audit->held_count; i++)
        journal_window_release(&audit->held[i]);
    free(audit->held);
    journal_windows_release(&audit->windows);
    window_release(&audit->window);
}
DEFINE_OWNED_STRUCT(struct audit, audit_release);

/* What a repair set is meant to be so, and recorded: nobody left it open. */
static bool vouches(const struct window_record *record)
{
    return !record->toward_closed && (window_record_holds(record) || record->state == WINDOW_OPEN);
}

/* The windows that vouch for something; none when there is no journal. */
static bool load_windows(struct audit *audit, struct ajar_error *err)
{
    struct ajar_run *run = audit->window.run;

    if (!run_read_journal(run, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        return true;
    }
    if (!journal_list(run->journal, &audit->windows, err))
        return false;
    audit->held = calloc(audit->windows.count + 1, sizeof(*audit->held));
    if (!audit->held)
        return ajar_no_memory(err);
    for (size_t i = 0; i < audit->windows.count; i++) {
        const struct window_record *record = &audit->windows.list[i];

        if (!vouches(record))
            continue;
        if (!journal_load(run->journal, record->id, &audit->held[audit->held_count], err))
            return false;
        audit->held_count++;
    }
    return true;
}

/* The window that vouches for what a step is about, or NULL. */
static const struct window_record *find_holder(const struct audit *audit, const struct step *step)
{
    for (size_t i = 0; i < audit->held_count; i++) {
        const struct journal_window *window = &audit->held[i];

        for (size_t j = 0; j < window->count; j++) {
            const struct change_record *held = &window->changes[j];

            if (change_record_holds(held) && strcmp(held->target, step->record.target) == 0 &&
                text_same_ignoring_case(held->thing, step->record.thing))
                return &window->window;
        }
    }
    return NULL;
}

static bool has_fact(const struct ajar_state *state, const struct ajar_fact *fact)
{
    const char *value = ajar_state_fact(state, fact->name);

    return value && strcmp(value, fact->value) == 0;
}

/* Of a setting with several parts, one is as when it is open, and the others are not as when it is:
 * a service that runs, but is started by hand. Where a fact is the same open and closed (a type),
 * it is that now, too: else it is another thing, and neither. */
static bool is_partly_open(const struct step *step, const struct ajar_state *closed)
{
    const struct ajar_state *wanted = &step->record.wanted;
    bool has_open = false;

    if (!wanted->exists || !closed->exists || !step->now.exists)
        return false;
    for (size_t i = 0; i < wanted->count; i++) {
        const struct ajar_fact *fact = &wanted->facts[i];

        if (has_fact(closed, fact) && !has_fact(&step->now, fact))
            return false;
        has_open = has_open || (ajar_state_fact(closed, fact->name) && !has_fact(closed, fact) &&
                                has_fact(&step->now, fact));
    }
    return has_open;
}

/* Where a step stands, in the words of ajar_audit(). `before` is what was read, so that it is shown
 * from now to closed. */
static const char *judge(const struct audit *audit, struct step *step, bool *ret_open)
{
    struct ajar_state closed = { 0 };
    struct ajar_error ignored = AJAR_NO_ERROR;
    bool safe;

    *ret_open = false;
    if (!step->now.known)
        return "unknown";
    if (!step->provider->closed(&step->setting, &closed, &ignored))
        return "unknown";
    safe = step->provider->match(&step->now, &closed) != MATCH_OTHER ||
           (step_match_wanted(step) == MATCH_OTHER && !is_partly_open(step, &closed));
    ajar_state_release(&closed);
    if (safe)
        return "closed";
    *ret_open = !find_holder(audit, step);
    return *ret_open ? "open" : "held";
}

/* Settings that say what closed is, with `wanted` the open state. */
static bool expand(struct audit *audit, const struct ajar_plan *plan, struct ajar_error *err)
{
    struct steps *steps = &audit->window.steps;

    if (!steps_expand(&audit->window.topology, plan, AJAR_TOWARD_CLOSED, steps, err))
        return false;
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = &steps->list[i];

        ajar_state_release(&step->record.wanted);
        if (!step->provider->want(&step->setting, &step->record.wanted, err))
            return false;
    }
    return true;
}

static bool read_all(struct audit *audit, struct ajar_error *err)
{
    struct steps *steps = &audit->window.steps;

    if (!steps_observe(audit->window.run, steps, NULL, err) ||
        !verdict_any_readable(&audit->window, err))
        return false;
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = &steps->list[i];

        step->action = "none";
        if (step->now.known && !ajar_state_copy(&step->now, &step->record.before, err))
            return false;
    }
    return true;
}

static void say(struct ajar_report *report, size_t open, size_t unknown, size_t count)
{
    const char *summary;

    if (open > 0)
        summary = report_text(report, "%zu of %zu settings %s open, and no window holds %s", open,
                              count, open == 1 ? "is" : "are", open == 1 ? "it" : "them");
    else if (unknown > 0)
        summary = report_text(report, "%zu of %zu settings could not be read", unknown, count);
    else if (count == 0)
        summary = "no setting of the plan says what closed is: there is nothing to judge by";
    else
        summary = "nothing is open that no window holds";
    report_say(report,
               open > 0      ? AJAR_EXIT_PENDING
               : unknown > 0 ? AJAR_EXIT_PARTLY
                             : AJAR_EXIT_DONE,
               summary);
}

static bool tell(struct audit *audit, struct ajar_report **ret_report, struct ajar_error *err)
{
    OWNED(ajar_report_free) struct ajar_report *report = NULL;
    size_t open = 0;
    size_t unknown = 0;
    struct ajar_window *told;

    if (!report_new(&report, err) || !report_add(report, &audit->window, err))
        return false;
    told = &report->windows[0];
    for (size_t i = 0; i < told->count; i++) {
        struct step *step = &audit->window.steps.list[i];
        const struct window_record *holder = find_holder(audit, step);
        bool is_open = false;

        told->changes[i].state = judge(audit, step, &is_open);
        open += is_open ? 1 : 0;
        unknown += strcmp(told->changes[i].state, "unknown") == 0 ? 1 : 0;
        if (holder)
            told->changes[i].note =
                report_text(report, "%s window %s",
                            holder->permanent ? "set to stay by" : "held by", holder->id);
    }
    say(report, open, unknown, told->count);
    *ret_report = report;
    report = NULL;
    return true;
}

bool ajar_audit(struct ajar_run *run, const struct ajar_plan *plan, struct ajar_report **ret_report,
                struct ajar_error *err)
{
    OWNED(audit_release) struct audit audit = { 0 };

    return window_prepare(run, plan, &audit.window, err) && load_windows(&audit, err) &&
           topology_find(run, plan, &audit.window.topology, err) && expand(&audit, plan, err) &&
           read_all(&audit, err) && tell(&audit, ret_report, err);
}

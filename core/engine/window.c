/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/window.h"

#include "base/text.h"
#include "engine/debt.h"

#include <string.h>

bool window_prepare(struct ajar_run *run, const struct ajar_plan *plan, struct window *window,
                    struct ajar_error *err)
{
    struct window_record *record = &window->record;

    window->run = run;
    return text_replace(&record->plan, plan->name, err) &&
           text_replace(&record->title, ajar_plan_title(plan), err) &&
           text_replace(&record->operator_name, run->operator_name, err) &&
           text_replace(&record->host, run->host, err);
}

static bool take_approvals(struct window *window, const struct journal_window *loaded,
                           struct ajar_error *err)
{
    for (size_t i = 0; i < loaded->approvals.count; i++) {
        if (!approvals_add(&window->approvals, &loaded->approvals.list[i], err))
            return false;
    }
    return true;
}

/* Takes what the loaded window holds into `window`. */
static bool take_loaded(struct window *window, const struct journal_window *loaded,
                        struct ajar_error *err)
{
    struct plan_kind kinds[CATALOG_ROOM];
    OWNED(free) char *file = text_make("windows/%s/plan.ini", loaded->window.id);

    if (!file)
        return ajar_no_memory(err);
    catalog_kinds(kinds, LENGTH(kinds));
    if (!plan_from_record(file, loaded->plan, kinds, &window->plan, err)) {
        err->status = AJAR_EJOURNAL; /* no plan file of the operator is wrong */
        return ajar_while(err, "the journal");
    }
    return window_record_copy(&loaded->window, &window->record, err) &&
           steps_from_window(loaded, window->plan, &window->steps, err) &&
           examinations_from_window(loaded, window->plan, &window->examinations, err) &&
           manuals_from_plan(window->plan, loaded, &window->manuals, err) &&
           take_approvals(window, loaded, err);
}

bool window_load(struct ajar_run *run, const char *id, struct window *ret_window,
                 struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window loaded = { 0 };
    OWNED(window_release) struct window window = { .run = run };

    if (!journal_load(run->journal, id, &loaded, err) || !take_loaded(&window, &loaded, err))
        return false;
    *ret_window = window;
    window = (struct window){ 0 };
    return true;
}

static bool refuse_several(const struct journal_windows *windows, struct ajar_error *err)
{
    OWNED(text_release) struct text ids = TEXT_UP_TO(300);

    for (size_t i = 0; i < windows->count; i++) {
        if (window_record_holds(&windows->list[i]))
            text_format(&ids, "%s%s", ids.size ? ", " : "", windows->list[i].id);
    }
    return ajar_fail(err, AJAR_EUSAGE, "several windows are open; name one: %s", text_peek(&ids));
}

/* The only one that is not closed. */
static bool find_open(const struct journal_windows *windows, const char **ret_id,
                      struct ajar_error *err)
{
    const char *id = NULL;

    for (size_t i = 0; i < windows->count; i++) {
        if (!window_record_holds(&windows->list[i]))
            continue;
        if (id)
            return refuse_several(windows, err);
        id = windows->list[i].id;
    }
    if (!id)
        return ajar_fail(err, AJAR_EMISSING, "no window is open");
    *ret_id = id;
    return true;
}

bool window_choose(struct ajar_run *run, const char *id, struct window *ret_window,
                   struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!id && (!journal_list(run->journal, &windows, err) || !find_open(&windows, &id, err)))
        return false;
    return window_load(run, id, ret_window, err);
}

bool window_is_overdue(const struct window *window)
{
    const struct window_record *record = &window->record;

    return record->id && record->state != WINDOW_CLOSED && record->until > 0 &&
           run_now(window->run) > record->until;
}

bool window_check_end(const struct window *window, struct ajar_error *err)
{
    if (!window_is_overdue(window))
        return true;
    (void)ajar_fail(err, AJAR_EOVERDUE, "window %s ended at %s; it is not opened any further",
                    window->record.id, clock_write_time(window->record.until).at);
    return ajar_hint(err, "close it with ajar rollback, or give it a later end with ajar extend");
}

bool window_has_time(const struct window *window)
{
    int64_t until = window->record.until;

    return !until || run_now(window->run) + run_patience(window->run) <= until;
}

static bool one_target(struct step *const *steps, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(steps[i]->record.target, steps[0]->record.target) != 0)
            return false;
    }
    return count > 0;
}

static bool tells_notes(enum journal_event_kind kind)
{
    return kind == JOURNAL_OPENED || kind == JOURNAL_RESUMED || kind == JOURNAL_NOTICED;
}

/* The records are borrowed: only the arrays are to be freed. */
static bool gather_notes(const struct window *window, struct requirement_record **ret_requirements,
                         struct manual_record **ret_manuals, struct ajar_error *err)
{
    struct requirement_record *requirements =
        calloc(window->examinations.count + 1, sizeof(*requirements));
    struct manual_record *manuals = calloc(window->manuals.count + 1, sizeof(*manuals));

    *ret_requirements = requirements;
    *ret_manuals = manuals;
    if (!requirements || !manuals)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->examinations.count; i++)
        requirements[i] = window->examinations.list[i].record;
    for (size_t i = 0; i < window->manuals.count; i++)
        manuals[i] = window->manuals.list[i].record;
    return true;
}

bool window_commit(struct window *window, enum journal_event_kind kind, const char *subject,
                   const char *plan_text, struct step *const *changed, size_t count,
                   struct ajar_error *err)
{
    OWNED(free) struct change_record *records = calloc(count + 1, sizeof(*records));
    OWNED(free) struct requirement_record *requirements = NULL;
    OWNED(free) struct manual_record *manuals = NULL;
    bool notes = tells_notes(kind);
    const struct journal_event event = {
        .kind = kind,
        .window = window->record.id,
        .subject = subject,
        .host = one_target(changed, count) ? changed[0]->record.target : NULL,
        .ticket = window->record.ticket,
    };

    if (!records)
        return ajar_no_memory(err);
    if (!gather_notes(window, &requirements, &manuals, err))
        return false;
    for (size_t i = 0; i < count; i++)
        records[i] = changed[i]->record; /* borrowed: only the array is freed */
    return journal_commit(
               window->run->journal, &event,
               &(struct journal_news){
                   .window = &window->record,
                   .plan = plan_text,
                   .count = count,
                   .changes = records,
                   .requirement_count = notes ? window->examinations.count : 0,
                   .requirements = requirements,
                   .manual_count = notes ? window->manuals.count : 0,
                   .manuals = manuals,
                   .approval_count = kind == JOURNAL_OPENED ? window->approvals.count : 0,
                   .approvals = window->approvals.list,
               },
               err) ||
           run_admit(window->run, err);
}

/* Names those that are confirmed now and were not before. */
static bool commit_confirmed(struct window *window, int64_t since, struct ajar_error *err)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(400);
    OWNED(free) char *subject = NULL;

    for (size_t i = 0; i < window->manuals.count; i++) {
        const struct manual_record *record = &window->manuals.list[i].record;

        if (record->by && record->at >= since)
            text_format(&names, "%s%s", names.size ? ", " : "", record->name);
    }
    subject = text_make("confirmed: %s", text_peek(&names));
    return subject ? window_commit(window, JOURNAL_NOTICED, subject, NULL, NULL, 0, err)
                   : ajar_no_memory(err);
}

bool window_confirm(struct window *window, unsigned moments, const char *const *names,
                    struct ajar_error *err)
{
    int64_t since = run_now(window->run);
    size_t confirmed = 0;

    return manuals_confirm(window->run, &window->manuals, moments, names, &confirmed, err) &&
           (confirmed == 0 || commit_confirmed(window, since, err));
}

bool step_settle(struct step *step, const struct window *window, enum direction direction,
                 enum change_state state, struct ajar_error *err)
{
    const struct ajar_error *trouble = &step->trouble;
    bool fine = trouble->status == AJAR_FINE;

    step->record.state = state;
    step->record.closing = direction == CLOSING;
    step->record.at = run_now(window->run);
    debt_count(&step->record);
    return text_replace(&step->record.trouble, fine ? NULL : ajar_status_name(trouble->status),
                        err) &&
           text_replace(&step->record.error, fine ? NULL : trouble->text, err) &&
           text_replace(&step->record.hint, trouble->hint[0] ? trouble->hint : NULL, err) &&
           text_replace(&step->record.note, NULL, err);
}

bool step_begin_waiting(struct step *step, struct ajar_error *err)
{
    const char *effect = setting_takes_effect(&step->setting);

    ajar_state_release(&step->record.since);
    return text_replace(&step->record.waiting, strcmp(effect, "at once") == 0 ? NULL : effect, err);
}

bool step_settle_applied(struct step *step, const struct window *window, struct ajar_error *err)
{
    bool written = strcmp(step->record.action, "none") != 0;

    ajar_state_release(&step->record.reached);
    return ajar_state_copy(&step->now, &step->record.reached, err) &&
           step_settle(step, window, OPENING, CHANGE_APPLIED, err) &&
           (!written || step_begin_waiting(step, err));
}

bool step_story(const struct step *step, const struct ajar_state *from, const struct ajar_state *to,
                char **ret_story, struct ajar_error *err)
{
    OWNED(free) char *old = NULL;
    OWNED(free) char *fresh = NULL;
    char *story;

    if (!step->provider->phrase(from, &old, err) || !step->provider->phrase(to, &fresh, err))
        return false;
    story = text_make("%s on %s: %s → %s", step->record.setting, step->record.target, old, fresh);
    if (!story)
        return ajar_no_memory(err);
    *ret_story = story;
    return true;
}

/* What the journal says the live state should be. */
static bool is_as_recorded(const struct step *step)
{
    if (step_is_action(step))
        return true;
    switch (step->record.state) {
    case CHANGE_APPLIED:
        return step_match_wanted(step) != MATCH_OTHER;
    case CHANGE_RESTORED:
        return step_match_before(step) != MATCH_OTHER || !step->record.before.known;
    case CHANGE_INTENDED:
    case CHANGE_FAILED:
    case CHANGE_UNKNOWN:
    case CHANGE_RESTORING:
    case CHANGE_CONFLICT:
        return true; /* not settled: the state itself says so */
    }
    return true;
}

void window_note_drift(struct window *window)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        struct step *step = &window->steps.list[i];

        step->drifted = step->now.known && !is_as_recorded(step);
    }
}

void window_release(struct window *window)
{
    window_record_release(&window->record);
    topology_release(&window->topology);
    steps_release(&window->steps);
    examinations_release(&window->examinations);
    manuals_release(&window->manuals);
    failures_release(&window->failures);
    approvals_release(&window->approvals);
    ajar_plan_free(window->plan);
    *window = (struct window){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A saved plan is held against the live state thing by thing. It is stale when one of them was
 * not there, is not there any more, is not what it was, was written in between (even if it is what
 * it was), or means something else to this ajar than to the one that saved it. What is not stale is
 * what the file says: so applying it is applying the file.
 */
#include "engine/saved.h"

#include "base/text.h"
#include "model/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A window as a journal would have it: its arrays are borrowed. */
static bool borrow(const struct saved_plan *saved, struct journal_window *ret_loaded,
                   struct change_record **ret_changes, struct ajar_error *err)
{
    struct change_record *changes = calloc(saved->count + 1, sizeof(*changes));

    if (!changes)
        return ajar_no_memory(err);
    for (size_t i = 0; i < saved->count; i++)
        changes[i] = saved->changes[i].record;
    *ret_changes = changes;
    *ret_loaded = (struct journal_window){
        .window.id = saved->file,
        .count = saved->count,
        .changes = changes,
        .requirement_count = saved->requirement_count,
        .requirements = saved->requirements,
    };
    return true;
}

/* What was read when the plan was saved is what was there then. */
static bool fill_steps(const struct saved_plan *saved, struct steps *steps, struct ajar_error *err)
{
    for (size_t i = 0; i < steps->count; i++) {
        struct step *step = &steps->list[i];

        if (!ajar_state_copy(&step->record.before, &step->now, err))
            return false;
        for (size_t j = 0; j < saved->count; j++) {
            const struct saved_change *change = &saved->changes[j];

            if (step_is_of(step, &change->record) &&
                !ajar_state_copy(&change->evidence, &step->evidence, err))
                return false;
        }
    }
    return true;
}

/* The window that the plan would have opened. */
static bool make_window(const struct ajar_saved *saved, struct window *ret_window,
                        struct ajar_error *err)
{
    const struct saved_plan *file = &saved->file;
    OWNED(window_release) struct window window = { 0 };
    OWNED(free) struct change_record *changes = NULL;
    struct journal_window loaded = { 0 };
    struct window_record *record = &window.record;

    record->toward_closed = file->toward_closed;
    record->permanent = saved->plan->permanent;
    if (!borrow(file, &loaded, &changes, err) ||
        !steps_from_window(&loaded, saved->plan, &window.steps, err) ||
        !examinations_from_window(&loaded, saved->plan, &window.examinations, err) ||
        (!file->toward_closed && !manuals_from_plan(saved->plan, NULL, &window.manuals, err)) ||
        !fill_steps(file, &window.steps, err) ||
        !text_replace(&record->plan, saved->plan->name, err) ||
        !text_replace(&record->title, ajar_plan_title(saved->plan), err) ||
        !text_replace(&record->operator_name, file->by, err) ||
        !text_replace(&record->host, file->host, err))
        return false;
    *ret_window = window;
    window = (struct window){ 0 };
    return true;
}

/* The changes are the plan's, each of them once, and go the way that the plan goes. */
static bool check_parts(const struct ajar_saved *saved, struct ajar_error *err)
{
    const struct saved_plan *file = &saved->file;
    OWNED(window_release) struct window window = { 0 };

    if (file->toward_closed != saved->plan->toward_closed)
        return ajar_fail(err, AJAR_EPLAN, "%s: its plan goes another way than its changes",
                         file->file);
    if (make_window(saved, &window, err))
        return true;
    if (err->status != AJAR_ESYSTEM)
        err->status = AJAR_EPLAN;
    return false;
}

static bool load_plan(const struct saved_plan *file, struct ajar_plan **ret_plan,
                      struct ajar_error *err)
{
    struct plan_kind kinds[CATALOG_ROOM];

    catalog_kinds(kinds, LENGTH(kinds));
    return plan_from_record(file->file, file->plan, kinds, ret_plan, err) ||
           ajar_while(err, "the plan in it");
}

bool ajar_saved_is(const char *path)
{
    return saved_plan_is(path);
}

bool ajar_saved_load(const char *path, struct ajar_saved **ret_saved, struct ajar_error *err)
{
    OWNED(ajar_saved_free) struct ajar_saved *saved = calloc(1, sizeof(*saved));

    if (!saved)
        return ajar_no_memory(err);
    if (!saved_plan_read(path, &saved->file, err) || !load_plan(&saved->file, &saved->plan, err) ||
        !check_parts(saved, err))
        return false;
    saved->about = (struct ajar_saved_about){
        .file = saved->file.file,
        .sha256 = saved->file.seal.hex,
        .by = saved->file.by,
        .host = saved->file.host,
        .version = saved->file.tool_version,
        .made = saved->file.made,
        .toward = saved->file.toward_closed ? AJAR_TOWARD_CLOSED : AJAR_TOWARD_OPEN,
    };
    *ret_saved = saved;
    saved = NULL;
    return true;
}

void ajar_saved_free(struct ajar_saved *saved)
{
    if (!saved)
        return;
    saved_plan_release(&saved->file);
    ajar_plan_free(saved->plan);
    free(saved);
}

const struct ajar_saved_about *ajar_saved_about(const struct ajar_saved *saved)
{
    return &saved->about;
}

const struct ajar_plan *ajar_saved_plan(const struct ajar_saved *saved)
{
    return saved->plan;
}

bool ajar_show_saved(const struct ajar_saved *saved, struct ajar_report **ret_report,
                     struct ajar_error *err)
{
    OWNED(window_release) struct window window = { 0 };
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!make_window(saved, &window, err) || !report_new(&report, err) ||
        !report_add(report, &window, err))
        return false;
    report_say(report, AJAR_EXIT_DONE, NULL);
    *ret_report = report;
    report = NULL;
    return true;
}

bool saved_may_be(struct ajar_report *report, const struct window *window)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(400);

    for (size_t i = 0; i < window->steps.count; i++) {
        const struct step *step = &window->steps.list[i];

        if (!step->now.known)
            text_format(&names, "%s%s on %s", names.size ? ", " : "", step->record.setting,
                        step->record.target);
    }
    if (names.size == 0)
        return true;
    report_say(report, AJAR_EXIT_PARTLY,
               report_text(report, "the plan was not saved: not everything could be read (%s%s)",
                           text_peek(&names), names.faulty ? ", ..." : ""));
    return false;
}

/* The records are borrowed: only the arrays are to be freed. */
static bool gather(const struct window *window, struct saved_plan *saved, struct ajar_error *err)
{
    saved->changes = calloc(window->steps.count + 1, sizeof(*saved->changes));
    saved->requirements = calloc(window->examinations.count + 1, sizeof(*saved->requirements));
    if (!saved->changes || !saved->requirements)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->steps.count; i++)
        saved->changes[saved->count++] = (struct saved_change){
            .record = window->steps.list[i].record,
            .evidence = window->steps.list[i].evidence,
        };
    for (size_t i = 0; i < window->examinations.count; i++)
        saved->requirements[saved->requirement_count++] = window->examinations.list[i].record;
    return true;
}

static bool save(const struct window *window, struct saved_plan *saved, const char *path,
                 struct ajar_report *report, struct ajar_error *err)
{
    struct sha256 seal;

    if (!gather(window, saved, err) || !saved_plan_write(path, saved, &seal, err))
        return false;
    report->saved_file = report_text(report, "%s", path);
    report->saved_sha256 = report_text(report, "%s", seal.hex);
    return (report->saved_file && report->saved_sha256) || ajar_no_memory(err);
}

bool saved_write(const struct window *window, const struct ajar_plan *plan, const char *path,
                 struct ajar_report *report, struct ajar_error *err)
{
    const struct ajar_run *run = window->run;
    OWNED(free) char *plan_text = NULL;
    OWNED(free) char *version = text_copy(run->options.version);
    struct saved_plan saved = {
        .by = run->operator_name,
        .host = run->host,
        .tool_version = version,
        .made = run_now(run),
        .toward_closed = window->record.toward_closed,
    };
    bool good;

    if (!plan_to_record(plan, window->record.toward_closed, &plan_text, err))
        return false;
    saved.plan = plan_text;
    good = save(window, &saved, path, report, err);
    free(saved.changes);
    free(saved.requirements);
    return good;
}

static bool refuse_used(const struct ajar_saved *saved, const struct window_record *window,
                        struct ajar_error *err)
{
    bool finished = window->state == WINDOW_OPEN || window->state == WINDOW_CLOSED;

    (void)ajar_fail(err, AJAR_ESTALE, "%s was applied already: window %s, opened by %s at %s",
                    saved->file.file, window->id, window->operator_name,
                    clock_write_time(window->opened).at);
    return ajar_hint(err, finished ? "a saved plan is good for one window: save it again with ajar "
                                     "plan PLAN --out FILE"
                                   : "that window is not finished: ajar resume goes on with it");
}

bool saved_check_unused(struct ajar_run *run, const struct ajar_saved *saved,
                        struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!journal_list(run->journal, &windows, err))
        return false;
    for (size_t i = 0; i < windows.count; i++) {
        const struct window_record *window = &windows.list[i];

        if (window->saved && strcmp(window->saved, saved->file.seal.hex) == 0)
            return refuse_used(saved, window, err);
    }
    return true;
}

/* The saved change of a step, which is most often the one at the same place; NULL: there is none.
 */
static const struct saved_change *find_saved(const struct saved_plan *saved,
                                             const struct step *step, size_t place)
{
    if (place < saved->count && step_is_of(step, &saved->changes[place].record))
        return &saved->changes[place];
    for (size_t i = 0; i < saved->count; i++) {
        if (step_is_of(step, &saved->changes[i].record))
            return &saved->changes[i];
    }
    return NULL;
}

/* Sets why the step is stale. */
__attribute__((format(printf, 3, 4))) static bool note_moved(struct step *step,
                                                             struct ajar_error *err,
                                                             const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int size;

    va_start(arguments, format);
    size = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (size < 0)
        return ajar_no_memory(err);
    free(step->moved);
    step->moved = text;
    return true;
}

static bool is_exact(const struct ajar_state *evidence)
{
    const char *exact = ajar_state_fact(evidence, "exact");

    return exact && strcmp(exact, "yes") == 0;
}

/* The first fact that both have, and that is not what it was; NULL: there is none. What only one of
 * them has cannot be compared: another server may tell more. */
static const struct ajar_fact *find_difference(const struct ajar_state *then,
                                               const struct ajar_state *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const char *old = ajar_state_fact(then, now->facts[i].name);

        if (old && strcmp(now->facts[i].name, "exact") != 0 &&
            strcmp(old, now->facts[i].value) != 0)
            return &now->facts[i];
    }
    return NULL;
}

/* The value is what it was; was it written all the same? Evidence that covers more than the thing
 * is worth a note. */
static bool compare_evidence(struct step *step, const struct ajar_state *then,
                             struct ajar_error *err)
{
    const struct ajar_fact *fact = find_difference(then, &step->evidence);
    OWNED(free) char *note = NULL;

    if (then->known && !step->evidence.known)
        return text_replace(&step->record.note,
                            "whether it was written since the plan was saved cannot be told", err);
    if (!fact)
        return true;
    if (is_exact(then) && is_exact(&step->evidence))
        return note_moved(step, err, "it was changed and changed back: %s %s → %s", fact->name,
                          ajar_state_fact(then, fact->name), fact->value);
    note = text_make("it is what it was, but something at it was written since: %s %s → %s",
                     fact->name, ajar_state_fact(then, fact->name), fact->value);
    return note ? text_replace(&step->record.note, note, err) : ajar_no_memory(err);
}

/* Does this ajar make of the plan what the one that saved it made of it? */
static bool means_the_same(const struct step *step, const struct change_record *saved)
{
    const struct change_record *record = &step->record;

    return strcmp(record->thing, saved->thing) == 0 && strcmp(record->place, saved->place) == 0 &&
           state_same(&record->wanted, &saved->wanted);
}

static bool compare_known(struct step *step, const struct saved_change *saved,
                          struct ajar_error *err)
{
    const struct change_record *then = &saved->record;

    if (!step_is_action(step) && step->provider->match(&step->now, &then->before) != MATCH_SAME)
        return note_moved(step, err, "it was changed since the plan was saved");
    if (strcmp(step->record.action, then->action) != 0)
        return note_moved(step, err, "what has to be done is another thing now: %s → %s",
                          then->action, step->record.action);
    return compare_evidence(step, &saved->evidence, err);
}

static bool note_meaning(struct step *step, struct ajar_error *err)
{
    OWNED(free) char *phrase = NULL;

    return step->provider->phrase(&step->record.wanted, &phrase, err) &&
           note_moved(step, err,
                      "this ajar makes something else of it than the one that saved the plan: %s "
                      "at %s",
                      phrase, step->record.thing);
}

static bool compare_step(struct step *step, const struct saved_change *saved,
                         struct ajar_error *err)
{
    if (!saved)
        return note_moved(step, err, "it is new: the saved plan does not have it");
    if (!means_the_same(step, &saved->record))
        return note_meaning(step, err);
    return !step->now.known || compare_known(step, saved, err);
}

static bool is_there(const struct steps *steps, const struct change_record *record, size_t place)
{
    if (place < steps->count && step_is_of(&steps->list[place], record))
        return true;
    for (size_t i = 0; i < steps->count; i++) {
        if (step_is_of(&steps->list[i], record))
            return true;
    }
    return false;
}

static bool add_gone(const struct ajar_saved *saved, const struct change_record *record,
                     struct steps *steps, struct ajar_error *err)
{
    const struct setting *setting = plan_setting(saved->plan, record->kind, record->setting);
    struct step *more = reallocarray(steps->list, steps->count + 1, sizeof(*more));
    struct step *step;

    if (!more)
        return ajar_no_memory(err);
    steps->list = more;
    step = &more[steps->count];
    *step = (struct step){ .provider = catalog_find(record->kind) };
    if (!change_record_copy(record, &step->record, err))
        return false;
    steps->count++;
    step->setting = setting_at(setting, step->record.target);
    return note_moved(step, err, "%s is not one of its targets any more", record->target);
}

/* Adds what is not there any more: a controller that was taken out of service. */
static bool add_all_gone(const struct ajar_saved *saved, struct steps *steps,
                         struct ajar_error *err)
{
    for (size_t i = 0; i < saved->file.count; i++) {
        const struct change_record *record = &saved->file.changes[i].record;

        if (!is_there(steps, record, i) && !add_gone(saved, record, steps, err))
            return false;
    }
    return true;
}

/* What is shown of a plan that is not applied is what was planned; of something new, nothing was.
 */
static bool show_planned(struct step *step, const struct saved_change *saved,
                         struct ajar_error *err)
{
    struct change_record *record = &step->record;

    ajar_state_release(&record->before);
    if (!saved)
        return true;
    ajar_state_release(&record->wanted);
    return ajar_state_copy(&saved->record.before, &record->before, err) &&
           ajar_state_copy(&saved->record.wanted, &record->wanted, err) &&
           text_replace(&record->thing, saved->record.thing, err) &&
           text_replace(&record->action, saved->record.action, err);
}

/* A note stops nobody: so it is told while the run goes on. */
static void tell_notes(const struct window *window)
{
    for (size_t i = 0; i < window->steps.count; i++) {
        const struct change_record *record = &window->steps.list[i].record;

        if (record->note)
            run_tell(window->run, record->target, "%s: %s", record->setting, record->note);
    }
}

static enum saved_standing judge(const struct steps *steps)
{
    enum saved_standing standing = SAVED_FRESH;

    for (size_t i = 0; i < steps->count; i++) {
        if (steps->list[i].moved)
            return SAVED_STALE;
        if (!steps->list[i].now.known)
            standing = SAVED_UNREAD;
    }
    return standing;
}

bool saved_compare(const struct ajar_saved *saved, struct window *window,
                   enum saved_standing *ret_standing, struct ajar_error *err)
{
    struct steps *steps = &window->steps;
    enum saved_standing standing;

    for (size_t i = 0; i < steps->count; i++) {
        if (!compare_step(&steps->list[i], find_saved(&saved->file, &steps->list[i], i), err))
            return false;
    }
    if (!add_all_gone(saved, steps, err))
        return false;
    standing = judge(steps);
    for (size_t i = 0; i < steps->count && standing != SAVED_FRESH; i++) {
        if (!show_planned(&steps->list[i], find_saved(&saved->file, &steps->list[i], i), err))
            return false;
    }
    tell_notes(window);
    *ret_standing = standing;
    return true;
}

static size_t count_moved(const struct window *window)
{
    size_t moved = 0;

    for (size_t i = 0; i < window->steps.count; i++)
        moved += window->steps.list[i].moved ? 1 : 0;
    return moved;
}

void saved_judge_stale(struct ajar_report *report, const struct window *window)
{
    size_t moved = count_moved(window);

    report_say(report, AJAR_EXIT_STALE,
               report_text(report,
                           "the saved plan is stale: %zu of %zu %s not what %s when it was saved; "
                           "nothing was recorded or changed. Save it again: ajar plan PLAN --out "
                           "FILE",
                           moved, window->steps.count, moved == 1 ? "is" : "are",
                           moved == 1 ? "it was" : "they were"));
}

void saved_judge_unread(struct ajar_report *report, const struct window *window)
{
    (void)window;
    report_say(report, AJAR_EXIT_FAILED,
               "not everything could be read, so the saved plan cannot be compared with what is "
               "there; nothing was recorded or changed");
}

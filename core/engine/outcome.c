/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/outcome.h"

#include "base/text.h"
#include "engine/debt.h"
#include "engine/sharing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A report and all texts in it. */
struct report {
    struct ajar_report public; /* first: the one is the other */
    size_t text_count;
    char **texts;
};

bool report_new(struct ajar_report **ret_report, struct ajar_error *err)
{
    struct report *report = calloc(1, sizeof(*report));

    if (!report)
        return ajar_no_memory(err);
    *ret_report = &report->public;
    return true;
}

/* The report owns `text` from here on. NULL stays NULL. */
static const char *keep(struct ajar_report *public, char *text)
{
    struct report *report = (struct report *)public;
    char **more;

    if (!text)
        return NULL;
    more = reallocarray(report->texts, report->text_count + 1, sizeof(char *));
    if (!more) {
        free(text);
        return NULL;
    }
    report->texts = more;
    more[report->text_count++] = text;
    return text;
}

const char *report_text(struct ajar_report *report, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vasprintf(&text, format, arguments);
    va_end(arguments);
    return keep(report, size < 0 ? NULL : text);
}

bool report_remark(struct ajar_report *report, const char *line)
{
    const char **more =
        reallocarray(report->remarks, report->remark_count + 1, sizeof(*report->remarks));
    const char *kept = keep(report, text_copy(line));

    if (more)
        report->remarks = more;
    if (more && kept)
        more[report->remark_count++] = kept;
    return more && kept;
}

void report_say(struct ajar_report *report, enum ajar_exit exit, const char *summary)
{
    report->exit = exit;
    report->summary = summary;
}

/* Copies `source` into `slot`; NULL stays NULL. */
static bool tell(struct ajar_report *report, const char **slot, const char *source,
                 struct ajar_error *err)
{
    *slot = keep(report, text_copy(source));
    return !source || *slot || ajar_no_memory(err);
}

/* All values of a field that may stand more than once: "KB 322981; STIG V-254467". */
static bool tell_joined(struct ajar_report *report, const char **slot,
                        const struct setting *setting, const char *field, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    const struct ini_section *section = setting->section;

    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, field) == 0)
            text_format(&text, "%s%s", text.size ? "; " : "", section->fields[i].value);
    }
    return tell(report, slot, text.size ? text_peek(&text) : NULL, err);
}

static bool tell_state(struct ajar_report *report, const struct step *step,
                       const struct ajar_state *state, struct ajar_state *slot,
                       const char **phrase_slot, struct ajar_error *err)
{
    char *phrase = NULL;

    if (!ajar_state_copy(state, slot, err))
        return false;
    if (!state->known)
        phrase = text_copy("not known");
    else if (!step->provider->phrase(state, &phrase, err))
        return false;
    *phrase_slot = keep(report, phrase);
    return *phrase_slot || ajar_no_memory(err);
}

static bool tell_states(struct ajar_report *report, const struct step *step,
                        struct ajar_change *change, struct ajar_error *err)
{
    const struct change_record *record = &step->record;

    return tell_state(report, step, &record->before, &change->before, &change->before_phrase,
                      err) &&
           tell_state(report, step, &record->wanted, &change->wanted, &change->wanted_phrase,
                      err) &&
           tell_state(report, step, &step->now, &change->now, &change->now_phrase, err);
}

/* The trouble of this run, or else the one on record. */
static bool tell_trouble(struct ajar_report *report, const struct step *step,
                         struct ajar_change *change, struct ajar_error *err)
{
    const struct ajar_error *trouble = &step->trouble;
    bool fresh = trouble->status != AJAR_FINE;

    change->trouble = trouble->status;
    if (!fresh && step->record.trouble)
        change->trouble = ajar_status_from_name(step->record.trouble);
    return tell(report, &change->error, fresh ? trouble->text : step->record.error, err) &&
           tell(report, &change->hint, fresh ? trouble->hint : step->record.hint, err);
}

static const char *state_word(const struct change_record *record)
{
    return record->kept ? "kept" : change_state_name(record->state);
}

static bool tell_change(struct ajar_report *report, const struct window *window,
                        const struct step *step, struct ajar_change *change, struct ajar_error *err)
{
    const struct change_record *record = &step->record;
    const struct setting *setting = &step->setting;

    change->drifted = step->drifted;
    change->owed = record->owed;
    change->tries = record->tries;
    if (record->owed && debt_next_try(record) != DEBT_NEVER)
        change->next = debt_next_try(record);
    change->kept = record->kept;
    if (!ajar_state_copy(&step->evidence, &change->evidence, err) ||
        !tell(report, &change->moved, step->moved, err))
        return false;
    return tell(report, &change->setting, record->setting, err) &&
           tell(report, &change->kind, record->kind, err) &&
           tell(report, &change->target, record->target, err) &&
           tell(report, &change->thing, record->thing, err) &&
           tell(report, &change->action, step->action ? step->action : record->action, err) &&
           tell(report, &change->state, window->record.id ? state_word(record) : "planned", err) &&
           tell_states(report, step, change, err) && tell_trouble(report, step, change, err) &&
           tell(report, &change->takes_effect, setting_takes_effect(setting), err) &&
           tell(report, &change->waiting, record->waiting, err) &&
           tell(report, &change->note, record->note, err) &&
           tell(report, &change->why, setting_value(setting, "why"), err) &&
           tell(report, &change->risk, setting_value(setting, "risk"), err) &&
           tell_joined(report, &change->reference, setting, "reference", err);
}

void change_counts_add(struct ajar_change_counts *counts, const struct change_record *record)
{
    switch (record->state) {
    case CHANGE_INTENDED:
        counts->intended++;
        break;
    case CHANGE_APPLIED:
    case CHANGE_RESTORING:
        counts->applied++;
        break;
    case CHANGE_RESTORED:
        counts->restored++;
        break;
    case CHANGE_CONFLICT:
        if (record->kept)
            counts->kept++;
        else
            counts->conflict++;
        break;
    case CHANGE_UNKNOWN:
        counts->unknown++;
        break;
    case CHANGE_FAILED:
        counts->failed++;
        break;
    }
}

static bool tell_extensions(struct ajar_report *report, const struct window_record *record,
                            struct ajar_window *slot, struct ajar_error *err)
{
    slot->extensions = calloc(record->extension_count + 1, sizeof(*slot->extensions));
    if (!slot->extensions)
        return ajar_no_memory(err);
    for (size_t i = 0; i < record->extension_count; i++) {
        const struct extension_record *extension = &record->extensions[i];
        struct ajar_extension *told = &slot->extensions[slot->extension_count++];

        told->from = extension->from;
        told->until = extension->until;
        told->at = extension->at;
        if (!tell(report, &told->by, extension->by, err) ||
            !tell(report, &told->host, extension->host, err) ||
            !tell(report, &told->reason, extension->reason, err))
            return false;
    }
    return true;
}

static bool tell_window(struct ajar_report *report, const struct window *window,
                        struct ajar_window *slot, struct ajar_error *err)
{
    const struct window_record *record = &window->record;

    slot->toward_closed = record->toward_closed;
    slot->permanent = record->permanent;
    slot->opened = record->opened;
    slot->until = record->until;
    slot->closed = record->closed;
    slot->overdue = window_is_overdue(window);
    return tell(report, &slot->id, record->id, err) &&
           tell(report, &slot->plan, record->plan, err) &&
           tell(report, &slot->title, record->title, err) &&
           tell(report, &slot->state, record->id ? window_state_name(record->state) : "planned",
                err) &&
           tell(report, &slot->operator_name, record->operator_name, err) &&
           tell(report, &slot->host, record->host, err) &&
           tell(report, &slot->reason, record->reason, err) &&
           tell(report, &slot->ticket, record->ticket, err) &&
           tell(report, &slot->saved, record->saved, err) &&
           tell_extensions(report, record, slot, err);
}

static bool tell_requirement(struct ajar_report *report, const struct examination *examination,
                             const struct steps *steps, struct ajar_requirement *slot,
                             struct ajar_error *err)
{
    const struct requirement_record *record = &examination->record;

    return tell(report, &slot->name, record->name, err) &&
           tell(report, &slot->check, record->check, err) &&
           tell(report, &slot->target, record->target, err) &&
           tell(report, &slot->result, record->result, err) &&
           tell(report, &slot->reason, record->reason, err) &&
           tell(report, &slot->hint, record->hint, err) &&
           tell(report, &slot->despite, record->despite, err) &&
           tell(report, &slot->met_by, examination_met_by(examination, steps), err) &&
           tell(report, &slot->why, setting_value(examination->setting, "why"), err) &&
           tell_joined(report, &slot->reference, examination->setting, "reference", err);
}

/* The array belongs to the report, as its texts do. */
static bool tell_commands(struct ajar_report *report, const struct ini_section *section,
                          struct ajar_manual *slot, struct ajar_error *err)
{
    const char **commands = calloc(section->count + 1, sizeof(*commands));

    if (!commands || !keep(report, (char *)commands))
        return ajar_no_memory(err);
    slot->commands = commands;
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, "do") == 0 &&
            !tell(report, &commands[slot->count++], section->fields[i].value, err))
            return false;
    }
    return true;
}

bool report_tell_manual(struct ajar_report *report, const struct manual *manual,
                        struct ajar_manual *ret_manual, struct ajar_error *err)
{
    const struct setting *setting = manual->setting;
    struct ajar_manual slot = { .at = manual->record.at };

    if (!tell(report, &slot.name, manual->record.name, err) ||
        !tell(report, &slot.where, setting->where, err) ||
        !tell(report, &slot.when, manual->record.when, err) ||
        !tell(report, &slot.by, manual->record.by, err) ||
        !tell(report, &slot.why, setting_value(setting, "why"), err) ||
        !tell(report, &slot.risk, setting_value(setting, "risk"), err) ||
        !tell_joined(report, &slot.reference, setting, "reference", err) ||
        !tell_commands(report, setting->section, &slot, err))
        return false;
    *ret_manual = slot;
    return true;
}

static bool tell_notes(struct ajar_report *report, const struct window *window,
                       struct ajar_window *slot, struct ajar_error *err)
{
    slot->requirements = calloc(window->examinations.count + 1, sizeof(*slot->requirements));
    slot->manuals = calloc(window->manuals.count + 1, sizeof(*slot->manuals));
    if (!slot->requirements || !slot->manuals)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->examinations.count; i++) {
        if (!tell_requirement(report, &window->examinations.list[i], &window->steps,
                              &slot->requirements[slot->requirement_count++], err))
            return false;
    }
    for (size_t i = 0; i < window->manuals.count; i++) {
        if (!report_tell_manual(report, &window->manuals.list[i],
                                &slot->manuals[slot->manual_count++], err))
            return false;
    }
    return true;
}

static bool tell_approval(struct ajar_report *report, struct ajar_window *slot,
                          const struct approval_record *approval, const char *trouble,
                          struct ajar_error *err)
{
    struct ajar_approval *more =
        reallocarray(slot->approvals, slot->approval_count + 1, sizeof(*more));

    if (!more)
        return ajar_no_memory(err);
    slot->approvals = more;
    more += slot->approval_count++;
    *more = (struct ajar_approval){ .at = approval->at, .until = approval->until };
    return tell(report, &more->by, approval->by, err) && tell(report, &more->trouble, trouble, err);
}

bool report_add_approval(struct ajar_report *report, const struct approval_record *approval,
                         const char *trouble, struct ajar_error *err)
{
    return tell_approval(report, &report->windows[0], approval, trouble, err);
}

static bool tell_approvals(struct ajar_report *report, const struct window *window,
                           struct ajar_window *slot, struct ajar_error *err)
{
    for (size_t i = 0; i < window->approvals.count; i++) {
        if (!tell_approval(report, slot, &window->approvals.list[i], NULL, err))
            return false;
    }
    return true;
}

bool report_add(struct ajar_report *report, const struct window *window, struct ajar_error *err)
{
    struct ajar_window *more = reallocarray(report->windows, report->count + 1, sizeof(*more));
    struct ajar_window *slot;

    if (!more)
        return ajar_no_memory(err);
    report->windows = more;
    slot = &more[report->count++];
    *slot = (struct ajar_window){ 0 };
    slot->changes = calloc(window->steps.count + 1, sizeof(*slot->changes));
    if (!slot->changes)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->steps.count; i++) {
        slot->count++;
        if (!tell_change(report, window, &window->steps.list[i], &slot->changes[i], err))
            return false;
        change_counts_add(&slot->counts, &window->steps.list[i].record);
    }
    return tell_notes(report, window, slot, err) && tell_approvals(report, window, slot, err) &&
           tell_window(report, window, slot, err);
}

/* The arrays belong to the report, as their texts do. */
static bool tell_targets(struct ajar_report *report, const struct failures *failures,
                         struct ajar_failures *slot, struct ajar_error *err)
{
    const char **canaries = calloc(failures->count + 1, sizeof(*canaries));
    const char **failed = calloc(failures->count + 1, sizeof(*failed));
    bool kept = keep(report, (char *)canaries) != NULL;

    if (!keep(report, (char *)failed) || !kept)
        return ajar_no_memory(err);
    slot->canaries = canaries;
    slot->failed = failed;
    for (size_t i = 0; i < failures->count; i++) {
        const struct failing_target *target = &failures->targets[i];

        if ((target->canary && !tell(report, &canaries[slot->canary_count++], target->name, err)) ||
            (target->failed && !tell(report, &failed[slot->failed_count++], target->name, err)))
            return false;
    }
    return true;
}

bool report_add_failures(struct ajar_report *report, const struct window *window,
                         struct ajar_error *err)
{
    const struct failures *failures = &window->failures;

    if (!failures->watched)
        return true;
    report->failures = (struct ajar_failures){
        .rule = failures_rule_name(failures->rule),
        .target_count = failures->count,
        .limited = failures->limited,
        .tolerated = failures->tolerated,
        .acted = failures->acted,
        .begun = steps_count_begun(&window->steps),
        .undone = failures->undone ? steps_count_undone(&window->steps) : 0,
    };
    return tell_targets(report, failures, &report->failures, err);
}

static bool take_remark(void *user, const char *line)
{
    return report_remark(user, line);
}

static bool add_remarks(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err)
{
    return sharing_tell_standing(run->journal, take_remark, report, err) &&
           (!run_is_shared(run) || sharing_tell_common(run->journal, take_remark, report, err));
}

bool report_add_journal(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err)
{
    const struct repository_id *head = journal_head(run->journal);

    report->journal_entries = (size_t)journal_entries(run->journal);
    return tell(report, &report->journal_head, head->hex[0] ? head->hex : NULL, err) &&
           add_remarks(report, run, err);
}

static void release_change(struct ajar_change *change)
{
    ajar_state_release(&change->before);
    ajar_state_release(&change->wanted);
    ajar_state_release(&change->now);
    ajar_state_release(&change->evidence);
}

void ajar_report_free(struct ajar_report *public)
{
    struct report *report = (struct report *)public;

    if (!report)
        return;
    for (size_t i = 0; i < public->count; i++) {
        for (size_t j = 0; j < public->windows[i].count; j++)
            release_change(&public->windows[i].changes[j]);
        free(public->windows[i].changes);
        free(public->windows[i].requirements);
        free(public->windows[i].manuals);
        free(public->windows[i].extensions);
        free(public->windows[i].approvals);
    }
    free(public->windows);
    free(public->remarks);
    for (size_t i = 0; i < report->text_count; i++)
        free(report->texts[i]);
    free(report->texts);
    free(report);
}

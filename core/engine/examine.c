/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/examine_private.h"

#include "base/text.h"
#include "provider/catalog.h"

#include <string.h>

/* What one job of examinations_perform() works with. */
struct errand {
    struct examination *examination;
    struct setting setting;     /* the section, with what was added to it */
    struct ini_section section; /* its fields are borrowed, but for those that were added */
    size_t own;                 /* the fields from here on are the errand's */
};

static const char *const words[] = {
    [REQUIREMENT_UNKNOWN] = "unknown",
    [REQUIREMENT_PASS] = "pass",
    [REQUIREMENT_FAIL] = "fail",
};

bool examination_settle(struct examination *examination, const struct ajar_run *run,
                        enum requirement_result result, const char *reason, const char *hint,
                        struct ajar_error *err)
{
    struct requirement_record *record = &examination->record;

    record->at = run_now(run);
    return text_replace(&record->result, words[result], err) &&
           text_replace(&record->reason, reason, err) &&
           text_replace(&record->hint, hint && hint[0] ? hint : NULL, err);
}

bool examinations_append(struct examinations *examinations, const struct setting *setting,
                         const char *target, struct ajar_error *err)
{
    struct examination *more =
        reallocarray(examinations->list, examinations->count + 1, sizeof(*more));
    struct requirement_record *record;

    if (!more)
        return ajar_no_memory(err);
    examinations->list = more;
    more[examinations->count] = (struct examination){ .setting = setting };
    record = &more[examinations->count++].record;
    return text_replace(&record->name, setting_name(setting), err) &&
           text_replace(&record->check, setting_value(setting, "check"), err) &&
           text_replace(&record->target, target, err);
}

bool examinations_append_lost(struct ajar_run *run, struct examinations *examinations,
                              const struct setting *setting, const struct ajar_error *lost,
                              struct ajar_error *err)
{
    return examinations_append(examinations, setting, setting->where, err) &&
           examination_settle(&examinations->list[examinations->count - 1], run,
                              REQUIREMENT_UNKNOWN, lost->text, lost->hint, err);
}

/* One for each target; where these could not be found, one for the domain, which says so. */
static bool expand(struct ajar_run *run, const struct topology *topology,
                   const struct setting *setting, struct examinations *examinations,
                   struct ajar_error *err)
{
    struct ajar_error lost = AJAR_NO_ERROR;
    OWNED(host_list_release) struct host_list names = { 0 };

    if (!topology_list(topology, setting, &names, &lost))
        return examinations_append_lost(run, examinations, setting, &lost, err);
    for (size_t i = 0; i < names.count; i++) {
        if (!examinations_append(examinations, setting, names.names[i], err))
            return false;
    }
    return true;
}

/* Is a setting on hosts of this domain? */
static bool is_within(const struct setting *setting, const char *domain)
{
    const char *at = setting->where;
    const char *host = NULL;
    size_t tail = strlen(domain);
    size_t size;

    if (setting->place != PLACE_HOST)
        return strcmp(setting->where, domain) == 0;
    while ((size = setting_next_name(&at, &host)) > 0) {
        if (size > tail && host[size - tail - 1] == '.' &&
            strncmp(host + size - tail, domain, tail) == 0)
            return true;
    }
    return false;
}

static bool add_field(struct errand *errand, const char *name, char *value, struct ajar_error *err)
{
    struct ini_field *fields = errand->section.fields;

    fields[errand->section.count] = (struct ini_field){
        .name = text_copy(name),
        .value = value,
        .line = errand->section.line,
    };
    errand->section.count++;
    return fields[errand->section.count - 1].name || ajar_no_memory(err);
}

/* Tells the requirement which things of its kind the plan sets in its domain. */
static bool add_things(struct errand *errand, const struct ajar_plan *plan,
                       const struct requirement *requirement, struct ajar_error *err)
{
    const struct setting_list *settings = plan_settings(plan);

    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *setting = &settings->list[i];
        char *thing = NULL;

        if (strcmp(setting_kind(setting), requirement->told_kind) != 0 ||
            !is_within(setting, errand->setting.where))
            continue;
        if (!catalog_find(setting_kind(setting))->thing(setting, &thing, err) ||
            !add_field(errand, requirement->told_field, thing, err))
            return false;
    }
    return true;
}

static bool add_object(struct errand *errand, const char *object, struct ajar_error *err)
{
    char *copy = text_copy(object);

    return copy ? add_field(errand, "object", copy, err) : ajar_no_memory(err);
}

static bool fill(struct errand *errand, struct examination *examination,
                 const struct selection *selection, struct ajar_error *err)
{
    const struct ajar_plan *plan = selection->plan;
    const struct requirement *requirement = requirement_find(examination->record.check);
    const struct ini_section *section = examination->setting->section;
    size_t room = section->count + plan_settings(plan)->count + 1;

    *errand = (struct errand){
        .examination = examination,
        .setting = setting_at(examination->setting, examination->record.target),
        .section = *section,
        .own = section->count,
    };
    errand->section.fields = calloc(room + 1, sizeof(*section->fields));
    if (!errand->section.fields)
        return ajar_no_memory(err);
    memcpy(errand->section.fields, section->fields, section->count * sizeof(*section->fields));
    errand->setting.section = &errand->section;
    if (requirement->about_object && !add_object(errand, selection->object, err))
        return false;
    return !requirement->told_kind || add_things(errand, plan, requirement, err);
}

static void release_errands(struct errand *errands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = errands[i].own; j < errands[i].section.count; j++) {
            free(errands[i].section.fields[j].name);
            free(errands[i].section.fields[j].value);
        }
        free(errands[i].section.fields);
    }
    free(errands);
}

/* What could not be found out because of some trouble is not known. */
static bool take_finding(struct ajar_run *run, const struct job *job, struct ajar_error *err)
{
    const struct errand *errand = job->user;
    const struct ajar_error *trouble = &job->reply.error;
    const struct finding *finding = &job->reply.finding;

    if (job->state == JOB_SKIPPED)
        return ajar_fail(err, AJAR_EINTERRUPTED, "interrupted while reading");
    errand->examination->unasked = trouble->status != AJAR_FINE || !finding->reason;
    if (trouble->status != AJAR_FINE)
        return examination_settle(errand->examination, run, REQUIREMENT_UNKNOWN, trouble->text,
                                  trouble->hint, err);
    if (!finding->reason)
        return examination_settle(errand->examination, run, REQUIREMENT_UNKNOWN,
                                  "nothing came back", NULL, err);
    return examination_settle(errand->examination, run, finding->result, finding->reason,
                              finding->hint, err);
}

static void tell_sending(void *user, struct job *job)
{
    const struct errand *errand = job->user;

    run_tell(user, job->target, "checking %s", errand->examination->record.name);
}

static bool is_stopped(void *user)
{
    return run_is_interrupted(user);
}

static bool examine(struct ajar_run *run, const struct selection *selection,
                    struct examinations *examinations, struct errand *errands, struct job *jobs,
                    struct ajar_error *err)
{
    const struct fleet_watch watch = { .user = run,
                                       .interrupted = is_stopped,
                                       .sending = tell_sending };
    size_t count = 0;

    for (size_t i = 0; i < examinations->count; i++) {
        struct examination *examination = &examinations->list[i];

        if (examination->record.result)
            continue;
        if (!fill(&errands[count], examination, selection, err))
            return false;
        jobs[count] = (struct job){
            .target = examination->record.target,
            .is_domain = setting_is_on_domain(examination->setting),
            .aloof = requirement_find(examination->record.check)->aloof,
            .request = { .verb = VERB_EXAMINE, .setting = &errands[count].setting },
            .user = &errands[count],
        };
        count++;
    }
    if (!fleet_run(run->fleet, jobs, count, &watch, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!take_finding(run, &jobs[i], err))
            return false;
    }
    return true;
}

bool examinations_look(struct ajar_run *run, const struct selection *selection,
                       struct examinations *examinations, struct ajar_error *err)
{
    struct errand *errands = calloc(examinations->count + 1, sizeof(*errands));
    struct job *jobs = calloc(examinations->count + 1, sizeof(*jobs));
    bool ok = errands && jobs ? examine(run, selection, examinations, errands, jobs, err)
                              : ajar_no_memory(err);

    if (jobs)
        jobs_release(jobs, examinations->count);
    if (errands)
        release_errands(errands, examinations->count);
    free(jobs);
    return ok;
}

bool examinations_perform(struct ajar_run *run, const struct topology *topology,
                          const struct selection *selection, struct examinations *ret_examinations,
                          struct ajar_error *err)
{
    const struct setting_list *requirements = &selection->part.sections[PLAN_REQUIREMENT];
    OWNED(examinations_release) struct examinations examinations = { 0 };
    bool ok = true;

    if (selection->object)
        ok = examinations_expand_about(run, topology, selection, &examinations, err);
    for (size_t i = 0; ok && !selection->object && i < requirements->count; i++)
        ok = expand(run, topology, &requirements->list[i], &examinations, err);
    if (!ok || !examinations_look(run, selection, &examinations, err))
        return false;
    *ret_examinations = examinations;
    examinations = (struct examinations){ 0 };
    return true;
}

bool examinations_from_window(const struct journal_window *window, const struct ajar_plan *plan,
                              struct examinations *ret_examinations, struct ajar_error *err)
{
    OWNED(examinations_release) struct examinations examinations = { 0 };

    examinations.list = calloc(window->requirement_count + 1, sizeof(*examinations.list));
    if (!examinations.list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < window->requirement_count; i++) {
        const struct requirement_record *record = &window->requirements[i];
        struct examination *examination = &examinations.list[i];

        examination->setting = plan_section(plan, PLAN_REQUIREMENT, "require", record->name);
        if (!examination->setting)
            return ajar_fail(err, AJAR_EJOURNAL, "window %s: [require %s] is not in its plan",
                             window->window.id, record->name);
        if (!requirement_record_copy(record, &examination->record, err))
            return false;
        examinations.count++;
    }
    *ret_examinations = examinations;
    examinations = (struct examinations){ 0 };
    return true;
}

bool examinations_keep_despite(const struct examinations *old, struct examinations *fresh,
                               struct ajar_error *err)
{
    for (size_t i = 0; i < fresh->count; i++) {
        struct requirement_record *record = &fresh->list[i].record;

        for (size_t j = 0; j < old->count && record->despite; j++) {
            const struct requirement_record *first = &old->list[j].record;

            if (first->despite && strcmp(first->name, record->name) == 0 &&
                strcmp(first->target, record->target) == 0 &&
                !text_replace(&record->despite, first->despite, err))
                return false;
        }
    }
    return true;
}

bool examination_failed(const struct examination *examination)
{
    return strcmp(examination->record.result, words[REQUIREMENT_FAIL]) == 0;
}

static bool is_about_to_change(const struct steps *steps, const char *setting, const char *target)
{
    for (size_t i = 0; i < steps->count; i++) {
        const struct change_record *record = &steps->list[i].record;

        if (steps->list[i].now.known && strcmp(record->action, "none") != 0 &&
            strcmp(record->setting, setting) == 0 && strcmp(record->target, target) == 0)
            return true;
    }
    return false;
}

const char *examination_met_by(const struct examination *examination, const struct steps *steps)
{
    const struct ini_section *section = examination->setting->section;

    for (size_t i = 0; examination_failed(examination) && i < section->count; i++) {
        const struct ini_field *field = &section->fields[i];

        if (strcmp(field->name, "met-by") == 0 &&
            is_about_to_change(steps, field->value, examination->record.target))
            return field->value;
    }
    return NULL;
}

void examinations_release(struct examinations *examinations)
{
    for (size_t i = 0; i < examinations->count; i++)
        requirement_record_release(&examinations->list[i].record);
    free(examinations->list);
    *examinations = (struct examinations){ 0 };
}

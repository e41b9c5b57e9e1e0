/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requirements about one object that the operator names. A plan has them on all domains of a
 * forest, but the object is in one: first each domain is asked for it, then the requirements are
 * looked at in that one alone, and those of hosts on the hosts of that domain. That it is in none
 * of them, or in several, is said once, by the requirement that is about just this; the others
 * cannot be told then.
 */
#include "engine/examine_private.h"

#include "base/text.h"

#include <string.h>

/* How many domains say in their own words that they do not have it. */
#define MOST_REASONS 3

/* One requirement with its targets. */
struct subject {
    const struct setting *setting;
    struct host_list targets;
    bool lost; /* they could not be found: it has its result already */
};

struct search {
    struct ajar_run *run;
    const struct selection *selection;
    size_t count;
    struct subject *subjects;
    struct host_list domains; /* of all targets */
    struct ini *sections;     /* one requirement a domain: does it have the object? */
    struct setting *settings;
    struct examinations asked;
};

static void search_release(struct search *search)
{
    for (size_t i = 0; i < search->count; i++)
        host_list_release(&search->subjects[i].targets);
    free(search->subjects);
    host_list_release(&search->domains);
    examinations_release(&search->asked);
    free(search->settings);
    ini_free(search->sections);
    *search = (struct search){ 0 };
}
DEFINE_OWNED_STRUCT(struct search, search_release);

/* The domain of a target: itself, the domain whose role it has, or that in the host's name. */
static const char *domain_of(const struct setting *setting, const char *target)
{
    const char *dot = strchr(target, '.');

    if (setting_is_on_domain(setting))
        return target;
    if (setting->place == PLACE_PDC || setting->place == PLACE_CONTROLLERS)
        return setting->where;
    return dot ? dot + 1 : target;
}

static bool add_subject(struct search *search, const struct topology *topology,
                        const struct setting *setting, struct examinations *examinations,
                        struct ajar_error *err)
{
    struct subject *subject = &search->subjects[search->count++];
    struct ajar_error lost = AJAR_NO_ERROR;

    subject->setting = setting;
    subject->lost = !topology_list(topology, setting, &subject->targets, &lost);
    if (subject->lost)
        return examinations_append_lost(search->run, examinations, setting, &lost, err);
    for (size_t i = 0; i < subject->targets.count; i++) {
        if (!host_list_add(&search->domains, domain_of(setting, subject->targets.names[i]), err))
            return false;
    }
    return true;
}

/* Of the sort that the plan has. */
static bool write_questions(struct search *search, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1024 * 1024);
    const char *check = setting_value(search->subjects[0].setting, "check");

    for (size_t i = 0; i < search->domains.count; i++) {
        OWNED(free) char *on = text_make("domain %s", search->domains.names[i]);

        if (!on)
            return ajar_no_memory(err);
        ini_write_section(&text, "require", search->domains.names[i]);
        ini_write_field(&text, "on", on);
        ini_write_field(&text, "check", check);
        ini_write_field(&text, "must", "exists");
    }
    return ini_read("search", text_peek(&text), text.size, INI_RECORD, &search->sections, err);
}

static bool ask(struct search *search, struct ajar_error *err)
{
    if (!write_questions(search, err))
        return false;
    search->settings = calloc(search->domains.count + 1, sizeof(*search->settings));
    if (!search->settings)
        return ajar_no_memory(err);
    for (size_t i = 0; i < search->domains.count; i++) {
        struct setting *setting = &search->settings[i];

        setting->file = search->sections->file;
        setting->section = &search->sections->sections[i];
        setting_read_place(setting);
        if (!examinations_append(&search->asked, setting, search->domains.names[i], err))
            return false;
    }
    return examinations_look(search->run, search->selection, &search->asked, err);
}

static bool has_it(const struct examination *examination)
{
    return strcmp(examination->record.result, "pass") == 0;
}

/* What came of it. */
struct whereabouts {
    const char *home; /* the one domain that has it; NULL: none, several, or not known */
    enum requirement_result result; /* without a home: FAIL, or UNKNOWN */
    char *reason;
    const char *hint; /* or NULL */
};

static void whereabouts_release(struct whereabouts *whereabouts)
{
    free(whereabouts->reason);
    whereabouts->reason = NULL;
}
DEFINE_OWNED_STRUCT(struct whereabouts, whereabouts_release);

static bool tell_several(const struct search *search, struct whereabouts *whereabouts,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    const char *between = "";

    text_format(&text, "\"%s\" is in several domains: ", search->selection->object);
    for (size_t i = 0; i < search->asked.count; i++) {
        if (!has_it(&search->asked.list[i]))
            continue;
        text_format(&text, "%s%s", between, search->domains.names[i]);
        between = ", ";
    }
    whereabouts->result = REQUIREMENT_FAIL;
    whereabouts->hint = "say which one is meant, with its DN or its UPN";
    return text_take(&text, &whereabouts->reason, err);
}

/* A domain that could not be asked may have it. */
static bool tell_unasked(const struct search *search, const struct examination *unasked,
                         struct whereabouts *whereabouts, struct ajar_error *err)
{
    whereabouts->result = REQUIREMENT_UNKNOWN;
    whereabouts->hint = unasked->record.hint;
    whereabouts->reason =
        text_make("\"%s\" was not found, and %s could not be asked: %s", search->selection->object,
                  unasked->record.target, unasked->record.reason);
    return whereabouts->reason || ajar_no_memory(err);
}

static bool tell_nowhere(const struct search *search, struct whereabouts *whereabouts,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    size_t told = search->asked.count < MOST_REASONS ? search->asked.count : MOST_REASONS;

    for (size_t i = 0; i < told; i++)
        text_format(&text, "%s%s", i ? "; " : "", search->asked.list[i].record.reason);
    if (told < search->asked.count)
        text_format(&text, "; nor in %zu domains more", search->asked.count - told);
    whereabouts->result = REQUIREMENT_FAIL;
    whereabouts->hint = search->asked.list[0].record.hint;
    return text_take(&text, &whereabouts->reason, err);
}

static bool conclude(const struct search *search, struct whereabouts *whereabouts,
                     struct ajar_error *err)
{
    const struct examination *unasked = NULL;
    size_t found = 0;

    for (size_t i = 0; i < search->asked.count; i++) {
        const struct examination *examination = &search->asked.list[i];

        if (has_it(examination)) {
            whereabouts->home = search->domains.names[i];
            found++;
        }
        if (examination->unasked && !unasked)
            unasked = examination;
    }
    if (found == 1)
        return true;
    whereabouts->home = NULL;
    if (found > 1)
        return tell_several(search, whereabouts, err);
    return unasked ? tell_unasked(search, unasked, whereabouts, err)
                   : tell_nowhere(search, whereabouts, err);
}

/* The requirement that says where the object is not: the one that is about just this, or else the
 * first one. */
static const struct subject *find_speaker(const struct search *search)
{
    const struct subject *speaker = NULL;

    for (size_t i = 0; i < search->count; i++) {
        const struct subject *subject = &search->subjects[i];
        const char *must = setting_value(subject->setting, "must");

        if (subject->lost)
            continue;
        if (must && strcmp(must, "exists") == 0)
            return subject;
        if (!speaker)
            speaker = subject;
    }
    return speaker;
}

/* Once, not for each of its targets. */
static bool append_settled(const struct search *search, const struct subject *subject,
                           struct examinations *examinations, const struct whereabouts *verdict,
                           struct ajar_error *err)
{
    return examinations_append(examinations, subject->setting, subject->setting->where, err) &&
           examination_settle(&examinations->list[examinations->count - 1], search->run,
                              verdict->result, verdict->reason, verdict->hint, err);
}

static bool append_untold(const struct search *search, struct examinations *examinations,
                          const struct whereabouts *whereabouts, struct ajar_error *err)
{
    const struct subject *speaker = find_speaker(search);
    OWNED(free) char *see = NULL;

    for (size_t i = 0; i < search->count; i++) {
        const struct subject *subject = &search->subjects[i];
        struct whereabouts untold = { .result = REQUIREMENT_UNKNOWN };

        if (subject->lost)
            continue;
        if (!see)
            see = text_make("in which domain \"%s\" is, is not known: see %s",
                            search->selection->object, setting_name(speaker->setting));
        untold.reason = see;
        if (!see)
            return ajar_no_memory(err);
        if (!append_settled(search, subject, examinations,
                            subject == speaker ? whereabouts : &untold, err))
            return false;
    }
    return true;
}

static bool append_elsewhere(const struct search *search, const struct subject *subject,
                             const char *home, struct examinations *examinations,
                             struct ajar_error *err)
{
    OWNED(free)
    char *reason =
        text_make("\"%s\" is in %s, which has no target of this", search->selection->object, home);
    const struct whereabouts verdict = { .result = REQUIREMENT_UNKNOWN, .reason = reason };

    return reason ? append_settled(search, subject, examinations, &verdict, err)
                  : ajar_no_memory(err);
}

static bool append_at_home(const struct search *search, const char *home,
                           struct examinations *examinations, struct ajar_error *err)
{
    for (size_t i = 0; i < search->count; i++) {
        const struct subject *subject = &search->subjects[i];
        size_t before = examinations->count;

        for (size_t j = 0; j < subject->targets.count; j++) {
            const char *target = subject->targets.names[j];

            if (strcmp(domain_of(subject->setting, target), home) == 0 &&
                !examinations_append(examinations, subject->setting, target, err))
                return false;
        }
        if (!subject->lost && examinations->count == before &&
            !append_elsewhere(search, subject, home, examinations, err))
            return false;
    }
    return true;
}

bool examinations_expand_about(struct ajar_run *run, const struct topology *topology,
                               const struct selection *selection, struct examinations *examinations,
                               struct ajar_error *err)
{
    const struct setting_list *requirements = &selection->part.sections[PLAN_REQUIREMENT];
    OWNED(search_release) struct search search = { .run = run, .selection = selection };
    OWNED(whereabouts_release) struct whereabouts whereabouts = { 0 };

    search.subjects = calloc(requirements->count + 1, sizeof(*search.subjects));
    if (!search.subjects)
        return ajar_no_memory(err);
    for (size_t i = 0; i < requirements->count; i++) {
        if (!add_subject(&search, topology, &requirements->list[i], examinations, err))
            return false;
    }
    if (search.domains.count == 0) /* none of them is known */
        return true;
    if (!ask(&search, err) || !conclude(&search, &whereabouts, err))
        return false;
    return whereabouts.home ? append_at_home(&search, whereabouts.home, examinations, err)
                            : append_untold(&search, examinations, &whereabouts, err);
}

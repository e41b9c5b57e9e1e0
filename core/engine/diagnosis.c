/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/diagnosis.h"

#include <stdio.h>
#include <string.h>

void diagnosis_free(struct diagnosis *diagnosis)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;

    for (size_t i = 0; i < shown->count; i++)
        free((void *)(uintptr_t)shown->found[i].seen);
    for (size_t i = 0; i < diagnosis->name_count; i++)
        free(diagnosis->names[i]);
    free(diagnosis->names);
    free(shown->files);
    free(shown->found);
    free(shown->unknown);
    free(shown->events);
    for (size_t i = 0; i < shown->step_count; i++)
        free((void *)(uintptr_t)shown->steps[i].waiting);
    free(shown->steps);
    tally_release(&diagnosis->tally);
    free(diagnosis);
}

void ajar_diagnosis_free(struct ajar_diagnosis *diagnosis)
{
    if (diagnosis)
        diagnosis_free(diagnosis_of(diagnosis));
}

const char *diagnosis_keep(struct diagnosis *diagnosis, const char *text)
{
    char **more = reallocarray(diagnosis->names, diagnosis->name_count + 1, sizeof(*more));
    char *copy = more ? text_copy(text) : NULL;

    if (more)
        diagnosis->names = more;
    if (copy)
        more[diagnosis->name_count++] = copy;
    return copy;
}

/* How dates of this form and order look. */
static const char *date_words(const struct log_evidence *evidence, bool ambiguous,
                              enum log_order order)
{
    switch (evidence->form) {
    case LOG_YEAR_FIRST:
        return "year-month-day";
    case LOG_DOTTED:
        return "day.month.year";
    case LOG_SLASHED:
        return ambiguous                ? "day/month/year or month/day/year"
               : order == LOG_DAY_FIRST ? "day/month/year"
                                        : "month/day/year";
    case LOG_DASHED:
        return ambiguous                ? "day-month-year or month-day-year"
               : order == LOG_DAY_FIRST ? "day-month-year"
                                        : "month-day-year";
    }
    return NULL;
}

static void set_clock(struct diagnosis *diagnosis, const struct ajar_diagnose_options *options)
{
    struct ajar_log_clock *clock = &diagnosis->shown.clock;
    const struct log_evidence *evidence = &diagnosis->evidence;

    clock->seen = evidence->seen;
    clock->ambiguous = evidence->seen && !log_evidence_order(evidence, &diagnosis->order);
    clock->offset_given = options->offset_given;
    clock->utc_offset_seconds = options->offset_given ? options->utc_offset_seconds : 0;
    if (evidence->seen)
        clock->dates = date_words(evidence, clock->ambiguous, diagnosis->order);
}

static struct ajar_log_time show_time(const struct diagnosis *diagnosis,
                                      const struct log_date *date)
{
    const struct ajar_log_clock *clock = &diagnosis->shown.clock;
    struct ajar_log_time time = { .known = date->known };
    int64_t wall = date->wall[diagnosis->order];

    if (!date->known)
        return time;
    (void)snprintf(time.text, sizeof(time.text), "%s", date->text);
    time.placed = !clock->ambiguous && wall != LOG_NO_TIME;
    if (time.placed) {
        time.wall = wall;
        time.utc = wall - clock->utc_offset_seconds;
    }
    return time;
}

/* The earliest and the latest time of a group; where they cannot be compared, those of its first
 * and its last line. */
static void show_times(const struct diagnosis *diagnosis, const struct tally_group *group,
                       struct ajar_log_time *ret_first, struct ajar_log_time *ret_last)
{
    const struct log_date *first = &group->earliest[diagnosis->order];
    const struct log_date *last = &group->latest[diagnosis->order];
    bool compared = !diagnosis->shown.clock.ambiguous && first->known;

    *ret_first = show_time(diagnosis, compared ? first : &group->first.date);
    *ret_last = show_time(diagnosis, compared ? last : &group->last.date);
}

static void show_found(const struct diagnosis *diagnosis, const struct tally_group *group,
                       struct ajar_found *ret_found)
{
    const struct ajar_log_file *files = diagnosis->shown.files;
    struct ajar_found found = {
        .cause = &group->cause->shown,
        .count = group->count,
        .file = files[group->first.file].path,
        .first_line = group->first.line,
        .last_file = files[group->last.file].path,
        .last_line = group->last.line,
        .example = group->example,
        .account_count = group->distinct,
        .account_more = group->indistinct,
        .account_listed = group->listed,
        .accounts = (const char *const *)group->accounts,
    };

    show_times(diagnosis, group, &found.first, &found.last);
    *ret_found = found;
}

static void show_unknown(const struct diagnosis *diagnosis, const struct tally_group *group,
                         struct ajar_unknown *ret_unknown)
{
    const struct ajar_log_file *files = diagnosis->shown.files;
    struct ajar_unknown unknown = {
        .sign = group->sign,
        .severity = group->is_error ? AJAR_SEVERITY_ERROR : AJAR_SEVERITY_WARNING,
        .count = group->count,
        .file = files[group->first.file].path,
        .first_line = group->first.line,
        .last_file = files[group->last.file].path,
        .last_line = group->last.line,
        .example = group->example,
    };

    show_times(diagnosis, group, &unknown.first, &unknown.last);
    *ret_unknown = unknown;
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* By severity, then by number of lines, then in the order of the log. */
static int compare_found(const void *left, const void *right)
{
    const struct ajar_found *a = left;
    const struct ajar_found *b = right;
    int order = compare(a->cause->severity, b->cause->severity);

    order = order ? order : compare(b->count, a->count);
    order = order ? order : compare(a->first_line, b->first_line);
    return order ? order : strcmp(a->cause->name, b->cause->name);
}

static int compare_unknown(const void *left, const void *right)
{
    const struct ajar_unknown *a = left;
    const struct ajar_unknown *b = right;
    int order = compare(a->severity, b->severity);

    order = order ? order : compare(b->count, a->count);
    order = order ? order : compare(a->first_line, b->first_line);
    return order ? order : strcmp(a->sign, b->sign);
}

static bool show_groups(struct diagnosis *diagnosis, struct ajar_error *err)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;
    const struct tally *tally = &diagnosis->tally;

    shown->found = calloc(tally->knowledge->count + 1, sizeof(*shown->found));
    shown->unknown = calloc(tally->unknown_count + 1, sizeof(*shown->unknown));
    if (!shown->found || !shown->unknown)
        return ajar_no_memory(err);
    for (size_t i = 0; i < tally->knowledge->count; i++) {
        const struct tally_group *group = &tally->known[i];

        if (group->count == 0)
            continue;
        show_found(diagnosis, group, &shown->found[shown->count++]);
        shown->explained[group->cause->shown.severity] += group->count;
    }
    for (size_t i = 0; i < tally->unknown_count; i++) {
        show_unknown(diagnosis, &tally->unknown[i], &shown->unknown[shown->unknown_count++]);
        shown->unexplained += tally->unknown[i].count;
    }
    qsort(shown->found, shown->count, sizeof(*shown->found), compare_found);
    qsort(shown->unknown, shown->unknown_count, sizeof(*shown->unknown), compare_unknown);
    shown->unknown_more = tally->unknown_more;
    shown->unexplained += tally->unknown_more;
    return true;
}

static const struct ajar_found *find_found(const struct ajar_diagnosis *shown,
                                           const struct tally_group *group)
{
    for (size_t i = 0; group->cause && i < shown->count; i++) {
        if (shown->found[i].cause == &group->cause->shown)
            return &shown->found[i];
    }
    return NULL;
}

static const struct ajar_unknown *find_unknown(const struct ajar_diagnosis *shown,
                                               const struct tally_group *group)
{
    for (size_t i = 0; !group->cause && i < shown->unknown_count; i++) {
        if (shown->unknown[i].sign == group->sign)
            return &shown->unknown[i];
    }
    return NULL;
}

static bool show_events(struct diagnosis *diagnosis, struct ajar_error *err)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;
    const struct tally *tally = &diagnosis->tally;

    if (tally->event_count == 0)
        return true;
    shown->events = calloc(tally->event_count, sizeof(*shown->events));
    if (!shown->events)
        return ajar_no_memory(err);
    for (; shown->event_count < tally->event_count; shown->event_count++) {
        const struct tally_event *event = &tally->events[shown->event_count];

        shown->events[shown->event_count] = (struct ajar_log_event){
            .found = find_found(shown, event->group),
            .unknown = find_unknown(shown, event->group),
            .time = show_time(diagnosis, &event->place.date),
            .file = shown->files[event->place.file].path,
            .line = event->place.line,
            .text = event->text,
            .account = event->account,
        };
    }
    shown->event_more = tally->event_more;
    return true;
}

static bool show(struct diagnosis *diagnosis, const struct ajar_diagnose_options *options,
                 struct ajar_error *err)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;

    set_clock(diagnosis, options);
    for (size_t i = 0; i < shown->file_count; i++)
        shown->lines += shown->files[i].lines;
    if (!show_groups(diagnosis, err) || !show_events(diagnosis, err))
        return false;
    shown->quiet = shown->lines - shown->unexplained;
    for (size_t i = 0; i < AJAR_SEVERITIES; i++)
        shown->quiet -= shown->explained[i];
    diagnosis->tally.marks = NULL;
    return true;
}

/* The name of a log without the number in front of its suffix: "Migration" of
 * "logs/Migration0001.log". */
static void split_name(const char *path, size_t *ret_stem, unsigned long *ret_number)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    const char *end = dot && dot > name ? dot : name + strlen(name);
    const char *digits = end;

    while (digits > name && digits[-1] >= '0' && digits[-1] <= '9' && end - digits < 9)
        digits--;
    *ret_stem = (size_t)(digits - path);
    *ret_number = digits < end ? strtoul(digits, NULL, 10) + 1 : 0;
}

struct numbered {
    const char *path;
    size_t given;  /* where it stood */
    size_t family; /* where the first file stood that differs in the number alone */
    unsigned long number;
};

static int compare_numbered(const void *left, const void *right)
{
    const struct numbered *a = left;
    const struct numbered *b = right;
    int order = compare(a->family, b->family);

    order = order ? order : compare(a->number, b->number);
    return order ? order : compare(a->given, b->given);
}

static void number_files(const char *const *paths, struct numbered *files, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t stem;

        files[i] = (struct numbered){ .path = paths[i], .given = i, .family = i };
        split_name(paths[i], &stem, &files[i].number);
        for (size_t j = 0; j < i; j++) {
            unsigned long number;
            size_t other;

            split_name(paths[j], &other, &number);
            if (stem == other && strncmp(paths[i], paths[j], stem) == 0) {
                files[i].family = j;
                break;
            }
        }
    }
    qsort(files, count, sizeof(*files), compare_numbered);
}

static bool diagnosis_begin(const struct ajar_knowledge *knowledge, size_t files,
                            const struct tally_marks *marks, struct diagnosis **ret_diagnosis,
                            struct ajar_error *err)
{
    OWNED(diagnosis_free) struct diagnosis *diagnosis = calloc(1, sizeof(*diagnosis));

    if (!diagnosis)
        return ajar_no_memory(err);
    diagnosis->shown.files = calloc(files + 1, sizeof(*diagnosis->shown.files));
    if (!diagnosis->shown.files)
        return ajar_no_memory(err);
    if (!tally_init(&diagnosis->tally, knowledge, marks, err))
        return false;
    *ret_diagnosis = diagnosis;
    diagnosis = NULL;
    return true;
}

static bool read_files(struct diagnosis *diagnosis, struct log_reading *reading,
                       const struct numbered *files, size_t count, struct ajar_error *err)
{
    struct ajar_diagnosis *shown = &diagnosis->shown;

    for (size_t i = 0; i < count; i++) {
        const char *path = diagnosis_keep(diagnosis, files[i].path);

        if (!path)
            return ajar_no_memory(err);
        if (!log_reading_file(reading, path, &shown->files[i], err))
            return false;
        shown->file_count++;
    }
    diagnosis->evidence = reading->evidence;
    return true;
}

bool diagnosis_read(const struct ajar_knowledge *knowledge,
                    const struct ajar_diagnose_options *options, const struct tally_marks *marks,
                    struct diagnosis **ret_diagnosis, struct ajar_error *err)
{
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(log_reading_release) struct log_reading reading = { 0 };
    OWNED(free) struct numbered *files = NULL;
    size_t count = 0;

    while (options->files[count])
        count++;
    files = calloc(count + 1, sizeof(*files));
    if (!files)
        return ajar_no_memory(err);
    number_files(options->files, files, count);
    if (!diagnosis_begin(knowledge, count, marks, &diagnosis, err) ||
        !log_reading_init(&reading, knowledge, &diagnosis->tally, err) ||
        !read_files(diagnosis, &reading, files, count, err) || !show(diagnosis, options, err))
        return false;
    *ret_diagnosis = diagnosis;
    diagnosis = NULL;
    return true;
}

bool diagnosis_read_bytes(const struct ajar_knowledge *knowledge, const char *name,
                          const void *bytes, size_t size, struct diagnosis **ret_diagnosis,
                          struct ajar_error *err)
{
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(log_reading_release) struct log_reading reading = { 0 };
    struct ajar_diagnose_options options = { 0 };

    if (!diagnosis_begin(knowledge, 1, NULL, &diagnosis, err) ||
        !log_reading_init(&reading, knowledge, &diagnosis->tally, err) ||
        !log_reading_bytes(&reading, name, bytes, size, &diagnosis->shown.files[0], err))
        return false;
    diagnosis->shown.file_count = 1;
    diagnosis->evidence = reading.evidence;
    if (!show(diagnosis, &options, err))
        return false;
    *ret_diagnosis = diagnosis;
    diagnosis = NULL;
    return true;
}

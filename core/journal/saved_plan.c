/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One INI text, in this order and nothing besides:
 *
 *     # what the file is
 *     [saved-plan]                          format first, right below
 *     [change 1] [before 1] [wanted 1] [evidence 1]     the last only when there is some
 *     [change 2] ...
 *     [requirement 1] ...
 *     [plan] ...                            the plan's own text, to the byte
 *     [seal]
 *     sha256 = <of every byte in front of this line>
 *
 * A reader goes by what people can do about it: is it one at all; of a format that this ajar knows;
 * whole; unaltered; and only then, what does it say. What fails behind the seal was never written
 * by saved_plan_to_text().
 */
#include "journal/saved_plan.h"

#include "base/clock.h"
#include "base/file.h"
#include "journal/record_private.h"
#include "model/state_record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FORMAT  "1"
#define HEAD    4096 /* where the first section begins, at the latest */
#define COMMENT "# A plan that ajar saved: ajar show FILE, ajar approve FILE, ajar apply FILE.\n"
#define SEAL    "\n[seal]\n"
#define DIGITS  64

static const char heading[] = "[saved-plan]";
static const char seal_field[] = "sha256 = ";

static const struct field_rule saved_fields[] = {
    { .name = "by", .type = FIELD_TEXT, .required = true },
    { .name = "host", .type = FIELD_TEXT, .required = true },
    { .name = "version", .type = FIELD_TEXT, .required = true },
    { 0 },
};
static const size_t saved_texts[] = {
    offsetof(struct saved_plan, by),
    offsetof(struct saved_plan, host),
    offsetof(struct saved_plan, tool_version),
};
static const struct field_rule saved_moments[] = {
    { .name = "format", .type = FIELD_CHOICE, .required = true, .choices = FORMAT },
    { .name = "made", .type = FIELD_TEXT, .required = true },
    { .name = "toward", .type = FIELD_CHOICE, .required = true, .choices = "open closed" },
    { 0 },
};

static const struct record_texts of_saved = { saved_fields, saved_texts, LENGTH(saved_texts) };

void saved_plan_release(struct saved_plan *saved)
{
    record_release_texts(saved, &of_saved);
    free(saved->file);
    free(saved->plan);
    for (size_t i = 0; i < saved->count; i++) {
        change_record_release(&saved->changes[i].record);
        ajar_state_release(&saved->changes[i].evidence);
    }
    free(saved->changes);
    for (size_t i = 0; i < saved->requirement_count; i++)
        requirement_record_release(&saved->requirements[i]);
    free(saved->requirements);
    *saved = (struct saved_plan){ 0 };
}

/* The first line that is neither empty nor a comment; NULL when there is none. */
static const char *first_line(const char *text, size_t size)
{
    const char *end = text + size;

    while (text < end && (*text == '#' || *text == ';' || *text == '\n')) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        text = newline ? newline + 1 : end;
    }
    return text < end ? text : NULL;
}

static bool begins(const char *line, const char *end, const char *with)
{
    size_t size = strlen(with);

    return line && (size_t)(end - line) >= size && memcmp(line, with, size) == 0;
}

static bool is_saved(const char *text, size_t size)
{
    return begins(first_line(text, size), text + size, heading);
}

bool saved_plan_is(const char *path)
{
    OWNED(close) int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    char head[HEAD];
    struct stat found;
    ssize_t got;

    if (descriptor < 0 || fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode))
        return false;
    got = read(descriptor, head, sizeof(head));
    return got > 0 && is_saved(head, (size_t)got);
}

static bool write_heading(struct text *text, const struct saved_plan *saved, struct ajar_error *err)
{
    if (!record_check_texts(saved, &of_saved, err))
        return false;
    text_append(text, COMMENT);
    ini_write_section(text, "saved-plan", "");
    ini_write_field(text, "format", FORMAT);
    ini_write_field(text, "made", clock_write_time(saved->made).at);
    record_write_texts(text, saved, &of_saved);
    ini_write_field(text, "toward", saved->toward_closed ? "closed" : "open");
    return true;
}

/* "before 3" */
struct numbered {
    char at[40];
};

static struct numbered number(const char *kind, size_t i)
{
    struct numbered numbered;

    (void)snprintf(numbered.at, sizeof(numbered.at), "%s %zu", kind, i + 1);
    return numbered;
}

/* A plan is about what is known: what could not be read cannot be held against anything later. */
static bool check_states(const struct saved_change *change, struct ajar_error *err)
{
    const struct change_record *record = &change->record;

    if (!record->before.known || !record->wanted.known)
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: nobody knows what it is changed %s",
                         record->kind, record->setting, record->target,
                         record->before.known ? "to" : "from");
    return record_check_state("before", &record->before, err) &&
           record_check_state("wanted", &record->wanted, err) &&
           record_check_state("evidence", &change->evidence, err);
}

static bool write_change(struct text *text, const struct saved_change *change, size_t i,
                         struct ajar_error *err)
{
    if (!check_states(change, err) ||
        !record_write_identity(text, number("change", i).at, &change->record, err))
        return false;
    state_record_write(text, number("before", i).at, &change->record.before);
    state_record_write(text, number("wanted", i).at, &change->record.wanted);
    if (change->evidence.known)
        state_record_write(text, number("evidence", i).at, &change->evidence);
    return true;
}

static bool write_all(struct text *text, const struct saved_plan *saved, struct ajar_error *err)
{
    if (!write_heading(text, saved, err))
        return false;
    for (size_t i = 0; i < saved->count; i++) {
        if (!write_change(text, &saved->changes[i], i, err))
            return false;
    }
    for (size_t i = 0; i < saved->requirement_count; i++) {
        if (!record_write_requirement(text, number("requirement", i).at, &saved->requirements[i],
                                      err))
            return false;
    }
    text_format(text, "\n%s", saved->plan ? saved->plan : "");
    text_append(text, SEAL);
    return true;
}

bool saved_plan_to_text(const struct saved_plan *saved, char **ret_text, struct sha256 *ret_seal,
                        struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);
    OWNED(saved_plan_release) struct saved_plan back = { 0 };
    OWNED(free) char *whole = NULL;
    struct sha256 seal;

    if (!write_all(&text, saved, err))
        return false;
    seal = sha256_of(text_peek(&text), text.size);
    text_format(&text, "%s%s\n", seal_field, seal.hex);
    if (!text_take(&text, &whole, err))
        return false;
    if (!saved_plan_from_text("the plan to be saved", whole, strlen(whole), &back, err)) {
        (void)record_blame(err);
        return false;
    }
    *ret_text = whole;
    *ret_seal = seal;
    whole = NULL;
    return true;
}

bool saved_plan_check_place(const char *path, struct ajar_error *err)
{
    struct stat found;

    if (lstat(path, &found) != 0)
        return errno == ENOENT ||
               ajar_fail(err, AJAR_EUSAGE, "%s: a plan cannot be saved there: %s", path,
                         strerror(errno));
    if (S_ISREG(found.st_mode) && saved_plan_is(path))
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "%s is there already, and is no saved plan", path);
    return ajar_hint(err, "it would be lost: name another file, or remove it first");
}

bool saved_plan_write(const char *path, const struct saved_plan *saved, struct sha256 *ret_seal,
                      struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    struct sha256 seal;

    if (!saved_plan_check_place(path, err) || !saved_plan_to_text(saved, &text, &seal, err) ||
        !file_write(path, text, strlen(text), 0644, err))
        return false;
    *ret_seal = seal;
    return true;
}

static bool refuse_altered(const char *file, const char *how, struct ajar_error *err)
{
    (void)ajar_fail(err, AJAR_EPLAN, "%s: it was changed after it was saved: %s", file, how);
    return ajar_hint(err, "save it again: ajar plan PLAN --out FILE");
}

/* A format of later may have another seal, too. */
static bool check_format(const char *file, const char *text, size_t size, struct ajar_error *err)
{
    const char *line = first_line(text, size);
    const char *end = text + size;
    const char *newline = line ? memchr(line, '\n', (size_t)(end - line)) : NULL;
    const char *format;

    if (!begins(newline, end, "\nformat = "))
        return refuse_altered(file, "it does not say its format", err);
    format = newline + strlen("\nformat = ");
    newline = memchr(format, '\n', (size_t)(end - format));
    if (newline && (size_t)(newline - format) == strlen(FORMAT) && begins(format, end, FORMAT))
        return true;
    if (!newline || newline == format || newline - format > 10 ||
        strspn(format, "0123456789") != (size_t)(newline - format))
        return refuse_altered(file, "it does not say its format", err);
    (void)ajar_fail(err, AJAR_EPLAN,
                    "%s: a saved plan of format %.*s; this ajar reads format " FORMAT, file,
                    (int)(newline - format), format);
    return ajar_hint(err, "use the ajar that saved it, or one that is later");
}

/* Where the line of the seal begins: the last one, and nothing behind it. NULL: there is none. */
static const char *find_seal(const char *text, size_t size)
{
    size_t line = strlen(seal_field) + DIGITS + 1;
    const char *at;

    if (size < line + strlen(SEAL))
        return NULL;
    at = text + size - line;
    return memcmp(at - strlen(SEAL), SEAL, strlen(SEAL)) == 0 &&
                   memcmp(at, seal_field, strlen(seal_field)) == 0 && text[size - 1] == '\n'
               ? at
               : NULL;
}

static bool check_seal(const char *file, const char *text, size_t size, struct sha256 *ret_seal,
                       struct ajar_error *err)
{
    const char *at = find_seal(text, size);
    struct sha256 seal;

    if (!at)
        return refuse_altered(file, "it does not end with its seal", err);
    seal = sha256_of(text, (size_t)(at - text));
    if (memcmp(at + strlen(seal_field), seal.hex, DIGITS) != 0)
        return refuse_altered(file, "its seal does not match", err);
    *ret_seal = seal;
    return true;
}

/* A reader of sections, one after the other. */
struct cursor {
    const struct ini *ini;
    size_t at;
};

/* The section that is next if it is this one ("before", 3), and the cursor goes behind it; else
 * NULL. */
static const struct ini_section *next(struct cursor *cursor, const char *kind, size_t i)
{
    const struct ini_section *section = &cursor->ini->sections[cursor->at];

    if (cursor->at >= cursor->ini->count || strcmp(section->kind, kind) != 0 ||
        strcmp(section->name, number("", i).at + 1) != 0)
        return NULL;
    cursor->at++;
    return section;
}

static bool read_heading(const struct ini *ini, struct saved_plan *saved, struct ajar_error *err)
{
    const struct ini_section *section = ini->sections;

    if (!schema_check(ini->file, section, saved_fields, saved_moments, err) ||
        !record_read_texts(section, saved, &of_saved, err) ||
        !record_read_time(ini, section, "made", &saved->made, err))
        return false;
    saved->toward_closed = strcmp(ini_value(section, "toward"), "closed") == 0;
    return true;
}

static bool read_state(struct cursor *cursor, const char *kind, size_t i, struct ajar_state *state,
                       struct ajar_error *err)
{
    const struct ini_section *section = next(cursor, kind, i);
    const struct ini *ini = cursor->ini;

    if (!section)
        return ajar_fail(err, AJAR_EPLAN, "%s: [%s] is missing", ini->file, number(kind, i).at);
    return record_check_facts(ini, section, err) &&
           state_record_read(ini->file, section, state, err);
}

/* The place for the i-th of them; NULL when there is no memory. */
static void *with_room(void *array, size_t i, size_t size)
{
    return reallocarray(array, i + 1, size);
}

static bool read_change(struct cursor *cursor, const struct ini_section *section,
                        struct saved_plan *saved, struct ajar_error *err)
{
    size_t i = saved->count;
    struct saved_change *changes = with_room(saved->changes, i, sizeof(*changes));
    struct saved_change *change;

    if (!changes)
        return ajar_no_memory(err);
    saved->changes = changes;
    change = &changes[saved->count++];
    *change = (struct saved_change){ .record = { .state = CHANGE_INTENDED, .at = saved->made } };
    if (!record_read_identity(cursor->ini, section, &change->record, err) ||
        !read_state(cursor, "before", i, &change->record.before, err) ||
        !read_state(cursor, "wanted", i, &change->record.wanted, err))
        return false;
    if (cursor->at < cursor->ini->count &&
        strcmp(cursor->ini->sections[cursor->at].kind, "evidence") == 0 &&
        !read_state(cursor, "evidence", i, &change->evidence, err))
        return false;
    return check_states(change, err) || ajar_while(err, "%s:%d", cursor->ini->file, section->line);
}

static bool read_requirement(const struct ini *ini, const struct ini_section *section,
                             struct saved_plan *saved, struct ajar_error *err)
{
    struct requirement_record *requirements =
        with_room(saved->requirements, saved->requirement_count, sizeof(*requirements));

    if (!requirements)
        return ajar_no_memory(err);
    saved->requirements = requirements;
    requirements[saved->requirement_count] = (struct requirement_record){ 0 };
    return record_read_requirement(ini, section, &requirements[saved->requirement_count++], err);
}

/* The lines from `first` on, without the one of the seal and the empty one in front of it. */
static bool take_plan(const char *text, size_t size, int first, struct saved_plan *saved,
                      struct ajar_error *err)
{
    const char *end = find_seal(text, size) - strlen(SEAL);

    for (int line = 1; line < first; line++)
        text = (const char *)memchr(text, '\n', (size_t)(end - text)) + 1;
    saved->plan = text_copy_bytes(text, (size_t)(end - text));
    return saved->plan || ajar_no_memory(err);
}

/* Behind the changes and the requirements stands the plan; it ends where the seal begins. */
static bool find_plan(const struct cursor *cursor, int *ret_line, struct ajar_error *err)
{
    const struct ini *ini = cursor->ini;
    const struct ini_section *plan = &ini->sections[cursor->at];

    if (cursor->at >= ini->count || strcmp(plan->kind, "plan") != 0 || *plan->name)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: [plan] is missing behind the changes", ini->file,
                         ini->sections[cursor->at < ini->count ? cursor->at : ini->count - 1].line);
    *ret_line = plan->line;
    return true;
}

static bool read_all(const struct ini *ini, const char *text, size_t size, struct saved_plan *saved,
                     struct ajar_error *err)
{
    struct cursor cursor = { .ini = ini, .at = 1 };
    const struct ini_section *section;
    int line = 0;

    if (!read_heading(ini, saved, err))
        return false;
    while ((section = next(&cursor, "change", saved->count))) {
        if (!read_change(&cursor, section, saved, err))
            return false;
    }
    while ((section = next(&cursor, "requirement", saved->requirement_count))) {
        if (!read_requirement(ini, section, saved, err))
            return false;
    }
    return find_plan(&cursor, &line, err) && take_plan(text, size, line, saved, err);
}

/* What is wrong in a saved plan is wrong in a file of the operator's. */
static bool blame_file(struct ajar_error *err)
{
    if (err->status != AJAR_ESYSTEM)
        err->status = AJAR_EPLAN;
    return false;
}

bool saved_plan_from_text(const char *file, const char *text, size_t size,
                          struct saved_plan *ret_saved, struct ajar_error *err)
{
    OWNED(saved_plan_release) struct saved_plan saved = { .file = text_copy(file) };
    OWNED(ini_free) struct ini *ini = NULL;

    if (!saved.file)
        return ajar_no_memory(err);
    if (!is_saved(text, size)) {
        (void)ajar_fail(err, AJAR_EPLAN, "%s: %s", file,
                        size == 0 ? "it is empty" : "this is no saved plan");
        return ajar_hint(err, "a plan is saved with ajar plan PLAN --out FILE");
    }
    if (!check_format(file, text, size, err) || !check_seal(file, text, size, &saved.seal, err))
        return false;
    if (!ini_read(file, text, size, INI_RECORD, &ini, err) ||
        !read_all(ini, text, size, &saved, err))
        return blame_file(err);
    *ret_saved = saved;
    saved = (struct saved_plan){ 0 };
    return true;
}

bool saved_plan_read(const char *path, struct saved_plan *ret_saved, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };

    if (!file_read(path, RECORD_CEILING, &bytes, err)) {
        err->status = AJAR_EPLAN;
        return false;
    }
    return saved_plan_from_text(path, bytes.size > 0 ? (const char *)bytes.at : "", bytes.size,
                                ret_saved, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a plan file to a plan. A file that says `use = NAME` builds on another one, which is read
 * first: its parameters are declared and its settings stand before this file's own. A file's
 * [parameters] and [skip] speak of everything read so far. At the end the values from the command
 * line are set, each text is filled in, and only then judged: a parameter can be wrong, too.
 */
#include "model/plan_private.h"

#include "base/clock.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

#define DEEPEST_USE     8
#define MOST_APPROVALS  9
#define SECTION_CEILING 1000

struct reader {
    const struct plan_kind *kinds;
    const char *folder; /* of the shipped plans, or NULL */
    struct ajar_plan *plan;
    const char *permanent; /* of [plan], or NULL; it may name parameters */
    struct origin permanent_at;
    int depth;
};

static const struct field_rule plan_fields[] = {
    { .name = "name", .type = FIELD_NAME, .required = true },
    { .name = "title", .type = FIELD_TEXT },
    { .name = "reference", .type = FIELD_TEXT },
    { .name = "longest-window", .type = FIELD_DURATION },
    { .name = "approvals", .type = FIELD_TEXT },
    { .name = "permanent", .type = FIELD_TEXT },
    { .name = "use", .type = FIELD_TEXT },
    { 0 },
};

/* What [plan] says besides in the journal. */
static const struct field_rule recorded_fields[] = {
    { .name = "toward", .type = FIELD_CHOICE, .choices = "closed" },
    { 0 },
};

static const struct field_rule parameter_fields[] = {
    { .name = "about", .type = FIELD_TEXT, .required = true },
    { .name = "default", .type = FIELD_ANY },
    { 0 },
};

static const struct field_rule skip_fields[] = {
    { .name = "settings", .type = FIELD_TEXT, .required = true, .repeatable = true },
    { 0 },
};

static bool refuse_kind(const struct reader *reader, const struct ini *ini,
                        const struct ini_section *section, struct ajar_error *err)
{
    OWNED(text_release) struct text known = TEXT_UP_TO(300);

    for (const struct plan_kind *kind = reader->kinds; kind->kind; kind++)
        text_format(&known, ", [%s NAME]", kind->kind);
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: unknown section [%s%s%s]; known are [plan], [parameter NAME], "
                     "[parameters], [skip]%s",
                     ini->file, section->line, section->kind, section->name[0] ? " " : "",
                     section->name, text_peek(&known));
}

static bool add_section(struct reader *reader, const struct ini *ini,
                        const struct ini_section *section, struct ajar_error *err)
{
    const struct plan_kind *kind = plan_find_kind(reader->kinds, section->kind);
    struct setting_list *sections = &reader->plan->sections[kind->role];
    const struct setting *other =
        plan_section(reader->plan, kind->role, section->kind, section->name);
    struct setting *more;

    if (!schema_is_name(section->name))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [%s %s] needs a name of lower-case letters, digits and hyphens",
                         ini->file, section->line, section->kind, section->name);
    if (other)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [%s %s] stands already in %s:%d; give it another name, or leave "
                         "that one out with [skip]",
                         ini->file, section->line, section->kind, section->name, other->file,
                         other->section->line);
    if (sections->count >= SECTION_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: more than %d sections; split the plan", ini->file,
                         section->line, SECTION_CEILING);
    more = reallocarray(sections->list, sections->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    sections->list = more;
    more[sections->count++] = (struct setting){ .file = ini->file, .section = section };
    return true;
}

static bool declare_parameter(struct reader *reader, const struct ini *ini,
                              const struct ini_section *section, struct ajar_error *err)
{
    return schema_check(ini->file, section, parameter_fields, NULL, err) &&
           parameters_declare(&reader->plan->parameters,
                              (struct origin){ ini->file, ini_line(section, "default") },
                              section->name, ini_value(section, "about"),
                              ini_value(section, "default"), err);
}

static bool fill_parameters(struct reader *reader, const struct ini *ini,
                            const struct ini_section *section, struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_field *field = &section->fields[i];

        if (!parameters_set(&reader->plan->parameters, (struct origin){ ini->file, field->line },
                            field->name, field->value, err))
            return false;
    }
    return true;
}

/* Takes the sections called `name` (of `size` bytes) out of the list, whatever their kind. */
static bool skip_in(struct setting_list *sections, const char *name, size_t size)
{
    size_t count = sections->count;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        const char *known = setting_name(&sections->list[i]);

        if (strlen(known) != size || memcmp(known, name, size) != 0)
            sections->list[kept++] = sections->list[i];
    }
    sections->count = kept;
    return kept != count;
}

static bool skip_name(struct ajar_plan *plan, const char *name, size_t size)
{
    bool skipped = false;

    for (int role = 0; role < PLAN_ROLES; role++)
        skipped = skip_in(&plan->sections[role], name, size) || skipped;
    return skipped;
}

static bool skip_settings(struct reader *reader, const struct ini *ini,
                          const struct ini_section *section, struct ajar_error *err)
{
    if (!schema_check(ini->file, section, skip_fields, NULL, err))
        return false;
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_field *field = &section->fields[i];

        for (const char *at = field->value; *at; at += strspn(at, ", ")) {
            size_t size = strcspn(at, ", ");

            if (size > 0 && !skip_name(reader->plan, at, size))
                return ajar_fail(
                    err, AJAR_EPLAN,
                    "%s:%d: nothing is called \"%.*s\" that could be skipped; name one of a plan "
                    "that this one uses, or of this file",
                    ini->file, field->line, (int)size, at);
            at += size;
        }
    }
    return true;
}

static bool read_file(struct reader *reader, const char *path, struct ajar_error *err);

/* A `use` names a plan beside this one, or a shipped one; the suffix may be left out. */
static bool use_plan(struct reader *reader, const struct ini *ini, const char *name, int line,
                     struct ajar_error *err)
{
    const char *slash = strrchr(ini->file, '/');
    int folder = slash && name[0] != '/' ? (int)(slash - ini->file) + 1 : 0;
    const char *suffix = strstr(name, ".ini") ? "" : ".ini";
    OWNED(free) char *path = text_make("%.*s%s%s", folder, ini->file, name, suffix);

    if (path && access(path, R_OK) != 0 && reader->folder && !strchr(name, '/')) {
        free(path);
        path = text_make("%s/%s%s", reader->folder, name, suffix);
    }
    if (!path)
        return ajar_no_memory(err);
    if (reader->depth >= DEEPEST_USE)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: use = %s goes round in a circle, or too deep",
                         ini->file, line, name);
    if (access(path, R_OK) != 0)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: the plan that is used, \"%s\", cannot be read: %s", ini->file,
                         line, path, strerror(errno));
    return read_file(reader, path, err);
}

/* [plan] of the outermost file names the plan; what it does not say comes from the one it uses. */
static bool take_heading(struct ajar_plan *plan, const struct ini_section *section,
                         struct ajar_error *err)
{
    const struct {
        const char *field;
        char **slot;
    } texts[] = { { "name", &plan->name },
                  { "title", &plan->title },
                  { "reference", &plan->reference } };
    const char *longest = ini_value(section, "longest-window");

    plan->toward_closed = ini_value(section, "toward") != NULL;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        const char *value = ini_value(section, texts[i].field);

        if (!value)
            continue;
        free(*texts[i].slot);
        *texts[i].slot = text_copy(value);
        if (!*texts[i].slot)
            return ajar_no_memory(err);
    }
    return !longest || clock_read_duration(longest, 1, INT32_MAX, &plan->longest_window, err);
}

static bool take_approvals(struct ajar_plan *plan, const struct ini *ini,
                           const struct ini_section *section, struct ajar_error *err)
{
    const char *value = ini_value(section, "approvals");

    if (!value)
        return true;
    if (value[0] < '0' || value[0] > '0' + MOST_APPROVALS || value[1])
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: approvals = \"%.80s\" is not right: how many are needed is a "
                         "number from 0 to %d",
                         ini->file, ini_line(section, "approvals"), value, MOST_APPROVALS);
    plan->approvals = (unsigned)(value[0] - '0');
    return true;
}

static bool note_permanent(struct reader *reader, const struct ini *ini,
                           const struct ini_section *section)
{
    const char *permanent = ini_value(section, "permanent");

    if (!permanent)
        return true;
    reader->permanent = permanent;
    reader->permanent_at = (struct origin){ ini->file, ini_line(section, "permanent") };
    return true;
}

/* Once the parameters are settled. */
static bool resolve_permanent(struct reader *reader, struct ajar_error *err)
{
    OWNED(free) char *word = NULL;

    if (!reader->permanent)
        return true;
    if (!parameters_fill(&reader->plan->parameters, reader->permanent_at, reader->permanent, &word,
                         err))
        return false;
    reader->plan->permanent = strcmp(word, "yes") == 0;
    return reader->plan->permanent || strcmp(word, "no") == 0 ||
           ajar_fail(err, AJAR_EPLAN, "%s:%d: permanent = \"%.80s\" is not right: it is yes or no",
                     reader->permanent_at.file, reader->permanent_at.line, word);
}

static bool read_heading(struct reader *reader, const struct ini *ini, struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, "plan", "");
    const char *use;

    if (!section)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:1: a plan file needs a section [plan] with a field \"name\"",
                         ini->file);
    if (!schema_check(ini->file, section, plan_fields, NULL, err))
        return false;
    use = ini_value(section, "use");
    return (!use || use_plan(reader, ini, use, ini_line(section, "use"), err)) &&
           take_heading(reader->plan, section, err) &&
           take_approvals(reader->plan, ini, section, err) && note_permanent(reader, ini, section);
}

static bool read_section(struct reader *reader, const struct ini *ini,
                         const struct ini_section *section, struct ajar_error *err)
{
    static const struct {
        const char *kind;
        bool named;
        bool (*read)(struct reader *, const struct ini *, const struct ini_section *,
                     struct ajar_error *);
    } known[] = {
        { "plan", false, NULL }, /* read_heading() */
        { "parameter", true, declare_parameter },
        { "parameters", false, NULL }, /* once all are declared */
        { "skip", false, NULL },       /* once all settings are there */
    };

    for (size_t i = 0; i < LENGTH(known); i++) {
        if (strcmp(section->kind, known[i].kind) == 0 && known[i].named == (section->name[0] != 0))
            return !known[i].read || known[i].read(reader, ini, section, err);
    }
    if (!plan_find_kind(reader->kinds, section->kind))
        return refuse_kind(reader, ini, section, err);
    return add_section(reader, ini, section, err);
}

static bool keep_file(struct ajar_plan *plan, struct ini *ini, struct ajar_error *err)
{
    struct ini **more = reallocarray(plan->files, plan->file_count + 1, sizeof(struct ini *));

    if (!more) {
        ini_free(ini);
        return ajar_no_memory(err);
    }
    plan->files = more;
    more[plan->file_count++] = ini;
    return true;
}

static bool has_setting(const struct ajar_plan *plan, const char *name)
{
    const struct setting_list *settings = &plan->sections[PLAN_SETTING];

    for (size_t i = 0; i < settings->count; i++) {
        if (strcmp(setting_name(&settings->list[i]), name) == 0)
            return true;
    }
    return false;
}

/* What a requirement is met by has to be there, before anything is skipped. */
static bool check_met_by(const struct reader *reader, const struct ini *ini, struct ajar_error *err)
{
    const struct setting_list *requirements = &reader->plan->sections[PLAN_REQUIREMENT];

    for (size_t i = 0; i < requirements->count; i++) {
        const struct ini_section *section = requirements->list[i].section;

        for (size_t j = 0; requirements->list[i].file == ini->file && j < section->count; j++) {
            const struct ini_field *field = &section->fields[j];

            if (strcmp(field->name, "met-by") == 0 && !has_setting(reader->plan, field->value))
                return ajar_fail(err, AJAR_EPLAN,
                                 "%s:%d: met-by: no setting is called \"%s\"; name one of this "
                                 "plan, or of one that it uses",
                                 ini->file, field->line, field->value);
        }
    }
    return true;
}

static bool read_sections(struct reader *reader, const struct ini *ini, struct ajar_error *err)
{
    const struct ini_section *values = ini_find(ini, "parameters", "");
    const struct ini_section *skip = ini_find(ini, "skip", "");

    for (size_t i = 0; i < ini->count; i++) {
        if (!read_section(reader, ini, &ini->sections[i], err))
            return false;
    }
    return check_met_by(reader, ini, err) &&
           (!values || fill_parameters(reader, ini, values, err)) &&
           (!skip || skip_settings(reader, ini, skip, err));
}

static bool read_file(struct reader *reader, const char *path, struct ajar_error *err)
{
    struct ini *ini = NULL;
    bool ok;

    if (!ini_read_file(path, INI_PLAIN, &ini, err) || !keep_file(reader->plan, ini, err))
        return false;
    reader->depth++;
    ok = read_heading(reader, ini, err) && read_sections(reader, ini, err);
    reader->depth--;
    return ok;
}

static bool resolve(struct reader *reader, const char *const *sets, struct ajar_error *err)
{
    struct ajar_plan *plan = reader->plan;
    size_t found = 0;

    for (; sets && *sets; sets++) {
        if (!parameters_set_word(&plan->parameters, *sets, err))
            return false;
    }
    if (!parameters_settle(&plan->parameters, err) || !resolve_permanent(reader, err))
        return false;
    for (int role = 0; role < PLAN_ROLES; role++) {
        for (size_t i = 0; i < plan->sections[role].count; i++) {
            if (!plan_resolve_section(plan, reader->kinds, &plan->sections[role].list[i], err))
                return false;
        }
        found += plan->sections[role].count;
    }
    if (found == 0)
        return ajar_fail(err, AJAR_EPLAN, "%s:1: the plan has no settings; add one, like [%s NAME]",
                         plan->files[0]->file, reader->kinds->kind);
    return true;
}

/* PLAN on the command line: a file, or the bare name of a shipped plan. */
static bool find_file(const struct ajar_plan_source *source, char **ret_path,
                      struct ajar_error *err)
{
    bool bare = !strchr(source->path, '/') && !strstr(source->path, ".ini");
    char *path = bare && source->folder && access(source->path, R_OK) != 0
                     ? text_make("%s/%s.ini", source->folder, source->path)
                     : text_copy(source->path);

    if (!path)
        return ajar_no_memory(err);
    *ret_path = path;
    return true;
}

bool plan_read(const struct ajar_plan_source *source, const struct plan_kind *kinds,
               struct ajar_plan **ret_plan, struct ajar_error *err)
{
    OWNED(ajar_plan_free) struct ajar_plan *plan = calloc(1, sizeof(*plan));
    struct reader reader = { .kinds = kinds, .folder = source->folder, .plan = plan };
    OWNED(free) char *path = NULL;

    if (!plan)
        return ajar_no_memory(err);
    if (!find_file(source, &path, err))
        return false;
    if (!read_file(&reader, path, err)) {
        if (plan->file_count > 0)
            return false;
        return ajar_hint(err, "PLAN is a file, or the bare name of a plan "
                              "that comes with ajar, such as "
                              "admt-password-migration");
    }
    if (!source->outline && !resolve(&reader, source->sets, err))
        return false;
    *ret_plan = plan;
    plan = NULL;
    return true;
}

/* The parameters of a recorded plan are only told, not filled in again. */
static bool tell_parameters(struct reader *reader, const struct ini *ini,
                            const struct ini_section *section, struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_field *field = &section->fields[i];

        if (!parameters_tell(&reader->plan->parameters, (struct origin){ ini->file, field->line },
                             field->name, field->value, err))
            return false;
    }
    return true;
}

static bool take_recorded(struct reader *reader, const struct ini *ini,
                          const struct ini_section *section, struct ajar_error *err)
{
    const struct plan_kind *kind = plan_find_kind(reader->kinds, section->kind);
    struct setting_list *sections;

    if (strcmp(section->kind, "plan") == 0)
        return schema_check(ini->file, section, plan_fields, recorded_fields, err) &&
               take_heading(reader->plan, section, err) &&
               take_approvals(reader->plan, ini, section, err) &&
               note_permanent(reader, ini, section) && resolve_permanent(reader, err);
    if (strcmp(section->kind, "parameters") == 0)
        return tell_parameters(reader, ini, section, err);
    if (!kind)
        return refuse_kind(reader, ini, section, err);
    if (!add_section(reader, ini, section, err))
        return false;
    sections = &reader->plan->sections[kind->role];
    return plan_judge_section(reader->kinds, &sections->list[sections->count - 1], err);
}

bool plan_from_record(const char *file, const char *text, const struct plan_kind *kinds,
                      struct ajar_plan **ret_plan, struct ajar_error *err)
{
    OWNED(ajar_plan_free) struct ajar_plan *plan = calloc(1, sizeof(*plan));
    struct reader reader = { .kinds = kinds, .plan = plan };
    struct ini *ini = NULL;

    if (!plan)
        return ajar_no_memory(err);
    if (!ini_read(file, text, strlen(text), INI_RECORD, &ini, err) || !keep_file(plan, ini, err))
        return false;
    for (size_t i = 0; i < ini->count; i++) {
        if (!take_recorded(&reader, ini, &ini->sections[i], err))
            return false;
    }
    *ret_plan = plan;
    plan = NULL;
    return true;
}

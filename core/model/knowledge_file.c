/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a knowledge file to causes and probes. What a file says of causes of another file is looked
 * up when all are there.
 */
#include "model/knowledge.h"

#include "model/schema.h"

#include <string.h>

#define CAUSE_CEILING 1000

static const struct field_rule heading_fields[] = {
    { .name = "name", .type = FIELD_NAME, .required = true },
    { .name = "title", .type = FIELD_TEXT, .required = true },
    { .name = "sign", .type = FIELD_TEXT, .repeatable = true },
    { .name = "account", .type = FIELD_TEXT, .repeatable = true },
    { 0 },
};

static const char kinds[] = "admt script password-sync-log any";

static const struct field_rule cause_fields[] = {
    { .name = "title", .type = FIELD_TEXT, .required = true },
    { .name = "in", .type = FIELD_CHOICE, .repeatable = true, .choices = kinds },
    { .name = "id", .type = FIELD_TEXT, .repeatable = true },
    { .name = "text", .type = FIELD_TEXT, .repeatable = true },
    { .name = "status", .type = FIELD_TEXT, .repeatable = true },
    { .name = "account", .type = FIELD_CHOICE, .choices = "above" },
    { .name = "severity",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "error warning notice fine" },
    { .name = "means", .type = FIELD_TEXT, .required = true },
    { .name = "bears-on", .type = FIELD_TEXT, .repeatable = true },
    { .name = "step", .type = FIELD_TEXT, .repeatable = true },
    { .name = "reference", .type = FIELD_TEXT, .repeatable = true },
    { .name = "unconfirmed", .type = FIELD_TEXT },
    { .name = "before", .type = FIELD_NAME, .repeatable = true },
    { 0 },
};

/* A field of a cause that is being read. */
struct reading {
    struct ajar_knowledge *knowledge;
    const struct ini *ini;
    const struct ini_section *section;
    const struct ini_field *field;
    struct knowledge_cause *cause;
};

static bool refuse(const struct reading *r, const char *right, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: %s = \"%.80s\" is not right: %s", r->ini->file,
                     r->field->line, r->field->name, r->field->value, right);
}

static bool add_probe(struct ajar_knowledge *knowledge, struct probe probe, struct ajar_error *err)
{
    struct probe *more = reallocarray(knowledge->probes, knowledge->probe_count + 1, sizeof(*more));

    if (!more) {
        log_pattern_release(&probe.pattern);
        return ajar_no_memory(err);
    }
    knowledge->probes = more;
    more[knowledge->probe_count++] = probe;
    return true;
}

static bool add_text(const struct reading *r, struct probe probe, const char *text,
                     struct ajar_error *err)
{
    if (!log_pattern_read(text, &probe.pattern, err)) {
        if (err->status != AJAR_EPLAN)
            return false;
        return ajar_while(err, "%s:%d: %s = \"%.80s\" is not right", r->ini->file, r->field->line,
                          r->field->name, r->field->value);
    }
    return add_probe(r->knowledge, probe, err);
}

static size_t cause_number(const struct reading *r)
{
    return (size_t)(r->cause - r->knowledge->causes);
}

static bool read_in(const struct reading *r, struct ajar_error *err)
{
    (void)err;
    /* "any" has no bit; one of them makes the whole cause go for any. */
    r->cause->kinds |= log_kind_from_name(r->field->value);
    return true;
}

static bool read_id(const struct reading *r, struct ajar_error *err)
{
    size_t digits = strspn(r->field->value, "0123456789");
    unsigned *more;

    if (digits < 3 || digits > 5 || r->field->value[digits])
        return refuse(r, "a message number has 3 to 5 digits, like 7557", err);
    more = reallocarray(r->cause->ids, r->cause->id_count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    r->cause->ids = more;
    more[r->cause->id_count++] = (unsigned)strtoul(r->field->value, NULL, 10);
    return true;
}

static bool read_text(const struct reading *r, struct ajar_error *err)
{
    return add_text(r, (struct probe){ .sort = PROBE_TEXT, .cause = cause_number(r) },
                    r->field->value, err);
}

static bool read_status(const struct reading *r, struct ajar_error *err)
{
    const char *value = r->field->value;

    if (value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] ||
        strlen(value) < 3)
        return refuse(r, "a status is one word of letters, like FilteredByTarget", err);
    return add_probe(
        r->knowledge,
        (struct probe){ .sort = PROBE_STATUS, .cause = cause_number(r), .status = value }, err);
}

/* Adds to a list that the cause shows. */
static bool add_line(const char ***list, size_t *count, const char *line, struct ajar_error *err)
{
    const char **more = reallocarray(*list, *count + 1, sizeof(*more));

    if (!more)
        return ajar_no_memory(err);
    *list = more;
    more[(*count)++] = line;
    return true;
}

static bool read_step(const struct reading *r, struct ajar_error *err)
{
    struct ajar_cause *shown = &r->cause->shown;

    return add_line(&r->cause->steps, &shown->step_count, r->field->value, err);
}

static bool read_reference(const struct reading *r, struct ajar_error *err)
{
    struct ajar_cause *shown = &r->cause->shown;

    return add_line(&r->cause->references, &shown->reference_count, r->field->value, err);
}

/* A copy of a part of a field, which the knowledge frees. */
static const char *keep_name(struct ajar_knowledge *knowledge, const char *at, size_t size)
{
    char **more = reallocarray(knowledge->names, knowledge->name_count + 1, sizeof(*more));

    if (!more)
        return NULL;
    knowledge->names = more;
    more[knowledge->name_count] = text_copy_bytes(at, size);
    return more[knowledge->name_count] ? more[knowledge->name_count++] : NULL;
}

static bool add_bearing(const struct reading *r, const struct ajar_bearing *bearing,
                        struct ajar_error *err)
{
    struct ajar_cause *shown = &r->cause->shown;
    struct ajar_bearing *more;

    if (!bearing->plan || !bearing->kind || !bearing->name)
        return ajar_no_memory(err);
    if (!schema_is_name(bearing->plan) || !schema_is_name(bearing->kind) ||
        !schema_is_name(bearing->name))
        return refuse(r, "it is PLAN: KIND NAME, KIND NAME", err);
    more = reallocarray(r->cause->bearings, shown->bearing_count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    r->cause->bearings = more;
    more[shown->bearing_count++] = *bearing;
    return true;
}

/* "admt-password-migration: registry restrict-anonymous, permission read-sam-server" */
static bool read_bearing(const struct reading *r, struct ajar_error *err)
{
    struct ajar_knowledge *knowledge = r->knowledge;
    const char *at = r->field->value;
    size_t size = strcspn(at, ":");
    const char *plan = keep_name(knowledge, at, size);

    if (!at[size] || !at[size + 1])
        return refuse(r, "it is PLAN: KIND NAME, KIND NAME", err);
    for (at += size + 1; *at;) {
        struct ajar_bearing bearing = { .plan = plan };

        at += strspn(at, " ");
        size = strcspn(at, " ,");
        bearing.kind = keep_name(knowledge, at, size);
        at += size + strspn(at + size, " ");
        size = strcspn(at, " ,");
        bearing.name = keep_name(knowledge, at, size);
        at += size + strspn(at + size, " ");
        if (!add_bearing(r, &bearing, err))
            return false;
        if (*at && *at++ != ',')
            return refuse(r, "it is PLAN: KIND NAME, KIND NAME", err);
    }
    return true;
}

static bool read_fields(struct reading *r, struct ajar_error *err)
{
    static const struct {
        const char *name;
        bool (*read)(const struct reading *, struct ajar_error *);
    } readers[] = {
        { "in", read_in },
        { "id", read_id },
        { "text", read_text },
        { "status", read_status },
        { "step", read_step },
        { "reference", read_reference },
        { "bears-on", read_bearing },
    };

    for (size_t i = 0; i < r->section->count; i++) {
        r->field = &r->section->fields[i];
        for (size_t j = 0; j < LENGTH(readers); j++) {
            if (strcmp(readers[j].name, r->field->name) == 0 && !readers[j].read(r, err))
                return false;
        }
    }
    return true;
}

/* Does one of its `in` say "any"? */
static bool is_for_any(const struct ini_section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, "in") == 0 &&
            strcmp(section->fields[i].value, "any") == 0)
            return true;
    }
    return false;
}

static enum ajar_severity severity_from_name(const char *name)
{
    enum ajar_severity severity = AJAR_SEVERITY_ERROR;

    while (severity < AJAR_SEVERITY_FINE && strcmp(ajar_severity_name(severity), name) != 0)
        severity++;
    return severity;
}

/* What a cause must have beyond what the table of fields says. */
static bool check_cause(const struct reading *r, struct ajar_error *err)
{
    const struct ajar_cause *shown = &r->cause->shown;
    bool shows = ini_value(r->section, "text") || ini_value(r->section, "status");

    if (!shows && r->cause->id_count == 0)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [cause %s] needs something that shows it: a field \"text\", "
                         "\"id\" or \"status\"",
                         r->ini->file, r->section->line, r->section->name);
    if (shown->severity <= AJAR_SEVERITY_WARNING && shown->step_count == 0 &&
        shown->bearing_count == 0)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [cause %s] needs a next step: a field \"step\" or \"bears-on\"",
                         r->ini->file, r->section->line, r->section->name);
    r->cause->by_id = !shows;
    return true;
}

static const struct knowledge_cause *find_cause(const struct ajar_knowledge *knowledge,
                                                const char *name)
{
    for (size_t i = 0; i < knowledge->count; i++) {
        if (strcmp(knowledge->causes[i].shown.name, name) == 0)
            return &knowledge->causes[i];
    }
    return NULL;
}

/* A fresh cause at the end of the list. */
static bool add_cause(struct reading *r, struct ajar_error *err)
{
    struct ajar_knowledge *knowledge = r->knowledge;
    const struct knowledge_cause *other = find_cause(knowledge, r->section->name);
    struct knowledge_cause *more;

    if (!schema_is_name(r->section->name))
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [cause %s] needs a name of lower-case letters, digits and hyphens",
                         r->ini->file, r->section->line, r->section->name);
    if (other)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:%d: [cause %s] stands already in %s:%d; give it another name",
                         r->ini->file, r->section->line, r->section->name, other->ini->file,
                         other->section->line);
    if (knowledge->count == CAUSE_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: more than %d causes", r->ini->file,
                         r->section->line, CAUSE_CEILING);
    more = reallocarray(knowledge->causes, knowledge->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    knowledge->causes = more;
    r->cause = &more[knowledge->count++];
    *r->cause = (struct knowledge_cause){ .ini = r->ini, .section = r->section };
    return true;
}

static bool read_cause(struct reading *r, struct ajar_error *err)
{
    const struct ini_section *heading = ini_find(r->ini, "diagnose", "");
    struct ajar_cause *shown;

    if (!schema_check(r->ini->file, r->section, cause_fields, NULL, err) || !add_cause(r, err))
        return false;
    shown = &r->cause->shown;
    shown->name = r->section->name;
    shown->file = ini_value(heading, "name");
    shown->file_title = ini_value(heading, "title");
    shown->title = ini_value(r->section, "title");
    shown->means = ini_value(r->section, "means");
    shown->unconfirmed = ini_value(r->section, "unconfirmed");
    shown->severity = severity_from_name(ini_value(r->section, "severity"));
    r->cause->account_above = ini_value(r->section, "account") != NULL;
    if (!read_fields(r, err) || !check_cause(r, err))
        return false;
    if (is_for_any(r->section))
        r->cause->kinds = 0;
    shown->steps = r->cause->steps;
    shown->references = r->cause->references;
    shown->bearings = r->cause->bearings;
    return true;
}

/* "script: Password sync channel status" */
static bool read_sign(const struct reading *r, struct ajar_error *err)
{
    const char *value = r->field->value;
    const char *colon = strchr(value, ':');
    OWNED(free) char *kind = colon ? text_copy_bytes(value, (size_t)(colon - value)) : NULL;
    struct probe probe = { .sort = PROBE_KIND };

    if (colon && !kind)
        return ajar_no_memory(err);
    probe.kind = kind ? log_kind_from_name(kind) : 0;
    if (probe.kind == 0)
        return refuse(r, "it is KIND: TEXT, with a kind of log: admt, script or password-sync-log",
                      err);
    return add_text(r, probe, colon + 1, err);
}

static bool read_heading(struct reading *r, struct ajar_error *err)
{
    r->section = ini_find(r->ini, "diagnose", "");
    if (!r->section)
        return ajar_fail(err, AJAR_EPLAN,
                         "%s:1: a file of knowledge needs a section [diagnose] with the fields "
                         "\"name\" and \"title\"",
                         r->ini->file);
    if (!schema_check(r->ini->file, r->section, heading_fields, NULL, err))
        return false;
    for (size_t i = 0; i < r->section->count; i++) {
        r->field = &r->section->fields[i];
        if (strcmp(r->field->name, "sign") == 0 && !read_sign(r, err))
            return false;
        if (strcmp(r->field->name, "account") != 0)
            continue;
        if (!strstr(r->field->value, "{account}"))
            return refuse(r, "it needs {account} where the account stands", err);
        if (!add_text(r, (struct probe){ .sort = PROBE_ACCOUNT }, r->field->value, err))
            return false;
    }
    return true;
}

static bool read_section(struct reading *r, struct ajar_error *err)
{
    if (strcmp(r->section->kind, "diagnose") == 0 && !r->section->name[0])
        return true;
    if (strcmp(r->section->kind, "cause") == 0 && r->section->name[0])
        return read_cause(r, err);
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: unknown section [%s%s%s]; known are [diagnose] and [cause NAME]",
                     r->ini->file, r->section->line, r->section->kind,
                     r->section->name[0] ? " " : "", r->section->name);
}

bool knowledge_add(struct ajar_knowledge *knowledge, struct ini *ini, struct ajar_error *err)
{
    struct ini **more =
        reallocarray(knowledge->files, knowledge->file_count + 1, sizeof(struct ini *));
    struct reading r = { .knowledge = knowledge, .ini = ini };

    if (!more) {
        ini_free(ini);
        return ajar_no_memory(err);
    }
    knowledge->files = more;
    more[knowledge->file_count++] = ini;
    if (!read_heading(&r, err))
        return false;
    for (size_t i = 0; i < ini->count; i++) {
        r.section = &ini->sections[i];
        if (!read_section(&r, err))
            return false;
    }
    return true;
}

/* Which causes does this one count instead of? */
static bool find_before(struct ajar_knowledge *knowledge, struct knowledge_cause *cause,
                        struct ajar_error *err)
{
    for (size_t i = 0; i < cause->section->count; i++) {
        const struct ini_field *field = &cause->section->fields[i];
        const struct knowledge_cause *other;
        size_t *more;

        if (strcmp(field->name, "before") != 0)
            continue;
        other = find_cause(knowledge, field->value);
        if (!other || other == cause)
            return ajar_fail(err, AJAR_EPLAN,
                             "%s:%d: before = \"%.60s\" is not right: it is the name of another "
                             "[cause NAME]",
                             cause->ini->file, field->line, field->value);
        more = reallocarray(cause->before, cause->before_count + 1, sizeof(*more));
        if (!more)
            return ajar_no_memory(err);
        cause->before = more;
        more[cause->before_count++] = (size_t)(other - knowledge->causes);
    }
    return true;
}

static bool is_before(const struct knowledge_cause *cause, size_t other)
{
    for (size_t i = 0; i < cause->before_count; i++) {
        if (cause->before[i] == other)
            return true;
    }
    return false;
}

static bool check_before(const struct ajar_knowledge *knowledge, size_t number,
                         struct ajar_error *err)
{
    const struct knowledge_cause *cause = &knowledge->causes[number];

    for (size_t i = 0; i < cause->before_count; i++) {
        const struct knowledge_cause *other = &knowledge->causes[cause->before[i]];

        if (is_before(other, number))
            return ajar_fail(err, AJAR_EPLAN,
                             "%s:%d: [cause %s] and [cause %s] are each before the other; keep one",
                             cause->ini->file, ini_line(cause->section, "before"),
                             cause->shown.name, other->shown.name);
    }
    return true;
}

static bool show_causes(struct ajar_knowledge *knowledge, struct ajar_error *err)
{
    knowledge->shown = calloc(knowledge->count + 1, sizeof(*knowledge->shown));
    if (!knowledge->shown)
        return ajar_no_memory(err);
    for (size_t i = 0; i < knowledge->count; i++)
        knowledge->shown[i] = &knowledge->causes[i].shown;
    return true;
}

bool knowledge_finish(struct ajar_knowledge *knowledge, struct ajar_error *err)
{
    for (size_t i = 0; i < knowledge->count; i++) {
        if (!find_before(knowledge, &knowledge->causes[i], err))
            return false;
    }
    for (size_t i = 0; i < knowledge->count; i++) {
        if (!check_before(knowledge, i, err))
            return false;
    }
    return show_causes(knowledge, err) && knowledge_choose_words(knowledge, err);
}

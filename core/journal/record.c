/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One table a section: its fields in the order in which they are written, and where their texts are
 * in the struct. What is no text (states, times, the direction) is written and read by name.
 */
#include "journal/record.h"

#include "base/clock.h"
#include "base/ini.h"
#include "model/schema.h"
#include "model/state_record.h"

#include <stddef.h>
#include <string.h>

#define RECORD_CEILING (64 * 1024 * 1024)

static const char *const change_words[] = { "intended",  "applied",  "failed",  "unknown",
                                            "restoring", "restored", "conflict" };
static const char *const window_words[] = { "opening", "open",          "partly-open",
                                            "closing", "partly-closed", "closed" };

static const struct field_rule change_fields[] = {
    { "setting", FIELD_NAME, true, false, NULL },
    { "kind", FIELD_NAME, true, false, NULL },
    { "target", FIELD_TEXT, true, false, NULL },
    { "place", FIELD_CHOICE, true, false, "host domain" },
    { "thing", FIELD_TEXT, true, false, NULL },
    { "action", FIELD_CHOICE, true, false, "create modify delete none" },
    { 0 },
};
static const size_t change_texts[] = {
    offsetof(struct change_record, setting), offsetof(struct change_record, kind),
    offsetof(struct change_record, target),  offsetof(struct change_record, place),
    offsetof(struct change_record, thing),   offsetof(struct change_record, action),
};

static const struct field_rule outcome_fields[] = {
    { "error", FIELD_ANY, false, false, NULL },
    { "hint", FIELD_ANY, false, false, NULL },
    { "note", FIELD_ANY, false, false, NULL },
    { "waiting", FIELD_ANY, false, false, NULL },
    { 0 },
};
static const size_t outcome_texts[] = {
    offsetof(struct change_record, error),
    offsetof(struct change_record, hint),
    offsetof(struct change_record, note),
    offsetof(struct change_record, waiting),
};
static const struct field_rule result_fields[] = {
    { "state", FIELD_CHOICE, true, false,
      "intended applied failed unknown restoring restored conflict" },
    { "during", FIELD_CHOICE, true, false, "apply rollback" },
    { "at", FIELD_TEXT, true, false, NULL },
    { "kept", FIELD_CHOICE, false, false, "yes" },
    { 0 },
};

static const struct field_rule window_fields[] = {
    { "id", FIELD_TEXT, true, false, NULL },
    { "plan", FIELD_TEXT, true, false, NULL },
    { "title", FIELD_ANY, true, false, NULL },
    { "operator", FIELD_TEXT, true, false, NULL },
    { "host", FIELD_TEXT, true, false, NULL },
    { "reason", FIELD_TEXT, true, false, NULL },
    { "ticket", FIELD_ANY, false, false, NULL },
    { "version", FIELD_TEXT, true, false, NULL },
    { 0 },
};
static const size_t window_texts[] = {
    offsetof(struct window_record, id),     offsetof(struct window_record, plan),
    offsetof(struct window_record, title),  offsetof(struct window_record, operator_name),
    offsetof(struct window_record, host),   offsetof(struct window_record, reason),
    offsetof(struct window_record, ticket), offsetof(struct window_record, tool_version),
};
static const struct field_rule window_moments[] = {
    { "state", FIELD_CHOICE, true, false, "opening open partly-open closing partly-closed closed" },
    { "opened", FIELD_TEXT, true, false, NULL },
    { "until", FIELD_TEXT, true, false, NULL },
    { "closed", FIELD_TEXT, false, false, NULL },
    { 0 },
};

/* The texts of a struct that a table names. */
struct texts {
    const struct field_rule *fields;
    const size_t *offsets;
    size_t count;
};

static const struct texts of_change = { change_fields, change_texts, LENGTH(change_texts) };
static const struct texts of_outcome = { outcome_fields, outcome_texts, LENGTH(outcome_texts) };
static const struct texts of_window = { window_fields, window_texts, LENGTH(window_texts) };

static char **text_in(void *record, const struct texts *texts, size_t i)
{
    return (char **)(void *)((char *)record + texts->offsets[i]);
}

static const char *text_at(const void *record, const struct texts *texts, size_t i)
{
    return *(char *const *)(const void *)((const char *)record + texts->offsets[i]);
}

static void release_texts(void *record, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(*text_in(record, texts, i));
}

static bool copy_texts(const void *source, void *copy, const struct texts *texts,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = text_at(source, texts, i);

        *text_in(copy, texts, i) = text_copy(text);
        if (text && !*text_in(copy, texts, i))
            return ajar_no_memory(err);
    }
    return true;
}

static void write_texts(struct text *text, const void *record, const struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (text_at(record, texts, i))
            ini_write_field(text, texts->fields[i].name, text_at(record, texts, i));
    }
}

static bool read_texts(const struct ini_section *section, void *record, const struct texts *texts,
                       struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *value = ini_value(section, texts->fields[i].name);

        *text_in(record, texts, i) = text_copy(value);
        if (value && !*text_in(record, texts, i))
            return ajar_no_memory(err);
    }
    return true;
}

static bool check_texts(const void *record, const struct texts *texts, struct ajar_error *err)
{
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = text_at(record, texts, i);

        if (texts->fields[i].required && (!text || (!*text && texts->fields[i].type != FIELD_ANY)))
            return ajar_fail(err, AJAR_EJOURNAL, "a record without \"%s\"", texts->fields[i].name);
    }
    return true;
}

const char *change_state_name(enum change_state state)
{
    return change_words[state];
}

const char *window_state_name(enum window_state state)
{
    return window_words[state];
}

/* schema_check() has seen that it is one of them. */
static size_t find_word(const char *const *words, const char *word)
{
    size_t i = 0;

    while (strcmp(words[i], word) != 0)
        i++;
    return i;
}

bool record_is_safe_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.");

    return size > 0 && size <= 200 && !name[size] && name[0] != '-' && name[0] != '.' &&
           !strstr(name, "..");
}

/* Which states there are on the way in, which on the way back, which on both. */
static bool is_direction_right(enum change_state state, bool closing)
{
    if (state == CHANGE_INTENDED || state == CHANGE_APPLIED)
        return !closing;
    return closing || (state != CHANGE_RESTORING && state != CHANGE_RESTORED);
}

void change_record_release(struct change_record *change)
{
    release_texts(change, &of_change);
    release_texts(change, &of_outcome);
    ajar_state_release(&change->before);
    ajar_state_release(&change->wanted);
    ajar_state_release(&change->reached);
    *change = (struct change_record){ 0 };
}

void window_record_release(struct window_record *window)
{
    release_texts(window, &of_window);
    for (size_t i = 0; i < window->parameter_count; i++) {
        free(window->parameters[i].name);
        free(window->parameters[i].value);
    }
    free(window->parameters);
    *window = (struct window_record){ 0 };
}

bool change_record_copy(const struct change_record *source, struct change_record *ret_copy,
                        struct ajar_error *err)
{
    OWNED(change_record_release)
    struct change_record copy = {
        .state = source->state,
        .closing = source->closing,
        .kept = source->kept,
        .at = source->at,
    };

    if (!copy_texts(source, &copy, &of_change, err) ||
        !copy_texts(source, &copy, &of_outcome, err) ||
        !ajar_state_copy(&source->before, &copy.before, err) ||
        !ajar_state_copy(&source->wanted, &copy.wanted, err) ||
        !ajar_state_copy(&source->reached, &copy.reached, err))
        return false;
    *ret_copy = copy;
    copy = (struct change_record){ 0 };
    return true;
}

bool window_record_add_parameter(struct window_record *window, const char *name, const char *value,
                                 struct ajar_error *err)
{
    struct record_parameter *parameters =
        reallocarray(window->parameters, window->parameter_count + 1, sizeof(*parameters));
    struct record_parameter added = { NULL, NULL };

    if (!parameters)
        return ajar_no_memory(err);
    window->parameters = parameters;
    added.name = text_copy(name);
    added.value = text_copy(value);
    parameters[window->parameter_count++] = added;
    return (added.name && added.value) || ajar_no_memory(err);
}

bool window_record_copy(const struct window_record *source, struct window_record *ret_copy,
                        struct ajar_error *err)
{
    OWNED(window_record_release)
    struct window_record copy = {
        .opened = source->opened,
        .until = source->until,
        .closed = source->closed,
        .state = source->state,
    };

    if (!copy_texts(source, &copy, &of_window, err))
        return false;
    for (size_t i = 0; i < source->parameter_count; i++) {
        if (!window_record_add_parameter(&copy, source->parameters[i].name,
                                         source->parameters[i].value, err))
            return false;
    }
    *ret_copy = copy;
    copy = (struct window_record){ 0 };
    return true;
}

static bool check_state(const char *section, const struct ajar_state *state, struct ajar_error *err)
{
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->facts[i].name;

        if (!state->known || !schema_is_name(name) || strcmp(name, "known") == 0 ||
            strcmp(name, "exists") == 0)
            return ajar_fail(err, AJAR_EJOURNAL, "[%s] cannot hold a fact \"%s\"", section, name);
    }
    return true;
}

static bool check_change(const struct change_record *change, struct ajar_error *err)
{
    if (!check_texts(change, &of_change, err) || !check_state("before", &change->before, err) ||
        !check_state("wanted", &change->wanted, err) ||
        !check_state("reached", &change->reached, err))
        return false;
    if (!record_is_safe_name(change->target) || !record_is_safe_name(change->kind) ||
        !record_is_safe_name(change->setting))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: a name that cannot be a file name",
                         change->kind, change->setting, change->target);
    if (change->kept && (change->state != CHANGE_CONFLICT || !change->closing))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: only a conflict is kept", change->kind,
                         change->setting, change->target);
    if (!is_direction_right(change->state, change->closing))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: \"%s\" during %s", change->kind,
                         change->setting, change->target, change_state_name(change->state),
                         change->closing ? "rollback" : "apply");
    return true;
}

bool change_record_write(const struct change_record *change, char **ret_text,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    if (!check_change(change, err))
        return false;
    ini_write_section(&text, "change", "");
    write_texts(&text, change, &of_change);
    state_record_write(&text, "before", &change->before);
    state_record_write(&text, "wanted", &change->wanted);
    state_record_write(&text, "reached", &change->reached);
    ini_write_section(&text, "result", "");
    ini_write_field(&text, "state", change_state_name(change->state));
    ini_write_field(&text, "during", change->closing ? "rollback" : "apply");
    ini_write_field(&text, "at", clock_write_time(change->at).at);
    if (change->kept)
        ini_write_field(&text, "kept", "yes");
    write_texts(&text, change, &of_outcome);
    return text_take(&text, ret_text, err);
}

static bool check_window(const struct window_record *window, struct ajar_error *err)
{
    if (!check_texts(window, &of_window, err))
        return false;
    for (size_t i = 0; i < window->parameter_count; i++) {
        if (!schema_is_name(window->parameters[i].name))
            return ajar_fail(err, AJAR_EJOURNAL, "\"%s\" cannot be the name of a parameter",
                             window->parameters[i].name);
    }
    if (!record_is_safe_name(window->id))
        return ajar_fail(err, AJAR_EJOURNAL, "window \"%s\": an id that cannot be a file name",
                         window->id);
    if ((window->state == WINDOW_CLOSED) != (window->closed != 0))
        return ajar_fail(err, AJAR_EJOURNAL, "window %s is %s and %s a time of closing", window->id,
                         window_state_name(window->state), window->closed ? "has" : "lacks");
    return true;
}

bool window_record_write(const struct window_record *window, char **ret_text,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    if (!check_window(window, err))
        return false;
    ini_write_section(&text, "window", "");
    write_texts(&text, window, &of_window);
    ini_write_field(&text, "state", window_state_name(window->state));
    ini_write_field(&text, "opened", clock_write_time(window->opened).at);
    ini_write_field(&text, "until", clock_write_time(window->until).at);
    if (window->closed)
        ini_write_field(&text, "closed", clock_write_time(window->closed).at);
    if (window->parameter_count > 0)
        ini_write_section(&text, "parameters", "");
    for (size_t i = 0; i < window->parameter_count; i++)
        ini_write_field(&text, window->parameters[i].name, window->parameters[i].value);
    return text_take(&text, ret_text, err);
}

/* Returns false with the status of a journal: a record is no plan of somebody's. */
static bool as_journal(bool good, struct ajar_error *err)
{
    if (!good && err->status != AJAR_ESYSTEM)
        err->status = AJAR_EJOURNAL;
    return good;
}

/* The sections of a file, and nothing besides; `optional` may be NULL. */
static bool check_sections(const struct ini *ini, const char *const *needed, const char *optional,
                           struct ajar_error *err)
{
    size_t count = 0;

    for (; needed[count]; count++) {
        if (count >= ini->count || strcmp(ini->sections[count].kind, needed[count]) != 0 ||
            *ini->sections[count].name)
            return ajar_fail(err, AJAR_EPLAN, "%s:%d: [%s] is missing here", ini->file,
                             count < ini->count ? ini->sections[count].line : 1, needed[count]);
    }
    if (optional && count < ini->count && strcmp(ini->sections[count].kind, optional) == 0 &&
        !*ini->sections[count].name)
        count++;
    if (count == ini->count)
        return true;
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: section [%s%s%s] has no place here", ini->file,
                     ini->sections[count].line, ini->sections[count].kind,
                     *ini->sections[count].name ? " " : "", ini->sections[count].name);
}

static bool read_time(const struct ini *ini, const struct ini_section *section, const char *name,
                      int64_t *ret_time, struct ajar_error *err)
{
    const char *value = ini_value(section, name);

    if (!value)
        return true;
    return clock_read_time(value, ret_time, err) ||
           ajar_while(err, "%s:%d: %s", ini->file, section->line, name);
}

static bool check_facts(const struct ini *ini, const struct ini_section *section,
                        struct ajar_error *err)
{
    for (size_t i = 0; i < section->count; i++) {
        for (size_t j = i + 1; j < section->count; j++) {
            if (strcmp(section->fields[i].name, section->fields[j].name) == 0)
                return ajar_fail(err, AJAR_EPLAN, "%s:%d: field \"%s\" stands twice", ini->file,
                                 section->fields[j].line, section->fields[j].name);
        }
    }
    return true;
}

static bool read_state(const struct ini *ini, const char *name, struct ajar_state *state,
                       struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, name, "");

    return check_facts(ini, section, err) && state_record_read(ini->file, section, state, err);
}

static bool read_result(const struct ini *ini, struct change_record *change, struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, "result", "");

    if (!schema_check(ini->file, section, result_fields, outcome_fields, err) ||
        !read_texts(section, change, &of_outcome, err) ||
        !read_time(ini, section, "at", &change->at, err))
        return false;
    change->state = (enum change_state)find_word(change_words, ini_value(section, "state"));
    change->closing = strcmp(ini_value(section, "during"), "rollback") == 0;
    change->kept = ini_value(section, "kept") != NULL;
    return true;
}

static bool read_change(const struct ini *ini, struct change_record *change, struct ajar_error *err)
{
    static const char *const needed[] = { "change", "before", "wanted", "reached", "result", NULL };

    if (!check_sections(ini, needed, NULL, err) ||
        !schema_check(ini->file, &ini->sections[0], change_fields, NULL, err) ||
        !read_texts(&ini->sections[0], change, &of_change, err) ||
        !read_state(ini, "before", &change->before, err) ||
        !read_state(ini, "wanted", &change->wanted, err) ||
        !read_state(ini, "reached", &change->reached, err) || !read_result(ini, change, err))
        return false;
    return check_change(change, err) || ajar_while(err, "%s:1", ini->file);
}

bool change_record_read(const char *file, const char *text, size_t size,
                        struct change_record *ret_change, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(change_record_release) struct change_record change = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) || !read_change(ini, &change, err))
        return as_journal(false, err);
    *ret_change = change;
    change = (struct change_record){ 0 };
    return true;
}

static bool read_parameters(const struct ini *ini, struct window_record *window,
                            struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, "parameters", "");

    if (!section)
        return true;
    for (size_t i = 0; i < section->count; i++) {
        if (!window_record_add_parameter(window, section->fields[i].name, section->fields[i].value,
                                         err))
            return false;
    }
    return check_facts(ini, section, err);
}

static bool read_window(const struct ini *ini, struct window_record *window, struct ajar_error *err)
{
    static const char *const needed[] = { "window", NULL };
    const struct ini_section *section = ini->sections;

    if (!check_sections(ini, needed, "parameters", err) ||
        !schema_check(ini->file, section, window_fields, window_moments, err) ||
        !read_texts(section, window, &of_window, err) ||
        !read_time(ini, section, "opened", &window->opened, err) ||
        !read_time(ini, section, "until", &window->until, err) ||
        !read_time(ini, section, "closed", &window->closed, err) ||
        !read_parameters(ini, window, err))
        return false;
    window->state = (enum window_state)find_word(window_words, ini_value(section, "state"));
    return check_window(window, err) || ajar_while(err, "%s:1", ini->file);
}

bool window_record_read(const char *file, const char *text, size_t size,
                        struct window_record *ret_window, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(window_record_release) struct window_record window = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) || !read_window(ini, &window, err))
        return as_journal(false, err);
    *ret_window = window;
    window = (struct window_record){ 0 };
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/record_private.h"

#include "base/clock.h"
#include "model/state_record.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const char *const change_words[] = { "intended",  "applied",  "failed",  "unknown",
                                            "restoring", "restored", "conflict" };

static const struct field_rule change_fields[] = {
    { .name = "setting", .type = FIELD_NAME, .required = true },
    { .name = "kind", .type = FIELD_NAME, .required = true },
    { .name = "target", .type = FIELD_TEXT, .required = true },
    { .name = "place", .type = FIELD_CHOICE, .required = true, .choices = "host domain" },
    { .name = "thing", .type = FIELD_TEXT, .required = true },
    { .name = "action",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "create modify delete none" },
    { 0 },
};
static const size_t change_texts[] = {
    offsetof(struct change_record, setting), offsetof(struct change_record, kind),
    offsetof(struct change_record, target),  offsetof(struct change_record, place),
    offsetof(struct change_record, thing),   offsetof(struct change_record, action),
};

static const struct field_rule outcome_fields[] = {
    { .name = "trouble", .type = FIELD_NAME }, { .name = "error", .type = FIELD_ANY },
    { .name = "hint", .type = FIELD_ANY },     { .name = "note", .type = FIELD_ANY },
    { .name = "waiting", .type = FIELD_ANY },  { 0 },
};
static const size_t outcome_texts[] = {
    offsetof(struct change_record, trouble), offsetof(struct change_record, error),
    offsetof(struct change_record, hint),    offsetof(struct change_record, note),
    offsetof(struct change_record, waiting),
};
static const struct field_rule result_fields[] = {
    { .name = "state",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "intended applied failed unknown restoring restored conflict" },
    { .name = "during", .type = FIELD_CHOICE, .required = true, .choices = "apply rollback" },
    { .name = "at", .type = FIELD_TEXT, .required = true },
    { .name = "kept", .type = FIELD_CHOICE, .choices = "yes" },
    { .name = "owed", .type = FIELD_TEXT },
    { .name = "tries", .type = FIELD_TEXT },
    { 0 },
};

static const struct record_texts of_change = { change_fields, change_texts, LENGTH(change_texts) };
static const struct record_texts of_outcome = { outcome_fields, outcome_texts,
                                                LENGTH(outcome_texts) };

const char *change_state_name(enum change_state state)
{
    return change_words[state];
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
    record_release_texts(change, &of_change);
    record_release_texts(change, &of_outcome);
    ajar_state_release(&change->before);
    ajar_state_release(&change->wanted);
    ajar_state_release(&change->reached);
    ajar_state_release(&change->since);
    *change = (struct change_record){ 0 };
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
        .owed = source->owed,
        .tries = source->tries,
    };

    if (!record_copy_texts(source, &copy, &of_change, err) ||
        !record_copy_texts(source, &copy, &of_outcome, err) ||
        !ajar_state_copy(&source->before, &copy.before, err) ||
        !ajar_state_copy(&source->wanted, &copy.wanted, err) ||
        !ajar_state_copy(&source->reached, &copy.reached, err) ||
        !ajar_state_copy(&source->since, &copy.since, err))
        return false;
    *ret_copy = copy;
    copy = (struct change_record){ 0 };
    return true;
}

bool record_check_state(const char *section, const struct ajar_state *state, struct ajar_error *err)
{
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->facts[i].name;

        if (!state->known || !schema_is_name(name) || strcmp(name, "known") == 0 ||
            strcmp(name, "exists") == 0)
            return ajar_fail(err, AJAR_EJOURNAL, "[%s] cannot hold a fact \"%s\"", section, name);
    }
    return true;
}

static bool check_debt(const struct change_record *change, struct ajar_error *err)
{
    bool may_be_owed = change->closing && change->state != CHANGE_RESTORED && !change->kept;

    if ((change->owed != 0) == (change->tries != 0) && (change->owed == 0 || may_be_owed))
        return true;
    return ajar_fail(
        err, AJAR_EJOURNAL, "[%s %s] on %s: %s", change->kind, change->setting, change->target,
        may_be_owed ? "\"owed\" and \"tries\" go together" : "only what is to be put back is owed");
}

static bool check_identity(const struct change_record *change, struct ajar_error *err)
{
    if (!record_check_texts(change, &of_change, err))
        return false;
    if (!record_is_safe_name(change->target) || !record_is_safe_name(change->kind) ||
        !record_is_safe_name(change->setting))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: a name that cannot be a file name",
                         change->kind, change->setting, change->target);
    return true;
}

static bool check_change(const struct change_record *change, struct ajar_error *err)
{
    if (!check_identity(change, err) || !record_check_state("before", &change->before, err) ||
        !record_check_state("wanted", &change->wanted, err) ||
        !record_check_state("reached", &change->reached, err) ||
        !record_check_state("since", &change->since, err))
        return false;
    if (change->since.known && !change->waiting)
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: it waits for nothing, but since when",
                         change->kind, change->setting, change->target);
    if (change->kept && (change->state != CHANGE_CONFLICT || !change->closing))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: only a conflict is kept", change->kind,
                         change->setting, change->target);
    if (!is_direction_right(change->state, change->closing))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: \"%s\" during %s", change->kind,
                         change->setting, change->target, change_state_name(change->state),
                         change->closing ? "rollback" : "apply");
    return check_debt(change, err);
}

bool record_write_identity(struct text *text, const char *heading,
                           const struct change_record *change, struct ajar_error *err)
{
    if (!check_identity(change, err))
        return false;
    ini_write_section(text, heading, "");
    record_write_texts(text, change, &of_change);
    return true;
}

bool record_read_identity(const struct ini *ini, const struct ini_section *section,
                          struct change_record *change, struct ajar_error *err)
{
    return schema_check(ini->file, section, change_fields, NULL, err) &&
           record_read_texts(section, change, &of_change, err) &&
           (check_identity(change, err) || ajar_while(err, "%s:%d", ini->file, section->line));
}

bool change_record_write(const struct change_record *change, char **ret_text,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);
    char tries[16];

    (void)snprintf(tries, sizeof(tries), "%u", change->tries);
    if (!check_change(change, err))
        return false;
    ini_write_section(&text, "change", "");
    record_write_texts(&text, change, &of_change);
    state_record_write(&text, "before", &change->before);
    state_record_write(&text, "wanted", &change->wanted);
    state_record_write(&text, "reached", &change->reached);
    ini_write_section(&text, "result", "");
    ini_write_field(&text, "state", change_state_name(change->state));
    ini_write_field(&text, "during", change->closing ? "rollback" : "apply");
    ini_write_field(&text, "at", clock_write_time(change->at).at);
    if (change->kept)
        ini_write_field(&text, "kept", "yes");
    if (change->owed)
        ini_write_field(&text, "owed", clock_write_time(change->owed).at);
    if (change->tries)
        ini_write_field(&text, "tries", tries);
    record_write_texts(&text, change, &of_outcome);
    if (change->since.known)
        state_record_write(&text, "since", &change->since);
    return text_take(&text, ret_text, err);
}

static bool read_state(const struct ini *ini, const char *name, struct ajar_state *state,
                       struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, name, "");

    return record_check_facts(ini, section, err) &&
           state_record_read(ini->file, section, state, err);
}

/* Up to nine digits, without a zero in front. */
static bool read_tries(const struct ini *ini, const struct ini_section *section,
                       unsigned *ret_tries, struct ajar_error *err)
{
    const char *value = ini_value(section, "tries");
    size_t digits = value ? strspn(value, "0123456789") : 0;

    if (!value)
        return true;
    if (digits == 0 || digits > 9 || value[digits] || value[0] == '0')
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: tries = \"%s\" is no number", ini->file,
                         ini_line(section, "tries"), value);
    *ret_tries = (unsigned)strtoul(value, NULL, 10);
    return true;
}

static bool read_result(const struct ini *ini, struct change_record *change, struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, "result", "");

    if (!schema_check(ini->file, section, result_fields, outcome_fields, err) ||
        !record_read_texts(section, change, &of_outcome, err) ||
        !record_read_time(ini, section, "at", &change->at, err) ||
        !record_read_time(ini, section, "owed", &change->owed, err) ||
        !read_tries(ini, section, &change->tries, err))
        return false;
    change->state = (enum change_state)record_find_word(change_words, ini_value(section, "state"));
    change->closing = strcmp(ini_value(section, "during"), "rollback") == 0;
    change->kept = ini_value(section, "kept") != NULL;
    return true;
}

static bool read_change(const struct ini *ini, struct change_record *change, struct ajar_error *err)
{
    static const char *const needed[] = { "change", "before", "wanted", "reached", "result", NULL };

    if (!record_check_sections(ini, needed, "since", err) ||
        !schema_check(ini->file, &ini->sections[0], change_fields, NULL, err) ||
        !record_read_texts(&ini->sections[0], change, &of_change, err) ||
        !read_state(ini, "before", &change->before, err) ||
        !read_state(ini, "wanted", &change->wanted, err) ||
        !read_state(ini, "reached", &change->reached, err) ||
        (ini_find(ini, "since", "") && !read_state(ini, "since", &change->since, err)) ||
        !read_result(ini, change, err))
        return false;
    return check_change(change, err) || ajar_while(err, "%s:1", ini->file);
}

bool change_record_read(const char *file, const char *text, size_t size,
                        struct change_record *ret_change, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(change_record_release) struct change_record change = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) || !read_change(ini, &change, err))
        return record_blame(err);
    *ret_change = change;
    change = (struct change_record){ 0 };
    return true;
}

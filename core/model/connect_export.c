/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/connect_export.h"

#include "base/text.h"
#include "model/xml.h"

#include <string.h>
#include <strings.h>

static const char staging_mode[] = "Microsoft.Synchronize.StagingMode";

/* How surely a word that stands with the parameter's name is its value, most of all first. */
enum rank {
    RANK_VALUE, /* it is called so */
    RANK_OWN,   /* the text of the element itself */
    RANK_OTHER, /* some other attribute or element */
    RANKS,
};

/* What stands in one open element. */
struct scope {
    bool is_named;   /* the parameter's name */
    bool is_value;   /* the element is called "value" */
    bool yes[RANKS]; /* True */
    bool no[RANKS];
};

struct reading {
    struct connect_export *facts;
    struct scope scopes[XML_DEPTH];
    unsigned long named_at; /* the last line with the parameter's name; 0: none */
};

static void note(struct scope *scope, enum rank rank, const char *text)
{
    if (strcasecmp(text, staging_mode) == 0)
        scope->is_named = true;
    else if (strcasecmp(text, "true") == 0)
        scope->yes[rank] = true;
    else if (strcasecmp(text, "false") == 0)
        scope->no[rank] = true;
}

/* The serialization of PowerShell calls its elements by an attribute N. */
static bool begin(void *user, const struct xml_element *element, struct ajar_error *err)
{
    struct reading *reading = user;
    struct scope *scope = &reading->scopes[element->depth];

    (void)err;
    *scope = (struct scope){ .is_named = strcasecmp(element->name, staging_mode) == 0,
                             .is_value = strcasecmp(element->name, "value") == 0 };
    for (const char *const *at = element->attributes; at[0]; at += 2) {
        note(scope, strcasecmp(at[0], "value") == 0 ? RANK_VALUE : RANK_OTHER, at[1]);
        if (strcasecmp(at[0], "N") == 0 && strcasecmp(at[1], "value") == 0)
            scope->is_value = true;
    }
    return true;
}

/* The one word of the highest rank; UNSAID when there is none, or two. */
static enum connect_word word_of(const struct scope *scope)
{
    for (enum rank rank = RANK_VALUE; rank < RANKS; rank++) {
        if (scope->yes[rank] != scope->no[rank])
            return scope->yes[rank] ? CONNECT_YES : CONNECT_NO;
        if (scope->yes[rank])
            return CONNECT_UNSAID;
    }
    return CONNECT_UNSAID;
}

static bool set_word(enum connect_word *slot, enum connect_word word, const char *what,
                     struct ajar_error *err)
{
    if (*slot != CONNECT_UNSAID && *slot != word)
        return ajar_fail(err, AJAR_EPROTOCOL, "%s is said twice, once so and once so", what);
    *slot = word;
    return true;
}

static bool end_parameter(struct reading *reading, const struct xml_element *element,
                          struct ajar_error *err)
{
    struct scope *scope = &reading->scopes[element->depth];
    enum connect_word word;

    if (element->text) {
        note(scope, RANK_OWN, element->text);
        if (element->depth > 0)
            note(scope - 1, scope->is_value ? RANK_VALUE : RANK_OTHER, element->text);
    }
    if (!scope->is_named)
        return true;
    reading->named_at = element->line;
    word = word_of(scope);
    return word == CONNECT_UNSAID || set_word(&reading->facts->staging, word, staging_mode, err);
}

/* A copy whose control characters have become blanks, to be freed; NULL without memory. */
static char *copy_plain(const char *text)
{
    char *copy = text_copy(text);

    for (char *at = copy; at && *at; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
    }
    return copy;
}

/* The first one counts. */
static bool set_text(char **slot, const char *text, struct ajar_error *err)
{
    if (*slot || !text || !*text)
        return true;
    *slot = copy_plain(text);
    return *slot || ajar_no_memory(err);
}

/* The element's text is not what it must be. Names of elements have no control characters. */
static bool refuse(const struct xml_element *element, const char *why, struct ajar_error *err)
{
    OWNED(free) char *text = copy_plain(element->text ? element->text : "...");

    if (!text)
        return ajar_no_memory(err);
    return ajar_fail(err, AJAR_EPROTOCOL, "<%.40s> is \"%.60s\", %s", element->name, text, why);
}

static bool set_guid(struct guid *slot, bool *slot_is_set, const struct xml_element *element,
                     struct ajar_error *err)
{
    struct ajar_error refused = AJAR_NO_ERROR;
    struct guid guid;

    if (!element->text || !guid_parse(element->text, &guid, &refused))
        return refuse(element, "which is no GUID", err);
    if (*slot_is_set && !guid_same(slot, &guid))
        return ajar_fail(err, AJAR_EPROTOCOL, "a second <%.40s>, which differs", element->name);
    *slot = guid;
    *slot_is_set = true;
    return true;
}

static bool end_switch(struct connect_export *facts, const struct xml_element *element,
                       struct ajar_error *err)
{
    const char *text = element->text ? element->text : "...";
    bool is_on = strcmp(text, "1") == 0;

    if (strcasecmp(element->name, "target") == 0)
        return !*text || set_guid(&facts->target, &facts->has_target, element, err);
    if (strcasecmp(element->name, "enabled") != 0)
        return true;
    if (!is_on && strcmp(text, "0") != 0)
        return refuse(element, "neither 0 nor 1", err);
    return set_word(&facts->password_hash_sync, is_on ? CONNECT_YES : CONNECT_NO,
                    "password hash sync", err);
}

static bool end_connector(struct connect_export *facts, const struct xml_element *element,
                          struct ajar_error *err)
{
    if (!element->parent)
        return true;
    if (strcasecmp(element->parent, "password-hash-sync-config") == 0)
        return end_switch(facts, element, err);
    if (strcasecmp(element->name, "forest-login-user") == 0)
        return set_text(&facts->login_user, element->text, err);
    if (strcasecmp(element->name, "forest-login-domain") == 0)
        return set_text(&facts->login_domain, element->text, err);
    if (strcasecmp(element->parent, "ma-data") != 0)
        return true;
    if (strcasecmp(element->name, "id") == 0)
        return set_guid(&facts->id, &facts->has_id, element, err);
    return strcasecmp(element->name, "name") != 0 || set_text(&facts->name, element->text, err);
}

static bool end(void *user, const struct xml_element *element, struct ajar_error *err)
{
    struct reading *reading = user;

    return end_parameter(reading, element, err) && end_connector(reading->facts, element, err);
}

bool connect_export_id_of_name(const char *name, struct guid *ret_id)
{
    static const char front[] = "Connector_";
    static const char back[] = ".xml";
    struct ajar_error refused = AJAR_NO_ERROR;
    size_t size = strlen(name);
    size_t rest = strlen(front) + strlen(back);
    OWNED(free) char *guid = NULL;

    if (size < rest || strncasecmp(name, front, strlen(front)) != 0 ||
        strcasecmp(name + size - strlen(back), back) != 0)
        return false;
    guid = text_copy_bytes(name + strlen(front), size - rest);
    return guid && guid_parse(guid, ret_id, &refused);
}

bool connect_export_read(const char *name, const struct bytes *file,
                         struct connect_export *ret_export, struct ajar_error *err)
{
    OWNED(connect_export_release) struct connect_export facts = { 0 };
    struct reading reading = { .facts = &facts };
    const struct xml_reader reader = { .begin = begin, .end = end, .user = &reading };

    if (!xml_read(file, &reader, err))
        return false;
    if (reading.named_at > 0 && facts.staging == CONNECT_UNSAID)
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "line %lu: %s stands there without one True or False beside it",
                         reading.named_at, staging_mode);
    if (!facts.has_id)
        facts.has_id = connect_export_id_of_name(name, &facts.id);
    *ret_export = facts;
    facts = (struct connect_export){ 0 };
    return true;
}

void connect_export_release(struct connect_export *export)
{
    free(export->name);
    free(export->login_user);
    free(export->login_domain);
    *export = (struct connect_export){ 0 };
}

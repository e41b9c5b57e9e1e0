/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/sddl.h"

#include "base/text.h"
#include "model/right.h"

#include <string.h>

enum part { TYPE, FLAGS, RIGHTS, OBJECT, INHERITED, TRUSTEE, PARTS };

static const struct type_word {
    const char *word;
    enum ace_type type;
    bool has_condition; /* it can be shown, without the condition, but not set */
} types[] = {
    { "A", ACE_ALLOW, false },
    { "D", ACE_DENY, false },
    { "OA", ACE_ALLOW_OBJECT, false },
    { "OD", ACE_DENY_OBJECT, false },
    { "XA", ACE_ALLOW_CALLBACK, true },
    { "XD", ACE_DENY_CALLBACK, true },
    { "ZA", ACE_ALLOW_CALLBACK_OBJECT, true },
};

static const struct flag_word {
    const char word[3];
    enum ace_flag flag;
} flags[] = {
    { "OI", ACE_OBJECT_INHERIT },
    { "CI", ACE_CONTAINER_INHERIT },
    { "NP", ACE_NO_PROPAGATE },
    { "IO", ACE_INHERIT_ONLY },
};

/* Cuts the text between the parentheses into its parts, in place. */
static bool split(char *text, char *ret_parts[PARTS], struct ajar_error *err)
{
    size_t size = strlen(text);
    char *at = text + 1;

    if (size < 2 || text[0] != '(' || text[size - 1] != ')')
        return ajar_fail(err, AJAR_EPLAN,
                         "\"%s\" is no entry such as (A;;RPLCLORC;;;RU), in parentheses", text);
    text[size - 1] = '\0';
    for (size_t i = 0; i < PARTS; i++) {
        char *end = i + 1 < PARTS ? strchr(at, ';') : at + strlen(at);

        if (!end)
            return ajar_fail(err, AJAR_EPLAN,
                             "an entry has six parts: (type;flags;rights;object;inherited;trustee);"
                             " here are %zu",
                             i + 1);
        *end = '\0';
        ret_parts[i] = at;
        at = end + 1;
    }
    return true;
}

static bool parse_type(const char *text, struct ace *ace, struct ajar_error *err)
{
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (text_same_ignoring_case(text, types[i].word) && !types[i].has_condition) {
            ace->type = (uint8_t)types[i].type;
            return true;
        }
    }
    return ajar_fail(err, AJAR_EPLAN,
                     "\"%.20s\" is no type of entry that can be set; they are A, D, OA, OD", text);
}

static unsigned flag_of(const char *at)
{
    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (strncasecmp(at, flags[i].word, 2) == 0)
            return flags[i].flag;
    }
    return 0;
}

static bool parse_flags(const char *text, struct ace *ace, struct ajar_error *err)
{
    unsigned all = 0;

    for (const char *at = text; *at; at += 2) {
        unsigned flag = flag_of(at);

        if (flag == 0)
            return ajar_fail(err, AJAR_EPLAN,
                             "\"%.2s\" is no flag that can be set; they are OI, CI, NP, IO", at);
        all |= flag;
    }
    if (all && !(all & (ACE_OBJECT_INHERIT | ACE_CONTAINER_INHERIT)))
        return ajar_fail(err, AJAR_EPLAN, "flags \"%s\" mean nothing without CI or OI", text);
    ace->flags = (uint8_t)all;
    return true;
}

static bool parse_guid(const char *text, const char *what, bool *ret_has, struct guid *ret_guid,
                       struct ajar_error *err)
{
    if (text[0] == '\0')
        return true;
    if (!guid_parse(text, ret_guid, err))
        return ajar_while(err, "%s", what);
    *ret_has = true;
    return true;
}

static bool parse_guids(char *const parts[PARTS], struct ace *ace, struct ajar_error *err)
{
    if (!parse_guid(parts[OBJECT], "object", &ace->has_object, &ace->object, err) ||
        !parse_guid(parts[INHERITED], "inherited object", &ace->has_inherited, &ace->inherited,
                    err))
        return false;
    if (ace_has_guids(ace->type) == (ace->has_object || ace->has_inherited))
        return true;
    return ajar_fail(err, AJAR_EPLAN,
                     ace_has_guids(ace->type) ? "type %s needs a GUID; without one it is A or D"
                                              : "type %s has no GUIDs; with one it is OA or OD",
                     parts[TYPE]);
}

bool sddl_check(const struct sddl_ace *ace, struct ajar_error *err)
{
    char sid[SID_TEXT_SIZE];

    if (ace->account || (ace->ace.flags & ACE_INHERIT_ONLY))
        return true;
    sid_format(&ace->ace.trustee, sid);
    if (strcmp(sid, "S-1-3-0") != 0 && strcmp(sid, "S-1-3-1") != 0)
        return true;
    return ajar_fail(err, AJAR_EPLAN,
                     "trustee %s stands for whoever owns a new object: it needs the flag IO", sid);
}

bool sddl_parse(const char *text, struct sddl_ace *ret_ace, struct ajar_error *err)
{
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    OWNED(free) char *copy = text_copy(text);
    char *parts[PARTS] = { NULL };

    if (!copy)
        return ajar_no_memory(err);
    if (!split(copy, parts, err) || !parse_type(parts[TYPE], &ace.ace, err) ||
        !parse_flags(parts[FLAGS], &ace.ace, err) ||
        !right_mask_parse(parts[RIGHTS], &ace.ace.mask, err) ||
        !parse_guids(parts, &ace.ace, err) ||
        !sddl_parse_trustee(parts[TRUSTEE], &ace.ace.trustee, &ace.account, err) ||
        !sddl_check(&ace, err))
        return false;
    *ret_ace = ace;
    ace = (struct sddl_ace){ 0 };
    return true;
}

static const char *type_word(uint8_t type)
{
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (types[i].type == type)
            return types[i].word;
    }
    return "?";
}

static void append_guid(struct text *text, bool has, const struct guid *guid)
{
    char digits[GUID_TEXT_SIZE];

    if (has) {
        guid_format(guid, digits);
        text_append(text, digits);
    }
}

bool sddl_format(const struct sddl_ace *ace, char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(2048);
    char sid[SID_TEXT_SIZE];

    text_format(&text, "(%s;", type_word(ace->ace.type));
    for (size_t i = 0; i < LENGTH(flags); i++) {
        if (ace->ace.flags & flags[i].flag)
            text_append(&text, flags[i].word);
    }
    if (ace->ace.flags & ACE_INHERITED)
        text_append(&text, "ID");
    text_append(&text, ";");
    right_mask_append(&text, ace->ace.mask);
    text_append(&text, ";");
    append_guid(&text, ace->ace.has_object, &ace->ace.object);
    text_append(&text, ";");
    append_guid(&text, ace->ace.has_inherited, &ace->ace.inherited);
    if (!ace->account)
        sid_format(&ace->ace.trustee, sid);
    text_format(&text, ";%s)", ace->account ? ace->account : sid);
    return text_take(&text, ret_text, err);
}

void sddl_release(struct sddl_ace *ace)
{
    free(ace->account);
    *ace = (struct sddl_ace){ 0 };
}

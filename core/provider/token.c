/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/token.h"

#include "base/text.h"
#include "provider/object.h"

#include <string.h>

bool token_has(const struct token *token, const struct sid *sid)
{
    for (size_t i = 0; i < token->count; i++) {
        if (sid_same(&token->sids[i], sid))
            return true;
    }
    return false;
}

bool token_add(struct token *token, const struct sid *sid, struct ajar_error *err)
{
    struct sid *larger;

    if (token_has(token, sid))
        return true;
    larger = realloc(token->sids, (token->count + 1) * sizeof(*larger));
    if (!larger)
        return ajar_no_memory(err);
    larger[token->count++] = *sid;
    token->sids = larger;
    return true;
}

bool token_add_values(struct token *token, const struct directory_entry *entry, const char *name,
                      struct ajar_error *err)
{
    const struct directory_attribute *values = directory_attribute(entry, name);

    for (size_t i = 0; values && i < values->count; i++) {
        const struct bytes *bytes = &values->values[i].bytes;
        struct sid sid;

        if (!sid_from_bytes(bytes->at, bytes->size, &sid, err) || !token_add(token, &sid, err))
            return false;
    }
    return true;
}

bool token_add_all(struct token *token, const struct token *others, struct ajar_error *err)
{
    for (size_t i = 0; i < others->count; i++) {
        if (!token_add(token, &others->sids[i], err))
            return false;
    }
    return true;
}

static bool add_named(struct token *token, const char *sid_text, struct ajar_error *err)
{
    struct sid sid;

    return sid_parse(sid_text, &sid, err) && token_add(token, &sid, err);
}

/* The groups that the directory counts up for one of its own accounts. */
static bool add_token_groups(struct directory *directory, const struct sid *account,
                             struct token *token, struct ajar_error *err)
{
    static const char *const attributes[] = { "tokenGroups", NULL };
    OWNED(free) char *base = object_name_of_sid(account);
    const struct directory_query query = { .base = base, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!base)
        return ajar_no_memory(err);
    if (!directory_search(directory, &query, &found, &trouble)) {
        if (trouble.status != AJAR_EMISSING)
            *err = trouble;
        return trouble.status == AJAR_EMISSING;
    }
    return found.count != 1 || token_add_values(token, &found.entries[0], attributes[0], err);
}

/* What a login adds. Anonymous Logon and Everyone are in nothing else; a built-in group may have
 * such members. */
static bool add_well_known(const char *account, struct token *token, struct ajar_error *err)
{
    if (strcmp(account, "S-1-5-11") == 0)
        return add_named(token, "S-1-1-0", err);
    if (strncmp(account, "S-1-5-", 6) != 0 || strcmp(account, "S-1-5-7") == 0 ||
        strncmp(account, "S-1-5-32-", 9) == 0)
        return true;
    return add_named(token, "S-1-1-0", err) && add_named(token, "S-1-5-11", err);
}

/* "(|(objectSid=...)(objectSid=...))" of those at the front of the token. */
static bool make_filter(const struct token *token, size_t count, char **ret_filter,
                        struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);

    text_append(&text, "(|");
    for (size_t i = 0; i < count; i++) {
        OWNED(free) char *escaped = NULL;

        if (!directory_escape(token->sids[i].bytes, token->sids[i].size, &escaped, err))
            return false;
        text_format(&text, "(objectSid=%s)", escaped);
    }
    text_append(&text, ")");
    return text_take(&text, ret_filter, err);
}

/* The groups that hold the object of this DN, through other groups too
 * (LDAP_MATCHING_RULE_TRANSITIVE_EVAL, [MS-ADTS] 3.1.1.3.4.4.3). */
static bool add_groups_of(struct directory *directory, const char *dn, struct token *token,
                          struct ajar_error *err)
{
    static const char *const attributes[] = { "objectSid", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = directory_domain_dn(directory),
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes };

    if (!directory_filter("(&(objectClass=group)" TOKEN_SECURITY_GROUPS
                          "(member:1.2.840.113556.1.4.1941:=@))",
                          dn, strlen(dn), &filter, err))
        return false;
    query.filter = filter;
    if (!directory_search(directory, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        if (!token_add_values(token, &found.entries[i], attributes[0], err))
            return false;
    }
    return true;
}

/* The groups of those SIDs that the directory keeps as objects below `base`: foreign security
 * principals, or what stands for them. */
static bool add_groups_below(struct directory *directory, const char *base, const char *filter,
                             struct token *token, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectSid", NULL };
    const struct directory_query query = {
        .base = base, .scope = DIRECTORY_SUBTREE, .filter = filter, .attributes = attributes
    };
    OWNED(directory_result_release) struct directory_result found = { 0 };

    if (!directory_search(directory, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        if (!add_groups_of(directory, found.entries[i].dn, token, err))
            return false;
    }
    return true;
}

/* Everyone and the like are in groups as principals, which tokenGroups does not follow. */
static bool add_groups_of_principals(struct directory *directory, struct token *token,
                                     struct ajar_error *err)
{
    OWNED(free) char *filter = NULL;

    return make_filter(token, token->count, &filter, err) &&
           add_groups_below(directory, directory_domain_dn(directory), filter, token, err) &&
           add_groups_below(directory, directory_configuration_dn(directory), filter, token, err);
}

bool token_read_groups(struct directory *directory, const struct sid *account,
                       struct token *ret_token, struct ajar_error *err)
{
    OWNED(token_release) struct token token = { 0 };

    if (!token_add(&token, account, err) || !add_token_groups(directory, account, &token, err))
        return false;
    /* Of a foreign principal the directory counts up nothing. */
    if (token.count == 1 && !add_groups_of_principals(directory, &token, err))
        return false;
    *ret_token = token;
    token = (struct token){ 0 };
    return true;
}

bool token_read_principals(struct directory *directory, const struct sid *account,
                           struct token *ret_token, struct ajar_error *err)
{
    OWNED(token_release) struct token token = { 0 };
    char text[SID_TEXT_SIZE];

    sid_format(account, text);
    if (!token_add(&token, account, err) || !add_well_known(text, &token, err) ||
        !add_groups_of_principals(directory, &token, err))
        return false;
    *ret_token = token;
    token = (struct token){ 0 };
    return true;
}

bool token_read(struct directory *directory, const struct sid *account, struct token *ret_token,
                struct ajar_error *err)
{
    OWNED(token_release) struct token principals = { 0 };
    OWNED(token_release) struct token token = { 0 };

    if (!token_read_principals(directory, account, &principals, err) ||
        !token_add(&token, account, err) || !add_token_groups(directory, account, &token, err) ||
        !token_add_all(&token, &principals, err))
        return false;
    *ret_token = token;
    token = (struct token){ 0 };
    return true;
}

void token_release(struct token *token)
{
    free(token->sids);
    free(token->unread);
    *token = (struct token){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The token of an account of another domain of the forest, as a login at a controller of this
 * domain makes it ([MS-PAC] 2.5, [MS-KILE] 3.3.5.7):
 *
 *   its own domain says    the account, its former SIDs, and the groups of the forest that hold it:
 *                          the global ones of its own domain, which nobody else knows, and the
 *                          universal ones (tokenGroupsGlobalAndUniversal, [MS-ADTS] 3.1.1.4.5.20)
 *   this domain adds       its own groups that hold any of these
 *
 * The two are the same links between objects, but each is known elsewhere: which groups of any
 * domain hold an object of another one, that other one does not know. So each is asked for where it
 * is, by the names that the global catalog has.
 */
#include "provider/token.h"

#include "base/text.h"
#include "provider/object.h"
#include "provider/trustee.h"

#include <string.h>

/* How many objects one question is about. */
#define AT_ONCE 50

/* GROUP_TYPE_UNIVERSAL_GROUP ([MS-ADTS] 2.2.12) */
#define UNIVERSAL "(groupType:1.2.840.113556.1.4.803:=8)"

/* Objects by their DNs, each once. */
struct names {
    size_t count;
    char **dns;
};

static void names_release(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->dns[i]);
    free(names->dns);
    *names = (struct names){ 0 };
}
DEFINE_OWNED_STRUCT(struct names, names_release);

static bool names_add(struct names *names, const char *dn, struct ajar_error *err)
{
    char **larger;

    for (size_t i = 0; i < names->count; i++) {
        if (text_same_ignoring_case(names->dns[i], dn))
            return true;
    }
    larger = realloc(names->dns, (names->count + 1) * sizeof(*larger));
    if (!larger)
        return ajar_no_memory(err);
    names->dns = larger;
    names->dns[names->count] = text_copy(dn);
    if (!names->dns[names->count])
        return ajar_no_memory(err);
    names->count++;
    return true;
}

static size_t behind_part(size_t from, size_t count)
{
    return count - from > AT_ONCE ? from + AT_ONCE : count;
}

/* Appends "(NAME=value)". */
static bool append_term(struct text *filter, const char *name, const void *bytes, size_t size,
                        struct ajar_error *err)
{
    OWNED(free) char *escaped = NULL;

    if (!directory_escape(bytes, size, &escaped, err))
        return false;
    text_format(filter, "(%s=%s)", name, escaped);
    return true;
}

/* Which groups are looked for, and where. */
struct area {
    struct directory *directory;
    const char *base;
    const char *sort; /* a filter */
};

/* The security groups there that hold any of the names from `from` to `to`. */
static bool find_holders(const struct area *area, const struct names *names, size_t from, size_t to,
                         struct directory_result *ret_found, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectSid", "sIDHistory", NULL };
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = area->base,
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes };

    text_format(&text, "(&(objectClass=group)" TOKEN_SECURITY_GROUPS "%s(|", area->sort);
    for (size_t i = from; i < to; i++) {
        if (!append_term(&text, "member", names->dns[i], strlen(names->dns[i]), err))
            return false;
    }
    text_append(&text, "))");
    if (!text_take(&text, &filter, err))
        return false;
    query.filter = filter;
    return directory_search(area->directory, &query, ret_found, err);
}

/* Adds the groups there that hold any of the names, and then those that hold these. */
static bool add_holders(const struct area *area, struct names *names, struct token *token,
                        struct ajar_error *err)
{
    for (size_t from = 0, to; from < names->count; from = to) {
        OWNED(directory_result_release) struct directory_result found = { 0 };

        to = behind_part(from, names->count);
        if (!find_holders(area, names, from, to, &found, err))
            return false;
        for (size_t i = 0; i < found.count; i++) {
            if (!names_add(names, found.entries[i].dn, err) ||
                !token_add_values(token, &found.entries[i], "objectSid", err) ||
                !token_add_values(token, &found.entries[i], "sIDHistory", err))
                return false;
        }
    }
    return true;
}

/* What the catalog knows of these SIDs of the token: their objects' names, and their former SIDs.
 * A foreign principal only stands for an account, which is elsewhere. */
static bool add_names(struct directory *catalog, size_t from, size_t to, struct names *names,
                      struct token *token, struct ajar_error *err)
{
    static const char *const attributes[] = { "sIDHistory", NULL };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .base = "",
                                     .scope = DIRECTORY_SUBTREE,
                                     .attributes = attributes };

    text_append(&text, "(&(!(objectClass=foreignSecurityPrincipal))(|");
    for (size_t i = from; i < to; i++) {
        if (!append_term(&text, "objectSid", token->sids[i].bytes, token->sids[i].size, err))
            return false;
    }
    text_append(&text, "))");
    if (!text_take(&text, &filter, err))
        return false;
    query.filter = filter;
    if (!directory_search(catalog, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        if (!names_add(names, found.entries[i].dn, err) ||
            !token_add_values(token, &found.entries[i], attributes[0], err))
            return false;
    }
    return true;
}

static bool add_all_names(struct directory *catalog, struct names *names, struct token *token,
                          struct ajar_error *err)
{
    size_t count = token->count; /* former SIDs, which come behind, have no objects */

    for (size_t from = 1, to; from < count; from = to) {
        to = behind_part(from, count);
        if (!add_names(catalog, from, to, names, token, err))
            return false;
    }
    return true;
}

/* Every user has at least one group, the primary one: none at all is an answer withheld. */
static bool add_groups_at_home(struct target *target, const char *dn, struct token *token,
                               struct ajar_error *err)
{
    static const char *const attributes[] = { "tokenGroupsGlobalAndUniversal", "objectClass",
                                              NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct directory *home = NULL;

    if (!target_directory_of(target, dn, &home, err) ||
        !directory_search(home, &query, &found, err))
        return false;
    if (found.count == 1 && directory_has_class(&found.entries[0], "user") &&
        !directory_attribute(&found.entries[0], attributes[0]))
        return ajar_fail(err, AJAR_EDENIED, "%s does not show them to this login",
                         directory_host(home));
    return found.count != 1 || token_add_values(token, &found.entries[0], attributes[0], err);
}

/* Goes on without what its own domain does not tell; the token says so. */
static bool note_unread(struct token *token, const struct ajar_error *why, struct ajar_error *err)
{
    token->unread = text_make("the groups of its own domain could not be read (%s)", why->text);
    return token->unread || ajar_no_memory(err);
}

static bool read_home(struct target *target, struct directory *catalog, struct names *names,
                      struct token *token, struct ajar_error *err)
{
    const struct area everywhere = { catalog, "", UNIVERSAL };
    struct ajar_error why = AJAR_NO_ERROR;

    if (!add_names(catalog, 0, 1, names, token, err))
        return false;
    if (names->count == 0) {
        token->unread = text_copy("it is not of this forest, and the groups of its own were not "
                                  "read");
        return token->unread || ajar_no_memory(err);
    }
    if (!add_groups_at_home(target, names->dns[0], token, &why) && !note_unread(token, &why, err))
        return false;
    return add_all_names(catalog, names, token, err) && add_holders(&everywhere, names, token, err);
}

/* S-1-5-21-...: an account of some domain, and not of this one. */
static bool is_of_another_domain(const struct sid *account, const struct sid *domain)
{
    static const uint8_t of_domains[] = { 0, 0, 0, 0, 0, 5, 21, 0, 0, 0 };

    return account->size > 2 + sizeof(of_domains) &&
           memcmp(account->bytes + 2, of_domains, sizeof(of_domains)) == 0 &&
           !(account->size == domain->size + 4 &&
             memcmp(account->bytes + 2, domain->bytes + 2, (size_t)domain->size - 2) == 0);
}

static bool read_abroad(struct target *target, struct directory *directory,
                        const struct sid *account, struct token *token, struct ajar_error *err)
{
    OWNED(names_release) struct names names = { 0 };
    OWNED(token_release) struct token home = { 0 };
    const struct area here = { directory, directory_domain_dn(directory), "" };
    struct directory *catalog = NULL;
    struct ajar_error why = AJAR_NO_ERROR;

    if (!token_add(&home, account, err))
        return false;
    if ((!target_catalog(target, &catalog, &why) ||
         !read_home(target, catalog, &names, &home, &why)) &&
        !home.unread && !note_unread(&home, &why, err))
        return false;
    if (!add_holders(&here, &names, &home, err))
        return false;
    if (!token_add_all(token, &home, err))
        return false;
    token->unread = home.unread;
    home.unread = NULL;
    return true;
}

bool token_read_in_forest(struct target *target, const struct sid *account, struct token *ret_token,
                          struct ajar_error *err)
{
    OWNED(token_release) struct token token = { 0 };
    struct directory *directory = NULL;
    struct sid domain;

    if (!target_directory(target, &directory, err) || !trustee_domain_sid(directory, &domain, err))
        return false;
    if (!is_of_another_domain(account, &domain))
        return token_read(directory, account, ret_token, err);
    if (!token_read_principals(directory, account, &token, err) ||
        !read_abroad(target, directory, account, &token, err))
        return false;
    *ret_token = token;
    token = (struct token){ 0 };
    return true;
}

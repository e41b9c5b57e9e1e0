/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does an account hold a right on an object of the domain: by itself or through groups, given or
 * inherited, and not denied before? The account may be of any domain of the forest.
 *
 *     [require migrator-may-migrate-sid-history]
 *     on = domain target.test
 *     check = right
 *     object = domain
 *     account = Migrator
 *     right = migrate-sid-history
 */
#include "model/access.h"
#include "model/sddl.h"
#include "provider/account.h"
#include "provider/object.h"
#include "provider/object_dacl.h"
#include "provider/requirement.h"
#include "provider/token.h"
#include "provider/trustee.h"

#include <string.h>

#define SEE_EFFECTIVE_ACCESS \
    "look at the object's effective access in Active Directory Users and Computers"

static const struct field_rule fields[] = {
    OBJECT_FIELDS,
    { .name = "account", .type = FIELD_TEXT, .required = true },
    { .name = "right", .type = FIELD_TEXT, .required = true },
    { 0 },
};

/* What is asked, and what was read to answer it. */
struct question {
    const char *account; /* as the plan has them */
    const char *right;
    char *object; /* "<GUID=...>" */
    struct descriptor dacl;
    struct token token;
};

static void question_release(struct question *question)
{
    free(question->object);
    descriptor_release(&question->dacl);
    token_release(&question->token);
    question->object = NULL;
}
DEFINE_OWNED_STRUCT(struct question, question_release);

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    OWNED(free) char *account = NULL;
    struct right right;
    struct sid sid;

    if (!object_check(setting, err))
        return false;
    if (!sddl_parse_trustee(setting_value(setting, "account"), &sid, &account, &trouble))
        return setting_fail(setting, "account", err, "account: %s", trouble.text);
    if (!right_parse(setting_value(setting, "right"), &right, &trouble))
        return setting_fail(setting, "right", err, "right: %s", trouble.text);
    return true;
}

/* DOMAIN\name that is not of this domain may be of another one of the forest. */
static bool find_account(struct target *target, struct directory *directory, const char *name,
                         struct sid *ret_sid, struct ajar_error *err)
{
    OWNED(free) char *account = NULL;
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!sddl_parse_trustee(name, ret_sid, &account, err))
        return false;
    if (!account || trustee_resolve(directory, account, ret_sid, &trouble))
        return true;
    if (trouble.status == AJAR_EMISSING && strchr(account, '\\'))
        return account_resolve_in_forest(target, account, ret_sid, err) ||
               ajar_while(err, "account \"%s\"", account);
    *err = trouble;
    return false;
}

static bool ask(struct target *target, const struct setting *setting, struct question *question,
                struct ajar_error *err)
{
    struct directory *directory = NULL;
    struct sid sid;

    if (!target_directory(target, &directory, err))
        return false;

    question->account = setting_value(setting, "account");
    question->right = setting_value(setting, "right");
    return find_account(target, directory, question->account, &sid, err) &&
           object_read_dacl(directory, setting, &question->object, &question->dacl, err) &&
           token_read_in_forest(target, &sid, &question->token, err);
}

/* The name that the domain has for it, or else the forest. */
static bool name_of(struct target *target, const struct sid *sid, char **ret_name,
                    struct ajar_error *err)
{
    struct directory *directory = NULL;
    struct directory *catalog = NULL;
    struct ajar_error no_catalog = AJAR_NO_ERROR;
    OWNED(free) char *name = NULL;
    struct sid unnamed;

    if (!target_directory(target, &directory, err) || !trustee_name(directory, sid, &name, err))
        return false;
    if (sid_parse(name, &unnamed, &no_catalog) && target_catalog(target, &catalog, &no_catalog))
        return trustee_name(catalog, sid, ret_name, err);
    *ret_name = name;
    name = NULL;
    return true;
}

/* "Domain Admins, which Migrator is in", or the account alone when the entry names it. */
static bool tell_whom(struct target *target, const struct question *question, const struct ace *ace,
                      char **ret_whom, struct ajar_error *err)
{
    OWNED(free) char *name = NULL;
    char *whom;

    if (sid_same(&ace->trustee, &question->token.sids[0])) {
        whom = text_copy(question->account);
    } else {
        if (!name_of(target, &ace->trustee, &name, err))
            return false;
        whom = text_make("%s, which %s is in", name, question->account);
    }
    if (!whom)
        return ajar_no_memory(err);
    *ret_whom = whom;
    return true;
}

static bool not_given(const struct question *question, const struct access *access,
                      struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text letters = TEXT_UP_TO(100);

    right_mask_append(&letters, access->missing);
    if (question->token.unread)
        return finding_unknown(ret_finding, err, SEE_EFFECTIVE_ACCESS,
                               "nothing that could be read gives %s to %s (%s is missing), but %s",
                               question->right, question->account, text_peek(&letters),
                               question->token.unread);
    return finding_fail(ret_finding, err,
                        "give it: a [permission] with this object and right, and the account as "
                        "trustee, does so for the time of a window",
                        "nothing gives %s to %s (%s is missing)", question->right,
                        question->account, text_peek(&letters));
}

/* About the entry that decided. */
static bool tell(const struct question *question, const struct access *access, const char *entry,
                 const char *whom, struct finding *ret_finding, struct ajar_error *err)
{
    if (access->verdict == ACCESS_GRANTED)
        return finding_pass(ret_finding, err, "%s has %s: %s gives it to %s", question->account,
                            question->right, entry, whom);
    if (access->verdict == ACCESS_DENIED)
        return finding_fail(ret_finding, err,
                            "whoever owns the object takes that entry away, or the account out of "
                            "the group",
                            "%s does not have %s: %s denies it to %s", question->account,
                            question->right, entry, whom);
    return finding_unknown(ret_finding, err, SEE_EFFECTIVE_ACCESS,
                           "whether %s has %s depends on the condition of an entry for %s",
                           question->account, question->right, whom);
}

/* Would an entry deny it, were the account in a group that it is not known to be in? Then `access`
 * is what this entry decides. */
static bool find_doubt(const struct question *question, const struct right *right,
                       struct access *access, bool *ret_is_doubtful, struct ajar_error *err)
{
    size_t count = question->token.count;
    OWNED(free) struct sid *sids = calloc(count + 1, sizeof(*sids));

    if (!sids)
        return ajar_no_memory(err);
    memcpy(sids, question->token.sids, count * sizeof(*sids));
    *ret_is_doubtful = false;
    for (size_t i = 0; i < question->dacl.count && !*ret_is_doubtful; i++) {
        const struct descriptor_ace *entry = &question->dacl.aces[i];
        struct access denied;

        if (!entry->is_read || !ace_denies(entry->type))
            continue;
        sids[count] = entry->ace.trustee;
        access_check(&question->dacl, sids, count + 1, right, &denied);
        *ret_is_doubtful = denied.verdict == ACCESS_DENIED;
        if (*ret_is_doubtful)
            *access = denied;
    }
    return true;
}

static bool tell_doubt(struct target *target, const struct question *question,
                       const struct ace *ace, const char *entry, struct finding *ret_finding,
                       struct ajar_error *err)
{
    OWNED(free) char *name = NULL;

    return name_of(target, &ace->trustee, &name, err) &&
           finding_unknown(ret_finding, err, SEE_EFFECTIVE_ACCESS,
                           "%s has %s unless it is in %s, to which %s denies it, and %s",
                           question->account, question->right, name, entry, question->token.unread);
}

static bool answer(struct target *target, const struct question *question,
                   struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free) char *entry = NULL;
    OWNED(free) char *whom = NULL;
    struct sddl_ace ace = { 0 };
    struct right right = { 0 };
    bool is_doubtful = false;
    struct access access;

    if (!right_parse(question->right, &right, err))
        return false;
    access_check(&question->dacl, question->token.sids, question->token.count, &right, &access);
    if (access.verdict == ACCESS_NOT_GIVEN)
        return not_given(question, &access, ret_finding, err);
    if (access.verdict == ACCESS_GRANTED && question->token.unread &&
        !find_doubt(question, &right, &access, &is_doubtful, err))
        return false;
    ace.ace = question->dacl.aces[access.entry].ace;
    if (!sddl_format(&ace, &entry, err))
        return false;
    if (is_doubtful)
        return tell_doubt(target, question, &ace.ace, entry, ret_finding, err);
    return tell_whom(target, question, &ace.ace, &whom, err) &&
           tell(question, &access, entry, whom, ret_finding, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(question_release) struct question question = { 0 };

    return ask(target, setting, &question, err) && answer(target, &question, ret_finding, err);
}

const struct requirement requirement_right = {
    .check = "right",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One user whose password does not sync: one thing after the other that Entra Connect needs of it.
 *
 *     [require object-is-enabled]
 *     on = domain source.test
 *     check = object
 *     must = enabled
 *
 * Which object it is is not in the plan: whoever checks names it, and it comes as the field
 * `object`. What is wrong is said once: when there is no such object, that is for `must = exists`
 * alone to say.
 */
#include "base/clock.h"
#include "provider/bits.h"
#include "provider/object.h"
#include "provider/requirement.h"
#include "provider/ticks.h"
#include "provider/user.h"
#include "provider/user_sync.h"

#include <string.h>
#include <strings.h>

/* userAccountControl ([MS-ADTS] 2.2.16). */
#define UF_ACCOUNT_DISABLE 0x00000002U
#define UF_SMART_CARD      0x00040000U

/* Far more than all that can be said of an object. */
#define TEXT_CEILING 4096

#define SEE_NAME "give its DN, userPrincipalName or account name, and see which domain it is in"

#define SEE_PASSWORD "see what a requirement with must = lasting-password says"

static const struct field_rule fields[] = {
    { .name = "object", .type = FIELD_TEXT },
    { .name = "must",
      .type = FIELD_CHOICE,
      .required = true,
      .choices = "exists in-scope enabled lasting-password no-smart-card replicated synchronized" },
    { 0 },
};

/* One word of `must`. */
struct word {
    const char *name;
    bool on_host; /* otherwise on a domain */
    bool (*look)(struct target *target, const struct user *user, struct finding *ret_finding,
                 struct ajar_error *err);
};

/* A number that decides; AJAR_EDENIED when it is not shown. */
static bool read_number(const struct user *user, const char *attribute, int64_t *ret_number,
                        struct ajar_error *err)
{
    const char *text = user_text(user, attribute);

    if (!text) {
        ajar_fail(err, AJAR_EDENIED, "the directory does not show %s of \"%s\"", attribute,
                  user->dn);
        return ajar_hint(err, "the account that ajar logs in with needs the right to read account "
                              "restrictions; Domain Admins have it");
    }
    return ticks_parse(text, ret_number) ||
           ajar_fail(err, AJAR_EPROTOCOL, "%s: \"%.40s\" is no number", attribute, text);
}

static bool look_exists(struct target *target, const struct user *user, struct finding *ret_finding,
                        struct ajar_error *err)
{
    return finding_pass(ret_finding, err, "it is \"%s\" in %s", user->dn, target_name(target));
}

static bool begins(const char *text, const char *start)
{
    return text && strncasecmp(text, start, strlen(start)) == 0;
}

/* "CAS_{0123...}", of Exchange. */
static bool is_client_access(const char *name)
{
    return begins(name, "CAS_") && strchr(name, '}');
}

/* Mailboxes of Exchange itself, and what else works with no Exchange Online: a bit of these in
 * msExchRecipientTypeDetails. */
static bool is_of_exchange(const struct user *user)
{
    const char *text = user_text(user, "msExchRecipientTypeDetails");
    int64_t details;

    return text && ticks_parse(text, &details) && ((uint64_t)details & 0x21C07000U) != 0;
}

/* What keeps a user out of the rules that Entra Connect comes with ("Understanding the default
 * configuration", user out-of-box rules); NULL: nothing that is known. */
static const char *find_obstacle(const struct user *user)
{
    const char *account = user_text(user, "sAMAccountName");
    const char *nickname = user_text(user, "mailNickname");
    const char *critical = user_text(user, "isCriticalSystemObject");

    if (!user_is_person(user))
        return "it is no user";
    if (critical && strcasecmp(critical, "TRUE") == 0)
        return "isCriticalSystemObject is set";
    if (!account)
        return "it has no sAMAccountName";
    if (begins(account, "AAD_") || begins(account, "MSOL_"))
        return "its sAMAccountName begins as that of an account of Entra Connect itself does "
               "(AAD_, "
               "MSOL_)";
    if (text_same_ignoring_case(account, "SUPPORT_388945a0"))
        return "it is the support account of old Windows";
    if (begins(nickname, "SystemMailbox{"))
        return "it is a system mailbox of Exchange (mailNickname)";
    if (is_client_access(nickname) || is_client_access(account))
        return "it is an account of Exchange (CAS_{...})";
    if (is_of_exchange(user))
        return "Exchange has it for itself (msExchRecipientTypeDetails)";
    return strstr(user->dn, "\\0ACNF:") ? "it is what a replication conflict left (CNF)" : NULL;
}

static bool look_in_scope(struct target *target, const struct user *user,
                          struct finding *ret_finding, struct ajar_error *err)
{
    const char *obstacle = find_obstacle(user);

    (void)target;
    if (obstacle)
        return finding_fail(ret_finding, err,
                            "the default rules of Entra Connect leave such objects out: name "
                            "another object, or see the rules in its Synchronization Rules Editor",
                            "\"%s\" is not in scope: %s", user->dn, obstacle);
    if (begins(user_text(user, "adminDescription"), "User_"))
        return finding_unknown(ret_finding, err,
                               "see the scoping filter of \"In from AD - User Join\" in the "
                               "Synchronization Rules Editor",
                               "the adminDescription of \"%s\" begins with User_, which is said to "
                               "keep it out (unconfirmed)",
                               user->dn);
    return finding_pass(
        ret_finding, err,
        "no default rule of Entra Connect leaves \"%s\" out (its filters by domain, "
        "OU, group and attribute, and cloudFiltered, are not seen from here)%s",
        user->dn,
        user_text(user, "userPrincipalName")
            ? ""
            : "; it has no userPrincipalName, so its sAMAccountName stands in "
              "(unconfirmed)");
}

static bool has_control(const struct user *user, uint32_t bits, bool *ret_has,
                        struct ajar_error *err)
{
    int64_t control;

    if (!read_number(user, "userAccountControl", &control, err))
        return false;
    *ret_has = ((uint32_t)control & bits) != 0;
    return true;
}

static bool look_enabled(struct target *target, const struct user *user,
                         struct finding *ret_finding, struct ajar_error *err)
{
    bool is_disabled;

    (void)target;
    if (!has_control(user, UF_ACCOUNT_DISABLE, &is_disabled, err))
        return false;
    if (is_disabled)
        return finding_fail(ret_finding, err,
                            "enable it in Active Directory Users and Computers, unless somebody "
                            "disabled it on purpose",
                            "\"%s\" is disabled", user->dn);
    return finding_pass(ret_finding, err, "\"%s\" is enabled", user->dn);
}

static bool look_lasting(struct target *target, const struct user *user,
                         struct finding *ret_finding, struct ajar_error *err)
{
    int64_t set_at;

    (void)target;
    if (!read_number(user, "pwdLastSet", &set_at, err))
        return false;
    if (set_at == 0)
        return finding_fail(
            ret_finding, err,
            "let the user log in and change the password, or clear the check box; "
            "or turn on ForcePasswordChangeOnLogon",
            "\"%s\" must change its password at the next logon (pwdLastSet is 0): a "
            "temporary password syncs only with Entra Connect 2.0.3.0 or newer and "
            "its feature ForcePasswordChangeOnLogon",
            user->dn);
    return finding_pass(ret_finding, err, "\"%s\" has the password that was set at %s", user->dn,
                        clock_write_time(ticks_to_time(set_at)).at);
}

static bool look_smart_card(struct target *target, const struct user *user,
                            struct finding *ret_finding, struct ajar_error *err)
{
    bool needs_card;

    (void)target;
    if (!has_control(user, UF_SMART_CARD, &needs_card, err))
        return false;
    if (needs_card)
        return finding_fail(
            ret_finding, err,
            "clear \"Smart card is required for interactive logon\", if the user is "
            "to have a password, then set one",
            "\"%s\" logs in with a smart card only: its password is one that nobody "
            "knows",
            user->dn);
    return finding_pass(ret_finding, err, "\"%s\" needs no smart card", user->dn);
}

/* The pwdLastSet of the host's own copy; `*ret_exists` false: it has no such object. */
static bool read_own(struct target *target, const struct user *user, bool *ret_exists,
                     int64_t *ret_set_at, struct ajar_error *err)
{
    static const char *const attributes[] = { "pwdLastSet", NULL };
    OWNED(free) char *base = object_name_of_guid(&user->guid);
    const struct directory_query query = { .base = base, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct directory *own = NULL;
    const char *text;

    if (!base)
        return ajar_no_memory(err);
    if (!target_directory(target, &own, err))
        return false;
    if (!directory_search(own, &query, &found, &trouble) && trouble.status != AJAR_EMISSING) {
        *err = trouble;
        return false;
    }
    *ret_exists = found.count == 1;
    if (!*ret_exists)
        return true;
    text = directory_text(&found.entries[0], attributes[0]);
    return (text && ticks_parse(text, ret_set_at)) ||
           ajar_fail(err, AJAR_EDENIED, "%s does not show pwdLastSet of \"%s\"",
                     target_name(target), user->dn);
}

static struct clock_text show_set(int64_t set_at)
{
    if (set_at == 0)
        return (struct clock_text){ "(must be changed)" };
    return clock_write_time(ticks_to_time(set_at));
}

static bool look_replicated(struct target *target, const struct user *user,
                            struct finding *ret_finding, struct ajar_error *err)
{
    static const char hint[] = "wait for replication; see what holds it up with repadmin /showrepl "
                               "on the host";
    const char *host = target_name(target);
    bool exists = false;
    int64_t own = 0;
    int64_t set_at;
    bool ok;

    if (!read_number(user, "pwdLastSet", &set_at, err))
        return false;
    target_face_itself(target, true);
    ok = read_own(target, user, &exists, &own, err);
    target_face_itself(target, false);
    if (!ok)
        return false;
    if (!exists)
        return finding_fail(ret_finding, err, hint, "%s does not have \"%s\" yet", host, user->dn);
    if (own != set_at)
        return finding_fail(ret_finding, err, hint,
                            "%s has \"%s\" with the password of %s, the PDC emulator with that of "
                            "%s",
                            host, user->dn, show_set(own).at, show_set(set_at).at);
    return finding_pass(ret_finding, err,
                        "%s has \"%s\" with the password of %s, as the PDC emulator does", host,
                        user->dn, show_set(own).at);
}

static bool look_synchronized(struct target *target, const struct user *user,
                              struct finding *ret_finding, struct ajar_error *err)
{
    int64_t set_at;

    if (!read_number(user, "pwdLastSet", &set_at, err))
        return false;
    if (set_at == 0)
        return finding_unknown(ret_finding, err, SEE_PASSWORD,
                               "\"%s\" must change its password at the next logon: when it was set "
                               "is not known",
                               user->dn);
    return user_sync_look(target, user, ticks_to_time(set_at), ret_finding, err);
}

static const struct word words[] = {
    { "exists", false, look_exists },
    { "in-scope", false, look_in_scope },
    { "enabled", false, look_enabled },
    { "lasting-password", false, look_lasting },
    { "no-smart-card", false, look_smart_card },
    { "replicated", true, look_replicated },
    { "synchronized", true, look_synchronized },
};

static const struct word *find_word(const char *name)
{
    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(words[i].name, name) == 0)
            return &words[i];
    }
    return NULL;
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    const struct word *word = find_word(setting_value(setting, "must"));

    if (!word) /* the table of fields has seen to it */
        return setting_fail(setting, "must", err, "must: it is no word of this sort");
    if (word->on_host != setting_is_on_domain(setting))
        return true;
    return setting_fail(setting, "on", err, "must = %s is looked up %s", word->name,
                        word->on_host ? "at hosts: on = host NAME, or controllers DOMAIN"
                                      : "in a directory: on = domain DOMAIN, or domains FOREST");
}

static void append_not_found(struct text *text, struct directory *directory, const char *object,
                             const struct user *user)
{
    const char *domain = directory_domain_dn(directory);

    if (user->match == USER_ELSEWHERE)
        text_format(text, "\"%s\" is not in this domain, %s", object, domain);
    else if (user->match == USER_SEVERAL)
        text_format(text, "there are %zu objects \"%s\" in %s", user->count, object, domain);
    else
        text_format(text, "there is no object \"%s\" in %s", object, domain);
}

/* That there is none is what `must = exists` says; for the other words it cannot be told. An object
 * of another domain is no failure of this one. */
static bool tell_no_user(struct directory *directory, const struct setting *setting,
                         const struct user *user, struct finding *ret_finding,
                         struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(TEXT_CEILING);

    append_not_found(&text, directory, setting_value(setting, "object"), user);
    if (user->match != USER_ELSEWHERE && strcmp(setting_value(setting, "must"), "exists") == 0)
        return finding_fail(ret_finding, err, SEE_NAME, "%s", text_peek(&text));
    return finding_unknown(ret_finding, err, SEE_NAME, "%s", text_peek(&text));
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const struct word *word = find_word(setting_value(setting, "must"));
    const char *object = setting_value(setting, "object");
    OWNED(user_release) struct user user = { 0 };
    struct directory *directory = NULL;

    if (!word)
        return ajar_fail(err, AJAR_EPLAN, "must: it is no word of this sort");
    if (!object)
        return finding_unknown(ret_finding, err, "ajar check PLAN --object DN|UPN|NAME",
                               "no object was named");
    if (!target_directory(target, &directory, err) || !user_find(directory, object, &user, err))
        return false;
    if (user.match != USER_FOUND)
        return tell_no_user(directory, setting, &user, ret_finding, err);
    return word->look(target, &user, ret_finding, err);
}

const struct requirement requirement_object = {
    .check = "object",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN | REQUIREMENT_ON_HOST,
    .about_object = true,
    .judge = judge,
    .examine = examine,
};

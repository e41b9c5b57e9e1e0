/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/logon.h"

#include "base/clock.h"
#include "provider/account.h"
#include "provider/bits.h"
#include "provider/object.h"
#include "provider/ticks.h"
#include "transport/directory_time.h"

#include <string.h>

/* userAccountControl ([MS-ADTS] 2.2.16). */
#define UF_ACCOUNT_DISABLE  0x00000002U
#define UF_LOCKOUT          0x00000010U /* only in the computed one */
#define UF_TRUST_ACCOUNTS   0x00003800U /* of domains, workstations and servers */
#define UF_DONT_EXPIRE      0x00010000U
#define UF_SMART_CARD       0x00040000U
#define UF_PASSWORD_EXPIRED 0x00800000U /* only in the computed one */

/* Whose passwords have no end ([MS-ADTS] 3.1.1.4.5.17). */
#define UF_PASSWORD_STAYS (UF_TRUST_ACCOUNTS | UF_DONT_EXPIRE | UF_SMART_CARD)

/* Where a policy says what: the domain's head, and a password settings object. */
struct policy_names {
    const char *threshold;
    const char *duration;
    const char *window;
    const char *maximum_age;
};

static const struct policy_names names_of_domain = { "lockoutThreshold", "lockoutDuration",
                                                     "lockOutObservationWindow", "maxPwdAge" };
static const struct policy_names names_of_settings = { "msDS-LockoutThreshold",
                                                       "msDS-LockoutDuration",
                                                       "msDS-LockoutObservationWindow",
                                                       "msDS-MaximumPasswordAge" };

/* A number of the entry; `otherwise` where it has none, or shows none. */
static bool read_number(const struct directory_entry *entry, const char *name, int64_t otherwise,
                        int64_t *ret_number, struct ajar_error *err)
{
    const char *text = directory_text(entry, name);

    if (!text) {
        *ret_number = otherwise;
        return true;
    }
    return ticks_parse(text, ret_number) ||
           ajar_fail(err, AJAR_EPROTOCOL, "%s: \"%.40s\" is no number", name, text);
}

static bool has_all(const struct directory_entry *entry, const struct policy_names *names)
{
    return directory_attribute(entry, names->threshold) &&
           directory_attribute(entry, names->duration) &&
           directory_attribute(entry, names->window) &&
           directory_attribute(entry, names->maximum_age);
}

static bool take_policy(const struct directory_entry *entry, const struct policy_names *names,
                        struct logon_policy *policy, struct ajar_error *err)
{
    if (!has_all(entry, names))
        return true;
    policy->is_known = true;
    return read_number(entry, names->threshold, 0, &policy->threshold, err) &&
           read_number(entry, names->duration, 0, &policy->duration, err) &&
           read_number(entry, names->window, 0, &policy->window, err) &&
           read_number(entry, names->maximum_age, 0, &policy->maximum_age, err);
}

/* A password settings object is shown to administrators alone: one that is not leaves the policy
 * unknown. */
static bool read_policy(struct directory *directory, struct logon_policy *policy,
                        struct ajar_error *err)
{
    const struct policy_names *names = policy->settings ? &names_of_settings : &names_of_domain;
    const char *const attributes[] = { names->threshold, names->duration, names->window,
                                       names->maximum_age, NULL };
    const struct directory_query query = { .base = policy->settings
                                                       ? policy->settings
                                                       : directory_domain_dn(directory),
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error hidden = AJAR_NO_ERROR;

    if (directory_search(directory, &query, &found, &hidden))
        return found.count != 1 || take_policy(&found.entries[0], names, policy, err);
    if (hidden.status == AJAR_EMISSING || hidden.status == AJAR_EDENIED)
        return true;
    *err = hidden;
    return false;
}

/* Its own clock decides what has ended. */
static bool read_now(struct directory *directory, int64_t *ret_now, struct ajar_error *err)
{
    static const char *const attributes[] = { "currentTime", NULL };
    const struct directory_query query = { .base = "", .attributes = attributes };
    OWNED(directory_result_release) struct directory_result root = { 0 };
    const char *text;
    int64_t now;

    if (!directory_search(directory, &query, &root, err))
        return false;
    text = root.count == 1 ? directory_text(&root.entries[0], attributes[0]) : NULL;
    if (!text)
        return ajar_fail(err, AJAR_EPROTOCOL, "%s does not tell its time",
                         directory_host(directory));
    if (!directory_read_time(text, &now, err))
        return false;
    *ret_now = ticks_from_time(now);
    return true;
}

static bool read_changed(const struct directory_entry *entry, int64_t *ret_changed,
                         struct ajar_error *err)
{
    const char *text = directory_text(entry, "whenChanged");
    int64_t changed;

    *ret_changed = TICKS_NEVER;
    if (!text)
        return true;
    if (!directory_read_time(text, &changed, err))
        return false;
    *ret_changed = ticks_from_time(changed);
    return true;
}

/* The bits that the controller computed; false when it does not. */
static bool has_computed(const struct directory_entry *entry, uint32_t *ret_bits)
{
    const char *text = directory_text(entry, "msDS-User-Account-Control-Computed");

    return text && bits_from_integer(text, ret_bits);
}

/* It is locked as long as its time and the policy's span last; a span that is not negative has no
 * end, nor has the least one ([MS-ADTS] 3.1.1.4.5.17). */
static bool judge_lock(struct logon *logon, const struct directory_entry *entry,
                       struct ajar_error *err)
{
    uint32_t computed = 0;
    bool is_locked;

    if (!read_number(entry, "lockoutTime", 0, &logon->locked_at, err))
        return false;
    logon->locked_until = ticks_end(logon->locked_at, logon->policy.duration);
    if (has_computed(entry, &computed))
        is_locked = computed & UF_LOCKOUT;
    else
        is_locked = logon->locked_at != 0 && logon->locked_until > logon->now;
    if (is_locked)
        logon->flaws |= LOGON_LOCKED;
    return true;
}

/* accountExpires: 0 is no end, too ([MS-ADA1] 2.1). */
static bool judge_end(struct logon *logon, const struct directory_entry *entry,
                      struct ajar_error *err)
{
    if (!read_number(entry, "accountExpires", TICKS_NEVER, &logon->expires, err))
        return false;
    if (logon->expires == 0)
        logon->expires = TICKS_NEVER;
    if (logon->expires <= logon->now)
        logon->flaws |= LOGON_EXPIRED;
    return true;
}

/* When the password ends: as the controller computed it, else by its age. */
static bool read_password_end(struct logon *logon, const struct directory_entry *entry,
                              int64_t set_at, uint32_t control, struct ajar_error *err)
{
    int64_t end =
        control & UF_PASSWORD_STAYS ? TICKS_NEVER : ticks_end(set_at, logon->policy.maximum_age);

    return read_number(entry, "msDS-UserPasswordExpiryTimeComputed", end, &logon->password_expires,
                       err);
}

static bool judge_password(struct logon *logon, const struct directory_entry *entry,
                           uint32_t control, struct ajar_error *err)
{
    uint32_t computed = 0;
    int64_t set_at;

    if (!read_number(entry, "pwdLastSet", 0, &set_at, err) ||
        !read_password_end(logon, entry, set_at, control, err))
        return false;
    if (set_at == 0 && !(control & UF_PASSWORD_STAYS))
        logon->flaws |= LOGON_MUST_CHANGE;
    else if (logon->password_expires <= logon->now ||
             (has_computed(entry, &computed) && computed & UF_PASSWORD_EXPIRED))
        logon->flaws |= LOGON_PASSWORD_EXPIRED;
    return true;
}

/* How many wrong passwords count: after the window the next one is the first again. An absent
 * number is none: badPwdCount is not replicated, so that a controller where nobody ever failed has
 * none. */
static bool count_wrong(struct logon *logon, const struct directory_entry *entry,
                        struct ajar_error *err)
{
    if (!read_number(entry, "badPwdCount", 0, &logon->bad_count, err) ||
        !read_number(entry, "badPasswordTime", 0, &logon->bad_at, err))
        return false;
    if (logon->policy.is_known && logon->bad_at != 0 &&
        ticks_end(logon->bad_at, logon->policy.window) <= logon->now)
        logon->bad_count = 0;
    return true;
}

static bool judge(struct logon *logon, const struct directory_entry *entry, struct ajar_error *err)
{
    const char *text = directory_text(entry, "userAccountControl");
    uint32_t control = 0;

    if (!text || !directory_attribute(entry, "pwdLastSet")) {
        ajar_fail(err, AJAR_EDENIED, "the directory does not show %s of \"%s\"",
                  text ? "pwdLastSet" : "userAccountControl", logon->name);
        return ajar_hint(err, "the account that ajar logs in with needs the right to read account "
                              "restrictions; Domain Admins have it");
    }
    if (!bits_from_integer(text, &control))
        return ajar_fail(err, AJAR_EPROTOCOL, "userAccountControl: \"%.40s\" is no number", text);
    if (control & UF_ACCOUNT_DISABLE)
        logon->flaws |= LOGON_DISABLED;
    if (control & UF_SMART_CARD)
        logon->flaws |= LOGON_SMART_CARD;
    return judge_lock(logon, entry, err) && judge_end(logon, entry, err) &&
           judge_password(logon, entry, control, err) && count_wrong(logon, entry, err);
}

/* The account's own entry. */
static bool find(struct directory *directory, const char *account,
                 struct directory_result *ret_found, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass",
                                              "sAMAccountName",
                                              "userAccountControl",
                                              "msDS-User-Account-Control-Computed",
                                              "msDS-UserPasswordExpiryTimeComputed",
                                              "msDS-ResultantPSO",
                                              "lockoutTime",
                                              "accountExpires",
                                              "pwdLastSet",
                                              "badPwdCount",
                                              "badPasswordTime",
                                              "whenChanged",
                                              NULL };
    OWNED(free) char *base = NULL;
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct directory_query query = { .attributes = attributes };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct sid sid;

    if (!account_resolve(directory, account, &sid, err))
        return false;
    base = object_name_of_sid(&sid);
    if (!base)
        return ajar_no_memory(err);
    query.base = base;
    if (!directory_search(directory, &query, &found, &trouble) && trouble.status != AJAR_EMISSING) {
        *err = trouble;
        return false;
    }
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "there is no account \"%s\" at %s", account,
                         directory_host(directory));
    if (!directory_has_class(&found.entries[0], "user"))
        return ajar_fail(err, AJAR_ECONFLICT, "\"%s\" is no account that logs in: %s", account,
                         found.entries[0].dn);
    *ret_found = found;
    found = (struct directory_result){ 0 };
    return true;
}

bool logon_read(struct directory *directory, const char *account, struct logon *ret_logon,
                struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(logon_release) struct logon logon = { 0 };
    const struct directory_entry *entry;
    const char *settings;

    if (!find(directory, account, &found, err))
        return false;
    entry = &found.entries[0];
    settings = directory_text(entry, "msDS-ResultantPSO");
    logon.name = text_copy(directory_text(entry, "sAMAccountName"));
    logon.dn = text_copy(entry->dn);
    logon.policy.settings = text_copy(settings);
    if (!logon.name || !logon.dn || (settings && !logon.policy.settings))
        return directory_text(entry, "sAMAccountName")
                   ? ajar_no_memory(err)
                   : ajar_fail(err, AJAR_EDENIED, "the directory does not show the name of \"%s\"",
                               account);
    if (!read_now(directory, &logon.now, err) || !read_policy(directory, &logon.policy, err) ||
        !read_changed(entry, &logon.changed, err) || !judge(&logon, entry, err))
        return false;
    *ret_logon = logon;
    logon = (struct logon){ 0 };
    return true;
}

static struct clock_text show(int64_t ticks)
{
    return clock_write_time(ticks_to_time(ticks));
}

static void append_lock(struct text *text, const struct logon *logon)
{
    text_append(text, "it is locked out");
    if (logon->locked_at != 0)
        text_format(text, " since %s", show(logon->locked_at).at);
    if (!logon->policy.is_known || logon->locked_at == 0)
        return;
    if (logon->locked_until == TICKS_NEVER)
        text_append(text, ", until somebody unlocks it");
    else
        text_format(text, ", until %s", show(logon->locked_until).at);
}

static void append_flaw(struct text *text, const struct logon *logon, unsigned flaw)
{
    switch (flaw) {
    case LOGON_DISABLED:
        text_append(text, "it is disabled");
        if (logon->changed != TICKS_NEVER)
            text_format(text, " (the object was changed last at %s)", show(logon->changed).at);
        break;
    case LOGON_LOCKED:
        append_lock(text, logon);
        break;
    case LOGON_EXPIRED:
        text_format(text, "the account expired at %s", show(logon->expires).at);
        break;
    case LOGON_MUST_CHANGE:
        text_append(text, "it must change its password at the next logon");
        break;
    case LOGON_PASSWORD_EXPIRED:
        text_append(text, "its password has expired");
        if (logon->password_expires <= logon->now && logon->password_expires > 0)
            text_format(text, ", at %s", show(logon->password_expires).at);
        break;
    default:
        text_append(text, "it may log in with a smart card only");
    }
}

void logon_append_flaws(struct text *text, const struct logon *logon)
{
    unsigned told = 0;

    for (unsigned flaw = LOGON_DISABLED; flaw <= LOGON_SMART_CARD; flaw <<= 1) {
        if (!(logon->flaws & flaw))
            continue;
        if (told)
            text_append(text, "; ");
        append_flaw(text, logon, flaw);
        told |= flaw;
    }
}

const char *logon_hint(const struct logon *logon)
{
    if (logon->flaws & LOGON_DISABLED)
        return "enable it in Active Directory Users and Computers, unless somebody disabled it on "
               "purpose";
    if (logon->flaws & LOGON_LOCKED)
        return "find out who sends a wrong password (event 4740 at the PDC emulator names the "
               "computer), correct it there, then unlock the account in Active Directory Users and "
               "Computers";
    if (logon->flaws & LOGON_EXPIRED)
        return "set another end, or none, in Active Directory Users and Computers, Account expires";
    if (logon->flaws & LOGON_MUST_CHANGE)
        return "clear \"User must change password at next logon\", and see that whoever logs in "
               "with the account has its present password";
    if (logon->flaws & LOGON_PASSWORD_EXPIRED)
        return "set a new password, and give it to whoever logs in with the account; let that of a "
               "service never expire";
    return "clear \"Smart card is required for interactive logon\", then set a new password, and "
           "give it to whoever logs in with the account";
}

bool logon_would_lock(const struct logon *logon, int64_t wrong)
{
    return logon->policy.threshold > 0 && logon->policy.threshold - logon->bad_count <= wrong;
}

void logon_release(struct logon *logon)
{
    free(logon->name);
    free(logon->dn);
    free(logon->policy.settings);
    *logon = (struct logon){ 0 };
}

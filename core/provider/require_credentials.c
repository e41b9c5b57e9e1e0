/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The password in a file is that of an account of the domain: it gets a Kerberos ticket, and binds
 * to the directory with it.
 *
 *     [require connector-credentials]
 *     on = domain source.test
 *     check = credentials
 *     account = S-1-5-21-1004336348-1177238915-682003330-1105
 *     password-file = /run/secrets/connector
 *
 * A wrong password counts at the domain. So none is tried of an account that could not log in with
 * the right one either (require_account.c says so), nor where a wrong one could lock it out.
 */
#include "base/clock.h"
#include "provider/account.h"
#include "provider/logon.h"
#include "provider/requirement.h"
#include "provider/ticks.h"
#include "transport/login_error.h"

#include <string.h>

/* Far more than all flaws together. */
#define FLAWS_CEILING 1000

/* How often one try may count: the Kerberos library asks once more where krb5.conf names a primary
 * KDC and another one has refused. */
#define COUNTS_AT_MOST 2

#define SEE_ACCOUNT "see what a requirement with check = account says of it, then check again"

static const struct field_rule fields[] = {
    { .name = "account", .type = FIELD_TEXT, .required = true },
    { .name = "password-file", .type = FIELD_ANY },
    { 0 },
};

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return account_check_field(setting, "account", err);
}

/* The file's path; NULL: none was given. */
static const char *file_of(const struct setting *setting)
{
    const char *file = setting_value(setting, "password-file");

    return file && file[0] && strcmp(file, "none") != 0 ? file : NULL;
}

static bool tell_flaws(const struct logon *logon, struct finding *ret_finding,
                       struct ajar_error *err)
{
    OWNED(text_release) struct text flaws = TEXT_UP_TO(FLAWS_CEILING);

    logon_append_flaws(&flaws, logon);
    return finding_unknown(ret_finding, err, SEE_ACCOUNT,
                           "not tried, because of the account \"%s\": %s", logon->name,
                           text_peek(&flaws));
}

static bool tell_danger(const struct logon *logon, struct finding *ret_finding,
                        struct ajar_error *err)
{
    int64_t end = ticks_end(logon->bad_at, logon->policy.window);
    const char *hint = "find out who sends wrong passwords, or let them be forgotten, then check "
                       "again";

    if (logon->bad_count == 0)
        return finding_unknown(ret_finding, err,
                               "try it by hand, with kinit, if a lockout does no harm",
                               "not tried: the policy locks \"%s\" out after %lld wrong passwords, "
                               "and one try may count %d times",
                               logon->name, (long long)logon->policy.threshold, COUNTS_AT_MOST);
    return finding_unknown(
        ret_finding, err, hint,
        "not tried: of %lld wrong passwords that lock \"%s\" out, %lld are used "
        "up (the last one at %s; forgotten %s%s), and one try may count %d times",
        (long long)logon->policy.threshold, logon->name, (long long)logon->bad_count,
        clock_write_time(ticks_to_time(logon->bad_at)).at, end == TICKS_NEVER ? "never" : "at ",
        end == TICKS_NEVER ? "" : clock_write_time(ticks_to_time(end)).at, COUNTS_AT_MOST);
}

/* Says why nothing is tried; `*ret_is_told` stays false when nothing speaks against it. */
static bool tell_reason_against(const struct logon *logon, struct finding *ret_finding,
                                bool *ret_is_told, struct ajar_error *err)
{
    *ret_is_told = true;
    if (logon->flaws)
        return tell_flaws(logon, ret_finding, err);
    if (!logon->policy.is_known)
        return finding_unknown(ret_finding, err,
                               "let ajar log in as somebody who may read password settings objects "
                               "(Domain Admins)",
                               "not tried: the lockout policy of \"%s\" is not shown, and a wrong "
                               "password counts",
                               logon->name);
    if (logon_would_lock(logon, COUNTS_AT_MOST))
        return tell_danger(logon, ret_finding, err);
    if (strpbrk(logon->name, "@/\\"))
        return finding_unknown(ret_finding, err, "try it by hand, with kinit",
                               "not tried: \"%s\" cannot be written as a Kerberos name",
                               logon->name);
    *ret_is_told = false;
    return true;
}

/* The password is right: a ticket came. */
static bool bind(struct target *target, const struct ticket *ticket, const struct logon *logon,
                 const char *file, struct finding *ret_finding, struct ajar_error *err)
{
    struct ajar_error refused = AJAR_NO_ERROR;

    if (target_bind_as(target, ticket, &refused))
        return finding_pass(ret_finding, err,
                            "the password in \"%s\" is that of \"%s\": it got a ticket, and bound "
                            "to the directory of %s",
                            file, logon->name, target_name(target));
    if (refused.status == AJAR_ELOGIN || refused.status == AJAR_EDENIED)
        return finding_fail(ret_finding, err,
                            "see who may log on to controllers over the network (User Rights "
                            "Assignment), and the controller's Security log",
                            "the password in \"%s\" is that of \"%s\", but the directory does not "
                            "let it in: %s",
                            file, logon->name, refused.text);
    *err = refused;
    return false;
}

static bool try_file(struct target *target, const struct logon *logon, const char *file,
                     struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(ticket_close) struct ticket *ticket = NULL;
    struct ajar_error refused = AJAR_NO_ERROR;

    if (target_ticket_of(target, logon->name, file, &ticket, &refused))
        return bind(target, ticket, logon, file, ret_finding, err);
    if (login_is_wrong_password(&refused))
        return finding_fail(
            ret_finding, err,
            "if the connector has this password, too, update it there "
            "(Synchronization Service Manager, Connectors, Properties, \"Connect to "
            "Active Directory Forest\"); else correct the file",
            "the password in \"%s\" is not that of \"%s\"", file, logon->name);
    *err = refused;
    return false;
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const char *file = file_of(setting);
    OWNED(logon_release) struct logon logon = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct directory *directory = NULL;
    bool is_told = false;

    if (!file)
        return finding_unknown(ret_finding, err,
                               "to have it tried, write the password into the first line of a file "
                               "that only you can read (chmod 600), and name it as password-file",
                               "no password file was given");
    if (!target_directory(target, &directory, err))
        return false;
    if (!logon_read(directory, setting_value(setting, "account"), &logon, &trouble)) {
        if (trouble.status == AJAR_EMISSING || trouble.status == AJAR_ECONFLICT)
            return finding_unknown(ret_finding, err, SEE_ACCOUNT, "not tried: %s", trouble.text);
        *err = trouble;
        return false;
    }
    if (!tell_reason_against(&logon, ret_finding, &is_told, err))
        return false;
    return is_told || try_file(target, &logon, file, ret_finding, err);
}

const struct requirement requirement_credentials = {
    .check = "credentials",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};

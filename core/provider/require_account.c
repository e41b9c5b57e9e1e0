/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account of the domain can log in: it exists, is enabled, is not locked out, has not expired,
 * nor has its password.
 *
 *     [require connector-account]
 *     on = domain source.test
 *     check = account
 *     account = S-1-5-21-1004336348-1177238915-682003330-1105
 *
 * Whether a password is the right one is not tried: see require_credentials.c.
 */
#include "base/clock.h"
#include "provider/account.h"
#include "provider/logon.h"
#include "provider/requirement.h"
#include "provider/ticks.h"

/* Far more than all flaws together. */
#define FLAWS_CEILING 1000

static const struct field_rule fields[] = {
    { .name = "account", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return account_check_field(setting, "account", err);
}

static bool tell_fine(const struct logon *logon, struct finding *ret_finding,
                      struct ajar_error *err)
{
    if (logon->password_expires == TICKS_NEVER)
        return finding_pass(ret_finding, err,
                            "\"%s\" is enabled and not locked out; its password does not expire",
                            logon->name);
    return finding_pass(ret_finding, err,
                        "\"%s\" is enabled and not locked out; its password expires %s",
                        logon->name, clock_write_time(ticks_to_time(logon->password_expires)).at);
}

static bool tell_flaws(const struct logon *logon, struct finding *ret_finding,
                       struct ajar_error *err)
{
    OWNED(text_release) struct text flaws = TEXT_UP_TO(FLAWS_CEILING);

    logon_append_flaws(&flaws, logon);
    return finding_fail(ret_finding, err, logon_hint(logon), "\"%s\" (%s) cannot log in: %s",
                        logon->name, logon->dn, text_peek(&flaws));
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(logon_release) struct logon logon = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err))
        return false;
    if (logon_read(directory, setting_value(setting, "account"), &logon, &trouble))
        return logon.flaws ? tell_flaws(&logon, ret_finding, err)
                           : tell_fine(&logon, ret_finding, err);
    if (trouble.status == AJAR_EMISSING || trouble.status == AJAR_ECONFLICT)
        return finding_fail(ret_finding, err,
                            "check the account in the plan: whom it means, and the domain that it "
                            "is in",
                            "%s", trouble.text);
    *err = trouble;
    return false;
}

const struct requirement requirement_account = {
    .check = "account",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};

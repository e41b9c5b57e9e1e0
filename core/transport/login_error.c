/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/login_error.h"

#include "base/cleanup.h"

#include <krb5.h>

#define SEE_CACHE    "see klist, then kinit again"
#define SEE_PASSWORD "check the password file (or the keytab) and the user in the configuration"
#define SEE_ACCOUNT  "look at the account in the directory"
#define SEE_KDC      "check the realm in krb5.conf, the names in DNS, and port 88 of the controllers"
#define SEE_CLOCK    "set the clocks of this host and of the controllers: five minutes are tolerated"
#define SEE_KEYTAB   "make the keytab again: it must hold the account's present keys"

static const struct cause {
    krb5_error_code code;
    enum ajar_status status;
    const char *text;
    const char *hint;
} causes[] = {
    { KRB5KDC_ERR_PREAUTH_FAILED, AJAR_ELOGIN, "wrong password", SEE_PASSWORD },
    { KRB5KRB_AP_ERR_BAD_INTEGRITY, AJAR_ELOGIN, "wrong password", SEE_PASSWORD },
    { KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, AJAR_ELOGIN, "unknown user", SEE_PASSWORD },
    { KRB5KDC_ERR_KEY_EXP, AJAR_ELOGIN, "the password has expired",
      "change the account's password, then the password file" },
    { KRB5KDC_ERR_NAME_EXP, AJAR_ELOGIN, "the account has expired", SEE_ACCOUNT },
    { KRB5KDC_ERR_CLIENT_REVOKED, AJAR_ELOGIN, "the account is disabled or locked", SEE_ACCOUNT },
    { KRB5KDC_ERR_POLICY, AJAR_ELOGIN, "the domain's policy does not let this account log in now",
      SEE_ACCOUNT },
    { KRB5KDC_ERR_ETYPE_NOSUPP, AJAR_ELOGIN,
      "the account and this host have no encryption type in common",
      "set the account's password again, or see permitted_enctypes in krb5.conf" },
    { KRB5KRB_AP_ERR_SKEW, AJAR_ELOGIN, "the clocks differ too much", SEE_CLOCK },
    { KRB5_KDCREP_SKEW, AJAR_ELOGIN, "the clocks differ too much", SEE_CLOCK },
    { KRB5KDC_ERR_NEVER_VALID, AJAR_ELOGIN, "the clocks differ too much", SEE_CLOCK },
    { KRB5KRB_AP_ERR_TKT_EXPIRED, AJAR_ELOGIN, "the ticket has expired", SEE_CACHE },
    { KRB5_FCC_NOFILE, AJAR_ELOGIN, "there is no ticket cache",
      "kinit first, or set auth = password or a keytab in the configuration" },
    { KRB5_CC_NOTFOUND, AJAR_ELOGIN, "there is no ticket for it", SEE_CACHE },
    { KRB5_FCC_PERM, AJAR_ELOGIN, "this user may not read the ticket cache", SEE_CACHE },
    { KRB5_CC_FORMAT, AJAR_ELOGIN, "the ticket cache is damaged", SEE_CACHE },
    { KRB5_CC_END, AJAR_ELOGIN, "the ticket cache is damaged", SEE_CACHE },
    { KRB5_CCACHE_BADVNO, AJAR_ELOGIN, "the ticket cache is damaged", SEE_CACHE },
    { KRB5_CC_UNKNOWN_TYPE, AJAR_ELOGIN, "the ticket cache is of an unknown type",
      "set KRB5CCNAME to FILE:, DIR:, KEYRING: or KCM: and a name" },
    { KRB5_KT_NOTFOUND, AJAR_ELOGIN, "the keytab has no key for it", SEE_KEYTAB },
    { KRB5_KEYTAB_BADVNO, AJAR_ELOGIN, "this is no keytab", SEE_KEYTAB },
    { KRB5_KDC_UNREACH, AJAR_EUNREACHABLE, "no KDC of the realm answers", SEE_KDC },
    { KRB5_REALM_UNKNOWN, AJAR_EUNREACHABLE, "no KDC of the realm is known", SEE_KDC },
    { KRB5_REALM_CANT_RESOLVE, AJAR_EUNREACHABLE, "the realm's KDCs have no address", SEE_KDC },
    { KRB5KDC_ERR_WRONG_REALM, AJAR_ELOGIN, "the KDC serves another realm", SEE_KDC },
};

bool login_error(struct ajar_error *err, int32_t code, const char *message)
{
    for (size_t i = 0; i < LENGTH(causes); i++) {
        if (causes[i].code != code)
            continue;
        ajar_fail(err, causes[i].status, "%s", causes[i].text);
        ajar_native(err, (uint32_t)code);
        return ajar_hint(err, causes[i].hint);
    }
    ajar_fail(err, AJAR_ELOGIN, "%s", message);
    return ajar_native(err, (uint32_t)code);
}

bool login_is_wrong_password(const struct ajar_error *err)
{
    return err->status == AJAR_ELOGIN && (err->native == (uint32_t)KRB5KDC_ERR_PREAUTH_FAILED ||
                                          err->native == (uint32_t)KRB5KRB_AP_ERR_BAD_INTEGRITY);
}

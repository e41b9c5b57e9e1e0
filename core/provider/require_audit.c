/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A host audits a category of events: what its security authority does, wherever that was set.
 *
 *     [require audit-account-management]
 *     on = controllers target.test
 *     check = audit
 *     category = account-management
 *     must = success-and-failure
 */
#include "provider/requirement.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "category",
      .type = FIELD_CHOICE,
      .choices = "system logon object-access privilege-use process-tracking policy-change "
                 "account-management ds-access account-logon" },
    { .name = "must", .type = FIELD_CHOICE, .choices = "success-and-failure success failure" },
    { 0 },
};

static const struct category {
    const char *name;
    const char *title; /* as the policy editor calls it: "Audit ..." */
} categories[] = {
    [LSARPC_SYSTEM] = { "system", "system events" },
    [LSARPC_LOGON] = { "logon", "logon events" },
    [LSARPC_OBJECT_ACCESS] = { "object-access", "object access" },
    [LSARPC_PRIVILEGE_USE] = { "privilege-use", "privilege use" },
    [LSARPC_PROCESS_TRACKING] = { "process-tracking", "process tracking" },
    [LSARPC_POLICY_CHANGE] = { "policy-change", "policy change" },
    [LSARPC_ACCOUNT_MANAGEMENT] = { "account-management", "account management" },
    [LSARPC_DS_ACCESS] = { "ds-access", "directory service access" },
    [LSARPC_ACCOUNT_LOGON] = { "account-logon", "account logon events" },
};

static enum lsarpc_category category_of(const struct setting *setting)
{
    const char *name = setting_value(setting, "category");

    for (size_t i = 0; name && i < LENGTH(categories); i++) {
        if (strcmp(categories[i].name, name) == 0)
            return (enum lsarpc_category)i;
    }
    return LSARPC_ACCOUNT_MANAGEMENT;
}

static uint32_t options_of(const struct setting *setting)
{
    const char *must = setting_value(setting, "must");

    if (must && strcmp(must, "success") == 0)
        return LSARPC_AUDIT_SUCCESS;
    if (must && strcmp(must, "failure") == 0)
        return LSARPC_AUDIT_FAILURE;
    return LSARPC_AUDIT_SUCCESS | LSARPC_AUDIT_FAILURE;
}

static const char *phrase(uint32_t options)
{
    static const char *const phrases[] = { "nothing", "success", "failure", "success and failure" };

    return phrases[options & (LSARPC_AUDIT_SUCCESS | LSARPC_AUDIT_FAILURE)];
}

static bool fail_audit(const char *host, const char *title, uint32_t is, uint32_t must,
                       struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free)
    char *hint = text_make("set \"Audit %s\" to %s in the policy of this host (a controller's is "
                           "Default Domain Controllers Policy), then run gpupdate there",
                           title, phrase(must));

    if (!hint)
        return ajar_no_memory(err);
    return finding_fail(ret_finding, err, hint, "%s audits %s of %s, and must audit %s", host,
                        phrase(is), title, phrase(must));
}

static bool judge_audit(const struct lsarpc_audit *audit, const struct setting *setting,
                        const char *host, struct finding *ret_finding, struct ajar_error *err)
{
    enum lsarpc_category category = category_of(setting);
    const char *title = categories[category].title;
    uint32_t must = options_of(setting);
    uint32_t is;

    if (audit->enabled && category >= audit->count)
        return finding_unknown(ret_finding, err, "look at the audit policy on the host",
                               "%s does not tell whether it audits %s", host, title);
    is = audit->enabled ? audit->options[category] : 0;
    if ((is & must) == must)
        return finding_pass(ret_finding, err, "%s audits %s of %s", host, phrase(is), title);
    return fail_audit(host, title, is, must, ret_finding, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    struct lsarpc_audit audit = { 0 };
    struct lsarpc *security = NULL;

    return target_security(target, &security, err) && lsarpc_audit_policy(security, &audit, err) &&
           judge_audit(&audit, setting, target_name(target), ret_finding, err);
}

const struct requirement requirement_audit = {
    .check = "audit",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .examine = examine,
};

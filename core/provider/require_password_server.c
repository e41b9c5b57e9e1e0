/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Password Export Server is installed on a host, and LSASS can load its password filter.
 *
 *     [require password-server]
 *     on = host pes.source.test
 *     check = password-server
 *
 * Only the registry is looked at: neither the service, nor its key, nor whether the host was
 * restarted since. Microsoft documents the service's display name ("Password Export Server
 * Service") and not its short one; `service` says another.
 */
#include "provider/registry_look.h"

#include <string.h>

#define SERVICES "SYSTEM\\CurrentControlSet\\Services"
#define LSA      "SYSTEM\\CurrentControlSet\\Control\\Lsa"

static const char default_service[] = "PesSvc";
static const char filter[] = "PWMIG";

static const struct field_rule fields[] = {
    { .name = "service", .type = FIELD_TEXT },
    { 0 },
};

#define HINT_INSTALL                                                                          \
    "install it as an administrator: msiexec /i pwdmig.msi, then restart the host; if it is " \
    "there "                                                                                  \
    "under another short name (sc getkeyname \"Password Export Server Service\"), say so: "   \
    "service = "                                                                              \
    "NAME"
#define HINT_FILTER \
    "install pwdmig.msi again as an administrator (msiexec /i pwdmig.msi), and restart the host"
#define HINT_PROTECTION                                                                            \
    "reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v RunAsPPL /t REG_DWORD /d 0 /f, and " \
    "restart the host; where UEFI holds it, Microsoft's LSA protection opt-out tool is needed, "   \
    "too"

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    const char *service = setting_value(setting, "service");

    if (service && strchr(service, '\\'))
        return setting_fail(setting, "service", err,
                            "service: \"%s\" is no service's short name, as PesSvc is", service);
    return true;
}

static const char *service_of(const struct setting *setting)
{
    const char *service = setting_value(setting, "service");

    return service ? service : default_service;
}

/* Each of these looks at one thing, and fills the finding when there is something to say. */
typedef bool look_function(struct target *target, const struct setting *setting,
                           struct finding *finding, struct ajar_error *err);

static bool look_at_service(struct target *target, const struct setting *setting,
                            struct finding *finding, struct ajar_error *err)
{
    const char *service = service_of(setting);
    OWNED(registry_look_release) struct registry_look look = { 0 };
    OWNED(free) char *path = text_make("%s\\%s", SERVICES, service);

    if (!path)
        return ajar_no_memory(err);
    if (!registry_look(target, path, "ImagePath", &look, err))
        return false;
    return look.has_key ||
           finding_fail(
               finding, err, HINT_INSTALL,
               "the Password Export Server is not installed: there is no service \"%s\"%s", service,
               setting_value(setting, "service") ? "" : " (its short name is unconfirmed)");
}

static bool look_at_filter(struct target *target, const struct setting *setting,
                           struct finding *finding, struct ajar_error *err)
{
    OWNED(registry_look_release) struct registry_look look = { 0 };
    bool has = false;

    (void)setting;
    if (!registry_look(target, LSA, "Notification Packages", &look, err))
        return false;
    if (look.exists && !registry_look_has(&look, filter, &has))
        return finding_unknown(finding, err, HINT_FILTER,
                               "\"Notification Packages\" is %s, which is no list of strings",
                               look.phrase);
    return has || finding_fail(finding, err, HINT_FILTER,
                               "the Password Export Server's filter is not registered: "
                               "\"Notification Packages\" is %s, without %s",
                               look.phrase, filter);
}

static bool look_at_protection(struct target *target, const struct setting *setting,
                               struct finding *finding, struct ajar_error *err)
{
    OWNED(registry_look_release) struct registry_look look = { 0 };
    uint32_t number = 0;

    (void)setting;
    if (!registry_look(target, LSA, "RunAsPPL", &look, err))
        return false;
    if (look.exists && (!registry_look_number(&look, &number) || number > 2))
        return finding_unknown(finding, err, HINT_PROTECTION,
                               "RunAsPPL is %s, and nobody knows what that means", look.phrase);
    return number == 0 ||
           finding_fail(finding, err, HINT_PROTECTION,
                        "LSA protection is on (RunAsPPL is %s): LSASS cannot load the Password "
                        "Export Server",
                        look.phrase);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    static look_function *const looks[] = { look_at_service, look_at_filter, look_at_protection };
    OWNED(finding_release) struct finding finding = { 0 };

    for (size_t i = 0; i < LENGTH(looks) && !finding.reason; i++) {
        if (!looks[i](target, setting, &finding, err))
            return false;
    }
    if (!finding.reason &&
        !finding_pass(
            &finding, err,
            "service \"%s\" and the filter %s are registered, and LSA protection is not on "
            "in the registry",
            service_of(setting), filter))
        return false;
    *ret_finding = finding;
    finding = (struct finding){ 0 };
    return true;
}

const struct requirement requirement_password_server = {
    .check = "password-server",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};

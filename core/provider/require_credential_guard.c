/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Credential Guard is off on the host where ADMT runs: with it, ADMT cannot delegate the operator's
 * credentials ("No credentials are available in the security package").
 *
 *     [require no-credential-guard]
 *     on = host admt.target.test
 *     check = credential-guard
 *
 * Only what was asked for in the registry is looked at, not what runs.
 */
#include "provider/registry_look.h"

static const struct field_rule fields[] = { { 0 } };

static const struct where {
    const char *path;
    const char *what;
    const char *hint;
} places[] = {
    { "SYSTEM\\CurrentControlSet\\Control\\Lsa", "LsaCfgFlags",
      "reg add HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa /v LsaCfgFlags /t REG_DWORD /d 0 /f, "
      "and restart the host; where it is locked, UEFI's variables must be cleared, too" },
    { "SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceGuard", "LsaCfgFlags of the policy",
      "turn off Credential Guard in the policy \"Turn On Virtualization Based Security\", then "
      "gpupdate /force, and restart the host; where it is locked, UEFI's variables must be "
      "cleared, too" },
};

static const char *const meanings[] = { "off", "on, locked in UEFI", "on, without a lock" };

/* One place: fills the finding when Credential Guard may be on; counts the values that say no. */
static bool look_at(struct target *target, const struct where *where, size_t *said_off,
                    struct finding *finding, struct ajar_error *err)
{
    OWNED(registry_look_release) struct registry_look look = { 0 };
    uint32_t number = 0;

    if (!registry_look(target, where->path, "LsaCfgFlags", &look, err))
        return false;
    if (!look.exists)
        return true;
    if (!registry_look_number(&look, &number) || number >= LENGTH(meanings))
        return finding_unknown(finding, err, where->hint,
                               "%s is %s, and nobody knows what that means", where->what,
                               look.phrase);
    if (number == 0) {
        ++*said_off;
        return true;
    }
    return finding_fail(finding, err, where->hint,
                        "Credential Guard is %s (%s is %s): ADMT cannot delegate credentials",
                        meanings[number], where->what, look.phrase);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(finding_release) struct finding finding = { 0 };
    size_t said_off = 0;

    (void)setting;
    for (size_t i = 0; i < LENGTH(places) && finding.result != REQUIREMENT_FAIL; i++) {
        struct finding next = { 0 };

        if (!look_at(target, &places[i], &said_off, &next, err))
            return false;
        if (!next.reason)
            continue;
        finding_release(&finding);
        finding = next;
    }
    if (!finding.reason &&
        !finding_pass(&finding, err,
                      said_off ? "Credential Guard is off (LsaCfgFlags is 0)"
                               : "nothing asks for Credential Guard (LsaCfgFlags is absent); newer "
                                 "Windows may turn it on by itself (unconfirmed which)"))
        return false;
    *ret_finding = finding;
    finding = (struct finding){ 0 };
    return true;
}

const struct requirement requirement_credential_guard = {
    .check = "credential-guard",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .examine = examine,
};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A service of a host is installed, or runs, or has stopped.
 *
 *     [require password-export-server]
 *     on = host pes.source.test
 *     check = service
 *     service = Password Export Server Service
 *     must = installed
 */
#include "provider/requirement.h"
#include "provider/service_live.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "service", .type = FIELD_TEXT, .required = true },
    { .name = "must", .type = FIELD_CHOICE, .choices = "installed running stopped" },
    { 0 },
};

static bool judge_absent(const char *called, const char *host, struct finding *ret_finding,
                         struct ajar_error *err)
{
    return finding_fail(
        ret_finding, err,
        "install it on this host, or correct `service` (the key name or the display "
        "name)",
        "there is no service \"%s\" on %s", called, host);
}

static bool judge_live(const struct service_live *live, const char *must,
                       struct finding *ret_finding, struct ajar_error *err)
{
    const char *is = service_state_name(live->status.state);
    const char *start = service_live_start_name(live);

    if (strcmp(must, "installed") == 0 || strcmp(must, is) == 0)
        return finding_pass(ret_finding, err, "service \"%s\" is %s, start %s", live->name, is,
                            start);
    if (service_live_is_pending(live))
        return finding_unknown(ret_finding, err, "look again when it has arrived",
                               "service \"%s\" is %s", live->name, is);
    return finding_fail(ret_finding, err, strcmp(must, "running") == 0 ? "start it" : "stop it",
                        "service \"%s\" is %s (start %s), and must be %s", live->name, is, start,
                        must);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    const char *called = setting_value(setting, "service");
    const char *must = setting_value(setting, "must");
    struct svcctl *services = NULL;

    if (!target_services(target, &services, err) ||
        !service_live_open(services, called, &live, err))
        return false;
    if (!live.name)
        return judge_absent(called, target_name(target), ret_finding, err);
    return judge_live(&live, must ? must : "installed", ret_finding, err);
}

const struct requirement requirement_service = {
    .check = "service",
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .examine = examine,
};

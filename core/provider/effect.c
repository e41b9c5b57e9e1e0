/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/effect.h"

#include "base/clock.h"
#include "base/text.h"
#include "model/plan.h"
#include "model/value.h"
#include "provider/catalog.h"
#include "provider/registry_live.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char windows_key[] = "SYSTEM\\CurrentControlSet\\Control\\Windows";

/* Where the client of group policy notes when its security extension ended; known from practice. */
static const char policy_key[] =
    "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State\\Machine\\Extension-List\\"
    "{827D319E-6EAC-11D2-A4EA-00C04F79F83A}";

/* The fields of a [policy NAME] that evidence depends on. */
#define EVENT_AUDIT     "Event Audit"
#define REGISTRY_VALUES "Registry Values"
#define MACHINE         "MACHINE\\"

/* The keys of [Event Audit] ([MS-GPSB] 2.2.4), and what LSA calls them. */
static const struct {
    const char *key;
    enum lsarpc_category category;
} categories[] = {
    { "AuditSystemEvents", LSARPC_SYSTEM },
    { "AuditLogonEvents", LSARPC_LOGON },
    { "AuditObjectAccess", LSARPC_OBJECT_ACCESS },
    { "AuditPrivilegeUse", LSARPC_PRIVILEGE_USE },
    { "AuditProcessTracking", LSARPC_PROCESS_TRACKING },
    { "AuditPolicyChange", LSARPC_POLICY_CHANGE },
    { "AuditAccountManage", LSARPC_ACCOUNT_MANAGEMENT },
    { "AuditDSAccess", LSARPC_DS_ACCESS },
    { "AuditAccountLogon", LSARPC_ACCOUNT_LOGON },
};

/* A host that knows us and does not have it, or does not let us see it, does not tell: that is no
 * failure. */
static bool forgive(struct ajar_error *trouble, struct ajar_error *err)
{
    if (trouble->status == AJAR_EMISSING || trouble->status == AJAR_EDENIED ||
        trouble->status == AJAR_EPROTOCOL)
        return true;
    *err = *trouble;
    return false;
}

static bool set_number(struct ajar_state *evidence, const char *name, int64_t number,
                       struct ajar_error *err)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%" PRId64, number);
    return ajar_state_set(evidence, name, text, err);
}

/* Samba tells no uptime. */
static bool add_uptime(struct target *target, struct ajar_state *evidence, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    const struct clock clock = clock_system();
    struct srvsvc_time time = { 0 };
    struct srvsvc *server = NULL;

    if (!target_server(target, &server, &trouble) || !srvsvc_remote_time(server, &time, &trouble))
        return forgive(&trouble, err);
    return time.uptime_ms == 0 || (set_number(evidence, "clock", time.now, err) &&
                                   set_number(evidence, "asked", clock_now(&clock), err) &&
                                   set_number(evidence, "uptime", time.uptime_ms, err));
}

/* A value of the registry as a fact: its bytes in hexadecimal, or "absent". */
static bool add_value(struct target *target, const char *fact, const char *key, const char *value,
                      struct ajar_state *evidence, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state live = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct winreg *registry = NULL;

    if (!target_registry(target, &registry, &trouble) ||
        !registry_observe(registry, key, value, &live, &trouble))
        return forgive(&trouble, err);
    return ajar_state_set(evidence, fact, live.exists ? ajar_state_fact(&live, "data") : "absent",
                          err);
}

static bool add_restart(struct target *target, struct ajar_state *evidence, struct ajar_error *err)
{
    return add_uptime(target, evidence, err) &&
           add_value(target, "shutdown", windows_key, "ShutdownTime", evidence, err);
}

/* The process of a service is another one after its restart, unless it shares one with others. */
static bool add_process(struct target *target, const char *name, struct ajar_state *evidence,
                        struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct service_status status = { 0 };
    struct svcctl_service service;
    struct svcctl *services = NULL;
    bool ok;

    if (!target_services(target, &services, &trouble) ||
        !svcctl_open_service(services, name, SVCCTL_QUERY_STATUS, &service, &trouble))
        return forgive(&trouble, err);
    ok = svcctl_query_status(services, &service, &status, &trouble);
    if (!ok)
        return forgive(&trouble, err);
    trouble = AJAR_NO_ERROR;
    (void)svcctl_close_service(services, &service, &trouble);
    return (status.process_id == 0 && status.state != SERVICE_STOPPED) || /* Samba does not tell */
           set_number(evidence, "process", status.process_id, err);
}

/* The Server service shares its process, but tells when it started. */
static bool add_server_start(struct target *target, struct ajar_state *evidence,
                             struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct srvsvc *server = NULL;
    int64_t start = 0;

    if (!target_server(target, &server, &trouble) || !srvsvc_server_start(server, &start, &trouble))
        return forgive(&trouble, err);
    return set_number(evidence, "started", start, err);
}

static bool add_service(struct target *target, const char *name, struct ajar_state *evidence,
                        struct ajar_error *err)
{
    bool is_server = text_same_ignoring_case(name, "LanmanServer");

    return add_restart(target, evidence, err) &&
           (is_server ? add_server_start(target, evidence, err)
                      : add_process(target, name, evidence, err));
}

static bool say_in_effect(struct ajar_state *evidence, bool yes, struct ajar_error *err)
{
    return ajar_state_set(evidence, "in-effect", yes ? "yes" : "no", err);
}

/* Does LSA audit what the policy says? Four stands for none, too ([MS-LSAD] 2.2.4.4). */
static bool add_audit(struct target *target, enum lsarpc_category category, const char *value,
                      struct ajar_state *evidence, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct lsarpc_audit audit = { 0 };
    struct lsarpc *security = NULL;
    unsigned long wanted = strtoul(value, NULL, 10) & 3;

    if (!target_security(target, &security, &trouble) ||
        !lsarpc_audit_policy(security, &audit, &trouble))
        return forgive(&trouble, err);
    if (category >= audit.count)
        return true;
    return say_in_effect(evidence, (audit.enabled ? audit.options[category] & 3 : 0) == wanted,
                         err);
}

/* Does the registry have what the policy says? Numbers only: "4,0". */
static bool add_policy_value(struct target *target, const char *key, const char *value,
                             struct ajar_state *evidence, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state live = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;
    struct winreg *registry = NULL;
    OWNED(free) char *path = NULL;
    const char *text;
    char *name;

    if (strncasecmp(key, MACHINE, strlen(MACHINE)) != 0 || strncmp(value, "4,", 2) != 0)
        return true;
    path = text_copy(key + strlen(MACHINE));
    if (!path)
        return ajar_no_memory(err);
    name = strrchr(path, '\\');
    if (!name)
        return true;
    *name++ = '\0';
    if (!target_registry(target, &registry, &trouble) ||
        !registry_observe(registry, path, name, &live, &trouble))
        return forgive(&trouble, err);
    text = ajar_state_fact(&live, "text");
    return say_in_effect(evidence, text && strcmp(text, value + 2) == 0, err);
}

/* What the policy says now, on a host that has refreshed it. Where the policy says nothing any
 * more, only the refresh itself can be seen. */
static bool add_policy(struct target *target, const struct setting *setting,
                       const struct ajar_state *goal, struct ajar_state *evidence,
                       struct ajar_error *err)
{
    const char *section = setting_value(setting, "section");
    const char *key = setting_value(setting, "key");
    const char *value = goal->exists ? ajar_state_fact(goal, "value") : NULL;

    if (!add_value(target, "refreshed", policy_key, "EndTimeLo", evidence, err) ||
        !add_restart(target, evidence, err))
        return false;
    if (!section || !key || !value)
        return true;
    if (text_same_ignoring_case(section, REGISTRY_VALUES))
        return add_policy_value(target, key, value, evidence, err);
    for (size_t i = 0; i < LENGTH(categories); i++) {
        if (text_same_ignoring_case(section, EVENT_AUDIT) &&
            text_same_ignoring_case(key, categories[i].key))
            return add_audit(target, categories[i].category, value, evidence, err);
    }
    return true;
}

/* Is the change in this controller's own copy of the directory? */
static bool add_replica(struct target *target, const struct setting *setting,
                        const struct ajar_state *goal, struct ajar_state *evidence, bool *ret_here,
                        struct ajar_error *err)
{
    const struct provider *provider = catalog_find(setting_kind(setting));
    OWNED(ajar_state_release) struct ajar_state live = { 0 };
    bool ok;

    target_face_itself(target, true);
    ok = provider->observe(target, setting, &live, err);
    target_face_itself(target, false);
    if (!ok)
        return false;
    *ret_here = provider->match(&live, goal) != MATCH_OTHER;
    return ajar_state_set(evidence, "here", *ret_here ? "yes" : "no", err);
}

/* "LanmanServer" of "service LanmanServer restart"; to be freed. */
static char *service_of(const char *effect)
{
    size_t before = strlen("service ");
    size_t after = strlen(" restart");

    return text_copy_bytes(effect + before, strlen(effect) - before - after);
}

static bool add_evidence(struct target *target, const struct setting *setting,
                         const struct ajar_state *goal, struct ajar_state *evidence,
                         struct ajar_error *err)
{
    const char *effect = setting_takes_effect(setting);
    OWNED(free) char *service = NULL;

    if (strcmp(effect, "restart") == 0)
        return add_restart(target, evidence, err);
    if (strcmp(effect, "policy refresh") == 0)
        return add_policy(target, setting, goal, evidence, err);
    if (strncmp(effect, "service ", strlen("service ")) != 0)
        return true;
    service = service_of(effect);
    return service ? add_service(target, service, evidence, err) : ajar_no_memory(err);
}

bool effect_observe(struct target *target, const struct setting *setting,
                    const struct ajar_state *goal, struct ajar_state *ret_evidence,
                    struct ajar_error *err)
{
    const struct provider *provider = catalog_find(setting_kind(setting));
    OWNED(ajar_state_release) struct ajar_state evidence = { .known = true, .exists = true };
    bool here = true;

    if (provider->on_domain && !add_replica(target, setting, goal, &evidence, &here, err))
        return false;
    if (strcmp(setting_takes_effect(setting), "replication") == 0
            ? !say_in_effect(&evidence, here, err)
            : here && !add_evidence(target, setting, goal, &evidence, err))
        return false;
    *ret_evidence = evidence;
    evidence = (struct ajar_state){ 0 };
    return true;
}

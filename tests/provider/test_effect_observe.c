/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which evidence a host gives for each thing that a change can wait for, what is left out where the
 * host does not tell, and what is a failure. The answers of the Server service and of LSA are of
 * the specifications ([MS-SRVS] 2.2.4.105 and .39, [MS-LSAD] 2.2.4.4).
 */
#include "base/clock.h"
#include "fake/fake_pipe.h"
#include "fake/fake_services.h"
#include "fake/scripted_pipe.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "provider/effect.h"
#include "transport/rpc/lsarpc_codec.h"
#include "transport/rpc/srvsvc_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define WINDOWS "SYSTEM\\CurrentControlSet\\Control\\Windows"
#define REFRESH                                                                                  \
    "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Group Policy\\State\\Machine\\Extension-List" \
    "\\{827D319E-6EAC-11D2-A4EA-00C04F79F83A}"

#define NO_SUCH_CALL 0x1c010002U
#define OPEN_KEY     15U
#define OPEN_SERVICE 16U

/* The time of day 1795260325, with this uptime in milliseconds as bytes. */
#define TIME(uptime)                                                                             \
    "00000200a57f016b" uptime "0b0000001900000019000000000000000000000010270000150000000b000000" \
    "ea0700000600000000000000"
#define ZEROS   "00000000000000000000000000000000"
#define STARTED "00000200406f016b" ZEROS ZEROS ZEROS ZEROS "00000000"

#define HANDLE "00000000492bee8a71f9904595fc229da7160592"
/* Nine categories: whether anything is audited, none but account management, what for. */
#define AUDIT(mode, account)                                                                  \
    "0000020002000000" mode "000000040002000900000009000000" ZEROS "0000000000000000" account \
    "000000000000000000000000"
#define UNSEEN "000002000200000000000000000000000000000000000000"

/* ---------------------------------------------------------------------------------------------
 * A setting of the directory, in the place of those that there are */

static bool observe_copy(struct target *target, const struct setting *setting,
                         struct ajar_state *ret_now, struct ajar_error *err)
{
    const char *copy = setting_value(setting, "copy");

    (void)target;
    if (strcmp(copy, "away") == 0)
        return ajar_fail(err, AJAR_EUNREACHABLE, "LDAP: it did not work");
    *ret_now = (struct ajar_state){ .known = true, .exists = true };
    return ajar_state_set(ret_now, "value", copy, err);
}

static enum match match_copy(const struct ajar_state *now, const struct ajar_state *meant)
{
    const char *value = meant->exists ? ajar_state_fact(meant, "value") : "gone";

    return strcmp(ajar_state_fact(now, "value"), value) == 0 ? MATCH_SAME : MATCH_OTHER;
}

static const struct provider of_host = { .kind = "registry" };
static const struct provider of_domain = {
    .kind = "policy",
    .on_domain = true,
    .observe = observe_copy,
    .match = match_copy,
};

const struct provider *catalog_find(const char *kind)
{
    return strcmp(kind, "policy") == 0 ? &of_domain : &of_host;
}

/* ---------------------------------------------------------------------------------------------
 * A pipe that breaks */

struct lost_pipe {
    struct rpc_pipe pipe;
    enum ajar_status status;
};

static bool lose(struct rpc_pipe *pipe, unsigned opnum, const struct bytes *request,
                 struct bytes *ret_answer, struct ajar_error *err)
{
    const struct lost_pipe *lost = (const struct lost_pipe *)pipe;

    (void)opnum;
    (void)request;
    (void)ret_answer;
    return ajar_fail(err, lost->status, "a pipe that breaks");
}

static void close_lost(struct rpc_pipe *pipe)
{
    free(pipe);
}

static struct rpc_pipe *lost_pipe(enum ajar_status status)
{
    static const struct rpc_pipe_methods methods = { .call = lose, .close = close_lost };
    struct lost_pipe *lost = calloc(1, sizeof(*lost));

    assert_non_null(lost);
    *lost = (struct lost_pipe){ { &methods }, status };
    return &lost->pipe;
}

/* ---------------------------------------------------------------------------------------------
 * A host */

enum manner {
    TELLS,
    LACKS, /* the value, the call, the service: there is none */
    DENIES,
    LOSES,   /* AJAR_ETIMEOUT */
    IS_AWAY, /* AJAR_EUNREACHABLE */
    STOPPED, /* the service */
    SILENT,  /* runs, and has no process; an uptime of zero */
};

struct observation {
    const char *name;
    const char *section; /* its fields */
    const char *goal;    /* the value that was written; NULL: it was taken away */
    enum manner registry;
    enum manner server;
    enum manner services;
    const char *audit;    /* LSA's answer; NULL: a fault */
    const char *evidence; /* NULL: it fails */
    enum ajar_status status;
};

struct host {
    struct fake_registry *registry;
    struct fake_services *services;
    struct script_line server_script[2];
    struct script_line security_script[2];
    bool server_closed;
    bool security_closed;
    struct target *target;
};

static enum ajar_status lost_status(enum manner manner)
{
    return manner == LOSES ? AJAR_ETIMEOUT : AJAR_EUNREACHABLE;
}

static struct winreg *connect_registry(struct host *host, enum manner manner)
{
    struct winreg *client;

    host->registry = fake_registry_new();
    fake_registry_add_key(host->registry, WINDOWS);
    if (manner != LACKS) {
        fake_registry_set(host->registry, WINDOWS, "ShutdownTime", 3, "\1\2", 2);
        fake_registry_set(host->registry, REFRESH, "EndTimeLo", 4, "\3\0\0\0", 4);
        fake_registry_set(host->registry, "SYSTEM\\Lsa", "Restrict", 4, "\1\0\0\0", 4);
    }
    client = fake_registry_open(host->registry);
    if (manner == DENIES) {
        host->registry->code_opnum = OPEN_KEY;
        host->registry->code = 5;
    }
    host->registry->broken = manner == IS_AWAY;
    host->registry->fail_at = manner == LOSES ? host->registry->calls + 1 : 0;
    return client;
}

static struct svcctl *connect_services(struct host *host, enum manner manner)
{
    struct svcctl *client;

    host->services = fake_services_new();
    host->services->lacks_status_ex = manner == SILENT;
    host->services->services[0] = (struct fake_service){
        .name = manner == LACKS ? "Other" : "ADSync",
        .type = 0x10,
        .state = manner == STOPPED ? SERVICE_STOPPED : SERVICE_RUNNING,
        .start = SERVICE_AUTO,
        .process = manner == STOPPED ? 0 : 604,
    };
    client = fake_services_open(host->services);
    if (manner == DENIES) {
        host->services->code_opnum = OPEN_SERVICE;
        host->services->code = 5;
    }
    host->services->broken = manner == IS_AWAY;
    host->services->fail_at = manner == LOSES ? host->services->calls + 1 : 0;
    return client;
}

static struct srvsvc *connect_server(struct host *host, enum manner manner)
{
    static const char *const times[] = { [TELLS] = TIME("404b4c00"),
                                         [SILENT] = TIME("00000000"),
                                         [DENIES] = "0000000005000000",
                                         [STOPPED] = NULL };
    static const char *const starts[] = {
        [TELLS] = STARTED, [DENIES] = "0000000005000000", [STOPPED] = NULL, [SILENT] = NULL
    };
    bool is_lost = manner == LOSES || manner == IS_AWAY;
    struct ajar_error err = AJAR_NO_ERROR;
    struct srvsvc *client = NULL;

    host->server_script[0] =
        (struct script_line){ SRVSVC_REMOTE_TOD, NULL, times[manner], NO_SUCH_CALL };
    host->server_script[1] =
        (struct script_line){ SRVSVC_STATISTICS_GET, NULL, starts[manner], NO_SUCH_CALL };
    assert_true(srvsvc_open(is_lost ? lost_pipe(lost_status(manner))
                                    : scripted_pipe(host->server_script, 2, &host->server_closed),
                            "dc1.source.test", &client, &err));
    return client;
}

static struct lsarpc *connect_security(struct host *host, const char *audit)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct lsarpc *client = NULL;

    host->security_script[0] =
        (struct script_line){ LSARPC_OPEN_POLICY_2, NULL, HANDLE "00000000", 0 };
    host->security_script[1] =
        (struct script_line){ LSARPC_QUERY_INFORMATION_POLICY, NULL, audit, 1 };
    assert_true(lsarpc_open(scripted_pipe(host->security_script, 2, &host->security_closed),
                            "dc1.source.test", &client, &err));
    return client;
}

static void host_make(struct host *host, const struct observation *row)
{
    const struct target_connections connections = {
        .registry = connect_registry(host, row->registry),
        .services = connect_services(host, row->services),
        .server = connect_server(host, row->server),
        .security = connect_security(host, row->audit),
    };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(target_new_with("dc1.source.test", &connections, &host->target, &err));
}

static void host_release(struct host *host)
{
    target_free(host->target);
    fake_registry_free(host->registry);
    fake_services_free(host->services);
}
DEFINE_OWNED_STRUCT(struct host, host_release);

/* ---------------------------------------------------------------------------------------------
 * What comes of it */

#define ON_HOST   "[registry test]\n"
#define ON_DOMAIN "[policy test]\ncopy = 3\n"
#define RESTART   ON_HOST "takes-effect = restart\n"
#define ADSYNC    ON_HOST "takes-effect = service ADSync restart\n"
#define SERVER    ON_HOST "takes-effect = service lanmanserver restart\n"
#define REPLICATE "takes-effect = replication\n"
#define REFRESHED "takes-effect = policy refresh\n"
#define ACCOUNTS  ON_DOMAIN REFRESHED "section = Event Audit\nkey = AuditAccountManage\n"
#define VALUE     REFRESHED "section = Registry Values\nkey = MACHINE\\System\\Lsa\\Restrict\n"

#define UP         "clock=1795260325 asked uptime=5000000 "
#define POLICY_NOW "here=yes refreshed=03000000 " UP "shutdown=0102"

static const struct observation observations[] = {
    { "restart: a host that tells", RESTART, "3", TELLS, TELLS, TELLS, NULL, UP "shutdown=0102",
      AJAR_FINE },
    { "restart: it was never shut down", RESTART, "3", LACKS, TELLS, TELLS, NULL,
      UP "shutdown=absent", AJAR_FINE },
    { "restart: no uptime", RESTART, "3", TELLS, SILENT, TELLS, NULL, "shutdown=0102", AJAR_FINE },
    { "restart: the call is not offered", RESTART, "3", TELLS, STOPPED, TELLS, NULL,
      "shutdown=0102", AJAR_FINE },
    { "restart: the call is denied", RESTART, "3", TELLS, DENIES, TELLS, NULL, "shutdown=0102",
      AJAR_FINE },
    { "restart: the registry is denied", RESTART, "3", DENIES, TELLS, TELLS, NULL,
      "clock=1795260325 asked uptime=5000000", AJAR_FINE },
    { "restart: nothing at all", RESTART, "3", DENIES, DENIES, TELLS, NULL, "", AJAR_FINE },
    { "restart: the registry does not answer", RESTART, "3", LOSES, TELLS, TELLS, NULL, NULL,
      AJAR_ETIMEOUT },
    { "restart: the registry cannot be reached", RESTART, "3", IS_AWAY, TELLS, TELLS, NULL, NULL,
      AJAR_EUNREACHABLE },
    { "restart: the Server service does not answer", RESTART, "3", TELLS, LOSES, TELLS, NULL, NULL,
      AJAR_ETIMEOUT },
    { "restart: the Server service cannot be reached", RESTART, "3", TELLS, IS_AWAY, TELLS, NULL,
      NULL, AJAR_EUNREACHABLE },

    { "service: its process", ADSYNC, "3", TELLS, TELLS, TELLS, NULL,
      UP "shutdown=0102 process=604", AJAR_FINE },
    { "service: it has stopped", ADSYNC, "3", TELLS, TELLS, STOPPED, NULL,
      UP "shutdown=0102 process=0", AJAR_FINE },
    { "service: its process is not told", ADSYNC, "3", TELLS, TELLS, SILENT, NULL,
      UP "shutdown=0102", AJAR_FINE },
    { "service: there is none", ADSYNC, "3", TELLS, TELLS, LACKS, NULL, UP "shutdown=0102",
      AJAR_FINE },
    { "service: it is denied", ADSYNC, "3", TELLS, TELLS, DENIES, NULL, UP "shutdown=0102",
      AJAR_FINE },
    { "service: the manager does not answer", ADSYNC, "3", TELLS, TELLS, LOSES, NULL, NULL,
      AJAR_ETIMEOUT },
    { "service: the manager cannot be reached", ADSYNC, "3", TELLS, TELLS, IS_AWAY, NULL, NULL,
      AJAR_EUNREACHABLE },
    { "service: the Server service tells when it started", SERVER, "3", TELLS, TELLS, IS_AWAY, NULL,
      UP "shutdown=0102 started=1795256128", AJAR_FINE },
    { "service: the Server service does not tell", SERVER, "3", TELLS, SILENT, IS_AWAY, NULL,
      "shutdown=0102", AJAR_FINE },
    { "service: the Server service does not answer", SERVER, "3", TELLS, LOSES, TELLS, NULL, NULL,
      AJAR_ETIMEOUT },

    { "replication: it is there", ON_DOMAIN REPLICATE, "3", IS_AWAY, IS_AWAY, IS_AWAY, NULL,
      "here=yes in-effect=yes", AJAR_FINE },
    { "replication: it is not", ON_DOMAIN REPLICATE, "2", IS_AWAY, IS_AWAY, IS_AWAY, NULL,
      "here=no in-effect=no", AJAR_FINE },
    { "replication: the controller is away", "[policy test]\ncopy = away\n" REPLICATE, "3", TELLS,
      TELLS, TELLS, NULL, NULL, AJAR_EUNREACHABLE },

    { "policy: it is not replicated, and nothing else is asked", ACCOUNTS, "2", IS_AWAY, IS_AWAY,
      IS_AWAY, NULL, "here=no", AJAR_FINE },
    { "policy: LSA audits by it", ACCOUNTS, "3", TELLS, TELLS, TELLS, AUDIT("01", "03000000"),
      POLICY_NOW " in-effect=yes", AJAR_FINE },
    { "policy: LSA audits something else", ACCOUNTS, "3", TELLS, TELLS, TELLS,
      AUDIT("01", "02000000"), POLICY_NOW " in-effect=no", AJAR_FINE },
    { "policy: LSA audits nothing", ACCOUNTS, "3", TELLS, TELLS, TELLS, AUDIT("00", "03000000"),
      POLICY_NOW " in-effect=no", AJAR_FINE },
    { "policy: LSA tells no categories", ACCOUNTS, "3", TELLS, TELLS, TELLS, UNSEEN, POLICY_NOW,
      AJAR_FINE },
    { "policy: LSA denies", ACCOUNTS, "3", TELLS, TELLS, TELLS, "00000000220000c0", POLICY_NOW,
      AJAR_FINE },
    { "policy: LSA does not offer the call", ACCOUNTS, "3", TELLS, TELLS, TELLS, NULL, POLICY_NOW,
      AJAR_FINE },
    { "policy: it says nothing any more",
      "[policy test]\ncopy = gone\n" REFRESHED "section = Event Audit\nkey = AuditAccountManage\n",
      NULL, TELLS, TELLS, TELLS, NULL, POLICY_NOW, AJAR_FINE },
    { "policy: the registry has it", "[policy test]\ncopy = 4,1\n" VALUE, "4,1", TELLS, TELLS,
      TELLS, NULL, POLICY_NOW " in-effect=yes", AJAR_FINE },
    { "policy: the registry has another", "[policy test]\ncopy = 4,0\n" VALUE, "4,0", TELLS, TELLS,
      TELLS, NULL, POLICY_NOW " in-effect=no", AJAR_FINE },
    { "policy: the registry has none", "[policy test]\ncopy = 4,0\n" VALUE, "4,0", LACKS, TELLS,
      TELLS, NULL, "here=yes refreshed=absent " UP "shutdown=absent in-effect=no", AJAR_FINE },
    { "policy: a text is not compared", "[policy test]\ncopy = 1,\"a\"\n" VALUE, "1,\"a\"", TELLS,
      TELLS, TELLS, NULL, POLICY_NOW, AJAR_FINE },
    { "policy: the registry does not answer", ACCOUNTS, "3", LOSES, TELLS, TELLS, NULL, NULL,
      AJAR_ETIMEOUT },
};

static void check_asked(const char *value, int64_t began)
{
    struct clock clock = clock_system();
    int64_t asked = strtoll(value, NULL, 10);

    assert_true(asked >= began && asked <= clock_now(&clock));
}

/* "clock=1795260325 asked uptime=5000000": our own clock is not to be foreseen. */
static void compare(const struct ajar_state *evidence, const char *expected, int64_t began)
{
    OWNED(text_release) struct text facts = TEXT_UP_TO(1000);

    for (size_t i = 0; i < evidence->count; i++) {
        const struct ajar_fact *fact = &evidence->facts[i];
        bool is_ours = strcmp(fact->name, "asked") == 0;

        if (is_ours)
            check_asked(fact->value, began);
        text_format(&facts, is_ours ? "%s%s" : "%s%s=%s", i == 0 ? "" : " ", fact->name,
                    fact->value);
    }
    assert_string_equal(text_peek(&facts), expected);
}

static struct ajar_state goal_of(const struct observation *row)
{
    struct ajar_state goal = { .known = true, .exists = row->goal != NULL };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(!row->goal || ajar_state_set(&goal, "value", row->goal, &err));
    return goal;
}

static void run_observation(void **state)
{
    const struct observation *row = *state;
    OWNED(host_release) struct host host = { 0 };
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };
    OWNED(ajar_state_release) struct ajar_state goal = goal_of(row);
    OWNED(ini_free) struct ini *plan = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct clock clock = clock_system();
    int64_t began = clock_now(&clock);
    struct setting setting;
    bool ok;

    assert_true(ini_read("plan.ini", row->section, strlen(row->section), INI_PLAIN, &plan, &err));
    setting = (struct setting){ .file = "plan.ini", .section = plan->sections };
    host_make(&host, row);
    ok = effect_observe(host.target, &setting, &goal, &evidence, &err);
    assert_int_equal(err.status, row->status);
    assert_int_equal(ok, row->evidence != NULL);
    assert_int_equal(evidence.known, ok);
    compare(&evidence, ok ? row->evidence : "", began);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(observations)];

    for (size_t i = 0; i < LENGTH(observations); i++)
        tests[i] = (struct CMUnitTest){ .name = observations[i].name,
                                        .test_func = run_observation,
                                        .initial_state = (void *)(uintptr_t)&observations[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

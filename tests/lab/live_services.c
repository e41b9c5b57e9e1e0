/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The services, the time and the audit policy of a real host. Samba's service manager shows a few
 * services and starts or stops none.
 */
#include "live.h"

#include "transport/target.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

struct fixture {
    char *folder;
    struct login login;
    struct target *target;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct target_options options = { .name = "dc2.target.test" };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    options.login = &fixture->login;
    options.folder = fixture->folder;
    live_expect(target_new(&options, &fixture->target, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    target_free(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static struct svcctl *services_of(const struct fixture *fixture)
{
    struct svcctl *services = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_services(fixture->target, &services, &err), &err);
    return services;
}

static void test_services_are_shown(void **state)
{
    static const char *const names[] = { "Spooler", "NETLOGON", "RemoteRegistry", "WINS" };
    struct svcctl *services = services_of(*state);

    for (size_t i = 0; i < LENGTH(names); i++) {
        OWNED(service_config_release) struct service_config config = { 0 };
        struct svcctl_service service;
        struct service_status status;
        struct ajar_error err = AJAR_NO_ERROR;
        bool delayed = true;

        live_expect(svcctl_open_service(services, names[i],
                                        SVCCTL_QUERY_CONFIG | SVCCTL_QUERY_STATUS, &service, &err),
                    &err);
        live_expect(svcctl_query_status(services, &service, &status, &err), &err);
        live_expect(svcctl_query_config(services, &service, &config, &err), &err);
        live_expect(svcctl_query_delayed(services, &service, &delayed, &err), &err);
        assert_non_null(service_state_name(status.state));
        print_message("             %s (%s): %s, process %u, %s, %s\n", names[i],
                      config.display_name, service_state_name(status.state), status.process_id,
                      service_start_name(config.start), config.path);
        assert_true(strlen(config.display_name) > 0);
        assert_false(delayed);
        live_expect(svcctl_close_service(services, &service, &err), &err);
    }
}

static void test_a_service_that_is_not_there_is_missing(void **state)
{
    struct svcctl *services = services_of(*state);
    struct svcctl_service service = { { 77 } };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect_failure(
        svcctl_open_service(services, "NoSuchService", SVCCTL_QUERY_STATUS, &service, &err), &err,
        AJAR_EMISSING);
    assert_int_equal(err.native, 1060);
    assert_int_equal(service.handle[0], 77);
}

/* Samba does not offer it: a fault, and the pipe goes on. */
static void test_key_names_are_not_offered(void **state)
{
    struct svcctl *services = services_of(*state);
    struct svcctl_service service;
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_error none = AJAR_NO_ERROR;
    char *name = NULL;

    live_expect_failure(svcctl_key_name(services, "Print Spooler", &name, &err), &err,
                        AJAR_EMISSING);
    err = AJAR_NO_ERROR;
    live_expect_failure(svcctl_display_name(services, "Spooler", &name, &err), &err, AJAR_EMISSING);
    assert_null(name);
    live_expect(svcctl_open_service(services, "Spooler", SVCCTL_QUERY_STATUS, &service, &none),
                &none);
}

static void test_dependents_are_listed(void **state)
{
    struct svcctl *services = services_of(*state);
    OWNED(service_names_release) struct service_names names = { 0 };
    struct svcctl_service service;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(svcctl_open_service(services, "Spooler", SVCCTL_DEPENDENTS, &service, &err), &err);
    live_expect(svcctl_list_dependents(services, &service, &names, &err), &err);
    assert_int_equal(names.count, 0);
}

/* A person would be refused by Windows as well, where the service's ACL says so. */
static void test_services_are_not_started_or_stopped(void **state)
{
    struct svcctl *services = services_of(*state);
    struct svcctl_service service;
    struct ajar_error none = AJAR_NO_ERROR;
    struct ajar_error starting = AJAR_NO_ERROR;
    struct ajar_error stopping = AJAR_NO_ERROR;

    live_expect(
        svcctl_open_service(services, "NETLOGON", SVCCTL_START | SVCCTL_STOP, &service, &none),
        &none);
    live_expect_failure(svcctl_start(services, &service, &starting), &starting, AJAR_EDENIED);
    live_expect_failure(svcctl_stop(services, &service, &stopping), &stopping, AJAR_EDENIED);
}

/* Samba lacks these calls, and answers the next one all the same. */
static void test_a_fault_leaves_the_pipe_usable(void **state)
{
    struct svcctl *services = services_of(*state);
    struct svcctl_service service;
    struct ajar_error none = AJAR_NO_ERROR;
    struct ajar_error start = AJAR_NO_ERROR;
    struct ajar_error delayed = AJAR_NO_ERROR;

    live_expect(svcctl_open_service(services, "Spooler", SVCCTL_CHANGE_CONFIG, &service, &none),
                &none);
    live_expect_failure(svcctl_change_start(services, &service, SERVICE_DEMAND, &start), &start,
                        AJAR_EPROTOCOL);
    live_expect_failure(svcctl_change_delayed(services, &service, true, &delayed), &delayed,
                        AJAR_EPROTOCOL);
    live_expect(svcctl_close_service(services, &service, &none), &none);
}

/* Ends the SMB connection as a host does that restarts. */
static void break_connections(void)
{
    for (int descriptor = 3; descriptor < 256; descriptor++) {
        struct sockaddr_in peer = { 0 };
        socklen_t size = sizeof(peer);

        if (getpeername(descriptor, (struct sockaddr *)&peer, &size) == 0 &&
            peer.sin_family == AF_INET && ntohs(peer.sin_port) == 445)
            assert_int_equal(shutdown(descriptor, SHUT_RDWR), 0);
    }
}

static void test_a_broken_session_costs_one_operation(void **state)
{
    const struct fixture *fixture = *state;
    struct svcctl *services = services_of(fixture);
    struct winreg *registry = NULL;
    struct srvsvc *server = NULL;
    struct srvsvc_time told;
    struct svcctl_service service;
    struct winreg_key key;
    struct ajar_error none = AJAR_NO_ERROR;
    struct ajar_error broken = AJAR_NO_ERROR;

    live_expect(target_registry(fixture->target, &registry, &none), &none);
    live_expect(target_server(fixture->target, &server, &none), &none);
    break_connections();
    live_expect_failure(
        svcctl_open_service(services, "Spooler", SVCCTL_QUERY_STATUS, &service, &broken), &broken,
        AJAR_ETIMEOUT);
    broken = AJAR_NO_ERROR;
    live_expect_failure(srvsvc_remote_time(server, &told, &broken), &broken, AJAR_EUNREACHABLE);
    services = services_of(fixture);
    live_expect(svcctl_open_service(services, "Spooler", SVCCTL_QUERY_STATUS, &service, &none),
                &none);
    live_expect(target_registry(fixture->target, &registry, &none), &none);
    live_expect(winreg_open_key(registry, "SOFTWARE", WINREG_QUERY_VALUE, &key, &none), &none);
    live_expect(target_server(fixture->target, &server, &none), &none);
    live_expect(srvsvc_remote_time(server, &told, &none), &none);
}

static void test_the_time_is_told(void **state)
{
    const struct fixture *fixture = *state;
    struct srvsvc *server = NULL;
    struct srvsvc_time told = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t skew;

    live_expect(target_server(fixture->target, &server, &err), &err);
    live_expect(srvsvc_remote_time(server, &told, &err), &err);
    skew = told.now - (int64_t)time(NULL);
    assert_int_equal(told.uptime_ms, 0); /* Samba does not tell */
    assert_true(skew >= -2 && skew <= 2);
}

static void test_the_start_of_the_server_is_not_offered(void **state)
{
    const struct fixture *fixture = *state;
    struct srvsvc *server = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t start = 77;

    live_expect(target_server(fixture->target, &server, &err), &err);
    live_expect_failure(srvsvc_server_start(server, &start, &err), &err, AJAR_EMISSING);
    assert_int_equal(start, 77);
}

static void test_the_audit_policy_is_shown(void **state)
{
    const struct fixture *fixture = *state;
    struct lsarpc *security = NULL;
    struct lsarpc_audit audit = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_security(fixture->target, &security, &err), &err);
    live_expect(lsarpc_audit_policy(security, &audit, &err), &err);
    /* Samba's controllers audit by other means, and list no category. */
    assert_false(audit.enabled);
    assert_int_equal(audit.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_services_are_shown),
        cmocka_unit_test(test_a_service_that_is_not_there_is_missing),
        cmocka_unit_test(test_key_names_are_not_offered),
        cmocka_unit_test(test_dependents_are_listed),
        cmocka_unit_test(test_services_are_not_started_or_stopped),
        cmocka_unit_test(test_a_fault_leaves_the_pipe_usable),
        cmocka_unit_test(test_the_time_is_told),
        cmocka_unit_test(test_the_start_of_the_server_is_not_offered),
        cmocka_unit_test(test_the_audit_policy_is_shown),
        cmocka_unit_test(test_a_broken_session_costs_one_operation),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_services", tests, set_up, tear_down);
}

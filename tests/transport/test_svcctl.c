/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/svcctl.h"

#include "fake/fake_services.h"
#include "fake/scripted_pipe.h"
#include "transport/rpc/svcctl_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ALL_RIGHTS                                                                     \
    (SVCCTL_QUERY_CONFIG | SVCCTL_CHANGE_CONFIG | SVCCTL_QUERY_STATUS | SVCCTL_START | \
     SVCCTL_STOP | SVCCTL_DEPENDENTS)

struct world {
    struct fake_services *server;
    struct fake_service *spooler;
    struct svcctl *client;
    struct svcctl_service service;
};

static int set_up(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_services_new();
    world->spooler = &world->server->services[0];
    *world->spooler = (struct fake_service){ .name = "Spooler",
                                             .display_name = "Print Spooler",
                                             .type = 0x110,
                                             .state = SERVICE_RUNNING,
                                             .start = SERVICE_AUTO,
                                             .process = 4711 };
    world->client = fake_services_open(world->server);
    *state = world;
    return svcctl_open_service(world->client, "spooler", ALL_RIGHTS, &world->service, &err) ? 0
                                                                                            : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    svcctl_close(world->client);
    fake_services_free(world->server);
    free(world);
    return 0;
}

static void test_a_service_is_described(void **state)
{
    struct world *world = *state;
    OWNED(service_config_release) struct service_config config = { 0 };
    struct service_status status = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(svcctl_query_status(world->client, &world->service, &status, &err));
    assert_int_equal(status.type, 0x110);
    assert_int_equal(status.state, SERVICE_RUNNING);
    assert_int_equal(status.process_id, 4711);
    assert_true(svcctl_query_config(world->client, &world->service, &config, &err));
    assert_int_equal(config.start, SERVICE_AUTO);
    assert_string_equal(config.path, "C:\\Windows\\service.exe");
    assert_string_equal(config.display_name, "Print Spooler");
}

static void test_names_are_found_both_ways(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *name = NULL;
    OWNED(free) char *display_name = NULL;

    assert_true(svcctl_key_name(world->client, "print spooler", &name, &err));
    assert_string_equal(name, "Spooler");
    assert_true(svcctl_display_name(world->client, "SPOOLER", &display_name, &err));
    assert_string_equal(display_name, "Print Spooler");
}

static void test_names_of_nothing_are_missing(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    char *name = NULL;

    assert_false(svcctl_key_name(world->client, "Nothing", &name, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_int_equal(err.native, 1060);
    err = AJAR_NO_ERROR;
    world->server->lacks_key_name = true;
    assert_false(svcctl_key_name(world->client, "Print Spooler", &name, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_int_equal(err.native, 0x1c010002);
    assert_null(name);
}

static void test_an_old_server_tells_no_process(void **state)
{
    struct world *world = *state;
    struct service_status status = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->server->lacks_status_ex = true;
    world->server->calls = 0;
    for (int i = 0; i < 2; i++) {
        assert_true(svcctl_query_status(world->client, &world->service, &status, &err));
        assert_int_equal(status.state, SERVICE_RUNNING);
        assert_int_equal(status.process_id, 0);
    }
    assert_int_equal(world->server->calls, 3); /* the first one asks for both */
}

static void test_start_types_change(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    bool delayed = true;

    assert_true(svcctl_query_delayed(world->client, &world->service, &delayed, &err));
    assert_false(delayed);
    assert_true(svcctl_change_delayed(world->client, &world->service, true, &err));
    assert_true(svcctl_query_delayed(world->client, &world->service, &delayed, &err));
    assert_true(delayed);
    assert_true(svcctl_change_start(world->client, &world->service, SERVICE_DISABLED, &err));
    assert_int_equal(world->spooler->start, SERVICE_DISABLED);
    world->server->lacks_delayed = true;
    assert_true(svcctl_query_delayed(world->client, &world->service, &delayed, &err));
    assert_false(delayed);
}

static void test_services_stop_and_start(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(svcctl_stop(world->client, &world->service, &err));
    assert_int_equal(world->spooler->state, SERVICE_STOPPED);
    assert_true(svcctl_start(world->client, &world->service, &err));
    assert_int_equal(world->spooler->state, SERVICE_RUNNING);
    assert_true(svcctl_close_service(world->client, &world->service, &err));
    assert_int_equal(world->server->open_handles, 1);
}

static void test_dependents_are_listed(void **state)
{
    struct world *world = *state;
    OWNED(service_names_release) struct service_names names = { 0 };
    OWNED(service_names_release) struct service_names none = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(svcctl_list_dependents(world->client, &world->service, &none, &err));
    assert_int_equal(none.count, 0);
    world->spooler->needed_by[0] = "Fax";
    world->spooler->needed_by[1] = "PrintNotify";
    assert_true(svcctl_list_dependents(world->client, &world->service, &names, &err));
    assert_int_equal(names.count, 2);
    assert_string_equal(names.names[0], "Fax");
    assert_string_equal(names.names[1], "PrintNotify");
    world->server->code_opnum = SVCCTL_ENUM_DEPENDENTS;
    world->server->code = SVCCTL_DENIED;
    assert_false(svcctl_list_dependents(world->client, &world->service, &names, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_int_equal(names.count, 2);
}

#define HANDLE "0000000007c7add35c811946b9f0db1f4a90dea4"

/* The first room is too small; so the largest one is asked for. */
static void test_many_dependents_are_asked_for_again(void **state)
{
    static const struct script_line script[] = {
        { SVCCTL_OPEN_MANAGER, NULL, HANDLE "00000000", 0 },
        { SVCCTL_ENUM_DEPENDENTS, HANDLE "0100000000080000", "000000000000010000000000ea000000",
          0 },
        { SVCCTL_ENUM_DEPENDENTS, HANDLE "0100000000000400",
          "04000000000000000000000000000000"
          "00000000",
          0 },
    };
    OWNED(service_names_release) struct service_names names = { 0 };
    OWNED(svcctl_close) struct svcctl *client = NULL;
    struct svcctl_service service = { { 0 } };
    OWNED(bytes_release) struct bytes handle = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    bool closed;

    (void)state;
    assert_true(bytes_from_hex(HANDLE, &handle, &err));
    memcpy(service.handle, handle.at, sizeof(service.handle));
    assert_true(svcctl_open(scripted_pipe(script, LENGTH(script), &closed), "h", &client, &err));
    assert_true(svcctl_list_dependents(client, &service, &names, &err));
    assert_int_equal(names.count, 0);
}

static const struct refusal {
    uint32_t code;
    enum ajar_status status;
    const char *says;
} refusals[] = {
    { 2, AJAR_EMISSING, "program does not exist" },
    { 5, AJAR_EDENIED, "access denied" },
    { 6, AJAR_EPROTOCOL, "handle" },
    { 123, AJAR_EMISSING, "no service can be called so" },
    { 1051, AJAR_ECONFLICT, "depend on it" },
    { 1052, AJAR_ECONFLICT, "does not take this request" },
    { 1053, AJAR_ETIMEOUT, "did not answer" },
    { 1055, AJAR_ECONFLICT, "locked" },
    { 1056, AJAR_ECONFLICT, "running already" },
    { 1058, AJAR_ECONFLICT, "disabled" },
    { 1060, AJAR_EMISSING, "no such service" },
    { 1061, AJAR_ECONFLICT, "cannot take requests" },
    { 1062, AJAR_ECONFLICT, "not running" },
    { 1066, AJAR_EPROTOCOL, "an error of its own" },
    { 1067, AJAR_EPROTOCOL, "ended unexpectedly" },
    { 1068, AJAR_ECONFLICT, "could not start" },
    { 1069, AJAR_EDENIED, "log on" },
    { 1070, AJAR_ETIMEOUT, "hung" },
    { 1072, AJAR_ECONFLICT, "marked for deletion" },
    { 1075, AJAR_EMISSING, "does not exist" },
    { 1115, AJAR_EUNREACHABLE, "shutting down" },
    { 4711, AJAR_EPROTOCOL, "Win32 error 4711" },
};

static bool query_status(struct world *world, struct ajar_error *err)
{
    struct service_status status = { .state = 77 };
    bool ok = svcctl_query_status(world->client, &world->service, &status, err);

    assert_true(ok || status.state == 77);
    return ok;
}

static bool query_config(struct world *world, struct ajar_error *err)
{
    OWNED(service_config_release) struct service_config config = { .start = 77 };
    bool ok = svcctl_query_config(world->client, &world->service, &config, err);

    assert_true(ok || config.start == 77);
    return ok;
}

static bool open_again(struct world *world, struct ajar_error *err)
{
    struct svcctl_service service = { { 77 } };
    bool ok = svcctl_open_service(world->client, "Spooler", ALL_RIGHTS, &service, err);

    assert_true(ok || service.handle[0] == 77);
    return ok;
}

static bool change_start(struct world *world, struct ajar_error *err)
{
    return svcctl_change_start(world->client, &world->service, SERVICE_DEMAND, err);
}

static bool change_delayed(struct world *world, struct ajar_error *err)
{
    return svcctl_change_delayed(world->client, &world->service, true, err);
}

static bool start(struct world *world, struct ajar_error *err)
{
    return svcctl_start(world->client, &world->service, err);
}

static bool stop(struct world *world, struct ajar_error *err)
{
    return svcctl_stop(world->client, &world->service, err);
}

/* Each code, as the answer to each call. */
static void test_codes_become_errors(void **state)
{
    static const struct {
        unsigned opnum;
        bool (*run)(struct world *world, struct ajar_error *err);
        const char *says;
    } calls[] = {
        { SVCCTL_OPEN_SERVICE, open_again, "could not open service \"Spooler\": " },
        { SVCCTL_QUERY_STATUS_EX, query_status, "could not read the service's state: " },
        { SVCCTL_QUERY_CONFIG_OF, query_config, "could not read the service's configuration: " },
        { SVCCTL_CHANGE_CONFIG_OF, change_start, "could not change the service's start type: " },
        { SVCCTL_CHANGE_CONFIG_2, change_delayed, "start is delayed: " },
        { SVCCTL_START_SERVICE, start, "could not start the service: " },
        { SVCCTL_CONTROL, stop, "could not stop the service: " },
    };
    struct world *world = *state;

    for (size_t i = 0; i < LENGTH(calls); i++) {
        for (size_t j = 0; j < LENGTH(refusals); j++) {
            struct ajar_error err = AJAR_NO_ERROR;

            world->server->code_opnum = calls[i].opnum;
            world->server->code = refusals[j].code;
            assert_false(calls[i].run(world, &err));
            assert_int_equal(err.status, refusals[j].status);
            assert_int_equal(err.native, refusals[j].code);
            assert_non_null(strstr(err.text, refusals[j].says));
            assert_non_null(strstr(err.text, calls[i].says));
        }
    }
    assert_int_equal(world->server->log.size, 0);
}

static void test_a_manager_that_refuses_leaves_the_pipe(void **state)
{
    static const struct script_line script[] = {
        { SVCCTL_OPEN_MANAGER, NULL, "000000000000000000000000000000000000000005000000", 0 },
    };
    struct ajar_error err = AJAR_NO_ERROR;
    struct svcctl *client = NULL;
    struct rpc_pipe *pipe;
    bool closed;

    (void)state;
    pipe = scripted_pipe(script, LENGTH(script), &closed);
    assert_false(svcctl_open(pipe, "dc1.source.test", &client, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_string_equal(err.text,
                        "could not open the service manager of dc1.source.test: access denied");
    assert_null(client);
    assert_false(closed);
    rpc_pipe_close(pipe);
}

static void test_names_of_states_and_start_types(void **state)
{
    enum service_start type = SERVICE_BOOT;

    (void)state;
    assert_string_equal(service_state_name(SERVICE_STOPPED), "stopped");
    assert_string_equal(service_state_name(SERVICE_PAUSED), "paused");
    assert_null(service_state_name(0));
    assert_null(service_state_name(8));
    assert_string_equal(service_start_name(SERVICE_BOOT), "boot");
    assert_null(service_start_name(5));
    for (uint32_t i = 0; i < 5; i++) {
        assert_true(service_start_parse(service_start_name(i), &type));
        assert_int_equal(type, i);
    }
    assert_false(service_start_parse("manual", &type));
    assert_int_equal(type, SERVICE_DISABLED);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_a_service_is_described),
        WITH_WORLD(test_names_are_found_both_ways),
        WITH_WORLD(test_names_of_nothing_are_missing),
        WITH_WORLD(test_an_old_server_tells_no_process),
        WITH_WORLD(test_start_types_change),
        WITH_WORLD(test_services_stop_and_start),
        WITH_WORLD(test_dependents_are_listed),
        cmocka_unit_test(test_many_dependents_are_asked_for_again),
        WITH_WORLD(test_codes_become_errors),
        cmocka_unit_test(test_a_manager_that_refuses_leaves_the_pipe),
        cmocka_unit_test(test_names_of_states_and_start_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

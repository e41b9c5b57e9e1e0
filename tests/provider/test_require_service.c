/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_services.h"
#include "model/schema.h"
#include "provider/requirement.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *name;
    const char *fields;
    uint32_t state;
    enum requirement_result result;
    const char *reason;
} rows[] = {
    { "installed is enough", "service = Spooler\n", SERVICE_STOPPED, REQUIREMENT_PASS,
      "service \"Spooler\" is stopped, start demand" },
    { "installed, by its display name", "service = Print Spooler\nmust = installed\n",
      SERVICE_RUNNING, REQUIREMENT_PASS, "service \"Spooler\" is running, start demand" },
    { "not installed", "service = Nothing\n", SERVICE_RUNNING, REQUIREMENT_FAIL,
      "there is no service \"Nothing\" on pes.source.test" },
    { "not installed, so it does not run", "service = Nothing\nmust = stopped\n", SERVICE_RUNNING,
      REQUIREMENT_FAIL, "there is no service \"Nothing\" on pes.source.test" },
    { "runs", "service = Spooler\nmust = running\n", SERVICE_RUNNING, REQUIREMENT_PASS,
      "service \"Spooler\" is running, start demand" },
    { "does not run", "service = Spooler\nmust = running\n", SERVICE_STOPPED, REQUIREMENT_FAIL,
      "service \"Spooler\" is stopped (start demand), and must be running" },
    { "has stopped", "service = Spooler\nmust = stopped\n", SERVICE_STOPPED, REQUIREMENT_PASS,
      "service \"Spooler\" is stopped, start demand" },
    { "has not stopped", "service = Spooler\nmust = stopped\n", SERVICE_RUNNING, REQUIREMENT_FAIL,
      "service \"Spooler\" is running (start demand), and must be stopped" },
    { "is on its way", "service = Spooler\nmust = running\n", SERVICE_START_PENDING,
      REQUIREMENT_UNKNOWN, "service \"Spooler\" is start-pending" },
};

struct world {
    struct fake_services *server;
    struct target *target;
    struct ini *plan;
    struct setting setting;
};

static void make_world(const struct row *row, struct world *ret_world)
{
    OWNED(free) char *text = text_make("[require test]\n%s", row->fields);
    struct target_connections connections = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    ret_world->server = fake_services_new();
    ret_world->server->services[0] = (struct fake_service){ .name = "Spooler",
                                                            .display_name = "Print Spooler",
                                                            .state = row->state,
                                                            .start = SERVICE_DEMAND };
    connections.services = fake_services_open(ret_world->server);
    assert_true(target_new_with("pes.source.test", &connections, &ret_world->target, &err));
    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &ret_world->plan, &err));
    ret_world->setting =
        (struct setting){ .file = "plan.ini", .section = ret_world->plan->sections };
    assert_true(schema_check("plan.ini", ret_world->setting.section, requirement_service.fields,
                             NULL, &err));
}

static void release_world(struct world *world)
{
    target_free(world->target);
    ini_free(world->plan);
    fake_services_free(world->server);
}

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct world world = { 0 };

    make_world(row, &world);
    assert_true(requirement_service.examine(world.target, &world.setting, &finding, &err));
    assert_int_equal(finding.result, row->result);
    assert_string_equal(finding.reason, row->reason);
    assert_int_equal(finding.hint != NULL, row->result != REQUIREMENT_PASS);
    assert_int_equal(world.server->open_handles, 1);
    release_world(&world);
}

static void test_trouble_is_no_finding(void **state)
{
    struct finding finding = { .result = REQUIREMENT_PASS };
    struct ajar_error err = AJAR_NO_ERROR;
    struct world world = { 0 };

    (void)state;
    make_world(&rows[0], &world);
    world.server->fail_at = world.server->calls + 1;
    assert_false(requirement_service.examine(world.target, &world.setting, &finding, &err));
    assert_int_equal(err.status, AJAR_ETIMEOUT);
    assert_int_equal(finding.result, REQUIREMENT_PASS);
    assert_null(finding.reason);
    release_world(&world);
}

static void test_it_is_a_requirement_of_hosts(void **state)
{
    (void)state;
    assert_ptr_equal(requirement_find("service"), &requirement_service);
    assert_int_equal(requirement_service.places & REQUIREMENT_ON_DOMAIN, 0);
    assert_int_equal(requirement_service.places, REQUIREMENT_ON_HOST);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 2] = {
        cmocka_unit_test(test_trouble_is_no_finding),
        cmocka_unit_test(test_it_is_a_requirement_of_hosts),
    };

    for (size_t i = 0; i < LENGTH(rows); i++)
        tests[i + 2] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = run_row,
                                            .initial_state = (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

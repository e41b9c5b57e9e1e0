/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_services.h"
#include "model/schema.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "transport/rpc/svcctl_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CEILING_MS 30000

struct world {
    struct fake_services *server;
    struct fake_service *service; /* the first one */
    struct target *target;
    struct ini *plan;
    struct setting setting;
};

static void connect_target(struct world *world)
{
    struct target_connections connections = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (world->target)
        target_free(world->target);
    world->target = NULL;
    world->server->fail_at = 0;
    world->server->broken = false;
    world->server->handle_count = 0; /* they died with the pipe */
    world->server->open_handles = 0;
    connections.services = fake_services_open(world->server);
    connections.patience = fake_services_patience(world->server, CEILING_MS);
    assert_true(target_new_with("pes.source.test", &connections, &world->target, &err));
}

static void read_section(struct world *world, const char *fields)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *text = text_make("[service test]\n%s", fields);

    if (world->plan)
        ini_free(world->plan);
    world->plan = NULL;
    if (!ini_read("plan.ini", text, strlen(text), INI_PLAIN, &world->plan, &err))
        fail_msg("%s", err.text);
    world->setting = (struct setting){ .file = "plan.ini", .section = world->plan->sections };
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_services_new();
    world->service = &world->server->services[0];
    *world->service = (struct fake_service){
        .name = "PesSvc",
        .display_name = "Password Export Server Service",
        .type = 0x10,
        .state = SERVICE_STOPPED,
        .start = SERVICE_DEMAND,
        .process = 100,
        .wait_hint_ms = 20000,
        .check_point_ms = 1000,
        .starts_in_ms = 3000,
        .stops_in_ms = 3000,
    };
    connect_target(world);
    read_section(world, "service = PesSvc\nopen = running\n");
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    target_free(world->target);
    ini_free(world->plan);
    fake_services_free(world->server);
    free(world);
    return 0;
}

static void observe(struct world *world, struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!provider_service.observe(world->target, &world->setting, ret_now, &err))
        fail_msg("%s", err.text);
}

static void want(const struct world *world, struct ajar_state *ret_wanted)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!provider_service.want(&world->setting, ret_wanted, &err))
        fail_msg("%s", err.text);
}

static bool try_to_write(struct world *world, const struct ajar_state *from,
                         const struct ajar_state *to, struct ajar_error *err)
{
    return provider_service.write(world->target, &world->setting, from, to, err);
}

static void move(struct world *world, const struct ajar_state *from, const struct ajar_state *to)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!try_to_write(world, from, to, &err))
        fail_msg("%s", err.text);
}

static void demand_status(bool ok, const struct ajar_error *err, enum ajar_status status)
{
    assert_false(ok);
    assert_string_equal(ajar_status_name(err->status), ajar_status_name(status));
}

static void demand_log(const struct world *world, const char *log)
{
    assert_string_equal(text_peek(&world->server->log), log);
}

/* A window opens and closes: what is sent, and that all is as it was. */
static const struct window {
    const char *name;
    const char *fields;
    uint32_t state;
    uint32_t start;
    bool delayed;
    const char *opening;
    const char *closing;
} windows[] = {
    { "started, and stopped again", "open = running\n", SERVICE_STOPPED, SERVICE_DEMAND, false,
      "start; ", "stop; " },
    { "stopped, and started again", "open = stopped\n", SERVICE_RUNNING, SERVICE_AUTO, false,
      "stop; ", "start; " },
    { "enabled before it starts, disabled before it stops", "open = running\nstart = demand\n",
      SERVICE_STOPPED, SERVICE_DISABLED, false, "change demand; start; ",
      "change disabled; stop; " },
    { "disabled before it stops, enabled before it starts", "open = stopped\nstart = disabled\n",
      SERVICE_RUNNING, SERVICE_AUTO, false, "change disabled; stop; ", "change auto; start; " },
    { "delayed once more", "open = stopped\nstart = disabled\n", SERVICE_RUNNING, SERVICE_AUTO,
      true, "change disabled; stop; ", "change auto; start; " },
    { "only the start type", "start = auto\n", SERVICE_STOPPED, SERVICE_DEMAND, false,
      "change auto; ", "change demand; " },
    { "delayed, and not delayed again", "start = auto-delayed\n", SERVICE_RUNNING, SERVICE_AUTO,
      false, "delayed 1; ", "delayed 0; " },
    { "not delayed, and delayed again", "start = auto\n", SERVICE_RUNNING, SERVICE_AUTO, true,
      "delayed 0; ", "delayed 1; " },
    { "both of it, from demand", "start = auto-delayed\n", SERVICE_RUNNING, SERVICE_DEMAND, false,
      "change auto; delayed 1; ", "change demand; " },
    { "runs although it is disabled", "open = stopped\n", SERVICE_RUNNING, SERVICE_DISABLED, false,
      "stop; ", "change demand; start; change disabled; " },
};

static void open_window(struct world *world, const struct window *window,
                        struct ajar_state *ret_before, struct ajar_state *ret_open)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    observe(world, ret_before);
    want(world, &wanted);
    assert_int_equal(provider_service.match(ret_before, &wanted), MATCH_OTHER);
    move(world, ret_before, &wanted);
    observe(world, ret_open);
    assert_int_equal(provider_service.match(ret_open, &wanted), MATCH_SAME);
    demand_log(world, window->opening);
    text_release(&world->server->log);
}

static void run_window(void **state)
{
    const struct window *window = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(ajar_state_release) struct ajar_state after = { 0 };
    OWNED(free) char *fields = text_make("service = PesSvc\n%s", window->fields);
    struct world *world = NULL;

    assert_int_equal(set_up((void **)&world), 0);
    world->service->state = window->state;
    world->service->start = window->start;
    world->service->delayed = window->delayed;
    read_section(world, fields);
    open_window(world, window, &before, &open);
    move(world, &open, &before);
    observe(world, &after);
    assert_int_equal(provider_service.match(&after, &before), MATCH_SAME);
    demand_log(world, window->closing);
    assert_int_equal(world->service->state, window->state);
    assert_int_equal(world->service->start, window->start);
    if (window->start == SERVICE_AUTO)
        assert_int_equal(world->service->delayed, window->delayed);
    assert_int_equal(world->server->open_handles, 1);
    tear_down((void **)&world);
}

static void test_a_state_has_its_facts(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state later = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *phrase = NULL;

    observe(world, &now);
    assert_true(now.known && now.exists);
    assert_string_equal(ajar_state_fact(&now, "name"), "PesSvc");
    assert_string_equal(ajar_state_fact(&now, "state"), "stopped");
    assert_string_equal(ajar_state_fact(&now, "start"), "demand");
    assert_null(ajar_state_fact(&now, "process"));
    world->service->state = SERVICE_RUNNING;
    world->service->start = SERVICE_AUTO;
    world->service->delayed = true;
    observe(world, &later);
    assert_string_equal(ajar_state_fact(&later, "start"), "auto-delayed");
    assert_string_equal(ajar_state_fact(&later, "process"), "100");
    assert_true(provider_service.phrase(&later, &phrase, &err));
    assert_string_equal(phrase, "running, start auto-delayed");
}

static void test_a_service_is_found_by_its_display_name(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    read_section(world, "service = password export server service\nopen = running\n");
    observe(world, &now);
    assert_string_equal(ajar_state_fact(&now, "name"), "PesSvc");
    want(world, &wanted);
    move(world, &now, &wanted);
    assert_int_equal(world->service->state, SERVICE_RUNNING);
}

static void test_a_service_that_is_absent_is_a_state(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    for (int lacking = 0; lacking < 2; lacking++) {
        ajar_state_release(&now);
        world->server->lacks_key_name = lacking == 1;
        read_section(world, "service = Nothing\nopen = running\n");
        observe(world, &now);
        assert_true(now.known);
        assert_false(now.exists);
    }
    want(world, &wanted);
    assert_int_equal(provider_service.match(&now, &wanted), MATCH_OTHER);
    demand_status(try_to_write(world, &now, &wanted, &err), &err, AJAR_EMISSING);
    assert_non_null(strstr(err.text, "\"Nothing\""));
    assert_true(err.hint[0] != '\0');
    demand_log(world, "");
}

static void test_ajar_removes_no_services(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    read_section(world, "service = PesSvc\nopen = running\nclosed = absent\n");
    assert_true(provider_service.check(&world->setting, &err));
    assert_true(provider_service.closed(&world->setting, &closed, &err));
    assert_true(closed.known && !closed.exists);
    observe(world, &now);
    demand_status(try_to_write(world, &now, &closed, &err), &err, AJAR_ECONFLICT);
    demand_log(world, "");
}

static void test_closed_says_what_is_safe(void **state)
{
    static const struct {
        const char *fields;
        bool known;
        const char *state;
        const char *start;
    } rows[] = {
        { "", false, NULL, NULL },
        { "closed = stopped\n", true, "stopped", NULL },
        { "closed-start = disabled\n", true, NULL, "disabled" },
        { "closed = running\nclosed-start = auto\n", true, "running", "auto" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state closed = { 0 };
        OWNED(free) char *fields = text_make("service = X\nopen = running\n%s", rows[i].fields);
        struct ajar_error err = AJAR_NO_ERROR;

        read_section(world, fields);
        assert_true(provider_service.closed(&world->setting, &closed, &err));
        assert_int_equal(closed.known, rows[i].known);
        assert_int_equal(ajar_state_fact(&closed, "state") != NULL, rows[i].state != NULL);
        assert_int_equal(ajar_state_fact(&closed, "start") != NULL, rows[i].start != NULL);
        if (rows[i].state)
            assert_string_equal(ajar_state_fact(&closed, "state"), rows[i].state);
        if (rows[i].start)
            assert_string_equal(ajar_state_fact(&closed, "start"), rows[i].start);
    }
}

static void test_drift_is_refused(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    observe(world, &before);
    want(world, &wanted);
    world->service->start = SERVICE_AUTO;
    demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
    assert_string_equal(err.text, "service \"PesSvc\" is stopped, start auto, not stopped, start "
                                  "demand");
    demand_log(world, "");
}

static void test_what_is_so_already_is_not_written(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    observe(world, &before);
    want(world, &wanted);
    world->service->state = SERVICE_RUNNING;
    move(world, &before, &wanted);
    demand_log(world, "");
}

static void test_a_disabled_service_is_not_enabled_unasked(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->start = SERVICE_DISABLED;
    observe(world, &before);
    want(world, &wanted);
    demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
    assert_non_null(strstr(err.text, "disabled"));
    assert_non_null(strstr(err.hint, "start = demand"));
    demand_log(world, "");
}

static void add_dependents(struct world *world)
{
    world->server->services[1] = (struct fake_service){ .name = "First", .state = SERVICE_RUNNING };
    world->server->services[2] =
        (struct fake_service){ .name = "Second", .state = SERVICE_RUNNING };
    world->service->needed_by[0] = "First";
    world->service->needed_by[1] = "Second";
    world->service->state = SERVICE_RUNNING;
}

static void test_dependents_are_named_not_stopped(void **state)
{
    static const char *const sections[] = {
        "service = PesSvc\nopen = stopped\nstart = disabled\n",
        "service = PesSvc\nrestart = yes\n",
    };
    struct world *world = *state;

    add_dependents(world);
    for (size_t i = 0; i < LENGTH(sections); i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        read_section(world, sections[i]);
        observe(world, &before);
        want(world, &wanted);
        demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
        assert_non_null(strstr(err.text, ": First, Second"));
        demand_log(world, "");
    }
}

static void test_waiting_follows_the_hint(void **state)
{
    static const struct {
        uint32_t wait_hint_ms;
        int64_t pause_ms;
    } rows[] = { { 0, 1000 }, { 5000, 1000 }, { 20000, 2000 }, { 1000000, 10000 } };
    struct world *world = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

        world->service->state = SERVICE_STOPPED;
        world->service->wait_hint_ms = rows[i].wait_hint_ms;
        world->service->starts_in_ms = 15000;
        world->server->pauses = 0;
        world->server->longest_pause_ms = 0;
        observe(world, &before);
        want(world, &wanted);
        move(world, &before, &wanted);
        assert_int_equal(world->server->shortest_pause_ms, rows[i].pause_ms);
        assert_int_equal(world->server->longest_pause_ms, rows[i].pause_ms);
        assert_int_equal(world->service->state, SERVICE_RUNNING);
    }
}

/* Each stops waiting for a reason of its own. */
static void test_waiting_ends(void **state)
{
    static const struct {
        uint32_t wait_hint_ms;
        int64_t check_point_ms;
        int64_t least_ms;
        int64_t most_ms;
    } rows[] = {
        { 1000, 500, CEILING_MS, CEILING_MS }, /* it always makes progress */
        { 1000, 0, 10000, 12000 },             /* it makes none */
        { 20000, 0, 20000, 24000 },            /* nor does it here, but it may take its time */
        { 600000, 0, CEILING_MS, CEILING_MS },
    };
    struct world *world = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        OWNED(ajar_state_release) struct ajar_state now = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        int64_t begun;

        world->service->state = SERVICE_STOPPED;
        world->service->goal = 0;
        world->service->wait_hint_ms = rows[i].wait_hint_ms;
        world->service->check_point_ms = rows[i].check_point_ms;
        world->service->starts_in_ms = FAKE_FOR_EVER;
        observe(world, &before);
        want(world, &wanted);
        begun = world->server->now_ms;
        demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ETIMEOUT);
        assert_non_null(strstr(err.text, "still start-pending"));
        assert_in_range(world->server->now_ms - begun, rows[i].least_ms, rows[i].most_ms);
        begun = world->server->now_ms;
        observe(world, &now);
        assert_string_equal(ajar_state_fact(&now, "state"), "start-pending");
        assert_int_equal(world->server->now_ms - begun, 3000);
        assert_int_equal(provider_service.match(&now, &wanted), MATCH_OTHER);
        assert_int_equal(provider_service.match(&now, &before), MATCH_OTHER);
    }
}

static void test_a_look_waits_for_a_service_on_its_way(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    world->service->state = SERVICE_START_PENDING;
    world->service->goal = SERVICE_RUNNING;
    world->service->due_ms = 1500;
    observe(world, &now);
    assert_string_equal(ajar_state_fact(&now, "state"), "running");
}

static void test_a_service_that_lingers_is_waited_for(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    world->service->state = SERVICE_RUNNING;
    world->service->lingers_ms = 1500;
    read_section(world, "service = PesSvc\nopen = stopped\n");
    observe(world, &before);
    want(world, &wanted);
    move(world, &before, &wanted);
    assert_int_equal(world->service->state, SERVICE_STOPPED);
}

/* It is enabled, does not get to run, and is disabled again. */
static void test_a_service_that_ends_is_put_back(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state after = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->start = SERVICE_DISABLED;
    world->service->ends_with = 1077;
    read_section(world, "service = PesSvc\nopen = running\nstart = demand\n");
    observe(world, &before);
    want(world, &wanted);
    demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
    assert_non_null(strstr(err.text, "its exit code is 1077"));
    assert_int_equal(err.native, 1077);
    demand_log(world, "change demand; start; change disabled; ");
    observe(world, &after);
    assert_int_equal(provider_service.match(&after, &before), MATCH_SAME);
}

static void test_a_stop_that_is_refused_is_put_back(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->state = SERVICE_RUNNING;
    world->server->code_opnum = SVCCTL_CONTROL;
    world->server->code = 1052;
    read_section(world, "service = PesSvc\nopen = stopped\nstart = disabled\n");
    observe(world, &before);
    want(world, &wanted);
    demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
    demand_log(world, "change disabled; change demand; ");
}

/* Somebody else starts it just before we do. */
static void start_first(struct fake_services *server, unsigned opnum)
{
    if (opnum == SVCCTL_START_SERVICE)
        server->services[0].state = SERVICE_RUNNING;
}

static void stop_first(struct fake_services *server, unsigned opnum)
{
    if (opnum == SVCCTL_CONTROL)
        server->services[0].state = SERVICE_STOPPED;
}

static void test_somebody_else_may_be_faster(void **state)
{
    static const struct {
        const char *fields;
        uint32_t state;
        void (*before_call)(struct fake_services *server, unsigned opnum);
    } rows[] = {
        { "service = PesSvc\nopen = running\n", SERVICE_STOPPED, start_first },
        { "service = PesSvc\nopen = stopped\n", SERVICE_RUNNING, stop_first },
    };
    struct world *world = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

        world->service->state = rows[i].state;
        world->server->before_call = NULL;
        read_section(world, rows[i].fields);
        observe(world, &before);
        want(world, &wanted);
        world->server->before_call = rows[i].before_call;
        move(world, &before, &wanted);
        demand_log(world, "");
    }
}

static void test_a_paused_service_is_left_alone(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->state = SERVICE_PAUSED;
    observe(world, &before);
    want(world, &wanted);
    demand_status(try_to_write(world, &before, &wanted, &err), &err, AJAR_ECONFLICT);
    err = AJAR_NO_ERROR;
    world->service->state = SERVICE_RUNNING;
    observe(world, &open);
    demand_status(try_to_write(world, &open, &before, &err), &err, AJAR_ECONFLICT);
    demand_log(world, "");
}

static void test_a_restart_stops_and_starts(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->state = SERVICE_RUNNING;
    read_section(world, "service = PesSvc\nrestart = yes\n");
    assert_true(provider_service.check(&world->setting, &err));
    assert_true(provider_service.is_action(&world->setting));
    observe(world, &now);
    want(world, &wanted);
    assert_string_equal(ajar_state_fact(&wanted, "state"), "running");
    assert_int_equal(provider_service.match(&now, &wanted), MATCH_SAME);
    move(world, &now, &wanted);
    demand_log(world, "stop; start; ");
    assert_int_equal(world->service->process, 101);
    move(world, &now, &now);
    demand_log(world, "stop; start; stop; start; ");
}

/* What is left of a restart that was cut off. */
static void test_a_restart_goes_on(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    read_section(world, "service = PesSvc\nrestart = yes\n");
    observe(world, &now);
    move(world, &now, &now);
    demand_log(world, "start; ");
}

/* The process of the fake gets another number with each start; so put the old one back. */
static void keep_process(struct fake_services *server, unsigned opnum)
{
    if (opnum == SVCCTL_START_SERVICE)
        server->services[0].process--;
}

static void test_a_restart_needs_another_process(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->state = SERVICE_RUNNING;
    world->server->before_call = keep_process;
    read_section(world, "service = PesSvc\nrestart = yes\n");
    observe(world, &now);
    demand_status(try_to_write(world, &now, &now, &err), &err, AJAR_ECONFLICT);
    assert_non_null(strstr(err.text, "still runs in process 100"));
    world->service->type = 0x20; /* shares its process with others, which keep it */
    move(world, &now, &now);
    world->service->type = 0x10;
    world->server->lacks_status_ex = true; /* the server does not tell */
    connect_target(world);
    move(world, &now, &now);
}

/* It was stopped from here: that is no conflict, which would mean that it was left alone. */
static void test_a_restart_that_does_not_start_again_failed(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world->service->state = SERVICE_RUNNING;
    world->service->ends_with = 1067;
    read_section(world, "service = PesSvc\nrestart = yes\n");
    observe(world, &now);
    demand_status(try_to_write(world, &now, &now, &err), &err, AJAR_EPROTOCOL);
    assert_non_null(strstr(err.text, "starting it again: service \"PesSvc\" is stopped"));
    demand_log(world, "stop; start; ");
    world->service->ends_with = 0;
    move(world, &now, &now);
}

static void test_a_restart_of_nothing_is_refused(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    read_section(world, "service = Nothing\nrestart = yes\n");
    observe(world, &now);
    demand_status(try_to_write(world, &now, &now, &err), &err, AJAR_EMISSING);
}

/* Under its key name, whatever the plan calls it. */
static void test_what_carries_the_connection_is_not_stopped(void **state)
{
    static const char *const sections[] = {
        "service = Serveur\nopen = stopped\n",
        "service = Serveur\nrestart = yes\n",
    };
    struct world *world = *state;

    world->service->name = "LanmanServer";
    world->service->display_name = "Serveur";
    world->service->state = SERVICE_RUNNING;
    for (size_t i = 0; i < LENGTH(sections); i++) {
        OWNED(ajar_state_release) struct ajar_state now = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        read_section(world, sections[i]);
        observe(world, &now);
        want(world, &wanted);
        demand_status(try_to_write(world, &now, &wanted, &err), &err, AJAR_ECONFLICT);
        assert_non_null(strstr(err.text, "own connection"));
        demand_log(world, "");
    }
}

/* Each call in turn breaks the connection, before and after the server did what was asked: either
 * the state is known to be unwritten, or it is not known. The next try ends well. */
static void test_each_call_may_break(void **state)
{
    struct world *world = *state;

    read_section(world, "service = PesSvc\nopen = running\nstart = auto\n");
    for (size_t i = 1;; i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        bool ok;

        world->service->state = SERVICE_STOPPED;
        world->service->goal = 0;
        world->service->start = SERVICE_DEMAND;
        connect_target(world);
        observe(world, &before);
        want(world, &wanted);
        world->server->fail_at = world->server->calls + (i + 1) / 2;
        world->server->fail_after = i % 2 == 0;
        ok = try_to_write(world, &before, &wanted, &err);
        if (ok && !world->server->broken)
            break;
        if (err.status == AJAR_EUNREACHABLE)
            demand_log(world, "");
        else if (!ok)
            assert_int_equal(err.status, AJAR_ETIMEOUT);
        text_release(&world->server->log);
        assert_true(i < 100);
    }
    assert_int_equal(world->service->state, SERVICE_RUNNING);
    assert_int_equal(world->service->start, SERVICE_AUTO);
}

static const struct section {
    const char *name;
    const char *fields;
    const char *says; /* NULL: fine */
} sections[] = {
    { "check: open", "service = X\nopen = running\n", NULL },
    { "check: start", "service = X\nstart = auto-delayed\n", NULL },
    { "check: restart", "service = X\nrestart = yes\n", NULL },
    { "check: closed", "service = X\nopen = stopped\nclosed = running\nclosed-start = auto\n",
      NULL },
    { "check: nothing to do", "service = X\n", "plan.ini:1: what is to happen is missing" },
    { "check: restart = no is nothing to do", "service = X\nrestart = no\n",
      "plan.ini:1: what is to happen is missing" },
    { "check: restart with open", "service = X\nrestart = yes\nopen = running\n",
      "plan.ini:4: `restart` stands alone" },
    { "check: restart with closed-start", "service = X\nrestart = yes\nclosed-start = auto\n",
      "plan.ini:4: `restart` stands alone" },
    { "check: absent with a start type",
      "service = X\nopen = running\nclosed = absent\nclosed-start = auto\n",
      "plan.ini:5: a service that is absent" },
    { "check: restart of the Server service", "service = lanmanserver\nrestart = yes\n",
      "plan.ini:3: \"lanmanserver\" carries ajar's own connection" },
    { "check: the same by its display name", "service = Server\nrestart = yes\n", "[manual NAME]" },
    { "check: stop of the Server service", "service = LanmanServer\nopen = stopped\n",
      "plan.ini:3: \"LanmanServer\" carries ajar's own connection" },
    { "check: stop of RPC", "service = RpcSs\nopen = running\nclosed = stopped\n",
      "plan.ini:4: \"RpcSs\" carries" },
    { "check: the Workstation service disabled", "service = LanmanWorkstation\nstart = disabled\n",
      "plan.ini:3: \"LanmanWorkstation\" carries" },
    { "check: the Server service may run", "service = LanmanServer\nopen = running\n", NULL },
    { "check: Netlogon may restart", "service = Netlogon\nrestart = yes\n", NULL },
};

static void run_section(void **state)
{
    const struct section *section = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct world world = { 0 };
    OWNED(free) char *thing = NULL;
    bool ok;

    read_section(&world, section->fields);
    assert_true(
        schema_check("plan.ini", world.setting.section, provider_service.fields, NULL, &err));
    ok = provider_service.check(&world.setting, &err);
    if (section->says) {
        demand_status(ok, &err, AJAR_EPLAN);
        assert_non_null(strstr(err.text, section->says));
    } else {
        assert_true(ok);
        assert_true(provider_service.thing(&world.setting, &thing, &err));
        assert_int_equal(strncmp(thing, "service ", 8), 0);
    }
    ini_free(world.plan);
}

static void test_phrases(void **state)
{
    static const struct {
        bool known;
        bool exists;
        const char *state;
        const char *start;
        const char *phrase;
    } rows[] = {
        { false, false, NULL, NULL, "not known" },
        { true, false, NULL, NULL, "absent" },
        { true, true, "running", NULL, "running" },
        { true, true, NULL, "disabled", "start disabled" },
        { true, true, "stopped", "demand", "stopped, start demand" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release)
        struct ajar_state made = { .known = rows[i].known, .exists = rows[i].exists };
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(free) char *phrase = NULL;

        if (rows[i].state)
            assert_true(ajar_state_set(&made, "state", rows[i].state, &err));
        if (rows[i].start)
            assert_true(ajar_state_set(&made, "start", rows[i].start, &err));
        assert_true(provider_service.phrase(&made, &phrase, &err));
        assert_string_equal(phrase, rows[i].phrase);
    }
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest single[] = {
        WITH_WORLD(test_a_state_has_its_facts),
        WITH_WORLD(test_a_service_is_found_by_its_display_name),
        WITH_WORLD(test_a_service_that_is_absent_is_a_state),
        WITH_WORLD(test_ajar_removes_no_services),
        WITH_WORLD(test_closed_says_what_is_safe),
        WITH_WORLD(test_drift_is_refused),
        WITH_WORLD(test_what_is_so_already_is_not_written),
        WITH_WORLD(test_a_disabled_service_is_not_enabled_unasked),
        WITH_WORLD(test_dependents_are_named_not_stopped),
        WITH_WORLD(test_waiting_follows_the_hint),
        WITH_WORLD(test_waiting_ends),
        WITH_WORLD(test_a_look_waits_for_a_service_on_its_way),
        WITH_WORLD(test_a_service_that_lingers_is_waited_for),
        WITH_WORLD(test_a_service_that_ends_is_put_back),
        WITH_WORLD(test_a_stop_that_is_refused_is_put_back),
        WITH_WORLD(test_somebody_else_may_be_faster),
        WITH_WORLD(test_a_paused_service_is_left_alone),
        WITH_WORLD(test_a_restart_stops_and_starts),
        WITH_WORLD(test_a_restart_goes_on),
        WITH_WORLD(test_a_restart_needs_another_process),
        WITH_WORLD(test_a_restart_that_does_not_start_again_failed),
        WITH_WORLD(test_a_restart_of_nothing_is_refused),
        WITH_WORLD(test_what_carries_the_connection_is_not_stopped),
        WITH_WORLD(test_each_call_may_break),
        cmocka_unit_test(test_phrases),
    };
    struct CMUnitTest rows[LENGTH(windows) + LENGTH(sections)] = { 0 };
    int failed;

    for (size_t i = 0; i < LENGTH(windows); i++)
        rows[i] = (struct CMUnitTest){ .name = windows[i].name,
                                       .test_func = run_window,
                                       .initial_state = (void *)(uintptr_t)&windows[i] };
    for (size_t i = 0; i < LENGTH(sections); i++)
        rows[LENGTH(windows) + i] =
            (struct CMUnitTest){ .name = sections[i].name,
                                 .test_func = run_section,
                                 .initial_state = (void *)(uintptr_t)&sections[i] };
    failed = cmocka_run_group_tests_name("service", single, NULL, NULL);
    return failed + cmocka_run_group_tests_name("service: rows", rows, NULL, NULL);
}

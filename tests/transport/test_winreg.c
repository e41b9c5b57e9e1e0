/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/winreg.h"

#include "fake/fake_pipe.h"
#include "transport/rpc/winreg_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ALL_RIGHTS \
    (WINREG_QUERY_VALUE | WINREG_SET_VALUE | WINREG_CREATE_SUB_KEY | WINREG_ENUMERATE)

struct world {
    struct fake_registry *server;
    struct winreg *client;
    struct winreg_key key; /* SOFTWARE\Key */
};

static int set_up(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_registry_new();
    fake_registry_add_key(world->server, "SOFTWARE\\Key");
    world->client = fake_registry_open(world->server);
    *state = world;
    return winreg_open_key(world->client, "SOFTWARE\\Key", ALL_RIGHTS, &world->key, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    winreg_close(world->client);
    fake_registry_free(world->server);
    free(world);
    return 0;
}

static void test_values_come_back_as_they_went(void **state)
{
    static const struct {
        const char *name;
        uint32_t type;
        size_t size;
    } rows[] = {
        { "", 1, 6 },
        { "dword", 4, 4 },
        { "empty", 0, 0 },
        { "odd", 77, 3 },
        { "first room", 3, 4096 },
        { "more", 3, 4097 },
        { "large", 3, 70000 },
        { "\xc3\xa4\xed\xa0\x80", 3, 1 },
    };
    struct world *world = *state;
    uint8_t data[70000];

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct winreg_value value = { rows[i].type, { data, rows[i].size } };
        OWNED(winreg_value_release) struct winreg_value back = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(winreg_set_value(world->client, &world->key, rows[i].name, &value, &err));
        assert_true(winreg_query_value(world->client, &world->key, rows[i].name, &back, &err));
        assert_int_equal(back.type, rows[i].type);
        assert_int_equal(back.data.size, rows[i].size);
        if (rows[i].size > 0)
            assert_memory_equal(back.data.at, data, rows[i].size);
    }
}

static void test_small_values_take_one_call_large_ones_two(void **state)
{
    static const uint8_t data[5000];
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(winreg_value_release) struct winreg_value small = { 0 };
    OWNED(winreg_value_release) struct winreg_value large = { 0 };

    fake_registry_set(world->server, "SOFTWARE\\Key", "small", 3, data, 4096);
    fake_registry_set(world->server, "SOFTWARE\\Key", "large", 3, data, 4097);
    world->server->calls = 0;
    assert_true(winreg_query_value(world->client, &world->key, "small", &small, &err));
    assert_int_equal(world->server->calls, 1);
    assert_true(winreg_query_value(world->client, &world->key, "large", &large, &err));
    assert_int_equal(world->server->calls, 3);
}

/* Somebody else writes a larger value in front of each read. */
static void grow(struct fake_registry *server, unsigned opnum)
{
    static const uint8_t data[100000];

    if (opnum == WINREG_QUERY_VALUE_OF_KEY)
        fake_registry_set(server, "SOFTWARE\\Key", "v", 3, data, 5000 * (server->calls + 1));
}

static void grow_twice(struct fake_registry *server, unsigned opnum)
{
    if (server->calls < 3)
        grow(server, opnum);
}

static void test_a_value_that_grows_is_read_again(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(winreg_value_release) struct winreg_value value = { 0 };

    world->server->calls = 0;
    world->server->before_call = grow_twice;
    assert_true(winreg_query_value(world->client, &world->key, "v", &value, &err));
    assert_int_equal(value.data.size, 15000);
}

static void test_a_value_that_grows_for_ever_is_given_up(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct winreg_value value = { .type = 77 };

    world->server->calls = 0;
    world->server->before_call = grow;
    assert_false(winreg_query_value(world->client, &world->key, "v", &value, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_int_equal(err.native, 234);
    assert_true(world->server->calls < 10);
    assert_int_equal(value.type, 77);
}

static void test_a_value_too_large_is_not_asked_for(void **state)
{
    /* 0x4000001 bytes needed */
    static const char hex[] = "14000200030000001800020000100000000000000000000"
                              "01c00020001000004200002000000000"
                              "0ea000000";
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct winreg_value value = { .type = 77 };

    assert_true(bytes_from_hex(hex, &answer, &err));
    world->server->code_opnum = WINREG_QUERY_VALUE_OF_KEY;
    world->server->answer = answer;
    world->server->calls = 0;
    assert_false(winreg_query_value(world->client, &world->key, "v", &value, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_int_equal(world->server->calls, 1);
    assert_int_equal(value.type, 77);
}

static void test_keys_are_made_listed_and_deleted(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *name = NULL;
    struct winreg_key deep;
    bool created = false;

    assert_true(
        winreg_create_key(world->client, "SOFTWARE\\Key\\A\\B", ALL_RIGHTS, &deep, &created, &err));
    assert_true(created);
    assert_true(
        winreg_create_key(world->client, "SOFTWARE\\Key\\A\\B", ALL_RIGHTS, &deep, &created, &err));
    assert_false(created);
    assert_true(winreg_enum_key(world->client, &world->key, 0, &name, &err));
    assert_string_equal(name, "A");
    assert_false(winreg_enum_key(world->client, &world->key, 1, &name, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_int_equal(err.native, 259);
    err = AJAR_NO_ERROR;
    assert_true(winreg_flush_key(world->client, &deep, &err));
    assert_true(winreg_close_key(world->client, &deep, &err));
    assert_true(winreg_delete_key(world->client, "SOFTWARE\\Key\\A\\B", &err));
    assert_true(winreg_delete_key(world->client, "SOFTWARE\\Key\\A", &err));
    assert_false(winreg_delete_key(world->client, "SOFTWARE\\Key\\A", &err));
    assert_int_equal(err.status, AJAR_EMISSING);
}

static void test_values_are_counted_and_listed(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(winreg_value_release) struct winreg_value value = { 0 };
    OWNED(free) char *name = NULL;
    struct winreg_key_info info;

    fake_registry_set(world->server, "SOFTWARE\\Key", "some", 3, "abcdef", 6);
    assert_true(winreg_query_info(world->client, &world->key, &info, &err));
    assert_int_equal(info.values, 1);
    assert_int_equal(info.sub_keys, 0);
    assert_int_equal(info.longest_value_name, 4);
    assert_int_equal(info.largest_data, 6);
    assert_true(info.last_write > 0);
    assert_true(winreg_enum_value(world->client, &world->key, &info, 0, &name, &value, &err));
    assert_string_equal(name, "some");
    assert_int_equal(value.data.size, 6);
    assert_false(winreg_enum_value(world->client, &world->key, &info, 1, &(char *){ NULL },
                                   &(struct winreg_value){ 0 }, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
}

static const struct code_case {
    const char *name;
    uint32_t code;
    enum ajar_status status;
    const char *says;
} codes[] = {
    { "code 2 is missing", 2, AJAR_EMISSING, "no such key or value" },
    { "code 5 is denied", 5, AJAR_EDENIED, "access denied" },
    { "code 87 is the protocol", 87, AJAR_EPROTOCOL, "parameter" },
    { "code 1018 is a conflict", 1018, AJAR_ECONFLICT, "being deleted" },
    { "a code without a name", 4711, AJAR_EPROTOCOL, "Win32 error 4711" },
};

static bool query(struct world *world, struct ajar_error *err)
{
    return winreg_query_value(world->client, &world->key, "v", &(struct winreg_value){ 0 }, err);
}

static bool set(struct world *world, struct ajar_error *err)
{
    return winreg_set_value(world->client, &world->key, "v", &(struct winreg_value){ 0 }, err);
}

static bool delete (struct world *world, struct ajar_error *err)
{
    return winreg_delete_value(world->client, &world->key, "v", err);
}

static bool open_key(struct world *world, struct ajar_error *err)
{
    return winreg_open_key(world->client, "SOFTWARE", WINREG_QUERY_VALUE, &world->key, err);
}

static bool create(struct world *world, struct ajar_error *err)
{
    bool created;

    return winreg_create_key(world->client, "SOFTWARE", WINREG_QUERY_VALUE, &world->key, &created,
                             err);
}

static bool delete_key(struct world *world, struct ajar_error *err)
{
    return winreg_delete_key(world->client, "SOFTWARE", err);
}

static bool info(struct world *world, struct ajar_error *err)
{
    return winreg_query_info(world->client, &world->key, &(struct winreg_key_info){ 0 }, err);
}

static bool flush(struct world *world, struct ajar_error *err)
{
    return winreg_flush_key(world->client, &world->key, err);
}

static bool close_key(struct world *world, struct ajar_error *err)
{
    return winreg_close_key(world->client, &world->key, err);
}

static const struct {
    unsigned opnum;
    bool (*run)(struct world *world, struct ajar_error *err);
} calls[] = {
    { WINREG_QUERY_VALUE_OF_KEY, query }, { WINREG_SET_VALUE_OF_KEY, set },
    { WINREG_DELETE_VALUE, delete },      { WINREG_OPEN_KEY, open_key },
    { WINREG_CREATE_KEY, create },        { WINREG_DELETE_KEY, delete_key },
    { WINREG_QUERY_INFO_KEY, info },      { WINREG_FLUSH_KEY, flush },
    { WINREG_CLOSE_KEY, close_key },
};

/* Each call says the same of a code. */
static void run_code_case(void **state)
{
    const struct code_case *row = *state;
    struct world *world = NULL;

    assert_int_equal(set_up((void **)&world), 0);
    for (size_t i = 0; i < LENGTH(calls); i++) {
        const struct winreg_key before = world->key;
        struct ajar_error err = AJAR_NO_ERROR;

        world->server->code_opnum = calls[i].opnum;
        world->server->code = row->code;
        assert_false(calls[i].run(world, &err));
        assert_int_equal(err.status, row->status);
        assert_int_equal(err.native, row->code);
        assert_non_null(strstr(err.text, row->says));
        assert_memory_equal(&before, &world->key, sizeof(before));
    }
    tear_down((void **)&world);
}

static void test_a_broken_pipe_keeps_its_own_status(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    world->server->calls = 0;
    world->server->fail_at = 1;
    assert_false(set(world, &err));
    assert_int_equal(err.status, AJAR_ETIMEOUT);
    assert_non_null(strstr(err.text, "could not write value \"v\": "));
    err = AJAR_NO_ERROR;
    assert_false(set(world, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
}

static void test_a_refused_opening_leaves_the_pipe_to_the_caller(void **state)
{
    struct world *world = *state;
    struct rpc_pipe *pipe = fake_registry_pipe(world->server);
    struct ajar_error err = AJAR_NO_ERROR;
    struct winreg *client = world->client;

    world->server->code_opnum = WINREG_OPEN_LOCAL_MACHINE;
    world->server->code = 5;
    assert_false(winreg_open(pipe, &client, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_ptr_equal(client, world->client);
    rpc_pipe_close(pipe);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    struct CMUnitTest tests[LENGTH(codes) + 9] = {
        WITH_WORLD(test_values_come_back_as_they_went),
        WITH_WORLD(test_small_values_take_one_call_large_ones_two),
        WITH_WORLD(test_a_value_that_grows_is_read_again),
        WITH_WORLD(test_a_value_that_grows_for_ever_is_given_up),
        WITH_WORLD(test_a_value_too_large_is_not_asked_for),
        WITH_WORLD(test_keys_are_made_listed_and_deleted),
        WITH_WORLD(test_values_are_counted_and_listed),
        WITH_WORLD(test_a_broken_pipe_keeps_its_own_status),
        WITH_WORLD(test_a_refused_opening_leaves_the_pipe_to_the_caller),
    };

    for (size_t i = 0; i < LENGTH(codes); i++)
        tests[9 + i] = (struct CMUnitTest){ .name = codes[i].name,
                                            .test_func = run_code_case,
                                            .initial_state = (void *)(uintptr_t)&codes[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

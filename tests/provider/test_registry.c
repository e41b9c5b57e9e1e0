/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"
#include "fake/fake_pipe.h"
#include "model/state.h"
#include "model/value.h"
#include "provider/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define PATH "SYSTEM\\Control\\Lsa"

/* What stands in a section besides its key. */
#define DWORD_1 "value = V\ntype = dword\nopen = 1\n"

/* All that the provider asks of a target. */
struct target {
    struct winreg *registry;
};

bool target_registry(struct target *target, struct winreg **ret_registry, struct ajar_error *err)
{
    (void)err;
    *ret_registry = target->registry;
    return true;
}

struct world {
    struct fake_registry *server;
    struct target connected;
    struct target *target;
    struct ini *plan;
    struct setting setting;
};

static void read_section(struct world *world, const char *key, const char *fields)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *text = text_make("[registry test]\nkey = %s\n%s", key, fields);

    if (world->plan)
        ini_free(world->plan);
    world->plan = NULL;
    if (!ini_read("plan.ini", text, strlen(text), INI_PLAIN, &world->plan, &err))
        fail_msg("%s", err.text);
    world->setting = (struct setting){ .file = "plan.ini", .section = world->plan->sections };
}

static void connect_target(struct world *world)
{
    if (world->target)
        winreg_close(world->target->registry);
    world->server->fail_at = 0;
    world->server->broken = false;
    world->connected.registry = fake_registry_open(world->server);
    world->target = &world->connected;
}

static int set_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));

    world->server = fake_registry_new();
    fake_registry_add_key(world->server, "SYSTEM\\Control");
    fake_registry_set(world->server, "SYSTEM\\Control", "Other", 4, "\1\0\0\0", 4);
    connect_target(world);
    read_section(world, "HKLM\\" PATH, DWORD_1);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    ini_free(world->plan);
    winreg_close(world->target->registry);
    fake_registry_free(world->server);
    free(world);
    return 0;
}

static struct ajar_state observe(struct world *world)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_state state = { 0 };

    if (!provider_registry.observe(world->target, &world->setting, &state, &err))
        fail_msg("%s", err.text);
    return state;
}

static struct ajar_state want(struct world *world)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_state state = { 0 };

    if (!provider_registry.want(&world->setting, &state, &err))
        fail_msg("%s", err.text);
    return state;
}

static void assert_fact(const struct ajar_state *state, const char *name, const char *value)
{
    const char *fact = ajar_state_fact(state, name);

    if (!value) {
        assert_null(fact);
        return;
    }
    assert_non_null(fact);
    assert_string_equal(fact, value);
}

static void assert_phrase(const struct ajar_state *state, const char *words)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *phrase = NULL;

    assert_true(provider_registry.phrase(state, &phrase, &err));
    assert_string_equal(phrase, words);
}

/* How a registry may look before a window is opened. */
static const struct start {
    const char *name;
    const char *path; /* NULL: nothing is there; else the key */
    int type;         /* -1: the key without the value */
    const char *data;
    size_t size;
    const char *key; /* the observed facts */
    const char *above;
    const char *phrase;
} starts[] = {
    { "value: another number", PATH, 4, "\0\0\0\0", 4, NULL, NULL, "0" },
    { "value: the same already", PATH, 4, "\1\0\0\0", 4, NULL, NULL, "1" },
    { "value: another type", PATH, 1, "1\0\0", 4, NULL, NULL, "REG_SZ \"1\"" },
    { "value: no bytes", PATH, 4, "", 0, NULL, NULL, "REG_DWORD hex:" },
    { "value: a type without a name", PATH, 77, "abc", 3, NULL, NULL, "type-77 616263" },
    { "value: absent, key empty", PATH, -1, NULL, 0, "empty", NULL, "absent" },
    { "value: absent, key in use", PATH "\\Sub", -1, NULL, 0, NULL, NULL, "absent" },
    { "value: absent, no key", "SYSTEM\\Control", -1, NULL, 0, "absent", "HKLM\\SYSTEM\\Control",
      "absent (no such key)" },
    { "value: absent, no key twice", "SYSTEM", -1, NULL, 0, "absent", "HKLM\\SYSTEM\\Control",
      "absent (no such key)" },
};

static void prepare(struct world *world, const struct start *start)
{
    fake_registry_add_key(world->server, start->path);
    if (start->type >= 0)
        fake_registry_set(world->server, start->path, "V", (uint32_t)start->type, start->data,
                          start->size);
}

/* There and back: the registry is the same, byte for byte. */
static void run_start(void **state)
{
    const struct start *start = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct world *world = NULL;
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state opened = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };
    OWNED(free) char *first = NULL;
    OWNED(free) char *last = NULL;

    set_up((void **)&world);
    prepare(world, start);
    first = fake_registry_dump(world->server);
    wanted = want(world);
    before = observe(world);
    assert_fact(&before, "key", start->key);
    assert_fact(&before, "above", start->above);
    assert_phrase(&before, start->phrase);
    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    opened = observe(world);
    assert_int_equal(provider_registry.match(&opened, &wanted), MATCH_SAME);
    assert_true(provider_registry.write(world->target, &world->setting, &opened, &before, &err));
    closed = observe(world);
    assert_int_equal(provider_registry.match(&closed, &before), MATCH_SAME);
    last = fake_registry_dump(world->server);
    assert_string_equal(first, last);
    tear_down((void **)&world);
}

/* Breaks the connection at each call of a write, before or after the server did what was asked;
 * then takes everything back. */
static void run_faults(void **state)
{
    const struct start *start = *state;
    bool fine = false;

    for (size_t n = 2; !fine || n % 2 == 1; n++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct world *world = NULL;
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(free) char *first = NULL;
        OWNED(free) char *last = NULL;

        set_up((void **)&world);
        prepare(world, start);
        first = fake_registry_dump(world->server);
        wanted = want(world);
        before = observe(world);
        world->server->calls = 0;
        world->server->fail_at = n / 2;
        world->server->fail_after = n % 2 == 1;
        fine = provider_registry.write(world->target, &world->setting, &before, &wanted, &err);
        assert_true(fine || err.status == AJAR_ETIMEOUT || err.status == AJAR_EUNREACHABLE);
        connect_target(world);
        err = AJAR_NO_ERROR;
        assert_true(
            provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
        last = fake_registry_dump(world->server);
        assert_string_equal(first, last);
        tear_down((void **)&world);
        assert_true(n < 100);
    }
}

/* The same while it takes back; the second attempt ends it. */
static void run_faults_back(void **state)
{
    const struct start *start = *state;
    bool fine = false;

    for (size_t n = 2; !fine || n % 2 == 1; n++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct world *world = NULL;
        OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
        OWNED(ajar_state_release) struct ajar_state before = { 0 };
        OWNED(free) char *first = NULL;
        OWNED(free) char *last = NULL;

        set_up((void **)&world);
        prepare(world, start);
        first = fake_registry_dump(world->server);
        wanted = want(world);
        before = observe(world);
        assert_true(
            provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
        world->server->calls = 0;
        world->server->fail_at = n / 2;
        world->server->fail_after = n % 2 == 1;
        fine = provider_registry.write(world->target, &world->setting, &wanted, &before, &err);
        connect_target(world);
        err = AJAR_NO_ERROR;
        assert_true(
            provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
        last = fake_registry_dump(world->server);
        assert_string_equal(first, last);
        tear_down((void **)&world);
        assert_true(n < 100);
    }
}

static void test_observing_tells_type_data_and_text(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    fake_registry_set(world->server, PATH, "v", 4, "\2\0\0\0", 4);
    now = observe(world);
    assert_true(now.known);
    assert_true(now.exists);
    assert_int_equal(now.count, 3);
    assert_fact(&now, "type", "REG_DWORD");
    assert_fact(&now, "data", "02000000");
    assert_fact(&now, "text", "2");
}

static void test_the_default_value_has_no_name(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(free) char *thing = NULL;

    read_section(world, "HKEY_LOCAL_MACHINE\\" PATH, "value =\ntype = sz\nopen = x\n");
    assert_true(provider_registry.check(&world->setting, &err));
    assert_true(provider_registry.thing(&world->setting, &thing, &err));
    assert_string_equal(thing, "HKLM\\SYSTEM\\Control\\Lsa:");
    wanted = want(world);
    before = observe(world);
    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    assert_non_null(fake_registry_value(world->server, PATH, ""));
    assert_true(provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
    assert_false(fake_registry_has_key(world->server, PATH));
}

static void test_a_changed_value_is_left_alone(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    fake_registry_set(world->server, PATH, "V", 4, "\0\0\0\0", 4);
    before = observe(world);
    fake_registry_set(world->server, PATH, "V", 4, "\2\0\0\0", 4);
    assert_false(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    assert_string_equal(err.text, "HKLM\\" PATH ", value \"V\", is 2, not 0");
    assert_memory_equal(fake_registry_value(world->server, PATH, "V")->data.at, "\2\0\0\0", 4);
}

static void test_a_deleted_value_is_left_alone(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    fake_registry_set(world->server, PATH, "V", 4, "\0\0\0\0", 4);
    before = observe(world);
    fake_registry_delete(world->server, PATH, "V");
    assert_false(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    assert_null(fake_registry_value(world->server, PATH, "V"));
}

static void test_what_is_there_already_is_not_written_again(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);
    OWNED(ajar_state_release) struct ajar_state before = observe(world);

    fake_registry_set(world->server, PATH, "V", 4, "\1\0\0\0", 4);
    world->server->code_opnum = 22; /* SetValue */
    world->server->code = 5;
    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
}

static void test_a_key_that_others_use_stays(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);
    OWNED(ajar_state_release) struct ajar_state before = observe(world);
    OWNED(ajar_state_release) struct ajar_state after = { 0 };

    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    fake_registry_set(world->server, PATH, "Theirs", 4, "\1\0\0\0", 4);
    assert_true(provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
    after = observe(world);
    assert_int_equal(provider_registry.match(&after, &before), MATCH_NEAR);
    assert_non_null(fake_registry_value(world->server, PATH, "Theirs"));
    assert_null(fake_registry_value(world->server, PATH, "V"));
}

static void test_a_sub_key_of_others_keeps_the_keys_above(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    read_section(world, "HKLM\\SOFTWARE\\A\\B\\C", DWORD_1);
    wanted = want(world);
    before = observe(world);
    assert_fact(&before, "above", "HKLM");
    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    fake_registry_add_key(world->server, "SOFTWARE\\A\\Theirs");
    assert_true(provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
    assert_false(fake_registry_has_key(world->server, "SOFTWARE\\A\\B"));
    assert_true(fake_registry_has_key(world->server, "SOFTWARE\\A\\Theirs"));
}

static void test_nothing_is_deleted_outside_the_path(void **state)
{
    static const char *const aboves[] = { "HKLM\\SYSTEM\\Contr", "HKLM\\OTHER",         "SYSTEM",
                                          "HKLM\\" PATH,         "HKLM\\" PATH "\\Sub", "" };
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);

    fake_registry_set(world->server, PATH, "V", 4, "\1\0\0\0", 4);
    for (size_t i = 0; i < LENGTH(aboves); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(ajar_state_release) struct ajar_state before = { .known = true };

        assert_true(ajar_state_set(&before, "key", "absent", &err));
        assert_true(ajar_state_set(&before, "above", aboves[i], &err));
        assert_false(
            provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
        assert_int_equal(err.status, AJAR_EJOURNAL);
        assert_non_null(fake_registry_value(world->server, PATH, "V"));
    }
}

static void test_a_refusal_of_the_server_passes_through(void **state)
{
    static const unsigned opnums[] = { 15, 17, 22, 11 };
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state wanted = want(world);
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    fake_registry_set(world->server, PATH, "V", 4, "\0\0\0\0", 4);
    before = observe(world);
    for (size_t i = 0; i < LENGTH(opnums); i++) {
        struct ajar_error err = AJAR_NO_ERROR;

        world->server->code_opnum = opnums[i];
        world->server->code = 5;
        assert_false(
            provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
        assert_int_equal(err.status, AJAR_EDENIED);
        assert_int_equal(err.native, 5);
    }
}

static void test_states_are_matched_by_type_and_data(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state a = { .known = true, .exists = true };
    OWNED(ajar_state_release) struct ajar_state b = { .known = true, .exists = true };
    OWNED(ajar_state_release) struct ajar_state without_key = { .known = true };
    const struct ajar_state absent = { .known = true };
    const struct ajar_state unknown = { 0 };

    (void)state;
    assert_true(ajar_state_set(&without_key, "key", "absent", &err));
    assert_int_equal(provider_registry.match(&without_key, &absent), MATCH_SAME);
    assert_int_equal(provider_registry.match(&absent, &without_key), MATCH_NEAR);
    assert_true(ajar_state_set(&a, "type", "REG_SZ", &err));
    assert_true(ajar_state_set(&a, "data", "61000000", &err));
    assert_true(ajar_state_set(&a, "text", "a", &err));
    assert_true(ajar_state_set(&b, "data", "61000000", &err));
    assert_true(ajar_state_set(&b, "type", "REG_SZ", &err));
    assert_int_equal(provider_registry.match(&a, &b), MATCH_SAME);
    assert_true(ajar_state_set(&b, "type", "REG_EXPAND_SZ", &err));
    assert_int_equal(provider_registry.match(&a, &b), MATCH_OTHER);
    assert_int_equal(provider_registry.match(&a, &absent), MATCH_OTHER);
    assert_int_equal(provider_registry.match(&absent, &absent), MATCH_SAME);
    assert_int_equal(provider_registry.match(&unknown, &unknown), MATCH_OTHER);
    assert_phrase(&unknown, "not known");
}

static void test_absence_can_be_the_open_state(void **state)
{
    struct world *world = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    read_section(world, "HKLM\\" PATH, "value = V\nopen = absent\n");
    assert_true(provider_registry.check(&world->setting, &err));
    fake_registry_set(world->server, PATH, "V", 4, "\1\0\0\0", 4);
    wanted = want(world);
    before = observe(world);
    assert_false(wanted.exists);
    assert_true(provider_registry.write(world->target, &world->setting, &before, &wanted, &err));
    assert_null(fake_registry_value(world->server, PATH, "V"));
    assert_true(fake_registry_has_key(world->server, PATH));
    assert_true(provider_registry.write(world->target, &world->setting, &wanted, &before, &err));
    assert_memory_equal(fake_registry_value(world->server, PATH, "V")->data.at, "\1\0\0\0", 4);
}

static const struct section {
    const char *name;
    const char *key;
    const char *fields;
    const char *says; /* NULL: fine */
    const char *data; /* then, what is wanted */
} sections[] = {
    { "section: dword", "HKLM\\A", DWORD_1, NULL, "01000000" },
    { "section: long root", "hkey_local_machine\\A\\B C", DWORD_1, NULL, "01000000" },
    { "section: list", "HKLM\\A", "value = V\ntype = multi_sz\nopen = a\nopen = b\n", NULL,
      "61000000620000000000" },
    { "section: raw data", "HKLM\\A", "value = V\ntype = dword\ndata = 01\n", NULL, "01" },
    { "section: type by number", "HKLM\\A", "value = V\ntype = type-77\ndata =\n", NULL, "" },
    { "section: closed by absence", "HKLM\\A", DWORD_1 "closed = absent\n", NULL, "01000000" },
    { "section: closed by a value", "HKLM\\A", DWORD_1 "closed = 0\n", NULL, "01000000" },
    { "section: another root", "HKCU\\A", DWORD_1, "plan.ini:2: \"HKCU\\A\" is not below HKLM",
      NULL },
    { "section: root alone", "HKLM", DWORD_1, "not below HKLM", NULL },
    { "section: empty path", "HKLM\\", DWORD_1, "a part without a name", NULL },
    { "section: leading backslash", "HKLM\\\\A", DWORD_1, "a part without a name", NULL },
    { "section: empty part", "HKLM\\A\\\\B", DWORD_1, "a part without a name", NULL },
    { "section: trailing backslash", "HKLM\\A\\", DWORD_1, "a part without a name", NULL },
    { "section: no open state", "HKLM\\A", "value = V\ntype = dword\n", "plan.ini:1: the open",
      NULL },
    { "section: open and data", "HKLM\\A", DWORD_1 "data = 00\n", "plan.ini:6: either", NULL },
    { "section: no type", "HKLM\\A", "value = V\nopen = 1\n", "plan.ini:4: a value needs a type",
      NULL },
    { "section: unknown type", "HKLM\\A", "value = V\ntype = word\nopen = 1\n",
      "plan.ini:4: \"word\" is no type", NULL },
    { "section: no number", "HKLM\\A", "value = V\ntype = dword\nopen = one\n",
      "plan.ini:5: open: \"one\" is no number", NULL },
    { "section: half a byte", "HKLM\\A", "value = V\ntype = binary\ndata = 012\n",
      "plan.ini:5: data: 3 hexadecimal digits", NULL },
    { "section: wrong baseline", "HKLM\\A", DWORD_1 "closed = nothing\n",
      "plan.ini:6: closed: \"nothing\" is no number", NULL },
};

static void run_section(void **state)
{
    const struct section *section = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct world world = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    bool fine;

    read_section(&world, section->key, section->fields);
    fine = schema_check("plan.ini", world.plan->sections, provider_registry.fields, NULL, &err) &&
           provider_registry.check(&world.setting, &err);
    if (section->says) {
        assert_false(fine);
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_non_null(strstr(err.text, section->says));
    } else {
        if (!fine)
            fail_msg("%s", err.text);
        wanted = want(&world);
        assert_fact(&wanted, "data", section->data);
    }
    ini_free(world.plan);
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* A key has a time, which is that of all its values. */
static void test_the_time_of_its_key_is_evidence(void **state)
{
    struct world *world = *state;
    OWNED(ajar_state_release) struct ajar_state evidence = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(provider_registry.evidence(world->target, &world->setting, &evidence, &err));
    assert_false(evidence.known); /* there is no such key */
    fake_registry_add_key(world->server, PATH);
    assert_true(provider_registry.evidence(world->target, &world->setting, &evidence, &err));
    assert_false(evidence.known); /* the host tells no time */
    world->server->last_write = (11644473600ULL + 1795248000) * 10000000 + 7;
    assert_true(provider_registry.evidence(world->target, &world->setting, &evidence, &err));
    assert_true(evidence.known);
    assert_fact(&evidence, "exact", "no");
    assert_fact(&evidence, "written", "2026-11-21T08:00:00Z");
}

int main(void)
{
    struct CMUnitTest tests[3 * LENGTH(starts) + LENGTH(sections) + 12] = {
        WITH_WORLD(test_observing_tells_type_data_and_text),
        WITH_WORLD(test_the_default_value_has_no_name),
        WITH_WORLD(test_a_changed_value_is_left_alone),
        WITH_WORLD(test_a_deleted_value_is_left_alone),
        WITH_WORLD(test_what_is_there_already_is_not_written_again),
        WITH_WORLD(test_a_key_that_others_use_stays),
        WITH_WORLD(test_a_sub_key_of_others_keeps_the_keys_above),
        WITH_WORLD(test_nothing_is_deleted_outside_the_path),
        WITH_WORLD(test_a_refusal_of_the_server_passes_through),
        cmocka_unit_test(test_states_are_matched_by_type_and_data),
        WITH_WORLD(test_absence_can_be_the_open_state),
        WITH_WORLD(test_the_time_of_its_key_is_evidence),
    };
    size_t count = 12;

    for (size_t i = 0; i < LENGTH(starts); i++) {
        void *start = (void *)(uintptr_t)&starts[i];

        tests[count++] = (struct CMUnitTest){ starts[i].name, run_start, NULL, NULL, start };
        tests[count++] = (struct CMUnitTest){ starts[i].name, run_faults, NULL, NULL, start };
        tests[count++] = (struct CMUnitTest){ starts[i].name, run_faults_back, NULL, NULL, start };
    }
    for (size_t i = 0; i < LENGTH(sections); i++)
        tests[count++] = (struct CMUnitTest){ .name = sections[i].name,
                                              .test_func = run_section,
                                              .initial_state = (void *)(uintptr_t)&sections[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

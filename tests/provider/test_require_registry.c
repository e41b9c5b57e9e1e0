/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The requirements that look at the registry: registry, password-server, credential-guard.
 */
#include "base/bytes.h"
#include "fake/fake_pipe.h"
#include "provider/requirement.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

#define LSA    "SYSTEM\\CurrentControlSet\\Control\\Lsa"
#define POLICY "SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceGuard"
#define PES    "SYSTEM\\CurrentControlSet\\Services\\PesSvc"

enum { SZ = 1, BINARY = 3, DWORD = 4, MULTI_SZ = 7 };

#define ZERO  "00000000"
#define ONE   "01000000"
#define TWO   "02000000"
#define SEVEN "07000000"
/* "scecli", "rassfm"; and with "pwmig" behind them; "PWMIGX" */
#define SCECLI         \
    "7300630065006300" \
    "6c0069000000"
#define RASSFM         \
    "7200610073007300" \
    "66006d000000"
#define PWMIG_LOWER "700077006d00690067000000"
#define PWMIGX      "500057004d004900470058000000"
#define END         "0000"

/* All that the sorts ask of a target. */
struct target {
    struct winreg *registry;
};

bool target_registry(struct target *target, struct winreg **ret_registry, struct ajar_error *err)
{
    (void)err;
    *ret_registry = target->registry;
    return true;
}

struct stored {
    const char *path; /* NULL: no more */
    const char *name; /* NULL: the key alone */
    uint32_t type;
    const char *hex;
};

#define KEY(path_of)           \
    {                          \
        path_of, NULL, 0, NULL \
    }
#define FLAG(path_of, value)                 \
    {                                        \
        path_of, "LsaCfgFlags", DWORD, value \
    }
#define PPL(value)                    \
    {                                 \
        LSA, "RunAsPPL", DWORD, value \
    }
#define PACKAGES(hex_of)                               \
    {                                                  \
        LSA, "Notification Packages", MULTI_SZ, hex_of \
    }
#define SERVICE                          \
    {                                    \
        PES, "ImagePath", SZ, "61000000" \
    }

#define PPL_SECTION(rest)      "key = HKLM\\" LSA "\nvalue = RunAsPPL\n" rest
#define PACKAGES_SECTION(rest) "key = HKLM\\" LSA "\nvalue = Notification Packages\n" rest

static const struct look_case {
    const char *name;
    const struct requirement *requirement;
    const char *fields;
    struct stored stored[4];
    enum requirement_result result;
    const char *reason; /* a part of it */
    const char *hint;   /* a part of it; NULL: there is none */
} look_cases[] = {
    /* clang-format off */
    { "registry: absent, as it must be", &requirement_registry, PPL_SECTION("must = absent\n"),
      { KEY(LSA) }, REQUIREMENT_PASS, "value \"RunAsPPL\", is absent", NULL },
    { "registry: absent with its key", &requirement_registry, PPL_SECTION("must = absent\n"),
      { { 0 } }, REQUIREMENT_PASS, "is absent (no such key)", NULL },
    { "registry: there, and must be absent", &requirement_registry, PPL_SECTION("must = absent\n"),
      { PPL(ZERO) }, REQUIREMENT_FAIL, "is 0; it must be absent", NULL },
    { "registry: equal", &requirement_registry, PPL_SECTION("must = equals\ndata = 0x1\n"),
      { PPL(ONE) }, REQUIREMENT_PASS, "is 1", NULL },
    { "registry: not equal", &requirement_registry,
      PPL_SECTION("must = equals\ndata = 1\nmeaning-if-not = LSASS is open\nremedy = set it\n"),
      { PPL(TWO) }, REQUIREMENT_FAIL,
      "HKLM\\" LSA ", value \"RunAsPPL\", is 2; it must be 1: LSASS is open", "set it" },
    { "registry: absent is not equal", &requirement_registry, PPL_SECTION("must = equals\ndata = 0\n"),
      { KEY(LSA) }, REQUIREMENT_FAIL, "is absent; it must be 0", NULL },
    { "registry: one of several", &requirement_registry,
      PPL_SECTION("must = equals\ndata = 0\ndata = 2\n"),
      { PPL(TWO) }, REQUIREMENT_PASS, "is 2", NULL },
    { "registry: none of several", &requirement_registry,
      PPL_SECTION("must = equals\ndata = 0\ndata = 2\n"),
      { PPL(ONE) }, REQUIREMENT_FAIL, "must be 0 or 2", NULL },
    { "registry: absent will do", &requirement_registry,
      PPL_SECTION("must = absent-or-equals\ndata = 0\n"),
      { KEY(LSA) }, REQUIREMENT_PASS, "absent", NULL },
    { "registry: equal will do", &requirement_registry,
      PPL_SECTION("must = absent-or-equals\ndata = 0\n"),
      { PPL(ZERO) }, REQUIREMENT_PASS, "is 0", NULL },
    { "registry: neither absent nor equal", &requirement_registry,
      PPL_SECTION("must = absent-or-equals\ndata = 0\n"),
      { PPL(ONE) }, REQUIREMENT_FAIL, "is 1; it must be absent, or 0", NULL },
    { "registry: a text that no number is", &requirement_registry,
      PPL_SECTION("must = equals\ndata = off\n"),
      { PPL(ZERO) }, REQUIREMENT_FAIL, "must be off", NULL },
    { "registry: a number cut short", &requirement_registry,
      PPL_SECTION("must = absent-or-equals\ndata = 0\n"),
      { PPL("0000") }, REQUIREMENT_FAIL, "is REG_DWORD hex:0000", NULL },
    { "registry: equal text", &requirement_registry, PPL_SECTION("must = equals\ndata = ab\n"),
      { { LSA, "RunAsPPL", SZ, "610062000000" } }, REQUIREMENT_PASS, "is REG_SZ \"ab\"", NULL },
    { "registry: text in another case", &requirement_registry,
      PPL_SECTION("must = equals\ndata = AB\n"),
      { { LSA, "RunAsPPL", SZ, "610062000000" } }, REQUIREMENT_FAIL, "must be AB", NULL },
    { "registry: contains, in any case", &requirement_registry,
      PACKAGES_SECTION("must = contains\ndata = PWMIG\ndata = SceCli\n"),
      { PACKAGES(SCECLI PWMIG_LOWER END) }, REQUIREMENT_PASS, "\"scecli\", \"pwmig\"", NULL },
    { "registry: contains one of two", &requirement_registry,
      PACKAGES_SECTION("must = contains\ndata = PWMIG\ndata = rassfm\n"),
      { PACKAGES(SCECLI PWMIG_LOWER END) }, REQUIREMENT_FAIL, "must contain PWMIG and rassfm", NULL },
    { "registry: contains no part of a name", &requirement_registry,
      PACKAGES_SECTION("must = contains\ndata = PWMIG\n"),
      { PACKAGES(PWMIGX END) }, REQUIREMENT_FAIL, "must contain PWMIG", NULL },
    { "registry: contains, absent", &requirement_registry,
      PACKAGES_SECTION("must = contains\ndata = PWMIG\n"),
      { KEY(LSA) }, REQUIREMENT_FAIL, "is absent; it must contain", NULL },
    { "registry: contains, no list", &requirement_registry,
      PACKAGES_SECTION("must = contains\ndata = PWMIG\n"),
      { { LSA, "Notification Packages", SZ, PWMIG_LOWER } }, REQUIREMENT_UNKNOWN,
      "no list of strings", NULL },
    { "registry: contains, a damaged list", &requirement_registry,
      PACKAGES_SECTION("must = not-contains\ndata = PWMIG\n"),
      { PACKAGES(SCECLI "7000") }, REQUIREMENT_UNKNOWN, "no list of strings", NULL },
    { "registry: contains not", &requirement_registry,
      PACKAGES_SECTION("must = not-contains\ndata = PWMIG\n"),
      { PACKAGES(SCECLI RASSFM END) }, REQUIREMENT_PASS, "\"scecli\", \"rassfm\"", NULL },
    { "registry: contains not, absent", &requirement_registry,
      PACKAGES_SECTION("must = not-contains\ndata = PWMIG\n"),
      { KEY(LSA) }, REQUIREMENT_PASS, "absent", NULL },
    { "registry: contains what it must not", &requirement_registry,
      PACKAGES_SECTION("must = not-contains\ndata = x\ndata = PWMIG\n"),
      { PACKAGES(SCECLI PWMIG_LOWER END) }, REQUIREMENT_FAIL, "must not contain x or PWMIG", NULL },

    { "password server: ready", &requirement_password_server, "",
      { SERVICE, PACKAGES(SCECLI PWMIG_LOWER END) }, REQUIREMENT_PASS, "service \"PesSvc\"", NULL },
    { "password server: protection explicitly off", &requirement_password_server, "",
      { SERVICE, PACKAGES(PWMIG_LOWER END), PPL(ZERO) }, REQUIREMENT_PASS, "not on", NULL },
    { "password server: the key is enough", &requirement_password_server, "",
      { KEY(PES), PACKAGES(PWMIG_LOWER END) }, REQUIREMENT_PASS, "PesSvc", NULL },
    { "password server: under another name", &requirement_password_server, "service = Pes2\n",
      { KEY("SYSTEM\\CurrentControlSet\\Services\\Pes2"), PACKAGES(PWMIG_LOWER END) },
      REQUIREMENT_PASS, "service \"Pes2\"", NULL },
    { "password server: not under that name", &requirement_password_server, "service = Pes2\n",
      { SERVICE, PACKAGES(PWMIG_LOWER END) }, REQUIREMENT_FAIL,
      "there is no service \"Pes2\"", "service = NAME" },
    { "password server: not installed", &requirement_password_server, "",
      { PACKAGES(SCECLI END), PPL(ONE) }, REQUIREMENT_FAIL,
      "no service \"PesSvc\" (its short name is unconfirmed)", "pwdmig.msi" },
    { "password server: no filter", &requirement_password_server, "",
      { SERVICE, PACKAGES(SCECLI RASSFM END), PPL(ONE) }, REQUIREMENT_FAIL,
      "\"Notification Packages\" is REG_MULTI_SZ \"scecli\", \"rassfm\", without PWMIG",
      "restart" },
    { "password server: no filters at all", &requirement_password_server, "",
      { SERVICE }, REQUIREMENT_FAIL, "\"Notification Packages\" is absent", "pwdmig.msi" },
    { "password server: filters that are no list", &requirement_password_server, "",
      { SERVICE, { LSA, "Notification Packages", BINARY, "00" } }, REQUIREMENT_UNKNOWN,
      "no list of strings", "pwdmig.msi" },
    { "password server: LSA protection", &requirement_password_server, "",
      { SERVICE, PACKAGES(PWMIG_LOWER END), PPL(ONE) }, REQUIREMENT_FAIL,
      "LSA protection is on (RunAsPPL is 1)", "RunAsPPL /t REG_DWORD /d 0" },
    { "password server: LSA protection without UEFI", &requirement_password_server, "",
      { SERVICE, PACKAGES(PWMIG_LOWER END), PPL(TWO) }, REQUIREMENT_FAIL,
      "LSA protection is on (RunAsPPL is 2)", "restart" },
    { "password server: LSA protection unclear", &requirement_password_server, "",
      { SERVICE, PACKAGES(PWMIG_LOWER END), { LSA, "RunAsPPL", SZ, "30000000" } },
      REQUIREMENT_UNKNOWN, "RunAsPPL is REG_SZ \"0\"", "restart" },

    { "password server: LSA protection, not a dword", &requirement_password_server, "",
      { SERVICE, PACKAGES(PWMIG_LOWER END), { LSA, "RunAsPPL", BINARY, ZERO } },
      REQUIREMENT_UNKNOWN, "RunAsPPL is REG_BINARY", "restart" },

    { "credential guard: nothing says so", &requirement_credential_guard, "",
      { KEY(LSA) }, REQUIREMENT_PASS, "may turn it on by itself", NULL },
    { "credential guard: off", &requirement_credential_guard, "",
      { FLAG(LSA, ZERO) }, REQUIREMENT_PASS, "is off (LsaCfgFlags is 0)", NULL },
    { "credential guard: off by policy", &requirement_credential_guard, "",
      { FLAG(POLICY, ZERO) }, REQUIREMENT_PASS, "is off (LsaCfgFlags is 0)", NULL },
    { "credential guard: on", &requirement_credential_guard, "",
      { FLAG(LSA, TWO) }, REQUIREMENT_FAIL, "on, without a lock (LsaCfgFlags is 2)", "reg add" },
    { "credential guard: locked", &requirement_credential_guard, "",
      { FLAG(LSA, ONE) }, REQUIREMENT_FAIL, "on, locked in UEFI", "UEFI" },
    { "credential guard: on by policy alone", &requirement_credential_guard, "",
      { FLAG(LSA, ZERO), FLAG(POLICY, ONE) }, REQUIREMENT_FAIL,
      "(LsaCfgFlags of the policy is 1)", "gpupdate" },
    { "credential guard: a number without a meaning", &requirement_credential_guard, "",
      { FLAG(LSA, SEVEN) }, REQUIREMENT_UNKNOWN, "is 7", "reg add" },
    { "credential guard: unclear here, on there", &requirement_credential_guard, "",
      { FLAG(LSA, SEVEN), FLAG(POLICY, TWO) }, REQUIREMENT_FAIL, "of the policy is 2", "gpupdate" },
    { "credential guard: unclear there, off here", &requirement_credential_guard, "",
      { FLAG(LSA, ZERO), { POLICY, "LsaCfgFlags", SZ, "30000000" } }, REQUIREMENT_UNKNOWN,
      "of the policy is REG_SZ", "gpupdate" },
    /* clang-format on */
};

/* What a test works with. */
struct world {
    struct fake_registry *server;
    struct target target;
    struct ini *plan;
    struct setting setting;
};

static void store(struct fake_registry *server, const struct stored *stored)
{
    OWNED(bytes_release) struct bytes data = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    fake_registry_add_key(server, stored->path);
    if (!stored->name)
        return;
    assert_true(bytes_from_hex(stored->hex, &data, &err));
    fake_registry_set(server, stored->path, stored->name, stored->type, data.at, data.size);
}

static void world_init(struct world *world, const char *fields)
{
    OWNED(free) char *text = text_make("[require test]\n%s", fields);
    struct ajar_error err = AJAR_NO_ERROR;

    *world = (struct world){ .server = fake_registry_new() };
    fake_registry_add_key(world->server, "SYSTEM\\CurrentControlSet");
    world->target.registry = fake_registry_open(world->server);
    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &world->plan, &err));
    world->setting = (struct setting){ .file = "plan.ini",
                                       .section = world->plan->sections,
                                       .place = PLACE_HOST,
                                       .where = "pes.source.test" };
}

static void world_release(struct world *world)
{
    ini_free(world->plan);
    winreg_close(world->target.registry);
    fake_registry_free(world->server);
}
DEFINE_OWNED_STRUCT(struct world, world_release);

static bool judge(const struct requirement *requirement, const struct setting *setting,
                  struct ajar_error *err)
{
    return schema_check(setting->file, setting->section, requirement->fields, NULL, err) &&
           (!requirement->judge || requirement->judge(setting, err));
}

static void run_look_case(void **state)
{
    const struct look_case *row = *state;
    OWNED(world_release) struct world world = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    OWNED(free) char *before = NULL;
    OWNED(free) char *after = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    world_init(&world, row->fields);
    for (size_t i = 0; i < LENGTH(row->stored) && row->stored[i].path; i++)
        store(world.server, &row->stored[i]);
    before = fake_registry_dump(world.server);
    if (!judge(row->requirement, &world.setting, &err) ||
        !row->requirement->examine(&world.target, &world.setting, &finding, &err))
        fail_msg("%s", err.text);
    assert_int_equal(finding.result, row->result);
    assert_part(finding.reason, row->reason);
    assert_part(finding.hint, row->hint);
    assert_null(strchr(finding.reason, '\n'));
    after = fake_registry_dump(world.server);
    assert_string_equal(before, after);
}

/* A registry that breaks off at any call says nothing about the requirement. */
static void run_broken_case(void **state)
{
    const struct look_case *row = *state;
    bool ok = false;

    for (size_t n = 2; !ok; n++) {
        OWNED(world_release) struct world world = { 0 };
        struct finding finding = { .result = REQUIREMENT_PASS };
        struct ajar_error err = AJAR_NO_ERROR;

        world_init(&world, row->fields);
        world.server->fail_at = n;
        ok = row->requirement->examine(&world.target, &world.setting, &finding, &err);
        if (ok) {
            assert_true(n > 2);
            finding_release(&finding);
            break;
        }
        assert_int_not_equal(err.status, AJAR_FINE);
        assert_int_equal(finding.result, REQUIREMENT_PASS);
        assert_null(finding.reason);
    }
}

static const struct look_case broken_cases[] = {
    { .name = "broken: registry",
      .requirement = &requirement_registry,
      .fields = PPL_SECTION("must = absent\n") },
    { .name = "broken: password server",
      .requirement = &requirement_password_server,
      .fields = "" },
    { .name = "broken: credential guard",
      .requirement = &requirement_credential_guard,
      .fields = "" },
};

static const struct section_case {
    const char *name;
    const struct requirement *requirement;
    const char *fields;
    const char *says; /* how it begins; NULL: it is right */
} section_cases[] = {
    { "section: right", &requirement_registry, PPL_SECTION("must = absent\n"), NULL },
    { "section: no such demand", &requirement_registry, PPL_SECTION("must = be\n"),
      "plan.ini:4: " },
    { "section: no demand", &requirement_registry, PPL_SECTION(""), "plan.ini:1: " },
    { "section: no data", &requirement_registry, PPL_SECTION("must = equals\n"), "plan.ini:4: " },
    { "section: data for what must be absent", &requirement_registry,
      PPL_SECTION("must = absent\ndata = 0\n"), "plan.ini:5: " },
    { "section: another root", &requirement_registry, "key = HKCU\\a\nvalue = b\nmust = absent\n",
      "plan.ini:2: " },
    { "section: a service", &requirement_password_server, "service = Pes2\n", NULL },
    { "section: a service by its path", &requirement_password_server, "service = a\\b\n",
      "plan.ini:2: " },
    { "section: a field too many", &requirement_credential_guard, "service = Pes2\n",
      "plan.ini:2: " },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(world_release) struct world world = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    world_init(&world, row->fields);
    assert_int_equal(judge(row->requirement, &world.setting, &err), row->says == NULL);
    if (!row->says)
        return;
    assert_plan_error(&err, row->says);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(look_cases) + LENGTH(broken_cases) + LENGTH(section_cases)] = {
        0
    };
    size_t count = 0;

    ADD_CASES(look_cases, run_look_case);
    ADD_CASES(broken_cases, run_broken_case);
    ADD_CASES(section_cases, run_section_case);
    return cmocka_run_group_tests_name("require_registry", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of Group Policy objects of a real domain: opened, put back, disputed, and found by the
 * requirement that none is set.
 */
#include "live.h"

#include "base/text.h"
#include "model/gpt.h"
#include "model/state.h"
#include "model/template.h"
#include "provider/catalog.h"
#include "provider/group_policy.h"
#include "provider/requirement.h"
#include "transport/target.h"

#define GUID "{6AC1786C-016F-11D2-945F-00C04FB984F9}"

static const char dn[] = "CN=" GUID ",CN=Policies,CN=System,DC=target,DC=test";
static const char value[] = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa:RestrictAnonymous";

#define AUDIT "section = Event Audit\nkey = AuditAccountManage\nopen = 3\n"
#define ANONYMOUS                                                                 \
    "section = Registry Values\n"                                                 \
    "key = MACHINE\\System\\CurrentControlSet\\Control\\Lsa\\RestrictAnonymous\n" \
    "open = 4,1\n"

struct fixture {
    char *folder;
    struct login login;
    struct target *target;
    struct directory *directory;
    struct share *sysvol;
};

/* A section as a plan file would have it. */
struct plan_section {
    struct ini *ini;
    struct setting setting;
};

static void make_setting(struct plan_section *plan, const char *fields)
{
    OWNED(free)
    char *text = text_make("[policy live]\ngpo = default-domain-controllers\n%s", fields);
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &plan->ini, &err), &err);
    plan->setting =
        (struct setting){ "live.ini", &plan->ini->sections[0], PLACE_DOMAIN, "target.test" };
    live_expect(provider_policy.check(&plan->setting, &err), &err);
}

static void plan_release(struct plan_section *plan)
{
    ini_free(plan->ini);
}
DEFINE_OWNED_STRUCT(struct plan_section, plan_release);

static int set_up(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct target_options options = { .name = "target.test",
                                      .is_domain = true,
                                      .servers = servers };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    options.login = &fixture->login;
    options.folder = fixture->folder;
    live_expect(target_new(&options, &fixture->target, &err), &err);
    live_expect(target_directory(fixture->target, &fixture->directory, &err), &err);
    live_expect(target_sysvol(fixture->target, &fixture->sysvol, &err), &err);
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

static void observe(const struct fixture *fixture, const struct plan_section *plan,
                    struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_policy.observe(fixture->target, &plan->setting, ret_now, &err), &err);
}

static void want(const struct plan_section *plan, struct ajar_state *ret_wanted)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_policy.want(&plan->setting, ret_wanted, &err), &err);
}

static void move(const struct fixture *fixture, const struct plan_section *plan,
                 const struct ajar_state *from, const struct ajar_state *to)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_policy.write(fixture->target, &plan->setting, from, to, &err), &err);
    observe(fixture, plan, &now);
    assert_int_equal(provider_policy.match(&now, to), MATCH_SAME);
    assert_null(ajar_state_fact(&now, "unsettled"));
}

/* The same number in both places. */
static uint32_t read_version(const struct fixture *fixture)
{
    OWNED(group_policy_release) struct group_policy policy = { 0 };
    OWNED(policy_file_release) struct policy_file file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t version = 0;

    live_expect(group_policy_read(fixture->directory, dn, &policy, &err), &err);
    live_expect(group_policy_read_file(fixture->sysvol, &policy, GROUP_POLICY_VERSION, &file, &err),
                &err);
    live_expect(gpt_read_version(&file.bytes, &version, &err), &err);
    assert_int_equal(version, policy.version);
    return version;
}

static void test_a_version_goes_up_by_one_each_way(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    uint32_t version = read_version(fixture);

    make_setting(&plan, AUDIT);
    want(&plan, &wanted);
    observe(fixture, &plan, &before);
    assert_string_equal(ajar_state_fact(&before, "file"), "absent");
    assert_string_equal(ajar_state_fact(&before, "above"), "MACHINE");
    move(fixture, &plan, &before, &wanted);
    assert_int_equal(read_version(fixture), version + 1);
    move(fixture, &plan, &before, &wanted); /* is so already */
    assert_int_equal(read_version(fixture), version + 1);
    move(fixture, &plan, &wanted, &before);
    assert_int_equal(read_version(fixture), version + 2);
}

/* The list of extensions that had to be completed is what it was, too. */
static void test_extensions_are_completed_and_put_back(void **state)
{
    static const char attribute[] = "gPCMachineExtensionNames";
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(group_policy_release) struct group_policy first = { 0 };
    OWNED(group_policy_release) struct group_policy open = { 0 };
    OWNED(group_policy_release) struct group_policy last = { 0 };
    const struct directory_change none = { .operation = DIRECTORY_REPLACE, .attribute = attribute };
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes names;
    const struct directory_change restore = { DIRECTORY_REPLACE, attribute, 1, &names };

    live_expect(group_policy_read(fixture->directory, dn, &first, &err), &err);
    live_expect(directory_modify(fixture->directory, dn, &none, 1, &err), &err);
    make_setting(&plan, AUDIT);
    want(&plan, &wanted);
    observe(fixture, &plan, &before);
    assert_string_equal(ajar_state_fact(&before, "extensions"), "none");
    move(fixture, &plan, &before, &wanted);
    live_expect(group_policy_read(fixture->directory, dn, &open, &err), &err);
    assert_string_equal(open.extensions, "[" GPT_SECURITY_EXTENSION GPT_SECURITY_TOOL "]");
    move(fixture, &plan, &wanted, &before);
    live_expect(group_policy_read(fixture->directory, dn, &last, &err), &err);
    assert_null(last.extensions);
    names = (struct bytes){ (uint8_t *)first.extensions, strlen(first.extensions) };
    live_expect(directory_modify(fixture->directory, dn, &restore, 1, &err), &err);
}

static void test_a_change_by_somebody_else_is_a_conflict(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(plan_release) struct plan_section other = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(ajar_state_release) struct ajar_state theirs = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t version;

    make_setting(&plan, AUDIT);
    make_setting(&other, "section = Event Audit\nkey = AuditAccountManage\nopen = 1\n");
    want(&plan, &wanted);
    want(&other, &theirs);
    observe(fixture, &plan, &before);
    move(fixture, &other, &before, &theirs);
    version = read_version(fixture);
    live_expect_failure(
        provider_policy.write(fixture->target, &plan.setting, &before, &wanted, &err), &err,
        AJAR_ECONFLICT);
    observe(fixture, &plan, &now);
    assert_string_equal(ajar_state_fact(&now, "value"), "1");
    assert_int_equal(read_version(fixture), version);
    move(fixture, &other, &theirs, &before);
}

static void examine(const struct fixture *fixture, struct finding *ret_finding)
{
    OWNED(free) char *text = text_make("[require live]\nvalue = %s\n", value);
    OWNED(ini_free) struct ini *ini = NULL;
    struct setting setting = { .file = "live.ini", .place = PLACE_DOMAIN, .where = "target.test" };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &ini, &err), &err);
    setting.section = &ini->sections[0];
    live_expect(requirement_no_policy.examine(fixture->target, &setting, ret_finding, &err), &err);
    print_message("             %s\n", ret_finding->reason);
}

static void test_a_policy_that_sets_a_value_is_named(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(finding_release) struct finding first = { 0 };
    OWNED(finding_release) struct finding open = { 0 };
    OWNED(finding_release) struct finding last = { 0 };

    make_setting(&plan, ANONYMOUS);
    want(&plan, &wanted);
    examine(fixture, &first);
    assert_int_equal(first.result, REQUIREMENT_PASS);
    assert_non_null(strstr(first.reason, "2 Group Policy objects"));
    observe(fixture, &plan, &before);
    move(fixture, &plan, &before, &wanted);
    examine(fixture, &open);
    assert_int_equal(open.result, REQUIREMENT_FAIL);
    assert_non_null(strstr(open.reason, "\"Default Domain Controllers Policy\" " GUID));
    assert_non_null(strstr(open.reason, "RestrictAnonymous to 4,1"));
    move(fixture, &plan, &wanted, &before);
    examine(fixture, &last);
    assert_int_equal(last.result, REQUIREMENT_PASS);
}

static void test_a_pipe_opens_after_files(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(finding_release) struct finding finding = { 0 };
    struct winreg *registry = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_registry(fixture->target, &registry, &err), &err);
    examine(fixture, &finding);
    assert_int_equal(finding.result, REQUIREMENT_PASS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_version_goes_up_by_one_each_way),
        cmocka_unit_test(test_extensions_are_completed_and_put_back),
        cmocka_unit_test(test_a_change_by_somebody_else_is_a_conflict),
        cmocka_unit_test(test_a_policy_that_sets_a_value_is_named),
        cmocka_unit_test(test_a_pipe_opens_after_files),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_policy", tests, set_up, tear_down);
}

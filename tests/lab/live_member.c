/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memberships in a real domain: made, taken back, and nothing left behind.
 */
#include "live.h"

#include "base/sid.h"
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "transport/target.h"

static const char pre_windows_2000[] = "S-1-5-32-554";

struct fixture {
    char *folder;
    struct login source_login;
    struct login target_login;
    struct target *source;
    struct target *target;
    char *foreign; /* a SID of the source domain, which the target's does not know */
};

/* A section as a plan file would have it. */
struct plan_section {
    struct ini *ini;
    struct setting setting;
};

static void make_setting(struct plan_section *plan, const char *group, const char *member)
{
    OWNED(free) char *text = text_make("[member live]\ngroup = %s\nmember = %s\n", group, member);
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &plan->ini, &err), &err);
    plan->setting =
        (struct setting){ "live.ini", &plan->ini->sections[0], PLACE_DOMAIN, "target.test" };
}

static void plan_release(struct plan_section *plan)
{
    ini_free(plan->ini);
}
DEFINE_OWNED_STRUCT(struct plan_section, plan_release);

static void make_target(const struct login *login, const char *folder, const char *const *servers,
                        struct target **ret_target)
{
    const struct target_options options = { .name = login->domain,
                                            .is_domain = true,
                                            .login = login,
                                            .folder = folder,
                                            .servers = servers };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, ret_target, &err), &err);
}

/* Of no account: and above 1000, as Samba never deletes objects with the numbers below. */
static char *find_foreign_sid(struct target *source)
{
    static const char *const attributes[] = { "objectSid", NULL };
    struct directory_query query = { .attributes = attributes };
    OWNED(directory_result_release) struct directory_result result = { 0 };
    const struct directory_attribute *value;
    struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    char text[SID_TEXT_SIZE];
    struct sid sid;

    live_expect(target_directory(source, &directory, &err), &err);
    query.base = directory_domain_dn(directory);
    live_expect(directory_search(directory, &query, &result, &err), &err);
    value = directory_attribute(&result.entries[0], "objectSid");
    assert_non_null(value);
    live_expect(sid_from_bytes(value->values[0].bytes.at, value->values[0].bytes.size, &sid, &err),
                &err);
    sid_format(&sid, text);
    return text_make("%s-4711", text);
}

static int set_up(void **state)
{
    static const char *const target_servers[] = { "dc2.target.test", NULL };
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->source_login = live_login("source.test");
    fixture->target_login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    make_target(&fixture->source_login, fixture->folder, NULL, &fixture->source);
    make_target(&fixture->target_login, fixture->folder, target_servers, &fixture->target);
    fixture->foreign = find_foreign_sid(fixture->source);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    target_free(fixture->source);
    target_free(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->foreign);
    free(fixture->folder);
    free(fixture);
    return 0;
}

/* All that a change could leave behind, as one text: the members of `group`, and every foreign
 * security principal of the domain. */
static char *picture(struct target *target, const char *group)
{
    static const char *const attributes[] = { "member", "memberOf", "objectSid", NULL };
    OWNED(free) char *base = text_make("<SID=%s>", group);
    struct directory_query queries[] = {
        { .base = base, .attributes = attributes, .extended_dn = true },
        { .scope = DIRECTORY_SUBTREE,
          .filter = "(objectClass=foreignSecurityPrincipal)",
          .attributes = attributes,
          .extended_dn = true },
    };
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);
    struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    char *taken = NULL;

    live_expect(target_directory(target, &directory, &err), &err);
    queries[1].base = directory_domain_dn(directory);
    for (size_t i = 0; i < LENGTH(queries); i++) {
        OWNED(directory_result_release) struct directory_result result = { 0 };

        live_expect(directory_search(directory, &queries[i], &result, &err), &err);
        for (size_t j = 0; j < result.count; j++) {
            const struct directory_attribute *members =
                directory_attribute(&result.entries[j], "member");

            text_format(&text, "%s\n", result.entries[j].dn);
            for (size_t k = 0; members && k < members->count; k++)
                text_format(&text, "  %s\n", (const char *)members->values[k].bytes.at);
        }
    }
    live_expect(text_take(&text, &taken, &err), &err);
    return taken;
}

static void observe(const struct fixture *fixture, const struct plan_section *plan,
                    struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_member.check(&plan->setting, &err), &err);
    live_expect(provider_member.observe(fixture->target, &plan->setting, ret_now, &err), &err);
}

static void move(const struct fixture *fixture, const struct plan_section *plan,
                 const struct ajar_state *from, const struct ajar_state *to)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider_member.write(fixture->target, &plan->setting, from, to, &err), &err);
}

static void expect_match(const struct fixture *fixture, const struct plan_section *plan,
                         const struct ajar_state *meant, enum match match)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    observe(fixture, plan, &now);
    assert_int_equal(provider_member.match(&now, meant), match);
}

static const struct ajar_state wanted = { .known = true, .exists = true };

static void open_and_close(const struct fixture *fixture, const char *member)
{
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(free) char *picture_before = picture(fixture->target, pre_windows_2000);
    OWNED(free) char *picture_open = NULL;
    OWNED(free) char *picture_after = NULL;

    make_setting(&plan, pre_windows_2000, member);
    observe(fixture, &plan, &before);
    assert_false(before.exists);
    move(fixture, &plan, &before, &wanted);
    observe(fixture, &plan, &open);
    assert_int_equal(provider_member.match(&open, &wanted), MATCH_SAME);
    move(fixture, &plan, &before, &wanted); /* is so already */
    picture_open = picture(fixture->target, pre_windows_2000);
    assert_string_not_equal(picture_open, picture_before);
    move(fixture, &plan, &open, &before);
    expect_match(fixture, &plan, &before, MATCH_SAME);
    move(fixture, &plan, &open, &before); /* is so already */
    picture_after = picture(fixture->target, pre_windows_2000);
    assert_string_equal(picture_after, picture_before);
}

static void test_everyone_comes_and_goes(void **state)
{
    open_and_close(*state, "everyone");
}

static void test_anonymous_logon_comes_and_goes(void **state)
{
    open_and_close(*state, "S-1-5-7");
}

static void test_a_foreign_principal_comes_and_goes(void **state)
{
    const struct fixture *fixture = *state;

    open_and_close(fixture, fixture->foreign);
}

/* In DnsAdmins, found by its name. */
static void test_a_principal_that_others_use_stays(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section first = { 0 };
    OWNED(plan_release) struct plan_section second = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(free) char *picture_before = picture(fixture->target, pre_windows_2000);
    OWNED(free) char *picture_after = NULL;

    make_setting(&first, pre_windows_2000, fixture->foreign);
    make_setting(&second, "DnsAdmins", fixture->foreign);
    observe(fixture, &first, &before);
    assert_string_equal(ajar_state_fact(&before, "principal"), "absent");
    expect_match(fixture, &second, &before, MATCH_SAME);
    move(fixture, &first, &before, &wanted);
    expect_match(fixture, &second, &before, MATCH_NEAR);
    move(fixture, &second, &before, &wanted);
    observe(fixture, &first, &open);
    assert_int_equal(strlen(ajar_state_fact(&open, "principal")), 36);
    move(fixture, &first, &open, &before);
    expect_match(fixture, &first, &before, MATCH_NEAR);
    expect_match(fixture, &second, &wanted, MATCH_SAME);
    move(fixture, &second, &open, &before);
    expect_match(fixture, &first, &before, MATCH_SAME);
    expect_match(fixture, &second, &before, MATCH_SAME);
    picture_after = picture(fixture->target, pre_windows_2000);
    assert_string_equal(picture_after, picture_before);
}

static void test_a_principal_of_somebody_else_stays(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    OWNED(ajar_state_release) struct ajar_state before = { 0 };
    OWNED(ajar_state_release) struct ajar_state open = { 0 };
    OWNED(ajar_state_release) struct ajar_state other = { .known = true, .exists = true };
    struct ajar_error err = AJAR_NO_ERROR;

    make_setting(&plan, pre_windows_2000, fixture->foreign);
    observe(fixture, &plan, &before);
    move(fixture, &plan, &before, &wanted);
    observe(fixture, &plan, &open);
    live_expect(ajar_state_set(&other, "principal", "00000000-0000-0000-0000-000000000001", &err),
                &err);
    move(fixture, &plan, &other, &before);
    expect_match(fixture, &plan, &before, MATCH_NEAR);
    move(fixture, &plan, &open, &before); /* as after an interruption between the two steps */
    expect_match(fixture, &plan, &before, MATCH_SAME);
}

static void test_a_change_by_somebody_else_is_a_conflict(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(plan_release) struct plan_section plan = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    make_setting(&plan, pre_windows_2000, "everyone");
    live_expect_failure(
        provider_member.write(fixture->target, &plan.setting, &wanted, &wanted, &err), &err,
        AJAR_ECONFLICT);
    expect_match(fixture, &plan, &wanted, MATCH_OTHER);
}

/* Groups and members under each kind of name that they may have. */
static void test_names_are_found(void **state)
{
    const struct fixture *fixture = *state;
    static const struct {
        const char *group;
        const char *member;
        bool exists;
    } rows[] = {
        { "Domain Admins", "TARGET\\Administrator", true },
        { "domain admins", "administrator", true },
        { "CN=Domain Admins,CN=Users,DC=target,DC=test", "Guest", false },
        { "administrators", "Domain Admins", true },
        { "S-1-5-32-554", "authenticated-users", true },
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(plan_release) struct plan_section plan = { 0 };
        OWNED(ajar_state_release) struct ajar_state now = { 0 };

        make_setting(&plan, rows[i].group, rows[i].member);
        observe(fixture, &plan, &now);
        assert_true(now.known);
        assert_int_equal(now.exists, rows[i].exists);
    }
}

static void test_names_of_nobody_are_refused(void **state)
{
    const struct fixture *fixture = *state;
    static const struct {
        const char *group;
        const char *member;
    } rows[] = {
        { "S-1-5-32-554", "nobody here" },
        { "S-1-5-32-554", "SOURCE\\Administrator" },
        { "S-1-5-32-554", "*" },
        { "no such group", "everyone" },
        { "S-1-5-32-9999", "everyone" },
        { "CN=Nobody,DC=target,DC=test", "everyone" },
        { "CN=Users,DC=target,DC=test", "everyone" },
        { "nonsense=", "everyone" },
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(plan_release) struct plan_section plan = { 0 };
        struct ajar_state now = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        make_setting(&plan, rows[i].group, rows[i].member);
        live_expect_failure(provider_member.observe(fixture->target, &plan.setting, &now, &err),
                            &err, AJAR_EMISSING);
        assert_false(now.known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everyone_comes_and_goes),
        cmocka_unit_test(test_anonymous_logon_comes_and_goes),
        cmocka_unit_test(test_a_foreign_principal_comes_and_goes),
        cmocka_unit_test(test_a_principal_that_others_use_stays),
        cmocka_unit_test(test_a_principal_of_somebody_else_stays),
        cmocka_unit_test(test_a_change_by_somebody_else_is_a_conflict),
        cmocka_unit_test(test_names_are_found),
        cmocka_unit_test(test_names_of_nobody_are_refused),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_member", tests, set_up, tear_down);
}

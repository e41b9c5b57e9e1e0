/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Groups in a real domain: made, deleted again, and never somebody else's.
 */
#include "live_domain.h"

#define NAME         "TARGET$$$"
#define DN           "CN=TARGET$$$,CN=Users,DC=target,DC=test"
#define DOMAIN_LOCAL "-2147483644"
#define GLOBAL       "-2147483646"

static const struct ajar_state absent = { .known = true };

/* The window's group: as the plan wants it, made, and as it reads back. */
struct made_group {
    struct live_section section;
    struct ajar_state wanted;
    struct ajar_state reached;
};

static void make_group(const struct live_domain *domain, const char *text,
                       struct made_group *ret_made)
{
    OWNED(ajar_state_release) struct ajar_state before = { 0 };

    live_section_make(text, &ret_made->section);
    live_want(&provider_group, &ret_made->section, &ret_made->wanted);
    live_observe(domain, &provider_group, &ret_made->section, &before);
    assert_true(before.known && !before.exists);
    live_move(domain, &provider_group, &ret_made->section, &before, &ret_made->wanted);
    live_observe(domain, &provider_group, &ret_made->section, &ret_made->reached);
    assert_int_equal(provider_group.match(&ret_made->reached, &ret_made->wanted), MATCH_SAME);
    assert_string_equal(ajar_state_fact(&ret_made->reached, "members"), "0");
}

static void made_group_release(struct made_group *made)
{
    live_section_release(&made->section);
    ajar_state_release(&made->wanted);
    ajar_state_release(&made->reached);
}
DEFINE_OWNED_STRUCT(struct made_group, made_group_release);

static void close_group(const struct live_domain *domain, const struct made_group *made)
{
    live_move(domain, &provider_group, &made->section, &made->reached, &absent);
    live_expect_match(domain, &provider_group, &made->section, &absent, MATCH_SAME);
}

static void test_a_group_comes_and_goes(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(made_group_release) struct made_group made = { 0 };
    OWNED(free) char *by_guid = NULL;

    make_group(domain,
               "[group live]\nname = " NAME "\ndescription = used to audit use of "
               "DsAddSidHistory\n",
               &made);
    assert_int_equal(live_count(domain, "(&(cn=" NAME ")(groupType=" DOMAIN_LOCAL
                                        ")(description=used to audit use of DsAddSidHistory))"),
                     1);
    by_guid = text_make("(objectGUID=%s)", ajar_state_fact(&made.reached, "guid"));
    assert_int_equal(live_count(domain, by_guid), 1);
    close_group(domain, &made);
    assert_int_equal(live_count(domain, by_guid), 0);
    assert_int_equal(live_count(domain, "(sAMAccountName=" NAME ")"), 0);
    live_move(domain, &provider_group, &made.section, &made.reached, &absent); /* is so already */
}

static void test_a_group_of_each_scope_and_place(void **state)
{
    static const struct {
        const char *text;
        const char *filter;
    } rows[] = {
        { "[group live]\nname = live-global\nscope = global\n", "(groupType=" GLOBAL ")" },
        { "[group live]\nname = live-universal\nscope = universal\n", "(groupType=-2147483640)" },
        { "[group live]\nname = #live & co\ncontainer = OU=Domain Controllers\n",
          "(cn=#live & co)" },
        { "[group live]\nname = live-whole\ncontainer = CN=Computers,DC=target,DC=test\n",
          "(distinguishedName=CN=live-whole,CN=Computers,DC=target,DC=test)" },
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(made_group_release) struct made_group made = { 0 };
        size_t before = live_count(domain, rows[i].filter);

        make_group(domain, rows[i].text, &made);
        assert_int_equal(live_count(domain, rows[i].filter), before + 1);
        close_group(domain, &made);
        assert_int_equal(live_count(domain, rows[i].filter), before);
    }
}

/* Puts an object into a group, or takes it out. */
static void change_member(const struct live_domain *domain, const char *group, const char *member,
                          enum directory_operation operation)
{
    const struct bytes value = live_bytes(member);
    const struct directory_change change = { operation, "member", 1, &value };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_modify(domain->directory, group, &change, 1, &err), &err);
}

static void test_members_keep_a_group(void **state)
{
    static const char *const members[] = {
        "CN=Administrator,CN=Users,DC=target,DC=test",
        "CN=Guest,CN=Users,DC=target,DC=test",
        "CN=Domain Users,CN=Users,DC=target,DC=test",
        "CN=Domain Guests,CN=Users,DC=target,DC=test",
    };
    const struct live_domain *domain = *state;
    OWNED(made_group_release) struct made_group made = { 0 };

    make_group(domain, "[group live]\nname = " NAME "\n", &made);
    change_member(domain, DN, members[0], DIRECTORY_ADD);
    live_refuse(domain, &provider_group, &made.section, &made.reached, &absent,
                "has 1 member: CN=Administrator,CN=Users,DC=target,DC=test");
    for (size_t i = 1; i < LENGTH(members); i++)
        change_member(domain, DN, members[i], DIRECTORY_ADD);
    live_refuse(domain, &provider_group, &made.section, &made.reached, &absent, "has 4 members: ");
    live_refuse(domain, &provider_group, &made.section, &made.reached, &absent, ", ...");
    live_expect_match(domain, &provider_group, &made.section, &made.wanted, MATCH_SAME);
    for (size_t i = 0; i < LENGTH(members); i++)
        change_member(domain, DN, members[i], DIRECTORY_DELETE);
    close_group(domain, &made);
}

static void test_a_group_in_use_stays(void **state)
{
    static const char group[] = "CN=DnsAdmins,CN=Users,DC=target,DC=test";
    const struct live_domain *domain = *state;
    OWNED(made_group_release) struct made_group made = { 0 };

    make_group(domain, "[group live]\nname = " NAME "\n", &made);
    change_member(domain, group, DN, DIRECTORY_ADD);
    live_refuse(domain, &provider_group, &made.section, &made.reached, &absent,
                "is itself a member of 1 group");
    change_member(domain, group, DN, DIRECTORY_DELETE);
    close_group(domain, &made);
}

static void test_a_group_made_anew_is_somebody_elses(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(made_group_release) struct made_group made = { 0 };

    make_group(domain, "[group live]\nname = " NAME "\n", &made);
    live_delete_account(domain, NAME);
    live_add_account(domain, NAME, DOMAIN_LOCAL);
    live_refuse(domain, &provider_group, &made.section, &made.reached, &absent,
                "it is not the group that was made for this window");
    live_refuse(domain, &provider_group, &made.section, &made.wanted, &absent,
                "it is not the group that was made for this window");
    live_refuse(domain, &provider_group, &made.section, &absent, &absent, "it is not what it was");
    assert_int_equal(live_count(domain, "(sAMAccountName=" NAME ")"), 1);
    live_delete_account(domain, NAME);
    live_refuse(domain, &provider_group, &made.section, &absent, &made.reached, "is gone");
    assert_int_equal(live_count(domain, "(sAMAccountName=" NAME ")"), 0);
}

static void test_a_group_that_appears_meanwhile_is_not_taken_over(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(live_section_release) struct live_section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    live_section_make("[group live]\nname = " NAME "\n", &section);
    live_want(&provider_group, &section, &wanted);
    live_add_account(domain, NAME, DOMAIN_LOCAL);
    live_refuse(domain, &provider_group, &section, &absent, &wanted,
                "somebody made it a moment ago");
    live_delete_account(domain, NAME);
}

static void test_what_has_the_name_is_never_changed(void **state)
{
    static const struct {
        const char *type;
        const char *phrase;
    } rows[] = {
        { GLOBAL, "(now global group, empty)" },
        { "4", "(now domain-local distribution group, empty)" },
        { NULL, "(now no group: user)" },
    };
    const struct live_domain *domain = *state;
    OWNED(live_section_release) struct live_section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };

    live_section_make("[group live]\nname = " NAME "\n", &section);
    live_want(&provider_group, &section, &wanted);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(ajar_state_release) struct ajar_state before = { 0 };

        live_add_account(domain, NAME, rows[i].type);
        live_observe(domain, &provider_group, &section, &before);
        assert_int_equal(provider_group.match(&before, &wanted), MATCH_OTHER);
        live_refuse(domain, &provider_group, &section, &before, &wanted, rows[i].phrase);
        live_expect_match(domain, &provider_group, &section, &before, MATCH_SAME);
        live_delete_account(domain, NAME);
    }
}

/* A contact of this cn, without an account name, is in the way. */
static void test_a_name_that_is_taken_is_a_conflict(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(live_section_release) struct live_section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    const struct bytes contact = live_bytes("contact");
    const struct directory_change class_alone = { DIRECTORY_ADD, "objectClass", 1, &contact };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_add(domain->directory, DN, &class_alone, 1, &err), &err);
    live_section_make("[group live]\nname = " NAME "\n", &section);
    live_want(&provider_group, &section, &wanted);
    live_refuse(domain, &provider_group, &section, &absent, &wanted, "it is there already");
    live_expect_match(domain, &provider_group, &section, &absent, MATCH_SAME);
    live_delete_account(domain, NAME);
}

static void test_a_container_that_is_missing(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(live_section_release) struct live_section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_section_make("[group live]\nname = " NAME "\ncontainer = OU=Nowhere\n", &section);
    live_want(&provider_group, &section, &wanted);
    live_expect_failure(
        provider_group.write(domain->target, &section.setting, &absent, &wanted, &err), &err,
        AJAR_EMISSING);
    live_expect_match(domain, &provider_group, &section, &absent, MATCH_SAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_group_comes_and_goes),
        cmocka_unit_test(test_a_group_of_each_scope_and_place),
        cmocka_unit_test(test_members_keep_a_group),
        cmocka_unit_test(test_a_group_in_use_stays),
        cmocka_unit_test(test_a_group_made_anew_is_somebody_elses),
        cmocka_unit_test(test_a_group_that_appears_meanwhile_is_not_taken_over),
        cmocka_unit_test(test_what_has_the_name_is_never_changed),
        cmocka_unit_test(test_a_name_that_is_taken_is_a_conflict),
        cmocka_unit_test(test_a_container_that_is_missing),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_group", tests, live_domain_set_up,
                                       live_domain_tear_down);
}

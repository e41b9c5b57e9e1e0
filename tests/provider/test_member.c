/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a membership needs no directory.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

#define GUID_ONE "0a6df799-abba-4e6e-8371-4444795f5776"
#define GUID_TWO "ee26499c-26f0-4584-bd25-64e532f2d6e5"

/* A state as the tables say it. */
struct short_state {
    bool known;
    bool exists;
    const char *principal; /* NULL: no such fact */
};

static void make_state(const struct short_state *from, struct ajar_state *ret_state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    *ret_state = (struct ajar_state){ .known = from->known, .exists = from->exists };
    if (from->principal)
        assert_true(ajar_state_set(ret_state, "principal", from->principal, &err));
}

#define UNKNOWN            \
    {                      \
        false, false, NULL \
    }
#define MEMBER           \
    {                    \
        true, true, NULL \
    }
#define MEMBER_BY(guid)  \
    {                    \
        true, true, guid \
    }
#define NO_MEMBER         \
    {                     \
        true, false, NULL \
    }
#define NOTHING               \
    {                         \
        true, false, "absent" \
    }

static const struct match_case {
    const char *name;
    struct short_state now;
    struct short_state meant;
    enum match match;
} match_cases[] = {
    { "match: member", MEMBER, MEMBER, MATCH_SAME },
    { "match: member by a principal, as the plan asks", MEMBER_BY(GUID_ONE), MEMBER, MATCH_SAME },
    { "match: member by another principal", MEMBER_BY(GUID_ONE), MEMBER_BY(GUID_TWO), MATCH_SAME },
    { "match: no member", NO_MEMBER, NO_MEMBER, MATCH_SAME },
    { "match: neither member nor principal", NOTHING, NOTHING, MATCH_SAME },
    { "match: the principal is still there", NO_MEMBER, NOTHING, MATCH_NEAR },
    { "match: the principal is gone, or only absence was asked for", NOTHING, NO_MEMBER,
      MATCH_SAME },
    { "match: member, meant to be none", MEMBER_BY(GUID_ONE), NOTHING, MATCH_OTHER },
    { "match: no member, meant to be one", NOTHING, MEMBER, MATCH_OTHER },
    { "match: not known now", UNKNOWN, NO_MEMBER, MATCH_OTHER },
    { "match: not known then", NO_MEMBER, UNKNOWN, MATCH_OTHER },
    { "match: never known", UNKNOWN, UNKNOWN, MATCH_OTHER },
};

static void run_match_case(void **state)
{
    const struct match_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state meant = { 0 };

    make_state(&row->now, &now);
    make_state(&row->meant, &meant);
    assert_int_equal(provider_member.match(&now, &meant), row->match);
}

static const struct phrase_case {
    const char *name;
    struct short_state state;
    const char *phrase;
} phrase_cases[] = {
    { "phrase: member", MEMBER, "member" },
    { "phrase: member by a principal", MEMBER_BY(GUID_ONE), "member" },
    { "phrase: no member", NO_MEMBER, "no member" },
    { "phrase: nothing", NOTHING, "no member" },
    { "phrase: not known", UNKNOWN, "not known" },
};

static void run_phrase_case(void **state)
{
    const struct phrase_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state made = { 0 };
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_state(&row->state, &made);
    assert_true(provider_member.phrase(&made, &phrase, &err));
    assert_string_equal(phrase, row->phrase);
}

static const struct section_case {
    const char *name;
    const char *group;
    const char *member;
    const char *thing; /* NULL: refused */
    const char *says;  /* then, with the line in front */
} section_cases[] = {
    { "section: two SIDs", "S-1-5-32-554", "S-1-1-0",
      "Everyone (S-1-1-0) in Pre-Windows 2000 Compatible Access (S-1-5-32-554)", NULL },
    { "section: well-known names are SIDs", "pre-windows-2000-compatible-access", "everyone",
      "Everyone (S-1-1-0) in Pre-Windows 2000 Compatible Access (S-1-5-32-554)", NULL },
    { "section: as people write them", "S-1-5-32-554", "Anonymous Logon",
      "Anonymous Logon (S-1-5-7) in Pre-Windows 2000 Compatible Access (S-1-5-32-554)", NULL },
    { "section: account names", "Domain Admins", "TARGET\\Migrator",
      "TARGET\\Migrator in Domain Admins", NULL },
    { "section: a group by its DN", "CN=A,DC=target,DC=test", "S-1-1-0",
      "Everyone (S-1-1-0) in CN=A,DC=target,DC=test", NULL },
    { "section: group: a mistyped SID", "S-1-5-32-x", "everyone", NULL, "plan.ini:2: " },
    { "section: member: a mistyped SID", "S-1-5-32-554", "s-1-", NULL, "plan.ini:3: " },
    { "section: group: with a domain", "TARGET\\Admins", "everyone", NULL, "plan.ini:2: " },
    { "section: member: a DN", "S-1-5-32-554", "CN=x,DC=t", NULL, "plan.ini:3: " },
    { "section: member: a pattern", "S-1-5-32-554", "adm*", NULL, "plan.ini:3: " },
    { "section: member: no domain", "S-1-5-32-554", "\\adm", NULL, "plan.ini:3: " },
    { "section: member: no name", "S-1-5-32-554", "TARGET\\", NULL, "plan.ini:3: " },
    { "section: member: two domains", "S-1-5-32-554", "A\\B\\c", NULL, "plan.ini:3: " },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(free)
    char *text = text_make("[member m]\ngroup = %s\nmember = %s\n", row->group, row->member);
    OWNED(section_release) struct section section = { 0 };
    OWNED(free) char *thing = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "target.test");
    assert_int_equal(provider_member.check(&section.setting, &err), row->thing != NULL);
    if (!row->thing) {
        assert_plan_error(&err, row->says);
        return;
    }
    assert_true(provider_member.thing(&section.setting, &thing, &err));
    assert_string_equal(thing, row->thing);
}

static void test_a_plan_asks_for_a_member(void **state)
{
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(provider_member.want(NULL, &wanted, &err));
    assert_true(wanted.known);
    assert_true(wanted.exists);
    assert_int_equal(wanted.count, 0);
}

int main(void)
{
    struct CMUnitTest
        tests[LENGTH(match_cases) + LENGTH(phrase_cases) + LENGTH(section_cases) + 1] = {
            cmocka_unit_test(test_a_plan_asks_for_a_member),
        };
    size_t count = 1;

    ADD_CASES(match_cases, run_match_case);
    ADD_CASES(phrase_cases, run_phrase_case);
    ADD_CASES(section_cases, run_section_case);
    return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}

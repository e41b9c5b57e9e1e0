/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a group needs no directory.
 */
#include "base/text.h"
#include "model/parameters.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "provider/group_live.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

#define GUID_ONE     "0a6df799-abba-4e6e-8371-4444795f5776"
#define GUID_TWO     "ee26499c-26f0-4584-bd25-64e532f2d6e5"
#define DOMAIN_LOCAL "-2147483644"
#define GLOBAL       "-2147483646"
#define UNIVERSAL    "-2147483640"

/* A state as the tables say it; NULL: no such fact. */
struct short_state {
    bool known;
    bool exists;
    const char *type;
    const char *guid;
    const char *members;
};

static void set_fact(struct ajar_state *state, const char *name, const char *value)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (value)
        assert_true(ajar_state_set(state, name, value, &err));
}

static void make_state(const struct short_state *from, struct ajar_state *ret_state)
{
    *ret_state = (struct ajar_state){ .known = from->known, .exists = from->exists };
    set_fact(ret_state, "type", from->type);
    set_fact(ret_state, "guid", from->guid);
    set_fact(ret_state, "members", from->members);
}

static const struct match_case {
    const char *name;
    struct short_state now;
    struct short_state meant;
    enum match match;
} match_cases[] = {
    { "match: a group as the plan wants it",
      { true, true, DOMAIN_LOCAL, GUID_ONE, "0" },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_SAME },
    { "match: members do not count",
      { true, true, DOMAIN_LOCAL, GUID_ONE, "7" },
      { true, true, DOMAIN_LOCAL, GUID_ONE, "0" },
      MATCH_SAME },
    { "match: the GUID is evidence, not the setting",
      { true, true, DOMAIN_LOCAL, GUID_ONE, "0" },
      { true, true, DOMAIN_LOCAL, GUID_TWO, "0" },
      MATCH_SAME },
    { "match: types are numbers",
      { .known = true, .exists = true, .type = "2147483652" },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_SAME },
    { "match: a group of another scope",
      { true, true, GLOBAL, GUID_ONE, "0" },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_OTHER },
    { "match: a distribution group",
      { true, true, "4", GUID_ONE, "0" },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_OTHER },
    { "match: a user of this name",
      { .known = true, .exists = true, .type = "user", .guid = GUID_ONE },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_OTHER },
    { "match: the same user of this name",
      { .known = true, .exists = true, .type = "user", .guid = GUID_ONE },
      { .known = true, .exists = true, .type = "user", .guid = GUID_ONE },
      MATCH_SAME },
    { "match: a state without a type",
      { .known = true, .exists = true },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_OTHER },
    { "match: absent", { .known = true }, { .known = true }, MATCH_SAME },
    { "match: absent, meant to be there",
      { .known = true },
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      MATCH_OTHER },
    { "match: there, meant to be absent",
      { true, true, DOMAIN_LOCAL, GUID_ONE, "0" },
      { .known = true },
      MATCH_OTHER },
    { "match: not known now", { 0 }, { .known = true }, MATCH_OTHER },
    { "match: not known then", { .known = true }, { 0 }, MATCH_OTHER },
};

static void run_match_case(void **state)
{
    const struct match_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state meant = { 0 };

    make_state(&row->now, &now);
    make_state(&row->meant, &meant);
    assert_int_equal(provider_group.match(&now, &meant), row->match);
}

static const struct phrase_case {
    const char *name;
    struct short_state state;
    const char *phrase;
} phrase_cases[] = {
    { "phrase: not known", { 0 }, "not known" },
    { "phrase: absent", { .known = true }, "absent" },
    { "phrase: as wanted",
      { .known = true, .exists = true, .type = DOMAIN_LOCAL },
      "domain-local group" },
    { "phrase: empty", { true, true, DOMAIN_LOCAL, GUID_ONE, "0" }, "domain-local group, empty" },
    { "phrase: one member", { true, true, GLOBAL, GUID_ONE, "1" }, "global group, 1 member" },
    { "phrase: members", { true, true, UNIVERSAL, GUID_ONE, "12" }, "universal group, 12 members" },
    { "phrase: a distribution group",
      { true, true, "2", GUID_ONE, "0" },
      "global distribution group, empty" },
    { "phrase: a builtin group",
      { true, true, "-2147483643", GUID_ONE, "0" },
      "group of type 0x80000005, empty" },
    { "phrase: a user",
      { .known = true, .exists = true, .type = "user", .guid = GUID_ONE },
      "no group: user" },
};

static void run_phrase_case(void **state)
{
    const struct phrase_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state made = { 0 };
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_state(&row->state, &made);
    assert_true(provider_group.phrase(&made, &phrase, &err));
    assert_string_equal(phrase, row->phrase);
}

#define SIXTY_FOUR "0123456789012345678901234567890123456789012345678901234567890123"

static const struct section_case {
    const char *name;
    const char *fields;
    const char *thing; /* NULL: refused */
    const char *says;  /* then, with the line in front */
    const char *type;
} section_cases[] = {
    { "section: a name alone", "name = SOURCE$$$\n", "group SOURCE$$$", NULL, DOMAIN_LOCAL },
    { "section: domain-local", "name = a\nscope = domain-local\n", "group a", NULL, DOMAIN_LOCAL },
    { "section: global", "name = a\nscope = global\n", "group a", NULL, GLOBAL },
    { "section: universal", "name = a\nscope = universal\n", "group a", NULL, UNIVERSAL },
    { "section: a container", "name = a\ncontainer = OU=A,OU=B\n", "group a", NULL, DOMAIN_LOCAL },
    { "section: a container in whole", "name = a\ncontainer = OU=A\\, B,DC=source,DC=test\n",
      "group a", NULL, DOMAIN_LOCAL },
    { "section: the longest name", "name = " SIXTY_FOUR "\n", "group " SIXTY_FOUR, NULL,
      DOMAIN_LOCAL },
    { "section: a longer name", "name = " SIXTY_FOUR "4\n", NULL, "plan.ini:2: name: ", NULL },
    { "section: a domain in front", "name = SOURCE\\a\n", NULL, "plan.ini:2: name: ", NULL },
    { "section: a pattern", "name = a*\n", NULL, "plan.ini:2: name: ", NULL },
    { "section: a DN", "name = CN=a\n", NULL, "plan.ini:2: name: ", NULL },
    { "section: a container's name alone", "name = a\ncontainer = Users\n", NULL,
      "plan.ini:3: container: ", NULL },
    { "section: a container that ends early", "name = a\ncontainer = CN=Users,\n", NULL,
      "plan.ini:3: container: ", NULL },
    { "section: a container without a value", "name = a\ncontainer = CN=,CN=Users\n", NULL,
      "plan.ini:3: container: ", NULL },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(free) char *text = text_make("[group g]\n%s", row->fields);
    OWNED(section_release) struct section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    OWNED(free) char *thing = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "source.test");
    assert_int_equal(provider_group.check(&section.setting, &err), row->thing != NULL);
    if (!row->thing) {
        assert_plan_error(&err, row->says);
        return;
    }
    assert_true(provider_group.thing(&section.setting, &thing, &err));
    assert_string_equal(thing, row->thing);
    assert_true(provider_group.want(&section.setting, &wanted, &err));
    assert_true(wanted.known && wanted.exists);
    assert_int_equal(wanted.count, 1);
    assert_string_equal(ajar_state_fact(&wanted, "type"), row->type);
}

static const struct closed_case {
    const char *name;
    const char *fields;
    struct short_state closed;
} closed_cases[] = {
    { "closed: not said", "name = a\n", { 0 } },
    { "closed: absent", "name = a\nclosed = absent\n", { .known = true } },
    { "closed: present",
      "name = a\nscope = global\nclosed = present\n",
      { .known = true, .exists = true, .type = GLOBAL } },
};

static void run_closed_case(void **state)
{
    const struct closed_case *row = *state;
    OWNED(free) char *text = text_make("[group g]\n%s", row->fields);
    OWNED(section_release) struct section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "source.test");
    assert_true(provider_group.closed(&section.setting, &closed, &err));
    assert_int_equal(closed.known, row->closed.known);
    assert_int_equal(closed.exists, row->closed.exists);
    assert_int_equal(closed.count, row->closed.type ? 1 : 0);
    if (row->closed.type)
        assert_string_equal(ajar_state_fact(&closed, "type"), row->closed.type);
}

/* As the plan for SID history has it: "$${" alone is special. */
static void test_the_name_comes_through_a_parameter(void **state)
{
    const struct origin at = { "plan.ini", 1 };
    OWNED(parameters_release) struct parameters parameters = { 0 };
    OWNED(free) char *name = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(parameters_declare(&parameters, at, "source-netbios", NULL, "SOURCE", &err));
    assert_true(parameters_settle(&parameters, &err));
    assert_true(parameters_fill(&parameters, at, "${source-netbios}$$$", &name, &err));
    assert_string_equal(name, "SOURCE$$$");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(match_cases) + LENGTH(phrase_cases) + LENGTH(section_cases) +
                            LENGTH(closed_cases) + 1] = {
        cmocka_unit_test(test_the_name_comes_through_a_parameter),
    };
    size_t count = 1;

    ADD_CASES(match_cases, run_match_case);
    ADD_CASES(phrase_cases, run_phrase_case);
    ADD_CASES(section_cases, run_section_case);
    ADD_CASES(closed_cases, run_closed_case);
    return cmocka_run_group_tests_name("group", tests, NULL, NULL);
}

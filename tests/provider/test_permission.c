/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a permission needs no directory.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "section.h"

#define GUID_1 "91d67418-0135-4acc-8d79-c08e857cfbec"
#define RU     "S-1-5-32-554"
#define SERVER "CN=Server,CN=System,DC=target,DC=test: "

/* ---- sections ---- */

static void make_section(const char *fields, struct section *ret_section)
{
    OWNED(free) char *text = text_make("[permission p]\n%s\n", fields);

    section_read(ret_section, text, PLACE_DOMAIN, "target.test");
}

static const struct section_case {
    const char *name;
    const char *fields;
    const char *thing; /* NULL: refused */
    const char *says;  /* then, with the line in front */
} section_cases[] = {
    { "section: an ace", "object = CN=Server,CN=System\nace = (OA;;CR;" GUID_1 ";;RU)",
      SERVER "(OA;;CR;" GUID_1 ";;" RU ")", NULL },
    { "section: the same in words",
      "object = CN=Server,CN=System\ntrustee = " RU "\nright = enumerate-entire-sam-domain",
      SERVER "(OA;;CR;" GUID_1 ";;" RU ")", NULL },
    { "section: the same of the whole DN",
      "object = CN=Server, CN = System,DC=target,DC=test\nace = (OA;;CR;{" GUID_1 "};;" RU ")",
      SERVER "(OA;;CR;" GUID_1 ";;" RU ")", NULL },
    { "section: reading, by letters",
      "object = CN=Server,CN=System\ntrustee = RU\nright = RPLCLORC",
      SERVER "(A;;RPLCLORC;;;" RU ")", NULL },
    { "section: reading, by word",
      "object = CN=Server,CN=System\ntrustee = Pre-Windows 2000 Compatible Access\nright = read",
      SERVER "(A;;RPLCLORC;;;" RU ")", NULL },
    { "section: children, too", "object = domain\ntrustee = WD\nright = RP\ninherit = all",
      "DC=target,DC=test: (A;CI;RP;;;S-1-1-0)", NULL },
    { "section: children only",
      "object = domain\nbase = domain\ntrustee = WD\nright = RP\ninherit = children-only",
      "DC=target,DC=test: (A;CIIO;RP;;;S-1-1-0)", NULL },
    { "section: no children", "object = domain\ntrustee = WD\nright = RP\ninherit = no",
      "DC=target,DC=test: (A;;RP;;;S-1-1-0)", NULL },
    { "section: an account",
      "object = domain\ntrustee = TARGET\\Migrator\nright = migrate-sid-history",
      "DC=target,DC=test: (OA;;CR;ba33815a-4f93-4c76-87f3-57574bff8109;;TARGET\\Migrator)", NULL },
    { "section: two entries", "object = domain\nace = (D;;WP;;;WD)\nace = (A;;RP;;;WD)",
      "DC=target,DC=test: (A;;RP;;;S-1-1-0)(D;;WP;;;S-1-1-0)", NULL },
    { "section: two entries the other way round",
      "object = domain\nace = (A;;RP;;;WD)\nace = (D;;WP;;;WD)",
      "DC=target,DC=test: (A;;RP;;;S-1-1-0)(D;;WP;;;S-1-1-0)", NULL },
    { "section: in the configuration",
      "object = CN=Sites\nbase = configuration\nace = (A;;RP;;;WD)",
      "CN=Sites,CN=Configuration of the forest of target.test: (A;;RP;;;S-1-1-0)", NULL },
    { "section: the configuration",
      "object = configuration\nbase = configuration\nace = (A;;RP;;;WD)",
      "CN=Configuration of the forest of target.test: (A;;RP;;;S-1-1-0)", NULL },
    { "section: a comma in a name", "object = CN=A\\, B , OU=C\nace = (A;;RP;;;WD)",
      "CN=A\\, B,OU=C,DC=target,DC=test: (A;;RP;;;S-1-1-0)", NULL },
    { "section: object: a name", "object = Server\nace = (A;;RP;;;WD)", NULL,
      "plan.ini:2: object" },
    { "section: object: an empty part", "object = CN=A,,CN=B\nace = (A;;RP;;;WD)", NULL,
      "plan.ini:2: " },
    { "section: object: an empty value", "object = CN= ,CN=B\nace = (A;;RP;;;WD)", NULL,
      "plan.ini:2: " },
    { "section: object: a comma at the end", "object = CN=A,\nace = (A;;RP;;;WD)", NULL,
      "plan.ini:2: " },
    { "section: object: the head of another base",
      "object = domain\nbase = configuration\nace = (A;;RP;;;WD)", NULL, "plan.ini:2: " },
    { "section: no entry", "object = domain", NULL, "plan.ini:1: a permission needs" },
    { "section: no right", "object = domain\ntrustee = RU", NULL, "plan.ini:1: " },
    { "section: no trustee", "object = domain\nright = RP", NULL, "plan.ini:1: " },
    { "section: both", "object = domain\nace = (A;;RP;;;WD)\ntrustee = RU\nright = RP", NULL,
      "plan.ini:4: an ace says it all: it stands without trustee" },
    { "section: an ace that inherits", "object = domain\nace = (A;;RP;;;WD)\ninherit = all", NULL,
      "plan.ini:4: " },
    { "section: a mistyped ace", "object = domain\nace = (A;;RP;;;WD)\nace = (A;;XX;;;WD)", NULL,
      "plan.ini:4: ace: \"XX\"" },
    { "section: the same ace twice",
      "object = domain\nace = (A;;RPLC;;;WD)\nace = (A;;LCRP;;;S-1-1-0)", NULL,
      "plan.ini:4: ace: this entry" },
    { "section: the same account twice", "object = domain\nace = (A;;RP;;;x)\nace = (A;;RP;;;X)",
      NULL, "plan.ini:4: ace: this entry" },
    { "section: a mistyped right", "object = domain\ntrustee = WD\nright = write", NULL,
      "plan.ini:4: right: \"write\"" },
    { "section: a mistyped trustee", "object = domain\ntrustee = S-1-x\nright = RP", NULL,
      "plan.ini:3: trustee: \"S-1-x\"" },
    { "section: creator owner", "object = domain\ntrustee = creator-owner\nright = RP", NULL,
      "plan.ini:3: trustee S-1-3-0" },
};

static void run_section_case(void **state)
{
    const struct section_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    OWNED(free) char *thing = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(row->fields, &section);
    assert_int_equal(provider_permission.check(&section.setting, &err), row->thing != NULL);
    if (!row->thing) {
        assert_plan_error(&err, row->says);
        return;
    }
    assert_true(provider_permission.thing(&section.setting, &thing, &err));
    assert_string_equal(thing, row->thing);
}

static void test_a_section_has_a_ceiling(void **state)
{
    OWNED(text_release) struct text fields = TEXT_UP_TO(4000);
    OWNED(section_release) struct section section = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_append(&fields, "object = domain\n");
    for (int i = 0; i < 33; i++)
        text_format(&fields, "ace = (A;;RP;;;S-1-5-21-%d)\n", i);
    make_section(text_peek(&fields), &section);
    assert_false(provider_permission.check(&section.setting, &err));
    assert_memory_equal(err.text, "plan.ini:35: ace: ", 18);
}

/* ---- the states of a plan ---- */

static void expect_fact(const struct ajar_state *state, const char *name, const char *value)
{
    const char *fact = ajar_state_fact(state, name);

    assert_non_null(fact);
    assert_string_equal(fact, value);
}

static void test_what_a_plan_asks_for(void **state)
{
    OWNED(section_release) struct section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state wanted = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    make_section("object = domain\nace = (D;;WP;;;WD)\nace = (A;;RP;;;Migrator)", &section);
    assert_true(provider_permission.want(&section.setting, &wanted, &err));
    assert_true(wanted.known);
    assert_true(wanted.exists);
    assert_int_equal(wanted.count, 4);
    expect_fact(&wanted, "ace-1", "(D;;WP;;;S-1-1-0)");
    expect_fact(&wanted, "is-1", "present");
    expect_fact(&wanted, "ace-2", "(A;;RP;;;Migrator)");
    expect_fact(&wanted, "is-2", "present");
}

static const struct closed_case {
    const char *name;
    const char *field;
    bool known;
    bool exists;
    const char *phrase;
} closed_cases[] = {
    { "closed: not said", "", false, false, "not known" },
    { "closed: absent", "closed = absent", true, false, "absent" },
    { "closed: present", "closed = present", true, true, "present" },
};

static void run_closed_case(void **state)
{
    const struct closed_case *row = *state;
    OWNED(free) char *fields = text_make("object = domain\nace = (A;;RP;;;WD)\n%s", row->field);
    OWNED(section_release) struct section section = { 0 };
    OWNED(ajar_state_release) struct ajar_state closed = { 0 };
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_section(fields, &section);
    assert_true(provider_permission.closed(&section.setting, &closed, &err));
    assert_int_equal(closed.known, row->known);
    assert_int_equal(closed.exists, row->exists);
    assert_true(provider_permission.phrase(&closed, &phrase, &err));
    assert_string_equal(phrase, row->phrase);
}

/* ---- how states compare, and what they are called ---- */

/* As the tables say them: a letter for each entry, p, c or a; "+" and "-" have no facts, "?" is not
 * known; "p1" and "p2" were looked up as different accounts. */
static void make_state(const char *letters, struct ajar_state *ret_state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    size_t number = 0;

    *ret_state = (struct ajar_state){ .known = letters[0] != '?', .exists = letters[0] != '-' };
    for (const char *at = letters; *at; at++) {
        OWNED(free) char *ace = text_make("ace-%zu", ++number);
        OWNED(free) char *is = text_make("is-%zu", number);

        if (strchr("12", *at)) {
            assert_true(
                ajar_state_set(ret_state, "trustee-1", *at == '1' ? "S-1-5-1" : "S-1-5-2", &err));
            continue;
        }
        if (!strchr("pca", *at))
            return;
        ret_state->exists = ret_state->exists && *at != 'a';
        assert_true(ajar_state_set(ret_state, ace, number == 1 ? "(A)" : "(B)", &err));
        assert_true(ajar_state_set(ret_state, is,
                                   *at == 'p'   ? "present"
                                   : *at == 'c' ? "covered"
                                                : "absent",
                                   &err));
    }
    assert_true(ajar_state_set(ret_state, "acl-revision", "4", &err));
}

static const struct match_case {
    const char *name;
    const char *now;
    const char *meant;
    enum match match;
} match_cases[] = {
    { "match: present", "p", "p", MATCH_SAME },
    { "match: absent", "a", "a", MATCH_SAME },
    { "match: covered is as good as present", "c", "p", MATCH_SAME },
    { "match: present is as good as covered", "p", "c", MATCH_SAME },
    { "match: covered, meant to be absent", "c", "a", MATCH_NEAR },
    { "match: present, meant to be absent", "p", "a", MATCH_OTHER },
    { "match: absent, meant to be present", "a", "p", MATCH_OTHER },
    { "match: absent, meant to be covered", "a", "c", MATCH_OTHER },
    { "match: two, as they were", "pa", "pa", MATCH_SAME },
    { "match: two, one of them is covered now", "pc", "pa", MATCH_NEAR },
    { "match: two, the second one is there", "pp", "pa", MATCH_OTHER },
    { "match: two, the first one is gone", "aa", "pa", MATCH_OTHER },
    { "match: two, other ones", "ap", "pa", MATCH_OTHER },
    { "match: two, near and other", "ca", "ap", MATCH_OTHER },
    { "match: all, without facts", "pc", "+", MATCH_SAME },
    { "match: none, without facts", "aa", "-", MATCH_SAME },
    { "match: not all, without facts", "pa", "+", MATCH_OTHER },
    { "match: not none, without facts", "pa", "-", MATCH_OTHER },
    { "match: the same account", "p1", "p1", MATCH_SAME },
    { "match: an account as a plan names it", "p1", "p", MATCH_SAME },
    { "match: another account of that name", "a1", "a2", MATCH_OTHER },
    { "match: not known now", "?", "a", MATCH_OTHER },
    { "match: not known then", "a", "?", MATCH_OTHER },
    { "match: never known", "?", "?", MATCH_OTHER },
};

static void run_match_case(void **state)
{
    const struct match_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(ajar_state_release) struct ajar_state meant = { 0 };

    make_state(row->now, &now);
    make_state(row->meant, &meant);
    assert_int_equal(provider_permission.match(&now, &meant), row->match);
}

static const struct phrase_case {
    const char *name;
    const char *state;
    const char *phrase;
} phrase_cases[] = {
    { "phrase: present", "p", "present" },
    { "phrase: absent", "a", "absent" },
    { "phrase: covered", "c", "covered by another entry" },
    { "phrase: two", "pa", "(A) present, (B) absent" },
    { "phrase: all", "+", "present" },
    { "phrase: none", "-", "absent" },
    { "phrase: not known", "?", "not known" },
};

static void run_phrase_case(void **state)
{
    const struct phrase_case *row = *state;
    OWNED(ajar_state_release) struct ajar_state made = { 0 };
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    make_state(row->state, &made);
    assert_true(provider_permission.phrase(&made, &phrase, &err));
    assert_string_equal(phrase, row->phrase);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(section_cases) + LENGTH(closed_cases) + LENGTH(match_cases) +
                            LENGTH(phrase_cases) + 2] = {
        cmocka_unit_test(test_a_section_has_a_ceiling),
        cmocka_unit_test(test_what_a_plan_asks_for),
    };
    size_t count = 2;

    ADD_CASES(section_cases, run_section_case);
    ADD_CASES(closed_cases, run_closed_case);
    ADD_CASES(match_cases, run_match_case);
    ADD_CASES(phrase_cases, run_phrase_case);
    return cmocka_run_group_tests_name("permission", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/sddl.h"

#include "model/right.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GUID_1 "91d67418-0135-4acc-8d79-c08e857cfbec"
#define GUID_2 "bf967a9c-0de6-11d0-a285-00aa003049e2"

static const struct spelling {
    const char *name;
    const char *text;
    const char *canonical; /* NULL: refused */
    const char *says;      /* then */
} spellings[] = {
    { "a grant", "(A;;RPLCLORC;;;RU)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "its rights in another order", "(A;;RCLOLCRP;;;RU)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "its rights in hex", "(A;;0x20094;;;RU)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "its generic right", "(A;;GR;;;RU)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "its generic right in hex", "(A;;0x80000000;;;RU)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "in small letters", "(a;;rplclorc;;;ru)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "a SID", "(A;;RPLCLORC;;;S-1-5-32-554)", "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "a well-known name", "(A;;RPLCLORC;;;Pre-Windows 2000 Compatible Access)",
      "(A;;RPLCLORC;;;S-1-5-32-554)", NULL },
    { "everything", "(A;;GA;;;SY)", "(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;S-1-5-18)", NULL },
    { "generic writing", "(A;;GW;;;SY)", "(A;;WPRCSW;;;S-1-5-18)", NULL },
    { "generic execution", "(A;;GX;;;SY)", "(A;;LCRC;;;S-1-5-18)", NULL },
    { "a denial", "(D;;WP;;;WD)", "(D;;WP;;;S-1-1-0)", NULL },
    { "an extended right", "(OA;;CR;" GUID_1 ";;RU)", "(OA;;CR;" GUID_1 ";;S-1-5-32-554)", NULL },
    { "its GUID in capitals and braces", "(OA;;CR;{91D67418-0135-4ACC-8D79-C08E857CFBEC};;RU)",
      "(OA;;CR;" GUID_1 ";;S-1-5-32-554)", NULL },
    { "for one class of children", "(OA;CIIO;RPLCLORC;;" GUID_2 ";RU)",
      "(OA;CIIO;RPLCLORC;;" GUID_2 ";S-1-5-32-554)", NULL },
    { "both GUIDs", "(OD;CI;RP;" GUID_1 ";" GUID_2 ";AU)",
      "(OD;CI;RP;" GUID_1 ";" GUID_2 ";S-1-5-11)", NULL },
    { "flags in another order", "(A;IONPCIOI;RP;;;AN)", "(A;OICINPIO;RP;;;S-1-5-7)", NULL },
    { "Domain Admins", "(A;;RP;;;da)", "(A;;RP;;;DA)", NULL },
    { "an account", "(A;;RP;;;TARGET\\Migrator)", "(A;;RP;;;TARGET\\Migrator)", NULL },
    { "an account with parentheses", "(A;;RP;;;Migrator (old))", "(A;;RP;;;Migrator (old))", NULL },
    { "children of creator owner", "(A;CIIO;RP;;;CO)", "(A;CIIO;RP;;;S-1-3-0)", NULL },
    { "nothing", "", NULL, "no entry such as" },
    { "no parentheses", "A;;RP;;;RU", NULL, "in parentheses" },
    { "one parenthesis", "(", NULL, "in parentheses" },
    { "a whole DACL", "D:(A;;RP;;;RU)", NULL, "in parentheses" },
    { "two entries", "(A;;RP;;;RU)(A;;RP;;;WD)", NULL, "no account name (because of ';')" },
    { "five parts", "(A;;RP;;RU)", NULL, "here are 5" },
    { "seven parts", "(A;;RP;;;RU;x)", NULL, "because of ';'" },
    { "an audit entry", "(AU;;RP;;;RU)", NULL, "no type of entry that can be set" },
    { "a condition", "(XA;;RP;;;RU;(x))", NULL, "no type of entry that can be set" },
    { "no type", "(;;RP;;;RU)", NULL, "no type of entry" },
    { "inherited", "(A;CIID;RP;;;RU)", NULL, "\"ID\" is no flag that can be set" },
    { "audited", "(A;SA;RP;;;RU)", NULL, "\"SA\" is no flag" },
    { "audited failures", "(A;FA;RP;;;RU)", NULL, "\"FA\" is no flag" },
    { "half a flag", "(A;CIO;RP;;;RU)", NULL, "\"O\" is no flag" },
    { "for children that it has not", "(A;IO;RP;;;RU)", NULL, "without CI or OI" },
    { "passed on nowhere", "(A;NP;RP;;;RU)", NULL, "without CI or OI" },
    { "no right", "(A;;;;;RU)", NULL, "no right at all" },
    { "zero", "(A;;0x0;;;RU)", NULL, "no right at all" },
    { "a right of files", "(A;;FA;;;RU)", NULL, "\"FA\" in \"FA\" is no right" },
    { "half a right", "(A;;RPL;;;RU)", NULL, "\"L\" in \"RPL\"" },
    { "a bit of nobody", "(A;;0x100094;;;RU)", NULL, "0x100000 in" },
    { "no digits", "(A;;0x;;;RU)", NULL, "no mask" },
    { "too many digits", "(A;;0x123456789;;;RU)", NULL, "no mask" },
    { "a mistyped object", "(OA;;CR;91d67418;;RU)", NULL, "object: \"91d67418\" is no GUID" },
    { "a mistyped inherited object", "(OA;CI;CR;;x;RU)", NULL, "inherited object: \"x\"" },
    { "an object entry without a GUID", "(OA;;CR;;;RU)", NULL, "needs a GUID" },
    { "a plain entry with a GUID", "(A;;CR;" GUID_1 ";;RU)", NULL, "has no GUIDs" },
    { "no trustee", "(A;;RP;;;)", NULL, "the trustee is missing" },
    { "a mistyped SID", "(A;;RP;;;S-1-5-x)", NULL, "\"S-1-5-x\" is no SID" },
    { "no domain", "(A;;RP;;;\\x)", NULL, "is not DOMAIN\\name" },
    { "creator owner", "(A;CI;RP;;;CO)", NULL, "needs the flag IO" },
    { "creator group", "(A;;RP;;;S-1-3-1)", NULL, "needs the flag IO" },
};

static void run_spelling(void **state)
{
    const struct spelling *row = *state;
    OWNED(sddl_release) struct sddl_ace again = { 0 };
    OWNED(free) char *text = NULL;
    struct sddl_ace ace = { .ace = { .mask = 77 } };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!row->canonical) {
        assert_false(sddl_parse(row->text, &ace, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        if (!strstr(err.text, row->says))
            fail_msg("%s", err.text);
        assert_int_equal(ace.ace.mask, 77);
        assert_null(ace.account);
        return;
    }
    assert_true(sddl_parse(row->text, &ace, &err));
    assert_true(sddl_format(&ace, &text, &err));
    assert_string_equal(text, row->canonical);
    assert_true(sddl_parse(text, &again, &err));
    assert_true(ace_same(&ace.ace, &again.ace));
    sddl_release(&ace);
}

static void test_an_entry_has_its_bits(void **state)
{
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(sddl_parse("(OD;CIIONP;0x20094;;" GUID_2 ";DA)", &ace, &err));
    assert_int_equal(ace.ace.type, 6);
    assert_int_equal(ace.ace.flags, 0x0e);
    assert_int_equal(ace.ace.mask, 0x20094);
    assert_false(ace.ace.has_object);
    assert_true(ace.ace.has_inherited);
    assert_string_equal(ace.account, "DA");
}

static void test_principals_of_a_domain_have_numbers(void **state)
{
    static const struct {
        const char *word;
        uint32_t rid;
        bool of_forest;
    } rows[] = {
        { "DA", 512, false }, { "du", 513, false }, { "DC", 515, false }, { "CA", 517, false },
        { "SA", 518, true },  { "EA", 519, true },  { "PA", 520, false }, { "RO", 498, true },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint32_t rid = 0;
        bool of_forest = !rows[i].of_forest;

        assert_true(sddl_domain_alias(rows[i].word, &rid, &of_forest));
        assert_int_equal(rid, rows[i].rid);
        assert_int_equal(of_forest, rows[i].of_forest);
    }
    for (size_t i = 0; i < 2; i++) {
        uint32_t rid = 77;
        bool of_forest = false;

        assert_false(sddl_domain_alias(i == 0 ? "WD" : "DAX", &rid, &of_forest));
        assert_int_equal(rid, 77);
    }
}

static const struct word_case {
    const char *name;
    const char *text;
    uint32_t mask; /* 0: refused */
    const char *object;
} word_cases[] = {
    { "word: read", "read", 0x20094, NULL },
    { "word: enumerate", "enumerate-entire-sam-domain", 0x100, GUID_1 },
    { "word: migrate", "Migrate-SID-History", 0x100, "ba33815a-4f93-4c76-87f3-57574bff8109" },
    { "word: changes", "replicating-directory-changes", 0x100,
      "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2" },
    { "word: all changes", "replicating-directory-changes-all", 0x100,
      "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2" },
    { "word: filtered changes", "replicating-directory-changes-in-filtered-set", 0x100,
      "89e95b76-444d-4c62-991a-0facbeda640c" },
    { "word: letters", "RPWP", 0x30, NULL },
    { "word: hex", "0x30", 0x30, NULL },
    { "word: of nobody", "write", 0, NULL },
    { "word: letters of nobody", "RPXX", 0, NULL },
    { "word: nothing", "", 0, NULL },
};

static void run_word_case(void **state)
{
    const struct word_case *row = *state;
    struct right right = { .mask = 77 };
    struct ajar_error err = AJAR_NO_ERROR;
    char guid[GUID_TEXT_SIZE];

    assert_int_equal(right_parse(row->text, &right, &err), row->mask != 0);
    if (row->mask == 0) {
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_int_equal(right.mask, 77);
        return;
    }
    assert_int_equal(right.mask, row->mask);
    assert_int_equal(right.has_object, row->object != NULL);
    if (row->object) {
        guid_format(&right.object, guid);
        assert_string_equal(guid, row->object);
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(spellings) + LENGTH(word_cases) + 2] = {
        cmocka_unit_test(test_an_entry_has_its_bits),
        cmocka_unit_test(test_principals_of_a_domain_have_numbers),
    };
    size_t count = 2;

    for (size_t i = 0; i < LENGTH(spellings); i++)
        tests[count++] = (struct CMUnitTest){ .name = spellings[i].name,
                                              .test_func = run_spelling,
                                              .initial_state = (void *)(uintptr_t)&spellings[i] };
    for (size_t i = 0; i < LENGTH(word_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = word_cases[i].name,
                                              .test_func = run_word_case,
                                              .initial_state = (void *)(uintptr_t)&word_cases[i] };
    return cmocka_run_group_tests_name("sddl", tests, NULL, NULL);
}

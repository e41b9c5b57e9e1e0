/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What needs no server: names, ranges, results, filters.
 */
#include "base/text.h"
#include "rows.h"
#include "transport/directory.h"
#include "transport/directory_error.h"
#include "transport/extended_dn.h"
#include "transport/value_range.h"

#include <ldap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GUID_TEXT "0a6df799-abba-4e6e-8371-4444795f5776"

static const struct name_case {
    const char *name;
    const char *text;
    bool ok;
    bool has_guid;
    const char *sid; /* NULL: none */
    const char *dn;
} name_cases[] = {
    { "name: GUID and SID", "<GUID=" GUID_TEXT ">;<SID=S-1-1-0>;CN=S-1-1-0,DC=t", true, true,
      "S-1-1-0", "CN=S-1-1-0,DC=t" },
    { "name: GUID alone", "<GUID=" GUID_TEXT ">;CN=x", true, true, NULL, "CN=x" },
    { "name: SID alone", "<SID=S-1-5-7>;CN=x", true, false, "S-1-5-7", "CN=x" },
    { "name: lower case", "<guid=" GUID_TEXT ">;<sid=S-1-5-7>;CN=x", true, true, "S-1-5-7",
      "CN=x" },
    { "name: plain", "CN=a;b<c>,DC=t", true, false, NULL, "CN=a;b<c>,DC=t" },
    { "name: empty", "", true, false, NULL, "" },
    { "name: without the DN", "<GUID=" GUID_TEXT ">", true, true, NULL, "" },
    { "name: a component of Samba's", "<RMD_FLAGS=0>;<SID=S-1-1-0>;CN=x", true, false, "S-1-1-0",
      "CN=x" },
    { "name: cut in a component", "<GUID=" GUID_TEXT, false, false, NULL, NULL },
    { "name: cut GUID", "<GUID=0a6df799-abba>;CN=x", false, false, NULL, NULL },
    { "name: no SID", "<SID=S-1-x>;CN=x", false, false, NULL, NULL },
    { "name: binary SID", "<SID=010100000000000100000000>;CN=x", false, false, NULL, NULL },
    { "name: no value", "<GUID>;CN=x", false, false, NULL, NULL },
    { "name: not apart", "<SID=S-1-1-0>CN=x", false, false, NULL, NULL },
};

static void run_name_case(void **state)
{
    const struct name_case *row = *state;
    struct extended_dn name = { .dn = "untouched" };
    char sid[SID_TEXT_SIZE];
    char guid[GUID_TEXT_SIZE];
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(extended_dn_parse(row->text, &name, &err), row->ok);
    if (!row->ok) {
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_string_equal(name.dn, "untouched");
        return;
    }
    assert_int_equal(name.has_guid, row->has_guid);
    assert_int_equal(name.has_sid, row->sid != NULL);
    assert_string_equal(name.dn, row->dn);
    if (row->has_guid) {
        guid_format(&name.guid, guid);
        assert_string_equal(guid, GUID_TEXT);
    }
    if (row->sid) {
        sid_format(&name.sid, sid);
        assert_string_equal(sid, row->sid);
    }
}

static const struct range_case {
    const char *name;
    const char *description;
    bool ok;
    struct value_range range;
} range_cases[] = {
    { "range: none", "member", true, { 6, 0, 0, true } },
    { "range: the first", "member;range=0-1499", true, { 6, 0, 1499, false } },
    { "range: the next", "member;range=1500-2999", true, { 6, 1500, 2999, false } },
    { "range: the last", "member;range=3000-*", true, { 6, 3000, 0, true } },
    { "range: upper case", "Member;Range=0-9", true, { 6, 0, 9, false } },
    { "range: among other options", "member;lang-de;range=5-9;binary", true, { 6, 5, 9, false } },
    { "range: another option", "userCertificate;binary", true, { 15, 0, 0, true } },
    { "range: nothing", "member;range=", false, { 0 } },
    { "range: no end", "member;range=5-", false, { 0 } },
    { "range: no begin", "member;range=-5", false, { 0 } },
    { "range: backwards", "member;range=9-5", false, { 0 } },
    { "range: more behind", "member;range=0-5x", false, { 0 } },
    { "range: more behind the star", "member;range=0-*5", false, { 0 } },
    { "range: too large", "member;range=0-99999999999999999999", false, { 0 } },
};

static void run_range_case(void **state)
{
    const struct range_case *row = *state;
    struct value_range range = { .name_size = 77, .low = 78, .high = 79 };

    assert_int_equal(value_range_parse(row->description, &range), row->ok);
    if (!row->ok) {
        assert_int_equal(range.name_size, 77);
        assert_int_equal(range.low, 78);
        assert_int_equal(range.high, 79);
        return;
    }
    assert_int_equal(range.name_size, row->range.name_size);
    assert_int_equal(range.low, row->range.low);
    assert_int_equal(range.high, row->range.high);
    assert_int_equal(range.is_last, row->range.is_last);
}

static const struct result_case {
    const char *name;
    int result;
    const char *diagnostic;
    enum ajar_status status;
    const char *text; /* the end of the message */
} result_cases[] = {
    { "result: no such attribute", LDAP_NO_SUCH_ATTRIBUTE, NULL, AJAR_ECONFLICT,
      "no longer there" },
    { "result: value exists", LDAP_TYPE_OR_VALUE_EXISTS, NULL, AJAR_ECONFLICT, "there already" },
    { "result: entry exists", LDAP_ALREADY_EXISTS, NULL, AJAR_ECONFLICT, "there already" },
    { "result: unwilling", LDAP_UNWILLING_TO_PERFORM, "no", AJAR_ECONFLICT, "(no)" },
    { "result: denied", LDAP_INSUFFICIENT_ACCESS, "00002098: SecErr: DSID-03150F94\n", AJAR_EDENIED,
      "access denied (00002098: SecErr: DSID-03150F94)" },
    { "result: no object", LDAP_NO_SUCH_OBJECT, "", AJAR_EMISSING, "no such object" },
    { "result: not a name", LDAP_INVALID_DN_SYNTAX, NULL, AJAR_EMISSING, "no name of an object" },
    { "result: referral", LDAP_REFERRAL, NULL, AJAR_EMISSING, "another domain" },
    { "result: credentials", LDAP_INVALID_CREDENTIALS, "80090308: data 52e", AJAR_ELOGIN,
      "(80090308: data 52e)" },
    { "result: busy", LDAP_BUSY, NULL, AJAR_EUNREACHABLE, "busy" },
    { "result: broken", LDAP_SERVER_DOWN, NULL, AJAR_ETIMEOUT, "the connection broke" },
    { "result: late", LDAP_TIMEOUT, NULL, AJAR_ETIMEOUT, "" },
    { "result: any other", LDAP_ALIAS_PROBLEM, "x", AJAR_EPROTOCOL, "Alias problem (x)" },
    { "result: several lines", LDAP_NO_SUCH_OBJECT, "one\ntwo\t\x7f \n\n", AJAR_EMISSING,
      "(one two)" },
    { "result: not UTF-8", LDAP_NO_SUCH_OBJECT,
      "a\xff"
      "b",
      AJAR_EMISSING, "(a?b)" },
    { "result: UTF-8", LDAP_NO_SUCH_OBJECT, "\xc3\xa4", AJAR_EMISSING, "(\xc3\xa4)" },
};

static void run_result_case(void **state)
{
    const struct result_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    size_t size = strlen(row->text);

    assert_false(directory_error(&err, row->result, row->diagnostic));
    assert_int_equal(err.status, row->status);
    assert_int_equal(err.native, (uint32_t)row->result);
    assert_true(strlen(err.text) >= size);
    assert_string_equal(err.text + strlen(err.text) - size, row->text);
}

static void test_a_long_diagnostic_is_cut(void **state)
{
    char diagnostic[4000];
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(diagnostic); i++)
        diagnostic[i] = i % 2 ? '\xa4' : '\xc3'; /* a character that a cut may split */
    diagnostic[sizeof(diagnostic) - 1] = '\0';
    assert_false(directory_error(&err, LDAP_NO_SUCH_OBJECT, diagnostic));
    assert_true(strlen(err.text) < 300);
    assert_true(text_is_utf8(err.text, strlen(err.text)));
}

static void test_a_filter_value_cannot_end_the_filter(void **state)
{
    static const char name[] = { 'a', '*', ')', '\\', '\0', '\xff' };
    OWNED(free) char *text = NULL;
    OWNED(free) char *empty = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(directory_escape(name, sizeof(name), &text, &err));
    assert_string_equal(text, "\\61\\2a\\29\\5c\\00\\ff");
    assert_true(directory_escape("", 0, &empty, &err));
    assert_string_equal(empty, "");
}

static void test_a_filter_has_the_value_in_each_place(void **state)
{
    static const char name[] = { '*', '@' };
    OWNED(free) char *filter = NULL;
    OWNED(free) char *none = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(directory_filter("(|(cn=@)(name=@))", name, sizeof(name), &filter, &err));
    assert_string_equal(filter, "(|(cn=\\2a\\40)(name=\\2a\\40))");
    assert_true(directory_filter("(cn=*)", name, sizeof(name), &none, &err));
    assert_string_equal(none, "(cn=*)");
}

static void test_an_object_has_several_classes(void **state)
{
    struct directory_value values[] = { { { (uint8_t[]){ "top" }, 3 } },
                                        { { (uint8_t[]){ "group" }, 5 } } };
    struct directory_attribute classes = { .name = text_copy("objectClass"),
                                           .count = LENGTH(values),
                                           .values = values };
    const struct directory_entry entry = { .count = 1, .attributes = &classes };
    const struct directory_entry bare = { .count = 0 };

    (void)state;
    assert_true(directory_has_class(&entry, "Group"));
    assert_true(directory_has_class(&entry, "top"));
    assert_false(directory_has_class(&entry, "user"));
    assert_false(directory_has_class(&bare, "group"));
    free(classes.name);
}

static void test_attributes_are_found_in_any_case(void **state)
{
    uint8_t text[] = "value";
    struct directory_value values[] = { { { text, 5 } } };
    struct directory_attribute attributes[] = {
        { .name = text_copy("dnsHostName"), .count = 1, .values = values },
        { .name = text_copy("member") }
    };
    const struct directory_entry entry = { .count = 2, .attributes = attributes };

    (void)state;
    assert_string_equal(directory_text(&entry, "DNSHOSTNAME"), "value");
    assert_ptr_equal(directory_attribute(&entry, "Member"), &attributes[1]);
    assert_null(directory_text(&entry, "member"));
    assert_null(directory_attribute(&entry, "memberOf"));
    free(attributes[0].name);
    free(attributes[1].name);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(name_cases) + LENGTH(range_cases) + LENGTH(result_cases) + 3] = {
        cmocka_unit_test(test_a_long_diagnostic_is_cut),
        cmocka_unit_test(test_a_filter_value_cannot_end_the_filter),
        cmocka_unit_test(test_a_filter_has_the_value_in_each_place),
        cmocka_unit_test(test_an_object_has_several_classes),
        cmocka_unit_test(test_attributes_are_found_in_any_case),
    };
    size_t count = 3;

    ADD_CASES(name_cases, run_name_case);
    ADD_CASES(range_cases, run_range_case);
    ADD_CASES(result_cases, run_result_case);
    return cmocka_run_group_tests_name("directory", tests, NULL, NULL);
}

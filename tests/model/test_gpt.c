/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/gpt.h"

#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct bytes bytes_of(const char *text)
{
    const struct bytes bytes = { .at = (uint8_t *)(uintptr_t)text, .size = strlen(text) };

    return bytes.size > 0 ? bytes : (struct bytes){ 0 };
}

static const struct version_case {
    const char *name;
    const char *file;
    uint32_t version;
    const char *raised; /* to 9 */
} version_cases[] = {
    { "version: as Samba makes it", "[General]\r\nVersion=0", 0, "[General]\r\nVersion=9" },
    { "version: LF and other keys", "[General]\nVersion=65537\ndisplayName=New Policy\n", 65537,
      "[General]\nVersion=9\ndisplayName=New Policy\n" },
    { "version: in lower case, with blanks", "[general]\r\nversion = 3\r\n", 3,
      "[general]\r\nversion = 9\r\n" },
    { "version: of both halves", "[General]\r\nVersion=1179715\r\n", 18U << 16 | 67,
      "[General]\r\nVersion=9\r\n" },
    { "version: with a sign", "[General]\r\nVersion=-65535\r\n", 0xffff0001,
      "[General]\r\nVersion=9\r\n" },
    { "version: the largest", "[General]\r\nVersion=4294967295\r\n", 0xffffffff,
      "[General]\r\nVersion=9\r\n" },
    { "version: no such key", "[General]\r\ndisplayName=New\r\n", 0,
      "[General]\r\ndisplayName=New\r\nVersion=9\r\n" },
    { "version: no value", "[General]\r\nVersion=\r\n", 0, "[General]\r\nVersion=9\r\n" },
    { "version: no file", "", 0, "[General]\r\nVersion=9\r\n" },
};

static void run_version_case(void **state)
{
    const struct version_case *row = *state;
    const struct bytes file = bytes_of(row->file);
    OWNED(bytes_release) struct bytes raised = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t version = 77;

    assert_true(gpt_read_version(&file, &version, &err));
    assert_int_equal(version, row->version);
    assert_true(gpt_write_version(&file, 9, &raised, &err));
    assert_int_equal(raised.size, strlen(row->raised));
    assert_memory_equal(raised.at, row->raised, raised.size);
}

static void test_what_is_no_version_is_refused(void **state)
{
    static const char *const values[] = { "x", "1x", "4294967296", "-2147483649", "0x10", "1 2" };

    (void)state;
    for (size_t i = 0; i < LENGTH(values); i++) {
        OWNED(free) char *text = text_make("[General]\nVersion=%s\n", values[i]);
        const struct bytes file = bytes_of(text);
        struct ajar_error err = AJAR_NO_ERROR;
        uint32_t version = 77;

        assert_false(gpt_read_version(&file, &version, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_memory_equal(err.text, "GPT.INI: ", 9);
        assert_int_equal(version, 77);
    }
}

static void test_a_version_goes_up_in_its_own_half(void **state)
{
    static const struct {
        uint32_t a;
        uint32_t b;
        uint32_t raised;
    } rows[] = {
        { 0, 0, 1 },
        { 5, 5, 6 },
        { 5, 9, 10 },
        { 9, 5, 10 },
        { 0x00120043, 0x00120043, 0x00120044 },
        { 0x00120001, 0x00010043, 0x00120044 },
        { 0x0001fffe, 0x0001fffe, 0x0001ffff },
        { 0x0001ffff, 0x0001ffff, 0x00010001 },
        { 0xffffffff, 0xffffffff, 0xffff0001 },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(gpt_raise_version(rows[i].a, rows[i].b), rows[i].raised);
}

#define LOW      "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}"
#define LOW_TOOL "{53D6AB1B-2488-11D1-A28C-00C04FB94F17}"
#define HIGH     "{B1BE8D72-6EAC-11D2-A4EA-00C04F79F83A}"
#define OURS     "[" GPT_SECURITY_EXTENSION GPT_SECURITY_TOOL "]"

static const struct extension_case {
    const char *name;
    const char *names;
    const char *complete; /* NULL: refused */
} extension_cases[] = {
    { "extensions: none", NULL, OURS },
    { "extensions: a blank, as Windows leaves it", " ", OURS },
    { "extensions: there already", OURS, OURS },
    { "extensions: there in lower case",
      "[{827d319e-6eac-11d2-a4ea-00c04f79f83a}"
      "{803e14a0-b4fb-11d0-a0d0-00a0c90f574b}]",
      "[{827d319e-6eac-11d2-a4ea-00c04f79f83a}{803e14a0-b4fb-11d0-a0d0-00a0c90f574b}]" },
    { "extensions: first", "[" HIGH LOW_TOOL "]", OURS "[" HIGH LOW_TOOL "]" },
    { "extensions: last", "[" LOW LOW_TOOL "]", "[" LOW LOW_TOOL "]" OURS },
    { "extensions: in between", "[" LOW LOW_TOOL "][" HIGH LOW_TOOL "]",
      "[" LOW LOW_TOOL "]" OURS "[" HIGH LOW_TOOL "]" },
    { "extensions: with another tool", "[" GPT_SECURITY_EXTENSION LOW_TOOL "]",
      "[" GPT_SECURITY_EXTENSION LOW_TOOL GPT_SECURITY_TOOL "]" },
    { "extensions: with a tool behind ours", "[" GPT_SECURITY_EXTENSION HIGH "]",
      "[" GPT_SECURITY_EXTENSION GPT_SECURITY_TOOL HIGH "]" },
    { "extensions: without a tool", "[" GPT_SECURITY_EXTENSION "]", OURS },
    { "extensions: no list", "nonsense", NULL },
    { "extensions: cut", "[" LOW LOW_TOOL, NULL },
    { "extensions: cut in a GUID", "[" LOW "{53D6AB1B-2488", NULL },
    { "extensions: no GUID", "[]", NULL },
};

static void run_extension_case(void **state)
{
    const struct extension_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *complete = NULL;
    bool ok = gpt_complete_extensions(row->names, GPT_SECURITY_EXTENSION, GPT_SECURITY_TOOL,
                                      &complete, &err);

    assert_int_equal(ok, row->complete != NULL);
    if (ok)
        assert_string_equal(complete, row->complete);
    else
        assert_null(complete);
}

static void test_links_are_read(void **state)
{
    static const char text[] = "[LDAP://CN={A},CN=Policies,DC=t;0]"
                               "[ldap://cn={B\\;},CN=Policies,DC=t;2][LDAP://CN={C};3] ";
    OWNED(gpt_links_release) struct gpt_links links = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(gpt_parse_links(text, &links, &err));
    assert_int_equal(links.count, 3);
    assert_string_equal(links.list[0].dn, "CN={A},CN=Policies,DC=t");
    assert_int_equal(links.list[0].options, 0);
    assert_string_equal(links.list[1].dn, "cn={B\\;},CN=Policies,DC=t");
    assert_int_equal(links.list[1].options, GPT_LINK_ENFORCED);
    assert_int_equal(links.list[2].options, GPT_LINK_ENFORCED | GPT_LINK_DISABLED);
}

static void test_no_links_are_no_failure(void **state)
{
    static const char *const texts[] = { NULL, "", " " };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct gpt_links links = { .count = 7 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(gpt_parse_links(texts[i], &links, &err));
        assert_int_equal(links.count, 0);
    }
}

static void test_what_is_no_link_is_refused(void **state)
{
    static const char *const texts[] = { "x",
                                         "[LDAP://CN=a]",
                                         "[LDAP://CN=a;]",
                                         "[LDAP://;0]",
                                         "[LDAP://CN=a;0",
                                         "[LDAP://CN=a;x]",
                                         "[HTTP://a;0]",
                                         "[LDAP://CN=a;0]x",
                                         "[LDAP://CN=a;1x]" };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct gpt_links links = { .count = 7 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(gpt_parse_links(texts[i], &links, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_int_equal(links.count, 7);
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(version_cases) + LENGTH(extension_cases) + 5] = {
        cmocka_unit_test(test_what_is_no_version_is_refused),
        cmocka_unit_test(test_a_version_goes_up_in_its_own_half),
        cmocka_unit_test(test_links_are_read),
        cmocka_unit_test(test_no_links_are_no_failure),
        cmocka_unit_test(test_what_is_no_link_is_refused),
    };
    size_t count = 5;

    ADD_CASES(version_cases, run_version_case);
    ADD_CASES(extension_cases, run_extension_case);
    return cmocka_run_group_tests_name("gpt", tests, NULL, NULL);
}

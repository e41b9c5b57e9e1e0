/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/property_version.h"

#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define BY "53ded822-c0c1-4089-b35e-fb071f76f2f9"

/* As a controller of Windows writes it ([MS-ADTS] 3.1.1.1.9, msDS-ReplValueMetaData). */
#define LINK                                                                              \
    "<DS_REPL_VALUE_META_DATA>\n"                                                         \
    "\t<pszAttributeName>member</pszAttributeName>\n"                                     \
    "\t<pszObjectDn>CN=Ann &amp; Bob,CN=Users,DC=target,DC=test</pszObjectDn>\n"          \
    "\t<cbData>0</cbData>\n\t<pbData></pbData>\n"                                         \
    "\t<ftimeDeleted>1601-01-01T00:00:00Z</ftimeDeleted>\n"                               \
    "\t<ftimeCreated>2026-11-20T08:00:00Z</ftimeCreated>\n"                               \
    "\t<dwVersion>3</dwVersion>\n"                                                        \
    "\t<ftimeLastOriginatingChange>2026-11-21T08:00:00Z</ftimeLastOriginatingChange>\n"   \
    "\t<uuidLastOriginatingDsaInvocationID>" BY "</uuidLastOriginatingDsaInvocationID>\n" \
    "\t<usnOriginatingChange>16411</usnOriginatingChange>\n"                              \
    "\t<usnLocalChange>16412</usnLocalChange>\n"                                          \
    "\t<pszLastOriginatingDsaDN>CN=NTDS Settings</pszLastOriginatingDsaDN>\n"             \
    "</DS_REPL_VALUE_META_DATA>\n"

static struct bytes bytes_of(const char *text, size_t size)
{
    return (struct bytes){ .at = (uint8_t *)(uintptr_t)text, .size = size };
}

static void test_reads_what_windows_tells_of_a_link(void **state)
{
    static const char link[] = LINK; /* with the NUL that comes along */
    const struct bytes value = bytes_of(link, sizeof(link));
    OWNED(property_told_release) struct property_told told = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char by[GUID_TEXT_SIZE];

    (void)state;
    if (!property_told_read(&value, &told, &err))
        fail_msg("%s", err.text);
    assert_string_equal(told.attribute, "member");
    assert_string_equal(told.object, "CN=Ann & Bob,CN=Users,DC=target,DC=test");
    assert_int_equal(told.version.version, 3);
    assert_int_equal(told.version.written, 1795248000);
    assert_int_equal(told.version.usn, 16411);
    guid_format(&told.version.by, by);
    assert_string_equal(by, BY);
}

static const struct wrong {
    const char *name;
    const char *text;
    const char *says;
} wrongs[] = {
    { "told: nothing", "", "metadata of replication: " },
    { "told: no XML", "member;3", "metadata of replication: " },
    { "told: cut", "<A><pszAttributeName>member</pszAttributeName>", "metadata of replication: " },
    { "told: of no attribute", "<A><dwVersion>3</dwVersion></A>", "without an attribute" },
    { "told: a version that is none", "<A><dwVersion>-3</dwVersion></A>",
      "dwVersion: \"-3\" is no number" },
    { "told: a version that is too large", "<A><dwVersion>4294967296</dwVersion></A>",
      "is no number" },
    { "told: a database that is none",
      "<A><uuidLastOriginatingDsaInvocationID>x</uuidLastOriginatingDsaInvocationID></A>",
      "uuidLastOriginatingDsaInvocationID: " },
    { "told: entities", "<!DOCTYPE A [<!ENTITY a \"b\">]><A>&a;</A>", "metadata of replication: " },
};

static void run_wrong(void **state)
{
    const struct wrong *wrong = *state;
    const struct bytes value = bytes_of(wrong->text, strlen(wrong->text));
    struct property_told told = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(property_told_read(&value, &told, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    if (!strstr(err.text, wrong->says))
        fail_msg("\"%s\" does not say \"%s\"", err.text, wrong->says);
    assert_null(told.attribute);
}

/* Two entries, as Samba stores them: of 0x00020119, and of 0x00090583. */
static const uint8_t stored[] = {
    1,    0,    0,    0,    0,    0,    0,    0,    2,    0,    0,    0,    0,    0,    0,    0,
    0x19, 0x01, 0x02, 0x00, 1,    0,    0,    0,    0x5a, 0x73, 0x12, 0x21, 3,    0,    0,    0,
    0x22, 0xd8, 0xde, 0x53, 0xc1, 0xc0, 0x89, 0x40, 0xb3, 0x5e, 0xfb, 0x07, 0x1f, 0x76, 0xf2, 0xf9,
    0x0a, 0,    0,    0,    0,    0,    0,    0,    0x0a, 0,    0,    0,    0,    0,    0,    0,
    0x83, 0x05, 0x09, 0x00, 9,    0,    0,    0,    0x5a, 0x73, 0x12, 0x21, 3,    0,    0,    0,
    0x22, 0xd8, 0xde, 0x53, 0xc1, 0xc0, 0x89, 0x40, 0xb3, 0x5e, 0xfb, 0x07, 0x1f, 0x76, 0xf2, 0xf9,
    0x27, 0x0f, 0,    0,    0,    0,    0,    0,    0x28, 0x0f, 0,    0,    0,    0,    0,    0,
};

static void test_finds_an_attribute_in_what_samba_stores(void **state)
{
    const struct bytes value = bytes_of((const char *)stored, sizeof(stored));
    struct property_version version = { .version = 77 };
    struct ajar_error err = AJAR_NO_ERROR;
    char by[GUID_TEXT_SIZE];

    (void)state;
    assert_true(property_version_find(&value, 0x00090583, &version, &err));
    assert_int_equal(version.version, 9);
    assert_int_equal(version.usn, 0x0f27);
    assert_int_equal(version.written, 0x32112735aLL - 11644473600LL);
    guid_format(&version.by, by);
    assert_string_equal(by, BY);
    assert_true(property_version_find(&value, 0x00020001, &version, &err));
    assert_int_equal(version.version, 0);
}

static void test_no_part_of_it_is_taken_for_all(void **state)
{
    struct property_version version = { .version = 77 };

    (void)state;
    for (size_t size = 0; size < sizeof(stored); size++) {
        const struct bytes value = bytes_of((const char *)stored, size);
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(property_version_find(&value, 0x00090583, &version, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_int_equal(version.version, 77);
    }
}

static void test_numbers_of_attributes(void **state)
{
    static const struct {
        const char *identifier;
        uint32_t number; /* UINT32_MAX: not known */
    } rows[] = {
        { "1.2.840.113556.1.2.281", 0x00020119 },
        { "1.2.840.113556.1.4.1411", 0x00090583 },
        { "2.5.4.3", 0x00000003 },
        { "0.9.2342.19200300.100.1.25", 0x00150019 },
        { "2.16.840.1.113730.3.1.35", 0x00160023 },
        { "1.2.840.113556.1.4.16384", UINT32_MAX },
        { "1.2.840.113556.1.4.7000.1", UINT32_MAX },
        { "1.2.840.113556.1.4.", UINT32_MAX },
        { "1.3.6.1.4.1.99999.1", UINT32_MAX },
        { "", UINT32_MAX },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint32_t number = UINT32_MAX;

        assert_int_equal(property_number(rows[i].identifier, &number),
                         rows[i].number != UINT32_MAX);
        assert_int_equal(number, rows[i].number);
    }
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(test_reads_what_windows_tells_of_a_link),
        cmocka_unit_test(test_finds_an_attribute_in_what_samba_stores),
        cmocka_unit_test(test_no_part_of_it_is_taken_for_all),
        cmocka_unit_test(test_numbers_of_attributes),
    };
    struct CMUnitTest tests[LENGTH(others) + LENGTH(wrongs)];
    size_t count = LENGTH(others);

    memcpy(tests, others, sizeof(others));
    ADD_CASES(wrongs, run_wrong);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

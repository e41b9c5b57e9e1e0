/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sid.h"

#include "base/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct pair {
    const char *text;
    const char *hex;
} pairs[] = {
    { "S-1-0-0", "010100000000000000000000" },
    { "S-1-1-0", "010100000000000100000000" },
    { "S-1-5-7", "010100000000000507000000" },
    { "S-1-5-32-554", "01020000000000052000"
                      "00002a020000" },
    { "S-1-5-21-1-2-4294967295-500", "0105000000000005150000000100000002000000fffffffff4010000" },
    { "S-1-4294967295", "01000000ffffffff" },
    { "S-1-0x000100000000-7", "010100010000000007000000" },
    { "S-1-0xffffffffffff", "0100ffffffffffff" },
    { "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15",
      "010f00000000000501000000020000000300000004000000050000000600000007000000080000000900000"
      "00a0000000b0000000c0000000d0000000e0000000f000000" },
};

static void run_pair(void **state)
{
    const struct pair *pair = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes wanted = { 0 };
    char text[SID_TEXT_SIZE];
    struct sid parsed;
    struct sid decoded;

    assert_true(bytes_from_hex(pair->hex, &wanted, &err));
    assert_true(sid_parse(pair->text, &parsed, &err));
    assert_int_equal(parsed.size, wanted.size);
    assert_memory_equal(parsed.bytes, wanted.at, wanted.size);
    assert_true(sid_from_bytes(wanted.at, wanted.size, &decoded, &err));
    assert_true(sid_same(&parsed, &decoded));
    sid_format(&decoded, text);
    assert_string_equal(text, pair->text);
}

static const char *const no_sids[] = {
    "",
    "S",
    "S-1",
    "S-1-",
    "S-2-5-7",
    "S-1-5-",
    "S-1-5-x",
    "S-1-5-7 ",
    " S-1-5-7",
    "S-1-5--7",
    "S-1-5-4294967296",
    "S-1-0x1000000000000",
    "S-1-281474976710656",
    "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
    "everyone",
};

static void test_other_texts_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(no_sids); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct sid sid = { .size = 77 };

        assert_false(sid_parse(no_sids[i], &sid, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_int_equal(sid.size, 77);
    }
}

static void test_other_bytes_are_refused(void **state)
{
    static const uint8_t bytes[] = { 1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0, 0 };
    static const uint8_t revision[] = { 2, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0 };
    static const uint8_t too_many[8 + 4 * 16] = { 1, 16 };
    struct sid sid = { .size = 77 };

    (void)state;
    for (size_t size = 0; size <= sizeof(bytes); size++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct sid whole;

        if (size == 12)
            assert_true(sid_from_bytes(bytes, size, &whole, &err));
        else
            assert_false(sid_from_bytes(bytes, size, &sid, &err));
    }
    assert_false(sid_from_bytes(revision, sizeof(revision), &sid,
                                &(struct ajar_error){ .status = AJAR_FINE }));
    assert_false(sid_from_bytes(too_many, sizeof(too_many), &sid,
                                &(struct ajar_error){ .status = AJAR_FINE }));
    assert_int_equal(sid.size, 77);
}

static void test_the_longest_text_fits(void **state)
{
    static const char longest[] =
        "S-1-0xffffffffffff-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-"
        "4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-4294967295-"
        "4294967295";
    struct ajar_error err = AJAR_NO_ERROR;
    char text[SID_TEXT_SIZE];
    struct sid sid;

    (void)state;
    assert_true(sid_parse(longest, &sid, &err));
    sid_format(&sid, text);
    assert_string_equal(text, longest);
}

static void test_well_known_names(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct sid everyone;
    struct sid named;
    struct sid user;

    (void)state;
    assert_true(sid_parse("s-1-1-0", &everyone, &err));
    assert_string_equal(sid_well_known_name(&everyone), "Everyone");
    assert_true(sid_from_name("EveryOne", &named));
    assert_true(sid_same(&everyone, &named));
    assert_true(sid_from_name("pre-windows-2000-compatible-access", &named));
    assert_string_equal(sid_well_known_name(&named), "Pre-Windows 2000 Compatible Access");
    assert_true(sid_from_name("Anonymous Logon", &named));
    assert_false(sid_same(&everyone, &named));
    assert_true(sid_parse("S-1-5-21-1-2-3-500", &user, &err));
    assert_null(sid_well_known_name(&user));
    named = user;
    assert_false(sid_from_name("nobody in particular", &named));
    assert_true(sid_same(&user, &named));
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(pairs) + 4] = {
        cmocka_unit_test(test_other_texts_are_refused),
        cmocka_unit_test(test_other_bytes_are_refused),
        cmocka_unit_test(test_the_longest_text_fits),
        cmocka_unit_test(test_well_known_names),
    };

    for (size_t i = 0; i < LENGTH(pairs); i++)
        tests[4 + i] = (struct CMUnitTest){ .name = pairs[i].text,
                                            .test_func = run_pair,
                                            .initial_state = (void *)(uintptr_t)&pairs[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/registry_policy.h"

#include "base/text.h"
#include "base/utf16.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LSA "SYSTEM\\CurrentControlSet\\Control\\Lsa"

static void append(struct text *file, const void *bytes, size_t size)
{
    text_append_bytes(file, bytes, size);
}

static void append_utf16(struct text *file, const char *text, bool with_nul)
{
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(utf16_from_utf8(text, &utf16, &err));
    append(file, utf16.at, utf16.size);
    append(file, "\0", with_nul ? 2 : 0);
}

/* An instruction as [MS-GPREG] 2.2.1 has it. */
static void append_item(struct text *file, const char *key, const char *value, uint8_t type,
                        const void *data, uint8_t size)
{
    const uint8_t type_bytes[] = { type, 0, 0, 0 };
    const uint8_t size_bytes[] = { size, 0, 0, 0 };

    append_utf16(file, "[", false);
    append_utf16(file, key, true);
    append_utf16(file, ";", false);
    append_utf16(file, value, true);
    append_utf16(file, ";", false);
    append(file, type_bytes, 4);
    append_utf16(file, ";", false);
    append(file, size_bytes, 4);
    append_utf16(file, ";", false);
    append(file, data, size);
    append_utf16(file, "]", false);
}

static const char header[] = { 'P', 'R', 'e', 'g', 1, 0, 0, 0 };

static void make_file(struct text *file)
{
    append(file, header, sizeof(header));
    append_item(file, LSA, "RestrictAnonymous", 4, "\1\0\0\0", 4);
    append_item(file, "Software\\X", "", 1, "", 0);
}

static struct bytes bytes_of(const struct text *file, size_t size)
{
    return (struct bytes){ .at = (uint8_t *)file->at, .size = size };
}

static void test_a_file_is_read(void **state)
{
    OWNED(text_release) struct text file = TEXT_UP_TO(4096);
    OWNED(registry_policy_item_release) struct registry_policy_item first = { 0 };
    OWNED(registry_policy_item_release) struct registry_policy_item second = { 0 };
    struct registry_policy policy;
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes bytes;
    bool is_end = true;

    (void)state;
    make_file(&file);
    bytes = bytes_of(&file, file.size);
    assert_true(registry_policy_open(&bytes, &policy, &err));
    assert_true(registry_policy_next(&policy, &first, &is_end, &err));
    assert_false(is_end);
    assert_string_equal(first.key, LSA);
    assert_string_equal(first.value, "RestrictAnonymous");
    assert_int_equal(first.type, 4);
    assert_int_equal(first.data.size, 4);
    assert_int_equal(first.data.at[0], 1);
    assert_true(registry_policy_next(&policy, &second, &is_end, &err));
    assert_false(is_end);
    assert_string_equal(second.value, "");
    assert_int_equal(second.data.size, 0);
    assert_true(registry_policy_next(&policy, &second, &is_end, &err));
    assert_true(is_end);
}

/* Wherever it is cut, but behind an instruction, it is refused. */
static void test_a_file_that_is_cut_is_refused(void **state)
{
    OWNED(text_release) struct text file = TEXT_UP_TO(4096);
    size_t whole = 0;

    (void)state;
    make_file(&file);
    for (size_t size = 0; size <= file.size; size++) {
        struct bytes bytes = bytes_of(&file, size);
        struct registry_policy policy;
        struct ajar_error err = AJAR_NO_ERROR;
        bool is_end = false;
        bool ok = registry_policy_open(&bytes, &policy, &err);

        while (ok && !is_end) {
            OWNED(registry_policy_item_release) struct registry_policy_item item = { 0 };

            ok = registry_policy_next(&policy, &item, &is_end, &err);
            assert_true(ok || (!item.key && !item.value));
            assert_true(policy.position <= policy.size);
        }
        whole += ok ? 1 : 0;
        if (!ok)
            assert_int_equal(err.status, AJAR_EPROTOCOL);
    }
    assert_int_equal(whole, 3);
}

static void test_a_size_that_cannot_be_true_is_refused(void **state)
{
    OWNED(text_release) struct text file = TEXT_UP_TO(4096);
    struct registry_policy_item item = { .type = 77 };
    struct registry_policy policy;
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes bytes;
    bool is_end = true;

    (void)state;
    make_file(&file);
    bytes = bytes_of(&file, file.size);
    memset(bytes.at + bytes.size - 8, 0xff, 4); /* the last one's */
    assert_true(registry_policy_open(&bytes, &policy, &err));
    assert_true(registry_policy_next(&policy, &item, &is_end, &err));
    registry_policy_item_release(&item);
    item.type = 77;
    assert_false(registry_policy_next(&policy, &item, &is_end, &err));
    assert_non_null(strstr(err.text, "damaged at byte"));
    assert_int_equal(item.type, 77);
}

static const struct touch_case {
    const char *name;
    const char *key;
    const char *value;
    const char *data; /* a string */
    bool touches;
} touch_cases[] = {
    { "touches: by its name", LSA, "RestrictAnonymous", "", true },
    { "touches: in any case", "system\\currentcontrolset\\control\\LSA", "restrictanonymous", "",
      true },
    { "touches: deletes it", LSA, "**del.RestrictAnonymous", "", true },
    { "touches: sets it when it is not there", LSA, "**soft.RestrictAnonymous", "", true },
    { "touches: deletes all", LSA, "**DelVals.", " ", true },
    { "touches: deletes a list", LSA, "**DeleteValues", "x;RestrictAnonymous;y", true },
    { "touches: deletes its key", "SYSTEM\\CurrentControlSet\\Control", "**DeleteKeys", "x;Lsa",
      true },
    { "touches: deletes a key above", "SYSTEM", "**DeleteKeys", "CurrentControlSet", true },
    { "touches: deletes a key at the top", "", "**DeleteKeys", "SYSTEM", true },
    { "touches not: another value", LSA, "RestrictAnonymousSAM", "", false },
    { "touches not: another key", LSA "2", "RestrictAnonymous", "", false },
    { "touches not: deletes another", LSA, "**del.RestrictAnonymousSAM", "", false },
    { "touches not: deletes other values", LSA, "**DeleteValues", "RestrictAnonymousSAM", false },
    { "touches not: deletes other keys", "SYSTEM\\CurrentControlSet\\Control", "**DeleteKeys",
      "Ls;Lsa2", false },
    { "touches not: deletes a key below", LSA, "**DeleteKeys", "Lsa", false },
    { "touches not: deletes all of another", LSA "\\x", "**DelVals.", " ", false },
};

static void run_touch_case(void **state)
{
    const struct touch_case *row = *state;
    OWNED(bytes_release) struct bytes data = { 0 };
    struct registry_policy_item item = { .key = (char *)(uintptr_t)row->key,
                                         .value = (char *)(uintptr_t)row->value };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(utf16_from_utf8(row->data, &data, &err));
    item.data = data;
    assert_int_equal(registry_policy_touches(&item, LSA, "RestrictAnonymous"), row->touches);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(touch_cases) + 3] = {
        cmocka_unit_test(test_a_file_is_read),
        cmocka_unit_test(test_a_file_that_is_cut_is_refused),
        cmocka_unit_test(test_a_size_that_cannot_be_true_is_refused),
    };

    for (size_t i = 0; i < LENGTH(touch_cases); i++)
        tests[i + 3] = (struct CMUnitTest){ .name = touch_cases[i].name,
                                            .test_func = run_touch_case,
                                            .initial_state = (void *)(uintptr_t)&touch_cases[i] };
    return cmocka_run_group_tests_name("registry_policy", tests, NULL, NULL);
}

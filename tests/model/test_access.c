/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/access.h"

#include "model/sddl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define GUID_1 "91d67418-0135-4acc-8d79-c08e857cfbec"
#define GUID_2 "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"

/* Whoever asks is Everyone (WD) and in Pre-Windows 2000 Compatible Access (RU). */
static const struct checking {
    const char *name;
    const char *entries[4]; /* put there in this order; "X" in front: it has a condition, "I": it is
                             * inherited */
    const char *right;
    enum access_verdict verdict;
    size_t entry; /* the index of the one that decides */
    uint32_t missing;
} checkings[] = {
    { "checks: nothing is there", { NULL }, "read", ACCESS_NOT_GIVEN, 0, 0x20094 },
    { "checks: read", { "(A;;GR;;;RU)" }, "read", ACCESS_GRANTED, 0, 0 },
    { "checks: more", { "(A;;GA;;;WD)" }, "read", ACCESS_GRANTED, 0, 0 },
    { "checks: in two parts",
      { "(A;;RPLC;;;WD)", "(A;;LORC;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: a part is missing", { "(A;;RPLC;;;WD)" }, "read", ACCESS_NOT_GIVEN, 0, 0x20080 },
    { "checks: somebody else", { "(A;;GA;;;AU)" }, "read", ACCESS_NOT_GIVEN, 0, 0x20094 },
    { "checks: inherited", { "I(A;CI;GR;;;RU)" }, "read", ACCESS_GRANTED, 0, 0 },
    { "checks: for children alone", { "(A;CIIO;GR;;;RU)" }, "read", ACCESS_NOT_GIVEN, 0, 0x20094 },
    { "checks: denied for children alone",
      { "(D;CIIO;GR;;;RU)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: denied first", { "(D;;LC;;;WD)", "(A;;GR;;;RU)" }, "read", ACCESS_DENIED, 0, 0 },
    { "checks: denied after it was granted",
      { "(A;;GR;;;RU)", "I(D;CI;LC;;;WD)" },
      "read",
      ACCESS_GRANTED,
      0,
      0 },
    { "checks: another right is denied",
      { "(D;;WP;;;WD)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: denied to somebody else",
      { "(D;;GA;;;AN)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: an extended right",
      { "(OA;;CR;" GUID_1 ";;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_GRANTED,
      0,
      0 },
    { "checks: another extended right",
      { "(OA;;CR;" GUID_2 ";;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_NOT_GIVEN,
      0,
      0x100 },
    { "checks: all extended rights",
      { "(A;;CR;;;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_GRANTED,
      0,
      0 },
    { "checks: all extended rights, for a class of children",
      { "(OA;CI;CR;;" GUID_2 ";RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_GRANTED,
      0,
      0 },
    { "checks: one extended right is not all",
      { "(OA;;CR;" GUID_1 ";;RU)" },
      "CR",
      ACCESS_NOT_GIVEN,
      0,
      0x100 },
    { "checks: an extended right is denied",
      { "(OD;;CR;" GUID_1 ";;WD)", "(A;;GA;;;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_DENIED,
      0,
      0 },
    { "checks: another one is denied",
      { "(OD;;CR;" GUID_2 ";;WD)", "(A;;GA;;;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: all are denied",
      { "(D;;CR;;;WD)", "(OA;;CR;" GUID_1 ";;RU)" },
      "enumerate-entire-sam-domain",
      ACCESS_DENIED,
      0,
      0 },
    { "checks: granted on a condition", { "X(A;;GR;;;RU)" }, "read", ACCESS_DEPENDS, 0, 0 },
    { "checks: denied on a condition",
      { "X(D;;LC;;;RU)", "(A;;GR;;;WD)" },
      "read",
      ACCESS_DEPENDS,
      0,
      0 },
    { "checks: granted on a condition, and without",
      { "X(A;;GR;;;RU)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
    { "checks: denied on a condition, and without",
      { "X(D;;GR;;;RU)", "(D;;GR;;;RU)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_DENIED,
      0,
      0 },
    { "checks: a condition for somebody else",
      { "X(A;;GR;;;AU)" },
      "read",
      ACCESS_NOT_GIVEN,
      0,
      0x20094 },
    { "checks: a condition for another right",
      { "X(D;;WP;;;RU)", "(A;;GR;;;RU)" },
      "read",
      ACCESS_GRANTED,
      1,
      0 },
};

/* One entry of a descriptor, as if it had been read. */
static void make_entry(const char *text, struct descriptor_ace *ret_entry)
{
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    bool has_condition = text[0] == 'X';
    bool is_inherited = text[0] == 'I';

    assert_true(sddl_parse(text + (has_condition || is_inherited ? 1 : 0), &ace, &err));
    if (has_condition)
        ace.ace.type = ace.ace.type == ACE_ALLOW ? ACE_ALLOW_CALLBACK : ACE_DENY_CALLBACK;
    if (is_inherited)
        ace.ace.flags |= ACE_INHERITED;
    *ret_entry = (struct descriptor_ace){ .type = ace.ace.type,
                                          .flags = ace.ace.flags,
                                          .is_read = true,
                                          .has_tail = has_condition,
                                          .ace = ace.ace };
}

static void run_checking(void **state)
{
    const struct checking *row = *state;
    struct descriptor_ace entries[LENGTH(row->entries)] = { 0 };
    struct descriptor descriptor = { .aces = entries };
    struct ajar_error err = AJAR_NO_ERROR;
    struct access access = { 0 };
    struct right right = { 0 };
    struct sid sids[2];

    assert_true(sid_parse("S-1-1-0", &sids[0], &err));
    assert_true(sid_parse("S-1-5-32-554", &sids[1], &err));
    while (descriptor.count < LENGTH(row->entries) && row->entries[descriptor.count]) {
        make_entry(row->entries[descriptor.count], &entries[descriptor.count]);
        descriptor.count++;
    }
    assert_true(right_parse(row->right, &right, &err));
    access_check(&descriptor, sids, LENGTH(sids), &right, &access);
    assert_int_equal(access.verdict, row->verdict);
    if (row->verdict == ACCESS_NOT_GIVEN)
        assert_int_equal(access.missing, row->missing);
    else
        assert_int_equal(access.entry, row->entry);
}

static void test_what_cannot_be_read_gives_nothing(void **state)
{
    struct descriptor_ace entries[1] = { 0 };
    struct descriptor descriptor = { .aces = entries, .count = 1 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct access access = { 0 };
    struct right right = { 0 };
    struct sid everyone;

    (void)state;
    make_entry("(A;;GR;;;WD)", &entries[0]);
    entries[0].is_read = false;
    assert_true(sid_parse("S-1-1-0", &everyone, &err));
    assert_true(right_parse("read", &right, &err));
    access_check(&descriptor, &everyone, 1, &right, &access);
    assert_int_equal(access.verdict, ACCESS_NOT_GIVEN);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(checkings) + 1] = {
        cmocka_unit_test(test_what_cannot_be_read_gives_nothing),
    };
    size_t count = 1;

    for (size_t i = 0; i < LENGTH(checkings); i++)
        tests[count++] = (struct CMUnitTest){ .name = checkings[i].name,
                                              .test_func = run_checking,
                                              .initial_state = (void *)(uintptr_t)&checkings[i] };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/guid_list.h"

#include "provider/section.h"
#include "rows.h"

#define ONE "338cd001-2244-31f1-aaaa-900038001003"
#define TWO "b891884f-051e-4a83-95af-2544101c9083"

static const struct row {
    const char *name;
    const char *field; /* "" when there is none */
    size_t count;
    const char *says; /* NULL: it is read */
} rows[] = {
    { "no such field", "", 0, NULL },
    { "empty", "connectors =\n", 0, NULL },
    { "none", "connectors = none\n", 0, NULL },
    { "one", "connectors = " ONE "\n", 1, NULL },
    { "with braces, in upper case", "connectors = {338CD001-2244-31F1-AAAA-900038001003}\n", 1,
      NULL },
    { "two, with many blanks", "connectors = " ONE "   " TWO "\n", 2, NULL },
    { "continued", "connectors = " ONE "\nconnectors+ = " TWO "\n", 2, NULL },
    { "no GUID", "connectors = contoso.com\n", 0,
      "plan.ini:2: connectors: \"contoso.com\" is no GUID, as" },
    { "a GUID and none", "connectors = " ONE " none\n", 0, "plan.ini:2: connectors: \"none\" is" },
    { "cut", "connectors = 338cd001-2244-31f1-aaaa-90003800100\n", 0, "plan.ini:2: connectors: " },
    { "with a comma", "connectors = " ONE "," TWO "\n", 0, "plan.ini:2: connectors: " },
    { "twice", "connectors = " ONE " {" ONE "}\n", 0,
      "plan.ini:2: connectors: {" ONE "} stands there twice" },
};

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(free) char *text = text_make("[require test]\n%s", row->field);
    OWNED(section_release) struct section section = { 0 };
    struct guid_list list = { .count = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_HOST, "pes1.source.test");
    assert_int_equal(guid_list_read(&section.setting, "connectors", &list, &err), !row->says);
    assert_int_equal(list.count, row->says ? 77 : row->count);
    if (row->says)
        assert_plan_error(&err, row->says);
}

static void test_they_are_found_again(void **state)
{
    OWNED(section_release) struct section section = { 0 };
    struct guid_list list = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct guid guid;

    (void)state;
    section_read(&section, "[require test]\nconnectors = " ONE " " TWO "\n", PLACE_HOST, "h");
    assert_true(guid_list_read(&section.setting, "connectors", &list, &err));
    assert_true(guid_parse("{" TWO "}", &guid, &err));
    assert_true(guid_list_has(&list, &guid));
    guid.bytes[15] ^= 1;
    assert_false(guid_list_has(&list, &guid));
}

static void test_there_is_room_for_so_many(void **state)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4000);
    OWNED(section_release) struct section section = { 0 };
    struct guid_list list = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    text_append(&text, "[require test]\nconnectors = " ONE "\n");
    for (int i = 1; i <= GUID_LIST_ROOM; i++)
        text_format(&text, "connectors+ = b891884f-051e-4a83-95af-%012x\n", (unsigned)i);
    section_read(&section, text_peek(&text), PLACE_HOST, "h");
    assert_false(guid_list_read(&section.setting, "connectors", &list, &err));
    assert_plan_error(&err, "plan.ini:2: connectors: at most 32");
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 2] = {
        cmocka_unit_test(test_they_are_found_again),
        cmocka_unit_test(test_there_is_room_for_so_many),
    };
    size_t count = 2;

    ADD_CASES(rows, run_row);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

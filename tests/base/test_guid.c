/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/guid.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct guid winreg = { { 0x01, 0xd0, 0x8c, 0x33, 0x44, 0x22, 0xf1, 0x31, 0xaa, 0xaa,
                                      0x90, 0x00, 0x38, 0x00, 0x10, 0x03 } };

static void test_text_and_bytes(void **state)
{
    static const char *const texts[] = {
        "338cd001-2244-31f1-aaaa-900038001003",
        "338CD001-2244-31F1-AAAA-900038001003",
        "{338cd001-2244-31f1-aaaa-900038001003}",
    };
    char text[GUID_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct guid guid = { { 0 } };

        assert_false(guid_same(&guid, &winreg));
        assert_true(guid_parse(texts[i], &guid, &err));
        assert_true(guid_same(&guid, &winreg));
    }
    guid_format(&winreg, text);
    assert_string_equal(text, texts[0]);
}

static void test_other_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "338cd001-2244-31f1-aaaa-90003800100",
        "338cd001-2244-31f1-aaaa-9000380010033",
        "338cd001-2244-31f1-aaaa-90003800100g",
        "338cd001-2244-31f1-aaaa9-00038001003",
        "338cd001 2244 31f1 aaaa 900038001003",
        "338cd00122443-1f1-aaaa-900038001003-",
        "{338cd001-2244-31f1-aaaa-900038001003",
        "338cd001-2244-31f1-aaaa-900038001003}",
        "338cd00122443 1f1aaaa900038001003",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        struct guid guid = winreg;

        assert_false(guid_parse(texts[i], &guid, &err));
        assert_int_equal(err.status, AJAR_EPLAN);
        assert_true(guid_same(&guid, &winreg));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_and_bytes),
        cmocka_unit_test(test_other_texts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bits and characters inside of values, and what is left when they are put back.
 */
#include "base/text.h"
#include "provider/attribute_part.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BITS(mask_)                             \
    {                                           \
        .form = ATTRIBUTE_BITS, .mask = (mask_) \
    }
#define AT(position_)                                        \
    {                                                        \
        .form = ATTRIBUTE_CHARACTER, .position = (position_) \
    }

static const struct read_case {
    const char *name;
    struct attribute_part part;
    const char *value;
    const char *text; /* NULL: refused */
} read_cases[] = {
    { "read: bits of an absent value", BITS(0x40), NULL, "0x0" },
    { "read: a bit that is set", BITS(0x40), "72", "0x40" },
    { "read: a bit that is clear", BITS(0x4), "72", "0x0" },
    { "read: some of several bits", BITS(0x44), "72", "0x40" },
    { "read: bits of a negative value", BITS(0x80000004), "-2147483644", "0x80000004" },
    { "read: all bits", BITS(0xffffffff), "-1", "0xffffffff" },
    { "read: bits of an unsigned value", BITS(0x80000000), "4294967295", "0x80000000" },
    { "read: bits of a text", BITS(0x40), "0000002", "0x0" },
    { "read: bits of no number", BITS(0x40), "a", NULL },
    { "read: bits of a 64-bit number", BITS(0x40), "-864000000000", NULL },
    { "read: a character of an absent value", AT(7), NULL, "0" },
    { "read: the tenth of an absent value", AT(10), NULL, "1" },
    { "read: a character", AT(7), "0000002", "2" },
    { "read: the first", AT(1), "abc", "a" },
    { "read: the last", AT(3), "abc", "c" },
    { "read: behind the last", AT(4), "abc", "0" },
    { "read: a character of what is not ASCII", AT(1),
      "\xc3\xa4"
      "b",
      NULL },
    { "read: a character of what has blanks", AT(1), "a b", NULL },
};

static void run_read_case(void **state)
{
    const struct read_case *row = *state;
    char text[BITS_TEXT_SIZE] = "before";
    struct ajar_error err = AJAR_NO_ERROR;

    assert_int_equal(attribute_part_of(&row->part, row->value, text, &err), row->text != NULL);
    assert_string_equal(text, row->text ? row->text : "before");
    if (!row->text)
        assert_int_equal(err.status, AJAR_ECONFLICT);
}

#define KEPT       \
    {              \
        true, NULL \
    }
#define WAS(before_)     \
    {                    \
        false, (before_) \
    }
#define WAS_ABSENT  \
    {               \
        false, NULL \
    }

static const struct put_case {
    const char *name;
    struct attribute_part part;
    const char *live;
    const char *text;
    struct attribute_rest rest;
    const char *value; /* NULL: none is left */
} put_cases[] = {
    { "put: a bit", BITS(0x40), "8", "0x40", KEPT, "72" },
    { "put: a bit into an absent value", BITS(0x40), NULL, "0x40", KEPT, "64" },
    { "put: no bit into an absent value", BITS(0x40), NULL, "0x0", KEPT, NULL },
    { "put: a bit that is there", BITS(0x40), "072", "0x40", KEPT, "072" },
    { "put: the last bit goes", BITS(0x40), "64", "0x0", KEPT, "0" },
    { "put: the highest bit", BITS(0x80000000), "4", "0x80000000", KEPT, "-2147483644" },
    { "put: the highest bit goes", BITS(0x80000000), "-2147483644", "0x0", KEPT, "4" },
    { "put: one bit of a negative value", BITS(0x4), "-2147483644", "0x0", KEPT, "-2147483648" },
    { "put: one for another", BITS(0xa00), "512", "0x800", KEPT, "2048" },
    { "put back: a bit", BITS(0x40), "72", "0x0", WAS("8"), "8" },
    { "put back: a bit of 0", BITS(0x40), "64", "0x0", WAS("0"), "0" },
    { "put back: a bit of an absent value", BITS(0x40), "64", "0x0", WAS_ABSENT, NULL },
    { "put back: somebody else's bit stays", BITS(0x40), "65", "0x0", WAS("8"), "1" },
    { "put back: somebody else's bit stays, where none was", BITS(0x40), "65", "0x0", WAS_ABSENT,
      "1" },
    { "put back: a bit that was cleared", BITS(0x4), "8", "0x4", WAS("12"), "12" },
    { "put back: into what somebody else deleted", BITS(0x4), NULL, "0x4", WAS("12"), "4" },
    { "put back: somebody else's 0 stays", BITS(0x40), "0", "0x0", WAS_ABSENT, "0" },

    { "put: the 7th into an absent value", AT(7), NULL, "2", KEPT, "0000002" },
    { "put: the 1st into an absent value", AT(1), NULL, "1", KEPT, "1" },
    { "put: the 7th of a short value", AT(7), "001", "2", KEPT, "0010002" },
    { "put: the 7th of a long value", AT(7), "0010000001000", "2", KEPT, "0010002001000" },
    { "put: the 7th that is so", AT(7), "0010002", "2", KEPT, "0010002" },
    { "put: the default of a short value", AT(7), "001", "0", KEPT, "001" },
    { "put: the default of an absent value", AT(7), NULL, "0", KEPT, NULL },
    { "put: the last goes", AT(7), "0010002", "0", KEPT, "0010000" },
    { "put: the 9th has no tenth", AT(9), NULL, "1", KEPT, "000000001" },
    { "put: the 11th counts the tens", AT(11), NULL, "1", KEPT, "00000000011" },
    { "put: the 21st counts them twice", AT(21), "0000002", "f", KEPT, "00000020010000000002f" },
    { "put: the 31st of 20", AT(31), "00000000010000000002", "1", KEPT,
      "0000000001000000000200000000031" },
    { "put: what others wrote at the 10th stays", AT(11), "0000000000", "1", KEPT, "00000000001" },
    { "put back: the 7th of an absent value", AT(7), "0000002", "0", WAS_ABSENT, NULL },
    { "put back: the 7th of a short value", AT(7), "0010002", "0", WAS("001"), "001" },
    { "put back: the 7th of a padded value", AT(7), "0010002", "0", WAS("00100"), "00100" },
    { "put back: the 7th of a long value", AT(7), "0010002001000", "0", WAS("0010000001000"),
      "0010000001000" },
    { "put back: the 7th as it was", AT(7), "0010002", "1", WAS("0010001"), "0010001" },
    { "put back: the 21st, with its tens", AT(21), "00000020010000000002f", "0", WAS("0000002"),
      "0000002" },
    { "put back: the 21st of an absent value", AT(21), "00000000010000000002f", "0", WAS_ABSENT,
      NULL },
    { "put back: somebody else's character stays", AT(7), "0020002", "0", WAS_ABSENT, "002" },
    { "put back: a later one of somebody else stays", AT(7), "000000200131", "0", WAS_ABSENT,
      "000000000131" },
    { "put back: before another setting's", AT(7), "001000201", "0", WAS("001"), "001000001" },
    { "put back: behind another setting's", AT(9), "001000201", "0", WAS("001"), "0010002" },
    { "put back: what somebody else deleted", AT(7), NULL, "1", WAS("0010001"), "0000001" },
};

static void run_put_case(void **state)
{
    const struct put_case *row = *state;
    OWNED(free) char *value = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(attribute_part_put(&row->part, row->live, row->text, &row->rest, &value, &err));
    if (row->value)
        assert_non_null(value);
    else
        assert_null(value);
    if (row->value)
        assert_string_equal(value, row->value);
}

static const struct refused_case {
    const char *name;
    const char *live;
    const char *text;
    enum ajar_status status;
} refused_cases[] = {
    { "refused: a value without bits", "x", "0x40", AJAR_ECONFLICT },
    { "refused: bits that were damaged", "8", "4o", AJAR_EJOURNAL },
};

static void run_refused_case(void **state)
{
    const struct refused_case *row = *state;
    const struct attribute_part part = BITS(0x40);
    const struct attribute_rest rest = KEPT;
    char untouched[] = "before";
    char *value = untouched;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(attribute_part_put(&part, row->live, row->text, &rest, &value, &err));
    assert_int_equal(err.status, row->status);
    assert_ptr_equal(value, untouched);
}

static void test_default_characters(void **state)
{
    static const char defaults[] = "000000000100000000020000000003";

    (void)state;
    for (size_t i = 0; i < strlen(defaults); i++)
        assert_int_equal(attribute_default_character(i + 1), defaults[i]);
    assert_int_equal(attribute_default_character(90), '9');
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(read_cases) + LENGTH(put_cases) + LENGTH(refused_cases) + 1] = {
        cmocka_unit_test(test_default_characters),
    };
    size_t count = 1;

    ADD_CASES(read_cases, run_read_case);
    ADD_CASES(put_cases, run_put_case);
    ADD_CASES(refused_cases, run_refused_case);
    return cmocka_run_group_tests_name("attribute_part", tests, NULL, NULL);
}

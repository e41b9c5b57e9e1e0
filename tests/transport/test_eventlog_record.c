/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records as smbd 4.17 gives them, and what can be wrong with one.
 */
#include "transport/rpc/eventlog_record.h"

#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Number 3 of type information, with two strings; then number 5, a warning without any. */
#define FIRST                                                                                  \
    "dc0000004c664c65030000001fb1016b1fb1016b8e0200400400020000000000000000007400000000000000" \
    "7400000000000000d40000004400690072006500630074006f00720079002000530079006e00630068007200" \
    "6f006e0069007a006100740069006f006e0000006400630032000000500072006f0076006900730069006f00" \
    "6e0069006e0067002000630072006500640065006e007400690061006c0073002000700069006e0067002000" \
    "65006e0064002e0000005a0077006500690074006500200047007200f600df006500000000000000dc000000"
#define SECOND                                                                                 \
    "580000004c664c6505000000e7b1016be7b1016b000000000200000000000000000000005000000000000000" \
    "5000000000000000500000005300650072007600690063006500000064006300320000000000000058000000"

enum { SIZE = 0xdc };

static struct bytes bytes_of(const char *hex)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes bytes = { 0 };

    assert_true(bytes_from_hex(hex, &bytes, &err));
    return bytes;
}

static struct eventlog_block block_of(const struct bytes *bytes)
{
    return (struct eventlog_block){ .at = bytes->at, .size = bytes->size };
}

static void test_records_follow_each_other(void **state)
{
    OWNED(bytes_release) struct bytes bytes = bytes_of(FIRST SECOND);
    OWNED(event_release) struct event first = { 0 };
    OWNED(event_release) struct event second = { 0 };
    OWNED(event_release) struct event none = { .record = 77 };
    struct eventlog_block block = block_of(&bytes);
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = true;

    (void)state;
    assert_true(eventlog_take_record(&block, &first, &is_end, &err));
    assert_false(is_end);
    assert_int_equal(first.record, 3);
    assert_int_equal(first.id, 654);
    assert_int_equal(first.written, 0x6b01b11f);
    assert_string_equal(event_type_name(first.type), "information");
    assert_string_equal(first.source, "Directory Synchronization");
    assert_int_equal(first.count, 2);
    assert_string_equal(first.strings[0], "Provisioning credentials ping end.");
    assert_string_equal(first.strings[1], "Zweite Größe");
    assert_true(eventlog_take_record(&block, &second, &is_end, &err));
    assert_int_equal(second.record, 5);
    assert_int_equal(second.id, 0);
    assert_string_equal(event_type_name(second.type), "warning");
    assert_string_equal(second.source, "Service");
    assert_int_equal(second.count, 0);
    assert_true(eventlog_take_record(&block, &none, &is_end, &err));
    assert_true(is_end);
    assert_int_equal(none.record, 77);
}

/* What the file of a log has between records. */
static void test_filling_is_passed_over(void **state)
{
    OWNED(bytes_release)
    struct bytes bytes =
        bytes_of("2700000027000000" SECOND "2800000011111111222222223333333344444444"
                 "3000000030000000010000000100000028000000" FIRST "27000000");
    struct eventlog_block block = block_of(&bytes);
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t numbers[2] = { 0 };
    bool is_end = false;

    (void)state;
    for (size_t i = 0; i < LENGTH(numbers); i++) {
        OWNED(event_release) struct event event = { 0 };

        assert_true(eventlog_take_record(&block, &event, &is_end, &err));
        assert_false(is_end);
        numbers[i] = event.record;
    }
    assert_int_equal(numbers[0], 5);
    assert_int_equal(numbers[1], 3);
    assert_true(eventlog_take_record(&block, &(struct event){ 0 }, &is_end, &err));
    assert_true(is_end);
}

/* A record with four bytes set to something else. */
static const struct damage {
    const char *name;
    size_t at;
    uint32_t number;
    const char *says;   /* NULL: it is read, ... */
    const char *string; /* ... and this is the first string; NULL: it has none */
} damages[] = {
    { "it is whole", 0, SIZE, NULL, "Provisioning credentials ping end." },
    { "length: smaller than any record", 0, 56, "says that it has 56 bytes, of 220", NULL },
    { "length: no bytes", 0, 0, "says that it has 0 bytes, of 220", NULL },
    { "length: more than there are", 0, SIZE + 4, "says that it has 224 bytes, of 220", NULL },
    { "length: huge", 0, 0xffffffff, "says that it has 4294967295 bytes", NULL },
    { "length: shorter than the last one says", 0, SIZE - 4,
      "record 3 of the event log: it does not end with its length", NULL },
    { "length: the last one differs", SIZE - 4, SIZE - 4, "it does not end with its length", NULL },
    { "signature", 4, 0x654c664d, "record 3 of the event log: it does not look like one", NULL },
    { "strings: in front of the record", 36, 12, "its strings are outside of it", NULL },
    { "strings: behind it", 36, SIZE, "its strings are outside of it", NULL },
    { "strings: huge", 36, 0xfffffff0, "its strings are outside of it", NULL },
    { "strings: at the last length", 36, SIZE - 4, "its strings are outside of it", NULL },
    { "strings: at an odd place", 36, 0x75, NULL, "\xe7\x88\x80" },
    { "strings: more than it holds", 24, 0xffff0004, NULL, "Provisioning credentials ping end." },
    { "user: outside", 44, SIZE, NULL, "Provisioning credentials ping end." },
    { "data: nowhere, without any", 52, 0xffffffff, NULL, "Provisioning credentials ping end." },
    { "data: huge", 48, 0xffffffff, "its data are outside of it", NULL },
    { "user: huge", 40, 0xffffffff, "its user is outside of it", NULL },
};

static void put(struct bytes *bytes, size_t at, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        bytes->at[at + i] = (uint8_t)(number >> (8 * i));
}

static void run_damage(void **state)
{
    const struct damage *row = *state;
    OWNED(bytes_release) struct bytes bytes = bytes_of(FIRST);
    OWNED(event_release) struct event event = { .record = 77 };
    struct eventlog_block block = block_of(&bytes);
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = false;
    bool ok;

    assert_int_equal(bytes.size, SIZE);
    put(&bytes, row->at, row->number);
    ok = eventlog_take_record(&block, &event, &is_end, &err);
    assert_int_equal(ok, row->says == NULL);
    assert_int_equal(event.record, ok ? 3 : 77);
    assert_false(is_end);
    if (ok && row->string && strncmp(event.strings[0], row->string, strlen(row->string)) != 0)
        fail_msg("%s", event.strings[0]);
    if (ok)
        return;
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_int_equal(block.size, SIZE);
    if (!strstr(err.text, row->says))
        fail_msg("%s", err.text);
}

/* Each cut of it is refused, and read without a look behind its end. */
static void test_cuts(void **state)
{
    OWNED(bytes_release) struct bytes whole = bytes_of(FIRST);

    (void)state;
    for (size_t size = 1; size < whole.size; size++) {
        OWNED(bytes_release) struct bytes cut = { 0 };
        struct eventlog_block block;
        struct event event = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;
        bool is_end = false;

        assert_true(bytes_copy(whole.at, size, &cut, &err));
        block = block_of(&cut);
        assert_false(eventlog_take_record(&block, &event, &is_end, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
    }
}

static void test_a_text_without_a_nul_ends_where_the_next_part_begins(void **state)
{
    OWNED(bytes_release) struct bytes bytes = bytes_of(SECOND);
    OWNED(event_release) struct event event = { 0 };
    struct eventlog_block block = block_of(&bytes);
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = false;

    (void)state;
    bytes.at[26] = 2;  /* strings, ... */
    bytes.at[36] = 64; /* ... from the fifth character of the source ... */
    bytes.at[48] = 8;  /* ... up to eight bytes of data */
    bytes.at[52] = 70;
    assert_true(eventlog_take_record(&block, &event, &is_end, &err));
    assert_string_equal(event.source, "Serv");
    assert_int_equal(event.count, 1);
    assert_string_equal(event.strings[0], "ice");
}

static void test_half_a_pair_is_replaced(void **state)
{
    OWNED(bytes_release) struct bytes bytes = bytes_of(SECOND);
    OWNED(event_release) struct event event = { 0 };
    struct eventlog_block block = block_of(&bytes);
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = false;

    (void)state;
    put(&bytes, 58, 0xd7ffd83d);
    assert_true(eventlog_take_record(&block, &event, &is_end, &err));
    assert_string_equal(event.source, "S\xef\xbf\xbd\xed\x9f\xbfvice");
    assert_true(text_is_utf8(event.source, strlen(event.source)));
}

static void test_types_have_names(void **state)
{
    (void)state;
    assert_string_equal(event_type_name(EVENT_ERROR), "error");
    assert_string_equal(event_type_name(EVENT_AUDIT_FAILURE), "audit failure");
    assert_string_equal(event_type_name(3), "type");
}

int main(void)
{
    struct CMUnitTest tests[6 + LENGTH(damages)] = {
        cmocka_unit_test(test_records_follow_each_other),
        cmocka_unit_test(test_filling_is_passed_over),
        cmocka_unit_test(test_cuts),
        cmocka_unit_test(test_a_text_without_a_nul_ends_where_the_next_part_begins),
        cmocka_unit_test(test_half_a_pair_is_replaced),
        cmocka_unit_test(test_types_have_names),
    };
    size_t count = 6;

    ADD_CASES(damages, run_damage);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

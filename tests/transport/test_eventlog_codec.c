/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes were recorded with smbd 4.17; those of what it never says follow [MS-EVEN].
 */
#include "transport/rpc/eventlog_codec.h"

#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HANDLE "0000000001c5731ce4f4d646a65fe3ce77beaf4d"

enum { ROOM = 16 };

static void assert_request(const struct bytes *request, const char *expected)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *hex = NULL;

    assert_true(bytes_to_hex(request->at, request->size, &hex, &err));
    assert_string_equal(hex, expected);
}

static struct eventlog_handle handle(void)
{
    struct eventlog_handle log = { { 0 } };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };

    assert_true(bytes_from_hex(HANDLE, &bytes, &err));
    memcpy(log.bytes, bytes.at, sizeof(log.bytes));
    return log;
}

static void test_open(void **state)
{
    OWNED(bytes_release) struct bytes request = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(eventlog_write_open("Application", &request, &err));
    assert_request(&request, "0000000016001600000002000b000000000000000b000000"
                             "4100700070006c00690063006100740069006f006e000000"
                             "00000000000000000100000001000000");
}

static void test_requests_of_a_handle(void **state)
{
    struct eventlog_handle log = handle();
    OWNED(bytes_release) struct bytes alone = { 0 };
    OWNED(bytes_release) struct bytes on = { 0 };
    OWNED(bytes_release) struct bytes from = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(eventlog_write_handle(&log, "CloseEL", &alone, &err));
    assert_request(&alone, HANDLE);
    assert_true(eventlog_write_read(&log, 0, 0x10000, &on, &err));
    assert_request(&on, HANDLE "090000000000000000000100");
    assert_true(eventlog_write_read(&log, 5, 0x10000, &from, &err));
    assert_request(&from, HANDLE "0a0000000500000000000100");
}

static const struct name_case {
    const char *name;
    const char *log;
    size_t repeat;
    const char *says;
} name_cases[] = {
    { "a log without a name", "", 1, "1 to 255 fit" },
    { "the longest name", "0123456789abcde", 17, NULL },
    { "a name that is too long", "0123456789abcdef", 16, "of 256 characters: 1 to 255 fit" },
    { "a name that is not UTF-8", "\xff", 1, "name of an event log: text is not UTF-8" },
};

static void run_name_case(void **state)
{
    const struct name_case *row = *state;
    OWNED(bytes_release) struct bytes request = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char name[300] = "";

    for (size_t i = 0; i < row->repeat; i++)
        memcpy(name + i * strlen(row->log), row->log, strlen(row->log) + 1);
    assert_int_equal(eventlog_write_open(name, &request, &err), row->says == NULL);
    assert_int_equal(request.size > 0, row->says == NULL);
    assert_int_equal(err.status, row->says ? AJAR_EPLAN : AJAR_FINE);
    if (row->says)
        assert_non_null(strstr(err.text, row->says));
}

static const struct block_case {
    const char *name;
    const char *answer;
    size_t size;
    uint32_t needed;
    uint32_t code;
    const char *says;
} block_cases[] = {
    { "read: two bytes of four", "0400000001020000020000000000000000000000", 2, 0, 0, NULL },
    { "read: nothing, and the end", "04000000000000000000000000000000110000c0", 0, 0, 0xc0000011,
      NULL },
    { "read: a record that does not fit", "0400000000000000000000007f000000230000c0", 0, 127,
      0xc0000023, NULL },
    { "read: bytes of a failure are none", "0400000001020304040000000000000022000000", 0, 0, 34,
      NULL },
    { "read: not aligned", "0300000001020300030000000000000000000000", 3, 0, 0, NULL },
    { "read: more than there are", "0400000001020304050000000000000000000000", 0, 0, 0,
      "ReadEL answer names more bytes than there are" },
    { "read: more than was asked for",
      "1400000000000000000000000000000000000000000000000000000000000000"
      "00000000",
      0, 0, 0, "ReadEL answer names more bytes than there are" },
    { "read: a count that cannot be", "ffffffff01020304", 0, 0, 0, "names more elements than it" },
    { "read: cut", "04000000010200000200000000000000000000", 0, 0, 0, "ends early" },
    { "read: too long", "040000000102000002000000000000000000000000", 0, 0, 0, "1 byte left over" },
    { "read: empty", "", 0, 0, 0, "ends early (at byte 0 of 0)" },
};

static void run_block_case(void **state)
{
    const struct block_case *row = *state;
    struct eventlog_block block = { .size = 777, .needed = 777 };
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code = 777;

    assert_true(bytes_from_hex(row->answer, &answer, &err));
    assert_int_equal(eventlog_read_block(&answer, ROOM, &block, &code, &err), row->says == NULL);
    assert_int_equal(block.size, row->says ? 777 : row->size);
    assert_int_equal(block.needed, row->says ? 777 : row->needed);
    assert_int_equal(code, row->says ? 777 : row->code);
    assert_ptr_equal(block.at, !row->says && row->size > 0 ? answer.at + 4 : NULL);
    if (!row->says)
        return;
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    if (!strstr(err.text, row->says))
        fail_msg("%s", err.text);
}

static const struct number_case {
    const char *name;
    const char *answer;
    uint32_t number;
    uint32_t code;
    const char *says;
} number_cases[] = {
    { "number: three", "0300000000000000", 3, 0, NULL },
    { "number: refused", "0300000008000080", 0, 0x80000008, NULL },
    { "number: cut", "03000000000000", 77, 77, "OldestRecord ends early" },
    { "number: too long", "030000000000000000", 77, 77, "OldestRecord has 1 byte left over" },
};

static void run_number_case(void **state)
{
    const struct number_case *row = *state;
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t number = 77;
    uint32_t code = 77;

    assert_true(bytes_from_hex(row->answer, &answer, &err));
    assert_int_equal(eventlog_read_number("OldestRecord", &answer, &number, &code, &err),
                     row->says == NULL);
    assert_int_equal(number, row->number);
    assert_int_equal(code, row->code);
    if (row->says)
        assert_non_null(strstr(err.text, row->says));
}

static void test_a_handle_is_read(void **state)
{
    struct eventlog_handle log = { { 0 } };
    struct eventlog_handle expected = handle();
    OWNED(bytes_release) struct bytes answer = { 0 };
    OWNED(bytes_release) struct bytes cut = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint32_t code = 77;

    (void)state;
    assert_true(bytes_from_hex(HANDLE "000000", &cut, &err));
    assert_false(eventlog_read_handle("OpenEL answer", &cut, &log, &code, &err));
    assert_non_null(strstr(err.text, "OpenEL answer ends early"));
    assert_int_equal(code, 77);
    assert_int_equal(log.bytes[4], 0);
    err = AJAR_NO_ERROR;
    assert_true(bytes_from_hex(HANDLE "390000c0", &answer, &err));
    assert_true(eventlog_read_handle("OpenEL answer", &answer, &log, &code, &err));
    assert_memory_equal(log.bytes, expected.bytes, sizeof(log.bytes));
    assert_int_equal(code, 0xc0000039);
}

int main(void)
{
    struct CMUnitTest tests[3 + LENGTH(name_cases) + LENGTH(block_cases) + LENGTH(number_cases)] = {
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_requests_of_a_handle),
        cmocka_unit_test(test_a_handle_is_read),
    };
    size_t count = 3;

    ADD_CASES(name_cases, run_name_case);
    ADD_CASES(block_cases, run_block_case);
    ADD_CASES(number_cases, run_number_case);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

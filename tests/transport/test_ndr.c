/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/ndr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct ndr_reader reader_of(const void *bytes, size_t size)
{
    return (struct ndr_reader){ .bytes = bytes, .size = size };
}

static void test_primitives_are_aligned_and_little_endian(void **state)
{
    static const uint8_t bytes[] = { 1, 0, 2, 3, 4, 0, 0, 0, 5, 0, 0, 0, 6, 7, 8, 9 };
    struct ndr_reader reader = reader_of(bytes, sizeof(bytes));
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_int_equal(ndr_read_u8(&reader), 1);
    assert_int_equal(ndr_read_u16(&reader), 0x0302);
    assert_int_equal(ndr_read_u8(&reader), 4);
    assert_int_equal(ndr_read_u32(&reader), 5);
    assert_int_equal(ndr_read_u32(&reader), 0x09080706);
    assert_true(ndr_read_end(&reader, "Test answer", &err));
}

static void test_nothing_is_read_after_a_fault(void **state)
{
    static const uint8_t bytes[] = { 1, 2, 3 };
    struct ndr_reader reader = reader_of(bytes, sizeof(bytes));
    struct ajar_error err = AJAR_NO_ERROR;
    uint8_t filled[2] = { 9, 9 };

    (void)state;
    assert_int_equal(ndr_read_u32(&reader), 0);
    assert_int_equal(ndr_read_u8(&reader), 0);
    ndr_read_bytes(&reader, filled, 2);
    assert_int_equal(filled[0], 0);
    assert_int_equal(filled[1], 0);
    assert_false(ndr_read_pointer(&reader));
    assert_false(ndr_read_end(&reader, "Test answer", &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_string_equal(err.text, "Test answer ends early (at byte 0 of 3)");
}

static void test_padding_counts_as_bytes(void **state)
{
    static const uint8_t bytes[] = { 1, 0, 0 };
    struct ndr_reader reader = reader_of(bytes, sizeof(bytes));

    (void)state;
    (void)ndr_read_u8(&reader);
    assert_int_equal(ndr_read_u32(&reader), 0);
    assert_string_equal(reader.fault, "ends early");
}

static void test_left_over_bytes_are_counted(void **state)
{
    static const uint8_t bytes[] = { 1, 0, 0, 0, 2, 0 };
    struct ndr_reader reader = reader_of(bytes, sizeof(bytes));
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_int_equal(ndr_read_u32(&reader), 1);
    assert_false(ndr_read_end(&reader, "Test answer", &err));
    assert_string_equal(err.text, "Test answer has 2 bytes left over (at byte 4 of 6)");
}

static void test_the_first_fault_stays(void **state)
{
    struct ndr_reader reader = reader_of("", 0);

    (void)state;
    ndr_refuse(&reader, "is odd");
    ndr_refuse(&reader, "is even");
    assert_string_equal(reader.fault, "is odd");
}

static const struct array_case {
    const char *name;
    const char *hex;
    size_t element_size;
    uint32_t count;
    const char *fault;
} arrays[] = {
    { "array: whole", "0300000000000000020000006100620000000000", 2, 2, NULL },
    { "array: empty", "030000000000000000000000", 2, 0, NULL },
    { "array: longer than its limit", "0100000000000000020000006100620000000000", 2, 0,
      "has an array longer than its own limit" },
    { "array: begins elsewhere", "0300000001000000020000006100620000000000", 2, 0,
      "has an array that does not begin at 0" },
    { "array: more than there is", "0500000000000000050000006100620000000000", 2, 0,
      "names more elements than it holds" },
    { "array: four thousand million", "ffffffff00000000ffffffff6100620000000000", 2, 0,
      "names more elements than it holds" },
    { "array: cut inside its counts", "03000000000000", 2, 0, "ends early" },
};

static void run_array_case(void **state)
{
    const struct array_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ndr_reader reader;
    struct ndr_array array;

    assert_true(bytes_from_hex(row->hex, &bytes, &err));
    reader = ndr_reader(&bytes);
    array = ndr_read_varying(&reader, row->element_size);
    assert_int_equal(array.count, row->count);
    assert_int_equal(array.at != NULL, row->count > 0);
    if (row->fault)
        assert_string_equal(reader.fault, row->fault);
    else
        assert_null(reader.fault);
}

static void test_conformant_arrays(void **state)
{
    static const struct {
        const char *hex;
        uint32_t count;
        const char *fault;
    } rows[] = {
        { "0200000061006200", 2, NULL },
        { "00000000", 0, NULL },
        { "0300000061006200", 0, "names more elements than it holds" },
        { "ffffffff61006200", 0, "names more elements than it holds" },
        { "020000", 0, "ends early" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(bytes_release) struct bytes bytes = { 0 };
        struct ndr_reader reader;
        struct ndr_array array;

        assert_true(bytes_from_hex(rows[i].hex, &bytes, &err));
        reader = ndr_reader(&bytes);
        array = ndr_read_conformant(&reader, 2);
        assert_int_equal(array.count, rows[i].count);
        assert_int_equal(array.at != NULL, rows[i].count > 0);
        assert_int_equal(reader.fault != NULL, rows[i].fault != NULL);
        if (rows[i].fault)
            assert_string_equal(reader.fault, rows[i].fault);
    }
}

static void test_writing_pads_with_zeros(void **state)
{
    static const uint8_t wanted[] = { 1, 0, 2, 0, 3, 0, 0, 0, 0, 0, 2, 0, 4, 0, 2,   0, 0,   0,
                                      0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'a', 0, 'b', 0 };
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(100);
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    ndr_write_u8(&writer, 1);
    ndr_write_u16(&writer, 2);
    ndr_write_u8(&writer, 3);
    ndr_write_pointer(&writer, true);
    ndr_write_pointer(&writer, true);
    ndr_write_pointer(&writer, false);
    ndr_write_varying(&writer, 4, "a\0b", 2, 2);
    assert_true(ndr_write_end(&writer, "Test request", &bytes, &err));
    assert_int_equal(bytes.size, sizeof(wanted));
    assert_memory_equal(bytes.at, wanted, sizeof(wanted));
    assert_null(writer.at);
}

static void test_a_writer_stops_at_its_ceiling(void **state)
{
    OWNED(ndr_writer_release) struct ndr_writer writer = NDR_UP_TO(6);
    struct bytes bytes = { .size = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    ndr_write_u32(&writer, 1);
    ndr_write_u32(&writer, 2);
    ndr_write_u8(&writer, 3);
    assert_int_equal(writer.size, 4);
    assert_false(ndr_write_end(&writer, "Test request", &bytes, &err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_int_equal(bytes.size, 77);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(arrays) + 8] = {
        cmocka_unit_test(test_primitives_are_aligned_and_little_endian),
        cmocka_unit_test(test_nothing_is_read_after_a_fault),
        cmocka_unit_test(test_padding_counts_as_bytes),
        cmocka_unit_test(test_left_over_bytes_are_counted),
        cmocka_unit_test(test_the_first_fault_stays),
        cmocka_unit_test(test_conformant_arrays),
        cmocka_unit_test(test_writing_pads_with_zeros),
        cmocka_unit_test(test_a_writer_stops_at_its_ceiling),
    };

    for (size_t i = 0; i < LENGTH(arrays); i++)
        tests[8 + i] = (struct CMUnitTest){ .name = arrays[i].name,
                                            .test_func = run_array_case,
                                            .initial_state = (void *)(uintptr_t)&arrays[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

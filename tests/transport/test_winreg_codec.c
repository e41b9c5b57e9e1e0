/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes were recorded between this codec and smbd 4.17.
 */
#include "transport/rpc/winreg_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HANDLE "01000000090586883f23804e8a39535ac242f68e"

static const struct winreg_key key = {
    { 0x01, 0x00, 0x00, 0x00, 0x09, 0x05, 0x86, 0x88, 0x3f, 0x23,
      0x80, 0x4e, 0x8a, 0x39, 0x53, 0x5a, 0xc2, 0x42, 0xf6, 0x8e }
};

static bool write_hklm(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_open_local_machine(WINREG_QUERY_VALUE | WINREG_ENUMERATE, ret_request, err);
}

static bool write_open(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_open_key(&key, "SOFTWARE", WINREG_QUERY_VALUE, ret_request, err);
}

static bool write_create(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_create_key(&key, "SOFTWARE\\AjarRec", 0xf, ret_request, err);
}

static bool write_delete_key(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_delete_key(&key, "SOFTWARE\\AjarRec", ret_request, err);
}

static bool write_delete_value(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_delete_value(&key, "abc", ret_request, err);
}

static bool write_delete_default(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_delete_value(&key, "", ret_request, err);
}

static bool write_set(struct bytes *ret_request, struct ajar_error *err)
{
    static uint8_t one[] = { 1, 0, 0, 0 };
    const struct winreg_value value = { .type = 4, .data = { one, sizeof(one) } };

    return winreg_write_set_value(&key, "abc", &value, ret_request, err);
}

static bool write_set_odd_size(struct bytes *ret_request, struct ajar_error *err)
{
    static uint8_t hi[] = { 'h', 0, 'i', 0, 0, 0 };
    const struct winreg_value value = { .type = 1, .data = { hi, sizeof(hi) } };

    return winreg_write_set_value(&key, "", &value, ret_request, err);
}

static bool write_query(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_query_value(&key, "abc", 4096, ret_request, err);
}

static bool write_info(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_query_info_key(&key, ret_request, err);
}

static bool write_enum_value(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_enum_value(&key, 2, 4, 6, ret_request, err);
}

static bool write_enum_key(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_enum_key(&key, 1, ret_request, err);
}

static bool write_close(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_close_key(&key, ret_request, err);
}

static bool write_flush(struct bytes *ret_request, struct ajar_error *err)
{
    return winreg_write_flush_key(&key, ret_request, err);
}

static const struct request {
    const char *name;
    bool (*write)(struct bytes *ret_request, struct ajar_error *err);
    const char *hex;
} requests[] = {
    { "OpenLocalMachine request", write_hklm, "0000000009010000" },
    { "OpenKey request", write_open,
      HANDLE "12001200000002000900000000000000090000005300"
             "4f00460054005700410052004500000000000000000001010000" },
    { "CreateKey request", write_create,
      HANDLE "220022000000020011000000000000001100000053004f004600540057004100520045005c0041006a"
             "0061007200520065006300000000000000000000000000000000000f01000000000000040002000000"
             "0000" },
    { "DeleteKey request", write_delete_key,
      HANDLE "220022000000020011000000000000001100000053004f004600540057004100520045005c0041006a"
             "00610072005200650063000000" },
    { "DeleteValue request", write_delete_value,
      HANDLE "08000800000002000400000000000000040000006100620063000000" },
    { "DeleteValue request for the default value", write_delete_default,
      HANDLE "02000200000002000100000000000000010000000000" },
    { "SetValue request", write_set,
      HANDLE "08000800000002000400000000000000040000006100620063000000040000000400000001000000"
             "04000000" },
    { "SetValue request with padding", write_set_odd_size,
      HANDLE "0200020000000200010000000000000001000000000000000100000006000000680069000000000006"
             "000000" },
    { "QueryValue request", write_query,
      HANDLE "0800080000000200040000000000000004000000610062006300000004000200000000000800020000"
             "10000000000000000000000c000200001000001000020000000000" },
    { "QueryInfoKey request", write_info, HANDLE "0000000000000000" },
    { "EnumValue request", write_enum_value,
      HANDLE "0200000002000a000000020005000000000000000100000000000000040002000000000008000200060"
             "0000000000000000000000c000200060000001000020000000000" },
    { "EnumKey request", write_enum_key,
      HANDLE "01000000020000020000020000010000000000000100000000000000040002000000000000000000080"
             "002000000000000000000" },
    { "CloseKey request", write_close, HANDLE },
    { "FlushKey request", write_flush, HANDLE },
};

static void run_request(void **state)
{
    const struct request *request = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    OWNED(free) char *hex = NULL;

    assert_true(request->write(&bytes, &err));
    assert_true(bytes_to_hex(bytes.at, bytes.size, &hex, &err));
    assert_string_equal(hex, request->hex);
}

/* What came out of an answer, as one line. */
struct outcome {
    char text[200];
};

static void tell_item(const struct winreg_item *item, struct outcome *ret_outcome)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *hex = NULL;

    assert_true(bytes_to_hex(item->value.data.at, item->value.data.size, &hex, &err));
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s %u:%s %u", item->code,
                   item->name ? item->name : "-", item->value.type, hex, item->needed);
}

static bool read_query(const struct bytes *answer, struct outcome *ret_outcome,
                       struct ajar_error *err)
{
    OWNED(winreg_item_release) struct winreg_item item = { 0 };

    if (!winreg_read_query_value(answer, &item, err))
        return false;
    tell_item(&item, ret_outcome);
    return true;
}

static bool read_enum_value(const struct bytes *answer, struct outcome *ret_outcome,
                            struct ajar_error *err)
{
    OWNED(winreg_item_release) struct winreg_item item = { 0 };

    if (!winreg_read_enum_value(answer, &item, err))
        return false;
    tell_item(&item, ret_outcome);
    return true;
}

static bool read_enum_key(const struct bytes *answer, struct outcome *ret_outcome,
                          struct ajar_error *err)
{
    OWNED(winreg_item_release) struct winreg_item item = { 0 };

    if (!winreg_read_enum_key(answer, &item, err))
        return false;
    tell_item(&item, ret_outcome);
    return true;
}

static bool read_code(const struct bytes *answer, struct outcome *ret_outcome,
                      struct ajar_error *err)
{
    uint32_t code;

    if (!winreg_read_code("SetValue answer", answer, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u", code);
    return true;
}

static bool read_key(const struct bytes *answer, struct outcome *ret_outcome,
                     struct ajar_error *err)
{
    struct winreg_key read;
    uint32_t code;

    if (!winreg_read_key("OpenKey answer", answer, &read, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s", code,
                   memcmp(&read, &key, sizeof(key)) == 0 ? "key" : "other key");
    return true;
}

static bool read_create(const struct bytes *answer, struct outcome *ret_outcome,
                        struct ajar_error *err)
{
    struct winreg_key read;
    bool created;
    uint32_t code;

    if (!winreg_read_create_key(answer, &read, &created, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s", code,
                   created ? "created" : "opened");
    return true;
}

static bool read_info(const struct bytes *answer, struct outcome *ret_outcome,
                      struct ajar_error *err)
{
    struct winreg_key_info info;
    uint32_t code;

    if (!winreg_read_query_info_key(answer, &info, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %u/%u %u/%u/%u %llu", code,
                   info.sub_keys, info.longest_sub_key, info.values, info.longest_value_name,
                   info.largest_data, (unsigned long long)info.last_write);
    return true;
}

#define NO_HANDLE "0000000000000000000000000000000000000000"

static const struct answer {
    const char *name;
    bool (*read)(const struct bytes *answer, struct outcome *ret_outcome, struct ajar_error *err);
    const char *hex;
    const char *outcome; /* NULL: refused */
    const char *says;
} answers[] = {
    { "QueryValue answer: dword", read_query,
      "140002000400000018000200040000000000000004000000010000001c00020004000000200002000400000000"
      "000000",
      "0 - 4:01000000 4", NULL },
    { "QueryValue answer: padded", read_query,
      "14000200010000001800020006000000000000000600000068006900000000001c000200060000002000020006"
      "00000000000000",
      "0 - 1:680069000000 6", NULL },
    { "QueryValue answer: empty data without a pointer", read_query,
      "1400020000000000000000001c00020000000000200002000000000000000000", "0 - 0: 0", NULL },
    { "QueryValue answer: no such value", read_query,
      "1400020000000000180002000000000000000000000000001c0002000000000020000200000000000200000"
      "0",
      "2 - 0: 0", NULL },
    { "QueryValue answer: more data", read_query,
      "1400020004000000180002000400000000000000000000001c000200040000002000020000000000ea00000"
      "0",
      "234 - 0: 4", NULL },
    { "QueryValue answer: nothing but a code", read_query,
      "0000000000000000000000000000000005000000", "5 - 0: 0", NULL },
    { "QueryValue answer: fine, but nothing in it", read_query,
      "00000000000000000000000000000000"
      "00000000",
      NULL, "lacks the value's type or length" },
    { "QueryValue answer: data of another length", read_query,
      "140002000400000018000200040000000000000004000000010000001c00020004000000200002000300000000"
      "000000",
      NULL, "gives its data another length" },
    { "QueryValue answer: array over its limit", read_query,
      "140002000400000018000200030000000000000004000000010000001c00020004000000200002000400000000"
      "000000",
      NULL, "longer than its own limit" },
    { "QueryValue answer: array with an offset", read_query,
      "140002000400000018000200040000000100000004000000010000001c00020004000000200002000400000000"
      "000000",
      NULL, "does not begin at 0" },
    { "EnumValue answer", read_enum_value,
      "08000a0014000200050000000000000004000000610062006300000018000200040000001c0002000400000000"
      "00000004000000010000002000020004000000240002000400000000000000",
      "0 abc 4:01000000 4", NULL },
    { "EnumValue answer: no more items", read_enum_value,
      "02000a00140002000500000000000000010000000000000018000200000000001c000200060000000000000000"
      "0000002000020006000000240002000000000003010000",
      "259 - 0: 6", NULL },
    { "EnumValue answer: name without a NUL", read_enum_value,
      "06000a00140002000500000000000000030000006100620063000000"
      "18000200040000001c00020004000000"
      "0000000004000000010000002000020004000000240002000400000000000000",
      "0 abc 4:01000000 4", NULL },
    { "EnumValue answer: name with a NUL inside", read_enum_value,
      "08000a0014000200050000000000000004000000610000006300000018000200040000001c0002000400000000"
      "00000004000000010000002000020004000000240002000400000000000000",
      NULL, "NUL inside" },
    { "EnumKey answer", read_enum_key,
      "080000020c00020000010000000000000400000053007500620000001000020000000000140002000000000000"
      "0000000000000018000200000000000000000000000000",
      "0 Sub 0: 0", NULL },
    { "EnumKey answer: no more items", read_enum_key,
      "000000020c00020000010000000000000000000010000200000000000000000014000200000000000000000003"
      "010000",
      "259 - 0: 0", NULL },
    { "code", read_code, "05000000", "5", NULL },
    { "OpenKey answer", read_key, HANDLE "00000000", "0 key", NULL },
    { "OpenKey answer: no such key", read_key, NO_HANDLE "02000000", "2 other key", NULL },
    { "CreateKey answer: created", read_create, HANDLE "080002000100000000000000", "0 created",
      NULL },
    { "CreateKey answer: opened", read_create, HANDLE "080002000200000000000000", "0 opened",
      NULL },
    { "CreateKey answer: refused", read_create, NO_HANDLE "0000000005000000", "5 opened", NULL },
    { "CreateKey answer: neither", read_create, HANDLE "080002000300000000000000", NULL,
      "whether the key is new" },
    { "QueryInfoKey answer", read_info,
      "000000000000000001000000060000000000000002000000080000000600000078000000000000000000000000"
      "000000",
      "0 1/3 2/4/6 0", NULL },
    { "QueryInfoKey answer: class and time", read_info,
      "0400040000000200020000000000000002000000780000000100000006000000040000000200000008000000"
      "060000007800000000005c3dd901000000000000",
      "0 1/3 2/4/6 2032548970496", NULL },
};

static void run_answer(void **state)
{
    const struct answer *answer = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct outcome outcome = { "untouched" };

    assert_true(bytes_from_hex(answer->hex, &bytes, &err));
    if (answer->outcome) {
        assert_true(answer->read(&bytes, &outcome, &err));
        assert_string_equal(outcome.text, answer->outcome);
    } else {
        assert_false(answer->read(&bytes, &outcome, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_non_null(strstr(err.text, answer->says));
        assert_string_equal(outcome.text, "untouched");
    }
}

/* Cut after `size` bytes, in memory of just that size; padded with a zero when longer. */
static void refuse_size(const struct answer *answer, const struct bytes *whole, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct outcome outcome = { "untouched" };
    OWNED(free) uint8_t *copy = calloc(1, size + 1);
    uint8_t *cut = realloc(copy, size ? size : 1);
    const struct bytes bytes = { .at = cut, .size = size };

    copy = cut;
    assert_non_null(cut);
    memcpy(cut, whole->at, size < whole->size ? size : whole->size);
    assert_false(answer->read(&bytes, &outcome, &err));
    assert_int_equal(err.status, AJAR_EPROTOCOL);
    assert_string_equal(outcome.text, "untouched");
}

static void test_answers_of_another_size_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(answers); i++) {
        struct ajar_error err = AJAR_NO_ERROR;
        OWNED(bytes_release) struct bytes whole = { 0 };

        assert_true(bytes_from_hex(answers[i].hex, &whole, &err));
        for (size_t size = 0; size <= whole.size + 8; size++) {
            if (size != whole.size)
                refuse_size(&answers[i], &whole, size);
        }
    }
}

static void test_errors_name_message_and_byte(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct outcome outcome;
    uint8_t bytes[31] = { 0 };

    (void)state;
    assert_false(read_query(&(struct bytes){ bytes, 31 }, &outcome, &err));
    assert_string_equal(err.text, "QueryValue answer lacks the value's type or length (at byte 20 "
                                  "of 31)");
    err = AJAR_NO_ERROR;
    assert_false(read_info(&(struct bytes){ bytes, 31 }, &outcome, &err));
    assert_string_equal(err.text, "QueryInfoKey answer ends early (at byte 28 of 31)");
    err = AJAR_NO_ERROR;
    assert_false(read_code(&(struct bytes){ bytes, 7 }, &outcome, &err));
    assert_string_equal(err.text, "SetValue answer has 3 bytes left over (at byte 4 of 7)");
}

static void test_names_that_do_not_fit_are_refused(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *name = malloc(32768);
    OWNED(bytes_release) struct bytes fits = { 0 };
    struct bytes request = { .size = 77 };

    (void)state;
    assert_non_null(name);
    memset(name, 'x', 32767);
    name[32767] = '\0';
    assert_false(winreg_write_delete_value(&key, name, &request, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    name[32766] = '\0';
    err = AJAR_NO_ERROR;
    assert_true(winreg_write_delete_value(&key, name, &fits, &err));
    assert_int_equal(fits.size, 20 + 8 + 12 + 65534);
    assert_false(winreg_write_delete_value(&key, "\xff", &request, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    err = AJAR_NO_ERROR;
    assert_false(winreg_write_enum_value(&key, 0, 40000, 4, &request, &err));
    assert_int_equal(request.size, 77);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(requests) + LENGTH(answers) + 3] = {
        cmocka_unit_test(test_answers_of_another_size_are_refused),
        cmocka_unit_test(test_errors_name_message_and_byte),
        cmocka_unit_test(test_names_that_do_not_fit_are_refused),
    };
    size_t count = 3;

    for (size_t i = 0; i < LENGTH(requests); i++)
        tests[count++] = (struct CMUnitTest){ .name = requests[i].name,
                                              .test_func = run_request,
                                              .initial_state = (void *)(uintptr_t)&requests[i] };
    for (size_t i = 0; i < LENGTH(answers); i++)
        tests[count++] = (struct CMUnitTest){ .name = answers[i].name,
                                              .test_func = run_answer,
                                              .initial_state = (void *)(uintptr_t)&answers[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes were recorded between this codec and smbd 4.17; those of calls that it does not have,
 * or refuses, follow [MS-SCMR].
 */
#include "transport/rpc/svcctl_codec.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HANDLE    "0000000007c7add35c811946b9f0db1f4a90dea4"
#define NO_HANDLE "0000000000000000000000000000000000000000"

static const struct svcctl_service service = { { 0x00, 0x00, 0x00, 0x00, 0x07, 0xc7, 0xad,
                                                 0xd3, 0x5c, 0x81, 0x19, 0x46, 0xb9, 0xf0,
                                                 0xdb, 0x1f, 0x4a, 0x90, 0xde, 0xa4 } };

static bool write_manager(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_open_manager("dc2.target.test", ret_request, err);
}

static bool write_open(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_open_service(&service, "NETLOGON",
                                     SVCCTL_QUERY_CONFIG | SVCCTL_QUERY_STATUS, ret_request, err);
}

static bool write_close(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_handle(&service, "CloseServiceHandle request", ret_request, err);
}

static bool write_key_name(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_get_name(&service, "Spooler", "GetServiceKeyName request", ret_request,
                                 err);
}

static bool write_status_ex(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_query_status_ex(&service, ret_request, err);
}

static bool write_query_config(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_query_config(&service, ret_request, err);
}

static bool write_change_start(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_change_start(&service, SERVICE_DISABLED, ret_request, err);
}

static bool write_query_delayed(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_query_delayed(&service, ret_request, err);
}

static bool write_change_delayed(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_change_delayed(&service, true, ret_request, err);
}

static bool write_start(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_start(&service, ret_request, err);
}

static bool write_stop(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_stop(&service, ret_request, err);
}

static bool write_dependents(struct bytes *ret_request, struct ajar_error *err)
{
    return svcctl_write_enum_dependents(&service, 2048, ret_request, err);
}

static const struct request {
    const char *name;
    bool (*write)(struct bytes *ret_request, struct ajar_error *err);
    const char *hex;
} requests[] = {
    { "OpenSCManager request", write_manager,
      "000002001200000000000000120000005c005c006400630032002e007400610072006700650074002e00740065"
      "0073007400000004000200"
      "0f000000000000000f00000053006500720076006900630065007300410063007400690076006500000000000"
      "1000000" },
    { "OpenService request", write_open,
      HANDLE "0900000000000000090000004e00450054004c004f0047004f004e000000000005000000" },
    { "CloseServiceHandle request", write_close, HANDLE },
    { "GetServiceKeyName request", write_key_name,
      HANDLE "080000000000000008000000530070006f006f006c00650072000000"
             "00100000" },
    { "QueryServiceStatusEx request", write_status_ex, HANDLE "0000000024000000" },
    { "QueryServiceConfig request", write_query_config, HANDLE "00200000" },
    { "ChangeServiceConfig request", write_change_start,
      HANDLE "ffffffff04000000ffffffff"
             "000000000000000000000000000000000000000000000000000000000000000000000000" },
    { "QueryServiceConfig2 request", write_query_delayed, HANDLE "0300000004000000" },
    { "ChangeServiceConfig2 request", write_change_delayed,
      HANDLE "03000000030000000000020001000000" },
    { "StartService request", write_start, HANDLE "0000000000000000" },
    { "ControlService request", write_stop, HANDLE "01000000" },
    { "EnumDependentServices request", write_dependents, HANDLE "0100000000080000" },
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

static void tell_status(const struct service_status *status, uint32_t code,
                        struct outcome *ret_outcome)
{
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %u/%u/%u/%u/%u/%u/%u/%u", code,
                   status->type, status->state, status->accepted, status->exit_code,
                   status->service_exit_code, status->check_point, status->wait_hint_ms,
                   status->process_id);
}

static bool read_status(const struct bytes *answer, struct outcome *ret_outcome,
                        struct ajar_error *err)
{
    struct service_status status;
    uint32_t code;

    if (!svcctl_read_status("QueryServiceStatus answer", answer, &status, &code, err))
        return false;
    tell_status(&status, code, ret_outcome);
    return true;
}

static bool read_status_ex(const struct bytes *answer, struct outcome *ret_outcome,
                           struct ajar_error *err)
{
    struct service_status status;
    uint32_t code;

    if (!svcctl_read_status_ex(answer, &status, &code, err))
        return false;
    tell_status(&status, code, ret_outcome);
    return true;
}

static bool read_config(const struct bytes *answer, struct outcome *ret_outcome,
                        struct ajar_error *err)
{
    OWNED(service_config_release) struct service_config config = { 0 };
    uint32_t code;

    if (!svcctl_read_query_config(answer, &config, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %u %u %s|%s", code,
                   config.type, config.start, config.path ? config.path : "-",
                   config.display_name ? config.display_name : "-");
    return true;
}

static bool read_name(const struct bytes *answer, struct outcome *ret_outcome,
                      struct ajar_error *err)
{
    OWNED(free) char *name = NULL;
    uint32_t code;

    if (!svcctl_read_get_name("GetServiceKeyName answer", answer, &name, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s", code, name ? name : "-");
    return true;
}

static bool read_code(const struct bytes *answer, struct outcome *ret_outcome,
                      struct ajar_error *err)
{
    uint32_t code;

    if (!svcctl_read_code("StartService answer", answer, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u", code);
    return true;
}

static bool read_handle(const struct bytes *answer, struct outcome *ret_outcome,
                        struct ajar_error *err)
{
    struct svcctl_service read;
    uint32_t code;

    if (!svcctl_read_handle("OpenService answer", answer, &read, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s", code,
                   memcmp(&read, &service, sizeof(service)) == 0 ? "service" : "other");
    return true;
}

static bool read_change(const struct bytes *answer, struct outcome *ret_outcome,
                        struct ajar_error *err)
{
    uint32_t code;

    if (!svcctl_read_change_config(answer, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u", code);
    return true;
}

static bool read_delayed(const struct bytes *answer, struct outcome *ret_outcome,
                         struct ajar_error *err)
{
    bool delayed;
    uint32_t code;

    if (!svcctl_read_query_delayed(answer, &delayed, &code, err))
        return false;
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%u %s", code,
                   delayed ? "delayed" : "at once");
    return true;
}

static bool read_dependents(const struct bytes *answer, struct outcome *ret_outcome,
                            struct ajar_error *err)
{
    OWNED(service_names_release) struct service_names names = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(150);
    uint32_t code;

    if (!svcctl_read_enum_dependents(answer, &names, &code, err))
        return false;
    text_format(&text, "%u %zu", code, names.count);
    for (size_t i = 0; i < names.count; i++)
        text_format(&text, " %s", names.names[i]);
    (void)snprintf(ret_outcome->text, sizeof(ret_outcome->text), "%s", text_peek(&text));
    return true;
}

#define STATUS "200000000400000005000000350400000700000002000000b80b0000"

/* The strings of smbd's Spooler. */
#define PATH                                                                                       \
    "2c000000000000002c0000002f007500730072002f006c00690062002f007800380036005f00360034002d006c00" \
    "69006e00750078002d0067006e0075002f00730061006d00620061002f00730076006300630074006c002f007300" \
    "6d00620064000000"
#define ACCOUNT "0c000000000000000c0000004c006f00630061006c00530079007300740065006d000000"
#define DISPLAY_NAME \
    "0e000000000000000e0000005000720069006e0074002000530070006f006f006c00650072000000"

/* Two services, where their names are, and the names: "AB" and "CDEF". */
#define DEPENDENT(name) name name "10000000040000000100000000000000000000000000000000000000"
#define DEPENDENTS(first, second)                                                    \
    "58000000" DEPENDENT(first) DEPENDENT(second) "41004200000043004400450046000000" \
                                                  "58000000"                         \
                                                  "02000000"

static const struct answer {
    const char *name;
    bool (*read)(const struct bytes *answer, struct outcome *ret_outcome, struct ajar_error *err);
    const char *hex;
    const char *outcome; /* NULL: refused */
    const char *says;
} answers[] = {
    { "OpenService answer", read_handle, HANDLE "00000000", "0 service", NULL },
    { "OpenService answer: no such service", read_handle, NO_HANDLE "24040000", "1060 other",
      NULL },
    { "StartService answer", read_code, "05000000", "5", NULL },
    { "QueryServiceStatus answer", read_status, STATUS "00000000", "0 32/4/5/1077/7/2/3000/0",
      NULL },
    { "ControlService answer: refused", read_status, STATUS "05000000", "5 0/0/0/0/0/0/0/0", NULL },
    { "ControlService answer: refused with zeros", read_status,
      "0000000000000000000000000000000000000000000000000000000024040000", "1060 0/0/0/0/0/0/0/0",
      NULL },
    { "QueryServiceStatus answer: state of no service", read_status,
      "20000000080000000500000035040000070000000200"
      "0000b80b000000000000",
      NULL, "a state that no service can be in" },
    { "QueryServiceStatusEx answer", read_status_ex,
      "24000000200000000400000000000000350400000000000000000000000000007e00000000000000240000000000"
      "0000",
      "0 32/4/0/1077/0/0/0/126", NULL },
    { "QueryServiceStatusEx answer: refused", read_status_ex,
      "24000000000000000000000000000000000000000000000000000000000000000000000000000000240000000500"
      "0000",
      "5 0/0/0/0/0/0/0/0", NULL },
    { "QueryServiceStatusEx answer: no room", read_status_ex, "00000000240000007a000000",
      "122 0/0/0/0/0/0/0/0", NULL },
    { "QueryServiceStatusEx answer: short status", read_status_ex,
      "20000000200000000400000000000000350400000000000000000000000000007e0000002000000000000000",
      NULL, "has a status that ends early" },
    { "QueryServiceConfig answer", read_config,
      "1000000003000000010000000000020000000000000000000000000004000200"
      "08000200" PATH ACCOUNT DISPLAY_NAME "0020000000000000",
      "0 16 3 /usr/lib/x86_64-linux-gnu/samba/svcctl/smbd|Print Spooler", NULL },
    { "QueryServiceConfig answer: no strings", read_config,
      "1000000003000000010000000000000000000000000000000000000000000000000000000020000000000000",
      "0 16 3 |", NULL },
    { "QueryServiceConfig answer: no room", read_config,
      "000000000000000000000000000000000000000000000000000000000000000000000000300100007a000000",
      "122 0 0 -|-", NULL },
    { "QueryServiceConfig answer: no start type", read_config,
      "1000000005000000010000000000000000000000000000000000000000000000000000000020000000000000",
      NULL, "a start type that does not exist" },
    { "ChangeServiceConfig answer", read_change, "0000000005000000", "5", NULL },
    { "ChangeServiceConfig answer: with a tag", read_change, "000002000700000000000000", "0",
      NULL },
    { "GetServiceKeyName answer", read_name,
      "080000000000000008000000530070006f006f006c006500720000000700000000000000", "0 Spooler",
      NULL },
    { "GetServiceKeyName answer: none", read_name,
      "010000000000000001000000"
      "0000"
      "0000"
      "00000000"
      "24040000",
      "1060 -", NULL },
    { "GetServiceKeyName answer: NUL inside", read_name,
      "080000000000000008000000530000006f006f006c006500720000000700000000000000", NULL,
      "NUL inside" },
    { "QueryServiceConfig2 answer", read_delayed,
      "04000000"
      "01000000"
      "04000000"
      "00000000",
      "0 delayed", NULL },
    { "QueryServiceConfig2 answer: not delayed", read_delayed,
      "04000000"
      "00000000"
      "04000000"
      "00000000",
      "0 at once", NULL },
    { "QueryServiceConfig2 answer: no such level", read_delayed,
      "04000000"
      "00000000"
      "04000000"
      "7c000000",
      "124 at once", NULL },
    { "QueryServiceConfig2 answer: empty", read_delayed,
      "00000000"
      "04000000"
      "00000000",
      NULL, "does not say whether the start is delayed" },
    { "EnumDependentServices answer: none", read_dependents,
      "04000000"
      "00000000"
      "00000000"
      "00000000"
      "00000000",
      "0 0", NULL },
    { "EnumDependentServices answer", read_dependents,
      DEPENDENTS("48000000", "4e000000") "00000000", "0 2 AB CDEF", NULL },
    { "EnumDependentServices answer: more data", read_dependents,
      "00000000"
      "60000000"
      "00000000"
      "ea000000",
      "234 0", NULL },
    { "EnumDependentServices answer: name outside", read_dependents,
      DEPENDENTS("48000000", "58000000") "00000000", NULL, "a name that does not end in it" },
    { "EnumDependentServices answer: name far outside", read_dependents,
      DEPENDENTS("ffffffff", "48000000") "00000000", NULL, "a name that does not end in it" },
    { "EnumDependentServices answer: more than it holds", read_dependents,
      "04000000"
      "00000000"
      "00000000"
      "01000000"
      "00000000",
      NULL, "names more services than it holds" },
};

static void run_answer(void **state)
{
    const struct answer *answer = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct outcome outcome = { "untouched" };

    assert_true(bytes_from_hex(answer->hex, &bytes, &err));
    if (answer->outcome) {
        if (!answer->read(&bytes, &outcome, &err))
            fail_msg("%s", err.text);
        assert_string_equal(outcome.text, answer->outcome);
    } else {
        assert_false(answer->read(&bytes, &outcome, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        if (!strstr(err.text, answer->says))
            fail_msg("%s", err.text);
        assert_string_equal(outcome.text, "untouched");
    }
}

/* Cut after `size` bytes, in memory of just that size; padded with zeros when longer. */
static void refuse_size(const struct answer *answer, const struct bytes *whole, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct outcome outcome = { "untouched" };
    OWNED(free) uint8_t *copy = calloc(1, size ? size : 1);
    const struct bytes bytes = { .at = copy, .size = size };

    assert_non_null(copy);
    memcpy(copy, whole->at, size < whole->size ? size : whole->size);
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

static void test_names_that_do_not_fit_are_refused(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(bytes_release) struct bytes fits = { 0 };
    struct bytes request = { .size = 77 };
    char name[258];

    (void)state;
    memset(name, 'x', 257);
    name[257] = '\0';
    assert_false(svcctl_write_open_service(&service, name, 1, &request, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    name[256] = '\0';
    err = AJAR_NO_ERROR;
    assert_true(svcctl_write_open_service(&service, name, 1, &fits, &err));
    assert_int_equal(fits.size, 20 + 12 + 514 + 2 + 4);
    assert_false(svcctl_write_open_service(&service, "\xff", 1, &request, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_int_equal(request.size, 77);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(requests) + LENGTH(answers) + 2] = {
        cmocka_unit_test(test_answers_of_another_size_are_refused),
        cmocka_unit_test(test_names_that_do_not_fit_are_refused),
    };
    size_t count = 2;

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

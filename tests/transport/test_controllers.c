/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "transport/controllers.h"
#include "transport/srv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define HEADER(answers) \
    "12348580"          \
    "0001" answers "00000000"
#define QUESTION                                                               \
    "055f6c646170045f746370026463065f6d73646373067461726765740474657374000021" \
    "0001"
/* Compression pointers: c00c is the question's name, c021 is "target.test" in it. */
#define SRV(priority, weight, name) \
    "c00c00210001"                  \
    "00000384"                      \
    "000c" priority weight "0185" name

/* As a Samba controller wrote it, with the authority section. */
static const char recorded[] =
    "123485000001000200010000055f6c646170045f746370026463065f6d736463730674617267657404746573740000"
    "210001c00c0021000100000384000c00000064018503646332c021c00c0021000100000384000c0000006401850364"
    "6333c021c01a0006000100000e100023c0440a686f73746d6173746572c0210000000b000003840000025800015180"
    "00000e10";

static const struct answer_case {
    const char *name;
    const char *hex;
    const char *hosts; /* joined with blanks; NULL: refused */
} answer_cases[] = {
    { "answer: two controllers", recorded, "dc2.target.test dc3.target.test" },
    { "answer: none", HEADER("0000") QUESTION, "" },
    { "answer: by priority, then weight",
      HEADER("0003") QUESTION SRV("000a", "0064", "03646331c021")
          SRV("0000", "0001", "03646332c021") SRV("0000", "0064", "03646333c021"),
      "dc3.target.test dc2.target.test dc1.target.test" },
    { "answer: equals by name",
      HEADER("0002") QUESTION SRV("0000", "0064", "03646339c021")
          SRV("0000", "0064", "03646332c021"),
      "dc2.target.test dc9.target.test" },
    { "answer: each once, in lower case",
      HEADER("0002") QUESTION SRV("0000", "0064", "03444332c021")
          SRV("0001", "0064", "03646332c021"),
      "dc2.target.test" },
    { "answer: not here",
      HEADER("0001") QUESTION "c00c00210001"
                              "00000384"
                              "0007"
                              "000000000000"
                              "00",
      "" },
    { "answer: other records are passed over",
      HEADER("0002") QUESTION "c00c00010001"
                              "00000384"
                              "0004"
                              "7f000014" SRV("0000", "0064", "03646332c021"),
      "dc2.target.test" },
    { "answer: a blank in a name", HEADER("0001") QUESTION SRV("0000", "0064", "03642032c021"),
      NULL },
    { "answer: a slash in a name", HEADER("0001") QUESTION SRV("0000", "0064", "03642f32c021"),
      NULL },
    { "answer: a name that points at itself",
      HEADER("0001") QUESTION "c00c00210001"
                              "00000384"
                              "0008"
                              "000000640185"
                              "c048",
      NULL },
    { "answer: no room for a name",
      HEADER("0001") QUESTION "c00c00210001"
                              "00000384"
                              "0006"
                              "000000640185",
      NULL },
    { "answer: a header alone", "12348580", NULL },
    { "answer: more records promised", HEADER("0003") QUESTION SRV("0000", "0064", "03646332c021"),
      NULL },
};

static bool parse(const char *hex, size_t cut, struct host_list *hosts, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };

    assert_true(bytes_from_hex(hex, &bytes, err));
    return srv_parse(bytes.at, bytes.size - cut, hosts, err);
}

static char *join(const struct host_list *hosts)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000);
    struct ajar_error err = AJAR_NO_ERROR;
    char *joined = NULL;

    for (size_t i = 0; i < hosts->count; i++)
        text_format(&text, i ? " %s" : "%s", hosts->names[i]);
    assert_true(text_take(&text, &joined, &err));
    return joined;
}

static void run_answer_case(void **state)
{
    const struct answer_case *row = *state;
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(free) char *joined = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    bool ok = parse(row->hex, 0, &hosts, &err);

    assert_int_equal(ok, row->hosts != NULL);
    if (!ok) {
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_int_equal(hosts.count, 0);
        return;
    }
    joined = join(&hosts);
    assert_string_equal(joined, row->hosts);
}

/* Wherever the answer is cut, that is noticed, and nothing is added. */
static void test_every_cut_is_noticed(void **state)
{
    (void)state;
    for (size_t cut = 1; cut <= (sizeof(recorded) - 1) / 2; cut++) {
        OWNED(host_list_release) struct host_list hosts = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(parse(recorded, cut, &hosts, &err));
        assert_int_equal(err.status, AJAR_EPROTOCOL);
        assert_int_equal(hosts.count, 0);
    }
}

static void test_a_list_keeps_its_order_and_names_each_host_once(void **state)
{
    static const char *const names[] = { "DC2.Target.Test", "dc1.target.test", "dc2.target.test" };
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(free) char *joined = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (size_t i = 0; i < LENGTH(names); i++)
        assert_true(host_list_add(&hosts, names[i], &err));
    joined = join(&hosts);
    assert_string_equal(joined, "dc2.target.test dc1.target.test");
    host_list_release(&hosts);
    assert_int_equal(hosts.count, 0);
    assert_null(hosts.names);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(answer_cases) + 2] = {
        cmocka_unit_test(test_every_cut_is_noticed),
        cmocka_unit_test(test_a_list_keeps_its_order_and_names_each_host_once),
    };

    for (size_t i = 0; i < LENGTH(answer_cases); i++)
        tests[i + 2] = (struct CMUnitTest){ .name = answer_cases[i].name,
                                            .test_func = run_answer_case,
                                            .initial_state = (void *)(uintptr_t)&answer_cases[i] };
    return cmocka_run_group_tests_name("controllers", tests, NULL, NULL);
}

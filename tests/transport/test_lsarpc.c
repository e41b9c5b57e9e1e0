/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes were recorded with Samba 4.17, which lists no category; those that do follow [MS-LSAD]
 * 2.2.4.4.
 */
#include "transport/rpc/lsarpc.h"

#include "base/text.h"
#include "fake/scripted_pipe.h"
#include "transport/rpc/lsarpc_codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define OPEN   "0000000018000000000000000000000000000000000000000000000002000000"
#define HANDLE "00000000492bee8a71f9904595fc229da7160592"

/* The union's arm, the mode, a pointer; then how many and, once more, how many. */
#define HEAD "000002000200000001000000040002"

static const struct row {
    const char *name;
    const char *answer;
    const char *outcome; /* NULL: refused */
    enum ajar_status status;
    uint32_t native;
    const char *says;
} rows[] = {
    { "nothing", "000002000200000000000000000000000000000000000000", "off 0", AJAR_FINE, 0, NULL },
    { "nine categories",
      HEAD "000900000009000000000000000100000002000000030000000000000000000000"
           "030000000100000002000000"
           "00000000",
      "on 9: 0 1 2 3 0 0 3 1 2", AJAR_FINE, 0, NULL },
    { "seven categories, switched off",
      "000002000200000000000000040002000700000007000000000000000000000000000000000000000000000000"
      "0000000300000000000000",
      "off 7: 0 0 0 0 0 0 3", AJAR_FINE, 0, NULL },
    { "denied", "00000000220000c0", NULL, AJAR_EDENIED, 0xc0000022,
      "could not read what dc1.source.test audits: access denied" },
    { "another status", "000000000d0000c0", NULL, AJAR_EPROTOCOL, 0xc000000d, "status 0xc000000d" },
    { "no policy", "0000000000000000", NULL, AJAR_EPROTOCOL, 0, "has no policy" },
    { "another arm", "000002000300000001000000000000000000000000000000", NULL, AJAR_EPROTOCOL, 0,
      "is about something else" },
    { "counted wrong",
      HEAD "000200000001000000"
           "00000000"
           "00000000",
      NULL, AJAR_EPROTOCOL, 0, "counts its categories wrong" },
    { "counted, but none there", "000002000200000001000000000000000200000000000000", NULL,
      AJAR_EPROTOCOL, 0, "counts its categories wrong" },
    { "more than there are",
      HEAD "001100000011000000"
           "0000000000000000000000000000000000000000000000000000000000000000"
           "0000000000000000000000000000000000000000000000000000000000000000"
           "00000000"
           "00000000",
      NULL, AJAR_EPROTOCOL, 0, "more categories than there are" },
    { "more than it holds",
      HEAD "00ffffffffffffffff"
           "00000000",
      NULL, AJAR_EPROTOCOL, 0, "names more elements than it holds" },
    { "short", "00000200020000000100", NULL, AJAR_EPROTOCOL, 0, "ends early" },
    { "long", "00000200020000000000000000000000000000000000000000", NULL, AJAR_EPROTOCOL, 0,
      "left over" },
};

static void tell(const struct lsarpc_audit *audit, struct text *outcome)
{
    text_format(outcome, "%s %zu", audit->enabled ? "on" : "off", audit->count);
    for (size_t i = 0; i < audit->count; i++)
        text_format(outcome, "%s %u", i == 0 ? ":" : "", audit->options[i]);
}

static void run_row(void **state)
{
    const struct row *row = *state;
    const struct script_line script[] = {
        { LSARPC_OPEN_POLICY_2, OPEN, HANDLE "00000000", 0 },
        { LSARPC_QUERY_INFORMATION_POLICY, HANDLE "0200", row->answer, 0 },
    };
    OWNED(text_release) struct text outcome = TEXT_UP_TO(200);
    struct lsarpc_audit audit = { .count = 77 };
    struct lsarpc *security = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    bool closed;
    bool ok;

    assert_true(lsarpc_open(scripted_pipe(script, 2, &closed), "dc1.source.test", &security, &err));
    ok = lsarpc_audit_policy(security, &audit, &err);
    if (row->outcome) {
        assert_true(ok);
        tell(&audit, &outcome);
        assert_string_equal(text_peek(&outcome), row->outcome);
    } else {
        assert_false(ok);
        assert_int_equal(err.status, row->status);
        assert_int_equal(err.native, row->native);
        if (!strstr(err.text, row->says))
            fail_msg("%s", err.text);
        assert_int_equal(audit.count, 77);
    }
    lsarpc_close(security);
    assert_true(closed);
}

static void test_a_policy_that_is_refused_leaves_the_pipe(void **state)
{
    static const struct script_line script[] = {
        { LSARPC_OPEN_POLICY_2, OPEN, "0000000000000000000000000000000000000000220000c0", 0 },
    };
    struct lsarpc *security = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct rpc_pipe *pipe;
    bool closed;

    (void)state;
    pipe = scripted_pipe(script, LENGTH(script), &closed);
    assert_false(lsarpc_open(pipe, "dc1.source.test", &security, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_string_equal(err.text,
                        "could not open the security policy of dc1.source.test: access denied");
    assert_null(security);
    assert_false(closed);
    rpc_pipe_close(pipe);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + 1] = {
        cmocka_unit_test(test_a_policy_that_is_refused_leaves_the_pipe),
    };

    for (size_t i = 0; i < LENGTH(rows); i++)
        tests[i + 1] = (struct CMUnitTest){ .name = rows[i].name,
                                            .test_func = run_row,
                                            .initial_state = (void *)(uintptr_t)&rows[i] };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

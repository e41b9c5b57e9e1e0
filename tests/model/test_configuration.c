/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/configuration.h"

#include "base/file.h"
#include "model/name_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* A configuration of this text; to be freed. */
static struct configuration *read_text(const char *text)
{
    struct configuration *configuration = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    char path[] = "/tmp/ajar-configuration-XXXXXX";
    int descriptor = mkstemp(path);

    assert_true(descriptor >= 0);
    (void)close(descriptor);
    assert_true(file_write(path, text, strlen(text), 0600, &err));
    if (!configuration_read(path, 1000, &configuration, &err))
        fail_msg("%s", err.text);
    (void)unlink(path);
    return configuration;
}

static void test_sections_come_out_as_they_stand(void **state)
{
    OWNED(configuration_free)
    struct configuration *configuration =
        read_text("[journal]\npath = /j\nremote = ssh://git@host/j.git\nsigning-key = /k\n"
                  "allowed-signers = /a\n"
                  "[policy]\nlongest-window = 72h\nticket = CHG-[0-9]+\napprovals = 2\n"
                  "never-touch = DC9.source.test, target.test\nneed-approval = one two\n"
                  "[notify]\ncommand = logger -t ajar\npatience = 3s\n");

    (void)state;
    assert_string_equal(configuration->journal, "/j");
    assert_string_equal(configuration->remote, "ssh://git@host/j.git");
    assert_string_equal(configuration->signing_key, "/k");
    assert_string_equal(configuration->allowed_signers, "/a");
    assert_int_equal(configuration->policy.longest_window, 72 * 3600);
    assert_int_equal(configuration->policy.approvals, 2);
    assert_true(name_list_holds(configuration->policy.never_touch, "dc9.source.test"));
    assert_true(name_list_holds(configuration->policy.never_touch, "target.test"));
    assert_false(name_list_holds(configuration->policy.never_touch, "source.test"));
    assert_true(name_list_holds(configuration->policy.need_approval, "two"));
    assert_string_equal(configuration->notifier, "logger -t ajar");
    assert_int_equal(configuration->notifier_patience, 3);
}

static void test_nothing_said_forbids_nothing(void **state)
{
    OWNED(configuration_free) struct configuration *configuration = read_text("[policy]\n");

    (void)state;
    assert_int_equal(configuration->policy.longest_window, 0);
    assert_int_equal(configuration->policy.approvals, 0);
    assert_false(name_list_holds(configuration->policy.never_touch, "dc1.source.test"));
    assert_true(guard_rails_match_ticket(&configuration->policy, NULL));
    assert_null(configuration->notifier);
}

static void test_a_ticket_matches_as_a_whole(void **state)
{
    static const struct {
        const char *ticket;
        bool matches;
    } rows[] = {
        { "CHG-1", true },   { "INC-22", true }, { "CHG-", false }, { "xCHG-1", false },
        { "CHG-1x", false }, { "chg-1", false }, { "", false },     { NULL, false },
    };
    OWNED(configuration_free)
    struct configuration *configuration = read_text("[policy]\nticket = CHG-[0-9]+|INC-[0-9]+\n");

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        assert_int_equal(guard_rails_match_ticket(&configuration->policy, rows[i].ticket),
                         rows[i].matches);
}

static void test_a_refusal_names_the_rule_and_where_it_stands(void **state)
{
    OWNED(configuration_free)
    struct configuration *configuration =
        read_text("[policy]\nlongest-window = 72h\nnever-touch = DC9.x.test dc8.x.test\n");
    const struct guard_rails *policy = &configuration->policy;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(guard_rails_fail(policy, "longest-window", &err, "this window would be %s", "4d"));
    assert_int_equal(err.status, AJAR_EPOLICY);
    assert_non_null(strstr(err.text, "policy \"longest-window = 72h\" (/tmp/ajar-configuration-"));
    assert_non_null(strstr(err.text, ":2): this window would be 4d"));
    err = AJAR_NO_ERROR;
    assert_false(guard_rails_fail(policy, "never-touch", &err, "it is dc9.x.test"));
    assert_non_null(strstr(err.text, "\"never-touch = dc9.x.test, dc8.x.test\""));
    assert_non_null(strstr(err.text, ":3): it is dc9.x.test"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sections_come_out_as_they_stand),
        cmocka_unit_test(test_nothing_said_forbids_nothing),
        cmocka_unit_test(test_a_ticket_matches_as_a_whole),
        cmocka_unit_test(test_a_refusal_names_the_rule_and_where_it_stands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

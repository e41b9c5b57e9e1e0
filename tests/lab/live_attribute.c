/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Attributes in a real domain: opened and put back, with others at work on the same value.
 */
#include "live_domain.h"

#include "provider/attribute_live.h"

#define HEAD "DC=target,DC=test"
#define SERVICE                                                                  \
    "CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,DC=target," \
    "DC=test"
#define GUEST "CN=Guest,CN=Users,DC=target,DC=test"

#define QUOTA "[attribute live]\nobject = domain\nattribute = ms-DS-MachineAccountQuota\n"
#define HEURISTICS                                                                      \
    "[attribute live]\nbase = configuration\nobject = CN=Directory Service,CN=Windows " \
    "NT,CN=Services\nattribute = dSHeuristics\n"
#define CONTROL "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = userAccountControl\n"
#define TYPES                                                    \
    "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = " \
    "msDS-SupportedEncryptionTypes\n"
#define TRUSTED "[attribute live]\nobject = CN=source.test,CN=System\nattribute = trustAttributes\n"

/* The value of an attribute, "" when there is none. */
static char *look(const struct live_domain *domain, const char *dn, const char *attribute)
{
    const char *const attributes[] = { attribute, NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    const char *value;

    live_expect(directory_search(domain->directory, &query, &found, &err), &err);
    value = directory_text(&found.entries[0], attribute);
    return text_copy(value ? value : "");
}

static void holds(const struct live_domain *domain, const char *dn, const char *attribute,
                  const char *expected)
{
    OWNED(free) char *value = look(domain, dn, attribute);

    assert_string_equal(value, expected);
}

/* A setting's window. */
struct opened {
    struct live_section section;
    struct ajar_state before;
    struct ajar_state wanted;
    struct ajar_state reached;
};

/* Reads, but writes nothing yet. */
static void look_at(const struct live_domain *domain, const char *text, struct opened *ret_opened)
{
    live_section_make(text, &ret_opened->section);
    live_want(&provider_attribute, &ret_opened->section, &ret_opened->wanted);
    live_observe(domain, &provider_attribute, &ret_opened->section, &ret_opened->before);
}

static void open_it(const struct live_domain *domain, struct opened *opened)
{
    live_move(domain, &provider_attribute, &opened->section, &opened->before, &opened->wanted);
    live_observe(domain, &provider_attribute, &opened->section, &opened->reached);
    assert_int_equal(provider_attribute.match(&opened->reached, &opened->wanted), MATCH_SAME);
    live_move(domain, &provider_attribute, &opened->section, &opened->before,
              &opened->wanted); /* is so already */
}

static void close_it(const struct live_domain *domain, const struct opened *opened,
                     enum match reached)
{
    live_move(domain, &provider_attribute, &opened->section, &opened->reached, &opened->before);
    live_expect_match(domain, &provider_attribute, &opened->section, &opened->before, reached);
}

static void opened_release(struct opened *opened)
{
    live_section_release(&opened->section);
    ajar_state_release(&opened->before);
    ajar_state_release(&opened->wanted);
    ajar_state_release(&opened->reached);
}
DEFINE_OWNED_STRUCT(struct opened, opened_release);

static void test_a_value_comes_and_goes(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, QUOTA "open = 500\n", &opened);
    assert_string_equal(ajar_state_fact(&opened.before, "value"), "10");
    open_it(domain, &opened);
    holds(domain, HEAD, "ms-DS-MachineAccountQuota", "500");
    close_it(domain, &opened, MATCH_SAME);
    holds(domain, HEAD, "ms-DS-MachineAccountQuota", "10");
}

static void test_a_value_is_taken_away_and_comes_back(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, QUOTA "open = absent\n", &opened);
    open_it(domain, &opened);
    holds(domain, HEAD, "ms-DS-MachineAccountQuota", "");
    close_it(domain, &opened, MATCH_SAME);
    holds(domain, HEAD, "ms-DS-MachineAccountQuota", "10");
}

static void test_a_value_that_was_absent_is_absent_again(void **state)
{
    static const char *const rows[] = {
        "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = comment\nopen = \xc3\xa4 b\n",
        "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = audio\ndata = 00ff0a\n",
        "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = info\ndata = 61626365\n",
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(opened_release) struct opened opened = { 0 };

        look_at(domain, rows[i], &opened);
        assert_false(opened.before.exists);
        open_it(domain, &opened);
        assert_true(opened.reached.exists);
        close_it(domain, &opened, MATCH_SAME);
    }
}

static void test_a_stale_swap_is_refused(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, QUOTA "open = 500\n", &opened);
    live_disturb(domain, HEAD, "ms-DS-MachineAccountQuota", "7");
    live_refuse(domain, &provider_attribute, &opened.section, &opened.before, &opened.wanted,
                "ms-DS-MachineAccountQuota of domain is 7, not 10");
    holds(domain, HEAD, "ms-DS-MachineAccountQuota", "7");
    live_disturb(domain, HEAD, "ms-DS-MachineAccountQuota", "10");
}

static void test_a_character_comes_and_goes(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, HEURISTICS "position = 7\ncharacter = 2\n", &opened);
    assert_false(opened.before.exists);
    open_it(domain, &opened);
    holds(domain, SERVICE, "dSHeuristics", "0000002");
    close_it(domain, &opened, MATCH_SAME);
    holds(domain, SERVICE, "dSHeuristics", "");
}

static void test_somebody_elses_character_stays(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, HEURISTICS "position = 7\ncharacter = 2\n", &opened);
    open_it(domain, &opened);
    live_disturb(domain, SERVICE, "dSHeuristics", "0010002");
    live_expect_match(domain, &provider_attribute, &opened.section, &opened.wanted, MATCH_SAME);
    close_it(domain, &opened, MATCH_NEAR);
    holds(domain, SERVICE, "dSHeuristics", "001");
    live_disturb(domain, SERVICE, "dSHeuristics", NULL);
}

static void test_two_characters_in_one_window(void **state)
{
    static const char *const before[] = { NULL, "001", "0010000001" };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(before); i++) {
        OWNED(opened_release) struct opened first = { 0 };
        OWNED(opened_release) struct opened second = { 0 };

        live_disturb(domain, SERVICE, "dSHeuristics", before[i]);
        look_at(domain, HEURISTICS "position = 7\ncharacter = 2\n", &first);
        look_at(domain, HEURISTICS "position = 12\ncharacter = 1\n", &second);
        open_it(domain, &first);
        open_it(domain, &second);
        close_it(domain, &second, before[i] ? MATCH_SAME : MATCH_NEAR);
        close_it(domain, &first, MATCH_SAME);
        holds(domain, SERVICE, "dSHeuristics", before[i] ? before[i] : "");
    }
    live_disturb(domain, SERVICE, "dSHeuristics", NULL);
}

static void test_a_character_of_somebody_else_is_a_conflict(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, HEURISTICS "position = 7\ncharacter = 2\n", &opened);
    live_disturb(domain, SERVICE, "dSHeuristics", "0000001");
    live_refuse(domain, &provider_attribute, &opened.section, &opened.before, &opened.wanted,
                "dSHeuristics of CN=Directory Service,CN=Windows NT,CN=Services is 0000001 "
                "(character 7 is 1), not absent");
    live_disturb(domain, SERVICE, "dSHeuristics", NULL);
}

static void test_bits_of_an_account(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(free) char *before = look(domain, GUEST, "userAccountControl");
    OWNED(opened_release) struct opened opened = { 0 };

    look_at(domain, CONTROL "set-bits = 0x100000\n", &opened);
    assert_string_equal(ajar_state_fact(&opened.before, "bits"), "0x0");
    open_it(domain, &opened);
    assert_string_equal(ajar_state_fact(&opened.reached, "bits"), "0x100000");
    close_it(domain, &opened, MATCH_SAME);
    holds(domain, GUEST, "userAccountControl", before);
}

static void test_somebody_elses_bits_stay(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(free) char *before = look(domain, GUEST, "userAccountControl"); /* 66082: 0x10222 */
    OWNED(opened_release) struct opened opened = { 0 };

    assert_string_equal(before, "66082");
    look_at(domain, CONTROL "set-bits = 0x100000\nclear-bits = 0x20\n", &opened);
    open_it(domain, &opened);
    holds(domain, GUEST, "userAccountControl", "1114626");        /* 0x110202 */
    live_disturb(domain, GUEST, "userAccountControl", "1049090"); /* without 0x10000 */
    live_expect_match(domain, &provider_attribute, &opened.section, &opened.wanted, MATCH_SAME);
    close_it(domain, &opened, MATCH_SAME);
    holds(domain, GUEST, "userAccountControl", "546"); /* 0x222 */
    live_disturb(domain, GUEST, "userAccountControl", before);
}

static void test_bits_of_an_absent_value(void **state)
{
    const struct live_domain *domain = *state;
    OWNED(opened_release) struct opened clear = { 0 };
    OWNED(opened_release) struct opened first = { 0 };
    OWNED(opened_release) struct opened second = { 0 };

    look_at(domain, TYPES "clear-bits = 0x4\n", &clear);
    assert_int_equal(provider_attribute.match(&clear.before, &clear.wanted), MATCH_SAME);
    look_at(domain, TYPES "set-bits = 0x4\n", &first);
    look_at(domain, TYPES "set-bits = 0x18\n", &second);
    assert_false(first.before.exists);
    open_it(domain, &first);
    holds(domain, GUEST, "msDS-SupportedEncryptionTypes", "4");
    open_it(domain, &second);
    holds(domain, GUEST, "msDS-SupportedEncryptionTypes", "28");
    close_it(domain, &second, MATCH_NEAR);
    holds(domain, GUEST, "msDS-SupportedEncryptionTypes", "4");
    close_it(domain, &first, MATCH_SAME);
    live_expect_match(domain, &provider_attribute, &second.section, &second.before, MATCH_SAME);
    holds(domain, GUEST, "msDS-SupportedEncryptionTypes", "");
}

/* Between reading and writing: only the server can see it. */
static void test_a_swap_of_what_is_gone(void **state)
{
    static const struct {
        const char *read;
        const char *meanwhile;
        const char *fresh;
    } rows[] = {
        { "one", "two", "three" }, { "one", "two", NULL },   { "one", NULL, "three" },
        { "one", NULL, NULL },     { NULL, "two", "three" },
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(attribute_live_release) struct attribute_live live = { 0 };
        const struct bytes fresh = live_bytes(rows[i].fresh ? rows[i].fresh : "");
        struct ajar_error err = AJAR_NO_ERROR;

        live_disturb(domain, GUEST, "employeeID", rows[i].read);
        live_expect(attribute_live_read(domain->directory, GUEST, "employeeID", &live, &err), &err);
        live_disturb(domain, GUEST, "employeeID", rows[i].meanwhile);
        live_expect_failure(attribute_live_swap(domain->directory, &live, "employeeID",
                                                rows[i].fresh ? &fresh : NULL, &err),
                            &err, AJAR_ECONFLICT);
        holds(domain, GUEST, "employeeID", rows[i].meanwhile ? rows[i].meanwhile : "");
    }
    live_disturb(domain, GUEST, "employeeID", NULL);
}

/* What the directory does not let anybody change; a trust it changes through LSA alone. */
static void test_a_refusal_is_no_conflict(void **state)
{
    static const struct {
        const char *text;
        const char *hint;
    } rows[] = {
        { "[attribute live]\nobject = CN=Guest,CN=Users\nattribute = objectSid\nopen = x\n", "" },
        { TRUSTED "set-bits = 0x40\n", "netdom trust" },
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(opened_release) struct opened opened = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        look_at(domain, rows[i].text, &opened);
        live_expect_failure(provider_attribute.write(domain->target, &opened.section.setting,
                                                     &opened.before, &opened.wanted, &err),
                            &err, AJAR_EDENIED);
        assert_non_null(strstr(err.hint, rows[i].hint));
        live_expect_match(domain, &provider_attribute, &opened.section, &opened.before, MATCH_SAME);
    }
}

static void test_what_cannot_be_read(void **state)
{
    static const struct {
        const char *text;
        enum ajar_status status;
        const char *says;
    } rows[] = {
        { "[attribute live]\nobject = CN=Nobody\nattribute = comment\nopen = 1\n", AJAR_EMISSING,
          "no such object" },
        { "[attribute live]\nobject = CN=x,DC=source,DC=test\nattribute = comment\nopen = 1\n",
          AJAR_EMISSING, "" },
        { "[attribute live]\nobject = domain\nattribute = objectClass\nopen = 1\n", AJAR_ECONFLICT,
          "objectClass has 3 values" },
        { "[attribute live]\nobject = domain\nattribute = dc\nset-bits = 1\n", AJAR_ECONFLICT,
          "no 32-bit integer" },
        { "[attribute live]\nobject = domain\nattribute = maxPwdAge\nset-bits = 1\n",
          AJAR_ECONFLICT, "no 32-bit integer" },
        { "[attribute live]\nobject = domain\nattribute = objectSid\nset-bits = 1\n",
          AJAR_ECONFLICT, "no text" },
    };
    const struct live_domain *domain = *state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(live_section_release) struct live_section section = { 0 };
        struct ajar_state now = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        live_section_make(rows[i].text, &section);
        live_expect(provider_attribute.check(&section.setting, &err), &err);
        live_expect_failure(
            provider_attribute.observe(domain->target, &section.setting, &now, &err), &err,
            rows[i].status);
        assert_non_null(strstr(err.text, rows[i].says));
        assert_false(now.known);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_value_comes_and_goes),
        cmocka_unit_test(test_a_value_is_taken_away_and_comes_back),
        cmocka_unit_test(test_a_value_that_was_absent_is_absent_again),
        cmocka_unit_test(test_a_stale_swap_is_refused),
        cmocka_unit_test(test_a_character_comes_and_goes),
        cmocka_unit_test(test_somebody_elses_character_stays),
        cmocka_unit_test(test_two_characters_in_one_window),
        cmocka_unit_test(test_a_character_of_somebody_else_is_a_conflict),
        cmocka_unit_test(test_bits_of_an_account),
        cmocka_unit_test(test_somebody_elses_bits_stay),
        cmocka_unit_test(test_bits_of_an_absent_value),
        cmocka_unit_test(test_a_swap_of_what_is_gone),
        cmocka_unit_test(test_a_refusal_is_no_conflict),
        cmocka_unit_test(test_what_cannot_be_read),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_attribute", tests, live_domain_set_up,
                                       live_domain_tear_down);
}

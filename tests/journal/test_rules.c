/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/rules.h"

#include "base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static char word_setting[] = "allow";
static char word_kind[] = "registry";
static char word_target[] = "dc1";
static char word_place[] = "host";
static char word_thing[] = "lsa:allow";
static char word_other[] = "other";
static char word_modify[] = "modify";
static char word_none[] = "none";
static char word_fact[] = "data";

static struct change_record change_in(enum change_state state, bool closing)
{
    return (struct change_record){
        .setting = word_setting,
        .kind = word_kind,
        .target = word_target,
        .place = word_place,
        .thing = word_thing,
        .action = word_modify,
        .before = { .known = true },
        .wanted = { .known = true, .exists = true },
        .state = state,
        .closing = closing,
    };
}

/* Every state with its direction, in the order of the columns below. */
static const struct {
    enum change_state state;
    bool closing;
} phases[] = {
    { CHANGE_INTENDED, false }, { CHANGE_APPLIED, false },  { CHANGE_FAILED, false },
    { CHANGE_UNKNOWN, false },  { CHANGE_CONFLICT, false }, { CHANGE_RESTORING, true },
    { CHANGE_RESTORED, true },  { CHANGE_FAILED, true },    { CHANGE_UNKNOWN, true },
    { CHANGE_CONFLICT, true },
};

/* A row is what was, a column what comes: intended, applied, f u c during apply, restoring,
 * restored, f u c during rollback. The last row is a first record. */
static const char *const change_edges[] = {
    "yyyyyyyy.y", /* intended */
    "yy...yyy.y", /* applied */
    "yyyyyyyy.y", /* failed during apply */
    "yyyyyyyy.y", /* unknown during apply */
    "yyyyyyyy.y", /* conflict during apply */
    ".....yyyyy", /* restoring */
    "......y...", /* restored */
    ".....yyy.y", /* failed during rollback */
    ".....yyyyy", /* unknown during rollback */
    ".....yyy.y", /* conflict during rollback */
    "y.y.y.....", /* a first record */
};

static void test_a_change_moves_along_its_edges_only(void **state)
{
    (void)state;
    for (size_t from = 0; from <= LENGTH(phases); from++) {
        for (size_t to = 0; to < LENGTH(phases); to++) {
            struct change_record old = change_in(0, false);
            struct change_record new = change_in(phases[to].state, phases[to].closing);
            struct ajar_error err = AJAR_NO_ERROR;
            bool expected = change_edges[from][to] == 'y';

            if (from < LENGTH(phases))
                old = change_in(phases[from].state, phases[from].closing);
            if (rules_check_change(from < LENGTH(phases) ? &old : NULL, &new, &err) != expected)
                fail_msg("row %zu, column %zu: %s", from, to, expected ? err.text : "allowed");
            assert_int_equal(err.status, expected ? AJAR_FINE : AJAR_EJOURNAL);
        }
    }
}

static void test_what_needs_nothing_begins_as_applied(void **state)
{
    struct change_record change = change_in(CHANGE_APPLIED, false);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    change.action = word_none;
    assert_true(rules_check_change(NULL, &change, &err));
}

static void test_a_baseline_is_taken_once(void **state)
{
    struct ajar_fact facts[] = { { word_fact, word_place } };
    struct change_record old = change_in(CHANGE_INTENDED, false);
    struct change_record new = change_in(CHANGE_APPLIED, false);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    new.before.exists = true;
    assert_false(rules_check_change(&old, &new, &err));
    assert_string_equal(err.text,
                        "the baseline of [registry allow] on dc1 is taken already, and stays");
    err = AJAR_NO_ERROR;
    new = change_in(CHANGE_APPLIED, false);
    new.before.known = false;
    assert_false(rules_check_change(&old, &new, &err));
    err = AJAR_NO_ERROR;
    new = change_in(CHANGE_APPLIED, false);
    new.before.facts = facts;
    new.before.count = 1;
    assert_false(rules_check_change(&old, &new, &err));
    err = AJAR_NO_ERROR;
    old.before.known = false;
    assert_true(rules_check_change(&old, &new, &err));
}

static void test_a_change_stays_what_it_is(void **state)
{
    struct change_record old = change_in(CHANGE_INTENDED, false);
    struct change_record things = change_in(CHANGE_APPLIED, false);
    struct change_record places = change_in(CHANGE_APPLIED, false);
    struct change_record wishes = change_in(CHANGE_APPLIED, false);
    const struct change_record *const rows[] = { &things, &places, &wishes };

    (void)state;
    things.thing = word_other;
    places.place = word_other;
    wishes.wanted.exists = false;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(rules_check_change(&old, rows[i], &err));
        assert_int_equal(err.status, AJAR_EJOURNAL);
    }
}

static const char *const window_edges[] = {
    "yyyy..", /* opening */
    "yyyy..", /* open */
    "yyyy..", /* partly-open */
    "...yyy", /* closing */
    "...yyy", /* partly-closed */
    ".....y", /* closed */
    "y.....", /* a first record */
};

static struct window_record window_in(enum window_state state)
{
    return (struct window_record){
        .id = word_other,
        .plan = word_kind,
        .operator_name = word_setting,
        .host = word_target,
        .state = state,
        .opened = 10,
        .until = 20,
        .closed = state == WINDOW_CLOSED ? 30 : 0,
    };
}

static void test_a_window_moves_along_its_edges_only(void **state)
{
    (void)state;
    for (size_t from = 0; from < LENGTH(window_edges); from++) {
        for (size_t to = 0; to < LENGTH(window_edges) - 1; to++) {
            struct window_record old = window_in((enum window_state)from);
            struct window_record new = window_in((enum window_state)to);
            struct ajar_error err = AJAR_NO_ERROR;
            bool expected = window_edges[from][to] == 'y';
            bool first = from == LENGTH(window_edges) - 1;

            if (rules_check_window(first ? NULL : &old, &new, &err) != expected)
                fail_msg("row %zu, column %zu: %s", from, to, expected ? err.text : "allowed");
        }
    }
}

static void test_a_window_stays_what_it_is(void **state)
{
    struct record_parameter parameter = { word_fact, word_place };
    struct window_record old = window_in(WINDOW_CLOSED);

    (void)state;
    for (int i = 0; i < 8; i++) {
        struct window_record new = window_in(WINDOW_CLOSED);
        struct ajar_error err = AJAR_NO_ERROR;

        if (i == 0)
            new.plan = word_other;
        else if (i == 1)
            new.opened++;
        else if (i == 2)
            new.operator_name = word_other;
        else if (i == 3)
            new.host = word_other;
        else if (i == 4)
            new.closed++;
        else if (i == 5)
            new.permanent = true;
        else if (i == 6)
            new.saved = word_other;
        else {
            new.parameters = &parameter;
            new.parameter_count = 1;
        }
        assert_false(rules_check_window(&old, &new, &err));
        assert_int_equal(err.status, AJAR_EJOURNAL);
    }
}

static struct extension_record extension_to(int64_t from, int64_t until)
{
    return (struct extension_record){
        .from = from,
        .until = until,
        .by = word_setting,
        .host = word_target,
        .reason = word_other,
    };
}

static void test_an_end_moves_with_one_more_extension_only(void **state)
{
    const struct row {
        const char *name;
        size_t had;
        size_t has;
        int64_t until;
        enum window_state state;
        bool forged; /* the one that was there already */
        bool fine;
    } rows[] = {
        { "one more", 0, 1, 30, WINDOW_OPEN, false, true },
        { "one more behind another", 1, 2, 40, WINDOW_PARTLY_OPEN, false, true },
        { "as it was", 1, 1, 30, WINDOW_OPEN, false, true },
        { "an end by itself", 0, 0, 99, WINDOW_OPEN, false, false },
        { "an end by itself, once extended", 1, 1, 99, WINDOW_OPEN, false, false },
        { "two at once", 0, 2, 40, WINDOW_OPEN, false, false },
        { "one less", 1, 0, 20, WINDOW_OPEN, false, false },
        { "another in the place of one", 1, 1, 30, WINDOW_OPEN, true, false },
        { "another below", 1, 2, 40, WINDOW_OPEN, true, false },
        { "while it is being closed", 0, 1, 30, WINDOW_CLOSING, false, false },
        { "when it is closed", 0, 1, 30, WINDOW_CLOSED, false, false },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct extension_record before[] = { extension_to(20, 30), extension_to(30, 40) };
        struct extension_record after[] = { extension_to(20, 30), extension_to(30, 40) };
        struct window_record old = window_in(rows[i].state);
        struct window_record new = window_in(rows[i].state);
        struct ajar_error err = AJAR_NO_ERROR;

        after[0].reason = rows[i].forged ? word_kind : word_other;
        old.extensions = before;
        old.extension_count = rows[i].had;
        old.until = rows[i].had ? before[rows[i].had - 1].until : 20;
        new.extensions = after;
        new.extension_count = rows[i].has;
        new.until = rows[i].until;
        if (rules_check_window(&old, &new, &err) != rows[i].fine)
            fail_msg("%s: %s", rows[i].name, rows[i].fine ? err.text : "allowed");
    }
}

static void test_a_window_does_not_begin_with_an_extension(void **state)
{
    struct extension_record extension = extension_to(20, 30);
    struct window_record new = window_in(WINDOW_OPENING);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    new.extensions = &extension;
    new.extension_count = 1;
    assert_false(rules_check_window(NULL, &new, &err));
}

static void test_a_debt_is_not_forgotten(void **state)
{
    const struct row {
        const char *name;
        enum change_state state;
        bool kept;
        int64_t owed;
        unsigned tries;
        bool fine;
    } rows[] = {
        { "once more", CHANGE_FAILED, false, 5, 3, true },
        { "no more often", CHANGE_RESTORING, false, 5, 2, true },
        { "later", CHANGE_FAILED, false, 6, 3, false },
        { "less often", CHANGE_FAILED, false, 5, 1, false },
        { "not at all", CHANGE_FAILED, false, 0, 0, false },
        { "paid", CHANGE_RESTORED, false, 0, 0, true },
        { "accepted", CHANGE_CONFLICT, true, 0, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct change_record old = change_in(CHANGE_FAILED, true);
        struct change_record new = change_in(rows[i].state, true);
        struct ajar_error err = AJAR_NO_ERROR;

        old.owed = 5;
        old.tries = 2;
        new.kept = rows[i].kept;
        new.owed = rows[i].owed;
        new.tries = rows[i].tries;
        if (rules_check_change(&old, &new, &err) != rows[i].fine)
            fail_msg("%s: %s", rows[i].name, rows[i].fine ? err.text : "allowed");
    }
}

static void test_knows_what_is_settled(void **state)
{
    struct change_record kept = change_in(CHANGE_CONFLICT, true);

    (void)state;
    for (size_t i = 0; i < LENGTH(phases); i++) {
        struct change_record change = change_in(phases[i].state, phases[i].closing);

        assert_int_equal(rules_is_settled(&change), phases[i].state == CHANGE_RESTORED);
    }
    kept.kept = true;
    assert_true(rules_is_settled(&kept));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_moves_along_its_edges_only),
        cmocka_unit_test(test_what_needs_nothing_begins_as_applied),
        cmocka_unit_test(test_a_baseline_is_taken_once),
        cmocka_unit_test(test_a_change_stays_what_it_is),
        cmocka_unit_test(test_a_window_moves_along_its_edges_only),
        cmocka_unit_test(test_a_window_stays_what_it_is),
        cmocka_unit_test(test_an_end_moves_with_one_more_extension_only),
        cmocka_unit_test(test_a_window_does_not_begin_with_an_extension),
        cmocka_unit_test(test_a_debt_is_not_forgotten),
        cmocka_unit_test(test_knows_what_is_settled),
    };

    return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/record.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define CHANGE                                                                               \
    "[change]\nsetting = allow-password-export\nkind = registry\ntarget = dc1.source.test\n" \
    "place = host\nthing = hklm\\system\\lsa:allowpasswordexport\naction = create\n"
#define BEFORE  "[before]\nexists = no\nkey = empty\n"
#define WANTED  "[wanted]\nexists = yes\ntype = REG_DWORD\ndata = 01000000\n"
#define REACHED "[reached]\nknown = no\n"
#define RESULT  "[result]\nstate = intended\nduring = apply\nat = 2026-11-21T08:00:00Z\n"
#define WHOLE   CHANGE BEFORE WANTED REACHED RESULT

#define WINDOW                                                                           \
    "[window]\nid = 20261121-080000-admt\nplan = admt\ntitle = ADMT\noperator = alice\n" \
    "host = adm1\nreason = migration\nversion = 0.1.0\nstate = open\n"                   \
    "opened = 2026-11-21T08:00:00Z\nuntil = 2026-11-24T08:00:00Z\n"
#define EXTENSION(number, from, until)                                                      \
    "[extension " number "]\nfrom = 2026-11-" from "T08:00:00Z\n"                           \
    "until = 2026-11-" until "T08:00:00Z\nby = bob\nhost = adm2\nreason = \" not ready\"\n" \
    "at = 2026-11-23T08:00:00Z\n"
#define PARAMETERS "[parameters]\npes-host = dc1.source.test\n"

static struct change_record read_change(const char *text)
{
    struct change_record change = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!change_record_read("c.ini", text, strlen(text), &change, &err))
        fail_msg("%s", err.text);
    return change;
}

static struct window_record read_window(const char *text)
{
    struct window_record window = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!window_record_read("w.ini", text, strlen(text), &window, &err))
        fail_msg("%s", err.text);
    return window;
}

/* The texts here stand without the empty line that goes ahead of each section but the first. */
static void drop_empty_lines(char *text)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        if (from[0] == '\n' && from[1] == '\n' && from[2] == '[')
            continue;
        *to++ = *from;
    }
    *to = '\0';
}

static void assert_writes(const struct change_record *change, const char *expected)
{
    OWNED(free) char *text = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!change_record_write(change, &text, &err))
        fail_msg("%s", err.text);
    assert_non_null(strstr(text, "\n\n[before]\n"));
    drop_empty_lines(text);
    assert_string_equal(text, expected);
}

static void test_a_change_comes_back_byte_by_byte(void **state)
{
    static const char *const texts[] = {
        WHOLE,
        CHANGE "[before]\nknown = no\n[wanted]\nexists = yes\n[reached]\nexists = yes\nguid = 1\n"
               "[result]\nstate = unknown\nduring = apply\nat = 2026-11-21T08:00:00Z\n"
               "error = no answer in 30 s\nhint = \" look \"\nnote = \"\"\nwaiting = restart\n",
        CHANGE BEFORE WANTED REACHED
        "[result]\nstate = conflict\nduring = rollback\nat = 2026-11-21T08:00:00Z\n",
        CHANGE BEFORE WANTED REACHED
        "[result]\nstate = conflict\nduring = rollback\nat = 2026-11-21T08:00:00Z\nkept = yes\n",
        CHANGE BEFORE WANTED REACHED
        "[result]\nstate = failed\nduring = rollback\nat = 2026-11-21T09:00:00Z\n"
        "owed = 2026-11-21T08:00:00Z\ntries = 12\nerror = no route\n",
        CHANGE BEFORE WANTED REACHED
        "[result]\nstate = applied\nduring = apply\nat = 2026-11-21T08:00:00Z\nwaiting = restart\n"
        "[since]\nexists = yes\nhost-1 = dc1.source.test\nboot-1 = 2026-11-01T08:00:00Z\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        OWNED(change_record_release) struct change_record change = read_change(texts[i]);
        OWNED(change_record_release) struct change_record copy = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        assert_writes(&change, texts[i]);
        assert_true(change_record_copy(&change, &copy, &err));
        assert_writes(&copy, texts[i]);
    }
}

static void test_a_change_is_what_it_says(void **state)
{
    OWNED(change_record_release) struct change_record change = read_change(WHOLE);

    (void)state;
    assert_string_equal(change.setting, "allow-password-export");
    assert_string_equal(change.thing, "hklm\\system\\lsa:allowpasswordexport");
    assert_true(change.before.known);
    assert_false(change.before.exists);
    assert_string_equal(ajar_state_fact(&change.before, "key"), "empty");
    assert_string_equal(ajar_state_fact(&change.wanted, "data"), "01000000");
    assert_false(change.reached.known);
    assert_int_equal(change.state, CHANGE_INTENDED);
    assert_false(change.closing);
    assert_int_equal(change.at, 1795248000);
    assert_null(change.error);
    assert_null(change.waiting);
}

static void test_odd_and_long_values_come_back(void **state)
{
    OWNED(change_record_release) struct change_record change = read_change(WHOLE);
    OWNED(change_record_release) struct change_record back = { 0 };
    OWNED(text_release) struct text hex = TEXT_UP_TO(100000);
    OWNED(free) char *text = NULL;
    const char *odd = " a ;b\n[result]\nstate = applied \"\\\x01\xc3\xa4\xf0\x9f\x94\x92\t";
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (int i = 0; i < 25000; i++)
        text_append(&hex, i % 2 ? "0fa1" : "00ff");
    assert_true(ajar_state_set(&change.before, "data", text_peek(&hex), &err));
    assert_true(ajar_state_set(&change.before, "text", odd, &err));
    assert_true(ajar_state_set(&change.before, "empty", "", &err));
    change.error = text_copy(odd);
    assert_true(change_record_write(&change, &text, &err));
    assert_true(change_record_read("c.ini", text, strlen(text), &back, &err));
    assert_string_equal(ajar_state_fact(&back.before, "data"), text_peek(&hex));
    assert_string_equal(ajar_state_fact(&back.before, "text"), odd);
    assert_string_equal(ajar_state_fact(&back.before, "empty"), "");
    assert_string_equal(back.error, odd);
    assert_int_equal(back.state, CHANGE_INTENDED);
}

static void test_a_window_comes_back_byte_by_byte(void **state)
{
    static const char *const texts[] = {
        WINDOW,
        WINDOW PARAMETERS,
        WINDOW EXTENSION("1", "22", "24"),
        WINDOW PARAMETERS EXTENSION("1", "22", "23") EXTENSION("2", "23", "24"),
        "[window]\nid = x\nplan = admt\ntitle = \"\"\noperator = alice\nhost = adm1\n"
        "reason = \" why\"\nticket = CHG-1\nversion = 0.1.0\n"
        "saved = 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\nstate = closed\n"
        "opened = 2026-11-21T08:00:00Z\nuntil = 2026-11-24T08:00:00Z\n"
        "closed = 2026-11-22T08:00:00Z\n" PARAMETERS "b = \"\"\n",
        "[window]\nid = x\nplan = admt\ntitle = t\noperator = alice\nhost = adm1\n"
        "reason = why\nversion = 0.1.0\nstate = open\ntoward = closed\n"
        "opened = 2026-11-21T08:00:00Z\n",
        "[window]\nid = x\nplan = admt\ntitle = t\noperator = alice\nhost = adm1\n"
        "reason = why\nversion = 0.1.0\nstate = open\npermanent = yes\n"
        "opened = 2026-11-21T08:00:00Z\n",
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        OWNED(window_record_release) struct window_record window = read_window(texts[i]);
        OWNED(window_record_release) struct window_record copy = { 0 };
        OWNED(free) char *text = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        assert_true(window_record_copy(&window, &copy, &err));
        assert_true(window_record_write(&copy, &text, &err));
        drop_empty_lines(text);
        assert_string_equal(text, texts[i]);
    }
}

struct refusal {
    const char *name;
    const char *text;
    const char *says;
};

#define OWED "[result]\nduring = rollback\nat = 2026-11-21T08:00:00Z\n"

static const struct refusal refused_changes[] = {
    { "owed, never tried",
      CHANGE BEFORE WANTED REACHED OWED "state = failed\nowed = 2026-11-21T08:00:00Z\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: \"owed\" and \"tries\"" },
    { "tried, not owed", CHANGE BEFORE WANTED REACHED OWED "state = failed\ntries = 1\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: \"owed\" and \"tries\"" },
    { "owed although it is restored",
      CHANGE BEFORE WANTED REACHED OWED
      "state = restored\nowed = 2026-11-21T08:00:00Z\ntries = 1\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: only what is to be put" },
    { "owed although it is kept",
      CHANGE BEFORE WANTED REACHED OWED
      "state = conflict\nkept = yes\nowed = 2026-11-21T08:00:00Z\ntries = 1\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: only what is to be put" },
    { "owed while it opens",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = failed\nduring = apply\nat = 2026-11-21T08:00:00Z\n"
      "owed = 2026-11-21T08:00:00Z\ntries = 1\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: only what is to be put" },
    { "tries in words",
      CHANGE BEFORE WANTED REACHED OWED
      "state = failed\nowed = 2026-11-21T08:00:00Z\ntries = two\n",
      "c.ini:22: tries = \"two\" is no number" },
    { "tries with a zero in front",
      CHANGE BEFORE WANTED REACHED OWED "state = failed\nowed = 2026-11-21T08:00:00Z\ntries = 02\n",
      "c.ini:22: tries = \"02\" is no number" },
    { "nothing", "", "c.ini:1: [change] is missing here" },
    { "no before", CHANGE WANTED REACHED RESULT, "c.ini:8: [before] is missing here" },
    { "no result", CHANGE BEFORE WANTED REACHED, "c.ini:1: [result] is missing here" },
    { "another order", CHANGE WANTED BEFORE REACHED RESULT, "c.ini:8: [before] is missing here" },
    { "another section", WHOLE "[more]\n", "c.ini:21: section [more] has no place here" },
    { "a named section", "[change x]\n", "c.ini:1: [change] is missing here" },
    { "unknown field", "[change]\ncolour = red\n" BEFORE WANTED REACHED RESULT,
      "c.ini:2: [change] has no field \"colour\"" },
    { "missing field", "[change]\nsetting = a\n" BEFORE WANTED REACHED RESULT,
      "c.ini:1: [change] needs a field \"kind\"" },
    { "field twice", CHANGE "kind = member\n" BEFORE WANTED REACHED RESULT,
      "c.ini:8: field \"kind\" stands twice" },
    { "unknown place", CHANGE "x = 1\n" BEFORE WANTED REACHED RESULT, "c.ini:8: [change] has no" },
    { "state of another word",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = done\nduring = apply\nat = 2026-11-21T08:00:00Z\n",
      "c.ini:18: state = \"done\" is not right" },
    { "direction of another word",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = failed\nduring = both\nat = 2026-11-21T08:00:00Z\n",
      "c.ini:19: during = \"both\" is not right" },
    { "no direction",
      CHANGE BEFORE WANTED REACHED "[result]\nstate = failed\nat = 2026-11-21T08:00:00Z\n",
      "c.ini:17: [result] needs a field \"during\"" },
    { "restored during apply",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = restored\nduring = apply\nat = 2026-11-21T08:00:00Z\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: \"restored\" during apply" },
    { "applied during rollback",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = applied\nduring = rollback\nat = 2026-11-21T08:00:00Z\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: \"applied\" during rollback" },
    { "an outcome that is kept",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = failed\nduring = rollback\nat = 2026-11-21T08:00:00Z\nkept = yes\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: only a conflict is kept" },
    { "kept or not",
      CHANGE BEFORE WANTED REACHED
      "[result]\nstate = conflict\nduring = rollback\nat = 2026-11-21T08:00:00Z\nkept = no\n",
      "c.ini:21: kept = \"no\" is not right" },
    { "since when, but for what", CHANGE BEFORE WANTED REACHED RESULT "[since]\nexists = yes\n",
      "c.ini:1: [registry allow-password-export] on dc1.source.test: it waits for nothing" },
    { "no time",
      CHANGE BEFORE WANTED REACHED "[result]\nstate = failed\nduring = apply\nat = today\n",
      "c.ini:17: at: \"today\" is no time" },
    { "state that says nothing", CHANGE "[before]\n" WANTED REACHED RESULT,
      "c.ini:8: [before] begins with" },
    { "half a state", CHANGE "[before]\nexists = maybe\n" WANTED REACHED RESULT,
      "c.ini:8: [before] begins with" },
    { "known and facts", CHANGE "[before]\nknown = no\na = 1\n" WANTED REACHED RESULT,
      "c.ini:8: [before] begins with" },
    { "fact twice", CHANGE "[before]\nexists = yes\na = 1\na = 2\n" WANTED REACHED RESULT,
      "c.ini:11: field \"a\" stands twice" },
    { "target that climbs",
      "[change]\nsetting = a\nkind = registry\ntarget = ../x\nplace = host\n"
      "thing = x\naction = none\n" BEFORE WANTED REACHED RESULT,
      "c.ini:1: [registry a] on ../x: a name that cannot be a file name" },
    { "cut in a value", CHANGE BEFORE "[wanted]\nexists = yes\ndata = \"01",
      "c.ini:13: a value in" },
};

static const struct refusal refused_windows[] = {
    { "window of nothing", "", "w.ini:1: [window] is missing here" },
    { "window with another section", WINDOW "[more]\n", "w.ini:12: section [more] has no place" },
    { "parameters first", PARAMETERS WINDOW, "w.ini:1: [window] is missing here" },
    { "unknown field of a window", WINDOW "colour = red\n", "w.ini:12: [window] has no field" },
    { "a seal that is too short", WINDOW "saved = 00ff\n",
      "w.ini:1: window 20261121-080000-admt: a seal has 64 digits" },
    { "a seal that is none", WINDOW "saved = zz\n", "w.ini:12: " },
    { "closing time while open", WINDOW "closed = 2026-11-21T09:00:00Z\n",
      "w.ini:1: window 20261121-080000-admt is open and has a time of closing" },
    { "a window without an end",
      "[window]\nid = a\nplan = p\ntitle = t\noperator = o\nhost = h\nreason = r\n"
      "version = 1\nstate = open\nopened = 2026-11-21T08:00:00Z\n",
      "w.ini:1: window a has no end" },
    { "an end of what closes",
      "[window]\nid = a\nplan = p\ntitle = t\noperator = o\nhost = h\nreason = r\n"
      "version = 1\nstate = open\ntoward = closed\nopened = 2026-11-21T08:00:00Z\n"
      "until = 2026-11-24T08:00:00Z\n",
      "w.ini:1: window a only closes, and has an end" },
    { "an end of a repair",
      "[window]\nid = a\nplan = p\ntitle = t\noperator = o\nhost = h\nreason = r\n"
      "version = 1\nstate = open\npermanent = yes\nopened = 2026-11-21T08:00:00Z\n"
      "until = 2026-11-24T08:00:00Z\n",
      "w.ini:1: window a is permanent, and has an end" },
    { "a repair toward closed",
      "[window]\nid = a\nplan = p\ntitle = t\noperator = o\nhost = h\nreason = r\n"
      "version = 1\nstate = open\ntoward = closed\npermanent = yes\n"
      "opened = 2026-11-21T08:00:00Z\n",
      "w.ini:1: window a only closes, and is permanent" },
    { "a repair, perhaps", WINDOW "permanent = no\n",
      "w.ini:12: permanent = \"no\" is not right: it is one of: yes" },
    { "an extension by another number", WINDOW EXTENSION("2", "22", "24"),
      "w.ini:12: [extension 1] is to stand here, not [extension 2]" },
    { "an extension without one", WINDOW "[extension]\n",
      "w.ini:12: [extension 1] is to stand here, not [extension ]" },
    { "an extension ahead of the rest", WINDOW EXTENSION("1", "22", "24") PARAMETERS,
      "w.ini:12: section [extension 1] has no place here" },
    { "an extension that leads elsewhere", WINDOW EXTENSION("1", "22", "23"),
      "w.ini:1: window 20261121-080000-admt: [extension 1] leads from 2026-11-22T08:00:00Z to "
      "2026-11-23T08:00:00Z, and 2026-11-24T08:00:00Z follows" },
    { "an extension that comes before its end", WINDOW EXTENSION("1", "24", "24"),
      "w.ini:1: window 20261121-080000-admt: [extension 1] leads from" },
    { "a gap between extensions", WINDOW EXTENSION("1", "21", "22") EXTENSION("2", "23", "24"),
      "w.ini:1: window 20261121-080000-admt: [extension 1] leads from" },
    { "an extension that nobody made",
      WINDOW "[extension 1]\nfrom = 2026-11-22T08:00:00Z\nuntil = 2026-11-24T08:00:00Z\n",
      "w.ini:12: [extension 1] needs a field \"by\"" },
    { "parameter twice", WINDOW PARAMETERS "pes-host = a\n",
      "w.ini:14: field \"pes-host\" stands" },
    { "no such day",
      "[window]\nid = a\nplan = p\ntitle = t\noperator = o\nhost = h\nreason = r\n"
      "version = 1\nstate = open\nopened = 2026-02-30T08:00:00Z\nuntil = 2026-11-24T08:00:00Z\n",
      "w.ini:1: opened: \"2026-02-30T08:00:00Z\" is a time that does not exist" },
};

static void test_refuses_a_change(void **state)
{
    const struct refusal *row = *state;
    struct change_record change = { .at = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(change_record_read("c.ini", row->text, strlen(row->text), &change, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    if (strncmp(err.text, row->says, strlen(row->says)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.text, row->says);
    assert_int_equal(change.at, 77);
    assert_null(change.setting);
}

static void test_refuses_a_window(void **state)
{
    const struct refusal *row = *state;
    struct window_record window = { .until = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(window_record_read("w.ini", row->text, strlen(row->text), &window, &err));
    assert_int_equal(err.status, AJAR_EJOURNAL);
    if (strncmp(err.text, row->says, strlen(row->says)) != 0)
        fail_msg("\"%s\" does not begin with \"%s\"", err.text, row->says);
    assert_int_equal(window.until, 77);
    assert_null(window.id);
}

/* A record that lost its end is refused, or is a whole one: between two optional fields. */
static void test_refuses_a_record_that_is_cut(void **state)
{
    const char *whole = WHOLE;
    const size_t size = strlen(whole);

    (void)state;
    for (size_t cut = 0; cut + 1 < size; cut++) {
        struct change_record change = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        if (change_record_read("c.ini", whole, cut, &change, &err))
            fail_msg("cut to %zu of %zu bytes it is read", cut, size);
        assert_int_equal(err.status, AJAR_EJOURNAL);
    }
}

static void test_writes_no_record_that_it_would_refuse(void **state)
{
    (void)state;
    for (int i = 0; i < 7; i++) {
        OWNED(change_record_release) struct change_record change = read_change(WHOLE);
        struct ajar_error err = AJAR_NO_ERROR;
        char *text = (char *)0x10;

        if (i == 0)
            change.closing = true;
        else if (i == 1)
            change.state = CHANGE_RESTORING;
        else if (i == 2)
            change.target[0] = '/';
        else if (i == 3)
            change.thing[0] = '\0';
        else if (i == 4)
            assert_true(ajar_state_set(&change.before, "a b", "1", &err));
        else if (i == 5)
            assert_true(ajar_state_set(&change.before, "exists", "no", &err));
        else
            change.wanted.known = false;
        assert_false(change_record_write(&change, &text, &err));
        assert_int_equal(err.status, AJAR_EJOURNAL);
        assert_ptr_equal(text, (void *)0x10);
    }
}

static void test_knows_safe_names(void **state)
{
    static const char *const good[] = { "a", "dc1.source.test", "20261121-080000-x", "0" };
    static const char *const bad[] = { "",    ".",  "..",  ".git",     "a..b", "A",  "a/b",
                                       "a b", "-a", "a_b", "\xc3\xa4", "a\n",  "a:b" };
    char longest[202];

    (void)state;
    for (size_t i = 0; i < LENGTH(good); i++)
        assert_true(record_is_safe_name(good[i]));
    for (size_t i = 0; i < LENGTH(bad); i++)
        assert_false(record_is_safe_name(bad[i]));
    memset(longest, 'a', 201);
    longest[201] = '\0';
    assert_false(record_is_safe_name(longest));
    assert_true(record_is_safe_name(longest + 1));
}

static size_t add_rows(struct CMUnitTest *tests, CMUnitTestFunction function,
                       const struct refusal *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tests[i] = (struct CMUnitTest){ .name = rows[i].name,
                                        .test_func = function,
                                        .initial_state = (void *)(uintptr_t)&rows[i] };
    return count;
}

int main(void)
{
    struct CMUnitTest rows[LENGTH(refused_changes) + LENGTH(refused_windows)];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_change_comes_back_byte_by_byte),
        cmocka_unit_test(test_a_change_is_what_it_says),
        cmocka_unit_test(test_odd_and_long_values_come_back),
        cmocka_unit_test(test_a_window_comes_back_byte_by_byte),
        cmocka_unit_test(test_refuses_a_record_that_is_cut),
        cmocka_unit_test(test_writes_no_record_that_it_would_refuse),
        cmocka_unit_test(test_knows_safe_names),
    };
    size_t count = add_rows(rows, test_refuses_a_change, refused_changes, LENGTH(refused_changes));
    int failed;

    (void)add_rows(rows + count, test_refuses_a_window, refused_windows, LENGTH(refused_windows));
    failed = cmocka_run_group_tests_name("record rows", rows, NULL, NULL);
    return failed + cmocka_run_group_tests_name("record", tests, NULL, NULL);
}

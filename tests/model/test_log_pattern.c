/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_pattern.h"

#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct row {
    const char *name;
    const char *text;
    const char *line;
    const char *account; /* "-": it does not stand there; "": no account */
} rows[] = {
    { "as it is", "Access is denied.", "Access is denied.", "" },
    { "within a line", "Access is denied.", "2026-11-21 08:15:00 x: Access is denied. y", "" },
    { "the case does not matter", "ACCESS is Denied", "access IS denied", "" },
    { "nor do blanks", "Access is  denied.", "Access   is \tdenied.", "" },
    { "but that there are some", "Access is denied.", "Accessis denied.", "-" },
    { "another text", "Access is denied.", "Access was denied.", "-" },
    { "an account", "password for {account}. A", "password for CN=Anna M. A strong", "CN=Anna M" },
    { "an account with dots", "password for {account}. A", "password for a.b@c.test. A x",
      "a.b@c.test" },
    { "an account in its case", "PASSWORD for {account}. A", "Password  For CN=Anna. a",
      "CN=Anna" },
    { "an account at the end", "copied for {account}", "copied for CN=Anna,DC=x.  ",
      "CN=Anna,DC=x" },
    { "an account at the begin", "{account} was moved",
      "2026-11-21 08:15:00 WRN1:7557 CN=Anna was moved", "CN=Anna" },
    { "no account", "copied for {account}", "copied for ", "-" },
    { "an account of nothing", "copied for {account}. A", "copied for . A", "-" },
    { "any", "domains. {any} denied.", "domains. Access is denied.", "" },
    { "any of nothing", "domains.{any}denied.", "domains.denied.", "" },
    { "any, then not", "domains. {any} denied.", "domains. Access is fine.", "-" },
    { "a host", "server {host} does not have", "server \\\\DC-1.test does not have", "" },
    { "no host", "server {host} does not have", "server DC 1 does not have", "-" },
    { "a host at the end", "cannot reach {host}", "cannot reach dc1.source.test.", "" },
    { "a number", "code = {number}).", "code = 6).", "" },
    { "a hexadecimal number", "with hr={number}.", "with hr=0x8007208c.", "" },
    { "a negative number", "with hr={number}.", "with hr=-21470.", "" },
    { "no number", "code = {number}).", "code = six).", "-" },
    { "a number at the end", "lookup failed, rc={number}", "lookup failed, rc=1332", "" },
    { "no number at the end", "lookup failed, rc={number}", "lookup failed, rc=", "-" },
    { "a longer number", "Event ID: 611", "Event ID: 6110", "-" },
    { "the same number", "Event ID: 611", "Event ID: 611, x", "" },
    { "a number within one", "1332 failed", "rc=11332 failed", "-" },
    { "a second begin fits", "name {host} is bad", "name a b, name c is bad", "" },
    { "not in the date", "2026-11", "2026-11-21 08:15:00 x", "-" },
};

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(log_pattern_release) struct log_pattern pattern = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct log_span untouched = { row->name, 3 };
    struct log_span account = untouched;
    struct log_folded folded;
    struct log_line line;
    bool there;

    if (!log_pattern_read(row->text, &pattern, &err))
        fail_msg("%s", err.text);
    log_line_read(row->line, strlen(row->line), &line);
    log_line_fold(&line, &folded);
    there = log_pattern_match(&pattern, &line, &folded, &account);
    assert_int_equal(there, strcmp(row->account, "-") != 0);
    if (!there) {
        assert_ptr_equal(account.at, untouched.at);
        return;
    }
    assert_int_equal(account.size, strlen(row->account));
    assert_int_equal(account.at != NULL, account.size > 0);
    if (account.size > 0)
        assert_memory_equal(account.at, row->account, account.size);
}

static const struct refusal {
    const char *name;
    const char *text;
    const char *says;
} refusals[] = {
    { "an unknown placeholder", "for {user}: no", "\"{user}: no\" is no placeholder" },
    { "a bracket alone", "text { more", "is no placeholder" },
    { "nothing between", "Failed {any}{account}", "nothing between them" },
    { "two accounts", "{account} and not {account}", "{account} stands twice" },
    { "no text", "{any}", "less than 4 bytes" },
    { "too little text", "no {any} x", "less than 4 bytes" },
    { "blanks are no text", "no {any} ab {any} x", "less than 4 bytes" },
};

static void run_refusal(void **state)
{
    const struct refusal *refusal = *state;
    struct log_pattern pattern = { .count = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(log_pattern_read(refusal->text, &pattern, &err));
    assert_int_equal(err.status, AJAR_EPLAN);
    assert_non_null(strstr(err.text, refusal->says));
    assert_int_equal(pattern.count, 77);
}

static const struct row cells[] = {
    { "between tabs", "Error", "2026\tError\tCN=a,DC=b", "CN=a,DC=b" },
    { "between commas", "Error", "1,Error,anna@source.test", "anna@source.test" },
    { "in quotes", "Error", "\"CN=a,DC=b\",\"Error\"", "CN=a,DC=b" },
    { "a name that needs no quotes", "Error", "CN=a,OU=b,DC=c,Error", "CN=a,OU=b,DC=c" },
    { "in columns", "Error", "SOURCE\\anna   Error   21.11.2026", "SOURCE\\anna" },
    { "at the begin", "Error", "Error  anna", "" },
    { "labelled", "Error", "Status : Error", "" },
    { "labelled closely", "Error", "Status: Error", "" },
    { "labelled in a table", "Error", "Status: Error\tx", "" },
    { "the case does not matter", "Error", "1,ERROR", "" },
    { "the second one is it", "Error", "An error is here,Error", "" },
    { "in prose", "Error", "An Error occurred.", "-" },
    { "in prose with commas", "Error", "Well, Error, and so on", "-" },
    { "at the begin of prose", "Error", "Error, and so on", "-" },
    { "alone", "Error", "Error", "-" },
    { "a part of a word", "Error", "1,Errors,2", "-" },
    { "labelled as something else", "Error", "NoStatus : Error", "-" },
    { "labelled, and prose", "Error", "Status : Error while reading", "-" },
};

static void run_cell(void **state)
{
    const struct row *row = *state;
    struct log_span account = { row->name, 3 };
    struct log_line line;

    log_line_read(row->line, strlen(row->line), &line);
    assert_int_equal(log_cell_match(row->text, &line, &account), strcmp(row->account, "-") != 0);
    if (strcmp(row->account, "-") == 0) {
        assert_ptr_equal(account.at, row->name);
        return;
    }
    assert_int_equal(account.size, strlen(row->account));
    if (account.size > 0)
        assert_memory_equal(account.at, row->account, account.size);
}

/* A line in which a pattern begins everywhere and ends nowhere takes no longer than others. */
static void test_hopeless_lines_end_soon(void **state)
{
    OWNED(log_pattern_release) struct log_pattern pattern = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct log_span account = { 0 };
    static char text[LOG_LINE_CEILING * 2];
    static struct log_folded folded;
    struct log_line line;

    (void)state;
    assert_true(log_pattern_read("x{any}never there", &pattern, &err));
    memset(text, 'x', sizeof(text));
    log_line_read(text, sizeof(text), &line);
    assert_int_equal(line.size, LOG_LINE_CEILING);
    for (int i = 0; i < 1000; i++) {
        log_line_fold(&line, &folded);
        assert_false(log_pattern_match(&pattern, &line, &folded, &account));
    }
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + LENGTH(refusals) + LENGTH(cells) + 1] = {
        cmocka_unit_test(test_hopeless_lines_end_soon),
    };
    size_t count = 1;

    ADD_CASES(rows, run_row);
    ADD_CASES(refusals, run_refusal);
    ADD_CASES(cells, run_cell);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

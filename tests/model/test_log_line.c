/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_line.h"

#include "base/clock.h"
#include "base/text.h"
#include "rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Both orders, "-" where there is no such date; the text behind the date. */
static const struct date_row {
    const char *name;
    const char *line;
    const char *day_first;
    const char *month_first; /* NULL: the same */
    const char *rest;
} dates[] = {
    { "ADMT", "2026-11-21 08:15:00 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "ISO with T", "2026-11-21T08:15:00.123 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "slashes, year first", "2026/11/21 8:15 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "Hungarian", "2026. 11. 21. 8:15:00 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "German", "21.11.2026 08:15:00 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "German, both below 13", "03.04.2026 08:15:00 x", "2026-04-03T08:15:00Z", NULL, "x" },
    { "Finnish", "21.11.2026 8.15.07 x", "2026-11-21T08:15:07Z", NULL, "x" },
    { "American", "11/21/2026 8:15:00 AM x", "-", "2026-11-21T08:15:00Z", "x" },
    { "American afternoon", "11/21/2026 8:15:00 PM x", "-", "2026-11-21T20:15:00Z", "x" },
    { "American midnight", "11/21/2026 12:00:01 AM x", "-", "2026-11-21T00:00:01Z", "x" },
    { "American noon", "11/21/2026 12:00:01 p.m. x", "-", "2026-11-21T12:00:01Z", "x" },
    { "a narrow blank", "11/21/2026 8:15:00\xe2\x80\xafPM x", "-", "2026-11-21T20:15:00Z", "x" },
    { "AM of a word", "11/21/2026 8:15:00 Amsterdam", "-", "2026-11-21T08:15:00Z", "Amsterdam" },
    { "British", "21/11/2026 08:15:00 x", "2026-11-21T08:15:00Z", "-", "x" },
    { "either", "03/04/2026 08:15:00 x", "2026-04-03T08:15:00Z", "2026-03-04T08:15:00Z", "x" },
    { "Dutch", "21-11-2026 8:15:00 x", "2026-11-21T08:15:00Z", "-", "x" },
    { "two digits of year", "11/21/26 8:15:00 AM x", "-", "2026-11-21T08:15:00Z", "x" },
    { "a comma", "21.11.2026, 08:15:00 x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "brackets", "[2026-11-21 08:15:00] x", "2026-11-21T08:15:00Z", NULL, "x" },
    { "blanks and a mark", "\xef\xbb\xbf  2026-11-21  08:15:00\tx", "2026-11-21T08:15:00Z", NULL,
      "x" },
    { "leap day", "2024-02-29 08:15:00 x", "2024-02-29T08:15:00Z", NULL, "x" },
    { "nothing behind", "2026-11-21 08:15:00\r\n", "2026-11-21T08:15:00Z", NULL, "" },
    { "no leap day", "2026-02-29 08:15:00 x", NULL, NULL, "2026-02-29 08:15:00 x" },
    { "no such month", "2026-13-01 08:15:00 x", NULL, NULL, "2026-13-01 08:15:00 x" },
    { "no such day", "31.04.2026 08:15:00 x", NULL, NULL, "31.04.2026 08:15:00 x" },
    { "no such hour", "2026-11-21 24:15:00 x", NULL, NULL, "2026-11-21 24:15:00 x" },
    { "no time", "2026-11-21 x", NULL, NULL, "2026-11-21 x" },
    { "a number", "12 x", NULL, NULL, "12 x" },
    { "a version", "1.2.3 x", NULL, NULL, "1.2.3 x" },
    { "an address", "10.0.0.1 08:15:00", NULL, NULL, "10.0.0.1 08:15:00" },
    { "a long number", "20261121 08:15:00", NULL, NULL, "20261121 08:15:00" },
    { "nothing", "", NULL, NULL, "" },
};

static void assert_wall(int64_t wall, const char *text)
{
    if (strcmp(text, "-") == 0)
        assert_true(wall == LOG_NO_TIME);
    else
        assert_string_equal(clock_write_time(wall).at, text);
}

static void run_date(void **state)
{
    const struct date_row *row = *state;
    struct log_line line;

    log_line_read(row->line, strlen(row->line), &line);
    assert_int_equal(line.date.known, row->day_first != NULL);
    assert_int_equal(line.size - line.text, strlen(row->rest));
    assert_memory_equal(line.line + line.text, row->rest, strlen(row->rest));
    if (!row->day_first)
        return;
    assert_wall(line.date.wall[LOG_DAY_FIRST], row->day_first);
    assert_wall(line.date.wall[LOG_MONTH_FIRST],
                row->month_first ? row->month_first : row->day_first);
}

static void test_a_date_is_kept_as_it_stands(void **state)
{
    struct log_line line;

    (void)state;
    log_line_read("  [11/21/2026 8:15:00 AM] x", 27, &line);
    assert_string_equal(line.date.text, "11/21/2026 8:15:00 AM");
}

static const struct sign_row {
    const char *name;
    const char *line;
    const char *sign; /* NULL: none */
    bool is_error;
    const char *rest;
} signs[] = {
    { "warning", "2026-11-21 08:15:00 WRN1:7557 Failed", "WRN1:7557", false, "Failed" },
    { "error", "2026-11-21 08:15:00 ERR2:7422 Failed", "ERR2:7422", true, "Failed" },
    { "short warning", "W1:7557 Failed", "W1:7557", false, "Failed" },
    { "short error", "E3:123 Failed", "E3:123", true, "Failed" },
    { "later in the line", "ADMT said (WRN1:7557) so", "WRN1:7557", false, ") so" },
    { "behind a path", "C:\\x ERR2:70000 y", "ERR2:70000", true, "y" },
    { "alone", "WRN1:7557", "WRN1:7557", false, "" },
    { "two digits", "WRN1:75 x", NULL, false, "WRN1:75 x" },
    { "six digits", "WRN1:755777 x", NULL, false, "WRN1:755777 x" },
    { "letters behind", "WRN1:7557x", NULL, false, "WRN1:7557x" },
    { "letters in front", "XWRN1:7557 x", NULL, false, "XWRN1:7557 x" },
    { "small letters", "wrn1:7557 x", NULL, false, "wrn1:7557 x" },
    { "no digit", "WRN:7557 x", NULL, false, "WRN:7557 x" },
    { "an address", "fe80::e1:2345:1", NULL, false, "fe80::e1:2345:1" },
    { "a time", "08:15:00 x", NULL, false, "08:15:00 x" },
};

static void run_sign(void **state)
{
    const struct sign_row *row = *state;
    struct log_line line;

    log_line_read(row->line, strlen(row->line), &line);
    assert_int_equal(line.has_sign, row->sign != NULL);
    assert_int_equal(line.size - line.behind_sign, strlen(row->rest));
    assert_memory_equal(line.line + line.behind_sign, row->rest, strlen(row->rest));
    if (!row->sign)
        return;
    assert_string_equal(line.sign, row->sign);
    assert_int_equal(line.is_error, row->is_error);
    assert_int_equal(line.id, strtoul(strchr(row->sign, ':') + 1, NULL, 10));
}

static const struct clean_row {
    const char *name;
    const char *text;
    const char *clean;
    bool foreign;
} cleans[] = {
    { "plain", "Failed", "Failed", false },
    { "UTF-8", "M\xc3\xbcller \xe2\x82\xac", "M\xc3\xbcller \xe2\x82\xac", false },
    { "a code page", "M\xfcller \x80", "M\xc3\xbcller \xe2\x82\xac", true },
    { "no such letter", "\x81", "\xef\xbf\xbd", true },
    { "an escape sequence", "a\033[31mb\tc\x7f", "a [31mb c ", false },
    { "controls of C1",
      "a\xc2\x9b"
      "31m",
      "a 31m", false },
    { "right to left",
      "a\xe2\x80\xae\xe2\x80\xac"
      "b\xe2\x81\xa6\xe2\x81\xa9"
      "c",
      "a  b  c", false },
    { "too long", "0123456789012345678901234567890", "01234567890123456789...", false },
    { "not half a letter", "0123456789012345678\xc3\xbc", "0123456789012345678...", false },
};

static void run_clean(void **state)
{
    const struct clean_row *row = *state;
    bool foreign = false;
    OWNED(free) char *clean = log_text_clean(row->text, strlen(row->text), 20, &foreign);

    assert_string_equal(clean, row->clean);
    assert_int_equal(foreign, row->foreign);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(dates) + LENGTH(signs) + LENGTH(cleans) + 1] = {
        cmocka_unit_test(test_a_date_is_kept_as_it_stands),
    };
    size_t count = 1;

    ADD_CASES(dates, run_date);
    ADD_CASES(signs, run_sign);
    ADD_CASES(cleans, run_clean);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Logs from their bytes to what is said of them, with a knowledge of the test's own.
 */
#include "engine/diagnosis.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/utf16.h"
#include "rows.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define KNOWLEDGE                                                                                \
    "[diagnose]\nname = k\ntitle = K\nsign = script: Password sync channel status\n"             \
    "account = Processing {account}\n"                                                           \
    "[cause denied]\ntitle = t\nin = admt\nid = 7557\nid = 7558\nseverity = error\nmeans = m\n"  \
    "text = password for {account}. A strong {any} Access is denied.\n"                          \
    "text = Unable to copy password. Access is denied.\nstep = s\nbefore = not-copied\n"         \
    "[cause not-copied]\ntitle = t\nid = 7557\nseverity = error\nmeans = m\nstep = s\n"          \
    "text = Failed to copy the password for {account}. A strong password was generated for\n"    \
    "[cause number]\ntitle = t\nid = 7422\nseverity = warning\nmeans = m\nstep = s\n"            \
    "account = above\n"                                                                          \
    "[cause ping]\ntitle = t\nin = script\nseverity = notice\nmeans = m\ntext = No ping event\n" \
    "[cause status]\ntitle = t\nin = password-sync-log\nseverity = error\nmeans = m\n"           \
    "step = s\nstatus = Error\n"                                                                 \
    "[cause copied]\ntitle = t\nseverity = fine\nmeans = m\ntext = Password copied for "         \
    "{account}\n"

static struct ajar_knowledge *make_knowledge(void)
{
    struct ajar_knowledge *knowledge = calloc(1, sizeof(*knowledge));
    struct ajar_error err = AJAR_NO_ERROR;
    struct ini *ini = NULL;

    if (!ini_read("k.ini", KNOWLEDGE, strlen(KNOWLEDGE), INI_PLAIN, &ini, &err) ||
        !knowledge_add(knowledge, ini, &err) || !knowledge_finish(knowledge, &err))
        fail_msg("%s", err.text);
    return knowledge;
}

/* A diagnosis in one line a group: "denied 2 [Anna,Berta] 3-7 21.11.2026 08:15:00|..." */
static void put_diagnosis(const struct ajar_diagnosis *diagnosis, struct text *text)
{
    for (size_t i = 0; i < diagnosis->count; i++) {
        const struct ajar_found *found = &diagnosis->found[i];

        text_format(text, "%s %" PRIu64 " %" PRIu64 "-%" PRIu64 " [", found->cause->name,
                    found->count, found->first_line, found->last_line);
        for (size_t j = 0; j < found->account_listed; j++)
            text_format(text, "%s%s", j ? "," : "", found->accounts[j]);
        text_format(text, "] %s..%s\n", found->first.text, found->last.text);
    }
    for (size_t i = 0; i < diagnosis->unknown_count; i++) {
        const struct ajar_unknown *unknown = &diagnosis->unknown[i];

        text_format(text, "? %s %" PRIu64 " %" PRIu64 "-%" PRIu64 "\n", unknown->sign,
                    unknown->count, unknown->first_line, unknown->last_line);
    }
    text_format(text, "%" PRIu64 " quiet", diagnosis->quiet);
}

#define DENIED                                                               \
    "WRN1:7557 Failed to copy the password for CN=Anna. A strong password. " \
    "Unable to copy password.  Access is denied.\n"

static const struct row {
    const char *name;
    const char *log;
    const char *says;
} rows[] = {
    { "nothing", "", "0 quiet" },
    { "no trouble", "2026-11-21 08:15:00 Created\n\nx", "3 quiet" },
    { "a cause", "x\n2026-11-21 08:15:00 " DENIED,
      "denied 1 2-2 [CN=Anna] 2026-11-21 08:15:00..2026-11-21 08:15:00\n1 quiet" },
    { "the same account once",
      DENIED DENIED "WRN1:7557 password for cn=anna. A strong x Access "
                    "is denied.",
      "denied 3 1-3 [CN=Anna] ..\n0 quiet" },
    { "another number", "WRN1:7559 Unable to copy password. Access is denied.",
      "? WRN1:7559 1 1-1\n0 quiet" },
    { "no number", "Unable to copy password. Access is denied.", "denied 1 1-1 [] ..\n0 quiet" },
    { "before goes first, though it is shorter",
      "W1:7557 Failed to copy the password for Anna. A strong password was generated for x Access "
      "is denied.",
      "denied 1 1-1 [Anna] ..\n0 quiet" },
    { "otherwise the other",
      "W1:7557 Failed to copy the password for Anna. A strong password was "
      "generated for x",
      "not-copied 1 1-1 [Anna] ..\n0 quiet" },
    { "a number alone", "ERR2:7422 anything", "number 1 1-1 [] ..\n0 quiet" },
    { "the account above", "Processing CN=Anna\nx\nERR2:7422 y\nProcessing CN=Berta.\nERR2:7422 z",
      "number 2 3-5 [CN=Anna,CN=Berta] ..\n3 quiet" },
    { "signs that nobody knows", "WRN1:7999 a\nERR3:123 b\nWRN1:7999 c\n",
      "? ERR3:123 1 2-2\n? WRN1:7999 2 1-3\n0 quiet" },
    { "a script where nothing else was shown", "No ping event\n", "ping 1 1-1 [] ..\n0 quiet" },
    { "a script", "Password sync channel status BEGIN\nNo ping event\n",
      "ping 1 2-2 [] ..\n1 quiet" },
    { "not in a log of ADMT", "WRN1:7999 a\nNo ping event\n", "? WRN1:7999 1 1-1\n1 quiet" },
    { "a status in a table", "CN=Anna,DC=x\tError\n", "status 1 1-1 [CN=Anna,DC=x] ..\n0 quiet" },
    { "no status in prose", "Error while reading\n", "1 quiet" },
    { "successes", "Password copied for Anna\nPassword copied for Berta.\n",
      "copied 2 1-2 [Anna,Berta] ..\n0 quiet" },
    { "by severity, then by number",
      "Password copied for A\nERR2:7422 x\nE1:999 x\nUnable to copy password. Access is denied.\n",
      "denied 1 4-4 [] ..\nnumber 1 2-2 [] ..\ncopied 1 1-1 [A] ..\n? E1:999 1 3-3\n0 quiet" },
    { "the time of the line above",
      "2026-11-21 08:15:00 x\ny\nERR2:7422 z\n2026-11-21 08:16:00 x\nERR2:7422 z\n",
      "number 2 3-5 [] 2026-11-21 08:15:00..2026-11-21 08:16:00\n3 quiet" },
    { "the earliest and the latest",
      "2026-11-21 08:15:00 E1:7422\n2026-11-20 08:15:00 E1:7422\n2026-11-21 08:14:00 E1:7422\n",
      "number 3 1-3 [] 2026-11-20 08:15:00..2026-11-21 08:15:00\n0 quiet" },
    { "NULs and broken characters", "E1:7422 \xff\xc3\n\xe2\x82", "number 1 1-1 [] ..\n1 quiet" },
};

static void assert_says(const void *bytes, size_t size, const char *says)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text text = TEXT_UP_TO(10000);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(diagnosis_read_bytes(knowledge, "log", bytes, size, &diagnosis, &err));
    put_diagnosis(&diagnosis->shown, &text);
    assert_string_equal(text_peek(&text), says);
}

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_says(row->log, strlen(row->log), row->says);
    if (!utf16_from_utf8(row->log, &utf16, &err))
        return; /* bytes that UTF-16 cannot say */
    assert_says(utf16.at, utf16.size, row->says);
    for (size_t i = 0; i < utf16.size; i += 2) {
        uint8_t low = utf16.at[i];

        utf16.at[i] = utf16.at[i + 1];
        utf16.at[i + 1] = low;
    }
    assert_says(utf16.at, utf16.size, row->says);
}

/* The order of day and month that the whole log shows. */
static const struct order_row {
    const char *name;
    const char *log;
    const char *dates; /* NULL: there are none */
    const char *first; /* of the cause "number", "-" when it cannot be placed */
    const char *last;
} orders[] = {
    { "year first", "2026-11-21 08:15:00 E1:7422\n", "year-month-day", "2026-11-21T08:15:00Z",
      "2026-11-21T08:15:00Z" },
    { "dotted", "03.04.2026 08:15:00 E1:7422\n", "day.month.year", "2026-04-03T08:15:00Z",
      "2026-04-03T08:15:00Z" },
    { "a day shows it", "03/04/2026 08:15:00 E1:7422\n21/04/2026 08:15:00 x\n", "day/month/year",
      "2026-04-03T08:15:00Z", "2026-04-03T08:15:00Z" },
    { "a month shows it", "03/04/2026 8:15:00 AM E1:7422\n04/21/2026 8:15:00 AM x\n",
      "month/day/year", "2026-03-04T08:15:00Z", "2026-03-04T08:15:00Z" },
    { "the order is that of the calendar, not of the log",
      "03/04/2026 8:15:00 AM E1:7422\n01/05/2026 8:15:00 AM E1:7422\n04/21/2026 8:15:00 AM x\n",
      "month/day/year", "2026-01-05T08:15:00Z", "2026-03-04T08:15:00Z" },
    { "nothing shows it", "03/04/2026 08:15:00 E1:7422\n04/04/2026 08:15:00 E1:7422\n",
      "day/month/year or month/day/year", "-", "-" },
    { "it shows both",
      "03-04-2026 08:15:00 E1:7422\n21-04-2026 1:00 E1:7422\n04-21-2026 1:00 "
      "E1:7422\n",
      "day-month-year or month-day-year", "-", "-" },
    { "no date", "E1:7422\n", NULL, "-", "-" },
};

static void assert_time(const struct ajar_log_time *time, const char *says)
{
    assert_int_equal(time->placed, strcmp(says, "-") != 0);
    if (!time->placed)
        return;
    assert_string_equal(clock_write_time(time->wall).at, says);
    assert_int_equal(time->wall, time->utc);
}

static void run_order(void **state)
{
    const struct order_row *row = *state;
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_diagnosis *shown;

    assert_true(
        diagnosis_read_bytes(knowledge, "log", row->log, strlen(row->log), &diagnosis, &err));
    shown = &diagnosis->shown;
    assert_int_equal(shown->clock.seen, row->dates != NULL);
    assert_int_equal(shown->clock.ambiguous, row->dates && strstr(row->dates, " or "));
    if (row->dates)
        assert_string_equal(shown->clock.dates, row->dates);
    assert_int_equal(shown->count, 1);
    assert_time(&shown->found[0].first, row->first);
    assert_time(&shown->found[0].last, row->last);
}

static void append_accounts(struct text *log, const char *word, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        text_format(log, "%s%zu. A strong x Access is denied.\n", word, i);
}

static void test_accounts_are_counted_beyond_those_that_are_named(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text log = TEXT_UP_TO(100 * 1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_found *found;

    (void)state;
    append_accounts(&log, "password for u", 0, 3000);
    append_accounts(&log, "PASSWORD for U", 1000, 2000);
    assert_true(diagnosis_read_bytes(knowledge, "log", log.at, log.size, &diagnosis, &err));
    found = &diagnosis->shown.found[0];
    assert_int_equal(found->count, 4000);
    assert_int_equal(found->account_count, 3000);
    assert_false(found->account_more);
    assert_int_equal(found->account_listed, TALLY_ACCOUNTS);
    assert_string_equal(found->accounts[0], "u0");
    assert_string_equal(found->accounts[TALLY_ACCOUNTS - 1], "u49");
}

static void test_too_many_accounts_are_said_to_be(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text log = TEXT_UP_TO(100 * 1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;
    const struct ajar_found *found;

    (void)state;
    append_accounts(&log, "password for u", 0, TALLY_DISTINCT + 10);
    append_accounts(&log, "password for u", 0, 10);
    assert_true(diagnosis_read_bytes(knowledge, "log", log.at, log.size, &diagnosis, &err));
    found = &diagnosis->shown.found[0];
    assert_int_equal(found->count, TALLY_DISTINCT + 20);
    assert_int_equal(found->account_count, TALLY_DISTINCT);
    assert_true(found->account_more);
}

static void test_too_many_signs_are_counted_together(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text log = TEXT_UP_TO(1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (int i = 0; i < TALLY_UNKNOWN + 10; i++)
        text_format(&log, "WRN1:%d x\n", 10000 + i);
    text_append(&log, "WRN1:10000 x\n");
    assert_true(diagnosis_read_bytes(knowledge, "log", log.at, log.size, &diagnosis, &err));
    assert_int_equal(diagnosis->shown.unknown_count, TALLY_UNKNOWN);
    assert_int_equal(diagnosis->shown.unknown_more, 10);
    assert_int_equal(diagnosis->shown.unexplained, TALLY_UNKNOWN + 11);
    assert_string_equal(diagnosis->shown.unknown[0].sign, "WRN1:10000");
    assert_int_equal(diagnosis->shown.unknown[0].count, 2);
}

/* What stands behind the ceiling of a line is not looked at; the lines behind it are. */
static void test_long_lines_are_counted(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text log = TEXT_UP_TO(8 * 1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    for (int i = 0; i < 4; i++) {
        for (int j = 0; j < (i + 1) * 90000; j++)
            text_append(&log, "x ");
        text_append(&log, "ERR2:7422 far behind\nERR2:7422 near\n");
    }
    assert_true(diagnosis_read_bytes(knowledge, "log", log.at, log.size, &diagnosis, &err));
    assert_int_equal(diagnosis->shown.files[0].lines, 8);
    assert_int_equal(diagnosis->shown.files[0].cut, 4);
    assert_int_equal(diagnosis->shown.found[0].count, 4);
    assert_int_equal(diagnosis->shown.found[0].last_line, 8);
}

/* However the bytes come, the answer is the same. */
static void test_blocks_do_not_matter(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(diagnosis_free) struct diagnosis *diagnosis = NULL;
    OWNED(text_release) struct text log = TEXT_UP_TO(8 * 1024 * 1024);
    struct ajar_error err = AJAR_NO_ERROR;
    size_t trouble = 0;

    (void)state;
    for (int i = 0; log.size < 3 * LINE_READER_ROOM; i++) {
        text_format(&log, "2026-11-21 08:15:%02d x%.*s\r\n", i % 60, i % 40,
                    "........................................");
        text_append(&log, i % 7 ? "no date\n" : "ERR2:7422 no date\n");
        trouble += i % 7 == 0;
    }
    assert_true(diagnosis_read_bytes(knowledge, "log", log.at, log.size, &diagnosis, &err));
    assert_int_equal(diagnosis->shown.found[0].count, trouble);
    assert_true(diagnosis->shown.found[0].first.placed);
    assert_string_equal(diagnosis->shown.found[0].first.text, "2026-11-21 08:15:00");
    assert_string_equal(diagnosis->shown.found[0].last.text, "2026-11-21 08:15:59");
}

struct folder {
    char *path;
};

static void folder_release(struct folder *folder)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_remove_folder(folder->path, &err));
    free(folder->path);
}
DEFINE_OWNED_STRUCT(struct folder, folder_release);

static char *write_log(const struct folder *folder, const char *name, const char *text)
{
    char *path = text_make("%s/%s", folder->path, name);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0600, &err));
    return path;
}

static void test_files_are_read_by_their_numbers(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    OWNED(folder_release) struct folder folder = { 0 };
    OWNED(ajar_diagnosis_free) struct ajar_diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(file_make_temporary_folder("ajar-logs", &folder.path, &err));
    {
        OWNED(free) char *tenth = write_log(&folder, "Migration0010.log", "E1:7422\nx");
        OWNED(free) char *second = write_log(&folder, "Migration0002.log", "x\nE1:7422\n");
        OWNED(free) char *plain = write_log(&folder, "Migration.log", "M\xfcller E1:999\n");
        const char *files[] = { tenth, second, plain, NULL };
        const struct ajar_diagnose_options options = { .files = files };

        assert_true(ajar_diagnose(knowledge, &options, &diagnosis, &err));
        assert_int_equal(diagnosis->file_count, 3);
        assert_string_equal(diagnosis->files[0].path, plain);
        assert_string_equal(diagnosis->files[0].encoding, "8-bit");
        assert_string_equal(diagnosis->files[1].path, second);
        assert_string_equal(diagnosis->files[1].encoding, "UTF-8");
        assert_string_equal(diagnosis->files[2].path, tenth);
        assert_int_equal(diagnosis->lines, 5);
        assert_string_equal(diagnosis->found[0].file, second);
        assert_int_equal(diagnosis->found[0].first_line, 2);
        assert_string_equal(diagnosis->found[0].last_file, tenth);
        assert_int_equal(diagnosis->found[0].last_line, 1);
        assert_string_equal(diagnosis->unknown[0].file, plain);
        assert_string_equal(diagnosis->unknown[0].example, "M\xc3\xbcller E1:999");
    }
}

static void test_a_file_that_cannot_be_read(void **state)
{
    OWNED(ajar_knowledge_free) struct ajar_knowledge *knowledge = make_knowledge();
    const char *files[] = { "/nowhere/Migration.log", NULL };
    const struct ajar_diagnose_options options = { .files = files };
    struct ajar_diagnosis *diagnosis = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(ajar_diagnose(knowledge, &options, &diagnosis, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_null(diagnosis);
    files[0] = "/";
    err = AJAR_NO_ERROR;
    assert_false(ajar_diagnose(knowledge, &options, &diagnosis, &err));
    assert_int_equal(err.status, AJAR_ESYSTEM);
    assert_non_null(strstr(err.text, "/: could not be read: Is a directory"));
}

static const struct offset_row {
    const char *name;
    const char *text;
    int seconds; /* -1: refused */
} offsets[] = {
    { "east", "+02:00", 7200 },
    { "west", "-05:30", -19800 },
    { "no colon", "+0530", 19800 },
    { "hours", "+2", 7200 },
    { "Greenwich", "Z", 0 },
    { "nothing", "0", 0 },
    { "empty", "", -1 },
    { "a sign alone", "+", -1 },
    { "no sign", "02:00", -1 },
    { "too far", "+15:00", -1 },
    { "no minutes", "+02:", -1 },
    { "too many minutes", "+02:60", -1 },
    { "more behind", "+02:00 x", -1 },
    { "a name", "CET", -1 },
};

static void run_offset(void **state)
{
    const struct offset_row *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    int seconds = 77;

    assert_int_equal(ajar_utc_offset_parse(row->text, &seconds, &err), row->seconds != -1);
    assert_int_equal(seconds, row->seconds == -1 ? 77 : row->seconds);
    if (row->seconds == -1)
        assert_int_equal(err.status, AJAR_EUSAGE);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + LENGTH(orders) + LENGTH(offsets) + 7] = {
        cmocka_unit_test(test_accounts_are_counted_beyond_those_that_are_named),
        cmocka_unit_test(test_too_many_accounts_are_said_to_be),
        cmocka_unit_test(test_too_many_signs_are_counted_together),
        cmocka_unit_test(test_long_lines_are_counted),
        cmocka_unit_test(test_blocks_do_not_matter),
        cmocka_unit_test(test_files_are_read_by_their_numbers),
        cmocka_unit_test(test_a_file_that_cannot_be_read),
    };
    size_t count = 7;

    ADD_CASES(rows, run_row);
    ADD_CASES(orders, run_order);
    ADD_CASES(offsets, run_offset);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

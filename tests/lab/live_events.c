/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Event logs of two servers that were not written for each other: that of a real Samba, which its
 * own program filled, and that of the host that plays Windows.
 */
#include "live.h"

#include "base/clock.h"
#include "base/text.h"
#include "provider/events.h"
#include "provider/requirement.h"

#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

#define SAMBA   "dc2.target.test"
#define WINDOWS "pes1.source.test"
#define SOURCE  "5f8a2c1e-7b0d-4e6f-9a3c-d41c0b8e2f67"
#define TARGET  "c3b1d9f4-2a6e-4c58-8d07-6e95f1a20b34"
#define SYNC    "Directory Synchronization"

enum { MINUTE = 60, HOUR = 3600 };

struct fixture {
    char *folder;
    struct login source;
    struct login target;
};

/* lab ARGUMENT... : `arguments` begins with the verb, and ends with NULL. */
static void run_lab(const char *const *arguments)
{
    const char *command[16] = { getenv("LAB"), arguments[0], getenv("LAB_DIR") };
    pid_t child;
    int status = 0;

    for (size_t i = 1; arguments[i]; i++)
        command[i + 2] = arguments[i];
    assert_int_equal(
        posix_spawn(&child, command[0], NULL, NULL, (char **)(uintptr_t)command, environ), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define WINDOWS_DO(...) run_lab((const char *const[]){ "windows", __VA_ARGS__, NULL })

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->source = live_login("source.test");
    fixture->target = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static int reset(void **state)
{
    (void)state;
    WINDOWS_DO("reset");
    return 0;
}

static struct target *open_target(const struct fixture *fixture, const char *host)
{
    bool is_source = strstr(host, "source.test") != NULL;
    const struct target_options options = { .name = host,
                                            .login =
                                                is_source ? &fixture->source : &fixture->target,
                                            .folder = fixture->folder };
    struct ajar_error err = AJAR_NO_ERROR;
    struct target *target = NULL;

    live_expect(target_new(&options, &target, &err), &err);
    return target;
}

/* What the source has in the log of the host, of the last `seconds`. */
static void read_events(struct target *target, const char *log, const char *source, int64_t seconds,
                        struct events *ret_events)
{
    const char *const sources[] = { source, NULL };
    struct events_query query = { .log = log, .sources = sources };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(events_now(target, &query.since, &err), &err);
    query.since -= seconds;
    live_expect(events_read(target, &query, ret_events, &err), &err);
}

/* eventlogadm's own format; an empty line ends a record. */
static void append_samba_event(struct text *text, const char *source, time_t moment, unsigned id,
                               const char *type, const char *string)
{
    text_format(text,
                "LEN: 0\nRS1: 1699505740\nRCN: 0\nTMG: %ld\nTMW: %ld\nEID: %u\nETP: %s\nECT: 0\n"
                "RS2: 0\nCRN: 0\nUSL: 0\nSRC: %s\nSRN: dc2\nSTR: %s\nSTR: Zweite Größe\n"
                "DAT: \n\n",
                (long)moment, (long)moment, id, type, source, string);
}

/* Samba drops what is older than a week. */
static void fill_samba(const struct fixture *fixture, const char *source, int count)
{
    OWNED(free) char *path = text_make("%s/events", fixture->folder);
    OWNED(free) char *write = text_make("eventlogadm -o write System <'%s' >/dev/null 2>&1", path);
    OWNED(text_release) struct text text = TEXT_UP_TO(1 << 20);
    FILE *file = fopen(path, "we");
    time_t now = time(NULL);

    assert_non_null(file);
    for (int i = count; i > 1; i--)
        append_samba_event(&text, source, now - 10 * (time_t)i, 0x4000028e, "INFO", "Heartbeat");
    append_samba_event(&text, source, now - 5, 611, "ERROR", "It failed");
    assert_true(fputs(text_peek(&text), file) >= 0);
    assert_int_equal(fclose(file), 0);
    run_lab((const char *const[]){ "on", "dc2", "bash", "-c", write, NULL });
}

static void test_the_log_of_a_real_samba(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, SAMBA);
    OWNED(free) char *source = text_make("Ajar %d", (int)getpid()); /* of this run alone */
    OWNED(events_release) struct events events = { 0 };

    fill_samba(*state, source, 700);
    read_events(target, "System", source, HOUR, &events);
    print_message("             %zu of %zu records, the oldest of %s\n", events.count,
                  events.records, clock_write_time(events.oldest).at);
    assert_in_range(events.count, 350, 360);
    assert_string_equal(events.list[0].strings[0], "It failed");
    assert_string_equal(events.list[0].strings[1], "Zweite Größe");
    assert_int_equal(events.list[0].id, 611);
    assert_int_equal(events.list[0].type, EVENT_ERROR);
    assert_int_equal(events.list[1].id, 654);
    assert_int_equal(events.list[1].type, EVENT_INFORMATION);
    assert_string_equal(events.list[1].strings[0], "Heartbeat");
    for (size_t i = 1; i < events.count; i++)
        assert_int_equal(events.list[i].record, events.list[i - 1].record - 1);
    assert_int_equal(events.end, EVENTS_REACHED_SINCE);
    assert_true(events_reach(&events, events.now - HOUR));
}

static void test_samba_names_a_log_that_is_not_there(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, SAMBA);
    const struct events_query query = { .log = "Nothing" };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect_failure(events_read(target, &query, &(struct events){ 0 }, &err), &err,
                        AJAR_EMISSING);
}

static void test_the_log_of_the_host_that_plays_windows(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };

    read_events(target, "Application", SYNC, 3 * HOUR, &events);
    assert_in_range(events.count, 30, 45);
    assert_int_equal(events.list[0].id, 654);
    assert_true(event_mentions(&events.list[0], TARGET));
    assert_in_range(events.now - events.list[0].written, 5 * MINUTE, 6 * MINUTE);
    assert_int_equal(events.end, EVENTS_REACHED_SINCE);
}

/* Windows is said to open Application for a log that it does not know; this host does. */
static void test_windows_opens_another_log_for_one_that_is_not_there(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };

    read_events(target, "Nothing", SYNC, 3 * HOUR, &events);
    assert_in_range(events.count, 30, 45);
}

static void test_a_clock_that_is_off_does_not_matter(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };

    WINDOWS_DO("set", "clock-offset", "-90000");
    read_events(target, "Application", SYNC, 3 * HOUR, &events);
    assert_in_range(time(NULL) - events.now, 89000, 91000);
    assert_in_range(events.count, 30, 45);
    assert_in_range(events.now - events.list[0].written, 5 * MINUTE, 6 * MINUTE);
}

static void test_a_log_that_is_full(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };

    WINDOWS_DO("event", "limit", "Application", "3");
    read_events(target, "Application", SYNC, 3 * HOUR, &events);
    assert_int_equal(events.count, 3);
    assert_true(events.is_cut_off);
    assert_int_equal(events.end, EVENTS_REACHED_OLDEST);
    assert_false(events_reach(&events, events.now - 3 * HOUR));
}

static void test_a_log_that_is_cleared_meanwhile(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };
    const struct events_query query = { .log = "Application" };
    struct ajar_error err = AJAR_NO_ERROR;

    WINDOWS_DO("set", "events/Application/cleared-by-reads", "1");
    read_events(target, "Application", SYNC, 3 * HOUR, &events);
    assert_in_range(events.count, 30, 45);
    WINDOWS_DO("set", "events/Application/cleared-by-reads", "9");
    live_expect_failure(events_read(target, &query, &(struct events){ 0 }, &err), &err,
                        AJAR_ECONFLICT);
}

static void test_an_empty_log(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    OWNED(events_release) struct events events = { 0 };

    WINDOWS_DO("event", "clear", "Application");
    read_events(target, "Application", SYNC, 3 * HOUR, &events);
    assert_int_equal(events.records, 0);
}

static void test_whoever_may_not_read_is_told_how(void **state)
{
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    const struct events_query query = { .log = "Application" };
    struct ajar_error err = AJAR_NO_ERROR;

    WINDOWS_DO("set", "events/Application/denied", "true");
    live_expect_failure(events_read(target, &query, &(struct events){ 0 }, &err), &err,
                        AJAR_EDENIED);
    assert_non_null(strstr(err.hint, "Event Log Readers"));
}

/* A pipe that breaks costs one reading, as those of the other interfaces do. */
static void test_a_pipe_that_breaks(void **state)
{
    static const char *const faults[] = { "before", "after", "middle" };
    OWNED(target_free) struct target *target = open_target(*state, WINDOWS);
    const struct events_query query = { .log = "Application" };

    for (size_t i = 0; i < LENGTH(faults); i++) {
        OWNED(free) char *fault = text_make("{\"opnum\": 10, \"how\": \"%s\"}", faults[i]);
        OWNED(events_release) struct events events = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        WINDOWS_DO("set", "faults/eventlog", fault);
        live_expect_failure(events_read(target, &query, &(struct events){ 0 }, &err), &err,
                            AJAR_ETIMEOUT);
        err = AJAR_NO_ERROR;
        live_expect(events_read(target, &query, &events, &err), &err);
        assert_true(events.count > 0);
    }
}

static void examine(const struct fixture *fixture, const char *fields,
                    enum requirement_result result, const char *reason)
{
    OWNED(free)
    char *text = text_make("[require live]\n%sconnectors = " SOURCE " " TARGET "\n", fields);
    OWNED(target_free) struct target *target = open_target(fixture, WINDOWS);
    OWNED(finding_release) struct finding finding = { 0 };
    OWNED(ini_free) struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct setting setting;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &ini, &err), &err);
    setting = (struct setting){ "live.ini", &ini->sections[0], PLACE_HOST, WINDOWS };
    live_expect(requirement_events.examine(target, &setting, &finding, &err), &err);
    print_message("             %s - %s\n", finding.reason, finding.hint ? finding.hint : "");
    assert_non_null(strstr(finding.reason, reason));
    assert_int_equal(finding.result, result);
}

static void test_heartbeats_and_trouble(void **state)
{
    const struct fixture *fixture = *state;
    static const char recent[] = "must = recent\n";
    static const char untroubled[] = "must = untroubled\n";

    examine(fixture, recent, REQUIREMENT_PASS, "was written 5m");
    examine(fixture, untroubled, REQUIREMENT_PASS, "is newer than the last event 654");
    WINDOWS_DO("event", "drop", "Application", "654", "--within", "14000", SOURCE);
    examine(fixture, recent, REQUIREMENT_FAIL,
            "in the last 3h for connector " SOURCE ": the last one was written 4h");
    examine(fixture, untroubled, REQUIREMENT_PASS, "is newer than the last event 654");
    WINDOWS_DO("reset");
    WINDOWS_DO("event", "add", "Application", SYNC, "611", "--ago", "60", "--type", "error",
               "Password synchronization failed for domain: source.test\r\nmore");
    examine(fixture, recent, REQUIREMENT_PASS, "was written 5m");
    examine(fixture, untroubled, REQUIREMENT_FAIL,
            "Password synchronization failed for domain: source.test");
}

int main(void)
{
#define ON_WINDOWS(test) cmocka_unit_test_setup_teardown(test, reset, reset)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_log_of_a_real_samba),
        cmocka_unit_test(test_samba_names_a_log_that_is_not_there),
        ON_WINDOWS(test_the_log_of_the_host_that_plays_windows),
        ON_WINDOWS(test_windows_opens_another_log_for_one_that_is_not_there),
        ON_WINDOWS(test_a_clock_that_is_off_does_not_matter),
        ON_WINDOWS(test_a_log_that_is_full),
        ON_WINDOWS(test_a_log_that_is_cleared_meanwhile),
        ON_WINDOWS(test_an_empty_log),
        ON_WINDOWS(test_whoever_may_not_read_is_told_how),
        ON_WINDOWS(test_a_pipe_that_breaks),
        ON_WINDOWS(test_heartbeats_and_trouble),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

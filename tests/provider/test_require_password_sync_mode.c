/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders with exported files, made up from the names that the documents confirm; a service; and
 * events, which come from the row and not from a log.
 */
#include "base/file.h"
#include "fake/fake_services.h"
#include "model/schema.h"
#include "provider/events.h"
#include "provider/requirement.h"
#include "rows.h"
#include "section.h"

#include <fcntl.h>
#include <sys/stat.h>

/* 2026-11-21T08:00:00Z */
#define NOW 1795248000

#define ONE "338cd001-2244-31f1-aaaa-900038001003"
#define TWO "b891884f-051e-4a83-95af-2544101c9083"

#define CONNECTOR(id, name, enabled)                                                              \
    "<ma-data><id>{" id "}</id><name>" name "</name><password-hash-sync-config><enabled>" enabled \
    "</enabled></password-hash-sync-config></ma-data>"
#define TENANT "<ma-data><id>{" TWO "}</id><name>tenant</name></ma-data>"
#define STAGING(is)                                                                      \
    "<parameters><parameter name='Microsoft.Synchronize.StagingMode'>" is "</parameter>" \
    "</parameters>"

bool __wrap_events_now(struct target *target, int64_t *ret_now, struct ajar_error *err);
bool __wrap_events_read(struct target *target, const struct events_query *query,
                        struct events *ret_events, struct ajar_error *err);

struct test_file {
    const char *path;
    const char *text;
    int64_t ago; /* seconds */
};

struct test_event {
    uint32_t id;
    int64_t ago;
    const char *string;
};

enum { FILES = 5, EVENTS = 5 };

/* How the host is, if it is not well. */
enum { WELL = 0, STOPPED = 1, NOT_INSTALLED = 2, NO_EVENTS = 4, SHORT_LOG = 8 };

static const struct row {
    const char *name;
    const char *fields;
    struct test_file files[FILES];
    struct test_event events[EVENTS];
    unsigned host;
    enum requirement_result result;
    const char *reason; /* all of it */
    const char *hint;   /* a part */
} rows[] = {
    { .name = "on: a file says so",
      .fields = "must = on\n",
      .files = { { "Connectors/Connector_{" ONE "}.xml", CONNECTOR(ONE, "source.test", "1"),
                   86400 },
                 { "Connectors/Connector_{" TWO "}.xml", TENANT, 86400 } },
      .host = NO_EVENTS,
      .result = REQUIREMENT_PASS,
      .reason = "password hash sync is on for source.test (" ONE "): Connectors/Connector_{" ONE
                "}.xml, as exported 2026-11-20T08:00:00Z, not live" },
    { .name = "on: a file says that it is off",
      .fields = "must = on\nconnectors = " ONE "\n",
      .files = { { "Connector_{" ONE "}.xml", CONNECTOR(ONE, "source.test", "0"), 86400 } },
      .result = REQUIREMENT_FAIL,
      .reason = "password hash sync is off for source.test (" ONE "): Connector_{" ONE
                "}.xml, as exported 2026-11-20T08:00:00Z, not live",
      .hint = "Customize synchronization options" },
    { .name = "on: one of two is off, and that alone is told",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "1"), 60 },
                 { "b.xml", CONNECTOR(TWO, "two", "0"), 60 } },
      .result = REQUIREMENT_FAIL,
      .reason = "password hash sync is off for two (" TWO "): b.xml, as exported "
                "2026-11-21T07:59:00Z, not live",
      .hint = "Customize" },
    { .name = "on: the one that is off is not the plan's",
      .fields = "must = on\nconnectors = " ONE "\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "1"), 60 },
                 { "b.xml", CONNECTOR(TWO, "two", "0"), 60 } },
      .result = REQUIREMENT_PASS,
      .reason = "password hash sync is on for one (" ONE "): a.xml, as exported "
                "2026-11-21T07:59:00Z, not live" },
    { .name = "on: the newest file counts",
      .fields = "must = on\n",
      .files = { { "old/Connector_{" ONE "}.xml", CONNECTOR(ONE, "one", "0"), 120 },
                 { "z/Connector_{" ONE "}.xml", CONNECTOR(ONE, "one", "1"), 60 },
                 { "a/Connector_{" ONE "}.xml", CONNECTOR(ONE, "one", "0"), 180 } },
      .result = REQUIREMENT_PASS,
      .reason = "password hash sync is on for one (" ONE "): z/Connector_{" ONE
                "}.xml, as exported 2026-11-21T07:59:00Z, not live" },
    { .name = "on: the newest file cannot be read",
      .fields = "must = on\n",
      .files = { { "old/Connector_{" ONE "}.xml", CONNECTOR(ONE, "one", "1"), 120 },
                 { "new/Connector_{" ONE "}.xml", "<ma-data>\n<id>", 60 },
                 { "b.xml", CONNECTOR(TWO, "two", "1"), 60 } },
      .result = REQUIREMENT_UNKNOWN,
      .reason = "inferred: may be in staging mode, or password hash sync is off: no event 650 to "
                "657 of connector " ONE " in three hours, nor one of the scheduler (904); not "
                "read: new/Connector_{" ONE "}.xml: line 2: no element found",
      .hint = "Get-ADSyncAADPasswordSyncConfiguration -SourceConnector" },
    { .name = "on: another file cannot be read",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "1"), 60 }, { "z.xml", "no XML", 60 } },
      .result = REQUIREMENT_PASS,
      .reason = "password hash sync is on for one (" ONE "): a.xml, as exported "
                "2026-11-21T07:59:00Z, not live; not read: z.xml: line 1: syntax error" },
    { .name = "on: synchronization rules are passed over, and what is too deep",
      .fields = "must = on\n",
      .files = { { "SynchronizationRules/a.xml", "no XML", 60 },
                 { "a/b/c/d/e.xml", "no XML", 60 },
                 { "a/b/c/e.xml", CONNECTOR(ONE, "one", "1"), 60 },
                 { "trace.log", "no XML", 60 } },
      .result = REQUIREMENT_PASS,
      .reason = "password hash sync is on for one (" ONE "): a/b/c/e.xml, as exported "
                "2026-11-21T07:59:00Z, not live" },
    { .name = "on: events are newer than the file that says off",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "0"), 3600 } },
      .events = { { 657, 1800, "x {" ONE "} y" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on for one (" ONE
                ") (event 657 at 2026-11-21T07:30:00Z), though password hash sync is off for one "
                "(" ONE ") in the older a.xml, as exported 2026-11-21T07:00:00Z, not live" },
    { .name = "on: the file that says off is newer than events",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "0"), 600 } },
      .events = { { 654, 1800, ONE } },
      .result = REQUIREMENT_FAIL,
      .reason = "password hash sync is off for one (" ONE "): a.xml, as exported "
                "2026-11-21T07:50:00Z, not live; the last that events show of it is older: event "
                "654 at 2026-11-21T07:30:00Z",
      .hint = "Customize" },
    { .name = "on: that it is tried does not contradict a file",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "0"), 3600 } },
      .events = { { 655, 60, ONE } },
      .result = REQUIREMENT_FAIL,
      .reason = "password hash sync is off for one (" ONE "): a.xml, as exported "
                "2026-11-21T07:00:00Z, not live",
      .hint = "Customize" },
    { .name = "on: the file says off, and events cannot be read",
      .fields = "must = on\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "0"), 3600 } },
      .host = NO_EVENTS,
      .result = REQUIREMENT_FAIL,
      .reason = "password hash sync is off for one (" ONE "): a.xml, as exported "
                "2026-11-21T07:00:00Z, not live",
      .hint = "Customize" },
    { .name = "on: inferred from a heartbeat",
      .fields = "must = on\nconnectors = " ONE "\n",
      .events = { { 904, 30, "" }, { 654, 60, "{338CD001-2244-31F1-AAAA-900038001003}" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on for connector " ONE
                " (event 654 at 2026-11-21T07:59:00Z)" },
    { .name = "on: another connector's heartbeat says nothing",
      .fields = "must = on\nconnectors = " ONE " " TWO "\n",
      .events = { { 904, 30, "" }, { 654, 60, ONE } },
      .result = REQUIREMENT_UNKNOWN,
      .reason = "inferred: may be in staging mode, or password hash sync is off: no event 650 to "
                "657 of connector " TWO " in three hours, while the scheduler runs: event 904 at "
                "2026-11-21T07:59:30Z",
      .hint = "Get-ADSyncScheduler | Select StagingModeEnabled" },
    { .name = "on: without connectors, any heartbeat will do",
      .fields = "must = on\nfolder = none\nconnectors = none\n",
      .events = { { 656, 60, "whatever" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on (event 656 at "
                "2026-11-21T07:59:00Z)" },
    { .name = "on: that it is tried is enough",
      .fields = "must = on\n",
      .events = { { 655, 60, "" }, { 652, 90, "" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on (event 655 at "
                "2026-11-21T07:59:00Z: it is tried, at least)" },
    { .name = "on: what works counts before what is tried",
      .fields = "must = on\n",
      .events = { { 655, 60, "" }, { 654, 90, "" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on (event 654 at "
                "2026-11-21T07:58:30Z)" },
    { .name = "on: nothing but the scheduler",
      .fields = "must = on\n",
      .events = { { 904, 60, "" } },
      .result = REQUIREMENT_UNKNOWN,
      .reason = "inferred: may be in staging mode, or password hash sync is off: no event 650 to "
                "657 in three hours, while the scheduler runs: event 904 at 2026-11-21T07:59:00Z",
      .hint = "Get-ADSyncScheduler | Select StagingModeEnabled" },
    { .name = "on: the log is too short to tell",
      .fields = "must = on\n",
      .events = { { 904, 60, "" } },
      .host = SHORT_LOG,
      .result = REQUIREMENT_UNKNOWN,
      .reason = "nothing can be inferred: the log Application could be read back to "
                "2026-11-21T07:50:00Z only, and has no event 650 to 657",
      .hint = "Get-ADSyncScheduler" },
    { .name = "on: the service has stopped",
      .fields = "must = on\nconnectors = " ONE "\n",
      .events = { { 654, 60, ONE } },
      .host = STOPPED,
      .result = REQUIREMENT_UNKNOWN,
      .reason = "nothing can be inferred for connector " ONE
                ": service \"ADSync\", which writes these events, is stopped",
      .hint = "start the service" },
    { .name = "on: there is no service",
      .fields = "must = on\n",
      .host = NOT_INSTALLED,
      .result = REQUIREMENT_UNKNOWN,
      .reason = "nothing can be inferred: service \"ADSync\", which writes these events, is not "
                "installed",
      .hint = "start the service" },
    { .name = "on: events cannot be read",
      .fields = "must = on\n",
      .host = NO_EVENTS,
      .result = REQUIREMENT_UNKNOWN,
      .reason = "nothing can be inferred: event log: access denied",
      .hint = "ask an administrator" },
    { .name = "on: what the wizard wrote is told word for word, and gives names",
      .fields = "must = on\nconnectors = " ONE "\n",
      .files = { { "Applied-SynchronizationPolicy-20261101-080000.JSON",
                   "{\"onpremisesDirectoryPolicy\": {\"uniqueIdentifier\": \"" ONE
                   "\", \"fullyQualifiedDomainName\": \"source.test\"}, \"passwordHashSync\": "
                   "true, \"stagingMode\": false}",
                   60 },
                 { "Applied-SynchronizationPolicy-20261001-080000.JSON",
                   "{\"passwordHashSync\": \"old\"}", 30 } },
      .result = REQUIREMENT_UNKNOWN,
      .reason = "inferred: may be in staging mode, or password hash sync is off: no event 650 to "
                "657 of source.test (" ONE ") in three hours, nor one of the scheduler (904); "
                "Applied-SynchronizationPolicy-20261101-080000.JSON says passwordHashSync: true; "
                "what it means is not confirmed",
      .hint = "Get-ADSync" },
    { .name = "on: the newest that the wizard wrote cannot be read",
      .fields = "must = on\n",
      .files = { { "Applied-SynchronizationPolicy-20261101-080000.JSON", "{", 60 },
                 { "Applied-SynchronizationPolicy-20261001-080000.JSON",
                   "{\"passwordHashSync\": \"old\"}", 30 } },
      .events = { { 654, 60, "" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: password hash sync is on (event 654 at "
                "2026-11-21T07:59:00Z); not read: Applied-SynchronizationPolicy-20261101-080000."
                "JSON: line 1: string or '}' expected; "
                "Applied-SynchronizationPolicy-20261001-080000.JSON says passwordHashSync: old; "
                "what it means is not confirmed" },

    { .name = "not staging: a file says so",
      .fields = "must = not-staging\n",
      .files = { { "GlobalSettings.xml", STAGING("False"), 3600 },
                 { "a.xml", CONNECTOR(ONE, "one", "0"), 60 } },
      .host = NO_EVENTS,
      .result = REQUIREMENT_PASS,
      .reason = "the server is not in staging mode: GlobalSettings.xml, as exported "
                "2026-11-21T07:00:00Z, not live (the layout of this file is unconfirmed)" },
    { .name = "not staging: a file says that it is",
      .fields = "must = not-staging\n",
      .files = { { "GlobalSettings.xml", STAGING("True"), 3600 } },
      .events = { { 904, 60, "" } },
      .result = REQUIREMENT_FAIL,
      .reason = "the server is in staging mode: GlobalSettings.xml, as exported "
                "2026-11-21T07:00:00Z, not live (the layout of this file is unconfirmed)",
      .hint = "Configure staging mode" },
    { .name = "not staging: the newest file counts",
      .fields = "must = not-staging\n",
      .files = { { "a.xml", STAGING("True"), 3600 }, { "b.xml", STAGING("False"), 1800 } },
      .result = REQUIREMENT_PASS,
      .reason = "the server is not in staging mode: b.xml, as exported 2026-11-21T07:30:00Z, not "
                "live (the layout of this file is unconfirmed)" },
    { .name = "not staging: events are newer than the file",
      .fields = "must = not-staging\n",
      .files = { { "a.xml", STAGING("True"), 3600 } },
      .events = { { 656, 60, "" } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: the server is not in staging mode (event 656 at "
                "2026-11-21T07:59:00Z), though the server is in staging mode in the older a.xml, "
                "as exported 2026-11-21T07:00:00Z, not live (the layout of this file is "
                "unconfirmed)" },
    { .name = "not staging: inferred, whatever connectors there are",
      .fields = "must = not-staging\nconnectors = " TWO "\n",
      .events = { { 654, 60, ONE } },
      .result = REQUIREMENT_PASS,
      .reason = "inferred from events: the server is not in staging mode (event 654 at "
                "2026-11-21T07:59:00Z)" },
    { .name = "not staging: that a connector is off says nothing of it",
      .fields = "must = not-staging\n",
      .files = { { "a.xml", CONNECTOR(ONE, "one", "0"), 60 } },
      .events = { { 904, 60, "" } },
      .result = REQUIREMENT_UNKNOWN,
      .reason = "inferred: may be in staging mode, or password hash sync is off: no event 650 to "
                "657 in three hours, while the scheduler runs: event 904 at 2026-11-21T07:59:00Z",
      .hint = "Get-ADSyncScheduler" },
};

/* What the events come from. */
static const struct row *current;

bool __wrap_events_now(struct target *target, int64_t *ret_now, struct ajar_error *err)
{
    (void)target;
    if (current->host & NO_EVENTS) {
        ajar_fail(err, AJAR_EDENIED, "event log: access denied");
        return ajar_hint(err, "ask an administrator of the host");
    }
    *ret_now = NOW;
    return true;
}

static bool is_asked_for(const struct events_query *query, uint32_t id)
{
    for (size_t i = 0; i < query->id_count; i++) {
        if (query->ids[i] == id)
            return true;
    }
    return false;
}

bool __wrap_events_read(struct target *target, const struct events_query *query,
                        struct events *ret_events, struct ajar_error *err)
{
    struct events events = { .now = NOW, .since = query->since, .end = EVENTS_REACHED_SINCE };

    (void)target;
    (void)err;
    assert_string_equal(query->log, "Application");
    assert_string_equal(query->sources[0], "Directory Synchronization");
    assert_null(query->sources[1]);
    assert_int_equal(query->since, NOW - 10800);
    events.list = calloc(EVENTS, sizeof(*events.list));
    assert_non_null(events.list);
    for (size_t i = 0; i < EVENTS && current->events[i].id; i++) {
        struct event *event = &events.list[events.count++];

        assert_true(is_asked_for(query, current->events[i].id));
        event->id = current->events[i].id;
        event->written = NOW - current->events[i].ago;
        event->source = text_copy("Directory Synchronization");
        event->count = 1;
        event->strings = calloc(1, sizeof(*event->strings));
        assert_non_null(event->strings);
        event->strings[0] = text_copy(current->events[i].string);
    }
    events.oldest = current->host & SHORT_LOG ? NOW - 600 : NOW - 10900;
    events.records = events.count + 1;
    if (current->host & SHORT_LOG)
        events.end = EVENTS_REACHED_CEILING;
    *ret_events = events;
    return true;
}

static void write_test_file(const char *folder, const struct test_file *file)
{
    OWNED(free) char *path = text_make("%s/%s", folder, file->path);
    const struct timespec times[2] = { { .tv_sec = NOW }, { .tv_sec = NOW - file->ago } };
    struct ajar_error err = AJAR_NO_ERROR;
    char *slash = strrchr(path, '/');

    *slash = '\0';
    assert_true(file_make_folder(path, &err));
    *slash = '/';
    assert_true(file_write(path, file->text, strlen(file->text), 0600, &err));
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* The rows' folder; "" when a row has no files. */
static char *make_folder(const struct row *row)
{
    struct ajar_error err = AJAR_NO_ERROR;
    char *folder = NULL;

    if (!row->files[0].path)
        return text_copy("");
    assert_true(file_make_temporary_folder("ajar-export", &folder, &err));
    for (size_t i = 0; i < FILES && row->files[i].path; i++)
        write_test_file(folder, &row->files[i]);
    return folder;
}

static struct target *make_target(struct fake_services *server, const struct row *row)
{
    struct target_connections connections = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct target *target = NULL;

    server->services[0] =
        (struct fake_service){ .name = row->host & NOT_INSTALLED ? "Spooler" : "ADSync",
                               .display_name = "Microsoft Azure AD Sync",
                               .state = row->host & STOPPED ? SERVICE_STOPPED : SERVICE_RUNNING,
                               .start = SERVICE_AUTO };
    connections.services = fake_services_open(server);
    assert_true(target_new_with("pes1.source.test", &connections, &target, &err));
    return target;
}

static void examine_row(const struct row *row, const char *folder, struct finding *ret_finding)
{
    OWNED(fake_services_free) struct fake_services *server = fake_services_new();
    OWNED(target_free) struct target *target = make_target(server, row);
    OWNED(section_release) struct section section = { 0 };
    OWNED(free)
    char *text = text_make("[require test]\ncheck = password-sync-mode\n%s%s%s\n", row->fields,
                           *folder ? "folder = " : "", folder);
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_HOST, "pes1.source.test");
    assert_true(requirement_password_sync_mode.judge(&section.setting, &err));
    assert_true(
        requirement_password_sync_mode.examine(target, &section.setting, ret_finding, &err));
}

static void run_row(void **state)
{
    const struct row *row = *state;
    OWNED(finding_release) struct finding finding = { 0 };
    OWNED(free) char *folder = make_folder(row);
    struct ajar_error err = AJAR_NO_ERROR;

    current = row;
    examine_row(row, folder, &finding);
    if (*folder)
        assert_true(file_remove_folder(folder, &err));
    assert_string_equal(finding.reason, row->reason);
    assert_int_equal(finding.result, row->result);
    assert_part(finding.hint, row->hint);
}

static void test_an_inference_never_fails_and_says_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        bool is_inferred =
            !strstr(rows[i].reason, "as exported") || strncmp(rows[i].reason, "inferred", 8) == 0;

        if (is_inferred) {
            assert_non_null(strstr(rows[i].reason, "inferred"));
            assert_int_not_equal(rows[i].result, REQUIREMENT_FAIL);
        }
    }
}

static void test_a_folder_that_is_not_there(void **state)
{
    static const struct row row = { .fields = "must = on\n", .events = { { 654, 60, "" } } };
    OWNED(finding_release) struct finding finding = { 0 };

    (void)state;
    current = &row;
    examine_row(&row, "/nonexistent/export", &finding);
    assert_int_equal(finding.result, REQUIREMENT_UNKNOWN);
    assert_string_equal(finding.reason,
                        "the exported configuration could not be read: /nonexistent/export: could "
                        "not be opened: No such file or directory");
    assert_part(finding.hint, "correct `folder`");
}

static void test_links_are_not_followed(void **state)
{
    static const struct row row = {
        .fields = "must = on\n",
        .files = { { "a/a.xml", CONNECTOR(ONE, "one", "1"), 60 } },
    };
    OWNED(finding_release) struct finding finding = { 0 };
    OWNED(free) char *folder = make_folder(&row);
    OWNED(free) char *link = text_make("%s/b.xml", folder);
    OWNED(free) char *loop = text_make("%s/loop", folder);
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    current = &row;
    assert_int_equal(symlink("/etc/passwd", link), 0);
    assert_int_equal(symlink(".", loop), 0);
    examine_row(&row, folder, &finding);
    assert_true(file_remove_folder(folder, &err));
    assert_int_equal(finding.result, REQUIREMENT_PASS);
    assert_part(finding.reason, "not read: b.xml: leads elsewhere, and is not followed");
    assert_null(strstr(finding.reason, "loop"));
}

static const struct section_case {
    const char *name;
    const char *fields;
    enum place place;
    const char *says; /* NULL: it is right */
} section_cases[] = {
    { "section: the least", "must = on\n", PLACE_CONTROLLERS, NULL },
    { "section: all", "must = on\nfolder = /srv/export\nconnectors = " ONE "\n", PLACE_PDC, NULL },
    { "section: nothing is there", "must = on\nfolder =\nconnectors =\n", PLACE_HOST, NULL },
    { "section: a share of the host",
      "must = on\nfolder = \\\\PES1.source.test\\C$\\ProgramData\\A\n", PLACE_HOST, NULL },
    { "section: a share itself, with a slash at its end",
      "must = on\nfolder = \\\\pes1.source.test\\export\\\n", PLACE_HOST, NULL },
    { "section: a share of another host", "must = on\nfolder = \\\\files.source.test\\export\\a\n",
      PLACE_HOST,
      "plan.ini:3: folder: \"\\\\files.source.test\\export\\a\" is not on pes1.source.test, and "
      "ajar logs in to that host alone: \\\\pes1.source.test\\share\\folder" },
    { "section: a share of who knows whom", "must = on\nfolder = \\\\pes1.source.test\\C$\n",
      PLACE_CONTROLLERS, "plan.ini:3: folder: a share is read on `on = host NAME` alone" },
    { "section: a host without a share", "must = on\nfolder = \\\\pes1.source.test\n", PLACE_HOST,
      "plan.ini:3: folder: \"\\\\pes1.source.test\" is no folder of a share: an absolute folder" },
    { "section: up and away", "must = on\nfolder = \\\\pes1.source.test\\C$\\a\\..\\b\n",
      PLACE_HOST,
      "plan.ini:3: folder: \"\\\\pes1.source.test\\C$\\a\\..\\b\" has an empty name, or dots" },
    { "section: odd characters", "must = on\nfolder = \\\\pes1.source.test\\C$\\a*\n", PLACE_HOST,
      "plan.ini:3: folder: \"\\\\pes1.source.test\\C$\\a*\" is no folder of a share" },
    { "section: not absolute", "must = on\nfolder = export\n", PLACE_HOST,
      "plan.ini:3: folder: \"export\" is not absolute: an absolute folder of this host, a share" },
    { "section: a drive", "must = on\nfolder = C:\\export\n", PLACE_HOST,
      "plan.ini:3: folder: \"C:\\export\" is not absolute" },
    { "section: slashes of the wrong sort", "must = on\nfolder = //pes1.source.test/C$\n",
      PLACE_HOST, "plan.ini:3: folder: \"//pes1.source.test/C$\" begins with two slashes" },
    { "section: no GUID", "must = on\nconnectors = source.test\n", PLACE_HOST,
      "plan.ini:3: connectors: \"source.test\" is no GUID" },
};

static void run_section(void **state)
{
    const struct section_case *row = *state;
    OWNED(section_release) struct section section = { 0 };
    OWNED(free) char *text = text_make("[require test]\n%s", row->fields);
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, row->place, "pes1.source.test");
    assert_true(schema_check("plan.ini", section.setting.section,
                             requirement_password_sync_mode.fields, NULL, &err));
    assert_int_equal(requirement_password_sync_mode.judge(&section.setting, &err), !row->says);
    if (row->says)
        assert_plan_error(&err, row->says);
}

static void test_it_must_be_said_what_must_be(void **state)
{
    OWNED(section_release) struct section missing = { 0 };
    OWNED(section_release) struct section wrong = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    section_read(&missing, "[require test]\nfolder = none\n", PLACE_HOST, "h");
    assert_false(schema_check("plan.ini", missing.setting.section,
                              requirement_password_sync_mode.fields, NULL, &err));
    assert_plan_error(&err, "plan.ini:1:");
    err = AJAR_NO_ERROR;
    section_read(&wrong, "[require test]\nmust = off\n", PLACE_HOST, "h");
    assert_false(schema_check("plan.ini", wrong.setting.section,
                              requirement_password_sync_mode.fields, NULL, &err));
    assert_plan_error(&err, "plan.ini:2:");
}

static void test_it_is_a_requirement_of_hosts(void **state)
{
    (void)state;
    assert_ptr_equal(requirement_find("password-sync-mode"), &requirement_password_sync_mode);
    assert_int_equal(requirement_password_sync_mode.places, REQUIREMENT_ON_HOST);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(rows) + LENGTH(section_cases) + 5] = {
        cmocka_unit_test(test_an_inference_never_fails_and_says_what_it_is),
        cmocka_unit_test(test_a_folder_that_is_not_there),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_it_must_be_said_what_must_be),
        cmocka_unit_test(test_it_is_a_requirement_of_hosts),
    };
    size_t count = 5;

    ADD_CASES(rows, run_row);
    ADD_CASES(section_cases, run_section);
    return cmocka_run_group_tests_name("require_password_sync_mode", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One user, in a domain in memory: who is meant, and what Entra Connect needs of it; and what an
 * event log says of its password.
 */
#include "base/clock.h"
#include "base/text.h"
#include "fake/fake_domain.h"
#include "provider/events.h"
#include "provider/requirement.h"
#include "provider/ticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "section.h"

#define GUID   "5bf9967e-9f44-4bf9-b344-c8461db203fb"
#define ANCHOR "fpb5W0Sf+UuzRMhGHbID+w=="
#define DN     "CN=Ann,OU=Staff," FAKE_DOMAIN_DN
#define NAME   "<GUID=" GUID ">;<SID=S-1-5-21-1-2-3-1105>;" DN
#define BASE   "<GUID=" GUID ">"

/* What the host's event log holds; the newest first. */
static struct {
    struct event list[4];
    char *strings[4];
    size_t count;
    int64_t since;
    int64_t oldest;
} event_log;

const char *target_name(const struct target *target)
{
    (void)target;
    return "dc3.target.test";
}

static int64_t at(const char *text)
{
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t time = 0;

    assert_true(clock_read_time(text, &time, &err));
    return time;
}

#define NOW "2026-11-21T08:00:00Z"

bool events_now(struct target *target, int64_t *ret_now, struct ajar_error *err)
{
    (void)target;
    (void)err;
    *ret_now = at(NOW);
    return true;
}

bool events_read(struct target *target, const struct events_query *query, struct events *ret_events,
                 struct ajar_error *err)
{
    (void)target;
    (void)err;
    assert_string_equal(query->log, "Application");
    assert_string_equal(query->sources[0], "Directory Synchronization");
    event_log.since = query->since;
    *ret_events = (struct events){
        .now = at(NOW), .count = event_log.count, .list = event_log.list, .oldest = event_log.oldest
    };
    return true;
}

void events_release(struct events *events)
{
    (void)events;
}

static void log_event(uint32_t id, const char *written, const char *text)
{
    size_t i = event_log.count++;

    event_log.strings[i] = (char *)(uintptr_t)text;
    event_log.list[i] = (struct event){
        .id = id, .written = at(written), .count = 1, .strings = &event_log.strings[i]
    };
}

struct fact {
    const char *name;
    const char *value;
};

static void make(const char *dn)
{
    static const struct fact facts[] = {
        { "objectClass", "user" },
        { "sAMAccountName", "ann" },
        { "userPrincipalName", "ann@target.test" },
        { "userAccountControl", "512" },
        { "pwdLastSet", "134078400000000000" }, /* 2025-11-17T08:00:00Z */
    };

    for (size_t i = 0; i < LENGTH(facts); i++)
        fake_domain_set(dn, facts[i].name, facts[i].value);
}

/* As the extended name is what searches give: the object stands under each of its names. */
static void make_all(void)
{
    fake_domain_reset();
    memset(&event_log, 0, sizeof(event_log));
    make(NAME);
    fake_domain_set(NAME, "find", FAKE_DOMAIN_DN);
    fake_domain_set(NAME, "filter", "(&(objectSid=*)(sAMAccountName=ann))");
    fake_domain_set("CN=TARGET,CN=Partitions,CN=Configuration," FAKE_DOMAIN_DN, "find",
                    "CN=Partitions,CN=Configuration," FAKE_DOMAIN_DN);
    fake_domain_set("CN=TARGET,CN=Partitions,CN=Configuration," FAKE_DOMAIN_DN, "nETBIOSName",
                    "TARGET");
}

static void expect(const char *must, const char *object, enum requirement_result result,
                   const char *says, const char *hint)
{
    OWNED(free)
    char *text = text_make("[require r]\ncheck = object\nmust = %s\n%s%s\n", must,
                           object ? "object = " : "", object ? object : "");
    OWNED(section_release) struct section section = { 0 };
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    section_read(&section, text, PLACE_DOMAIN, "target.test");
    if (!requirement_object.examine(NULL, &section.setting, &finding, &err))
        fail_msg("%s", err.text);
    assert_part(finding.reason, says);
    assert_part(finding.hint, hint);
    assert_int_equal(finding.result, result);
}

static void test_who_is_meant(void **state)
{
    (void)state;
    make_all();
    expect("exists", "ann", REQUIREMENT_PASS, "it is \"" DN "\"", NULL);
    expect("exists", "target\\ann", REQUIREMENT_PASS, "it is \"" DN "\"", NULL);
    expect("exists", "SOURCE\\ann", REQUIREMENT_UNKNOWN,
           "\"SOURCE\\ann\" is not in this domain, " FAKE_DOMAIN_DN, "which domain");
    expect("exists", "bob", REQUIREMENT_FAIL, "there is no object \"bob\" in " FAKE_DOMAIN_DN,
           "give its DN");
    expect("enabled", "bob", REQUIREMENT_UNKNOWN, "there is no object \"bob\"", "give its DN");
    expect("exists", NULL, REQUIREMENT_UNKNOWN, "no object was named", "--object");
    fake_domain_clear();
}

static void test_a_principal_name(void **state)
{
    (void)state;
    make_all();
    expect("exists", "ann@target.test", REQUIREMENT_FAIL, "there is no object", "give its DN");
    fake_domain_set(NAME, "filter", "(userPrincipalName=ann@target.test)");
    expect("exists", "ann@target.test", REQUIREMENT_PASS, "it is \"" DN "\"", NULL);
    fake_domain_set("CN=Ann2", "find", FAKE_DOMAIN_DN);
    fake_domain_set("CN=Ann2", "filter", "(userPrincipalName=ann@target.test)");
    expect("exists", "ann@target.test", REQUIREMENT_FAIL, "there are 2 objects", "give its DN");
    expect("enabled", "ann@target.test", REQUIREMENT_UNKNOWN, "there are 2 objects", "give its DN");
    fake_domain_clear();
}

/* The extended name comes back from the directory; here it is put in by hand. */
static void test_a_distinguished_name(void **state)
{
    static const struct {
        const char *name;
        enum requirement_result result;
        const char *says;
    } rows[] = {
        { "CN=Nobody,DC=target,DC=test", REQUIREMENT_FAIL, "there is no object" },
        { "CN=Ann,OU=Staff", REQUIREMENT_FAIL, "there is no object" },
        { "CN=Ann,DC=source,DC=test", REQUIREMENT_UNKNOWN, "is not in this domain" },
        { "CN=Ann,DC=child,DC=target,DC=test", REQUIREMENT_UNKNOWN, "is not in this domain" },
        { "CN=Ann,DC=test", REQUIREMENT_UNKNOWN, "is not in this domain" },
        { "CN=Ann\\, DC=x,DC=source,DC=test", REQUIREMENT_UNKNOWN, "is not in this domain" },
        { "cn=nobody , dc=TARGET, dc=Test", REQUIREMENT_FAIL, "there is no object" },
        { "DC=x,CN=Ann,DC=target,DC=test", REQUIREMENT_FAIL, "there is no object" },
        { "=x,", REQUIREMENT_FAIL, "there is no object" },
        { "S-1-5-21-9-9-9-9", REQUIREMENT_FAIL, "there is no object" },
    };

    (void)state;
    make_all();
    for (size_t i = 0; i < LENGTH(rows); i++)
        expect("exists", rows[i].name, rows[i].result, rows[i].says, "give its DN");
    fake_domain_clear();
}

static const struct word_case {
    const char *name;
    const char *must;
    struct fact facts[2];
    enum requirement_result result;
    const char *says;
    const char *hint;
} word_cases[] = {
    { "in scope", "in-scope", { { 0 } }, REQUIREMENT_PASS, "no default rule", NULL },
    { "a mailbox of a user",
      "in-scope",
      { { "mailNickname", "ann" }, { "msExchRecipientTypeDetails", "1" } },
      REQUIREMENT_PASS,
      "cloudFiltered, are not seen",
      NULL },
    { "no principal name",
      "in-scope",
      { { "userPrincipalName", NULL } },
      REQUIREMENT_PASS,
      "it has no userPrincipalName",
      NULL },
    { "a computer",
      "in-scope",
      { { "objectClass", "computer" } },
      REQUIREMENT_FAIL,
      "\"" DN "\" is not in scope: it is no user",
      "Synchronization Rules Editor" },
    { "critical",
      "in-scope",
      { { "isCriticalSystemObject", "TRUE" } },
      REQUIREMENT_FAIL,
      "isCriticalSystemObject is set",
      "another object" },
    { "not critical, in so many words",
      "in-scope",
      { { "isCriticalSystemObject", "FALSE" } },
      REQUIREMENT_PASS,
      "no default rule",
      NULL },
    { "no account name",
      "in-scope",
      { { "sAMAccountName", NULL } },
      REQUIREMENT_FAIL,
      "it has no sAMAccountName",
      "another object" },
    { "an account of the synchronization",
      "in-scope",
      { { "sAMAccountName", "msol_ad84" } },
      REQUIREMENT_FAIL,
      "MSOL_",
      "another object" },
    { "an older one",
      "in-scope",
      { { "sAMAccountName", "AAD_ad84" } },
      REQUIREMENT_FAIL,
      "AAD_",
      "another object" },
    { "support",
      "in-scope",
      { { "sAMAccountName", "SUPPORT_388945a0" } },
      REQUIREMENT_FAIL,
      "support account",
      "another object" },
    { "a system mailbox",
      "in-scope",
      { { "mailNickname", "SystemMailbox{1f05a927}" } },
      REQUIREMENT_FAIL,
      "system mailbox",
      "another object" },
    { "client access",
      "in-scope",
      { { "sAMAccountName", "CAS_{1f05}" } },
      REQUIREMENT_FAIL,
      "CAS_",
      "another object" },
    { "a name like it",
      "in-scope",
      { { "sAMAccountName", "CAS_ann" } },
      REQUIREMENT_PASS,
      "no",
      NULL },
    { "an arbitration mailbox",
      "in-scope",
      { { "msExchRecipientTypeDetails", "536870912" } },
      REQUIREMENT_FAIL,
      "msExchRecipientTypeDetails",
      "another object" },
    { "an unconfirmed filter",
      "in-scope",
      { { "adminDescription", "User_1" } },
      REQUIREMENT_UNKNOWN,
      "unconfirmed",
      "In from AD - User Join" },
    { "enabled", "enabled", { { 0 } }, REQUIREMENT_PASS, "\"" DN "\" is enabled", NULL },
    { "disabled",
      "enabled",
      { { "userAccountControl", "514" } },
      REQUIREMENT_FAIL,
      "is disabled",
      "enable it" },
    { "a lasting password",
      "lasting-password",
      { { 0 } },
      REQUIREMENT_PASS,
      "has the password that was set at 2025-11-17T08:00:00Z",
      NULL },
    { "a temporary one",
      "lasting-password",
      { { "pwdLastSet", "0" } },
      REQUIREMENT_FAIL,
      "only with Entra Connect 2.0.3.0 or newer and its feature ForcePasswordChangeOnLogon",
      "log in and change" },
    { "no smart card", "no-smart-card", { { 0 } }, REQUIREMENT_PASS, "needs no smart card", NULL },
    { "a smart card",
      "no-smart-card",
      { { "userAccountControl", "262656" } },
      REQUIREMENT_FAIL,
      "with a smart card only",
      "Smart card" },
};

static void run_word_case(void **state)
{
    const struct word_case *row = *state;

    make_all();
    for (size_t i = 0; i < LENGTH(row->facts) && row->facts[i].name; i++)
        fake_domain_set(NAME, row->facts[i].name, row->facts[i].value);
    expect(row->must, "ann", row->result, row->says, row->hint);
    fake_domain_clear();
}

/* What is not shown is no finding. */
static void test_nothing_shown(void **state)
{
    static const struct {
        const char *must;
        const char *attribute;
    } rows[] = {
        { "enabled", "userAccountControl" },  { "no-smart-card", "userAccountControl" },
        { "lasting-password", "pwdLastSet" }, { "replicated", "pwdLastSet" },
        { "synchronized", "pwdLastSet" },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(free)
        char *text = text_make("[require r]\nmust = %s\nobject = ann\n", rows[i].must);
        OWNED(section_release) struct section section = { 0 };
        OWNED(finding_release) struct finding finding = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        make_all();
        fake_domain_set(NAME, rows[i].attribute, NULL);
        section_read(&section, text, PLACE_DOMAIN, "target.test");
        assert_false(requirement_object.examine(NULL, &section.setting, &finding, &err));
        assert_int_equal(err.status, AJAR_EDENIED);
        assert_part(err.text, rows[i].attribute);
        assert_null(finding.reason);
    }
    fake_domain_clear();
}

static void test_the_copy_of_a_host(void **state)
{
    struct directory *directory = (struct directory *)1;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    make_all();
    expect("replicated", "ann", REQUIREMENT_FAIL, "dc3.target.test does not have \"" DN "\" yet",
           "repadmin");
    fake_domain_set(FAKE_OWN BASE, "pwdLastSet", "134078400000000000");
    expect("replicated", "ann", REQUIREMENT_PASS,
           "dc3.target.test has \"" DN "\" with the password of 2025-11-17T08:00:00Z", NULL);
    fake_domain_set(FAKE_OWN BASE, "pwdLastSet", "134078300000000000");
    expect("replicated", "ann", REQUIREMENT_FAIL,
           "with the password of 2025-11-17T05:13:20Z, the PDC emulator with that of "
           "2025-11-17T08:00:00Z",
           "repadmin");
    fake_domain_set(FAKE_OWN BASE, "pwdLastSet", "0");
    expect("replicated", "ann", REQUIREMENT_FAIL, "with the password of (must be changed)",
           "repadmin");
    /* It no longer looks at itself. */
    assert_true(target_directory(NULL, &directory, &err));
    assert_null(directory);
    fake_domain_clear();
}

#define ABOUT(who, result) "Password Change Result - Anchor : " who ", Result : " result

static const struct log_case {
    const char *name;
    const char *set_at; /* NULL: three days ago */
    struct {
        uint32_t id;
        const char *written;
        const char *text;
    } events[3];
    enum requirement_result result;
    const char *says;
    const char *hint;
} log_cases[] = {
    { "a success by its DN",
      NULL,
      { { 657, "2026-11-18T08:02:00Z",
          ABOUT("x==, Dn : cn=ann,ou=Staff,DC=target,DC=test", "Success.") } },
      REQUIREMENT_PASS,
      "the password of \"" DN "\", set at 2026-11-18T08:00:00Z, was synchronized at "
      "2026-11-18T08:02:00Z",
      NULL },
    { "a success by its anchor",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "Success.") } },
      REQUIREMENT_PASS,
      "was synchronized at",
      NULL },
    { "a success by its GUID",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT("{" GUID "}", "Success") } },
      REQUIREMENT_PASS,
      "was synchronized at",
      NULL },
    { "a success by its principal name",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT("ann@target.test", "Success") } },
      REQUIREMENT_PASS,
      "was synchronized at",
      NULL },
    { "an old success",
      NULL,
      { { 657, "2026-11-17T08:02:00Z", ABOUT(ANCHOR, "Success.") } },
      REQUIREMENT_FAIL,
      "was synchronized last at 2026-11-17T08:02:00Z, but was set at 2026-11-18T08:00:00Z",
      "heartbeat" },
    { "a failure",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "FilteredByTarget.") } },
      REQUIREMENT_FAIL,
      "was not synchronized at 2026-11-18T08:02:00Z: the result is FilteredByTarget",
      "diagnose" },
    { "a failure, and a success behind it",
      NULL,
      { { 657, "2026-11-18T09:02:00Z", ABOUT(ANCHOR, "Success.") },
        { 657, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "Error") } },
      REQUIREMENT_PASS,
      "was synchronized at 2026-11-18T09:02:00Z",
      NULL },
    { "a success, and a failure behind it",
      NULL,
      { { 657, "2026-11-18T09:02:00Z", ABOUT(ANCHOR, "NoTargetConnection") },
        { 657, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "Success") } },
      REQUIREMENT_FAIL,
      "the result is NoTargetConnection",
      "diagnose" },
    { "many in one event",
      NULL,
      { { 657, "2026-11-18T08:02:00Z",
          ABOUT("aaaaaaaaaaaaaaaaaaaaaa==, Dn : CN=Bob,DC=target,DC=test", "Success.\n")
              ABOUT(ANCHOR ", Dn : " DN, "Error.\n")
                  ABOUT("bbbbbbbbbbbbbbbbbbbbbb==, Dn : CN=Joe,DC=target,DC=test", "Success.") } },
      REQUIREMENT_FAIL,
      "the result is Error",
      "diagnose" },
    { "sent, and no result",
      NULL,
      { { 656, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "") },
        { 657, "2026-11-17T08:02:00Z", ABOUT(ANCHOR, "Success") } },
      REQUIREMENT_UNKNOWN,
      "was sent at 2026-11-18T08:02:00Z (event 656); no result is there",
      "in some minutes" },
    { "a result that cannot be read",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", "Dn : " DN } },
      REQUIREMENT_UNKNOWN,
      "but its result cannot be read",
      "657" },
    { "somebody else whose name ends like it",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT("joann@target.test", "Success") },
        { 657, "2026-11-18T08:02:00Z", ABOUT("ann@target.test.example", "Success") },
        { 657, "2026-11-18T08:02:00Z", ABOUT("Dn : CN=Sub," DN, "Success") } },
      REQUIREMENT_UNKNOWN,
      "cannot be told: no event 656 or 657 since 2026-11-01T00:00:00Z names \"" DN "\"",
      "Search Connector Space" },
    { "a longer domain",
      NULL,
      { { 657, "2026-11-18T08:02:00Z", ABOUT("Dn : " DN ",DC=example", "Success") } },
      REQUIREMENT_UNKNOWN,
      "cannot be told",
      "Search Connector Space" },
    { "nothing at all",
      NULL,
      { { 0 } },
      REQUIREMENT_UNKNOWN,
      "unconfirmed",
      "Search Connector Space" },
    { "set just now",
      "2026-11-21T07:58:00Z",
      { { 657, "2026-11-18T08:02:00Z", ABOUT(ANCHOR, "Success.") } },
      REQUIREMENT_UNKNOWN,
      "only just now",
      "in some minutes" },
};

static void set_password(const char *when)
{
    char ticks[32];

    (void)snprintf(ticks, sizeof(ticks), "%lld", (long long)ticks_from_time(at(when)));
    fake_domain_set(NAME, "pwdLastSet", ticks);
}

static void run_log_case(void **state)
{
    const struct log_case *row = *state;

    make_all();
    set_password(row->set_at ? row->set_at : "2026-11-18T08:00:00Z");
    event_log.oldest = at("2026-11-01T00:00:00Z");
    for (size_t i = 0; i < LENGTH(row->events) && row->events[i].id; i++)
        log_event(row->events[i].id, row->events[i].written, row->events[i].text);
    expect("synchronized", "ann", row->result, row->says, row->hint);
    fake_domain_clear();
}

/* As far back as the password was set, and a month at least: an old success is told, too. */
static void test_how_far_back_is_read(void **state)
{
    (void)state;
    make_all();
    set_password("2026-11-18T08:00:00Z");
    expect("synchronized", "ann", REQUIREMENT_UNKNOWN, "cannot be told", "Search");
    assert_int_equal(event_log.since, at(NOW) - EVENTS_LONG_AGO);
    set_password("2026-01-18T08:00:00Z");
    expect("synchronized", "ann", REQUIREMENT_UNKNOWN, "cannot be told", "Search");
    assert_int_equal(event_log.since, at("2026-01-18T08:00:00Z"));
    fake_domain_set(NAME, "pwdLastSet", "0");
    expect("synchronized", "ann", REQUIREMENT_UNKNOWN, "when it was set is not known",
           "lasting-password");
    fake_domain_clear();
}

static void test_each_word_has_its_places(void **state)
{
    static const struct {
        const char *must;
        bool on_host;
    } rows[] = {
        { "exists", false },           { "in-scope", false },      { "enabled", false },
        { "lasting-password", false }, { "no-smart-card", false }, { "replicated", true },
        { "synchronized", true },
    };
    static const enum place places[] = { PLACE_HOST, PLACE_PDC, PLACE_CONTROLLERS, PLACE_DOMAIN };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows) * LENGTH(places); i++) {
        enum place place = places[i % LENGTH(places)];
        bool on_host = rows[i / LENGTH(places)].on_host;
        OWNED(free)
        char *text =
            text_make("[require r]\non = there\nmust = %s\n", rows[i / LENGTH(places)].must);
        OWNED(section_release) struct section section = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        section_read(&section, text, place, "there");
        assert_int_equal(requirement_object.judge(&section.setting, &err),
                         on_host == (place != PLACE_DOMAIN));
        if (on_host == (place == PLACE_DOMAIN)) {
            assert_plan_error(&err, "plan.ini:2: must = ");
            assert_part(err.text, on_host ? "on = host NAME" : "on = domain DOMAIN");
        }
    }
    assert_int_equal(requirement_object.places, REQUIREMENT_ON_DOMAIN | REQUIREMENT_ON_HOST);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(word_cases) + LENGTH(log_cases) + 7] = {
        cmocka_unit_test(test_who_is_meant),
        cmocka_unit_test(test_a_principal_name),
        cmocka_unit_test(test_a_distinguished_name),
        cmocka_unit_test(test_nothing_shown),
        cmocka_unit_test(test_the_copy_of_a_host),
        cmocka_unit_test(test_how_far_back_is_read),
        cmocka_unit_test(test_each_word_has_its_places),
    };
    size_t count = 7;

    for (size_t i = 0; i < LENGTH(word_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = word_cases[i].name,
                                              .test_func = run_word_case,
                                              .initial_state = (void *)(uintptr_t)&word_cases[i] };
    for (size_t i = 0; i < LENGTH(log_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = log_cases[i].name,
                                              .test_func = run_log_case,
                                              .initial_state = (void *)(uintptr_t)&log_cases[i] };
    return cmocka_run_group_tests_name("requirement_object", tests, NULL, NULL);
}

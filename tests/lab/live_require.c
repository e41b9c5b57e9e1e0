/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Requirements in a real pair of domains: all of them hold, then one thing at a time is broken.
 */
#include "live.h"

#include "base/text.h"
#include "model/value.h"
#include "provider/registry_live.h"
#include "provider/requirement.h"

#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

/* How many seconds the clock of this program is off. */
static time_t clock_error;

/* In the place of libc's. */
time_t time(time_t *out)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec += clock_error;
    if (out)
        *out = now.tv_sec;
    return now.tv_sec;
}

struct fixture {
    char *folder;
    struct login source;
    struct login target;
};

/* A section as a plan file would have it, the target that it is on, and what was found. */
struct examined {
    struct ini *ini;
    struct setting setting;
    struct target *target;
    struct finding finding;
};

static void examined_release(struct examined *examined)
{
    ini_free(examined->ini);
    target_free(examined->target);
    finding_release(&examined->finding);
}
DEFINE_OWNED_STRUCT(struct examined, examined_release);

static enum place place_of(const struct requirement *requirement)
{
    return requirement->places == REQUIREMENT_ON_DOMAIN ? PLACE_DOMAIN : PLACE_HOST;
}

static void prepare(const struct fixture *fixture, const char *check, const char *where,
                    const char *fields, struct examined *examined)
{
    OWNED(free) char *text = text_make("[require live]\n%s", fields);
    const struct requirement *requirement = requirement_find(check);
    bool is_source = strstr(where, "source.test") != NULL;
    const struct target_options options = { .name = where,
                                            .is_domain = place_of(requirement) == PLACE_DOMAIN,
                                            .login =
                                                is_source ? &fixture->source : &fixture->target,
                                            .folder = fixture->folder };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &examined->ini, &err), &err);
    examined->setting =
        (struct setting){ "live.ini", &examined->ini->sections[0], place_of(requirement), where };
    live_expect(
        schema_check("live.ini", examined->setting.section, requirement->fields, NULL, &err), &err);
    live_expect(!requirement->judge || requirement->judge(&examined->setting, &err), &err);
    live_expect(target_new(&options, &examined->target, &err), &err);
}

/* Examines, and compares with what must be found: `reason` is a part of it. */
static void expect(const struct fixture *fixture, const char *check, const char *where,
                   const char *fields, enum requirement_result result, const char *reason)
{
    static const char *const words[] = { "unknown", "pass", "fail" };
    OWNED(examined_release) struct examined examined = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    prepare(fixture, check, where, fields, &examined);
    live_expect(requirement_find(check)->examine(examined.target, &examined.setting,
                                                 &examined.finding, &err),
                &err);
    print_message("             %s %s: %s: %s - %s\n", check, where, words[examined.finding.result],
                  examined.finding.reason, examined.finding.hint ? examined.finding.hint : "");
    assert_string_equal(words[examined.finding.result], words[result]);
    if (!strstr(examined.finding.reason, reason))
        fail_msg("\"%s\" is not in \"%s\"", reason, examined.finding.reason);
    assert_null(strchr(examined.finding.reason, '\n'));
    assert_int_equal(examined.finding.hint == NULL, result == REQUIREMENT_PASS);
}

/* Runs the lab's own program: lab VERB DIR ARGUMENTS... Ends with NULL. */
static int run_lab(const char *verb, const char *const *arguments)
{
    const char *line[24] = { getenv("LAB"), verb, getenv("LAB_DIR") };
    pid_t process;
    int status = -1;

    for (size_t i = 0; arguments[i]; i++)
        line[3 + i] = arguments[i];
    assert_int_equal(posix_spawn(&process, line[0], NULL, NULL, (char **)(uintptr_t)line, environ),
                     0);
    assert_int_equal(waitpid(process, &status, 0), process);
    return status;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    assert_non_null(getenv("LAB"));
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

static void test_trusts_hold(void **state)
{
    expect(*state, "trust", "source.test",
           "partner = target.test\nkind = forest\nsid-filtering = on\n", REQUIREMENT_PASS,
           "forest trust with target.test, both ways, SID filtering on");
    expect(*state, "trust", "target.test", "partner = source.test\ndirection = outbound\n",
           REQUIREMENT_PASS, "forest trust with source.test");
}

static void test_a_trust_that_is_not_there_fails(void **state)
{
    expect(*state, "trust", "source.test", "partner = nowhere.test\n", REQUIREMENT_FAIL,
           "source.test has no trust with nowhere.test");
    expect(*state, "trust", "target.test", "partner = source.test\nkind = external\n",
           REQUIREMENT_FAIL, "of the kind forest, not external");
    expect(*state, "trust", "target.test", "partner = source.test\nsid-filtering = off\n",
           REQUIREMENT_FAIL, "SID filtering is on for what comes from source.test");
}

/* dc2 and dc3 forward to nobody. */
static void test_names_resolve_where_they_are_forwarded(void **state)
{
    expect(*state, "names", "source.test", "partner = target.test\n", REQUIREMENT_PASS,
           "1 DNS server of source.test finds those of target.test");
    expect(*state, "names", "target.test", "partner = source.test\n", REQUIREMENT_FAIL,
           "DNS server dc2.target.test (127.0.0.20): ");
    expect(*state, "names", "source.test", "partner = nowhere.test\n", REQUIREMENT_FAIL,
           "this host: ");
}

static const char pdc_record[] = "dc2.target.test 389 0 100";

static int put_record_back(void **state)
{
    const char *const add[] = { "dc2",
                                "samba-tool",
                                "dns",
                                "add",
                                "dc2.target.test",
                                "_msdcs.target.test",
                                "_ldap._tcp.pdc",
                                "SRV",
                                pdc_record,
                                "-P",
                                NULL };

    (void)state;
    (void)run_lab("on", add); /* it may be there */
    return 0;
}

static void test_a_record_that_is_missing_is_named(void **state)
{
    const char *const delete[] = { "dc2",
                                   "samba-tool",
                                   "dns",
                                   "delete",
                                   "dc2.target.test",
                                   "_msdcs.target.test",
                                   "_ldap._tcp.pdc",
                                   "SRV",
                                   pdc_record,
                                   "-P",
                                   NULL };

    assert_int_equal(run_lab("on", delete), 0);
    expect(*state, "names", "source.test", "partner = target.test\n", REQUIREMENT_FAIL,
           "this host: there is no SRV record _ldap._tcp.pdc._msdcs.target.test");
    (void)put_record_back(NULL);
    expect(*state, "names", "source.test", "partner = target.test\n", REQUIREMENT_PASS,
           "this host finds");
}

static void test_controllers_answer(void **state)
{
    static const char *const hosts[] = { "dc1.source.test", "dc2.target.test", "dc3.target.test" };

    for (size_t i = 0; i < LENGTH(hosts); i++) {
        expect(*state, "ports", hosts[i], "", REQUIREMENT_PASS, "ports 88 135 389 445 636 of ");
        expect(*state, "clock", hosts[i], "within = 2s\n", REQUIREMENT_PASS, hosts[i]);
    }
}

static int start_dc3(void **state)
{
    const char *const dc3[] = { "dc3", NULL };

    (void)state;
    return run_lab("start", dc3);
}

static void test_a_controller_that_is_down_is_noticed(void **state)
{
    const char *const dc3[] = { "dc3", NULL };

    assert_int_equal(run_lab("stop", dc3), 0);
    expect(*state, "ports", "dc3.target.test", "", REQUIREMENT_FAIL,
           "127.0.0.21: port 88 refused, 135 refused, 389 refused, 445 refused, 636 refused");
    expect(*state, "clock", "dc3.target.test", "", REQUIREMENT_UNKNOWN, "does not tell its time");
    expect(*state, "ports", "dc2.target.test", "", REQUIREMENT_PASS, "answer at 127.0.0.20");
}

static int start_dc1(void **state)
{
    const char *const dc1[] = { "dc1", NULL };

    (void)state;
    return run_lab("start", dc1);
}

/* dc1 is the first DNS server of this host, dc2 the second. */
static void test_the_next_dns_server_is_asked(void **state)
{
    const char *const dc1[] = { "dc1", NULL };
    OWNED(host_list_release) struct host_list hosts = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_int_equal(run_lab("stop", dc1), 0);
    live_expect(controllers_from_dns("target.test", &hosts, &err), &err);
    assert_int_equal(hosts.count, 2);
    assert_string_equal(hosts.names[0], "dc2.target.test");
}

static void test_a_port_that_nobody_serves_is_named(void **state)
{
    expect(*state, "ports", "dc1.source.test", "ports = 445 3389\n", REQUIREMENT_FAIL,
           "127.0.0.10: port 3389 refused");
    expect(*state, "ports", "dc9.source.test", "", REQUIREMENT_FAIL,
           "could not find the address of dc9.source.test");
}

static int set_clock_right(void **state)
{
    (void)state;
    clock_error = 0;
    return 0;
}

static void test_a_wrong_clock_is_noticed(void **state)
{
    clock_error = 600;
    expect(*state, "clock", "dc1.source.test", "", REQUIREMENT_FAIL, "behind this host's");
    clock_error = -600;
    expect(*state, "clock", "dc1.source.test", "", REQUIREMENT_FAIL, "ahead of this host's");
    clock_error = -600;
    expect(*state, "clock", "dc1.source.test", "within = 15m\n", REQUIREMENT_PASS, "ahead of");
}

/* A Samba controller has neither the key of LSA nor a Password Export Server. */
static void test_the_registry_is_looked_at(void **state)
{
    expect(*state, "registry", "dc1.source.test",
           "key = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\nvalue = RunAsPPL\n"
           "must = absent-or-equals\ndata = 0\n",
           REQUIREMENT_PASS, "value \"RunAsPPL\", is absent");
    expect(*state, "registry", "dc1.source.test",
           "key = HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\nvalue = SystemRoot\n"
           "must = absent\nremedy = none\n",
           REQUIREMENT_FAIL, "is REG_SZ \"c:\\Windows\"; it must be absent");
    expect(*state, "credential-guard", "dc1.source.test", "", REQUIREMENT_PASS,
           "LsaCfgFlags is absent");
    expect(*state, "password-server", "dc1.source.test", "", REQUIREMENT_FAIL,
           "there is no service \"PesSvc\" (its short name is unconfirmed)");
}

#define LSA     "SYSTEM\\CurrentControlSet\\Control\\Lsa"
#define SERVICE "SYSTEM\\CurrentControlSet\\Services\\PesSvc"

static const char packages[] = "Notification Packages";

static void put(struct target *target, const char *path, const char *name, uint32_t type,
                const char *const *texts, size_t count)
{
    OWNED(winreg_value_release) struct winreg_value value = { .type = type };
    struct winreg *registry = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(value_encode(type, texts, count, &value.data, &err), &err);
    live_expect(target_registry(target, &registry, &err) &&
                    registry_put(registry, path, name, &value, &err),
                &err);
}

static void open_dc1(const struct fixture *fixture, struct target **ret_target)
{
    const struct target_options options = { .name = "dc1.source.test",
                                            .login = &fixture->source,
                                            .folder = fixture->folder };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, ret_target, &err), &err);
}

static int remove_password_server(void **state)
{
    OWNED(target_free) struct target *dc1 = NULL;
    struct winreg *registry = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    open_dc1(*state, &dc1);
    live_expect(target_registry(dc1, &registry, &err), &err);
    live_expect(registry_take_away(registry, LSA, "RunAsPPL", NULL, &err) &&
                    registry_take_away(registry, LSA, packages,
                                       "HKLM\\SYSTEM\\CurrentControlSet\\Control", &err) &&
                    registry_take_away(registry, SERVICE, "ImagePath",
                                       "HKLM\\SYSTEM\\CurrentControlSet\\Services", &err),
                &err);
    return 0;
}

static void test_a_password_server_is_recognized(void **state)
{
    static const char *const path[] = { "C:\\Windows\\pes.exe" };
    static const char *const filters[] = { "scecli", "PWMIG" };
    static const char *const on[] = { "1" };
    OWNED(target_free) struct target *dc1 = NULL;

    open_dc1(*state, &dc1);
    put(dc1, SERVICE, "ImagePath", VALUE_SZ, path, LENGTH(path));
    expect(*state, "password-server", "dc1.source.test", "", REQUIREMENT_FAIL,
           "\"Notification Packages\" is absent");
    put(dc1, LSA, packages, VALUE_MULTI_SZ, filters, LENGTH(filters));
    expect(*state, "password-server", "dc1.source.test", "", REQUIREMENT_PASS,
           "service \"PesSvc\" and the filter PWMIG are registered");
    put(dc1, LSA, "RunAsPPL", VALUE_DWORD, on, LENGTH(on));
    expect(*state, "password-server", "dc1.source.test", "", REQUIREMENT_FAIL,
           "LSA protection is on (RunAsPPL is 1)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trusts_hold),
        cmocka_unit_test(test_a_trust_that_is_not_there_fails),
        cmocka_unit_test(test_names_resolve_where_they_are_forwarded),
        cmocka_unit_test_teardown(test_a_record_that_is_missing_is_named, put_record_back),
        cmocka_unit_test(test_controllers_answer),
        cmocka_unit_test_teardown(test_a_controller_that_is_down_is_noticed, start_dc3),
        cmocka_unit_test_teardown(test_the_next_dns_server_is_asked, start_dc1),
        cmocka_unit_test(test_a_port_that_nobody_serves_is_named),
        cmocka_unit_test_teardown(test_a_wrong_clock_is_noticed, set_clock_right),
        cmocka_unit_test(test_the_registry_is_looked_at),
        cmocka_unit_test_teardown(test_a_password_server_is_recognized, remove_password_server),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_require", tests, set_up, tear_down);
}

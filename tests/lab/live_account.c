/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accounts of a real domain in each state that keeps them from logging in, and passwords that are
 * tried, or better not. What it changes of the domain's policy it puts back.
 */
#include "live_domain.h"

#include "base/clock.h"
#include "provider/requirement.h"
#include "provider/ticks.h"

#include <sys/stat.h>
#include <sys/wait.h>

#define NAME      "live-connector"
#define DN        "CN=live-connector,CN=Users,DC=target,DC=test"
#define SHORT_DN  "CN=live-connector,CN=Users"
#define LONG_NAME "TARGET\\live-connector"
#define DOMAIN    "DC=target,DC=test"
#define PASSWORD  "Right-one-7531"
#define OTHER     "A-wrong-one-8642"

/* The state of the tests: a domain, an account in it, a folder for password files. */
struct live_account {
    struct live_domain *domain;
    char *threshold; /* as it was */
    char *duration;
    char *window;
};

static char *read_attribute(const struct live_domain *domain, const char *dn, const char *name)
{
    const char *const attributes[] = { name, NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_search(domain->directory, &query, &found, &err), &err);
    return text_copy(directory_text(&found.entries[0], name));
}

/* unicodePwd: in quotes, UTF-16LE, over a connection that is sealed ([MS-ADTS] 3.1.1.3.1.5). */
static void set_password(const struct live_domain *domain, const char *password)
{
    uint8_t wide[2 * (sizeof(PASSWORD) + sizeof(OTHER))] = { 0 };
    OWNED(free) char *quoted = text_make("\"%s\"", password);
    struct bytes value = { .at = wide, .size = 2 * strlen(quoted) };
    const struct directory_change change = { DIRECTORY_REPLACE, "unicodePwd", 1, &value };
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; quoted[i]; i++)
        wide[2 * i] = (uint8_t)quoted[i];
    live_expect(directory_modify(domain->directory, DN, &change, 1, &err), &err);
}

static int set_up(void **state)
{
    struct live_account *account = calloc(1, sizeof(*account));

    assert_non_null(account);
    (void)live_domain_set_up((void **)&account->domain);
    account->threshold = read_attribute(account->domain, DOMAIN, "lockoutThreshold");
    account->duration = read_attribute(account->domain, DOMAIN, "lockoutDuration");
    account->window = read_attribute(account->domain, DOMAIN, "lockOutObservationWindow");
    live_add_account(account->domain, NAME, NULL);
    set_password(account->domain, PASSWORD);
    live_disturb(account->domain, DN, "userAccountControl", "512");
    *state = account;
    return 0;
}

static void put_policy_back(const struct live_account *account)
{
    live_disturb(account->domain, DOMAIN, "lockoutThreshold", account->threshold);
    live_disturb(account->domain, DOMAIN, "lockoutDuration", account->duration);
    live_disturb(account->domain, DOMAIN, "lockOutObservationWindow", account->window);
}

static int tear_down(void **state)
{
    struct live_account *account = *state;

    put_policy_back(account);
    live_delete_account(account->domain, NAME);
    (void)live_domain_tear_down((void **)&account->domain);
    free(account->threshold);
    free(account->duration);
    free(account->window);
    free(account);
    return 0;
}

static void examine(struct target *target, const char *text, struct finding *ret_finding,
                    struct ajar_error *ret_trouble)
{
    OWNED(live_section_release) struct live_section section = { 0 };
    const struct requirement *requirement;

    live_section_make(text, &section);
    requirement = requirement_find(setting_value(&section.setting, "check"));
    assert_non_null(requirement);
    if (requirement->examine(target, &section.setting, ret_finding, ret_trouble))
        print_message("             %s - %s\n", ret_finding->reason,
                      ret_finding->hint ? ret_finding->hint : "");
    else
        print_message("             %s - %s\n", ret_trouble->text, ret_trouble->hint);
    assert_null(strstr(ret_trouble->text, PASSWORD));
    assert_null(strstr(ret_trouble->text, OTHER));
    assert_true(!ret_finding->reason ||
                (!strstr(ret_finding->reason, PASSWORD) && !strstr(ret_finding->reason, OTHER)));
}

static void expect(struct target *target, const char *text, enum requirement_result result,
                   const char *says)
{
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    examine(target, text, &finding, &trouble);
    if (!finding.reason || !strstr(finding.reason, says))
        fail_msg("\"%s\" is not in \"%s%s\"", says, finding.reason ? finding.reason : "",
                 trouble.text);
    assert_int_equal(finding.result, result);
    assert_int_equal(finding.hint == NULL, result == REQUIREMENT_PASS);
}

#define ACCOUNT "[require live]\ncheck = account\naccount = " NAME "\n"

static void set_time(const struct live_domain *domain, const char *attribute, int64_t seconds_ahead)
{
    const struct clock clock = clock_system();
    OWNED(free)
    char *ticks = text_make("%lld", (long long)ticks_from_time(clock_now(&clock) + seconds_ahead));

    live_disturb(domain, DN, attribute, ticks);
}

static void test_accounts(void **state)
{
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;
    struct target *target = domain->target;

    expect(target, ACCOUNT, REQUIREMENT_PASS, "\"" NAME "\" is enabled and not locked out");
    expect(target, "[require live]\ncheck = account\naccount = TARGET\\Administrator\n",
           REQUIREMENT_PASS, "\"Administrator\" is enabled");
    expect(target, "[require live]\ncheck = account\naccount = nobody here\n", REQUIREMENT_FAIL,
           "there is no account \"nobody here\"");
    expect(target, "[require live]\ncheck = account\naccount = S-1-5-21-1-2-3-4711\n",
           REQUIREMENT_FAIL, "there is no account \"S-1-5-21-1-2-3-4711\"");
    expect(target, "[require live]\ncheck = account\naccount = Domain Admins\n", REQUIREMENT_FAIL,
           "is no account that logs in");

    live_disturb(domain, DN, "userAccountControl", "514");
    expect(target, ACCOUNT, REQUIREMENT_FAIL, "cannot log in: it is disabled");
    live_disturb(domain, DN, "userAccountControl", "512");

    set_time(domain, "accountExpires", -3600);
    expect(target, ACCOUNT, REQUIREMENT_FAIL, "the account expired at 20");
    set_time(domain, "accountExpires", 3600);
    expect(target, ACCOUNT, REQUIREMENT_PASS, "is enabled");
    live_disturb(domain, DN, "accountExpires", "9223372036854775807");

    live_disturb(domain, DN, "pwdLastSet", "0");
    expect(target, ACCOUNT, REQUIREMENT_FAIL, "it must change its password at the next logon");
    live_disturb(domain, DN, "pwdLastSet", "-1");
    expect(target, ACCOUNT, REQUIREMENT_PASS, "is enabled");

    live_disturb(domain, DN, "userAccountControl", "66048");
    expect(target, ACCOUNT, REQUIREMENT_PASS, "its password does not expire");
    live_disturb(domain, DN, "userAccountControl", "512");
}

/* Nobody can set pwdLastSet to a time by LDAP: this goes past the directory's own rules, on its
 * host (DSDB_CONTROL_BYPASS_PASSWORD_HASH_OID). */
static void make_password_old(const struct live_domain *domain)
{
    static const char ldif[] = "dn: " DN "\nchangetype: modify\nreplace: pwdLastSet\n"
                               "pwdLastSet: 133800000000000000\n";
    OWNED(free) char *path = text_make("%s/ldif", domain->folder);
    FILE *file = fopen(path, "w");
    int status = -1;
    pid_t child;

    assert_non_null(file);
    (void)fputs(ldif, file);
    assert_int_equal(fclose(file), 0);
    child = fork();
    if (child == 0) {
        if (!freopen(path, "r", stdin) || !getenv("LAB"))
            _exit(1);
        (void)execl(getenv("LAB"), getenv("LAB"), "on", getenv("LAB_DIR"), "dc2", "ldbmodify", "-H",
                    "/var/lib/samba/private/sam.ldb",
                    "--controls=local_oid:1.3.6.1.4.1.7165.4.3.12:0", NULL);
        _exit(1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(unlink(path), 0);
}

static void test_a_password_that_has_ended(void **state)
{
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;

    make_password_old(domain);
    expect(domain->target, ACCOUNT, REQUIREMENT_FAIL,
           "its password has expired, at 2025-02-10T02:40:00Z");
    set_password(domain, PASSWORD);
    expect(domain->target, ACCOUNT, REQUIREMENT_PASS, "is enabled");
}

/* A password file in the private folder. To be freed. */
static char *write_file(const struct live_domain *domain, const char *password, mode_t mode)
{
    char *path = text_make("%s/password-%zu", domain->folder, strlen(password));
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    (void)fprintf(file, "%s\n", password);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

static char *credentials(const char *file)
{
    return text_make(
        "[require live]\ncheck = credentials\naccount = " NAME "\npassword-file = %s\n", file);
}

static int64_t count_wrong(const struct live_domain *domain)
{
    OWNED(free) char *text = read_attribute(domain, DN, "badPwdCount");

    return text ? strtoll(text, NULL, 10) : 0;
}

static void set_lockout(const struct live_domain *domain, const char *threshold)
{
    live_disturb(domain, DOMAIN, "lockoutDuration", "-18000000000");
    live_disturb(domain, DOMAIN, "lockOutObservationWindow", "-18000000000");
    live_disturb(domain, DOMAIN, "lockoutThreshold", threshold);
}

static void remove_file(char *path)
{
    assert_int_equal(unlink(path), 0);
    free(path);
}

/* The right one, a wrong one, one that others can read; then nothing more is tried, and the account
 * stays unlocked; then somebody locks it. */
static void test_credentials(void **state)
{
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;
    struct target *target = domain->target;
    char *right_file = write_file(domain, PASSWORD, 0600);
    char *wrong_file = write_file(domain, OTHER, 0600);
    OWNED(free) char *right = credentials(right_file);
    OWNED(free) char *wrong = credentials(wrong_file);
    OWNED(free) char *none = credentials("");
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    expect(target, none, REQUIREMENT_UNKNOWN, "no password file was given");
    expect(target, right, REQUIREMENT_PASS, "is that of \"" NAME "\": it got a ticket");
    assert_int_equal(count_wrong(domain), 0);

    assert_int_equal(chmod(right_file, 0644), 0);
    examine(target, right, &finding, &trouble);
    assert_null(finding.reason);
    assert_non_null(strstr(trouble.text, "others than its owner have access"));
    assert_int_equal(chmod(right_file, 0600), 0);

    set_lockout(domain, "4");
    expect(target, wrong, REQUIREMENT_FAIL, "is not that of \"" NAME "\"");
    assert_int_equal(count_wrong(domain), 1);
    expect(target, wrong, REQUIREMENT_FAIL, "is not that of \"" NAME "\"");
    assert_int_equal(count_wrong(domain), 2);
    expect(target, wrong, REQUIREMENT_UNKNOWN,
           "not tried: of 4 wrong passwords that lock \"" NAME "\" out, 2 are used up");
    assert_int_equal(count_wrong(domain), 2);
    expect(target, ACCOUNT, REQUIREMENT_PASS, "not locked out");
    /* The target's own login is not disturbed by those of others. */
    expect(target, "[require live]\ncheck = account\naccount = Administrator\n", REQUIREMENT_PASS,
           "is enabled");
    remove_file(right_file);
    remove_file(wrong_file);
    put_policy_back(account);
}

static void test_a_locked_account(void **state)
{
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;
    char *file = write_file(domain, OTHER, 0600);
    OWNED(free) char *wrong = credentials(file);
    const struct login login = {
        .domain = "target.test", .method = LOGIN_PASSWORD, .user = NAME, .password_file = file
    };

    set_lockout(domain, "3");
    for (int i = 0; i < 3; i++) {
        OWNED(ticket_close) struct ticket *ticket = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        assert_false(ticket_open(&login, domain->folder, &ticket, &err));
    }
    expect(domain->target, ACCOUNT, REQUIREMENT_FAIL, "it is locked out since 20");
    expect(domain->target, ACCOUNT, REQUIREMENT_FAIL, "Z, until 20");
    expect(domain->target, wrong, REQUIREMENT_UNKNOWN,
           "not tried, because of the account \"" NAME "\": it is locked out");
    live_disturb(domain, DN, "lockoutTime", "0");
    put_policy_back(account);
    expect(domain->target, ACCOUNT, REQUIREMENT_PASS, "not locked out");
    remove_file(file);
}

#define OBJECT(must, who) "[require live]\ncheck = object\nmust = " must "\nobject = " who "\n"

static void test_who_is_meant(void **state)
{
    static const char *const names[] = { DN, SHORT_DN, NAME, LONG_NAME,
                                         "live-connector@target.test" };
    static const char *const nobody[] = { "live-*",
                                          "*",
                                          "x)(objectClass=*",
                                          "*@target.test",
                                          "live-connector@*",
                                          "S-1-5-21-1-2-3-4711",
                                          "CN=nobody,DC=target,DC=test" };
    const struct live_account *account = *state;
    struct target *target = account->domain->target;

    live_disturb(account->domain, DN, "userPrincipalName", "live-connector@target.test");
    for (size_t i = 0; i < LENGTH(names); i++) {
        OWNED(free) char *text = text_make(OBJECT("exists", "%s"), names[i]);

        expect(target, text, REQUIREMENT_PASS, "it is \"" DN "\"");
    }
    for (size_t i = 0; i < LENGTH(nobody); i++) {
        OWNED(free) char *text = text_make(OBJECT("exists", "%s"), nobody[i]);

        expect(target, text, REQUIREMENT_FAIL, "there is no object");
    }
    expect(target, OBJECT("exists", "CN=x,DC=source,DC=test"), REQUIREMENT_UNKNOWN,
           "is not in this domain");
    expect(target, OBJECT("exists", "SOURCE\\Administrator"), REQUIREMENT_UNKNOWN,
           "is not in this domain");
    expect(target, OBJECT("enabled", "nobody"), REQUIREMENT_UNKNOWN, "there is no object");
}

static void test_objects(void **state)
{
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;
    struct target *target = domain->target;

    expect(target, OBJECT("in-scope", NAME), REQUIREMENT_PASS, "no default rule");
    expect(target, OBJECT("in-scope", "Administrator"), REQUIREMENT_FAIL, "isCriticalSystemObject");
    expect(target, OBJECT("in-scope", "DC2$"), REQUIREMENT_FAIL, "it is no user");
    expect(target, OBJECT("enabled", NAME), REQUIREMENT_PASS, "is enabled");
    expect(target, OBJECT("enabled", "krbtgt"), REQUIREMENT_FAIL, "is disabled");
    expect(target, OBJECT("lasting-password", NAME), REQUIREMENT_PASS, "that was set at 20");
    live_disturb(domain, DN, "pwdLastSet", "0");
    expect(target, OBJECT("lasting-password", NAME), REQUIREMENT_FAIL, "must change its password");
    live_disturb(domain, DN, "pwdLastSet", "-1");
    expect(target, OBJECT("no-smart-card", NAME), REQUIREMENT_PASS, "needs no smart card");
    live_disturb(domain, DN, "userAccountControl", "262656");
    expect(target, OBJECT("no-smart-card", NAME), REQUIREMENT_FAIL, "smart card only");
    live_disturb(domain, DN, "userAccountControl", "512");
}

static bool is_replicated(struct target *target)
{
    OWNED(finding_release) struct finding finding = { 0 };
    struct ajar_error trouble = AJAR_NO_ERROR;

    examine(target, OBJECT("replicated", NAME), &finding, &trouble);
    assert_non_null(finding.reason);
    return finding.result == REQUIREMENT_PASS;
}

/* A password that is set at the PDC emulator is at dc3 some seconds later; right behind the change
 * it is not. */
static void test_the_copy_of_another_controller(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    const struct live_account *account = *state;
    const struct live_domain *domain = account->domain;
    const struct target_options options = { .name = "dc3.target.test",
                                            .login = &domain->login,
                                            .folder = domain->folder,
                                            .servers = servers };
    OWNED(target_free) struct target *target = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    bool was_late = false;

    live_expect(target_new(&options, &target, &err), &err);
    (void)is_replicated(target); /* all connections are there */
    for (int i = 0; i < 5 && !was_late; i++) {
        live_disturb(domain, DN, "pwdLastSet", "0");
        live_disturb(domain, DN, "pwdLastSet", "-1");
        was_late = !is_replicated(target);
    }
    assert_true(was_late);
    for (int i = 0; i < 60 && !is_replicated(target); i++)
        (void)sleep(1);
    assert_true(is_replicated(target));
}

/* A member of the source forest plays the host of Entra Connect. */
static void control_events(const char *verb, const char *id, const char *text)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        if (!getenv("LAB"))
            _exit(1);
        if (strcmp(verb, "add") == 0)
            (void)execl(getenv("LAB"), getenv("LAB"), "windows", getenv("LAB_DIR"), "event", verb,
                        "Application", "Directory Synchronization", id, text, NULL);
        else
            (void)execl(getenv("LAB"), getenv("LAB"), "windows", getenv("LAB_DIR"), verb, NULL);
        _exit(1);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

#define KRBTGT    "CN=krbtgt,CN=Users,DC=source,DC=test"
#define RESULT_OF "Password Change Result - Anchor : x, Dn : " KRBTGT ", Result : "

/* krbtgt is only a name here: a user of the host's domain whose password nobody sets meanwhile. */
static void test_what_the_log_says(void **state)
{
    static const char *const servers[] = { "dc1.source.test", NULL };
    const struct live_account *account = *state;
    const struct login login = live_login("source.test");
    const struct target_options options = { .name = "pes1.source.test",
                                            .login = &login,
                                            .folder = account->domain->folder,
                                            .servers = servers };
    OWNED(target_free) struct target *target = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, &target, &err), &err);
    control_events("reset", NULL, NULL);
    expect(target, OBJECT("synchronized", "krbtgt"), REQUIREMENT_UNKNOWN, "\"" KRBTGT "\"");
    control_events("add", "657", RESULT_OF "FilteredByTarget.");
    expect(target, OBJECT("synchronized", "krbtgt"), REQUIREMENT_FAIL,
           "the result is FilteredByTarget");
    control_events("add", "657", RESULT_OF "Success.");
    expect(target, OBJECT("synchronized", "krbtgt"), REQUIREMENT_PASS, "was synchronized at 20");
    expect(target, OBJECT("synchronized", "CN=x,DC=target,DC=test"), REQUIREMENT_UNKNOWN,
           "is not in this domain");
    control_events("reset", NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accounts),
        cmocka_unit_test(test_a_password_that_has_ended),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_a_locked_account),
        cmocka_unit_test(test_who_is_meant),
        cmocka_unit_test(test_objects),
        cmocka_unit_test(test_the_copy_of_another_controller),
        cmocka_unit_test(test_what_the_log_says),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_account", tests, set_up, tear_down);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * LDAP to real domain controllers.
 */
#include "live.h"

#include "base/guid.h"
#include "base/text.h"
#include "transport/controllers.h"
#include "transport/extended_dn.h"
#include "transport/target.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* One for the program: a folder for tickets, and a ticket of each domain. */
struct fixture {
    char *folder;
    struct login source_login;
    struct login target_login;
    struct ticket *source;
    struct ticket *target;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    fixture->source_login = live_login("source.test");
    fixture->target_login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    live_expect(ticket_open(&fixture->source_login, fixture->folder, &fixture->source, &err), &err);
    live_expect(ticket_open(&fixture->target_login, fixture->folder, &fixture->target, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    ticket_close(fixture->source);
    ticket_close(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static void open_at(const char *host, const struct fixture *fixture,
                    struct directory **ret_directory)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_open(host, &fixture->target_login, fixture->target, ret_directory, &err),
                &err);
}

static void test_binds_sealed_at_each_controller(void **state)
{
    const struct fixture *fixture = *state;
    const struct {
        const char *host;
        const struct login *login;
        const struct ticket *ticket;
        const char *domain;
    } rows[] = {
        { "dc1.source.test", &fixture->source_login, fixture->source, "DC=source,DC=test" },
        { "dc2.target.test", &fixture->target_login, fixture->target, "DC=target,DC=test" },
        { "dc3.target.test", &fixture->target_login, fixture->target, "DC=target,DC=test" },
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(directory_close) struct directory *directory = NULL;
        struct ajar_error err = AJAR_NO_ERROR;

        live_expect(directory_open(rows[i].host, rows[i].login, rows[i].ticket, &directory, &err),
                    &err);
        assert_string_equal(directory_host(directory), rows[i].host);
        assert_string_equal(directory_domain_dn(directory), rows[i].domain);
    }
}

static void test_a_ticket_of_the_other_forest_binds(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_open("dc2.target.test", &fixture->target_login, fixture->source,
                               &directory, &err),
                &err);
    assert_string_equal(ticket_principal(fixture->source), "Administrator@SOURCE.TEST");
}

static void test_tls_verifies_the_certificate(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    struct login login = fixture->target_login;
    struct ajar_error err = AJAR_NO_ERROR;

    login.ldap = LDAP_TLS;
    login.ca_file = getenv("LAB_DC3_CA");
    live_expect_failure(
        directory_open("dc2.target.test", &login, fixture->target, &directory, &err), &err,
        AJAR_EINSECURE);
    assert_null(directory);
    err = AJAR_NO_ERROR;
    login.ca_file = NULL; /* the system's authorities do not know the lab's */
    live_expect_failure(
        directory_open("dc2.target.test", &login, fixture->target, &directory, &err), &err,
        AJAR_EINSECURE);
    err = AJAR_NO_ERROR;
    login.ca_file = getenv("LAB_TARGET_CA");
    live_expect_failure(directory_open("dc2", &login, fixture->target, &directory, &err), &err,
                        AJAR_EINSECURE); /* the right server under a name that is not its own */
}

/* Samba takes Kerberos inside TLS only when its smb.conf says allow_sasl_over_tls. */
static void test_tls_binds_or_says_what_samba_wants(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    struct login login = fixture->target_login;
    struct ajar_error err = AJAR_NO_ERROR;

    login.ldap = LDAP_TLS;
    if (directory_open("dc2.target.test", &login, fixture->target, &directory, &err)) {
        assert_string_equal(directory_host(directory), "dc2.target.test");
        return;
    }
    live_expect_failure(false, &err, AJAR_ELOGIN);
    assert_non_null(strstr(err.hint, "allow_sasl_over_tls"));
}

static void test_a_wrong_password_is_named(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(free) char *path = text_make("%s/wrong", fixture->folder);
    struct login login = fixture->target_login;
    struct ticket *ticket = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(file_write(path, "not it\n", 7, 0600, &err), &err);
    login.password_file = path;
    live_expect_failure(ticket_open(&login, fixture->folder, &ticket, &err), &err, AJAR_ELOGIN);
    assert_non_null(strstr(err.text, "wrong password"));
    assert_null(strstr(err.text, "not it"));
    err = AJAR_NO_ERROR;
    login.user = "nobody-of-this-name";
    live_expect_failure(ticket_open(&login, fixture->folder, &ticket, &err), &err, AJAR_ELOGIN);
    assert_non_null(strstr(err.text, "unknown user"));
    assert_null(ticket);
}

static void test_no_tickets_are_left_behind(void **state)
{
    const struct fixture *fixture = *state;
    struct ticket *ticket = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct stat about;
    OWNED(free) char *path = NULL;

    live_expect(ticket_open(&fixture->target_login, fixture->folder, &ticket, &err), &err);
    path = text_copy(ticket_cache(ticket) + strlen("FILE:"));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    ticket_close(ticket);
    assert_int_equal(stat(path, &about), -1);
}

/* A server on 127.0.0.1 that says `bytes` to each client, and then nothing. */
static pid_t start_silent_server(uint16_t port, const char *bytes, size_t size)
{
    const struct sockaddr_in address = { .sin_family = AF_INET,
                                         .sin_port = htons(port),
                                         .sin_addr = { htonl(INADDR_LOOPBACK) } };
    const int yes = 1;
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    pid_t child;

    (void)setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    assert_int_equal(bind(descriptor, (const struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(descriptor, 8), 0);
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int client = accept(descriptor, NULL, NULL);

            if (client >= 0 && write(client, bytes, size) < 0)
                _exit(1);
        }
    }
    (void)close(descriptor);
    return child;
}

static void stop_server(pid_t child)
{
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) / 1e9;
}

static void expect_end_in_time(const struct fixture *fixture, const char *host,
                               enum login_ldap protection, enum ajar_status status)
{
    struct login login = fixture->target_login;
    struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct timespec start;

    login.ldap = protection;
    login.timeout_ms = 1000;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    live_expect_failure(directory_open(host, &login, fixture->target, &directory, &err), &err,
                        status);
    print_message("             after %.2f s\n", seconds_since(&start));
    assert_true(seconds_since(&start) < 3);
}

/* Makes dc2.target.test another host for this process. Its tickets are in the cache already. */
static void move_dc2_to_localhost(const char *folder)
{
    static const char hosts[] = "127.0.0.1 localhost dc2.target.test\n";
    OWNED(free) char *path = text_make("%s/hosts", folder);
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(file_write(path, hosts, strlen(hosts), 0644, &err), &err);
    assert_int_equal(unshare(CLONE_NEWNS), 0);
    assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    assert_int_equal(mount(path, "/etc/hosts", NULL, MS_BIND, NULL), 0);
}

/* The last test: it changes what the process sees. */
static void test_a_silent_server_ends_in_time(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    pid_t server;

    open_at("dc2.target.test", fixture, &directory);
    move_dc2_to_localhost(fixture->folder);
    expect_end_in_time(fixture, "dc2.target.test", LDAP_SEALED, AJAR_EUNREACHABLE);
    server = start_silent_server(389, "", 0);
    expect_end_in_time(fixture, "dc2.target.test", LDAP_SEALED, AJAR_ETIMEOUT);
    stop_server(server);
    server = start_silent_server(389, "\x30\x84\x00", 3);
    expect_end_in_time(fixture, "dc2.target.test", LDAP_SEALED, AJAR_ETIMEOUT);
    stop_server(server);
    server = start_silent_server(636, "", 0);
    expect_end_in_time(fixture, "dc2.target.test", LDAP_TLS, AJAR_ETIMEOUT);
    stop_server(server);
    server = start_silent_server(636, "\x16\x03\x03", 3);
    expect_end_in_time(fixture, "dc2.target.test", LDAP_TLS, AJAR_ETIMEOUT);
    stop_server(server);
}

static void test_an_unknown_host_is_named(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const hosts[] = { "dc9.target.test", "127.0.0.20", "a host", "" };

    for (size_t i = 0; i < LENGTH(hosts); i++)
        expect_end_in_time(fixture, hosts[i], LDAP_SEALED, AJAR_EUNREACHABLE);
}

/* Shuts every TCP connection of this process down, as a server that restarts would. */
static void break_connections(void)
{
    for (int descriptor = 3; descriptor < 256; descriptor++)
        (void)shutdown(descriptor, SHUT_RDWR);
}

static void test_a_broken_connection_is_not_made_again(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    const struct directory_query query = { .base = "" }; /* which anonymous clients may read */
    struct directory_result result = { 0 };

    open_at("dc2.target.test", fixture, &directory);
    break_connections();
    for (int i = 0; i < 3; i++) {
        struct ajar_error err = AJAR_NO_ERROR;

        live_expect_failure(directory_search(directory, &query, &result, &err), &err,
                            AJAR_ETIMEOUT);
        assert_int_equal(result.count, 0);
    }
}

static void test_what_is_not_there(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    static const char *const bases[] = { "CN=Nobody,DC=target,DC=test", "<SID=S-1-5-32-9999>",
                                         "<GUID=00000000-0000-0000-0000-000000000001>" };
    struct directory_result result = { 0 };

    open_at("dc2.target.test", fixture, &directory);
    for (size_t i = 0; i < LENGTH(bases); i++) {
        const struct directory_query query = { .base = bases[i] };
        struct ajar_error err = AJAR_NO_ERROR;

        live_expect_failure(directory_search(directory, &query, &result, &err), &err,
                            AJAR_EMISSING);
    }
}

static void test_writes_that_meet_something_else(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    char everyone[] = "<SID=S-1-1-0>";
    char users[] = "<SID=S-1-5-11>"; /* Authenticated Users: a member from the start */
    const struct bytes values[] = { { (uint8_t *)everyone, strlen(everyone) },
                                    { (uint8_t *)users, strlen(users) } };
    const struct directory_change wrong[] = {
        { DIRECTORY_DELETE, "member", 1, &values[0] },
        { DIRECTORY_ADD, "member", 1, &values[1] },
    };

    open_at("dc2.target.test", fixture, &directory);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        struct ajar_error err = AJAR_NO_ERROR;

        live_expect_failure(directory_modify(directory, "<SID=S-1-5-32-554>", &wrong[i], 1, &err),
                            &err, AJAR_ECONFLICT);
    }
}

static void test_finds_controllers(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;
    OWNED(host_list_release) struct host_list named = { 0 };
    OWNED(host_list_release) struct host_list writable = { 0 };
    OWNED(free) char *pdc = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(controllers_from_dns("target.test", &named, &err), &err);
    assert_int_equal(named.count, 2);
    assert_string_equal(named.names[0], "dc2.target.test");
    open_at("dc3.target.test", fixture, &directory);
    live_expect(controllers_find_pdc(directory, &pdc, &err), &err);
    assert_string_equal(pdc, "dc2.target.test");
    live_expect(controllers_find_writable(directory, &writable, &err), &err);
    assert_int_equal(writable.count, 2);
    assert_string_equal(writable.names[0], "dc2.target.test");
    assert_string_equal(writable.names[1], "dc3.target.test");
    live_expect_failure(controllers_from_dns("nowhere.test", &named, &err), &err,
                        AJAR_EUNREACHABLE);
}

static void test_a_target_insists_on_the_pdc_emulator(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const servers[] = { "dc9.target.test", "dc3.target.test", NULL };
    const struct target_options options = { .name = "target.test",
                                            .is_domain = true,
                                            .login = &fixture->target_login,
                                            .folder = fixture->folder,
                                            .servers = servers };
    OWNED(target_free) struct target *target = NULL;
    struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, &target, &err), &err);
    live_expect(target_any_directory(target, &directory, &err), &err);
    assert_string_equal(directory_host(directory), "dc3.target.test");
    live_expect(target_directory(target, &directory, &err), &err);
    assert_string_equal(directory_host(directory), "dc2.target.test");
    live_expect(target_any_directory(target, &directory, &err), &err);
    assert_string_equal(directory_host(directory), "dc2.target.test");
}

static void test_a_controller_of_another_domain_is_refused(void **state)
{
    const struct fixture *fixture = *state;
    static const char *const servers[] = { "dc1.source.test", NULL };
    const struct target_options options = { .name = "target.test",
                                            .is_domain = true,
                                            .login = &fixture->target_login,
                                            .folder = fixture->folder,
                                            .servers = servers };
    OWNED(target_free) struct target *target = NULL;
    struct directory *directory = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(target_new(&options, &target, &err), &err);
    live_expect_failure(target_directory(target, &directory, &err), &err, AJAR_EUNREACHABLE);
    assert_non_null(strstr(err.text, "DC=source,DC=test"));
}

enum { MEMBERS = 1700, BATCH = 100 };

/* The SID of nobody: of a domain that does not exist. */
static char *sid_of_member(int number)
{
    return text_make("<SID=S-1-5-21-1111-2222-3333-%d>", 5000 + number);
}

/* Print Operators, which nobody is a member of. Adding a SID of elsewhere makes its principal. */
static void add_members(struct directory *directory)
{
    for (int first = 0; first < MEMBERS; first += BATCH) {
        struct bytes values[BATCH];
        const struct directory_change change = { DIRECTORY_ADD, "member", BATCH, values };
        struct ajar_error err = AJAR_NO_ERROR;

        for (int i = 0; i < BATCH; i++) {
            values[i].at = (uint8_t *)sid_of_member(first + i);
            values[i].size = strlen((const char *)values[i].at);
        }
        live_expect(directory_modify(directory, "<SID=S-1-5-32-550>", &change, 1, &err), &err);
        for (int i = 0; i < BATCH; i++)
            bytes_release(&values[i]);
    }
}

/* Takes all members out of the group, and removes the principals that were made for them. */
static void remove_members(struct directory *directory)
{
    static const char *const attributes[] = { "objectSid", "memberOf", NULL };
    const struct directory_query query = { .base = directory_domain_dn(directory),
                                           .scope = DIRECTORY_SUBTREE,
                                           .filter = "(cn=S-1-5-21-1111-2222-3333-*)",
                                           .attributes = attributes };
    const struct directory_change none = { DIRECTORY_REPLACE, "member", 0, NULL };
    OWNED(directory_result_release) struct directory_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_modify(directory, "<SID=S-1-5-32-550>", &none, 1, &err), &err);
    live_expect(directory_search(directory, &query, &result, &err), &err);
    for (size_t i = 0; i < result.count; i++)
        live_expect(directory_delete(directory, result.entries[i].dn, &err), &err);
}

/* Asks for them as one piece, or with a range, which the server must then continue: Samba cuts only
 * when it is asked to, Windows always. */
static void count_members(struct directory *directory, const char *attribute, bool extended_dn)
{
    const char *const attributes[] = { attribute, NULL };
    const struct directory_query query = { .base = "<SID=S-1-5-32-550>",
                                           .attributes = attributes,
                                           .extended_dn = extended_dn };
    OWNED(directory_result_release) struct directory_result result = { 0 };
    const struct directory_attribute *members;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_search(directory, &query, &result, &err), &err);
    assert_int_equal(result.count, 1);
    members = directory_attribute(&result.entries[0], "member");
    assert_non_null(members);
    assert_int_equal(members->count, MEMBERS);
    for (size_t i = 0; extended_dn && i < members->count; i++) {
        struct extended_dn name;

        live_expect(extended_dn_parse((const char *)members->values[i].bytes.at, &name, &err),
                    &err);
        assert_true(name.has_guid && name.has_sid);
    }
}

/* More entries than one page holds. */
static void count_principals(struct directory *directory)
{
    static const char *const attributes[] = { "objectSid", NULL };
    const struct directory_query query = { .base = directory_domain_dn(directory),
                                           .scope = DIRECTORY_SUBTREE,
                                           .filter = "(objectClass=foreignSecurityPrincipal)",
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_search(directory, &query, &result, &err), &err);
    assert_true(result.count >= MEMBERS);
}

static void test_a_large_group_is_read_whole(void **state)
{
    const struct fixture *fixture = *state;
    OWNED(directory_close) struct directory *directory = NULL;

    open_at("dc2.target.test", fixture, &directory);
    remove_members(directory);
    add_members(directory);
    count_members(directory, "member", false);
    count_members(directory, "member", true);
    count_members(directory, "member;range=0-499", true);
    count_members(directory, "member;range=0-0", false);
    count_principals(directory);
    remove_members(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binds_sealed_at_each_controller),
        cmocka_unit_test(test_a_ticket_of_the_other_forest_binds),
        cmocka_unit_test(test_tls_verifies_the_certificate),
        cmocka_unit_test(test_tls_binds_or_says_what_samba_wants),
        cmocka_unit_test(test_a_wrong_password_is_named),
        cmocka_unit_test(test_no_tickets_are_left_behind),
        cmocka_unit_test(test_an_unknown_host_is_named),
        cmocka_unit_test(test_a_broken_connection_is_not_made_again),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_writes_that_meet_something_else),
        cmocka_unit_test(test_finds_controllers),
        cmocka_unit_test(test_a_target_insists_on_the_pdc_emulator),
        cmocka_unit_test(test_a_controller_of_another_domain_is_refused),
        cmocka_unit_test(test_a_large_group_is_read_whole),
        cmocka_unit_test(test_a_silent_server_ends_in_time),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_directory", tests, set_up, tear_down);
}

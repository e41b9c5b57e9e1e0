/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Logins without a KDC: the operator's caches, which the test makes itself, and what goes wrong
 * before anything is sent.
 */
#include "base/file.h"
#include "base/text.h"
#include "transport/login.h"
#include "transport/login_error.h"

#include <krb5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

struct fixture {
    char *folder;
    krb5_context kerberos;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(fixture);
    assert_int_equal(setenv("KRB5_CONFIG", "/dev/null", 1), 0);
    assert_true(file_make_temporary_folder("ajar-login", &fixture->folder, &err));
    assert_int_equal(krb5_init_context(&fixture->kerberos), 0);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    krb5_free_context(fixture->kerberos);
    assert_true(file_remove_folder(fixture->folder, &err));
    free(fixture->folder);
    free(fixture);
    return 0;
}

enum { PAST = -3600, SOON = 10, LATER = 3600 };

/* A cache of `user` with one ticket for `service` that ends in so many seconds. */
static void make_cache(const struct fixture *fixture, const char *name, const char *user,
                       const char *service, int seconds)
{
    krb5_context kerberos = fixture->kerberos;
    krb5_creds ticket = { .ticket = { .length = 4, .data = text_copy("tick") } };
    krb5_ccache cache = NULL;
    krb5_timestamp now = 0;

    assert_int_equal(krb5_timeofday(kerberos, &now), 0);
    ticket.times.endtime = now + seconds;
    assert_int_equal(krb5_cc_resolve(kerberos, name, &cache), 0);
    assert_int_equal(krb5_parse_name(kerberos, user, &ticket.client), 0);
    assert_int_equal(krb5_parse_name(kerberos, service, &ticket.server), 0);
    assert_int_equal(krb5_cc_initialize(kerberos, cache, ticket.client), 0);
    assert_int_equal(krb5_cc_store_cred(kerberos, cache, &ticket), 0);
    krb5_free_cred_contents(kerberos, &ticket);
    assert_int_equal(krb5_cc_close(kerberos, cache), 0);
    assert_int_equal(setenv("KRB5CCNAME", name, 1), 0);
}

static const struct cache_case {
    const char *name;
    const char *type;
    const char *service;
    int seconds;
    const char *user; /* in the configuration */
    const char *says; /* NULL: fine */
} cache_cases[] = {
    { "cache: a file", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", LATER, NULL, NULL },
    { "cache: in memory", "MEMORY", "krbtgt/SOURCE.TEST@SOURCE.TEST", LATER, NULL, NULL },
    { "cache: of the user", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", LATER, "adm", NULL },
    { "cache: of the user, with realm", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", LATER,
      "adm@SOURCE.TEST", NULL },
    { "cache: of another user", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", LATER, "other",
      "there is no ticket for it" },
    { "cache: expired", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", PAST, NULL,
      "the ticket has expired" },
    { "cache: about to expire", "FILE", "krbtgt/SOURCE.TEST@SOURCE.TEST", SOON, NULL,
      "the ticket has expired" },
    { "cache: expired, in memory", "MEMORY", "krbtgt/SOURCE.TEST@SOURCE.TEST", PAST, NULL,
      "the ticket has expired" },
    { "cache: only a service's ticket", "FILE", "ldap/dc1.source.test@SOURCE.TEST", LATER, NULL,
      "no ticket-granting ticket" },
    { "cache: only another realm's", "FILE", "krbtgt/TARGET.TEST@SOURCE.TEST", LATER, NULL,
      "no ticket-granting ticket" },
};

static void expect_private_copy(const struct ticket *ticket, bool is_copy, const char *folder)
{
    const char *path = ticket_cache(ticket) + strlen("FILE:");
    struct stat about;

    assert_memory_equal(ticket_cache(ticket), "FILE:", strlen("FILE:"));
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
    assert_int_equal(strncmp(path, folder, strlen(folder)) == 0 && strstr(path, "/ticket-"),
                     is_copy);
}

static void run_cache_case(void **state)
{
    const struct cache_case *row = *state;
    struct fixture *fixture = NULL;
    OWNED(free) char *name = NULL;
    struct login login = { .domain = "source.test", .method = LOGIN_CACHE, .user = row->user };
    struct ticket *ticket = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *path = NULL;
    bool is_file = strcmp(row->type, "FILE") == 0;

    (void)set_up((void **)&fixture);
    name = text_make("%s:%s/cache", row->type, fixture->folder);
    make_cache(fixture, name, "adm@SOURCE.TEST", row->service, row->seconds);
    if (row->says) {
        assert_false(ticket_open(&login, fixture->folder, &ticket, &err));
        assert_int_equal(err.status, AJAR_ELOGIN);
        assert_non_null(strstr(err.text, row->says));
        assert_true(*err.hint);
        assert_null(ticket);
    } else {
        assert_true(ticket_open(&login, fixture->folder, &ticket, &err));
        assert_string_equal(ticket_principal(ticket), "adm@SOURCE.TEST");
        expect_private_copy(ticket, !is_file, fixture->folder);
        path = text_copy(ticket_cache(ticket) + strlen("FILE:"));
        ticket_close(ticket);
        assert_int_equal(access(path, F_OK) == 0, is_file); /* the operator's own one stays */
    }
    (void)tear_down((void **)&fixture);
}

static const struct refusal_case {
    const char *name;
    struct login login;
    const char *cache;
    const char *says;
} refusal_cases[] = {
    { "login: no cache", { .method = LOGIN_CACHE }, "FILE:/nowhere/cache", "no ticket cache" },
    { "login: unknown cache", { .method = LOGIN_CACHE }, "PAPER:/x", "unknown type" },
    { "login: password without user",
      { .method = LOGIN_PASSWORD, .password_file = "/dev/null" },
      NULL,
      "regular file" },
    { "login: no password file",
      { .method = LOGIN_PASSWORD, .user = "adm" },
      NULL,
      "names no password file" },
    { "login: password file missing",
      { .method = LOGIN_PASSWORD, .user = "adm", .password_file = "/nowhere/password" },
      NULL,
      "password file: could not open \"/nowhere/password\"" },
    { "login: no keytab", { .method = LOGIN_KEYTAB, .user = "adm" }, NULL, "names no keytab" },
    { "login: keytab missing",
      { .method = LOGIN_KEYTAB, .user = "adm", .keytab = "/nowhere/keytab" },
      NULL,
      "keytab: could not open \"/nowhere/keytab\"" },
    { "login: user of another fashion",
      { .method = LOGIN_CACHE, .user = "SOURCE\\adm" },
      NULL,
      "is no Kerberos name" },
};

static void run_refusal_case(void **state)
{
    const struct refusal_case *row = *state;
    struct fixture *fixture = NULL;
    struct login login = row->login;
    struct ticket *ticket = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)set_up((void **)&fixture);
    login.domain = "source.test";
    assert_int_equal(setenv("KRB5CCNAME", row->cache ? row->cache : "FILE:/nowhere", 1), 0);
    assert_false(ticket_open(&login, fixture->folder, &ticket, &err));
    assert_int_equal(err.status, AJAR_ELOGIN);
    assert_non_null(strstr(err.text, row->says));
    assert_non_null(strstr(err.text, "source.test"));
    assert_null(ticket);
    (void)tear_down((void **)&fixture);
}

static const struct code_case {
    const char *name;
    krb5_error_code code;
    enum ajar_status status;
    const char *says;
    bool has_hint;
} code_cases[] = {
    { "code: wrong password", KRB5KDC_ERR_PREAUTH_FAILED, AJAR_ELOGIN, "wrong password", true },
    { "code: expired password", KRB5KDC_ERR_KEY_EXP, AJAR_ELOGIN, "password has expired", true },
    { "code: unknown user", KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN, AJAR_ELOGIN, "unknown user", true },
    { "code: locked", KRB5KDC_ERR_CLIENT_REVOKED, AJAR_ELOGIN, "disabled or locked", true },
    { "code: clock", KRB5KRB_AP_ERR_SKEW, AJAR_ELOGIN, "clocks", true },
    { "code: clock of the answer", KRB5_KDCREP_SKEW, AJAR_ELOGIN, "clocks", true },
    { "code: no KDC", KRB5_KDC_UNREACH, AJAR_EUNREACHABLE, "no KDC", true },
    { "code: unknown realm", KRB5_REALM_UNKNOWN, AJAR_EUNREACHABLE, "no KDC", true },
    { "code: no cache", KRB5_FCC_NOFILE, AJAR_ELOGIN, "no ticket cache", true },
    { "code: any other", KRB5KRB_ERR_GENERIC, AJAR_ELOGIN, "the library's words", false },
};

static void run_code_case(void **state)
{
    const struct code_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    assert_false(login_error(&err, row->code, "the library's words"));
    assert_int_equal(err.status, row->status);
    assert_int_equal(err.native, (uint32_t)row->code);
    assert_non_null(strstr(err.text, row->says));
    assert_int_equal(*err.hint != '\0', row->has_hint);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(cache_cases) + LENGTH(refusal_cases) + LENGTH(code_cases)];
    size_t count = 0;

    for (size_t i = 0; i < LENGTH(cache_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = cache_cases[i].name,
                                              .test_func = run_cache_case,
                                              .initial_state = (void *)(uintptr_t)&cache_cases[i] };
    for (size_t i = 0; i < LENGTH(refusal_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = refusal_cases[i].name,
                                 .test_func = run_refusal_case,
                                 .initial_state = (void *)(uintptr_t)&refusal_cases[i] };
    for (size_t i = 0; i < LENGTH(code_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = code_cases[i].name,
                                              .test_func = run_code_case,
                                              .initial_state = (void *)(uintptr_t)&code_cases[i] };
    return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}

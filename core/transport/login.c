/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How long a KDC may take is not ours to say: MIT 1.20 tries each KDC three times (one second over
 * UDP, ten over TCP, longer each time) and has no setting for that. With silent KDCs a login ends
 * after about half a minute; the process that waits for a worker has the last word.
 */
#include "transport/login.h"

#include "base/secret.h"
#include "base/text.h"
#include "transport/login_error.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <krb5.h>
#include <string.h>

struct ticket {
    krb5_context kerberos;
    krb5_principal principal;
    krb5_ccache cache;
    bool is_ours; /* we made the cache, and destroy it */
    char *cache_name;
    char *principal_name;
};

/* A ticket that ends in less than this is as good as expired. */
enum { LEAST_SECONDS = 60 };

static bool fail_kerberos(const struct ticket *ticket, krb5_error_code code, struct ajar_error *err)
{
    const char *message = krb5_get_error_message(ticket->kerberos, code);

    login_error(err, code, message);
    krb5_free_error_message(ticket->kerberos, message);
    return false;
}

/* "Administrator" of source.test is Administrator@SOURCE.TEST: realms of Active Directory are
 * domain names in upper case ([MS-KILE] 3.1.5.6). */
static bool parse_user(struct ticket *ticket, const struct login *login, struct ajar_error *err)
{
    OWNED(free) char *name = NULL;
    krb5_error_code code;

    if (!login->user || !*login->user)
        return ajar_fail(err, AJAR_ELOGIN, "the configuration of %s names no user", login->domain);
    if (strchr(login->user, '\\')) {
        ajar_fail(err, AJAR_ELOGIN, "\"%s\" is no Kerberos name", login->user);
        return ajar_hint(err, "write user, or user@REALM, not DOMAIN\\user");
    }
    name = strchr(login->user, '@') ? text_copy(login->user)
                                    : text_make("%s@%s", login->user, login->domain);
    if (!name)
        return ajar_no_memory(err);
    if (!strchr(login->user, '@')) {
        for (char *at = name + strlen(login->user); *at; at++)
            *at = (char)toupper((unsigned char)*at);
    }
    code = krb5_parse_name(ticket->kerberos, name, &ticket->principal);
    return code == 0 || fail_kerberos(ticket, code, err);
}

/* The names that the ticket shows, from what it holds. */
static bool set_names(struct ticket *ticket, struct ajar_error *err)
{
    char *name = NULL;
    krb5_error_code code = krb5_unparse_name(ticket->kerberos, ticket->principal, &name);

    if (code != 0)
        return fail_kerberos(ticket, code, err);
    ticket->principal_name = text_copy(name);
    krb5_free_unparsed_name(ticket->kerberos, name);
    if (!ticket->principal_name)
        return ajar_no_memory(err);
    code = krb5_cc_get_full_name(ticket->kerberos, ticket->cache, &name);
    if (code != 0)
        return fail_kerberos(ticket, code, err);
    ticket->cache_name = text_copy(name);
    krb5_free_string(ticket->kerberos, name);
    return ticket->cache_name || ajar_no_memory(err);
}

/* A fresh file, mode 0600, in the private folder, as an empty cache. */
static bool make_cache(struct ticket *ticket, const char *folder, krb5_ccache *ret_cache,
                       struct ajar_error *err)
{
    OWNED(free) char *name = text_make("FILE:%s/ticket-XXXXXX", folder);
    OWNED(close) int descriptor = -1;
    krb5_error_code code;

    if (!name)
        return ajar_no_memory(err);
    descriptor = mkostemp(name + strlen("FILE:"), O_CLOEXEC);
    if (descriptor < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not make a ticket cache in %s: %s", folder,
                         strerror(errno));
    code = krb5_cc_resolve(ticket->kerberos, name, ret_cache);
    return code == 0 || fail_kerberos(ticket, code, err);
}

/* The realm's ticket-granting ticket, of the cache's own principal: krbtgt/REALM@REALM ([RFC4120]
 * 3.3). `least_end` 0: any, even one that has expired. */
static krb5_error_code find_granting_ticket(const struct ticket *ticket, krb5_timestamp least_end)
{
    const krb5_data *realm = &ticket->principal->realm;
    krb5_creds wanted = { .client = ticket->principal, .times = { .endtime = least_end } };
    krb5_creds found = { 0 };
    krb5_error_code code =
        krb5_build_principal_ext(ticket->kerberos, &wanted.server, realm->length, realm->data,
                                 KRB5_TGS_NAME_SIZE, KRB5_TGS_NAME, realm->length, realm->data, 0);

    if (code != 0)
        return code;
    code = krb5_cc_retrieve_cred(ticket->kerberos, ticket->cache,
                                 least_end ? KRB5_TC_MATCH_TIMES : 0, &wanted, &found);
    krb5_free_principal(ticket->kerberos, wanted.server);
    krb5_free_cred_contents(ticket->kerberos, &found);
    return code;
}

static bool check_granting_ticket(const struct ticket *ticket, struct ajar_error *err)
{
    krb5_timestamp now = 0;
    krb5_error_code code = krb5_timeofday(ticket->kerberos, &now);

    if (code == 0)
        code = find_granting_ticket(ticket, 0);
    if (code == KRB5_CC_NOTFOUND) {
        ajar_fail(err, AJAR_ELOGIN, "it holds no ticket-granting ticket of its realm");
        return ajar_hint(err, "kinit again");
    }
    if (code == 0)
        code = find_granting_ticket(ticket, now + LEAST_SECONDS);
    if (code == KRB5_CC_NOTFOUND)
        code = KRB5KRB_AP_ERR_TKT_EXPIRED;
    return code == 0 || fail_kerberos(ticket, code, err);
}

/* The Heimdal inside Samba does not know where MIT's KEYRING:, KCM: and DIR: caches are. */
static bool make_readable_to_samba(struct ticket *ticket, const char *folder,
                                   struct ajar_error *err)
{
    krb5_ccache copy = NULL;
    krb5_error_code code;

    if (strcmp(krb5_cc_get_type(ticket->kerberos, ticket->cache), "FILE") == 0)
        return true;
    if (!make_cache(ticket, folder, &copy, err))
        return false;
    code = krb5_cc_initialize(ticket->kerberos, copy, ticket->principal);
    if (code == 0)
        code = krb5_cc_copy_creds(ticket->kerberos, ticket->cache, copy);
    (void)krb5_cc_close(ticket->kerberos, ticket->cache);
    ticket->cache = copy;
    ticket->is_ours = true;
    return code == 0 || fail_kerberos(ticket, code, err);
}

/* With a user in the configuration, the cache of that user in the operator's collection; otherwise
 * the operator's default. */
static bool find_cache(struct ticket *ticket, const struct login *login, struct ajar_error *err)
{
    krb5_error_code code;

    if (login->user && !parse_user(ticket, login, err))
        return false;
    if (ticket->principal) {
        code = krb5_cc_cache_match(ticket->kerberos, ticket->principal, &ticket->cache);
    } else {
        code = krb5_cc_default(ticket->kerberos, &ticket->cache);
        if (code == 0)
            code = krb5_cc_get_principal(ticket->kerberos, ticket->cache, &ticket->principal);
    }
    return code == 0 || fail_kerberos(ticket, code, err);
}

static bool open_cache(struct ticket *ticket, const struct login *login, const char *folder,
                       struct ajar_error *err)
{
    if (!find_cache(ticket, login, err) || !check_granting_ticket(ticket, err) ||
        !make_readable_to_samba(ticket, folder, err))
        return ajar_while(err, "ticket cache %s", krb5_cc_default_name(ticket->kerberos));
    return true;
}

/* Fills the cache with a first ticket, got with the password or the key of the keytab (the other
 * one is NULL). Without a prompter the library asks nobody, and an expired password is an error. */
static krb5_error_code get_first_ticket(struct ticket *ticket, const char *password,
                                        krb5_keytab keytab)
{
    krb5_get_init_creds_opt *options = NULL;
    krb5_creds credentials = { 0 };
    krb5_error_code code = krb5_get_init_creds_opt_alloc(ticket->kerberos, &options);

    if (code == 0)
        code = krb5_get_init_creds_opt_set_out_ccache(ticket->kerberos, options, ticket->cache);
    if (code == 0 && password)
        code = krb5_get_init_creds_password(ticket->kerberos, &credentials, ticket->principal,
                                            password, NULL, NULL, 0, NULL, options);
    else if (code == 0)
        code = krb5_get_init_creds_keytab(ticket->kerberos, &credentials, ticket->principal, keytab,
                                          0, NULL, options);
    krb5_free_cred_contents(ticket->kerberos, &credentials);
    krb5_get_init_creds_opt_free(ticket->kerberos, options);
    return code;
}

static bool log_in(struct ticket *ticket, const struct login *login, const char *folder,
                   const char *password, krb5_keytab keytab, struct ajar_error *err)
{
    krb5_error_code code;

    if (!parse_user(ticket, login, err) || !make_cache(ticket, folder, &ticket->cache, err))
        return false;
    ticket->is_ours = true;
    code = get_first_ticket(ticket, password, keytab);
    return code == 0 || fail_kerberos(ticket, code, err);
}

static bool log_in_with_password(struct ticket *ticket, const struct login *login,
                                 const char *folder, struct ajar_error *err)
{
    OWNED(secret_release) struct secret password = { .text = "" };

    if (!login->password_file)
        return ajar_fail(err, AJAR_ELOGIN, "the configuration names no password file");
    if (!secret_read_file(login->password_file, &password, err))
        return ajar_while(err, "password file");
    return log_in(ticket, login, folder, password.text, NULL, err);
}

static bool log_in_with_keytab(struct ticket *ticket, const struct login *login, const char *folder,
                               struct ajar_error *err)
{
    OWNED(close) int descriptor = -1;
    OWNED(free) char *name = NULL;
    krb5_keytab keytab = NULL;
    krb5_error_code code;
    bool ok;

    if (!login->keytab)
        return ajar_fail(err, AJAR_ELOGIN, "the configuration names no keytab");
    if (!secret_open_file(login->keytab, &descriptor, err)) /* its keys are as good as a password */
        return ajar_while(err, "keytab");
    name = text_make("FILE:%s", login->keytab);
    if (!name)
        return ajar_no_memory(err);
    code = krb5_kt_resolve(ticket->kerberos, name, &keytab);
    if (code != 0)
        return fail_kerberos(ticket, code, err);
    ok = log_in(ticket, login, folder, NULL, keytab, err);
    (void)krb5_kt_close(ticket->kerberos, keytab);
    return ok;
}

static bool obtain(struct ticket *ticket, const struct login *login, const char *folder,
                   struct ajar_error *err)
{
    switch (login->method) {
    case LOGIN_CACHE:
        return open_cache(ticket, login, folder, err);
    case LOGIN_KEYTAB:
        return log_in_with_keytab(ticket, login, folder, err);
    case LOGIN_PASSWORD:
        return log_in_with_password(ticket, login, folder, err);
    }
    return ajar_fail(err, AJAR_ELOGIN, "unknown way to log in (%d)", (int)login->method);
}

bool ticket_open(const struct login *login, const char *folder, struct ticket **ret_ticket,
                 struct ajar_error *err)
{
    OWNED(ticket_close) struct ticket *ticket = calloc(1, sizeof(*ticket));
    krb5_error_code code;

    if (!ticket)
        return ajar_no_memory(err);
    code = krb5_init_context(&ticket->kerberos);
    if (code != 0) {
        ticket->kerberos = NULL; /* the library's texts work without one */
        fail_kerberos(ticket, code, err);
        ajar_hint(err, "check krb5.conf");
        return ajar_while(err, "Kerberos configuration");
    }
    if (!obtain(ticket, login, folder, err))
        return login->method == LOGIN_CACHE
                   ? ajar_while(err, "could not log in to %s", login->domain)
                   : ajar_while(err, "could not log in to %s as %s", login->domain,
                                login->user ? login->user : "nobody");
    if (!set_names(ticket, err))
        return false;
    *ret_ticket = ticket;
    ticket = NULL;
    return true;
}

const char *ticket_cache(const struct ticket *ticket)
{
    return ticket->cache_name;
}

const char *ticket_principal(const struct ticket *ticket)
{
    return ticket->principal_name;
}

void ticket_close(struct ticket *ticket)
{
    if (!ticket)
        return;
    if (ticket->cache && ticket->is_ours)
        (void)krb5_cc_destroy(ticket->kerberos, ticket->cache);
    else if (ticket->cache)
        (void)krb5_cc_close(ticket->kerberos, ticket->cache);
    if (ticket->principal)
        krb5_free_principal(ticket->kerberos, ticket->principal);
    if (ticket->kerberos)
        krb5_free_context(ticket->kerberos);
    free(ticket->principal_name);
    free(ticket->cache_name);
    free(ticket);
}

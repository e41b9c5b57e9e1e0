/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No wait without an end: connecting has libldap's network timeout; each answer is waited for with
 * ldap_result(), the bind's too; and directory_socket.c is for a server that stops in the middle of
 * an answer, or of a TLS handshake. What stays are the resolver and the KDC, which
 * have limits of their own.
 */
#include "transport/directory_error.h"
#include "transport/directory_private.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <ldap.h>
#include <netdb.h>
#include <sasl/sasl.h>
#include <sys/socket.h>

/* Of the global catalog ([MS-ADTS] 3.1.1.3). */
enum { CATALOG_PORT = 3268, CATALOG_TLS_PORT = 3269 };

/* The least strength of a sealed connection, as SASL counts it: 56 is Kerberos' smallest. */
enum { LEAST_STRENGTH = 56 };

static struct timeval limit_of(const struct directory *directory)
{
    return (struct timeval){ .tv_sec = directory->timeout_ms / 1000,
                             .tv_usec = directory->timeout_ms % 1000 * 1000 };
}

bool directory_fail(const struct directory *directory, int result, struct ajar_error *err)
{
    char *diagnostic = NULL;

    (void)ldap_get_option(directory->ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    directory_error(err, result, diagnostic);
    ldap_memfree(diagnostic);
    return false;
}

static bool fail_late(const struct directory *directory, const char *what, struct ajar_error *err)
{
    ajar_fail(err, AJAR_ETIMEOUT, "%s within %d ms", what, directory->timeout_ms);
    ajar_native(err, (uint32_t)LDAP_TIMEOUT);
    return ajar_hint(err, "see whether the host is up and answers, then try again; --timeout waits "
                          "longer");
}

bool directory_await(struct directory *directory, int request, LDAPMessage **ret_answer,
                     struct ajar_error *err)
{
    struct timeval limit = limit_of(directory);
    LDAPMessage *answer = NULL;
    int result = LDAP_SERVER_DOWN;

    switch (ldap_result(directory->ldap, request, LDAP_MSG_ALL, &limit, &answer)) {
    case -1:
        (void)ldap_get_option(directory->ldap, LDAP_OPT_RESULT_CODE, &result);
        return directory_fail(directory, result, err);
    case 0:
        (void)ldap_abandon_ext(directory->ldap, request, NULL, NULL);
        return fail_late(directory, "no answer", err);
    default:
        *ret_answer = answer;
        return true;
    }
}

bool directory_read_result(const struct directory *directory, LDAPMessage *answer,
                           LDAPControl ***ret_controls, struct ajar_error *err)
{
    LDAPControl **controls = NULL;
    char *diagnostic = NULL;
    int result = LDAP_SUCCESS;
    int parsed = ldap_parse_result(directory->ldap, answer, &result, NULL, &diagnostic, NULL,
                                   ret_controls ? &controls : NULL, 0);

    if (parsed == LDAP_SUCCESS && result == LDAP_SUCCESS) {
        ldap_memfree(diagnostic);
        if (ret_controls)
            *ret_controls = controls;
        return true;
    }
    directory_error(err, parsed != LDAP_SUCCESS ? parsed : result, diagnostic);
    ldap_memfree(diagnostic);
    ldap_controls_free(controls);
    return false;
}

static void forget_socket(LDAP *ldap, Sockbuf *buffer, struct ldap_conncb *callback)
{
    (void)ldap;
    (void)buffer;
    (void)callback;
}

static int set_connection_options(struct directory *directory)
{
    LDAP *ldap = directory->ldap;
    struct timeval limit = limit_of(directory);
    const int version = LDAP_VERSION3;
    int result = ldap_set_option(ldap, LDAP_OPT_PROTOCOL_VERSION, &version);

    directory->on_connect->lc_add = directory_limit_socket;
    directory->on_connect->lc_del = forget_socket;
    directory->on_connect->lc_arg = directory;
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    if (result == LDAP_OPT_SUCCESS) /* the name that was asked for, not one from reverse DNS */
        result = ldap_set_option(ldap, LDAP_OPT_X_SASL_NOCANON, LDAP_OPT_ON);
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_NETWORK_TIMEOUT, &limit);
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_TIMEOUT, &limit);
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_CONNECT_CB, directory->on_connect);
    return result;
}

/* Sign and seal, on 389 ([MS-ADTS] 5.1.2.1). */
static int set_sealed_options(LDAP *ldap)
{
    const ber_len_t least = LEAST_STRENGTH;

    return ldap_set_option(ldap, LDAP_OPT_X_SASL_SSF_MIN, &least);
}

/* A certificate that verifies, TLS 1.2 or newer; inside, no second layer, which AD refuses
 * ([MS-ADTS] 5.1.1.1.2), but the login bound to this channel. */
static int set_tls_options(LDAP *ldap, const char *ca_file)
{
    const int demand = LDAP_OPT_X_TLS_DEMAND;
    const int least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2;
    const int binding = LDAP_OPT_X_SASL_CBINDING_TLS_ENDPOINT;
    const int as_client = 0;
    const ber_len_t none = 0;
    int result = ldap_set_option(ldap, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);

    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_X_TLS_PROTOCOL_MIN, &least);
    if (result == LDAP_OPT_SUCCESS && ca_file)
        result = ldap_set_option(ldap, LDAP_OPT_X_TLS_CACERTFILE, ca_file);
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_X_SASL_SSF_MAX, &none);
    if (result == LDAP_OPT_SUCCESS)
        result = ldap_set_option(ldap, LDAP_OPT_X_SASL_CBINDING, &binding);
    if (result == LDAP_OPT_SUCCESS) /* puts the TLS options into effect: the last one */
        result = ldap_set_option(ldap, LDAP_OPT_X_TLS_NEWCTX, &as_client);
    return result;
}

/* A name of letters, digits, dots, hyphens and underscores: it becomes part of a URL and of a
 * service principal. */
static bool check_host_name(const char *host, struct ajar_error *err)
{
    struct in6_addr address;

    if (inet_pton(AF_INET, host, &address) == 1 || inet_pton(AF_INET6, host, &address) == 1) {
        ajar_fail(err, AJAR_EUNREACHABLE, "this is an address, and Kerberos needs a name");
        return ajar_hint(err, "write the host's DNS name in its place");
    }
    for (const char *at = host; *at; at++) {
        if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
            return ajar_fail(err, AJAR_EUNREACHABLE, "this is no host name");
    }
    return *host ? true : ajar_fail(err, AJAR_EUNREACHABLE, "the host has no name");
}

/* Why there is no connection: libldap does not say, so ask the resolver and errno. */
static bool fail_unreachable(const char *host, int port, int code, struct ajar_error *err)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int resolved = getaddrinfo(host, NULL, &hints, &found);

    if (resolved != 0) {
        ajar_fail(err, AJAR_EUNREACHABLE, "could not find its address: %s", gai_strerror(resolved));
        return ajar_hint(err, "check the name and this host's DNS servers");
    }
    freeaddrinfo(found);
    if (code == ENOTCONN) /* libldap asks a socket that was refused who its peer is */
        code = ECONNREFUSED;
    if (code == 0 || code == EINPROGRESS || code == EAGAIN)
        code = ETIMEDOUT;
    ajar_fail(err, AJAR_EUNREACHABLE, "could not connect to port %d: %s", port, strerror(code));
    ajar_native(err, (uint32_t)code);
    return ajar_hint(err, "is the host up, and does a firewall let this port through?");
}

/* libldap says something of its own only when TLS failed, and not when there is no connection. */
static bool fail_tls(const struct directory *directory, const char *diagnostic,
                     struct ajar_error *err)
{
    if (directory_time_is_up(directory))
        return fail_late(directory, "no answer to the TLS handshake", err);
    /* That is what libldap makes of GnuTLS's verdict on a certificate. */
    ajar_fail(err, AJAR_EINSECURE, "TLS failed: %s",
              strstr(diagnostic, "unknown error code") ? "the certificate does not verify"
                                                       : diagnostic);
    return ajar_hint(err, "the certificate must name this host and come from an authority in "
                          "ca-file");
}

static int port_of(const struct directory *directory, bool is_tls)
{
    if (directory->is_catalog)
        return is_tls ? CATALOG_TLS_PORT : CATALOG_PORT;
    return is_tls ? LDAPS_PORT : LDAP_PORT;
}

static bool fail_to_connect(const struct directory *directory, bool is_tls, int result, int code,
                            struct ajar_error *err)
{
    char *diagnostic = NULL;

    (void)ldap_get_option(directory->ldap, LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    if (is_tls && diagnostic && *diagnostic) {
        fail_tls(directory, diagnostic, err);
        ajar_native(err, (uint32_t)result);
    } else {
        fail_unreachable(directory->address, port_of(directory, is_tls), code, err);
    }
    ldap_memfree(diagnostic);
    return false;
}

static bool fail_protection(const struct login *login, struct ajar_error *err)
{
    if (login->ldap != LDAP_TLS || !login->ca_file)
        return ajar_fail(err, AJAR_EINSECURE, "this host could not set up %s",
                         login->ldap == LDAP_TLS ? "TLS" : "SASL");
    if (access(login->ca_file, R_OK) != 0)
        ajar_fail(err, AJAR_EINSECURE, "ca-file %s could not be read: %s", login->ca_file,
                  strerror(errno));
    else
        ajar_fail(err, AJAR_EINSECURE, "ca-file %s holds no certificate in PEM form",
                  login->ca_file);
    return ajar_hint(err, "check ca-file of this domain in ajar.ini");
}

/* LDAP's own ports need not be said, and a host may come with another one. */
static char *make_url(const struct directory *directory, bool is_tls)
{
    const char *scheme = is_tls ? "ldaps" : "ldap";

    return directory->is_catalog
               ? text_make("%s://%s:%d", scheme, directory->address, port_of(directory, is_tls))
               : text_make("%s://%s", scheme, directory->address);
}

/* Settings of the machine (ldap.conf) must not weaken ours. */
bool directory_connect(struct directory *directory, const struct login *login,
                       struct ajar_error *err)
{
    bool is_tls = login->ldap == LDAP_TLS;
    OWNED(free) char *url = make_url(directory, is_tls);
    int result;

    if (!url || setenv("LDAPNOINIT", "1", 1) != 0)
        return ajar_no_memory(err);
    result = ldap_initialize(&directory->ldap, url);
    if (result != LDAP_SUCCESS)
        return directory_error(err, result, NULL);
    result = set_connection_options(directory);
    if (result == LDAP_OPT_SUCCESS)
        result = is_tls ? set_tls_options(directory->ldap, login->ca_file)
                        : set_sealed_options(directory->ldap);
    if (result != LDAP_OPT_SUCCESS)
        return fail_protection(login, err);
    directory_start_clock(directory);
    errno = 0;
    result = ldap_connect(directory->ldap);
    directory->is_connected = result == LDAP_SUCCESS;
    return directory->is_connected || fail_to_connect(directory, is_tls, result, errno, err);
}

/* Kerberos asks for nothing: every prompt gets an empty answer. */
static int answer_nothing(LDAP *ldap, unsigned flags, void *defaults, void *interaction)
{
    (void)ldap;
    (void)flags;
    (void)defaults;
    for (sasl_interact_t *prompt = interaction; prompt->id != SASL_CB_LIST_END; prompt++) {
        prompt->result = "";
        prompt->len = 0;
    }
    return LDAP_SUCCESS;
}

/* SPNEGO rather than plain GSSAPI: controllers log the latter as unsigned (event 2889). */
static bool bind_with_kerberos(struct directory *directory, struct ajar_error *err)
{
    const char *mechanism = NULL;
    LDAPMessage *answer = NULL;
    int request = -1;
    int result = LDAP_SASL_BIND_IN_PROGRESS;

    while (result == LDAP_SASL_BIND_IN_PROGRESS) {
        result = ldap_sasl_interactive_bind(directory->ldap, NULL, "GSS-SPNEGO", NULL, NULL,
                                            LDAP_SASL_QUIET, answer_nothing, NULL, answer,
                                            &mechanism, &request);
        ldap_msgfree(answer);
        answer = NULL;
        if (result == LDAP_SASL_BIND_IN_PROGRESS &&
            !directory_await(directory, request, &answer, err))
            return false;
    }
    return result == LDAP_SUCCESS || directory_fail(directory, result, err);
}

static bool check_strength(const struct directory *directory, const struct login *login,
                           struct ajar_error *err)
{
    ber_len_t strength = 0;

    if (login->ldap == LDAP_TLS)
        return ldap_tls_inplace(directory->ldap) ||
               ajar_fail(err, AJAR_EINSECURE, "the connection is not inside TLS");
    if (ldap_get_option(directory->ldap, LDAP_OPT_X_SASL_SSF, &strength) == LDAP_OPT_SUCCESS &&
        strength >= LEAST_STRENGTH)
        return true;
    ajar_fail(err, AJAR_EINSECURE, "the connection is not sealed (strength %lu)", strength);
    return ajar_hint(err, "use ldap = tls for this domain");
}

static char *lower_case(const char *text)
{
    char *copy = text_copy(text);

    for (char *at = copy; at && *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return copy;
}

/* Who this is: [MS-ADTS] 3.1.1.3.2. */
static bool read_root(struct directory *directory, struct ajar_error *err)
{
    static const char *const attributes[] = { "dnsHostName", "defaultNamingContext",
                                              "configurationNamingContext", NULL };
    const struct directory_query query = { .base = "", .attributes = attributes };
    OWNED(directory_result_release) struct directory_result root = { 0 };
    const char *text[3];

    if (!directory_search(directory, &query, &root, err))
        return false;
    for (size_t i = 0; i < LENGTH(text); i++) {
        text[i] = root.count == 1 ? directory_text(&root.entries[0], attributes[i]) : NULL;
        if (!text[i])
            return ajar_fail(err, AJAR_EPROTOCOL, "this is no domain controller: it has no %s",
                             attributes[i]);
    }
    directory->host = lower_case(text[0]);
    directory->domain_dn = text_copy(text[1]);
    directory->configuration_dn = text_copy(text[2]);
    if (!directory->host || !directory->domain_dn || !directory->configuration_dn)
        return ajar_no_memory(err);
    return true;
}

/* SASL finds the ticket through the environment and nowhere else; that is one variable for the
 * process, and right for it: a worker process serves one target, opens one connection after the
 * other, and a connection that is bound needs no ticket any more. */
static bool set_environment(const struct ticket *ticket, struct ajar_error *err)
{
    return setenv("KRB5CCNAME", ticket_cache(ticket), 1) == 0 || ajar_no_memory(err);
}

bool directory_new(const char *host, int timeout_ms, struct directory **ret_directory,
                   struct ajar_error *err)
{
    OWNED(directory_close) struct directory *directory = calloc(1, sizeof(*directory));

    if (!directory)
        return ajar_no_memory(err);
    directory->timeout_ms = timeout_ms;
    directory->address = text_copy(host);
    directory->on_connect = calloc(1, sizeof(*directory->on_connect));
    if (!directory->address || !directory->on_connect)
        return ajar_no_memory(err);
    *ret_directory = directory;
    directory = NULL;
    return true;
}

static bool open_at(const char *host, bool is_catalog, const struct login *login,
                    const struct ticket *ticket, struct directory **ret_directory,
                    struct ajar_error *err)
{
    OWNED(directory_close) struct directory *directory = NULL;

    if (!directory_new(host, login->timeout_ms, &directory, err))
        return false;
    directory->is_catalog = is_catalog;
    if (!check_host_name(host, err) || !set_environment(ticket, err) ||
        !directory_connect(directory, login, err) || !bind_with_kerberos(directory, err) ||
        !check_strength(directory, login, err) || !read_root(directory, err))
        return ajar_while(err, "%s %s", is_catalog ? "global catalog at" : "LDAP to", host);
    *ret_directory = directory;
    directory = NULL;
    return true;
}

bool directory_open(const char *host, const struct login *login, const struct ticket *ticket,
                    struct directory **ret_directory, struct ajar_error *err)
{
    return open_at(host, false, login, ticket, ret_directory, err);
}

bool directory_open_catalog(const char *host, const struct login *login,
                            const struct ticket *ticket, struct directory **ret_directory,
                            struct ajar_error *err)
{
    return open_at(host, true, login, ticket, ret_directory, err);
}

const char *directory_host(const struct directory *directory)
{
    return directory->host;
}

const char *directory_domain_dn(const struct directory *directory)
{
    return directory->domain_dn;
}

const char *directory_configuration_dn(const struct directory *directory)
{
    return directory->configuration_dn;
}

void directory_close(struct directory *directory)
{
    if (!directory)
        return;
    if (directory->ldap)
        (void)ldap_unbind_ext(directory->ldap, NULL, NULL);
    free(directory->on_connect);
    free(directory->address);
    free(directory->host);
    free(directory->domain_dn);
    free(directory->configuration_dn);
    free(directory);
}

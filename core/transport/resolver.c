/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libresolv writes the questions and takes the answers apart; the sockets are ours, for its own
 * connections over TCP wait without an end.
 */
#include "transport/resolver.h"

#include "transport/address.h"
#include "transport/deadline.h"
#include "transport/dns_exchange.h"
#include "transport/srv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <resolv.h>
#include <string.h>

#define TRY_MS 2000

enum { ROUNDS = 2 };

struct resolver {
    struct __res_state state; /* writes the questions */
    bool is_ready;            /* `state` is to be closed */
    int timeout_ms;
    size_t count;
    struct dns_server servers[MAXNS];
};

static bool make(int timeout_ms, struct resolver **ret_resolver, struct ajar_error *err)
{
    OWNED(resolver_close) struct resolver *resolver = calloc(1, sizeof(*resolver));

    if (!resolver)
        return ajar_no_memory(err);
    if (res_ninit(&resolver->state) != 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not read this host's DNS configuration");
    resolver->is_ready = true;
    resolver->timeout_ms = timeout_ms;
    *ret_resolver = resolver;
    resolver = NULL;
    return true;
}

/* glibc keeps servers with IPv6 addresses in a list beside the one for IPv4. */
static void add_configured(struct resolver *resolver, int index)
{
    const struct sockaddr_in *four = &resolver->state.nsaddr_list[index];
    const struct sockaddr_in6 *six = resolver->state._u._ext.nsaddrs[index];
    struct dns_server *server = &resolver->servers[resolver->count];

    if (four->sin_family == AF_INET) {
        memcpy(&server->end, four, sizeof(*four));
        server->size = sizeof(*four);
    } else if (six) {
        memcpy(&server->end, six, sizeof(*six));
        server->size = sizeof(*six);
    } else {
        return;
    }
    resolver->count++;
}

bool resolver_open(int timeout_ms, struct resolver **ret_resolver, struct ajar_error *err)
{
    struct resolver *resolver = NULL;

    if (!make(timeout_ms, &resolver, err))
        return false;
    for (int i = 0; i < resolver->state.nscount && i < MAXNS; i++)
        add_configured(resolver, i);
    *ret_resolver = resolver;
    return true;
}

bool resolver_open_at(const char *address, unsigned port, int timeout_ms,
                      struct resolver **ret_resolver, struct ajar_error *err)
{
    OWNED(resolver_close) struct resolver *resolver = NULL;

    if (!make(timeout_ms, &resolver, err))
        return false;
    resolver->count = 1;
    if (!address_parse(address, port, &resolver->servers[0].end, &resolver->servers[0].size))
        return ajar_fail(err, AJAR_EUNREACHABLE, "\"%s\" is no address", address);
    *ret_resolver = resolver;
    resolver = NULL;
    return true;
}

/* A server that knows neither the answer nor that there is none does not end the search. */
static bool is_final(const struct dns_message *answer)
{
    unsigned code = dns_answer_code(answer);

    return code == ns_r_noerror || code == ns_r_nxdomain;
}

static const char *word_for(unsigned code)
{
    switch (code) {
    case ns_r_formerr:
        return "it does not understand the question";
    case ns_r_servfail:
        return "it could not find out (server failure)";
    case ns_r_notimpl:
        return "it does not answer such questions";
    case ns_r_refused:
        return "it refuses to answer";
    default:
        return "it answers with an error";
    }
}

/* Asks each server, twice at most. `text` says why the last one was of no use. */
static bool ask_all(struct resolver *resolver, const struct dns_message *question,
                    struct dns_message *answer, const char **ret_text)
{
    struct deadline last = deadline_in(resolver->timeout_ms);
    const char *text = "there is no DNS server";

    for (size_t i = 0; i < ROUNDS * resolver->count; i++) {
        struct deadline deadline = deadline_before(last, TRY_MS);

        if (!dns_exchange(&resolver->servers[i % resolver->count], question, answer, deadline))
            text = errno == ETIMEDOUT ? "no answer in time" : strerror(errno);
        else if (is_final(answer))
            return true;
        else
            text = word_for(dns_answer_code(answer));
    }
    *ret_text = text;
    return false;
}

/* `answer` has room for any. */
static bool ask(struct resolver *resolver, const char *name, int type, struct dns_message *answer,
                struct ajar_error *err)
{
    uint8_t bytes[NS_PACKETSZ];
    struct dns_message question = { .bytes = bytes };
    const char *text = NULL;
    int size = res_nmkquery(&resolver->state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, bytes,
                            sizeof(bytes));

    if (size < 0)
        return ajar_fail(err, AJAR_EUNREACHABLE, "\"%s\" is no name that DNS could have", name);
    question.size = (size_t)size;
    if (ask_all(resolver, &question, answer, &text))
        return true;
    ajar_fail(err, AJAR_EUNREACHABLE, "could not ask DNS for %s: %s", name, text);
    return ajar_hint(err, "see whether the DNS server is up, and whether a firewall lets port 53 "
                          "through");
}

bool resolver_services(struct resolver *resolver, const char *name, struct host_list *hosts,
                       struct ajar_error *err)
{
    OWNED(free) uint8_t *bytes = malloc(NS_MAXMSG);
    struct dns_message answer = { .bytes = bytes };

    if (!bytes)
        return ajar_no_memory(err);
    return ask(resolver, name, ns_t_srv, &answer, err) &&
           (dns_answer_code(&answer) == ns_r_nxdomain ||
            srv_parse(answer.bytes, answer.size, hosts, err) || ajar_while(err, "%s", name));
}

/* Appends the addresses of one answer, which is of that type. */
static bool add_addresses(const struct dns_message *answer, ns_type type,
                          struct host_list *addresses, struct ajar_error *err)
{
    int family = type == ns_t_a ? AF_INET : AF_INET6;
    size_t size = type == ns_t_a ? NS_INADDRSZ : NS_IN6ADDRSZ;
    char text[INET6_ADDRSTRLEN];
    ns_msg message;
    ns_rr record;

    if (ns_initparse(answer->bytes, (int)answer->size, &message) != 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "the DNS answer is damaged");
    for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
        if (ns_parserr(&message, ns_s_an, i, &record) != 0)
            return ajar_fail(err, AJAR_EPROTOCOL, "the DNS answer is damaged");
        if (ns_rr_type(record) != type) /* the CNAME that led here */
            continue;
        if (ns_rr_rdlen(record) != size)
            return ajar_fail(err, AJAR_EPROTOCOL, "the DNS answer is damaged");
        if (inet_ntop(family, ns_rr_rdata(record), text, sizeof(text)) &&
            !host_list_add(addresses, text, err))
            return false;
    }
    return true;
}

bool resolver_addresses(struct resolver *resolver, const char *host, struct host_list *addresses,
                        struct ajar_error *err)
{
    static const ns_type types[] = { ns_t_a, ns_t_aaaa };
    OWNED(host_list_release) struct host_list found = { 0 };
    OWNED(free) uint8_t *bytes = malloc(NS_MAXMSG);
    struct dns_message answer = { .bytes = bytes };

    if (!bytes)
        return ajar_no_memory(err);
    for (size_t i = 0; i < LENGTH(types) && found.count == 0; i++) {
        if (!ask(resolver, host, (int)types[i], &answer, err))
            return false;
        if (dns_answer_code(&answer) != ns_r_nxdomain &&
            !add_addresses(&answer, types[i], &found, err))
            return ajar_while(err, "%s", host);
    }
    for (size_t i = 0; i < found.count; i++) {
        if (!host_list_add(addresses, found.names[i], err))
            return false;
    }
    return true;
}

void resolver_close(struct resolver *resolver)
{
    if (!resolver)
        return;
    if (resolver->is_ready)
        res_nclose(&resolver->state);
    free(resolver);
}

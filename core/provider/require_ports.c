/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TCP ports of a host answer this one. What other hosts see behind other firewalls is not known.
 *
 *     [require controllers-can-be-reached]
 *     on = controllers target.test
 *     check = ports
 *     ports = 88 135 389 445 636
 *
 * Each address of the host must answer. One that this host has no way to (IPv6, where there is
 * none) is passed over when there is another. All are tried at the same time, for ten seconds at
 * most: a host that is down is named soon.
 */
#include "provider/requirement.h"
#include "transport/address.h"
#include "transport/port_probe.h"

#include <errno.h>
#include <string.h>

static const struct field_rule fields[] = {
    { .name = "ports", .type = FIELD_TEXT },
    { 0 },
};

/* Kerberos, the endpoint mapper, LDAP, SMB, LDAPS */
static const char default_ports[] = "88 135 389 445 636";

enum { PORTS = 32, LAST_PORT = 65535, NAMED = 12, LIMIT_MS = 10000 };

struct port_list {
    size_t count;
    unsigned ports[PORTS];
};

static bool read_ports(const struct setting *setting, struct port_list *ret_list,
                       struct ajar_error *err)
{
    const char *text = setting_value(setting, "ports");
    const char *at = text ? text : default_ports;
    struct port_list list = { 0 };

    for (; *at; at += strspn(at, " ,")) {
        size_t digits = strspn(at, "0123456789");
        unsigned long port = strtoul(at, NULL, 10);

        if (digits == 0 || digits > 5 || port == 0 || port > LAST_PORT || !strchr(" ,", at[digits]))
            return setting_fail(setting, "ports", err,
                                "ports: \"%.20s\" is no port: numbers from 1 to 65535, with blanks "
                                "between them",
                                at);
        if (list.count == PORTS)
            return setting_fail(setting, "ports", err, "ports: at most %d", PORTS);
        list.ports[list.count++] = (unsigned)port;
        at += digits;
    }
    *ret_list = list;
    return true;
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    struct port_list list;

    return read_ports(setting, &list, err);
}

static bool has_no_way(const struct port_answer *answer)
{
    return answer->code == ENETUNREACH || answer->code == EADDRNOTAVAIL ||
           answer->code == EAFNOSUPPORT;
}

/* Does this one count against the host? */
static bool is_missing(const struct port_answer *answer, bool has_way)
{
    return answer->code != 0 && !(has_way && has_no_way(answer));
}

/* "127.0.0.10: port 445 refused, 636 no answer in time; ::1: ..." */
static size_t list_missing(const struct port_answer *answers, size_t count, unsigned *ret_first,
                           struct text *text)
{
    const char *address = "";
    bool has_way = false;
    size_t missing = 0;

    for (size_t i = 0; i < count; i++)
        has_way = has_way || !has_no_way(&answers[i]);
    for (size_t i = 0; i < count; i++) {
        const char *how = answers[i].code == ECONNREFUSED ? "refused"
                          : answers[i].code == ETIMEDOUT  ? "no answer in time"
                                                          : strerror(answers[i].code);

        if (!is_missing(&answers[i], has_way) || ++missing > NAMED)
            continue;
        if (missing == 1)
            *ret_first = answers[i].port;
        if (strcmp(address, answers[i].address) != 0)
            text_format(text, "%s%s: port ", missing > 1 ? "; " : "", answers[i].address);
        else
            text_append(text, ", ");
        text_format(text, "%u %s", answers[i].port, how);
        address = answers[i].address;
    }
    if (missing > NAMED)
        text_format(text, ", and %zu more", missing - NAMED);
    return missing;
}

static void list_ports(const struct port_list *list, struct text *text)
{
    for (size_t i = 0; i < list->count; i++)
        text_format(text, "%s%u", i ? " " : "", list->ports[i]);
}

static bool fail(const struct target *target, unsigned port, const char *missing,
                 struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(free)
    char *hint = text_make(
        "see that the host is up, and that the firewalls on the way and its own let these "
        "ports through; then try again: nc -vz %s %u",
        target_name(target), port);

    if (!hint)
        return ajar_no_memory(err);
    return finding_fail(ret_finding, err, hint, "%s does not answer: %s", target_name(target),
                        missing);
}

static bool judge_answers(const struct target *target, const struct port_list *list,
                          const struct host_list *addresses, const struct port_answer *answers,
                          struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(4096);
    unsigned first = 0;
    size_t missing = list_missing(answers, addresses->count * list->count, &first, &text);

    if (missing == 0)
        list_ports(list, &text);
    if (text.faulty)
        return ajar_no_memory(err);
    if (missing == 0)
        return finding_pass(ret_finding, err, "ports %s of %s answer at %s%s", text_peek(&text),
                            target_name(target), addresses->names[0],
                            addresses->count > 1 ? " and its other addresses" : "");
    return fail(target, first, text_peek(&text), ret_finding, err);
}

/* A connection that takes longer than this is of no use, however long answers may take. */
static int limit_ms(const struct target *target)
{
    int timeout = target_timeout_ms(target);

    return timeout < LIMIT_MS ? timeout : LIMIT_MS;
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(free) struct port_answer *answers = NULL;
    struct port_list list;

    if (!read_ports(setting, &list, err))
        return false;
    if (!address_find(target_name(target), &addresses, err)) {
        struct ajar_error reason = *err;

        if (reason.status != AJAR_EUNREACHABLE)
            return false;
        *err = AJAR_NO_ERROR;
        return finding_fail(ret_finding, err, reason.hint, "%s", reason.text);
    }
    return port_probe(&addresses, list.ports, list.count, limit_ms(target), &answers, err) &&
           judge_answers(target, &list, &addresses, answers, ret_finding, err);
}

const struct requirement requirement_ports = {
    .check = "ports",
    .aloof = true,
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};

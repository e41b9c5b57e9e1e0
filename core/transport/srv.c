/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/srv.h"

#include "base/text.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <string.h>

struct record {
    unsigned priority;
    unsigned weight;
    char name[NS_MAXDNAME];
};

/* More controllers than any answer of 64 KiB can name (each record takes 18 bytes or more). */
enum { RECORD_CEILING = 4096, RECORD_FIXED_SIZE = 6 };

static int compare_records(const void *one, const void *other)
{
    const struct record *a = one;
    const struct record *b = other;

    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return strcasecmp(a->name, b->name);
}

static bool is_host_name(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

    return *name && name[strspn(name, allowed)] == '\0';
}

/* Takes one SRV record apart. `ret_is_host` is false for ".": "the service is not there". */
static bool read_record(const ns_msg *message, const ns_rr *from, struct record *ret_record,
                        bool *ret_is_host)
{
    const uint8_t *at = ns_rr_rdata(*from);
    struct record record = { 0 };

    if (ns_rr_rdlen(*from) <= RECORD_FIXED_SIZE)
        return false;
    record.priority = ns_get16(at);
    record.weight = ns_get16(at + 2);
    if (dn_expand(ns_msg_base(*message), ns_msg_end(*message), at + RECORD_FIXED_SIZE, record.name,
                  sizeof(record.name)) < 0)
        return false;
    *ret_is_host = *record.name != '\0';
    *ret_record = record;
    return !*ret_is_host || is_host_name(record.name);
}

/* Fills `records`, which has room for all; returns how many there are, or -1. */
static int read_records(ns_msg *message, struct record *records)
{
    int count = 0;
    bool is_host = false;
    ns_rr from;

    for (int i = 0; i < ns_msg_count(*message, ns_s_an); i++) {
        if (ns_parserr(message, ns_s_an, i, &from) != 0)
            return -1;
        if (ns_rr_type(from) != ns_t_srv) /* the CNAME that led here */
            continue;
        if (!read_record(message, &from, &records[count], &is_host))
            return -1;
        if (is_host)
            count++;
    }
    return count;
}

static bool add_all(const struct record *records, size_t count, struct host_list *hosts,
                    struct ajar_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!host_list_add(hosts, records[i].name, err))
            return false;
    }
    return true;
}

bool srv_parse(const uint8_t *answer, size_t size, struct host_list *hosts, struct ajar_error *err)
{
    OWNED(free) struct record *records = NULL;
    ns_msg message;
    int count;

    if (size > NS_MAXMSG || ns_initparse(answer, (int)size, &message) != 0 ||
        ns_msg_count(message, ns_s_an) > RECORD_CEILING)
        return ajar_fail(err, AJAR_EPROTOCOL, "the DNS answer is damaged");
    records = calloc((size_t)ns_msg_count(message, ns_s_an) + 1, sizeof(*records));
    if (!records)
        return ajar_no_memory(err);
    count = read_records(&message, records);
    if (count < 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "the DNS answer is damaged");
    qsort(records, (size_t)count, sizeof(*records), compare_records);
    return add_all(records, (size_t)count, hosts, err);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions to a DNS server of our own, honest or not, on the loopback interface.
 */
#include "base/bytes.h"
#include "base/text.h"
#include "rows.h"
#include "transport/address.h"
#include "transport/resolver.h"

#include <arpa/nameser.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define SERVER "127.83.0.53"

/* How long a resolver may take in most of the tests, and what a busy machine adds to it. */
enum { LIMIT_MS = 300, SLACK_MS = 1500 };

/* What the server makes of a question. */
struct manner {
    bool is_silent;
    unsigned skipped; /* so many questions are not answered */
    unsigned code;    /* the response code */
    unsigned records; /* how many are promised */
    const char *hex;  /* the records that are there */
    bool is_cut;      /* over UDP, no record is there, and the answer says so */
    bool other_number;
    bool other_question;
    bool no_answer_bit;
    size_t short_by; /* so many bytes are missing at the end */
    bool has_forged; /* a wrong answer comes first, with another number */
    bool is_flood;   /* wrong answers without an end */
    /* TCP */
    bool no_tcp;
    bool tcp_is_silent;
    bool tcp_closes;
    bool tcp_stops; /* in the middle of an answer */
    bool tcp_other_number;
};

struct server {
    pthread_t thread;
    struct manner manner;
    int udp;
    int tcp; /* -1: no TCP */
    int stop[2];
    unsigned port;
    unsigned asked;
};

/* An answer from a question, in `bytes`, which has room; returns its size. */
static size_t make_answer(const struct manner *manner, uint8_t *bytes, size_t size, bool is_tcp)
{
    bool is_cut = manner->is_cut && !is_tcp;
    OWNED(bytes_release) struct bytes records = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!is_cut && manner->hex)
        assert_true(bytes_from_hex(manner->hex, &records, &err));
    if (manner->other_number || (is_tcp && manner->tcp_other_number))
        bytes[0] ^= 1;
    if (manner->other_question)
        bytes[13] = 'x';
    bytes[2] = (uint8_t)((manner->no_answer_bit ? 0 : 0x80) | (is_cut ? 0x02 : 0) | 0x01);
    bytes[3] = (uint8_t)(0x80 | manner->code);
    bytes[7] = is_cut ? 0 : (uint8_t)manner->records;
    if (records.size > 0)
        memcpy(bytes + size, records.at, records.size);
    return size + records.size - manner->short_by;
}

/* A wrong host, under a number that was not asked for. */
static void send_forged(const struct server *server, const uint8_t *question, size_t size,
                        const struct sockaddr_in *from)
{
    static const struct manner forged = { .other_number = true,
                                          .records = 1,
                                          .hex = "c00c000100010000000f00047f000063" };
    uint8_t bytes[NS_PACKETSZ * 2];

    memcpy(bytes, question, size);
    size = make_answer(&forged, bytes, size, false);
    (void)sendto(server->udp, bytes, size, 0, (const struct sockaddr *)from, sizeof(*from));
}

static bool is_stopped(const struct server *server)
{
    struct pollfd stop = { .fd = server->stop[0], .events = POLLIN };

    return poll(&stop, 1, 0) > 0;
}

static void serve_udp(struct server *server)
{
    uint8_t bytes[NS_PACKETSZ * 2];
    struct sockaddr_in from;
    socklen_t from_size = sizeof(from);
    ssize_t got =
        recvfrom(server->udp, bytes, NS_PACKETSZ, 0, (struct sockaddr *)&from, &from_size);
    size_t size = got > 0 ? (size_t)got : 0;

    server->asked++;
    if (size == 0 || server->manner.is_silent || server->asked <= server->manner.skipped)
        return;
    while (server->manner.is_flood && !is_stopped(server))
        send_forged(server, bytes, size, &from);
    if (server->manner.has_forged)
        send_forged(server, bytes, size, &from);
    size = make_answer(&server->manner, bytes, size, false);
    (void)sendto(server->udp, bytes, size, 0, (struct sockaddr *)&from, from_size);
}

static void serve_tcp(const struct server *server)
{
    uint8_t bytes[2 + NS_PACKETSZ * 2];
    int client = accept(server->tcp, NULL, NULL);
    size_t size;

    if (recv(client, bytes, 2, MSG_WAITALL) == 2 &&
        recv(client, bytes + 2, ns_get16(bytes), MSG_WAITALL) > 0 && !server->manner.tcp_closes) {
        size = make_answer(&server->manner, bytes + 2, ns_get16(bytes), true);
        ns_put16((unsigned)size, bytes);
        size = server->manner.tcp_is_silent ? 1 : server->manner.tcp_stops ? size / 2 : size + 2;
        (void)send(client, bytes, size, MSG_NOSIGNAL);
        if (server->manner.tcp_is_silent || server->manner.tcp_stops)
            (void)recv(client, bytes, 1, 0); /* until the client gives up */
    }
    (void)close(client);
}

static void *serve(void *user)
{
    struct server *server = user;
    struct pollfd waiting[] = { { .fd = server->stop[0], .events = POLLIN },
                                { .fd = server->udp, .events = POLLIN },
                                { .fd = server->tcp, .events = POLLIN } };

    while (poll(waiting, LENGTH(waiting), -1) > 0 && !waiting[0].revents) {
        if (waiting[1].revents)
            serve_udp(server);
        if (waiting[2].revents)
            serve_tcp(server);
    }
    return NULL;
}

static int bind_server(int type, unsigned port)
{
    int descriptor = socket(AF_INET, type, 0);
    struct sockaddr_storage end;
    socklen_t size = 0;

    assert_true(address_parse(SERVER, port, &end, &size));
    assert_int_equal(bind(descriptor, (struct sockaddr *)&end, size), 0);
    return descriptor;
}

static void server_start(struct server *server, const struct manner *manner)
{
    struct sockaddr_in end;
    socklen_t size = sizeof(end);

    *server = (struct server){ .manner = *manner, .tcp = -1 };
    server->udp = bind_server(SOCK_DGRAM, 0);
    assert_int_equal(getsockname(server->udp, (struct sockaddr *)&end, &size), 0);
    server->port = ntohs(end.sin_port);
    if (!manner->no_tcp) {
        server->tcp = bind_server(SOCK_STREAM, server->port);
        assert_int_equal(listen(server->tcp, 4), 0);
    }
    assert_int_equal(pipe(server->stop), 0);
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_stop(struct server *server)
{
    assert_int_equal(write(server->stop[1], "", 1), 1);
    assert_int_equal(pthread_join(server->thread, NULL), 0);
    close_slot(&server->udp);
    close_slot(&server->tcp);
    close_slot(&server->stop[0]);
    close_slot(&server->stop[1]);
}

static char *join(const struct host_list *hosts)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000);
    struct ajar_error err = AJAR_NO_ERROR;
    char *joined = NULL;

    for (size_t i = 0; i < hosts->count; i++)
        text_format(&text, i ? " %s" : "%s", hosts->names[i]);
    assert_true(text_take(&text, &joined, &err));
    return joined;
}

static int64_t milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* 127.0.0.10 and 127.0.0.11; the alias of a name; "dc1.x" with SRV's numbers; ::1 */
#define A_10               \
    "c00c0001000100000384" \
    "00047f00000a"
#define A_11               \
    "c00c0001000100000384" \
    "00047f00000b"
#define CNAME              \
    "c00c0005000100000384" \
    "0002c00c"
#define SRV_1              \
    "c00c0021000100000384" \
    "000d000000640185"     \
    "03646331017800"
#define AAAA_1             \
    "c00c001c000100000384" \
    "0010"                 \
    "00000000000000000000000000000001"

static const struct question_case {
    const char *name;
    bool is_srv;
    struct manner manner;
    const char *found;       /* joined with blanks; NULL: it fails */
    enum ajar_status status; /* then */
    const char *says;        /* a part of the text */
    int limit_ms;            /* 0: LIMIT_MS */
} question_cases[] = {
    /* clang-format off */
    { "address: one", false, { .records = 1, .hex = A_10 }, "127.0.0.10", 0, NULL, 0 },
    { "address: two behind an alias", false, { .records = 3, .hex = CNAME A_10 A_11 },
      "127.0.0.10 127.0.0.11", 0, NULL, 0 },
    { "address: no such name", false, { .code = 3 }, "", 0, NULL, 0 },
    { "address: no such record", false, { .code = 0 }, "", 0, NULL, 0 },
    { "address: IPv6 where there is no other", false, { .records = 1, .hex = AAAA_1 }, "::1", 0, NULL, 0 },
    { "address: of the wrong size", false,
      { .records = 1, .hex = "c00c000100010000038400037f0000" }, NULL, AJAR_EPROTOCOL, "damaged", 0 },
    { "address: fewer records than promised", false, { .records = 2, .hex = A_10 }, NULL,
      AJAR_EPROTOCOL, "damaged", 0 },
    { "address: a record that is cut", false, { .records = 2, .hex = A_10 A_11, .short_by = 2 },
      NULL, AJAR_EPROTOCOL, "damaged", 0 },
    { "service: one", true, { .records = 1, .hex = SRV_1 }, "dc1.x", 0, NULL, 0 },
    { "service: no such name", true, { .code = 3 }, "", 0, NULL, 0 },
    { "service: no such name, with a record", true, { .code = 3, .records = 1, .hex = SRV_1 }, "", 0,
      NULL, 0 },
    { "service: fewer records than promised", true, { .records = 9, .hex = SRV_1 }, NULL,
      AJAR_EPROTOCOL, "host.test: the DNS answer is damaged", 0 },

    { "server: failure", false, { .code = 2 }, NULL, AJAR_EUNREACHABLE, "server failure", 0 },
    { "server: refuses", false, { .code = 5 }, NULL, AJAR_EUNREACHABLE, "it refuses to answer", 0 },
    { "server: another error", true, { .code = 9 }, NULL, AJAR_EUNREACHABLE, "with an error", 0 },
    { "server: silent", false, { .is_silent = true }, NULL, AJAR_EUNREACHABLE,
      "could not ask DNS for host.test: no answer in time", 0 },
    { "server: answers the second try", false, { .records = 1, .hex = A_10, .skipped = 1 },
      "127.0.0.10", 0, NULL, 8000 },

    { "hostile: another number", false, { .records = 1, .hex = A_10, .other_number = true }, NULL,
      AJAR_EUNREACHABLE, "no answer in time", 0 },
    { "hostile: another question", false, { .records = 1, .hex = A_10, .other_question = true },
      NULL, AJAR_EUNREACHABLE, "no answer in time", 0 },
    { "hostile: a question", false, { .records = 1, .hex = A_10, .no_answer_bit = true }, NULL,
      AJAR_EUNREACHABLE, "no answer in time", 0 },
    { "hostile: a part of a header", false, { .short_by = 20 }, NULL, AJAR_EUNREACHABLE,
      "no answer in time", 0 },
    { "hostile: nothing at all", false, { .short_by = 27 }, NULL, AJAR_EUNREACHABLE,
      "no answer in time", 0 },
    { "hostile: a forged answer before the right one", false,
      { .records = 1, .hex = A_10, .has_forged = true }, "127.0.0.10", 0, NULL, 0 },
    { "hostile: forged answers without an end", false, { .is_flood = true }, NULL,
      AJAR_EUNREACHABLE, "no answer in time", 0 },

    { "tcp: after an answer that was cut", false,
      { .records = 2, .hex = A_10 A_11, .is_cut = true }, "127.0.0.10 127.0.0.11", 0, NULL, 0 },
    { "tcp: after services that were cut", true, { .records = 1, .hex = SRV_1, .is_cut = true },
      "dc1.x", 0, NULL, 0 },
    { "tcp: refused", false, { .is_cut = true, .no_tcp = true }, NULL, AJAR_EUNREACHABLE,
      "Connection refused", 0 },
    { "tcp: silent", false, { .is_cut = true, .tcp_is_silent = true }, NULL, AJAR_EUNREACHABLE,
      "no answer in time", 0 },
    { "tcp: stops in the middle", false,
      { .records = 1, .hex = A_10, .is_cut = true, .tcp_stops = true }, NULL, AJAR_EUNREACHABLE,
      "no answer in time", 0 },
    { "tcp: closes", false, { .is_cut = true, .tcp_closes = true }, NULL, AJAR_EUNREACHABLE,
      "reset", 0 },
    { "tcp: another number", false,
      { .records = 1, .hex = A_10, .is_cut = true, .tcp_other_number = true }, NULL,
      AJAR_EUNREACHABLE, "Bad message", 0 },
    /* clang-format on */
};

static bool ask(const struct question_case *row, unsigned port, struct host_list *found,
                struct ajar_error *err)
{
    OWNED(resolver_close) struct resolver *resolver = NULL;

    if (!resolver_open_at(SERVER, port, row->limit_ms ? row->limit_ms : LIMIT_MS, &resolver, err))
        fail_msg("%s", err->text);
    return row->is_srv ? resolver_services(resolver, "host.test", found, err)
                       : resolver_addresses(resolver, "host.test", found, err);
}

static void run_question_case(void **state)
{
    const struct question_case *row = *state;
    OWNED(host_list_release) struct host_list found = { 0 };
    OWNED(free) char *joined = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t began = milliseconds();
    struct server server;
    bool ok;

    server_start(&server, &row->manner);
    ok = ask(row, server.port, &found, &err);
    assert_in_range(milliseconds() - began, 0,
                    (row->limit_ms ? row->limit_ms : LIMIT_MS) + SLACK_MS);
    server_stop(&server);
    joined = join(&found);
    if (!ok && row->found)
        fail_msg("%s", err.text);
    assert_int_equal(ok, row->found != NULL);
    assert_string_equal(joined, row->found ? row->found : "");
    assert_int_equal(err.status, row->status);
    if (row->says && !strstr(err.text, row->says))
        fail_msg("\"%s\" is not in \"%s\"", row->says, err.text);
}

static void test_a_port_without_a_server_refuses(void **state)
{
    static const struct manner manner = { .is_silent = true };
    static const struct question_case row = { .name = "closed" };
    OWNED(host_list_release) struct host_list found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    struct server server;

    (void)state;
    server_start(&server, &manner);
    server_stop(&server);
    assert_false(ask(&row, server.port, &found, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
    assert_non_null(strstr(err.text, "Connection refused"));
    assert_int_equal(found.count, 0);
}

static void test_a_name_that_dns_cannot_have_is_not_asked_for(void **state)
{
    OWNED(host_list_release) struct host_list found = { 0 };
    OWNED(resolver_close) struct resolver *resolver = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    char label[71];

    (void)state;
    memset(label, 'a', sizeof(label) - 1);
    label[sizeof(label) - 1] = '\0';
    assert_true(resolver_open_at(SERVER, 53, LIMIT_MS, &resolver, &err));
    assert_false(resolver_addresses(resolver, label, &found, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
}

static void test_a_server_is_an_address(void **state)
{
    struct resolver *resolver = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(resolver_open_at("dc1.source.test", 53, LIMIT_MS, &resolver, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
    assert_null(resolver);
}

static void test_addresses_of_this_host_are_found(void **state)
{
    OWNED(host_list_release) struct host_list found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(address_find("127.83.0.1", &found, &err));
    assert_int_equal(found.count, 1);
    assert_string_equal(found.names[0], "127.83.0.1");
    assert_false(address_find("no such name", &found, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
    assert_int_equal(found.count, 1);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(question_cases) + 4] = {
        cmocka_unit_test(test_a_port_without_a_server_refuses),
        cmocka_unit_test(test_a_name_that_dns_cannot_have_is_not_asked_for),
        cmocka_unit_test(test_a_server_is_an_address),
        cmocka_unit_test(test_addresses_of_this_host_are_found),
    };
    size_t count = 4;

    ADD_CASES(question_cases, run_question_case);
    return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}

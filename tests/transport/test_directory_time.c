/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The time of a directory: its text, and servers that tell it, or something else, or nothing.
 */
#include "base/text.h"
#include "transport/address.h"
#include "transport/directory_time.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOST "127.83.0.3"

/* 2026-11-21T08:00:00Z */
#define NOW 1795248000

enum { LIMIT_MS = 2500, SLACK_MS = 1500 };

static const struct text_case {
    const char *text;
    int64_t time; /* -1: refused */
} text_cases[] = {
    { "20261121080000.0Z", NOW },     { "20261121080000Z", NOW },   { "20261121080000.99Z", NOW },
    { "20261121080001.0Z", NOW + 1 }, { "19700101000000.0Z", 0 },   { "", -1 },
    { "20261121080000", -1 },         { "20261121080000.0", -1 },   { "20261121080000.Z", -1 },
    { "20261121080000.0+0100", -1 },  { "202611210800Z", -1 },      { "20261321080000.0Z", -1 },
    { "20261121250000.0Z", -1 },      { "20261121080000.0Zx", -1 }, { "2026112108000a.0Z", -1 },
    { "202611210800000Z", -1 },
};

static void run_text_case(void **state)
{
    const struct text_case *row = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t time = -77;

    assert_int_equal(directory_read_time(row->text, &time, &err), row->time >= 0);
    assert_int_equal(time, row->time >= 0 ? row->time : -77);
    assert_int_equal(err.status, row->time >= 0 ? AJAR_FINE : AJAR_EPROTOCOL);
}

enum manner { TELLS, TELLS_NOTHING, IS_SILENT, CLOSES, IS_NO_LDAP };

static const struct server_case {
    const char *name;
    enum manner manner;
    const char *text;
    int delay_ms;
    int64_t ahead;
    enum ajar_status status;
} server_cases[] = {
    { "server: agrees", TELLS, "20261121080000.0Z", 0, 0, AJAR_FINE },
    { "server: ahead", TELLS, "20261121081000.0Z", 0, 600, AJAR_FINE },
    { "server: behind", TELLS, "20261121074959.0Z", 0, -601, AJAR_FINE },
    { "server: half of the round trip is taken off", TELLS, "20261121080000.0Z", 2000, 1,
      AJAR_FINE },
    { "server: tells no time", TELLS_NOTHING, "", 0, 0, AJAR_EPROTOCOL },
    { "server: tells nonsense", TELLS, "noon", 0, 0, AJAR_EPROTOCOL },
    { "server: silent", IS_SILENT, "", 0, 0, AJAR_ETIMEOUT },
    { "server: closes", CLOSES, "", 0, 0, AJAR_ETIMEOUT },
    { "server: no LDAP", IS_NO_LDAP, "", 0, 0, AJAR_ETIMEOUT },
};

struct server {
    const struct server_case *row;
    pthread_t thread;
    int listening;
    unsigned port;
};

/* Puts a tag and a length (up to 127) in front of `size` bytes. */
static size_t wrap(uint8_t tag, uint8_t *bytes, size_t size)
{
    assert_in_range(size, 0, 127);
    memmove(bytes + 2, bytes, size);
    bytes[0] = tag;
    bytes[1] = (uint8_t)size;
    return size + 2;
}

static size_t put(uint8_t *at, uint8_t tag, const char *text)
{
    size_t size = 0;

    for (; text[size]; size++)
        at[size] = (uint8_t)text[size];
    return wrap(tag, at, size);
}

/* [RFC4511] 4.5.2: LDAPMessage, SearchResultEntry with one attribute or none */
static size_t make_entry(uint8_t *bytes, uint8_t number, const char *text)
{
    uint8_t attribute[128];
    size_t name = put(attribute, 0x04, "currentTime");
    size_t values = wrap(0x31, attribute + name, put(attribute + name, 0x04, text));
    size_t list = *text ? wrap(0x30, attribute, name + values) : 0;
    size_t size;

    list = wrap(0x30, attribute, list);
    bytes[0] = 0x04; /* the empty name */
    bytes[1] = 0;
    memcpy(bytes + 2, attribute, list);
    size = wrap(0x64, bytes, list + 2);
    memmove(bytes + 3, bytes, size);
    bytes[0] = 0x02;
    bytes[1] = 1;
    bytes[2] = number;
    return wrap(0x30, bytes, size + 3);
}

static void answer(const struct server_case *row, int client, const uint8_t *question)
{
    static const uint8_t done[] = { 0x30, 0x0c, 0x02, 0x01, 0, 0x65, 0x07,
                                    0x0a, 0x01, 0,    0x04, 0, 0x04, 0 };
    uint8_t bytes[300];
    size_t size = make_entry(bytes, question[4], row->manner == TELLS ? row->text : "");

    memcpy(bytes + size, done, sizeof(done));
    bytes[size + 4] = question[4];
    if (row->manner == IS_NO_LDAP)
        memset(bytes, 'x', size);
    (void)send(client, bytes, size + sizeof(done), MSG_NOSIGNAL);
}

static void *serve(void *user)
{
    const struct server *server = user;
    const struct server_case *row = server->row;
    const struct timespec delay = { row->delay_ms / 1000, row->delay_ms % 1000 * 1000000L };
    int client = accept(server->listening, NULL, NULL);
    uint8_t bytes[300];

    if (recv(client, bytes, sizeof(bytes), 0) > 4 && row->manner != CLOSES) {
        (void)nanosleep(&delay, NULL);
        if (row->manner != IS_SILENT)
            answer(row, client, bytes);
        while (recv(client, bytes, sizeof(bytes), 0) > 0)
            ;
    }
    (void)close(client);
    return NULL;
}

static void server_open(struct server *server)
{
    struct sockaddr_storage end;
    struct sockaddr_in bound;
    socklen_t size = 0;

    server->listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(address_parse(HOST, 0, &end, &size));
    assert_int_equal(bind(server->listening, (struct sockaddr *)&end, size), 0);
    assert_int_equal(listen(server->listening, 1), 0);
    size = sizeof(bound);
    assert_int_equal(getsockname(server->listening, (struct sockaddr *)&bound, &size), 0);
    server->port = ntohs(bound.sin_port);
}

static int64_t stopped_clock(void *user)
{
    (void)user;
    return NOW;
}

static const struct clock clock_at_now = { .now = stopped_clock };

static int64_t milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void run_server_case(void **state)
{
    struct server server = { .row = *state };
    OWNED(free) char *host = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t began = milliseconds();
    int64_t ahead = -77;
    bool ok;

    server_open(&server);
    assert_int_equal(pthread_create(&server.thread, NULL, serve, &server), 0);
    host = text_make("%s:%u", HOST, server.port);
    ok = directory_time(host, LIMIT_MS, &clock_at_now, &ahead, &err);
    assert_in_range(milliseconds() - began, 0, LIMIT_MS + SLACK_MS);
    (void)shutdown(server.listening, SHUT_RDWR); /* nobody may have come */
    assert_int_equal(pthread_join(server.thread, NULL), 0);
    (void)close(server.listening);
    if (!ok && server.row->status == AJAR_FINE)
        fail_msg("%s", err.text);
    assert_string_equal(ajar_status_name(err.status), ajar_status_name(server.row->status));
    assert_int_equal(ok, server.row->status == AJAR_FINE);
    assert_int_equal(ahead, ok ? server.row->ahead : -77);
}

static void test_a_host_without_ldap_is_not_reached(void **state)
{
    struct server server = { 0 };
    OWNED(free) char *host = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t ahead = -77;

    (void)state;
    server_open(&server);
    (void)close(server.listening);
    host = text_make("%s:%u", HOST, server.port);
    assert_false(directory_time(host, LIMIT_MS, &clock_at_now, &ahead, &err));
    assert_int_equal(err.status, AJAR_EUNREACHABLE);
    assert_int_equal(ahead, -77);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(text_cases) + LENGTH(server_cases) + 1] = {
        cmocka_unit_test(test_a_host_without_ldap_is_not_reached),
    };
    size_t count = 1;

    (void)signal(SIGPIPE, SIG_IGN); /* as ajar does */
    for (size_t i = 0; i < LENGTH(text_cases); i++)
        tests[count++] = (struct CMUnitTest){ .name = text_cases[i].text,
                                              .test_func = run_text_case,
                                              .initial_state = (void *)(uintptr_t)&text_cases[i] };
    for (size_t i = 0; i < LENGTH(server_cases); i++)
        tests[count++] =
            (struct CMUnitTest){ .name = server_cases[i].name,
                                 .test_func = run_server_case,
                                 .initial_state = (void *)(uintptr_t)&server_cases[i] };
    return cmocka_run_group_tests_name("directory_time", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ports of the loopback interface: one that answers, one that is closed, one that never accepts.
 */
#include "transport/address.h"
#include "transport/port_probe.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define HOST  "127.83.0.1"
#define OTHER "127.83.0.2"

enum { LIMIT_MS = 400, SLACK_MS = 1500 };

/* A listening socket and the clients that fill its queue. */
struct listener {
    int descriptor;
    unsigned port;
    size_t count;
    int clients[8];
};

static void listener_open(struct listener *listener, const char *address, int backlog)
{
    struct sockaddr_storage end;
    struct sockaddr_in bound;
    socklen_t size = 0;

    *listener = (struct listener){ .descriptor = socket(AF_INET, SOCK_STREAM, 0) };
    assert_true(address_parse(address, 0, &end, &size));
    assert_int_equal(bind(listener->descriptor, (struct sockaddr *)&end, size), 0);
    assert_int_equal(listen(listener->descriptor, backlog), 0);
    size = sizeof(bound);
    assert_int_equal(getsockname(listener->descriptor, (struct sockaddr *)&bound, &size), 0);
    listener->port = ntohs(bound.sin_port);
}

/* Nobody accepts, so that the queue is full when a connection no longer comes about. */
static void listener_fill(struct listener *listener, const char *address)
{
    struct sockaddr_storage end;
    struct pollfd waiting = { .events = POLLOUT };
    socklen_t size = 0;

    assert_true(address_parse(address, listener->port, &end, &size));
    do {
        assert_in_range(listener->count, 0, LENGTH(listener->clients) - 1);
        waiting.fd = address_connect(&end, size, SOCK_STREAM);
        assert_true(waiting.fd >= 0);
        listener->clients[listener->count++] = waiting.fd;
    } while (poll(&waiting, 1, 200) > 0);
}

static void listener_close(struct listener *listener)
{
    for (size_t i = 0; i < listener->count; i++)
        (void)close(listener->clients[i]);
    (void)close(listener->descriptor);
}
DEFINE_OWNED_STRUCT(struct listener, listener_close);

static int64_t milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Several silent ports take no longer than one. */
static void test_each_port_says_how_it_answers(void **state)
{
    OWNED(listener_close) struct listener open = { .descriptor = -1 };
    OWNED(listener_close) struct listener full = { .descriptor = -1 };
    OWNED(listener_close) struct listener also_full = { .descriptor = -1 };
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(free) struct port_answer *answers = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct listener closed;
    unsigned ports[4];
    int64_t began;

    (void)state;
    listener_open(&open, HOST, 4);
    listener_open(&full, HOST, 0);
    listener_open(&also_full, HOST, 0);
    listener_open(&closed, HOST, 0);
    listener_close(&closed);
    listener_fill(&full, HOST);
    listener_fill(&also_full, HOST);
    ports[0] = open.port;
    ports[1] = closed.port;
    ports[2] = full.port;
    ports[3] = also_full.port;
    assert_true(host_list_add(&addresses, HOST, &err));
    began = milliseconds();
    assert_true(port_probe(&addresses, ports, LENGTH(ports), LIMIT_MS, &answers, &err));
    assert_in_range(milliseconds() - began, LIMIT_MS, 2 * LIMIT_MS - 1);
    for (size_t i = 0; i < LENGTH(ports); i++) {
        assert_string_equal(answers[i].address, HOST);
        assert_int_equal(answers[i].port, ports[i]);
    }
    assert_int_equal(answers[0].code, 0);
    assert_int_equal(answers[1].code, ECONNREFUSED);
    assert_int_equal(answers[2].code, ETIMEDOUT);
    assert_int_equal(answers[3].code, ETIMEDOUT);
}

static void test_each_address_is_asked(void **state)
{
    OWNED(listener_close) struct listener open = { .descriptor = -1 };
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(free) struct port_answer *answers = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    listener_open(&open, OTHER, 4);
    assert_true(host_list_add(&addresses, HOST, &err));
    assert_true(host_list_add(&addresses, OTHER, &err));
    assert_true(port_probe(&addresses, &open.port, 1, LIMIT_MS, &answers, &err));
    assert_string_equal(answers[0].address, HOST);
    assert_int_equal(answers[0].code, ECONNREFUSED);
    assert_string_equal(answers[1].address, OTHER);
    assert_int_equal(answers[1].code, 0);
}

/* When all have answered, nobody waits any longer; and no descriptor stays open. */
static void test_answers_end_the_wait(void **state)
{
    OWNED(listener_close) struct listener open = { .descriptor = -1 };
    OWNED(host_list_release) struct host_list addresses = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    int64_t began = milliseconds();
    int first = dup(0);
    int last;

    (void)state;
    listener_open(&open, HOST, 64);
    assert_true(host_list_add(&addresses, HOST, &err));
    for (size_t i = 0; i < 20; i++) {
        OWNED(free) struct port_answer *answers = NULL;

        assert_true(port_probe(&addresses, &open.port, 1, 60000, &answers, &err));
        assert_int_equal(answers[0].code, 0);
    }
    assert_in_range(milliseconds() - began, 0, SLACK_MS);
    last = dup(0);
    assert_int_equal(last, first + 2); /* `open` is between them */
    (void)close(first);
    (void)close(last);
}

static void test_what_is_no_address_cannot_be_reached(void **state)
{
    static const unsigned ports[] = { 445 };
    OWNED(host_list_release) struct host_list addresses = { 0 };
    OWNED(free) struct port_answer *answers = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(host_list_add(&addresses, "dc1.source.test", &err));
    assert_true(port_probe(&addresses, ports, 1, LIMIT_MS, &answers, &err));
    assert_int_equal(answers[0].code, EADDRNOTAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_port_says_how_it_answers),
        cmocka_unit_test(test_each_address_is_asked),
        cmocka_unit_test(test_answers_end_the_wait),
        cmocka_unit_test(test_what_is_no_address_cannot_be_reached),
    };

    return cmocka_run_group_tests_name("port_probe", tests, NULL, NULL);
}

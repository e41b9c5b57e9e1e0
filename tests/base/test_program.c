/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/program.h"

#include "base/file.h"
#include "base/text.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static struct program_result run(const struct program *program)
{
    struct program_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!program_run(program, &result, &err))
        fail_msg("%s", err.text);
    return result;
}

static struct program_result run_shell(const char *script)
{
    const char *const arguments[] = { "sh", "-c", script, NULL };

    return run(&(struct program){ .arguments = arguments, .patience_ms = 20000 });
}

static void assert_said(const struct bytes *bytes, const char *expected)
{
    assert_int_equal(bytes->size, strlen(expected));
    if (bytes->size > 0)
        assert_memory_equal(bytes->at, expected, bytes->size);
}

static void test_output_errors_and_status_come_back(void **state)
{
    static const struct {
        const char *script;
        const char *output;
        const char *errors;
        const char *complaint;
        int status;
    } rows[] = {
        { "exit 0", "", "", "", 0 },
        { "echo data; exit 3", "data\n", "", "", 3 },
        { "echo one >&2; printf 'two\\tthree\\n\\n' >&2; exit 1", "", "one\ntwo\tthree\n\n",
          "two three", 1 },
        { "kill -TERM $$", "", "", "", 128 + SIGTERM },
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        OWNED(program_result_release) struct program_result result = run_shell(rows[i].script);
        OWNED(free) char *complaint = program_complaint(&result);

        assert_int_equal(result.status, rows[i].status);
        assert_said(&result.output, rows[i].output);
        assert_said(&result.errors, rows[i].errors);
        assert_string_equal(complaint, rows[i].complaint);
    }
}

/* More than a pipe holds, in both directions. */
static void test_large_input_comes_back_whole(void **state)
{
    static const char *const arguments[] = { "cat", NULL };
    size_t size = 900000;
    OWNED(free) char *text = malloc(size);
    OWNED(program_result_release) struct program_result result = { 0 };

    (void)state;
    memset(text, 'x', size);
    result = run(&(struct program){ .arguments = arguments, .input = text, .input_size = size });
    assert_int_equal(result.output.size, size);
    assert_memory_equal(result.output.at, text, size);
}

static void test_what_is_more_than_the_ceiling_is_dropped(void **state)
{
    OWNED(program_result_release)
    struct program_result result = run_shell("head -c 5000000 /dev/zero");

    (void)state;
    assert_int_equal(result.status, 0);
    assert_true(result.output.size <= PROGRAM_CEILING);
    assert_true(result.output.size > PROGRAM_CEILING - 8192);
}

static void test_settings_and_folder_are_its_own(void **state)
{
    static const char *const arguments[] = { "sh", "-c", "echo $COLOUR; pwd", NULL };
    static const char *const settings[] = { "COLOUR=blue", NULL };
    OWNED(program_result_release)
    struct program_result result =
        run(&(struct program){ .arguments = arguments, .settings = settings, .folder = "/" });

    (void)state;
    assert_said(&result.output, "blue\n/\n");
    assert_null(getenv("COLOUR"));
}

static void test_one_that_is_not_there_is_missing(void **state)
{
    static const char *const arguments[] = { "no-such-program-anywhere", NULL };
    struct program_result result = { .status = 77 };
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_false(program_run(&(struct program){ .arguments = arguments }, &result, &err));
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_non_null(strstr(err.text, "no-such-program-anywhere"));
    assert_int_equal(result.status, 77);
}

/* One that has ended and that nobody has asked for yet is not. */
static bool is_alive(pid_t pid)
{
    OWNED(free) char *path = text_make("/proc/%d/stat", (int)pid);
    OWNED(bytes_release) struct bytes line = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    return file_read(path, 4096, &line, &err) && !memmem(line.at, line.size, ") Z", 3);
}

static void test_one_that_hangs_is_ended_with_what_it_started(void **state)
{
    char path[] = "/tmp/ajar-program-XXXXXX";
    int descriptor = mkstemp(path);
    OWNED(free) char *script = text_make("sleep 300 & echo $! >%s; wait", path);
    const char *const arguments[] = { "sh", "-c", script, NULL };
    struct program_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    char digits[32] = "";
    pid_t child;

    (void)state;
    assert_false(program_run(&(struct program){ .arguments = arguments, .patience_ms = 500 },
                             &result, &err));
    assert_int_equal(err.status, AJAR_ETIMEOUT);
    assert_true(read(descriptor, digits, sizeof(digits) - 1) > 0);
    (void)close(descriptor);
    (void)unlink(path);
    child = (pid_t)strtol(digits, NULL, 10);
    assert_true(child > 1);
    for (int i = 0; i < 100 && is_alive(child); i++) {
        const struct timespec moment = { .tv_nsec = 20000000 };

        (void)nanosleep(&moment, NULL);
    }
    assert_false(is_alive(child));
}

/* A daemon that keeps the streams open does not keep us. */
static void test_it_is_done_when_it_has_ended(void **state)
{
    OWNED(program_result_release)
    struct program_result result = run_shell("echo ready; (sleep 30) & exit 0");

    (void)state;
    assert_int_equal(result.status, 0);
    assert_said(&result.output, "ready\n");
}

/* Nothing that runs on its own may stop to ask. */
static void test_only_who_may_ask_shares_the_session(void **state)
{
    static const char *const arguments[] = { "sh", "-c", "cut -d' ' -f6 /proc/$$/stat", NULL };
    OWNED(program_result_release)
    struct program_result alone = run(&(struct program){ .arguments = arguments });
    OWNED(program_result_release)
    struct program_result with_us =
        run(&(struct program){ .arguments = arguments, .with_terminal = true });
    OWNED(free) char *ours = text_make("%d\n", (int)getsid(0));

    (void)state;
    assert_said(&with_us.output, ours);
    assert_false(alone.output.size == strlen(ours) &&
                 memcmp(alone.output.at, ours, alone.output.size) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_output_errors_and_status_come_back),
        cmocka_unit_test(test_large_input_comes_back_whole),
        cmocka_unit_test(test_what_is_more_than_the_ceiling_is_dropped),
        cmocka_unit_test(test_settings_and_folder_are_its_own),
        cmocka_unit_test(test_one_that_is_not_there_is_missing),
        cmocka_unit_test(test_one_that_hangs_is_ended_with_what_it_started),
        cmocka_unit_test(test_it_is_done_when_it_has_ended),
        cmocka_unit_test(test_only_who_may_ask_shares_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input is a file in memory, so that nobody has to feed it. The program leads a session of its
 * own, without a terminal: when its time is up, what it started ends with it. It is done when it
 * has ended, not when the last one who holds its output has.
 */
#include "base/program.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

/* What the parent holds of a program that runs. */
struct running {
    pid_t pid;
    int watch;  /* a descriptor of the process */
    int faults; /* its errno comes here when it could not be started */
    int streams[2];
    struct text said[2];
};

/* The ends that the program gets. */
struct ends {
    int input;
    int faults;
    int streams[2];
};

static void close_all(int *descriptors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (descriptors[i] >= 0)
            (void)close(descriptors[i]);
        descriptors[i] = -1;
    }
}

static void ends_release(struct ends *ends)
{
    close_all(&ends->input, 1);
    close_all(&ends->faults, 1);
    close_all(ends->streams, 2);
}
DEFINE_OWNED_STRUCT(struct ends, ends_release);

/* Nobody is left behind, whichever way it ends. */
static void running_release(struct running *running)
{
    if (running->pid > 0) {
        (void)kill(-running->pid, SIGKILL); /* nobody there, when it shares our session */
        (void)kill(running->pid, SIGKILL);
        (void)waitpid(running->pid, NULL, 0);
    }
    close_all(&running->watch, 1);
    close_all(&running->faults, 1);
    close_all(running->streams, 2);
    text_release(&running->said[0]);
    text_release(&running->said[1]);
}
DEFINE_OWNED_STRUCT(struct running, running_release);

static int64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool fail_start(const struct program *program, int code, struct ajar_error *err)
{
    (void)ajar_fail(err, code == ENOENT ? AJAR_EMISSING : AJAR_ESYSTEM, "could not run %s: %s",
                    program->arguments[0], strerror(code));
    return ajar_native(err, (uint32_t)code);
}

static bool make_input(const struct program *program, int *ret_descriptor, struct ajar_error *err)
{
    int descriptor = program->input ? memfd_create("input", MFD_CLOEXEC)
                                    : open("/dev/null", O_RDONLY | O_CLOEXEC);
    const char *at = program->input;
    size_t left = program->input ? program->input_size : 0;

    if (descriptor < 0)
        return fail_start(program, errno, err);
    while (left > 0) {
        ssize_t written = write(descriptor, at, left);

        if (written < 0 && errno != EINTR) {
            int code = errno;

            (void)close(descriptor);
            return fail_start(program, code, err);
        }
        if (written > 0) {
            at += written;
            left -= (size_t)written;
        }
    }
    (void)lseek(descriptor, 0, SEEK_SET);
    *ret_descriptor = descriptor;
    return true;
}

static bool make_pipe(const struct program *program, int *ret_here, int *ret_there,
                      struct ajar_error *err)
{
    int pair[2];

    if (pipe2(pair, O_CLOEXEC) < 0)
        return fail_start(program, errno, err);
    *ret_here = pair[0];
    *ret_there = pair[1];
    return true;
}

static bool set_environment(const struct program *program)
{
    for (const char *const *setting = program->settings; setting && *setting; setting++) {
        if (putenv((char *)(uintptr_t)*setting) != 0)
            return false;
    }
    return !program->folder || chdir(program->folder) == 0;
}

/* In the child. execvp() does not change what it is given. */
static _Noreturn void become(const struct program *program, const struct ends *ends)
{
    char *const *arguments = (char *const *)(uintptr_t)program->arguments;
    sigset_t none;
    int code;

    if (!program->with_terminal) {
        (void)setsid();
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    }
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (dup2(ends->input, STDIN_FILENO) >= 0 && dup2(ends->streams[0], STDOUT_FILENO) >= 0 &&
        dup2(ends->streams[1], STDERR_FILENO) >= 0 && set_environment(program))
        (void)execvp(arguments[0], arguments);
    code = errno;
    if (write(ends->faults, &code, sizeof(code)) < 0)
        _exit(126);
    _exit(127);
}

static bool start(const struct program *program, struct running *running, struct ajar_error *err)
{
    OWNED(ends_release) struct ends ends = { .input = -1, .faults = -1, .streams = { -1, -1 } };
    int code = 0;

    if (!make_input(program, &ends.input, err) ||
        !make_pipe(program, &running->faults, &ends.faults, err) ||
        !make_pipe(program, &running->streams[0], &ends.streams[0], err) ||
        !make_pipe(program, &running->streams[1], &ends.streams[1], err))
        return false;
    running->pid = fork();
    if (running->pid == 0)
        become(program, &ends);
    if (running->pid < 0)
        return fail_start(program, errno, err);
    ends_release(&ends);
    if (read(running->faults, &code, sizeof(code)) == (ssize_t)sizeof(code))
        return fail_start(program, code, err);
    running->watch = pidfd_open(running->pid, 0);
    return running->watch >= 0 || fail_start(program, errno, err);
}

/* Takes what is there now. False at the end of the stream. */
static bool take(struct running *running, int stream)
{
    char block[4096];
    ssize_t got = read(running->streams[stream], block, sizeof(block));
    struct text *said = &running->said[stream];

    if (got < 0)
        return errno == EINTR;
    if (said->size + (size_t)got <= PROGRAM_CEILING)
        text_append_bytes(said, block, (size_t)got);
    return got > 0;
}

/* Waits for the next thing to happen; which have something to say comes out in `ret_ready`. */
static int wait_next(const struct running *running, int64_t end, bool *ret_ready)
{
    struct pollfd waits[] = {
        { .fd = running->streams[0], .events = POLLIN },
        { .fd = running->streams[1], .events = POLLIN },
        { .fd = running->watch, .events = POLLIN },
    };
    int64_t left = end ? end - now_ms() : -1;
    int count;

    if (end && left <= 0)
        return 0;
    count = poll(waits, LENGTH(waits), left > INT32_MAX ? INT32_MAX : (int)left);
    for (size_t i = 0; i < LENGTH(waits); i++)
        ret_ready[i] = count > 0 && waits[i].revents != 0;
    return count < 0 && errno == EINTR ? 1 : count;
}

static bool listen_to(const struct program *program, struct running *running,
                      struct ajar_error *err)
{
    int64_t end = program->patience_ms ? now_ms() + program->patience_ms : 0;
    bool ready[3] = { false };

    while (!ready[2] || ready[0] || ready[1]) {
        int count = wait_next(running, end, ready);

        if (count == 0)
            return ajar_fail(err, AJAR_ETIMEOUT, "%s did not end within %d s and was ended",
                             program->arguments[0], (program->patience_ms + 999) / 1000);
        if (count < 0)
            return fail_start(program, errno, err);
        for (int i = 0; i < 2; i++) {
            if (ready[i] && !take(running, i)) {
                close_all(&running->streams[i], 1);
                ready[i] = false;
            }
        }
    }
    return true;
}

static bool keep(struct text *said, struct bytes *ret_bytes, struct ajar_error *err)
{
    return bytes_copy(said->at, said->size, ret_bytes, err);
}

static bool finish(struct running *running, struct program_result *ret_result,
                   struct ajar_error *err)
{
    OWNED(program_result_release) struct program_result result = { 0 };
    int status = 0;
    pid_t ended = waitpid(running->pid, &status, 0);

    if (ended < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not wait for a program: %s", strerror(errno));
    running->pid = 0;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (!keep(&running->said[0], &result.output, err) ||
        !keep(&running->said[1], &result.errors, err))
        return false;
    *ret_result = result;
    result = (struct program_result){ 0 };
    return true;
}

bool program_run(const struct program *program, struct program_result *ret_result,
                 struct ajar_error *err)
{
    OWNED(running_release)
    struct running running = {
        .watch = -1,
        .faults = -1,
        .streams = { -1, -1 },
        .said = { TEXT_UP_TO(PROGRAM_CEILING), TEXT_UP_TO(PROGRAM_CEILING) },
    };

    return start(program, &running, err) && listen_to(program, &running, err) &&
           finish(&running, ret_result, err);
}

char *program_complaint(const struct program_result *result)
{
    const char *text = (const char *)result->errors.at;
    size_t end = result->errors.size;
    size_t from;
    char *line;

    while (end > 0 && (unsigned char)text[end - 1] <= ' ')
        end--;
    for (from = end; from > 0 && text[from - 1] != '\n'; from--) {
    }
    line = end > from ? text_copy_bytes(text + from, end - from) : text_copy("");
    for (char *at = line; at && *at; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = ' ';
    }
    return line;
}

void program_result_release(struct program_result *result)
{
    bytes_release(&result->output);
    bytes_release(&result->errors);
    *result = (struct program_result){ 0 };
}

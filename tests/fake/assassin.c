/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kills the process that it is preloaded into at its Nth step, as a power cut would: before or
 * after it moves the branch of a repository, before or after it says something to a worker. N is
 * $ASSASSIN_AT; the steps that were taken are counted in the file $ASSASSIN_COUNT, one byte each.
 * Children of the process are left alone.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <git2.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static pid_t victim;
static long strike_at;
static long steps;
static int count_file = -1;

__attribute__((constructor)) static void choose_victim(void)
{
    const char *at = getenv("ASSASSIN_AT");
    const char *count = getenv("ASSASSIN_COUNT");

    victim = getpid();
    strike_at = at ? strtol(at, NULL, 10) : 0;
    if (count)
        count_file = open(count, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void step(void)
{
    if (getpid() != victim)
        return;
    if (count_file >= 0 && write(count_file, ".", 1) != 1)
        abort();
    if (++steps == strike_at)
        (void)raise(SIGKILL);
}

typedef int move_function(git_reference **, git_repository *, const char *, const git_oid *, int,
                          const git_oid *, const char *);
typedef ssize_t send_function(int, const void *, size_t, int);

int git_reference_create_matching(git_reference **out, git_repository *repo, const char *name,
                                  const git_oid *id, int force, const git_oid *current_id,
                                  const char *log_message)
{
    move_function *move = (move_function *)dlsym(RTLD_NEXT, "git_reference_create_matching");
    int result;

    step();
    result = move(out, repo, name, id, force, current_id, log_message);
    step();
    return result;
}

ssize_t send(int fd, const void *buf, size_t n, int flags)
{
    send_function *next = (send_function *)dlsym(RTLD_NEXT, "send");
    ssize_t result;

    step();
    result = next(fd, buf, n, flags);
    step();
    return result;
}

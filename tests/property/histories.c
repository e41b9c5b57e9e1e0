/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ten thousand random histories, and what must hold in each of them after every step.
 *
 *     property_histories                        those of the seeds 1 to 10000
 *     property_histories --count N --from SEED  so many from there on
 *     property_histories SEED                   this one, step by step
 *
 * A history is drawn from its seed (history.c): up to three plans on three hosts and two domains,
 * which may be about the same things, then a dozen steps: plan, apply, resume, rollback (each way
 * of dealing with conflicts), status; somebody else who sets a thing, or sets it back; hosts that
 * go down and come up, restarts, time. A command can be struck at any point on its way, before and
 * after a commit, a request, an answer (forest.c): it is killed, a worker dies or its answer is
 * lost after the write landed or before, a host refuses or goes down, somebody else sets a thing at
 * that very moment, the journal's disk is full, the operator stops it, the clock jumps. In the end
 * everything is closed, with nothing in the way any more.
 *
 * The engine and the journal are the real ones. What is simulated: targets, the clock, and the
 * worker processes (forest_fleet.c; in a share of the histories what is said to them goes through
 * message.c). Most journals keep their objects in memory (memory.c), a share is in files, and in a
 * share of these each command is a process that SIGKILL ends.
 *
 * A model judges, which knows only what the world was, who wrote what, and what the journal was
 * told (model*.c). These are the promises, and the mistake in the engine that each was seen to
 * find:
 *
 * MUTATIONS
 *
 * A history in which something does not hold is printed with its seed and its steps.
 */
#include "base/cleanup.h"
#include "base/file.h"
#include "property/history.h"

#include <git2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define USAGE    "usage: property_histories [SEED | --count N --from SEED]\n"
#define BATCH    50 /* histories of one process: a command that is killed leaves its memory behind */
#define PATIENCE 60 /* seconds for one history */

struct wish {
    uint64_t from;
    uint64_t count;
    bool aloud;
};

static bool read_number(const char *text, uint64_t *ret_number)
{
    if (!text || !text[0] || strspn(text, "0123456789") != strlen(text))
        return false;
    *ret_number = strtoull(text, NULL, 10);
    return true;
}

static bool read_wish(char **arguments, struct wish *wish)
{
    if (arguments[0] && !arguments[1] && read_number(arguments[0], &wish->from)) {
        wish->count = 1;
        wish->aloud = true;
        return true;
    }
    for (; arguments[0]; arguments += 2) {
        uint64_t *number = strcmp(arguments[0], "--count") == 0  ? &wish->count
                           : strcmp(arguments[0], "--from") == 0 ? &wish->from
                                                                 : NULL;

        if (!number || !read_number(arguments[1], number))
            return false;
    }
    return true;
}

static void begin(uint64_t seed, bool aloud)
{
    memset(history, 0, sizeof(*history));
    history->seed = seed;
    history->aloud = aloud;
}

static _Noreturn void play_batch(const struct wish *wish, uint64_t from, const char *folder)
{
    (void)git_libgit2_init();
    for (uint64_t i = 0; i < BATCH && from + i < wish->from + wish->count; i++) {
        begin(from + i, wish->aloud);
        (void)alarm(PATIENCE);
        history_play(folder);
    }
    _exit(0);
}

static bool play(const struct wish *wish, uint64_t from, const char *folder)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        play_batch(wish, from, folder);
    if (child < 0 || waitpid(child, &status, 0) != child) {
        (void)fputs("a process could not be started\n", stderr);
        return false;
    }
    if (status == 0)
        return true;
    (void)printf("history %llu:\n%s%s\n", (unsigned long long)history->seed,
                 wish->aloud ? "" : history->log,
                 history->violation[0] ? history->violation : "it crashed, or did not end");
    return false;
}

int main(int argc, char **argv)
{
    struct wish wish = { .from = 1, .count = 10000 };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *folder = NULL;
    bool good = true;

    if (argc < 1 || !read_wish(argv + 1, &wish)) {
        (void)fputs(USAGE, stderr);
        return 64;
    }
    history =
        mmap(NULL, sizeof(*history), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (history == MAP_FAILED || !file_make_temporary_folder("histories", &folder, &err)) {
        (void)fprintf(stderr, "no place for histories: %s\n", err.text);
        return 1;
    }
    for (uint64_t seed = wish.from; good && seed < wish.from + wish.count; seed += BATCH)
        good = play(&wish, seed, folder);
    (void)file_remove_folder(folder, &err);
    if (good)
        (void)printf("%llu histories, and every promise held\n", (unsigned long long)wish.count);
    return good ? 0 : 1;
}

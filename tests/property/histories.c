/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ten thousand random histories, and what must hold in each of them after every step.
 *
 *     property_histories                        those of the seeds 1 to 10000
 *     property_histories --count N --from SEED  so many from there on
 *     property_histories SEED                   this one, step by step
 *
 * A history is drawn from its seed (history.c): up to three plans on three hosts and two domains,
 * which may be about the same things (plans.c), then a dozen steps (steps.c): plan, apply with each
 * rule for failures, resume, rollback with each way of dealing with conflicts, extend, close-due,
 * status; somebody else who sets a thing, or sets it back; hosts that go down, come up, start anew;
 * time that passes, and a clock that is set back. A command can be struck at any point on its way,
 * before and after a commit, a request, a write, an answer (forest.c): it is killed, a worker dies
 * or its answer is lost after the write landed or before, a host refuses or goes down, somebody
 * else sets a thing at that very moment, the journal's disk is full, the operator stops it, the
 * clock jumps. In the end everything is closed, with nothing in the way any more.
 *
 * The engine and the journal are the real ones. What is simulated: targets, the clock, and the
 * worker processes (forest_fleet.c; in a share of the histories what is said to them goes through
 * message.c). Most journals keep their objects in memory (memory.c), a share is in files, and in a
 * share of these each command is a process that SIGKILL ends.
 *
 * A model judges, which knows only what the world was, who wrote what, and what the journal was
 * told (model*.c). The promises, and the mistakes that were made on purpose to see them found, with
 * the first history that did:
 *
 *   1. A baseline is what the world was when the window took it, and stays.
 *          5  opening_take_baseline() and the rules take it once more
 *          5  it is the wanted state
 *         37  check_held() lets two windows hold one thing
 *   2. A write lands on the state that it expects, and behind the commit that records it.
 *          1  opening_perform() writes, then commits
 *          1  restore() does not commit that it closes
 *         34  closing_decide() writes over what somebody else has set
 *   3. What is claimed is so, and the exit status never lies.
 *         86  settle_written() does not compare what it reads back
 *          1  a lost answer is taken for a good one
 *         67  what could not be read is restored
 *         34  a conflict is kept, and nobody said so
 *        169  verdict_opened() overlooks what is unknown
 *         34  status ends with 0 while something is in conflict
 *         32  a run that was killed before its last commit is never ended
 *          5  a journal that cannot be written behind a write ends with 1
 *   4. Resumed and rolled back until it is done, it leaves the world as it would be without ajar.
 *          2  a rollback leaves what is only intended
 *          1  a resume leaves what is only intended
 *   5. The journal is whole, linear and without gaps at every commit, and opens nothing twice.
 *          1  the sequence stands still
 *          1  a commit has no parent
 *         19  apply does not find the window that its plan has opened
 *   6. A window past its end is overdue wherever one looks, and nothing is opened in it. An end
 *      only moves on, and debts are not forgotten.
 *        862  window_check_end() and window_has_time() have no objection
 *         15  the report does not say that it is overdue
 *          3  close-due closes what is not due
 *       1480  extend moves an end back
 *        272  a clock that was set back makes a window younger
 *         67  debt_count() counts nothing
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property/commands.h"

#include "property/forest.h"
#include "property/model.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct ajar_plan *load_plan(int plan)
{
    const struct ajar_plan_source source = { .path = history->plans[plan].path };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *loaded = NULL;

    if (!ajar_plan_load(&source, &loaded, &err))
        violated("a plan is not one: %s", err.text);
    return loaded;
}

bool perform_plan(struct ajar_run *run, const struct command *command,
                  struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_OPEN };
    struct ajar_plan *plan = load_plan(command->plan);
    bool ok = ajar_plan(run, plan, &options, ret_report, err);

    ajar_plan_free(plan);
    return ok;
}

bool perform_apply(struct ajar_run *run, const struct command *command,
                   struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_apply_options options = { .duration = command->duration,
                                                .reason = "a history",
                                                .failure = command->failure };
    struct ajar_plan *plan = load_plan(command->plan);
    bool ok = ajar_apply(run, plan, &options, ret_report, err);

    ajar_plan_free(plan);
    return ok;
}

bool perform_resume(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    return ajar_resume(run, command->window, NULL, ret_report, err);
}

bool perform_rollback(struct ajar_run *run, const struct command *command,
                      struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_rollback_options options = { .on_conflict = command->on_conflict };

    return ajar_rollback(run, command->window, &options, ret_report, err);
}

bool perform_extend(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_extend_options options = { .duration = command->duration,
                                                 .until = command->until,
                                                 .reason = "more time" };

    return ajar_extend(run, command->window, &options, ret_report, err);
}

bool perform_close_due(struct ajar_run *run, const struct command *command,
                       struct ajar_report **ret_report, struct ajar_error *err)
{
    (void)command;
    return ajar_close_due(run, ret_report, err);
}

bool perform_status(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err)
{
    if (!ajar_status(run, NULL, command->live, ret_report, err))
        return false;
    if (!command->live)
        model_judge_status(*ret_report);
    return true;
}

static bool is_stopped(void *user)
{
    (void)user;
    return history->forest.stopped;
}

static enum ajar_exit run_command(const struct command *command)
{
    const struct ajar_run_options options = {
        .command = command->name,
        .config = history->config,
        .journal = history->journal,
        .timeout_ms = 1000,
        .version = "test",
        .watch = { .interrupted = is_stopped },
    };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_report *report = NULL;
    struct ajar_run *run = NULL;
    enum ajar_exit exit;

    if (!ajar_run_open(&options, &run, &err))
        violated("a run does not begin: %s", err.text);
    if (command->perform(run, command, &report, &err)) {
        exit = report->exit;
    } else {
        exit = ajar_exit_for(&err);
        history_note("    %s", err.text);
    }
    ajar_report_free(report);
    ajar_run_close(run);
    return exit;
}

/* A process of its own dies for real. */
static bool run_apart(const struct command *command, enum ajar_exit *ret_exit)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0)
        _exit(history->violation[0] ? 255 : (int)run_command(command));
    if (child < 0 || waitpid(child, &status, 0) != child)
        violated("a command could not be started");
    if (history->violation[0])
        _exit(1);
    if (WIFSIGNALED(status) && !history->forest.dead)
        violated("a command died of signal %d", WTERMSIG(status));
    *ret_exit = (enum ajar_exit)WEXITSTATUS(status);
    return WIFEXITED(status);
}

/* In this process: what it had open is closed, as it would be. */
static bool run_here(const struct command *command, enum ajar_exit *ret_exit)
{
    int first = dup(STDIN_FILENO); /* of the descriptors that it may open */

    (void)close(first);
    if (setjmp(forest_death) == 0) {
        *ret_exit = run_command(command);
        return true;
    }
    (void)close_range((unsigned)first, ~0U, 0);
    return false;
}

bool command_run(const struct command *command, enum ajar_exit *ret_exit)
{
    struct forest *forest = &history->forest;
    bool ended;

    forest->points = 0;
    forest->stopped = false;
    forest->dead = false;
    ended = history->apart ? run_apart(command, ret_exit) : run_here(command, ret_exit);
    memset(forest->strikes, 0, sizeof(forest->strikes));
    if (ended)
        history_note("    ends with %d", (int)*ret_exit);
    return ended;
}

bool command_run_in_peace(const struct command *command, enum ajar_exit *ret_exit)
{
    history->forest.stopped = false;
    history->forest.dead = false;
    return run_here(command, ret_exit);
}

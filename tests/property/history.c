/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Draws a history from its seed and plays it: steps, then a way to the end.
 */
#include "property/history.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "property/forest.h"
#include "property/memory.h"
#include "property/model.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define FEWEST_STEPS 5
#define MORE_STEPS   7
#define MOST_ROUNDS  4

struct history *history;

/* The first descriptor that a command may open. */
static int first_descriptor;

void history_note(const char *format, ...)
{
    size_t room = LOG_SIZE - history->log_size;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(history->log + history->log_size, room, format, arguments);
    va_end(arguments);
    if (history->aloud)
        (void)printf("%s\n", history->log + history->log_size), (void)fflush(stdout);
    if (size > 0 && (size_t)size + 2 < room) {
        history->log_size += (size_t)size;
        history->log[history->log_size++] = '\n';
        history->log[history->log_size] = '\0';
    }
}

void violated(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(history->violation, sizeof(history->violation), format, arguments);
    va_end(arguments);
    (void)fflush(stdout);
    _exit(1);
}

/* splitmix64: public domain, by Sebastiano Vigna. */
int draw(int bound)
{
    uint64_t mixed = history->random += 0x9e3779b97f4a7c15;

    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return (int)((mixed ^ (mixed >> 31)) % (uint64_t)bound);
}

/* ------------------------------------------------------------------ plans */

static bool has_thing(const struct plan_model *plan, int thing)
{
    for (int i = 0; i < plan->count; i++) {
        if (plan->changes[i].thing == thing)
            return true;
    }
    return false;
}

/* A setting on one target, or on two hosts. */
static void add_setting(struct plan_model *plan, FILE *file, int number)
{
    static const char *const effects[] = { "", "", "", "takes-effect = restart\n" };
    int target = draw(TARGETS);
    int id = draw(IDS);
    bool both = target < 2 && draw(3) == 0; /* a and b, as names or by their role */
    struct planned planned = { .wanted = forest_draw_value() };
    const char *on = forest_names[target];

    if (both)
        on = draw(2) == 0 ? "a.f.test b.f.test" : "f.test";
    for (int i = both ? 0 : target; i <= (both ? 1 : target); i++) {
        if (has_thing(plan, i * IDS + id) || plan->count == MOST_CHANGES)
            return;
    }
    (void)snprintf(planned.setting, sizeof(planned.setting), "s%d", number);
    for (int i = both ? 0 : target; i <= (both ? 1 : target); i++) {
        planned.target = i;
        planned.thing = i * IDS + id;
        plan->changes[plan->count++] = planned;
    }
    (void)fprintf(file, "[%s %s]\non = %s %s\nid = %d\nopen = %s\n%s",
                  forest_is_domain(target) ? "entry" : "thing", planned.setting,
                  forest_is_domain(target)  ? "domain"
                  : both && strlen(on) == 6 ? "controllers"
                                            : "host",
                  on, id, planned.wanted.exists ? planned.wanted.text : "absent",
                  effects[draw((int)LENGTH(effects))]);
}

static void add_action(struct plan_model *plan, FILE *file)
{
    int target = draw(3);
    struct planned planned = { .setting = "act", .target = target, .thing = NO_THING };

    if (plan->count == MOST_CHANGES)
        return;
    plan->changes[plan->count++] = planned;
    (void)fprintf(file, "[thing act]\non = host %s\nid = 0\nopen = ready\nrestart = yes\n",
                  forest_names[target]);
}

static void make_plan(const char *folder, int number)
{
    struct plan_model *plan = &history->plans[number];
    int settings = 1 + draw(3);
    FILE *file;

    (void)snprintf(plan->name, sizeof(plan->name), "plan-%d", number);
    (void)snprintf(plan->path, sizeof(plan->path), "%s/plan-%d.ini", folder, number);
    file = fopen(plan->path, "we");
    if (!file)
        violated("a plan could not be written");
    (void)fprintf(file, "[plan]\nname = %s\n", plan->name);
    for (int i = 0; i < settings; i++)
        add_setting(plan, file, i);
    if (draw(8) == 0)
        add_action(plan, file);
    (void)fclose(file);
    for (int i = 0; i < plan->count; i++)
        history_note("  %s: %s %s -> %s", plan->name, plan->changes[i].setting,
                     plan->changes[i].thing == NO_THING ? "acts"
                                                        : forest_say(plan->changes[i].thing),
                     value_say(&plan->changes[i].wanted));
}

/* ------------------------------------------------------------------ commands */

/* A command, and what it is about. */
struct command {
    const char *name;
    int plan;           /* apply, plan */
    const char *window; /* the others; NULL: the only one */
    enum ajar_on_conflict on_conflict;
    int64_t duration;
    bool live;
    bool (*perform)(struct ajar_run *run, const struct command *command,
                    struct ajar_report **ret_report, struct ajar_error *err);
};

/* How it went; shared with a command that is a process of its own. */
struct outcome {
    bool ended;
    enum ajar_exit exit;
};

static struct ajar_plan *load_plan(int plan)
{
    const struct ajar_plan_source source = { .path = history->plans[plan].path };
    struct ajar_error err = AJAR_NO_ERROR;
    struct ajar_plan *loaded = NULL;

    if (!ajar_plan_load(&source, &loaded, &err))
        violated("a plan is not one: %s", err.text);
    return loaded;
}

static bool perform_plan(struct ajar_run *run, const struct command *command,
                         struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_plan_options options = { .toward = AJAR_TOWARD_OPEN };
    struct ajar_plan *plan = load_plan(command->plan);
    bool ok = ajar_plan(run, plan, &options, ret_report, err);

    ajar_plan_free(plan);
    return ok;
}

static bool perform_apply(struct ajar_run *run, const struct command *command,
                          struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_apply_options options = { .duration = command->duration,
                                                .reason = "a history" };
    struct ajar_plan *plan = load_plan(command->plan);
    bool ok = ajar_apply(run, plan, &options, ret_report, err);

    ajar_plan_free(plan);
    return ok;
}

static bool perform_resume(struct ajar_run *run, const struct command *command,
                           struct ajar_report **ret_report, struct ajar_error *err)
{
    return ajar_resume(run, command->window, NULL, ret_report, err);
}

static bool perform_rollback(struct ajar_run *run, const struct command *command,
                             struct ajar_report **ret_report, struct ajar_error *err)
{
    const struct ajar_rollback_options options = { .on_conflict = command->on_conflict };

    return ajar_rollback(run, command->window, &options, ret_report, err);
}

static bool perform_status(struct ajar_run *run, const struct command *command,
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
    if (setjmp(forest_death) == 0) {
        *ret_exit = run_command(command);
        return true;
    }
    (void)close_range((unsigned)first_descriptor, ~0U, 0);
    return false;
}

/* True when it ended by itself. */
static bool run(const struct command *command, enum ajar_exit *ret_exit)
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

static void draw_strikes(void)
{
    struct forest *forest = &history->forest;

    memset(forest->strikes, 0, sizeof(forest->strikes));
    for (int i = 0; i < MOST_STRIKES; i++) {
        if (draw(3) > 0)
            continue;
        forest->strikes[i] = (struct strike){
            .blow = (enum blow)draw((int)BLOWS),
            .at = 1 + draw(25),
        };
        if (draw(2) == 0)
            forest->strikes[i].blow = BLOW_KILL;
    }
}

static void ask_status(void)
{
    const struct command command = { .name = "status", .perform = perform_status };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    model_begin_command(MAY_LOOK);
    (void)run_here(&command, &exit);
}

/* ------------------------------------------------------------------ steps */

static void step_plan(void)
{
    const struct command command = { .name = "plan",
                                     .plan = draw(history->plan_count),
                                     .perform = perform_plan };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  plan %d", command.plan);
    model_begin_command(MAY_LOOK);
    if (run(&command, &exit))
        model_judge_plan(&history->plans[command.plan], exit);
}

static void step_apply(void)
{
    const struct command command = { .name = "apply",
                                     .plan = draw(history->plan_count),
                                     .duration = 3600 * (1 + draw(4)),
                                     .perform = perform_apply };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  apply %d", command.plan);
    model_begin_command(MAY_OPEN);
    if (run(&command, &exit))
        model_judge_apply(command.plan, exit);
}

/* One that is there; a closed one now and then, or the only one that is open. */
static const struct told_window *choose_window(const char **ret_id)
{
    struct model *model = &history->model;
    const struct told_window *window = NULL;

    *ret_id = NULL;
    if (model->window_count == 0)
        return NULL;
    window = &model->windows[draw(model->window_count)];
    for (int i = 0; i < 4 && window->state == WINDOW_CLOSED; i++)
        window = &model->windows[draw(model->window_count)];
    if (window->state == WINDOW_CLOSED || model_count_open() > 1 || draw(2) == 0)
        *ret_id = window->id;
    return window;
}

static void resume(unsigned permissions)
{
    struct command command = { .name = "resume", .perform = perform_resume };
    const struct told_window *window = choose_window(&command.window);
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  resume %s", window ? window->id : "(none)");
    model_begin_command(permissions);
    if (run(&command, &exit))
        model_judge_resume(window, exit);
}

static void step_resume(void)
{
    resume(MAY_OPEN | MAY_CLOSE);
}

static void rollback(const struct told_window *window, const char *id,
                     enum ajar_on_conflict on_conflict)
{
    static const char *const words[] = { "skip", "restore", "keep" };
    static const unsigned permissions[] = { MAY_CLOSE, MAY_CLOSE | MAY_RESTORE,
                                            MAY_CLOSE | MAY_KEEP };
    const struct command command = {
        .name = "rollback", .window = id, .on_conflict = on_conflict, .perform = perform_rollback
    };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  rollback %s, %s", window ? window->id : "(none)", words[on_conflict]);
    model_begin_command(permissions[on_conflict]);
    if (run(&command, &exit))
        model_judge_rollback(window, exit);
}

static void step_rollback(void)
{
    const char *id = NULL;
    const struct told_window *window = choose_window(&id);

    rollback(window, id, draw(2) == 0 ? AJAR_CONFLICT_SKIP : (enum ajar_on_conflict)draw(3));
}

static void step_live(void)
{
    const struct command command = { .name = "status", .live = true, .perform = perform_status };
    enum ajar_exit exit = AJAR_EXIT_DONE;

    history_note("  status --live");
    model_begin_command(MAY_LOOK);
    (void)run(&command, &exit);
    if (history->model.landed > 0)
        violated("status --live has written");
}

static void step_touch(void)
{
    const struct value value = forest_draw_value();

    history_note("  outside");
    forest_touch(draw(THINGS), &value);
}

/* Somebody else undoes, or does, what a window is about. */
static void step_meddle(void)
{
    const struct model *model = &history->model;
    const struct told_window *window;
    const struct told_change *change;

    if (model->window_count == 0)
        return;
    window = &model->windows[draw(model->window_count)];
    change = &window->changes[draw(window->count)];
    if (change->thing == NO_THING)
        return;
    history_note("  outside");
    forest_touch(change->thing,
                 change->has_before && draw(2) == 0 ? &change->before : &change->wanted);
}

static void step_down(void)
{
    int target = draw(TARGETS);

    history_note("  %s goes down", forest_names[target]);
    history->forest.down[target] = true;
}

static void all_up(void)
{
    memset(history->forest.down, 0, sizeof(history->forest.down));
}

static void step_up(void)
{
    history_note("  all are up");
    all_up();
}

static void step_restart(void)
{
    int target = draw(3);

    history_note("  %s starts anew", forest_names[target]);
    history->forest.starts[target]++;
}

static void step_wait(void)
{
    int64_t time = draw(2) == 0 ? 1 + draw(4 * 3600) : 1 + draw(1200);

    history_note("  %lld s pass", (long long)time);
    history->forest.now += time;
}

/* What a history is made of; a row more is a step more. */
static const struct step_kind {
    int weight;
    void (*perform)(void);
} kinds[] = {
    { 2, step_plan }, { 12, step_apply },  { 7, step_resume }, { 8, step_rollback },
    { 2, step_live }, { 3, step_touch },   { 5, step_meddle }, { 3, step_down },
    { 2, step_up },   { 1, step_restart }, { 3, step_wait },
};

static void perform_any(void)
{
    int all = 0;
    int at;

    for (size_t i = 0; i < LENGTH(kinds); i++)
        all += kinds[i].weight;
    at = draw(all);
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        at -= kinds[i].weight;
        if (at < 0) {
            kinds[i].perform();
            return;
        }
    }
}

/* ------------------------------------------------------------------ from the beginning to the end
 */

static void play_steps(void)
{
    int count = FEWEST_STEPS + draw(MORE_STEPS);

    for (int i = 0; i < count; i++) {
        history->forest.now += draw(30);
        draw_strikes();
        if (i == 0)
            step_apply();
        else
            perform_any();
        model_judge_claims();
        ask_status();
    }
}

static void close_window(struct told_window *window)
{
    for (int i = 0; i < MOST_ROUNDS && window->state != WINDOW_CLOSED; i++) {
        static const enum ajar_on_conflict ways[] = { AJAR_CONFLICT_SKIP, AJAR_CONFLICT_SKIP,
                                                      AJAR_CONFLICT_KEEP, AJAR_CONFLICT_RESTORE };

        if (i == 0 && draw(2) == 0)
            resume(MAY_OPEN | MAY_CLOSE);
        rollback(window, window->id, ways[i]);
        model_judge_claims();
    }
    if (window->state != WINDOW_CLOSED)
        violated("%s cannot be closed", window->id);
}

/* Until it is done, with nothing in the way. */
static void play_end(void)
{
    history_note("  the end");
    memset(history->forest.strikes, 0, sizeof(history->forest.strikes));
    all_up();
    for (int i = 0; i < history->model.window_count; i++)
        close_window(&history->model.windows[i]);
    ask_status();
    model_judge_end();
}

/* The files of a history are in a folder of its own. */
static char *make_folder(const char *above)
{
    char *folder = text_make("%s/%llu", above, (unsigned long long)history->seed);
    struct ajar_error err = AJAR_NO_ERROR;

    if (!folder || !file_make_folder(folder, &err))
        violated("no folder: %s", err.text);
    (void)snprintf(history->config, sizeof(history->config), "%s/ajar.ini", folder);
    (void)snprintf(history->journal, sizeof(history->journal), "%s/journal.git", folder);
    if (!file_write(history->config, "", 0, 0600, &err))
        violated("%s", err.text);
    return folder;
}

static void set_up(const char *folder)
{
    history->random = history->seed;
    history->apart = draw(64) == 0;
    history->on_disk = history->apart || draw(16) == 0;
    history->encoded = draw(8) == 0;
    history->thorough = history->on_disk || draw(8) == 0;
    memory_begin(!history->on_disk);
    history->plan_count = 1 + draw(PLANS);
    first_descriptor = dup(STDIN_FILENO);
    (void)close(first_descriptor);
    forest_begin();
    model_begin();
    for (int i = 0; i < history->plan_count; i++)
        make_plan(folder, i);
}

void history_play(const char *above)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *folder = make_folder(above);

    set_up(folder);
    play_steps();
    play_end();
    if (history->thorough)
        model_judge_journal();
    if (!file_remove_folder(folder, &err))
        violated("%s", err.text);
}

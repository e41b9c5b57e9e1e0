/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "session.h"

#include "options.h"
#include "owned.h"
#include "screen.h"
#include "signals.h"
#include "view.h"

/* On a terminal it takes the place of the live line, and of the ^C behind it. */
static const char *stop_line(const struct session *session)
{
    if (session->command->needs & WRITES)
        return session->screen->live ? "\r\033[Kajar: stopping after the change in flight\n"
                                     : "ajar: stopping after the change in flight\n";
    return session->screen->live ? "\r\033[Kajar: stopping\n" : "ajar: stopping\n";
}

static void on_progress(void *user, const struct ajar_progress *progress)
{
    const struct session *session = user;

    screen_progress(session->screen, progress);
}

static void on_warn(void *user, const char *text)
{
    const struct session *session = user;

    screen_warning(session->screen, text);
}

static bool on_interrupted(void *user)
{
    (void)user;
    return signals_pending();
}

static bool on_confirm(void *user, const struct ajar_report *plan)
{
    struct session *session = user;

    /* Nothing is in flight while the question stands. */
    signals_announce(NULL);
    session->command->preview(session, screen_err(session->screen), plan);
    session->declined = !screen_ask(session->screen, session->command->question(session));
    if (!signals_pending())
        signals_announce(stop_line(session));
    return !session->declined;
}

/* The wait for a person may be long: Ctrl-C is as good as a no, and ends nothing half done. */
static bool on_done(void *user, const struct ajar_manual *manual)
{
    struct session *session = user;
    bool done;

    signals_announce(NULL);
    view_manual(screen_err(session->screen), manual);
    done = screen_ask(session->screen, "Is it done?");
    if (!signals_pending())
        signals_announce(stop_line(session));
    return done;
}

static bool check_consent(const struct session *session, struct ajar_error *err)
{
    const char *name = session->command->name;

    if (!(session->command->needs & NEEDS_CONSENT) || session->options->yes ||
        session->screen->asks)
        return true;
    if (session->options->json)
        (void)ajar_fail(err, AJAR_EUSAGE, "%s asks nothing with --json: it needs --yes", name);
    else
        (void)ajar_fail(err, AJAR_EUSAGE, "%s has no terminal to ask on: it needs --yes", name);
    return ajar_hint(err, "nothing was read or changed; add --yes once you know what it will do");
}

static bool check_operand(const struct session *session, struct ajar_error *err)
{
    const struct command *command = session->command;
    size_t given = session->options->operands.count - 1;
    size_t most = !command->operand ? 0 : strstr(command->operand, "...") ? SIZE_MAX : 1;

    if (command->operand && command->operand[0] != '[' && given == 0)
        return ajar_fail(err, AJAR_EUSAGE, "ajar %s needs a %s", command->name, command->operand);
    if (given > most)
        return ajar_fail(err, AJAR_EUSAGE, "ajar %s does not know what to do with \"%s\"",
                         command->name, session->options->operands.items[most + 1]);
    return true;
}

const char *session_plans(void)
{
    const char *folder = getenv("AJAR_PLANS");

    return folder && folder[0] ? folder : AJAR_PLANS;
}

bool session_load_knowledge(struct ajar_knowledge **ret_knowledge, struct ajar_error *err)
{
    char *folder = NULL;
    struct ajar_knowledge_source source = { .plans = session_plans() };
    bool fine;

    if (asprintf(&folder, "%s/diagnose", source.plans) < 0)
        return ajar_no_memory(err);
    source.folder = folder;
    fine = ajar_knowledge_load(&source, ret_knowledge, err);
    free(folder);
    return fine;
}

static bool load_plan(const struct session *session, struct ajar_plan **ret_plan,
                      struct ajar_error *err)
{
    struct ajar_plan_source source = {
        .path = session->operand,
        .folder = session_plans(),
        .sets = (const char *const *)session->options->sets.items,
    };

    return ajar_plan_load(&source, ret_plan, err);
}

/* What was given when it was saved is in it. */
static bool check_saved(const struct session *session, struct ajar_error *err)
{
    const struct options *options = session->options;

    if (options->sets.count == 0 && !options->close)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "--%s: %s is a saved plan, which says that already",
                    options->close ? "close" : "set", session->operand);
    return ajar_hint(err, "leave it out, or save another plan with it");
}

static bool load_saved(const struct session *session, struct ajar_saved **ret_saved,
                       struct ajar_error *err)
{
    if (session->command->needs & TAKES_SAVED)
        return check_saved(session, err) && ajar_saved_load(session->operand, ret_saved, err);
    (void)ajar_fail(err, AJAR_EUSAGE, "%s is a saved plan: ajar %s takes a plan file",
                    session->operand, session->command->name);
    return ajar_hint(err, "ajar show FILE shows a saved plan, ajar apply FILE carries it out");
}

bool session_open_run(struct session *session, struct ajar_run **ret_run, struct ajar_error *err)
{
    const struct options *options = session->options;
    bool asks = session->command->preview && session->screen->asks && !options->yes;
    struct ajar_run_options run = {
        .command = session->command->name,
        .config = options->config,
        .journal = options->journal,
        .workers = options->workers,
        .timeout_ms = (int)(options->timeout * 1000),
        .version = AJAR_VERSION,
        .offline = options->offline,
        .watch = { .user = session,
                   .progress = on_progress,
                   .warn = on_warn,
                   .interrupted = on_interrupted,
                   .confirm = asks ? on_confirm : NULL,
                   .done = session->screen->asks && !options->yes ? on_done : NULL },
    };

    return ajar_run_open(&run, ret_run, err);
}

static bool check_command_line(const struct session *session, struct ajar_error *err)
{
    const struct options *options = session->options;

    if (!options_fit(options, session->command->name, err) || !check_operand(session, err))
        return false;
    if (options->timeout > 3600)
        return ajar_fail(err, AJAR_EUSAGE, "--timeout: more than an hour is too long to wait");
    if (session->command->check && !session->command->check(options, err))
        return false;
    return check_consent(session, err);
}

bool session_perform(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    OWNED(ajar_plan_free) struct ajar_plan *plan = NULL;
    OWNED(ajar_saved_free) struct ajar_saved *saved = NULL;
    OWNED(ajar_run_close) struct ajar_run *run = NULL;
    bool needs_plan = session->command->needs & NEEDS_PLAN;
    bool is_saved;

    if (!check_command_line(session, err))
        return false;
    is_saved = needs_plan && ajar_saved_is(session->operand);
    if (needs_plan &&
        !(is_saved ? load_saved(session, &saved, err) : load_plan(session, &plan, err)))
        return false;
    session->saved = saved;
    session->plan = saved ? ajar_saved_plan(saved) : plan;
    if (session->command->check_plan && !session->command->check_plan(session, err))
        return false;
    signals_announce(stop_line(session));
    if (session->command->needs & NEEDS_RUN && !session_open_run(session, &run, err))
        return false;
    session->run = run;
    return session->command->run(session, ret_exit, err);
}

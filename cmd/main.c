/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "command.h"
#include "help.h"
#include "json.h"
#include "options.h"
#include "owned.h"
#include "screen.h"
#include "session.h"
#include "signals.h"
#include "suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

/* In the order in which people need them. */
static const struct command *const commands[] = {
    &command_plan,     &command_check,
    &command_approve,  &command_apply,
    &command_rollback, &command_resume,
    &command_extend,   &command_close_due,
    &command_status,   &command_audit,
    &command_log,      &command_show,
    &command_diagnose, NULL,
};

/* A standard stream that the caller closed must not become a connection or a journal file. The
 * stand-ins have the wrong direction, so that using them fails. */
static void hold_standard_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        if (fcntl(stream, F_GETFD) < 0)
            (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static bool pick_command(const struct options *options, const struct command **ret_command,
                         struct ajar_error *err)
{
    const char *name = options->operands.count > 0 ? options->operands.items[0] : NULL;

    if (!name)
        return ajar_fail(err, AJAR_EUSAGE, "which command?");
    *ret_command = find_command(name);
    if (*ret_command)
        return true;
    for (size_t i = 0; commands[i]; i++) {
        if (suggest_near(name, strlen(name), commands[i]->name))
            return ajar_fail(err, AJAR_EUSAGE, "unknown command \"%s\"; did you mean %s?", name,
                             commands[i]->name);
    }
    return ajar_fail(err, AJAR_EUSAGE, "unknown command \"%s\"", name);
}

static bool show_help(const struct options *options, struct sink *sink, struct ajar_error *err)
{
    const struct command *command = NULL;

    if (options->operands.count == 0) {
        help_overview(sink, commands);
        return true;
    }
    if (strcmp(options->operands.items[0], "exit") == 0) {
        help_exit(sink);
        return true;
    }
    if (!pick_command(options, &command, err))
        return false;
    help_command(sink, command);
    return true;
}

static bool dispatch(struct session *session, enum ajar_exit *ret_exit, struct ajar_error *err)
{
    const struct options *options = session->options;

    *ret_exit = AJAR_EXIT_DONE;
    if (options->help)
        return show_help(options, screen_out(session->screen), err);
    if (options->version) {
        sink_line(screen_out(session->screen), STYLE_PLAIN, "ajar " AJAR_VERSION);
        return true;
    }
    if (!pick_command(options, &session->command, err))
        return false;
    session->operand = options->operands.count > 1 ? options->operands.items[1] : NULL;
    return session_perform(session, ret_exit, err);
}

static enum ajar_exit tell_error(struct session *session, struct ajar_error *err)
{
    enum ajar_exit status;

    if (session->declined && !signals_pending())
        *err = (struct ajar_error){ .status = AJAR_EINTERRUPTED, .text = "nothing was changed" };
    if (err->status == AJAR_EUSAGE && !err->hint[0])
        (void)ajar_hint(err, session->command ? "\"ajar COMMAND --help\" shows what it takes"
                                              : "\"ajar --help\" shows the commands and options");
    if (err->status == AJAR_ELOCKED && !err->hint[0])
        (void)ajar_hint(err,
                        "nothing was changed; try again when that has ended, or ask who it is");
    status = session->declined && !signals_pending() ? AJAR_EXIT_FAILED : ajar_exit_for(err);
    screen_error(session->screen, err);
    if (session->options->json)
        json_print_error(stdout, err, status);
    return status;
}

/* What could not be shown was not done as asked. Where targets were changed, "failed, nothing was
 * changed" would be a lie. */
static enum ajar_exit finish_output(struct session *session, enum ajar_exit status)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool writes = session->command && session->command->needs & WRITES;
    bool lost;

    errno = 0;
    lost = fflush(stdout) != 0 || ferror(stdout) || session->screen->out.faulty;
    if (!lost)
        return status;
    if (errno)
        (void)ajar_fail(&err, AJAR_ESYSTEM, "could not write the output: %s", strerror(errno));
    else
        (void)ajar_fail(&err, AJAR_ESYSTEM, "could not write the whole output");
    if (writes && status == AJAR_EXIT_DONE)
        (void)ajar_hint(&err, "the changes were made and recorded; \"ajar status\" shows them");
    screen_error(session->screen, &err);
    if (status != AJAR_EXIT_DONE && status != AJAR_EXIT_PENDING)
        return status;
    return writes ? AJAR_EXIT_PARTLY : AJAR_EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct ajar_error err = AJAR_NO_ERROR;
    enum ajar_exit status = AJAR_EXIT_FAILED;
    struct options options;
    struct screen screen;
    struct session session = { .options = &options, .screen = &screen };
    bool fine;

    hold_standard_streams();
    (void)setlocale(LC_ALL, "");
    signals_catch();
    fine = options_parse(argc, argv, &options, &err);
    screen_init(&screen, &options);
    fine = fine && dispatch(&session, &status, &err);
    signals_announce(NULL);
    if (!fine)
        status = tell_error(&session, &err);
    status = finish_output(&session, status);
    options_release(&options);
    return (int)status;
}

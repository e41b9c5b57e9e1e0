/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "help.h"

#include "options.h"
#include "owned.h"
#include "screen.h"

static void section(struct sink *sink, const char *title)
{
    sink_end_line(sink);
    sink_line(sink, STYLE_TITLE, title);
}

static void indented(struct sink *sink, const char *text)
{
    sink_put(sink, STYLE_PLAIN, "  ");
    sink_line(sink, STYLE_PLAIN, text);
}

void help_overview(struct sink *sink, const struct command *const *commands)
{
    sink_line(sink, STYLE_PLAIN,
              "ajar opens an Active Directory migration window with one apply, and closes it with "
              "one rollback.");
    section(sink, "Examples");
    for (size_t i = 0; commands[i]; i++)
        indented(sink, commands[i]->examples[0]);
    section(sink, "Usage");
    indented(sink, "ajar COMMAND [OPTION]...");
    indented(sink, "ajar COMMAND --help     examples and options of one command");
    indented(sink, "ajar --help exit        what the exit statuses mean");
    section(sink, "Commands");
    for (size_t i = 0; commands[i]; i++) {
        char usage[40];

        (void)snprintf(usage, sizeof(usage), "%s %s", commands[i]->name,
                       commands[i]->operand ? commands[i]->operand : "");
        sink_put(sink, STYLE_PLAIN, "  ");
        sink_cell(sink, STYLE_PLAIN, usage, 20);
        sink_line(sink, STYLE_PLAIN, commands[i]->summary);
    }
    section(sink, "Options of all commands");
    options_help(sink, NULL);
}

void help_command(struct sink *sink, const struct command *command)
{
    sink_format(sink, STYLE_PLAIN, "ajar %s: %s", command->name, command->summary);
    sink_end_line(sink);
    section(sink, "Examples");
    for (size_t i = 0; command->examples[i]; i++)
        indented(sink, command->examples[i]);
    section(sink, "Usage");
    sink_format(sink, STYLE_PLAIN, "  ajar %s %s%s[OPTION]...", command->name,
                command->operand ? command->operand : "", command->operand ? " " : "");
    sink_end_line(sink);
    section(sink, "Options");
    options_help(sink, command->name);
    section(sink, "Options of all commands");
    options_help(sink, NULL);
}

void help_exit(struct sink *sink)
{
    static const struct {
        int number;
        const char *meaning;
    } rows[] = {
#define AJAR_EXIT_ROW(name, number, meaning) { (number), (meaning) },
        AJAR_EXIT_TABLE(AJAR_EXIT_ROW)
#undef AJAR_EXIT_ROW
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        sink_format(sink, STYLE_PLAIN, "%4d  %s", rows[i].number, rows[i].meaning);
        sink_end_line(sink);
    }
}

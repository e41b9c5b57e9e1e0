/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The options of all commands: one table, one struct, one parser. To add an option: a row in
 * options.c and a member here.
 */
#ifndef AJAR_CMD_OPTIONS_H
#define AJAR_CMD_OPTIONS_H

#include <ajar/engine.h>

struct sink;

struct text_list {
    size_t count;
    char **items; /* owned; ends with NULL once there is one */
};

/* How far the host that wrote a log is from UTC. */
struct utc_offset {
    bool given;
    int seconds;
};

struct options {
    struct text_list operands; /* the command, and what it is to work on */
    uint64_t given;            /* one bit a row of the table */

    bool help;
    bool version;
    bool json;
    bool quiet;
    bool no_color;
    char *config;
    char *journal;
    unsigned workers;
    int64_t timeout; /* seconds, as all durations */

    struct text_list sets;
    struct text_list only;
    struct text_list logs;
    char *object;
    int64_t duration;
    int64_t until;
    char *reason;
    char *ticket;
    char *key;
    char *as;
    struct text_list despite;
    struct text_list confirmed;
    bool close;
    char *out;
    bool yes;
    bool live;
    bool detailed_exitcode;
    bool offline;
    struct utc_offset utc_offset;
    enum ajar_on_conflict on_conflict;
    struct ajar_failure_policy failure;
};

/* Reads the whole command line, also past a mistake (so that --json holds for the message about
 * it); false tells the first one, AJAR_EUSAGE. `ret_options` is set either way and to be
 * released. */
/* Which way --close asks for. */
enum ajar_toward options_toward(const struct options *options);

bool options_parse(int argc, char **argv, struct options *ret_options, struct ajar_error *err);
void options_release(struct options *options);

/* AJAR_EUSAGE when an option was given that this command does not take. */
bool options_fit(const struct options *options, const char *command, struct ajar_error *err);

/* The options of a command for its --help, or those that all commands take (NULL). */
void options_help(struct sink *sink, const char *command);

#endif

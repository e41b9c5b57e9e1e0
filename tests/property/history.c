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
#include "property/plans.h"
#include "property/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FEWEST_STEPS 5
#define MORE_STEPS   7

struct history *history;

void history_note(const char *format, ...)
{
    size_t room = LOG_SIZE - history->log_size;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(history->log + history->log_size, room, format, arguments);
    va_end(arguments);
    if (history->aloud)
        (void)dprintf(STDOUT_FILENO, "%s\n", history->log + history->log_size);
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

static void play_steps(void)
{
    int count = FEWEST_STEPS + draw(MORE_STEPS);

    for (int i = 0; i < count; i++) {
        history->forest.now += draw(30);
        if (i == 0)
            steps_begin();
        else
            steps_next();
        model_judge_claims();
        steps_ask_status();
    }
}

/* Until it is done, with nothing in the way. */
static void play_end(void)
{
    history_note("  the end");
    for (int i = 0; i < history->model.window_count; i++)
        steps_close(&history->model.windows[i]);
    steps_ask_status();
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
    forest_begin();
    model_begin();
    for (int i = 0; i < history->plan_count; i++)
        plans_make(folder, i);
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

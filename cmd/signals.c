/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t pending;
static volatile pid_t speaker;
static _Atomic(const char *) announcement;

/* The workers inherit the handler, and a terminal sends its signal to all of them: only the
 * process that the operator started speaks. */
static void on_signal(int number)
{
    int saved = errno;
    const char *line = atomic_exchange(&announcement, NULL);

    (void)number;
    pending = 1;
    if (line && getpid() == speaker) {
        ssize_t ignored = write(STDERR_FILENO, line, strlen(line));

        (void)ignored;
    }
    errno = saved;
}

void signals_catch(void)
{
    /* No SA_RESTART: a prompt and a wait end early. */
    struct sigaction stop = { .sa_handler = on_signal };
    struct sigaction ignore = { .sa_handler = SIG_IGN };

    speaker = getpid();
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGHUP, &stop, NULL); /* the connection to the operator's terminal broke */
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

bool signals_pending(void)
{
    return pending != 0;
}

void signals_announce(const char *line)
{
    atomic_store(&announcement, line);
}

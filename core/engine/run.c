/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/run.h"

#include "base/text.h"
#include "engine/sharing.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define DEFAULT_WORKERS    8
#define DEFAULT_TIMEOUT_MS 30000
#define DEFAULT_JOURNAL    "/var/lib/ajar/journal.git"

/* How long to wait for the lock: a worker of a run that was killed may still finish its last write
 * and holds the lock until then. */
#define LOCK_PATIENCE 30 /* times 100 ms */

/* What the clocks of two hosts that write one journal may differ by; Kerberos allows as much. */
#define CLOCK_TOLERANCE 300

/* An exchange with the remote is several connections and answers; who only looks waits less. */
#define REMOTE_EXCHANGES   2
#define READER_PATIENCE_MS 5000

/* Behind sudo, the person and not root. */
static char *find_operator(void)
{
    const char *sudo = getenv("SUDO_USER");
    struct passwd entry;
    struct passwd *found = NULL;
    char room[4096];

    if (geteuid() == 0 && sudo && sudo[0] && strcmp(sudo, "root") != 0)
        return text_copy(sudo);
    if (getpwuid_r(getuid(), &entry, room, sizeof(room), &found) == 0 && found)
        return text_copy(found->pw_name);
    return text_make("uid-%u", (unsigned)getuid());
}

static bool find_names(struct ajar_run *run, struct ajar_error *err)
{
    char host[256] = "";

    if (gethostname(host, sizeof(host) - 1) < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not read this host's name: %s", strerror(errno));
    run->host = text_copy(host);
    run->operator_name = find_operator();
    run->operator_email = run->operator_name ? text_make("%s@%s", run->operator_name, host) : NULL;
    return (run->host && run->operator_email) || ajar_no_memory(err);
}

static bool open_fleet(struct ajar_run *run, struct ajar_error *err)
{
    struct fleet_options options = {
        .configuration = run->configuration,
        .workers = run->options.workers,
        .timeout_ms = run->options.timeout_ms,
    };

    return fleet_open(&options, &run->fleet, err);
}

static bool check_offline(const struct ajar_run *run, struct ajar_error *err)
{
    if (!run->options.offline || run->configuration->remote)
        return true;
    (void)ajar_fail(err, AJAR_EUSAGE, "--offline: the journal has no remote to keep away from");
    return ajar_hint(err, "[journal] remote in the configuration file says where it is");
}

bool ajar_run_open(const struct ajar_run_options *options, struct ajar_run **ret_run,
                   struct ajar_error *err)
{
    OWNED(ajar_run_close) struct ajar_run *run = calloc(1, sizeof(*run));

    if (!run)
        return ajar_no_memory(err);
    run->options = *options;
    run->clock = clock_system();
    if (run->options.workers == 0)
        run->options.workers = DEFAULT_WORKERS;
    if (run->options.timeout_ms == 0)
        run->options.timeout_ms = DEFAULT_TIMEOUT_MS;
    if (!configuration_read(options->config, run->options.timeout_ms, &run->configuration, err) ||
        !check_offline(run, err) || !find_names(run, err) || !open_fleet(run, err))
        return false;
    *ret_run = run;
    run = NULL;
    return true;
}

void ajar_run_close(struct ajar_run *run)
{
    if (!run)
        return;
    if (run->fleet)
        fleet_close(run->fleet);
    if (run->journal)
        journal_close(run->journal);
    run_tell_notifier(run);
    if (run->configuration)
        configuration_free(run->configuration);
    free(run->operator_name);
    free(run->operator_email);
    free(run->host);
    free(run);
}

static const char *journal_path(const struct ajar_run *run)
{
    if (run->options.journal)
        return run->options.journal;
    return run->configuration->journal ? run->configuration->journal : DEFAULT_JOURNAL;
}

bool run_is_shared(const struct ajar_run *run)
{
    return run->configuration->remote != NULL;
}

static void tell_line(void *user, const char *text)
{
    run_tell(user, NULL, "%s", text);
}

static struct journal_remote find_remote(struct ajar_run *run, int patience_ms)
{
    return (struct journal_remote){
        .url = run->configuration->remote,
        .offline = run->options.offline,
        .patience_ms = patience_ms,
        .tell = tell_line,
        .user = run,
    };
}

static int shorter(int patience_ms)
{
    return patience_ms < READER_PATIENCE_MS ? patience_ms : READER_PATIENCE_MS;
}

static bool open_writer(struct ajar_run *run, enum journal_need need, struct journal **ret_journal,
                        struct ajar_error *err)
{
    const int patience_ms = need == JOURNAL_TO_NOTICE ? shorter(run->options.timeout_ms)
                                                      : run->options.timeout_ms * REMOTE_EXCHANGES;
    const struct journal_writer_options options = {
        .operator_name = run->operator_name,
        .operator_email = run->operator_email,
        .host = run->host,
        .command = run->options.command,
        .clock = run->clock,
        .remote = find_remote(run, patience_ms),
    };

    return journal_open_writer(journal_path(run), &options, ret_journal, err);
}

/* Where others have a journal, there is one for us, too. */
static bool make_journal(struct ajar_run *run, struct ajar_error *err)
{
    struct journal *journal = NULL;

    if (!run_is_shared(run) || run->options.offline || err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    if (!open_writer(run, JOURNAL_TO_NOTICE, &journal, err))
        return false;
    journal_close(journal);
    return true;
}

static bool open_reader(struct ajar_run *run, struct ajar_error *err)
{
    const struct journal_remote remote = find_remote(run, shorter(run->options.timeout_ms));

    return journal_open_shared(journal_path(run), &remote, &run->journal, err);
}

bool run_read_journal(struct ajar_run *run, struct ajar_error *err)
{
    return run->journal || open_reader(run, err) ||
           (make_journal(run, err) && open_reader(run, err));
}

static bool check_exists(struct ajar_run *run, struct ajar_error *err)
{
    struct journal *journal = NULL;

    if (!journal_open(journal_path(run), &journal, err))
        return run_is_shared(run) && make_journal(run, err);
    journal_close(journal);
    return true;
}

static bool take_progress(void *user, const char *line)
{
    run_tell(user, NULL, "%s", line);
    return true;
}

bool run_tell_standing(struct ajar_run *run, struct ajar_error *err)
{
    return sharing_tell_standing(run->journal, take_progress, run, err);
}

/* What was recorded here alone has met what others recorded. */
static bool tell_common(struct ajar_run *run, struct ajar_error *err)
{
    struct journal_standing standing;

    return journal_stand(run->journal, &standing, err) &&
           (!standing.reconciled || sharing_tell_common(run->journal, take_progress, run, err));
}

bool run_write_journal(struct ajar_run *run, enum journal_need need, struct ajar_error *err)
{
    const struct timespec moment = { .tv_nsec = 100000000 };

    if (need != JOURNAL_MAY_BE_NEW && !check_exists(run, err))
        return false;
    for (int i = 0; i < LOCK_PATIENCE; i++) {
        if (open_writer(run, need, &run->journal, err)) {
            run->may_write = true;
            return tell_common(run, err);
        }
        if (err->status != AJAR_ELOCKED || i == LOCK_PATIENCE - 1)
            return false;
        *err = AJAR_NO_ERROR;
        (void)nanosleep(&moment, NULL);
    }
    return false;
}

int64_t run_now(const struct ajar_run *run)
{
    int64_t now = clock_now(&run->clock);
    int64_t last = run->journal ? journal_time(run->journal) : 0;

    return now > last ? now : last;
}

bool run_check_clock(const struct ajar_run *run, struct ajar_error *err)
{
    int64_t now = clock_now(&run->clock);
    int64_t last = run->journal ? journal_time(run->journal) : 0;

    if (last - now <= CLOCK_TOLERANCE)
        return true;
    (void)ajar_fail(err, AJAR_ESYSTEM,
                    "this host's clock says %s, %s before the journal's last entry (%s): nothing "
                    "is opened or extended",
                    clock_write_time(now).at, clock_write_duration(last - now).at,
                    clock_write_time(last).at);
    return ajar_hint(err, "set it (chronyc makestep, timedatectl); if it is right, the host that "
                          "made that entry was wrong (ajar log): close what is open, and begin "
                          "another journal");
}

int64_t run_patience(const struct ajar_run *run)
{
    return (run->options.timeout_ms + 999) / 1000;
}

void run_tell(const struct ajar_run *run, const char *target, const char *format, ...)
{
    char text[512];
    struct ajar_progress progress = { .target = target, .text = text };
    va_list arguments;

    if (!run->options.watch.progress)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    run->options.watch.progress(run->options.watch.user, &progress);
}

void run_warn(const struct ajar_run *run, const char *format, ...)
{
    char text[512];
    va_list arguments;

    if (!run->options.watch.warn)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    run->options.watch.warn(run->options.watch.user, text);
}

void run_tell_notifier(struct ajar_run *run)
{
    const struct configuration *configuration = run->configuration;
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (run->notices.count == 0) /* and no configuration, perhaps: it may be what is wrong */
        return;
    if (!notifier_tell(&run->notices, configuration->notifier, configuration->notifier_patience,
                       &trouble))
        run_warn(run, "the notifier: %s; nothing else is affected", trouble.text);
}

bool run_is_interrupted(const struct ajar_run *run)
{
    return run->options.watch.interrupted &&
           run->options.watch.interrupted(run->options.watch.user);
}

bool run_admit(const struct ajar_run *run, struct ajar_error *err)
{
    if (!run->wrote || err->begun)
        return false;
    err->begun = true;
    if (!err->hint[0])
        (void)ajar_hint(err, "something was changed already: see to it, then run ajar resume");
    return false;
}

void ajar_time_text(int64_t time, char ret_text[AJAR_TIME_SIZE])
{
    memcpy(ret_text, clock_write_time(time).at, AJAR_TIME_SIZE);
    ret_text[AJAR_TIME_SIZE - 1] = 0;
}

bool ajar_time_parse(const char *text, int64_t *ret_time, struct ajar_error *err)
{
    return clock_read_time(text, ret_time, err);
}

bool ajar_duration_parse(const char *text, int64_t *ret_seconds, struct ajar_error *err)
{
    return clock_read_duration(text, 1, INT32_MAX, ret_seconds, err);
}

enum ajar_exit ajar_exit_for(const struct ajar_error *err)
{
    switch (err->status) {
    case AJAR_FINE:
        return AJAR_EXIT_DONE;
    case AJAR_EUSAGE:
        return AJAR_EXIT_USAGE;
    case AJAR_EPLAN:
        return AJAR_EXIT_PLAN;
    case AJAR_ECONFLICT:
        return AJAR_EXIT_CONFLICT;
    case AJAR_ELOCKED:
        return AJAR_EXIT_LOCKED;
    case AJAR_EOVERDUE:
        return AJAR_EXIT_OVERDUE;
    case AJAR_EUNMET:
        return AJAR_EXIT_UNMET;
    case AJAR_ESTALE:
        return AJAR_EXIT_STALE;
    case AJAR_EINTERRUPTED:
        return AJAR_EXIT_INTERRUPTED;
    case AJAR_EDENIED:
    case AJAR_ELOGIN:
    case AJAR_EUNREACHABLE:
    case AJAR_ETIMEOUT:
    case AJAR_EINSECURE:
    case AJAR_EPROTOCOL:
    case AJAR_EMISSING:
    case AJAR_EJOURNAL:
    case AJAR_EPOLICY:
    case AJAR_ESYSTEM:
        return err->begun ? AJAR_EXIT_PARTLY : AJAR_EXIT_FAILED;
    }
    return AJAR_EXIT_FAILED;
}

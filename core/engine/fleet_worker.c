/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A worker inherits the parent's hold on the journal's lock on purpose: when the parent is killed,
 * nobody else can write before the last worker has finished what it had in hand.
 */
#include "engine/fleet_private.h"

#include "base/file.h"
#include "engine/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

int64_t fleet_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool fleet_open(const struct fleet_options *options, struct fleet **ret_fleet,
                struct ajar_error *err)
{
    struct fleet *fleet = calloc(1, sizeof(*fleet));

    if (!fleet)
        return ajar_no_memory(err);
    fleet->options = *options;
    *ret_fleet = fleet;
    return true;
}

struct worker *fleet_find_worker(const struct fleet *fleet, const char *target)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (strcmp(fleet->workers[i]->target, target) == 0)
            return fleet->workers[i];
    }
    return NULL;
}

/* How to log in at the target: as configured for its domain, else with the operator's ticket. The
 * login of a domain is good for the domains below it; its controllers are not theirs. */
static void set_options(const struct fleet *fleet, struct worker *worker, bool is_domain)
{
    const struct domain_configuration *domain =
        configuration_find(fleet->options.configuration, worker->target);
    const char *dot = strchr(worker->target, '.');
    bool below = domain && is_domain && strcmp(domain->login.domain, worker->target) != 0;

    worker->login = domain ? domain->login
                           : (struct login){ .domain = is_domain || !dot ? worker->target : dot + 1,
                                             .timeout_ms = fleet->options.timeout_ms };
    worker->options = (struct target_options){
        .name = worker->target,
        .is_domain = is_domain,
        .login = &worker->login,
        .folder = fleet->folder,
        .servers = domain && !below ? domain->controllers : NULL,
    };
}

static void free_worker(struct worker *worker)
{
    if (worker->socket >= 0)
        (void)close(worker->socket);
    free(worker->target);
    free(worker);
}
DEFINE_OWNED(struct worker *, free_worker);

/* In the child: the parent's ends of all sockets must go, or no worker would see its parent end. */
static _Noreturn void become_worker(const struct fleet *fleet, const struct worker *worker,
                                    int socket)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->workers[i]->socket >= 0)
            (void)close(fleet->workers[i]->socket);
    }
    (void)close(worker->socket);
    worker_main(socket, &worker->options);
}

static bool start(const struct fleet *fleet, struct worker *worker, struct ajar_error *err)
{
    struct timeval patience = { .tv_sec = 10 };
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not start a worker: %s", strerror(errno));
    (void)setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    worker->socket = ends[0];
    worker->pid = fork();
    if (worker->pid == 0)
        become_worker(fleet, worker, ends[1]);
    (void)close(ends[1]);
    if (worker->pid < 0)
        return ajar_fail(err, AJAR_ESYSTEM, "could not start a worker: %s", strerror(errno));
    return true;
}

bool fleet_add_worker(struct fleet *fleet, const struct job *job, struct worker **ret_worker,
                      struct ajar_error *err)
{
    OWNED(free_worker) struct worker *worker = calloc(1, sizeof(*worker));
    struct worker **more = reallocarray(fleet->workers, fleet->count + 1, sizeof(struct worker *));

    if (more)
        fleet->workers = more;
    if (worker) {
        worker->socket = -1;
        worker->target = text_copy(job->target);
    }
    if (!worker || !more || !worker->target)
        return ajar_no_memory(err);
    if (!fleet->folder && !file_make_temporary_folder("ajar", &fleet->folder, err))
        return false;
    set_options(fleet, worker, job->is_domain);
    if (!start(fleet, worker, err))
        return false;
    fleet->workers[fleet->count++] = worker;
    *ret_worker = worker;
    worker = NULL;
    return true;
}

void fleet_bury_worker(struct fleet *fleet, struct worker *worker)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->workers[i] == worker)
            fleet->workers[i] = fleet->workers[fleet->count - 1];
    }
    fleet->count--;
    (void)kill(worker->pid, SIGKILL);
    while (waitpid(worker->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    free_worker(worker);
}

/* A worker ends when its socket closes, once it has said goodbye to its host; one that cannot is
 * not waited for longer than this. */
#define GOODBYE_MS 3000

static void see_off(struct worker *worker, int64_t until_ms)
{
    const struct timespec moment = { .tv_nsec = 5000000 };

    while (waitpid(worker->pid, NULL, WNOHANG) == 0) {
        if (fleet_now_ms() >= until_ms)
            (void)kill(worker->pid, SIGKILL);
        (void)nanosleep(&moment, NULL);
    }
    free_worker(worker);
}

void fleet_close(struct fleet *fleet)
{
    int64_t until_ms = fleet_now_ms() + GOODBYE_MS;
    struct ajar_error ignored = AJAR_NO_ERROR;

    for (size_t i = 0; i < fleet->count; i++) {
        (void)close(fleet->workers[i]->socket);
        fleet->workers[i]->socket = -1;
    }
    for (size_t i = 0; i < fleet->count; i++)
        see_off(fleet->workers[i], until_ms);
    if (fleet->folder)
        (void)file_remove_folder(fleet->folder, &ignored);
    free(fleet->folder);
    free(fleet->workers);
    free(fleet);
}

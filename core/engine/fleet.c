/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/fleet_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* A look at the operator's wish to stop, between two answers. */
#define GLANCE_MS 200

/* One fleet_run(). */
struct round {
    struct fleet *fleet;
    struct job *jobs;
    size_t count;
    const struct fleet_watch *watch;
    struct job **done; /* since the last report */
    size_t done_count;
};

static void finish(struct round *round, struct job *job)
{
    job->state = JOB_DONE;
    round->done[round->done_count++] = job;
}

/* Nothing was sent on this target, and nothing will be: why is the same for all its jobs. */
static bool is_hopeless(enum ajar_status status)
{
    return status == AJAR_EUNREACHABLE || status == AJAR_ETIMEOUT || status == AJAR_ELOGIN ||
           status == AJAR_EINSECURE;
}

/* The jobs that wait for a target that failed end with it. A job that times out may have written;
 * those behind it have not. */
static void give_up_rest(struct round *round, const struct job *failed)
{
    if (failed->aloof || !is_hopeless(failed->reply.error.status))
        return;
    for (size_t i = 0; i < round->count; i++) {
        struct job *job = &round->jobs[i];

        if (job->state != JOB_WAITING || job->aloof || strcmp(job->target, failed->target) != 0)
            continue;
        job->reply.error = failed->reply.error;
        if (job->reply.error.status == AJAR_ETIMEOUT)
            job->reply.error.status = AJAR_EUNREACHABLE;
        finish(round, job);
    }
}

static void lose(struct round *round, struct worker *worker, struct job *job, const char *why)
{
    (void)ajar_fail(&job->reply.error, AJAR_ETIMEOUT, "%s: %s", worker->target, why);
    (void)ajar_hint(&job->reply.error, "see whether the host is up and answers, then try again");
    fleet_bury_worker(round->fleet, worker);
    finish(round, job);
    give_up_rest(round, job);
}

static void take_reply(struct round *round, struct worker *worker, struct job *job)
{
    struct ajar_error broken = AJAR_NO_ERROR;
    OWNED(free) char *text = NULL;
    size_t size = 0;

    if (!message_receive(worker->socket, &text, &size) ||
        !reply_read(text, size, &job->reply, &broken)) {
        lose(round, worker, job, "the worker ended in the middle of its work");
        return;
    }
    worker->job = NULL;
    finish(round, job);
    give_up_rest(round, job);
}

static bool hand_over(struct round *round, struct worker *worker, struct job *job,
                      struct ajar_error *err)
{
    OWNED(free) char *text = NULL;

    if (!request_write(&job->request, &text, err))
        return false;
    if (round->watch->sending)
        round->watch->sending(round->watch->user, job);
    job->state = JOB_SENT;
    worker->job = job;
    worker->deadline_ms = fleet_now_ms() + 4 * (int64_t)round->fleet->options.timeout_ms + 5000;
    if (!message_send(worker->socket, text))
        lose(round, worker, job, "the worker ended before its work");
    return true;
}

static size_t busy_count(const struct fleet *fleet)
{
    size_t busy = 0;

    for (size_t i = 0; i < fleet->count; i++)
        busy += fleet->workers[i]->job ? 1 : 0;
    return busy;
}

/* Sends what can be sent now. */
static bool send_jobs(struct round *round, struct ajar_error *err)
{
    struct fleet *fleet = round->fleet;

    for (size_t i = 0; i < round->count && busy_count(fleet) < fleet->options.workers; i++) {
        struct job *job = &round->jobs[i];
        struct worker *worker = fleet_find_worker(fleet, job->target);

        if (job->state != JOB_WAITING || (worker && worker->job))
            continue;
        if (!worker && !fleet_add_worker(fleet, job, &worker, err))
            return false;
        if (!hand_over(round, worker, job, err))
            return false;
    }
    return true;
}

static int time_to_wait(const struct fleet *fleet, int64_t now)
{
    int64_t wait = GLANCE_MS;

    for (size_t i = 0; i < fleet->count; i++) {
        const struct worker *worker = fleet->workers[i];

        if (worker->job && worker->deadline_ms - now < wait)
            wait = worker->deadline_ms > now ? worker->deadline_ms - now : 0;
    }
    return (int)wait;
}

/* Waits for the first answers and takes all that are there; then enforces the deadlines. */
static bool take_replies(struct round *round, struct ajar_error *err)
{
    struct fleet *fleet = round->fleet;
    size_t count = fleet->count;
    OWNED(free) struct pollfd *polled = calloc(count + 1, sizeof(*polled));
    OWNED(free) struct worker **workers = calloc(count + 1, sizeof(struct worker *));

    if (!polled || !workers)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        workers[i] = fleet->workers[i];
        polled[i] =
            (struct pollfd){ .fd = workers[i]->job ? workers[i]->socket : -1, .events = POLLIN };
    }
    if (poll(polled, count, time_to_wait(fleet, fleet_now_ms())) < 0 && errno != EINTR)
        return ajar_fail(err, AJAR_ESYSTEM, "could not wait for a worker: %s", strerror(errno));
    for (size_t i = 0; i < count; i++) {
        struct job *job = workers[i]->job;

        if (job && polled[i].revents)
            take_reply(round, workers[i], job);
        else if (job && workers[i]->deadline_ms <= fleet_now_ms())
            lose(round, workers[i], job, "no answer within the time limit");
    }
    return true;
}

static bool report_done(struct round *round, struct ajar_error *err)
{
    size_t count = round->done_count;

    round->done_count = 0;
    return count == 0 || !round->watch->done ||
           round->watch->done(round->watch->user, round->done, count, err);
}

static void skip_rest(struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        if (round->jobs[i].state == JOB_WAITING)
            round->jobs[i].state = JOB_SKIPPED;
    }
}

static bool is_over(const struct round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        if (round->jobs[i].state == JOB_WAITING || round->jobs[i].state == JOB_SENT)
            return false;
    }
    return true;
}

/* Nothing is lost with a read: the operator who stops the run does not wait for one. */
static void drop_reads(struct round *round)
{
    struct fleet *fleet = round->fleet;

    for (size_t i = fleet->count; i-- > 0;) {
        struct worker *worker = fleet->workers[i];

        if (!worker->job || worker->job->request.verb == VERB_WRITE)
            continue;
        worker->job->state = JOB_SKIPPED;
        fleet_bury_worker(fleet, worker);
    }
}

static bool advance(struct round *round, struct ajar_error *err)
{
    if (round->watch->interrupted && round->watch->interrupted(round->watch->user)) {
        skip_rest(round);
        drop_reads(round);
    }
    if (!send_jobs(round, err))
        return false;
    if (busy_count(round->fleet) > 0 && !take_replies(round, err))
        return false;
    return report_done(round, err);
}

/* Something on this host failed. What is in hand is finished all the same, and told. */
static bool wind_down(struct round *round)
{
    struct ajar_error again = AJAR_NO_ERROR;

    skip_rest(round);
    while (!is_over(round) && take_replies(round, &again)) {
    }
    again = AJAR_NO_ERROR;
    (void)report_done(round, &again);
    return false;
}

bool fleet_run(struct fleet *fleet, struct job *jobs, size_t count, const struct fleet_watch *watch,
               struct ajar_error *err)
{
    OWNED(free) struct job **done = calloc(count + 1, sizeof(struct job *));
    struct round round = { .fleet = fleet, .jobs = jobs, .count = count, .watch = watch };

    if (!done)
        return ajar_no_memory(err);
    round.done = done;
    while (!is_over(&round)) {
        if (!advance(&round, err))
            return wind_down(&round);
    }
    return report_done(&round, err);
}

void jobs_release(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        reply_release(&jobs[i].reply);
}

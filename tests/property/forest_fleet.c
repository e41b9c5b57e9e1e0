/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fleet without processes, in the place of fleet.c: jobs are sent and done in an order that the
 * history draws, one after the other on each target. What is sent when the parent dies may still be
 * done, or not.
 */
#include "engine/fleet.h"
#include "property/forest.h"

#include <string.h>

struct fleet {
    struct fleet_options options;
};

struct round {
    struct job *jobs;
    size_t count;
    const struct fleet_watch *watch;
    struct job **done; /* since the last report */
    size_t done_count;
};

/* The round under way, for those that it leaves behind. */
static struct round *current;

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

void fleet_close(struct fleet *fleet)
{
    free(fleet);
}

void jobs_release(struct job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        reply_release(&jobs[i].reply);
}

static bool is_busy(const struct round *round, const char *target)
{
    for (size_t i = 0; i < round->count; i++) {
        if (round->jobs[i].state == JOB_SENT && strcmp(round->jobs[i].target, target) == 0)
            return true;
    }
    return false;
}

static size_t count_state(const struct round *round, enum job_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < round->count; i++)
        count += round->jobs[i].state == state ? 1 : 0;
    return count;
}

static void send_jobs(struct round *round)
{
    enum blow blow = BLOW_NONE;

    for (size_t i = 0; i < round->count; i++) {
        struct job *job = &round->jobs[i];

        if (job->state != JOB_WAITING || is_busy(round, job->target))
            continue;
        (void)forest_pass(POINT_SEND, &blow);
        if (round->watch->sending)
            round->watch->sending(round->watch->user, job);
        job->state = JOB_SENT;
    }
}

/* As the two sides would say it to each other. */
static void answer_in_writing(struct job *job)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(received_release) struct received received = { 0 };
    OWNED(reply_release) struct reply reply = { 0 };
    OWNED(free) char *request = NULL;
    OWNED(free) char *answer = NULL;

    if (!request_write(&job->request, &request, &err) ||
        !request_read(request, strlen(request), &received, &err))
        violated("a request does not survive its way: %s", err.text);
    forest_answer(&received.request, job->target, &reply);
    if (!reply_write(&reply, &answer, &err) ||
        !reply_read(answer, strlen(answer), &job->reply, &err))
        violated("a reply does not survive its way: %s", err.text);
}

static void answer(struct job *job)
{
    if (history->encoded)
        answer_in_writing(job);
    else
        forest_answer(&job->request, job->target, &job->reply);
}

static void finish(struct round *round, struct job *job)
{
    job->state = JOB_DONE;
    round->done[round->done_count++] = job;
}

/* What fleet.c does for the jobs behind one whose target does not answer. */
static void give_up_rest(struct round *round, const struct job *failed)
{
    enum ajar_status status = failed->reply.error.status;

    if (failed->aloof || (status != AJAR_EUNREACHABLE && status != AJAR_ETIMEOUT))
        return;
    for (size_t i = 0; i < round->count; i++) {
        struct job *job = &round->jobs[i];

        if (job->state != JOB_WAITING || job->aloof || strcmp(job->target, failed->target) != 0)
            continue;
        job->reply.error = failed->reply.error;
        job->reply.error.status = AJAR_EUNREACHABLE;
        finish(round, job);
    }
}

/* The `number`th of those that are sent. */
static struct job *pick(const struct round *round, int number)
{
    for (size_t i = 0; i < round->count; i++) {
        if (round->jobs[i].state == JOB_SENT && number-- == 0)
            return &round->jobs[i];
    }
    return NULL;
}

/* Some of those that are sent are answered, together. */
static void take_answers(struct round *round)
{
    size_t sent = count_state(round, JOB_SENT);
    size_t some = sent > 0 ? 1 + (size_t)draw((int)sent) : 0;

    for (size_t i = 0; i < some; i++) {
        struct job *job = pick(round, draw((int)count_state(round, JOB_SENT)));

        answer(job);
        finish(round, job);
        give_up_rest(round, job);
    }
}

static bool report_done(struct round *round, struct ajar_error *err)
{
    size_t count = round->done_count;

    round->done_count = 0;
    return count == 0 || !round->watch->done ||
           round->watch->done(round->watch->user, round->done, count, err);
}

/* Nothing more is sent; of what is, reads are dropped when the operator does not wait. */
static void stop(struct round *round, bool drop_reads)
{
    for (size_t i = 0; i < round->count; i++) {
        struct job *job = &round->jobs[i];

        if (job->state == JOB_WAITING ||
            (drop_reads && job->state == JOB_SENT && job->request.verb != VERB_WRITE))
            job->state = JOB_SKIPPED;
    }
}

static bool is_over(const struct round *round)
{
    return count_state(round, JOB_WAITING) + count_state(round, JOB_SENT) == 0;
}

static bool advance(struct round *round, struct ajar_error *err)
{
    if (round->watch->interrupted && round->watch->interrupted(round->watch->user))
        stop(round, true);
    send_jobs(round);
    take_answers(round);
    return report_done(round, err);
}

/* Something failed here: what is in hand is finished all the same, and told. */
static bool wind_down(struct round *round)
{
    struct ajar_error again = AJAR_NO_ERROR;

    stop(round, false);
    while (!is_over(round))
        take_answers(round);
    (void)report_done(round, &again);
    return false;
}

bool fleet_run(struct fleet *fleet, struct job *jobs, size_t count, const struct fleet_watch *watch,
               struct ajar_error *err)
{
    OWNED(free) struct job **done = calloc(count + 1, sizeof(struct job *));
    struct round round = { .jobs = jobs, .count = count, .watch = watch, .done = done };
    bool ok = true;

    (void)fleet;
    if (!done)
        return ajar_no_memory(err);
    current = &round;
    while (ok && !is_over(&round))
        ok = advance(&round, err) || wind_down(&round);
    current = NULL;
    return ok && report_done(&round, err);
}

void fleet_finish_orphans(void)
{
    if (!current)
        return;
    for (size_t i = 0; i < current->count; i++) {
        struct job *job = &current->jobs[i];

        /* The one that was being answered when the parent died may have begun its reply. */
        if (job->state != JOB_SENT || job->reply.error.status != AJAR_FINE ||
            job->reply.now.known || draw(2) == 0)
            continue;
        history_note("    a worker of %s goes on", job->target);
        answer(job);
    }
    current = NULL;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A journal that several hosts share. README.md has the invariants; the ones kept here:
 *  1. An event counts once it is on the remote: its commit is pushed, with a lease on the head that
 *     it was made on, and only then main moves here. So main here is never ahead of the remote's,
 *     unless the journal was recorded to when nobody shared it.
 *  2. What announces writes to targets was thought of on the head that this writer has seen: when
 *     that is not the remote's any more, it is refused.
 *  3. What has happened is recorded, whoever else records: on top of theirs, or, while the remote
 *     is away, on the branch offline.
 *
 * Each case is found again by looking: what lies where says what an earlier run had come to.
 */
#include "journal/inside.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

/* Its time says when the remote was last reached. */
#define SEEN "ajar.seen"

/* How often what somebody else was in the way of is tried, and the pause that grows with it. */
#define MOST_TRIES 20
#define PAUSE_MS   20

/* A run that has said nothing for so long has ended, or will be refused when it says something. */
#define LONGEST_SILENCE 600

bool journal_take_remote(struct journal *journal, const struct journal_remote *remote,
                         struct ajar_error *err)
{
    if (!remote->url)
        return true;
    journal->keep_away = remote->offline;
    journal->patience_ms = remote->patience_ms;
    journal->tell = remote->tell;
    journal->tell_user = remote->user;
    journal->remote = text_copy(remote->url);
    return journal->remote || ajar_no_memory(err);
}

void journal_tell(const struct journal *journal, const char *format, ...)
{
    char text[512];
    va_list arguments;

    if (!journal->tell)
        return;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    journal->tell(journal->tell_user, text);
}

bool journal_move(struct journal *journal, enum repository_branch branch,
                  const struct repository_id *from, const struct repository_id *to,
                  struct ajar_error *err)
{
    bool moved = repository_move(journal->repository, branch, from, to, err);

    if (!moved && err->status == AJAR_ELOCKED) {
        *err = AJAR_NO_ERROR;
        moved = repository_break_lock(journal->repository, branch, err) &&
                repository_move(journal->repository, branch, from, to, err);
    }
    if (!moved)
        err->status = AJAR_EJOURNAL;
    return moved;
}

static void note_seen(const struct journal *journal)
{
    OWNED(free) char *path = text_make("%s/" SEEN, journal->path);
    int descriptor = path ? open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (descriptor < 0)
        return;
    (void)futimens(descriptor, NULL);
    (void)close(descriptor);
}

static int64_t read_seen(const struct journal *journal)
{
    OWNED(free) char *path = text_make("%s/" SEEN, journal->path);
    struct stat found;

    return path && stat(path, &found) == 0 ? found.st_mtime : 0;
}

/* That there is no git is not that there is no journal. */
static bool blame_remote(const struct journal *journal, struct ajar_error *err)
{
    if (err->status == AJAR_EMISSING)
        err->status = AJAR_EJOURNAL;
    if (err->status == AJAR_EJOURNAL || err->status == AJAR_ESYSTEM)
        return ajar_while(err, "its remote %s", journal->remote);
    return ajar_while(err, "journal %s", journal->remote);
}

static bool fetch(struct journal *journal, struct ajar_error *err)
{
    const struct repository_remote remote = { journal->remote, journal->patience_ms };

    if (!repository_fetch(journal->repository, &remote, &journal->remote_head, err))
        return blame_remote(journal, err);
    note_seen(journal);
    return true;
}

bool journal_push(struct journal *journal, const struct repository_parcel *parcel,
                  struct ajar_error *err)
{
    const struct repository_remote remote = { journal->remote, journal->patience_ms };

    if (!repository_push(journal->repository, &remote, parcel, err))
        return blame_remote(journal, err);
    journal->remote_head = parcel->fresh;
    note_seen(journal);
    return true;
}

bool journal_look(struct journal *journal, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!journal->remote || journal->keep_away || fetch(journal, &trouble))
        return true;
    journal->trouble = text_copy(trouble.text);
    return journal->trouble || ajar_no_memory(err);
}

/* Is what the remote has a journal of ajar? */
static bool check_remote(struct journal *journal, struct ajar_error *err)
{
    if (!*journal->remote_head.hex || journal_check_format(journal, &journal->remote_head, err))
        return true;
    if (!*err->hint)
        (void)ajar_hint(err, "a journal has a repository of its own, which is empty at first");
    return blame_remote(journal, err);
}

bool journal_refuse_remote(const struct journal *journal, struct ajar_error *err)
{
    (void)ajar_fail(err, AJAR_EJOURNAL,
                    "its remote %s holds another journal: the two have no "
                    "entry in common",
                    journal->remote);
    return ajar_hint(err, "use another remote, or another [journal] path, which then begins with "
                          "what is there");
}

/* Both were recorded to since they were last the same, and nobody said that it is offline: that is
 * how a journal that was shared looks after a run without its remote. */
static bool part_ways(struct journal *journal, struct journal_heads *heads, struct ajar_error *err)
{
    const struct repository_id none = { "" };

    if (!journal_move(journal, REPOSITORY_OFFLINE, &none, &heads->main, err))
        return false;
    heads->offline = heads->main;
    return journal_reconcile(journal, heads, err);
}

static bool settle_main(struct journal *journal, struct journal_heads *heads,
                        struct ajar_error *err)
{
    const struct repository_parcel parcel = { .expected = heads->remote, .fresh = heads->main };
    struct repository_id base;

    if (repository_id_equal(&heads->main, &heads->remote))
        return true;
    if (!repository_find_base(journal->repository, &heads->main, &heads->remote, &base, err))
        return false;
    if (repository_id_equal(&base, &heads->main))
        return journal_move(journal, REPOSITORY_MAIN, &heads->main, &heads->remote, err);
    if (repository_id_equal(&base, &heads->remote))
        return journal_push(journal, &parcel, err);
    return *base.hex ? part_ways(journal, heads, err) : journal_refuse_remote(journal, err);
}

static bool settle_once(struct journal *journal, struct ajar_error *err)
{
    struct journal_heads heads;

    if (!fetch(journal, err) || !check_remote(journal, err))
        return false;
    heads.remote = journal->remote_head;
    if (!repository_find(journal->repository, REPOSITORY_MAIN, &heads.main, err) ||
        !repository_find(journal->repository, REPOSITORY_OFFLINE, &heads.offline, err))
        return false;
    return *heads.offline.hex ? journal_reconcile(journal, &heads, err)
                              : settle_main(journal, &heads, err);
}

/* Hosts that met once shall not meet again. */
static void pause_at_random(int tries)
{
    uint16_t dice = 0;
    struct timespec time = { 0 };

    (void)getrandom(&dice, sizeof(dice), 0);
    time.tv_nsec = (PAUSE_MS * tries / 2 + dice % (PAUSE_MS * tries)) * 1000000L;
    (void)nanosleep(&time, NULL);
}

bool journal_settle(struct journal *journal, struct ajar_error *err)
{
    if (!journal->remote || journal->keep_away)
        return true;
    for (int tries = 1; !settle_once(journal, err); tries++) {
        if (err->status != AJAR_ECONFLICT || tries == MOST_TRIES) {
            if (err->status == AJAR_EUNREACHABLE || err->status == AJAR_ETIMEOUT)
                (void)ajar_hint(err, "what cannot wait goes on with --offline: it is recorded here "
                                     "then, and there later");
            return false;
        }
        *err = AJAR_NO_ERROR;
        pause_at_random(tries);
    }
    return true;
}

/* Onto the branch that is not on the remote. */
static bool go_offline(struct journal *journal, struct ajar_error *err)
{
    const struct repository_id none = { "" };
    struct repository_id offline;

    journal->offline = true;
    repository_use(journal->repository, REPOSITORY_OFFLINE);
    return repository_find(journal->repository, REPOSITORY_OFFLINE, &offline, err) &&
           (*offline.hex || !*journal->head.hex ||
            journal_move(journal, REPOSITORY_OFFLINE, &none, &journal->head, err));
}

static bool cut_off(struct journal *journal, struct ajar_error *err)
{
    journal->cut_off = true;
    journal_tell(journal, "the journal's remote is out of reach: what this run records stays here, "
                          "and the next run takes it there");
    return go_offline(journal, err);
}

/* We hold the lock of the writers: a lock of the branch that outlasts the patience of
 * repository_write() was left behind by a crash. */
static bool put_here(struct journal *journal, const struct repository_commit *commit,
                     struct ajar_error *err)
{
    enum repository_branch branch = journal->offline ? REPOSITORY_OFFLINE : REPOSITORY_MAIN;
    bool good = repository_write(journal->repository, commit, &journal->head, err);

    if (!good && err->status == AJAR_ELOCKED) {
        *err = AJAR_NO_ERROR;
        good = repository_break_lock(journal->repository, branch, err) &&
               repository_write(journal->repository, commit, &journal->head, err);
    }
    if (!good) {
        if (err->status == AJAR_ECONFLICT)
            (void)ajar_hint(err, "only ajar may write to it: ajar verify tells more");
        err->status = AJAR_EJOURNAL;
        return false;
    }
    journal->entries++;
    journal->time = commit->committer.when;
    return true;
}

/* Does it say that targets are about to be written to? */
static bool announces(enum journal_event_kind kind)
{
    switch (kind) {
    case JOURNAL_OPENED:
    case JOURNAL_RESUMED:
    case JOURNAL_EXTENDED:
    case JOURNAL_CLOSING:
        return true;
    case JOURNAL_APPLIED:
    case JOURNAL_RESTORED:
    case JOURNAL_CLOSED:
    case JOURNAL_NOTICED:
        return false;
    }
    return true;
}

/* Once a writer has announced that it writes to a window, all of that is recorded. */
static bool is_outcome(const struct journal *journal, const struct journal_event *event)
{
    return !announces(event->kind) ||
           (journal->announced && strcmp(journal->announced, event->window) == 0);
}

static bool note_own(struct journal *journal, const struct repository_id *id,
                     struct ajar_error *err)
{
    struct repository_id old;

    return repository_find(journal->repository, REPOSITORY_OWN, &old, err) &&
           journal_move(journal, REPOSITORY_OWN, &old, id, err);
}

/* It is on the remote, and here from now on, too: with what others put on top of it meanwhile. */
static bool arrive(struct journal *journal, const struct journal_event *event,
                   const struct repository_id *id, struct ajar_error *err)
{
    struct repository_id head = journal->head;

    return note_own(journal, id, err) &&
           (!announces(event->kind) || text_replace(&journal->announced, event->window, err)) &&
           journal_move(journal, REPOSITORY_MAIN, &head, &journal->remote_head, err) &&
           journal_read_head(journal, err);
}

/* Looks for the one who was first: the newest entry about the window (when it is told), or else the
 * first behind the head that this writer has seen. */
struct search {
    const struct journal *journal;
    const char *window;
    struct repository_id own; /* the last that was recorded here */
    char *who;
    char *did;
    bool found;
};

static bool describe(struct search *search, const struct repository_entry *entry,
                     struct ajar_error *err)
{
    const char *operator_name = repository_trailer(entry, "Operator");
    const char *host = strchr(entry->committer.email, '@');
    OWNED(free)
    char *who = text_make("%s on %s", operator_name ? operator_name : entry->author.name,
                          host ? host + 1 : "an unknown host");
    OWNED(free)
    char *did = text_make("at %s: \"%.*s\"", clock_write_time(entry->committer.when).at,
                          (int)strcspn(entry->message, "\n"), entry->message);

    if (!who || !did)
        return ajar_no_memory(err);
    return text_replace(&search->who, who, err) && text_replace(&search->did, did, err);
}

static bool find_rival(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct search *search = user;
    const char *window = repository_trailer(entry, "Window");

    if (repository_id_equal(&entry->id, &search->journal->head))
        return false;
    if (!search->found && !describe(search, entry, err))
        return false;
    search->found = window && search->window && strcmp(window, search->window) == 0;
    return !search->found;
}

static bool name_rival(struct journal *journal, const struct journal_event *event,
                       struct ajar_error *err)
{
    struct search search = { .journal = journal,
                             .window = is_outcome(journal, event) ? event->window : NULL };

    if (repository_walk(journal->repository, &journal->remote_head, find_rival, &search, err)) {
        free(journal->rival);
        free(journal->rival_did);
        journal->rival = search.who;
        journal->rival_did = search.did;
        return true;
    }
    free(search.who);
    free(search.did);
    return false;
}

static bool fail_outrun(const struct journal *journal, struct ajar_error *err)
{
    (void)ajar_fail(err, AJAR_ELOCKED, "journal %s: %s was first, %s; nothing %swas changed",
                    journal->remote, journal->rival, journal->rival_did,
                    journal->announced ? "more " : "");
    return ajar_hint(err, "look at what is there now (ajar status), then run it again");
}

/* Others recorded something since this writer looked. */
static bool give_way(struct journal *journal, const struct journal_event *event,
                     struct ajar_error *err)
{
    struct repository_id head = journal->head;

    if (!check_remote(journal, err) || !name_rival(journal, event, err))
        return false;
    if (!is_outcome(journal, event))
        return fail_outrun(journal, err);
    if (!journal_move(journal, REPOSITORY_MAIN, &head, &journal->remote_head, err) ||
        !journal_read_head(journal, err))
        return false;
    journal->again = true;
    return ajar_fail(err, AJAR_ECONFLICT, "journal %s: %s was first", journal->remote,
                     journal->rival);
}

/* The remote says neither yes nor that it has moved. */
static bool stay_behind(struct journal *journal, const struct journal_event *event,
                        struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;

    if (!is_outcome(journal, event))
        return ajar_hint(err, "nothing was changed; whether the remote has the entry, ajar status "
                              "tells once it can be reached");
    journal_tell(journal, "%s", err->text);
    if (!cut_off(journal, &trouble)) {
        *err = trouble;
        return false;
    }
    journal->again = true;
    return false;
}

/* What the remote has goes on from what this writer has seen; anything else was not done by ajar.
 */
static bool check_grown(struct journal *journal, struct ajar_error *err)
{
    struct repository_id base;

    if (!repository_find_base(journal->repository, &journal->head, &journal->remote_head, &base,
                              err))
        return false;
    return repository_id_equal(&base, &journal->head) ||
           ajar_fail(err, AJAR_EJOURNAL, "its remote %s no longer has entry %.10s", journal->remote,
                     journal->head.hex);
}

/* What became of a push that failed with `err`? */
static bool find_out(struct journal *journal, const struct journal_event *event,
                     const struct repository_id *id, struct ajar_error *err)
{
    struct ajar_error trouble = AJAR_NO_ERROR;
    bool moved = err->status == AJAR_ECONFLICT;
    struct repository_id base;

    if (!fetch(journal, &trouble) || !check_grown(journal, &trouble) ||
        !repository_find_base(journal->repository, id, &journal->remote_head, &base, &trouble)) {
        *err = moved ? trouble : *err;
        return stay_behind(journal, event, err);
    }
    if (repository_id_equal(&base, id)) { /* it landed, and its answer was lost */
        *err = AJAR_NO_ERROR;
        return arrive(journal, event, id, err);
    }
    if (!repository_id_equal(&journal->remote_head, &journal->head)) {
        *err = AJAR_NO_ERROR;
        return give_way(journal, event, err);
    }
    if (!moved)
        return stay_behind(journal, event, err);
    journal->again = true; /* two pushes met, and neither landed, or somebody took his back */
    return false;
}

static bool put_there(struct journal *journal, const struct journal_event *event,
                      const struct repository_commit *commit, struct ajar_error *err)
{
    struct repository_parcel parcel = { .expected = journal->head };

    if (!repository_make(journal->repository, commit, &parcel.fresh, err))
        return false;
    if (journal_push(journal, &parcel, err))
        return arrive(journal, event, &parcel.fresh, err);
    return find_out(journal, event, &parcel.fresh, err);
}

bool journal_put(struct journal *journal, const struct journal_event *event,
                 const struct repository_commit *commit, struct ajar_error *err)
{
    if (journal->remote && !journal->offline)
        return put_there(journal, event, commit, err);
    return (!journal->offline || go_offline(journal, err)) && put_here(journal, commit, err);
}

bool journal_try_again(struct journal *journal, const struct journal_event *event, int tries,
                       struct ajar_error *err)
{
    if (!journal->again || (tries >= MOST_TRIES && !is_outcome(journal, event)))
        return false;
    *err = AJAR_NO_ERROR;
    journal->again = false;
    if (journal->offline)
        return true;
    pause_at_random(tries);
    return tries < MOST_TRIES || cut_off(journal, err);
}

/* Was it recorded here? Operators who share a host have journals of their own, and a journal of
 * this host may have several operators. */
static bool is_own(const struct search *search, const struct repository_entry *entry)
{
    const struct journal *journal = search->journal;
    const char *operator_name = repository_trailer(entry, "Operator");
    const char *host = strchr(entry->committer.email, '@');

    return repository_id_equal(&entry->id, &search->own) ||
           (host && strcmp(host + 1, journal->host) == 0 && operator_name &&
            strcmp(operator_name, journal->operator_name) == 0);
}

/* The last entry about a window. */
static bool find_last(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct search *search = user;
    const char *window = repository_trailer(entry, "Window");

    if (!window || strcmp(window, search->window) != 0)
        return true;
    search->found = !is_own(search, entry) &&
                    clock_now(&search->journal->clock) - entry->committer.when < LONGEST_SILENCE;
    if (search->found)
        (void)describe(search, entry, err); /* without memory, err says so */
    return false;
}

static bool fail_busy(const struct journal *journal, const struct search *search,
                      struct ajar_error *err)
{
    (void)ajar_fail(err, AJAR_ELOCKED, "journal %s: %s is at window %s, %s; nothing was changed",
                    journal->remote, search->who, search->window, search->did);
    return ajar_hint(err,
                     "wait for it; when that run has ended without a word, its own journal can "
                     "go on at once, any other ten minutes later");
}

bool journal_check_idle(struct journal *journal, const struct journal_event *event,
                        const struct window_record *old, struct ajar_error *err)
{
    struct search search = { .journal = journal, .window = event->window };
    bool good;

    if (!journal->remote || journal->offline || is_outcome(journal, event) ||
        (old->state != WINDOW_OPENING && old->state != WINDOW_CLOSING))
        return true;
    good = repository_find(journal->repository, REPOSITORY_OWN, &search.own, err) &&
           repository_walk(journal->repository, &journal->head, find_last, &search, err) &&
           (!search.found || fail_busy(journal, &search, err));
    free(search.who);
    free(search.did);
    return good;
}

/* Counts from the newest to the first that the remote has, too. */
struct count {
    struct repository_id end;
    size_t waiting;
    int64_t since;
};

static bool count_waiting(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct count *count = user;

    (void)err;
    if (repository_id_equal(&entry->id, &count->end))
        return false;
    count->waiting++;
    count->since = entry->committer.when;
    return true;
}

bool journal_stand(struct journal *journal, struct journal_standing *ret_standing,
                   struct ajar_error *err)
{
    struct journal_standing standing = {
        .shared = journal->remote != NULL,
        .offline = journal->offline,
        .cut_off = journal->cut_off,
        .reconciled = journal->reconciled,
        .trouble = journal->trouble,
    };
    struct repository_id remote;
    struct count count = { .waiting = 0 };

    if (standing.shared || standing.offline) {
        if (!repository_find(journal->repository, REPOSITORY_REMOTE, &remote, err) ||
            !repository_find_base(journal->repository, &journal->head, &remote, &count.end, err) ||
            !repository_walk(journal->repository, &journal->head, count_waiting, &count, err))
            return journal_blame(journal, err);
        standing.waiting = count.waiting;
        standing.since = count.since;
        standing.seen = read_seen(journal);
    }
    *ret_standing = standing;
    return true;
}

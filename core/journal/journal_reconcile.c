/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was recorded offline goes to the remote. Nothing is rewritten: main moves forward, here and
 * there, and the commits as they were made stay.
 *
 *     nobody else recorded anything   the branch offline becomes main: a fast-forward
 *     somebody did                    each commit is made again on top of theirs, by the same
 *                                     author at the same time, with the trailer Offline: <commit>;
 *                                     the originals get a name on the remote
 *
 * A window that others went on with meanwhile keeps what they recorded: then the commit that would
 * overwrite it says that it happened, and changes nothing. All that a window is stands below its
 * folder, so that the folder is what is taken over or not.
 *
 * Order: push (all of it or nothing), main here, the branch offline. Killed in between, the next
 * writer finds the trailers on the remote and has only the rest to do.
 */
#include "journal/inside.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_CEILING 65536
#define MOST_COMMITS    100000

/* A commit as it was made. */
struct original {
    struct repository_id id;
    struct repository_id parent;
    char *window;
    char *message; /* without the trailers that it gets anew */
    char *author;
    char *email;
    int64_t when;
    bool offline; /* it says so itself */
};

/* Newest first, as they are walked. */
struct originals {
    struct repository_id end; /* is none of them */
    size_t count;
    struct original *list;
};

/* The commits that the remote has made again. */
struct made_again {
    struct repository_id end;
    size_t count;
    struct repository_id *list;
};

static void originals_release(struct originals *originals)
{
    for (size_t i = 0; i < originals->count; i++) {
        free(originals->list[i].window);
        free(originals->list[i].message);
        free(originals->list[i].author);
        free(originals->list[i].email);
    }
    free(originals->list);
}
DEFINE_OWNED_STRUCT(struct originals, originals_release);

static void made_again_release(struct made_again *made)
{
    free(made->list);
}
DEFINE_OWNED_STRUCT(struct made_again, made_again_release);

/* The first line, and the trailers but for the two that are the commit's own. */
static char *copy_message(const struct repository_entry *entry)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(MESSAGE_CEILING);
    struct ajar_error ignored = AJAR_NO_ERROR;
    char *message = NULL;

    text_append_bytes(&text, entry->message, strcspn(entry->message, "\n"));
    text_append(&text, "\n\n");
    for (size_t i = 0; i < entry->trailer_count; i++) {
        const struct repository_trailer *trailer = &entry->trailers[i];

        if (strcmp(trailer->key, "Sequence") != 0 && strcmp(trailer->key, "Offline") != 0)
            text_format(&text, "%s: %s\n", trailer->key, trailer->value);
    }
    return text_take(&text, &message, &ignored) ? message : NULL;
}

static bool collect(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct originals *originals = user;
    struct original *more;
    struct original *original;

    if (repository_id_equal(&entry->id, &originals->end))
        return false;
    if (originals->count == MOST_COMMITS)
        return ajar_fail(err, AJAR_EJOURNAL, "more than %d entries are not on the remote",
                         MOST_COMMITS);
    more = reallocarray(originals->list, originals->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    originals->list = more;
    original = &more[originals->count++];
    *original = (struct original){
        .id = entry->id,
        .parent = entry->parent,
        .window = text_copy(repository_trailer(entry, "Window")),
        .message = copy_message(entry),
        .author = text_copy(entry->author.name),
        .email = text_copy(entry->author.email),
        .when = entry->author.when,
        .offline = repository_trailer(entry, "Offline") != NULL,
    };
    return (original->message && original->author && original->email) || ajar_no_memory(err);
}

static bool collect_made(void *user, const struct repository_entry *entry, struct ajar_error *err)
{
    struct made_again *made = user;
    const char *trailer = repository_trailer(entry, "Offline");
    struct repository_id *more;

    if (repository_id_equal(&entry->id, &made->end))
        return false;
    if (!trailer || strlen(trailer) != sizeof(made->list->hex) - 1)
        return true;
    more = reallocarray(made->list, made->count + 1, sizeof(*more));
    if (!more)
        return ajar_no_memory(err);
    made->list = more;
    memcpy(more[made->count++].hex, trailer, sizeof(more->hex));
    return true;
}

static bool is_made(const struct made_again *made, const struct original *original)
{
    for (size_t i = 0; i < made->count; i++) {
        if (repository_id_equal(&made->list[i], &original->id))
            return true;
    }
    return false;
}

/* What becomes of a commit's window on top of `at`. */
enum fate {
    FATE_TAKE, /* nobody else went on with it */
    FATE_SAME, /* it is there as it is, or the commit is about no window */
    FATE_LEAVE,
};

static bool decide(struct journal *journal, const struct original *original,
                   const struct repository_id *at, enum fate *ret_fate, struct ajar_error *err)
{
    OWNED(free) char *folder = text_make("windows/%s", original->window ? original->window : "");
    bool untouched = false;
    bool same = true;

    if (!folder)
        return ajar_no_memory(err);
    if (original->window &&
        (!repository_is_same(journal->repository, at, &original->id, folder, &same, err) ||
         !repository_is_same(journal->repository, at, &original->parent, folder, &untouched, err)))
        return false;
    *ret_fate = same ? FATE_SAME : untouched ? FATE_TAKE : FATE_LEAVE;
    return true;
}

/* The commit that is made, and what it costs to make it. */
struct remake {
    struct journal *journal;
    const struct originals *originals;
    const struct made_again *made;
    struct repository_id at;
    struct journal_place place; /* of `at` */
    size_t left;                /* whose window was left as others had it */
};

static bool make_again(struct remake *remake, const struct original *original, enum fate fate,
                       struct ajar_error *err)
{
    struct journal *journal = remake->journal;
    int64_t now = clock_now(&journal->clock);
    OWNED(free) char *folder = text_make("windows/%s", original->window ? original->window : "");
    OWNED(free) char *email = text_make("ajar@%s", journal->host);
    OWNED(free)
    char *message = text_make(
        "%s%sSequence: %lld\nOffline: %s\n", fate == FATE_LEAVE ? "offline, not taken over: " : "",
        original->message, (long long)remake->place.sequence + 1, original->id.hex);
    struct repository_commit commit = {
        .parent = remake->at,
        .message = message,
        .author = { original->author, original->email, original->when },
        .committer = { "ajar", email, now > remake->place.time ? now : remake->place.time },
        .folder = fate == FATE_TAKE ? folder : NULL,
        .folder_from = original->id,
        .sign = journal->sign,
        .sign_user = journal->sign_user,
    };

    if (!folder || !email || !message)
        return ajar_no_memory(err);
    if (!repository_make(journal->repository, &commit, &remake->at, err))
        return false;
    remake->place.sequence++;
    return true;
}

static void tell_left(struct remake *remake, const struct original *original)
{
    remake->left++;
    journal_tell(remake->journal, "window %s was gone on with elsewhere, too: not taken over: %.*s",
                 original->window, (int)strcspn(original->message, "\n"), original->message);
}

static bool make_all_again(struct remake *remake, struct ajar_error *err)
{
    for (size_t i = remake->originals->count; i > 0; i--) {
        const struct original *original = &remake->originals->list[i - 1];
        enum fate fate = FATE_SAME;

        if (is_made(remake->made, original))
            continue;
        if (!decide(remake->journal, original, &remake->at, &fate, err) ||
            !make_again(remake, original, fate, err))
            return false;
        if (fate == FATE_LEAVE)
            tell_left(remake, original);
    }
    return true;
}

/* A first run that was offline has nothing in common with what others began meanwhile; a journal
 * of its own has not, either, but never said that it was offline. */
static bool check_kin(const struct journal *journal, const struct originals *originals,
                      struct ajar_error *err)
{
    return *originals->end.hex || originals->count == 0 ||
           originals->list[originals->count - 1].offline || journal_refuse_remote(journal, err);
}

/* Pushes what was made again, together with the originals. */
static bool push_again(struct journal *journal, const struct journal_heads *heads,
                       const struct repository_id *fresh, struct ajar_error *err)
{
    OWNED(free)
    char *name = text_make("refs/heads/offline/%s/%.12s", journal->host, heads->offline.hex);
    const struct repository_parcel parcel = {
        .expected = heads->remote,
        .fresh = *fresh,
        .kept = heads->offline,
        .kept_name = name,
    };

    if (!name)
        return ajar_no_memory(err);
    return repository_id_equal(fresh, &heads->remote) || journal_push(journal, &parcel, err);
}

static bool record_again(struct journal *journal, const struct journal_heads *heads,
                         const struct repository_id *base, struct repository_id *ret_fresh,
                         struct ajar_error *err)
{
    OWNED(originals_release) struct originals originals = { .end = *base };
    OWNED(made_again_release) struct made_again made = { .end = *base };
    struct remake remake = {
        .journal = journal, .originals = &originals, .made = &made, .at = heads->remote
    };

    if (!repository_walk(journal->repository, &heads->offline, collect, &originals, err) ||
        !check_kin(journal, &originals, err) ||
        !repository_walk(journal->repository, &heads->remote, collect_made, &made, err) ||
        !repository_walk(journal->repository, &heads->remote, journal_take_place, &remake.place,
                         err) ||
        !make_all_again(&remake, err) || !push_again(journal, heads, &remake.at, err))
        return false;
    journal_tell(journal,
                 "%zu entries that were recorded offline are on the remote now, behind "
                 "what others recorded meanwhile",
                 originals.count);
    *ret_fresh = remake.at;
    return true;
}

static bool carry_forward(struct journal *journal, const struct journal_heads *heads,
                          struct ajar_error *err)
{
    const struct repository_parcel parcel = { .expected = heads->remote, .fresh = heads->offline };

    if (!journal_push(journal, &parcel, err))
        return false;
    journal_tell(journal, "what was recorded offline is on the remote now");
    return true;
}

/* The branch is of no more use: all of it is on main. */
static bool drop_branch(struct journal *journal, const struct journal_heads *heads,
                        const struct repository_id *fresh, struct ajar_error *err)
{
    const struct repository_id none = { "" };

    return (repository_id_equal(&heads->main, fresh) ||
            journal_move(journal, REPOSITORY_MAIN, &heads->main, fresh, err)) &&
           journal_move(journal, REPOSITORY_OFFLINE, &heads->offline, &none, err);
}

bool journal_reconcile(struct journal *journal, const struct journal_heads *heads,
                       struct ajar_error *err)
{
    struct repository_id fresh = heads->remote;
    struct repository_id base;

    if (!repository_find_base(journal->repository, &heads->offline, &heads->remote, &base, err))
        return false;
    if (!repository_id_equal(&base, &heads->offline)) {
        if (repository_id_equal(&base, &heads->remote)) {
            fresh = heads->offline;
            if (!carry_forward(journal, heads, err))
                return false;
        } else if (!record_again(journal, heads, &base, &fresh, err)) {
            return false;
        }
    }
    journal->reconciled = true;
    return drop_branch(journal, heads, &fresh, err);
}

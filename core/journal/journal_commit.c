/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only way into the journal. One event is checked against the head as a whole, then it becomes
 * one commit:
 *
 *     journal_commit: check_event -> gather (each record against the one it replaces) ->
 *                     check_closed -> put (compare-and-swap of the branch)
 *
 * Until put() has moved the branch nothing of it can be seen; afterwards all of it is on disk. With
 * a remote, journal_put() moves the branch there first; when somebody else was first with something
 * that does not forbid it, all of this begins anew on the head that they left.
 */
#include "journal/inside.h"

#include "base/ini.h"
#include "base/text.h"
#include "journal/rules.h"

#include <stdio.h>
#include <string.h>

#define MESSAGE_CEILING 65536

static const char *const event_names[] = {
    [JOURNAL_OPENED] = "opened",     [JOURNAL_APPLIED] = "applied", [JOURNAL_RESUMED] = "resumed",
    [JOURNAL_EXTENDED] = "extended", [JOURNAL_CLOSING] = "closing", [JOURNAL_RESTORED] = "restored",
    [JOURNAL_CLOSED] = "closed",     [JOURNAL_NOTICED] = "noticed",
};

struct file {
    char *path;
    char *content;
};

/* An event on its way into the journal. */
struct entry {
    struct journal *journal;
    const struct journal_event *event;
    const struct journal_news *news;
    struct window_record old;  /* without an id when the event opens the window */
    struct repository_id seen; /* the head that the event was thought of on */
    size_t count;
    struct file *files;
};

static void entry_release(struct entry *entry)
{
    for (size_t i = 0; i < entry->count; i++) {
        free(entry->files[i].path);
        free(entry->files[i].content);
    }
    free(entry->files);
    window_record_release(&entry->old);
}
DEFINE_OWNED_STRUCT(struct entry, entry_release);

const char *journal_event_name(enum journal_event_kind kind)
{
    return event_names[kind];
}

/* Takes both texts, also when it fails. */
static bool add_file(struct entry *entry, char *path, char *content, struct ajar_error *err)
{
    struct file *files = reallocarray(entry->files, entry->count + 1, sizeof(*files));

    if (files) {
        entry->files = files;
        files[entry->count++] = (struct file){ path, content };
        return (path && content) || ajar_no_memory(err);
    }
    free(path);
    free(content);
    return ajar_no_memory(err);
}

static bool check_opening(const struct entry *entry, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *plan = NULL;
    const struct journal_news *news = entry->news;

    if (entry->event->kind != JOURNAL_OPENED)
        return ajar_fail(err, AJAR_EMISSING, "there is no window %s", entry->event->window);
    if (!news->window || !news->plan || news->count == 0)
        return ajar_fail(err, AJAR_EJOURNAL,
                         "window %s: its opening holds the window, the plan and every change",
                         entry->event->window);
    return ini_read("plan.ini", news->plan, strlen(news->plan), INI_RECORD, &plan, err);
}

static bool check_event(struct entry *entry, struct ajar_error *err)
{
    const char *id = entry->event->window;

    if (entry->journal->lock.descriptor < 0)
        return ajar_fail(err, AJAR_EJOURNAL, "it was opened for reading");
    if (!record_is_safe_name(id) ||
        (entry->news->window && strcmp(entry->news->window->id, id) != 0))
        return ajar_fail(err, AJAR_EJOURNAL, "\"%.80s\" is not the id of this window", id);
    if (!journal_read_window(entry->journal, &entry->journal->head, id, &entry->old, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        return check_opening(entry, err);
    }
    if (entry->event->kind == JOURNAL_OPENED || entry->news->plan)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s is opened already", id);
    return journal_check_idle(entry->journal, entry->event, &entry->old, err);
}

/* When an outcome is made anew, a window that it says nothing new of stays as others left it. */
static bool is_old_news(const struct entry *entry, const char *text, bool *ret_old,
                        struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record seen = { 0 };
    OWNED(free) char *seen_text = NULL;

    *ret_old = false;
    if (!entry->old.id || repository_id_equal(&entry->seen, &entry->journal->head))
        return true;
    if (!journal_read_window(entry->journal, &entry->seen, entry->event->window, &seen, err) ||
        !window_record_write(&seen, &seen_text, err))
        return false;
    *ret_old = strcmp(seen_text, text) == 0;
    return true;
}

/* The later ends that others gave the window while this writer was at it stay. */
static bool take_extensions(const struct entry *entry, struct window_record *window,
                            struct ajar_error *err)
{
    if (!entry->old.id || entry->event->kind == JOURNAL_EXTENDED)
        return true;
    for (size_t i = window->extension_count; i < entry->old.extension_count; i++) {
        if (!window_record_extend(window, &entry->old.extensions[i], err))
            return false;
    }
    return true;
}

static bool gather_window(struct entry *entry, struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = { 0 };
    OWNED(free) char *text = NULL;
    char *content;
    bool old = false;

    if (!entry->news->window)
        return true;
    if (!window_record_write(entry->news->window, &text, err) ||
        !is_old_news(entry, text, &old, err))
        return false;
    if (old)
        return true;
    free(text);
    text = NULL;
    if (!window_record_copy(entry->news->window, &window, err) ||
        !take_extensions(entry, &window, err) ||
        !rules_check_window(entry->old.id ? &entry->old : NULL, &window, err) ||
        !window_record_write(&window, &text, err))
        return false;
    content = text;
    text = NULL;
    return add_file(entry, journal_window_path(window.id), content, err);
}

static bool gather_opening(struct entry *entry, struct ajar_error *err)
{
    if (!*entry->journal->head.hex &&
        !add_file(entry, text_copy("FORMAT"), text_copy(JOURNAL_FORMAT), err))
        return false;
    return entry->old.id || add_file(entry, journal_plan_path(entry->event->window),
                                     text_copy(entry->news->plan), err);
}

static bool check_follows(struct entry *entry, const char *path, const struct change_record *change,
                          struct ajar_error *err)
{
    OWNED(change_record_release) struct change_record old = { 0 };

    if (!entry->old.id)
        return rules_check_change(NULL, change, err);
    if (journal_read_change(entry->journal, &entry->journal->head, path, &old, err))
        return rules_check_change(&old, change, err);
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s was not part of window %s when it opened",
                     change->kind, change->setting, change->target, entry->event->window);
}

static bool check_once(const struct entry *entry, const char *path, struct ajar_error *err)
{
    for (size_t i = 0; i < entry->count; i++) {
        if (strcmp(entry->files[i].path, path) == 0)
            return ajar_fail(err, AJAR_EJOURNAL, "%s: two records of one change", path);
    }
    return true;
}

static bool gather_change(struct entry *entry, const struct change_record *change,
                          struct ajar_error *err)
{
    OWNED(free) char *path = NULL;
    OWNED(free) char *text = NULL;
    char *file[2];

    /* The writer judges the names that the path is made of. */
    if (!change_record_write(change, &text, err))
        return false;
    path = journal_change_path(entry->event->window, change);
    if (!path)
        return ajar_no_memory(err);
    if (!check_once(entry, path, err) || !check_follows(entry, path, change, err))
        return false;
    file[0] = path;
    file[1] = text;
    path = NULL;
    text = NULL;
    return add_file(entry, file[0], file[1], err);
}

static bool gather_requirement(struct entry *entry, const struct requirement_record *requirement,
                               struct ajar_error *err)
{
    char *text = NULL;

    return requirement_record_write(requirement, &text, err) &&
           add_file(entry, journal_requirement_path(entry->event->window, requirement), text, err);
}

static bool check_manual_follows(struct entry *entry, const char *path,
                                 const struct manual_record *manual, struct ajar_error *err)
{
    OWNED(manual_record_release) struct manual_record old = { 0 };

    if (!entry->old.id)
        return true;
    if (journal_read_manual(entry->journal, &entry->journal->head, path, &old, err))
        return rules_check_manual(&old, manual, err);
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    return true;
}

static bool gather_manual(struct entry *entry, const struct manual_record *manual,
                          struct ajar_error *err)
{
    char *path;
    char *text = NULL;

    if (!manual_record_write(manual, &text, err))
        return false;
    path = journal_manual_path(entry->event->window, manual);
    return add_file(entry, path, text, err) && check_manual_follows(entry, path, manual, err);
}

static bool gather_notes(struct entry *entry, struct ajar_error *err)
{
    for (size_t i = 0; i < entry->news->requirement_count; i++) {
        if (!gather_requirement(entry, &entry->news->requirements[i], err))
            return false;
    }
    for (size_t i = 0; i < entry->news->manual_count; i++) {
        if (!gather_manual(entry, &entry->news->manuals[i], err))
            return false;
    }
    return true;
}

/* They are of what the window was opened with, and of as many people. */
static bool check_approval(const struct entry *entry, size_t index, struct ajar_error *err)
{
    const struct approval_record *approvals = entry->news->approvals;
    const char *saved = entry->news->window->saved;

    if (!saved || strcmp(approvals[index].plan, saved) != 0)
        return ajar_fail(err, AJAR_EJOURNAL,
                         "window %s: the approval of %s is not of the plan that it is opened with",
                         entry->event->window, approvals[index].by);
    for (size_t i = 0; i < index; i++) {
        if (text_same_ignoring_case(approvals[i].by, approvals[index].by))
            return ajar_fail(err, AJAR_EJOURNAL, "window %s: two approvals of %s",
                             entry->event->window, approvals[index].by);
    }
    return true;
}

static bool gather_approvals(struct entry *entry, struct ajar_error *err)
{
    const struct journal_news *news = entry->news;

    if (news->approval_count > 0 && entry->old.id)
        return ajar_fail(err, AJAR_EJOURNAL,
                         "window %s is opened already: nobody approves of it now",
                         entry->event->window);
    for (size_t i = 0; i < news->approval_count; i++) {
        char *path = NULL;
        char *text = NULL;

        if (!check_approval(entry, i, err) ||
            !journal_approval_path(entry->event->window, news->approvals, i, &path, err))
            return false;
        if (!approval_record_write(&news->approvals[i], &text, err)) {
            free(path);
            return false;
        }
        if (!add_file(entry, path, text, err))
            return false;
    }
    return true;
}

static bool gather(struct entry *entry, struct ajar_error *err)
{
    if (!gather_opening(entry, err) || !gather_window(entry, err))
        return false;
    for (size_t i = 0; i < entry->news->count; i++) {
        if (!gather_change(entry, &entry->news->changes[i], err))
            return false;
    }
    return gather_notes(entry, err) && gather_approvals(entry, err);
}

/* The change as it will be: in the news, or as recorded. */
static const struct change_record *find_news(const struct entry *entry,
                                             const struct change_record *recorded)
{
    for (size_t i = 0; i < entry->news->count; i++) {
        const struct change_record *change = &entry->news->changes[i];

        if (strcmp(change->target, recorded->target) == 0 &&
            strcmp(change->kind, recorded->kind) == 0 &&
            strcmp(change->setting, recorded->setting) == 0)
            return change;
    }
    return recorded;
}

/* In a closed window nothing is left to do. */
static bool check_closed(const struct entry *entry, struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };
    const struct window_record *future = entry->news->window ? entry->news->window : &entry->old;

    if (future->state != WINDOW_CLOSED)
        return true;
    if (!journal_read_all(entry->journal, &entry->journal->head, entry->event->window, &window,
                          err))
        return false;
    for (size_t i = 0; i < window.count; i++) {
        const struct change_record *change = find_news(entry, &window.changes[i]);

        if (!rules_is_settled(change))
            return ajar_fail(err, AJAR_EJOURNAL,
                             "window %s cannot be closed: [%s %s] on %s is \"%s\"",
                             entry->event->window, change->kind, change->setting, change->target,
                             change_state_name(change->state));
    }
    return true;
}

/* Appends a text as (a part of) one line. */
static void append_line(struct text *text, const char *line)
{
    size_t from = text->size;

    text_append(text, line);
    for (size_t i = from; i < text->size; i++) {
        if ((unsigned char)text->at[i] < ' ' || text->at[i] == 0x7f)
            text->at[i] = ' ';
    }
}

static void append_trailer(struct text *text, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    text_format(text, "%s: ", key);
    append_line(text, value);
    text_append(text, "\n");
}

/* "Approved: bob@example.test, carol@example.test" */
static void append_approvals(struct text *text, const struct journal_news *news)
{
    for (size_t i = 0; i < news->approval_count; i++)
        text_format(text, "%s%s", i ? ", " : "Approved: ", news->approvals[i].by);
    if (news->approval_count > 0)
        text_append(text, "\n");
}

static bool make_message(const struct entry *entry, char **ret_message, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(MESSAGE_CEILING);
    const struct journal_event *event = entry->event;

    append_line(&text,
                event->subject && *event->subject ? event->subject : event_names[event->kind]);
    text_append(&text, "\n\n");
    append_trailer(&text, "Window", event->window);
    append_trailer(&text, "Event", event_names[event->kind]);
    text_format(&text, "Sequence: %lld\n", (long long)entry->journal->entries + 1);
    append_trailer(&text, "Operator", entry->journal->operator_name);
    append_trailer(&text, "Host", event->host);
    append_trailer(&text, "Ticket", event->ticket);
    append_approvals(&text, entry->news);
    append_trailer(&text, "Offline", entry->journal->offline ? "yes" : NULL);
    return text_take(&text, ret_message, err);
}

/* A clock may have been set back since the last commit; what comes later is not earlier. */
static int64_t time_of_commit(const struct journal *journal)
{
    int64_t now = clock_now(&journal->clock);

    return now > journal->time ? now : journal->time;
}

static bool write_commit(const struct entry *entry, const struct repository_edit *edits,
                         const char *message, struct ajar_error *err)
{
    struct journal *journal = entry->journal;
    OWNED(free) char *email = text_make("ajar@%s", journal->host);
    int64_t now = time_of_commit(journal);
    struct repository_commit commit = {
        .parent = journal->head,
        .message = message,
        .author = { journal->operator_name, journal->operator_email, now },
        .committer = { "ajar", email, now },
        .count = entry->count,
        .edits = edits,
        .sign = journal->sign,
        .sign_user = journal->sign_user,
    };

    if (!email)
        return ajar_no_memory(err);
    return journal_put(journal, entry->event, &commit, err);
}

static bool put(const struct entry *entry, struct ajar_error *err)
{
    OWNED(free) struct repository_edit *edits = calloc(entry->count + 1, sizeof(*edits));
    OWNED(free) char *message = NULL;

    if (!edits)
        return ajar_no_memory(err);
    for (size_t i = 0; i < entry->count; i++)
        edits[i] = (struct repository_edit){
            .path = entry->files[i].path,
            .content = entry->files[i].content,
            .size = strlen(entry->files[i].content),
        };
    return make_message(entry, &message, err) && write_commit(entry, edits, message, err);
}

static bool commit_once(struct journal *journal, const struct journal_event *event,
                        const struct journal_news *news, const struct repository_id *seen,
                        struct ajar_error *err)
{
    OWNED(entry_release)
    struct entry entry = { .journal = journal, .event = event, .news = news, .seen = *seen };

    return check_event(&entry, err) && gather(&entry, err) && check_closed(&entry, err) &&
           put(&entry, err);
}

/* The rules forbid what nobody stood in the way of when it was begun. */
static bool blame_rival(const struct journal *journal, struct ajar_error *err)
{
    err->status = AJAR_ECONFLICT;
    (void)ajar_while(err, "journal %s: %s went on with it, %s", journal->remote, journal->rival,
                     journal->rival_did);
    return ajar_hint(err, "what this run did to the targets stays until somebody decides: ajar "
                          "status --live tells what is there");
}

bool journal_commit(struct journal *journal, const struct journal_event *event,
                    const struct journal_news *news, struct ajar_error *err)
{
    const struct repository_id seen = journal->head;

    for (int tries = 1; !commit_once(journal, event, news, &seen, err); tries++) {
        if (!journal_try_again(journal, event, tries, err))
            return tries > 1 && journal->rival && err->status == AJAR_EJOURNAL
                       ? blame_rival(journal, err)
                       : journal_blame(journal, err);
    }
    return true;
}

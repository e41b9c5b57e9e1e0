/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The journal as a reader finds it: from the outside, by its own readers and by stock git.
 */
#include "journal/journal.h"
#include "property/forest.h"
#include "property/model.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

/* The walk goes from the newest commit to the first. */
struct walk {
    struct journal *journal;
    int64_t sequence;                 /* that the next one has */
    bool lacks[MOST_WINDOWS][THINGS]; /* a later commit does not know the baseline */
};

static void open_journal(struct journal **ret_journal)
{
    struct ajar_error err = AJAR_NO_ERROR;

    if (!journal_open(history->journal, ret_journal, &err))
        violated("the journal cannot be read: %s", err.text);
}

static const struct told_change *find_told(const struct told_window *window,
                                           const struct change_record *record)
{
    for (int i = 0; i < window->count; i++) {
        const struct told_change *change = &window->changes[i];

        if (strcmp(change->setting, record->setting) == 0 &&
            strcmp(forest_names[change->target], record->target) == 0)
            return change;
    }
    violated("%s: nobody was told of %s on %s", window->id, record->setting, record->target);
}

static int find_window(const char *id)
{
    for (int i = 0; i < history->model.window_count; i++) {
        if (strcmp(history->model.windows[i].id, id) == 0)
            return i;
    }
    violated("nobody was told of window %s", id);
}

static void judge_baseline(struct walk *walk, int window, const struct change_record *record)
{
    const struct told_change *change = find_told(&history->model.windows[window], record);
    const struct value before = value_of(&record->before);

    if (change->thing == NO_THING)
        return;
    if (!record->before.known) {
        walk->lacks[window][change->thing] = true;
        return;
    }
    if (walk->lacks[window][change->thing] || !value_same(&before, &change->before))
        violated("%s: the baseline of %s did not stay as it was", history->model.windows[window].id,
                 forest_say(change->thing));
}

static bool judge_commit(void *user, const struct journal_entry *entry, struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window loaded = { 0 };
    struct walk *walk = user;
    int window = find_window(entry->window);

    if (entry->sequence != walk->sequence)
        violated("commit %lld has the sequence %lld", (long long)walk->sequence,
                 (long long)entry->sequence);
    walk->sequence--;
    if (!journal_load_at(walk->journal, &entry->commit->id, entry->window, &loaded, err))
        violated("at commit %lld: %s", (long long)entry->sequence, err->text);
    if ((int)loaded.count != history->model.windows[window].count)
        violated("at commit %lld: %s has %zu changes", (long long)entry->sequence, entry->window,
                 loaded.count);
    for (size_t i = 0; i < loaded.count; i++)
        judge_baseline(walk, window, &loaded.changes[i]);
    return true;
}

static void judge_fsck(void)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(127);
        (void)execlp("git", "git", "-C", history->journal, "fsck", "--strict", "--no-dangling",
                     (char *)NULL);
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        violated("git fsck is not content");
}

void model_judge_journal(void)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(journal_close) struct journal *journal = NULL;
    struct walk walk = { .sequence = history->model.sequence };

    if (history->model.sequence == 0)
        return;
    open_journal(&journal);
    walk.journal = journal;
    if (strcmp(journal_head(journal)->hex, history->model.head) != 0)
        violated("the head of the journal is not the last commit");
    if (!journal_log(journal, judge_commit, &walk, &err))
        violated("the log cannot be read: %s", err.text);
    if (walk.sequence != 0)
        violated("the journal lacks its first %lld commits", (long long)walk.sequence);
    if (history->on_disk && draw(8) == 0)
        judge_fsck();
}

void model_judge_record(const struct told_window *window, const struct told_change *change)
{
    OWNED(journal_window_release) struct journal_window loaded = { 0 };
    OWNED(journal_close) struct journal *journal = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    open_journal(&journal);
    if (!journal_load(journal, window->id, &loaded, &err))
        violated("%s", err.text);
    for (size_t i = 0; i < loaded.count; i++) {
        const struct change_record *record = &loaded.changes[i];
        const struct value before = value_of(&record->before);

        if (find_told(window, record) != change)
            continue;
        if (record->before.known && value_same(&before, &change->before) &&
            (record->state == CHANGE_INTENDED || record->state == CHANGE_RESTORING))
            return;
        violated("%s is written, and the journal has it as %s", forest_say(change->thing),
                 change_state_name(record->state));
    }
    violated("%s is written, and the journal lacks it", forest_say(change->thing));
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the journal is told, commit by commit, as git has it.
 */
#include "base/ini.h"
#include "journal/journal.h"
#include "property/forest.h"
#include "property/model.h"

#include <stdio.h>
#include <string.h>

DEFINE_OWNED(git_commit *, git_commit_free);
DEFINE_OWNED(git_tree *, git_tree_free);
DEFINE_OWNED(git_blob *, git_blob_free);

/* A commit that is looked at, against the model of what was there before. */
struct look {
    struct model *model;
    git_repository *repository;
    git_tree *tree;
    char window[64];
    char event[16];
};

static void take_hex(char to[41], const git_oid *oid)
{
    (void)git_oid_tostr(to, 41, oid);
}

static void take_trailer(const char *message, const char *key, char *to, size_t room)
{
    const char *line = strstr(message, key);

    if (!line || line[-1] != '\n')
        violated("a commit without a trailer \"%s\"", key);
    line += strlen(key);
    (void)snprintf(to, room, "%.*s", (int)strcspn(line, "\n"), line);
}

/* Linear, forward, without gaps. */
static void take_commit(struct look *look, const git_oid *id)
{
    OWNED(git_commit_free) git_commit *commit = NULL;
    char parent[41] = "";
    char sequence[24];
    const char *message;

    if (git_commit_lookup(&commit, look->repository, id) != 0 ||
        git_commit_tree(&look->tree, commit) != 0)
        violated("the head of the journal cannot be read");
    if (git_commit_parentcount(commit) > 1)
        violated("a commit has several parents");
    if (git_commit_parentcount(commit) == 1)
        take_hex(parent, git_commit_parent_id(commit, 0));
    if (strcmp(parent, look->model->head) != 0)
        violated("a commit is not on top of the head that was there");
    message = git_commit_message(commit);
    take_trailer(message, "Window: ", look->window, sizeof(look->window));
    take_trailer(message, "Event: ", look->event, sizeof(look->event));
    take_trailer(message, "Sequence: ", sequence, sizeof(sequence));
    if (strtoll(sequence, NULL, 10) != look->model->sequence + 1)
        violated("commit %lld has the sequence %s", (long long)look->model->sequence + 1, sequence);
    look->model->sequence++;
    if ((int64_t)git_commit_time(commit) < look->model->last_commit)
        violated("a commit is earlier than the one before it");
    look->model->last_commit = (int64_t)git_commit_time(commit);
    take_hex(look->model->head, id);
}

static struct told_window *find_window(struct model *model, const char *id)
{
    for (int i = 0; i < model->window_count; i++) {
        if (strcmp(model->windows[i].id, id) == 0)
            return &model->windows[i];
    }
    return NULL;
}

/* The id of what is at this path; "" when there is nothing. */
static void find_entry(const struct look *look, const char *path, char ret_hex[41])
{
    git_tree_entry *entry = NULL;

    ret_hex[0] = '\0';
    if (git_tree_entry_bypath(&entry, look->tree, path) != 0)
        return;
    take_hex(ret_hex, git_tree_entry_id(entry));
    git_tree_entry_free(entry);
}

/* All but the window of the event stay as they are. */
static void judge_others(const struct look *look)
{
    for (int i = 0; i < look->model->window_count; i++) {
        struct told_window *window = &look->model->windows[i];
        char path[96];
        char tree[41];

        (void)snprintf(path, sizeof(path), "windows/%s", window->id);
        find_entry(look, path, tree);
        if (strcmp(window->id, look->window) == 0)
            memcpy(window->tree, tree, sizeof(tree));
        else if (strcmp(window->tree, tree) != 0)
            violated("an event of %s changes %s", look->window, window->id);
    }
}

static int find_plan(const char *name)
{
    for (int i = 0; i < history->plan_count; i++) {
        if (strcmp(history->plans[i].name, name) == 0)
            return i;
    }
    violated("a window of a plan \"%s\"", name);
}

static struct told_window *add_window(struct model *model, const char *id)
{
    struct told_window *window = &model->windows[model->window_count];

    if (model->window_count == MOST_WINDOWS)
        violated("too many windows for the model");
    model->window_count++;
    (void)snprintf(window->id, sizeof(window->id), "%s", id);
    window->plan = -1;
    return window;
}

static void read_blob(const struct look *look, const git_oid *id, git_blob **ret_blob)
{
    if (git_blob_lookup(ret_blob, look->repository, id) != 0)
        violated("a file of the journal cannot be read");
}

static void take_window_record(const struct look *look, struct told_window *window, bool opens)
{
    OWNED(window_record_release) struct window_record record = { 0 };
    OWNED(git_blob_free) git_blob *blob = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    char path[96];
    char hex[41];
    git_oid id;

    (void)snprintf(path, sizeof(path), "windows/%s/window.ini", window->id);
    find_entry(look, path, hex);
    if (git_oid_fromstr(&id, hex) != 0)
        violated("window %s has no window.ini", window->id);
    read_blob(look, &id, &blob);
    if (!window_record_read(path, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob),
                            &record, &err))
        violated("%s", err.text);
    if (opens && model_find_open(find_plan(record.plan)))
        violated("plan %s is opened a second time", record.plan);
    if (!opens && window->state == WINDOW_CLOSED && record.state != WINDOW_CLOSED)
        violated("window %s was closed, and is %s", window->id, window_state_name(record.state));
    window->plan = find_plan(record.plan);
    window->state = record.state;
    if (!opens && window->until != record.until &&
        (strcmp(look->event, "extended") != 0 || record.until < window->until))
        violated("the end of window %s moves in an event \"%s\"", window->id, look->event);
    window->until = record.until;
    if ((record.state == WINDOW_CLOSED) != (record.closed != 0))
        violated("window %s does not know whether it is closed", window->id);
    (void)snprintf(path, sizeof(path), "windows/%s/plan.ini", window->id);
    find_entry(look, path, hex);
    if (!opens && strcmp(window->plan_blob, hex) != 0)
        violated("the plan of window %s has changed", window->id);
    memcpy(window->plan_blob, hex, sizeof(hex));
}

static int thing_of(const struct change_record *record, int target)
{
    const char *colon = strchr(record->thing, ':');

    return colon ? target * IDS + (colon[1] - '0') : NO_THING;
}

static struct told_change *find_change(struct told_window *window, int target, const char *setting)
{
    for (int i = 0; i < window->count; i++) {
        if (window->changes[i].target == target && strcmp(window->changes[i].setting, setting) == 0)
            return &window->changes[i];
    }
    return NULL;
}

/* Taken once, and what the world really was. */
static void take_baseline(const struct told_window *window, struct told_change *change,
                          const struct change_record *record)
{
    const struct value before = value_of(&record->before);
    const struct known_thing *known = &history->model.things[change->thing];

    if (change->has_before) {
        if (!record->before.known || !value_same(&change->before, &before))
            violated("%s: the baseline of %s was %s, and is %s", window->id,
                     forest_say(change->thing), value_say(&change->before), value_say(&before));
        return;
    }
    if (!record->before.known)
        return;
    if (known->seen_in != history->model.command || !value_same(&known->seen, &before))
        violated("%s: the baseline of %s is %s, and that is not what was read", window->id,
                 forest_say(change->thing), value_say(&before));
    change->has_before = true;
    change->before = before;
    change->touched = known->touched_at > known->seen_at;
}

static bool is_seen(const struct told_change *change, const struct value *meant)
{
    const struct known_thing *known = &history->model.things[change->thing];

    return known->seen_in == history->model.command && value_same(&known->seen, meant);
}

/* Too soon for something to be begun. */
static bool ends_soon(const struct told_window *window)
{
    return window->until > 0 && model_now() + 60 > window->until;
}

/* A state that is new is a claim. */
static void judge_claim(const struct told_window *window, const struct told_change *change)
{
    bool failed = history->model.failed_in[change->target] == history->model.command;

    switch (change->state) {
    case CHANGE_INTENDED:
    case CHANGE_RESTORING:
        if (!change->has_before)
            violated("%s: %s is to be written without a baseline", window->id,
                     forest_say(change->thing));
        return;
    case CHANGE_APPLIED:
        if (!is_seen(change, &change->wanted))
            violated("%s: %s is said to be applied, and was not seen to be", window->id,
                     forest_say(change->thing));
        return;
    case CHANGE_RESTORED:
        if (change->has_before && !is_seen(change, &change->before))
            violated("%s: %s is said to be restored, and was not seen to be", window->id,
                     forest_say(change->thing));
        return;
    case CHANGE_CONFLICT:
        if (!change->touched)
            violated("%s: somebody is said to have changed %s, and nobody did", window->id,
                     forest_say(change->thing));
        if (change->kept && !(history->model.permissions & MAY_KEEP))
            violated("%s: %s is given up, and nobody said so", window->id,
                     forest_say(change->thing));
        return;
    case CHANGE_FAILED:
    case CHANGE_UNKNOWN:
        if (!failed && !change->touched && !ends_soon(window))
            violated("%s: %s is said to have failed, and nothing went wrong", window->id,
                     forest_say(change->thing));
        return;
    }
}

/* What could not be put back is owed, since the first try, until it is put back or kept. */
static void take_debt(const struct told_window *window, struct told_change *change,
                      const struct change_record *record)
{
    bool failed =
        record->closing && (record->state == CHANGE_FAILED || record->state == CHANGE_UNKNOWN);
    bool over = record->state == CHANGE_RESTORED || record->kept;

    if ((failed && !record->owed) || (change->owed && !over && record->owed != change->owed) ||
        (!over && record->tries < change->tries))
        violated("%s: since when %s is owed, or how often it was tried, is forgotten", window->id,
                 record->setting);
    change->owed = record->owed;
    change->tries = record->tries;
}

static void take_change(const struct look *look, struct told_window *window,
                        const struct change_record *record, bool opens)
{
    int target = forest_find(record->target);
    struct told_change *change = find_change(window, target, record->setting);
    bool fresh = !change;
    enum change_state old = fresh ? CHANGE_INTENDED : change->state;
    bool was_closing = !fresh && change->closing;

    if (fresh && !opens)
        violated("%s: %s on %s was not there when it opened", window->id, record->setting,
                 record->target);
    if (fresh) {
        if (window->count == MOST_CHANGES)
            violated("too many changes for the model");
        change = &window->changes[window->count++];
        (void)snprintf(change->setting, sizeof(change->setting), "%s", record->setting);
        change->target = target;
        change->thing = thing_of(record, target);
        change->wanted = value_of(&record->wanted);
    }
    (void)look;
    change->state = record->state;
    change->closing = record->closing;
    change->kept = record->kept;
    take_debt(window, change, record);
    change->acts = strcmp(record->action, "none") != 0;
    if (change->thing == NO_THING)
        return;
    take_baseline(window, change, record);
    if (fresh || old != change->state || was_closing != change->closing)
        judge_claim(window, change);
}

static void take_file(const struct look *look, struct told_window *window,
                      const git_tree_entry *entry, bool opens)
{
    OWNED(change_record_release) struct change_record record = { 0 };
    OWNED(git_blob_free) git_blob *blob = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    struct told_change *change;
    char hex[41];

    take_hex(hex, git_tree_entry_id(entry));
    for (int i = 0; i < window->count; i++) {
        if (strcmp(window->changes[i].blob, hex) == 0)
            return;
    }
    read_blob(look, git_tree_entry_id(entry), &blob);
    if (!change_record_read(git_tree_entry_name(entry), git_blob_rawcontent(blob),
                            (size_t)git_blob_rawsize(blob), &record, &err))
        violated("%s", err.text);
    take_change(look, window, &record, opens);
    change = find_change(window, forest_find(record.target), record.setting);
    memcpy(change->blob, hex, sizeof(hex));
}

static void take_changes(const struct look *look, struct told_window *window, bool opens)
{
    for (int target = 0; target < TARGETS; target++) {
        OWNED(git_tree_free) git_tree *folder = NULL;
        char path[128];
        char hex[41];
        git_oid id;

        (void)snprintf(path, sizeof(path), "windows/%s/changes/%s", window->id,
                       forest_names[target]);
        find_entry(look, path, hex);
        if (!hex[0])
            continue;
        if (git_oid_fromstr(&id, hex) != 0 || git_tree_lookup(&folder, look->repository, &id) != 0)
            violated("%s cannot be read", path);
        for (size_t i = 0; i < git_tree_entrycount(folder); i++)
            take_file(look, window, git_tree_entry_byindex(folder, i), opens);
    }
}

void model_takes_commit(git_repository *repository, const git_oid *id)
{
    struct look look = { .model = &history->model, .repository = repository };
    struct told_window *window;
    bool opens;

    take_commit(&look, id);
    history->model.commits++;
    history_note("    commit %lld: %s %s", (long long)look.model->sequence, look.event,
                 look.window);
    window = find_window(look.model, look.window);
    opens = strcmp(look.event, "opened") == 0;
    if (opens == (window != NULL))
        violated(opens ? "window %s is opened a second time" : "there is no window %s",
                 look.window);
    if (!window)
        window = add_window(look.model, look.window);
    judge_others(&look);
    take_window_record(&look, window, opens);
    take_changes(&look, window, opens);
    git_tree_free(look.tree);
}

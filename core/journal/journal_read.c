/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "journal/inside.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define MOST_TRIES 1000

char *journal_window_path(const char *id)
{
    return text_make("windows/%s/window.ini", id);
}

char *journal_plan_path(const char *id)
{
    return text_make("windows/%s/plan.ini", id);
}

char *journal_change_path(const char *id, const struct change_record *change)
{
    return text_make("windows/%s/changes/%s/%s-%s.ini", id, change->target, change->kind,
                     change->setting);
}

char *journal_requirement_path(const char *id, const struct requirement_record *requirement)
{
    return text_make("windows/%s/requirements/%s/%s.ini", id, requirement->target,
                     requirement->name);
}

char *journal_manual_path(const char *id, const struct manual_record *manual)
{
    return text_make("windows/%s/manual/%s.ini", id, manual->name);
}

bool journal_approval_path(const char *id, const struct approval_record *list, size_t index,
                           char **ret_path, struct ajar_error *err)
{
    OWNED(free) char *name = NULL;

    if (!approvals_file_name(list, index, &name, err))
        return false;
    *ret_path = text_make("windows/%s/approvals/%s", id, name);
    return *ret_path || ajar_no_memory(err);
}

bool journal_read_window(struct journal *journal, const struct repository_id *commit,
                         const char *id, struct window_record *ret_window, struct ajar_error *err)
{
    OWNED(free) char *path = journal_window_path(id);
    OWNED(free) char *text = NULL;
    OWNED(window_record_release) struct window_record window = { 0 };
    size_t size = 0;

    if (!path)
        return ajar_no_memory(err);
    if (!record_is_safe_name(id))
        return ajar_fail(err, AJAR_EMISSING, "\"%.80s\" is no window", id);
    if (!repository_read(journal->repository, commit, path, &text, &size, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        return ajar_fail(err, AJAR_EMISSING, "there is no window %s", id);
    }
    if (!window_record_read(path, text, size, &window, err))
        return false;
    if (strcmp(window.id, id) != 0)
        return ajar_fail(err, AJAR_EJOURNAL, "%s: it is of window %s", path, window.id);
    *ret_window = window;
    window = (struct window_record){ 0 };
    return true;
}

bool journal_read_change(struct journal *journal, const struct repository_id *commit,
                         const char *path, struct change_record *ret_change, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    size_t size = 0;

    return repository_read(journal->repository, commit, path, &text, &size, err) &&
           change_record_read(path, text, size, ret_change, err);
}

static bool is_taken(struct journal *journal, const char *id, bool *ret_taken,
                     struct ajar_error *err)
{
    OWNED(window_record_release) struct window_record window = { 0 };
    bool found = journal_read_window(journal, &journal->head, id, &window, err);

    if (!found && err->status != AJAR_EMISSING)
        return journal_blame(journal, err);
    *err = AJAR_NO_ERROR;
    *ret_taken = found;
    return true;
}

bool journal_make_id(struct journal *journal, const char *plan, int64_t opened, char **ret_id,
                     struct ajar_error *err)
{
    struct clock_text stamp = clock_write_stamp(opened);

    if (!record_is_safe_name(plan) || strlen(plan) > 150)
        return ajar_fail(err, AJAR_EJOURNAL, "\"%.160s\" cannot be part of a file name", plan);
    for (int i = 1; i <= MOST_TRIES; i++) {
        OWNED(free)
        char *id =
            i == 1 ? text_make("%s-%s", stamp.at, plan) : text_make("%s-%s-%d", stamp.at, plan, i);
        bool taken = false;

        if (!id)
            return ajar_no_memory(err);
        if (!is_taken(journal, id, &taken, err))
            return false;
        if (!taken) {
            *ret_id = id;
            id = NULL;
            return true;
        }
    }
    return ajar_fail(err, AJAR_EJOURNAL, "journal %s: no name is left for a window", journal->path);
}

void journal_windows_release(struct journal_windows *windows)
{
    for (size_t i = 0; i < windows->count; i++)
        window_record_release(&windows->list[i]);
    free(windows->list);
    *windows = (struct journal_windows){ 0 };
}

static int compare_ids(const void *a, const void *b)
{
    const struct window_record *first = a;
    const struct window_record *second = b;

    return strcmp(first->id, second->id);
}

static bool read_windows(struct journal *journal, struct journal_windows *windows,
                         struct ajar_error *err)
{
    OWNED(repository_names_release) struct repository_names ids = { 0 };

    if (!repository_list(journal->repository, &journal->head, "windows", &ids, err))
        return false;
    windows->list = calloc(ids.count + 1, sizeof(*windows->list));
    if (!windows->list)
        return ajar_no_memory(err);
    for (size_t i = 0; i < ids.count; i++) {
        if (!journal_read_window(journal, &journal->head, ids.list[i], &windows->list[i], err))
            return false;
        windows->count++;
    }
    qsort(windows->list, windows->count, sizeof(*windows->list), compare_ids);
    return true;
}

bool journal_list(struct journal *journal, struct journal_windows *ret_windows,
                  struct ajar_error *err)
{
    OWNED(journal_windows_release) struct journal_windows windows = { 0 };

    if (!read_windows(journal, &windows, err))
        return journal_blame(journal, err);
    *ret_windows = windows;
    windows = (struct journal_windows){ 0 };
    return true;
}

void journal_window_release(struct journal_window *window)
{
    window_record_release(&window->window);
    for (size_t i = 0; i < window->count; i++)
        change_record_release(&window->changes[i]);
    for (size_t i = 0; i < window->requirement_count; i++)
        requirement_record_release(&window->requirements[i]);
    for (size_t i = 0; i < window->manual_count; i++)
        manual_record_release(&window->manuals[i]);
    free(window->changes);
    free(window->requirements);
    free(window->manuals);
    free(window->plan);
    approvals_release(&window->approvals);
    *window = (struct journal_window){ 0 };
}

/* A record must be the one that its file's path names. */
static bool check_path(const char *path, const char *expected, struct ajar_error *err)
{
    return strcmp(expected, path) == 0 ||
           ajar_fail(err, AJAR_EJOURNAL, "%s: it is the record of %s", path, expected);
}

/* Adds the change in this file. */
static bool add_change(struct journal *journal, const struct repository_id *commit,
                       const char *path, struct journal_window *window, struct ajar_error *err)
{
    struct change_record *changes =
        reallocarray(window->changes, window->count + 1, sizeof(*changes));
    OWNED(free) char *expected = NULL;

    if (!changes)
        return ajar_no_memory(err);
    window->changes = changes;
    if (!journal_read_change(journal, commit, path, &changes[window->count], err))
        return false;
    expected = journal_change_path(window->window.id, &changes[window->count]);
    window->count++;
    return expected ? check_path(path, expected, err) : ajar_no_memory(err);
}

bool journal_read_manual(struct journal *journal, const struct repository_id *commit,
                         const char *path, struct manual_record *ret_manual, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    size_t size = 0;

    return repository_read(journal->repository, commit, path, &text, &size, err) &&
           manual_record_read(path, text, size, ret_manual, err);
}

static bool add_requirement(struct journal *journal, const struct repository_id *commit,
                            const char *path, struct journal_window *window, struct ajar_error *err)
{
    struct requirement_record *more =
        reallocarray(window->requirements, window->requirement_count + 1, sizeof(*more));
    OWNED(free) char *text = NULL;
    OWNED(free) char *expected = NULL;
    size_t size = 0;

    if (!more)
        return ajar_no_memory(err);
    window->requirements = more;
    if (!repository_read(journal->repository, commit, path, &text, &size, err) ||
        !requirement_record_read(path, text, size, &more[window->requirement_count], err))
        return false;
    expected = journal_requirement_path(window->window.id, &more[window->requirement_count++]);
    return expected ? check_path(path, expected, err) : ajar_no_memory(err);
}

static bool add_manual(struct journal *journal, const struct repository_id *commit,
                       const char *path, struct journal_window *window, struct ajar_error *err)
{
    struct manual_record *more =
        reallocarray(window->manuals, window->manual_count + 1, sizeof(*more));
    OWNED(free) char *expected = NULL;

    if (!more)
        return ajar_no_memory(err);
    window->manuals = more;
    if (!journal_read_manual(journal, commit, path, &more[window->manual_count], err))
        return false;
    expected = journal_manual_path(window->window.id, &more[window->manual_count++]);
    return expected ? check_path(path, expected, err) : ajar_no_memory(err);
}

static bool add_approval(struct journal *journal, const struct repository_id *commit,
                         const char *path, struct journal_window *window, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    OWNED(approval_record_release) struct approval_record approval = { 0 };
    size_t size = 0;

    if (!repository_read(journal->repository, commit, path, &text, &size, err) ||
        !approval_record_read(path, text, size, &approval, err))
        return false;
    if (!approval_fits_file(&approval, strrchr(path, '/') + 1))
        return ajar_fail(err, AJAR_EJOURNAL, "%s: it is the approval of %s", path, approval.by);
    return approvals_add(&window->approvals, &approval, err);
}

/* Reads one file of a window into it. */
typedef bool add_record(struct journal *journal, const struct repository_id *commit,
                        const char *path, struct journal_window *window, struct ajar_error *err);

/* A folder of files; with `depth` 1, of folders of files. One that is not there has none. */
static bool read_folder(struct journal *journal, const struct repository_id *commit,
                        const char *folder, int depth, add_record *add,
                        struct journal_window *window, struct ajar_error *err)
{
    OWNED(repository_names_release) struct repository_names names = { 0 };

    if (!repository_list(journal->repository, commit, folder, &names, err))
        return false;
    for (size_t i = 0; i < names.count; i++) {
        OWNED(free) char *path = text_make("%s/%s", folder, names.list[i]);

        if (!path)
            return ajar_no_memory(err);
        if (depth > 0 ? !read_folder(journal, commit, path, depth - 1, add, window, err)
                      : !add(journal, commit, path, window, err))
            return false;
    }
    return true;
}

static bool read_records(struct journal *journal, const struct repository_id *commit,
                         const char *id, struct journal_window *window, struct ajar_error *err)
{
    OWNED(free) char *changes = text_make("windows/%s/changes", id);
    OWNED(free) char *requirements = text_make("windows/%s/requirements", id);
    OWNED(free) char *manuals = text_make("windows/%s/manual", id);
    OWNED(free) char *approvals = text_make("windows/%s/approvals", id);

    if (!changes || !requirements || !manuals || !approvals)
        return ajar_no_memory(err);
    return read_folder(journal, commit, changes, 1, add_change, window, err) &&
           read_folder(journal, commit, requirements, 1, add_requirement, window, err) &&
           read_folder(journal, commit, manuals, 0, add_manual, window, err) &&
           read_folder(journal, commit, approvals, 0, add_approval, window, err);
}

static bool read_plan(struct journal *journal, const struct repository_id *commit, const char *id,
                      char **ret_plan, struct ajar_error *err)
{
    OWNED(free) char *path = journal_plan_path(id);
    size_t size = 0;

    if (!path)
        return ajar_no_memory(err);
    if (repository_read(journal->repository, commit, path, ret_plan, &size, err))
        return true;
    err->status = AJAR_EJOURNAL;
    return false;
}

bool journal_read_all(struct journal *journal, const struct repository_id *commit, const char *id,
                      struct journal_window *ret_window, struct ajar_error *err)
{
    OWNED(journal_window_release) struct journal_window window = { 0 };

    if (!journal_read_window(journal, commit, id, &window.window, err) ||
        !read_plan(journal, commit, id, &window.plan, err) ||
        !read_records(journal, commit, id, &window, err))
        return false;
    *ret_window = window;
    window = (struct journal_window){ 0 };
    return true;
}

bool journal_load_at(struct journal *journal, const struct repository_id *commit, const char *id,
                     struct journal_window *ret_window, struct ajar_error *err)
{
    return journal_read_all(journal, commit, id, ret_window, err) || journal_blame(journal, err);
}

bool journal_load(struct journal *journal, const char *id, struct journal_window *ret_window,
                  struct ajar_error *err)
{
    return journal_load_at(journal, &journal->head, id, ret_window, err);
}

struct log_reader {
    journal_visit *visit;
    void *user;
};

static bool show_entry(void *user, const struct repository_entry *commit, struct ajar_error *err)
{
    const struct log_reader *reader = user;
    OWNED(free)
    char *subject = text_copy_bytes(commit->message, strcspn(commit->message, "\n"));
    struct journal_entry entry = {
        .commit = commit,
        .subject = subject,
        .window = repository_trailer(commit, "Window"),
        .event = repository_trailer(commit, "Event"),
        .operator_name = repository_trailer(commit, "Operator"),
        .host = repository_trailer(commit, "Host"),
        .ticket = repository_trailer(commit, "Ticket"),
        .approved = repository_trailer(commit, "Approved"),
        .sequence = journal_read_sequence(repository_trailer(commit, "Sequence")),
    };

    if (!subject)
        return ajar_no_memory(err);
    return reader->visit(reader->user, &entry, err);
}

bool journal_log(struct journal *journal, journal_visit *visit, void *user, struct ajar_error *err)
{
    struct log_reader reader = { visit, user };

    return repository_walk(journal->repository, &journal->head, show_entry, &reader, err) ||
           journal_blame(journal, err);
}

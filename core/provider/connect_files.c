/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/connect_files.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { DEPTH = 3, TROUBLES_CEILING = 1000 };

struct candidate {
    char *path; /* below the folder */
    bool is_policy;
    int64_t time; /* by which the newest is found */
    uint64_t size;
};

struct search {
    struct target *target;
    const struct export_folder *folder;
    size_t entries; /* looked at so far */
    size_t count;
    size_t room;
    struct candidate *candidates;
    struct text troubles;
    struct connect_files *files;
};

static void search_release(struct search *search)
{
    for (size_t i = 0; i < search->count; i++)
        free(search->candidates[i].path);
    free(search->candidates);
    text_release(&search->troubles);
}
DEFINE_OWNED_STRUCT(struct search, search_release);

/* A text that gets too long is told as far as it goes. */
static void add_trouble(struct search *search, const char *path, const char *what)
{
    if (search->troubles.size + strlen(path) + strlen(what) + 4 < TROUBLES_CEILING)
        text_format(&search->troubles, "%s%s%s%s", search->troubles.size ? "; " : "", path,
                    *path ? ": " : "", what);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool has_ending(const char *name, const char *ending)
{
    size_t size = strlen(name);
    size_t its = strlen(ending);

    return size >= its && strcasecmp(name + size - its, ending) == 0;
}

static bool is_wanted(const struct folder_entry *entry, struct candidate *candidate)
{
    int64_t time = 0;

    candidate->is_policy = connect_policy_is_name(entry->name, &time);
    candidate->time = time > 0 ? time : entry->modified;
    candidate->size = entry->size;
    return candidate->is_policy || has_ending(entry->name, ".xml");
}

static bool add_candidate(struct search *search, struct candidate *candidate,
                          struct ajar_error *err)
{
    if (search->count == search->room) {
        size_t room = search->room ? 2 * search->room : 16;
        struct candidate *larger = realloc(search->candidates, room * sizeof(*larger));

        if (!larger)
            return ajar_no_memory(err);
        search->candidates = larger;
        search->room = room;
    }
    search->candidates[search->count++] = *candidate;
    *candidate = (struct candidate){ 0 };
    return true;
}

static bool walk(struct search *search, const char *below, int depth, struct ajar_error *err);

/* A folder inside that cannot be read is a trouble. */
static void enter(struct search *search, const char *path, int depth)
{
    struct ajar_error refused = AJAR_NO_ERROR;

    if (!strcasestr(name_of(path), "SynchronizationRules") && depth < DEPTH &&
        !walk(search, path, depth + 1, &refused))
        add_trouble(search, "", refused.text);
}

static bool is_plain(const char *name)
{
    for (; *name; name++) {
        if ((unsigned char)*name < 0x20 || *name == 0x7f)
            return false;
    }
    return true;
}

static bool consider(struct search *search, const char *below, const struct folder_entry *entry,
                     int depth, struct ajar_error *err)
{
    OWNED(free) char *path = text_make("%s%s%s", below, *below ? "/" : "", entry->name);
    struct candidate candidate = { 0 };

    if (!path)
        return ajar_no_memory(err);
    if (!is_plain(entry->name)) {
        add_trouble(search, below, "a name with control characters in it is passed over");
        return true;
    }
    if (entry->kind == FOLDER_FOLDER)
        enter(search, path, depth);
    if (entry->kind == FOLDER_FOLDER || !is_wanted(entry, &candidate))
        return true;
    if (entry->kind == FOLDER_LINK) {
        add_trouble(search, path, "leads elsewhere, and is not followed");
        return true;
    }
    candidate.path = path;
    if (!add_candidate(search, &candidate, err))
        return false;
    path = NULL;
    return true;
}

static bool walk(struct search *search, const char *below, int depth, struct ajar_error *err)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };

    if (!export_folder_list(search->target, search->folder, below,
                            CONNECT_ENTRIES_CEILING - search->entries, &list, err))
        return false;
    search->entries += list.count;
    if (list.is_cut)
        add_trouble(search, *below ? below : search->folder->name,
                    "there is more in it than is looked at");
    for (size_t i = 0; i < list.count; i++) {
        if (!consider(search, below, &list.entries[i], depth, err))
            return false;
    }
    return true;
}

/* Newest first; the path decides between equals, so that each look comes to the same. */
static int compare(const void *a, const void *b)
{
    const struct candidate *one = a;
    const struct candidate *other = b;

    if (one->time != other->time)
        return one->time > other->time ? -1 : 1;
    return strcmp(one->path, other->path);
}

static bool is_known(const struct connect_files *files, const struct connect_export *facts)
{
    for (size_t i = 0; facts->has_id && i < files->count; i++) {
        if (files->connectors[i].facts.has_id &&
            guid_same(&files->connectors[i].facts.id, &facts->id))
            return true;
    }
    return false;
}

/* Takes the facts of a connector, if they are the newest of it. There is room for each candidate.
 */
static bool take_connector(struct connect_files *files, const struct candidate *candidate,
                           struct connect_export *facts, bool is_unread, struct ajar_error *err)
{
    struct connect_connector *connector = &files->connectors[files->count];

    if ((!facts->has_id && facts->password_hash_sync == CONNECT_UNSAID) || is_known(files, facts))
        return true;
    connector->source.file = text_copy(candidate->path);
    if (!connector->source.file)
        return ajar_no_memory(err);
    connector->source.modified = candidate->time;
    connector->is_unread = is_unread;
    connector->facts = *facts;
    *facts = (struct connect_export){ 0 };
    files->count++;
    return true;
}

static bool take_staging(struct connect_files *files, const struct candidate *candidate,
                         enum connect_word staging, struct ajar_error *err)
{
    if (staging == CONNECT_UNSAID || files->staging != CONNECT_UNSAID)
        return true;
    files->staging_source.file = text_copy(candidate->path);
    if (!files->staging_source.file)
        return ajar_no_memory(err);
    files->staging_source.modified = candidate->time;
    files->staging = staging;
    return true;
}

static bool take_export(struct search *search, const struct candidate *candidate,
                        const struct bytes *bytes, struct ajar_error *err)
{
    OWNED(connect_export_release) struct connect_export facts = { 0 };
    struct ajar_error refused = AJAR_NO_ERROR;
    const char *name = name_of(candidate->path);
    bool is_read = connect_export_read(name, bytes, &facts, &refused);

    if (!is_read) {
        add_trouble(search, candidate->path, refused.text);
        facts.has_id = connect_export_id_of_name(name, &facts.id);
    }
    return take_staging(search->files, candidate, facts.staging, err) &&
           take_connector(search->files, candidate, &facts, !is_read, err);
}

static bool take_policy(struct search *search, const struct candidate *candidate,
                        const struct bytes *bytes, struct ajar_error *err)
{
    struct ajar_error refused = AJAR_NO_ERROR;

    if (search->files->policy_file)
        return true;
    if (!connect_policy_read(bytes, &search->files->policy, &refused)) {
        add_trouble(search, candidate->path, refused.text);
        return true;
    }
    search->files->policy_file = text_copy(candidate->path);
    return search->files->policy_file || ajar_no_memory(err);
}

static bool take(struct search *search, const struct candidate *candidate, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error refused = AJAR_NO_ERROR;

    if (!export_folder_file(search->target, search->folder, candidate->path, CONNECT_FILE_CEILING,
                            &bytes, &refused)) {
        add_trouble(search, "", refused.text);
        return true;
    }
    return (candidate->is_policy ? take_policy : take_export)(search, candidate, &bytes, err);
}

static bool take_all(struct search *search, struct ajar_error *err)
{
    uint64_t size = 0;

    search->files->connectors =
        calloc(search->count ? search->count : 1, sizeof(*search->files->connectors));
    if (!search->files->connectors)
        return ajar_no_memory(err);
    if (search->count > 0)
        qsort(search->candidates, search->count, sizeof(*search->candidates), compare);
    for (size_t i = 0; i < search->count; i++) {
        size += search->candidates[i].size;
        if (i == CONNECT_FILES_CEILING || size > CONNECT_BYTES_CEILING) {
            add_trouble(search, search->folder->name, "has more files than are read");
            return true;
        }
        if (!take(search, &search->candidates[i], err))
            return false;
    }
    return true;
}

bool connect_files_read(struct target *target, const struct export_folder *folder,
                        struct connect_files *ret_files, struct ajar_error *err)
{
    OWNED(connect_files_release) struct connect_files files = { 0 };
    OWNED(search_release)
    struct search search = { .target = target,
                             .folder = folder,
                             .troubles = TEXT_UP_TO(TROUBLES_CEILING),
                             .files = &files };

    if (!walk(&search, "", 0, err) || !take_all(&search, err))
        return false;
    if (search.troubles.size > 0 && !text_take(&search.troubles, &files.troubles, err))
        return false;
    *ret_files = files;
    files = (struct connect_files){ 0 };
    return true;
}

void connect_files_release(struct connect_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        connect_export_release(&files->connectors[i].facts);
        free(files->connectors[i].source.file);
    }
    free(files->connectors);
    free(files->staging_source.file);
    connect_policy_release(&files->policy);
    free(files->policy_file);
    free(files->troubles);
    *files = (struct connect_files){ 0 };
}

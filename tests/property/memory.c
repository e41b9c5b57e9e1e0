/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property/memory.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "property/history.h"

#include <errno.h>
#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ROOM 8192U /* a power of two, and more than a history writes */

static struct object {
    bool there;
    git_oid id;
    git_object_t type;
    size_t size;
    void *bytes;
} objects[ROOM];

static size_t object_count;
static bool is_used;
static git_odb *store;

/* The slot of an object, or the free one that it would take. */
static struct object *find(const git_oid *id)
{
    size_t slot = ((size_t)id->id[0] << 8 | id->id[1]) % ROOM;

    while (objects[slot].there && !git_oid_equal(&objects[slot].id, id))
        slot = (slot + 1) % ROOM;
    return &objects[slot];
}

static int read_object(void **ret_bytes, size_t *ret_size, git_object_t *ret_type,
                       git_odb_backend *backend, const git_oid *id)
{
    const struct object *object = find(id);

    if (!object->there)
        return GIT_ENOTFOUND;
    *ret_bytes = git_odb_backend_data_alloc(backend, object->size + 1);
    if (!*ret_bytes)
        return -1;
    memcpy(*ret_bytes, object->bytes, object->size);
    ((char *)*ret_bytes)[object->size] = '\0';
    *ret_size = object->size;
    *ret_type = object->type;
    return 0;
}

static int read_header(size_t *ret_size, git_object_t *ret_type, git_odb_backend *backend,
                       const git_oid *id)
{
    const struct object *object = find(id);

    (void)backend;
    if (!object->there)
        return GIT_ENOTFOUND;
    *ret_size = object->size;
    *ret_type = object->type;
    return 0;
}

static int write_object(git_odb_backend *backend, const git_oid *id, const void *bytes, size_t size,
                        git_object_t type)
{
    struct object *object = find(id);

    (void)backend;
    if (object->there)
        return 0;
    if (++object_count > ROOM / 2)
        violated("a history of more objects than there is room for");
    *object = (struct object){ .there = true, .id = *id, .type = type, .size = size };
    object->bytes = malloc(size + 1);
    if (!object->bytes)
        return -1;
    memcpy(object->bytes, bytes, size);
    return 0;
}

static int has_object(git_odb_backend *backend, const git_oid *id)
{
    (void)backend;
    return find(id)->there ? 1 : 0;
}

static void free_backend(git_odb_backend *backend)
{
    free(backend);
}

static void make_store(void)
{
    git_odb_backend *backend = calloc(1, sizeof(*backend));

    if (!backend || git_odb_init_backend(backend, GIT_ODB_BACKEND_VERSION) != 0 ||
        git_odb_new(&store) != 0)
        violated("no store for objects");
    backend->read = read_object;
    backend->read_header = read_header;
    backend->write = write_object;
    backend->exists = has_object;
    backend->free = free_backend;
    if (git_odb_add_backend(store, backend, 1) != 0)
        violated("no store for objects");
}

void memory_begin(bool in_memory)
{
    for (size_t i = 0; i < ROOM; i++)
        free(objects[i].bytes);
    memset(objects, 0, sizeof(objects));
    object_count = 0;
    git_odb_free(store);
    store = NULL;
    is_used = in_memory;
    if (is_used)
        make_store();
}

int __real_git_repository_open_ext(git_repository **ret_repository, const char *path,
                                   unsigned flags, const char *ceilings);
int __wrap_git_repository_open_ext(git_repository **ret_repository, const char *path,
                                   unsigned flags, const char *ceilings);

int __wrap_git_repository_open_ext(git_repository **ret_repository, const char *path,
                                   unsigned flags, const char *ceilings)
{
    int code = __real_git_repository_open_ext(ret_repository, path, flags, ceilings);

    return code == 0 && is_used ? git_repository_set_odb(*ret_repository, store) : code;
}

int __real_git_repository_init_ext(git_repository **ret_repository, const char *path,
                                   git_repository_init_options *options);
int __wrap_git_repository_init_ext(git_repository **ret_repository, const char *path,
                                   git_repository_init_options *options);

static bool make_file(const char *folder, const char *name, const char *content)
{
    char path[160];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "we");
    return file && fputs(content, file) >= 0 && fclose(file) == 0;
}

static bool make_folder(const char *folder, const char *name)
{
    char path[160];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return mkdir(path, 0700) == 0 || errno == EEXIST; /* a journal that nothing was written to */
}

/* The least that is a repository. */
int __wrap_git_repository_init_ext(git_repository **ret_repository, const char *path,
                                   git_repository_init_options *options)
{
    if (!is_used)
        return __real_git_repository_init_ext(ret_repository, path, options);
    if (!make_folder(path, "objects") || !make_folder(path, "refs") ||
        !make_folder(path, "refs/heads") ||
        !make_file(path, "config", "[core]\n\tbare = true\n\trepositoryformatversion = 0\n") ||
        !make_file(path, "HEAD", "ref: refs/heads/main\n"))
        return -1;
    return __wrap_git_repository_open_ext(ret_repository, path, GIT_REPOSITORY_OPEN_BARE, NULL);
}

bool __real_file_write(const char *path, const void *bytes, size_t size, mode_t mode,
                       struct ajar_error *err);
bool __wrap_file_write(const char *path, const void *bytes, size_t size, mode_t mode,
                       struct ajar_error *err);

/* The proof that there is room takes long, too. */
bool __wrap_file_write(const char *path, const void *bytes, size_t size, mode_t mode,
                       struct ajar_error *err)
{
    bool proves = is_used && strstr(path, "ajar.probe") != NULL;

    return __real_file_write(path, bytes, proves ? 1 : size, mode, err);
}

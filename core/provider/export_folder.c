/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/export_folder.h"

#include <string.h>

#define FORMS \
    "an absolute folder of this host, a share of the target (\\\\host\\share\\folder), or none"

static bool refuse(const struct setting *setting, const char *field, const char *name,
                   const char *why, struct ajar_error *err)
{
    return setting_fail(setting, field, err, "%s: \"%.100s\" %s: " FORMS, field, name, why);
}

/* Has the path, with `/` between its names, one that leads up or nowhere? */
static bool has_odd_name(const char *path)
{
    while (*path) {
        size_t size = strcspn(path, "/");

        if (size == 0 || (size == 1 && path[0] == '.') || (size == 2 && memcmp(path, "..", 2) == 0))
            return true;
        path += size;
        if (*path == '/')
            path++;
    }
    return false;
}

/* A copy with `/` for each backslash; NULL without memory. */
static char *with_slashes(const char *begin)
{
    char *text = text_copy(begin);
    size_t size = text ? strlen(text) : 0;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\\')
            text[i] = '/';
    }
    while (size > 0 && text[size - 1] == '/') /* one at the end says nothing */
        text[--size] = '\0';
    return text;
}

static bool check_host(const struct setting *setting, const char *field, const char *name,
                       const char *host, struct ajar_error *err)
{
    if (setting->place != PLACE_HOST || strchr(setting->where, ' '))
        return setting_fail(setting, field, err,
                            "%s: a share is read on `on = host NAME` alone, and this is on another "
                            "place, or on more than one host",
                            field);
    if (!text_same_ignoring_case(host, setting->where))
        return setting_fail(setting, field, err,
                            "%s: \"%.100s\" is not on %s, and ajar logs in to that host alone: "
                            "\\\\%s\\share\\folder, or a folder of this host",
                            field, name, setting->where, setting->where);
    return true;
}

/* \\host\share\folder */
static bool read_share(const struct setting *setting, const char *field, const char *name,
                       struct export_folder *folder, struct ajar_error *err)
{
    const char *host = name + 2;
    size_t host_size = strcspn(host, "\\/");
    const char *share = host + host_size + (host[host_size] != '\0');
    size_t share_size = strcspn(share, "\\/");
    const char *path = share + share_size + (share[share_size] != '\0');
    OWNED(free) char *host_name = text_copy_bytes(host, host_size);

    folder->share = text_copy_bytes(share, share_size);
    folder->path = with_slashes(path);
    if (!host_name || !folder->share || !folder->path)
        return ajar_no_memory(err);
    if (host_size == 0 || share_size == 0 || strpbrk(share, ":*?\"<>|"))
        return refuse(setting, field, name, "is no folder of a share", err);
    if (has_odd_name(folder->path))
        return refuse(setting, field, name, "has an empty name, or dots, in its path", err);
    return check_host(setting, field, name, host_name, err);
}

static bool read_local(const struct setting *setting, const char *field, const char *name,
                       struct export_folder *folder, struct ajar_error *err)
{
    if (name[0] != '/')
        return refuse(setting, field, name, "is not absolute", err);
    if (name[1] == '/')
        return refuse(setting, field, name, "begins with two slashes", err);
    folder->path = text_copy(name);
    return folder->path || ajar_no_memory(err);
}

bool export_folder_read(const struct setting *setting, const char *field,
                        struct export_folder *ret_folder, struct ajar_error *err)
{
    OWNED(export_folder_release) struct export_folder folder = { 0 };
    const char *name = setting_value(setting, field);
    bool is_none = !name || !*name || strcmp(name, "none") == 0;

    if (!is_none) {
        folder.name = text_copy(name);
        if (!folder.name)
            return ajar_no_memory(err);
        if (!(strncmp(name, "\\\\", 2) == 0 ? read_share : read_local)(setting, field, name,
                                                                       &folder, err))
            return false;
    }
    *ret_folder = folder;
    folder = (struct export_folder){ 0 };
    return true;
}

/* A path below the share; to be freed. */
static char *on_share(const struct export_folder *folder, const char *below)
{
    return text_make("%s%s%s", folder->path, *folder->path && *below ? "/" : "", below);
}

bool export_folder_list(struct target *target, const struct export_folder *folder,
                        const char *below, size_t ceiling, struct folder_list *ret_list,
                        struct ajar_error *err)
{
    OWNED(free) char *path = on_share(folder, below);
    struct share *share = NULL;

    if (!path)
        return ajar_no_memory(err);
    if (!folder->share)
        return folder_list(folder->path, below, ceiling, ret_list, err);
    return target_share(target, folder->share, &share, err) &&
           share_list(share, path, ceiling, ret_list, err);
}

bool export_folder_file(struct target *target, const struct export_folder *folder,
                        const char *below, size_t ceiling, struct bytes *ret_bytes,
                        struct ajar_error *err)
{
    OWNED(free) char *path = on_share(folder, below);
    struct share *share = NULL;

    if (!path)
        return ajar_no_memory(err);
    if (!folder->share)
        return folder_read(folder->path, below, ceiling, ret_bytes, err);
    return target_share(target, folder->share, &share, err) &&
           share_read(share, path, ceiling, ret_bytes, NULL, err);
}

void export_folder_release(struct export_folder *folder)
{
    free(folder->name);
    free(folder->share);
    free(folder->path);
    *folder = (struct export_folder){ 0 };
}

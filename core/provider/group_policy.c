/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/group_policy.h"

#include "base/text.h"
#include "model/gpt.h"

#include <string.h>
#include <strings.h>

/* The largest file that is read. */
#define FILE_CEILING (4 * 1024 * 1024)

/* "\\target.test\sysvol\target.test\Policies\{...}" is "target.test/Policies/{...}" on the share
 * ([MS-GPOL] 2.3, gPCFileSysPath). The host in it is the domain, which is any controller. */
static bool folder_of(const char *path, char **ret_folder, struct ajar_error *err)
{
    static const char share[] = "\\sysvol\\";
    const char *host = path && strncmp(path, "\\\\", 2) == 0 ? path + 2 : "";
    const char *rest = host + strcspn(host, "\\");
    char *folder;

    if (strncasecmp(rest, share, strlen(share)) != 0 || !rest[strlen(share)] || strstr(rest, ".."))
        return ajar_fail(err, AJAR_EPROTOCOL, "its files are in \"%.100s\", which is not on SYSVOL",
                         path ? path : "");
    folder = text_copy(rest + strlen(share));
    if (!folder)
        return ajar_no_memory(err);
    for (char *at = folder; *at; at++)
        *at = *at == '\\' ? '/' : *at;
    *ret_folder = folder;
    return true;
}

static bool take_texts(const struct directory_entry *entry, struct group_policy *policy,
                       struct ajar_error *err)
{
    const char *name = directory_text(entry, "displayName");

    return text_replace(&policy->dn, entry->dn, err) &&
           text_replace(&policy->name, name && *name ? name : entry->dn, err) &&
           text_replace(&policy->version_text, directory_text(entry, "versionNumber"), err) &&
           text_replace(&policy->extensions, directory_text(entry, "gPCMachineExtensionNames"),
                        err) &&
           folder_of(directory_text(entry, "gPCFileSysPath"), &policy->folder, err);
}

static bool take_entry(const struct directory_entry *entry, struct group_policy *policy,
                       struct ajar_error *err)
{
    const char *flags = directory_text(entry, "flags");

    if (!take_texts(entry, policy, err) ||
        (policy->version_text && !gpt_parse_version(policy->version_text, &policy->version, err)))
        return false;
    policy->flags = flags ? (uint32_t)strtol(flags, NULL, 10) : 0;
    return true;
}

bool group_policy_read(struct directory *directory, const char *dn, struct group_policy *ret_policy,
                       struct ajar_error *err)
{
    static const char *const attributes[] = {
        "displayName", "versionNumber", "gPCMachineExtensionNames", "gPCFileSysPath", "flags", NULL
    };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(group_policy_release) struct group_policy policy = { 0 };

    if (!directory_search(directory, &query, &found, err))
        return false;
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "\"%s\" cannot be read", dn);
    if (!take_entry(&found.entries[0], &policy, err))
        return ajar_while(err, "\"%s\"", dn);
    *ret_policy = policy;
    policy = (struct group_policy){ 0 };
    return true;
}

char *group_policy_path(const struct group_policy *policy, const char *path)
{
    return text_make("%s/%s", policy->folder, path);
}

bool group_policy_read_file(struct share *sysvol, const struct group_policy *policy,
                            const char *path, struct policy_file *ret_file, struct ajar_error *err)
{
    OWNED(free) char *whole = group_policy_path(policy, path);
    struct policy_file file = { .exists = true };

    if (!whole)
        return ajar_no_memory(err);
    if (!share_read(sysvol, whole, FILE_CEILING, &file.bytes, &file.modified, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        file.exists = false;
    }
    *ret_file = file;
    return true;
}

void policy_file_release(struct policy_file *file)
{
    bytes_release(&file->bytes);
    *file = (struct policy_file){ 0 };
}

void group_policy_release(struct group_policy *policy)
{
    free(policy->dn);
    free(policy->name);
    free(policy->folder);
    free(policy->version_text);
    free(policy->extensions);
    *policy = (struct group_policy){ 0 };
}

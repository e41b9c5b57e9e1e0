/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A Group Policy object: its entry in the directory ([MS-GPOL] 2.3) and its files on SYSVOL.
 */
#ifndef AJAR_PROVIDER_GROUP_POLICY_H
#define AJAR_PROVIDER_GROUP_POLICY_H

#include "transport/directory.h"
#include "transport/share.h"

/* Of the halves that `flags` can switch off. */
#define GROUP_POLICY_NO_MACHINE 2U

struct group_policy {
    char *dn;
    char *name;         /* for people: displayName; or the DN */
    char *folder;       /* on the share: "target.test/Policies/{6AC1...}" */
    char *version_text; /* versionNumber as it stands there; NULL: none */
    uint32_t version;   /* 0: none */
    char *extensions;   /* gPCMachineExtensionNames; NULL: none */
    uint32_t flags;
};

/* AJAR_EMISSING when there is no such object. `ret_policy` is to be released. */
bool group_policy_read(struct directory *directory, const char *dn, struct group_policy *ret_policy,
                       struct ajar_error *err);

/* Where its files are, below its folder. */
#define GROUP_POLICY_TEMPLATE "MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf"
#define GROUP_POLICY_REGISTRY "MACHINE/Registry.pol"
#define GROUP_POLICY_VERSION  "GPT.INI"

struct policy_file {
    bool exists;
    struct bytes bytes;
    int64_t modified; /* as of share_read() */
};

/* A file of it; one that is not there is no failure. `ret_file` is to be released. */
bool group_policy_read_file(struct share *sysvol, const struct group_policy *policy,
                            const char *path, struct policy_file *ret_file, struct ajar_error *err);

/* The path on the share, to be freed; NULL without memory. */
char *group_policy_path(const struct group_policy *policy, const char *path);

void policy_file_release(struct policy_file *file);
DEFINE_OWNED_STRUCT(struct policy_file, policy_file_release);
void group_policy_release(struct group_policy *policy);
DEFINE_OWNED_STRUCT(struct group_policy, group_policy_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/policy_live.h"

#include "base/text.h"
#include "model/gpt.h"

#include <string.h>

#define SEE_POLICIES "compare the gpo of the plan with the domain's Group Policy objects"

/* The deepest folder of the template that is there. */
static bool find_above(const struct policy_live *live, char **ret_above, struct ajar_error *err)
{
    OWNED(free) char *below = text_copy(GROUP_POLICY_TEMPLATE);

    if (!below)
        return ajar_no_memory(err);
    for (char *slash = strrchr(below, '/');; slash = strrchr(below, '/')) {
        OWNED(free) char *path = NULL;
        bool exists = false;

        if (slash)
            *slash = '\0';
        path = slash ? group_policy_path(&live->policy, below) : text_copy(live->policy.folder);
        if (!path)
            return ajar_no_memory(err);
        if (!share_exists(live->sysvol, path, &exists, err))
            return false;
        if (exists || !slash)
            return exists ? text_replace(ret_above, slash ? below : ".", err)
                          : ajar_fail(err, AJAR_EMISSING, "SYSVOL has no folder \"%s\"", path);
    }
}

static bool read_template(struct policy_live *live, const char *section, const char *key,
                          struct ajar_error *err)
{
    bool ok;

    if (!group_policy_read_file(live->sysvol, &live->policy, GROUP_POLICY_TEMPLATE, &live->file,
                                err))
        return false;
    if (!live->file.exists && !find_above(live, &live->above, err))
        return false;
    ok = live->file.bytes.size > 0 ? template_read(&live->file.bytes, &live->template, err)
                                   : template_fresh(&live->template, err);
    return (ok && template_get(&live->template, section, key, &live->place, &live->value, err)) ||
           ajar_while(err, "GptTmpl.inf");
}

static bool read_version(struct policy_live *live, struct ajar_error *err)
{
    OWNED(policy_file_release) struct policy_file file = { 0 };
    uint32_t version = 0;

    if (!group_policy_read_file(live->sysvol, &live->policy, GROUP_POLICY_VERSION, &file, err) ||
        !gpt_read_version(&file.bytes, &version, err))
        return false;
    live->is_raised = version == live->policy.version &&
                      (!live->file.exists || live->file.modified <= file.modified);
    return true;
}

static bool check_extensions(struct policy_live *live, struct ajar_error *err)
{
    const char *now = live->policy.extensions;
    OWNED(free) char *complete = NULL;

    if (!gpt_complete_extensions(now, GPT_SECURITY_EXTENSION, GPT_SECURITY_TOOL, &complete, err))
        return false;
    live->is_complete = now && strcmp(now, complete) == 0;
    return true;
}

static bool read_policy(struct policy_live *live, const char *guid, struct ajar_error *err)
{
    OWNED(free)
    char *dn =
        text_make("CN=%s,CN=Policies,CN=System,%s", guid, directory_domain_dn(live->directory));

    if (!dn)
        return ajar_no_memory(err);
    return group_policy_read(live->directory, dn, &live->policy, err);
}

bool policy_live_read(struct target *target, const char *guid, const char *section, const char *key,
                      struct policy_live *ret_live, struct ajar_error *err)
{
    OWNED(policy_live_release) struct policy_live live = { 0 };

    if (!target_directory(target, &live.directory, err) ||
        !target_sysvol(target, &live.sysvol, err))
        return false;
    if (!read_policy(&live, guid, err) || !read_template(&live, section, key, err) ||
        !read_version(&live, err) || !check_extensions(&live, err)) {
        if (err->status == AJAR_EMISSING)
            ajar_hint(err, SEE_POLICIES);
        return ajar_while(err, "Group Policy object %s", guid);
    }
    *ret_live = live;
    live = (struct policy_live){ 0 };
    return true;
}

void policy_live_release(struct policy_live *live)
{
    group_policy_release(&live->policy);
    policy_file_release(&live->file);
    template_release(&live->template);
    free(live->value);
    free(live->above);
    *live = (struct policy_live){ 0 };
}

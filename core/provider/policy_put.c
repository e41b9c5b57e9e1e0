/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/policy_live.h"

#include "base/text.h"
#include "model/gpt.h"

#include <string.h>

/* How often the version is raised again because somebody else did so at the same moment. */
#define TRIES 5

/* The word for an empty list of extensions. */
static const char none[] = "none";

static bool is_depth(const char *path, size_t size)
{
    return path[size] == '/';
}

/* Makes the template's folders, those that are there left out. */
static bool make_folders(const struct policy_live *live, struct ajar_error *err)
{
    static const char path[] = GROUP_POLICY_TEMPLATE;
    size_t there = live->above && strcmp(live->above, ".") != 0 ? strlen(live->above) : 0;

    for (size_t size = there + 1; !live->file.exists && path[size]; size++) {
        OWNED(free) char *below = NULL;
        OWNED(free) char *whole = NULL;

        if (!is_depth(path, size))
            continue;
        below = text_copy_bytes(path, size);
        whole = below ? group_policy_path(&live->policy, below) : NULL;
        if (!whole)
            return ajar_no_memory(err);
        if (!share_make_folder(live->sysvol, whole, err))
            return false;
    }
    return true;
}

/* Takes the template's folders away, from the deepest one up to the one that stays. What somebody
 * else has put into one keeps it, and those above. */
static bool delete_folders(const struct policy_live *live, const char *above,
                           struct ajar_error *err)
{
    static const char path[] = GROUP_POLICY_TEMPLATE;
    size_t stays = above && strcmp(above, ".") != 0 ? strlen(above) : 0;

    for (size_t size = strlen(path); above && size > stays; size--) {
        OWNED(free) char *below = NULL;
        OWNED(free) char *whole = NULL;

        if (!is_depth(path, size))
            continue;
        below = text_copy_bytes(path, size);
        whole = below ? group_policy_path(&live->policy, below) : NULL;
        if (!whole)
            return ajar_no_memory(err);
        if (!share_delete_folder(live->sysvol, whole, err)) {
            if (err->status != AJAR_ECONFLICT)
                return false;
            *err = AJAR_NO_ERROR;
            return true;
        }
    }
    return true;
}

/* The file must still be what was read. SMB has no compare-and-swap: between this look and the
 * write is one round trip. */
static bool check_unchanged(const struct policy_live *live, struct ajar_error *err)
{
    OWNED(policy_file_release) struct policy_file now = { 0 };

    if (!group_policy_read_file(live->sysvol, &live->policy, GROUP_POLICY_TEMPLATE, &now, err))
        return false;
    if (now.exists == live->file.exists && bytes_same(&now.bytes, &live->file.bytes))
        return true;
    return ajar_fail(err, AJAR_ECONFLICT, "somebody changed GptTmpl.inf of \"%s\" a moment ago",
                     live->policy.name);
}

/* A file that gets shorter is filled up with empty lines first, and then cut: at no time is it
 * anything but a whole template. */
static bool write_template(const struct policy_live *live, struct ajar_error *err)
{
    OWNED(free) char *path = group_policy_path(&live->policy, GROUP_POLICY_TEMPLATE);
    OWNED(bytes_release) struct bytes filled = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };

    if (!path)
        return ajar_no_memory(err);
    if (!template_write(&live->template, 0, &bytes, err) ||
        !template_write(&live->template, live->file.bytes.size, &filled, err))
        return false;
    if (filled.size > bytes.size && !share_write(live->sysvol, path, &filled, err))
        return false;
    return share_write(live->sysvol, path, &bytes, err);
}

static bool put_value(struct policy_live *live, const struct policy_goal *goal,
                      struct ajar_error *err)
{
    if (!live->value && goal->line &&
        !template_put_line(&live->template, goal->section, goal->number, goal->line, err))
        return false;
    return template_set(&live->template, goal->section, goal->key, goal->value, err);
}

/* Takes the key away, and all that is in a file that was empty. */
static bool take_value(struct policy_live *live, const struct policy_goal *goal,
                       struct ajar_error *err)
{
    if (live->file.bytes.size == 0)
        return true;
    if (!template_remove(&live->template, goal->section, goal->key, goal->without_section, err))
        return false;
    if (!goal->file || strcmp(goal->file, "empty") != 0 || !template_is_bare(&live->template))
        return true;
    template_release(&live->template);
    live->template.encoding = TEMPLATE_8BIT;
    live->template.text = text_copy("");
    return live->template.text || ajar_no_memory(err);
}

/* A write that was cut off may have left the file filled up. */
static bool edit(struct policy_live *live, const struct policy_goal *goal, struct ajar_error *err)
{
    if (!(goal->value ? put_value(live, goal, err) : take_value(live, goal, err)))
        return false;
    return goal->size == 0 || template_trim(&live->template, goal->size, err);
}

/* Does the template say something else once the goal is in it? */
static bool change_template(struct policy_live *live, const struct policy_goal *goal,
                            bool *ret_changed, struct ajar_error *err)
{
    OWNED(free) char *before = text_copy(live->template.text);

    if (!before)
        return ajar_no_memory(err);
    if (!edit(live, goal, err))
        return false;
    *ret_changed = strcmp(before, live->template.text) != 0;
    return !*ret_changed ||
           (check_unchanged(live, err) && make_folders(live, err) && write_template(live, err));
}

/* What the list of extensions is to be: complete while there is a value; what it was when the whole
 * template goes again and nobody changed the list; otherwise as it is. */
static bool goal_extensions(const struct policy_live *live, const struct group_policy *policy,
                            const struct policy_goal *goal, char **ret_names,
                            struct ajar_error *err)
{
    const char *now = policy->extensions ? policy->extensions : "";
    const char *before =
        goal->extensions && strcmp(goal->extensions, none) != 0 ? goal->extensions : "";
    OWNED(free) char *complete = NULL;

    if (!gpt_complete_extensions(goal->value ? now : before, GPT_SECURITY_EXTENSION,
                                 GPT_SECURITY_TOOL, &complete, err))
        return false;
    if (goal->value)
        return text_replace(ret_names, complete, err);
    if (goal->extensions && goal->file && template_is_bare(&live->template) &&
        strcmp(now, complete) == 0)
        return text_replace(ret_names, before, err);
    return text_replace(ret_names, now, err);
}

/* Adds "delete the old value, add the new one" to `changes`: if the old one is not there any more,
 * nothing is done. */
static void swap(const char *attribute, struct bytes *old, struct bytes *fresh,
                 struct directory_change *changes, size_t *count)
{
    if (bytes_same(old, fresh))
        return;
    if (old->size > 0)
        changes[(*count)++] = (struct directory_change){ DIRECTORY_DELETE, attribute, 1, old };
    if (fresh->size > 0)
        changes[(*count)++] = (struct directory_change){ DIRECTORY_ADD, attribute, 1, fresh };
}

static struct bytes bytes_of(char *text)
{
    const size_t size = text ? strlen(text) : 0;

    return (struct bytes){ .at = size > 0 ? (uint8_t *)text : NULL, .size = size };
}

static bool raise_in_directory(const struct policy_live *live, struct group_policy *policy,
                               uint32_t version, const struct policy_goal *goal,
                               struct ajar_error *err)
{
    OWNED(free) char *text = text_make("%d", (int)version);
    OWNED(free) char *names = NULL;
    struct bytes old_version = bytes_of(policy->version_text);
    struct bytes old_names = bytes_of(policy->extensions);
    struct bytes fresh_version;
    struct bytes fresh_names;
    struct directory_change changes[4];
    size_t count = 0;

    if (!text)
        return ajar_no_memory(err);
    if (!goal_extensions(live, policy, goal, &names, err))
        return false;
    fresh_version = bytes_of(text);
    fresh_names = bytes_of(names);
    swap("versionNumber", &old_version, &fresh_version, changes, &count);
    swap("gPCMachineExtensionNames", &old_names, &fresh_names, changes, &count);
    return directory_modify(live->directory, policy->dn, changes, count, err);
}

static bool raise_once(const struct policy_live *live, const struct policy_goal *goal,
                       struct ajar_error *err)
{
    OWNED(free) char *path = group_policy_path(&live->policy, GROUP_POLICY_VERSION);
    OWNED(group_policy_release) struct group_policy policy = { 0 };
    OWNED(policy_file_release) struct policy_file file = { 0 };
    OWNED(bytes_release) struct bytes raised = { 0 };
    uint32_t version = 0;

    if (!path)
        return ajar_no_memory(err);
    if (!group_policy_read(live->directory, live->policy.dn, &policy, err) ||
        !group_policy_read_file(live->sysvol, &policy, GROUP_POLICY_VERSION, &file, err) ||
        !gpt_read_version(&file.bytes, &version, err))
        return false;
    version = gpt_raise_version(version, policy.version);
    return gpt_write_version(&file.bytes, version, &raised, err) &&
           share_write(live->sysvol, path, &raised, err) &&
           raise_in_directory(live, &policy, version, goal, err);
}

static bool raise_versions(const struct policy_live *live, const struct policy_goal *goal,
                           struct ajar_error *err)
{
    for (int i = 1; !raise_once(live, goal, err); i++) {
        if (err->status != AJAR_ECONFLICT || i == TRIES)
            return false;
        *err = AJAR_NO_ERROR;
    }
    return true;
}

/* Takes away what is left of a template that was made for this key alone. */
static bool clean_up(const struct policy_live *live, const struct policy_goal *goal,
                     struct ajar_error *err)
{
    OWNED(free) char *path = group_policy_path(&live->policy, GROUP_POLICY_TEMPLATE);
    OWNED(policy_file_release) struct policy_file now = { 0 };
    OWNED(template_release) struct template template = { 0 };

    if (!path)
        return ajar_no_memory(err);
    if (!group_policy_read_file(live->sysvol, &live->policy, GROUP_POLICY_TEMPLATE, &now, err) ||
        !template_read(&now.bytes, &template, err))
        return false;
    if (!template_is_bare(&template))
        return true;
    return share_delete(live->sysvol, path, err) && delete_folders(live, goal->above, err);
}

bool policy_live_put(struct policy_live *live, const struct policy_goal *goal,
                     struct ajar_error *err)
{
    bool changed = false;

    if (!change_template(live, goal, &changed, err))
        return false;
    if ((changed || !live->is_raised || (goal->value && !live->is_complete)) &&
        !raise_versions(live, goal, err))
        return ajar_while(err, "version of \"%s\"", live->policy.name);
    if (goal->value || !goal->file || strcmp(goal->file, "absent") != 0)
        return true;
    return clean_up(live, goal, err);
}

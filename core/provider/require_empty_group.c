/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A domain has a group that nobody is in.
 *
 *     [require sid-history-audit-group]
 *     on = domain source.test
 *     check = empty-group
 *     group = SOURCE$$$
 *     absent-ok = yes
 */
#include "provider/group_live.h"
#include "provider/requirement.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "group", .type = FIELD_TEXT, .required = true },
    { .name = "absent-ok", .type = FIELD_YES_NO },
    { 0 },
};

static bool judge_absent(const struct setting *setting, struct finding *ret_finding,
                         struct ajar_error *err)
{
    const char *absent_ok = setting_value(setting, "absent-ok");
    const char *name = setting_value(setting, "group");

    if (absent_ok && strcmp(absent_ok, "yes") == 0)
        return finding_pass(ret_finding, err,
                            "there is no \"%s\" yet, and nothing else of that name", name);
    return finding_fail(ret_finding, err,
                        "make it: an empty domain-local security group, by a [group] setting or by "
                        "hand",
                        "there is no group \"%s\"", name);
}

static bool judge(const struct setting *setting, const struct group_live *live,
                  struct finding *ret_finding, struct ajar_error *err)
{
    const char *name = setting_value(setting, "group");
    OWNED(free) char *type = group_type_phrase(live->type);

    if (!type)
        return ajar_no_memory(err);
    if (!live->is_group)
        return finding_fail(ret_finding, err, "rename or delete what has the group's name",
                            "\"%s\" is no group: %s", name, live->class_name);
    if (live->type != (GROUP_SECURITY | GROUP_DOMAIN_LOCAL))
        return finding_fail(ret_finding, err,
                            "rename or delete it, if nobody needs it, and make a domain-local "
                            "security group of this name",
                            "\"%s\" is a %s, not a domain-local security group", name, type);
    if (live->member_count > 0)
        return finding_fail(ret_finding, err, "find out who put them in, and take them out",
                            "\"%s\" has %zu member%s: %s", name, live->member_count,
                            live->member_count == 1 ? "" : "s", live->members);
    return finding_pass(ret_finding, err, "\"%s\" is a %s without members", name, type);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(group_live_release) struct group_live live = { 0 };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err) ||
        !group_live_read(directory, setting_value(setting, "group"), &live, err))
        return false;
    return live.exists ? judge(setting, &live, ret_finding, err)
                       : judge_absent(setting, ret_finding, err);
}

const struct requirement requirement_empty_group = {
    .check = "empty-group",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .examine = examine,
};

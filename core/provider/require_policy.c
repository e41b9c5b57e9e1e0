/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No Group Policy object sets what a plan sets: at its next refresh it would take the window away,
 * or bring it back after a rollback.
 *
 *     [require nothing-sets-restrict-anonymous]
 *     on = domain target.test
 *     check = no-policy
 *     value = HKLM\SYSTEM\CurrentControlSet\Control\Lsa:RestrictAnonymous
 *
 * The objects that are looked at are those that are linked to the controllers' organizational unit,
 * to the domain and to the controllers' sites ([MS-GPOL] 3.2.5.1.5), and whose half for machines is
 * not switched off. Whether a filter keeps one of them from a controller is not asked: it may be
 * lifted on any day.
 */
#include "model/gpt.h"
#include "model/registry_policy.h"
#include "model/template.h"
#include "model/value.h"
#include "provider/group_policy.h"
#include "provider/registry_live.h"
#include "provider/requirement.h"

#include <string.h>
#include <strings.h>

#define SEE_POLICY                                                                               \
    "set the value in that Group Policy object for the window, or unlink it: it would take the " \
    "window away, or bring it back"
#define SEE_READING "give the account the right to read them, then check again"

#define TEXT_CEILING 4096

static const struct field_rule fields[] = {
    { .name = "value", .type = FIELD_TEXT, .repeatable = true },
    { 0 },
};

/* One examination. */
struct search {
    struct directory *directory;
    struct share *sysvol;
    const struct setting *setting;
    struct gpt_links seen; /* the objects that were looked at */
    size_t read;
    struct text found;   /* what sets a value */
    struct text unknown; /* what could not be read */
};

static void search_release(struct search *search)
{
    gpt_links_release(&search->seen);
    text_release(&search->found);
    text_release(&search->unknown);
}
DEFINE_OWNED_STRUCT(struct search, search_release);

/* Parts of "HKLM\key:name": the key below HKLM, to be freed, and the name. NULL: it is none. */
static char *split(const char *value, const char **ret_name)
{
    const char *colon = strchr(value, ':');
    char *whole = colon ? text_copy_bytes(value, (size_t)(colon - value)) : NULL;
    const char *path = whole ? registry_path_below(whole) : NULL;
    char *key = path && *path ? text_copy(path) : NULL;

    free(whole);
    if (key)
        *ret_name = colon + 1;
    return key;
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    const struct ini_section *section = setting->section;

    for (size_t i = 0; i < section->count; i++) {
        const char *name = NULL;
        OWNED(free) char *key = NULL;

        if (strcmp(section->fields[i].name, "value") != 0)
            continue;
        key = split(section->fields[i].value, &name);
        if (!key)
            return setting_fail(setting, "value", err, "value: \"%s\" is no HKLM\\key:name",
                                section->fields[i].value);
    }
    return true;
}

static void append_policy(struct text *text, const struct group_policy *policy)
{
    const char *guid = strchr(policy->dn, '{');
    const char *end = guid ? strchr(guid, '}') : NULL;

    if (text->size > 0)
        text_append(text, "; ");
    text_format(text, "\"%s\"", policy->name);
    if (end)
        text_format(text, " %.*s", (int)(end + 1 - guid), guid);
}

static void note_unknown(struct search *search, const char *dn, const struct ajar_error *trouble)
{
    if (search->unknown.size > 0)
        text_append(&search->unknown, "; ");
    text_format(&search->unknown, "\"%s\": %s", dn, trouble->text);
}

/* Does the template set it? */
static bool look_in_template(struct search *search, const struct group_policy *policy,
                             const struct template *template, const char *key, const char *name,
                             struct ajar_error *err)
{
    OWNED(free) char *path = text_make("MACHINE\\%s\\%s", key, name);
    enum template_place place = TEMPLATE_NO_SECTION;
    OWNED(free) char *value = NULL;

    if (!path)
        return ajar_no_memory(err);
    if (!template_get(template, "Registry Values", path, &place, &value, err))
        return false;
    if (place != TEMPLATE_KEY)
        return true;
    append_policy(&search->found, policy);
    text_format(&search->found, " sets %s to %s in GptTmpl.inf", name, value);
    return true;
}

static bool note_item(struct search *search, const struct group_policy *policy,
                      const struct registry_policy_item *item, const char *name,
                      struct ajar_error *err)
{
    OWNED(free) char *phrase = NULL;

    if (!value_phrase(item->type, &item->data, &phrase, err))
        return false;
    append_policy(&search->found, policy);
    if (strncmp(item->value, "**", 2) == 0)
        text_format(&search->found, " has %s for %s in Registry.pol", item->value, name);
    else
        text_format(&search->found, " sets %s to %s in Registry.pol", name, phrase);
    return true;
}

static bool look_in_registry(struct search *search, const struct group_policy *policy,
                             const struct bytes *file, const char *key, const char *name,
                             struct ajar_error *err)
{
    struct registry_policy reader;
    bool is_end = false;

    if (!registry_policy_open(file, &reader, err))
        return false;
    while (!is_end) {
        OWNED(registry_policy_item_release) struct registry_policy_item item = { 0 };

        if (!registry_policy_next(&reader, &item, &is_end, err))
            return false;
        if (!is_end && registry_policy_touches(&item, key, name) &&
            !note_item(search, policy, &item, name, err))
            return false;
    }
    return true;
}

/* The files of one object, read once for all values. */
struct files {
    struct policy_file registry;
    struct template template;
};

static void files_release(struct files *files)
{
    policy_file_release(&files->registry);
    template_release(&files->template);
}
DEFINE_OWNED_STRUCT(struct files, files_release);

static bool read_files(const struct search *search, const struct group_policy *policy,
                       struct files *files, struct ajar_error *err)
{
    OWNED(policy_file_release) struct policy_file file = { 0 };

    return group_policy_read_file(search->sysvol, policy, GROUP_POLICY_REGISTRY, &files->registry,
                                  err) &&
           group_policy_read_file(search->sysvol, policy, GROUP_POLICY_TEMPLATE, &file, err) &&
           (template_read(&file.bytes, &files->template, err) || ajar_while(err, "GptTmpl.inf"));
}

static bool look_for_value(struct search *search, const struct group_policy *policy,
                           const struct files *files, const char *value, struct ajar_error *err)
{
    const char *name = NULL;
    OWNED(free) char *key = split(value, &name);

    if (!key)
        return ajar_no_memory(err);
    if (!look_in_template(search, policy, &files->template, key, name, err))
        return ajar_while(err, "GptTmpl.inf");
    return !files->registry.exists ||
           look_in_registry(search, policy, &files->registry.bytes, key, name, err) ||
           ajar_while(err, "Registry.pol");
}

static bool look_at_policy(struct search *search, const char *dn, struct ajar_error *err)
{
    const struct ini_section *section = search->setting->section;
    OWNED(group_policy_release) struct group_policy policy = { 0 };
    OWNED(files_release) struct files files = { 0 };

    if (!group_policy_read(search->directory, dn, &policy, err))
        return false;
    if (policy.flags & GROUP_POLICY_NO_MACHINE)
        return true;
    if (!read_files(search, &policy, &files, err))
        return false;
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, "value") == 0 &&
            !look_for_value(search, &policy, &files, section->fields[i].value, err))
            return false;
    }
    search->read++;
    return true;
}

static bool was_seen(const struct search *search, const char *dn)
{
    for (size_t i = 0; i < search->seen.count; i++) {
        if (text_same_ignoring_case(search->seen.list[i].dn, dn))
            return true;
    }
    return false;
}

static bool remember(struct search *search, const char *dn, struct ajar_error *err)
{
    struct gpt_link *list = reallocarray(search->seen.list, search->seen.count + 1, sizeof(*list));

    if (!list)
        return ajar_no_memory(err);
    search->seen.list = list;
    list[search->seen.count] = (struct gpt_link){ .dn = text_copy(dn) };
    if (!list[search->seen.count].dn)
        return ajar_no_memory(err);
    search->seen.count++;
    return true;
}

/* An object that cannot be read costs itself alone. One that is gone applies to nobody; but a name
 * in another domain is not for this controller to answer, and it says "missing", too. */
static bool follow(struct search *search, const char *dn, struct ajar_error *err)
{
    const char *domain = directory_domain_dn(search->directory);
    struct ajar_error trouble = AJAR_NO_ERROR;
    bool is_ours = strlen(dn) > strlen(domain) &&
                   text_same_ignoring_case(dn + strlen(dn) - strlen(domain), domain);

    if (was_seen(search, dn))
        return true;
    if (!remember(search, dn, err))
        return false;
    if (!is_ours)
        (void)ajar_fail(&trouble, AJAR_EMISSING, "it is in another domain");
    else if (look_at_policy(search, dn, &trouble) || trouble.status == AJAR_EMISSING)
        return true;
    note_unknown(search, dn, &trouble);
    return true;
}

/* A container with links. One that blocks inheritance (gPOptions 1) leaves only those from above
 * that are enforced ([MS-GPOL] 2.2.2, 3.2.5.1.5). */
static bool follow_links(struct search *search, const char *dn, bool is_blocked, bool *ret_blocks,
                         struct ajar_error *err)
{
    static const char *const attributes[] = { "gPLink", "gPOptions", NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(gpt_links_release) struct gpt_links links = { 0 };
    const char *options;

    if (!directory_search(search->directory, &query, &found, err))
        return false;
    if (found.count != 1)
        return ajar_fail(err, AJAR_EMISSING, "\"%s\" cannot be read", dn);
    if (!gpt_parse_links(directory_text(&found.entries[0], "gPLink"), &links, err))
        return ajar_while(err, "\"%s\"", dn);
    for (size_t i = 0; i < links.count; i++) {
        if (links.list[i].options & GPT_LINK_DISABLED ||
            (is_blocked && !(links.list[i].options & GPT_LINK_ENFORCED)))
            continue;
        if (!follow(search, links.list[i].dn, err))
            return false;
    }
    options = directory_text(&found.entries[0], "gPOptions");
    *ret_blocks = options && strtol(options, NULL, 10) & 1;
    return true;
}

/* The name that begins behind the `count`th comma. */
static const char *above(const char *dn, int count)
{
    for (; *dn && count > 0; dn++) {
        if (*dn == '\\' && dn[1])
            dn++;
        else if (*dn == ',')
            count--;
    }
    return dn;
}

/* The sites of the domain's writable controllers: "CN=NTDS Settings,CN=DC2,CN=Servers,CN=site,..."
 * ([MS-ADTS] 6.1.1.2.2.1.2.1). */
static bool follow_sites(struct search *search, bool is_blocked, struct ajar_error *err)
{
    static const char *const attributes[] = { "objectClass", NULL };
    const char *domain = directory_domain_dn(search->directory);
    OWNED(directory_result_release) struct directory_result found = { 0 };
    OWNED(free)
    char *base = text_make("CN=Sites,%s", directory_configuration_dn(search->directory));
    OWNED(free) char *escaped = NULL;
    OWNED(free) char *filter = NULL;
    struct directory_query query = { .scope = DIRECTORY_SUBTREE, .attributes = attributes };
    bool ignored = false;

    if (!directory_escape(domain, strlen(domain), &escaped, err))
        return false;
    filter = text_make("(&(objectCategory=nTDSDSA)(|(msDS-hasMasterNCs=%s)(hasMasterNCs=%s)))",
                       escaped, escaped);
    if (!base || !filter)
        return ajar_no_memory(err);
    query.base = base;
    query.filter = filter;
    if (!directory_search(search->directory, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        if (!follow_links(search, above(found.entries[i].dn, 3), is_blocked, &ignored, err))
            return false;
    }
    return true;
}

static bool follow_all(struct search *search, struct ajar_error *err)
{
    const char *domain = directory_domain_dn(search->directory);
    OWNED(free)
    char *controllers = text_make("<WKGUID=a361b2ffffd211d1aa4b00c04fd7d83a,%s>", domain);
    bool is_blocked = false;
    bool ignored = false;

    if (!controllers)
        return ajar_no_memory(err);
    return follow_links(search, controllers, false, &is_blocked, err) &&
           follow_links(search, domain, is_blocked, &ignored, err) &&
           follow_sites(search, is_blocked, err);
}

static bool conclude(const struct search *search, struct finding *ret_finding,
                     struct ajar_error *err)
{
    if (search->found.size > 0)
        return finding_fail(ret_finding, err, SEE_POLICY, "%s", text_peek(&search->found));
    if (search->unknown.size > 0)
        return finding_unknown(ret_finding, err, SEE_READING, "could not be read: %s",
                               text_peek(&search->unknown));
    return finding_pass(ret_finding, err,
                        "%zu Group Policy objects that apply to the controllers were read, none "
                        "sets it",
                        search->read);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    OWNED(search_release)
    struct search search = { .setting = setting,
                             .found = TEXT_UP_TO(TEXT_CEILING),
                             .unknown = TEXT_UP_TO(TEXT_CEILING) };

    if (!setting_value(setting, "value"))
        return finding_pass(ret_finding, err, "nothing to look for: no value is set");
    if (!target_directory(target, &search.directory, err) ||
        !target_sysvol(target, &search.sysvol, err) || !follow_all(&search, err))
        return false;
    return conclude(&search, ret_finding, err);
}

const struct requirement requirement_no_policy = {
    .check = "no-policy",
    .told_kind = "registry",
    .told_field = "value",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};

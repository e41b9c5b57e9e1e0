/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/fake_domain.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

#define ROOM 64

struct attribute {
    char *dn;
    char *name;
    char *value;
};

struct node {
    char *path;
    bool is_folder;
    bool is_denied;
    struct bytes bytes;
    int64_t modified;
};

static struct {
    struct attribute attributes[ROOM];
    struct node nodes[ROOM];
    int64_t clock;
    int fail_at;
    bool after;
    int writes;
    int meanwhile_at;
    void (*somebody)(void);
    int reads_left;
    void (*reader)(void);
    bool faces_itself;
} domain;

static void demand(bool ok)
{
    if (!ok)
        abort();
}

void fake_domain_clear(void)
{
    for (size_t i = 0; i < ROOM; i++) {
        free(domain.attributes[i].dn);
        free(domain.attributes[i].name);
        free(domain.attributes[i].value);
        free(domain.nodes[i].path);
        bytes_release(&domain.nodes[i].bytes);
    }
    memset(&domain, 0, sizeof(domain));
}

void fake_domain_reset(void)
{
    fake_domain_clear();
    domain.clock = 1000;
}

static struct attribute *find_attribute(const char *dn, const char *name)
{
    for (size_t i = 0; i < ROOM; i++) {
        const struct attribute *attribute = &domain.attributes[i];

        if (attribute->dn && strcasecmp(attribute->dn, dn) == 0 &&
            strcasecmp(attribute->name, name) == 0)
            return &domain.attributes[i];
    }
    return NULL;
}

const char *fake_domain_get(const char *dn, const char *attribute)
{
    const struct attribute *found = find_attribute(dn, attribute);

    return found ? found->value : NULL;
}

void fake_domain_set(const char *dn, const char *attribute, const char *value)
{
    struct attribute *found = find_attribute(dn, attribute);

    for (size_t i = 0; !found && value && i < ROOM; i++) {
        if (!domain.attributes[i].dn) {
            found = &domain.attributes[i];
            *found = (struct attribute){ text_copy(dn), text_copy(attribute), NULL };
        }
    }
    if (!found)
        return;
    free(found->value);
    found->value = text_copy(value);
    if (!value) {
        free(found->dn);
        free(found->name);
        *found = (struct attribute){ 0 };
    }
}

static struct node *find_node(const char *path)
{
    for (size_t i = 0; i < ROOM; i++) {
        if (domain.nodes[i].path && strcasecmp(domain.nodes[i].path, path) == 0)
            return &domain.nodes[i];
    }
    return NULL;
}

static struct node *make_node(const char *path, bool is_folder)
{
    struct node *node = find_node(path);

    for (size_t i = 0; !node && i < ROOM; i++) {
        if (!domain.nodes[i].path) {
            node = &domain.nodes[i];
            *node = (struct node){ .path = text_copy(path), .is_folder = is_folder };
        }
    }
    demand(node != NULL);
    node->modified = ++domain.clock;
    return node;
}

void fake_domain_put(const char *path, const void *bytes, size_t size)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct node *node;

    for (const char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        OWNED(free) char *folder = text_copy_bytes(path, (size_t)(at - path));

        if (!find_node(folder))
            (void)make_node(folder, true);
    }
    node = make_node(path, bytes == NULL);
    bytes_release(&node->bytes);
    demand(!bytes || bytes_copy(bytes, size, &node->bytes, &err));
}

const struct bytes *fake_domain_file(const char *path)
{
    const struct node *node = find_node(path);

    return node ? &node->bytes : NULL;
}

size_t fake_domain_count(void)
{
    size_t count = 0;

    for (size_t i = 0; i < ROOM; i++)
        count += domain.nodes[i].path ? 1 : 0;
    return count;
}

void fake_domain_deny(const char *path)
{
    demand(find_node(path) != NULL);
    find_node(path)->is_denied = true;
}

void fake_domain_fail(int at, bool after)
{
    domain.writes = 0;
    domain.fail_at = at;
    domain.after = after;
}

int fake_domain_writes(void)
{
    return domain.writes;
}

void fake_domain_meanwhile(int at, void (*somebody)(void))
{
    domain.writes = 0;
    domain.meanwhile_at = at;
    domain.somebody = somebody;
}

void fake_domain_before_read(int at, void (*somebody)(void))
{
    domain.reads_left = at;
    domain.reader = somebody;
}

/* In front of each write. */
static bool begin(struct ajar_error *err)
{
    domain.writes++;
    if (domain.somebody && domain.writes == domain.meanwhile_at)
        domain.somebody();
    if (domain.fail_at == 0 || domain.writes < domain.fail_at ||
        (domain.after && domain.writes == domain.fail_at))
        return true;
    return ajar_fail(err, AJAR_ETIMEOUT, "struck before write %d", domain.writes);
}

/* Behind each write. */
static bool end(struct ajar_error *err)
{
    if (domain.fail_at == 0 || domain.writes != domain.fail_at)
        return true;
    return ajar_fail(err, AJAR_ETIMEOUT, "struck after write %d", domain.writes);
}

bool share_read(struct share *share, const char *path, size_t ceiling, struct bytes *ret_bytes,
                int64_t *ret_modified, struct ajar_error *err)
{
    const struct node *node;

    (void)share;
    if (domain.reader && --domain.reads_left == 0)
        domain.reader();
    node = find_node(path);
    if (!node || node->is_folder)
        return ajar_fail(err, AJAR_EMISSING, "no %s", path);
    if (node->is_denied)
        return ajar_fail(err, AJAR_EDENIED, "%s: access denied", path);
    demand(node->bytes.size <= ceiling);
    if (!bytes_copy(node->bytes.at, node->bytes.size, ret_bytes, err))
        return false;
    if (ret_modified)
        *ret_modified = node->modified;
    return true;
}

static bool has_parent(const char *path)
{
    OWNED(free) char *folder = text_copy_bytes(path, (size_t)(strrchr(path, '/') - path));

    return find_node(folder) != NULL;
}

/* What a longer file is before it is cut: the new bytes, and the old ones behind them. */
static bool write_over(const char *path, const struct bytes *bytes, struct ajar_error *err)
{
    const struct node *node = find_node(path);
    OWNED(bytes_release) struct bytes mixed = { 0 };

    if (!node || node->bytes.size <= bytes->size)
        return true;
    if (!begin(err))
        return false;
    demand(bytes_copy(node->bytes.at, node->bytes.size, &mixed, err));
    if (bytes->size > 0)
        memcpy(mixed.at, bytes->at, bytes->size);
    fake_domain_put(path, mixed.at, mixed.size);
    return end(err);
}

bool share_write(struct share *share, const char *path, const struct bytes *bytes,
                 struct ajar_error *err)
{
    (void)share;
    if (!write_over(path, bytes, err) || !begin(err))
        return false;
    if (!has_parent(path))
        return ajar_fail(err, AJAR_EMISSING, "no folder for %s", path);
    fake_domain_put(path, bytes->at ? bytes->at : (const uint8_t *)"", bytes->size);
    return end(err);
}

bool share_exists(struct share *share, const char *path, bool *ret_exists, struct ajar_error *err)
{
    (void)share;
    (void)err;
    *ret_exists = find_node(path) != NULL;
    return true;
}

bool share_make_folder(struct share *share, const char *path, struct ajar_error *err)
{
    (void)share;
    if (!begin(err))
        return false;
    if (!has_parent(path))
        return ajar_fail(err, AJAR_EMISSING, "no folder for %s", path);
    if (!find_node(path))
        (void)make_node(path, true);
    return end(err);
}

static void forget(struct node *node)
{
    free(node->path);
    bytes_release(&node->bytes);
    *node = (struct node){ 0 };
}

bool share_delete(struct share *share, const char *path, struct ajar_error *err)
{
    (void)share;
    if (!begin(err))
        return false;
    if (find_node(path))
        forget(find_node(path));
    return end(err);
}

bool share_delete_folder(struct share *share, const char *path, struct ajar_error *err)
{
    size_t size = strlen(path);

    (void)share;
    if (!begin(err))
        return false;
    for (size_t i = 0; i < ROOM; i++) {
        const char *other = domain.nodes[i].path;

        if (other && strncasecmp(other, path, size) == 0 && other[size] == '/')
            return ajar_fail(err, AJAR_ECONFLICT, "%s is not empty", path);
    }
    if (find_node(path))
        forget(find_node(path));
    return end(err);
}

const char *directory_domain_dn(const struct directory *directory)
{
    (void)directory;
    return FAKE_DOMAIN_DN;
}

const char *directory_host(const struct directory *directory)
{
    (void)directory;
    return "dc2.target.test";
}

const char *directory_configuration_dn(const struct directory *directory)
{
    (void)directory;
    return "CN=Configuration," FAKE_DOMAIN_DN;
}

/* Only what an object of this name is asked for; other scopes find what has the attribute "find"
 * with the base as its value, and, where it has the attribute "filter", only with that filter. */
static bool is_asked_for(const struct directory *directory, const struct attribute *attribute,
                         const struct directory_query *query)
{
    size_t own = directory ? strlen(FAKE_OWN) : 0;
    const char *filter;
    const char *find;

    if (strncmp(attribute->dn, FAKE_OWN, own) != 0)
        return false;
    if (query->scope == DIRECTORY_BASE)
        return strcasecmp(attribute->dn + own, query->base) == 0;
    find = fake_domain_get(attribute->dn, "find");
    filter = fake_domain_get(attribute->dn, "filter");
    return find && strcmp(find, query->base) == 0 &&
           (!filter || strcmp(filter, query->filter) == 0);
}

static struct directory_entry *entry_of(struct directory_result *result, const char *dn)
{
    for (size_t i = 0; i < result->count; i++) {
        if (strcasecmp(result->entries[i].dn, dn) == 0)
            return &result->entries[i];
    }
    result->entries[result->count] =
        (struct directory_entry){ .dn = text_copy(dn),
                                  .attributes = calloc(ROOM, sizeof(struct directory_attribute)) };
    return &result->entries[result->count++];
}

bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err)
{
    struct directory_result result = { .entries = calloc(ROOM, sizeof(struct directory_entry)) };

    for (size_t i = 0; i < ROOM; i++) {
        const struct attribute *from = &domain.attributes[i];
        struct directory_entry *entry;
        struct directory_value *value;

        if (!from->dn || !is_asked_for(directory, from, query))
            continue;
        entry = entry_of(&result, from->dn);
        value = calloc(1, sizeof(*value));
        value->bytes.at = (uint8_t *)text_copy(from->value);
        value->bytes.size = strlen(from->value);
        entry->attributes[entry->count++] =
            (struct directory_attribute){ text_copy(from->name), 1, value };
    }
    if (result.count == 0 && query->scope == DIRECTORY_BASE) {
        directory_result_release(&result);
        return ajar_fail(err, AJAR_EMISSING, "no object \"%s\"", query->base);
    }
    *ret_result = result;
    return true;
}

/* All changes, or none: a value to delete must be the one that is there. */
bool directory_modify(struct directory *directory, const char *dn,
                      const struct directory_change *changes, size_t count, struct ajar_error *err)
{
    (void)directory;
    if (!begin(err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *now = fake_domain_get(dn, changes[i].attribute);
        const struct bytes *value = changes[i].values;

        if (changes[i].operation == DIRECTORY_DELETE &&
            (!now || strlen(now) != value->size || memcmp(now, value->at, value->size) != 0))
            return ajar_fail(err, AJAR_ECONFLICT, "the old %s is not there", changes[i].attribute);
        if (changes[i].operation == DIRECTORY_ADD && now &&
            (i == 0 || strcmp(changes[i - 1].attribute, changes[i].attribute) != 0))
            return ajar_fail(err, AJAR_ECONFLICT, "there is a %s", changes[i].attribute);
    }
    for (size_t i = 0; i < count; i++) {
        const struct bytes *value = changes[i].values;
        OWNED(free)
        char *text = changes[i].operation == DIRECTORY_DELETE
                         ? NULL
                         : text_copy_bytes((const char *)value->at, value->size);

        fake_domain_set(dn, changes[i].attribute, text);
    }
    return end(err);
}

bool directory_escape(const void *bytes, size_t size, char **ret_text, struct ajar_error *err)
{
    *ret_text = text_copy_bytes(bytes, size);
    return *ret_text || ajar_no_memory(err);
}

bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err)
{
    (void)target;
    (void)err;
    *ret_directory = domain.faces_itself ? (struct directory *)&domain : NULL;
    return true;
}

void target_face_itself(struct target *target, bool does)
{
    (void)target;
    domain.faces_itself = does;
}

bool target_sysvol(struct target *target, struct share **ret_sysvol, struct ajar_error *err)
{
    (void)target;
    (void)err;
    *ret_sysvol = NULL;
    return true;
}

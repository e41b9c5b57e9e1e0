/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/connect_policy.h"

#include "base/clock.h"
#include "base/text.h"
#include "base/utf16.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

enum {
    DEPTH = 64, /* objects in objects */
    DIRECTORIES = 256,
    SAID = 16,          /* kept, of what may speak of a topic */
    SAID_CEILING = 200, /* bytes of each */
    TEXT_CEILING = 1024,
};

static inline void json_free_slot(json_t **slot)
{
    json_decref(*slot);
}

/* The text of the file as UTF-8, without a mark. */
static bool decode(const struct bytes *file, struct bytes *ret_text, struct ajar_error *err)
{
    const uint8_t *at = file->at;
    bool is_big = file->size >= 2 && (at[0] == 0xfe || at[0] == 0) && at[1] != 0;
    bool is_little = file->size >= 2 && (at[0] == 0xff || at[1] == 0) && at[0] != 0;
    size_t mark = file->size >= 2 && (at[0] == 0xfe || at[0] == 0xff)     ? 2
                  : file->size >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0 ? 3
                                                                          : 0;
    OWNED(bytes_release) struct bytes units = { 0 };
    OWNED(free) char *text = NULL;

    if (!bytes_copy(file->at ? file->at + mark : NULL, file->size - mark, &units, err))
        return false;
    if (!is_big && !is_little) {
        *ret_text = units;
        units = (struct bytes){ 0 };
        return true;
    }
    for (size_t i = 0; is_big && i + 1 < units.size; i += 2) {
        uint8_t first = units.at[i];

        units.at[i] = units.at[i + 1];
        units.at[i + 1] = first;
    }
    return utf16_to_utf8(units.at, units.size, &text, err) &&
           bytes_copy(text, strlen(text), ret_text, err);
}

/* A member by its name, in any case. */
static json_t *member(json_t *object, const char *name)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        if (strcasecmp(key, name) == 0)
            return value;
    }
    return NULL;
}

/* As JSON writes it, in ASCII; a string without its quotes. To be freed; NULL without memory. */
static char *write_value(const json_t *value)
{
    OWNED(free)
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_COMPACT);
    char *taken = text;

    for (char *at = text; at && *at; at++) {
        if (*at == 0x7f) /* the one control character that jansson leaves as it is */
            *at = '?';
    }
    if (text && json_is_string(value))
        return text_copy_bytes(text + 1, strlen(text) - 2);
    text = NULL;
    return taken;
}

/* The string that a member is, if it is one. */
static bool take_string(json_t *object, const char *name, char **slot, struct ajar_error *err)
{
    json_t *value = member(object, name);

    if (!json_is_string(value) || json_string_length(value) > TEXT_CEILING)
        return true;
    *slot = write_value(value);
    return *slot || ajar_no_memory(err);
}

static bool take_partitions(json_t *object, char **slot, struct ajar_error *err)
{
    json_t *filters = member(object, "partitionFilters");
    OWNED(text_release) struct text text = TEXT_UP_TO(16 * TEXT_CEILING);
    size_t count = json_is_object(filters) ? 1 : json_array_size(filters);

    for (size_t i = 0; i < count; i++) {
        json_t *filter = json_is_object(filters) ? filters : json_array_get(filters, i);
        OWNED(free) char *name = NULL;

        if (!take_string(filter, "distinguishedName", &name, err))
            return false;
        if (name)
            text_format(&text, "%s%s", text.size ? "; " : "", name);
    }
    return text.size == 0 || text_take(&text, slot, err);
}

static bool read_directory(json_t *object, struct connect_policy *policy, struct ajar_error *err)
{
    struct connect_directory *directory = &policy->directories[policy->directory_count];
    const char *id = json_string_value(member(object, "uniqueIdentifier"));
    struct ajar_error refused = AJAR_NO_ERROR;

    if (!json_is_object(object))
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "onpremisesDirectoryPolicy has something in it that is no object");
    policy->directory_count++;
    directory->has_id = id && guid_parse(id, &directory->id, &refused);
    return take_string(object, "friendlyName", &directory->friendly_name, err) &&
           take_string(object, "fullyQualifiedDomainName", &directory->dns_name, err) &&
           take_partitions(object, &directory->partitions, err);
}

/* One object, or an array of them. */
static bool read_directories(json_t *root, struct connect_policy *policy, struct ajar_error *err)
{
    json_t *list = member(root, "onpremisesDirectoryPolicy");
    size_t count = json_is_array(list) ? json_array_size(list) : list ? 1 : 0;

    if (count > DIRECTORIES)
        return ajar_fail(err, AJAR_EPROTOCOL, "onpremisesDirectoryPolicy has more than %d entries",
                         DIRECTORIES);
    policy->directories = calloc(count ? count : 1, sizeof(*policy->directories));
    if (!policy->directories)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!read_directory(json_is_array(list) ? json_array_get(list, i) : list, policy, err))
            return false;
    }
    return true;
}

static bool has_part(const char *name, const char *part)
{
    return strcasestr(name, part) != NULL;
}

static bool topic_of(const char *name, enum connect_topic *ret_topic)
{
    if (has_part(name, "staging"))
        *ret_topic = CONNECT_STAGING;
    else if (has_part(name, "passwordHash") || has_part(name, "hashSync"))
        *ret_topic = CONNECT_HASH_SYNC;
    else
        return false;
    return true;
}

static bool keep(struct connect_policy *policy, enum connect_topic topic, const char *path,
                 const json_t *value, struct ajar_error *err)
{
    OWNED(free) char *written = write_value(value);
    struct connect_said *said = &policy->said[policy->said_count];

    if (!written)
        return ajar_no_memory(err);
    said->text = text_make("%.*s: %.*s%s", SAID_CEILING / 2, path, SAID_CEILING / 2, written,
                           strlen(written) > SAID_CEILING / 2 ? "..." : "");
    if (!said->text)
        return ajar_no_memory(err);
    said->topic = topic;
    policy->said_count++;
    return true;
}

static bool search(const json_t *value, const char *path, int depth, struct connect_policy *policy,
                   struct ajar_error *err);

static bool search_member(const char *name, const json_t *value, const char *path, int depth,
                          struct connect_policy *policy, struct ajar_error *err)
{
    OWNED(json_free) json_t *string = json_string(name);
    OWNED(free) char *written = string ? write_value(string) : NULL;
    OWNED(free)
    char *longer = text_make("%.*s%s%.*s", TEXT_CEILING, path, *path ? "." : "", SAID_CEILING,
                             written ? written : "");
    enum connect_topic topic;

    if (!string || !written || !longer)
        return ajar_no_memory(err);
    if (topic_of(name, &topic) && policy->said_count < SAID)
        return keep(policy, topic, longer, value, err);
    return search(value, longer, depth, policy, err);
}

/* Of an array, only what is in its objects. */
static bool search(const json_t *value, const char *path, int depth, struct connect_policy *policy,
                   struct ajar_error *err)
{
    json_t *object = (json_t *)(uintptr_t)value; /* jansson iterates over what is not const */
    const char *name;
    json_t *item;
    size_t i;

    if (depth == DEPTH)
        return ajar_fail(err, AJAR_EPROTOCOL, "more than %d objects in each other", DEPTH);
    json_object_foreach(object, name, item)
    {
        if (!search_member(name, item, path, depth + 1, policy, err))
            return false;
    }
    json_array_foreach(value, i, item)
    {
        if (!search(item, path, depth + 1, policy, err))
            return false;
    }
    return true;
}

static bool read_root(json_t *root, struct connect_policy *policy, struct ajar_error *err)
{
    if (!json_is_object(root))
        return ajar_fail(err, AJAR_EPROTOCOL, "line 1: not an object, as such a file is");
    policy->said = calloc(SAID, sizeof(*policy->said));
    if (!policy->said)
        return ajar_no_memory(err);
    return read_directories(root, policy, err) && search(root, "", 0, policy, err);
}

/* jansson quotes what is in the file behind " near ", whatever that is. */
static bool refuse_text(const json_error_t *wrong, struct ajar_error *err)
{
    const char *near = strstr(wrong->text, " near ");
    int size = near ? (int)(near - wrong->text) : (int)strlen(wrong->text);

    return ajar_fail(err, AJAR_EPROTOCOL, "line %d: %.*s", wrong->line > 0 ? wrong->line : 1, size,
                     wrong->text);
}

bool connect_policy_read(const struct bytes *file, struct connect_policy *ret_policy,
                         struct ajar_error *err)
{
    OWNED(connect_policy_release) struct connect_policy policy = { 0 };
    OWNED(bytes_release) struct bytes text = { 0 };
    OWNED(json_free) json_t *root = NULL;
    json_error_t wrong = { 0 };

    if (!decode(file, &text, err))
        return false;
    root = json_loadb(text.at ? (const char *)text.at : "", text.size, 0, &wrong);
    if (!root)
        return refuse_text(&wrong, err);
    if (!read_root(root, &policy, err))
        return false;
    *ret_policy = policy;
    policy = (struct connect_policy){ 0 };
    return true;
}

/* The time that begins at `text`: eight digits of a day and six of an hour, with at most one
 * character between two groups. */
static bool read_time(const char *text, int64_t *ret_time)
{
    struct ajar_error refused = AJAR_NO_ERROR;
    char digits[15] = { 0 };
    size_t count = 0;
    char written[24];

    for (const char *at = text; *at && count < 14; at++) {
        if (isdigit((unsigned char)*at))
            digits[count++] = *at;
        else if (!strchr("-_.T ", *at) || count % 2 != 0)
            break;
    }
    if (count < 14)
        return false;
    (void)snprintf(written, sizeof(written), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", digits, digits + 4,
                   digits + 6, digits + 8, digits + 10, digits + 12);
    return clock_read_time(written, ret_time, &refused);
}

bool connect_policy_is_name(const char *name, int64_t *ret_time)
{
    static const char part[] = "SynchronizationPolicy";
    const char *at = strcasestr(name, part);
    size_t size = strlen(name);
    int64_t time = 0;

    if (!at || size < 5 || strcasecmp(name + size - 5, ".json") != 0)
        return false;
    for (at += strlen(part); *at && time == 0; at++) {
        if (isdigit((unsigned char)*at) && !isdigit((unsigned char)at[-1]) && read_time(at, &time))
            break;
    }
    *ret_time = time;
    return true;
}

void connect_policy_release(struct connect_policy *policy)
{
    for (size_t i = 0; i < policy->directory_count; i++) {
        free(policy->directories[i].friendly_name);
        free(policy->directories[i].dns_name);
        free(policy->directories[i].partitions);
    }
    for (size_t i = 0; i < policy->said_count; i++)
        free(policy->said[i].text);
    free(policy->directories);
    free(policy->said);
    *policy = (struct connect_policy){ 0 };
}

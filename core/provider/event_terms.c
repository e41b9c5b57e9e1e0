/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/event_terms.h"

#include "base/clock.h"
#include "provider/events.h"

#include <string.h>

/* Those of password hash synchronization. */
#define SUCCESS "654"
#define TROUBLE "0 611 652 655"
#define WITHIN  "3h"

#define LEAST_WITHIN 60
#define LAST_ID      0xffffU

static const char *value_or(const struct setting *setting, const char *field, const char *otherwise)
{
    const char *value = setting_value(setting, field);

    return value ? value : otherwise;
}

/* The number of a whole word, or more than any. */
static uint32_t read_id(const char *word, size_t size)
{
    uint32_t id = 0;

    for (size_t i = 0; i < size; i++) {
        if (word[i] < '0' || word[i] > '9' || id > LAST_ID)
            return LAST_ID + 1;
        id = 10 * id + (uint32_t)(word[i] - '0');
    }
    return id;
}

static bool read_ids(const struct setting *setting, const char *field, const char *otherwise,
                     struct event_ids *ret_ids, struct ajar_error *err)
{
    static const char blanks[] = " \t";
    const char *at = value_or(setting, field, otherwise);
    struct event_ids ids = { .count = 0 };

    for (at += strspn(at, blanks); *at; at += strspn(at, blanks)) {
        size_t size = strcspn(at, blanks);
        uint32_t id = read_id(at, size);

        if (id > LAST_ID)
            return setting_fail(setting, field, err,
                                "%s: \"%.*s\" is no event id: numbers from 0 to %u, with blanks "
                                "between them",
                                field, size > 60 ? 60 : (int)size, at, LAST_ID);
        if (ids.count == EVENT_IDS_CEILING)
            return setting_fail(setting, field, err, "%s: at most %u", field, EVENT_IDS_CEILING);
        ids.list[ids.count++] = id;
        at += size;
    }
    *ret_ids = ids;
    return true;
}

bool event_ids_have(const struct event_ids *ids, uint32_t id)
{
    size_t i = 0;

    while (i < ids->count && ids->list[i] != id)
        i++;
    return i < ids->count;
}

static bool check_ids(const struct setting *setting, const struct event_terms *terms,
                      struct ajar_error *err)
{
    for (size_t i = 0; i < terms->trouble.count; i++) {
        if (event_ids_have(&terms->success, terms->trouble.list[i]))
            return setting_fail(setting, "trouble", err,
                                "trouble: %u is an event of success, too: it can be one of them",
                                terms->trouble.list[i]);
    }
    return true;
}

static bool read_within(const struct setting *setting, int64_t *ret_within, struct ajar_error *err)
{
    struct ajar_error inner = AJAR_NO_ERROR;

    if (clock_read_duration(value_or(setting, "within", WITHIN), LEAST_WITHIN, EVENTS_LONG_AGO,
                            ret_within, &inner))
        return true;
    return setting_fail(setting, "within", err, "within: %s", inner.text);
}

bool event_terms_read(const struct setting *setting, struct event_terms *ret_terms,
                      struct ajar_error *err)
{
    struct event_terms terms = { .log = value_or(setting, "log", "Application"),
                                 .source = value_or(setting, "source", EVENT_TERMS_SOURCE) };

    if (!read_ids(setting, "success", SUCCESS, &terms.success, err) ||
        !read_ids(setting, "trouble", TROUBLE, &terms.trouble, err) ||
        !check_ids(setting, &terms, err) || !read_within(setting, &terms.within, err) ||
        !guid_list_read(setting, "connectors", &terms.connectors, err))
        return false;
    *ret_terms = terms;
    return true;
}

size_t event_terms_connectors(const struct event_terms *terms)
{
    return terms->connectors.count > 0 ? terms->connectors.count : 1;
}

bool event_terms_concern(const struct event *event, const struct event_terms *terms,
                         size_t connector)
{
    char guid[GUID_TEXT_SIZE];

    if (terms->connectors.count == 0)
        return true;
    guid_format(&terms->connectors.guids[connector], guid);
    return event_mentions(event, guid);
}

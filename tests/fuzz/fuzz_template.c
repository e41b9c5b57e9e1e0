/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Templates from anywhere: they are read or refused; a key that is set and taken away again, or put
 * back, leaves the same bytes. The first byte chooses the key.
 */
#include "fuzz/fuzz.h"
#include "model/template.h"

#include <string.h>

static const char section[] = "Event Audit";
static const char *const keys[] = { "AuditAccountManage", "M\\a=b" };

/* Aborts when it does not succeed; a key that stands there twice has been refused before. */
static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void demand_the_value(const struct template *template, const char *key, const char *value)
{
    struct ajar_error err = AJAR_NO_ERROR;
    enum template_place place;
    OWNED(free) char *now = NULL;

    demand(template_get(template, section, key, &place, &now, &err) && place == TEMPLATE_KEY &&
           strcmp(now, value) == 0);
}

static void there_and_back(struct template *template, const char *key, const struct bytes *file)
{
    OWNED(bytes_release) struct bytes again = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    enum template_place place;
    OWNED(free) char *before = NULL;

    if (!template_get(template, section, key, &place, &before, &err))
        return;
    demand(template_set(template, section, key, "3", &err));
    demand_the_value(template, key, "3");
    if (place != TEMPLATE_KEY)
        demand(template_remove(template, section, key, place == TEMPLATE_NO_SECTION, &err));
    else if (!template_set(template, section, key, before, &err))
        return; /* a value that could stand there, but that nobody may write */
    demand(template_write(template, 0, &again, &err) && bytes_same(file, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(template_release) struct template template = { 0 };
    OWNED(bytes_release) struct bytes file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &file, &err) ||
        !template_read(&file, &template, &err))
        return 0;
    (void)template_is_bare(&template);
    there_and_back(&template, keys[data[0] % LENGTH(keys)], &file);
    return 0;
}

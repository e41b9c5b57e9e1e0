/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * INI text from anywhere: it is read or refused, and what was read comes back from its own writing.
 * The first byte chooses the dialect ('r' is INI_RECORD), the rest is the text.
 */
#include "base/ini.h"
#include "fuzz/fuzz.h"

#include <string.h>

#define CEILING (16 * 1024 * 1024)

static void write_ini(const struct ini *ini, struct text *text)
{
    for (size_t i = 0; i < ini->count; i++) {
        const struct ini_section *section = &ini->sections[i];

        ini_write_section(text, section->kind, section->name);
        for (size_t j = 0; j < section->count; j++)
            ini_write_field(text, section->fields[j].name, section->fields[j].value);
    }
}

static bool same_section(const struct ini_section *a, const struct ini_section *b)
{
    if (a->count != b->count || strcmp(a->kind, b->kind) != 0 || strcmp(a->name, b->name) != 0)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
            strcmp(a->fields[i].value, b->fields[i].value) != 0)
            return false;
    }
    return true;
}

static void demand_that_it_comes_back(const struct ini *ini)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(CEILING);
    OWNED(ini_free) struct ini *back = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    write_ini(ini, &text);
    if (!ini_read("back", text_peek(&text), text.size, INI_RECORD, &back, &err) ||
        back->count != ini->count)
        abort();
    for (size_t i = 0; i < ini->count; i++) {
        if (!same_section(&ini->sections[i], &back->sections[i]))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(ini_free) struct ini *ini = NULL;
    struct ajar_error err = AJAR_NO_ERROR;
    enum ini_dialect dialect = size > 0 && data[0] == 'r' ? INI_RECORD : INI_PLAIN;

    if (size > 0 && ini_read("fuzz", (const char *)data + 1, size - 1, dialect, &ini, &err))
        demand_that_it_comes_back(ini);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saved plans from anywhere: they are read or refused, and what was read is written as a text that
 * says the same. Once as it is, which the seal refuses most often; and once with the right seal put
 * below it.
 */
#include "fuzz/fuzz.h"

#include "base/text.h"
#include "journal/saved_plan.h"

#include <string.h>

static void demand_the_same(const struct saved_plan *saved)
{
    OWNED(saved_plan_release) struct saved_plan back = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *again = NULL;
    struct sha256 seal;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!saved_plan_to_text(saved, &text, &seal, &err) ||
        !saved_plan_from_text("back", text, strlen(text), &back, &err) ||
        strcmp(seal.hex, back.seal.hex) != 0 || strcmp(saved->plan, back.plan) != 0 ||
        !saved_plan_to_text(&back, &again, &seal, &err) || strcmp(text, again) != 0)
        abort();
}

static void try_text(const char *text, size_t size)
{
    OWNED(saved_plan_release) struct saved_plan saved = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (saved_plan_from_text("fuzz", text, size, &saved, &err))
        demand_the_same(&saved);
    else if (err.status != AJAR_EPLAN && err.status != AJAR_ESYSTEM)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(size + 200);

    try_text((const char *)data, size);
    text_append_bytes(&text, (const char *)data, size);
    text_append(&text, "\n[seal]\n");
    text_format(&text, "sha256 = %s\n", sha256_of(text_peek(&text), text.size).hex);
    try_text(text_peek(&text), text.size);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of a journal from anywhere: they are read or refused, and what was read is written as a
 * text that says the same. The first byte chooses ('w' is a window), the rest is the text.
 */
#include "fuzz/fuzz.h"
#include "journal/record.h"

#include <string.h>

static void demand_the_same_change(const struct change_record *change)
{
    OWNED(change_record_release) struct change_record back = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *again = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!change_record_write(change, &text, &err) ||
        !change_record_read("back", text, strlen(text), &back, &err) ||
        !change_record_write(&back, &again, &err) || strcmp(text, again) != 0)
        abort();
}

static void demand_the_same_window(const struct window_record *window)
{
    OWNED(window_record_release) struct window_record back = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *again = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!window_record_write(window, &text, &err) ||
        !window_record_read("back", text, strlen(text), &back, &err) ||
        !window_record_write(&back, &again, &err) || strcmp(text, again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(change_record_release) struct change_record change = { 0 };
    OWNED(window_record_release) struct window_record window = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    const char *text = (const char *)data + 1;

    if (size == 0)
        return 0;
    if (data[0] == 'w') {
        if (window_record_read("fuzz", text, size - 1, &window, &err))
            demand_the_same_window(&window);
    } else if (change_record_read("fuzz", text, size - 1, &change, &err)) {
        demand_the_same_change(&change);
    }
    return 0;
}

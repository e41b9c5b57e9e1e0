/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of a journal from anywhere: they are read or refused, and what was read is written as a
 * text that says the same. The first byte chooses ('w' is a window, 'r' a requirement, 'm' a step
 * of a person, anything else a change), the rest is the text.
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

static void demand_the_same_requirement(const struct requirement_record *requirement)
{
    OWNED(requirement_record_release) struct requirement_record back = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *again = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!requirement_record_write(requirement, &text, &err) ||
        !requirement_record_read("back", text, strlen(text), &back, &err) ||
        !requirement_record_write(&back, &again, &err) || strcmp(text, again) != 0)
        abort();
}

static void demand_the_same_manual(const struct manual_record *manual)
{
    OWNED(manual_record_release) struct manual_record back = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *again = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (!manual_record_write(manual, &text, &err) ||
        !manual_record_read("back", text, strlen(text), &back, &err) ||
        !manual_record_write(&back, &again, &err) || strcmp(text, again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(change_record_release) struct change_record change = { 0 };
    OWNED(window_record_release) struct window_record window = { 0 };
    OWNED(requirement_record_release) struct requirement_record requirement = { 0 };
    OWNED(manual_record_release) struct manual_record manual = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    const char *text = (const char *)data + 1;

    if (size == 0)
        return 0;
    if (data[0] == 'w') {
        if (window_record_read("fuzz", text, size - 1, &window, &err))
            demand_the_same_window(&window);
    } else if (data[0] == 'r') {
        if (requirement_record_read("fuzz", text, size - 1, &requirement, &err))
            demand_the_same_requirement(&requirement);
    } else if (data[0] == 'm') {
        if (manual_record_read("fuzz", text, size - 1, &manual, &err))
            demand_the_same_manual(&manual);
    } else if (change_record_read("fuzz", text, size - 1, &change, &err)) {
        demand_the_same_change(&change);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/directory.h"

#include "base/text.h"

#include <string.h>

/* Far more than any value that a filter asks for. */
#define FILTER_CEILING 65536

bool directory_filter(const char *pattern, const void *bytes, size_t size, char **ret_filter,
                      struct ajar_error *err)
{
    OWNED(text_release) struct text filter = TEXT_UP_TO(FILTER_CEILING);
    OWNED(free) char *escaped = NULL;

    if (!directory_escape(bytes, size, &escaped, err))
        return false;
    for (const char *at = pattern; *at;) {
        size_t before = strcspn(at, "@");

        text_append_bytes(&filter, at, before);
        at += before;
        if (*at) {
            text_append(&filter, escaped);
            at++;
        }
    }
    return text_take(&filter, ret_filter, err);
}

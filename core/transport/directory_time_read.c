/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/directory_time.h"

#include <stdio.h>
#include <string.h>

bool directory_read_time(const char *text, int64_t *ret_time, struct ajar_error *err)
{
    static const char digits[] = "0123456789";
    struct ajar_error ignored = AJAR_NO_ERROR;
    const char *at = text + strspn(text, digits);
    bool is_whole = at - text == 14;
    char iso[sizeof("2026-11-21T08:00:00Z")];

    if (is_whole && *at == '.' && at[1] != 'Z')
        at += 1 + strspn(at + 1, digits);
    if (is_whole && strcmp(at, "Z") == 0) {
        (void)snprintf(iso, sizeof(iso), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6,
                       text + 8, text + 10, text + 12);
        if (clock_read_time(iso, ret_time, &ignored))
            return true;
    }
    return ajar_fail(err, AJAR_EPROTOCOL, "\"%.40s\" is no time of a directory", text);
}

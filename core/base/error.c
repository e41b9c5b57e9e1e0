/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ajar/error.h>

#include "base/cleanup.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const status_names[] = {
    [AJAR_FINE] = "fine",
    [AJAR_EUSAGE] = "usage",
    [AJAR_EPLAN] = "plan",
    [AJAR_ECONFLICT] = "conflict",
    [AJAR_EDENIED] = "denied",
    [AJAR_ELOGIN] = "login",
    [AJAR_EUNREACHABLE] = "unreachable",
    [AJAR_ETIMEOUT] = "timeout",
    [AJAR_EINSECURE] = "insecure",
    [AJAR_EPROTOCOL] = "protocol",
    [AJAR_EMISSING] = "missing",
    [AJAR_ELOCKED] = "locked",
    [AJAR_EJOURNAL] = "journal",
    [AJAR_EOVERDUE] = "overdue",
    [AJAR_EUNMET] = "unmet",
    [AJAR_ESTALE] = "stale",
    [AJAR_EPOLICY] = "policy",
    [AJAR_EINTERRUPTED] = "interrupted",
    [AJAR_ESYSTEM] = "system",
};

bool ajar_fail(struct ajar_error *err, enum ajar_status status, const char *format, ...)
{
    va_list arguments;

    assert(err->status == AJAR_FINE);
    err->status = status;
    err->native = 0;
    err->hint[0] = 0;
    va_start(arguments, format);
    (void)vsnprintf(err->text, sizeof(err->text), format, arguments);
    va_end(arguments);
    return false;
}

bool ajar_while(struct ajar_error *err, const char *format, ...)
{
    char inner[sizeof(err->text)];
    va_list arguments;
    size_t used;

    assert(err->status != AJAR_FINE);
    memcpy(inner, err->text, sizeof(inner));
    va_start(arguments, format);
    (void)vsnprintf(err->text, sizeof(err->text), format, arguments);
    va_end(arguments);
    used = strlen(err->text);
    (void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", inner);
    return false;
}

bool ajar_native(struct ajar_error *err, uint32_t native)
{
    assert(err->status != AJAR_FINE);
    err->native = native;
    return false;
}

bool ajar_hint(struct ajar_error *err, const char *hint)
{
    assert(err->status != AJAR_FINE);
    (void)snprintf(err->hint, sizeof(err->hint), "%s", hint);
    return false;
}

bool ajar_no_memory(struct ajar_error *err)
{
    return ajar_fail(err, AJAR_ESYSTEM, "out of memory");
}

const char *ajar_status_name(enum ajar_status status)
{
    return (size_t)status < LENGTH(status_names) ? status_names[status] : "protocol";
}

enum ajar_status ajar_status_from_name(const char *name)
{
    for (size_t i = 0; i < LENGTH(status_names); i++) {
        if (strcmp(name, status_names[i]) == 0)
            return (enum ajar_status)i;
    }
    return AJAR_EPROTOCOL;
}

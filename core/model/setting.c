/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/setting.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int setting_line(const struct setting *setting, const char *field)
{
    for (size_t i = 0; field && i < setting->section->count; i++) {
        if (strcmp(setting->section->fields[i].name, field) == 0)
            return setting->section->fields[i].line;
    }
    return setting->section->line;
}

bool setting_fail(const struct setting *setting, const char *field, struct ajar_error *err,
                  const char *format, ...)
{
    char text[sizeof(err->text)];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: %s", setting->file, setting_line(setting, field),
                     text);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/setting.h"

#include <stdarg.h>
#include <stdio.h>

int setting_line(const struct setting *setting, const char *field)
{
    return field ? ini_line(setting->section, field) : setting->section->line;
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

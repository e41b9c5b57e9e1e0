/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/shell.h"

#include "base/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

void shell_run(const char *folder, const char *script)
{
    const char *const arguments[] = { "sh", "-ec", script, "sh", folder, NULL };
    const struct program shell = { .arguments = arguments, .folder = folder };
    OWNED(program_result_release) struct program_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!program_run(&shell, &result, &err))
        fail_msg("%s", err.text);
    if (result.status != 0)
        fail_msg("%s: %.*s", script, (int)result.errors.size, (const char *)result.errors.at);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/requirement.h"

#include <stdarg.h>
#include <stdio.h>

static bool fill(struct finding *ret_finding, enum requirement_result result, const char *hint,
                 const char *format, va_list arguments, struct ajar_error *err)
    __attribute__((format(printf, 4, 0)));

static bool fill(struct finding *ret_finding, enum requirement_result result, const char *hint,
                 const char *format, va_list arguments, struct ajar_error *err)
{
    struct finding finding = { .result = result, .hint = text_copy(hint) };

    if (vasprintf(&finding.reason, format, arguments) < 0)
        finding.reason = NULL;
    if (!finding.reason || (hint && !finding.hint)) {
        finding_release(&finding);
        return ajar_no_memory(err);
    }
    *ret_finding = finding;
    return true;
}

bool finding_pass(struct finding *ret_finding, struct ajar_error *err, const char *format, ...)
{
    va_list arguments;
    bool ok;

    va_start(arguments, format);
    ok = fill(ret_finding, REQUIREMENT_PASS, NULL, format, arguments, err);
    va_end(arguments);
    return ok;
}

bool finding_fail(struct finding *ret_finding, struct ajar_error *err, const char *hint,
                  const char *format, ...)
{
    va_list arguments;
    bool ok;

    va_start(arguments, format);
    ok = fill(ret_finding, REQUIREMENT_FAIL, hint, format, arguments, err);
    va_end(arguments);
    return ok;
}

bool finding_unknown(struct finding *ret_finding, struct ajar_error *err, const char *hint,
                     const char *format, ...)
{
    va_list arguments;
    bool ok;

    va_start(arguments, format);
    ok = fill(ret_finding, REQUIREMENT_UNKNOWN, hint, format, arguments, err);
    va_end(arguments);
    return ok;
}

void finding_release(struct finding *finding)
{
    free(finding->reason);
    free(finding->hint);
    *finding = (struct finding){ 0 };
}

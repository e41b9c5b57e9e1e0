/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A section as a plan has it, for tests of what reads one.
 */
#ifndef TESTS_PROVIDER_SECTION_H
#define TESTS_PROVIDER_SECTION_H

#include "model/setting.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct section {
    struct ini *ini;
    struct setting setting;
};

/* The one section of `text`, which is the plan.ini of the messages. `section` is to be released. */
static inline void section_read(struct section *section, const char *text, enum place place,
                                const char *where)
{
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(ini_read("plan.ini", text, strlen(text), INI_PLAIN, &section->ini, &err));
    section->setting = (struct setting){
        .file = "plan.ini", .section = section->ini->sections, .place = place, .where = where
    };
}

static inline void section_release(struct section *section)
{
    ini_free(section->ini);
}
DEFINE_OWNED_STRUCT(struct section, section_release);

/* A plan's error, that begins so. */
static inline void assert_plan_error(const struct ajar_error *err, const char *says)
{
    assert_int_equal(err->status, AJAR_EPLAN);
    if (strncmp(err->text, says, strlen(says)) != 0)
        fail_msg("\"%s\" is not \"%s...\"", err->text, says);
}

/* The text of a finding: NULL is none at all. */
static inline void assert_part(const char *text, const char *part)
{
    if (!part) {
        assert_null(text);
        return;
    }
    assert_non_null(text);
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in \"%s\"", part, text);
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/standing.h"

#include "base/cleanup.h"

#include <string.h>

static const char *const names[] = {
    [AJAR_STANDING_NOT_ASKED] = "not-asked",
    [AJAR_STANDING_LIKELY] = "likely",
    [AJAR_STANDING_RULED_OUT] = "ruled-out",
    [AJAR_STANDING_UNKNOWN] = "unknown",
};

const char *ajar_standing_name(enum ajar_standing standing)
{
    return (size_t)standing < LENGTH(names) ? names[standing] : "unknown";
}

static enum ajar_standing judge(const char *word, const char *good, const char *bad)
{
    if (strcmp(word, good) == 0)
        return AJAR_STANDING_RULED_OUT;
    return strcmp(word, bad) == 0 ? AJAR_STANDING_LIKELY : AJAR_STANDING_UNKNOWN;
}

enum ajar_standing standing_of_requirement(const char *result)
{
    return judge(result, "pass", "fail");
}

enum ajar_standing standing_of_setting(const char *state)
{
    return judge(state, "as-wanted", "not-as-wanted");
}

enum ajar_standing standing_of_cause(const struct ajar_bearing_seen *seen, size_t count)
{
    enum ajar_standing standing = count > 0 ? AJAR_STANDING_RULED_OUT : AJAR_STANDING_UNKNOWN;

    for (size_t i = 0; i < count; i++) {
        if (seen[i].standing == AJAR_STANDING_LIKELY)
            return AJAR_STANDING_LIKELY;
        if (seen[i].standing != AJAR_STANDING_RULED_OUT)
            standing = AJAR_STANDING_UNKNOWN;
    }
    return standing;
}

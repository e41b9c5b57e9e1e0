/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/diagnosis.h"

#include <string.h>

#define HOUR_SECONDS 3600

/* One or two digits; -1 when there are none. */
static int take_digits(const char **at)
{
    int value = -1;

    for (int i = 0; i < 2 && **at >= '0' && **at <= '9'; i++)
        value = (value < 0 ? 0 : value * 10) + (*(*at)++ - '0');
    return value;
}

bool ajar_utc_offset_parse(const char *text, int *ret_seconds, struct ajar_error *err)
{
    bool has_sign = text[0] == '+' || text[0] == '-';
    const char *at = has_sign ? text + 1 : text;
    int minutes = 0;
    int hours;

    if (strcmp(text, "Z") == 0 || strcmp(text, "0") == 0) {
        *ret_seconds = 0;
        return true;
    }
    hours = has_sign ? take_digits(&at) : -1;
    if (hours >= 0 && *at == ':')
        at++;
    if (hours >= 0 && *at)
        minutes = take_digits(&at);
    if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59 || *at || at[-1] == ':')
        return ajar_fail(err, AJAR_EUSAGE,
                         "\"%.40s\" is no distance from UTC: it is like +02:00, -05:30 or Z", text);
    *ret_seconds = (hours * HOUR_SECONDS + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return true;
}

bool ajar_diagnose(const struct ajar_knowledge *knowledge,
                   const struct ajar_diagnose_options *options,
                   struct ajar_diagnosis **ret_diagnosis, struct ajar_error *err)
{
    struct diagnosis *diagnosis = NULL;

    if (!diagnosis_read(knowledge, options, NULL, &diagnosis, err))
        return false;
    *ret_diagnosis = &diagnosis->shown;
    return true;
}

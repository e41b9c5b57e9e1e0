/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A host's clock and this one's are close enough for Kerberos.
 *
 *     [require clocks-agree]
 *     on = controllers target.test
 *     check = clock
 *     within = 5m
 *
 * A controller's directory tells the time to anybody. Other hosts have none; they would be asked by
 * NetrRemoteTOD ([MS-SRVS] 3.1.4.21), which read_ahead() is the place for.
 */
#include "provider/requirement.h"
#include "transport/directory_time.h"

static const struct field_rule fields[] = {
    { .name = "within", .type = FIELD_DURATION },
    { 0 },
};

#define LONGEST 86400

static bool read_within(const struct setting *setting, int64_t *ret_seconds, struct ajar_error *err)
{
    const char *within = setting_value(setting, "within");
    struct ajar_error inner = AJAR_NO_ERROR;

    if (clock_read_duration(within ? within : "5m", 1, LONGEST, ret_seconds, &inner))
        return true;
    return setting_fail(setting, "within", err, "within: %s", inner.text);
}

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    int64_t seconds;

    return read_within(setting, &seconds, err);
}

/* By how many seconds the host is ahead of this one. */
static bool read_ahead(struct target *target, int64_t *ret_ahead, struct ajar_error *err)
{
    struct clock clock = clock_system();

    return directory_time(target_name(target), target_timeout_ms(target), &clock, ret_ahead, err);
}

/* A host that does not tell is no worse for it. */
static bool leave_open(const struct target *target, struct finding *ret_finding,
                       struct ajar_error *err)
{
    struct ajar_error reason = *err;
    OWNED(free) char *hint = NULL;

    if (reason.status != AJAR_EUNREACHABLE && reason.status != AJAR_ETIMEOUT)
        return false;
    *err = AJAR_NO_ERROR;
    hint = text_make("only domain controllers are asked; compare by hand, on Windows: w32tm "
                     "/stripchart /computer:%s /samples:1",
                     target_name(target));
    if (!hint)
        return ajar_no_memory(err);
    return finding_unknown(ret_finding, err, hint, "%s does not tell its time: %s",
                           target_name(target), reason.text);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const char *host = target_name(target);
    int64_t within = 0;
    int64_t ahead = 0;
    int64_t apart;

    if (!read_within(setting, &within, err))
        return false;
    if (!read_ahead(target, &ahead, err))
        return leave_open(target, ret_finding, err);
    apart = ahead < 0 ? -ahead : ahead;
    if (apart > within)
        return finding_fail(
            ret_finding, err,
            "set the clock that is wrong: w32tm /resync on Windows, chronyc makestep "
            "here",
            "the clock of %s is %s %s this host's, and %s is allowed; Kerberos "
            "refuses more than 5 minutes",
            host, clock_write_duration(apart).at, ahead > 0 ? "ahead of" : "behind",
            clock_write_duration(within).at);
    if (apart <= 1)
        return finding_pass(ret_finding, err, "the clock of %s agrees with this host's", host);
    return finding_pass(ret_finding, err, "the clock of %s is %s %s this host's", host,
                        clock_write_duration(apart).at, ahead > 0 ? "ahead of" : "behind");
}

const struct requirement requirement_clock = {
    .check = "clock",
    .aloof = true,
    .fields = fields,
    .places = REQUIREMENT_ON_HOST,
    .judge = judge,
    .examine = examine,
};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A host's clock and this one's are close enough for Kerberos.
 *
 *     [require clocks-agree]
 *     on = controllers target.test
 *     check = clock
 *     within = 5m
 *
 * A controller's directory tells the time to anybody, whether Kerberos would let us in or not.
 * Other hosts have no directory: the Server service tells it to who is logged in (NetrRemoteTOD,
 * [MS-SRVS] 3.1.4.21).
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

static bool is_silent(const struct ajar_error *err)
{
    return err->status == AJAR_EUNREACHABLE || err->status == AJAR_ETIMEOUT;
}

static bool ask_server(struct target *target, const struct clock *clock, int64_t *ret_ahead,
                       struct ajar_error *err)
{
    struct srvsvc_time time = { 0 };
    struct srvsvc *server = NULL;

    if (!target_server(target, &server, err) || !srvsvc_remote_time(server, &time, err))
        return false;
    *ret_ahead = time.now - clock_now(clock);
    return true;
}

/* By how many seconds the host is ahead of this one. `ret_told` is false, and `err` says why, when
 * it does not tell. */
static bool read_ahead(struct target *target, bool *ret_told, int64_t *ret_ahead,
                       struct ajar_error *err)
{
    struct ajar_error of_directory = AJAR_NO_ERROR;
    struct clock clock = clock_system();

    *ret_told = directory_time(target_name(target), target_timeout_ms(target), &clock, ret_ahead,
                               &of_directory);
    if (*ret_told)
        return true;
    if (!is_silent(&of_directory)) {
        *err = of_directory;
        return false;
    }
    *ret_told = ask_server(target, &clock, ret_ahead, err);
    return *ret_told || err->status != AJAR_ESYSTEM;
}

/* A host that does not tell is no worse for it. */
static bool leave_open(const struct target *target, struct finding *ret_finding,
                       struct ajar_error *err)
{
    struct ajar_error reason = *err;
    OWNED(free)
    char *hint = text_make("compare by hand, on Windows: w32tm /stripchart /computer:%s /samples:1",
                           target_name(target));

    *err = AJAR_NO_ERROR;
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
    bool told;

    if (!read_within(setting, &within, err) || !read_ahead(target, &told, &ahead, err))
        return false;
    if (!told)
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/service_move.h"

#include "base/text.h"

#include <string.h>

static const char running[] = "running";
static const char stopped[] = "stopped";
static const char disabled[] = "disabled";

static const struct carrier {
    const char *name;
    const char *display_name;
} carriers[] = {
    { "LanmanServer", "Server" },
    { "LanmanWorkstation", "Workstation" },
    { "RpcSs", "Remote Procedure Call (RPC)" },
    { "RpcEptMapper", "RPC Endpoint Mapper" },
    { "DcomLaunch", "DCOM Server Process Launcher" },
    { "SamSs", "Security Accounts Manager" },
    { "srv2", "Server SMB 2.xxx Driver" },
    { "srvnet", "srvnet" },
};

bool service_is_carrier(const char *called)
{
    for (size_t i = 0; i < LENGTH(carriers); i++) {
        if (text_same_ignoring_case(called, carriers[i].name) ||
            text_same_ignoring_case(called, carriers[i].display_name))
            return true;
    }
    return false;
}

/* What a write has to do; NULL where the goal does not say. */
struct move {
    const char *state;
    const char *start;
    bool starts;
    bool stops;
};

static struct move plan_move(const struct service_live *live, const struct ajar_state *to)
{
    struct move move = {
        .state = ajar_state_fact(to, "state"),
        .start = ajar_state_fact(to, "start"),
    };
    uint32_t state = live->status.state;

    move.starts = move.state && strcmp(move.state, running) == 0 && state != SERVICE_RUNNING;
    move.stops = move.state && strcmp(move.state, stopped) == 0 && state != SERVICE_STOPPED;
    return move;
}

/* Refuses what cannot be done, in front of the first change. */
static bool check_move(struct service_live *live, const struct move *move, struct ajar_error *err)
{
    if (move->state && strcmp(move->state, running) != 0 && strcmp(move->state, stopped) != 0)
        return ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" cannot be brought back to \"%s\"",
                         live->name, move->state);
    if (move->starts && live->status.state != SERVICE_STOPPED)
        return ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" is %s, and cannot be started",
                         live->name, service_state_name(live->status.state));
    if (move->starts && live->start == SERVICE_DISABLED && !move->start) {
        ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" is disabled, and cannot be started",
                  live->name);
        return ajar_hint(err, "`start = demand` in this setting enables it while the window is "
                              "open");
    }
    if (move->stops && service_is_carrier(live->name))
        return ajar_fail(err, AJAR_ECONFLICT,
                         "service \"%s\" carries ajar's own connection to the host", live->name);
    return true;
}

static bool demand_rights(struct service_live *live, const struct move *move,
                          struct ajar_error *err)
{
    uint32_t rights = 0;

    if (move->start && strcmp(move->start, service_live_start_name(live)) != 0)
        rights |= SVCCTL_CHANGE_CONFIG;
    if (move->starts)
        rights |= SVCCTL_START;
    if (move->starts && live->start == SERVICE_DISABLED)
        rights |= SVCCTL_CHANGE_CONFIG;
    if (move->stops)
        rights |= SVCCTL_STOP | SVCCTL_DEPENDENTS;
    return service_live_demand(live, rights, err);
}

/* A start type that was changed for something that then failed goes back to what it was: the state
 * is the one before the write, not one that nobody asked for. Where the outcome is not known, it
 * stays. */
static bool take_back_start(struct service_live *live, const char *start,
                            const struct ajar_error *err)
{
    struct ajar_error ignored = AJAR_NO_ERROR;

    if (err->status != AJAR_ETIMEOUT && err->status != AJAR_EUNREACHABLE)
        (void)service_live_change_start(live, start, &ignored);
    return false;
}

/* A service that is to run although it is disabled (it was so before) is enabled for its start. */
static bool start_it(struct service_live *live, const struct move *move,
                     const struct service_wait *wait, struct ajar_error *err)
{
    const char *first = move->start && strcmp(move->start, disabled) != 0 ? move->start : "demand";
    bool enables = live->start == SERVICE_DISABLED;

    if (enables && !service_live_change_start(live, first, err))
        return false;
    if (!service_live_start(live, wait, err))
        return enables ? take_back_start(live, disabled, err) : false;
    return !move->start || service_live_change_start(live, move->start, err);
}

/* The start type first: a service that is to be disabled is not started again on its own. */
static bool stop_it(struct service_live *live, const struct move *move,
                    const struct service_wait *wait, struct ajar_error *err)
{
    const char *start = service_live_start_name(live);

    return service_live_refuse_dependents(live, err) &&
           (!move->start || service_live_change_start(live, move->start, err)) &&
           (service_live_stop(live, wait, err) ||
            (move->start && take_back_start(live, start, err)));
}

bool service_move(struct service_live *live, const struct ajar_state *to,
                  const struct service_wait *wait, struct ajar_error *err)
{
    struct move move = plan_move(live, to);

    if (!check_move(live, &move, err) || !demand_rights(live, &move, err))
        return false;
    if (move.starts)
        return start_it(live, &move, wait, err);
    if (move.stops)
        return stop_it(live, &move, wait, err);
    return !move.start || service_live_change_start(live, move.start, err);
}

/* A service that was stopped from here and does not start is no conflict: nothing was left alone.
 */
static bool start_again(struct service_live *live, const struct service_wait *wait,
                        struct ajar_error *err)
{
    if (service_live_start(live, wait, err))
        return true;
    if (err->status == AJAR_ECONFLICT)
        err->status = AJAR_EPROTOCOL;
    return ajar_while(err, "starting it again");
}

bool service_restart(struct service_live *live, const struct service_wait *wait,
                     struct ajar_error *err)
{
    uint32_t process = live->status.state == SERVICE_RUNNING ? live->status.process_id : 0;

    if (service_is_carrier(live->name))
        return ajar_fail(err, AJAR_ECONFLICT,
                         "service \"%s\" carries ajar's own connection to the host", live->name);
    if (!service_live_demand(live, SVCCTL_START | SVCCTL_STOP | SVCCTL_DEPENDENTS, err) ||
        (live->status.state != SERVICE_STOPPED && !service_live_refuse_dependents(live, err)) ||
        !service_live_stop(live, wait, err) || !start_again(live, wait, err))
        return false;
    if (process != 0 && live->status.process_id == process && !service_live_shares_process(live))
        return ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" still runs in process %u", live->name,
                         process);
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "provider/service_live.h"

#include "base/text.h"

#include <string.h>

#define TO_READ (SVCCTL_QUERY_CONFIG | SVCCTL_QUERY_STATUS)

/* SERVICE_WIN32_SHARE_PROCESS ([MS-SCMR] 2.2.47). */
#define SHARES_PROCESS 0x00000020U

/* How often to look: a tenth of the wait hint, within these bounds. */
#define LOOK_LEAST_MS 1000
#define LOOK_MOST_MS  10000

/* Many services give no hint, or one that is too short for a busy host: their check point may stand
 * still for this long. */
#define STALL_LEAST_MS 10000

/* Win32 errors ([MS-ERREF] 2.2). */
#define ALREADY_RUNNING     1056U
#define ALREADY_NOT_RUNNING 1062U
#define ERROR_OF_ITS_OWN    1066U

static const char auto_delayed[] = "auto-delayed";

struct service_wait service_wait_begin(const struct patience *patience)
{
    return (struct service_wait){ .patience = *patience, .begun_ms = patience_now_ms(patience) };
}

static int64_t used_ms(const struct service_wait *wait)
{
    return patience_now_ms(&wait->patience) - wait->begun_ms;
}

/* Opens the service by one name or the other. `*ret_name` stays NULL when there is none. */
static bool find(struct svcctl *services, const char *called, struct svcctl_service *ret_handle,
                 char **ret_name, struct ajar_error *err)
{
    OWNED(free) char *name = text_copy(called);

    if (!name)
        return ajar_no_memory(err);
    if (!svcctl_open_service(services, name, TO_READ, ret_handle, err)) {
        if (err->status != AJAR_EMISSING)
            return false;
        *err = AJAR_NO_ERROR;
        free(name);
        name = NULL;
        if (!svcctl_key_name(services, called, &name, err)) {
            if (err->status != AJAR_EMISSING)
                return false;
            *err = AJAR_NO_ERROR;
            return true;
        }
        if (!svcctl_open_service(services, name, TO_READ, ret_handle, err))
            return false;
    }
    *ret_name = name;
    name = NULL;
    return true;
}

bool service_live_look(struct service_live *live, struct ajar_error *err)
{
    return svcctl_query_status(live->services, &live->handle, &live->status, err);
}

static bool read_start(struct service_live *live, struct ajar_error *err)
{
    OWNED(service_config_release) struct service_config config = { 0 };
    bool delayed = false;

    if (!svcctl_query_config(live->services, &live->handle, &config, err))
        return false;
    if (config.start == SERVICE_AUTO &&
        !svcctl_query_delayed(live->services, &live->handle, &delayed, err))
        return false;
    live->start = config.start;
    live->delayed = delayed;
    return true;
}

bool service_live_open(struct svcctl *services, const char *called, struct service_live *ret_live,
                       struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { .services = services };

    if (!find(services, called, &live.handle, &live.name, err) ||
        (live.name && (!service_live_look(&live, err) || !read_start(&live, err))))
        return ajar_while(err, "service \"%s\"", called);
    *ret_live = live;
    live = (struct service_live){ 0 };
    return true;
}

bool service_live_demand(struct service_live *live, uint32_t rights, struct ajar_error *err)
{
    struct ajar_error closing = AJAR_NO_ERROR;
    struct svcctl_service handle;

    if (!svcctl_open_service(live->services, live->name, TO_READ | rights, &handle, err))
        return false;
    (void)svcctl_close_service(live->services, &live->handle, &closing);
    live->handle = handle;
    return true;
}

bool service_live_is_pending(const struct service_live *live)
{
    return live->status.state == SERVICE_START_PENDING ||
           live->status.state == SERVICE_STOP_PENDING ||
           live->status.state == SERVICE_CONTINUE_PENDING ||
           live->status.state == SERVICE_PAUSE_PENDING;
}

bool service_live_shares_process(const struct service_live *live)
{
    return (live->status.type & SHARES_PROCESS) != 0;
}

static int64_t within(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* Until the next look, and not beyond the ceiling. */
static int64_t time_to_pause(const struct service_live *live, const struct service_wait *wait)
{
    int64_t pause = within(live->status.wait_hint_ms / 10, LOOK_LEAST_MS, LOOK_MOST_MS);
    int64_t left = wait->patience.ceiling_ms - used_ms(wait);

    return pause < left ? pause : left;
}

/* Waits while it `is_on_its_way`, until the patience is used up or it makes no progress. */
static bool wait_while(struct service_live *live,
                       bool (*is_on_its_way)(const struct service_live *),
                       const struct service_wait *wait, struct ajar_error *err)
{
    uint32_t check_point = live->status.check_point;
    int64_t moved_ms = used_ms(wait);

    while (is_on_its_way(live)) {
        int64_t pause = time_to_pause(live, wait);
        int64_t stall = within(live->status.wait_hint_ms, STALL_LEAST_MS, INT64_MAX);

        if (pause <= 0 || used_ms(wait) - moved_ms > stall)
            return true;
        patience_pause(&wait->patience, pause);
        if (!service_live_look(live, err))
            return false;
        if (live->status.check_point != check_point) {
            check_point = live->status.check_point;
            moved_ms = used_ms(wait);
        }
    }
    return true;
}

bool service_live_settle(struct service_live *live, const struct service_wait *wait,
                         struct ajar_error *err)
{
    return wait_while(live, service_live_is_pending, wait, err);
}

/* A service that was told to stop may say that it runs for a moment longer. */
static bool is_not_stopped(const struct service_live *live)
{
    return live->status.state != SERVICE_STOPPED;
}

bool service_live_refuse_dependents(struct service_live *live, struct ajar_error *err)
{
    OWNED(service_names_release) struct service_names names = { 0 };
    OWNED(text_release) struct text list = TEXT_UP_TO(300);

    if (!svcctl_list_dependents(live->services, &live->handle, &names, err))
        return false;
    if (names.count == 0)
        return true;
    for (size_t i = 0; i < names.count; i++)
        text_format(&list, i == 0 ? "%s" : ", %s", names.names[i]);
    ajar_fail(err, AJAR_ECONFLICT,
              "service \"%s\" cannot stop while these run, which need it: %s%s", live->name,
              text_peek(&list), list.faulty ? ", ..." : "");
    return ajar_hint(err, "stop them first, each with a setting of its own or by hand");
}

/* What the service said as it ended: a code of Windows', or one of its own. */
static bool fail_ended(const struct service_live *live, struct ajar_error *err)
{
    const struct service_status *status = &live->status;
    bool own = status->exit_code == ERROR_OF_ITS_OWN;

    ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" is %s, not running (its %s code is %u)",
              live->name, service_state_name(status->state), own ? "own exit" : "exit",
              own ? status->service_exit_code : status->exit_code);
    ajar_hint(err, "the event log of the host says why");
    return ajar_native(err, status->exit_code);
}

/* It is neither here nor there. */
static bool fail_pending(const struct service_live *live, const struct service_wait *wait,
                         struct ajar_error *err)
{
    ajar_fail(err, AJAR_ETIMEOUT, "service \"%s\" is still %s after %lld s", live->name,
              service_state_name(live->status.state), (long long)(used_ms(wait) / 1000));
    return ajar_hint(err, "see on the host what the service waits for; --timeout waits longer");
}

/* Somebody else may have been faster: then the manager refuses, and a look tells. */
static bool is_there_already(struct service_live *live, uint32_t code, const struct ajar_error *err)
{
    struct ajar_error looking = AJAR_NO_ERROR;

    return err->native == code && err->status == AJAR_ECONFLICT &&
           service_live_look(live, &looking);
}

bool service_live_start(struct service_live *live, const struct service_wait *wait,
                        struct ajar_error *err)
{
    if (live->status.state == SERVICE_RUNNING)
        return true;
    if (!svcctl_start(live->services, &live->handle, err)) {
        if (!is_there_already(live, ALREADY_RUNNING, err))
            return false;
        *err = AJAR_NO_ERROR;
    } else if (!service_live_look(live, err)) {
        return false;
    }
    if (!service_live_settle(live, wait, err))
        return false;
    if (service_live_is_pending(live))
        return fail_pending(live, wait, err);
    return live->status.state == SERVICE_RUNNING || fail_ended(live, err);
}

bool service_live_stop(struct service_live *live, const struct service_wait *wait,
                       struct ajar_error *err)
{
    if (live->status.state == SERVICE_STOPPED)
        return true;
    if (!svcctl_stop(live->services, &live->handle, err)) {
        if (!is_there_already(live, ALREADY_NOT_RUNNING, err))
            return false;
        *err = AJAR_NO_ERROR;
    } else if (!service_live_look(live, err)) {
        return false;
    }
    if (!wait_while(live, is_not_stopped, wait, err))
        return false;
    return !is_not_stopped(live) || fail_pending(live, wait, err);
}

bool service_live_change_start(struct service_live *live, const char *start, struct ajar_error *err)
{
    bool delayed = strcmp(start, auto_delayed) == 0;
    enum service_start type = SERVICE_AUTO;

    if (strcmp(service_live_start_name(live), start) == 0)
        return true;
    if (!delayed && !service_start_parse(start, &type))
        return ajar_fail(err, AJAR_EJOURNAL, "a service is recorded with start type \"%s\"", start);
    if (live->start != type && !svcctl_change_start(live->services, &live->handle, type, err))
        return false;
    /* A service that becomes "auto" may still have the mark of an earlier day. */
    if (!read_start(live, err))
        return false;
    if (type == SERVICE_AUTO && live->delayed != delayed &&
        !svcctl_change_delayed(live->services, &live->handle, delayed, err))
        return false;
    return read_start(live, err);
}

const char *service_live_start_name(const struct service_live *live)
{
    return live->delayed ? auto_delayed : service_start_name(live->start);
}

static bool set_process(struct ajar_state *state, uint32_t process, struct ajar_error *err)
{
    OWNED(free) char *number = text_make("%u", process);

    if (!number)
        return ajar_no_memory(err);
    return ajar_state_set(state, "process", number, err);
}

bool service_live_state(const struct service_live *live, struct ajar_state *ret_state,
                        struct ajar_error *err)
{
    struct ajar_state state = { .known = true, .exists = live->name != NULL };

    if (state.exists &&
        (!ajar_state_set(&state, "name", live->name, err) ||
         !ajar_state_set(&state, "state", service_state_name(live->status.state), err) ||
         !ajar_state_set(&state, "start", service_live_start_name(live), err) ||
         (is_not_stopped(live) && live->status.process_id != 0 &&
          !set_process(&state, live->status.process_id, err)))) {
        ajar_state_release(&state);
        return false;
    }
    *ret_state = state;
    return true;
}

void service_live_release(struct service_live *live)
{
    struct ajar_error closing = AJAR_NO_ERROR;

    if (live->name)
        (void)svcctl_close_service(live->services, &live->handle, &closing);
    free(live->name);
    *live = (struct service_live){ 0 };
}

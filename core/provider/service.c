/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One service of a host: whether it runs, and how it starts.
 *
 *     [service password-export-server]
 *     on = host pes.source.test
 *     service = Password Export Server Service
 *     open = running
 *     closed = stopped
 *
 * `service` is the key name or the display name. `open` and `start` say what is to be so while the
 * window is open, either or both; what the setting does not mention is left alone.
 *
 * A state that exists has the facts `name` (the key name), `state` and `start`, and `process` as
 * evidence. A service that does not exist is a state, too.
 *
 * `restart = yes` is another thing: an action. It keeps no state; write() restarts the service,
 * once when the window opens and once when it closes, and "before" means nothing to it.
 *
 * [MS-SCMR] has no compare-and-swap: a change that somebody else makes between the last look and
 * the write is overwritten unseen. Services that need the one that is to stop are not stopped with
 * it: they are named, and it is the operator's turn.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "provider/service_move.h"

#include <string.h>

static const struct field_rule fields[] = {
    { .name = "service", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_CHOICE, .choices = "running stopped" },
    { .name = "start", .type = FIELD_CHOICE, .choices = "auto auto-delayed demand disabled" },
    { .name = "closed", .type = FIELD_CHOICE, .choices = "running stopped absent" },
    { .name = "closed-start",
      .type = FIELD_CHOICE,
      .choices = "auto auto-delayed demand disabled" },
    { .name = "restart", .type = FIELD_YES_NO },
    { 0 },
};

static const char running[] = "running";
static const char stopped[] = "stopped";
static const char absent[] = "absent";
static const char disabled[] = "disabled";

/* How long a look waits for a service that is on its way. */
#define GLANCE_MS 3000

static const char *called(const struct setting *setting)
{
    return setting_value(setting, "service");
}

/* Does the field have this value? */
static bool says(const struct setting *setting, const char *field, const char *value)
{
    const char *given = setting_value(setting, field);

    return given && strcmp(given, value) == 0;
}

static bool service_is_action(const struct setting *setting)
{
    return says(setting, "restart", "yes");
}

static bool check_action(const struct setting *setting, struct ajar_error *err)
{
    static const char *const others[] = { "open", "start", "closed", "closed-start" };

    for (size_t i = 0; i < LENGTH(others); i++) {
        if (setting_value(setting, others[i]))
            return setting_fail(setting, others[i], err,
                                "`restart` stands alone: it keeps no state, so there is no `%s`",
                                others[i]);
    }
    if (service_is_carrier(called(setting)))
        return setting_fail(
            setting, "restart", err,
            "\"%s\" carries ajar's own connection to the host: once it has stopped, "
            "it cannot be started again from here; let a person restart it "
            "([manual NAME])",
            called(setting));
    return true;
}

static bool check_carrier(const struct setting *setting, struct ajar_error *err)
{
    static const char *const fields_of_stop[] = { "open", "closed", "start", "closed-start" };

    for (size_t i = 0; i < LENGTH(fields_of_stop); i++) {
        const char *field = fields_of_stop[i];

        if (says(setting, field, stopped) || says(setting, field, disabled))
            return setting_fail(setting, field, err,
                                "\"%s\" carries ajar's own connection to the host: once it has "
                                "stopped, it cannot be started again from here; that is a step for "
                                "a person ([manual NAME])",
                                called(setting));
    }
    return true;
}

static bool service_check(const struct setting *setting, struct ajar_error *err)
{
    if (service_is_action(setting))
        return check_action(setting, err);
    if (!setting_value(setting, "open") && !setting_value(setting, "start"))
        return setting_fail(setting, NULL, err,
                            "what is to happen is missing: `open`, `start`, or `restart = yes`");
    if (says(setting, "closed", absent) && setting_value(setting, "closed-start"))
        return setting_fail(setting, "closed-start", err,
                            "a service that is absent has no start type");
    return !service_is_carrier(called(setting)) || check_carrier(setting, err);
}

static bool service_thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    char *made = text_make("service %s", called(setting));

    if (!made)
        return ajar_no_memory(err);
    *ret_thing = made;
    return true;
}

/* A state that says no more than it is asked for; either may be NULL. */
static bool make_state(const char *state_name, const char *start, struct ajar_state *ret_state,
                       struct ajar_error *err)
{
    struct ajar_state state = { .known = true, .exists = true };

    if ((state_name && !ajar_state_set(&state, "state", state_name, err)) ||
        (start && !ajar_state_set(&state, "start", start, err))) {
        ajar_state_release(&state);
        return false;
    }
    *ret_state = state;
    return true;
}

static bool service_want(const struct setting *setting, struct ajar_state *ret_wanted,
                         struct ajar_error *err)
{
    const char *open = service_is_action(setting) ? running : setting_value(setting, "open");

    return make_state(open, setting_value(setting, "start"), ret_wanted, err);
}

static bool service_closed(const struct setting *setting, struct ajar_state *ret_closed,
                           struct ajar_error *err)
{
    const char *closed = setting_value(setting, "closed");
    const char *start = setting_value(setting, "closed-start");

    if (closed && strcmp(closed, absent) == 0) {
        *ret_closed = (struct ajar_state){ .known = true };
        return true;
    }
    if (closed || start)
        return make_state(closed, start, ret_closed, err);
    *ret_closed = (struct ajar_state){ 0 };
    return true;
}

/* Opens the service and gives one that is on its way the time to arrive. One that does not is no
 * failure here: its state says so. */
static bool look(struct target *target, const struct setting *setting,
                 const struct service_wait *wait, struct service_live *ret_live,
                 struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    struct svcctl *services = NULL;

    if (!target_services(target, &services, err) ||
        !service_live_open(services, called(setting), &live, err) ||
        !service_live_settle(&live, wait, err))
        return false;
    *ret_live = live;
    live = (struct service_live){ 0 };
    return true;
}

static bool service_observe(struct target *target, const struct setting *setting,
                            struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    struct patience patience = target_patience(target);
    struct service_wait wait;

    if (patience.ceiling_ms > GLANCE_MS)
        patience.ceiling_ms = GLANCE_MS;
    wait = service_wait_begin(&patience);
    return look(target, setting, &wait, &live, err) && service_live_state(&live, ret_now, err);
}

/* Does `now` have the fact as `meant` has it, if `meant` has it? */
static bool satisfies(const struct ajar_state *now, const struct ajar_state *meant,
                      const char *name)
{
    const char *wanted = ajar_state_fact(meant, name);
    const char *is = ajar_state_fact(now, name);

    return !wanted || (is && strcmp(is, wanted) == 0);
}

static enum match service_match(const struct ajar_state *now, const struct ajar_state *meant)
{
    if (!now->known || !meant->known || now->exists != meant->exists)
        return MATCH_OTHER;
    return satisfies(now, meant, "state") && satisfies(now, meant, "start") ? MATCH_SAME
                                                                            : MATCH_OTHER;
}

static bool service_phrase(const struct ajar_state *state, char **ret_phrase,
                           struct ajar_error *err)
{
    const char *is = ajar_state_fact(state, "state");
    const char *start = ajar_state_fact(state, "start");
    char *made;

    if (!state->known || !state->exists)
        made = text_copy(state->known ? absent : "not known");
    else if (is && start)
        made = text_make("%s, start %s", is, start);
    else
        made = start ? text_make("start %s", start) : text_copy(is ? is : "there");
    if (!made)
        return ajar_no_memory(err);
    *ret_phrase = made;
    return true;
}

static bool fail_absent(const struct setting *setting, struct ajar_error *err)
{
    ajar_fail(err, AJAR_EMISSING, "there is no service \"%s\" on this host", called(setting));
    return ajar_hint(err, "install it, or correct `service` (the key name or the display name)");
}

static bool refuse(const struct setting *setting, const struct ajar_state *now,
                   const struct ajar_state *from, struct ajar_error *err)
{
    OWNED(free) char *is = NULL;
    OWNED(free) char *was = NULL;

    if (!service_phrase(now, &is, err) || !service_phrase(from, &was, err))
        return false;
    return ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" is %s, not %s", called(setting), is, was);
}

static bool write_live(struct service_live *live, const struct setting *setting,
                       const struct ajar_state *from, const struct ajar_state *to,
                       const struct service_wait *wait, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    if (!service_live_state(live, &now, err))
        return false;
    if (service_is_action(setting))
        return now.exists ? service_restart(live, wait, err) : fail_absent(setting, err);
    if (service_match(&now, to) == MATCH_SAME)
        return true;
    if (service_match(&now, from) == MATCH_OTHER)
        return refuse(setting, &now, from, err);
    if (!now.exists)
        return fail_absent(setting, err);
    if (!to->exists)
        return ajar_fail(err, AJAR_ECONFLICT, "service \"%s\" is there: ajar removes no services",
                         live->name);
    return service_move(live, to, wait, err);
}

static bool service_write(struct target *target, const struct setting *setting,
                          const struct ajar_state *from, const struct ajar_state *to,
                          struct ajar_error *err)
{
    OWNED(service_live_release) struct service_live live = { 0 };
    struct patience patience = target_patience(target);
    struct service_wait wait = service_wait_begin(&patience);

    return look(target, setting, &wait, &live, err) &&
           write_live(&live, setting, from, to, &wait, err);
}

const struct provider provider_service = {
    .kind = "service",
    .fields = fields,
    .on_domain = false,
    .check = service_check,
    .thing = service_thing,
    .want = service_want,
    .closed = service_closed,
    .observe = service_observe,
    .match = service_match,
    .write = service_write,
    .phrase = service_phrase,
    .is_action = service_is_action,
};

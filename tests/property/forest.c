/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "property/forest.h"

#include "base/clock.h"
#include "base/text.h"
#include "property/model.h"
#include "provider/catalog.h"
#include "provider/effect.h"
#include "provider/requirement.h"

#include <git2.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

jmp_buf forest_death;

const char *const forest_names[TARGETS] = { "a.f.test", "b.f.test", "c.g.test", "f.test",
                                            "g.test" };

static const char *const texts[] = { "", "one", "two", "three" };

bool forest_is_domain(int target)
{
    return target >= 3;
}

int forest_find(const char *name)
{
    for (int i = 0; i < TARGETS; i++) {
        if (strcmp(forest_names[i], name) == 0)
            return i;
    }
    violated("nobody knows a target \"%s\"", name);
}

const char *forest_say(int thing)
{
    static char text[32];

    (void)snprintf(text, sizeof(text), "%s:%d on %s",
                   forest_is_domain(thing / IDS) ? "entry" : "thing", thing % IDS,
                   forest_names[thing / IDS]);
    return text;
}

bool value_same(const struct value *a, const struct value *b)
{
    return a->exists == b->exists && (!a->exists || strcmp(a->text, b->text) == 0);
}

const char *value_say(const struct value *value)
{
    if (!value->exists)
        return "absent";
    return value->text[0] ? value->text : "\"\"";
}

struct value value_of(const struct ajar_state *state)
{
    struct value value = { .exists = state->known && state->exists };

    if (value.exists)
        (void)snprintf(value.text, sizeof(value.text), "%s", ajar_state_fact(state, "value"));
    return value;
}

struct value forest_draw_value(void)
{
    struct value value = { .exists = draw(5) > 0 };

    if (value.exists)
        (void)snprintf(value.text, sizeof(value.text), "%s", texts[draw((int)LENGTH(texts))]);
    return value;
}

void forest_begin(void)
{
    struct forest *forest = &history->forest;

    for (int i = 0; i < THINGS; i++)
        forest->things[i] = forest_draw_value();
    forest->now = 1795000000;
}

void forest_touch(int thing, const struct value *value)
{
    struct value *live = &history->forest.things[thing];

    if (value_same(live, value))
        return;
    history_note("    somebody sets %s: %s -> %s", forest_say(thing), value_say(live),
                 value_say(value));
    model_touches(thing, value);
    *live = *value;
}

/* ------------------------------------------------------------------ strikes */

static bool can_strike(enum blow blow, enum point point)
{
    switch (blow) {
    case BLOW_NONE:
    case BLOWS:
        return false;
    case BLOW_KILL:
    case BLOW_TOUCH:
    case BLOW_DOWN:
    case BLOW_STOP:
    case BLOW_CLOCK:
        return true;
    case BLOW_LOSE:
        return point == POINT_REQUEST || point == POINT_ANSWER;
    case BLOW_FAIL:
        return point == POINT_REQUEST;
    case BLOW_FULL:
        return point == POINT_COMMIT;
    }
    return false;
}

static _Noreturn void die(void)
{
    history->forest.dead = true;
    history_note("    killed at point %d", history->forest.points);
    fleet_finish_orphans();
    if (history->apart)
        (void)raise(SIGKILL);
    longjmp(forest_death, 1);
}

static void touch_anything(void)
{
    const struct value value = forest_draw_value();

    forest_touch(draw(2) == 0 ? history->forest.in_hand : draw(THINGS), &value);
}

static void go_down(void)
{
    int target = draw(TARGETS);

    history_note("    %s goes down", forest_names[target]);
    history->forest.down[target] = true;
    model_fails(target);
}

/* True when what the command is about to do does not happen. */
static bool hit(enum blow blow)
{
    switch (blow) {
    case BLOW_KILL:
        die();
    case BLOW_TOUCH:
        touch_anything();
        return false;
    case BLOW_DOWN:
        go_down();
        return false;
    case BLOW_STOP:
        history_note("    the operator asks to stop");
        history->forest.stopped = true;
        return false;
    case BLOW_CLOCK:
        history->forest.now += draw(3) == 0 ? -draw(3600) : draw(3 * 3600);
        history_note("    the clock jumps");
        return false;
    case BLOW_LOSE:
    case BLOW_FAIL:
    case BLOW_FULL:
        return true;
    case BLOW_NONE:
    case BLOWS:
        break;
    }
    return false;
}

bool forest_pass(enum point point, enum blow *ret_blow)
{
    struct forest *forest = &history->forest;
    bool passes = true;

    if (forest->dead)
        return true;
    forest->points++;
    for (int i = 0; i < MOST_STRIKES; i++) {
        struct strike *strike = &forest->strikes[i];

        if (strike->at == 0 || forest->points < strike->at || !can_strike(strike->blow, point))
            continue;
        strike->at = 0;
        model_is_disturbed();
        if (hit(strike->blow)) {
            *ret_blow = strike->blow;
            passes = false;
        }
    }
    return passes;
}

/* ------------------------------------------------------------------ time and commits */

static int64_t tell_time(void *user)
{
    (void)user;
    return history->forest.now;
}

struct clock __wrap_clock_system(void);

struct clock __wrap_clock_system(void)
{
    return (struct clock){ .now = tell_time };
}

int __real_git_reference_create_matching(git_reference **out, git_repository *repository,
                                         const char *name, const git_oid *id, int force,
                                         const git_oid *current, const char *message);
int __wrap_git_reference_create_matching(git_reference **out, git_repository *repository,
                                         const char *name, const git_oid *id, int force,
                                         const git_oid *current, const char *message);

int __wrap_git_reference_create_matching(git_reference **out, git_repository *repository,
                                         const char *name, const git_oid *id, int force,
                                         const git_oid *current, const char *message)
{
    enum blow blow = BLOW_NONE;
    int code;

    if (!forest_pass(POINT_COMMIT, &blow)) {
        history_note("    a commit cannot be written");
        (void)git_error_set_str(GIT_ERROR_OS, "no space left on device");
        return -1;
    }
    code = __real_git_reference_create_matching(out, repository, name, id, force, current, message);
    if (code == 0)
        model_takes_commit(repository, id);
    (void)forest_pass(POINT_COMMITTED, &blow);
    return code;
}

/* ------------------------------------------------------------------ the kinds of things */

static int thing_of(const struct setting *setting, const char *target)
{
    return history->forest.in_hand =
               forest_find(target) * IDS + (setting_value(setting, "id")[0] - '0') % IDS;
}

static bool is_action(const struct setting *setting)
{
    return setting_value(setting, "restart") != NULL;
}

static bool name_thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    *ret_thing = is_action(setting)
                     ? text_copy("restart")
                     : text_make("%s:%s", setting_kind(setting), setting_value(setting, "id"));
    return *ret_thing || ajar_no_memory(err);
}

static bool set_state(const char *text, struct ajar_state *ret_state, struct ajar_error *err)
{
    *ret_state = (struct ajar_state){ .known = true, .exists = strcmp(text, "absent") != 0 };
    return !ret_state->exists || ajar_state_set(ret_state, "value", text, err);
}

static bool want(const struct setting *setting, struct ajar_state *ret_wanted,
                 struct ajar_error *err)
{
    return set_state(setting_value(setting, "open"), ret_wanted, err);
}

static bool closed(const struct setting *setting, struct ajar_state *ret_closed,
                   struct ajar_error *err)
{
    (void)setting;
    (void)err;
    *ret_closed = (struct ajar_state){ .known = false };
    return true;
}

static bool check_up(const struct target *target, struct ajar_error *err)
{
    int place = forest_find(target_name(target));

    if (!history->forest.down[place])
        return true;
    model_fails(place);
    return ajar_fail(err, AJAR_EUNREACHABLE, "%s is down", forest_names[place]);
}

static bool observe(struct target *target, const struct setting *setting,
                    struct ajar_state *ret_now, struct ajar_error *err)
{
    int thing = thing_of(setting, target_name(target));
    const struct value *live = &history->forest.things[thing];

    if (!check_up(target, err))
        return false;
    if (is_action(setting))
        return set_state("ready", ret_now, err);
    model_sees(thing, live);
    return set_state(live->exists ? live->text : "absent", ret_now, err);
}

static enum match match(const struct ajar_state *now, const struct ajar_state *meant)
{
    const struct value a = value_of(now);
    const struct value b = value_of(meant);

    return value_same(&a, &b) ? MATCH_SAME : MATCH_OTHER;
}

static bool write_value(int thing, const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    struct value *live = &history->forest.things[thing];
    const struct value expected = value_of(from);
    const struct value wanted = value_of(to);

    if (value_same(live, &wanted))
        return true;
    if (!value_same(live, &expected))
        return ajar_fail(err, AJAR_ECONFLICT, "%s is no longer what was expected",
                         forest_say(thing));
    model_judge_write(thing, live, &expected, &wanted);
    history_note("    %s: %s -> %s", forest_say(thing), value_say(live), value_say(&wanted));
    *live = wanted;
    return true;
}

static bool write_thing(struct target *target, const struct setting *setting,
                        const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    int place = forest_find(target_name(target));

    if (!check_up(target, err))
        return false;
    if (!is_action(setting))
        return write_value(thing_of(setting, target_name(target)), from, to, err);
    model_judge_action(place, setting_name(setting));
    history_note("    %s starts anew", forest_names[place]);
    history->forest.starts[place]++;
    return true;
}

static bool phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    const struct value value = value_of(state);

    *ret_phrase = text_copy(value_say(&value));
    return *ret_phrase || ajar_no_memory(err);
}

static const struct field_rule fields[] = {
    { .name = "id", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_TEXT, .required = true, .may_be_empty = true },
    { .name = "restart", .type = FIELD_YES_NO },
    { 0 },
};

static const struct provider provider_thing = {
    .kind = "thing",
    .fields = fields,
    .thing = name_thing,
    .want = want,
    .closed = closed,
    .observe = observe,
    .match = match,
    .write = write_thing,
    .phrase = phrase,
    .is_action = is_action,
};

static const struct provider provider_entry = {
    .kind = "entry",
    .fields = fields,
    .on_domain = true,
    .thing = name_thing,
    .want = want,
    .closed = closed,
    .observe = observe,
    .match = match,
    .write = write_thing,
    .phrase = phrase,
};

const struct provider *catalog_find(const char *kind)
{
    return strcmp(kind, "entry") == 0 ? &provider_entry : &provider_thing;
}

void catalog_kinds(struct plan_kind *ret_kinds, size_t room)
{
    (void)room;
    ret_kinds[0] = (struct plan_kind){ .kind = "thing", .fields = fields };
    ret_kinds[1] = (struct plan_kind){ .kind = "entry", .fields = fields, .on_domain = true };
    ret_kinds[2] = (struct plan_kind){ .kind = "manual", .role = PLAN_MANUAL };
    ret_kinds[3] = (struct plan_kind){ 0 };
}

static const struct requirement *const requirements[] = { NULL };

const struct requirement *requirement_find(const char *check)
{
    (void)check;
    return NULL;
}

const struct requirement *const *requirement_all(void)
{
    return requirements;
}

/* ------------------------------------------------------------------ what a worker does */

struct target {
    const char *name;
};

const char *target_name(const struct target *target)
{
    return target->name;
}

/* Every host tells how often it was started. */
static bool witness(const struct target *target, struct ajar_state *ret_evidence,
                    struct ajar_error *err)
{
    char starts[16];

    if (!check_up(target, err))
        return false;
    (void)snprintf(starts, sizeof(starts), "%d",
                   history->forest.starts[forest_find(target_name(target))]);
    *ret_evidence = (struct ajar_state){ .known = true, .exists = true };
    return ajar_state_set(ret_evidence, "shutdown", starts, err);
}

static bool locate(const struct target *target, struct reply *reply, struct ajar_error *err)
{
    const char *name = target_name(target);

    if (!check_up(target, err))
        return false;
    for (int i = 0; i < TARGETS; i++) {
        if (!forest_is_domain(i) && strcmp(forest_names[i] + 2, name) == 0 &&
            !host_list_add(&reply->hosts, forest_names[i], err))
            return false;
    }
    reply->pdc = text_copy(reply->hosts.names[0]);
    return reply->pdc || ajar_no_memory(err);
}

static bool write_and_look(struct target *target, const struct request *request,
                           struct reply *reply, struct ajar_error *err)
{
    const struct provider *provider = catalog_find(setting_kind(request->setting));
    struct ajar_error lost = AJAR_NO_ERROR;
    enum blow blow = BLOW_NONE;
    bool ok = provider->write(target, request->setting, &request->from, &request->to, err);

    if (ok)
        (void)forest_pass(POINT_WRITTEN, &blow);
    if ((ok || err->status == AJAR_ECONFLICT) &&
        !provider->observe(target, request->setting, &reply->now, &lost))
        reply->now = (struct ajar_state){ 0 };
    return ok;
}

static bool obey(struct target *target, const struct request *request, struct reply *reply,
                 struct ajar_error *err)
{
    switch (request->verb) {
    case VERB_LOCATE:
        return locate(target, reply, err);
    case VERB_OBSERVE:
        return catalog_find(setting_kind(request->setting))
            ->observe(target, request->setting, &reply->now, err);
    case VERB_WRITE:
        return write_and_look(target, request, reply, err);
    case VERB_WITNESS:
        return witness(target, &reply->now, err);
    case VERB_DOMAINS:
    case VERB_FOREST_CONTROLLERS:
    case VERB_EXAMINE:
        break;
    }
    violated("a worker was asked for something that no plan says");
}

void forest_answer(const struct request *request, const char *name, struct reply *reply)
{
    struct target target = { .name = name };
    int place = forest_find(name);
    enum blow blow = BLOW_NONE;

    if (!forest_pass(POINT_REQUEST, &blow)) {
        model_fails(place);
        history_note("    %s %s", name, blow == BLOW_LOSE ? "is asked in vain" : "refuses");
        (void)ajar_fail(&reply->error, blow == BLOW_LOSE ? AJAR_ETIMEOUT : AJAR_EDENIED,
                        "%s: struck before", name);
        return;
    }
    (void)obey(&target, request, reply, &reply->error);
    if (!forest_pass(POINT_ANSWER, &blow)) {
        model_fails(place);
        history_note("    an answer of %s is lost", name);
        reply_release(reply);
        reply->error = AJAR_NO_ERROR;
        (void)ajar_fail(&reply->error, AJAR_ETIMEOUT, "%s: struck after", name);
    }
}

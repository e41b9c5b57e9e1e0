/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake/world.h"

#include "base/text.h"
#include "provider/catalog.h"
#include "provider/effect.h"
#include "provider/requirement.h"
#include "transport/forest.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static struct world *world;

const char *const world_domains[WORLD_DOMAINS] = { "f.test", "c.f.test", "d.f.test" };

struct world *world_make(void)
{
    if (!world)
        world =
            mmap(NULL, sizeof(*world), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (world == MAP_FAILED)
        abort();
    return world;
}

/* Counts the call; true when this one goes wrong. */
static bool is_struck(void)
{
    return ++world->calls == world->fail_at;
}

static bool suffer_before(enum world_fault fault, struct ajar_error *err)
{
    if (fault == WORLD_FAIL_BEFORE)
        return ajar_fail(err, AJAR_EPROTOCOL, "struck before");
    if (fault == WORLD_DIE_BEFORE)
        (void)raise(SIGKILL);
    if (fault == WORLD_KILL_BEFORE)
        (void)kill(getppid(), SIGKILL);
    return true;
}

static bool suffer_after(enum world_fault fault, struct ajar_error *err)
{
    if (fault == WORLD_FAIL_AFTER)
        return ajar_fail(err, AJAR_ETIMEOUT, "struck after");
    if (fault == WORLD_DIE_AFTER)
        (void)raise(SIGKILL);
    if (fault == WORLD_KILL_AFTER)
        (void)kill(getppid(), SIGKILL);
    return true;
}

static bool strike_before(struct ajar_error *err)
{
    return suffer_before(world->fault, err);
}

static bool strike_after(struct ajar_error *err)
{
    return suffer_after(world->fault, err);
}

/* The place of a domain, or of a host's domain; WORLD_DOMAINS for one that is none of them. */
static int find_domain(const char *name)
{
    int place = 0;

    while (place < WORLD_DOMAINS && strcmp(world_domains[place], name) != 0)
        place++;
    return place;
}

static struct world_thing *find(const struct setting *setting)
{
    int id = setting_value(setting, "id")[0] - '0';

    return &world->things[setting_is_on_domain(setting) ? id + find_domain(setting->where) : id];
}

static bool check_up(const struct setting *setting, struct ajar_error *err)
{
    if (world->down >= 0 && find(setting) == &world->things[world->down])
        return ajar_fail(err, AJAR_EUNREACHABLE, "the host is down");
    return true;
}

static bool thing(const struct setting *setting, char **ret_thing, struct ajar_error *err)
{
    *ret_thing = setting_is_on_domain(setting)
                     ? text_make("entry:%s of %s", setting_value(setting, "id"), setting->where)
                     : text_make("thing:%s", setting_value(setting, "id"));
    return *ret_thing || ajar_no_memory(err);
}

static bool closed(const struct setting *setting, struct ajar_state *ret_closed,
                   struct ajar_error *err)
{
    const char *value = setting_value(setting, "closed");

    *ret_closed = (struct ajar_state){ .known = value != NULL };
    if (!value || strcmp(value, "absent") == 0)
        return true;
    ret_closed->exists = true;
    return ajar_state_set(ret_closed, "value", value, err);
}

static bool want(const struct setting *setting, struct ajar_state *ret_wanted,
                 struct ajar_error *err)
{
    *ret_wanted = (struct ajar_state){ .known = true, .exists = true };
    return ajar_state_set(ret_wanted, "value", setting_value(setting, "open"), err);
}

static bool look(const struct setting *setting, struct ajar_state *ret_now, struct ajar_error *err)
{
    const struct world_thing *live = find(setting);

    *ret_now = (struct ajar_state){ .known = true, .exists = live->exists };
    return !live->exists || ajar_state_set(ret_now, "value", live->value, err);
}

static bool observe(struct target *target, const struct setting *setting,
                    struct ajar_state *ret_now, struct ajar_error *err)
{
    bool struck = is_struck();

    (void)target;
    if (!check_up(setting, err) || (struck && !strike_before(err)))
        return false;
    if (struck && !strike_after(err))
        return false;
    return look(setting, ret_now, err);
}

static enum match match(const struct ajar_state *now, const struct ajar_state *meant)
{
    if (now->exists != meant->exists)
        return MATCH_OTHER;
    if (!now->exists)
        return MATCH_SAME;
    return strcmp(ajar_state_fact(now, "value"), ajar_state_fact(meant, "value")) == 0
               ? MATCH_SAME
               : MATCH_OTHER;
}

static void land(const struct setting *setting, const struct ajar_state *to)
{
    struct world_thing *live = find(setting);

    live->exists = to->exists;
    (void)snprintf(live->value, sizeof(live->value), "%s",
                   to->exists ? ajar_state_fact(to, "value") : "");
    world->versions[live - world->things]++;
    world->writes++;
}

static bool write_whole(struct target *target, const struct setting *setting,
                        const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    struct ajar_state now = { 0 };
    bool struck = is_struck();
    bool expected;

    (void)target;
    if (!check_up(setting, err) || (struck && !strike_before(err)) || !look(setting, &now, err))
        return false;
    expected = match(&now, from) == MATCH_SAME;
    ajar_state_release(&now);
    if (setting_value(setting, "restart")) {
        if (world->stuck)
            return ajar_fail(err, AJAR_EPROTOCOL, "it does not start");
        world->starts++;
        return !struck || strike_after(err);
    }
    if (!expected || world->stuck)
        return ajar_fail(err, AJAR_ECONFLICT, "it is no longer what was expected");
    land(setting, to);
    return !struck || strike_after(err);
}

static bool evidence(struct target *target, const struct setting *setting,
                     struct ajar_state *ret_evidence, struct ajar_error *err)
{
    char version[16];

    (void)target;
    if (world->mum)
        return ajar_fail(err, AJAR_EDENIED, "it does not tell its versions");
    (void)snprintf(version, sizeof(version), "%d", world->versions[find(setting) - world->things]);
    *ret_evidence = (struct ajar_state){ .known = true, .exists = true };
    return ajar_state_set(ret_evidence, "exact", world->vague ? "no" : "yes", err) &&
           ajar_state_set(ret_evidence, "version", version, err);
}

static void set_other(const struct setting *setting)
{
    struct world_thing *live = find(setting);

    live->exists = true;
    (void)snprintf(live->value, sizeof(live->value), "other");
}

static bool write_thing(struct target *target, const struct setting *setting,
                        const struct ajar_state *from, const struct ajar_state *to,
                        struct ajar_error *err)
{
    bool sore = world->sore_times > 0 && find(setting) == &world->things[world->sore];

    if (!sore)
        return write_whole(target, setting, from, to, err);
    world->sore_times--;
    if (world->sore_fault == WORLD_TAKE)
        set_other(setting);
    if (!suffer_before(world->sore_fault, err) || !write_whole(target, setting, from, to, err))
        return false;
    if (world->sore_fault == WORLD_BEND)
        set_other(setting);
    return suffer_after(world->sore_fault, err);
}

static bool phrase(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err)
{
    *ret_phrase = text_copy(state->exists ? ajar_state_fact(state, "value") : "absent");
    return *ret_phrase || ajar_no_memory(err);
}

static const struct field_rule fields[] = {
    { .name = "id", .type = FIELD_TEXT, .required = true },
    { .name = "open", .type = FIELD_TEXT, .required = true },
    { .name = "closed", .type = FIELD_TEXT },
    { .name = "restart", .type = FIELD_YES_NO },
    { 0 },
};

/* `restart = yes` starts every host once more. */
static bool is_action(const struct setting *setting)
{
    return setting_value(setting, "restart") != NULL;
}

static const struct provider provider_thing = {
    .kind = "thing",
    .fields = fields,
    .thing = thing,
    .want = want,
    .closed = closed,
    .observe = observe,
    .match = match,
    .write = write_thing,
    .phrase = phrase,
    .evidence = evidence,
    .is_action = is_action,
};

static const struct provider provider_entry = {
    .kind = "entry",
    .fields = fields,
    .on_domain = true,
    .thing = thing,
    .want = want,
    .closed = closed,
    .observe = observe,
    .match = match,
    .write = write_thing,
    .phrase = phrase,
    .evidence = evidence,
};

static const struct field_rule requirement_fields[] = {
    { .name = "id", .type = FIELD_TEXT, .required = true },
    { .name = "value", .type = FIELD_TEXT, .required = true },
    { 0 },
};

static const struct field_rule object_fields[] = {
    { .name = "must", .type = FIELD_CHOICE, .required = true, .choices = "exists ready never" },
    { 0 },
};

/* Every host starts as often as the world says. */
bool effect_observe(struct target *target, const struct setting *setting,
                    const struct ajar_state *goal, struct ajar_state *ret_evidence,
                    struct ajar_error *err)
{
    bool struck = is_struck();
    char starts[16];

    (void)target;
    (void)goal;
    if (!check_up(setting, err) || (struck && !strike_before(err)) ||
        (struck && !strike_after(err)))
        return false;
    if (world->mute)
        return ajar_fail(err, AJAR_EUNREACHABLE, "the host does not tell");
    (void)snprintf(starts, sizeof(starts), "%d", world->starts);
    *ret_evidence = (struct ajar_state){ .known = true, .exists = true };
    return world->shy ? ajar_state_set(ret_evidence, "process", "7", err)
                      : ajar_state_set(ret_evidence, "shutdown", starts, err);
}

const struct provider *catalog_find(const char *kind)
{
    if (strcmp(kind, "entry") == 0)
        return &provider_entry;
    return strcmp(kind, "thing") == 0 ? &provider_thing : NULL;
}

static bool sort_requirement(const struct setting *setting, const struct field_rule **ret_fields,
                             unsigned *ret_places, struct ajar_error *err)
{
    const char *check = setting_value(setting, "check");
    const struct requirement *requirement = check ? requirement_find(check) : NULL;

    if (!requirement)
        return setting_fail(setting, NULL, err, "no such check");
    *ret_fields = requirement->fields;
    *ret_places = requirement->places;
    return true;
}

void catalog_kinds(struct plan_kind *ret_kinds, size_t room)
{
    (void)room;
    ret_kinds[0] = (struct plan_kind){ .kind = "thing", .fields = fields };
    ret_kinds[1] = (struct plan_kind){ .kind = "entry", .fields = fields, .on_domain = true };
    ret_kinds[2] =
        (struct plan_kind){ .kind = "require", .role = PLAN_REQUIREMENT, .sort = sort_requirement };
    ret_kinds[3] = (struct plan_kind){ .kind = "manual", .role = PLAN_MANUAL };
    ret_kinds[4] = (struct plan_kind){ 0 };
}

/* A requirement holds when the thing has the value that it says. */
static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const struct world_thing *live = find(setting);
    const char *value = setting_value(setting, "value");

    (void)target;
    if (!check_up(setting, err))
        return false;
    if (live->exists && strcmp(live->value, value) == 0)
        return finding_pass(ret_finding, err, "it is %s", value);
    return finding_fail(ret_finding, err, "set it by hand", "it is not %s", value);
}

/* The digits behind the name's dash say in which domains it is. */
static bool examine_object(struct target *target, const struct setting *setting,
                           struct finding *ret_finding, struct ajar_error *err)
{
    const char *object = setting_value(setting, "object");
    const char *must = setting_value(setting, "must");
    const char *domain =
        setting->place == PLACE_DOMAIN ? setting->where : strchr(target_name(target), '.') + 1;
    int place = find_domain(domain);

    if (place == world->deaf)
        return ajar_fail(err, AJAR_EUNREACHABLE, "%s does not answer", domain);
    if (!object || !strchr(object, '-') || !strchr(strchr(object, '-'), '0' + place))
        return finding_fail(ret_finding, err, "look for it", "%s has no %s", domain,
                            object ? object : "(nothing)");
    if (strcmp(must, "never") == 0)
        return finding_fail(ret_finding, err, "mend it", "%s is not ready", object);
    return finding_pass(ret_finding, err, "%s is in %s", object, domain);
}

static const struct requirement requirement_value = {
    .check = "value",
    .fields = requirement_fields,
    .places = REQUIREMENT_ON_HOST | REQUIREMENT_ON_DOMAIN,
    .examine = examine,
};
static const struct requirement fake_object = {
    .check = "object",
    .fields = object_fields,
    .places = REQUIREMENT_ON_HOST | REQUIREMENT_ON_DOMAIN,
    .about_object = true,
    .examine = examine_object,
};
static const struct requirement *const requirements[] = { &requirement_value, &fake_object, NULL };

const struct requirement *requirement_find(const char *check)
{
    for (size_t i = 0; requirements[i]; i++) {
        if (strcmp(requirements[i]->check, check) == 0)
            return requirements[i];
    }
    return NULL;
}

const struct requirement *const *requirement_all(void)
{
    return requirements;
}

/* No worker of this world connects to anything. */
struct directory {
    const char *domain;
};

struct target {
    const struct target_options *options;
    struct directory directory;
};

bool target_new(const struct target_options *options, struct target **ret_target,
                struct ajar_error *err)
{
    *ret_target = calloc(1, sizeof(**ret_target));
    if (!*ret_target)
        return ajar_no_memory(err);
    (*ret_target)->options = options;
    (*ret_target)->directory.domain = options->name;
    return true;
}

const char *target_name(const struct target *target)
{
    return target->options->name;
}

bool target_any_directory(struct target *target, struct directory **ret_directory,
                          struct ajar_error *err)
{
    if (world->domains == 0)
        return ajar_fail(err, AJAR_EUNREACHABLE, "this world has no directory");
    *ret_directory = &target->directory;
    return true;
}

bool controllers_find_in_forest(struct directory *directory, struct host_list *ret_hosts,
                                struct ajar_error *err)
{
    (void)directory;
    for (int i = 0; i < world->domains; i++) {
        OWNED(free) char *name = text_make("dc1.%s", world_domains[i]);

        if (!name || !host_list_add(ret_hosts, name, err))
            return false;
    }
    return true;
}

bool forest_find_domains(struct directory *directory, struct host_list *ret_domains,
                         struct ajar_error *err)
{
    (void)directory;
    for (int i = 0; i < world->domains; i++) {
        if (!host_list_add(ret_domains, world_domains[i], err))
            return false;
    }
    return true;
}

static bool add_controller(const struct directory *directory, const char *name,
                           struct host_list *hosts, struct ajar_error *err)
{
    OWNED(free) char *host = text_make("%s.%s", name, directory->domain);

    return host ? host_list_add(hosts, host, err) : ajar_no_memory(err);
}

bool controllers_find_pdc(struct directory *directory, char **ret_host, struct ajar_error *err)
{
    *ret_host = text_make("dc1.%s", directory->domain);
    return *ret_host || ajar_no_memory(err);
}

bool controllers_find_writable(struct directory *directory, struct host_list *ret_hosts,
                               struct ajar_error *err)
{
    return add_controller(directory, "dc1", ret_hosts, err) &&
           add_controller(directory, "dc2", ret_hosts, err);
}

void target_free(struct target *target)
{
    free(target);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What live tests of a domain's settings share: the target.test of the lab, sections as a plan has
 * them, and objects that a test makes for itself and takes away again.
 */
#ifndef AJAR_TESTS_LAB_LIVE_DOMAIN_H
#define AJAR_TESTS_LAB_LIVE_DOMAIN_H

#include "live.h"

#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "transport/target.h"

/* The state of a group of tests. */
struct live_domain {
    char *folder;
    struct login login;
    struct target *target;
    struct directory *directory; /* the target's, for looks and disturbances of the test's own */
};

static inline int live_domain_set_up(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    struct live_domain *domain = calloc(1, sizeof(*domain));
    struct target_options options = { .name = "target.test", .is_domain = true };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_non_null(domain);
    live_expect(file_make_temporary_folder("ajar-live", &domain->folder, &err), &err);
    domain->login = live_login("target.test");
    options.login = &domain->login;
    options.folder = domain->folder;
    options.servers = servers;
    live_expect(target_new(&options, &domain->target, &err), &err);
    live_expect(target_directory(domain->target, &domain->directory, &err), &err);
    *state = domain;
    return 0;
}

static inline int live_domain_tear_down(void **state)
{
    struct live_domain *domain = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    target_free(domain->target);
    live_expect(file_remove_folder(domain->folder, &err), &err);
    free(domain->folder);
    free(domain);
    return 0;
}

/* One section. */
struct live_section {
    struct ini *ini;
    struct setting setting;
};

static inline void live_section_make(const char *text, struct live_section *ret_section)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ini_read("live.ini", text, strlen(text), INI_PLAIN, &ret_section->ini, &err), &err);
    ret_section->setting = (struct setting){ .file = "live.ini",
                                             .section = &ret_section->ini->sections[0],
                                             .place = PLACE_DOMAIN,
                                             .where = "target.test" };
}

static inline void live_section_release(struct live_section *section)
{
    ini_free(section->ini);
}
DEFINE_OWNED_STRUCT(struct live_section, live_section_release);

/* What a setting of this kind finds, once its section was judged. */
static inline void live_observe(const struct live_domain *domain, const struct provider *provider,
                                const struct live_section *section, struct ajar_state *ret_now)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider->check(&section->setting, &err), &err);
    live_expect(provider->observe(domain->target, &section->setting, ret_now, &err), &err);
}

static inline void live_want(const struct provider *provider, const struct live_section *section,
                             struct ajar_state *ret_wanted)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider->want(&section->setting, ret_wanted, &err), &err);
}

static inline void live_move(const struct live_domain *domain, const struct provider *provider,
                             const struct live_section *section, const struct ajar_state *from,
                             const struct ajar_state *to)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(provider->write(domain->target, &section->setting, from, to, &err), &err);
}

static inline void live_refuse(const struct live_domain *domain, const struct provider *provider,
                               const struct live_section *section, const struct ajar_state *from,
                               const struct ajar_state *to, const char *says)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect_failure(provider->write(domain->target, &section->setting, from, to, &err), &err,
                        AJAR_ECONFLICT);
    assert_non_null(strstr(err.text, says));
}

static inline void live_expect_match(const struct live_domain *domain,
                                     const struct provider *provider,
                                     const struct live_section *section,
                                     const struct ajar_state *meant, enum match match)
{
    OWNED(ajar_state_release) struct ajar_state now = { 0 };

    live_observe(domain, provider, section, &now);
    assert_int_equal(provider->match(&now, meant), match);
}

static inline struct bytes live_bytes(const char *text)
{
    return (struct bytes){ (uint8_t *)(uintptr_t)text, strlen(text) };
}

/* Somebody else changes one value of an object: fresh NULL deletes the attribute. */
static inline void live_disturb(const struct live_domain *domain, const char *dn,
                                const char *attribute, const char *fresh)
{
    const struct bytes value = live_bytes(fresh ? fresh : "");
    const struct directory_change change = { .operation = DIRECTORY_REPLACE,
                                             .attribute = attribute,
                                             .count = fresh ? 1 : 0,
                                             .values = &value };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_modify(domain->directory, dn, &change, 1, &err), &err);
}

/* A user or group "CN=NAME,CN=Users,DC=target,DC=test"; `type` is groupType, NULL for a user. */
static inline void live_add_account(const struct live_domain *domain, const char *name,
                                    const char *type)
{
    OWNED(free) char *dn = text_make("CN=%s,CN=Users,DC=target,DC=test", name);
    const struct bytes values[] = { live_bytes(type ? "group" : "user"), live_bytes(name),
                                    live_bytes(type ? type : "") };
    const struct directory_change attributes[] = {
        { DIRECTORY_ADD, "objectClass", 1, &values[0] },
        { DIRECTORY_ADD, "sAMAccountName", 1, &values[1] },
        { DIRECTORY_ADD, "groupType", 1, &values[2] },
    };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_add(domain->directory, dn, attributes, type ? 3 : 2, &err), &err);
}

static inline void live_delete(const struct live_domain *domain, const char *dn)
{
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_delete(domain->directory, dn, &err), &err);
}

static inline void live_delete_account(const struct live_domain *domain, const char *name)
{
    OWNED(free) char *dn = text_make("CN=%s,CN=Users,DC=target,DC=test", name);

    live_delete(domain, dn);
}

/* How many objects a search below the domain's head finds. */
static inline size_t live_count(const struct live_domain *domain, const char *filter)
{
    static const char *const attributes[] = { "objectClass", NULL };
    const struct directory_query query = { .base = "DC=target,DC=test",
                                           .scope = DIRECTORY_SUBTREE,
                                           .filter = filter,
                                           .attributes = attributes };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_search(domain->directory, &query, &found, &err), &err);
    return found.count;
}

#endif

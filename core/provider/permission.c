/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries in the DACL of one object of a domain.
 *
 *     [permission pre-windows-2000-enumerates]
 *     on = domain target.test
 *     object = CN=Server,CN=System
 *     ace = (OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;RU)
 *     closed = absent
 *
 * or, instead of an ace,  trustee = S-1-5-32-554  and  right = enumerate-entire-sam-domain.
 *
 * An entry (the Nth of the section) is
 *
 *     present  an explicit entry says exactly this
 *     covered  there is none, but another one of the same sort, inherited or explicit, has at least
 *              these rights: nothing has to be added, and nothing here is ours to remove
 *     absent   neither
 *
 * and a state has for each of them the facts `ace-N` (what it says), `is-N` (one of the three
 * words), and `trustee-N` (whose name it was when it was looked up); and `acl-revision`, which a
 * rollback sets back when the window raised it. The setting exists when no entry is absent.
 *
 * To open adds the entries that are absent, each as one of its own; to close removes exactly those
 * that were absent before. All other entries keep their bytes and their order, and that is checked
 * before anything is sent. The server has no compare-and-swap for a DACL: it is read once more just
 * before it is written, and not written when a byte of it is another; a change that somebody makes
 * in the moment between these two calls is lost.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/catalog.h"
#include "provider/entries.h"
#include "provider/object.h"
#include "provider/object_dacl.h"
#include "provider/permission_state.h"
#include "provider/version.h"

#include <stdio.h>
#include <string.h>

static const struct field_rule fields[] = {
    OBJECT_FIELDS,
    { .name = "ace", .type = FIELD_TEXT, .repeatable = true },
    { .name = "trustee", .type = FIELD_TEXT },
    { .name = "right", .type = FIELD_TEXT },
    { .name = "inherit", .type = FIELD_CHOICE, .choices = "no all children-only" },
    { .name = "closed", .type = FIELD_CHOICE, .choices = "present absent" },
    { 0 },
};

static bool permission_check(const struct setting *setting, struct ajar_error *err)
{
    OWNED(entries_release) struct entries entries = { 0 };

    return object_check(setting, err) && entries_read(setting, &entries, err);
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The entries one after the other, in an order that does not depend on the section's. */
static bool append_sorted(struct text *text, const struct entries *entries, struct ajar_error *err)
{
    char *texts[ENTRIES_CEILING] = { NULL };
    bool ok = true;

    for (size_t i = 0; i < entries->count && ok; i++)
        ok = sddl_format(&entries->list[i], &texts[i], err);
    if (ok) {
        qsort(texts, entries->count, sizeof(texts[0]), compare_texts);
        for (size_t i = 0; i < entries->count; i++)
            text_append(text, texts[i]);
    }
    for (size_t i = 0; i < entries->count; i++)
        free(texts[i]);
    return ok;
}

static bool permission_thing(const struct setting *setting, char **ret_thing,
                             struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(16384);
    OWNED(entries_release) struct entries entries = { 0 };

    if (!entries_read(setting, &entries, err))
        return false;
    object_append(&text, setting);
    text_append(&text, ": ");
    return append_sorted(&text, &entries, err) && text_take(&text, ret_thing, err);
}

/* The state in which all entries are there, or none. */
static bool state_of_all(const struct setting *setting, bool exists, struct ajar_state *ret_state,
                         struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state state = { .known = true, .exists = exists };
    OWNED(entries_release) struct entries entries = { 0 };

    if (!entries_read(setting, &entries, err))
        return false;
    for (size_t i = 0; i < entries.count; i++) {
        if (!permission_state_add(&state, i + 1, &entries.list[i], exists ? PRESENT : ABSENT, err))
            return false;
    }
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

static bool permission_want(const struct setting *setting, struct ajar_state *ret_wanted,
                            struct ajar_error *err)
{
    return state_of_all(setting, true, ret_wanted, err);
}

static bool permission_closed(const struct setting *setting, struct ajar_state *ret_closed,
                              struct ajar_error *err)
{
    const char *closed = setting_value(setting, "closed");

    if (closed)
        return state_of_all(setting, strcmp(closed, "present") == 0, ret_closed, err);
    *ret_closed = (struct ajar_state){ .known = false };
    return true;
}

/* The object, its DACL, and the entries that the setting asks for, with their SIDs. */
struct live {
    char *object; /* "<GUID=...>" */
    struct descriptor dacl;
    struct entries entries;
};

static void live_release(struct live *live)
{
    free(live->object);
    descriptor_release(&live->dacl);
    entries_release(&live->entries);
    live->object = NULL;
}
DEFINE_OWNED_STRUCT(struct live, live_release);

/* `ret_live` is empty before, and to be released also after a failure. */
static bool read_live(struct directory *directory, const struct setting *setting,
                      struct live *ret_live, struct ajar_error *err)
{
    return entries_read(setting, &ret_live->entries, err) &&
           entries_resolve(directory, &ret_live->entries, err) &&
           object_read_dacl(directory, setting, &ret_live->object, &ret_live->dacl, err);
}

static enum standing look_for(const struct descriptor *dacl, const struct ace *ace)
{
    if (descriptor_has(dacl, ace))
        return PRESENT;
    return descriptor_covers(dacl, ace) ? COVERED : ABSENT;
}

static bool add_live_entry(const struct live *live, size_t index, struct ajar_state *state,
                           struct ajar_error *err)
{
    const struct sddl_ace *ace = &live->entries.list[index];
    enum standing standing = look_for(&live->dacl, &ace->ace);

    if (standing == ABSENT)
        state->exists = false;
    if (!permission_state_add(state, index + 1, ace, standing, err))
        return false;
    return !ace->account || permission_state_add_trustee(state, index + 1, &ace->ace.trustee, err);
}

static bool state_of(const struct live *live, struct ajar_state *ret_state, struct ajar_error *err)
{
    OWNED(ajar_state_release) struct ajar_state state = { .known = true, .exists = true };
    char revision[8];

    for (size_t i = 0; i < live->entries.count; i++) {
        if (!add_live_entry(live, i, &state, err))
            return false;
    }
    (void)snprintf(revision, sizeof(revision), "%u", live->dacl.revision);
    if (!ajar_state_set(&state, PERMISSION_REVISION, revision, err))
        return false;
    *ret_state = state;
    state = (struct ajar_state){ 0 };
    return true;
}

static bool permission_observe(struct target *target, const struct setting *setting,
                               struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(live_release) struct live live = { 0 };
    struct directory *directory = NULL;

    return target_directory(target, &directory, err) && read_live(directory, setting, &live, err) &&
           state_of(&live, ret_now, err);
}

/* The version is that of all entries. */
static bool permission_evidence(struct target *target, const struct setting *setting,
                                struct ajar_state *ret_evidence, struct ajar_error *err)
{
    struct directory *directory = NULL;
    OWNED(free) char *dn = NULL;

    return target_directory(target, &directory, err) &&
           object_dn(setting, directory_domain_dn(directory), directory_configuration_dn(directory),
                     &dn, err) &&
           version_of_attribute(directory, dn, "nTSecurityDescriptor", false, ret_evidence, err);
}

/* Adds and removes what leads from the live state to `to`. */
static bool edit(struct live *live, const struct ajar_state *to, struct ajar_error *err)
{
    const char *revision = ajar_state_fact(to, PERMISSION_REVISION);

    for (size_t i = 0; i < live->entries.count; i++) {
        const struct ace *ace = &live->entries.list[i].ace;
        enum standing now = look_for(&live->dacl, ace);
        enum standing wanted = permission_standing(to, i + 1);

        if (now == PRESENT && wanted == ABSENT)
            (void)descriptor_remove(&live->dacl, ace);
        if (now == ABSENT && wanted != ABSENT && !descriptor_add(&live->dacl, ace, err))
            return false;
    }
    if (revision)
        descriptor_lower_revision(&live->dacl, (uint8_t)strtoul(revision, NULL, 10));
    return true;
}

/* Proves that what is to be sent differs from `before` in nothing but our entries. */
static bool prove(const struct descriptor *before, const struct live *live, struct ajar_error *err)
{
    OWNED(descriptor_release) struct descriptor after = { 0 };
    struct ace aces[ENTRIES_CEILING];

    for (size_t i = 0; i < live->entries.count; i++)
        aces[i] = live->entries.list[i].ace;
    if (!descriptor_read(&live->dacl.bytes, &after, err))
        return ajar_while(err, "the new permissions");
    if (descriptor_differs_only_in(before, &after, aces, live->entries.count))
        return true;
    return ajar_fail(err, AJAR_EPROTOCOL,
                     "the new permissions would differ in more than was asked for; nothing was "
                     "written");
}

/* The last look before the write. */
static bool check_unchanged(struct directory *directory, const struct live *live,
                            const struct bytes *read, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes now = { 0 };

    if (!object_reread_dacl(directory, live->object, &now, err))
        return false;
    if (bytes_same(&now, read))
        return true;
    ajar_fail(err, AJAR_ECONFLICT, "somebody else changed the permissions of %s in this moment",
              live->object);
    return ajar_hint(err, "nothing was written: try again");
}

static bool move_to(struct directory *directory, struct live *live, const struct ajar_state *to,
                    struct ajar_error *err)
{
    OWNED(descriptor_release) struct descriptor before = { 0 };

    return descriptor_read(&live->dacl.bytes, &before, err) && edit(live, to, err) &&
           prove(&before, live, err) && check_unchanged(directory, live, &before.bytes, err) &&
           directory_set_dacl(directory, live->object, &live->dacl.bytes, err);
}

static bool refuse_conflict(const struct ajar_state *now, struct ajar_error *err)
{
    OWNED(free) char *phrase = NULL;

    return permission_phrase(now, &phrase, err) &&
           ajar_fail(err, AJAR_ECONFLICT, "it is %s now", phrase);
}

static bool permission_write(struct target *target, const struct setting *setting,
                             const struct ajar_state *from, const struct ajar_state *to,
                             struct ajar_error *err)
{
    OWNED(live_release) struct live live = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err) || !read_live(directory, setting, &live, err) ||
        !state_of(&live, &now, err))
        return false;
    if (permission_match(&now, to) != MATCH_OTHER)
        return true; /* near: what still grants it is not ours */
    if (permission_match(&now, from) == MATCH_OTHER)
        return refuse_conflict(&now, err);
    return move_to(directory, &live, to, err);
}

const struct provider provider_permission = {
    .kind = "permission",
    .fields = fields,
    .on_domain = true,
    .check = permission_check,
    .thing = permission_thing,
    .want = permission_want,
    .closed = permission_closed,
    .observe = permission_observe,
    .match = permission_match,
    .write = permission_write,
    .phrase = permission_phrase,
    .evidence = permission_evidence,
};

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One attribute, with at most one value, of one object of a domain; or some bits of it, or one
 * character.
 *
 *     [attribute machine-account-quota]          [attribute anonymous-ldap]
 *     on = domain target.test                    on = domain target.test
 *     object = domain                            object = CN=Directory Service,CN=Windows NT,...
 *     attribute = ms-DS-MachineAccountQuota      base = configuration
 *     open = 500                                 attribute = dSHeuristics
 *     closed = 0                                 position = 7
 *                                                character = 2
 *     [attribute sid-history-over-the-trust]
 *     on = domain target.test
 *     object = CN=source.test,CN=System
 *     attribute = trustAttributes
 *     set-bits = 0x40
 *     closed-bits = clear
 *
 * `open = absent` wants no value; the text "absent" itself is said by its bytes, `data`. Of bits
 * and characters only those of the setting are compared, written and put back: the others may
 * change meanwhile.
 *
 * The server swaps the value that was read for the new one in one step, or refuses: nobody's change
 * is overwritten unseen on this controller.
 */
#include "base/text.h"
#include "model/state.h"
#include "provider/attribute_live.h"
#include "provider/attribute_section.h"
#include "provider/attribute_state.h"
#include "provider/catalog.h"
#include "provider/object.h"
#include "provider/version.h"

static const char *attribute_of(const struct setting *setting)
{
    return setting_value(setting, "attribute");
}

/* Reads what is there, and what of it is the setting's. */
static bool read_live(struct directory *directory, const struct setting *setting,
                      const struct attribute_part *part, struct attribute_live *ret_live,
                      struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(attribute_live_release) struct attribute_live live = { 0 };
    OWNED(free) char *dn = NULL;

    if (!object_dn(setting, directory_domain_dn(directory), directory_configuration_dn(directory),
                   &dn, err) ||
        !attribute_live_read(directory, dn, attribute_of(setting), &live, err))
        return false;
    if (!attribute_state_read(part, live.exists ? &live.value : NULL, ret_now, err))
        return ajar_while(err, "%s of \"%s\"", attribute_of(setting), dn);
    *ret_live = live;
    live = (struct attribute_live){ 0 };
    return true;
}

static bool attribute_observe(struct target *target, const struct setting *setting,
                              struct ajar_state *ret_now, struct ajar_error *err)
{
    OWNED(attribute_live_release) struct attribute_live live = { 0 };
    struct directory *directory = NULL;
    struct attribute_part part;

    return attribute_section_part(setting, &part, err) &&
           target_directory(target, &directory, err) &&
           read_live(directory, setting, &part, &live, ret_now, err);
}

/* Of bits and characters, the version covers the others, too. */
static bool attribute_evidence(struct target *target, const struct setting *setting,
                               struct ajar_state *ret_evidence, struct ajar_error *err)
{
    struct directory *directory = NULL;
    OWNED(free) char *dn = NULL;
    struct attribute_part part;

    return attribute_section_part(setting, &part, err) &&
           target_directory(target, &directory, err) &&
           object_dn(setting, directory_domain_dn(directory), directory_configuration_dn(directory),
                     &dn, err) &&
           version_of_attribute(directory, dn, attribute_of(setting), part.form == ATTRIBUTE_VALUE,
                                ret_evidence, err);
}

static bool refuse(const struct setting *setting, const struct ajar_state *now,
                   const struct ajar_state *from, struct ajar_error *err)
{
    OWNED(free) char *is = NULL;
    OWNED(free) char *was = NULL;

    if (!attribute_state_phrase(now, &is, err) || !attribute_state_phrase(from, &was, err))
        return false;
    return ajar_fail(err, AJAR_ECONFLICT, "%s of %s is %s, not %s", attribute_of(setting),
                     setting_value(setting, "object"), is, was);
}

static bool move(struct directory *directory, const struct setting *setting,
                 const struct attribute_part *part, const struct ajar_state *from,
                 const struct ajar_state *to, struct ajar_error *err)
{
    OWNED(attribute_live_release) struct attribute_live live = { 0 };
    OWNED(ajar_state_release) struct ajar_state now = { 0 };
    OWNED(bytes_release) struct bytes fresh = { 0 };
    bool exists = false;

    if (!read_live(directory, setting, part, &live, &now, err))
        return false;
    if (attribute_state_match(&now, to) == MATCH_SAME)
        return true;
    if (attribute_state_match(&now, from) == MATCH_OTHER &&
        attribute_state_match(&now, to) == MATCH_OTHER)
        return refuse(setting, &now, from, err);
    return attribute_state_goal(part, &now, to, &exists, &fresh, err) &&
           attribute_live_swap(directory, &live, attribute_of(setting), exists ? &fresh : NULL,
                               err);
}

static bool attribute_write(struct target *target, const struct setting *setting,
                            const struct ajar_state *from, const struct ajar_state *to,
                            struct ajar_error *err)
{
    struct directory *directory = NULL;
    struct attribute_part part;

    return attribute_section_part(setting, &part, err) &&
           target_directory(target, &directory, err) &&
           move(directory, setting, &part, from, to, err);
}

const struct provider provider_attribute = {
    .kind = "attribute",
    .fields = attribute_section_fields,
    .on_domain = true,
    .check = attribute_section_check,
    .thing = attribute_section_thing,
    .want = attribute_section_want,
    .closed = attribute_section_closed,
    .observe = attribute_observe,
    .match = attribute_state_match,
    .write = attribute_write,
    .phrase = attribute_state_phrase,
    .evidence = attribute_evidence,
};

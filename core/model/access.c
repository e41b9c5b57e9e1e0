/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/access.h"

static bool is_about(const struct ace *ace, const struct sid *sids, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (sid_same(&ace->trustee, &sids[i]))
            return true;
    }
    return false;
}

/* An entry with the GUID of a right (a property, a class) is about that one alone; one without is
 * about all. */
static bool is_for(const struct ace *ace, const struct right *right)
{
    if (!ace->has_object)
        return true;
    return right->has_object && guid_same(&ace->object, &right->object);
}

static bool applies(const struct descriptor_ace *entry, const struct sid *sids, size_t count,
                    const struct right *right)
{
    return entry->is_read && !(entry->flags & ACE_INHERIT_ONLY) &&
           is_about(&entry->ace, sids, count) && is_for(&entry->ace, right);
}

static bool has_condition(uint8_t type)
{
    return type == ACE_ALLOW_CALLBACK || type == ACE_DENY_CALLBACK ||
           type == ACE_ALLOW_CALLBACK_OBJECT || type == ACE_DENY_CALLBACK_OBJECT;
}

/* Goes down the DACL; conditions hold only where they serve the account, or only where they do
 * not. */
static struct access walk(const struct descriptor *descriptor, const struct sid *sids, size_t count,
                          const struct right *right, bool kindly)
{
    struct access access = { .verdict = ACCESS_NOT_GIVEN, .missing = right->mask };

    for (size_t i = 0; i < descriptor->count; i++) {
        const struct descriptor_ace *entry = &descriptor->aces[i];
        uint32_t mask = right_map_generic(entry->ace.mask) & access.missing;

        if (mask == 0 || !applies(entry, sids, count, right))
            continue;
        if (has_condition(entry->type) && ace_allows(entry->type) != kindly)
            continue;
        access.entry = i;
        if (ace_denies(entry->type)) {
            access.verdict = ACCESS_DENIED;
            return access;
        }
        access.missing &= ~mask;
        if (access.missing == 0) {
            access.verdict = ACCESS_GRANTED;
            return access;
        }
    }
    return access;
}

static size_t first_condition(const struct descriptor *descriptor, const struct sid *sids,
                              size_t count, const struct right *right)
{
    size_t i = 0;

    while (i < descriptor->count &&
           !(has_condition(descriptor->aces[i].type) &&
             (right_map_generic(descriptor->aces[i].ace.mask) & right->mask) &&
             applies(&descriptor->aces[i], sids, count, right)))
        i++;
    return i;
}

void access_check(const struct descriptor *descriptor, const struct sid *sids, size_t count,
                  const struct right *right, struct access *ret_access)
{
    struct access worst = walk(descriptor, sids, count, right, false);
    struct access best = walk(descriptor, sids, count, right, true);

    if (worst.verdict != ACCESS_GRANTED && best.verdict == ACCESS_GRANTED) {
        worst.verdict = ACCESS_DEPENDS;
        worst.entry = first_condition(descriptor, sids, count, right);
    }
    *ret_access = worst;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a domain's directory holds under the account name of a group.
 */
#ifndef AJAR_PROVIDER_GROUP_LIVE_H
#define AJAR_PROVIDER_GROUP_LIVE_H

#include "base/guid.h"
#include "transport/directory.h"

/* groupType ([MS-ADTS] 2.2.12): a scope, and whether it is a security group. */
#define GROUP_GLOBAL       0x00000002U
#define GROUP_DOMAIN_LOCAL 0x00000004U
#define GROUP_UNIVERSAL    0x00000008U
#define GROUP_SECURITY     0x80000000U

struct group_live {
    bool exists; /* an object has the name; everything else only then */
    struct guid guid;
    bool is_group;
    uint32_t type;       /* groupType; when it is a group */
    char *class_name;    /* what it is: "group", "user" */
    size_t member_count; /* without those whose primary group it is */
    char *members;       /* the first of them, for people; NULL when there are none */
    size_t used_count;   /* in how many groups it is */
};

/* By sAMAccountName. That there is none is a success. `ret_live` is to be released. */
bool group_live_read(struct directory *directory, const char *name, struct group_live *ret_live,
                     struct ajar_error *err);

/* What a new group is to be. */
struct group_design {
    const char *name;        /* its cn and its sAMAccountName */
    const char *container;   /* relative to the domain's head, or whole */
    uint32_t type;           /* groupType */
    const char *description; /* or NULL */
};

/* AJAR_ECONFLICT when one of its names is taken; AJAR_EMISSING when the container is not there. */
bool group_live_create(struct directory *directory, const struct group_design *design,
                       struct ajar_error *err);

/* Deletes that very group, whatever it is called now. That it is gone already is a success. */
bool group_live_delete(struct directory *directory, const struct guid *guid,
                       struct ajar_error *err);

/* "domain-local group", "global distribution group", "group of type 17". To be freed; NULL without
 * memory. */
char *group_type_phrase(uint32_t type);

void group_live_release(struct group_live *live);
DEFINE_OWNED_STRUCT(struct group_live, group_live_release);

#endif

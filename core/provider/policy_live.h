/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One key of the security template of a Group Policy object, live: read, and put.
 *
 * Putting is three writes, in this order: the template, GPT.INI, the directory. Whoever is killed
 * between two of them leaves an object that is not settled, and a look can tell: the template is
 * newer than GPT.INI, or the two versions differ. Settling it raises both to one number that
 * neither had before; it may be done again at any time. What was made for the key alone (the file,
 * its folders) is taken away after that, and is empty of meaning until then.
 */
#ifndef AJAR_PROVIDER_POLICY_LIVE_H
#define AJAR_PROVIDER_POLICY_LIVE_H

#include "model/template.h"
#include "provider/group_policy.h"
#include "transport/target.h"

struct policy_live {
    struct directory *directory; /* the target's */
    struct share *sysvol;        /* the same */
    struct group_policy policy;
    struct policy_file file;  /* the template's */
    struct template template; /* what it says; a fresh one when there is no file, or an empty one */
    enum template_place place; /* of the key */
    char *value;               /* NULL: there is no such key */
    char *above;      /* the deepest folder of the template that is there: "MACHINE", "."; NULL when
                       * the template is there */
    bool is_raised;   /* the versions are equal, and not older than the template */
    bool is_complete; /* clients are told to apply security settings */
};

/* `guid` in braces. AJAR_EMISSING when the domain has no such object, or SYSVOL no folder of it.
 * `ret_live` is to be released. */
bool policy_live_read(struct target *target, const char *guid, const char *section, const char *key,
                      struct policy_live *ret_live, struct ajar_error *err);

/* What is to become of it. */
struct policy_goal {
    const char *section;
    const char *key;
    const char *value;      /* NULL: the key is to go */
    const char *line;       /* with `value`: its line, when the key has to be added; or NULL */
    size_t number;          /* and where it was */
    size_t size;            /* of the file, when it is as before; 0: not known */
    bool without_section;   /* then: and its section, when it is left empty */
    const char *file;       /* then: "absent" or "empty" when the file is to be so, too, if nothing
                             * else is in it; or NULL */
    const char *above;      /* with "absent": the folder that stays */
    const char *extensions; /* with `file`: the list of before, when it had to be completed ("none"
                             * is an empty one); or NULL */
};

/* Puts it. The template is read once more: AJAR_ECONFLICT, with nothing written, when somebody
 * changed it since. */
bool policy_live_put(struct policy_live *live, const struct policy_goal *goal,
                     struct ajar_error *err);

void policy_live_release(struct policy_live *live);
DEFINE_OWNED_STRUCT(struct policy_live, policy_live_release);

#endif

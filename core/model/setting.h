/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One setting of a plan: a section of the file after its parameters were filled in.
 */
#ifndef AJAR_MODEL_SETTING_H
#define AJAR_MODEL_SETTING_H

#include "base/ini.h"
#include "model/schema.h"

/* Where a setting is. */
enum place {
    PLACE_HOST,               /* on = host NAME [NAME...] */
    PLACE_PDC,                /* on = pdc DOMAIN: its PDC emulator */
    PLACE_CONTROLLERS,        /* on = controllers DOMAIN: every writable controller */
    PLACE_FOREST_CONTROLLERS, /* on = forest-controllers FOREST: those of each of its domains */
    PLACE_DOMAIN,             /* on = domain DOMAIN [DOMAIN...]: the directory */
    PLACE_DOMAINS,            /* on = domains FOREST: the directory of each domain of the forest */
};

/* Those on domains, as bits: 1 << enum place. */
#define PLACES_ON_DOMAIN (1U << PLACE_DOMAIN | 1U << PLACE_DOMAINS)

/* How many names `on` may have. */
#define PLACE_NAMES 100

struct setting {
    const char *file;                  /* belongs to the plan */
    const struct ini_section *section; /* belongs to the plan */
    enum place place;
    const char *where; /* the names of `on`, lower case, blanks between; belongs to the setting. In
                        * setting_at(): the one name */
};

/* Is it on domains, and not on hosts? */
static inline bool setting_is_on_domain(const struct setting *setting)
{
    return setting->place == PLACE_DOMAIN || setting->place == PLACE_DOMAINS;
}

/* The setting as it is on one of the targets that its place stands for: `on = host TARGET`, or
 * `domain TARGET`. A place that is a role (pdc, controllers) stays. `target` must outlive it. */
struct setting setting_at(const struct setting *setting, const char *target);

/* The next of the names in `*at`, which moves behind it; its size, 0 at the end:
 *     for (at = setting->where; (size = setting_next_name(&at, &name)) > 0;) */
size_t setting_next_name(const char **at, const char **ret_name);

/* "registry" and "allow-password-export" */
static inline const char *setting_kind(const struct setting *setting)
{
    return setting->section->kind;
}
static inline const char *setting_name(const struct setting *setting)
{
    return setting->section->name;
}

/* The value of a field, or NULL. */
static inline const char *setting_value(const struct setting *setting, const char *field)
{
    return ini_value(setting->section, field);
}

/* The same, and NULL for an empty text, too: for fields that `may_be_empty`. */
static inline const char *setting_given(const struct setting *setting, const char *field)
{
    const char *value = setting_value(setting, field);

    return value && value[0] ? value : NULL;
}

/* All values of a field that may be repeated, in their order. `*ret_texts` is to be freed, the
 * texts are not. */
bool setting_values(const struct setting *setting, const char *field, const char ***ret_texts,
                    size_t *ret_count, struct ajar_error *err);

/* Sets the place from `on`, which schema_check() has seen to be one, and makes it lower case:
 * "on = controllers TARGET.test". Without the field, `where` stays NULL. */
void setting_read_place(struct setting *setting);

/* Refuses a name that stands twice in `on`, and too many of them. AJAR_EPLAN, "file:line: ". */
bool setting_check_names(const struct setting *setting, struct ajar_error *err);

/* The line of a field (of the section when it has no such field), for messages. */
int setting_line(const struct setting *setting, const char *field);

/* Fails with "file:line: " of that field in front. Returns false. */
bool setting_fail(const struct setting *setting, const char *field, struct ajar_error *err,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif

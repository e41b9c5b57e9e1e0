/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A plan inside: its settings after `use`, [skip] and parameters. The kinds of settings come from
 * above (the catalog of providers), as a table.
 */
#ifndef AJAR_MODEL_PLAN_H
#define AJAR_MODEL_PLAN_H

#include <ajar/plan.h>

#include "model/parameters.h"
#include "model/setting.h"

/* What a plan must know of a kind to read its sections. */
struct plan_kind {
    const char *kind;
    const struct field_rule *fields; /* besides on, takes-effect, why, risk, reference */
    bool on_domain;                  /* its settings are on a domain; otherwise on hosts */
    bool (*check)(const struct setting *setting, struct ajar_error *err);
};

struct ajar_plan {
    char *name;
    char *title;     /* NULL when there is none */
    char *reference; /* NULL when there is none */
    int64_t longest_window;
    size_t setting_count;
    struct setting *settings;
    struct parameters parameters;
    size_t file_count;
    struct ini **files; /* own the sections of the settings, and their names in messages */
};

/* Reads a plan file with all that it uses. `kinds` ends with { 0 }. */
bool plan_read(const struct ajar_plan_source *source, const struct plan_kind *kinds,
               struct ajar_plan **ret_plan, struct ajar_error *err);

/* The resolved plan as text for the journal, and back. `file` is the name for messages. */
bool plan_to_record(const struct ajar_plan *plan, char **ret_text, struct ajar_error *err);
bool plan_from_record(const char *file, const char *text, const struct plan_kind *kinds,
                      struct ajar_plan **ret_plan, struct ajar_error *err);

/* The setting of this kind and name, or NULL. */
const struct setting *plan_setting(const struct ajar_plan *plan, const char *kind,
                                   const char *name);

/* "at once" when the setting does not say. */
const char *setting_takes_effect(const struct setting *setting);

DEFINE_OWNED(struct ajar_plan *, ajar_plan_free);

#endif

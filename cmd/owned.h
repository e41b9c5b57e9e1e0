/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory and handles of the public interface release themselves at the end of a scope:
 *
 *     OWNED(ajar_report_free) struct ajar_report *report = NULL;
 */
#ifndef AJAR_CMD_OWNED_H
#define AJAR_CMD_OWNED_H

#include <ajar/diagnose.h>
#include <ajar/saved.h>

#include <jansson.h>

#define OWNED(release) __attribute__((cleanup(release##_slot)))
#define LENGTH(array)  (sizeof(array) / sizeof((array)[0]))

static inline void ajar_report_free_slot(struct ajar_report *const *slot)
{
    if (*slot)
        ajar_report_free(*slot);
}

static inline void ajar_plan_free_slot(struct ajar_plan *const *slot)
{
    if (*slot)
        ajar_plan_free(*slot);
}

static inline void ajar_saved_free_slot(struct ajar_saved *const *slot)
{
    if (*slot)
        ajar_saved_free(*slot);
}

static inline void ajar_run_close_slot(struct ajar_run *const *slot)
{
    if (*slot)
        ajar_run_close(*slot);
}

static inline void ajar_knowledge_free_slot(struct ajar_knowledge *const *slot)
{
    if (*slot)
        ajar_knowledge_free(*slot);
}

static inline void ajar_diagnosis_free_slot(struct ajar_diagnosis *const *slot)
{
    if (*slot)
        ajar_diagnosis_free(*slot);
}

static inline void json_decref_slot(json_t *const *slot)
{
    json_decref(*slot);
}

#endif

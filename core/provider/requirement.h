/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The contract of a requirement: something that must hold and that ajar only reads.
 *
 *     [require target-trusts-source]
 *     on = domain target.test
 *     check = trust
 *     partner = source.test
 *
 * `check` names the requirement's sort. A sort never writes, prints, retries or sleeps.
 */
#ifndef AJAR_PROVIDER_REQUIREMENT_H
#define AJAR_PROVIDER_REQUIREMENT_H

#include "base/text.h"
#include "model/setting.h"
#include "transport/target.h"

enum requirement_result {
    REQUIREMENT_UNKNOWN, /* it could not be found out: `reason` says why */
    REQUIREMENT_PASS,
    REQUIREMENT_FAIL,
};

struct finding {
    enum requirement_result result;
    char *reason; /* one line: what was found; never NULL once it was judged */
    char *hint;   /* the next step; NULL with PASS */
};

/* The places that a sort can be on, as bits. What may be on a domain may be on all domains of a
 * forest (PLACE_DOMAINS): examine() then is on the one domain, which is in `where`. */
#define REQUIREMENT_ON_DOMAIN PLACES_ON_DOMAIN
#define REQUIREMENT_ON_HOST \
    (1U << PLACE_HOST | 1U << PLACE_PDC | 1U << PLACE_CONTROLLERS | 1U << PLACE_FOREST_CONTROLLERS)

struct requirement {
    const char *check;               /* "trust" */
    const struct field_rule *fields; /* besides on, check, why, reference */
    unsigned places;

    /* It makes its own connections, without a login: a target that nobody can log in to is looked
     * at all the same. */
    bool aloof;

    /* It looks at one object, which the operator names (`ajar check --object`): the engine adds a
     * field `object` with it. Nobody looks at it otherwise. The engine asks the same sort with
     * `must = exists` which of several domains has the object. */
    bool about_object;

    /* NULL, or a kind of settings: the engine adds a field `told_field` with each thing of this
     * kind that the plan sets in the requirement's domain. */
    const char *told_kind;
    const char *told_field;

    /* Judges the section alone, beyond the table; NULL: there is nothing more to judge. Opens no
     * connection. AJAR_EPLAN, "file:line:". */
    bool (*judge)(const struct setting *setting, struct ajar_error *err);

    /* Looks. False with the trouble when nothing can be said because of it: whoever calls takes
     * that for UNKNOWN. `ret_finding` is to be released. */
    bool (*examine)(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err);
};

/* Fills a finding; the texts are formatted, and copied. */
bool finding_pass(struct finding *ret_finding, struct ajar_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool finding_fail(struct finding *ret_finding, struct ajar_error *err, const char *hint,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
bool finding_unknown(struct finding *ret_finding, struct ajar_error *err, const char *hint,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));

void finding_release(struct finding *finding);
DEFINE_OWNED_STRUCT(struct finding, finding_release);

/* The sort that is called so, or NULL; and the sorts in their order, ending with NULL. */
const struct requirement *requirement_find(const char *check);
const struct requirement *const *requirement_all(void);

/* The sorts: each has a file require_NAME.c (some share one), and a row in requirement.c. */
extern const struct requirement requirement_names;
extern const struct requirement requirement_ports;
extern const struct requirement requirement_clock;
extern const struct requirement requirement_controller;
extern const struct requirement requirement_trust;
extern const struct requirement requirement_member;
extern const struct requirement requirement_right;
extern const struct requirement requirement_account;
extern const struct requirement requirement_credentials;
extern const struct requirement requirement_object;
extern const struct requirement requirement_empty_group;
extern const struct requirement requirement_service;
extern const struct requirement requirement_events;
extern const struct requirement requirement_password_sync_mode;
extern const struct requirement requirement_audit;
extern const struct requirement requirement_password_server;
extern const struct requirement requirement_credential_guard;
extern const struct requirement requirement_registry;
extern const struct requirement requirement_no_policy;

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The contract of a kind of setting. Absence is a state, so undo needs no method of its own: apply
 * is write(before -> wanted), rollback is write(wanted -> before).
 *
 * A provider never prints, prompts, retries, sleeps, or knows of rehearsal and journal. The engine
 * alone decides whether to write. One provider may sleep: `service` waits for a service to arrive
 * where it was sent, with the patience of the target.
 */
#ifndef AJAR_PROVIDER_PROVIDER_H
#define AJAR_PROVIDER_PROVIDER_H

#include <ajar/state.h>

#include "model/setting.h"
#include "transport/target.h"

/* How a live state stands to a recorded one. */
enum match {
    MATCH_SAME,  /* equal in every fact that counts */
    MATCH_NEAR,  /* the setting itself is equal; what surrounds it is not (the key is there already,
                  * or still there because others use it). A write may start here, and may end here
                  * when it could not go further without touching what is not its own. */
    MATCH_OTHER, /* different */
};

struct provider {
    const char *kind;                /* as in the plan: [registry allow-password-export] */
    const struct field_rule *fields; /* what such a section may say besides the fields of every
                                      * setting (on, takes-effect, why, risk, reference) */
    bool on_domain;                  /* its place is a domain; otherwise a host */

    /* Judges the section alone, beyond the table. Opens no connection. AJAR_EPLAN, "file:line:". */
    bool (*check)(const struct setting *setting, struct ajar_error *err);

    /* What the setting acts on, for people; the same, but for case, for two settings that would
     * collide on one target ("HKLM\SYSTEM\...\Lsa:AllowPasswordExport"). To be freed. */
    bool (*thing)(const struct setting *setting, char **ret_thing, struct ajar_error *err);

    /* The state that the setting asks for. */
    bool (*want)(const struct setting *setting, struct ajar_state *ret_wanted,
                 struct ajar_error *err);

    /* The safe state for a setting that nobody recorded, as `closed` says it; "not known" when the
     * setting does not say. */
    bool (*closed)(const struct setting *setting, struct ajar_state *ret_closed,
                   struct ajar_error *err);

    /* Reads the live state. Changes nothing. */
    bool (*observe)(struct target *target, const struct setting *setting,
                    struct ajar_state *ret_now, struct ajar_error *err);

    enum match (*match)(const struct ajar_state *now, const struct ajar_state *meant);

    /* Moves `from` to `to`; AJAR_ECONFLICT, with nothing written, when the live state is not SAME
     * or NEAR to `from` (and not already `to`). Where the protocol has no compare-and-swap it reads
     * just before it writes. AJAR_ETIMEOUT: whether the write landed is not known. */
    bool (*write)(struct target *target, const struct setting *setting,
                  const struct ajar_state *from, const struct ajar_state *to,
                  struct ajar_error *err);

    /* A state in a few words, for people: "absent", "1", "member". To be freed. */
    bool (*phrase)(const struct ajar_state *state, char **ret_phrase, struct ajar_error *err);

    /* Reads evidence of the version of the live state, for plans that are saved. `exact = yes`: its
     * facts change exactly when the thing is written, also when that leaves it what it was; `exact
     * = no`: they cover more than the thing. That there is none is a success, with the state not
     * known. NULL: none of this kind gives any. */
    bool (*evidence)(struct target *target, const struct setting *setting,
                     struct ajar_state *ret_evidence, struct ajar_error *err);

    /* Is this setting an action: has no state to keep, the engine calls write() once at opening and
     * once at closing, and takes a fine answer for done? NULL: none of this kind is. */
    bool (*is_action)(const struct setting *setting);
};

#endif

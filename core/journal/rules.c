/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The edges are bits: a row is a state, a bit in it a state that may follow. A change has the
 * states failed, unknown and conflict twice, once on the way in and once on the way back, because
 * from the way back none leads to the way in: a window that is being closed never opens again.
 */
#include "journal/rules.h"

#include "model/state.h"

#include <string.h>

enum phase {
    INTENDED,
    APPLIED,
    NOT_APPLIED,   /* failed during apply */
    MAYBE_APPLIED, /* unknown during apply */
    REFUSED,       /* conflict during apply */
    RESTORING,
    RESTORED,
    NOT_RESTORED,   /* failed during rollback */
    MAYBE_RESTORED, /* unknown during rollback */
    LEFT_ALONE,     /* conflict during rollback */
};

#define BIT(state) (1U << (state))

#define OUTCOMES (BIT(APPLIED) | BIT(NOT_APPLIED) | BIT(MAYBE_APPLIED) | BIT(REFUSED))
/* A rollback looks first: what it finds restored, out of reach or changed needs no write. */
#define WAY_BACK (BIT(RESTORING) | BIT(RESTORED) | BIT(NOT_RESTORED) | BIT(LEFT_ALONE))

static const unsigned change_edges[] = {
    [INTENDED] = BIT(INTENDED) | OUTCOMES | WAY_BACK,
    [APPLIED] = BIT(APPLIED) | BIT(INTENDED) | WAY_BACK,
    [NOT_APPLIED] = BIT(INTENDED) | OUTCOMES | WAY_BACK,
    [MAYBE_APPLIED] = BIT(INTENDED) | OUTCOMES | WAY_BACK,
    [REFUSED] = BIT(INTENDED) | OUTCOMES | WAY_BACK,
    [RESTORING] = WAY_BACK | BIT(MAYBE_RESTORED),
    [RESTORED] = BIT(RESTORED),
    [NOT_RESTORED] = WAY_BACK,
    [MAYBE_RESTORED] = WAY_BACK | BIT(MAYBE_RESTORED),
    [LEFT_ALONE] = WAY_BACK,
};

static const unsigned window_edges[] = {
    [WINDOW_OPENING] =
        BIT(WINDOW_OPENING) | BIT(WINDOW_OPEN) | BIT(WINDOW_PARTLY_OPEN) | BIT(WINDOW_CLOSING),
    [WINDOW_OPEN] =
        BIT(WINDOW_OPENING) | BIT(WINDOW_OPEN) | BIT(WINDOW_PARTLY_OPEN) | BIT(WINDOW_CLOSING),
    [WINDOW_PARTLY_OPEN] =
        BIT(WINDOW_OPENING) | BIT(WINDOW_OPEN) | BIT(WINDOW_PARTLY_OPEN) | BIT(WINDOW_CLOSING),
    [WINDOW_CLOSING] = BIT(WINDOW_CLOSING) | BIT(WINDOW_PARTLY_CLOSED) | BIT(WINDOW_CLOSED),
    [WINDOW_PARTLY_CLOSED] = BIT(WINDOW_CLOSING) | BIT(WINDOW_PARTLY_CLOSED) | BIT(WINDOW_CLOSED),
    [WINDOW_CLOSED] = BIT(WINDOW_CLOSED),
};

static enum phase phase_of(const struct change_record *change)
{
    static const enum phase forth[] = { INTENDED,  APPLIED,  NOT_APPLIED, MAYBE_APPLIED,
                                        RESTORING, RESTORED, REFUSED };
    static const enum phase back[] = { INTENDED,  APPLIED,  NOT_RESTORED, MAYBE_RESTORED,
                                       RESTORING, RESTORED, LEFT_ALONE };

    return change->closing ? back[change->state] : forth[change->state];
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool fail_change(const struct change_record *change, const char *why, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: %s", change->kind, change->setting,
                     change->target, why);
}

static bool check_first_change(const struct change_record *change, struct ajar_error *err)
{
    enum phase phase = phase_of(change);

    if (phase == INTENDED || phase == NOT_APPLIED || phase == REFUSED)
        return true;
    if (phase == APPLIED && strcmp(change->action, "none") == 0)
        return true;
    return fail_change(change, "it cannot be done before it was recorded as intended", err);
}

/* What is owed stays so until it is put back, or somebody accepts it as it is. */
static bool check_debt(const struct change_record *old, const struct change_record *new,
                       struct ajar_error *err)
{
    if (!old->owed || rules_is_settled(new) || (new->owed == old->owed &&new->tries >= old->tries))
        return true;
    return fail_change(new, "since when it is owed, and how often it was tried, is not forgotten",
                       err);
}

bool rules_check_change(const struct change_record *old, const struct change_record *new,
                        struct ajar_error *err)
{
    if (!old)
        return check_first_change(new, err);
    if (old->before.known && !state_same(&old->before, &new->before))
        return ajar_fail(err, AJAR_EJOURNAL,
                         "the baseline of [%s %s] on %s is taken already, and stays", new->kind,
                         new->setting, new->target);
    if (!same_text(old->thing, new->thing) || !same_text(old->place, new->place) ||
        (old->wanted.known && !state_same(&old->wanted, &new->wanted)))
        return fail_change(new, "what it acts on and what is wanted cannot change in a window",
                           err);
    if (!(change_edges[phase_of(old)] & BIT(phase_of(new))))
        return ajar_fail(err, AJAR_EJOURNAL, "[%s %s] on %s: \"%s\" during %s cannot follow \"%s\"",
                         new->kind, new->setting, new->target, change_state_name(new->state),
                         new->closing ? "rollback" : "apply", change_state_name(old->state));
    return check_debt(old, new, err);
}

static bool same_parameters(const struct window_record *a, const struct window_record *b)
{
    if (a->parameter_count != b->parameter_count)
        return false;
    for (size_t i = 0; i < a->parameter_count; i++) {
        if (!same_text(a->parameters[i].name, b->parameters[i].name) ||
            !same_text(a->parameters[i].value, b->parameters[i].value))
            return false;
    }
    return true;
}

static bool same_extension(const struct extension_record *a, const struct extension_record *b)
{
    return a->from == b->from && a->until == b->until && a->at == b->at &&
           same_text(a->by, b->by) && same_text(a->host, b->host) &&
           same_text(a->reason, b->reason);
}

static bool is_on_its_way_in(enum window_state state)
{
    return state == WINDOW_OPENING || state == WINDOW_OPEN || state == WINDOW_PARTLY_OPEN;
}

/* The end moves by one extension at a time, and only while the window is not being closed. */
static bool check_end(const struct window_record *old, const struct window_record *new,
                      struct ajar_error *err)
{
    size_t count = old->extension_count;
    size_t more = new->extension_count - count; /* wraps where there are fewer */

    for (size_t i = 0; i < count && more <= 1; i++) {
        if (!same_extension(&old->extensions[i], &new->extensions[i]))
            more = 2;
    }
    if (more == 0 && new->until == old->until)
        return true;
    if (more == 1 && new->extensions[count].from == old->until && is_on_its_way_in(old->state) &&
        is_on_its_way_in(new->state))
        return true;
    return ajar_fail(err, AJAR_EJOURNAL,
                     "window %s: its end moves only with one more extension, while it is open",
                     new->id);
}

bool rules_check_window(const struct window_record *old, const struct window_record *new,
                        struct ajar_error *err)
{
    if (!old && new->extension_count > 0)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s begins with an extension", new->id);
    if (!old)
        return new->state == WINDOW_OPENING ||
               ajar_fail(err, AJAR_EJOURNAL, "window %s begins as \"opening\", not as \"%s\"",
                         new->id, window_state_name(new->state));
    if (!same_text(old->plan, new->plan) || old->opened != new->opened ||
        !same_text(old->operator_name, new->operator_name) || !same_text(old->host, new->host) ||
        old->toward_closed != new->toward_closed || old->permanent != new->permanent ||
        !same_text(old->saved, new->saved) || !same_parameters(old, new))
        return ajar_fail(err, AJAR_EJOURNAL,
                         "window %s: its plan, parameters, opening and operator cannot change",
                         new->id);
    if (!(window_edges[old->state] & BIT(new->state)))
        return ajar_fail(err, AJAR_EJOURNAL, "window %s: \"%s\" cannot follow \"%s\"", new->id,
                         window_state_name(new->state), window_state_name(old->state));
    if (old->closed && old->closed != new->closed)
        return ajar_fail(err, AJAR_EJOURNAL, "window %s is closed already", new->id);
    return check_end(old, new, err);
}

bool rules_check_manual(const struct manual_record *old, const struct manual_record *new,
                        struct ajar_error *err)
{
    if (strcmp(old->when, new->when) == 0 &&
        (!old->by || (same_text(old->by, new->by) && old->at == new->at)))
        return true;
    return ajar_fail(err, AJAR_EJOURNAL, "[manual %s]: what was confirmed stays confirmed",
                     new->name);
}

bool rules_is_settled(const struct change_record *change)
{
    return phase_of(change) == RESTORED || change->kept;
}

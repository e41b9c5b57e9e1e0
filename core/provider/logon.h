/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether an account of a domain can log in, as its directory tells, and what a wrong password
 * would do to it.
 *
 * Where the controller computes it (msDS-User-Account-Control-Computed, [MS-ADTS] 3.1.1.4.5.17, and
 * msDS-UserPasswordExpiryTimeComputed, 3.1.1.4.5.36) its word counts, else the same is computed
 * here from the account and from the policy that is in force for it: the domain's, or that of the
 * password settings object that the directory names (msDS-ResultantPSO).
 */
#ifndef AJAR_PROVIDER_LOGON_H
#define AJAR_PROVIDER_LOGON_H

#include "base/text.h"
#include "transport/directory.h"

/* What keeps an account from logging in with its password, as bits. */
enum {
    LOGON_DISABLED = 1U << 0,
    LOGON_LOCKED = 1U << 1,
    LOGON_EXPIRED = 1U << 2,
    LOGON_MUST_CHANGE = 1U << 3, /* its password, at the next logon */
    LOGON_PASSWORD_EXPIRED = 1U << 4,
    LOGON_SMART_CARD = 1U << 5, /* it logs in with a smart card alone */
};

/* What is in force for the account; `is_known`: all of it could be read. Spans are in ticks. */
struct logon_policy {
    bool is_known;
    char *settings;    /* the DN of the password settings object; NULL: the domain's own policy */
    int64_t threshold; /* wrong passwords until it is locked; 0: never */
    int64_t duration;
    int64_t window;
    int64_t maximum_age;
};

/* Times are in ticks; TICKS_NEVER where there is none. */
struct logon {
    char *name; /* sAMAccountName */
    char *dn;
    unsigned flaws;
    int64_t now;     /* the controller's own time */
    int64_t changed; /* when the object was changed last */
    int64_t locked_at;
    int64_t locked_until; /* TICKS_NEVER: until somebody unlocks it */
    int64_t expires;
    int64_t password_expires;
    int64_t bad_count; /* of wrong passwords that still count */
    int64_t bad_at;    /* of the last one; 0: there was none */
    struct logon_policy policy;
};

/* `account`: as account_resolve() takes it. Counts of wrong passwords are those of this controller:
 * the PDC emulator has them all. AJAR_EMISSING when there is no such account, AJAR_EDENIED when the
 * directory does not show what is needed, AJAR_ECONFLICT when it is none that logs in (a group).
 * `ret_logon` is to be released. */
bool logon_read(struct directory *directory, const char *account, struct logon *ret_logon,
                struct ajar_error *err);

/* "it is disabled; it is locked out since ..., until ...": all of its flaws, for people. */
void logon_append_flaws(struct text *text, const struct logon *logon);

/* The next step for the first of its flaws. Static. */
const char *logon_hint(const struct logon *logon);

/* Would so many wrong passwords lock it? Only with a policy that is known. */
bool logon_would_lock(const struct logon *logon, int64_t wrong);

void logon_release(struct logon *logon);
DEFINE_OWNED_STRUCT(struct logon, logon_release);

#endif

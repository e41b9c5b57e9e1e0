/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * [policy] of the configuration: what the house allows at all, whatever a plan says.
 */
#ifndef AJAR_MODEL_GUARD_RAILS_H
#define AJAR_MODEL_GUARD_RAILS_H

#include "base/ini.h"

/* Texts belong to the configuration. All zero: nothing is forbidden. */
struct guard_rails {
    const char *file;                  /* for messages */
    const struct ini_section *section; /* NULL when the configuration has none */
    int64_t longest_window;            /* seconds; 0: no bound */
    const char *ticket;         /* an extended regular expression (POSIX), for all of the ticket */
    unsigned approvals;         /* how many every apply needs */
    const char **never_touch;   /* hosts and domains, lower case; ends with NULL; NULL: none */
    const char **need_approval; /* names of settings, which one approval at least goes with */
};

/* Reads the section, whose lists it cuts in place. AJAR_EPLAN, "file:line: ...". `ret_rails` is to
 * be released also after a failure. */
bool guard_rails_read(const char *file, struct ini_section *section, struct guard_rails *ret_rails,
                      struct ajar_error *err);

/* Does all of `ticket` match the pattern? True without a pattern; false without a ticket. */
bool guard_rails_match_ticket(const struct guard_rails *rails, const char *ticket);

/* Appends how messages name a rule: policy "FIELD = VALUE" (FILE:LINE) */
void guard_rails_name(const struct guard_rails *rails, const char *field, struct text *text);

/* Fails with AJAR_EPOLICY: policy "FIELD = VALUE" (FILE:LINE): and what was asked. */
bool guard_rails_fail(const struct guard_rails *rails, const char *field, struct ajar_error *err,
                      const char *format, ...) __attribute__((format(printf, 4, 5)));

void guard_rails_release(struct guard_rails *rails);
DEFINE_OWNED_STRUCT(struct guard_rails, guard_rails_release);

#endif

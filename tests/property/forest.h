/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A simulated forest in the place of the catalog, of all connections and of the workers: three
 * hosts in two domains, three things on each of the five. A command can be struck at any point on
 * its way.
 */
#ifndef AJAR_PROPERTY_FOREST_H
#define AJAR_PROPERTY_FOREST_H

#include "engine/message.h"
#include "property/history.h"

#include <setjmp.h>

/* "a.f.test", ..., "g.test"; the last two are domains. */
extern const char *const forest_names[TARGETS];
bool forest_is_domain(int target);

/* The place of a name among them; a violation when it is none. */
int forest_find(const char *name);

/* "thing:1 on a.f.test" */
const char *forest_say(int thing);

void forest_begin(void);

/* Somebody else sets a thing. */
void forest_touch(int thing, const struct value *value);

/* A value to be set by plans and people. */
struct value forest_draw_value(void);

/* The command gets here. False when it is struck by something that fails at this point: the blow
 * is then in `ret_blow`. */
bool forest_pass(enum point point, enum blow *ret_blow);

/* What a worker answers. */
void forest_answer(const struct request *request, const char *target, struct reply *reply);

/* Does what is in hand, or a part of it, when the command was killed. */
void fleet_finish_orphans(void);

/* Where a killed command goes to, unless it is a process of its own. */
extern jmp_buf forest_death;

#endif

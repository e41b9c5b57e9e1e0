/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evidence of the version of what a directory holds (provider.h: evidence). Its facts:
 *
 *     exact = yes · version · written · by · usn      of an attribute or a link
 *     exact = no · the same                           it covers more than what is asked about
 *     exact = no · usn-at-dc1-source-test = 3879      of the whole object, on that controller
 *
 * Windows tells versions of attributes and links (msDS-ReplAttributeMetaData,
 * msDS-ReplValueMetaData); Samba those of attributes (replPropertyMetaData). A server that tells
 * none is no failure: the evidence stays not known.
 */
#ifndef AJAR_PROVIDER_VERSION_H
#define AJAR_PROVIDER_VERSION_H

#include "base/guid.h"
#include "transport/directory.h"

#include <ajar/state.h>

/* Of an attribute. `exact`: all of it is what is asked about. */
bool version_of_attribute(struct directory *directory, const char *base, const char *attribute,
                          bool exact, struct ajar_state *ret_evidence, struct ajar_error *err);

/* Of the link from a group to a member, which is or was there (NULL: there is no such object). A
 * link that is as old as Windows 2000 has no version but that of all members; where the server
 * tells neither, it is that of the group. */
bool version_of_member(struct directory *directory, const char *group, const struct guid *member,
                       struct ajar_state *ret_evidence, struct ajar_error *err);

/* Of an object, whatever of it was written. */
bool version_of_object(struct directory *directory, const char *base,
                       struct ajar_state *ret_evidence, struct ajar_error *err);

#endif

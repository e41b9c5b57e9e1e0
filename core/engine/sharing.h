/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is to be said of a journal that several hosts share: how it stands to its remote, and which
 * windows came into each other's way while their operators could not see each other.
 */
#ifndef AJAR_ENGINE_SHARING_H
#define AJAR_ENGINE_SHARING_H

#include "engine/outcome.h"

/* As remarks of a report. Nothing for a journal that nobody shares. */
bool sharing_remark(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err);

/* How it stands, as lines of progress: for what makes no report. */
bool sharing_warn(struct ajar_run *run, struct ajar_error *err);

/* Which windows, as lines of progress, once what was recorded here alone has met what others
 * recorded. */
bool sharing_tell(struct ajar_run *run, struct ajar_error *err);

/* Work that is done, and that others cannot see yet, is not all of it: AJAR_EXIT_PARTLY. */
bool sharing_judge(struct ajar_report *report, struct ajar_run *run, struct ajar_error *err);

#endif

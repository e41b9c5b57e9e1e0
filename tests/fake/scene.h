/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an engine test plays with: a world, a plan of four things on two hosts (one to create, one
 * to change, one that is as wanted, one elsewhere), and a journal.
 */
#ifndef AJAR_FAKE_SCENE_H
#define AJAR_FAKE_SCENE_H

#include <ajar/engine.h>

#include "fake/world.h"

struct scene {
    char *folder;
    char *config;
    char *journal;
    char *plan;
    struct world *world;
};

void scene_set(struct scene *scene);
void scene_clear(struct scene *scene);

/* The commands, each in a run of its own; they give the exit status. */
enum ajar_exit scene_apply(const struct scene *scene);
enum ajar_exit scene_rollback(const struct scene *scene);
enum ajar_exit scene_rollback_with(const struct scene *scene, enum ajar_on_conflict on_conflict);
enum ajar_exit scene_resume(const struct scene *scene);

/* A run of a command of one's own; and the end of it, with its report and its error. */
struct ajar_run *scene_open_run(const struct scene *scene, const char *command);
enum ajar_exit scene_finish(struct ajar_run *run, bool ok, struct ajar_report *report,
                            const struct ajar_error *err);

/* How many windows are not closed. */
size_t scene_count_open(const struct scene *scene);

/* Is the world as it was, and does stock git find the journal whole? */
void scene_assert_start(const struct scene *scene);
void scene_assert_fsck(const struct scene *scene);

#endif

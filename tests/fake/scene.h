/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an engine test plays with: a world, a plan of four things on two hosts (one to create, one
 * to change, one that is as wanted, one elsewhere), and a journal.
 */
#ifndef AJAR_FAKE_SCENE_H
#define AJAR_FAKE_SCENE_H

#include <ajar/engine.h>

#include "base/cleanup.h"
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

/* The same around a test of cmocka, whose state is the scene then. */
int scene_setup(void **state);
int scene_teardown(void **state);

/* For cmocka: each test has a scene of its own, which is its state. */
int scene_set_up(void **state);
int scene_tear_down(void **state);

/* Thing `id` holds `value`, whoever did that. */
void scene_put(const struct scene *scene, int id, const char *value);

/* The commands, each in a run of its own; they give the exit status. */
enum ajar_exit scene_apply(const struct scene *scene);
enum ajar_exit scene_rollback(const struct scene *scene);
enum ajar_exit scene_rollback_with(const struct scene *scene, enum ajar_on_conflict on_conflict);
enum ajar_exit scene_resume(const struct scene *scene);

/* A run of a command of one's own; and the end of it, with its report and its error. */
struct ajar_run *scene_open_run(const struct scene *scene, const char *command);
enum ajar_exit scene_finish(struct ajar_run *run, bool ok, struct ajar_report *report,
                            const struct ajar_error *err);

/* How a command ended. Starts as { 0 } where the command comes later. */
struct scene_outcome {
    enum ajar_exit exit;
    struct ajar_report *report; /* NULL when it failed */
    struct ajar_error err;
};

void scene_outcome_release(struct scene_outcome *outcome);
DEFINE_OWNED_STRUCT(struct scene_outcome, scene_outcome_release);

/* The plan whose file holds `text`; the caller frees it. */
struct ajar_plan *scene_load(const struct scene *scene, const char *text);

/* Any command on a plan. */
typedef bool scene_command(struct ajar_run *run, const struct ajar_plan *plan,
                           struct ajar_report **ret_report, struct ajar_error *err);

/* The commands on the plan with this text, each in a run of its own. */
struct scene_outcome scene_on_plan(const struct scene *scene, const char *text,
                                   scene_command *perform);
struct scene_outcome scene_plan_with(const struct scene *scene, const char *text,
                                     const struct ajar_plan_options *options);
struct scene_outcome scene_check_with(const struct scene *scene, const char *text,
                                      const struct ajar_check_options *options);
struct scene_outcome scene_apply_with(const struct scene *scene, const char *text,
                                      const struct ajar_apply_options *options);
struct scene_outcome scene_rollback_window(const struct scene *scene, const char *window,
                                           const struct ajar_rollback_options *options);

/* How many windows are not closed. */
size_t scene_count_open(const struct scene *scene);

/* Is the world as it was, and does stock git find the journal whole? */
void scene_assert_start(const struct scene *scene);
void scene_assert_fsck(const struct scene *scene);

#endif

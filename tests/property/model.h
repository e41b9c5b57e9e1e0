/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The independent judge: it knows what the world was when a window first saw each thing, who wrote
 * what last, and what the journal was told, and it sees to it that nothing else is claimed.
 */
#ifndef AJAR_PROPERTY_MODEL_H
#define AJAR_PROPERTY_MODEL_H

#include "property/history.h"

#include <git2.h>

/* What a command is allowed to do. */
enum permission {
    MAY_LOOK = 0,
    MAY_OPEN = 1,
    MAY_CLOSE = 2,
    MAY_RESTORE = 4,
    MAY_KEEP = 8,
    MAY_UNDO = 16, /* what it opened itself */
    MAY_EXTEND = 32,
    ONLY_DUE = 64, /* windows past their end, or being closed */
};

void model_begin(void);
void model_begin_command(unsigned permissions);

/* A worker has read a thing; or knows, because it has just written it. */
void model_sees(int thing, const struct value *value);

/* A worker is about to write, and may. */
void model_judge_write(int thing, const struct value *live, const struct value *from,
                       const struct value *to);

/* A worker is about to do an action. */
void model_judge_action(int target, const char *setting);

/* Somebody else is about to set a thing that is not so yet. */
void model_touches(int thing, const struct value *value);

/* Something goes wrong, at a target. */
void model_is_disturbed(void);
void model_fails(int target);

/* The branch has moved. */
void model_takes_commit(git_repository *repository, const git_oid *id);

/* The time that commands go by: it never runs behind the last commit. Does the clock? */
int64_t model_now(void);
bool model_is_behind(void);

bool model_is_closing(const struct told_window *window);

/* Not closed and past its end? */
bool model_is_overdue(const struct told_window *window);

/* The window of a plan that is not closed, or NULL. */
struct told_window *model_find_open(int plan);
size_t model_count_open(void);

/* What must hold after each step, whatever it was. */
void model_judge_claims(void);

/* How a command ended that was not killed. `window` may be NULL: there is none. */
void model_judge_plan(const struct plan_model *plan, enum ajar_exit exit);
void model_judge_apply(int plan, enum ajar_exit exit);
void model_judge_resume(const struct told_window *window, enum ajar_exit exit);
void model_judge_rollback(const struct told_window *window, enum ajar_exit exit);
void model_judge_extend(const struct told_window *window, const struct told_window *before,
                        int64_t until, enum ajar_exit exit);
void model_judge_close_due(enum ajar_exit exit);
void model_judge_status(const struct ajar_report *report);

/* Does the journal, opened by its path, hold what a write is about to do? */
void model_judge_record(const struct told_window *window, const struct told_change *change);

/* The whole journal once more, from disk and commit by commit. */
void model_judge_journal(void);

/* All is closed: is the world as it would be without ajar? */
void model_judge_end(void);

#endif

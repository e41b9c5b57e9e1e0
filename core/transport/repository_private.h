/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the repository*.c files share, and nobody else sees: the open repository, and libgit2's form
 * of errors, ids and commits.
 */
#ifndef AJAR_TRANSPORT_REPOSITORY_PRIVATE_H
#define AJAR_TRANSPORT_REPOSITORY_PRIVATE_H

#include "transport/repository.h"

struct git_commit;
struct git_oid;
struct git_repository;
struct git_tree;

struct repository {
    struct git_repository *git;
    char *path;
    enum repository_branch branch; /* that head and writes are about */
};

/* "refs/heads/main" */
const char *repository_branch_name(enum repository_branch branch);

/* Fails with what libgit2 says of its last call. Returns false. */
bool repository_fail(struct ajar_error *err, enum ajar_status status, const char *what);

/* Fails with what errno says: AJAR_EMISSING when there is nothing. Returns false. */
bool repository_fail_errno(struct ajar_error *err, const char *what);

struct repository_id repository_id_of(const struct git_oid *oid);

/* The all-zero id, libgit2's "must not exist", for none. */
bool repository_oid_of(const struct repository_id *id, struct git_oid *ret_oid,
                       struct ajar_error *err);

/* To be freed. */
bool repository_find_commit(struct repository *repository, const struct repository_id *id,
                            struct git_commit **ret_commit, struct ajar_error *err);

/* The tree of a commit, to be freed; NULL for none. */
bool repository_find_tree(struct repository *repository, const struct repository_id *id,
                          struct git_tree **ret_tree, struct ajar_error *err);

#endif

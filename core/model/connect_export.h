/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The configuration of Microsoft Entra Connect as its server exports it
 * (Get-ADSyncServerConfiguration): XML, a file for each connector and some for the rest.
 *
 *     Connectors\Connector_{GUID}.xml    <password-hash-sync-config> <enabled> 0 or 1,
 *                                        <target> {GUID}; <forest-login-user>,
 *                                        <forest-login-domain>
 *     the global settings                a parameter Microsoft.Synchronize.StagingMode, True or
 *                                        False
 *
 * Published samples confirm the elements of a connector; where its <id> and <name> stand, and what
 * the file of the global settings looks like, is not confirmed. So the staging mode is taken from
 * whatever element has the parameter's name and one value beside each other: as attributes, as
 * elements in one element, or as the text of an element that has the name.
 */
#ifndef AJAR_MODEL_CONNECT_EXPORT_H
#define AJAR_MODEL_CONNECT_EXPORT_H

#include "base/bytes.h"
#include "base/guid.h"

/* What a file says to a question. */
enum connect_word {
    CONNECT_UNSAID,
    CONNECT_NO,
    CONNECT_YES,
};

/* One file. A text that is not in it is NULL; none of them has control characters. */
struct connect_export {
    bool has_id; /* as it stands in the file, or else in its name */
    struct guid id;
    char *name;
    enum connect_word password_hash_sync;
    bool has_target; /* the connector that the hashes go to */
    struct guid target;
    char *login_user;
    char *login_domain;
    enum connect_word staging;
};

/* `name` is the file's, without folders. Names of elements are compared without regard to case.
 * AJAR_EPROTOCOL, "line 12: ...", when it is no XML, is bigger than anybody's export, or says
 * something that cannot be. To be released. */
bool connect_export_read(const char *name, const struct bytes *file,
                         struct connect_export *ret_export, struct ajar_error *err);

/* The connector in a file's name, "Connector_{GUID}.xml". False, and nothing is set, when there is
 * none. */
bool connect_export_id_of_name(const char *name, struct guid *ret_id);

void connect_export_release(struct connect_export *export);
DEFINE_OWNED_STRUCT(struct connect_export, connect_export_release);

#endif

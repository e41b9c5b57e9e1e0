/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files on a share of one host, over SMB 3 (libsmbclient): signed always, encrypted where the host
 * can; Kerberos only, never anonymous. Samba's libraries keep process-wide state: one host a
 * process, which may have RPC pipes to it besides.
 *
 * A path is below the share, with `/`: "target.test/Policies/{6AC1...}/GPT.INI". The server does
 * not distinguish upper and lower case; what is there keeps its spelling.
 */
#ifndef AJAR_TRANSPORT_SHARE_H
#define AJAR_TRANSPORT_SHARE_H

#include "base/folder.h"
#include "transport/login.h"

struct share;

struct share_options {
    const char *host; /* a DNS name, never an address: Kerberos needs the name */
    const char *name; /* "sysvol" */
    const struct login *login;
    const struct ticket *ticket;
    const char *folder; /* private, for what libsmbclient wants to keep */
};

/* Connects. Sets $KRB5CCNAME; the process must ignore SIGPIPE.
 * AJAR_EUNREACHABLE, AJAR_ETIMEOUT, AJAR_EDENIED, AJAR_EMISSING (no such share), AJAR_EINSECURE (no
 * SMB 3), AJAR_ELOGIN; `native` is an errno, as for all that follows, and the text names the host.
 * Each call to the server ends within the login's time limit, making a connection within 20 s. */
bool share_open(const struct share_options *options, struct share **ret_share,
                struct ajar_error *err);

/* Reads a file of at most `ceiling` bytes. `ret_modified` is when it was last written, in
 * nanoseconds since 1970 by the server's clock; it may be NULL. AJAR_EMISSING when there is none,
 * or no such folder. */
bool share_read(struct share *share, const char *path, size_t ceiling, struct bytes *ret_bytes,
                int64_t *ret_modified, struct ajar_error *err);

/* What is in a folder ("" is the share itself), at most `ceiling` entries, in no order; times are
 * by the server's clock. What leads elsewhere (a junction, a symbolic link) is a FOLDER_LINK. To be
 * released. */
bool share_list(struct share *share, const char *path, size_t ceiling, struct folder_list *ret_list,
                struct ajar_error *err);

/* Puts `bytes` in the place of the file's, or makes the file; then reads it back. The file stays
 * the one that it was, with its owner and its permissions: a new one that is renamed over it would
 * lose them, and libsmbclient deletes before it renames. So there is no all or nothing: up to 64
 * KiB are one request of SMB, and a file that gets shorter is cut by a second one. AJAR_ETIMEOUT:
 * whether it landed is not known. */
bool share_write(struct share *share, const char *path, const struct bytes *bytes,
                 struct ajar_error *err);

/* Is there a file or a folder? */
bool share_exists(struct share *share, const char *path, bool *ret_exists, struct ajar_error *err);

/* The folder above must be there. One that is there already is fine. */
bool share_make_folder(struct share *share, const char *path, struct ajar_error *err);

/* One that is not there is fine. */
bool share_delete(struct share *share, const char *path, struct ajar_error *err);

/* Only an empty one: AJAR_ECONFLICT when something is in it. One that is not there is fine. */
bool share_delete_folder(struct share *share, const char *path, struct ajar_error *err);

void share_close(struct share *share);
DEFINE_OWNED(struct share *, share_close);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a folder with exported configuration of Microsoft Entra Connect says: its XML files (see
 * model/connect_export.h) and what the wizard wrote down (model/connect_policy.h), in the folder
 * and three folders deep. Where several files speak of the same, the newest counts: by the time in
 * its name for what the wizard wrote, by its time of change for all else. Synchronization rules are
 * passed over by the name of their folder.
 *
 * A file that cannot be read is a trouble, and the others still count; but where it is the newest
 * of its connector (by its name), an older one does not speak for it.
 */
#ifndef AJAR_PROVIDER_CONNECT_FILES_H
#define AJAR_PROVIDER_CONNECT_FILES_H

#include "model/connect_export.h"
#include "model/connect_policy.h"
#include "provider/export_folder.h"

enum {
    CONNECT_FILES_CEILING = 256,      /* that are read */
    CONNECT_ENTRIES_CEILING = 4096,   /* of folders, all together */
    CONNECT_FILE_CEILING = 16 << 20,  /* bytes of one */
    CONNECT_BYTES_CEILING = 64 << 20, /* of all that are read */
};

/* Where a word stands. */
struct connect_source {
    char *file; /* below the folder */
    int64_t modified;
};

struct connect_connector {
    struct connect_export facts;
    bool is_unread; /* the file is a trouble: only the id is known */
    struct connect_source source;
};

struct connect_files {
    size_t count;
    struct connect_connector *connectors; /* the newest file of each; all have an id or a word */
    enum connect_word staging;
    struct connect_source staging_source;
    struct connect_policy policy;
    char *policy_file; /* NULL: there is none */
    char *troubles;    /* "FILE: line 3: ...; FILE: ..."; NULL: there are none */
};

/* False when the folder itself cannot be read. To be released. */
bool connect_files_read(struct target *target, const struct export_folder *folder,
                        struct connect_files *ret_files, struct ajar_error *err);

void connect_files_release(struct connect_files *files);
DEFINE_OWNED_STRUCT(struct connect_files, connect_files_release);

#endif

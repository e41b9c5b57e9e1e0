/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder with somebody's exported configuration: of this host, /srv/export, or of the target over
 * SMB, \\host\share\folder. A worker logs in to its own target alone, so that the host of the
 * second form is the target.
 */
#ifndef AJAR_PROVIDER_EXPORT_FOLDER_H
#define AJAR_PROVIDER_EXPORT_FOLDER_H

#include "base/folder.h"
#include "model/setting.h"
#include "transport/target.h"

struct export_folder {
    char *name;  /* as the plan says it; NULL: there is none */
    char *share; /* NULL: it is of this host */
    char *path;  /* an absolute one, or one below the share with `/` */
};

/* From a field that may be missing, empty, or "none": then there is none. AJAR_EPLAN, "file:line:".
 * To be released. */
bool export_folder_read(const struct setting *setting, const char *field,
                        struct export_folder *ret_folder, struct ajar_error *err);

/* As folder_list() and folder_read(); `below` is as there. */
bool export_folder_list(struct target *target, const struct export_folder *folder,
                        const char *below, size_t ceiling, struct folder_list *ret_list,
                        struct ajar_error *err);
bool export_folder_file(struct target *target, const struct export_folder *folder,
                        const char *below, size_t ceiling, struct bytes *ret_bytes,
                        struct ajar_error *err);

void export_folder_release(struct export_folder *folder);
DEFINE_OWNED_STRUCT(struct export_folder, export_folder_release);

#endif

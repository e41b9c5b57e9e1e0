/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Folders of this host that somebody else fills: what is in them, and a file's bytes. The folder
 * itself may be reached over symbolic links; below it none is followed.
 *
 * A path below the folder has `/` between its names: "Connectors/Connector_{...}.xml"; "" is the
 * folder itself.
 */
#ifndef AJAR_BASE_FOLDER_H
#define AJAR_BASE_FOLDER_H

#include "base/bytes.h"

enum folder_kind { FOLDER_FILE, FOLDER_FOLDER, FOLDER_LINK /* or a device, a pipe, a socket */ };

struct folder_entry {
    char *name;
    enum folder_kind kind;
    uint64_t size;    /* of a file */
    int64_t modified; /* seconds since 1970 */
};

/* Also of a folder on a share: transport/share.h. */
struct folder_list {
    size_t count;
    struct folder_entry *entries;
    bool is_cut; /* there are more than were asked for */
};

/* At most `ceiling` entries, in no order. AJAR_EMISSING, AJAR_EDENIED or AJAR_ESYSTEM, with errno
 * as the native code; the text names the path. To be released. */
bool folder_list(const char *folder, const char *below, size_t ceiling,
                 struct folder_list *ret_list, struct ajar_error *err);

/* A regular file of at most `ceiling` bytes. Failures as above; AJAR_ESYSTEM when it is larger. */
bool folder_read(const char *folder, const char *below, size_t ceiling, struct bytes *ret_bytes,
                 struct ajar_error *err);

/* Adds an entry, whose name is copied. `*room` is how many there is memory for; 0 at first. */
bool folder_list_add(struct folder_list *list, size_t *room, const struct folder_entry *entry,
                     struct ajar_error *err);

void folder_list_release(struct folder_list *list);
DEFINE_OWNED_STRUCT(struct folder_list, folder_list_release);

#endif

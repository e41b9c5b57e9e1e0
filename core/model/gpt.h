/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The book-keeping of a Group Policy object: its version, which stands in GPT.INI and in the
 * directory ([MS-GPOL] 2.2.4, 2.3), and the lists of what clients must call to apply it
 * (gPCMachineExtensionNames, 2.3) and of what is linked to a container (gPLink, 2.2.2).
 *
 * A version has two halves: the lower sixteen bits count the changes for machines, the upper ones
 * those for users. Clients apply an object anew when its number is not the one that they saw last.
 */
#ifndef AJAR_MODEL_GPT_H
#define AJAR_MODEL_GPT_H

#include "base/bytes.h"

/* The number in GPT.INI; 0 when there is none, as for clients. AJAR_EPROTOCOL when it is no
 * number. */
bool gpt_read_version(const struct bytes *file, uint32_t *ret_version, struct ajar_error *err);

/* The same file with this number; an empty one begins with [General]. */
bool gpt_write_version(const struct bytes *file, uint32_t version, struct bytes *ret_file,
                       struct ajar_error *err);

/* As the directory's versionNumber has it: signed ([MS-ADA3] 2.339). */
bool gpt_parse_version(const char *text, uint32_t *ret_version, struct ajar_error *err);

/* The version after a change for machines, of two that may have come apart: the larger of each
 * half, and one more for machines. After 65535 comes 1: the users' half is never touched, and 0
 * would say that nothing is set. */
uint32_t gpt_raise_version(uint32_t a, uint32_t b);

/* The pair of Windows' security settings ([MS-GPSB] 1.9). */
#define GPT_SECURITY_EXTENSION "{827D319E-6EAC-11D2-A4EA-00C04F79F83A}"
#define GPT_SECURITY_TOOL      "{803E14A0-B4FB-11D0-A0D0-00A0C90F574B}"

/* The list with this pair in it, at its place in the order; the same text when it has it already.
 * To be freed. NULL or blanks are the empty list. AJAR_EPROTOCOL for what is no such list. */
bool gpt_complete_extensions(const char *names, const char *extension, const char *tool,
                             char **ret_names, struct ajar_error *err);

/* One link of a container. */
struct gpt_link {
    char *dn;
    uint32_t options;
};

#define GPT_LINK_DISABLED 1U
#define GPT_LINK_ENFORCED 2U

struct gpt_links {
    size_t count;
    struct gpt_link *list;
};

/* "[LDAP://CN={...},CN=Policies,CN=System,DC=target,DC=test;0][...]". NULL or blanks: none.
 * AJAR_EPROTOCOL for any other text. `ret_links` is to be released. */
bool gpt_parse_links(const char *text, struct gpt_links *ret_links, struct ajar_error *err);

void gpt_links_release(struct gpt_links *links);
DEFINE_OWNED_STRUCT(struct gpt_links, gpt_links_release);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One entry of a DACL as text ([MS-DTYP] 2.5.1), of the sorts that a plan adds to an object of a
 * directory:
 *
 *     (OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;RU)
 *      type; flags; rights; object GUID; inherited object GUID; trustee
 *
 *     type     A, D; OA, OD with a GUID
 *     flags    OI CI NP IO, IO and NP only together with OI or CI
 *     rights   as right_mask_parse() reads them
 *     trustee  a SID, two letters (2.5.1.1), a well-known name, or an account's name
 */
#ifndef AJAR_MODEL_SDDL_H
#define AJAR_MODEL_SDDL_H

#include "model/descriptor.h"

struct sddl_ace {
    struct ace ace;
    char *account; /* owned; when it is not NULL, somebody has to look up ace.trustee */
};

/* `ret_ace` is to be released. AJAR_EPLAN says which part is wrong, without file and line. */
bool sddl_parse(const char *text, struct sddl_ace *ret_ace, struct ajar_error *err);

/* Refuses an entry that no server would keep as it is: it puts the owner, or the group, in the
 * place of Creator Owner and Creator Group, but in entries for children alone ([MS-DTYP] 2.5.3.4).
 * sddl_parse() does so, too. AJAR_EPLAN. */
bool sddl_check(const struct sddl_ace *ace, struct ajar_error *err);

/* The one spelling of an entry, however a plan spells it: SIDs in full, GUIDs in lower case, no
 * generic rights. To be freed. */
bool sddl_format(const struct sddl_ace *ace, char **ret_text, struct ajar_error *err);

/* The trustee alone: either `ret_sid` is set and `*ret_account` is NULL, or `*ret_account` is to be
 * looked up, and freed. */
bool sddl_parse_trustee(const char *text, struct sid *ret_sid, char **ret_account,
                        struct ajar_error *err);

/* Is the account's name the two letters of a principal that each domain (or forest) has of its own,
 * DA or EA? Then its SID is that of the domain (or the forest's first one) with this number. */
bool sddl_domain_alias(const char *account, uint32_t *ret_rid, bool *ret_of_forest);

void sddl_release(struct sddl_ace *ace);
DEFINE_OWNED_STRUCT(struct sddl_ace, sddl_release);

#endif

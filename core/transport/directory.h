/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One bound LDAP connection to one domain controller (libldap), protected: sealed by GSS-SPNEGO
 * with its strength checked after the bind, or inside TLS with a verified certificate.
 *
 * LDAP has compare-and-swap for an object's attribute on one controller: delete the old value and
 * add the new one in one modify ([MS-ADTS] 3.1.1.5.3).
 */
#ifndef AJAR_TRANSPORT_DIRECTORY_H
#define AJAR_TRANSPORT_DIRECTORY_H

#include "base/bytes.h"
#include "transport/login.h"

struct directory;

/* Connects to `host` (a DNS name, never an address: Kerberos needs the name) and binds. Sets
 * $KRB5CCNAME; the process must ignore SIGPIPE.
 * AJAR_EUNREACHABLE, AJAR_ETIMEOUT, AJAR_ELOGIN, AJAR_EINSECURE (strength, certificate); the text
 * names the host. */
bool directory_open(const char *host, const struct login *login, const struct ticket *ticket,
                    struct directory **ret_directory, struct ajar_error *err);

/* The same at the host's global catalog: one read-only copy of a part of every domain of the
 * forest, on ports of its own ([MS-ADTS] 3.1.1.2.3). A search from "" goes through all of them. */
bool directory_open_catalog(const char *host, const struct login *login,
                            const struct ticket *ticket, struct directory **ret_directory,
                            struct ajar_error *err);

/* From the rootDSE; valid while the directory is open. */
const char *directory_host(const struct directory *directory);      /* dnsHostName, lower case */
const char *directory_domain_dn(const struct directory *directory); /* DC=target,DC=test */
const char *directory_configuration_dn(
    const struct directory *directory); /* CN=Configuration,... */

struct directory_value {
    struct bytes bytes; /* followed by a NUL that does not count */
};

struct directory_attribute {
    char *name; /* as the server spells it, without options such as ;range=0-1499 */
    size_t count;
    struct directory_value *values;
};

struct directory_entry {
    char *dn; /* with EXTENDED_DN: "<GUID=...>;<SID=...>;CN=..." */
    size_t count;
    struct directory_attribute *attributes;
};

struct directory_result {
    size_t count;
    struct directory_entry *entries;
};

enum directory_scope { DIRECTORY_BASE, DIRECTORY_ONE, DIRECTORY_SUBTREE };

struct directory_query {
    const char *base; /* a DN, or "<SID=S-1-5-32-554>", or "<GUID=...>" */
    enum directory_scope scope;
    const char *filter;            /* NULL: (objectClass=*) */
    const char *const *attributes; /* ends with NULL; NULL: all */
    bool extended_dn;              /* control 1.2.840.113556.1.4.529, string form (1) */
    bool dacl; /* nTSecurityDescriptor has its DACL alone: control 1.2.840.113556.1.4.801 with
                * DACL_SECURITY_INFORMATION (4), [MS-ADTS] 3.1.1.3.4.1.11 */
};

/* Reads all entries (paged, 1.2.840.113556.1.4.319) and all values of each attribute (range
 * retrieval, [MS-ADTS] 3.1.1.3.1.3.3). An object that does not exist is AJAR_EMISSING.
 * `ret_result` is to be released. */
bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err);

/* The attribute of the entry, or NULL; names are compared without regard to case. */
const struct directory_attribute *directory_attribute(const struct directory_entry *entry,
                                                      const char *name);
/* Its first value as text, or NULL. */
const char *directory_text(const struct directory_entry *entry, const char *name);
/* Is the object of this class, as its attribute objectClass says? */
bool directory_has_class(const struct directory_entry *entry, const char *name);

enum directory_operation { DIRECTORY_ADD, DIRECTORY_DELETE, DIRECTORY_REPLACE };

struct directory_change {
    enum directory_operation operation;
    const char *attribute;
    size_t count; /* of values; 0 with DELETE: the whole attribute */
    const struct bytes *values;
};

/* Applies all changes to one object, or none. AJAR_ECONFLICT when an old value is no longer there
 * (16 noSuchAttribute), a new one already is (20, 68), or the server refuses to delete what is not
 * there (53); AJAR_EDENIED (50), AJAR_EMISSING (32); AJAR_ETIMEOUT when no answer came: whether it
 * landed is not known. `native` is the LDAP result; the text has the server's diagnostic message.*/
bool directory_modify(struct directory *directory, const char *dn,
                      const struct directory_change *changes, size_t count, struct ajar_error *err);

/* Puts the DACL of a self-relative security descriptor in the place of the object's, and nothing
 * else of it: owner, group and SACL stay (control 1.2.840.113556.1.4.801, critical, flags 4). The
 * server has no compare-and-swap for it. */
bool directory_set_dacl(struct directory *directory, const char *dn, const struct bytes *descriptor,
                        struct ajar_error *err);

/* Creates an object with these attributes (all of them DIRECTORY_ADD). AJAR_ECONFLICT when there is
 * one of this name already (68). */
bool directory_add(struct directory *directory, const char *dn,
                   const struct directory_change *attributes, size_t count, struct ajar_error *err);

/* Deletes one object that has no children. */
bool directory_delete(struct directory *directory, const char *dn, struct ajar_error *err);

/* Bytes as they stand in a filter, each of them escaped ([RFC4515] 3): no name can end a filter
 * early, and binary values (SIDs) fit in. To be freed. */
bool directory_escape(const void *bytes, size_t size, char **ret_text, struct ajar_error *err);

/* "(objectSid=@)", with the value, escaped, in the place of each '@'. To be freed. */
bool directory_filter(const char *pattern, const void *bytes, size_t size, char **ret_filter,
                      struct ajar_error *err);

void directory_result_release(struct directory_result *result);
DEFINE_OWNED_STRUCT(struct directory_result, directory_result_release);
void directory_close(struct directory *directory);
DEFINE_OWNED(struct directory *, directory_close);

#endif

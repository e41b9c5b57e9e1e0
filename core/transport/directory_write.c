/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A modify is one transaction of the server: all of it, or nothing ([RFC4511] 4.6). The permissive
 * control is never sent: with it a stale delete would succeed ([MS-ADTS] 3.1.1.3.4.1.8).
 */
#include "transport/directory_private.h"

#include <ldap.h>

/* One change in libldap's form: arrays that end with NULL. */
struct modification {
    LDAPMod change;
    struct berval **pointers;
    struct berval *values;
};

static int operation_of(enum directory_operation operation)
{
    switch (operation) {
    case DIRECTORY_ADD:
        return LDAP_MOD_ADD;
    case DIRECTORY_DELETE:
        return LDAP_MOD_DELETE;
    case DIRECTORY_REPLACE:
        break;
    }
    return LDAP_MOD_REPLACE;
}

static bool fill_modification(const struct directory_change *change,
                              struct modification *modification, struct ajar_error *err)
{
    modification->values = calloc(change->count + 1, sizeof(modification->values[0]));
    modification->pointers = calloc(change->count + 1, sizeof(modification->pointers[0]));
    if (!modification->values || !modification->pointers)
        return ajar_no_memory(err);
    for (size_t i = 0; i < change->count; i++) {
        const struct bytes *value = &change->values[i];

        modification->values[i] =
            (struct berval){ .bv_len = value->size,
                             .bv_val = for_libldap(value->at ? (const void *)value->at : "") };
        modification->pointers[i] = &modification->values[i];
    }
    modification->change =
        (LDAPMod){ .mod_op = operation_of(change->operation) | LDAP_MOD_BVALUES,
                   .mod_type = for_libldap(change->attribute),
                   .mod_bvalues = change->count > 0 ? modification->pointers : NULL };
    return true;
}

/* Waits for what the server says to a request that changes something. */
static bool finish(struct directory *directory, int sent, int request, struct ajar_error *err)
{
    LDAPMessage *answer = NULL;
    bool ok;

    if (sent != LDAP_SUCCESS)
        return directory_fail(directory, sent, err);
    if (!directory_await(directory, request, &answer, err))
        return false;
    ok = directory_read_result(directory, answer, NULL, err);
    ldap_msgfree(answer);
    return ok;
}

/* A request that is made of changes. */
typedef int send_changes(struct ldap *ldap, const char *dn, LDAPMod **changes, int *ret_request);

static int send_modify(struct ldap *ldap, const char *dn, LDAPMod **changes, int *ret_request)
{
    return ldap_modify_ext(ldap, dn, changes, NULL, NULL, ret_request);
}

static int send_dacl(struct ldap *ldap, const char *dn, LDAPMod **changes, int *ret_request)
{
    LDAPControl dacl = { .ldctl_oid = for_libldap(DIRECTORY_SD_FLAGS),
                         .ldctl_value = { .bv_len = sizeof(directory_dacl_alone),
                                          .bv_val = for_libldap(directory_dacl_alone) },
                         .ldctl_iscritical = 1 };
    LDAPControl *controls[] = { &dacl, NULL };

    return ldap_modify_ext(ldap, dn, changes, controls, NULL, ret_request);
}

static int send_add(struct ldap *ldap, const char *dn, LDAPMod **changes, int *ret_request)
{
    return ldap_add_ext(ldap, dn, changes, NULL, NULL, ret_request);
}

static bool send_modifications(struct directory *directory, const char *dn, send_changes *send,
                               struct modification *modifications, size_t count,
                               struct ajar_error *err)
{
    OWNED(free) LDAPMod **pointers = calloc(count + 1, sizeof(*pointers));
    int request = -1;
    int sent;

    if (!pointers)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count; i++)
        pointers[i] = &modifications[i].change;
    sent = send(directory->ldap, dn, pointers, &request);
    return finish(directory, sent, request, err);
}

static bool perform(struct directory *directory, const char *dn, send_changes *send,
                    const struct directory_change *changes, size_t count, struct ajar_error *err)
{
    OWNED(free) struct modification *modifications = calloc(count + 1, sizeof(*modifications));
    bool ok = true;

    if (!modifications)
        return ajar_no_memory(err);
    for (size_t i = 0; i < count && ok; i++)
        ok = fill_modification(&changes[i], &modifications[i], err);
    ok = ok && send_modifications(directory, dn, send, modifications, count, err);
    for (size_t i = 0; i < count; i++) {
        free(modifications[i].pointers);
        free(modifications[i].values);
    }
    return ok;
}

/* "Not willing" is about what is there already only when something was to be deleted from it;
 * otherwise it is a refusal. */
static bool fail_unwilling(bool is_about_values, struct ajar_error *err)
{
    if (err->native == LDAP_UNWILLING_TO_PERFORM && !is_about_values) {
        err->status = AJAR_EDENIED;
        ajar_hint(err, "");
    }
    return false;
}

static bool deletes_values(const struct directory_change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (changes[i].operation == DIRECTORY_DELETE)
            return true;
    }
    return false;
}

bool directory_modify(struct directory *directory, const char *dn,
                      const struct directory_change *changes, size_t count, struct ajar_error *err)
{
    if (perform(directory, dn, send_modify, changes, count, err))
        return true;
    fail_unwilling(deletes_values(changes, count), err);
    return ajar_while(err, "changing \"%s\" at %s", dn, directory->address);
}

bool directory_set_dacl(struct directory *directory, const char *dn, const struct bytes *descriptor,
                        struct ajar_error *err)
{
    const struct directory_change change = { .operation = DIRECTORY_REPLACE,
                                             .attribute = "nTSecurityDescriptor",
                                             .count = 1,
                                             .values = descriptor };

    if (perform(directory, dn, send_dacl, &change, 1, err))
        return true;
    fail_unwilling(false, err);
    return ajar_while(err, "changing the permissions of \"%s\" at %s", dn, directory->address);
}

bool directory_add(struct directory *directory, const char *dn,
                   const struct directory_change *attributes, size_t count, struct ajar_error *err)
{
    if (perform(directory, dn, send_add, attributes, count, err))
        return true;
    fail_unwilling(false, err);
    return ajar_while(err, "creating \"%s\" at %s", dn, directory->address);
}

bool directory_delete(struct directory *directory, const char *dn, struct ajar_error *err)
{
    int request = -1;
    int sent = ldap_delete_ext(directory->ldap, dn, NULL, NULL, &request);

    if (!finish(directory, sent, request, err)) {
        fail_unwilling(false, err);
        return ajar_while(err, "deleting \"%s\" at %s", dn, directory->address);
    }
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All entries and all values. Neither pages nor ranges are a snapshot: what others change between
 * two requests may be seen in part. Whoever writes looks again at the one value it is about.
 */
#include "transport/directory_private.h"
#include "transport/value_range.h"

#include "base/text.h"

#include <ldap.h>
#include <string.h>

enum {
    PAGE_SIZE = 1000, /* what AD gives at most by default (MaxPageSize) */
    ENTRY_CEILING = 1000000,
    VALUE_CEILING = 10000000,
    CONTROL_CEILING = 5,
};

/* ExtendedDNRequestValue { flag 1 }: GUIDs and SIDs as text ([MS-ADTS] 3.1.1.3.4.1.5) */
static const char extended_dn_text[] = { 0x30, 0x03, 0x02, 0x01, 0x01 };

/* SDFlagsRequestValue { DACL_SECURITY_INFORMATION } */
const char directory_dacl_alone[5] = { 0x30, 0x03, 0x02, 0x01, 0x04 };

/* One request, as it goes to the server. */
struct request {
    const char *base;
    int scope;
    const char *filter;
    const char *const *attributes;
    LDAPControl *page; /* or NULL */
    bool extended_dn;
    bool dacl;
};

static bool send_and_wait(struct directory *directory, const struct request *request,
                          LDAPMessage **ret_answer, struct ajar_error *err)
{
    LDAPControl extended = { .ldctl_oid = for_libldap("1.2.840.113556.1.4.529"),
                             .ldctl_value = { .bv_len = sizeof(extended_dn_text),
                                              .bv_val = for_libldap(extended_dn_text) },
                             .ldctl_iscritical = 1 };
    LDAPControl dacl = { .ldctl_oid = for_libldap(DIRECTORY_SD_FLAGS),
                         .ldctl_value = { .bv_len = sizeof(directory_dacl_alone),
                                          .bv_val = for_libldap(directory_dacl_alone) },
                         .ldctl_iscritical = 1 };
    /* Without it, answers about a whole domain hold references to others ([MS-ADTS]
     * 3.1.1.3.4.1.4). */
    LDAPControl domain_scope = { .ldctl_oid = for_libldap("1.2.840.113556.1.4.1339"),
                                 .ldctl_iscritical = 1 };
    LDAPControl *controls[CONTROL_CEILING] = { 0 };
    size_t count = 0;
    int number = -1;
    int result;

    if (request->extended_dn)
        controls[count++] = &extended;
    if (request->dacl)
        controls[count++] = &dacl;
    if (request->scope != LDAP_SCOPE_BASE)
        controls[count++] = &domain_scope;
    if (request->page)
        controls[count++] = request->page;
    result = ldap_search_ext(directory->ldap, request->base, request->scope, request->filter,
                             (char **)for_libldap(request->attributes), 0, controls, NULL, NULL,
                             LDAP_NO_LIMIT, &number);
    if (result != LDAP_SUCCESS)
        return directory_fail(directory, result, err);
    return directory_await(directory, number, ret_answer, err);
}

/* Where the object of this entry is read again: by GUID when its name has one. */
static char *base_of(const struct directory_entry *entry)
{
    return *entry->dn == '<' ? text_copy_bytes(entry->dn, strcspn(entry->dn, ";"))
                             : text_copy(entry->dn);
}

/* Finds, in an answer about one object, the values of `name` from `low` on. */
static bool take_range(const struct directory *directory, LDAPMessage *message, size_t low,
                       struct directory_attribute *attribute, struct value_range *ret_range,
                       struct ajar_error *err)
{
    BerElement *position = NULL;
    struct value_range range = { .low = SIZE_MAX };
    bool found = false;
    bool ok = true;
    char *description = message ? ldap_first_attribute(directory->ldap, message, &position) : NULL;

    while (description && ok && !found) {
        found = value_range_parse(description, &range) && range.low == low &&
                strncasecmp(description, attribute->name, range.name_size) == 0 &&
                attribute->name[range.name_size] == '\0' && strchr(description, ';');
        if (found)
            ok = directory_attribute_add(attribute, directory, message, description, err);
        ldap_memfree(description);
        description = ok && !found ? ldap_next_attribute(directory->ldap, message, position) : NULL;
    }
    ber_free(position, 0);
    if (ok && !found)
        return ajar_fail(err, AJAR_EPROTOCOL, "values of \"%s\" from %zu on did not come",
                         attribute->name, low);
    *ret_range = range;
    return ok;
}

static bool read_one_range(struct directory *directory, const char *base, bool extended_dn,
                           size_t low, struct directory_attribute *attribute,
                           struct value_range *ret_range, struct ajar_error *err)
{
    OWNED(free) char *description = text_make("%s;range=%zu-*", attribute->name, low);
    const char *const attributes[] = { description, NULL };
    const struct request request = { .base = base,
                                     .scope = LDAP_SCOPE_BASE,
                                     .filter = "(objectClass=*)",
                                     .attributes = attributes,
                                     .extended_dn = extended_dn };
    LDAPMessage *answer = NULL;
    bool ok;

    if (!description)
        return ajar_no_memory(err);
    if (!send_and_wait(directory, &request, &answer, err))
        return false;
    ok = directory_read_result(directory, answer, NULL, err) &&
         take_range(directory, ldap_first_entry(directory->ldap, answer), low, attribute, ret_range,
                    err);
    ldap_msgfree(answer);
    return ok;
}

static bool read_other_ranges(struct directory *directory, const char *base, bool extended_dn,
                              struct value_range range, struct directory_attribute *attribute,
                              struct ajar_error *err)
{
    while (!range.is_last) {
        if (attribute->count > VALUE_CEILING)
            return ajar_fail(err, AJAR_EPROTOCOL, "\"%s\" has too many values", attribute->name);
        if (!read_one_range(directory, base, extended_dn, range.high + 1, attribute, &range, err))
            return false;
    }
    return true;
}

/* Reads the values that the answer about `entry` only began with. */
static bool complete_entry(struct directory *directory, LDAPMessage *message, bool extended_dn,
                           struct directory_entry *entry, struct ajar_error *err)
{
    OWNED(free) char *base = base_of(entry);
    BerElement *position = NULL;
    bool ok = base || ajar_no_memory(err);
    char *description = ldap_first_attribute(directory->ldap, message, &position);

    while (description && ok) {
        struct value_range range = { .is_last = true };
        struct directory_attribute *attribute = NULL;

        if (value_range_parse(description, &range) && !range.is_last) {
            description[range.name_size] = '\0';
            for (size_t i = 0; i < entry->count && !attribute; i++) {
                if (text_same_ignoring_case(entry->attributes[i].name, description))
                    attribute = &entry->attributes[i];
            }
        }
        ok = !attribute || read_other_ranges(directory, base, extended_dn, range, attribute, err);
        ldap_memfree(description);
        description = ok ? ldap_next_attribute(directory->ldap, message, position) : NULL;
    }
    ber_free(position, 0);
    return ok;
}

static bool take_entries(struct directory *directory, LDAPMessage *answer, bool extended_dn,
                         struct directory_result *result, struct ajar_error *err)
{
    for (LDAPMessage *message = ldap_first_entry(directory->ldap, answer); message;
         message = ldap_next_entry(directory->ldap, message)) {
        if (result->count == ENTRY_CEILING)
            return ajar_fail(err, AJAR_EPROTOCOL, "more than %d objects", ENTRY_CEILING);
        if (!directory_result_add(result, directory, message, err) ||
            !complete_entry(directory, message, extended_dn, &result->entries[result->count - 1],
                            err))
            return false;
    }
    return true;
}

/* Moves `cookie` to where the next page begins; it is empty after the last one. */
static bool take_cookie(const struct directory *directory, LDAPControl **controls,
                        struct berval *cookie, struct ajar_error *err)
{
    LDAPControl *control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    ber_int_t estimate = 0;

    ber_memfree(cookie->bv_val);
    *cookie = (struct berval){ 0 };
    if (control && ldap_parse_pageresponse_control(directory->ldap, control, &estimate, cookie) !=
                       LDAP_SUCCESS)
        return ajar_fail(err, AJAR_EPROTOCOL, "the answer's page control is damaged");
    return true;
}

static bool search_page(struct directory *directory, const struct request *request,
                        struct berval *cookie, struct directory_result *result,
                        struct ajar_error *err)
{
    LDAPControl **controls = NULL;
    LDAPMessage *answer = NULL;
    bool ok;

    if (!send_and_wait(directory, request, &answer, err))
        return false;
    ok = directory_read_result(directory, answer, &controls, err) &&
         take_entries(directory, answer, request->extended_dn, result, err) &&
         take_cookie(directory, controls, cookie, err);
    ldap_controls_free(controls);
    ldap_msgfree(answer);
    return ok;
}

static bool search_pages(struct directory *directory, struct request *request,
                         struct directory_result *result, struct ajar_error *err)
{
    struct berval cookie = { 0 };
    bool ok = true;
    bool is_paged = request->scope != LDAP_SCOPE_BASE;

    do {
        if (is_paged && ldap_create_page_control(directory->ldap, PAGE_SIZE, &cookie, 1,
                                                 &request->page) != LDAP_SUCCESS)
            ok = ajar_no_memory(err);
        ok = ok && search_page(directory, request, &cookie, result, err);
        if (request->page)
            ldap_control_free(request->page);
        request->page = NULL;
    } while (ok && cookie.bv_len > 0);
    ber_memfree(cookie.bv_val);
    return ok;
}

static int scope_of(enum directory_scope scope)
{
    switch (scope) {
    case DIRECTORY_ONE:
        return LDAP_SCOPE_ONELEVEL;
    case DIRECTORY_SUBTREE:
        return LDAP_SCOPE_SUBTREE;
    case DIRECTORY_BASE:
        break;
    }
    return LDAP_SCOPE_BASE;
}

bool directory_search(struct directory *directory, const struct directory_query *query,
                      struct directory_result *ret_result, struct ajar_error *err)
{
    OWNED(directory_result_release) struct directory_result result = { 0 };
    struct request request = { .base = query->base,
                               .scope = scope_of(query->scope),
                               .filter = query->filter ? query->filter : "(objectClass=*)",
                               .attributes = query->attributes,
                               .extended_dn = query->extended_dn,
                               .dacl = query->dacl };

    if (!search_pages(directory, &request, &result, err))
        return ajar_while(err, "reading \"%s\" at %s", query->base, directory->address);
    *ret_result = result;
    result = (struct directory_result){ 0 };
    return true;
}

bool directory_escape(const void *bytes, size_t size, char **ret_text, struct ajar_error *err)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    char *text = malloc(3 * size + 1);

    if (!text)
        return ajar_no_memory(err);
    for (size_t i = 0; i < size; i++) {
        text[3 * i] = '\\';
        text[3 * i + 1] = digits[from[i] >> 4];
        text[3 * i + 2] = digits[from[i] & 15];
    }
    text[3 * size] = '\0';
    *ret_text = text;
    return true;
}

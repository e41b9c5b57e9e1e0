/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DACLs of a real domain, as tests read and change them: past the providers, as somebody else
 * would.
 */
#ifndef AJAR_TESTS_LAB_LIVE_DACL_H
#define AJAR_TESTS_LAB_LIVE_DACL_H

#include "live.h"

#include "base/text.h"
#include "model/sddl.h"
#include "provider/trustee.h"

static inline void live_add_ou(struct directory *directory, const char *dn)
{
    char class_name[] = "organizationalUnit";
    const struct bytes class = { .at = (uint8_t *)class_name, .size = strlen(class_name) };
    const struct directory_change attributes[] = {
        { .operation = DIRECTORY_ADD, .attribute = "objectClass", .count = 1, .values = &class },
    };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(directory_add(directory, dn, attributes, 1, &err), &err);
}

/* The descriptor as the server keeps it: with owner, group and SACL, or its DACL alone. */
static inline void live_read_descriptor_bytes(struct directory *directory, const char *dn,
                                              bool dacl, struct bytes *ret_bytes)
{
    static const char *const attributes[] = { "nTSecurityDescriptor", NULL };
    const struct directory_query query = { .base = dn, .attributes = attributes, .dacl = dacl };
    OWNED(directory_result_release) struct directory_result found = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    const struct directory_attribute *value;

    live_expect(directory_search(directory, &query, &found, &err), &err);
    assert_int_equal(found.count, 1);
    value = directory_attribute(&found.entries[0], attributes[0]);
    assert_non_null(value);
    live_expect(bytes_copy(value->values[0].bytes.at, value->values[0].bytes.size, ret_bytes, &err),
                &err);
}

static inline void live_read_dacl(struct directory *directory, const char *dn,
                                  struct descriptor *ret_descriptor)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_descriptor_bytes(directory, dn, true, &bytes);
    live_expect(descriptor_read(&bytes, ret_descriptor, &err), &err);
}

/* As somebody else would do it. */
static inline void live_change_dacl(struct directory *directory, const char *dn, const char *sddl,
                                    bool add)
{
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    OWNED(sddl_release) struct sddl_ace ace = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_read_dacl(directory, dn, &descriptor);
    live_expect(sddl_parse(sddl, &ace, &err), &err);
    if (ace.account)
        live_expect(trustee_resolve(directory, ace.account, &ace.ace.trustee, &err), &err);
    if (add)
        live_expect(descriptor_add(&descriptor, &ace.ace, &err), &err);
    else
        assert_true(descriptor_remove(&descriptor, &ace.ace));
    live_expect(directory_set_dacl(directory, dn, &descriptor.bytes, &err), &err);
}

#endif

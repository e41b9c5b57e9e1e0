/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Security descriptors from anywhere: they are read or refused, and from each that is read an entry
 * that was added goes again without a trace.
 */
#include "fuzz/fuzz.h"
#include "model/sddl.h"

static void add_and_remove(const struct bytes *bytes, const struct ace *ace)
{
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    OWNED(descriptor_release) struct descriptor again = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    uint8_t revision;

    if (!descriptor_read(bytes, &descriptor, &err))
        return;
    revision = descriptor.revision;
    if (!descriptor_add(&descriptor, ace, &err))
        return;
    if (!descriptor_read(&descriptor.bytes, &again, &err) || !descriptor_has(&again, ace) ||
        !descriptor_covers(&again, ace) || !descriptor_remove(&again, ace))
        abort();
    descriptor_lower_revision(&again, revision);
    if (again.revision != revision || !bytes_same(&again.bytes, bytes))
        abort();
}

static void show(const struct bytes *bytes)
{
    OWNED(descriptor_release) struct descriptor descriptor = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!descriptor_read(bytes, &descriptor, &err))
        return;
    for (size_t i = 0; i < descriptor.count; i++) {
        const struct sddl_ace entry = { .ace = descriptor.aces[i].ace };
        OWNED(free) char *text = NULL;

        if (descriptor.aces[i].is_read && !sddl_format(&entry, &text, &err))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const texts[] = {
        "(A;;RPLCLORC;;;RU)",
        "(D;CI;RP;;;WD)",
        "(OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;RU)",
    };
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!bytes_copy(data, size, &bytes, &err))
        return 0;
    show(&bytes);
    for (size_t i = 0; i < LENGTH(texts); i++) {
        OWNED(sddl_release) struct sddl_ace ace = { 0 };

        if (!sddl_parse(texts[i], &ace, &err))
            abort();
        add_and_remove(&bytes, &ace.ace);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Metadata of replication from anywhere. The first byte chooses: 'x' is XML, anything else bytes.
 */
#include "fuzz/fuzz.h"

#include "model/property_version.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes value = { 0 };
    OWNED(property_told_release) struct property_told told = { 0 };
    struct property_version version;
    struct ajar_error err = AJAR_NO_ERROR;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &value, &err))
        return 0;
    if (data[0] == 'x')
        (void)property_told_read(&value, &told, &err);
    else
        (void)property_version_find(&value, 0x00020119, &version, &err);
    return 0;
}

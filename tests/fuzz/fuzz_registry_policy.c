/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Registry policy files from anywhere: each instruction is read and looked at, or refused, and the
 * reader comes to an end.
 */
#include "fuzz/fuzz.h"
#include "model/registry_policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes file = { 0 };
    struct registry_policy policy;
    struct ajar_error err = AJAR_NO_ERROR;
    bool is_end = false;

    if (!bytes_copy(data, size, &file, &err) || !registry_policy_open(&file, &policy, &err))
        return 0;
    while (!is_end) {
        OWNED(registry_policy_item_release) struct registry_policy_item item = { 0 };

        if (!registry_policy_next(&policy, &item, &is_end, &err))
            return 0;
        if (!is_end)
            (void)registry_policy_touches(&item, "SYSTEM\\Lsa", "RestrictAnonymous");
    }
    return 0;
}

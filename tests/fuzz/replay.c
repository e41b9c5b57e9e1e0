/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Feeds each file that it is given to the fuzz target that it is linked with.
 */
#include "fuzz/fuzz.h"

#include "base/file.h"

#include <stdio.h>

#define CEILING (16 * 1024 * 1024)

int main(int count, char **paths)
{
    for (int i = 1; i < count; i++) {
        OWNED(bytes_release) struct bytes bytes = { 0 };
        struct ajar_error err = AJAR_NO_ERROR;

        if (!file_read(paths[i], CEILING, &bytes, &err)) {
            (void)fprintf(stderr, "%s\n", err.text);
            return 1;
        }
        (void)LLVMFuzzerTestOneInput(bytes.at, bytes.size);
    }
    return 0;
}

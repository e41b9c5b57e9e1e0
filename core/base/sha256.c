/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sha256.h"

#include <nettle/base16.h>
#include <nettle/sha2.h>

struct sha256 sha256_of(const void *bytes, size_t size)
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256 sum = { "" };

    sha256_init(&context);
    sha256_update(&context, size, bytes);
    sha256_digest(&context, sizeof(digest), digest);
    base16_encode_update(sum.hex, sizeof(digest), digest);
    return sum;
}

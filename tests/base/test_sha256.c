/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/sha256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The examples of FIPS 180-4 (NIST, Cryptographic Standards and Guidelines, SHA-256). */
static void test_sums_are_those_of_the_standard(void **state)
{
    static const struct {
        const char *text;
        const char *sum;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(sha256_of(rows[i].text, strlen(rows[i].text)).hex, rows[i].sum);
}

static void test_a_nul_counts(void **state)
{
    (void)state;
    assert_string_not_equal(sha256_of("a\0b", 3).hex, sha256_of("a\0c", 3).hex);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_are_those_of_the_standard),
        cmocka_unit_test(test_a_nul_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

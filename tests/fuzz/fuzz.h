/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a fuzz target defines. libFuzzer calls it with what it makes up; replay.c with the files of
 * a corpus, so that each compiler and each run of the tests goes over what was found before.
 */
#ifndef AJAR_TESTS_FUZZ_FUZZ_H
#define AJAR_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Returns 0; aborts when something does not hold. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

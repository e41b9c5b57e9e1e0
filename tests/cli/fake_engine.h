/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of the stand-in for the engine share.
 */
#ifndef AJAR_TEST_CLI_FAKE_ENGINE_H
#define AJAR_TEST_CLI_FAKE_ENGINE_H

#include <ajar/engine.h>

/* Of every saved plan. */
#define FAKE_SEAL "0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9"

/* Appends a line to the file $AJAR_FAKE_TRACE. */
void trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Asks, when there is somebody to ask; false when the answer is no. */
bool confirmed(struct ajar_run *run, const struct ajar_report *plan, struct ajar_error *err);

/* Fails when the scenario is "error-WORD". */
bool fail_if_told(const char *scenario, struct ajar_error *err);

#endif

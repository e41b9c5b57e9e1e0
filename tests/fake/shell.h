/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a test has others do: stock git, ssh-keygen, sshd.
 */
#ifndef AJAR_FAKE_SHELL_H
#define AJAR_FAKE_SHELL_H

/* Runs the script in the folder, which is also its $1; the test fails with it. */
void shell_run(const char *folder, const char *script);

#endif

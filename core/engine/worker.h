/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The child process of one target: it alone holds connections to it. It ends when the parent closes
 * the socket, after the request in hand.
 */
#ifndef AJAR_ENGINE_WORKER_H
#define AJAR_ENGINE_WORKER_H

#include "transport/target.h"

/* Answers requests until the parent is gone. Never returns. */
_Noreturn void worker_main(int socket, const struct target_options *options);

#endif

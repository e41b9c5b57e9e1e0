/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Functions that overrun, split or trust too easily do not compile. The build includes this file
 * in front of each source (-include), so a standard header that mentions one comes first.
 */
#ifndef AJAR_BASE_BANNED_H
#define AJAR_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Kerberos has fields of this name: only calls are banned. */
#define ctime(time) ctime_is_banned

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets system popen strncpy strncat
#pragma GCC poison gmtime localtime asctime atoi atol tmpnam mktemp

#endif

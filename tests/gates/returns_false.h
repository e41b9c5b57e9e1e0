/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For clang-tidy alone, in front of each source: it does not look into error.c, and would follow
 * the path on which `return ajar_fail(...)` returns true. The sources that define one of these go
 * without.
 */
#ifndef TESTS_GATES_RETURNS_FALSE_H
#define TESTS_GATES_RETURNS_FALSE_H

#include <ajar/error.h>

#define ajar_fail(...)      ((void)ajar_fail(__VA_ARGS__), false)
#define ajar_while(...)     ((void)ajar_while(__VA_ARGS__), false)
#define ajar_native(...)    ((void)ajar_native(__VA_ARGS__), false)
#define ajar_hint(...)      ((void)ajar_hint(__VA_ARGS__), false)
#define ajar_no_memory(...) ((void)ajar_no_memory(__VA_ARGS__), false)

#if __has_include("model/setting.h")
#include "model/setting.h"
#define setting_fail(...) ((void)setting_fail(__VA_ARGS__), false)
#endif

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What live tests share: the lab that "lab env DIR" describes, and logins to its two domains. Run
 * them with  lab in DIR PROGRAM.
 */
#ifndef AJAR_TESTS_LAB_LIVE_H
#define AJAR_TESTS_LAB_LIVE_H

#include "base/file.h"
#include "transport/directory.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SKIPPED 77

/* Says so and returns false when there is no lab. */
static inline bool live_has_lab(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as ajar does */
    if (getenv("LAB_DIR") && getenv("LAB_TARGET_PASSWORD_FILE"))
        return true;
    puts("skipped: no lab");
    return false;
}

static inline struct login live_login(const char *domain)
{
    bool is_source = strcmp(domain, "source.test") == 0;

    return (struct login){
        .domain = domain,
        .method = LOGIN_PASSWORD,
        .user = "Administrator",
        .password_file =
            getenv(is_source ? "LAB_SOURCE_PASSWORD_FILE" : "LAB_TARGET_PASSWORD_FILE"),
        .ldap = LDAP_SEALED,
        .ca_file = getenv(is_source ? "LAB_SOURCE_CA" : "LAB_TARGET_CA"),
        .timeout_ms = 10000,
    };
}

/* Shows the error of a call that must succeed. */
static inline void live_expect(bool ok, const struct ajar_error *err)
{
    if (!ok)
        fail_msg("%s: %s (%u) - %s", ajar_status_name(err->status), err->text, err->native,
                 err->hint);
}

static inline void live_expect_failure(bool ok, const struct ajar_error *err,
                                       enum ajar_status status)
{
    assert_false(ok);
    print_message("             %s: %s (%d) - %s\n", ajar_status_name(err->status), err->text,
                  (int)err->native, err->hint);
    assert_string_equal(ajar_status_name(err->status), ajar_status_name(status));
    assert_null(strchr(err->text, '\n'));
}

#endif

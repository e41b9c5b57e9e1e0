/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/directory_error.h"

#include "base/cleanup.h"
#include "base/text.h"

#include <ldap.h>

#define SEE_RIGHTS "the account needs the right to do this; Domain Admins have it"
#define SEE_AGAIN  "nothing was done; try again in a while"
#define SEE_HOST   "see whether the host is up and answers, then try again"
#define SEE_LIVE   "run ajar status --live to see what is there now"

static const struct meaning {
    int result;
    enum ajar_status status;
    const char *text;
    const char *hint;
} meanings[] = {
    { LDAP_OPERATIONS_ERROR, AJAR_EPROTOCOL, "operations error", "" },
    { LDAP_STRONG_AUTH_REQUIRED, AJAR_ELOGIN, "the server refuses this kind of login",
      "use ldap = sealed; inside TLS, Samba wants \"ldap server require strong auth = "
      "allow_sasl_over_tls\"" },
    { LDAP_REFERRAL, AJAR_EMISSING, "it is in another domain", "" },
    { LDAP_UNAVAILABLE_CRITICAL_EXTENSION, AJAR_EPROTOCOL,
      "the server does not know a control that is needed", "is this an Active Directory?" },
    { LDAP_NO_SUCH_ATTRIBUTE, AJAR_ECONFLICT, "the old value is no longer there", SEE_LIVE },
    { LDAP_CONSTRAINT_VIOLATION, AJAR_EDENIED, "the directory's rules do not allow it", "" },
    { LDAP_TYPE_OR_VALUE_EXISTS, AJAR_ECONFLICT, "the value is there already", SEE_LIVE },
    { LDAP_NO_SUCH_OBJECT, AJAR_EMISSING, "no such object", "" },
    { LDAP_INVALID_DN_SYNTAX, AJAR_EMISSING, "this is no name of an object", "" },
    { LDAP_INVALID_CREDENTIALS, AJAR_ELOGIN, "the server does not accept the login",
      "check the account, the trust between the domains and the clocks" },
    { LDAP_INSUFFICIENT_ACCESS, AJAR_EDENIED, "access denied", SEE_RIGHTS },
    { LDAP_BUSY, AJAR_EUNREACHABLE, "the server is busy", SEE_AGAIN },
    { LDAP_UNAVAILABLE, AJAR_EUNREACHABLE, "the server is not available", SEE_AGAIN },
    { LDAP_UNWILLING_TO_PERFORM, AJAR_ECONFLICT, "the server is not willing to do this", SEE_LIVE },
    { LDAP_NOT_ALLOWED_ON_NONLEAF, AJAR_ECONFLICT, "there are objects below it", "" },
    { LDAP_ALREADY_EXISTS, AJAR_ECONFLICT, "it is there already", SEE_LIVE },
    { LDAP_TIMELIMIT_EXCEEDED, AJAR_ETIMEOUT, "the server took too long", SEE_AGAIN },
    { LDAP_OTHER, AJAR_EDENIED, "the server refuses, for a reason of its own", "" },
    { LDAP_SERVER_DOWN, AJAR_ETIMEOUT, "the connection broke", SEE_HOST },
    { LDAP_TIMEOUT, AJAR_ETIMEOUT, "no answer in time", SEE_HOST },
    { LDAP_AUTH_UNKNOWN, AJAR_ELOGIN, "this host has no Kerberos for LDAP",
      "install Cyrus SASL's GSSAPI module (Debian: libsasl2-modules-gssapi-mit)" },
    { LDAP_LOCAL_ERROR, AJAR_ELOGIN, "Kerberos failed",
      "check the host's name (as in its service principal), the trust between the domains and the "
      "clocks" },
    { LDAP_NO_MEMORY, AJAR_ESYSTEM, "out of memory", "" },
    { LDAP_DECODING_ERROR, AJAR_EPROTOCOL, "the answer is not LDAP", "" },
};

static const struct meaning *find_meaning(int result)
{
    for (size_t i = 0; i < LENGTH(meanings); i++) {
        if (meanings[i].result == result)
            return &meanings[i];
    }
    return NULL;
}

/* One line of UTF-8: control characters become blanks, blanks at the end go. AD ends its messages
 * with a NUL or a newline, Samba has several lines of them. */
static void make_one_line(const char *text, char line[static 256])
{
    bool is_utf8;
    size_t end = 0;

    (void)snprintf(line, 256, "%s", text);
    is_utf8 = text_is_utf8(line, strlen(line));
    for (size_t i = 0; line[i]; i++) {
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
            line[i] = ' ';
        if ((unsigned char)line[i] >= 0x80 && !is_utf8)
            line[i] = '?';
        if (line[i] != ' ')
            end = i + 1;
    }
    line[end] = '\0';
}

bool directory_error(struct ajar_error *err, int result, const char *diagnostic)
{
    const struct meaning *meaning = find_meaning(result);
    char line[256];

    make_one_line(diagnostic ? diagnostic : "", line);
    ajar_fail(err, meaning ? meaning->status : AJAR_EPROTOCOL, "%s%s%s%s",
              meaning ? meaning->text : ldap_err2string(result), *line ? " (" : "", line,
              *line ? ")" : "");
    ajar_native(err, (uint32_t)result);
    return ajar_hint(err, meaning ? meaning->hint : "");
}

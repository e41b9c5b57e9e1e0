/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/text.h"
#include "model/sddl.h"

#include <ctype.h>
#include <string.h>

static const struct fixed_alias {
    const char word[3];
    const char *sid;
} fixed_aliases[] = {
    { "WD", "S-1-1-0" },      { "CO", "S-1-3-0" },      { "CG", "S-1-3-1" },
    { "OW", "S-1-3-4" },      { "NU", "S-1-5-2" },      { "IU", "S-1-5-4" },
    { "SU", "S-1-5-6" },      { "AN", "S-1-5-7" },      { "ED", "S-1-5-9" },
    { "PS", "S-1-5-10" },     { "AU", "S-1-5-11" },     { "RC", "S-1-5-12" },
    { "SY", "S-1-5-18" },     { "LS", "S-1-5-19" },     { "NS", "S-1-5-20" },
    { "WR", "S-1-5-33" },     { "BA", "S-1-5-32-544" }, { "BU", "S-1-5-32-545" },
    { "BG", "S-1-5-32-546" }, { "PU", "S-1-5-32-547" }, { "AO", "S-1-5-32-548" },
    { "SO", "S-1-5-32-549" }, { "PO", "S-1-5-32-550" }, { "BO", "S-1-5-32-551" },
    { "RE", "S-1-5-32-552" }, { "RU", "S-1-5-32-554" }, { "RD", "S-1-5-32-555" },
    { "NO", "S-1-5-32-556" }, { "MU", "S-1-5-32-558" }, { "LU", "S-1-5-32-559" },
    { "IS", "S-1-5-32-568" }, { "CY", "S-1-5-32-569" }, { "ER", "S-1-5-32-573" },
    { "CD", "S-1-5-32-574" }, { "RA", "S-1-5-32-575" }, { "ES", "S-1-5-32-576" },
    { "MS", "S-1-5-32-577" }, { "HA", "S-1-5-32-578" }, { "AA", "S-1-5-32-579" },
    { "RM", "S-1-5-32-580" },
};

static const struct domain_alias {
    const char word[3];
    uint32_t rid;
    bool of_forest;
} domain_aliases[] = {
    { "RO", 498, true },  { "LA", 500, false }, { "LG", 501, false }, { "DA", 512, false },
    { "DU", 513, false }, { "DG", 514, false }, { "DC", 515, false }, { "DD", 516, false },
    { "CA", 517, false }, { "SA", 518, true },  { "EA", 519, true },  { "PA", 520, false },
    { "CN", 522, false }, { "AP", 525, false }, { "KA", 526, false }, { "EK", 527, true },
    { "RS", 553, false },
};

bool sddl_domain_alias(const char *account, uint32_t *ret_rid, bool *ret_of_forest)
{
    for (size_t i = 0; i < LENGTH(domain_aliases); i++) {
        if (text_same_ignoring_case(account, domain_aliases[i].word)) {
            *ret_rid = domain_aliases[i].rid;
            *ret_of_forest = domain_aliases[i].of_forest;
            return true;
        }
    }
    return false;
}

static bool fixed_alias(const char *text, struct sid *ret_sid, struct ajar_error *err)
{
    for (size_t i = 0; i < LENGTH(fixed_aliases); i++) {
        if (text_same_ignoring_case(text, fixed_aliases[i].word))
            return sid_parse(fixed_aliases[i].sid, ret_sid, err);
    }
    return false;
}

/* A name that an account can have ([MS-SAMR] 3.1.1.6), perhaps with its domain in front. */
static bool check_name(const char *text, struct ajar_error *err)
{
    const char *backslash = strchr(text, '\\');
    size_t odd = strcspn(text, "\"/[]:;|=,+*?<>");

    if (text[0] == '\0')
        return ajar_fail(err, AJAR_EPLAN, "the trustee is missing: a SID, two letters or a name");
    if (text[odd] != '\0')
        return ajar_fail(err, AJAR_EPLAN,
                         "trustee \"%s\" is no account name (because of '%c'); write a SID, two "
                         "letters as in SDDL, name or DOMAIN\\name",
                         text, text[odd]);
    if (backslash && (backslash == text || !backslash[1] || strchr(backslash + 1, '\\')))
        return ajar_fail(err, AJAR_EPLAN, "trustee \"%s\" is not DOMAIN\\name", text);
    return true;
}

static void make_upper(char *text)
{
    for (; *text; text++)
        *text = (char)toupper((unsigned char)*text);
}

/* A name; the letters of a principal of the domain have one spelling. */
static bool take_account(const char *text, char **ret_account, struct ajar_error *err)
{
    uint32_t rid;
    bool of_forest;
    char *account;

    if (!check_name(text, err))
        return false;
    account = text_copy(text);
    if (!account)
        return ajar_no_memory(err);
    if (sddl_domain_alias(account, &rid, &of_forest))
        make_upper(account);
    *ret_account = account;
    return true;
}

bool sddl_parse_trustee(const char *text, struct sid *ret_sid, char **ret_account,
                        struct ajar_error *err)
{
    struct ajar_error ignored = AJAR_NO_ERROR;

    /* What begins like a SID must be one: a mistyped one is nobody's name. */
    if (strncasecmp(text, "S-1-", 4) == 0) {
        if (!sid_parse(text, ret_sid, err))
            return ajar_while(err, "trustee");
    } else if (!fixed_alias(text, ret_sid, &ignored) && !sid_from_name(text, ret_sid)) {
        return take_account(text, ret_account, err);
    }
    *ret_account = NULL;
    return true;
}

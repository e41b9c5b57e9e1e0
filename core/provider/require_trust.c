/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A trust with another domain, as the object says it that this domain keeps of it.
 *
 *     [require source-is-trusted]
 *     on = domain target.test
 *     check = trust
 *     partner = source.test
 *     direction = both
 *     sid-filtering = off
 *     kind = forest
 *
 * `inbound`: the partner trusts this domain; `outbound`: this domain trusts the partner ([MS-ADTS]
 * 6.1.6.7.12). Whether the trust works is not tried: nothing is asked of the partner.
 */
#include "provider/partner.h"
#include "provider/requirement.h"

#include <errno.h>
#include <string.h>

static const struct field_rule fields[] = {
    { .name = "partner", .type = FIELD_TEXT, .required = true },
    { .name = "direction", .type = FIELD_CHOICE, .choices = "inbound outbound both any" },
    { .name = "sid-filtering", .type = FIELD_CHOICE, .choices = "on off any" },
    { .name = "kind", .type = FIELD_CHOICE, .choices = "forest external any" },
    { 0 },
};

/* trustDirection, [MS-ADTS] 6.1.6.7.12 */
enum { INBOUND = 1, OUTBOUND = 2, BOTH = INBOUND | OUTBOUND };

/* trustAttributes, [MS-ADTS] 6.1.6.7.9. OBSOLETE: bits that once marked trusts within a forest. */
#define QUARANTINED       0x00000004U
#define FOREST_TRANSITIVE 0x00000008U
#define WITHIN_FOREST     0x00000020U
#define TREAT_AS_EXTERNAL 0x00000040U
#define PIM_TRUST         0x00000400U
#define OBSOLETE          0x00c00000U

enum { TRUST_TYPE_MIT = 3 };

struct trust {
    uint32_t direction;
    uint32_t type;
    uint32_t attributes;
};

/* What is asked, for messages. */
struct question {
    const char *domain;
    const char *partner;
    const char *direction;
    const char *filtering;
    const char *kind;
};

static bool judge(const struct setting *setting, struct ajar_error *err)
{
    return partner_check(setting, "a domain has no trust with itself", err);
}

static const char *choice(const struct setting *setting, const char *field, const char *otherwise)
{
    const char *value = setting_value(setting, field);

    return value ? value : otherwise;
}

static struct question question_of(const struct setting *setting)
{
    return (struct question){ .domain = setting->where,
                              .partner = setting_value(setting, "partner"),
                              .direction = choice(setting, "direction", "both"),
                              .filtering = choice(setting, "sid-filtering", "any"),
                              .kind = choice(setting, "kind", "any") };
}

/* An integer of the directory, which has a sign where the bits have none. */
static bool read_number(const struct directory_entry *entry, const char *name, bool is_needed,
                        uint32_t *ret_number, struct ajar_error *err)
{
    const char *text = directory_text(entry, name);
    char *end = NULL;
    long long number;

    if (!text && !is_needed) {
        *ret_number = 0;
        return true;
    }
    errno = 0;
    number = text ? strtoll(text, &end, 10) : 0;
    if (!text || end == text || *end || errno != 0 || number < INT32_MIN || number > UINT32_MAX)
        return ajar_fail(err, AJAR_EPROTOCOL, "\"%s\": %s is \"%.40s\", which is no number",
                         entry->dn, name, text ? text : "");
    *ret_number = (uint32_t)number;
    return true;
}

static bool read_entry(const struct directory_entry *entry, struct trust *ret_trust,
                       struct ajar_error *err)
{
    struct trust trust = { 0 };

    if (!read_number(entry, "trustDirection", true, &trust.direction, err) ||
        !read_number(entry, "trustType", true, &trust.type, err) ||
        !read_number(entry, "trustAttributes", false, &trust.attributes, err))
        return false;
    *ret_trust = trust;
    return true;
}

/* Each forest has few of them: all are read, and compared here. */
static bool find_trust(struct directory *directory, const char *partner, bool *ret_found,
                       struct trust *ret_trust, struct ajar_error *err)
{
    static const char *const attributes[] = { "trustPartner", "flatName",        "trustDirection",
                                              "trustType",    "trustAttributes", NULL };
    OWNED(free) char *base = text_make("CN=System,%s", directory_domain_dn(directory));
    OWNED(directory_result_release) struct directory_result found = { 0 };
    const struct directory_query query = { .base = base,
                                           .scope = DIRECTORY_ONE,
                                           .filter = "(objectClass=trustedDomain)",
                                           .attributes = attributes };

    if (!base)
        return ajar_no_memory(err);
    if (!directory_search(directory, &query, &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        const char *name = directory_text(&found.entries[i], "trustPartner");

        if (!name || !text_same_ignoring_case(name, partner))
            continue;
        *ret_found = true;
        return read_entry(&found.entries[i], ret_trust, err);
    }
    *ret_found = false;
    return true;
}

static const char *kind_of(const struct trust *trust)
{
    if (trust->type == TRUST_TYPE_MIT)
        return "realm";
    if (trust->attributes & WITHIN_FOREST)
        return "intra-forest";
    return trust->attributes & FOREST_TRANSITIVE ? "forest" : "external";
}

/* "on", "off", or NULL where this object does not decide: the filter works in the domain that
 * trusts, on what comes out of the one that is trusted ([MS-PAC] 4.1.2.2). */
static const char *filtering_of(const struct trust *trust)
{
    uint32_t attributes = trust->attributes;

    if (!(trust->direction & OUTBOUND) || attributes & (WITHIN_FOREST | PIM_TRUST | OBSOLETE))
        return NULL;
    if (attributes & QUARANTINED)
        return "on";
    return attributes & FOREST_TRANSITIVE && !(attributes & TREAT_AS_EXTERNAL) ? "on" : "off";
}

static bool is_any(const char *word)
{
    return strcmp(word, "any") == 0;
}

static bool fail_direction(const struct question *asked, uint32_t live, struct finding *ret_finding,
                           struct ajar_error *err)
{
    OWNED(free)
    char *hint = text_make(
        "in Active Directory Domains and Trusts, make the trust between %s and %s two-way, "
        "or add the direction that is missing",
        asked->domain, asked->partner);
    const char *domain = asked->domain;
    const char *partner = asked->partner;

    if (!hint)
        return ajar_no_memory(err);
    if (live == 0)
        return finding_fail(ret_finding, err, hint, "the trust of %s with %s is disabled", domain,
                            partner);
    return finding_fail(
        ret_finding, err, hint, "the trust of %s with %s is %s only (%s trusts %s); it must be %s",
        domain, partner, live == INBOUND ? "inbound" : "outbound",
        live == INBOUND ? partner : domain, live == INBOUND ? domain : partner, asked->direction);
}

/* The option of netdom that turns the filter on or off. A forest trust is never to be quarantined,
 * for it loses its transitivity. */
static const char *netdom_option(const struct trust *trust, bool on)
{
    if (!(trust->attributes & FOREST_TRANSITIVE))
        return on ? "/quarantine:yes" : "/quarantine:no";
    if (trust->attributes & QUARANTINED)
        return "/quarantine:no /enablesidhistory:yes";
    return on ? "/enablesidhistory:no" : "/enablesidhistory:yes";
}

static bool fail_filtering(const struct question *asked, const struct trust *trust,
                           const char *live, struct finding *ret_finding, struct ajar_error *err)
{
    bool on = strcmp(asked->filtering, "on") == 0;
    OWNED(free)
    char *hint = text_make("netdom trust %s /domain:%s %s", asked->domain, asked->partner,
                           netdom_option(trust, on));

    if (!hint)
        return ajar_no_memory(err);
    return finding_fail(ret_finding, err, hint,
                        "SID filtering is %s for what comes from %s to %s; it must be %s%s", live,
                        asked->partner, asked->domain, asked->filtering,
                        on ? "" : ", or SIDs of the history are thrown away");
}

static bool leave_filtering_open(const struct question *asked, const struct trust *trust,
                                 struct finding *ret_finding, struct ajar_error *err)
{
    const char *hint = "require it on the domain that trusts: there it is decided";

    if (trust->direction & OUTBOUND)
        return finding_unknown(ret_finding, err, NULL,
                               "whether SIDs from %s are filtered is not decided by this kind of "
                               "trust (trustAttributes 0x%x)",
                               asked->partner, trust->attributes);
    return finding_unknown(ret_finding, err, hint,
                           "%s does not trust %s: SID filtering is decided on the other side",
                           asked->domain, asked->partner);
}

static bool pass(const struct question *asked, const struct trust *trust,
                 struct finding *ret_finding, struct ajar_error *err)
{
    static const char *const ways[] = { "", "inbound", "outbound", "both ways" };
    const char *filtering = filtering_of(trust);

    return finding_pass(ret_finding, err,
                        "%s trust with %s, %s%s%s; whether it works was not tried", kind_of(trust),
                        asked->partner, ways[trust->direction & BOTH],
                        filtering ? ", SID filtering " : "", filtering ? filtering : "");
}

static bool judge_trust(const struct question *asked, const struct trust *trust,
                        struct finding *ret_finding, struct ajar_error *err)
{
    uint32_t live = trust->direction & BOTH;
    uint32_t needed = strcmp(asked->direction, "inbound") == 0    ? INBOUND
                      : strcmp(asked->direction, "outbound") == 0 ? OUTBOUND
                      : is_any(asked->direction)                  ? live
                                                                  : BOTH;
    const char *filtering = filtering_of(trust);

    if (live == 0 || (live & needed) != needed)
        return fail_direction(asked, live, ret_finding, err);
    if (!is_any(asked->kind) && strcmp(asked->kind, kind_of(trust)) != 0)
        return finding_fail(ret_finding, err,
                            "remove the trust and make it anew in Active Directory Domains and "
                            "Trusts",
                            "the trust of %s with %s is of the kind %s, not %s", asked->domain,
                            asked->partner, kind_of(trust), asked->kind);
    if (is_any(asked->filtering))
        return pass(asked, trust, ret_finding, err);
    if (!filtering)
        return leave_filtering_open(asked, trust, ret_finding, err);
    if (strcmp(filtering, asked->filtering) != 0)
        return fail_filtering(asked, trust, filtering, ret_finding, err);
    return pass(asked, trust, ret_finding, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const struct question asked = question_of(setting);
    struct directory *directory = NULL;
    struct trust trust = { 0 };
    bool found = false;

    if (!target_directory(target, &directory, err) ||
        !find_trust(directory, asked.partner, &found, &trust, err))
        return false;
    if (!found)
        return finding_fail(
            ret_finding, err,
            "make it in Active Directory Domains and Trusts, once the names of both "
            "domains resolve in each other",
            "%s has no trust with %s", asked.domain, asked.partner);
    return judge_trust(&asked, &trust, ret_finding, err);
}

const struct requirement requirement_trust = {
    .check = "trust",
    .fields = fields,
    .places = REQUIREMENT_ON_DOMAIN,
    .judge = judge,
    .examine = examine,
};

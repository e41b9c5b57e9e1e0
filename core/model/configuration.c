/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/configuration.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "model/name_list.h"
#include "model/schema.h"

#include <string.h>

static const struct field_rule journal_fields[] = {
    { .name = "path", .type = FIELD_TEXT, .required = true },
    { .name = "remote", .type = FIELD_TEXT },
    { .name = "signing-key", .type = FIELD_TEXT },
    { .name = "allowed-signers", .type = FIELD_TEXT },
    { 0 },
};

static const struct field_rule notify_fields[] = {
    { .name = "command", .type = FIELD_TEXT, .required = true },
    { .name = "patience", .type = FIELD_DURATION },
    { 0 },
};

static const struct field_rule domain_fields[] = {
    { .name = "auth", .type = FIELD_CHOICE, .choices = "kerberos password" },
    { .name = "user", .type = FIELD_TEXT },
    { .name = "password-file", .type = FIELD_TEXT },
    { .name = "keytab", .type = FIELD_TEXT },
    { .name = "controllers", .type = FIELD_TEXT },
    { .name = "ldap", .type = FIELD_CHOICE, .choices = "sealed tls" },
    { .name = "ca-file", .type = FIELD_TEXT },
    { 0 },
};

static bool refuse(const struct configuration *configuration, const struct ini_section *section,
                   const char *right, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN, "%s:%d: [%s %s] %s", configuration->ini->file, section->line,
                     section->kind, section->name, right);
}

/* The method and what it needs. */
static bool read_method(const struct configuration *configuration,
                        const struct ini_section *section, struct login *login,
                        struct ajar_error *err)
{
    const char *auth = ini_value(section, "auth");

    login->user = ini_value(section, "user");
    login->keytab = ini_value(section, "keytab");
    login->password_file = ini_value(section, "password-file");
    login->method = LOGIN_CACHE;
    if (auth && strcmp(auth, "password") == 0)
        login->method = LOGIN_PASSWORD;
    else if (login->keytab)
        login->method = LOGIN_KEYTAB;
    if (login->method == LOGIN_PASSWORD && (!login->user || !login->password_file))
        return refuse(configuration, section, "auth = password needs user and password-file", err);
    if (login->method == LOGIN_KEYTAB && !login->user)
        return refuse(configuration, section, "keytab needs user", err);
    if (login->method != LOGIN_PASSWORD && login->password_file)
        return refuse(configuration, section, "password-file needs auth = password", err);
    return true;
}

static char *field_text(const struct ini_section *section, const char *name)
{
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, name) == 0)
            return section->fields[i].value;
    }
    return NULL;
}

static bool read_domain(struct configuration *configuration, const struct ini_section *section,
                        int timeout_ms, struct ajar_error *err)
{
    struct domain_configuration *domain = &configuration->domains[configuration->domain_count];
    const char *ldap = ini_value(section, "ldap");
    char *controllers = field_text(section, "controllers");

    if (!schema_check(configuration->ini->file, section, domain_fields, NULL, err))
        return false;
    if (!strchr(section->name, '.'))
        return refuse(configuration, section, "needs the DNS name of a domain, like source.test",
                      err);
    for (char *letter = section->name; *letter; letter++)
        *letter = ascii_lower(*letter);
    domain->login.domain = section->name;
    domain->login.timeout_ms = timeout_ms;
    domain->login.ldap = ldap && strcmp(ldap, "tls") == 0 ? LDAP_TLS : LDAP_SEALED;
    domain->login.ca_file = ini_value(section, "ca-file");
    configuration->domain_count++;
    return read_method(configuration, section, &domain->login, err) &&
           (!controllers || name_list_cut(controllers, &domain->controllers, err));
}

/* https://user:password@host: it would stand in the list of processes. */
static bool check_remote(const struct configuration *configuration,
                         const struct ini_section *section, struct ajar_error *err)
{
    const char *scheme = configuration->remote ? strstr(configuration->remote, "://") : NULL;
    size_t host = scheme ? strcspn(scheme + 3, "/@") : 0;

    if (!scheme || scheme[3 + host] != '@' || !memchr(scheme + 3, ':', host))
        return true;
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: remote: no password stands here; git keeps it (gitcredentials(7)), or "
                     "use ssh",
                     configuration->ini->file, ini_line(section, "remote"));
}

static bool read_journal(struct configuration *configuration, struct ini_section *section,
                         struct ajar_error *err)
{
    configuration->journal = ini_value(section, "path");
    configuration->remote = ini_value(section, "remote");
    configuration->signing_key = ini_value(section, "signing-key");
    configuration->allowed_signers = ini_value(section, "allowed-signers");
    return schema_check(configuration->ini->file, section, journal_fields, NULL, err) &&
           check_remote(configuration, section, err);
}

static bool read_policy(struct configuration *configuration, struct ini_section *section,
                        struct ajar_error *err)
{
    return guard_rails_read(configuration->ini->file, section, &configuration->policy, err);
}

static bool read_notify(struct configuration *configuration, struct ini_section *section,
                        struct ajar_error *err)
{
    const char *patience = ini_value(section, "patience");

    configuration->notifier = ini_value(section, "command");
    configuration->notifier_patience = NOTIFIER_PATIENCE;
    if (!schema_check(configuration->ini->file, section, notify_fields, NULL, err))
        return false;
    if (!patience || clock_read_duration(patience, 1, NOTIFIER_LONGEST_PATIENCE,
                                         &configuration->notifier_patience, err))
        return true;
    err->status = AJAR_EPLAN;
    return ajar_while(err, "%s:%d: patience", configuration->ini->file,
                      ini_line(section, "patience"));
}

static bool read_section(struct configuration *configuration, struct ini_section *section,
                         int timeout_ms, struct ajar_error *err)
{
    static const struct {
        const char *kind;
        bool (*read)(struct configuration *configuration, struct ini_section *section,
                     struct ajar_error *err);
    } sections[] = { { "journal", read_journal },
                     { "policy", read_policy },
                     { "notify", read_notify } };

    if (strcmp(section->kind, "domain") == 0)
        return read_domain(configuration, section, timeout_ms, err);
    for (size_t i = 0; i < LENGTH(sections); i++) {
        if (strcmp(section->kind, sections[i].kind) != 0 || section->name[0])
            continue;
        return sections[i].read(configuration, section, err);
    }
    return ajar_fail(err, AJAR_EPLAN,
                     "%s:%d: unknown section [%s%s%s]; known are [journal], [policy], [notify] "
                     "and [domain NAME]",
                     configuration->ini->file, section->line, section->kind,
                     section->name[0] ? " " : "", section->name);
}

static bool read_all(struct configuration *configuration, const char *path, int timeout_ms,
                     struct ajar_error *err)
{
    const struct ini *ini;

    if (!ini_read_file(path, INI_PLAIN, &configuration->ini, err))
        return false;
    ini = configuration->ini;
    configuration->domains = calloc(ini->count + 1, sizeof(*configuration->domains));
    if (!configuration->domains)
        return ajar_no_memory(err);
    for (size_t i = 0; i < ini->count; i++) {
        if (!read_section(configuration, &ini->sections[i], timeout_ms, err))
            return false;
    }
    return true;
}

/* The first of the usual places that has a file; NULL when none has. To be freed. */
static char *find_file(void)
{
    const char *folder = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;

    if (folder && folder[0] == '/')
        path = text_make("%s/ajar/ajar.ini", folder);
    else if (home)
        path = text_make("%s/.config/ajar/ajar.ini", home);
    if (path && access(path, F_OK) == 0)
        return path;
    free(path);
    return access("/etc/ajar/ajar.ini", F_OK) == 0 ? text_copy("/etc/ajar/ajar.ini") : NULL;
}

bool configuration_read(const char *path, int timeout_ms, struct configuration **ret_configuration,
                        struct ajar_error *err)
{
    OWNED(configuration_free)
    struct configuration *configuration = calloc(1, sizeof(*configuration));
    OWNED(free) char *found = path ? text_copy(path) : find_file();

    if (!configuration)
        return ajar_no_memory(err);
    if (found && !read_all(configuration, found, timeout_ms, err))
        return false;
    *ret_configuration = configuration;
    configuration = NULL;
    return true;
}

static bool is_below(const char *name, const char *domain)
{
    size_t size = strlen(name);
    size_t end = strlen(domain);

    if (end > size || strcmp(name + size - end, domain) != 0)
        return false;
    return end == size || name[size - end - 1] == '.';
}

const struct domain_configuration *configuration_find(const struct configuration *configuration,
                                                      const char *name)
{
    const struct domain_configuration *best = NULL;

    for (size_t i = 0; i < configuration->domain_count; i++) {
        const struct domain_configuration *domain = &configuration->domains[i];

        if (is_below(name, domain->login.domain) &&
            (!best || strlen(domain->login.domain) > strlen(best->login.domain)))
            best = domain;
    }
    return best;
}

void configuration_free(struct configuration *configuration)
{
    for (size_t i = 0; i < configuration->domain_count; i++)
        free(configuration->domains[i].controllers);
    free(configuration->domains);
    guard_rails_release(&configuration->policy);
    ini_free(configuration->ini);
    free(configuration);
}

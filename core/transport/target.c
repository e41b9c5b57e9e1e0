/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/target.h"

#include "base/text.h"
#include "transport/rpc/pipe_samba.h"

#include <string.h>

/* How many of its time limits an operation may spend with waiting; a worker has four of them. */
#define WAITS_OF_TIMEOUT 3

struct target {
    struct target_options options;
    char *name;
    struct ticket *ticket;
    struct directory *first; /* whichever controller answered */
    struct directory *pdc;   /* NULL: not asked for yet, or `first` is the PDC emulator */
    bool first_is_pdc;
    struct directory *own; /* of the host itself; NULL: not asked for yet */
    bool faces_itself;
    struct directory *catalog;   /* of the forest; NULL: not asked for yet */
    struct directory *other;     /* of another domain of the forest; the last that was asked for */
    struct smb_session *session; /* all of the following ride on it */
    struct winreg *registry;
    struct svcctl *services;
    struct srvsvc *server;
    struct lsarpc *security;
    struct eventlog *events;
    struct share *sysvol;
    struct share *share; /* another one of a host's, called share_name */
    char *share_name;
    struct patience patience;
};

bool target_new(const struct target_options *options, struct target **ret_target,
                struct ajar_error *err)
{
    struct target *target = calloc(1, sizeof(*target));

    if (!target)
        return ajar_no_memory(err);
    target->options = *options;
    target->name = text_copy(options->name);
    if (!target->name) {
        target_free(target);
        return ajar_no_memory(err);
    }
    *ret_target = target;
    return true;
}

bool target_new_with(const char *name, const struct target_connections *connections,
                     struct target **ret_target, struct ajar_error *err)
{
    const struct target_options options = { .name = name };
    struct target *target = NULL;

    if (!target_new(&options, &target, err))
        return false;
    target->registry = connections->registry;
    target->services = connections->services;
    target->server = connections->server;
    target->security = connections->security;
    target->events = connections->events;
    target->patience = connections->patience;
    *ret_target = target;
    return true;
}

const char *target_name(const struct target *target)
{
    return target->name;
}

struct patience target_patience(const struct target *target)
{
    const struct login *login = target->options.login;

    return login ? patience_system(WAITS_OF_TIMEOUT * (int64_t)login->timeout_ms)
                 : target->patience;
}

int target_timeout_ms(const struct target *target)
{
    return target->options.login ? target->options.login->timeout_ms : 10000;
}

/* The domain whose directory this target's is. */
static const char *domain_of(const struct target *target)
{
    return target->options.is_domain ? target->name : target->options.login->domain;
}

static bool need_ticket(struct target *target, struct ajar_error *err)
{
    if (target->ticket)
        return true;
    if (!target->options.login)
        return ajar_fail(err, AJAR_ELOGIN, "there is no login for %s", target->name);
    return ticket_open(target->options.login, target->options.folder, &target->ticket, err);
}

static bool make_domain_dn(const char *domain, char **ret_dn, struct ajar_error *err)
{
    OWNED(text_release) struct text dn = TEXT_UP_TO(4096);

    for (const char *label = domain; *label;) {
        size_t size = strcspn(label, ".");

        text_append(&dn, dn.size ? ",DC=" : "DC=");
        text_append_bytes(&dn, label, size);
        label += size + (label[size] == '.');
    }
    return text_take(&dn, ret_dn, err);
}

/* Does this controller hold the domain's own naming context? A wrong line in the configuration must
 * not lead writes into another domain. */
static bool check_domain(const struct directory *directory, const char *domain,
                         struct ajar_error *err)
{
    OWNED(free) char *dn = NULL;

    if (!make_domain_dn(domain, &dn, err))
        return false;
    if (text_same_ignoring_case(dn, directory_domain_dn(directory)))
        return true;
    ajar_fail(err, AJAR_EUNREACHABLE, "%s is a controller of %s, not of %s",
              directory_host(directory), directory_domain_dn(directory), domain);
    return ajar_hint(err, "check the controllers of this domain in ajar.ini");
}

static bool open_directory_as(const struct target *target, const char *host,
                              const struct ticket *ticket, const char *domain,
                              struct directory **ret_directory, struct ajar_error *err)
{
    OWNED(directory_close) struct directory *directory = NULL;

    if (!directory_open(host, target->options.login, ticket, &directory, err) ||
        !check_domain(directory, domain, err))
        return false;
    *ret_directory = directory;
    directory = NULL;
    return true;
}

static bool open_directory(const struct target *target, const char *host,
                           struct directory **ret_directory, struct ajar_error *err)
{
    return open_directory_as(target, host, target->ticket, domain_of(target), ret_directory, err);
}

/* Opens a directory at a host: that of `domain`, or the forest's catalog. */
typedef bool opener(const struct target *target, const char *host, const char *domain,
                    struct directory **ret_directory, struct ajar_error *err);

static bool open_domain(const struct target *target, const char *host, const char *domain,
                        struct directory **ret_directory, struct ajar_error *err)
{
    return open_directory_as(target, host, target->ticket, domain, ret_directory, err);
}

static bool open_catalog(const struct target *target, const char *host, const char *forest,
                         struct directory **ret_directory, struct ajar_error *err)
{
    (void)forest;
    return directory_open_catalog(host, target->options.login, target->ticket, ret_directory, err);
}

static bool may_try_next(const struct ajar_error *trouble)
{
    return trouble->status == AJAR_EUNREACHABLE || trouble->status == AJAR_ETIMEOUT;
}

/* Tries one after the other. Only a controller that does not answer is passed over: one that
 * refuses the login, or cannot protect it, is a matter for the operator. */
static bool open_any(const struct target *target, const struct host_list *hosts, opener *open,
                     const char *domain, struct directory **ret_directory, struct ajar_error *err)
{
    struct ajar_error tried = AJAR_NO_ERROR;

    for (size_t i = 0; i < hosts->count; i++) {
        tried = AJAR_NO_ERROR;
        if (open(target, hosts->names[i], domain, ret_directory, &tried))
            return true;
        if (!may_try_next(&tried))
            break;
    }
    *err = tried;
    return false;
}

static bool find_candidates(const struct target *target, struct host_list *ret_hosts,
                            struct ajar_error *err)
{
    const char *const *servers = target->options.servers;
    OWNED(host_list_release) struct host_list hosts = { 0 };

    if (!servers || !*servers)
        return controllers_from_dns(domain_of(target), ret_hosts, err);
    for (; *servers; servers++) {
        if (!host_list_add(&hosts, *servers, err))
            return false;
    }
    *ret_hosts = hosts;
    hosts = (struct host_list){ 0 };
    return true;
}

static bool need_first(struct target *target, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };

    return target->first ||
           (need_ticket(target, err) && find_candidates(target, &hosts, err) &&
            open_any(target, &hosts, open_domain, domain_of(target), &target->first, err));
}

static bool need_pdc(struct target *target, struct ajar_error *err)
{
    OWNED(free) char *host = NULL;

    if (target->pdc || target->first_is_pdc)
        return true;
    if (!need_first(target, err) || !controllers_find_pdc(target->first, &host, err))
        return false;
    target->first_is_pdc = strcmp(host, directory_host(target->first)) == 0;
    return target->first_is_pdc || open_directory(target, host, &target->pdc, err) ||
           ajar_while(err, "PDC emulator of %s", domain_of(target));
}

static bool need_own(struct target *target, struct directory **ret_directory,
                     struct ajar_error *err)
{
    if (!target->own &&
        (!need_ticket(target, err) || !open_directory(target, target->name, &target->own, err)))
        return false;
    *ret_directory = target->own;
    return true;
}

void target_face_itself(struct target *target, bool does)
{
    if (target->faces_itself == does)
        return;
    target->faces_itself = does;
    share_close(target->sysvol); /* it is that of the other controller */
    target->sysvol = NULL;
}

bool target_directory(struct target *target, struct directory **ret_directory,
                      struct ajar_error *err)
{
    if (target->faces_itself)
        return need_own(target, ret_directory, err);
    if (!need_pdc(target, err))
        return false;
    *ret_directory = target->pdc ? target->pdc : target->first;
    return true;
}

bool target_ticket_of(struct target *target, const char *user, const char *password_file,
                      struct ticket **ret_ticket, struct ajar_error *err)
{
    const struct login login = { .domain = domain_of(target),
                                 .method = LOGIN_PASSWORD,
                                 .user = user,
                                 .password_file = password_file };

    return ticket_open(&login, target->options.folder, ret_ticket, err);
}

bool target_bind_as(struct target *target, const struct ticket *ticket, struct ajar_error *err)
{
    OWNED(directory_close) struct directory *guest = NULL;
    struct directory *directory = NULL;

    return target_directory(target, &directory, err) &&
           open_directory_as(target, directory_host(directory), ticket, domain_of(target), &guest,
                             err);
}

bool target_any_directory(struct target *target, struct directory **ret_directory,
                          struct ajar_error *err)
{
    if (!target->pdc && !need_first(target, err))
        return false;
    *ret_directory = target->pdc ? target->pdc : target->first;
    return true;
}

/* Behind the DN's first part and its comma. A comma after a backslash belongs to a value
 * ([RFC4514] 2.4). */
static const char *behind_part(const char *dn)
{
    for (; *dn && *dn != ','; dn++) {
        if (*dn == '\\' && dn[1])
            dn++;
    }
    return *dn ? dn + 1 : dn;
}

/* The DNS name of the domain that a DN ends with: of CN=Users,DC=target,DC=test, target.test. To be
 * freed. */
static bool make_domain_name(const char *dn, char **ret_domain, struct ajar_error *err)
{
    OWNED(text_release) struct text domain = TEXT_UP_TO(1024);

    while (*dn && strncasecmp(dn, "DC=", 3) != 0)
        dn = behind_part(dn);
    for (; *dn; dn = behind_part(dn)) {
        if (domain.size)
            text_append(&domain, ".");
        text_append_bytes(&domain, dn + 3, strcspn(dn + 3, ","));
    }
    return text_take(&domain, ret_domain, err);
}

static bool find_catalog(struct target *target, const struct directory *nearby,
                         struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(free) char *forest = NULL;

    return make_domain_name(directory_configuration_dn(nearby), &forest, err) &&
           controllers_with_catalog(forest, &hosts, err) &&
           open_any(target, &hosts, open_catalog, forest, &target->catalog, err);
}

bool target_catalog(struct target *target, struct directory **ret_catalog, struct ajar_error *err)
{
    struct ajar_error nearest = AJAR_NO_ERROR;
    struct directory *nearby = NULL;

    if (!target->catalog) {
        if (!target_any_directory(target, &nearby, err))
            return false;
        if (!open_catalog(target, directory_host(nearby), NULL, &target->catalog, &nearest) &&
            may_try_next(&nearest) && !find_catalog(target, nearby, err))
            return false;
        if (!target->catalog) {
            *err = nearest;
            return false;
        }
    }
    *ret_catalog = target->catalog;
    return true;
}

static bool need_other(struct target *target, const char *domain, struct ajar_error *err)
{
    OWNED(host_list_release) struct host_list hosts = { 0 };
    OWNED(free) char *dn = NULL;

    if (!make_domain_dn(domain, &dn, err))
        return false;
    if (target->other && text_same_ignoring_case(dn, directory_domain_dn(target->other)))
        return true;
    directory_close(target->other);
    target->other = NULL;
    return need_ticket(target, err) && controllers_from_dns(domain, &hosts, err) &&
           open_any(target, &hosts, open_domain, domain, &target->other, err);
}

bool target_directory_of(struct target *target, const char *dn, struct directory **ret_directory,
                         struct ajar_error *err)
{
    OWNED(free) char *domain = NULL;

    if (!make_domain_name(dn, &domain, err))
        return false;
    if (text_same_ignoring_case(domain, domain_of(target)))
        return target_any_directory(target, ret_directory, err);
    if (!need_other(target, domain, err))
        return false;
    *ret_directory = target->other;
    return true;
}

/* The host whose registry this is; of a domain, its PDC emulator. */
static bool find_host(struct target *target, const char **ret_host, struct ajar_error *err)
{
    struct directory *directory = NULL;

    if (!target->options.is_domain) {
        *ret_host = target->name;
        return true;
    }
    if (!target_directory(target, &directory, err))
        return false;
    *ret_host = directory_host(directory);
    return true;
}

static void close_pipes(struct target *target)
{
    if (target->registry)
        winreg_close(target->registry);
    if (target->services)
        svcctl_close(target->services);
    if (target->server)
        srvsvc_close(target->server);
    if (target->security)
        lsarpc_close(target->security);
    if (target->events)
        eventlog_close(target->events);
    target->registry = NULL;
    target->services = NULL;
    target->server = NULL;
    target->security = NULL;
    target->events = NULL;
}

/* A session that broke takes all its connections with it. */
static void forget_broken(struct target *target)
{
    if (target->session && smb_session_is_broken(target->session))
        close_pipes(target);
}

/* A pipe of the host, on its one session. */
static bool open_pipe(struct target *target, const struct rpc_interface *interface,
                      const char **ret_host, struct rpc_pipe **ret_pipe, struct ajar_error *err)
{
    return need_ticket(target, err) && find_host(target, ret_host, err) &&
           (target->session || smb_session_open(*ret_host, target->options.login, target->ticket,
                                                &target->session, err)) &&
           smb_session_pipe(target->session, interface, ret_pipe, err);
}

bool target_registry(struct target *target, struct winreg **ret_registry, struct ajar_error *err)
{
    OWNED(rpc_pipe_close) struct rpc_pipe *pipe = NULL;
    const char *host = NULL;

    forget_broken(target);
    if (!target->registry && (!open_pipe(target, &rpc_winreg, &host, &pipe, err) ||
                              !winreg_open(pipe, &target->registry, err)))
        return false;
    pipe = NULL;
    *ret_registry = target->registry;
    return true;
}

bool target_services(struct target *target, struct svcctl **ret_services, struct ajar_error *err)
{
    OWNED(rpc_pipe_close) struct rpc_pipe *pipe = NULL;
    const char *host = NULL;

    forget_broken(target);
    if (!target->services && (!open_pipe(target, &rpc_svcctl, &host, &pipe, err) ||
                              !svcctl_open(pipe, host, &target->services, err)))
        return false;
    pipe = NULL;
    *ret_services = target->services;
    return true;
}

bool target_server(struct target *target, struct srvsvc **ret_server, struct ajar_error *err)
{
    OWNED(rpc_pipe_close) struct rpc_pipe *pipe = NULL;
    const char *host = NULL;

    forget_broken(target);
    if (!target->server && (!open_pipe(target, &rpc_srvsvc, &host, &pipe, err) ||
                            !srvsvc_open(pipe, host, &target->server, err)))
        return false;
    pipe = NULL;
    *ret_server = target->server;
    return true;
}

bool target_security(struct target *target, struct lsarpc **ret_security, struct ajar_error *err)
{
    OWNED(rpc_pipe_close) struct rpc_pipe *pipe = NULL;
    const char *host = NULL;

    forget_broken(target);
    if (!target->security && (!open_pipe(target, &rpc_lsarpc, &host, &pipe, err) ||
                              !lsarpc_open(pipe, host, &target->security, err)))
        return false;
    pipe = NULL;
    *ret_security = target->security;
    return true;
}

bool target_events(struct target *target, struct eventlog **ret_events, struct ajar_error *err)
{
    OWNED(rpc_pipe_close) struct rpc_pipe *pipe = NULL;
    const char *host = NULL;

    forget_broken(target);
    if (!target->events && (!open_pipe(target, &rpc_eventlog, &host, &pipe, err) ||
                            !eventlog_open(pipe, host, &target->events, err)))
        return false;
    pipe = NULL;
    *ret_events = target->events;
    return true;
}

/* By the controller's own name: the domain's would be a referral to any of them. */
static bool open_sysvol(struct target *target, struct ajar_error *err)
{
    struct share_options options = { .name = "sysvol",
                                     .login = target->options.login,
                                     .folder = target->options.folder };
    struct directory *directory = NULL;

    if (!target_directory(target, &directory, err))
        return false;
    options.host = directory_host(directory);
    options.ticket = target->ticket;
    return share_open(&options, &target->sysvol, err);
}

bool target_sysvol(struct target *target, struct share **ret_sysvol, struct ajar_error *err)
{
    if (!target->sysvol && !open_sysvol(target, err))
        return false;
    *ret_sysvol = target->sysvol;
    return true;
}

static bool open_share(struct target *target, const char *name, struct ajar_error *err)
{
    struct share_options options = { .host = target->name,
                                     .name = name,
                                     .login = target->options.login,
                                     .folder = target->options.folder };

    share_close(target->share);
    target->share = NULL;
    if (!text_replace(&target->share_name, name, err) || !need_ticket(target, err))
        return false;
    options.ticket = target->ticket;
    return share_open(&options, &target->share, err);
}

bool target_share(struct target *target, const char *name, struct share **ret_share,
                  struct ajar_error *err)
{
    bool is_it = target->share && text_same_ignoring_case(target->share_name, name);

    if (!is_it && !open_share(target, name, err))
        return false;
    *ret_share = target->share;
    return true;
}

void target_free(struct target *target)
{
    if (!target)
        return;
    share_close(target->share);
    free(target->share_name);
    share_close(target->sysvol);
    close_pipes(target);
    if (target->session)
        smb_session_close(target->session);
    directory_close(target->catalog);
    directory_close(target->other);
    directory_close(target->own);
    directory_close(target->pdc);
    directory_close(target->first);
    ticket_close(target->ticket);
    free(target->name);
    free(target);
}

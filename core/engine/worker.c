/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/worker.h"

#include "engine/message.h"
#include "provider/catalog.h"
#include "provider/effect.h"
#include "transport/forest.h"

#include <fcntl.h>
#include <signal.h>

static bool locate(struct target *target, struct reply *reply, struct ajar_error *err)
{
    struct directory *directory = NULL;

    return target_any_directory(target, &directory, err) &&
           controllers_find_pdc(directory, &reply->pdc, err) &&
           controllers_find_writable(directory, &reply->hosts, err);
}

/* What any controller of the forest knows of it. */
static bool find_in_forest(struct target *target, enum verb verb, struct reply *reply,
                           struct ajar_error *err)
{
    struct directory *directory = NULL;

    if (!target_any_directory(target, &directory, err))
        return false;
    return verb == VERB_DOMAINS ? forest_find_domains(directory, &reply->hosts, err)
                                : controllers_find_in_forest(directory, &reply->hosts, err);
}

/* The live state after a write; that it cannot be read is no failure of the write. */
static void observe_after(struct target *target, const struct provider *provider,
                          const struct request *request, struct reply *reply)
{
    struct ajar_error lost = AJAR_NO_ERROR;

    if (!provider->observe(target, request->setting, &reply->now, &lost))
        reply->now = (struct ajar_state){ 0 };
}

/* Evidence first: what is written between the two reads is seen by a later comparison. That there
 * is none is no failure. */
static bool observe(struct target *target, const struct provider *provider,
                    const struct request *request, struct reply *reply, struct ajar_error *err)
{
    struct ajar_error lost = AJAR_NO_ERROR;

    if (request->evidence && provider->evidence &&
        !provider->evidence(target, request->setting, &reply->evidence, &lost))
        reply->evidence = (struct ajar_state){ 0 };
    return provider->observe(target, request->setting, &reply->now, err);
}

static bool examine(struct target *target, const struct setting *setting,
                    struct finding *ret_finding, struct ajar_error *err)
{
    const char *check = setting_value(setting, "check");
    const struct requirement *requirement = check ? requirement_find(check) : NULL;

    if (!requirement)
        return ajar_fail(err, AJAR_EPROTOCOL, "no requirement \"%s\"", check ? check : "");
    return requirement->examine(target, setting, ret_finding, err);
}

static bool answer(struct target *target, const struct request *request, struct reply *reply,
                   struct ajar_error *err)
{
    const struct provider *provider;

    if (request->verb == VERB_LOCATE)
        return locate(target, reply, err);
    if (request->verb == VERB_DOMAINS || request->verb == VERB_FOREST_CONTROLLERS)
        return find_in_forest(target, request->verb, reply, err);
    if (request->verb == VERB_EXAMINE)
        return examine(target, request->setting, &reply->finding, err);
    provider = catalog_find(setting_kind(request->setting));
    if (!provider)
        return ajar_fail(err, AJAR_EPROTOCOL, "no provider for \"%s\"",
                         setting_kind(request->setting));
    if (request->verb == VERB_WITNESS)
        return effect_observe(target, request->setting, &request->to, &reply->now, err);
    if (request->verb == VERB_OBSERVE)
        return observe(target, provider, request, reply, err);
    if (!provider->write(target, request->setting, &request->from, &request->to, err)) {
        if (err->status == AJAR_ECONFLICT)
            observe_after(target, provider, request, reply);
        return false;
    }
    observe_after(target, provider, request, reply);
    return true;
}

/* One request and its reply; false when the parent is gone or does not make sense. */
static bool serve(int socket, struct target *target)
{
    struct ajar_error broken = AJAR_NO_ERROR;
    OWNED(received_release) struct received received = { 0 };
    OWNED(reply_release) struct reply reply = { 0 };
    OWNED(free) char *text = NULL;
    OWNED(free) char *answer_text = NULL;
    size_t size = 0;

    if (!message_receive(socket, &text, &size) || !request_read(text, size, &received, &broken))
        return false;
    (void)answer(target, &received.request, &reply, &reply.error);
    return reply_write(&reply, &answer_text, &broken) && message_send(socket, answer_text);
}

/* Ctrl-C and a lost terminal go to the whole group: the parent decides what it means. What
 * libraries print must not mix with the output of the command. */
static void be_quiet(void)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGTERM, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    if (nowhere < 0)
        return;
    (void)dup2(nowhere, STDIN_FILENO);
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)dup2(nowhere, STDERR_FILENO);
    (void)close(nowhere);
}

void worker_main(int socket, const struct target_options *options)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct target *target = NULL;

    be_quiet();
    if (!target_new(options, &target, &err))
        _exit(1);
    while (serve(socket, target)) {
    }
    target_free(target);
    /* Whoever is last takes the folder away, also when the parent was killed. */
    (void)rmdir(options->folder);
    _exit(0);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/four_eyes.h"

#include "base/file.h"
#include "base/text.h"
#include "model/configuration.h"
#include "transport/ssh_signature.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The clocks of two hosts are never quite the same. */
#define SKEW 300

bool four_eyes_signers(const struct ajar_run *run, char **ret_file, struct ajar_error *err)
{
    if (run->configuration->allowed_signers)
        return file_expand_home(run->configuration->allowed_signers, ret_file, err);
    (void)ajar_fail(err, AJAR_EMISSING, "the configuration does not say whose signatures count");
    return ajar_hint(err, "allowed-signers = FILE in [journal] of ajar.ini; in FILE, a line for "
                          "each person: NAME ssh-ed25519 AAAA...");
}

bool four_eyes_key(const struct ajar_run *run, char **ret_file, struct ajar_error *err)
{
    if (run->configuration->signing_key)
        return file_expand_home(run->configuration->signing_key, ret_file, err);
    (void)ajar_fail(err, AJAR_EMISSING, "which key to sign with?");
    return ajar_hint(err, "--key FILE, or signing-key = FILE in [journal] of ajar.ini: an SSH key, "
                          "or its .pub when an agent has it");
}

static bool is_operator(const struct four_eyes *eyes, const char *person)
{
    size_t size = strcspn(person, "@");
    OWNED(free) char *local = text_copy_bytes(person, size);

    return !local || text_same_ignoring_case(person, eyes->operator_name) ||
           text_same_ignoring_case(local, eyes->operator_name);
}

/* Sets why an approval does not count, and returns false: also when there is no memory for it. */
__attribute__((format(printf, 2, 3))) static bool deny(struct four_eyes_standing *standing,
                                                       const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&standing->trouble, format, arguments) < 0)
        standing->trouble = NULL;
    va_end(arguments);
    return false;
}

/* What can be told without its signature. */
static bool is_plausible(const struct four_eyes *eyes, const struct approval_record *approval,
                         struct four_eyes_standing *standing)
{
    int64_t now = run_now(eyes->run);

    if (strcmp(approval->plan, eyes->seal) != 0)
        return deny(standing,
                    "it is of another plan (%.12s...; this one is %.12s...): the plan was changed "
                    "or saved again",
                    approval->plan, eyes->seal);
    if (approval->at > now + SKEW)
        return deny(standing, "it was made at %s, which is not yet",
                    clock_write_time(approval->at).at);
    if (approval->until <= now)
        return deny(standing, "it ended at %s", clock_write_time(approval->until).at);
    if (is_operator(eyes, approval->by))
        return deny(standing, "%s is the operator: somebody else has to approve",
                    eyes->operator_name);
    return true;
}

/* Then, and now. */
static bool verify(const struct four_eyes *eyes, const char *signers_file,
                   const struct approval_record *approval, char **ret_key, struct ajar_error *err)
{
    struct ssh_signers signers = { .file = signers_file, .space = APPROVAL_SPACE };
    const int64_t times[] = { approval->at, run_now(eyes->run) };
    OWNED(free) char *text = NULL;
    OWNED(free) char *armour = NULL;

    if (!approval_signed_text(approval, &text, err) ||
        !ssh_signature_from_base64(approval->signature, &armour, err))
        return false;
    for (size_t i = 0; i < LENGTH(times); i++) {
        signers.at = times[i];
        free(*ret_key);
        *ret_key = NULL;
        if (!ssh_signature_verify(&signers, approval->by, text, strlen(text), armour, ret_key, err))
            return false;
    }
    return true;
}

/* No approval before it that counts is by the same person or the same key. */
static bool is_single(const struct approvals *approvals, struct four_eyes_standing *standings,
                      size_t index)
{
    struct four_eyes_standing *standing = &standings[index];

    for (size_t i = 0; i < index; i++) {
        if (!standings[i].counts)
            continue;
        if (text_same_ignoring_case(approvals->list[i].by, approvals->list[index].by))
            return deny(standing, "%s is counted already, at line %d", approvals->list[i].by,
                        approvals->list[i].line);
        if (strcmp(standings[i].key, standing->key) == 0)
            return deny(standing, "its key is counted already, as that of %s",
                        approvals->list[i].by);
    }
    return true;
}

static bool counts(const struct four_eyes *eyes, const char *signers_file,
                   const struct approvals *approvals, struct four_eyes_standing *standings,
                   size_t index)
{
    const struct approval_record *approval = &approvals->list[index];
    struct four_eyes_standing *standing = &standings[index];
    struct ajar_error err = AJAR_NO_ERROR;

    if (!is_plausible(eyes, approval, standing))
        return false;
    if (!verify(eyes, signers_file, approval, &standing->key, &err))
        return deny(standing, "%s", err.text);
    if (eyes->own_key && strcmp(standing->key, eyes->own_key) == 0)
        return deny(standing, "it was signed with the operator's own key, %s", eyes->own_key);
    return is_single(approvals, standings, index);
}

bool four_eyes_judge(const struct four_eyes *eyes, const struct approvals *approvals,
                     struct four_eyes_standing **ret_standings, struct ajar_error *err)
{
    OWNED(free) char *signers = NULL;
    struct four_eyes_standing *standings;

    if (!four_eyes_signers(eyes->run, &signers, err))
        return false;
    standings = calloc(approvals->count + 1, sizeof(*standings));
    if (!standings)
        return ajar_no_memory(err);
    for (size_t i = 0; i < approvals->count; i++)
        standings[i].counts = counts(eyes, signers, approvals, standings, i);
    *ret_standings = standings;
    return true;
}

bool four_eyes_doubt(const struct approvals *approvals, struct four_eyes_standing **ret_standings,
                     struct ajar_error *err)
{
    struct four_eyes_standing *standings = calloc(approvals->count + 1, sizeof(*standings));

    if (!standings)
        return ajar_no_memory(err);
    for (size_t i = 0; i < approvals->count; i++)
        (void)deny(&standings[i], "it cannot be verified: no allowed signers are configured");
    *ret_standings = standings;
    return true;
}

void four_eyes_free(struct four_eyes_standing *standings, size_t count)
{
    for (size_t i = 0; standings && i < count; i++) {
        free(standings[i].trouble);
        free(standings[i].key);
    }
    free(standings);
}

bool four_eyes_tally(const struct approvals *approvals, const struct four_eyes_standing *standings,
                     unsigned needed, char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(2000);
    unsigned counted = 0;

    for (size_t i = 0; i < approvals->count; i++) {
        if (!standings[i].counts)
            continue;
        text_format(&names, "%s%s", counted++ ? ", " : ": ", approvals->list[i].by);
    }
    *ret_text = text_make("%u of %u approval%s%s", counted, needed, needed == 1 ? "" : "s",
                          text_peek(&names));
    return *ret_text || ajar_no_memory(err);
}

static bool refuse_unsaved(const struct guard_demand *demand, struct ajar_error *err)
{
    (void)ajar_fail(err, AJAR_EPOLICY,
                    "%s: %u approval%s needed, and only a saved plan can have one", demand->rule,
                    demand->approvals, demand->approvals == 1 ? " is" : "s are");
    return ajar_hint(err, "ajar plan PLAN --out FILE saves it, ajar approve FILE signs it, ajar "
                          "apply FILE opens it");
}

/* Too few: who approved, and what is wrong with the others. */
static bool refuse_few(const struct guard_demand *demand, const struct approvals *approvals,
                       const struct four_eyes_standing *standings, struct ajar_error *err)
{
    OWNED(text_release) struct text troubles = TEXT_UP_TO(4000);
    OWNED(free) char *tally = NULL;

    if (!four_eyes_tally(approvals, standings, demand->approvals, &tally, err))
        return false;
    for (size_t i = 0; i < approvals->count; i++) {
        if (!standings[i].counts)
            text_format(&troubles, "; %s:%d: %s: %s", approvals->file, approvals->list[i].line,
                        approvals->list[i].by,
                        standings[i].trouble ? standings[i].trouble : "out of memory");
    }
    (void)ajar_fail(err, AJAR_EPOLICY, "%s: %s%s", demand->rule, tally, text_peek(&troubles));
    return ajar_hint(err, "ajar approve FILE, by somebody other than the operator, adds one");
}

static bool take_counted(const struct approvals *approvals,
                         const struct four_eyes_standing *standings, struct approvals *counted,
                         struct ajar_error *err)
{
    for (size_t i = 0; i < approvals->count; i++) {
        if (standings[i].counts && !approvals_add(counted, &approvals->list[i], err))
            return false;
    }
    return true;
}

static bool find_own_key(const struct ajar_run *run, char **ret_key, struct ajar_error *err)
{
    OWNED(free) char *file = NULL;

    return !run->configuration->signing_key ||
           (four_eyes_key(run, &file, err) && ssh_signature_key_of(file, ret_key, err));
}

static bool judge_and_take(const struct four_eyes *eyes, const struct guard_demand *demand,
                           const struct approvals *approvals, struct approvals *counted,
                           struct ajar_error *err)
{
    struct four_eyes_standing *standings = NULL;
    bool fine;

    if (!four_eyes_judge(eyes, approvals, &standings, err))
        return false;
    fine = take_counted(approvals, standings, counted, err) &&
           (counted->count >= demand->approvals || refuse_few(demand, approvals, standings, err));
    four_eyes_free(standings, approvals->count);
    return fine;
}

/* A demand that cannot be met as this host is set up is not met. */
static bool blame_rule(const struct guard_demand *demand, struct ajar_error *err)
{
    if (err->status == AJAR_EPOLICY || demand->approvals == 0)
        return false;
    if (err->status != AJAR_EPLAN)
        err->status = AJAR_EPOLICY;
    return ajar_while(err, "%s", demand->rule);
}

bool four_eyes_check(const struct ajar_run *run, const struct ajar_plan *plan,
                     const char *saved_file, const char *seal, struct approvals *ret_counted,
                     struct ajar_error *err)
{
    const struct guard_demand demand = guard_demand(run, plan);
    struct four_eyes eyes = { .run = run, .seal = seal, .operator_name = run->operator_name };
    OWNED(approvals_release) struct approvals approvals = { 0 };
    OWNED(approvals_release) struct approvals counted = { 0 };
    OWNED(free) char *own_key = NULL;

    if (!saved_file)
        return demand.approvals == 0 || refuse_unsaved(&demand, err);
    if (demand.approvals == 0 && !run->configuration->allowed_signers)
        return true;
    if (!approvals_read(saved_file, &approvals, err))
        return false;
    if (approvals.count > 0 && !find_own_key(run, &own_key, err))
        return blame_rule(&demand, err);
    eyes.own_key = own_key;
    if (!judge_and_take(&eyes, &demand, &approvals, &counted, err))
        return blame_rule(&demand, err);
    *ret_counted = counted;
    counted = (struct approvals){ 0 };
    return true;
}

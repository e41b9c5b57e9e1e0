/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The signed text names who signs, and who that is, only the allowed signers say, of a signature.
 * So it is signed as the person that is most likely, the operator's own name or --as; when the
 * allowed signers call the owner of the key something else, it is signed once more as that.
 */
#include <ajar/approve.h>

#include "base/text.h"
#include "engine/four_eyes.h"
#include "engine/saved.h"
#include "transport/ssh_signature.h"

#include <string.h>

/* One approval on its way. */
struct signature {
    struct ajar_run *run;
    const struct ajar_approve_options *options;
    char *key;     /* the file */
    char *signers; /* the file */
    struct approval_record approval;
};

static void signature_release(struct signature *signature)
{
    free(signature->key);
    free(signature->signers);
    approval_record_release(&signature->approval);
}
DEFINE_OWNED_STRUCT(struct signature, signature_release);

static bool find_files(struct signature *signature, struct ajar_error *err)
{
    const char *key = signature->options->key;

    if (!four_eyes_signers(signature->run, &signature->signers, err))
        return false;
    return key ? text_replace(&signature->key, key, err)
               : four_eyes_key(signature->run, &signature->key, err);
}

static bool begin(struct signature *signature, const struct ajar_saved *saved,
                  struct ajar_error *err)
{
    const struct ajar_approve_options *options = signature->options;
    struct approval_record *approval = &signature->approval;
    const char *by = options->as ? options->as : signature->run->operator_name;

    if (options->as && !approval_is_name(options->as))
        return ajar_fail(err, AJAR_EUSAGE,
                         "--as %.80s: the name of an allowed signer, without blanks, quotes or "
                         "patterns",
                         options->as);
    approval->at = run_now(signature->run);
    approval->until = approval->at + options->duration;
    return text_replace(&approval->plan, saved->about.sha256, err) &&
           text_replace(&approval->by, approval_is_name(by) ? by : "operator", err) &&
           find_files(signature, err);
}

/* The armour goes to `ret_armour`, its base64 into the approval. */
static bool sign(struct signature *signature, char **ret_armour, struct ajar_error *err)
{
    const struct ssh_signing signing = { .key = signature->key,
                                         .space = APPROVAL_SPACE,
                                         .may_ask = signature->options->may_ask };
    OWNED(free) char *text = NULL;
    OWNED(free) char *armour = NULL;
    OWNED(free) char *base64 = NULL;

    if (!approval_signed_text(&signature->approval, &text, err) ||
        !ssh_signature_make(&signing, text, strlen(text), &armour, err) ||
        !ssh_signature_to_base64(armour, &base64, err) ||
        !text_replace(&signature->approval.signature, base64, err))
        return false;
    free(*ret_armour);
    *ret_armour = armour;
    armour = NULL;
    return true;
}

static bool refuse_many(const struct ssh_principals *principals, struct ajar_error *err)
{
    OWNED(text_release) struct text names = TEXT_UP_TO(300);

    for (size_t i = 0; i < principals->count; i++)
        text_format(&names, "%s%s", i ? ", " : "", principals->list[i]);
    (void)ajar_fail(err, AJAR_EUSAGE, "the allowed signers give this key to %s", text_peek(&names));
    return ajar_hint(err, "say who you are with --as NAME");
}

static bool is_called(const char *principal, const char *name)
{
    size_t local = strcspn(principal, "@");

    return strcmp(principal, name) == 0 ||
           (strlen(name) == local && memcmp(principal, name, local) == 0);
}

/* The only person, or the only one who is called as the operator is. */
static bool choose(const struct signature *signature, const struct ssh_principals *principals,
                   const char **ret_name, struct ajar_error *err)
{
    const char *name = signature->run->operator_name;
    const char *called = NULL;
    size_t alike = 0;

    for (size_t i = 0; i < principals->count; i++) {
        if (!is_called(principals->list[i], name) && principals->count > 1)
            continue;
        called = principals->list[i];
        alike++;
    }
    if (alike != 1 || !approval_is_name(called))
        return refuse_many(principals, err);
    *ret_name = called;
    return true;
}

/* Signs once more when the key is another's than was thought. */
static bool name_signer(struct signature *signature, char **armour, struct ajar_error *err)
{
    const struct ssh_signers signers = { .file = signature->signers,
                                         .space = APPROVAL_SPACE,
                                         .at = signature->approval.at };
    OWNED(ssh_principals_release) struct ssh_principals principals = { 0 };
    const char *name = NULL;

    if (signature->options->as)
        return true;
    if (!ssh_signature_find_principals(&signers, *armour, &principals, err))
        return ajar_hint(err, "whoever keeps that file adds a line with your name and public key");
    if (!choose(signature, &principals, &name, err))
        return false;
    if (strcmp(name, signature->approval.by) == 0)
        return true;
    return text_replace(&signature->approval.by, name, err) && sign(signature, armour, err);
}

/* What would not count is not written down. */
static bool check(const struct signature *signature, const char *armour, struct ajar_error *err)
{
    const struct ssh_signers signers = { .file = signature->signers,
                                         .space = APPROVAL_SPACE,
                                         .at = signature->approval.at };
    OWNED(free) char *text = NULL;
    OWNED(free) char *key = NULL;

    return approval_signed_text(&signature->approval, &text, err) &&
           ssh_signature_verify(&signers, signature->approval.by, text, strlen(text), armour, &key,
                                err);
}

static bool confirm(struct ajar_run *run, const struct ajar_report *report, struct ajar_error *err)
{
    const struct ajar_watch *watch = &run->options.watch;

    return !watch->confirm || watch->confirm(watch->user, report) ||
           ajar_fail(err, AJAR_EINTERRUPTED, "stopped; nothing was signed");
}

static bool make(struct signature *signature, const struct ajar_saved *saved,
                 struct ajar_error *err)
{
    OWNED(free) char *armour = NULL;

    return sign(signature, &armour, err) && name_signer(signature, &armour, err) &&
           check(signature, armour, err) &&
           approvals_append(saved->file.file, &signature->approval, err);
}

bool ajar_approve(struct ajar_run *run, const struct ajar_saved *saved,
                  const struct ajar_approve_options *options, struct ajar_report **ret_report,
                  struct ajar_error *err)
{
    OWNED(signature_release) struct signature signature = { .run = run, .options = options };
    OWNED(ajar_report_free) struct ajar_report *before = NULL;
    OWNED(ajar_report_free) struct ajar_report *report = NULL;

    if (!begin(&signature, saved, err) || !ajar_show_saved(saved, &before, err) ||
        !ajar_add_approvals(run, saved, before, err) || !confirm(run, before, err) ||
        !make(&signature, saved, err) || !ajar_show_saved(saved, &report, err) ||
        !ajar_add_approvals(run, saved, report, err))
        return false;
    report_say(report, AJAR_EXIT_DONE,
               report_text(report, "approved by %s until %s, in %s.approvals",
                           signature.approval.by, clock_write_time(signature.approval.until).at,
                           saved->file.file));
    *ret_report = report;
    report = NULL;
    return true;
}

bool ajar_has_approvals(const struct ajar_saved *saved)
{
    OWNED(free) char *path = text_make("%s.approvals", saved->file.file);

    return path && access(path, F_OK) == 0;
}

static bool tell_policy(struct ajar_report *report, const struct guard_demand *demand,
                        const struct approvals *approvals,
                        const struct four_eyes_standing *standings, struct ajar_error *err)
{
    OWNED(free) char *tally = NULL;

    if (demand->approvals == 0) {
        report->policy = "no rule asks for an approval of this plan";
        return true;
    }
    if (!four_eyes_tally(approvals, standings, demand->approvals, &tally, err))
        return false;
    report->policy = report_text(report, "%s, says %s", tally, demand->rule);
    return report->policy || ajar_no_memory(err);
}

/* Without allowed signers nobody can say which of them count. */
static bool judge(const struct four_eyes *eyes, const struct approvals *approvals,
                  struct four_eyes_standing **ret_standings, struct ajar_error *err)
{
    if (four_eyes_judge(eyes, approvals, ret_standings, err))
        return true;
    if (err->status != AJAR_EMISSING)
        return false;
    *err = AJAR_NO_ERROR;
    return four_eyes_doubt(approvals, ret_standings, err);
}

bool ajar_add_approvals(struct ajar_run *run, const struct ajar_saved *saved,
                        struct ajar_report *report, struct ajar_error *err)
{
    const struct guard_demand demand = guard_demand(run, saved->plan);
    const struct four_eyes eyes = { .run = run,
                                    .seal = saved->about.sha256,
                                    .operator_name = saved->about.by };
    OWNED(approvals_release) struct approvals approvals = { 0 };
    struct four_eyes_standing *standings = NULL;
    bool fine;

    if (!approvals_read(saved->file.file, &approvals, err) ||
        !judge(&eyes, &approvals, &standings, err))
        return false;
    fine = tell_policy(report, &demand, &approvals, standings, err);
    for (size_t i = 0; fine && i < approvals.count; i++)
        fine = report_add_approval(report, &approvals.list[i],
                                   standings[i].counts ? NULL : standings[i].trouble, err);
    four_eyes_free(standings, approvals.count);
    return fine;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saved plans of the stand-in for the engine: files that are there, NAME.saved.
 */
#include "fake_engine.h"
#include "fake_report.h"

#include <ajar/approve.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ajar_saved {
    struct ajar_plan *plan;
    struct ajar_saved_about about;
};

static const char suffix[] = ".saved";

bool ajar_saved_is(const char *path)
{
    size_t size = strlen(path);

    return size > strlen(suffix) && strcmp(path + size - strlen(suffix), suffix) == 0 &&
           access(path, R_OK) == 0;
}

bool ajar_saved_load(const char *path, struct ajar_saved **ret_saved, struct ajar_error *err)
{
    const char *slash = strrchr(path, '/');
    char name[64];
    struct ajar_plan_source source = { .path = name };
    struct ajar_saved *saved;

    (void)snprintf(name, sizeof(name), "%s", slash ? slash + 1 : path);
    if (strstr(name, suffix))
        *strstr(name, suffix) = '\0';
    if (!ajar_saved_is(path) || strcmp(name, "altered") == 0) {
        (void)ajar_fail(err, AJAR_EPLAN, "%s: it was changed after it was saved", path);
        return ajar_hint(err, "save it again");
    }
    saved = calloc(1, sizeof(*saved));
    if (!saved)
        return ajar_no_memory(err);
    saved->about = (struct ajar_saved_about){
        .file = path,
        .sha256 = FAKE_SEAL,
        .by = "alice",
        .host = "adm1",
        .version = "0.1.0",
        .made = 1795248000,
        .toward = strcmp(name, "closing") == 0 ? AJAR_TOWARD_CLOSED : AJAR_TOWARD_OPEN,
    };
    if (ajar_plan_load(&source, &saved->plan, err)) {
        *ret_saved = saved;
        return true;
    }
    free(saved);
    return false;
}

void ajar_saved_free(struct ajar_saved *saved)
{
    ajar_plan_free(saved->plan);
    free(saved);
}

const struct ajar_saved_about *ajar_saved_about(const struct ajar_saved *saved)
{
    return &saved->about;
}

const struct ajar_plan *ajar_saved_plan(const struct ajar_saved *saved)
{
    return saved->plan;
}

bool ajar_show_saved(const struct ajar_saved *saved, struct ajar_report **ret_report,
                     struct ajar_error *err)
{
    struct ajar_report *report = new_report(1);

    (void)err;
    trace("show saved %s", saved->about.file);
    fill_changes(&report->windows[0], ajar_plan_name(saved->plan));
    report->exit = AJAR_EXIT_DONE;
    *ret_report = report;
    return true;
}

bool ajar_has_approvals(const struct ajar_saved *saved)
{
    return strcmp(ajar_plan_name(saved->plan), "approved") == 0;
}

bool ajar_add_approvals(struct ajar_run *run, const struct ajar_saved *saved,
                        struct ajar_report *report, struct ajar_error *err)
{
    (void)run;
    (void)saved;
    if (!fill_approvals(&report->windows[0]))
        return ajar_no_memory(err);
    report->policy =
        "1 of 2 approvals: bob@example.test, says policy \"approvals = 2\" (ajar.ini:3)";
    return true;
}

bool ajar_approve(struct ajar_run *run, const struct ajar_saved *saved,
                  const struct ajar_approve_options *options, struct ajar_report **ret_report,
                  struct ajar_error *err)
{
    trace("approve key=%s as=%s duration=%lld may_ask=%d", options->key ? options->key : "-",
          options->as ? options->as : "-", (long long)options->duration, options->may_ask);
    if (!fail_if_told(ajar_plan_name(saved->plan), err) ||
        !ajar_show_saved(saved, ret_report, err) ||
        !ajar_add_approvals(run, saved, *ret_report, err))
        return false;
    if (!confirmed(run, *ret_report, err)) {
        ajar_report_free(*ret_report);
        *ret_report = NULL;
        return false;
    }
    trace("signs");
    (*ret_report)->summary =
        "approved by bob@example.test until 2026-11-28T08:00:00Z, in x.approvals";
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Saved plans of the stand-in for the engine: files that are there, NAME.saved.
 */
#include "fake_engine.h"
#include "fake_report.h"

#include <ajar/saved.h>

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

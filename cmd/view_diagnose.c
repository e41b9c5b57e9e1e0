/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A diagnosis as people read it: what was read and which clock it speaks of, then one cause after
 * the other, the worst first:
 *
 *     error  password-access-denied: The target's controllers refuse ...
 *            found       12 times, 18.11.2026 08:00:01 (line 12) to 18.11.2026 09:12:44 (line 103)
 *            accounts    anna, bernd and 9 more
 *            means       ...
 *            bears on    registry restrict-anonymous (admt-password-migration)
 *            next        ajar plan admt-password-migration --only restrict-anonymous ...
 *
 * then the signs of trouble that no cause explains, and one line of numbers.
 */
#include "advice.h"
#include "diagnosis.h"
#include "screen.h"
#include "view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INDENT = 9, LABEL = 12, TEXT_WIDTH = 78, NAMED_ACCOUNTS = 8 };

static enum style style_of(enum ajar_severity severity)
{
    static const enum style styles[AJAR_SEVERITIES] = {
        [AJAR_SEVERITY_ERROR] = STYLE_BAD,
        [AJAR_SEVERITY_WARNING] = STYLE_CARE,
        [AJAR_SEVERITY_NOTICE] = STYLE_PLAIN,
        [AJAR_SEVERITY_FINE] = STYLE_GOOD,
    };

    return styles[severity];
}

static void put_label(struct sink *sink, const char *label)
{
    sink_format(sink, STYLE_PLAIN, "%*s", INDENT, "");
    sink_cell(sink, STYLE_FAINT, label, LABEL);
}

/* A text of sentences: lines that end between words. */
static void put_wrapped(struct sink *sink, const char *label, const char *text)
{
    size_t column = 0;

    put_label(sink, label);
    while (text && *text) {
        size_t size = strcspn(text, " ");

        if (column > 0 && column + 1 + size > TEXT_WIDTH) {
            sink_end_line(sink);
            put_label(sink, "");
            column = 0;
        }
        sink_format(sink, STYLE_PLAIN, "%s%.*s", column ? " " : "", (int)size, text);
        column += size + (column ? 1 : 0);
        text += size;
        text += strspn(text, " ");
    }
    sink_end_line(sink);
}

static void put_fact(struct sink *sink, const char *label, const char *text)
{
    put_label(sink, label);
    sink_line(sink, STYLE_PLAIN, text);
}

/* As the log has it; in UTC where somebody said how far its host is from that. */
static void put_time(struct sink *sink, const char *before, const struct ajar_log_time *time,
                     bool in_utc)
{
    char text[AJAR_TIME_SIZE];

    if (!time->known) {
        sink_put(sink, STYLE_PLAIN, " ");
        return;
    }
    if (!in_utc || !time->placed) {
        sink_format(sink, STYLE_PLAIN, "%s%s ", before, time->text);
        return;
    }
    ajar_time_text(time->utc, text);
    sink_format(sink, STYLE_PLAIN, "%s%s ", before, text);
}

/* Where lines stand in what was read. */
struct span {
    uint64_t count;
    const struct ajar_log_time *first;
    const struct ajar_log_time *last;
    const char *file;
    const char *last_file;
    uint64_t first_line;
    uint64_t last_line;
};

static void put_place(struct sink *sink, const struct ajar_diagnosis *log, const char *file,
                      uint64_t line)
{
    if (log->file_count > 1)
        sink_format(sink, STYLE_FAINT, "(%s:%" PRIu64 ")", file, line);
    else
        sink_format(sink, STYLE_FAINT, "(line %" PRIu64 ")", line);
}

static void put_span(struct sink *sink, const struct ajar_diagnosis *log, const struct span *span)
{
    bool in_utc = log->clock.offset_given;

    if (span->count == 1)
        sink_put(sink, STYLE_PLAIN, "once");
    else
        sink_format(sink, STYLE_PLAIN, "%" PRIu64 " times", span->count);
    put_time(sink, ", ", span->first, in_utc);
    put_place(sink, log, span->file, span->first_line);
    if (span->count > 1) {
        sink_put(sink, STYLE_PLAIN, " to");
        put_time(sink, " ", span->last, in_utc);
        put_place(sink, log, span->last_file, span->last_line);
    }
    sink_end_line(sink);
}

static void put_accounts(struct sink *sink, const struct ajar_found *found)
{
    size_t named = found->account_listed < NAMED_ACCOUNTS ? found->account_listed : NAMED_ACCOUNTS;

    if (found->account_count == 0)
        return;
    put_label(sink, "accounts");
    for (size_t i = 0; i < named; i++)
        sink_format(sink, STYLE_PLAIN, "%s%s", i ? ", " : "", found->accounts[i]);
    if (found->account_count > named)
        sink_format(sink, STYLE_PLAIN, " and %s%" PRIu64 " more",
                    found->account_more ? "at least " : "", found->account_count - named);
    sink_end_line(sink);
}

static void put_bearings(struct sink *sink, const struct ajar_cause *cause)
{
    for (size_t i = 0; i < cause->bearing_count; i++) {
        const struct ajar_bearing *bearing = &cause->bearings[i];

        put_label(sink, i ? "" : "bears on");
        sink_format(sink, STYLE_PLAIN, "%s %s", bearing->kind, bearing->name);
        sink_format(sink, STYLE_FAINT, " (%s)", bearing->plan);
        sink_end_line(sink);
    }
}

static void put_advice(struct sink *sink, const struct ajar_found *found,
                       const struct named_plans *plans)
{
    struct advice advice = advice_for(found, plans);

    for (size_t i = 0; i < advice.count; i++) {
        put_label(sink, i ? "" : "next");
        sink_line(sink, STYLE_TITLE, advice.lines[i]);
    }
    sink->faulty = sink->faulty || advice.faulty;
    advice_release(&advice);
}

static void put_seen(struct sink *sink, const struct ajar_bearing_seen *seen)
{
    static const char *const words[] = {
        [AJAR_STANDING_NOT_ASKED] = "not asked",
        [AJAR_STANDING_LIKELY] = "amiss",
        [AJAR_STANDING_RULED_OUT] = "in order",
        [AJAR_STANDING_UNKNOWN] = "not known",
    };

    put_label(sink, "");
    sink_format(sink, seen->standing == AJAR_STANDING_LIKELY ? STYLE_BAD : STYLE_PLAIN,
                "%s: ", words[seen->standing]);
    sink_format(sink, STYLE_PLAIN, "%s %s", seen->bearing->kind, seen->bearing->name);
    if (seen->target)
        sink_format(sink, STYLE_PLAIN, " on %s", seen->target);
    if (seen->reason)
        sink_format(sink, STYLE_PLAIN, ": %s", seen->reason);
    sink_end_line(sink);
    if (!seen->hint || seen->standing == AJAR_STANDING_RULED_OUT)
        return;
    put_label(sink, "");
    sink_format(sink, STYLE_FAINT, "  %s", seen->hint);
    sink_end_line(sink);
}

static void put_standing(struct sink *sink, const struct ajar_found *found)
{
    static const struct {
        enum style style;
        const char *text;
    } rows[] = {
        [AJAR_STANDING_NOT_ASKED] = { STYLE_PLAIN,
                                      "not asked: it bears on nothing that ajar reads" },
        [AJAR_STANDING_LIKELY] = { STYLE_BAD, "likely: something that it bears on is amiss" },
        [AJAR_STANDING_RULED_OUT] = { STYLE_GOOD,
                                      "ruled out: all that it bears on is in order now" },
        [AJAR_STANDING_UNKNOWN] = { STYLE_CARE, "cannot be told" },
    };

    put_label(sink, "live");
    sink_line(sink, rows[found->standing].style, rows[found->standing].text);
    for (size_t i = 0; i < found->seen_count; i++)
        put_seen(sink, &found->seen[i]);
}

static void put_remedy(struct sink *sink, const struct diagnosis *diagnosis,
                       const struct ajar_found *found)
{
    const struct ajar_cause *cause = found->cause;

    put_bearings(sink, cause);
    if (diagnosis->live)
        put_standing(sink, found);
    put_advice(sink, found, &diagnosis->plans);
    for (size_t i = 0; i < cause->step_count; i++)
        put_wrapped(sink, i ? "" : "you", cause->steps[i]);
    for (size_t i = 0; i < cause->reference_count; i++)
        put_fact(sink, i ? "" : "reference", cause->references[i]);
    if (cause->unconfirmed)
        put_wrapped(sink, "unconfirmed", cause->unconfirmed);
}

static void put_found(struct sink *sink, const struct diagnosis *diagnosis,
                      const struct ajar_found *found)
{
    const struct ajar_cause *cause = found->cause;
    struct span span = {
        .count = found->count,
        .first = &found->first,
        .last = &found->last,
        .file = found->file,
        .last_file = found->last_file,
        .first_line = found->first_line,
        .last_line = found->last_line,
    };

    sink_cell(sink, style_of(cause->severity), ajar_severity_name(cause->severity), INDENT - 2);
    sink_format(sink, STYLE_TITLE, "%s: %s", cause->name, cause->title);
    sink_end_line(sink);
    put_label(sink, "found");
    put_span(sink, diagnosis->log, &span);
    put_accounts(sink, found);
    if (cause->severity == AJAR_SEVERITY_FINE)
        return;
    put_fact(sink, "line", found->example);
    if (cause->means)
        put_wrapped(sink, "means", cause->means);
    put_remedy(sink, diagnosis, found);
    sink_end_line(sink);
}

static void put_unknown(struct sink *sink, const struct ajar_diagnosis *log,
                        const struct ajar_unknown *unknown)
{
    struct span span = {
        .count = unknown->count,
        .first = &unknown->first,
        .last = &unknown->last,
        .file = unknown->file,
        .last_file = unknown->last_file,
        .first_line = unknown->first_line,
        .last_line = unknown->last_line,
    };

    sink_put(sink, STYLE_PLAIN, "  ");
    sink_cell(sink, style_of(unknown->severity), unknown->sign, 10);
    put_span(sink, log, &span);
    put_fact(sink, "line", unknown->example);
}

static void put_unknowns(struct sink *sink, const struct ajar_diagnosis *log)
{
    if (log->unknown_count == 0)
        return;
    sink_line(sink, STYLE_TITLE, "Messages that are not known by their number");
    for (size_t i = 0; i < log->unknown_count; i++)
        put_unknown(sink, log, &log->unknown[i]);
    if (log->unknown_more > 0) {
        sink_format(sink, STYLE_PLAIN, "  and %" PRIu64 " more lines of other numbers",
                    log->unknown_more);
        sink_end_line(sink);
    }
    sink_end_line(sink);
}

static void put_files(struct sink *sink, const struct ajar_diagnosis *log)
{
    for (size_t i = 0; i < log->file_count; i++) {
        const struct ajar_log_file *file = &log->files[i];

        sink_put(sink, STYLE_TITLE, strcmp(file->path, "-") == 0 ? "standard input" : file->path);
        sink_format(sink, STYLE_PLAIN, ": %" PRIu64 " line%s, %s", file->lines,
                    file->lines == 1 ? "" : "s", file->encoding);
        if (file->cut > 0)
            sink_format(sink, STYLE_CARE, ", %" PRIu64 " too long and looked at in part",
                        file->cut);
        if (file->half)
            sink_put(sink, STYLE_CARE, ", ends within a character");
        sink_end_line(sink);
    }
}

static void put_offset(struct sink *sink, const struct ajar_log_clock *clock)
{
    int minutes = abs(clock->utc_offset_seconds) / 60;

    sink_format(sink, STYLE_FAINT,
                "Times are UTC; the host that wrote it (%s) is %s%02d:%02d from it.", clock->dates,
                clock->utc_offset_seconds < 0 ? "-" : "+", minutes / 60, minutes % 60);
}

static void put_clock(struct sink *sink, const struct ajar_log_clock *clock)
{
    if (!clock->seen)
        sink_put(sink, STYLE_FAINT, "There are no times in it.");
    else if (clock->ambiguous)
        sink_put(sink, STYLE_CARE,
                 "Times are as they stand there: day and month cannot be told apart.");
    else if (clock->offset_given)
        put_offset(sink, clock);
    else
        sink_format(sink, STYLE_FAINT,
                    "Times are those of the host that wrote it (%s); --utc-offset makes them UTC.",
                    clock->dates);
    sink_end_line(sink);
}

/* "admt-sid-history takes --set source-domain=, target-domain=" */
static void put_missing(struct sink *sink, const struct named_plan *plan, const char *verb)
{
    size_t at = 0;
    const char *missing = named_plan_missing(plan, &at);

    if (!missing)
        return;
    sink_format(sink, STYLE_PLAIN, "%s %s", plan->name, verb);
    for (const char *between = " "; missing; between = ", ") {
        sink_format(sink, STYLE_PLAIN, "%s%s", between, missing);
        missing = named_plan_missing(plan, &at);
    }
    sink_end_line(sink);
}

/* The parameters that the lines to type still want. */
static void put_parameters(struct sink *sink, const struct diagnosis *diagnosis)
{
    struct ajar_error err = AJAR_NO_ERROR;
    const char **names = NULL;
    size_t count = 0;

    if (!ajar_diagnosis_plans(diagnosis->log, &names, &count, &err)) {
        sink->faulty = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct named_plan *plan = named_plans_find(&diagnosis->plans, names[i]);

        if (plan)
            put_missing(sink, plan,
                        diagnosis->live ? "was not asked, for want of:" : "takes by --set:");
    }
    if (count > 0 && !diagnosis->live)
        sink_line(sink, STYLE_FAINT,
                  "A plan file of your own that uses one of these plans can stand in its place.");
    free(names);
}

void diagnosis_summary(const struct ajar_diagnosis *log, char ret_text[DIAGNOSIS_SUMMARY_SIZE])
{
    const struct {
        uint64_t count;
        const char *one;
        const char *more;
    } parts[] = {
        { log->lines, "line", "lines" },
        { log->explained[AJAR_SEVERITY_ERROR], "error", "errors" },
        { log->explained[AJAR_SEVERITY_WARNING], "warning", "warnings" },
        { log->explained[AJAR_SEVERITY_NOTICE], "notice", "notices" },
        { log->explained[AJAR_SEVERITY_FINE], "success", "successes" },
        { log->unexplained, "not known by its number", "not known by their number" },
        { log->quiet, "without a sign of trouble", "without a sign of trouble" },
    };
    const char *separator = "";
    size_t used = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if ((i > 0 && parts[i].count == 0) || used >= DIAGNOSIS_SUMMARY_SIZE)
            continue;
        used += (size_t)snprintf(ret_text + used, DIAGNOSIS_SUMMARY_SIZE - used, "%s%" PRIu64 " %s",
                                 separator, parts[i].count,
                                 parts[i].count == 1 ? parts[i].one : parts[i].more);
        separator = i == 0 ? ": " : ", ";
    }
}

void view_diagnosis(struct sink *sink, const struct diagnosis *diagnosis)
{
    const struct ajar_diagnosis *log = diagnosis->log;
    char summary[DIAGNOSIS_SUMMARY_SIZE];

    put_files(sink, log);
    put_clock(sink, &log->clock);
    sink_end_line(sink);
    for (size_t i = 0; i < log->count; i++)
        put_found(sink, diagnosis, &log->found[i]);
    if (log->count > 0 && log->found[log->count - 1].cause->severity == AJAR_SEVERITY_FINE)
        sink_end_line(sink);
    put_unknowns(sink, log);
    diagnosis_summary(log, summary);
    sink_line(sink, STYLE_TITLE, summary);
    put_parameters(sink, diagnosis);
}

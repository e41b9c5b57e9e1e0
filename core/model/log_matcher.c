/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of several causes that fit a line the most exact one counts: the one that says it comes `before`
 * the other, otherwise the one whose text is longest, otherwise the first. The longest texts are
 * tried first, so that most others need not be.
 */
#include "model/log_matcher.h"

#include <string.h>

struct log_matcher {
    const struct ajar_knowledge *knowledge;
    uint64_t serial;  /* of the line */
    uint64_t *judged; /* by probe: the last line that it was judged in */
    uint32_t *probes; /* those of this line */
    size_t count;
    size_t id_count; /* causes that only a number shows */
    size_t *by_id;
    unsigned kinds; /* of logs that this one has shown to be */
    char named[LOG_ACCOUNT_CEILING];
    size_t named_size;
    bool is_folded;
    struct log_line line;
    struct log_folded folded;
};

/* A cause that fits. */
struct candidate {
    const struct knowledge_cause *cause;
    size_t weight;
    struct log_span account;
};

void log_matcher_free(struct log_matcher *matcher)
{
    if (!matcher)
        return;
    free(matcher->judged);
    free(matcher->probes);
    free(matcher->by_id);
    free(matcher);
}

bool log_matcher_new(const struct ajar_knowledge *knowledge, struct log_matcher **ret_matcher,
                     struct ajar_error *err)
{
    OWNED(log_matcher_free) struct log_matcher *matcher = calloc(1, sizeof(*matcher));

    if (!matcher)
        return ajar_no_memory(err);
    matcher->knowledge = knowledge;
    matcher->judged = calloc(knowledge->probe_count + 1, sizeof(*matcher->judged));
    matcher->probes = calloc(knowledge->probe_count + 1, sizeof(*matcher->probes));
    matcher->by_id = calloc(knowledge->count + 1, sizeof(*matcher->by_id));
    if (!matcher->judged || !matcher->probes || !matcher->by_id)
        return ajar_no_memory(err);
    for (size_t i = 0; i < knowledge->count; i++) {
        if (knowledge->causes[i].by_id)
            matcher->by_id[matcher->id_count++] = i;
    }
    *ret_matcher = matcher;
    matcher = NULL;
    return true;
}

void log_matcher_begin(struct log_matcher *matcher)
{
    matcher->kinds = 0;
    matcher->named_size = 0;
}

/* How exact a probe is, if it fits. */
static size_t weigh(const struct probe *probe)
{
    return probe->sort == PROBE_STATUS ? strlen(probe->status) : probe->pattern.weight;
}

/* Puts a probe among those of the line, by weight. */
static void add_probe(struct log_matcher *matcher, uint32_t number)
{
    const struct probe *probes = matcher->knowledge->probes;
    size_t weight = weigh(&probes[number]);
    size_t at = matcher->count++;

    for (; at > 0 && weigh(&probes[matcher->probes[at - 1]]) < weight; at--)
        matcher->probes[at] = matcher->probes[at - 1];
    matcher->probes[at] = number;
}

/* Each probe once, whose word stands in the line. */
static void list_probes(struct log_matcher *matcher, const struct log_find *finds, size_t count)
{
    const struct ajar_knowledge *knowledge = matcher->knowledge;

    matcher->serial++;
    matcher->count = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t *words = NULL;
        size_t found = log_scanner_words(knowledge->scanner, finds[i].state, &words);

        for (size_t j = 0; j < found; j++) {
            if (words[j] >= knowledge->probe_count || matcher->judged[words[j]] == matcher->serial)
                continue;
            matcher->judged[words[j]] = matcher->serial;
            add_probe(matcher, words[j]);
        }
    }
}

static bool match_pattern(struct log_matcher *matcher, const struct probe *probe,
                          struct log_span *ret_account)
{
    if (!matcher->is_folded)
        log_line_fold(&matcher->line, &matcher->folded);
    matcher->is_folded = true;
    return log_pattern_match(&probe->pattern, &matcher->line, &matcher->folded, ret_account);
}

static void name_account(struct log_matcher *matcher, const struct log_span *account)
{
    size_t size = account->size < LOG_ACCOUNT_CEILING ? account->size : LOG_ACCOUNT_CEILING;

    if (size > 0)
        memcpy(matcher->named, account->at, size);
    matcher->named_size = size;
}

/* What the line says of those below it. */
static void take_context(struct log_matcher *matcher)
{
    if (matcher->line.has_sign)
        matcher->kinds |= LOG_KIND_ADMT;
    for (size_t i = 0; i < matcher->count; i++) {
        const struct probe *probe = &matcher->knowledge->probes[matcher->probes[i]];
        struct log_span account = { 0 };

        if (probe->sort != PROBE_ACCOUNT && probe->sort != PROBE_KIND)
            continue;
        if (!match_pattern(matcher, probe, &account))
            continue;
        if (probe->sort == PROBE_KIND)
            matcher->kinds |= probe->kind;
        else
            name_account(matcher, &account);
    }
}

static bool has_id(const struct knowledge_cause *cause, unsigned id)
{
    for (size_t i = 0; i < cause->id_count; i++) {
        if (cause->ids[i] == id)
            return true;
    }
    return false;
}

/* A cause with numbers does not fit a line with another one; a line without a number may still say
 * its text. */
static bool may_fit(const struct log_matcher *matcher, const struct knowledge_cause *cause)
{
    if (cause->kinds != 0 && matcher->kinds != 0 && (cause->kinds & matcher->kinds) == 0)
        return false;
    return cause->id_count == 0 || !matcher->line.has_sign || has_id(cause, matcher->line.id);
}

static bool goes_before(const struct log_matcher *matcher, const struct knowledge_cause *cause,
                        const struct knowledge_cause *other)
{
    for (size_t i = 0; i < cause->before_count; i++) {
        if (&matcher->knowledge->causes[cause->before[i]] == other)
            return true;
    }
    return false;
}

static bool is_better(const struct log_matcher *matcher, const struct candidate *fresh,
                      const struct candidate *best)
{
    if (!best->cause || goes_before(matcher, fresh->cause, best->cause))
        return true;
    if (goes_before(matcher, best->cause, fresh->cause) || fresh->weight < best->weight)
        return false;
    return fresh->weight > best->weight || fresh->cause < best->cause;
}

/* Would it change anything if this one fitted, too? */
static bool may_matter(const struct log_matcher *matcher, const struct candidate *other,
                       const struct candidate *best)
{
    return is_better(matcher, other, best) || (other->cause == best->cause && !best->account.at);
}

static bool match_probe(struct log_matcher *matcher, const struct probe *probe,
                        const struct candidate *best, struct candidate *ret_candidate)
{
    struct candidate found = { 0 };

    if (probe->sort != PROBE_TEXT && probe->sort != PROBE_STATUS)
        return false;
    found.cause = &matcher->knowledge->causes[probe->cause];
    found.weight = weigh(probe);
    if (!may_fit(matcher, found.cause) || !may_matter(matcher, &found, best))
        return false;
    if (probe->sort == PROBE_TEXT ? !match_pattern(matcher, probe, &found.account)
                                  : !log_cell_match(probe->status, &matcher->line, &found.account))
        return false;
    *ret_candidate = found;
    return true;
}

/* Of two texts of one cause, one may name the account and the other may be longer. */
static void take_better(const struct log_matcher *matcher, const struct candidate *found,
                        struct candidate *best)
{
    struct log_span account = best->account;

    if (found->cause == best->cause && !account.at)
        best->account = found->account;
    if (!is_better(matcher, found, best))
        return;
    if (found->cause != best->cause || found->account.at)
        account = found->account;
    *best = *found;
    best->account = account;
}

static void match_causes(struct log_matcher *matcher, struct candidate *best)
{
    for (size_t i = 0; i < matcher->count; i++) {
        struct candidate found = { 0 };

        if (match_probe(matcher, &matcher->knowledge->probes[matcher->probes[i]], best, &found))
            take_better(matcher, &found, best);
    }
    for (size_t i = 0; matcher->line.has_sign && i < matcher->id_count; i++) {
        struct candidate found = { .cause = &matcher->knowledge->causes[matcher->by_id[i]] };

        if (has_id(found.cause, matcher->line.id) && may_fit(matcher, found.cause))
            take_better(matcher, &found, best);
    }
}

bool log_matcher_judge(struct log_matcher *matcher, const char *line, size_t size,
                       const struct log_find *finds, size_t count, struct log_match *ret_match)
{
    struct candidate best = { 0 };

    log_line_read(line, size, &matcher->line);
    matcher->is_folded = false;
    list_probes(matcher, finds, count);
    take_context(matcher);
    match_causes(matcher, &best);
    if (!best.cause && !matcher->line.has_sign)
        return false;
    if (best.cause && best.cause->account_above && !best.account.at && matcher->named_size > 0)
        best.account = (struct log_span){ matcher->named, matcher->named_size };
    *ret_match = (struct log_match){ best.cause, &matcher->line, best.account };
    return true;
}

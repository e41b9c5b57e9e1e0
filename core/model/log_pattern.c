/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/log_pattern.h"

#include "base/ascii.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

/* How many places in a line are tried for the begin of a pattern. */
#define TRIES 64

static const struct {
    const char *name;
    enum log_place place;
} places[] = {
    { "{account}", LOG_ACCOUNT }, { "{host}", LOG_HOST }, { "{domain}", LOG_DOMAIN },
    { "{number}", LOG_NUMBER },   { "{any}", LOG_ANY },
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool add_piece(struct log_pattern *pattern, enum log_place place, struct ajar_error *err)
{
    struct log_piece *more =
        reallocarray(pattern->pieces, pattern->count + 1, sizeof(*pattern->pieces));

    if (!more)
        return ajar_no_memory(err);
    pattern->pieces = more;
    more[pattern->count++] = (struct log_piece){ .place = place };
    return true;
}

/* The byte that lines have least often: capital letters became small ones, and logs have many
 * digits. What is not listed is rarer than all that is. */
static size_t find_rarest(const char *literal, size_t size)
{
    static const char common[] = "eatonirs dlcpum=0,gf12.3h4w5b-:6v7y8k9'";
    size_t rarest = 0;
    size_t best = 0;

    for (size_t i = 0; i < size; i++) {
        const char *at = strchr(common, literal[i]);
        size_t rank = at ? (size_t)(at - common) + 1 : sizeof(common) + 1;

        if (rank > best) {
            best = rank;
            rarest = i;
        }
    }
    return rarest;
}

/* Where the literal stands first; memmem() prepares itself for longer texts than lines are. */
static const char *find_literal(const struct log_piece *piece, const char *text, size_t size)
{
    const char *at = text + piece->rarest;
    size_t left = size < piece->size ? 0 : size - piece->size + 1; /* places where it may begin */

    while (left > 0) {
        const char *found = memchr(at, piece->literal[piece->rarest], left);

        if (!found)
            return NULL;
        if (memcmp(found - piece->rarest, piece->literal, piece->size) == 0)
            return found - piece->rarest;
        left -= (size_t)(found - at) + 1;
        at = found + 1;
    }
    return NULL;
}

/* Folds `size` bytes. A blank at either end goes where nothing stands beyond it. */
static bool add_literal(struct log_pattern *pattern, const char *at, size_t size, bool last,
                        struct ajar_error *err)
{
    struct log_piece *piece;
    char *literal = malloc(size + 1);
    size_t used = 0;

    if (!literal)
        return ajar_no_memory(err);
    for (size_t i = 0; i < size; i++) {
        if (!is_blank(at[i]))
            literal[used++] = ascii_lower(at[i]);
        else if (used > 0 ? literal[used - 1] != ' ' : pattern->count > 0)
            literal[used++] = ' ';
    }
    while (last && used > 0 && literal[used - 1] == ' ')
        used--;
    literal[used] = '\0';
    if (used == 0 || !add_piece(pattern, LOG_LITERAL, err)) {
        free(literal);
        return used == 0;
    }
    piece = &pattern->pieces[pattern->count - 1];
    piece->literal = literal;
    piece->size = used;
    piece->rarest = find_rarest(literal, used);
    pattern->weight += used;
    return true;
}

static bool refuse_placeholder(const char *at, struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPLAN,
                     "\"%.20s\" is no placeholder; known are {account}, {host}, {domain}, "
                     "{number} and {any}",
                     at);
}

static bool add_place(struct log_pattern *pattern, enum log_place place, struct ajar_error *err)
{
    if (pattern->count > 0 && pattern->pieces[pattern->count - 1].place != LOG_LITERAL)
        return ajar_fail(err, AJAR_EPLAN,
                         "two placeholders with nothing between them: put text between them");
    for (size_t i = 0; i < pattern->count; i++) {
        if (place == LOG_ACCOUNT && pattern->pieces[i].place == LOG_ACCOUNT)
            return ajar_fail(err, AJAR_EPLAN, "{account} stands twice: make one of them {any}");
    }
    return add_piece(pattern, place, err);
}

/* The placeholder at `at`; the bytes of its name, or 0. */
static size_t take_place(const char *at, enum log_place *ret_place)
{
    for (size_t i = 0; i < LENGTH(places); i++) {
        size_t size = strlen(places[i].name);

        if (strncmp(at, places[i].name, size) == 0) {
            *ret_place = places[i].place;
            return size;
        }
    }
    return 0;
}

static bool read_pieces(const char *text, struct log_pattern *pattern, struct ajar_error *err)
{
    for (const char *at = text; *at;) {
        size_t size = strcspn(at, "{");
        enum log_place place = LOG_ANY;

        if (size > 0 && !add_literal(pattern, at, size, at[size] == '\0', err))
            return false;
        at += size;
        if (!*at)
            break;
        size = take_place(at, &place);
        if (size == 0)
            return refuse_placeholder(at, err);
        if (!add_place(pattern, place, err))
            return false;
        at += size;
    }
    return true;
}

/* Blanks at its ends do not make a literal longer. */
static size_t longest_literal(const struct log_pattern *pattern)
{
    size_t longest = 0;

    for (size_t i = 0; i < pattern->count; i++) {
        const struct log_piece *piece = &pattern->pieces[i];
        size_t size = piece->size;

        if (size > 0 && piece->literal[0] == ' ')
            size--;
        if (size > 0 && piece->literal[piece->size - 1] == ' ')
            size--;
        longest = size > longest ? size : longest;
    }
    return longest;
}

bool log_pattern_read(const char *text, struct log_pattern *ret_pattern, struct ajar_error *err)
{
    OWNED(log_pattern_release) struct log_pattern pattern = { 0 };

    if (!read_pieces(text, &pattern, err))
        return false;
    if (longest_literal(&pattern) < LOG_PATTERN_LEAST)
        return ajar_fail(err, AJAR_EPLAN,
                         "the text has less than %d bytes in one piece: it would fit anywhere",
                         LOG_PATTERN_LEAST);
    *ret_pattern = pattern;
    pattern = (struct log_pattern){ 0 };
    return true;
}

void log_pattern_release(struct log_pattern *pattern)
{
    for (size_t i = 0; i < pattern->count; i++)
        free(pattern->pieces[i].literal);
    free(pattern->pieces);
    *pattern = (struct log_pattern){ 0 };
}

/* Where a byte of the folded line stands in the line. */
static size_t origin_of(const struct log_folded *folded, size_t at)
{
    size_t low = 0;
    size_t top = folded->gap_count;

    while (low < top) {
        size_t middle = low + (top - low) / 2;

        if (folded->gaps[middle].at <= at)
            low = middle + 1;
        else
            top = middle;
    }
    return at + (low > 0 ? folded->gaps[low - 1].left_out : 0);
}

/* Adds a byte. Of a run of blanks only the first one stays; the gap is where the run ends. */
static void fold_byte(struct log_folded *folded, char c)
{
    struct log_gap *last = &folded->gaps[folded->gap_count > 0 ? folded->gap_count - 1 : 0];
    size_t left_out = folded->gap_count > 0 ? last->left_out : 0;

    if (!is_blank(c)) {
        folded->text[folded->size++] = ascii_lower(c);
    } else if (folded->size == 0 || folded->text[folded->size - 1] != ' ') {
        folded->text[folded->size++] = ' ';
    } else if (folded->gap_count > 0 && last->at == folded->size) {
        last->left_out++;
    } else {
        folded->gaps[folded->gap_count++] =
            (struct log_gap){ (uint16_t)folded->size, (uint16_t)(left_out + 1) };
    }
}

/* Adds eight bytes at once; false when there is a tab among them, or a second blank. */
static bool fold_eight(struct log_folded *folded, const char *at)
{
    bool behind_blank = folded->size > 0 && folded->text[folded->size - 1] == ' ';
    uint64_t eight;
    uint64_t blanks;

    memcpy(&eight, at, sizeof(eight));
    blanks = ascii_find_eight(eight, ' ');
    if ((blanks & blanks << 8) || (behind_blank && is_blank(*at)) || ascii_find_eight(eight, '\t'))
        return false;
    eight = ascii_lower_eight(eight);
    memcpy(folded->text + folded->size, &eight, sizeof(eight));
    folded->size += sizeof(eight);
    return true;
}

void log_line_fold(const struct log_line *line, struct log_folded *ret_folded)
{
    const char *at = line->line;
    const char *end = line->line + line->size;

    ret_folded->size = 0;
    ret_folded->gap_count = 0;
    while (at < end) {
        if (end - at >= (ptrdiff_t)sizeof(uint64_t) && fold_eight(ret_folded, at)) {
            at += sizeof(uint64_t);
            continue;
        }
        for (size_t i = 0; i < sizeof(uint64_t) && at < end; i++)
            fold_byte(ret_folded, *at++);
    }
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || (c & 0x80) || (c && strchr(".-_\\", c));
}

/* "-2147023570", "0x8007208c" */
static bool is_number(const char *at, size_t size)
{
    size_t sign = size > 0 && (at[0] == '-' || at[0] == '+');
    bool hex = size > sign + 2 && at[sign] == '0' && at[sign + 1] == 'x';

    for (size_t i = sign + (hex ? 2 : 0); i < size; i++) {
        if (!(hex ? isxdigit((unsigned char)at[i]) : isdigit((unsigned char)at[i])))
            return false;
    }
    return size > sign;
}

/* May these bytes stand for the placeholder? */
static bool is_right(enum log_place place, const char *at, size_t size)
{
    switch (place) {
    case LOG_HOST:
    case LOG_DOMAIN:
        for (size_t i = 0; i < size; i++) {
            if (!is_name_byte(at[i]))
                return false;
        }
        return size > 0;
    case LOG_NUMBER:
        return is_number(at, size);
    case LOG_ACCOUNT:
        return size > 0 && at[0] != ' ';
    case LOG_ANY:
    case LOG_LITERAL:
        break;
    }
    return true;
}

/* The bytes at the end of a line that stand for its last placeholder: no blank or full stop at
 * their end. */
static size_t take_tail(enum log_place place, const char *at, size_t size)
{
    size_t count = size;

    if (place == LOG_HOST || place == LOG_DOMAIN || place == LOG_NUMBER) {
        for (count = 0; count < size && (is_name_byte(at[count]) || at[count] == '+'); count++)
            ;
    }
    while (count > 0 && (at[count - 1] == ' ' || at[count - 1] == '.'))
        count--;
    return count;
}

/* A try to match the pieces of a pattern one after the other. */
struct attempt {
    const struct log_pattern *pattern;
    const struct log_folded *folded;
    size_t account; /* where it begins in the folded line */
    size_t account_size;
};

static void note_account(struct attempt *attempt, size_t piece, size_t at, size_t size)
{
    if (attempt->pattern->pieces[piece].place != LOG_ACCOUNT)
        return;
    attempt->account = at;
    attempt->account_size = size;
}

/* "Event ID: 611" is not what "Event ID: 6110" says. */
static bool ends_well(const struct log_piece *piece, const struct log_folded *folded, size_t end)
{
    return !isdigit((unsigned char)piece->literal[piece->size - 1]) || end == folded->size ||
           !isalnum((unsigned char)folded->text[end]);
}

static bool begins_well(const struct log_piece *piece, const struct log_folded *folded,
                        size_t begin)
{
    return !isdigit((unsigned char)piece->literal[0]) || begin == 0 ||
           !isalnum((unsigned char)folded->text[begin - 1]);
}

/* Matches pieces[piece...] at `at`, the first of them a literal that stands there. */
static bool match_from(struct attempt *attempt, size_t piece, size_t at)
{
    const struct log_pattern *pattern = attempt->pattern;
    const char *text = attempt->folded->text;

    for (;;) {
        const struct log_piece *place;
        size_t left;
        size_t run;

        at += pattern->pieces[piece].size;
        if (++piece == pattern->count)
            return ends_well(&pattern->pieces[piece - 1], attempt->folded, at);
        place = &pattern->pieces[piece];
        left = attempt->folded->size - at;
        if (piece + 1 == pattern->count) {
            run = take_tail(place->place, text + at, left);
        } else {
            const struct log_piece *next = place + 1;
            const char *found = find_literal(next, text + at, left);

            if (!found)
                return false;
            run = (size_t)(found - (text + at));
        }
        if (!is_right(place->place, text + at, run))
            return false;
        note_account(attempt, piece, at, run);
        at += run;
        if (++piece == pattern->count)
            return true;
    }
}

/* The begin of what a placeholder in front of the first literal, at `end`, stands for. */
static bool match_head(struct attempt *attempt, size_t text, size_t end)
{
    const struct log_piece *head = &attempt->pattern->pieces[0];
    size_t begin = text;

    if (end < text)
        return false;
    if (head->place == LOG_HOST || head->place == LOG_DOMAIN || head->place == LOG_NUMBER) {
        for (begin = end; begin > text && is_name_byte(attempt->folded->text[begin - 1]); begin--)
            ;
    }
    note_account(attempt, 0, begin, end - begin);
    return is_right(head->place, attempt->folded->text + begin, end - begin);
}

/* The first byte of the folded line that does not stand before `origin` in the line. */
static size_t find_origin(const struct log_folded *folded, size_t origin)
{
    size_t low = 0;
    size_t top = folded->size;

    if (folded->gap_count == 0 || origin < folded->gaps[0].at)
        return origin < top ? origin : top;
    while (low < top) {
        size_t middle = low + (top - low) / 2;

        if (origin_of(folded, middle) < origin)
            low = middle + 1;
        else
            top = middle;
    }
    return low;
}

bool log_pattern_match(const struct log_pattern *pattern, const struct log_line *line,
                       const struct log_folded *folded, struct log_span *ret_account)
{
    struct attempt attempt = { .pattern = pattern, .folded = folded };
    size_t first = pattern->pieces[0].place == LOG_LITERAL ? 0 : 1;
    const struct log_piece *literal = &pattern->pieces[first];
    size_t text = find_origin(folded, line->behind_sign);
    size_t at = find_origin(folded, line->text);
    bool matched = false;

    for (int tries = 0; !matched && tries < TRIES && at < folded->size; tries++) {
        const char *found = find_literal(literal, folded->text + at, folded->size - at);

        if (!found)
            return false;
        at = (size_t)(found - folded->text);
        attempt.account_size = 0;
        matched =
            (first == 0 ? begins_well(literal, folded, at) : match_head(&attempt, text, at)) &&
            match_from(&attempt, first, at);
        at++;
    }
    if (!matched)
        return false;
    *ret_account = (struct log_span){ 0 };
    if (attempt.account_size > 0) {
        size_t begin = origin_of(folded, attempt.account);
        size_t end = origin_of(folded, attempt.account + attempt.account_size - 1) + 1;

        *ret_account = (struct log_span){ line->line + begin, end - begin };
    }
    return true;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The automaton of Aho and Corasick (1975) with every transition worked out. A state is the longest
 * end of the text read so far that begins a word. Bytes that no word has are one class; upper and
 * lower case are one, the digits are one, tabs are blanks. A second blank leaves every state where
 * it is. States are kept as the offsets of their rows, and those in which a word ends come last,
 * so that the loop does one look-up and one comparison for each byte.
 *
 * Each look-up waits for the one before. Several parts of the text are therefore read in turn; the
 * parts begin with a line, where every state is the first one.
 */
#include "model/log_scanner.h"

#include <string.h>

#define LANES         4
#define STATE_CEILING 60000
#define NONE          UINT32_MAX

struct log_scanner {
    uint8_t classes[256];
    uint32_t width;      /* of a row: a power of two, so many classes at least */
    uint32_t count;      /* states */
    uint32_t first_find; /* the offset of the first row in which a word ends */
    uint32_t *next;      /* count * width offsets */
    uint32_t *begins;    /* words of state i: ends[begins[i]] to ends[begins[i + 1]] */
    uint32_t *ends;
};

/* While it is built: states by number, in the order in which they were made. */
struct trie {
    struct log_scanner *scanner;
    uint32_t room;
    uint32_t *next; /* room * width, NONE where there is none */
    uint32_t *fail;
    uint32_t *word;  /* the first word that ends here by itself, or NONE */
    uint32_t *other; /* by word: the next one that ends in the same state, or NONE */
    uint8_t *last;   /* the class that led here */
    uint32_t *order; /* breadth first */
};

static uint8_t fold(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z')
        return byte | 0x20;
    if (byte >= '0' && byte <= '9')
        return '0';
    return byte == '\t' ? ' ' : byte;
}

static void trie_release(struct trie *trie)
{
    free(trie->next);
    free(trie->fail);
    free(trie->word);
    free(trie->other);
    free(trie->last);
    free(trie->order);
}
DEFINE_OWNED_STRUCT(struct trie, trie_release);

void log_scanner_free(struct log_scanner *scanner)
{
    if (!scanner)
        return;
    free(scanner->next);
    free(scanner->begins);
    free(scanner->ends);
    free(scanner);
}

/* Class 0 is what no word has. Returns how many bytes the words have. */
static size_t make_classes(struct log_scanner *scanner, const char *const *words, size_t count)
{
    uint8_t used[256] = { 0 };
    unsigned classes = 1;
    size_t bytes = 0;

    for (size_t i = 0; i < count; i++) {
        for (const char *at = words[i]; *at; at++, bytes++)
            used[fold((uint8_t)*at)] = 1;
    }
    used[' '] = 1;
    for (unsigned i = 0; i < 256; i++) {
        if (used[i])
            used[i] = (uint8_t)classes++;
    }
    for (unsigned i = 0; i < 256; i++)
        scanner->classes[i] = used[fold((uint8_t)i)];
    scanner->width = 1;
    while (scanner->width < classes)
        scanner->width *= 2;
    return bytes;
}

static bool trie_init(struct trie *trie, struct log_scanner *scanner, size_t room, size_t words,
                      struct ajar_error *err)
{
    *trie = (struct trie){ .scanner = scanner, .room = (uint32_t)room };
    trie->next = malloc(room * scanner->width * sizeof(*trie->next));
    trie->fail = calloc(room, sizeof(*trie->fail));
    trie->word = malloc(room * sizeof(*trie->word));
    trie->other = malloc((words + 1) * sizeof(*trie->other));
    trie->last = calloc(room, sizeof(*trie->last));
    trie->order = calloc(room, sizeof(*trie->order));
    if (!trie->next || !trie->fail || !trie->word || !trie->other || !trie->last || !trie->order)
        return ajar_no_memory(err);
    memset(trie->next, 0xff, room * scanner->width * sizeof(*trie->next));
    memset(trie->word, 0xff, room * sizeof(*trie->word));
    scanner->count = 1;
    return true;
}

static uint32_t *slot(const struct trie *trie, uint32_t state, uint8_t class)
{
    return &trie->next[(size_t)state * trie->scanner->width + class];
}

static void add_word(struct trie *trie, const char *word, uint32_t number)
{
    uint32_t state = 0;

    for (const char *at = word; *at; at++) {
        uint8_t class = trie->scanner->classes[(uint8_t)*at];
        uint32_t *next = slot(trie, state, class);

        if (*next == NONE) {
            *next = trie->scanner->count++;
            trie->last[*next] = class;
        }
        state = *next;
    }
    trie->other[number] = trie->word[state];
    trie->word[state] = number;
}

/* Works out every transition, breadth first: where a state has none, that of the longest end of it
 * that is a state, too. */
static void complete(struct trie *trie)
{
    uint32_t width = trie->scanner->width;
    uint8_t blank = trie->scanner->classes[' '];
    uint32_t done = 0;
    uint32_t known = 1;

    for (; done < known; done++) {
        uint32_t state = trie->order[done];

        for (uint32_t i = 0; i < width; i++) {
            uint8_t class = (uint8_t)i;
            uint32_t *next = slot(trie, state, class);
            uint32_t other = state == 0 ? 0 : *slot(trie, trie->fail[state], class);

            if (*next == NONE) {
                *next = other;
            } else {
                trie->fail[*next] = other;
                trie->order[known++] = *next;
            }
        }
        /* Behind a blank, more blanks are the same blank. The states that fall back on this one
         * come later and inherit that. */
        if (state != 0 && trie->last[state] == blank)
            *slot(trie, state, blank) = state;
    }
}

static bool has_find(const struct trie *trie, uint32_t state)
{
    for (; state != 0; state = trie->fail[state]) {
        if (trie->word[state] != NONE)
            return true;
    }
    return false;
}

static size_t list_words(const struct trie *trie, uint32_t state, uint32_t *to)
{
    size_t count = 0;

    for (; state != 0; state = trie->fail[state]) {
        for (uint32_t word = trie->word[state]; word != NONE; word = trie->other[word]) {
            if (to)
                to[count] = word;
            count++;
        }
    }
    return count;
}

/* Numbers the states anew, those with a find last. */
static void number_states(const struct trie *trie, uint32_t *ret_numbers)
{
    struct log_scanner *scanner = trie->scanner;
    uint32_t number = 0;

    for (int finds = 0; finds < 2; finds++) {
        for (uint32_t i = 0; i < scanner->count; i++) {
            uint32_t state = trie->order[i];

            if (has_find(trie, state) == (finds == 1))
                ret_numbers[state] = number++;
        }
        if (finds == 0)
            scanner->first_find = number * scanner->width;
    }
}

static bool fill(const struct trie *trie, struct ajar_error *err)
{
    struct log_scanner *scanner = trie->scanner;
    size_t count = scanner->count;
    OWNED(free) uint32_t *numbers = calloc(count, sizeof(*numbers));
    size_t finds = 0;

    for (uint32_t i = 0; i < count; i++)
        finds += list_words(trie, i, NULL);
    scanner->next = calloc(count * scanner->width, sizeof(*scanner->next));
    scanner->begins = calloc(count + 1, sizeof(*scanner->begins));
    scanner->ends = calloc(finds + 1, sizeof(*scanner->ends));
    if (!numbers || !scanner->next || !scanner->begins || !scanner->ends)
        return ajar_no_memory(err);
    number_states(trie, numbers);
    for (uint32_t state = 0; state < count; state++) {
        uint32_t *row = &scanner->next[(size_t)numbers[state] * scanner->width];

        for (uint32_t i = 0; i < scanner->width; i++)
            row[i] = numbers[*slot(trie, state, (uint8_t)i)] * scanner->width;
        scanner->begins[numbers[state] + 1] = (uint32_t)list_words(trie, state, NULL);
    }
    for (size_t i = 0; i < count; i++)
        scanner->begins[i + 1] += scanner->begins[i];
    for (uint32_t state = 0; state < count; state++)
        (void)list_words(trie, state, &scanner->ends[scanner->begins[numbers[state]]]);
    return true;
}

bool log_scanner_new(const char *const *words, size_t count, struct log_scanner **ret_scanner,
                     struct ajar_error *err)
{
    OWNED(log_scanner_free) struct log_scanner *scanner = calloc(1, sizeof(*scanner));
    OWNED(trie_release) struct trie trie = { 0 };
    size_t bytes;

    if (!scanner)
        return ajar_no_memory(err);
    bytes = make_classes(scanner, words, count);
    if (bytes > STATE_CEILING)
        return ajar_fail(err, AJAR_EPLAN, "the knowledge has too many texts: %zu bytes, at most %d",
                         bytes, STATE_CEILING);
    if (!trie_init(&trie, scanner, bytes + 1, count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_word(&trie, words[i], (uint32_t)i);
    complete(&trie);
    if (!fill(&trie, err))
        return false;
    *ret_scanner = scanner;
    scanner = NULL;
    return true;
}

/* One part of the text while it is read. */
struct lane {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t state;
    struct log_find *finds;
    size_t count;
};

/* The text in parts that begin with a line. */
static void make_lanes(const char *text, size_t size, struct log_find *finds, struct lane *lanes)
{
    size_t begin = 0;

    for (size_t i = 0; i < LANES; i++) {
        size_t middle = size * (i + 1) / LANES;
        const char *newline;
        size_t end = size;

        if (i + 1 < LANES && middle > begin) {
            newline = memchr(text + middle, '\n', size - middle);
            end = newline ? (size_t)(newline - text) + 1 : size;
        } else if (i + 1 < LANES) {
            end = begin;
        }
        lanes[i] = (struct lane){ .at = (const uint8_t *)text + begin,
                                  .end = (const uint8_t *)text + end,
                                  .finds = finds + begin };
        begin = end;
    }
}

static size_t shortest(const struct lane *lanes)
{
    size_t least = SIZE_MAX;

    for (size_t i = 0; i < LANES; i++) {
        size_t size = (size_t)(lanes[i].end - lanes[i].at);

        least = size < least ? size : least;
    }
    return least;
}

static inline void note(struct lane *lane, const char *text, const uint8_t *at, uint32_t state)
{
    lane->finds[lane->count++] = (struct log_find){
        .end = (uint32_t)(at - (const uint8_t *)text),
        .state = state,
    };
}

/* Reads so many bytes of each lane, in turn. */
static void scan_together(const struct log_scanner *scanner, const char *text, struct lane *lanes,
                          size_t size)
{
    const uint8_t *classes = scanner->classes;
    const uint32_t *next = scanner->next;
    uint32_t first_find = scanner->first_find;
    const uint8_t *a = lanes[0].at;
    const uint8_t *b = lanes[1].at;
    const uint8_t *c = lanes[2].at;
    const uint8_t *d = lanes[3].at;
    uint32_t in[LANES] = { 0 };

    for (size_t i = 0; i < size; i++) {
        in[0] = next[in[0] + classes[a[i]]];
        in[1] = next[in[1] + classes[b[i]]];
        in[2] = next[in[2] + classes[c[i]]];
        in[3] = next[in[3] + classes[d[i]]];
        if (in[0] >= first_find)
            note(&lanes[0], text, a + i, in[0]);
        if (in[1] >= first_find)
            note(&lanes[1], text, b + i, in[1]);
        if (in[2] >= first_find)
            note(&lanes[2], text, c + i, in[2]);
        if (in[3] >= first_find)
            note(&lanes[3], text, d + i, in[3]);
    }
    for (size_t i = 0; i < LANES; i++) {
        lanes[i].at += size;
        lanes[i].state = in[i];
    }
}

static void scan_rest(const struct log_scanner *scanner, const char *text, struct lane *lane)
{
    uint32_t state = lane->state;

    for (const uint8_t *at = lane->at; at < lane->end; at++) {
        state = scanner->next[state + scanner->classes[*at]];
        if (state >= scanner->first_find)
            note(lane, text, at, state);
    }
}

size_t log_scanner_scan(const struct log_scanner *scanner, const char *text, size_t size,
                        struct log_find *finds)
{
    struct lane lanes[LANES];
    size_t count = 0;

    make_lanes(text, size, finds, lanes);
    scan_together(scanner, text, lanes, shortest(lanes));
    for (size_t i = 0; i < LANES; i++) {
        scan_rest(scanner, text, &lanes[i]);
        memmove(finds + count, lanes[i].finds, lanes[i].count * sizeof(*finds));
        count += lanes[i].count;
    }
    return count;
}

size_t log_scanner_words(const struct log_scanner *scanner, uint32_t state,
                         const uint32_t **ret_words)
{
    uint32_t number = state / scanner->width;

    *ret_words = &scanner->ends[scanner->begins[number]];
    return scanner->begins[number + 1] - scanner->begins[number];
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is known of the messages of logs, as plans/README.md describes its files: causes, each with
 * the texts, numbers and statuses that show it. Each of those is a probe; a probe has one word that
 * must stand in a line before it is worth a closer look.
 */
#ifndef AJAR_MODEL_KNOWLEDGE_H
#define AJAR_MODEL_KNOWLEDGE_H

#include <ajar/diagnose.h>

#include "base/ini.h"
#include "model/log_pattern.h"
#include "model/log_scanner.h"

/* The kinds of logs, as bits. */
enum log_kind {
    LOG_KIND_ADMT = 1,
    LOG_KIND_SCRIPT = 2,
    LOG_KIND_PASSWORD_SYNC = 4,
};

/* The word of a kind ("admt"); 0 for one that is not known, or is "any". */
unsigned log_kind_from_name(const char *name);

enum probe_sort {
    PROBE_TEXT,    /* a text of a cause */
    PROBE_STATUS,  /* a word that is a cell of its own, of a cause */
    PROBE_ACCOUNT, /* names the account that the lines below are about */
    PROBE_KIND,    /* shows what kind of log this is */
};

struct probe {
    enum probe_sort sort;
    size_t cause;
    unsigned kind;              /* PROBE_KIND */
    struct log_pattern pattern; /* all but PROBE_STATUS */
    const char *status;         /* PROBE_STATUS; belongs to the file */
    char *word;                 /* for the scanner */
};

struct knowledge_cause {
    struct ajar_cause shown; /* its texts belong to the file */
    const struct ini *ini;
    const struct ini_section *section;
    unsigned kinds; /* bits; 0: any */
    size_t id_count;
    unsigned *ids;
    bool by_id;         /* nothing but its number shows it */
    bool account_above; /* the account stands in a line above */
    size_t before_count;
    size_t *before; /* causes that it counts instead of */
    const char **steps;
    const char **references;
    struct ajar_bearing *bearings;
};

struct ajar_knowledge {
    size_t file_count;
    struct ini **files;
    size_t count;
    struct knowledge_cause *causes;
    const struct ajar_cause **shown; /* the same, for callers */
    size_t probe_count;
    struct probe *probes;
    size_t name_count; /* texts that the INI files do not have as they are needed */
    char **names;
    struct log_scanner *scanner; /* word i is that of probe i; those behind are of signs */
};

/* Reads all files of a folder, but does not look at what they bear on. */
bool knowledge_read(const char *folder, struct ajar_knowledge **ret_knowledge,
                    struct ajar_error *err);

/* Reads one file; AJAR_EPLAN "file:line: ...". `ini` belongs to the knowledge from here on, also on
 * failure. */
bool knowledge_add(struct ajar_knowledge *knowledge, struct ini *ini, struct ajar_error *err);

/* All files are there: names that they say of each other are looked up, and the words chosen. */
bool knowledge_finish(struct ajar_knowledge *knowledge, struct ajar_error *err);

/* Sets the word of each probe, and the scanner that looks for all of them. */
bool knowledge_choose_words(struct ajar_knowledge *knowledge, struct ajar_error *err);

/* What `bears-on` names is in the shipped plans of this folder. */
bool knowledge_check_bearings(const struct ajar_knowledge *knowledge, const char *plans,
                              struct ajar_error *err);

DEFINE_OWNED(struct ajar_knowledge *, ajar_knowledge_free);

#endif

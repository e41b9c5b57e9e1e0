/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "model/xml.h"

#include "base/text.h"

#include <expat.h>
#include <string.h>

static const char blanks[] = " \t\r\n";

struct open_element {
    char *name;
    struct text text;
};

struct reading {
    XML_Parser parser;
    const struct xml_reader *reader;
    struct ajar_error *err;
    struct open_element open[XML_DEPTH];
    size_t depth; /* how many are open */
    bool failed;  /* `err` is set */
};

static unsigned long line_of(const struct reading *reading)
{
    return (unsigned long)XML_GetCurrentLineNumber(reading->parser);
}

/* expat may call once or twice more after that. */
static void stop(struct reading *reading)
{
    reading->failed = true;
    (void)ajar_while(reading->err, "line %lu", line_of(reading));
    (void)XML_StopParser(reading->parser, XML_FALSE);
}

static const char *without_prefix(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

/* The innermost open element. */
static struct xml_element describe(const struct reading *reading)
{
    size_t depth = reading->depth - 1;

    return (struct xml_element){
        .name = reading->open[depth].name,
        .parent = depth > 0 ? reading->open[depth - 1].name : NULL,
        .depth = depth,
        .line = line_of(reading),
    };
}

static void begin_element(void *user, const char *name, const char **attributes)
{
    struct reading *reading = user;
    struct xml_element element;
    struct open_element *open;

    if (reading->failed)
        return;
    if (reading->depth == XML_DEPTH) {
        ajar_fail(reading->err, AJAR_EPROTOCOL, "more than %d elements in each other", XML_DEPTH);
        stop(reading);
        return;
    }
    open = &reading->open[reading->depth];
    open->text = TEXT_UP_TO(XML_TEXT_CEILING);
    open->name = text_copy(without_prefix(name));
    if (!open->name) {
        ajar_no_memory(reading->err);
        stop(reading);
        return;
    }
    reading->depth++;
    element = describe(reading);
    element.attributes = (const char *const *)attributes;
    if (!reading->reader->begin(reading->reader->user, &element, reading->err))
        stop(reading);
}

static void take_characters(void *user, const char *piece, int size)
{
    struct reading *reading = user;
    struct text *text;

    if (reading->failed || reading->depth == 0)
        return;
    text = &reading->open[reading->depth - 1].text;
    while (text->size == 0 && size > 0 && strchr(blanks, *piece)) {
        piece++;
        size--;
    }
    text_append_bytes(text, piece, (size_t)size);
}

static void close_innermost(struct reading *reading)
{
    struct open_element *open = &reading->open[--reading->depth];

    free(open->name);
    text_release(&open->text);
}

/* Cuts blanks from the end of the text. */
static const char *finish_text(struct text *text)
{
    if (text->faulty)
        return NULL;
    while (text->size > 0 && strchr(blanks, text->at[text->size - 1]))
        text->at[--text->size] = '\0';
    return text_peek(text);
}

static void end_element(void *user, const char *name)
{
    struct reading *reading = user;
    struct xml_element element;

    (void)name; /* expat has seen that it fits */
    if (reading->failed)
        return;
    element = describe(reading);
    element.text = finish_text(&reading->open[reading->depth - 1].text);
    if (!reading->reader->end(reading->reader->user, &element, reading->err))
        stop(reading);
    close_innermost(reading);
}

static void refuse_document_type(void *user, const char *name, const char *where,
                                 const char *public, int has_subset)
{
    struct reading *reading = user;

    (void)name;
    (void)where;
    (void)public;
    (void)has_subset;
    if (reading->failed)
        return;
    ajar_fail(reading->err, AJAR_EPROTOCOL, "a document type, which no exported file has");
    stop(reading);
}

static bool parse(struct reading *reading, const struct bytes *file)
{
    enum XML_Status status;

    XML_SetUserData(reading->parser, reading);
    XML_SetElementHandler(reading->parser, begin_element, end_element);
    XML_SetCharacterDataHandler(reading->parser, take_characters);
    XML_SetStartDoctypeDeclHandler(reading->parser, refuse_document_type);
    status = XML_Parse(reading->parser, (const char *)file->at, (int)file->size, XML_TRUE);
    if (status == XML_STATUS_OK && !reading->failed)
        return true;
    return reading->failed
               ? false
               : ajar_fail(reading->err, AJAR_EPROTOCOL, "line %lu: %s", line_of(reading),
                           XML_ErrorString(XML_GetErrorCode(reading->parser)));
}

bool xml_read(const struct bytes *file, const struct xml_reader *reader, struct ajar_error *err)
{
    struct reading *reading;
    bool ok;

    if (file->size > XML_FILE_CEILING)
        return ajar_fail(err, AJAR_EPROTOCOL, "more than %d bytes", XML_FILE_CEILING);
    reading = calloc(1, sizeof(*reading));
    if (!reading)
        return ajar_no_memory(err);
    reading->reader = reader;
    reading->err = err;
    reading->parser = XML_ParserCreate(NULL);
    ok = reading->parser ? parse(reading, file) : ajar_no_memory(err);
    while (reading->depth > 0)
        close_innermost(reading);
    if (reading->parser)
        XML_ParserFree(reading->parser);
    free(reading);
    return ok;
}

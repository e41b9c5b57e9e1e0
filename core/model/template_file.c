/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever the encoding, the text is held as bytes in which all that has a meaning here is ASCII.
 * What was read must come back as the same bytes, or it is refused.
 */
#include "model/template.h"

#include "base/text.h"
#include "base/utf16.h"

#include <string.h>

static const char fresh_text[] = "[Unicode]\r\nUnicode=yes\r\n"
                                 "[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n";

const char *template_end(const struct template *template)
{
    const char *first = strchr(template->text, '\n');

    return first && (first == template->text || first[-1] != '\r') ? "\n" : "\r\n";
}

static enum template_encoding encoding_of(const struct bytes *file)
{
    const uint8_t *at = file->at;

    if (file->size >= 2 && at[0] == 0xff && at[1] == 0xfe)
        return TEMPLATE_UTF16_BOM;
    if (file->size >= 3 && at[0] == 0xef && at[1] == 0xbb && at[2] == 0xbf)
        return TEMPLATE_UTF8_BOM;
    return file->size >= 2 && at[0] != 0 && at[1] == 0 ? TEMPLATE_UTF16 : TEMPLATE_8BIT;
}

/* The mark in front of the text. */
static const char *mark_of(enum template_encoding encoding)
{
    switch (encoding) {
    case TEMPLATE_UTF16_BOM:
        return "\xff\xfe";
    case TEMPLATE_UTF8_BOM:
        return "\xef\xbb\xbf";
    case TEMPLATE_UTF16:
    case TEMPLATE_8BIT:
        break;
    }
    return "";
}

static bool is_utf16(enum template_encoding encoding)
{
    return encoding == TEMPLATE_UTF16_BOM || encoding == TEMPLATE_UTF16;
}

static bool decode(const struct bytes *file, struct template *template, struct ajar_error *err)
{
    size_t mark = strlen(mark_of(template->encoding));
    const uint8_t *at = file->size > 0 ? file->at + mark : (const uint8_t *)"";
    size_t size = file->size - mark;

    if (is_utf16(template->encoding))
        return utf16_to_utf8(at, size, &template->text, err);
    if (size >= 2 && at[0] == 0xfe && at[1] == 0xff)
        return ajar_fail(err, AJAR_EPROTOCOL,
                         "it is UTF-16 big-endian, which Windows does not "
                         "write");
    if (memchr(at, 0, size))
        return ajar_fail(err, AJAR_EPROTOCOL, "it has a NUL inside, at byte %zu",
                         (size_t)((const uint8_t *)memchr(at, 0, size) - at) + mark + 1);
    template->text = text_copy_bytes((const char *)at, size);
    return template->text || ajar_no_memory(err);
}

bool template_read(const struct bytes *file, struct template *ret_template, struct ajar_error *err)
{
    OWNED(template_release) struct template template = { .encoding = encoding_of(file) };
    OWNED(bytes_release) struct bytes again = { 0 };

    if (!decode(file, &template, err) || !template_write(&template, 0, &again, err))
        return false;
    if (!bytes_same(file, &again))
        return ajar_fail(err, AJAR_EPROTOCOL, "it cannot be read and written without a change");
    *ret_template = template;
    template = (struct template){ 0 };
    return true;
}

bool template_fresh(struct template *ret_template, struct ajar_error *err)
{
    char *text = text_copy(fresh_text);

    if (!text)
        return ajar_no_memory(err);
    *ret_template = (struct template){ .encoding = TEMPLATE_UTF16_BOM, .text = text };
    return true;
}

static bool encode(enum template_encoding encoding, const char *text, struct bytes *ret_file,
                   struct ajar_error *err)
{
    const char *mark = mark_of(encoding);
    OWNED(bytes_release) struct bytes body = { 0 };
    struct bytes file = { 0 };

    if (is_utf16(encoding) ? !utf16_from_utf8(text, &body, err)
                           : !bytes_copy(text, strlen(text), &body, err))
        return false;
    file.size = strlen(mark) + body.size;
    if (file.size > 0) {
        file.at = malloc(file.size);
        if (!file.at)
            return ajar_no_memory(err);
        memcpy(file.at, mark, strlen(mark));
        if (body.size > 0)
            memcpy(file.at + strlen(mark), body.at, body.size);
    }
    *ret_file = file;
    return true;
}

/* The file of the text with ends of lines behind it, until it has `least` bytes. */
static bool encode_filled(const struct template *template, size_t size, size_t least,
                          struct bytes *ret_file, struct ajar_error *err)
{
    const char *end = template_end(template);
    size_t step = strlen(end) * (is_utf16(template->encoding) ? 2 : 1);
    OWNED(text_release) struct text text = TEXT_UP_TO(strlen(template->text) + least + step);

    text_append(&text, template->text);
    for (; size < least; size += step)
        text_append(&text, end);
    return text.faulty ? ajar_no_memory(err)
                       : encode(template->encoding, text_peek(&text), ret_file, err);
}

bool template_write(const struct template *template, size_t least, struct bytes *ret_file,
                    struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes file = { 0 };

    if (!encode(template->encoding, template->text, &file, err))
        return false;
    if (file.size < least)
        return encode_filled(template, file.size, least, ret_file, err);
    *ret_file = file;
    file = (struct bytes){ 0 };
    return true;
}

bool template_trim(struct template *template, size_t size, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes file = { 0 };
    size_t unit = is_utf16(template->encoding) ? 2 : 1;
    size_t used = strlen(template->text);
    size_t left;

    if (!template_write(template, 0, &file, err))
        return false;
    left = file.size > size ? (file.size - size) / unit : 0;
    if ((file.size - size) % unit != 0 || left > used ||
        strspn(template->text + used - left, "\r\n") != left)
        return true;
    template->text[used - left] = '\0';
    return true;
}

void template_release(struct template *template)
{
    free(template->text);
    *template = (struct template){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers of a registry server from anywhere: they are read or refused, and the values in them can
 * be shown. The first byte chooses the call, by its number; the rest is the answer.
 */
#include "base/utf16.h"
#include "fuzz/fuzz.h"
#include "model/value.h"
#include "transport/rpc/winreg_codec.h"

#include <string.h>

/* A name must come back as the same UTF-16, or it could not be asked for. */
static void demand_that_it_can_be_asked_for(const char *name)
{
    OWNED(bytes_release) struct bytes utf16 = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *back = NULL;

    if (!utf16_from_utf8(name, &utf16, &err) || !utf16_to_utf8(utf16.at, utf16.size, &back, &err) ||
        strcmp(name, back) != 0)
        abort();
}

static void use_item(const struct winreg_item *item)
{
    OWNED(free) char *phrase = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    if (item->name)
        demand_that_it_can_be_asked_for(item->name);
    if (!value_phrase(item->value.type, &item->value.data, &phrase, &err))
        abort();
}

static void read_item(const struct bytes *answer,
                      bool (*read)(const struct bytes *, struct winreg_item *, struct ajar_error *))
{
    OWNED(winreg_item_release) struct winreg_item item = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (read(answer, &item, &err))
        use_item(&item);
}

static void read_other(unsigned opnum, const struct bytes *answer)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct winreg_key_info info;
    struct winreg_key key;
    uint32_t code;
    bool created;

    if (opnum == WINREG_CREATE_KEY)
        (void)winreg_read_create_key(answer, &key, &created, &code, &err);
    else if (opnum == WINREG_QUERY_INFO_KEY)
        (void)winreg_read_query_info_key(answer, &info, &code, &err);
    else if (opnum == WINREG_OPEN_KEY)
        (void)winreg_read_key("OpenKey answer", answer, &key, &code, &err);
    else
        (void)winreg_read_code("SetValue answer", answer, &code, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes answer = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (size == 0 || !bytes_copy(data + 1, size - 1, &answer, &err))
        return 0;
    if (data[0] == WINREG_QUERY_VALUE_OF_KEY)
        read_item(&answer, winreg_read_query_value);
    else if (data[0] == WINREG_ENUM_VALUE)
        read_item(&answer, winreg_read_enum_value);
    else if (data[0] == WINREG_ENUM_KEY)
        read_item(&answer, winreg_read_enum_key);
    else
        read_other(data[0], &answer);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "transport/rpc/ndr.h"

#include <string.h>

static size_t padding(size_t at, size_t alignment)
{
    return (alignment - at % alignment) % alignment;
}

struct ndr_reader ndr_reader(const struct bytes *bytes)
{
    return (struct ndr_reader){ .bytes = bytes->at, .size = bytes->size };
}

void ndr_refuse(struct ndr_reader *reader, const char *fault)
{
    if (!reader->fault)
        reader->fault = fault;
}

/* The only place where a reader moves. NULL after a fault, and for no bytes at all. */
static const uint8_t *take(struct ndr_reader *reader, size_t alignment, size_t size)
{
    size_t pad = padding(reader->at, alignment);
    size_t left = reader->size - reader->at;

    if (reader->fault)
        return NULL;
    if (pad > left || size > left - pad) {
        ndr_refuse(reader, "ends early");
        return NULL;
    }
    reader->at += pad + size;
    return size > 0 ? reader->bytes + reader->at - size : NULL;
}

static uint32_t take_number(struct ndr_reader *reader, size_t size)
{
    const uint8_t *bytes = take(reader, size, size);
    uint32_t number = 0;

    for (size_t i = 0; bytes && i < size; i++)
        number |= (uint32_t)bytes[i] << (8 * i);
    return number;
}

uint8_t ndr_read_u8(struct ndr_reader *reader)
{
    return (uint8_t)take_number(reader, 1);
}

uint16_t ndr_read_u16(struct ndr_reader *reader)
{
    return (uint16_t)take_number(reader, 2);
}

uint32_t ndr_read_u32(struct ndr_reader *reader)
{
    return take_number(reader, 4);
}

void ndr_read_bytes(struct ndr_reader *reader, void *ret_bytes, size_t size)
{
    const uint8_t *bytes = take(reader, 1, size);

    if (bytes)
        memcpy(ret_bytes, bytes, size);
    else
        memset(ret_bytes, 0, size);
}

bool ndr_read_pointer(struct ndr_reader *reader)
{
    return ndr_read_u32(reader) != 0;
}

/* The elements of an array whose count was just read. */
static struct ndr_array take_elements(struct ndr_reader *reader, uint32_t count,
                                      size_t element_size)
{
    struct ndr_array array = { .count = count };

    if (count > (reader->size - reader->at) / element_size)
        ndr_refuse(reader, "names more elements than it holds");
    if (!reader->fault)
        array.at = take(reader, 1, count * element_size);
    return reader->fault ? (struct ndr_array){ 0 } : array;
}

struct ndr_array ndr_read_conformant(struct ndr_reader *reader, size_t element_size)
{
    return take_elements(reader, ndr_read_u32(reader), element_size);
}

struct ndr_array ndr_read_varying(struct ndr_reader *reader, size_t element_size)
{
    uint32_t largest = ndr_read_u32(reader);
    uint32_t offset = ndr_read_u32(reader);
    uint32_t count = ndr_read_u32(reader);

    if (offset != 0)
        ndr_refuse(reader, "has an array that does not begin at 0");
    if (count > largest)
        ndr_refuse(reader, "has an array longer than its own limit");
    return take_elements(reader, count, element_size);
}

bool ndr_read_end(struct ndr_reader *reader, const char *message, struct ajar_error *err)
{
    size_t left = reader->size - reader->at;

    if (reader->fault)
        return ajar_fail(err, AJAR_EPROTOCOL, "%s %s (at byte %zu of %zu)", message, reader->fault,
                         reader->at, reader->size);
    if (left > 0)
        return ajar_fail(err, AJAR_EPROTOCOL, "%s has %zu byte%s left over (at byte %zu of %zu)",
                         message, left, left == 1 ? "" : "s", reader->at, reader->size);
    return true;
}

static bool make_room(struct ndr_writer *writer, size_t more)
{
    size_t room = writer->room ? writer->room : 256;
    uint8_t *larger;

    if (writer->faulty || more > writer->ceiling - writer->size) {
        writer->faulty = true;
        return false;
    }
    while (room < writer->size + more)
        room *= 2;
    if (room == writer->room)
        return true;
    larger = realloc(writer->at, room);
    if (!larger) {
        writer->faulty = true;
        return false;
    }
    writer->at = larger;
    writer->room = room;
    return true;
}

/* The only place where a writer grows: zeros up to the alignment, then room for `size` bytes. NULL
 * once faulty. */
static uint8_t *extend(struct ndr_writer *writer, size_t alignment, size_t size)
{
    size_t pad = padding(writer->size, alignment);

    if (size > SIZE_MAX - pad || !make_room(writer, pad + size))
        return NULL;
    memset(writer->at + writer->size, 0, pad);
    writer->size += pad + size;
    return writer->at + writer->size - size;
}

static void put_number(struct ndr_writer *writer, size_t size, uint32_t number)
{
    uint8_t *bytes = extend(writer, size, size);

    for (size_t i = 0; bytes && i < size; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
}

void ndr_write_u8(struct ndr_writer *writer, uint8_t value)
{
    put_number(writer, 1, value);
}

void ndr_write_u16(struct ndr_writer *writer, uint16_t value)
{
    put_number(writer, 2, value);
}

void ndr_write_u32(struct ndr_writer *writer, uint32_t value)
{
    put_number(writer, 4, value);
}

void ndr_write_bytes(struct ndr_writer *writer, const void *bytes, size_t size)
{
    uint8_t *at = extend(writer, 1, size);

    if (at && size > 0)
        memcpy(at, bytes, size);
}

void ndr_write_pointer(struct ndr_writer *writer, bool follows)
{
    /* Any numbers do that are not 0 and differ ([C706] 14.3.10). */
    ndr_write_u32(writer, follows ? 0x20000 + 4 * writer->pointers++ : 0);
}

void ndr_write_varying(struct ndr_writer *writer, uint32_t largest, const void *elements,
                       uint32_t count, size_t element_size)
{
    ndr_write_u32(writer, largest);
    ndr_write_u32(writer, 0);
    ndr_write_u32(writer, count);
    ndr_write_bytes(writer, elements, count * element_size);
}

bool ndr_write_end(struct ndr_writer *writer, const char *message, struct bytes *ret_bytes,
                   struct ajar_error *err)
{
    if (writer->faulty)
        return ajar_fail(err, AJAR_ESYSTEM, "%s grows over %zu bytes, or out of memory", message,
                         writer->ceiling);
    *ret_bytes = (struct bytes){ .at = writer->at, .size = writer->size };
    *writer = NDR_UP_TO(writer->ceiling);
    return true;
}

void ndr_writer_release(struct ndr_writer *writer)
{
    free(writer->at);
    *writer = NDR_UP_TO(writer->ceiling);
}

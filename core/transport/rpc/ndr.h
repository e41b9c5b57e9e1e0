/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cursors over the bytes of a remote procedure call: NDR 2.0, little-endian ([C706] chapter 14,
 * [MS-RPCE] 2.2.4). Each primitive is aligned to its size, counted from the start of the stub.
 *
 * The first fault sticks. After it a read gives zeros (or NULL) and a write does nothing, so a
 * codec is a plain list of fields that asks once, at its end, whether all of it was true. A count
 * is held against the bytes that are left before anybody relies on it.
 *
 * A pointer inside a structure stands there as a number, and what it points to follows the whole
 * structure; a pointer that is a parameter is followed by it at once. The order is the codec's.
 */
#ifndef AJAR_TRANSPORT_RPC_NDR_H
#define AJAR_TRANSPORT_RPC_NDR_H

#include "base/bytes.h"

struct ndr_reader {
    const uint8_t *bytes; /* somebody else's, for as long as the reader is used */
    size_t size;
    size_t at;
    const char *fault; /* what is wrong ("ends early"), static; NULL: nothing */
};

/* Elements that stand in the reader's bytes; `at` is NULL when there are none. */
struct ndr_array {
    const uint8_t *at;
    uint32_t count;
};

struct ndr_reader ndr_reader(const struct bytes *bytes);

uint8_t ndr_read_u8(struct ndr_reader *reader);
uint16_t ndr_read_u16(struct ndr_reader *reader);
uint32_t ndr_read_u32(struct ndr_reader *reader);

/* `size` bytes as they stand; zeros after a fault. */
void ndr_read_bytes(struct ndr_reader *reader, void *ret_bytes, size_t size);

/* A referent identifier: does something follow? Its value means nothing else ([C706] 14.3.10). */
bool ndr_read_pointer(struct ndr_reader *reader);

/* A conformant varying array ([C706] 14.3.3.4): largest count, offset, count, elements. The offset
 * must be 0, the count at most the largest one. */
struct ndr_array ndr_read_varying(struct ndr_reader *reader, size_t element_size);

/* A conformant array ([C706] 14.3.3.3): its count, then the elements. */
struct ndr_array ndr_read_conformant(struct ndr_reader *reader, size_t element_size);

/* Says that what was read cannot be: `fault` completes the sentence "The answer ...". */
void ndr_refuse(struct ndr_reader *reader, const char *fault);

/* True when there was no fault and nothing is left over; else AJAR_EPROTOCOL, "message ends early
 * (at byte 28 of 31)". */
bool ndr_read_end(struct ndr_reader *reader, const char *message, struct ajar_error *err);

struct ndr_writer {
    uint8_t *at; /* owned */
    size_t size;
    size_t room;
    size_t ceiling; /* `size` never gets larger */
    uint32_t pointers;
    bool faulty; /* over the ceiling, or out of memory */
};

#define NDR_UP_TO(ceiling_bytes) ((struct ndr_writer){ .ceiling = (ceiling_bytes) })

void ndr_write_u8(struct ndr_writer *writer, uint8_t value);
void ndr_write_u16(struct ndr_writer *writer, uint16_t value);
void ndr_write_u32(struct ndr_writer *writer, uint32_t value);
void ndr_write_bytes(struct ndr_writer *writer, const void *bytes, size_t size);

/* A referent identifier: a fresh number when something follows, else 0. */
void ndr_write_pointer(struct ndr_writer *writer, bool follows);

/* A conformant varying array of `count` elements, where `largest` would fit. */
void ndr_write_varying(struct ndr_writer *writer, uint32_t largest, const void *elements,
                       uint32_t count, size_t element_size);

/* Gives the bytes to the caller, to be released. AJAR_ESYSTEM when a write did not fit. */
bool ndr_write_end(struct ndr_writer *writer, const char *message, struct bytes *ret_bytes,
                   struct ajar_error *err);

void ndr_writer_release(struct ndr_writer *writer);
DEFINE_OWNED_STRUCT(struct ndr_writer, ndr_writer_release);

#endif

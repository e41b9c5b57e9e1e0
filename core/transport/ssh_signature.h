/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SSH signatures, as `ssh-keygen -Y` makes and verifies them (and git with it): bytes, a purpose
 * (the namespace), a key, and a file that says whose key is whose (ALLOWED SIGNERS in
 * ssh-keygen(1)). The program does all of it, agents and hardware keys included.
 *
 * A signature is told in its armour, the lines from "-----BEGIN SSH SIGNATURE-----" to the end.
 */
#ifndef AJAR_TRANSPORT_SSH_SIGNATURE_H
#define AJAR_TRANSPORT_SSH_SIGNATURE_H

#include <ajar/error.h>

#include "base/cleanup.h"

#include <stddef.h>
#include <stdint.h>

/* With what, and for what. */
struct ssh_signing {
    const char *key;   /* a file: a private key, or a public one whose private half an agent has; an
                        * agent is asked first in any case */
    const char *space; /* the namespace: "ajar-plan", "git" */
    bool may_ask;      /* there is a terminal to ask for the key's passphrase on */
};

/* Who may sign what, and when it has to have been so. */
struct ssh_signers {
    const char *file; /* allowed signers */
    const char *space;
    int64_t at; /* each key may be restricted to a time */
};

/* The signature over the bytes; to be freed. AJAR_EMISSING when there is no key file, no private
 * key to it, or no ssh-keygen; AJAR_EINSECURE when others can read the key file; AJAR_ELOGIN when
 * it needs a passphrase that nobody gave. */
bool ssh_signature_make(const struct ssh_signing *signing, const void *bytes, size_t size,
                        char **ret_armour, struct ajar_error *err);

/* Is it over these bytes and for this purpose, by whatever key? The key's fingerprint,
 * "SHA256:...", to be freed, says which. AJAR_EDENIED when it is not; the text says why. */
bool ssh_signature_check(const char *space, const void *bytes, size_t size, const char *armour,
                         char **ret_key, struct ajar_error *err);

/* The same, by a key that `principal` has in the file, for this purpose and at that time. */
bool ssh_signature_verify(const struct ssh_signers *signers, const char *principal,
                          const void *bytes, size_t size, const char *armour, char **ret_key,
                          struct ajar_error *err);

struct ssh_principals {
    size_t count;
    char **list;
};

/* Whose key made it, as the file says; what the file has as a pattern stays one. AJAR_EDENIED when
 * it is nobody's, or not at that time. Whether the signature is right is another question. */
bool ssh_signature_find_principals(const struct ssh_signers *signers, const char *armour,
                                   struct ssh_principals *ret_principals, struct ajar_error *err);
void ssh_principals_release(struct ssh_principals *principals);
DEFINE_OWNED_STRUCT(struct ssh_principals, ssh_principals_release);

/* The fingerprint of a key file, "SHA256:..."; no passphrase is needed. To be freed. AJAR_EMISSING
 * when there is none. */
bool ssh_signature_key_of(const char *file, char **ret_key, struct ajar_error *err);

/* The base64 text without armour and newlines, and back; to be freed. AJAR_EPROTOCOL for what is
 * none. */
bool ssh_signature_to_base64(const char *armour, char **ret_base64, struct ajar_error *err);
bool ssh_signature_from_base64(const char *base64, char **ret_armour, struct ajar_error *err);

#endif

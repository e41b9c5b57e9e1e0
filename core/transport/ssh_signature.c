/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What went wrong, ssh-keygen says in words alone. Those that people meet are told apart; for any
 * others, its last line is told.
 */
#include "transport/ssh_signature.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A hardware key waits for a touch. */
#define PATIENCE_MS       60000
#define ARMOUR_CEILING    65536
#define ARMOUR_LINE       70
#define ARMOUR_BEGIN      "-----BEGIN SSH SIGNATURE-----"
#define ARMOUR_END        "-----END SSH SIGNATURE-----"
#define BASE64_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

/* Times of allowed signers are local unless they say otherwise; nobody is asked by a window. */
static const char *const settings[] = { "TZ=UTC0", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C", NULL };

/* A word of ssh-keygen, and what it means to the operator. */
struct complaint {
    const char *word;
    enum ajar_status status;
    const char *text;
    const char *hint;
};

static bool run(const struct program *program, struct program_result *ret_result,
                struct ajar_error *err)
{
    if (program_run(program, ret_result, err))
        return true;
    return err->status != AJAR_EMISSING ||
           ajar_hint(err, "install OpenSSH's client: ssh-keygen signs and verifies");
}

/* What it said on standard error, with a NUL; to be freed. */
static bool said(const struct bytes *stream, char **ret_text, struct ajar_error *err)
{
    *ret_text = text_copy_bytes(stream->at ? (const char *)stream->at : "", stream->size);
    return *ret_text || ajar_no_memory(err);
}

/* Fails with the first of the complaints whose word was said; otherwise with the last line. */
static bool complain(const struct program_result *result, const struct complaint *complaints,
                     size_t count, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    OWNED(free) char *last = program_complaint(result);

    if (!last || !said(&result->errors, &text, err))
        return last ? false : ajar_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!strstr(text, complaints[i].word))
            continue;
        (void)ajar_fail(err, complaints[i].status, "%s", complaints[i].text);
        return complaints[i].hint ? ajar_hint(err, complaints[i].hint) : false;
    }
    return ajar_fail(err, AJAR_EDENIED, "ssh-keygen: %.300s", last[0] ? last : "no reason given");
}

static bool check_key_file(const char *file, struct ajar_error *err)
{
    struct stat about;

    if (stat(file, &about) == 0)
        return true;
    (void)ajar_fail(err, errno == ENOENT ? AJAR_EMISSING : AJAR_ESYSTEM, "SSH key \"%.200s\": %s",
                    file, strerror(errno));
    return ajar_native(err, (uint32_t)errno);
}

static bool refuse_to_sign(const struct ssh_signing *signing, const struct program_result *result,
                           struct ajar_error *err)
{
    const struct complaint complaints[] = {
        { "UNPROTECTED PRIVATE KEY FILE", AJAR_EINSECURE, "others can read it",
          "take that away with chmod 600" },
        { "incorrect passphrase", AJAR_ELOGIN,
          signing->may_ask ? "that is not its passphrase"
                           : "it needs a passphrase, and there is no terminal to ask on",
          "ssh-add FILE gives it to an agent, which is asked first" },
        { "No private key found for public key", AJAR_EMISSING,
          "no agent has its private key, nor is that in a file beside it",
          "ssh-add -l shows the keys of the agent" },
        { "Couldn't load public key", AJAR_EDENIED, "this is no SSH key",
          "ssh-keygen -t ed25519 makes one" },
        { "agent refused operation", AJAR_EDENIED, "the agent refused to sign with it", NULL },
    };

    (void)complain(result, complaints, LENGTH(complaints), err);
    return ajar_while(err, "SSH key \"%.200s\"", signing->key);
}

bool ssh_signature_make(const struct ssh_signing *signing, const void *bytes, size_t size,
                        char **ret_armour, struct ajar_error *err)
{
    const char *const arguments[] = { "ssh-keygen",   "-Y", "sign",       "-n",
                                      signing->space, "-f", signing->key, NULL };
    const struct program program = {
        .arguments = arguments,
        .settings = settings,
        .input = bytes,
        .input_size = size,
        .patience_ms = signing->may_ask ? 0 : PATIENCE_MS,
        .with_terminal = signing->may_ask,
    };
    OWNED(program_result_release) struct program_result result = { 0 };

    if (!check_key_file(signing->key, err) || !run(&program, &result, err))
        return false;
    if (result.status != 0)
        return refuse_to_sign(signing, &result, err);
    return said(&result.output, ret_armour, err);
}

/* A folder with the signature in a file, for the length of one question. */
struct paper {
    char *folder;
    char *file;
};

static void paper_release(struct paper *paper)
{
    struct ajar_error ignored = AJAR_NO_ERROR;

    if (paper->folder)
        (void)file_remove_folder(paper->folder, &ignored);
    free(paper->folder);
    free(paper->file);
}
DEFINE_OWNED_STRUCT(struct paper, paper_release);

static bool put_down(const char *armour, struct paper *paper, struct ajar_error *err)
{
    if (!file_make_temporary_folder("ajar-signature", &paper->folder, err))
        return false;
    paper->file = text_make("%s/signature", paper->folder);
    return paper->file ? file_write(paper->file, armour, strlen(armour), 0600, err)
                       : ajar_no_memory(err);
}

/* Runs `ssh-keygen -Y ...`, which was told to find the signature in the paper's file. */
static bool ask(const char *const *arguments, const void *bytes, size_t size,
                struct program_result *ret_result, struct ajar_error *err)
{
    const struct program program = {
        .arguments = arguments,
        .settings = settings,
        .input = bytes,
        .input_size = size,
        .patience_ms = PATIENCE_MS,
    };

    return run(&program, ret_result, err);
}

/* "Good "git" signature with ED25519 key SHA256:Yj..." */
static bool take_key(const struct program_result *result, char **ret_key, struct ajar_error *err)
{
    OWNED(free) char *text = NULL;
    const char *key;

    if (!said(&result->output, &text, err))
        return false;
    key = strstr(text, "key SHA256:");
    if (!key)
        return ajar_fail(err, AJAR_EPROTOCOL, "ssh-keygen does not say whose key it was");
    key += strlen("key ");
    *ret_key = text_copy_bytes(key, strcspn(key, " \r\n"));
    return *ret_key || ajar_no_memory(err);
}

bool ssh_signature_check(const char *space, const void *bytes, size_t size, const char *armour,
                         char **ret_key, struct ajar_error *err)
{
    static const struct complaint complaints[] = {
        { "incorrect signature", AJAR_EDENIED,
          "the signature is over something else, or was changed", NULL },
        { "namespace does not match", AJAR_EDENIED, "the signature was made for another purpose",
          NULL },
        { "parse signature", AJAR_EDENIED, "this is no SSH signature", NULL },
        { "armor", AJAR_EDENIED, "this is no SSH signature", NULL },
        { "invalid format", AJAR_EDENIED, "this is no SSH signature", NULL },
    };
    OWNED(paper_release) struct paper paper = { 0 };
    OWNED(program_result_release) struct program_result result = { 0 };

    if (!put_down(armour, &paper, err))
        return false;
    if (!ask((const char *const[]){ "ssh-keygen", "-Y", "check-novalidate", "-n", space, "-s",
                                    paper.file, NULL },
             bytes, size, &result, err))
        return false;
    return result.status == 0 ? take_key(&result, ret_key, err)
                              : complain(&result, complaints, LENGTH(complaints), err);
}

static bool check_signers(const struct ssh_signers *signers, struct ajar_error *err)
{
    struct stat about;

    if (stat(signers->file, &about) != 0) {
        (void)ajar_fail(err, errno == ENOENT ? AJAR_EMISSING : AJAR_ESYSTEM,
                        "allowed signers \"%.200s\": %s", signers->file, strerror(errno));
        return ajar_native(err, (uint32_t)errno);
    }
    if (!(about.st_mode & S_IWOTH))
        return true;
    (void)ajar_fail(err, AJAR_EINSECURE, "allowed signers \"%.200s\": everybody can write to it",
                    signers->file);
    return ajar_hint(err, "take that away with chmod o-w");
}

/* "verify-time=20261121080000" */
static struct clock_text say_time(int64_t at)
{
    struct clock_text stamp = clock_write_stamp(at);
    struct clock_text option;

    (void)snprintf(option.at, sizeof(option.at), "verify-time=%.8s%.6s", stamp.at, stamp.at + 9);
    return option;
}

/* Nobody's key, or not so, or not then. Of a key that another has, it says nothing. */
static bool refuse_key(const struct ssh_signers *signers, const struct program_result *result,
                       const char *who, struct ajar_error *err)
{
    const struct complaint complaints[] = {
        { "key has expired", AJAR_EDENIED, "the key was not valid any more", NULL },
        { "key is not yet valid", AJAR_EDENIED, "the key was not valid yet", NULL },
        { "not permitted for use in signature namespace", AJAR_EDENIED,
          "the key may not sign for this purpose", NULL },
        { "invalid key", AJAR_EDENIED, "a line of the file is wrong", NULL },
        { "o principal matched", AJAR_EDENIED, who, NULL },
    };

    if (result->errors.size == 0)
        (void)ajar_fail(err, AJAR_EDENIED, "%s", who);
    else
        (void)complain(result, complaints, LENGTH(complaints), err);
    return ajar_while(err, "allowed signers \"%.200s\" at %s", signers->file,
                      clock_write_time(signers->at).at);
}

bool ssh_signature_verify(const struct ssh_signers *signers, const char *principal,
                          const void *bytes, size_t size, const char *armour, char **ret_key,
                          struct ajar_error *err)
{
    OWNED(paper_release) struct paper paper = { 0 };
    OWNED(program_result_release) struct program_result result = { 0 };
    OWNED(free) char *key = NULL;
    OWNED(free) char *who = text_make("%.100s has no such key", principal);
    struct clock_text option = say_time(signers->at);

    if (!who)
        return ajar_no_memory(err);
    if (!check_signers(signers, err) ||
        !ssh_signature_check(signers->space, bytes, size, armour, &key, err) ||
        !put_down(armour, &paper, err))
        return false;
    if (!ask((const char *const[]){ "ssh-keygen", "-Y", "verify", "-n", signers->space, "-s",
                                    paper.file, "-f", signers->file, "-I", principal, "-O",
                                    option.at, NULL },
             bytes, size, &result, err))
        return false;
    if (result.status != 0)
        return refuse_key(signers, &result, who, err);
    *ret_key = key;
    key = NULL;
    return true;
}

void ssh_principals_release(struct ssh_principals *principals)
{
    for (size_t i = 0; i < principals->count; i++)
        free(principals->list[i]);
    free(principals->list);
    *principals = (struct ssh_principals){ 0 };
}

/* One on each line. */
static bool take_principals(const struct program_result *result,
                            struct ssh_principals *ret_principals, struct ajar_error *err)
{
    OWNED(ssh_principals_release) struct ssh_principals principals = { 0 };
    OWNED(free) char *text = NULL;
    size_t size;

    if (!said(&result->output, &text, err))
        return false;
    principals.list = calloc(strlen(text) + 1, sizeof(char *));
    if (!principals.list)
        return ajar_no_memory(err);
    for (const char *at = text; *at; at += size + strspn(at + size, "\r\n,")) {
        size = strcspn(at, "\r\n,");
        if (size == 0)
            continue;
        principals.list[principals.count] = text_copy_bytes(at, size);
        if (!principals.list[principals.count++])
            return ajar_no_memory(err);
    }
    *ret_principals = principals;
    principals = (struct ssh_principals){ 0 };
    return true;
}

bool ssh_signature_find_principals(const struct ssh_signers *signers, const char *armour,
                                   struct ssh_principals *ret_principals, struct ajar_error *err)
{
    OWNED(paper_release) struct paper paper = { 0 };
    OWNED(program_result_release) struct program_result result = { 0 };
    struct clock_text option = say_time(signers->at);

    if (!check_signers(signers, err) || !put_down(armour, &paper, err))
        return false;
    if (!ask((const char *const[]){ "ssh-keygen", "-Y", "find-principals", "-s", paper.file, "-f",
                                    signers->file, "-O", option.at, NULL },
             NULL, 0, &result, err))
        return false;
    return result.status == 0 ? take_principals(&result, ret_principals, err)
                              : refuse_key(signers, &result, "nobody has this key", err);
}

/* "256 SHA256:Yj... comment (ED25519)" */
bool ssh_signature_key_of(const char *file, char **ret_key, struct ajar_error *err)
{
    OWNED(program_result_release) struct program_result result = { 0 };
    OWNED(free) char *text = NULL;
    const char *key;

    if (!check_key_file(file, err) ||
        !ask((const char *const[]){ "ssh-keygen", "-l", "-E", "sha256", "-f", file, NULL }, NULL, 0,
             &result, err) ||
        !said(&result.output, &text, err))
        return false;
    key = result.status == 0 ? strstr(text, "SHA256:") : NULL;
    if (!key)
        return ajar_fail(err, AJAR_EDENIED, "SSH key \"%.200s\": this is no SSH key", file);
    *ret_key = text_copy_bytes(key, strcspn(key, " \r\n"));
    return *ret_key || ajar_no_memory(err);
}

static bool refuse_text(struct ajar_error *err)
{
    return ajar_fail(err, AJAR_EPROTOCOL, "this is no SSH signature");
}

bool ssh_signature_to_base64(const char *armour, char **ret_base64, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(ARMOUR_CEILING);
    const char *at = armour;
    const char *end = strstr(armour, "\n" ARMOUR_END);

    if (strncmp(armour, ARMOUR_BEGIN, strlen(ARMOUR_BEGIN)) != 0 || !end)
        return refuse_text(err);
    for (at += strlen(ARMOUR_BEGIN); at < end; at++) {
        if (*at == '\r' || *at == '\n')
            continue;
        if (!strchr(BASE64_CHARACTERS "=", *at))
            return refuse_text(err);
        text_append_bytes(&text, at, 1);
    }
    return text_take(&text, ret_base64, err);
}

bool ssh_signature_from_base64(const char *base64, char **ret_armour, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(ARMOUR_CEILING);
    size_t size = strspn(base64, BASE64_CHARACTERS);

    size_t end = size + strspn(base64 + size, "=");

    if (size == 0 || base64[end])
        return refuse_text(err);
    text_append(&text, ARMOUR_BEGIN "\n");
    for (size_t at = 0; at < end; at += ARMOUR_LINE)
        text_format(&text, "%.*s\n", ARMOUR_LINE, base64 + at);
    text_append(&text, ARMOUR_END "\n");
    return text_take(&text, ret_armour, err);
}

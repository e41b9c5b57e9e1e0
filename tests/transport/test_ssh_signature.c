/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signatures by the real ssh-keygen, with keys that the test makes.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "rows.h"
#include "transport/ssh_signature.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TEXT  "what is signed\n"
#define SPACE "ajar-plan"

/* 2026-06-01T00:00:00Z, and a year before it and after it. */
#define THEN   1780272000
#define BEFORE (THEN - 31536000)
#define AFTER  (THEN + 31536000)

static char *folder;

static char *path_of(const char *name)
{
    char *path = text_make("%s/%s", folder, name);

    assert_non_null(path);
    return path;
}

static void put(const char *name, const char *text)
{
    OWNED(free) char *path = path_of(name);
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_write(path, text, strlen(text), 0644, &err));
}

static char *get(const char *name)
{
    OWNED(free) char *path = path_of(name);
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    assert_true(file_read(path, 65536, &bytes, &err));
    return text_copy_bytes((const char *)bytes.at, strcspn((const char *)bytes.at, "\n"));
}

/* Runs a program in the folder; it has to succeed. */
static void tool(const char *const *arguments)
{
    const struct program program = { .arguments = arguments, .folder = folder };
    OWNED(program_result_release) struct program_result result = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!program_run(&program, &result, &err))
        fail_msg("%s", err.text);
    assert_int_equal(result.status, 0);
}

static void make_key(const char *name, const char *type, const char *passphrase)
{
    tool((const char *const[]){ "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "", "-f",
                                name, NULL });
}

/* bob signs for everything, carol in the year around THEN, dave for git alone; a team shares. */
static void make_signers(void)
{
    OWNED(free) char *bob = get("bob.pub");
    OWNED(free) char *carol = get("carol.pub");
    OWNED(free) char *dave = get("dave.pub");
    OWNED(free) char *team = get("team.pub");
    OWNED(free)
    char *text = text_make("bob@example.test %s\n"
                           "carol valid-after=\"20260101Z\",valid-before=\"20270101Z\" %s\n"
                           "dave namespaces=\"git\" %s\n"
                           "one@team,two@team,*@other %s\n",
                           bob, carol, dave, team);

    put("signers", text);
    put("broken-signers", "bob@example.test ssh-ed25519 AAAA\n");
    put("open-signers", text);
    tool((const char *const[]){ "chmod", "666", "open-signers", NULL });
}

static int set_keys(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    (void)unsetenv("SSH_AUTH_SOCK");
    if (!file_make_temporary_folder("test-ssh", &folder, &err))
        return -1;
    make_key("bob", "ed25519", "");
    make_key("carol", "ecdsa", "");
    make_key("dave", "ed25519", "");
    make_key("team", "rsa", "");
    make_key("locked", "ed25519", "secret");
    make_key("readable", "ed25519", "");
    make_key("agent", "ed25519", "");
    make_signers();
    put("no-key", "nothing\n");
    tool((const char *const[]){ "chmod", "640", "readable", NULL });
    return 0;
}

static int clear_keys(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    (void)file_remove_folder(folder, &err);
    free(folder);
    return 0;
}

static char *sign(const char *key, const char *space)
{
    OWNED(free) char *path = path_of(key);
    const struct ssh_signing signing = { .key = path, .space = space };
    struct ajar_error err = AJAR_NO_ERROR;
    char *armour = NULL;

    if (!ssh_signature_make(&signing, TEXT, strlen(TEXT), &armour, &err))
        fail_msg("%s", err.text);
    return armour;
}

struct verify_case {
    const char *name;
    const char *key;
    const char *made_for; /* the namespace */
    const char *principal;
    const char *signers;
    const char *text;
    int64_t at;
    enum ajar_status status;
    const char *says; /* NULL: it is right */
};

static const struct verify_case verify_cases[] = {
    { "verify: right", "bob", SPACE, "bob@example.test", "signers", TEXT, THEN, AJAR_FINE, NULL },
    { "verify: a key for a time, in it", "carol", SPACE, "carol", "signers", TEXT, THEN, AJAR_FINE,
      NULL },
    { "verify: a pattern", "team", SPACE, "anna@other", "signers", TEXT, THEN, AJAR_FINE, NULL },
    { "verify: other bytes", "bob", SPACE, "bob@example.test", "signers", TEXT "x", THEN,
      AJAR_EDENIED, "the signature is over something else, or was changed" },
    { "verify: another purpose", "bob", "git", "bob@example.test", "signers", TEXT, THEN,
      AJAR_EDENIED, "the signature was made for another purpose" },
    { "verify: not hers", "bob", SPACE, "carol", "signers", TEXT, THEN, AJAR_EDENIED,
      "/signers\" at 2026-06-01T00:00:00Z: carol has no such key" },
    { "verify: nobody's", "agent", SPACE, "bob@example.test", "signers", TEXT, THEN, AJAR_EDENIED,
      "bob@example.test has no such key" },
    { "verify: too early", "carol", SPACE, "carol", "signers", TEXT, BEFORE, AJAR_EDENIED,
      "at 2025-06-01T00:00:00Z: the key was not valid yet" },
    { "verify: too late", "carol", SPACE, "carol", "signers", TEXT, AFTER, AJAR_EDENIED,
      "the key was not valid any more" },
    { "verify: the last second", "carol", SPACE, "carol", "signers", TEXT, 1798761599, AJAR_FINE,
      NULL },
    { "verify: not for this purpose", "dave", SPACE, "dave", "signers", TEXT, THEN, AJAR_EDENIED,
      "the key may not sign for this purpose" },
    { "verify: no such file", "bob", SPACE, "bob@example.test", "nowhere", TEXT, THEN,
      AJAR_EMISSING, "nowhere\": No such file" },
    { "verify: a file that all can write", "bob", SPACE, "bob@example.test", "open-signers", TEXT,
      THEN, AJAR_EINSECURE, "open-signers\": everybody can write to it" },
    { "verify: a file with a mistake", "bob", SPACE, "bob@example.test", "broken-signers", TEXT,
      THEN, AJAR_EDENIED, "a line of the file is wrong" },
};

static void run_verify_case(void **state)
{
    const struct verify_case *row = *state;
    OWNED(free) char *file = path_of(row->signers);
    OWNED(free) char *armour = sign(row->key, row->made_for);
    const struct ssh_signers signers = { .file = file, .space = SPACE, .at = row->at };
    struct ajar_error err = AJAR_NO_ERROR;
    char *key = NULL;
    bool right = ssh_signature_verify(&signers, row->principal, row->text, strlen(row->text),
                                      armour, &key, &err);

    assert_int_equal(err.status, row->status);
    assert_int_equal(right, row->says == NULL);
    if (row->says) {
        if (!strstr(err.text, row->says))
            fail_msg("\"%s\" is not in \"%s\"", row->says, err.text);
        assert_null(key);
    } else {
        assert_int_equal(strncmp(key, "SHA256:", 7), 0);
    }
    free(key);
}

struct sign_case {
    const char *name;
    const char *key;
    enum ajar_status status;
    const char *says;
    const char *hint; /* a part of it */
};

static const struct sign_case sign_cases[] = {
    { "sign: no such file", "nowhere", AJAR_EMISSING, "/nowhere\": No such file or directory", "" },
    { "sign: no key", "no-key", AJAR_EDENIED, "/no-key\": this is no SSH key", "ssh-keygen -t" },
    { "sign: others can read it", "readable", AJAR_EINSECURE, "/readable\": others can read it",
      "chmod 600" },
    { "sign: a passphrase and nobody to ask", "locked", AJAR_ELOGIN,
      "it needs a passphrase, and there is no terminal to ask on", "ssh-add" },
    { "sign: a public key without an agent", "lonely.pub", AJAR_EMISSING,
      "/lonely.pub\": no agent has its private key", "ssh-add -l" },
};

static void run_sign_case(void **state)
{
    const struct sign_case *row = *state;
    OWNED(free) char *path = path_of(row->key);
    OWNED(free) char *bob = get("bob.pub");
    const struct ssh_signing signing = { .key = path, .space = SPACE };
    struct ajar_error err = AJAR_NO_ERROR;
    char *armour = NULL;

    put("lonely.pub", bob);
    assert_false(ssh_signature_make(&signing, TEXT, strlen(TEXT), &armour, &err));
    assert_null(armour);
    assert_int_equal(err.status, row->status);
    if (!strstr(err.text, row->says) || !strstr(err.hint, row->hint))
        fail_msg("\"%s\" (%s)", err.text, err.hint);
}

static void no_ssh_keygen_is_told_with_the_next_step(void **state)
{
    OWNED(free) char *path = text_copy(getenv("PATH"));
    OWNED(free) char *key = path_of("bob");
    const struct ssh_signing signing = { .key = key, .space = SPACE };
    struct ajar_error err = AJAR_NO_ERROR;
    char *armour = NULL;

    (void)state;
    (void)setenv("PATH", "/nowhere", 1);
    assert_false(ssh_signature_make(&signing, TEXT, strlen(TEXT), &armour, &err));
    (void)setenv("PATH", path, 1);
    assert_int_equal(err.status, AJAR_EMISSING);
    assert_non_null(strstr(err.text, "could not run ssh-keygen"));
    assert_non_null(strstr(err.hint, "install OpenSSH"));
}

struct find_case {
    const char *name;
    const char *key;
    int64_t at;
    const char *found; /* with blanks between; NULL: nobody */
    const char *says;
};

static const struct find_case find_cases[] = {
    { "find: one", "bob", THEN, "bob@example.test", NULL },
    { "find: several", "team", THEN, "one@team two@team *@other", NULL },
    { "find: nobody", "agent", THEN, NULL, "nobody has this key" },
    { "find: not any more", "carol", AFTER, NULL, "the key was not valid any more" },
};

static void run_find_case(void **state)
{
    const struct find_case *row = *state;
    OWNED(free) char *file = path_of("signers");
    OWNED(free) char *armour = sign(row->key, SPACE);
    OWNED(text_release) struct text found = TEXT_UP_TO(200);
    OWNED(ssh_principals_release) struct ssh_principals principals = { 0 };
    const struct ssh_signers signers = { .file = file, .space = SPACE, .at = row->at };
    struct ajar_error err = AJAR_NO_ERROR;
    bool fine = ssh_signature_find_principals(&signers, armour, &principals, &err);

    assert_int_equal(fine, row->found != NULL);
    for (size_t i = 0; i < principals.count; i++)
        text_format(&found, "%s%s", i ? " " : "", principals.list[i]);
    if (row->found)
        assert_string_equal(text_peek(&found), row->found);
    else if (!strstr(err.text, row->says))
        fail_msg("\"%s\"", err.text);
}

/* The one that made a signature, from the file, from its public half, and from the signature. */
static void a_key_has_one_fingerprint(void **state)
{
    const char *const files[] = { "team", "team.pub", "locked", "locked.pub" };
    OWNED(free) char *armour = sign("team", SPACE);
    char *keys[LENGTH(files)] = { NULL };
    struct ajar_error err = AJAR_NO_ERROR;
    char *made = NULL;

    (void)state;
    for (size_t i = 0; i < LENGTH(files); i++) {
        OWNED(free) char *path = path_of(files[i]);

        assert_true(ssh_signature_key_of(path, &keys[i], &err));
    }
    assert_true(ssh_signature_check(SPACE, TEXT, strlen(TEXT), armour, &made, &err));
    assert_string_equal(made, keys[0]);
    assert_string_equal(keys[0], keys[1]);
    assert_string_equal(keys[2], keys[3]);
    assert_string_not_equal(keys[0], keys[2]);
    for (size_t i = 0; i < LENGTH(files); i++)
        free(keys[i]);
    free(made);
}

static void an_agent_signs_with_a_public_key_file(void **state)
{
    OWNED(free) char *socket = path_of("socket");
    OWNED(free) char *private = path_of("agent");
    OWNED(free) char *hidden = path_of("elsewhere");
    OWNED(free) char *armour = NULL;
    OWNED(free) char *key = NULL;
    const struct timespec moment = { .tv_nsec = 20000000 };
    struct ajar_error err = AJAR_NO_ERROR;
    pid_t agent = fork();

    (void)state;
    if (agent == 0) {
        (void)freopen("/dev/null", "w", stdout);
        (void)execlp("ssh-agent", "ssh-agent", "-D", "-a", socket, (char *)NULL);
        _exit(127);
    }
    for (int i = 0; i < 500 && access(socket, F_OK) != 0; i++)
        (void)nanosleep(&moment, NULL);
    (void)setenv("SSH_AUTH_SOCK", socket, 1);
    tool((const char *const[]){ "ssh-add", "-q", "agent", NULL });
    assert_int_equal(rename(private, hidden), 0);
    armour = sign("agent.pub", SPACE);
    assert_int_equal(rename(hidden, private), 0);
    (void)unsetenv("SSH_AUTH_SOCK");
    assert_int_equal(kill(agent, SIGTERM), 0);
    assert_int_equal(waitpid(agent, NULL, 0), agent);
    assert_true(ssh_signature_check(SPACE, TEXT, strlen(TEXT), armour, &key, &err));
}

static void a_signature_goes_through_base64_and_back(void **state)
{
    static const char *const wrong[] = { "", "=", "QUJD*", "QUJD\n", "QU=JD" };
    OWNED(free) char *armour = sign("team", SPACE);
    OWNED(free) char *again = NULL;
    OWNED(free) char *bare = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    (void)state;
    assert_true(ssh_signature_to_base64(armour, &bare, &err));
    assert_null(strpbrk(bare, "-\n \r"));
    assert_true(ssh_signature_from_base64(bare, &again, &err));
    assert_string_equal(again, armour);
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        char *none = NULL;

        err = AJAR_NO_ERROR;
        assert_false(ssh_signature_from_base64(wrong[i], &none, &err));
        assert_false(ssh_signature_to_base64(wrong[i], &none, &(struct ajar_error){ .status = 0 }));
        assert_null(none);
    }
}

static void garbage_is_no_signature(void **state)
{
    struct ajar_error err = AJAR_NO_ERROR;
    OWNED(free) char *armour = NULL;
    char *key = NULL;

    (void)state;
    assert_true(ssh_signature_from_base64("QUJD", &armour, &err));
    assert_false(ssh_signature_check(SPACE, TEXT, strlen(TEXT), armour, &key, &err));
    assert_int_equal(err.status, AJAR_EDENIED);
    assert_string_equal(err.text, "this is no SSH signature");
    err = AJAR_NO_ERROR;
    assert_false(ssh_signature_check(SPACE, TEXT, strlen(TEXT), "QUJD", &key, &err));
    assert_string_equal(err.text, "this is no SSH signature");
    assert_null(key);
}

int main(void)
{
    struct CMUnitTest tests[LENGTH(verify_cases) + LENGTH(sign_cases) + LENGTH(find_cases) + 5] = {
        cmocka_unit_test(no_ssh_keygen_is_told_with_the_next_step),
        cmocka_unit_test(a_key_has_one_fingerprint),
        cmocka_unit_test(an_agent_signs_with_a_public_key_file),
        cmocka_unit_test(a_signature_goes_through_base64_and_back),
        cmocka_unit_test(garbage_is_no_signature),
    };
    size_t count = 5;

    ADD_CASES(verify_cases, run_verify_case);
    ADD_CASES(sign_cases, run_sign_case);
    ADD_CASES(find_cases, run_find_case);
    return cmocka_run_group_tests(tests, set_keys, clear_keys);
}

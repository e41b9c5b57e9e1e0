/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files on a real controller's SYSVOL: written, cut, taken away, their permissions kept; a host
 * that cannot protect them, refused; and pipes to the same host in the same process.
 */
#include "live.h"

#include "base/text.h"
#include "transport/target.h"

#include <sys/wait.h>
#include <time.h>

#define FOLDER "target.test/Policies/live share {1}"
#define FILE_  FOLDER "/One %41.txt"

struct fixture {
    char *folder;
    struct login login;
    struct target *target;
    struct winreg *registry; /* opened before the share, by the same process */
    struct share *share;
};

/* Runs a tool of the lab, outside of what is tested; its output, to be freed. */
static char *output_of(const char *const *arguments)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(1000000);
    struct ajar_error err = AJAR_NO_ERROR;
    char piece[4096];
    char *taken = NULL;
    int pipes[2];
    int status = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)dup2(pipes[1], 1);
        (void)close(pipes[0]);
        (void)execvp(arguments[0], (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    (void)close(pipes[1]);
    while ((got = read(pipes[0], piece, sizeof(piece))) > 0)
        text_append_bytes(&text, piece, (size_t)got);
    (void)close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    live_expect(text_take(&text, &taken, &err), &err);
    if (status != 0)
        fail_msg("%s: status %d: %s", arguments[0], status, taken);
    return taken;
}

static char *permissions(const char *path)
{
    const char *const arguments[] = {
        "smbcacls", "-A", getenv("LAB_TARGET_AUTH_FILE"), "//dc2.target.test/sysvol", path, NULL
    };

    return output_of(arguments);
}

static int set_up(void **state)
{
    static const char *const servers[] = { "dc2.target.test", NULL };
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct ajar_error err = AJAR_NO_ERROR;
    struct target_options options = { .name = "target.test",
                                      .is_domain = true,
                                      .servers = servers };

    assert_non_null(fixture);
    fixture->login = live_login("target.test");
    live_expect(file_make_temporary_folder("ajar-live", &fixture->folder, &err), &err);
    options.login = &fixture->login;
    options.folder = fixture->folder;
    live_expect(target_new(&options, &fixture->target, &err), &err);
    live_expect(target_registry(fixture->target, &fixture->registry, &err), &err);
    live_expect(target_sysvol(fixture->target, &fixture->share, &err), &err);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    target_free(fixture->target);
    live_expect(file_remove_folder(fixture->folder, &err), &err);
    free(fixture->folder);
    free(fixture);
    return 0;
}

static void expect_content(struct share *share, const struct bytes *bytes)
{
    OWNED(bytes_release) struct bytes back = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(share_read(share, FILE_, 1000000, &back, NULL, &err), &err);
    assert_true(bytes_same(&back, bytes));
}

static void expect_exists(struct share *share, const char *path, bool is_there)
{
    struct ajar_error err = AJAR_NO_ERROR;
    bool exists = !is_there;

    live_expect(share_exists(share, path, &exists, &err), &err);
    assert_int_equal(exists, is_there);
}

static void test_files_and_folders_come_and_go(void **state)
{
    static uint8_t pattern[200000];
    static const size_t sizes[] = { 10, 200000, 65536, 3, 0, 70000 };
    const struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;

    for (size_t i = 0; i < sizeof(pattern); i++)
        pattern[i] = (uint8_t)(i % 251);
    live_expect(share_make_folder(fixture->share, FOLDER, &err), &err);
    live_expect(share_make_folder(fixture->share, FOLDER, &err), &err); /* is there */
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        const struct bytes bytes = { sizes[i] ? pattern + i : NULL, sizes[i] ? sizes[i] - i : 0 };

        live_expect(share_write(fixture->share, FILE_, &bytes, &err), &err);
        expect_content(fixture->share, &bytes);
    }
    expect_exists(fixture->share, "TARGET.test/policies/LIVE Share {1}/one %41.TXT", true);
    assert_false(share_delete_folder(fixture->share, FOLDER, &err));
    assert_int_equal(err.status, AJAR_ECONFLICT);
    err = AJAR_NO_ERROR;
    live_expect(share_delete(fixture->share, FILE_, &err), &err);
    live_expect(share_delete(fixture->share, FILE_, &err), &err); /* is gone */
    live_expect(share_delete_folder(fixture->share, FOLDER, &err), &err);
    live_expect(share_delete_folder(fixture->share, FOLDER, &err), &err);
    expect_exists(fixture->share, FOLDER, false);
    expect_exists(fixture->share, FILE_, false);
}

static const struct folder_entry *find_entry(const struct folder_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->entries[i].name, name) == 0)
            return &list->entries[i];
    }
    fail_msg("%s is not listed", name);
    return NULL;
}

static void test_a_folder_is_listed(void **state)
{
    const struct fixture *fixture = *state;
    const struct bytes five = { (uint8_t *)(uintptr_t) "12345", 5 };
    OWNED(folder_list_release) struct folder_list list = { 0 };
    OWNED(folder_list_release) struct folder_list above = { 0 };
    OWNED(folder_list_release) struct folder_list whole = { 0 };
    OWNED(folder_list_release) struct folder_list cut = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;
    const struct folder_entry *entry;

    live_expect(share_make_folder(fixture->share, FOLDER, &err), &err);
    live_expect(share_make_folder(fixture->share, FOLDER "/b", &err), &err);
    live_expect(share_write(fixture->share, FILE_, &five, &err), &err);
    live_expect(share_list(fixture->share, FOLDER, 2, &list, &err), &err);
    live_expect(share_list(fixture->share, FOLDER, 1, &cut, &err), &err);
    live_expect(share_list(fixture->share, "", 100, &above, &err), &err);
    live_expect_failure(share_list(fixture->share, "nowhere", 100, &whole, &err), &err,
                        AJAR_EMISSING);
    err = AJAR_NO_ERROR;
    live_expect(share_delete(fixture->share, FILE_, &err), &err);
    live_expect(share_delete_folder(fixture->share, FOLDER "/b", &err), &err);
    live_expect(share_delete_folder(fixture->share, FOLDER, &err), &err);
    assert_int_equal(list.count, 2);
    assert_false(list.is_cut);
    assert_int_equal(find_entry(&list, "b")->kind, FOLDER_FOLDER);
    entry = find_entry(&list, "One %41.txt");
    assert_int_equal(entry->kind, FOLDER_FILE);
    assert_int_equal(entry->size, 5);
    assert_in_range(entry->modified, time(NULL) - 600, time(NULL) + 600);
    assert_int_equal(cut.count, 1);
    assert_true(cut.is_cut);
    assert_int_equal(find_entry(&above, "target.test")->kind, FOLDER_FOLDER);
    assert_int_equal(whole.count, 0);
}

static void test_permissions_stay(void **state)
{
    static const char path[] = "target.test\\Policies\\live share {1}\\One %41.txt";
    const char *const restrict_it[] = { "smbcacls",
                                        "-A",
                                        getenv("LAB_TARGET_AUTH_FILE"),
                                        "-a",
                                        "ACL:S-1-5-11:ALLOWED/0x0/R",
                                        "//dc2.target.test/sysvol",
                                        path,
                                        NULL };
    const struct fixture *fixture = *state;
    const struct bytes one = { (uint8_t *)(uintptr_t) "longer", 6 };
    const struct bytes two = { (uint8_t *)(uintptr_t) "short", 5 };
    OWNED(free) char *before = NULL;
    OWNED(free) char *after = NULL;
    OWNED(free) char *fresh = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(share_make_folder(fixture->share, FOLDER, &err), &err);
    live_expect(share_write(fixture->share, FILE_, &one, &err), &err);
    fresh = permissions(path);
    free(output_of(restrict_it));
    before = permissions(path);
    assert_string_not_equal(fresh, before);
    live_expect(share_write(fixture->share, FILE_, &two, &err), &err);
    after = permissions(path);
    assert_string_equal(after, before);
    live_expect(share_delete(fixture->share, FILE_, &err), &err);
    live_expect(share_delete_folder(fixture->share, FOLDER, &err), &err);
}

static void test_what_is_not_there(void **state)
{
    const struct fixture *fixture = *state;
    struct ajar_error err = AJAR_NO_ERROR;
    struct bytes bytes = { .size = 77 };
    int64_t modified = 77;

    live_expect_failure(
        share_read(fixture->share, "target.test/nobody", 10, &bytes, &modified, &err), &err,
        AJAR_EMISSING);
    err = AJAR_NO_ERROR;
    live_expect_failure(share_read(fixture->share, "nowhere/nobody", 10, &bytes, &modified, &err),
                        &err, AJAR_EMISSING);
    err = AJAR_NO_ERROR;
    live_expect_failure(share_read(fixture->share,
                                   "target.test/Policies/{6AC1786C-016F-11D2-945F-00C04fB984F9}"
                                   "/GPT.INI",
                                   3, &bytes, &modified, &err),
                        &err, AJAR_EPROTOCOL);
    assert_int_equal(bytes.size, 77);
    assert_int_equal(modified, 77);
}

static void use_registry(struct winreg *registry)
{
    struct ajar_error err = AJAR_NO_ERROR;
    struct winreg_key key;

    live_expect(winreg_open_key(registry, "SYSTEM\\CurrentControlSet\\Control", WINREG_QUERY_VALUE,
                                &key, &err),
                &err);
    live_expect(winreg_close_key(registry, &key, &err), &err);
}

/* The other order is in live_policy.c. */
static void test_a_pipe_works_on_beside_files(void **state)
{
    const struct fixture *fixture = *state;

    use_registry(fixture->registry);
    expect_exists(fixture->share, "target.test", true);
    use_registry(fixture->registry);
}

static void expect_refusal(const struct fixture *fixture, const char *host, const char *name,
                           enum ajar_status status)
{
    OWNED(ticket_close) struct ticket *ticket = NULL;
    struct share_options options = {
        .host = host, .name = name, .login = &fixture->login, .folder = fixture->folder
    };
    struct share *share = NULL;
    struct ajar_error err = AJAR_NO_ERROR;

    live_expect(ticket_open(&fixture->login, fixture->folder, &ticket, &err), &err);
    options.ticket = ticket;
    live_expect_failure(share_open(&options, &share, &err), &err, status);
    assert_null(share);
}

static void test_hosts_that_are_not_there(void **state)
{
    expect_refusal(*state, "nobody.target.test", "sysvol", AJAR_EUNREACHABLE);
    expect_refusal(*state, "localhost", "sysvol", AJAR_EUNREACHABLE);
    expect_refusal(*state, "dc2.target.test", "nothing", AJAR_EMISSING);
    expect_refusal(*state, "127.0.0.20", "sysvol", AJAR_EDENIED); /* no ticket for an address */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_and_folders_come_and_go),
        cmocka_unit_test(test_a_folder_is_listed),
        cmocka_unit_test(test_permissions_stay),
        cmocka_unit_test(test_what_is_not_there),
        cmocka_unit_test(test_a_pipe_works_on_beside_files),
        cmocka_unit_test(test_hosts_that_are_not_there),
    };

    if (!live_has_lab())
        return SKIPPED;
    return cmocka_run_group_tests_name("live_share", tests, set_up, tear_down);
}

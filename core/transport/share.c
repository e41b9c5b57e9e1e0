/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What libsmbclient does by itself, and must not: it reads the smb.conf of the machine (it gets one
 * of ours, through $HOME); it turns a failed login into an anonymous one; it writes to stdout and
 * stderr; it tries port 139; and it waits for a KDC for as long as Heimdal likes. The encryption
 * level "request" or higher makes signing required and asks for encryption (libsmb_server.c); a
 * host that cannot encrypt is then signed alone.
 */
#include "transport/share.h"

#include "base/file.h"
#include "base/text.h"
#include "transport/share_error.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libsmbclient.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE (64 * 1024)

struct share {
    SMBCCTX *context;
    char *host;
    char *name;
    char *folder;       /* what libsmbclient keeps */
    char *kerberos;     /* path of a krb5.conf that says how long to wait for a KDC */
    FILE *nowhere;      /* for what it says */
    char *krb5_config;  /* $KRB5_CONFIG while a call is under way */
    FILE *their_stdout; /* the same */
    int timeout_ms;
};

static void ignore_message(void *user, int level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

/* Who we are is in the ticket. A name must be there, or it would be asked for again.
 * NOLINTNEXTLINE(readability-function-size): libsmbclient says what it takes. */
static void give_no_password(SMBCCTX *context, const char *host, const char *share, char *workgroup,
                             int workgroup_room, char *user, int user_room, char *password,
                             int password_room)
{
    (void)context;
    (void)host;
    (void)share;
    (void)workgroup;
    (void)workgroup_room;
    (void)snprintf(user, (size_t)user_room, "%s", "ticket");
    (void)snprintf(password, (size_t)password_room, "%s", "");
}

/* Before each call: libsmbclient prints with the C library's stdout, and Heimdal reads its
 * configuration when it needs it. */
static void begin(struct share *share)
{
    const char *operators = getenv("KRB5_CONFIG");
    OWNED(free)
    char *files = text_make("%s:%s", share->kerberos, operators ? operators : "/etc/krb5.conf");

    share->krb5_config = text_copy(operators);
    if (files)
        (void)setenv("KRB5_CONFIG", files, 1);
    share->their_stdout = stdout;
    stdout = share->nowhere;
    errno = 0;
}

/* After it; errno stays what it was. */
static void end(struct share *share)
{
    int code = errno;

    stdout = share->their_stdout;
    if (share->krb5_config)
        (void)setenv("KRB5_CONFIG", share->krb5_config, 1);
    else
        (void)unsetenv("KRB5_CONFIG");
    free(share->krb5_config);
    share->krb5_config = NULL;
    errno = code;
}

/* The errno of a call that gave this result; 0 when it was done. */
static int code_of(int result)
{
    if (result == 0)
        return 0;
    return errno != 0 ? errno : EIO;
}

/* All but plain characters are escaped. */
static void append_escaped(struct text *url, const char *path)
{
    for (; *path; path++) {
        if (isalnum((unsigned char)*path) || strchr("/._-", *path))
            text_append_bytes(url, path, 1);
        else
            text_format(url, "%%%02X", (unsigned char)*path);
    }
}

/* "smb://host:445/share/path" */
static bool make_url(const struct share *share, const char *path, char **ret_url,
                     struct ajar_error *err)
{
    OWNED(text_release) struct text url = TEXT_UP_TO(8192);

    text_format(&url, "smb://%s:445/", share->host);
    append_escaped(&url, share->name);
    text_append(&url, "/");
    append_escaped(&url, path);
    return text_take(&url, ret_url, err);
}

static bool fail(const struct share *share, const char *path, int code, struct ajar_error *err)
{
    share_error(err, code, share->timeout_ms);
    return ajar_while(err, "//%s/%s/%s", share->host, share->name, path);
}

/* All that smb.conf could say differently. Paths: nothing of ours goes into the machine's own. */
static bool write_settings(const struct share *share, struct ajar_error *err)
{
    OWNED(free) char *folder = text_make("%s/.smb", share->folder);
    OWNED(free) char *path = text_make("%s/.smb/smb.conf", share->folder);
    OWNED(free)
    char *text =
        text_make("[global]\n"
                  "client signing = required\nclient ipc signing = required\n"
                  "client smb encrypt = desired\n"
                  "client min protocol = SMB3_00\nclient ipc min protocol = SMB3_00\n"
                  "client use kerberos = required\n"
                  "name resolve order = host\ndisable netbios = yes\nsmb ports = 445\n"
                  "private dir = %s\nlock directory = %s\nstate directory = %s\n"
                  "cache directory = %s\npid directory = %s\n",
                  share->folder, share->folder, share->folder, share->folder, share->folder);

    if (!folder || !path || !text)
        return ajar_no_memory(err);
    return file_make_folder(folder, err) && file_write(path, text, strlen(text), 0600, err);
}

/* Heimdal waits for a KDC in a loop of its own; its configuration can say for how long. */
static bool write_kerberos_limit(const struct share *share, struct ajar_error *err)
{
    int seconds = share->timeout_ms >= 4000 ? share->timeout_ms / 2000 - 1 : 1;
    OWNED(free)
    char *text = text_make("[libdefaults]\nkdc_timeout = %d\nmax_retries = 1\n", seconds);

    if (!text)
        return ajar_no_memory(err);
    return file_write(share->kerberos, text, strlen(text), 0600, err);
}

static void set_options(const struct share *share)
{
    SMBCCTX *context = share->context;

    smbc_setOptionDebugToStderr(context, 1);
    smbc_setLogCallback(context, NULL, ignore_message);
    smbc_setDebug(context, 0);
    smbc_setOptionUseKerberos(context, 1);
    smbc_setOptionFallbackAfterKerberos(context, 0);
    smbc_setOptionNoAutoAnonymousLogin(context, 1);
    smbc_setOptionUseCCache(context, 0); /* winbind's, of passwords */
    smbc_setOptionSmbEncryptionLevel(context, SMBC_ENCRYPTLEVEL_REQUIRE);
    smbc_setFunctionAuthDataWithContext(context, give_no_password);
    smbc_setTimeout(context, share->timeout_ms);
}

/* libsmbclient looks for its settings in $HOME, once in the life of a process. */
static bool make_context(struct share *share, struct ajar_error *err)
{
    OWNED(free) char *home = text_copy(getenv("HOME"));

    (void)setenv("HOME", share->folder, 1);
    share->context = smbc_new_context();
    if (share->context) {
        set_options(share);
        if (!smbc_init_context(share->context)) {
            (void)smbc_free_context(share->context, 1);
            share->context = NULL;
        }
    }
    if (home)
        (void)setenv("HOME", home, 1);
    else
        (void)unsetenv("HOME");
    return share->context || ajar_fail(err, AJAR_ESYSTEM, "libsmbclient could not be started");
}

static bool prepare(struct share *share, const struct share_options *options,
                    struct ajar_error *err)
{
    share->timeout_ms = options->login->timeout_ms;
    share->host = text_copy(options->host);
    share->name = text_copy(options->name);
    share->folder = text_make("%s/smb", options->folder);
    share->kerberos = text_make("%s/smb/krb5.conf", options->folder);
    if (!share->host || !share->name || !share->folder || !share->kerberos)
        return ajar_no_memory(err);
    share->nowhere = fopen("/dev/null", "we");
    if (!share->nowhere)
        return ajar_fail(err, AJAR_ESYSTEM, "could not open /dev/null: %s", strerror(errno));
    if (setenv("KRB5CCNAME", ticket_cache(options->ticket), 1) != 0)
        return ajar_no_memory(err);
    return file_make_folder(share->folder, err) && write_settings(share, err) &&
           write_kerberos_limit(share, err);
}

/* The first call connects. */
static bool connect_to_host(struct share *share, struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    struct stat status = { 0 };
    int code;

    if (!make_url(share, "", &url, err))
        return false;
    begin(share);
    code = code_of(smbc_getFunctionStat(share->context)(share->context, url, &status));
    end(share);
    return code == 0 || share_connect_error(err, share->host, share->name, code);
}

bool share_open(const struct share_options *options, struct share **ret_share,
                struct ajar_error *err)
{
    OWNED(share_close) struct share *share = calloc(1, sizeof(*share));
    bool ok;

    if (!share)
        return ajar_no_memory(err);
    if (!prepare(share, options, err))
        return ajar_while(err, "files of %s", options->host);
    begin(share);
    ok = make_context(share, err);
    end(share);
    if (!ok || !connect_to_host(share, err))
        return ajar_while(err, "files of %s", options->host);
    *ret_share = share;
    share = NULL;
    return true;
}

/* An open file; to be closed by close_file(). */
static bool open_file(struct share *share, const char *path, int flags, SMBCFILE **ret_file,
                      struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    SMBCFILE *file;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    file = smbc_getFunctionOpen(share->context)(share->context, url, flags, 0);
    end(share);
    if (!file)
        return fail(share, path, errno, err);
    *ret_file = file;
    return true;
}

static bool close_file(struct share *share, const char *path, SMBCFILE *file,
                       struct ajar_error *err)
{
    int result;

    begin(share);
    result = smbc_getFunctionClose(share->context)(share->context, file);
    end(share);
    return result == 0 || fail(share, path, errno, err);
}

static bool look_at(struct share *share, const char *path, SMBCFILE *file, size_t ceiling,
                    struct stat *ret_status, struct ajar_error *err)
{
    struct stat status = { 0 };
    int result;

    begin(share);
    result = smbc_getFunctionFstat(share->context)(share->context, file, &status);
    end(share);
    if (result != 0)
        return fail(share, path, errno, err);
    if (status.st_size < 0 || (uint64_t)status.st_size > ceiling)
        return ajar_fail(err, AJAR_EPROTOCOL, "//%s/%s/%s has more than %zu bytes", share->host,
                         share->name, path, ceiling);
    *ret_status = status;
    return true;
}

/* A file that somebody makes shorter meanwhile ends early, and is read as far as it goes. */
static bool read_pieces(struct share *share, const char *path, SMBCFILE *file, struct bytes *bytes,
                        struct ajar_error *err)
{
    size_t used = 0;
    ssize_t got = 1;

    while (used < bytes->size && got > 0) {
        size_t wanted = bytes->size - used < PIECE ? bytes->size - used : PIECE;

        begin(share);
        got = smbc_getFunctionRead(share->context)(share->context, file, bytes->at + used, wanted);
        end(share);
        if (got < 0)
            return fail(share, path, errno, err);
        used += (size_t)got;
    }
    bytes->size = used;
    return true;
}

static bool read_file(struct share *share, const char *path, SMBCFILE *file, size_t ceiling,
                      struct bytes *ret_bytes, int64_t *ret_modified, struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes bytes = { 0 };
    struct stat status = { 0 };

    if (!look_at(share, path, file, ceiling, &status, err))
        return false;
    if (status.st_size > 0) {
        bytes.size = (size_t)status.st_size;
        bytes.at = malloc(bytes.size);
        if (!bytes.at)
            return ajar_no_memory(err);
    }
    if (!read_pieces(share, path, file, &bytes, err))
        return false;
    if (ret_modified)
        *ret_modified = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    *ret_bytes = bytes;
    bytes = (struct bytes){ 0 };
    return true;
}

bool share_read(struct share *share, const char *path, size_t ceiling, struct bytes *ret_bytes,
                int64_t *ret_modified, struct ajar_error *err)
{
    struct ajar_error closing = AJAR_NO_ERROR;
    SMBCFILE *file = NULL;
    bool ok;

    if (!open_file(share, path, O_RDONLY, &file, err))
        return false;
    ok = read_file(share, path, file, ceiling, ret_bytes, ret_modified, err);
    (void)close_file(share, path, file, &closing); /* nothing is lost with it */
    return ok;
}

/* [MS-FSCC] 2.6 */
enum { ATTRIBUTE_DIRECTORY = 0x10, ATTRIBUTE_REPARSE_POINT = 0x400 };

static struct folder_entry entry_of(const struct libsmb_file_info *info)
{
    return (struct folder_entry){
        .name = info->name,
        .kind = info->attrs & ATTRIBUTE_REPARSE_POINT ? FOLDER_LINK
                : info->attrs & ATTRIBUTE_DIRECTORY   ? FOLDER_FOLDER
                                                      : FOLDER_FILE,
        .size = info->size,
        .modified = info->mtime_ts.tv_sec,
    };
}

/* The whole list came with the folder: this asks the host for nothing more. */
static bool take_entries(struct share *share, SMBCFILE *folder, size_t ceiling,
                         struct folder_list *list, struct ajar_error *err)
{
    const struct libsmb_file_info *info;
    size_t room = 0;

    while ((info = smbc_getFunctionReaddirPlus(share->context)(share->context, folder)) != NULL) {
        const struct folder_entry entry = entry_of(info);

        if (strcmp(entry.name, ".") == 0 || strcmp(entry.name, "..") == 0)
            continue;
        list->is_cut = list->count == ceiling;
        if (list->is_cut)
            return true;
        if (!folder_list_add(list, &room, &entry, err))
            return false;
    }
    return true;
}

bool share_list(struct share *share, const char *path, size_t ceiling, struct folder_list *ret_list,
                struct ajar_error *err)
{
    OWNED(folder_list_release) struct folder_list list = { 0 };
    OWNED(free) char *url = NULL;
    SMBCFILE *folder;
    bool ok;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    folder = smbc_getFunctionOpendir(share->context)(share->context, url);
    end(share);
    if (!folder)
        return fail(share, path, errno, err);
    begin(share);
    ok = take_entries(share, folder, ceiling, &list, err);
    (void)smbc_getFunctionClosedir(share->context)(share->context, folder);
    end(share);
    if (!ok)
        return false;
    *ret_list = list;
    list = (struct folder_list){ 0 };
    return true;
}

static bool write_pieces(struct share *share, const char *path, SMBCFILE *file,
                         const struct bytes *bytes, struct ajar_error *err)
{
    size_t used = 0;

    while (used < bytes->size) {
        size_t wanted = bytes->size - used < PIECE ? bytes->size - used : PIECE;
        ssize_t done;

        begin(share);
        done =
            smbc_getFunctionWrite(share->context)(share->context, file, bytes->at + used, wanted);
        end(share);
        if (done <= 0)
            return fail(share, path, done < 0 ? errno : EIO, err);
        used += (size_t)done;
    }
    return true;
}

static bool cut(struct share *share, const char *path, SMBCFILE *file, size_t size,
                struct ajar_error *err)
{
    struct stat status = { 0 };
    int result;

    if (!look_at(share, path, file, SIZE_MAX, &status, err))
        return false;
    if ((uint64_t)status.st_size <= size)
        return true;
    begin(share);
    result = smbc_getFunctionFtruncate(share->context)(share->context, file, (off_t)size);
    end(share);
    return result == 0 || fail(share, path, errno, err);
}

static bool check_written(struct share *share, const char *path, const struct bytes *bytes,
                          struct ajar_error *err)
{
    OWNED(bytes_release) struct bytes back = { 0 };

    if (!share_read(share, path, bytes->size + 1, &back, NULL, err))
        return false;
    if (!bytes_same(bytes, &back))
        return ajar_fail(err, AJAR_EPROTOCOL, "//%s/%s/%s does not hold what was written to it",
                         share->host, share->name, path);
    return true;
}

bool share_write(struct share *share, const char *path, const struct bytes *bytes,
                 struct ajar_error *err)
{
    struct ajar_error closing = AJAR_NO_ERROR;
    SMBCFILE *file = NULL;
    bool ok;

    if (!open_file(share, path, O_RDWR | O_CREAT, &file, err))
        return false;
    ok = write_pieces(share, path, file, bytes, err) && cut(share, path, file, bytes->size, err);
    if (!close_file(share, path, file, ok ? err : &closing))
        return false;
    return ok && check_written(share, path, bytes, err);
}

bool share_exists(struct share *share, const char *path, bool *ret_exists, struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    struct stat status = { 0 };
    int code;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    code = code_of(smbc_getFunctionStat(share->context)(share->context, url, &status));
    end(share);
    if (code != 0 && code != ENOENT && code != ENOTDIR)
        return fail(share, path, code, err);
    *ret_exists = code == 0;
    return true;
}

bool share_make_folder(struct share *share, const char *path, struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    int code;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    code = code_of(smbc_getFunctionMkdir(share->context)(share->context, url, 0755));
    end(share);
    return code == 0 || code == EEXIST || fail(share, path, code, err);
}

bool share_delete(struct share *share, const char *path, struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    int code;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    code = code_of(smbc_getFunctionUnlink(share->context)(share->context, url));
    end(share);
    return code == 0 || code == ENOENT || fail(share, path, code, err);
}

bool share_delete_folder(struct share *share, const char *path, struct ajar_error *err)
{
    OWNED(free) char *url = NULL;
    int code;

    if (!make_url(share, path, &url, err))
        return false;
    begin(share);
    code = code_of(smbc_getFunctionRmdir(share->context)(share->context, url));
    end(share);
    return code == 0 || code == ENOENT || fail(share, path, code, err);
}

void share_close(struct share *share)
{
    if (!share)
        return;
    if (share->context) {
        begin(share);
        (void)smbc_free_context(share->context, 1);
        end(share);
    }
    if (share->nowhere)
        (void)fclose(share->nowhere);
    free(share->kerberos);
    free(share->folder);
    free(share->name);
    free(share->host);
    free(share);
}

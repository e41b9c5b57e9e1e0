/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The signed text is a part of the record's own text: whoever has the file has what was signed,
 * with nothing but `sed`. So that this is true, no field of it is ever quoted or continued.
 */
#include "journal/approval.h"

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "journal/record_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define FILE_CEILING    (1024 * 1024)
#define SEAL_DIGITS     64
#define LONGEST_NAME    150
#define MOST_SIGNATURES 32768
#define BASE64          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

static const struct field_rule fields[] = {
    { .name = "plan", .type = FIELD_HEX, .required = true },
    { .name = "by", .type = FIELD_TEXT, .required = true },
    { .name = "at", .type = FIELD_TEXT, .required = true },
    { .name = "until", .type = FIELD_TEXT, .required = true },
    { .name = "signature", .type = FIELD_TEXT, .required = true },
    { 0 },
};

bool approval_is_name(const char *name)
{
    size_t size = strlen(name);

    for (size_t i = 0; i < size; i++) {
        if (name[i] <= ' ' || name[i] >= 0x7f || strchr("\"',;*?!", name[i]))
            return false;
    }
    return size > 0 && size <= LONGEST_NAME;
}

/* What is wrong with it; NULL: nothing. */
static const char *find_fault(const struct approval_record *approval)
{
    if (!approval->plan || strlen(approval->plan) != SEAL_DIGITS ||
        strspn(approval->plan, "0123456789abcdef") != SEAL_DIGITS)
        return "plan: the seal of a saved plan has 64 hexadecimal digits, in lower case";
    if (!approval->by || !approval_is_name(approval->by))
        return "by: the name of an allowed signer, without blanks, quotes or patterns";
    if (approval->until <= approval->at)
        return "until: an approval ends after it began";
    if (approval->signature &&
        (!approval->signature[0] || strlen(approval->signature) > MOST_SIGNATURES ||
         approval->signature[strspn(approval->signature, BASE64)]))
        return "signature: base64, as ssh-keygen -Y sign gives it, without its first and last line";
    return NULL;
}

static bool check(const struct approval_record *approval, struct ajar_error *err)
{
    const char *fault = find_fault(approval);

    return !fault || ajar_fail(err, AJAR_EJOURNAL, "[approval] %s", fault);
}

static void write_signed(struct text *text, const struct approval_record *approval)
{
    ini_write_field(text, "plan", approval->plan);
    ini_write_field(text, "by", approval->by);
    ini_write_field(text, "at", clock_write_time(approval->at).at);
    ini_write_field(text, "until", clock_write_time(approval->until).at);
}

bool approval_signed_text(const struct approval_record *approval, char **ret_text,
                          struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    if (!check(approval, err))
        return false;
    write_signed(&text, approval);
    return text_take(&text, ret_text, err);
}

/* As [approval NAME]. */
static bool write_section(struct text *text, const char *name,
                          const struct approval_record *approval, struct ajar_error *err)
{
    if (!check(approval, err))
        return false;
    if (!approval->signature)
        return ajar_fail(err, AJAR_EJOURNAL, "[approval] of %s is not signed", approval->by);
    ini_write_section(text, "approval", name);
    write_signed(text, approval);
    ini_write_field(text, "signature", approval->signature);
    return true;
}

bool approval_record_write(const struct approval_record *approval, char **ret_text,
                           struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(RECORD_CEILING);

    return write_section(&text, "", approval, err) && text_take(&text, ret_text, err);
}

static bool copy_texts(const char *plan, const char *by, const char *signature,
                       struct approval_record *approval, struct ajar_error *err)
{
    return text_replace(&approval->plan, plan, err) && text_replace(&approval->by, by, err) &&
           text_replace(&approval->signature, signature, err);
}

static bool read_section(const struct ini *ini, const struct ini_section *section,
                         struct approval_record *approval, struct ajar_error *err)
{
    const char *fault;

    approval->line = section->line;
    if (strcmp(section->kind, "approval") != 0)
        return ajar_fail(err, AJAR_EPLAN, "%s:%d: section [%s%s%s] has no place here", ini->file,
                         section->line, section->kind, section->name[0] ? " " : "", section->name);
    if (!schema_check(ini->file, section, fields, NULL, err) ||
        !copy_texts(ini_value(section, "plan"), ini_value(section, "by"),
                    ini_value(section, "signature"), approval, err) ||
        !record_read_time(ini, section, "at", &approval->at, err) ||
        !record_read_time(ini, section, "until", &approval->until, err))
        return false;
    fault = find_fault(approval);
    return !fault ||
           ajar_fail(err, AJAR_EPLAN, "%s:%d: [approval] %s", ini->file, section->line, fault);
}

static bool read_record(const struct ini *ini, struct approval_record *approval,
                        struct ajar_error *err)
{
    static const char *const needed[] = { "approval", NULL };

    return record_check_sections(ini, needed, NULL, err) &&
           read_section(ini, ini->sections, approval, err);
}

bool approval_record_read(const char *file, const char *text, size_t size,
                          struct approval_record *ret_approval, struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;
    OWNED(approval_record_release) struct approval_record approval = { 0 };

    if (!ini_read(file, text, size, INI_RECORD, &ini, err) || !read_record(ini, &approval, err))
        return record_blame(err);
    *ret_approval = approval;
    approval = (struct approval_record){ 0 };
    return true;
}

bool approval_record_copy(const struct approval_record *source, struct approval_record *ret_copy,
                          struct ajar_error *err)
{
    OWNED(approval_record_release)
    struct approval_record copy = { .at = source->at,
                                    .until = source->until,
                                    .line = source->line };

    if (!copy_texts(source->plan, source->by, source->signature, &copy, err))
        return false;
    *ret_copy = copy;
    copy = (struct approval_record){ 0 };
    return true;
}

void approval_record_release(struct approval_record *approval)
{
    free(approval->plan);
    free(approval->by);
    free(approval->signature);
    *approval = (struct approval_record){ 0 };
}

/* Makes room for one more, all zero. */
static struct approval_record *extend(struct approvals *approvals, struct ajar_error *err)
{
    struct approval_record *more =
        reallocarray(approvals->list, approvals->count + 1, sizeof(*more));

    if (!more) {
        (void)ajar_no_memory(err);
        return NULL;
    }
    approvals->list = more;
    more[approvals->count] = (struct approval_record){ 0 };
    return &more[approvals->count++];
}

bool approvals_add(struct approvals *approvals, const struct approval_record *approval,
                   struct ajar_error *err)
{
    struct approval_record *slot = extend(approvals, err);

    return slot && approval_record_copy(approval, slot, err);
}

/* The bytes of the file beside a saved plan; none when there is no such file. */
static bool read_beside(const char *path, struct bytes *ret_bytes, struct ajar_error *err)
{
    return access(path, F_OK) != 0 || file_read(path, FILE_CEILING, ret_bytes, err);
}

static bool read_sections(const struct bytes *bytes, struct approvals *approvals,
                          struct ajar_error *err)
{
    OWNED(ini_free) struct ini *ini = NULL;

    if (bytes->size == 0)
        return true;
    if (!ini_read(approvals->file, (const char *)bytes->at, bytes->size, INI_RECORD, &ini, err))
        return false;
    for (size_t i = 0; i < ini->count; i++) {
        struct approval_record *slot = extend(approvals, err);

        if (!slot || !read_section(ini, &ini->sections[i], slot, err))
            return false;
    }
    return true;
}

bool approvals_read(const char *saved_plan, struct approvals *ret_approvals, struct ajar_error *err)
{
    OWNED(approvals_release) struct approvals approvals = { 0 };
    OWNED(bytes_release) struct bytes bytes = { 0 };

    approvals.file = text_make("%s.approvals", saved_plan);
    if (!approvals.file)
        return ajar_no_memory(err);
    if (!read_beside(approvals.file, &bytes, err) || !read_sections(&bytes, &approvals, err))
        return false;
    *ret_approvals = approvals;
    approvals = (struct approvals){ 0 };
    return true;
}

/* Whoever else approves of the same plan waits; the lock ends with the descriptor. */
static bool lock_plan(const char *saved_plan, int *ret_descriptor, struct ajar_error *err)
{
    int descriptor = open(saved_plan, O_RDONLY | O_CLOEXEC);

    if (descriptor >= 0 && flock(descriptor, LOCK_EX) == 0) {
        *ret_descriptor = descriptor;
        return true;
    }
    (void)ajar_fail(err, AJAR_ESYSTEM, "could not open \"%.200s\": %s", saved_plan,
                    strerror(errno));
    if (descriptor >= 0)
        (void)close(descriptor);
    return false;
}

static mode_t mode_of(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? about.st_mode & 0777 : 0644;
}

static bool write_numbered(struct text *text, size_t number, const struct approval_record *approval,
                           struct ajar_error *err)
{
    OWNED(free) char *name = text_make("%zu", number);

    return name ? write_section(text, name, approval, err) : ajar_no_memory(err);
}

bool approvals_append(const char *saved_plan, const struct approval_record *approval,
                      struct ajar_error *err)
{
    OWNED(close) int lock = -1;
    OWNED(approvals_release) struct approvals all = { 0 };
    OWNED(text_release) struct text text = TEXT_UP_TO(FILE_CEILING);

    if (!lock_plan(saved_plan, &lock, err) || !approvals_read(saved_plan, &all, err) ||
        !approvals_add(&all, approval, err))
        return false;
    for (size_t i = 0; i < all.count; i++) {
        if (!write_numbered(&text, i + 1, &all.list[i], err))
            return false;
    }
    if (text.faulty)
        return ajar_fail(err, AJAR_ESYSTEM, "%s would be too large", all.file);
    return file_write(all.file, text_peek(&text), text.size, mode_of(all.file), err);
}

/* Lower case; what cannot be in a file name is a hyphen. To be freed. */
static char *make_safe(const char *name)
{
    char *safe = text_copy(name);

    for (char *at = safe; at && *at; at++) {
        *at = ascii_lower(*at);
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-.", *at) ||
            ((*at == '-' || *at == '.') && at == safe) || (*at == '.' && at[1] == '.'))
            *at = at == safe ? 'x' : '-';
    }
    return safe;
}

/* How many up to and with `index` are called so. */
static bool count_alike(const struct approval_record *list, size_t index, const char *safe,
                        size_t *ret_count, struct ajar_error *err)
{
    *ret_count = 0;
    for (size_t i = 0; i <= index; i++) {
        OWNED(free) char *other = make_safe(list[i].by);

        if (!other)
            return ajar_no_memory(err);
        *ret_count += strcmp(other, safe) == 0 ? 1 : 0;
    }
    return true;
}

bool approvals_file_name(const struct approval_record *list, size_t index, char **ret_name,
                         struct ajar_error *err)
{
    OWNED(free) char *safe = make_safe(list[index].by);
    size_t alike = 0;

    if (!safe)
        return ajar_no_memory(err);
    if (!count_alike(list, index, safe, &alike, err))
        return false;
    *ret_name = alike > 1 ? text_make("%s-%zu.ini", safe, alike) : text_make("%s.ini", safe);
    return *ret_name || ajar_no_memory(err);
}

bool approval_fits_file(const struct approval_record *approval, const char *name)
{
    OWNED(free) char *safe = make_safe(approval->by);
    size_t size = safe ? strlen(safe) : 0;

    if (!safe || strncmp(name, safe, size) != 0)
        return false;
    name += size;
    if (name[0] == '-')
        name += 1 + strspn(name + 1, "0123456789");
    return strcmp(name, ".ini") == 0;
}

void approvals_release(struct approvals *approvals)
{
    for (size_t i = 0; i < approvals->count; i++)
        approval_record_release(&approvals->list[i]);
    free(approvals->list);
    free(approvals->file);
    *approvals = (struct approvals){ 0 };
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/message.h"

#include "model/state_record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char *const verbs[] = {
    [VERB_LOCATE] = "locate",
    [VERB_DOMAINS] = "domains",
    [VERB_FOREST_CONTROLLERS] = "forest-controllers",
    [VERB_OBSERVE] = "observe",
    [VERB_WRITE] = "write",
    [VERB_WITNESS] = "witness",
    [VERB_EXAMINE] = "examine",
};

static const char *const results[] = {
    [REQUIREMENT_UNKNOWN] = "unknown",
    [REQUIREMENT_PASS] = "pass",
    [REQUIREMENT_FAIL] = "fail",
};

static const char from_section[] = "from";
static const char to_section[] = "to";

/* What a worker gets is on one target, whatever the plan says: see setting_at(). */
static void write_place(struct text *text, const struct setting *setting)
{
    OWNED(text_release) struct text on = TEXT_UP_TO(400);

    text_format(&on, "%s%s", schema_places[setting->place], setting->where);
    ini_write_field(text, "on", text_peek(&on));
}

static void write_setting(struct text *text, const struct setting *setting)
{
    const struct ini_section *section = setting->section;

    ini_write_section(text, section->kind, section->name);
    for (size_t i = 0; i < section->count; i++) {
        if (strcmp(section->fields[i].name, "on") == 0 && setting->where)
            write_place(text, setting);
        else
            ini_write_field(text, section->fields[i].name, section->fields[i].value);
    }
}

bool request_write(const struct request *request, char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(MESSAGE_CEILING);

    ini_write_section(&text, "request", "");
    ini_write_field(&text, "verb", verbs[request->verb]);
    if (request->evidence)
        ini_write_field(&text, "evidence", "yes");
    if (request->verb == VERB_WRITE)
        state_record_write(&text, from_section, &request->from);
    if (request->verb == VERB_WRITE || request->verb == VERB_WITNESS)
        state_record_write(&text, to_section, &request->to);
    if (request->setting)
        write_setting(&text, request->setting); /* the last section */
    return text_take(&text, ret_text, err);
}

/* The place of `word` (which may be NULL) among the words. */
static bool find_word(const char *const *words, size_t count, const char *word, size_t *ret_place)
{
    for (size_t i = 0; word && i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_place = i;
            return true;
        }
    }
    return false;
}

static bool read_state(const struct ini *ini, const char *kind, struct ajar_state *ret_state,
                       struct ajar_error *err)
{
    const struct ini_section *section = ini_find(ini, kind, "");

    return !section || state_record_read(ini->file, section, ret_state, err);
}

bool request_read(const char *text, size_t size, struct received *ret_received,
                  struct ajar_error *err)
{
    OWNED(received_release) struct received received = { 0 };
    const struct ini *ini;
    size_t verb = 0;

    if (!ini_read("request", text, size, INI_RECORD, &received.ini, err))
        return false;
    ini = received.ini;
    if (!find_word(verbs, LENGTH(verbs), ini_value(ini_find(ini, "request", ""), "verb"), &verb))
        return ajar_fail(err, AJAR_EPROTOCOL, "a request without a verb");
    received.request.verb = (enum verb)verb;
    received.request.evidence = ini_value(ini_find(ini, "request", ""), "evidence") != NULL;
    if (!read_state(ini, from_section, &received.request.from, err) ||
        !read_state(ini, to_section, &received.request.to, err))
        return false;
    received.setting = (struct setting){
        .file = ini->file,
        .section = &ini->sections[ini->count - 1],
    };
    setting_read_place(&received.setting);
    *ret_received = received;
    ret_received->request.setting = &ret_received->setting;
    received = (struct received){ 0 };
    return true;
}

void received_release(struct received *received)
{
    ajar_state_release(&received->request.from);
    ajar_state_release(&received->request.to);
    if (received->ini)
        ini_free(received->ini);
    *received = (struct received){ 0 };
}

static void write_error(struct text *text, const struct ajar_error *error)
{
    char native[16];

    (void)snprintf(native, sizeof(native), "%u", error->native);
    ini_write_section(text, "reply", "");
    ini_write_field(text, "status", ajar_status_name(error->status));
    ini_write_field(text, "native", native);
    ini_write_field(text, "text", error->text);
    ini_write_field(text, "hint", error->hint);
}

static void write_finding(struct text *text, const struct finding *finding)
{
    ini_write_section(text, "finding", "");
    ini_write_field(text, "result", results[finding->result]);
    ini_write_field(text, "reason", finding->reason);
    if (finding->hint)
        ini_write_field(text, "hint", finding->hint);
}

bool reply_write(const struct reply *reply, char **ret_text, struct ajar_error *err)
{
    OWNED(text_release) struct text text = TEXT_UP_TO(MESSAGE_CEILING);

    write_error(&text, &reply->error);
    state_record_write(&text, "now", &reply->now);
    if (reply->evidence.known)
        state_record_write(&text, "evidence", &reply->evidence);
    if (reply->pdc || reply->hosts.count > 0) {
        ini_write_section(&text, "controllers", "");
        if (reply->pdc)
            ini_write_field(&text, "pdc", reply->pdc);
        for (size_t i = 0; i < reply->hosts.count; i++)
            ini_write_field(&text, "host", reply->hosts.names[i]);
    }
    if (reply->finding.reason)
        write_finding(&text, &reply->finding);
    return text_take(&text, ret_text, err);
}

static void read_error(const struct ini_section *section, struct ajar_error *ret_error)
{
    const char *status = ini_value(section, "status");
    const char *native = ini_value(section, "native");
    const char *text = ini_value(section, "text");
    const char *hint = ini_value(section, "hint");

    ret_error->status = ajar_status_from_name(status ? status : "");
    ret_error->native = native ? (uint32_t)strtoul(native, NULL, 10) : 0;
    (void)snprintf(ret_error->text, sizeof(ret_error->text), "%s", text ? text : "");
    (void)snprintf(ret_error->hint, sizeof(ret_error->hint), "%s", hint ? hint : "");
}

static bool read_controllers(const struct ini_section *section, struct reply *reply,
                             struct ajar_error *err)
{
    const char *pdc = ini_value(section, "pdc");

    for (size_t i = 0; section && i < section->count; i++) {
        const struct ini_field *field = &section->fields[i];

        if (strcmp(field->name, "host") == 0 && !host_list_add(&reply->hosts, field->value, err))
            return false;
    }
    reply->pdc = text_copy(pdc);
    return !pdc || reply->pdc || ajar_no_memory(err);
}

static bool read_finding(const struct ini_section *section, struct finding *finding,
                         struct ajar_error *err)
{
    const char *reason = ini_value(section, "reason");
    size_t result = REQUIREMENT_UNKNOWN;

    if (!section)
        return true;
    if (!find_word(results, LENGTH(results), ini_value(section, "result"), &result) || !reason)
        return ajar_fail(err, AJAR_EPROTOCOL, "a finding without a result");
    finding->result = (enum requirement_result)result;
    return text_replace(&finding->reason, reason, err) &&
           text_replace(&finding->hint, ini_value(section, "hint"), err);
}

bool reply_read(const char *text, size_t size, struct reply *ret_reply, struct ajar_error *err)
{
    OWNED(reply_release) struct reply reply = { 0 };
    OWNED(ini_free) struct ini *ini = NULL;

    if (!ini_read("reply", text, size, INI_RECORD, &ini, err))
        return false;
    read_error(ini_find(ini, "reply", ""), &reply.error);
    if (!read_state(ini, "now", &reply.now, err) ||
        !read_state(ini, "evidence", &reply.evidence, err) ||
        !read_controllers(ini_find(ini, "controllers", ""), &reply, err) ||
        !read_finding(ini_find(ini, "finding", ""), &reply.finding, err))
        return false;
    *ret_reply = reply;
    reply = (struct reply){ 0 };
    return true;
}

void reply_release(struct reply *reply)
{
    ajar_state_release(&reply->now);
    ajar_state_release(&reply->evidence);
    host_list_release(&reply->hosts);
    finding_release(&reply->finding);
    free(reply->pdc);
    *reply = (struct reply){ 0 };
}

static bool send_all(int socket, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool receive_all(int socket, void *bytes, size_t size)
{
    char *at = bytes;

    while (size > 0) {
        ssize_t got = recv(socket, at, size, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

bool message_send(int socket, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);

    return send_all(socket, &size, sizeof(size)) && send_all(socket, text, size);
}

bool message_receive(int socket, char **ret_text, size_t *ret_size)
{
    uint32_t size = 0;
    OWNED(free) char *text = NULL;

    if (!receive_all(socket, &size, sizeof(size)) || size > MESSAGE_CEILING)
        return false;
    text = malloc((size_t)size + 1);
    if (!text || !receive_all(socket, text, size))
        return false;
    text[size] = '\0';
    *ret_text = text;
    *ret_size = size;
    text = NULL;
    return true;
}

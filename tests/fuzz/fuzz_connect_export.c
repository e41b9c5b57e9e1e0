/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exported configurations from anywhere: each is read or refused, as XML and as JSON. What is kept
 * of it is short, and disturbs no terminal.
 */
#include "base/text.h"
#include "fuzz/fuzz.h"
#include "model/connect_export.h"
#include "model/connect_policy.h"

#include <string.h>

static void demand(bool ok)
{
    if (!ok)
        abort();
}

static void demand_plain(const char *text)
{
    for (; text && *text; text++)
        demand((unsigned char)*text >= 0x20 && *text != 0x7f);
}

static void read_export(const struct bytes *file)
{
    OWNED(connect_export_release) struct connect_export facts = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!connect_export_read("Connector_{338cd001-2244-31f1-aaaa-900038001003}.xml", file, &facts,
                             &err)) {
        demand(strncmp(err.text, "line ", 5) == 0 && !strchr(err.text, '\n'));
        return;
    }
    demand(facts.has_id);
    demand_plain(facts.name);
    demand_plain(facts.login_user);
    demand_plain(facts.login_domain);
}

static void read_policy(const struct bytes *file)
{
    OWNED(connect_policy_release) struct connect_policy policy = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!connect_policy_read(file, &policy, &err)) {
        demand(err.text[0] && !strchr(err.text, '\n'));
        return;
    }
    for (size_t i = 0; i < policy.directory_count; i++) {
        demand_plain(policy.directories[i].friendly_name);
        demand_plain(policy.directories[i].dns_name);
        demand_plain(policy.directories[i].partitions);
    }
    for (size_t i = 0; i < policy.said_count; i++) {
        demand_plain(policy.said[i].text);
        demand(strlen(policy.said[i].text) < 250);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWNED(bytes_release) struct bytes file = { 0 };
    struct ajar_error err = AJAR_NO_ERROR;

    if (!bytes_copy(data, size, &file, &err))
        return 0;
    read_export(&file);
    read_policy(&file);
    return 0;
}

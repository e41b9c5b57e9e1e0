#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A window of permissions in a real domain, from the plan to the last byte of the descriptor.

load lab

# descriptor DN: all of it, as the controller keeps it, in base64.
descriptor() {
    LDAPTLS_CACERT=$LAB_TARGET_CA lab in ldapsearch -LLL -o ldif-wrap=no -x \
        -H ldaps://dc2.target.test -D 'TARGET\Administrator' -y <(printf %s "$PASSWORD") \
        -b "$1" -s base nTSecurityDescriptor | sed -n 's/^nTSecurityDescriptor:: //p'
}

write_permissions() {
    write_plan permissions <<'PLAN'
[plan]
name = permissions
title = Anonymous Logon enumerates accounts

[permission enumerate]
on = domain target.test
object = CN=Server,CN=System
trustee = anonymous-logon
right = enumerate-entire-sam-domain
closed = absent

[permission read]
on = domain target.test
object = CN=Server,CN=System
ace = (A;;RPLCLORC;;;RU)
ace = (A;;RPLCLORC;;;AN)
closed = absent

[permission sid-history]
on = domain target.test
object = domain
trustee = Guest
right = migrate-sid-history
PLAN
}

@test "a window of permissions opens, and closes without a trace" {
    local server=CN=Server,CN=System,DC=target,DC=test
    local server_before head_before
    PASSWORD=$(<"$LAB_TARGET_PASSWORD_FILE")
    write_permissions
    server_before=$(descriptor "$server")
    head_before=$(descriptor DC=target,DC=test)
    [[ -n $server_before && -n $head_before ]]

    ajar plan permissions.ini
    [[ $status == 0 ]] || { cat out err && false; }
    out_has '(A;;RPLCLORC;;;S-1-5-32-554) present, (A;;RPLCLORC;;;S-1-5-7) absent'

    ajar apply permissions.ini --for 1h --reason test --yes
    [[ $status == 0 ]] || { cat out err && false; }
    [[ $(descriptor "$server") != "$server_before" ]]
    [[ $(descriptor DC=target,DC=test) != "$head_before" ]]

    ajar rollback --yes
    [[ $status == 0 ]] || { cat out err && false; }
    [[ $(descriptor "$server") == "$server_before" ]]
    [[ $(descriptor DC=target,DC=test) == "$head_before" ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A window of groups and attributes on a real Active Directory: opened, disturbed, closed.

load lab.bash

readonly SERVICE='CN=Directory Service,CN=Windows NT,CN=Services,CN=Configuration,DC=target,DC=test'

write_domain_plan() {
    write_plan domain <<'PLAN'
[plan]
name = domain

[parameter netbios]
about = short name of the domain

[group sid-history-audit]
on = domain target.test
name = ${netbios}$$$
description = used to audit use of DsAddSidHistory

[attribute machine-account-quota]
on = domain target.test
object = domain
attribute = ms-DS-MachineAccountQuota
open = 500

[attribute anonymous-ldap]
on = domain target.test
base = configuration
object = CN=Directory Service,CN=Windows NT,CN=Services
attribute = dSHeuristics
position = 7
character = 2

[attribute a-later-character]
on = domain target.test
base = configuration
object = CN=Directory Service,CN=Windows NT,CN=Services
attribute = dSHeuristics
position = 13
character = 1

[attribute rc4]
on = domain target.test
object = CN=Guest,CN=Users
attribute = msDS-SupportedEncryptionTypes
set-bits = 0x4

[attribute aes]
on = domain target.test
object = CN=Guest,CN=Users
attribute = msDS-SupportedEncryptionTypes
set-bits = 0x18

[attribute delegation]
on = domain target.test
object = CN=Guest,CN=Users
attribute = userAccountControl
set-bits = 0x100000
clear-bits = 0x20

[attribute nothing-to-clear]
on = domain target.test
object = CN=krbtgt,CN=Users
attribute = msDS-SupportedEncryptionTypes
clear-bits = 0x4
PLAN
}

apply_domain() { ajar apply domain.ini --set netbios=TARGET --for 1h --reason test --yes; }

dump() { lab in "$BATS_TEST_DIRNAME/dump" directory dc2.target.test "$(auth_of dc2.target.test)"; }

# change FILE: somebody else's LDIF, on dc2's own database.
change() { lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb >/dev/null; }

# value DN ATTRIBUTE: as Samba has it.
value() {
    lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb -b "$1" -s base "$2" |
        sed -n "s/^$2: //p"
}

@test "groups and attributes: apply and rollback are identity" {
    write_domain_plan
    dump >before
    apply_domain
    ends_with 0
    [[ $(value 'CN=TARGET$$$,CN=Users,DC=target,DC=test' groupType) == -2147483644 ]]
    [[ $(value "$SERVICE" dSHeuristics) == 0000002001001 ]]
    [[ $(value 'CN=Guest,CN=Users,DC=target,DC=test' msDS-SupportedEncryptionTypes) == 28 ]]
    ajar status --live
    ends_with 0
    ajar rollback --yes
    ends_with 0
    out_lacks 'what was made around it stays'
    dump >after
    diff before after
}

@test "what others change in the same values stays" {
    write_domain_plan
    apply_domain
    ends_with 0
    change <<LDIF
dn: $SERVICE
changetype: modify
replace: dSHeuristics
dSHeuristics: 0010002001001
LDIF
    ajar status --live
    ends_with 0
    ajar rollback --yes
    ends_with 0
    out_has 'what was made around it stays'
    [[ $(value "$SERVICE" dSHeuristics) == 001 ]]
    change <<LDIF
dn: $SERVICE
changetype: modify
delete: dSHeuristics
LDIF
}

@test "a group with members stays, and closes once they are out" {
    write_domain_plan
    apply_domain
    ends_with 0
    lab on dc2 samba-tool group addmembers 'TARGET$$$' Guest
    ajar rollback --yes
    ends_with 4
    out_has 'has 1 member: CN=Guest,CN=Users,DC=target,DC=test'
    lab on dc2 samba-tool group removemembers 'TARGET$$$' Guest
    ajar rollback --yes
    ends_with 0
    [[ -z $(value 'CN=TARGET$$$,CN=Users,DC=target,DC=test' groupType) ]]
}

@test "a group that somebody made anew is left alone" {
    write_domain_plan
    apply_domain
    ends_with 0
    lab on dc2 samba-tool group delete 'TARGET$$$'
    lab on dc2 samba-tool group add 'TARGET$$$' --group-scope=Domain
    ajar rollback --yes
    ends_with 4
    out_has 'it is not the group that was made for this window'
    lab on dc2 samba-tool group delete 'TARGET$$$'
    ajar rollback --yes
    ends_with 0
}

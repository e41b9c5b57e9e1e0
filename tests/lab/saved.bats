#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A saved plan on a real Active Directory: applied exactly as it was saved, once, or not at all.

load lab.bash

readonly DC1=dc1.source.test
readonly KEY='HKLM\SOFTWARE\AjarTest'
readonly GROUP='Pre-Windows 2000 Compatible Access'

setup() {
    lab_setup
    registry_set "$DC1" "$KEY" Two dword 2
    write_plan three <<'EOP'
[plan]
name = three

[registry one]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1

[registry two]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Two
type = dword
open = 3

[attribute quota]
on = domain target.test
object = domain
attribute = ms-DS-MachineAccountQuota
open = 500

[member everyone]
on = domain target.test
group = S-1-5-32-554
member = everyone
EOP
}

teardown() {
    lab_teardown
    set_quota 10
    remove_everyone 2>/dev/null || true
}

remove_everyone() {
    printf 'dn: CN=%s,CN=Builtin,DC=target,DC=test\nchangetype: modify\ndelete: member\nmember: <SID=S-1-1-0>\n' \
        "$GROUP" | lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb >/dev/null
}

quota() {
    lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb -s base -b DC=target,DC=test \
        ms-DS-MachineAccountQuota | sed -n 's/^ms-DS-MachineAccountQuota: //p'
}

set_quota() {
    printf 'dn: DC=target,DC=test\nchangetype: modify\nreplace: ms-DS-MachineAccountQuota\n%s: %s\n' \
        ms-DS-MachineAccountQuota "$1" |
        lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb >/dev/null
}

# How often Everyone is a member.
count_everyone() {
    lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb "(cn=$GROUP)" member |
        grep -ciE '^member: CN=(Everyone|S-1-1-0),' || true
}

save() {
    ajar plan three.ini --out three.plan
    ends_with 0
    out_has 'Saved in three.plan, seal '
}

apply() { ajar apply three.plan --for 1h --reason saved --yes "$@"; }

# refused: stale, with nothing recorded, and nothing written but what the test itself did.
refused() {
    ends_with 5
    out_has 'the saved plan is stale: 1 of 4 is not what it was when it was saved'
    cp out refusal
    [[ -z $(open_windows) ]]
    cp refusal out
    [[ $(registry_value "$DC1" "$KEY" One) == absent ]]
}

@test "a saved plan is shown for ever, applied as it is, and rolled back" {
    save
    ajar show ./three.plan --json
    ends_with 0
    jq -e '.format == "ajar-saved-plan/1" and (.changes | length) == 4 and .summary.create == 2 and
        (.changes[] | select(.setting == "quota") | .phrases.before == "10" and
            .evidence.exact == "yes" and (.evidence.version | tonumber) >= 1) and
        (.changes[] | select(.setting == "everyone") | .evidence.exact == "no")' out
    # Neither a configuration nor a journal, and nobody to ask.
    status=0
    "$AJAR" show ./three.plan --config /nowhere >out 2>err || status=$?
    ends_with 0
    out_has 'seal '

    # The seal, without ajar.
    [[ $(sed '$d' three.plan | sha256sum | cut -d' ' -f1) == \
        "$(sed -n '$s/^sha256 = //p' three.plan)" ]]

    apply
    ends_with 0
    [[ $(registry_value "$DC1" "$KEY" One) == 'REG_DWORD 1' && $(quota) == 500 ]]
    [[ $(count_everyone) == 1 ]]
    ajar show
    out_has "saved plan    $(sed -n '$s/^sha256 = //p' three.plan)"
    ajar rollback --yes
    ends_with 0
    [[ $(registry_value "$DC1" "$KEY" One) == absent && $(quota) == 10 ]]
    [[ $(registry_value "$DC1" "$KEY" Two) == 'REG_DWORD 2' ]]
    [[ $(count_everyone) == 0 ]]
}

@test "it is applied once" {
    save
    apply
    ends_with 0
    apply
    ends_with 5
    err_has 'three.plan was applied already: window '
    ajar rollback --yes
    ends_with 0
    apply
    ends_with 5
    [[ $(registry_value "$DC1" "$KEY" One) == absent ]]
}

@test "a registry value that moved" {
    save
    registry_set "$DC1" "$KEY" Two dword 7
    apply
    refused
    out_has '  ! registry two  it was changed since the plan was saved'
    out_has '      planned from  2'
    out_has '      now           7'
    out_has '      wanted        3'
    out_lacks 'quota'
}

@test "an attribute that moved" {
    save
    set_quota 20
    apply
    refused
    out_has '  ! attribute quota  it was changed since the plan was saved'
    out_has '      planned from  10'
    out_has '      now           20'
    out_has '      wanted        500'
    apply --json
    ends_with 5
    jq -e '[.changes[] | select(.moved) | .setting] == ["quota"]' out
}

@test "a membership that moved, although it is as the plan wants it by now" {
    save
    lab on dc2 samba-tool group addmembers "$GROUP" S-1-1-0
    apply
    refused
    out_has '  ! member everyone  it was changed since the plan was saved'
    out_has '      now           member'
}

@test "an attribute that was changed and changed back" {
    save
    set_quota 20
    set_quota 10
    apply
    refused
    out_has '  ! attribute quota  it was changed and changed back: version '
    out_has '      now           10'
}

# The group's own number is another one by then.
@test "what was written beside it is a note, and stops nobody" {
    save
    registry_set "$DC1" "$KEY" Other dword 1
    lab on dc2 samba-tool group addmembers "$GROUP" S-1-5-7
    apply
    printf 'dn: CN=%s,CN=Builtin,DC=target,DC=test\nchangetype: modify\ndelete: member\nmember: <SID=S-1-5-7>\n' \
        "$GROUP" | lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb
    ends_with 0
    err_has 'everyone: it is what it was, but something at it was written since: usn-at-dc2-target-test '
    ajar rollback --yes
    ends_with 0
}

@test "a file that somebody altered" {
    save
    sed -i 's/^open = 500$/open = 501/' three.plan
    apply
    ends_with 65
    err_has 'three.plan: it was changed after it was saved: its seal does not match'
    [[ -z $(open_windows) && $(quota) == 10 ]]
}

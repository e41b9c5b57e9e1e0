#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A window on a real Active Directory: opened, seen by others, disturbed, closed, and nothing left.

load lab.bash

# The settings of the shipped plan that are about values and members: full.bats has all of it.
ADMT=(migration.ini --set source-domain=source.test --set target-domain=target.test
    --set pes-host=dc1.source.test)
readonly LSA='HKLM\SYSTEM\CurrentControlSet\Control\Lsa'

dump() { lab in "$BATS_TEST_DIRNAME/dump" "$1" "$2" "$(auth_of "$2")"; }

# Everything that a window could have touched, read by Samba's own client.
dump_all() {
    mkdir -p "$1"
    dump registry dc1.source.test >"$1/dc1.registry"
    dump registry dc2.target.test >"$1/dc2.registry"
    dump registry dc3.target.test >"$1/dc3.registry"
    dump directory source.test >"$1/source.directory"
    dump directory target.test >"$1/target.directory"
}

assert_same_dumps() { diff -r "$1" "$2" >&2; }

setup() {
    lab_setup
    write_plan migration <<'EOP'
[plan]
name = admt-password-migration
use = admt-password-migration

[skip]
settings = audit-group, audit-account-management-source, audit-account-management-target
settings = migrate-sid-history, read-sam-server, enumerate-sam-domain, password-export-server
settings = source-names-target, target-names-source, source-answers, target-answers, source-clock
settings = target-clock, source-trusts-target, migrator-administers-source, audit-group-is-empty
settings = source-policies, target-policies, trust-with-source, export-host-is-a-controller
settings = export-host-answers, password-server, credential-guard, let-old-sids-pass
settings = filter-sids-again, install-admt, create-encryption-key, install-password-migration
settings = import-encryption-key, restart-export-host, restart-server-services
settings = remove-password-export, restart-server-services-again
EOP
}

# A value of every kind, in every state that it can be found in.
write_identity_plan() {
    write_plan identity <<'EOP'
[plan]
name = identity

[registry absent]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Absent
type = dword
open = 0xfffffffe

[registry equal]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Equal
type = dword
open = 1

[registry different]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Different
type = dword
open = 1

[registry other-type]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = OtherType
type = dword
open = 1

[registry empty-text]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = EmptyText
type = sz
open = full

[registry empty-bytes]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = EmptyBytes
type = binary
open = 00ff

[registry odd-text]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = OddText
type = multi_sz
open = eins
open = zwei

[registry unknown-type]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = UnknownType
type = qword
open = 18446744073709551615

[registry unicode]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest\Größe 日本
value = Wert ✓ 𝄞
type = sz
open = Grüße 𝄞

[registry default-value]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest\Empty
value =
type = expand_sz
open = %SystemRoot%

[registry deep-one]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest\Not\There\Yet
value = One
type = dword
open = 1

[registry deep-two]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest\Not\There\Yet
value = Two
type = none
open = 0102

[registry to-absent]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Unwanted
open = absent

[registry on-all]
on = controllers target.test
key = HKLM\SOFTWARE\AjarTest
value = Everywhere
type = dword
open = 0

[member everyone]
on = domain target.test
group = S-1-5-32-554
member = everyone

[member there-already]
on = domain target.test
group = S-1-5-32-554
member = authenticated-users

[member foreigner]
on = domain target.test
group = S-1-5-32-554
member = ${foreign-sid}

[parameter foreign-sid]
about = SID of a user of the other forest
EOP
}

prepare_identity() {
    poke dc1.source.test set 'SOFTWARE\AjarTest' Equal 4 01000000
    poke dc1.source.test set 'SOFTWARE\AjarTest' Different 4 05000000
    poke dc1.source.test set 'SOFTWARE\AjarTest' OtherType 1 31000000
    poke dc1.source.test set 'SOFTWARE\AjarTest' EmptyText 1 ''
    poke dc1.source.test set 'SOFTWARE\AjarTest' EmptyBytes 3 ''
    poke dc1.source.test set 'SOFTWARE\AjarTest' OddText 7 6100620000d863
    poke dc1.source.test set 'SOFTWARE\AjarTest' UnknownType 4711 010203
    poke dc1.source.test set 'SOFTWARE\AjarTest' Unwanted 1 680061006c006f000000
    poke dc1.source.test key 'SOFTWARE\AjarTest\Empty'
    poke dc2.target.test key 'SOFTWARE\AjarTest'
}

# The SID of a domain, from its own directory.
domain_sid() {
    lab in rpcclient -A "$(auth_of "$1")" "$1" -c lsaquery | sed -n 's/^Domain Sid: //p'
}

apply_identity() {
    ajar apply identity.ini --set "foreign-sid=$(domain_sid dc1.source.test)-1199" --for 1h \
        --reason test --yes
}


readonly GROUP='Pre-Windows 2000 Compatible Access'

members_by_samba_tool() { lab on dc2 samba-tool group show "$GROUP"; }

members_by_ldapsearch() {
    lab in sh -c "export KRB5CCNAME=FILE:$PWD/cc
        kinit Administrator@TARGET.TEST <'$LAB_TARGET_PASSWORD_FILE' >/dev/null
        ldapsearch -LLL -Q -N -o ldif-wrap=no -Y GSS-SPNEGO -H ldap://dc2.target.test \\
            -b 'CN=$GROUP,CN=Builtin,DC=target,DC=test' member"
}

# Bats looks at a "!" only in the last line of a test: these fail anywhere.
lacks() { if grep -F -- "$1" "$2"; then return 1; fi; }
differ() { if diff -q "$1" "$2" >/dev/null; then return 1; fi; }

@test "apply and rollback are identity, whatever was there before" {
    write_identity_plan
    prepare_identity
    dump_all before
    apply_identity
    ends_with 0
    dump_all open
    differ before/dc1.registry open/dc1.registry
    differ before/dc3.registry open/dc3.registry
    differ before/target.directory open/target.directory
    ajar rollback --yes
    ends_with 0
    dump_all after
    assert_same_dumps before after
}

@test "a foreign principal that the server does not delete is told, and the window closes" {
    write_plan kept <<'PLAN'
[plan]
name = kept

[parameter sid]
about = SID of an account of the other forest

[member foreigner]
on = domain target.test
group = S-1-5-32-554
member = ${sid}
PLAN
    # Samba deletes no object whose RID is below 1000: each run leaves another one.
    ajar apply kept.ini --set "sid=$(domain_sid dc1.source.test)-$((600 + RANDOM % 300))" --for 1h \
        --reason test --yes
    ends_with 0
    members_by_ldapsearch >members
    grep -q 'CN=S-1-5-21-' members
    ajar rollback --yes
    ends_with 0
    out_has 'what was made around it stays'
    members_by_ldapsearch >members
    lacks 'CN=S-1-5-21-' members
}

@test "the shipped plan opens what it says and leaves nothing" {
    dump_all before
    ajar apply "${ADMT[@]}" --for 2h --reason 'Move the first users' --ticket CHG-1 --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$LSA" AllowPasswordExport) == 'REG_DWORD 0x1'* ||
        $(registry_value dc1.source.test "$LSA" AllowPasswordExport) == 'REG_DWORD 1'* ]]
    ajar rollback --yes
    ends_with 0
    dump_all after
    assert_same_dumps before after
}

@test "applying the same plan again changes nothing and keeps the first baseline" {
    write_identity_plan
    prepare_identity
    apply_identity
    ends_with 0
    dump_all first
    head=$(git -C journal.git rev-parse main)
    apply_identity
    ends_with 0
    dump_all second
    assert_same_dumps first second
    [[ $(git -C journal.git rev-parse main) == "$head" ]]
    [[ $(git -C journal.git ls-tree --name-only main windows/ | wc -l) -eq 1 ]]
}

@test "a value that somebody changed meanwhile is named, left alone, then restored" {
    write_identity_plan
    prepare_identity
    dump registry dc1.source.test >before
    apply_identity
    ends_with 0
    registry_set dc1.source.test "$TEST_KEY" Different dword 9
    apply_identity
    ends_with 4
    [[ $(registry_value dc1.source.test "$TEST_KEY" Different) == *9 ]]
    ajar rollback --yes
    ends_with 4
    out_has different
    out_has 'someone else changed it'
    out_has '--on-conflict restore'
    [[ $(registry_value dc1.source.test "$TEST_KEY" Different) == *9 ]]
    diff <(grep -v Different before) <(dump registry dc1.source.test | grep -v Different)
    ajar status
    ends_with 4
    ajar rollback --on-conflict restore --yes
    ends_with 0
    diff before <(dump registry dc1.source.test)
    ajar status
    ends_with 0
}

@test "a value that somebody changed meanwhile is kept when the operator says so" {
    write_identity_plan
    prepare_identity
    apply_identity
    registry_set dc1.source.test "$TEST_KEY" Different dword 9
    ajar rollback --on-conflict keep --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$TEST_KEY" Different) == *9 ]]
    ajar status
    ends_with 0
    git -C journal.git grep -q 'kept = yes' main
}

@test "others see what ajar says it did, and stock git reads the journal" {
    ajar apply "${ADMT[@]}" --for 2h --reason 'Move the first users' --ticket CHG-1 --yes
    ends_with 0
    for host in dc2 dc3; do
        [[ $(registry_value "$host.target.test" "$LSA" RestrictAnonymous) == *0 ]]
    done
    [[ $(registry_value dc1.source.test "$LSA" TcpipClientSupport) == *1 ]]
    members_by_samba_tool >members
    grep -q 'member: CN=Everyone,' members
    grep -qi 'member: CN=Anonymous Logon,' members
    members_by_ldapsearch >members
    grep -q 'member: CN=Everyone,' members
    grep -qi 'member: CN=Anonymous Logon,' members
    git -C journal.git fsck --strict
    git -C journal.git log -p --stat >story
    grep -q 'absent' story
    grep -q 'Ticket: CHG-1' story
    git -C journal.git show main:FORMAT | grep -qx 'ajar-journal 1'
    # Nothing before the record: the first commit holds every before.
    first=$(git -C journal.git rev-list --max-parents=0 main)
    [[ $(git -C journal.git ls-tree -r --name-only main | grep -c /changes/) -eq 6 ]]
    ajar rollback --yes
    ends_with 0
    members_by_samba_tool >members
    lacks 'CN=Everyone' members
    members_by_ldapsearch >members
    lacks 'CN=Everyone' members
    [[ $(registry_value dc2.target.test "$LSA" RestrictAnonymous) == absent ]]
}

# A filter that tshark does not know fails the test: it must not pass for "nothing found".
read_capture() {
    tshark -r capture "$@" 2>tshark.err || { cat tshark.err >&2; return 1; }
}

@test "on the wire nothing is in clear after session setup, and nothing is malformed" {
    "$LAB" in "$LAB_DIR" timeout 120 tshark -q -i lo -f 'tcp port 445' -w "$PWD/capture" >/dev/null 2>&1 3>&- &
    capture=$!
    until [[ -s capture ]]; do sleep 0.1; done
    ajar apply "${ADMT[@]}" --for 2h --reason test --yes
    ends_with 0
    sleep 1
    kill -TERM "$capture"
    wait "$capture" || true
    # In clear stand negotiate (0) and session setup (1), both of them, and nothing else.
    read_capture -Y 'smb2.cmd && !smb2.header.transform.msg_size' -T fields -e smb2.cmd |
        tr ',' '\n' | sort -u | paste -sd ' ' >clear
    [[ $(cat clear) == '0 1' ]]
    [[ $(read_capture -Y smb2.header.transform.msg_size | wc -l) -gt 20 ]]
    [[ $(read_capture -Y _ws.malformed | wc -l) -eq 0 ]]
}

@test "a controller that is down is listed, the others are done, and resume finishes" {
    lab stop dc3
    ajar apply "${ADMT[@]}" --for 2h --reason test --yes --timeout 5s
    lab_status=$status
    lab start dc3
    status=$lab_status
    ends_with 3
    out_has dc3.target.test
    [[ $(registry_value dc2.target.test "$LSA" RestrictAnonymous) == *0 ]]
    [[ $(registry_value dc3.target.test "$LSA" RestrictAnonymous) == absent ]]
    ajar status
    ends_with 3
    ajar resume
    ends_with 0
    [[ $(registry_value dc3.target.test "$LSA" RestrictAnonymous) == *0 ]]
    ajar rollback --yes
    ends_with 0
    [[ $(registry_value dc3.target.test "$LSA" RestrictAnonymous) == absent ]]
}

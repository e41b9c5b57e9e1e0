#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A domain that somebody opened by hand, and nobody wrote down how: what audit finds in it, how
# apply --close closes it, and how that is taken back.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

readonly LSA='HKLM\SYSTEM\CurrentControlSet\Control\Lsa'
readonly KEY='SYSTEM\CurrentControlSet\Control\Lsa'
readonly BUILTIN='Pre-Windows 2000 Compatible Access'
readonly GROUP='SOURCE$$$'

# What the plan says `closed` of, on this lab, as "TARGET KIND NAME".
readonly ALL=(
    'dc1.source.test registry tcpip-client-support'
    'dc2.target.test registry restrict-anonymous'
    'dc3.target.test registry restrict-anonymous'
    'pes1.source.test registry allow-password-export'
    'pes1.source.test service password-export-server'
    'source.test group audit-group'
    'target.test member anonymous-in-pre-windows-2000'
    'target.test member everyone-in-pre-windows-2000'
    'target.test permission migrate-sid-history'
)

setup() {
    lab_setup
    lab windows reset
    MIGRATOR=$(lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb '(sAMAccountName=Guest)' \
        objectSid | sed -n 's/^objectSid: //p')
    ACE="(OA;CI;CR;ba33815a-4f93-4c76-87f3-57574bff8109;;$MIGRATOR)"
    ADMT=(admt-password-migration --set source-domain=source.test --set source-netbios=SOURCE
        --set target-domain=target.test --set pes-host=pes1.source.test
        --set admt-host=dc2.target.test --set "migrator=$MIGRATOR")
}

teardown() {
    lab_teardown
    [[ -z ${LAB_SOURCE_CA-} ]] || close_by_hand >/dev/null 2>&1
}

# ---------------------------------------------------------------------------------------
# By hand

open_by_hand() {
    local host
    registry_set dc1.source.test "$LSA" TcpipClientSupport dword 1
    for host in dc2 dc3; do
        registry_set "$host.target.test" "$LSA" RestrictAnonymous dword 0
    done
    registry_set pes1.source.test "$LSA" AllowPasswordExport dword 1
    lab in net rpc service start PesSvc --server=pes1.source.test -A "$LAB_SOURCE_AUTH_FILE"
    wait_for service_is running
    lab on dc1 samba-tool group add "$GROUP" --group-scope=Domain
    lab on dc2 samba-tool group addmembers "$BUILTIN" S-1-1-0
    lab on dc2 samba-tool group addmembers "$BUILTIN" S-1-5-7
    lab on dc2 samba-tool dsacl set --objectdn=DC=target,DC=test --sddl="$ACE" >/dev/null
}

service_is() { [[ $(lab windows get services/PesSvc/state) == "$1" ]]; }

# Whatever of it is still there.
close_by_hand() {
    local host
    registry_delete dc1.source.test "$LSA" TcpipClientSupport
    for host in dc2 dc3; do
        registry_delete "$host.target.test" "$LSA" RestrictAnonymous
    done
    lab windows reset
    lab on dc1 samba-tool group delete "$GROUP"
    remove_member S-1-1-0
    remove_member S-1-5-7
    remove_entry
}

remove_member() {
    printf 'dn: CN=%s,CN=Builtin,DC=target,DC=test\nchangetype: modify\ndelete: member\nmember: <SID=%s>\n' \
        "$BUILTIN" "$1" | lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb
}

# Migrate SID History, whoever has it.
remove_entry() {
    lab on dc2 /usr/bin/python3 - <<'PYTHON'
import re
from samba import param, samdb, sd_utils, auth
lp = param.LoadParm()
lp.load_default()
db = samdb.SamDB(lp=lp, session_info=auth.system_session())
edit = sd_utils.SDUtils(db)
before = edit.get_sd_as_sddl(db.domain_dn())
after = re.sub(r"\(OA;CI;CR;ba33815a-[^)]*\)", "", before)
if after != before:
    edit.modify_sd_on_dn(db.domain_dn(), after)
PYTHON
}

dump() { lab in "$BATS_TEST_DIRNAME/dump" "$1" "$2" "$(auth_of "$2")"; }

# Everything that was opened, read by others than ajar.
dump_all() {
    mkdir -p "$1"
    dump registry dc1.source.test >"$1/dc1.registry"
    dump registry dc2.target.test >"$1/dc2.registry"
    dump registry dc3.target.test >"$1/dc3.registry"
    dump directory dc1.source.test >"$1/source.directory"
    dump directory dc2.target.test >"$1/target.directory"
    lab windows get registry | grep -v written >"$1/pes1.registry"
    { lab windows service PesSvc | cut -d' ' -f1 && lab windows get services/PesSvc/start; } \
        >"$1/pes1.services"
}

# ---------------------------------------------------------------------------------------
# What must be told

# told STATE: "TARGET KIND NAME" of each setting in that state.
told() {
    jq -r --arg state "$1" '.settings[] | select(.state == $state) | "\(.target) \(.kind) \(.setting)"' out |
        LC_ALL=C sort
}

# finds STATUS STATE LINE...: these settings are in this state and no others.
finds() {
    ajar audit "${ADMT[@]}" --quiet --json
    ends_with "$1"
    diff <((($# == 2)) || printf '%s\n' "${@:3}" | LC_ALL=C sort) <(told "$2")
}

@test "nothing is open on a lab that nobody touched" {
    finds 0 open
    finds 0 closed "${ALL[@]}"
    ajar plan "${ADMT[@]}" --close --quiet
    ends_with 0
    # RestrictAnonymous alone is not what the baselines ask for.
    out_has '2 to create, 7 unchanged'
}

@test "what somebody opened is found, closed in one run, and opened again by name" {
    local window line
    open_by_hand
    finds 2 open "${ALL[@]}"
    ajar audit "${ADMT[@]}" --quiet
    ends_with 2
    for line in 'V-243486' 'A-PreWin2000Anonymous' 'A-NullSession' 'S-Domain$$$' 'V-254467' \
        'A-AnonymousAuthorizedGPO' 'P-DangerousExtendedRight' \
        '9 of 9 settings are open, and no window holds them' 'apply PLAN --close'; do
        out_has "$line"
    done
    [[ $(grep -c '^  ! ' out) == 9 ]]

    ajar plan "${ADMT[@]}" --close --quiet
    ends_with 0
    # RestrictAnonymous twice, AllowPasswordExport and the service stay with another value; the rest goes.
    out_has '4 to modify, 5 to delete'
    finds 2 open "${ALL[@]}"

    # A deleted group never comes again as the one it was: its rollback is a conflict.
    lab on dc1 samba-tool group delete "$GROUP"
    dump_all open
    ajar apply "${ADMT[@]}" --close --reason 'The migration is over' --ticket CHG-9 --yes --quiet
    ends_with 0
    finds 0 closed "${ALL[@]}"
    [[ $(registry_value dc2.target.test "$LSA" RestrictAnonymous) == 'REG_DWORD'*1 ]]
    [[ $(registry_value dc1.source.test "$LSA" TcpipClientSupport) == absent ]]
    service_is stopped
    git -C journal.git log --format=%B main | grep -q 'The migration is over'
    git -C journal.git log --format=%B main | grep -q 'Ticket: CHG-9'

    again=()

    # A rollback that names nothing opens nothing.
    dump_all closed
    ajar rollback --yes --quiet
    dump_all still
    diff -r closed still
    ajar log --json
    window=$(jq -r '[.. | .window? // empty | strings] | first' out)
    ajar rollback "$window" --yes --quiet
    ends_with 0
    dump_all again
    # An entry of a DACL that was put back has another place among its equals.
    for look in open again; do
        sed -i '/ nTSecurityDescriptor: /d' "$look"/*.directory
    done
    diff -r open again
    for one in "${ALL[@]}"; do
        [[ $one == *audit-group ]] || again+=("$one")
    done
    finds 2 open "${again[@]}"
}

@test "one open setting is told, and no other" {
    registry_set dc3.target.test "$LSA" RestrictAnonymous dword 0
    finds 2 open 'dc3.target.test registry restrict-anonymous'
    lab on dc1 samba-tool group add "$GROUP" --group-scope=Domain
    finds 2 open 'dc3.target.test registry restrict-anonymous' 'source.test group audit-group'
}

@test "what a window holds is held, and what somebody opened besides is open" {
    # The lab's names and accounts are not those of a migration.
    ajar apply "${ADMT[@]}" --for 1h --reason test --yes --quiet --despite target-names-source \
        --despite migrator-administers-source --despite export-host-is-a-controller
    ends_with 0
    finds 0 open
    finds 0 held "${ALL[@]}"
    ajar audit "${ADMT[@]}" --quiet
    out_has 'held by window'
    ajar rollback --yes --quiet
    finds 0 held
}

@test "what is half open is not told as open" {
    registry_set dc2.target.test "$LSA" RestrictAnonymous dword 2
    registry_set dc3.target.test "$LSA" RestrictAnonymous sz 0
    registry_set pes1.source.test "$LSA" AllowPasswordExport sz 1
    poke dc1.source.test set "$KEY" TcpipClientSupport 4 02000000
    lab on dc1 samba-tool group add "$GROUP" --group-scope=Global
    finds 0 open
    finds 0 closed "${ALL[@]}"
}

@test "a controller that is away is listed, and does not hide what is open" {
    lab stop dc3
    ajar audit "${ADMT[@]}" --quiet --json --timeout 3s
    told unknown >unknown
    mv out first
    first=$status
    registry_set dc2.target.test "$LSA" RestrictAnonymous dword 0
    ajar audit "${ADMT[@]}" --quiet --timeout 3s
    lab start dc3
    [[ $first == 3 && $(<unknown) == 'dc3.target.test registry restrict-anonymous' ]]
    jq -e '.settings[] | select(.state == "unknown") | .error | contains("dc3.target.test")' first
    ends_with 2
    out_has '? dc3.target.test'
    out_has '! dc2.target.test'
}

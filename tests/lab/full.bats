#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The whole of admt-password-migration on the lab, every setting of it: opened as the plan says,
# seen by Samba's own tools, closed to the last byte, whatever was there before and wherever the
# program was killed.
#
# FULL=1 kills it at each of its steps. Otherwise it is every STRIDE-th, from START on; both are
# printed, and can be set.

load lab.bash

readonly GPO='{6AC1786C-016F-11D2-945F-00C04FB984F9}'
readonly TEMPLATE='MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf'
readonly LSA='HKLM\SYSTEM\CurrentControlSet\Control\Lsa'
readonly PRE_WINDOWS_2000='Pre-Windows 2000 Compatible Access'
readonly SERVER='CN=Server,CN=System,DC=target,DC=test'
readonly -A NAME=([dc1]=dc1.source.test [dc2]=dc2.target.test [dc3]=dc3.target.test
    [pes1]=pes1.source.test)

# What the lab cannot offer: dc2 and dc3 do not forward names, the migrator is nobody in the source,
# and the host that plays Windows is no controller.
readonly -a UNMET=(export-host-is-a-controller migrator-administers-source target-names-source)

# ---------------------------------------------------------------------------------------
# Before and after each test

in_a_lab() { [[ -n ${LAB_DIR-} ]] && "$BATS_TEST_DIRNAME/lab" list "$LAB_DIR" >/dev/null 2>&1; }

setup_file() {
    in_a_lab || return 0
    LAB=$BATS_TEST_DIRNAME/lab
    eval "$("$LAB" env "$LAB_DIR")"
    lab on dc2 samba-tool user add ajar-migrator --random-password
}

teardown_file() {
    in_a_lab || return 0
    LAB=$BATS_TEST_DIRNAME/lab
    lab on dc2 samba-tool user delete ajar-migrator
}

setup() {
    lab_setup
    UNDO=()
    lab windows reset
    MIGRATOR=$(database dc2 '(sAMAccountName=ajar-migrator)' objectSid)
    ADMT=(admt-password-migration --set source-domain=source.test --set source-netbios=SOURCE
        --set target-domain=target.test --set pes-host=pes1.source.test
        --set admt-host=dc2.target.test --set "migrator=$MIGRATOR")
    DESPITE=("${UNMET[@]}")
}

teardown() {
    local i
    [[ -n ${LAB_SOURCE_CA-} ]] || return 0
    lab_teardown
    for ((i = ${#UNDO[@]} - 1; i >= 0; i--)); do eval "${UNDO[i]}"; done
    lab windows reset
}

# later COMMAND: at the end of the test, the last one first.
later() { UNDO+=("$1"); }

full_apply() {
    local despite=() name
    for name in "${DESPITE[@]}"; do despite+=(--despite "$name"); done
    ajar apply "${ADMT[@]}" "${despite[@]}" --for 2h --reason 'Move the first users' \
        --ticket CHG-1 --yes "$@"
}

# ---------------------------------------------------------------------------------------
# Samba's eyes

# database HOST FILTER ATTRIBUTE: from the host's own database.
database() {
    lab on "$1" ldbsearch -H /var/lib/samba/private/sam.ldb "$2" "$3" | sed -n "s/^$3: //p"
}

dump() { lab in "$BATS_TEST_DIRNAME/dump" "$1" "${NAME[$2]}" "$(auth_of "${NAME[$2]}")"; }

# The host that plays Windows, but for what each service's start and each call leave.
windows() {
    lab windows get | jq -S 'del(.revision, .["last-process"]) | del(.registry[].written) |
        del(.services[] | .since, .process, .exit)'
}

# dc3 has what dc2 has.
catch_up() {
    lab on dc3 samba-tool drs replicate "${NAME[dc3]}" "${NAME[dc2]}" DC=target,DC=test \
        --machine-pass >/dev/null
}

# look FOLDER HOST...: all that a window could have touched; the directories of these hosts.
look() {
    local folder=$1 host job jobs=()
    shift
    mkdir -p "$folder"
    for host in "$@"; do
        dump directory "$host" >"$folder/$host.directory" 3>&- &
        jobs+=($!)
    done
    for host in dc1 dc2 dc3 pes1; do
        dump registry "$host" >"$folder/$host.registry" 3>&- &
        jobs+=($!)
    done
    for host in dc1 dc2; do
        dump files "$host" >"$folder/$host.files" 3>&- &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job"; done
    windows >"$folder/pes1.windows"
}

look_at_all() {
    catch_up
    look "$1" dc1 dc2 dc3
}

assert_same() {
    diff -r "$1" "$2" >difference && return
    cut -c1-2000 difference
    return 1
}

policies() { echo "$LAB_DIR/$1/lib/sysvol/${NAME[$1]#*.}/Policies/$GPO"; }
template() { tail -c +3 "$(policies "$1")/$TEMPLATE" | iconv -f UTF-16LE -t UTF-8 | tr -d '\r'; }

# The version of the policy; it fails when the file and the directory do not agree.
version() {
    local file directory
    file=$(tr -d '\r' <"$(policies "$1")/GPT.INI" | sed -n 's/^Version=//p')
    directory=$(database "$1" "(cn=$GPO)" versionNumber)
    is "$file" "$directory" >&2 || return
    echo "$file"
}

is() { [[ $1 == "$2" ]] || { echo "\"$1\" instead of \"$2\""; return 1; }; }

# in_dump FILE PREFIX: the values, one a line, as text.
in_dump() {
    local value
    while read -r value; do
        xxd -r -p <<<"$value"
        echo
    done < <(awk -v p="$2: " 'index($0, p) == 1 { print substr($0, length(p) + 1) }' "$1")
}

# hex_of SID: its bytes.
hex_of() {
    local part parts
    IFS=- read -ra parts <<<"$1"
    printf '%02x%02x%012x' "${parts[1]}" $((${#parts[@]} - 3)) "${parts[2]}"
    for part in "${parts[@]:3}"; do
        printf '%08x' "$part" | sed -E 's/(..)(..)(..)(..)/\4\3\2\1/'
    done
}

# An ACE that gives the migrator Migrate SID History, here and below ([MS-DTYP] 2.4.4.3).
migrator_ace() { echo "0502380000010000010000005a8133ba934f764c87f357574bff8109$(hex_of "$MIGRATOR")"; }
read_ace() { echo "0000180094000200$(hex_of S-1-5-32-554)"; }
enumerate_ace() { echo "05002c0000010000010000001874d6913501cc4a8d79c08e857cfbec$(hex_of S-1-5-32-554)"; }

# What was dumped while the window was open is what the plan says.
opened_as_planned() {
    local dc members
    grep -qxF 'HKLM\SYSTEM\CurrentControlSet\Control\Lsa : '"'TcpipClientSupport' = 4 01000000" \
        open/dc1.registry
    grep -qixF 'HKLM\SYSTEM\CurrentControlSet\Control\Lsa : '"'AllowPasswordExport' = 4 01000000" \
        open/pes1.registry
    is "$(jq -r '.services.PesSvc | "\(.state) \(.start)"' open/pes1.windows)" 'running 2'
    is "$(in_dump open/dc1.directory 'CN=SOURCE$$$,CN=Users,DC=source,DC=test groupType')" -2147483644
    for dc in dc2 dc3; do
        grep -qixF 'HKLM\SYSTEM\CurrentControlSet\Control\Lsa : '"'RestrictAnonymous' = 4 00000000" \
            "open/$dc.registry"
        members=$(in_dump "open/$dc.directory" "CN=$PRE_WINDOWS_2000,CN=Builtin,DC=target,DC=test member")
        [[ $members == *'<SID=S-1-1-0>'* && $members == *'<SID=S-1-5-7>'* ]]
        grep "^DC=target,DC=test nTSecurityDescriptor: " "open/$dc.directory" | grep -q "$(migrator_ace)"
        grep "^$SERVER nTSecurityDescriptor: " "open/$dc.directory" >descriptor
        grep -q "$(read_ace)" descriptor
        grep -q "$(enumerate_ace)" descriptor
    done
    for dc in dc1 dc2; do template "$dc" | grep -qix 'AuditAccountManage *= *3'; done
}

# One window, closed; the journal knows who went on despite what.
closed_and_recorded() {
    local file steps
    git -C journal.git fsck --strict >fsck 2>&1
    ajar status
    ends_with 0
    out_lacks 'Still open'
    steps=$(sed -n '/^Steps for people/,$p' out | sed -nE 's/^  ([a-z-]+)( on .*)?, (when|once|before).*/\1/p')
    is "$steps" $'filter-sids-again\nremove-password-export\nrestart-server-services-again'
    ajar status --json --quiet
    is "$(jq -c '[.windows[] | [.state, .changes.restored]]' out)" '[["closed",13]]'
    is "$(jq -r '.windows[0].waiting[] | .setting' out | sort | paste -sd ' ')" "${WAITING[*]}"
    for file in $(git -C journal.git ls-tree -r --name-only main | grep /requirements/); do
        git -C journal.git show "main:$file" >requirement
        grep -qx 'result = pass' requirement ||
            echo "$(sed -n 's/^name = //p' requirement) $(sed -n 's/^despite = //p' requirement)"
    done | sort >unmet
    diff <(printf "%s $(id -un)\n" "${DESPITE[@]}" | sort) unmet
}

# What has not taken effect when everything was changed.
readonly -a WAITING_FOR_ALL=(allow-password-export anonymous-in-pre-windows-2000
    audit-account-management-source audit-account-management-target everyone-in-pre-windows-2000
    tcpip-client-support)

# ---------------------------------------------------------------------------------------
# Identity, whatever was there before

# Each of these puts something there and takes it away at the end of the test.

# Data that says the same in another type, data that says otherwise, and none at all.
# (Samba takes over the letters' case of a name that is written; Windows keeps the first.)
found_values() {
    local key='SYSTEM\CurrentControlSet\Control\Lsa' host
    poke "${NAME[dc2]}" set "$key" RestrictAnonymous 1 31000000
    poke "${NAME[dc3]}" set "$key" RestrictAnonymous 4 01000000
    poke "${NAME[dc1]}" set "$key" TcpipClientSupport 3 00
    poke "${NAME[pes1]}" unset "$key" AllowPasswordExport
    for host in dc1 dc2 dc3; do later "poke ${NAME[$host]} drop '$key'"; done
}

# put_template HOST LINE...: as Windows stores it, by way of the share.
put_template() {
    local host=$1 folder="${NAME[$1]#*.}/Policies/$GPO"
    shift
    { printf '\xff\xfe' && printf '%s\r\n' "$@" | iconv -f UTF-8 -t UTF-16LE; } >template.inf
    later "drop_template $host"
    lab in smbclient -A "$(auth_of "${NAME[$host]}")" "//${NAME[$host]}/sysvol" -c "cd \"$folder\";
        mkdir MACHINE/Microsoft; mkdir \"MACHINE/Microsoft/Windows NT\";
        mkdir \"${TEMPLATE%/*}\"; put template.inf \"$TEMPLATE\"" >/dev/null
    cmp template.inf "$(policies "$host")/$TEMPLATE"
}

drop_template() { rm -r "$(policies "$1")/MACHINE/Microsoft"; }

found_templates() {
    put_template dc1 '[Unicode]' 'Unicode=yes' '[Privilege Rights]' 'SeAuditPrivilege = *S-1-5-19' \
        '' '; Größe'
    put_template dc2 '[Version]' 'signature="$CHICAGO$"' 'Revision=1' '[event audit]' \
        'AuditSystemEvents = 0' 'AUDITACCOUNTMANAGE  =  1' '[Unicode]' 'Unicode=yes'
}

found_service() {
    lab windows set services/PesSvc/start 2
    lab windows set services/PesSvc/start-seconds 0.1
    lab in net rpc service start PesSvc --server="${NAME[pes1]}" -A "$(auth_of "${NAME[pes1]}")"
    wait_for test_service 'running 2'
}

test_service() { is "$(lab windows get services/PesSvc | jq -r '"\(.state) \(.start)"')" "$1"; }

found_group() {
    lab on dc1 samba-tool group add 'SOURCE$$$' --group-scope=Domain --description=mine
    later 'lab on dc1 samba-tool group delete "SOURCE\$\$\$"'
}

found_member_of_the_group() {
    found_group
    lab on dc1 samba-tool group addmembers 'SOURCE$$$' Guest
    DESPITE+=(audit-group-is-empty)
}

# change_member add|delete: both, in Pre-Windows 2000 Compatible Access of target.test.
change_members() {
    lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb >/dev/null <<LDIF
dn: CN=$PRE_WINDOWS_2000,CN=Builtin,DC=target,DC=test
changetype: modify
$1: member
member: <SID=S-1-1-0>
member: <SID=S-1-5-7>
LDIF
}

found_members() {
    change_members add
    later 'change_members delete'
}

# set_descriptor SDDL: of the account server.
set_descriptor() {
    lab on dc2 ldbmodify -H /var/lib/samba/private/sam.ldb >/dev/null <<LDIF
dn: $SERVER
changetype: modify
replace: nTSecurityDescriptor
nTSecurityDescriptor: $1
LDIF
}

descriptor_text() { lab on dc2 samba-tool dsacl get --objectdn="$1" | sed -n 2p; }

found_no_right_to_read() {
    local whole
    whole=$(descriptor_text "$SERVER")
    [[ $whole == *'(A;;RPLCLORC;;;RU)'* ]]
    later "set_descriptor '$whole'"
    set_descriptor "${whole/'(A;;RPLCLORC;;;RU)'/}"
    [[ $(descriptor_text "$SERVER") != *'(A;;RPLCLORC;;;RU)'* ]]
}

# apply, look, rollback, look.
identity() {
    local source target
    WAITING=("${WAITING[@]:-${WAITING_FOR_ALL[@]}}")
    look_at_all before
    source=$(version dc1)
    target=$(version dc2)
    full_apply
    ends_with 0
    look_at_all open
    opened_as_planned
    ajar rollback --yes
    ends_with 0
    look_at_all after
    assert_same before after
    is "$(version dc1)" $((source + 2))
    is "$(version dc2)" $((target + 2))
    closed_and_recorded
}

@test "identity: domains as they were made" { identity; }

@test "identity: values of other types, templates that are there" {
    found_values
    found_templates
    identity
}

@test "identity: an empty audit group, a service that runs" {
    found_group
    found_service
    identity
}

@test "identity: an audit group with a member, members that are there, a right that is missing" {
    found_member_of_the_group
    found_members
    found_no_right_to_read
    WAITING=(allow-password-export audit-account-management-source
        audit-account-management-target tcpip-client-support)
    identity
}

# ---------------------------------------------------------------------------------------
# What others see

# now SETTING TARGET EXPRESSION: of what ajar read, by jq.
now() { jq -r --arg s "$1" --arg t "$2" '.[] | select(.setting == $s and .target == $t) | .now | '"$3" live; }

# as_ajar_says SETTING TARGET COMMAND...: the command succeeds exactly when the thing is there.
as_ajar_says() {
    local seen=false
    if "${@:3}"; then seen=true; fi
    is "$1 $seen" "$1 $(now "$1" "$2" .exists)"
}

# same_dword SETTING TARGET HOST VALUE: as Samba's client and as ajar has it.
same_dword() {
    local said=absent
    [[ $(now "$1" "$2" .exists) == false ]] || said="REG_DWORD 0x$(now "$1" "$2" .data |
        sed -E 's/(..)(..)(..)(..)/\4\3\2\1/; s/^0+(.)/\1/')"
    is "$1 $(registry_value "$3" "$LSA" "$4")" "$1 ${said/0x/}"
}

has_ace() { [[ $(descriptor_text "$1") == *"$2"* ]]; }

# has_bytes DN HEX: in the descriptor that OpenLDAP's client reads, owner, group and DACL.
has_bytes() {
    LDAPTLS_CACERT=$LAB_TARGET_CA lab in ldapsearch -LLL -o ldif-wrap=no -x \
        -H ldaps://dc2.target.test -D 'TARGET\Administrator' \
        -y <(printf %s "$(<"$LAB_TARGET_PASSWORD_FILE")") -b "$1" -s base \
        -E '!1.2.840.113556.1.4.801=::MAMCAQQ=' nTSecurityDescriptor >found
    sed -n 's/^nTSecurityDescriptor:: //p' found | base64 -d | xxd -p | tr -d '\n' >bytes
    [[ -s bytes ]] && grep -q "$2" bytes
}

has_member() { lab on dc2 samba-tool group show "$PRE_WINDOWS_2000" | grep -qi "^member: CN=$1,"; }

has_group() { lab on dc1 samba-tool group show 'SOURCE$$$' 2>/dev/null | grep -qx 'groupType: -2147483644'; }

# file_of HOST PATH: below the policy's folder, from the share.
file_of() {
    lab in smbclient -A "$(auth_of "${NAME[$1]}")" "//${NAME[$1]}/sysvol" \
        -c "get \"${NAME[$1]#*.}/Policies/$GPO/$2\" got" >/dev/null 2>&1 && cat got && rm got
}

audits() {
    file_of "$1" "$TEMPLATE" >inf || return
    iconv -f UTF-16 -t UTF-8 inf | tr -d '\r' | grep -qx 'AuditAccountManage = 3'
}

same_versions() {
    local text
    text=$(file_of "$1" GPT.INI | tr -d '\r' | sed -n 's/^Version=//p')
    [[ -n $text ]]
    is "$(lab on "$1" samba-tool gpo show "$GPO" | sed -nE 's/^version +: //p')" "$text"
}

# All that the plan changes, as Samba's tools have it and as the program has read it, in the file live.
all_agree() {
    local pes=${NAME[pes1]} state
    is "$(jq length live)" 13
    as_ajar_says audit-group source.test has_group
    as_ajar_says audit-account-management-source source.test audits dc1
    as_ajar_says audit-account-management-target target.test audits dc2
    same_versions dc1
    same_versions dc2
    as_ajar_says everyone-in-pre-windows-2000 target.test has_member Everyone
    as_ajar_says anonymous-in-pre-windows-2000 target.test has_member 'Anonymous Logon'
    as_ajar_says migrate-sid-history target.test has_ace DC=target,DC=test \
        "(OA;CI;CR;ba33815a-4f93-4c76-87f3-57574bff8109;;$MIGRATOR)"
    as_ajar_says migrate-sid-history target.test has_bytes DC=target,DC=test "$(migrator_ace)"
    as_ajar_says read-sam-server target.test has_ace "$SERVER" '(A;;RPLCLORC;;;RU)'
    as_ajar_says read-sam-server target.test has_bytes "$SERVER" "$(read_ace)"
    as_ajar_says enumerate-sam-domain target.test has_ace "$SERVER" \
        '(OA;;CR;91d67418-0135-4acc-8d79-c08e857cfbec;;RU)'
    as_ajar_says enumerate-sam-domain target.test has_bytes "$SERVER" "$(enumerate_ace)"
    same_dword tcpip-client-support dc1.source.test dc1.source.test TcpipClientSupport
    same_dword restrict-anonymous dc2.target.test dc2.target.test RestrictAnonymous
    same_dword restrict-anonymous dc3.target.test dc3.target.test RestrictAnonymous
    same_dword allow-password-export "$pes" "$pes" AllowPasswordExport
    state=$(lab in net rpc service status PesSvc --server="$pes" -A "$(auth_of "$pes")")
    is "$(sed -n 's/^PesSvc service is \(.*\)\.$/\1/p' <<<"$state")" \
        "$(now password-export-server "$pes" .state)"
    is "$(sed -nE 's/^\tStart Type += //p' <<<"$state")" \
        "$(now password-export-server "$pes" '{auto: "0x2", demand: "0x3"}[.start]')"
}

@test "Samba's tools see what ajar says, while the window is open and when it is closed" {
    found_no_right_to_read
    full_apply
    ends_with 0
    ajar status --live --json --quiet
    ends_with 0
    jq '.windows[0].settings' out >live
    is "$(jq -c '[.[] | .now.exists] | unique' live)" '[true]'
    is "$(jq -c '[.[] | .drifted] | unique' live)" '[false]'
    all_agree
    ajar rollback --yes
    ends_with 0
    ajar plan "${ADMT[@]}" --json --quiet
    ends_with 0
    jq .changes out >live
    is "$(jq -c '[.[] | select(.now.exists) | .setting] | sort' live)" \
        '["allow-password-export","enumerate-sam-domain","password-export-server"]'
    all_agree
}

# ---------------------------------------------------------------------------------------
# Others, and hosts that are away

# only_noticed_since COMMIT: nothing but what has taken effect, or how a host looks by now.
only_noticed_since() {
    git -C journal.git log --format=%B "$1..main" | grep '^Event: ' | grep -vx 'Event: noticed' >events ||
        return 0
    cat events
    return 1
}

@test "a second operator goes on with the window that the first one began" {
    local arguments head
    find_assassin
    mapfile -t arguments < <(printf '%s\n' apply "${ADMT[@]}" && despite_all)
    ajar_killed "$WITHIN_THE_WRITES" "${arguments[@]}" --for 2h --reason test --yes
    is "$status" 137
    baselines >baselines
    ajar status --json --quiet
    is "$(jq -r '.windows[0] | "\(.state) \(.changes.applied < 13)"' out)" 'opening true'
    export SUDO_USER=second
    full_apply
    ends_with 0
    head=$(git -C journal.git rev-parse main)
    is "$(git -C journal.git log -1 --format=%an main)" second
    full_apply
    ends_with 0
    only_noticed_since "$head"
    diff baselines <(baselines)
    ajar status --json --quiet
    is "$(jq -c '[.windows[] | [.state, .operator, .changes.applied]]' out)" \
        "[[\"open\",\"$(id -un)\",13]]"
}

@test "what somebody takes away while the window is open is told, and not opened once more" {
    local head
    full_apply
    ends_with 0
    head=$(git -C journal.git rev-parse main)
    registry_delete dc2.target.test "$LSA" RestrictAnonymous
    full_apply
    ends_with 4
    out_has 'someone else changed what this window holds'
    ajar status --live
    ends_with 2
    is "$(grep -o '[^ ]*: registry restrict-anonymous.*DRIFTED' out | cut -d: -f1)" dc2.target.test
    is "$(registry_value dc2.target.test "$LSA" RestrictAnonymous)" absent
    only_noticed_since "$head"
    registry_set dc2.target.test "$LSA" RestrictAnonymous dword 0
    full_apply
    ends_with 0
}

@test "another plan that touches the audit group is refused" {
    write_plan other <<'PLAN'
[plan]
name = other

[group somebodys-group]
on = domain source.test
name = source$$$
PLAN
    full_apply
    ends_with 0
    head=$(git -C journal.git rev-parse main)
    ajar apply other.ini --for 1h --reason test --yes
    ends_with 4
    err_has 'somebodys-group on source.test is held by window'
    is "$(git -C journal.git rev-parse main)" "$head"
    has_group
}

# without_restarts FOLDER: but for what each start of the host leaves.
without_restarts() {
    sed -i "/'ShutdownTime'/d" "$1/pes1.registry"
    jq 'del(.boot, .booted) | del(.registry[].values.ShutdownTime)' "$1/pes1.windows" >windows
    mv windows "$1/pes1.windows"
}

@test "a host that is away while the window opens and while it closes is listed, and resume finishes" {
    local pes=${NAME[pes1]}
    look before dc1 dc2
    later 'lab start pes1'
    lab stop pes1
    DESPITE+=(export-host-answers password-server)
    full_apply --timeout 5s
    ends_with 3
    out_has "$pes"
    ajar status
    ends_with 3
    out_has "$pes: registry allow-password-export"
    out_has "$pes: service password-export-server"
    has_group
    lab start pes1
    ajar resume
    ends_with 0
    test_service 'running 2'
    is "$(registry_value "$pes" "$LSA" AllowPasswordExport)" 'REG_DWORD 1'
    lab stop pes1
    ajar rollback --yes --timeout 5s
    ends_with 3
    out_has "$pes"
    ajar status
    ends_with 3
    lab start pes1
    ajar resume
    ends_with 0
    is "$(open_windows)" ''
    look after dc1 dc2
    without_restarts before
    without_restarts after
    assert_same before after
}

# ---------------------------------------------------------------------------------------
# Killed anywhere

# A step at which everything is recorded and not everything is written.
readonly WITHIN_THE_WRITES=170

# ajar_killed N ARGUMENT...: the same as `ajar`, killed at step N, 0 for never; sets $taken.
ajar_killed() {
    local at=$1
    shift
    rm -f steps
    status=0
    TMPDIR=$BATS_TEST_TMPDIR/tmp lab in env ASSASSIN_AT="$at" ASSASSIN_COUNT="$PWD/steps" \
        LD_PRELOAD="$ASSASSIN" "$AJAR" "$@" --config "$PWD/ajar.ini" >out 2>err || status=$?
    taken=$(stat -c %s steps)
}

find_assassin() {
    ASSASSIN=$(realpath "${ASSASSIN:-$BATS_TEST_DIRNAME/../../build/tests/lab/libassassin.so}")
    [[ -e $ASSASSIN ]]
    # Two seconds of it are no other steps than these.
    lab windows set services/PesSvc/start-seconds 0.3
}

# despite_all: as arguments.
despite_all() { printf -- '--despite\n%s\n' "${DESPITE[@]}"; }

# What each change was found as, but for the number that only goes up.
baselines() {
    local file
    for file in $(git -C journal.git ls-tree -r --name-only main | grep /changes/); do
        echo "${file#windows/*/}"
        git -C journal.git show "main:$file" | sed -n '/^\[before\]/,/^\[wanted\]/p' |
            grep -v '^version = '
    done
}

# The way back to the start after a kill, every second time with a resume first, and what must hold.
come_back() {
    turn=$((turn + 1))
    if ((turn % 2)) && [[ -n $(open_windows) ]]; then
        ajar resume
        ends_with 0
    fi
    if [[ -n $(open_windows) ]]; then
        ajar rollback --yes
        ends_with 0
    fi
    look now dc1 dc2
    assert_same start now
    version dc1 >/dev/null
    version dc2 >/dev/null
    [[ -d journal.git ]] || return 0
    git -C journal.git fsck --strict >fsck 2>&1
    [[ -z $(git -C journal.git for-each-ref) ]] || diff baselines <(baselines)
}

# spread COUNT SAMPLES: sets START and STRIDE, and tells them.
spread() {
    STRIDE=${STRIDE:-$((($1 + $2 - 1) / $2))}
    [[ -z ${FULL-} ]] || STRIDE=1 START=${START:-1}
    START=${START:-$((RANDOM % STRIDE + 1))}
    echo "# of about $1 steps: killed at each ${STRIDE}th, from $START on" >&3
}

@test "killed at any step of an apply" {
    local step turn=$((RANDOM % 2)) arguments
    find_assassin
    mapfile -t arguments < <(printf '%s\n' apply "${ADMT[@]}" && despite_all)
    arguments+=(--for 2h --reason test --yes)
    look start dc1 dc2
    ajar_killed 0 "${arguments[@]}"
    ends_with 0
    ((taken > 150))
    baselines >baselines
    ajar rollback --yes
    ends_with 0
    spread "$taken" "${APPLY_SAMPLES:-3}"
    for ((step = START; step <= ${END:-100000}; step += STRIDE)); do
        rm -rf journal.git
        ajar_killed "$step" "${arguments[@]}"
        ((taken >= step)) || break
        is "$status" 137
        echo "killed at step $step of the apply, turn $turn" # the last one that a failure shows
        come_back
        [[ -z ${FULL-} ]] || echo "# $step" >&3
    done
    ((step > START))
}

@test "killed at any step of a rollback" {
    local step turn=$((RANDOM % 2))
    find_assassin
    look start dc1 dc2
    full_apply
    baselines >baselines
    ajar_killed 0 rollback --yes
    ends_with 0
    ((taken > 100))
    spread "$taken" "${ROLLBACK_SAMPLES:-3}"
    for ((step = START; step <= ${END:-100000}; step += STRIDE)); do
        rm -rf journal.git
        full_apply
        ends_with 0
        ajar_killed "$step" rollback --yes
        ((taken >= step)) || break
        is "$status" 137
        echo "killed at step $step of the rollback, turn $turn" # the last one that a failure shows
        come_back
        [[ -z ${FULL-} ]] || echo "# $step" >&3
    done
    ((step > START))
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the shipped plan requires, in a real pair of forests: all of it holds, then one thing at a
# time is broken. Exactly the requirements that this breaks do not hold, each with its reason and
# the next step; all others hold.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

readonly LSA='SYSTEM\CurrentControlSet\Control\Lsa'
readonly SERVICE='SYSTEM\CurrentControlSet\Services\PesSvc'
readonly GPO='{6AC1786C-016F-11D2-945F-00C04FB984F9}'
readonly TEMPLATE='MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf'
readonly RECORD=(dc2.target.test _msdcs.target.test _ldap._tcp.pdc SRV 'dc2.target.test 389 0 100' -P)
readonly GROUP='SOURCE$$$'

# The forests as a migration needs them: the target finds the source's names, an account of the
# target administers the source, and dc1 has a Password Export Server, as far as its registry goes.
setup_file() {
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    lab_setup
    "$LAB" in "$LAB_DIR" "$BATS_TEST_DIRNAME/forwarder" 127.0.0.53 source.test 127.0.0.10 \
        >"$BATS_FILE_TMPDIR/forwarder.log" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/forwarder"
    forward_names
    lab on dc2 samba-tool user create ajar-migrator --random-password
    MIGRATOR=$(lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb \
        '(sAMAccountName=ajar-migrator)' objectSid | sed -n 's/^objectSid: //p')
    export MIGRATOR
    migrator_administers
    register_export_server
}

teardown_file() {
    [[ -s $BATS_FILE_TMPDIR/forwarder ]] || return 0
    lab conf dc2
    lab conf dc3
    kill "$(<"$BATS_FILE_TMPDIR/forwarder")"
    forget_migrator
    lab on dc2 samba-tool user delete ajar-migrator
    poke dc1.source.test drop "$SERVICE"
    poke dc1.source.test unset "$LSA" 'Notification Packages'
}

setup() {
    lab_setup
    HEAL=''
    ADMT=(admt-password-migration --set source-domain=source.test --set source-netbios=SOURCE
        --set target-domain=target.test --set admt-host=dc2.target.test
        --set "migrator=$MIGRATOR" --set pes-host=dc1.source.test)
}

teardown() {
    [[ -z ${HEAL-} ]] || "$HEAL"
    lab_teardown
}

forward_names() {
    lab conf dc2 'dns forwarder = 127.0.0.53'
    lab conf dc3 'dns forwarder = 127.0.0.53'
}

migrator_administers() { lab on dc1 samba-tool group addmembers Administrators "$MIGRATOR"; }

# The object that stands for the account in the source; samba-tool takes no such member out.
forget_migrator() {
    lab on dc1 ldbdel -H /var/lib/samba/private/sam.ldb \
        "CN=$MIGRATOR,CN=ForeignSecurityPrincipals,DC=source,DC=test" >/dev/null
}

# hex_of TEXT: as the registry keeps it; \0 is a terminator.
hex_of() { printf '%b' "$1" | iconv -t UTF-16LE | od -An -v -tx1 | tr -d ' \n'; }

register_export_server() {
    poke dc1.source.test set "$SERVICE" ImagePath 1 "$(hex_of 'C:\\Windows\\pes.exe\0')"
    poke dc1.source.test set "$LSA" 'Notification Packages' 7 "$(hex_of 'scecli\0PWMIG\0\0')"
}

# ---------------------------------------------------------------------------------------
# What must be found

check() { ajar check "${ADMT[@]}" --quiet --json --timeout 3s "$@"; }

# "RESULT NAME TARGET" of each that does not hold.
broken() { jq -r '.requirements[] | select(.result != "pass") | "\(.result) \(.requirement) \(.target)"' out; }

# finds STATUS LINE...: these requirements do not hold and no others, and each has a reason and a
# next step.
finds() {
    ends_with "$1"
    diff <(printf '%s\n' "${@:2}" | sort) <(broken | sort) || { jq .requirements out; return 1; }
    jq -e '.requirements | length == 18 and all(.[]; (.reason | length) > 0 and
        (.result == "pass" or (.hint // "" | length) > 0))' out >/dev/null
}

# tells NAME TARGET TEXT: in the reason of this requirement.
tells() {
    jq -e --arg name "$1" --arg target "$2" --arg text "$3" '.requirements[] |
        select(.requirement == $name and .target == $target) | .reason | contains($text)' out || {
        broken
        echo "$1 on $2 does not tell: $3"
        jq -r '.requirements[].reason' out
        return 1
    }
}

# What the next test finds, and that it finds nothing else, says that it was mended.
mend() {
    "$HEAL"
    HEAL=''
}

@test "all of it holds" {
    check
    ends_with 0
    jq -e '.requirements | length == 18 and all(.[]; .result == "pass" and .hint == null)' out
    ajar check "${ADMT[@]}" --quiet
    ends_with 0
    out_has 'everything that the plan requires holds'
    [[ ! -e journal.git ]]
}

# ---------------------------------------------------------------------------------------
# Names, ports, controllers, clocks

put_record_back() { lab on dc2 samba-tool dns add "${RECORD[@]}" >/dev/null 2>&1 || true; }

@test "a record of DNS that is missing" {
    HEAL=put_record_back
    lab on dc2 samba-tool dns delete "${RECORD[@]}"
    check
    # Both domains are looked at from both sides; a second place that must find the PDC emulator.
    finds 9 'fail source-names-target source.test' 'fail target-names-source target.test'
    tells source-names-target source.test \
        'there is no SRV record _ldap._tcp.pdc._msdcs.target.test'
    mend
}

@test "names of the source that the target does not find" {
    HEAL=forward_names
    lab conf dc2
    check
    finds 9 'fail target-names-source target.test'
    tells target-names-source target.test 'DNS server dc2.target.test (127.0.0.20)'
    jq -e '.requirements[] | select(.requirement == "target-names-source") | .hint |
        contains("Add-DnsServerConditionalForwarderZone -Name source.test -MasterServers 127.0.0.10")' out
    mend
}

# firewall RULE: in the lab's own network.
firewall() {
    printf 'table inet ajar {\n chain input {\n  type filter hook input priority 0\n  %s\n }\n}\n' \
        "$1" >rules
    HEAL=no_firewall
    lab in /usr/sbin/nft -f "$PWD/rules"
}

no_firewall() { lab in /usr/sbin/nft delete table inet ajar; }

@test "a port that a firewall refuses" {
    firewall 'ip daddr 127.0.0.21 tcp dport 636 reject with tcp reset'
    check
    finds 9 'fail target-answers dc3.target.test'
    tells target-answers dc3.target.test '127.0.0.21: port 636 refused'
    mend
}

@test "a port whose packets a firewall drops" {
    local began=$SECONDS
    firewall 'ip daddr 127.0.0.10 tcp dport 135 drop'
    check
    ((SECONDS - began < 25)) # and not as long as an answer may take
    # dc1 is the PDC emulator of the source and has the Password Export Server.
    finds 9 'fail source-answers dc1.source.test' 'fail export-host-answers dc1.source.test'
    tells source-answers dc1.source.test '127.0.0.10: port 135 no answer in time'
    mend
}

start_dc3() { lab start dc3; }

@test "a controller that is down" {
    HEAL=start_dc3
    lab stop dc3
    check
    # What only it could tell is not known.
    finds 9 'fail target-answers dc3.target.test' 'unknown target-clock dc3.target.test' \
        'unknown target-names-source target.test'
    tells target-names-source target.test 'DNS server dc3.target.test (127.0.0.21)'
    mend
}

start_dc1() { lab start dc1; }

@test "the only controller of a domain that is down" {
    HEAL=start_dc1
    lab stop dc1
    check
    finds 9 'fail source-names-target source.test' 'fail target-names-source target.test' \
        'fail export-host-answers dc1.source.test' \
        'unknown source-answers source.test' 'unknown source-clock source.test' \
        'unknown source-trusts-target source.test' 'unknown migrator-administers-source source.test' \
        'unknown audit-group-is-empty source.test' 'unknown source-policies source.test' \
        'unknown export-host-is-a-controller dc1.source.test' \
        'unknown password-server dc1.source.test'
    tells migrator-administers-source source.test 'no KDC of the realm answers'
    mend
}

# Behind a wrong clock of this host: the KDC's answer corrects the login, so nothing else breaks.
check_at() {
    status=0
    TMPDIR=$PWD/tmp lab in faketime -f "$1" "$AJAR" check "${ADMT[@]}" --quiet --json \
        --config ajar.ini >out 2>err || status=$?
}

@test "a clock that is wrong" {
    local offset
    for offset in +10m -10m; do
        check_at "$offset"
        finds 9 'fail source-clock dc1.source.test' 'fail target-clock dc2.target.test' \
            'fail target-clock dc3.target.test'
    done
    tells source-clock dc1.source.test "10m ahead of this host's, and 5m is allowed"
    check_at +4m
    ends_with 0
}

# ---------------------------------------------------------------------------------------
# The trust, groups and rights

# Its own password appears in the list of processes: it is one of the lab's.
make_trust() {
    lab on dc1 samba-tool domain trust create target.test --type=forest --direction=both \
        --create-location=both --skip-validation --username='TARGET\Administrator' \
        --password="$(<"$LAB_TARGET_PASSWORD_FILE")"
}

@test "no trust" {
    HEAL=make_trust
    lab on dc1 samba-tool domain trust delete target.test --delete-location=local
    check
    finds 9 'fail source-trusts-target source.test'
    lab on dc2 samba-tool domain trust delete source.test --delete-location=local
    check
    finds 9 'fail source-trusts-target source.test' 'fail trust-with-source target.test'
    tells trust-with-source target.test 'target.test has no trust with source.test'
    mend
}

remove_group() { lab on dc1 samba-tool group delete "$GROUP"; }

@test "an audit group with a member, or of another scope" {
    HEAL=remove_group
    lab on dc1 samba-tool group add "$GROUP" --group-scope=Domain
    check
    ends_with 0
    lab on dc1 samba-tool group addmembers "$GROUP" Guest
    check
    finds 9 'fail audit-group-is-empty source.test'
    tells audit-group-is-empty source.test 'has 1 member: CN=Guest,CN=Users,DC=source,DC=test'
    remove_group
    lab on dc1 samba-tool group add "$GROUP" --group-scope=Global
    check
    finds 9 'fail audit-group-is-empty source.test'
    mend
}

@test "a migrator who does not administer the source" {
    HEAL=migrator_administers
    forget_migrator
    check
    finds 9 'fail migrator-administers-source source.test'
    tells migrator-administers-source source.test "$MIGRATOR"
    mend
}

# ---------------------------------------------------------------------------------------
# Group Policy

policy_folder() { echo "$LAB_DIR/dc2/lib/sysvol/target.test/Policies/$GPO"; }

remove_policies() { rm -rf "$(policy_folder)/MACHINE/Microsoft" "$(policy_folder)/MACHINE/Registry.pol"; }

@test "a policy that sets RestrictAnonymous, in its template" {
    HEAL=remove_policies
    mkdir -p "$(policy_folder)/${TEMPLATE%/*}"
    {
        printf '\xff\xfe'
        printf '%s\r\n' '[Registry Values]' \
            'MACHINE\System\CurrentControlSet\Control\Lsa\RestrictAnonymous=4,1' |
            iconv -t UTF-16LE
    } >"$(policy_folder)/$TEMPLATE"
    check
    finds 9 'fail target-policies target.test'
    tells target-policies target.test "$GPO sets RestrictAnonymous to 4,1 in GptTmpl.inf"
    mend
}

# registry_policy KEY NAME TYPE HEX: a file with one item ([MS-GPREG] 2.2.1).
registry_policy() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import struct, sys

key, name, kind, data = sys.argv[1], sys.argv[2], int(sys.argv[3]), bytes.fromhex(sys.argv[4])
text = lambda value: value.encode("utf-16-le")
item = [text(key + "\0"), text(name + "\0"), struct.pack("<I", kind),
        struct.pack("<I", len(data)), data]
sys.stdout.buffer.write(b"PReg\1\0\0\0" + text("[") + text(";").join(item) + text("]"))
PYTHON
}

@test "a policy that sets RestrictAnonymous, in Registry.pol" {
    HEAL=remove_policies
    registry_policy "$LSA" RestrictAnonymous 4 01000000 >"$(policy_folder)/MACHINE/Registry.pol"
    check
    finds 9 'fail target-policies target.test'
    tells target-policies target.test 'sets RestrictAnonymous to 1 in Registry.pol'
    # Cut off in the middle, it may set anything.
    truncate -s 40 "$(policy_folder)/MACHINE/Registry.pol"
    check
    finds 3 'unknown target-policies target.test'
    mend
}

# ---------------------------------------------------------------------------------------
# The hosts of the Password Export Server and of ADMT

no_protection() { poke dc1.source.test unset "$LSA" RunAsPPL; }

@test "LSA protection on the export host" {
    HEAL=no_protection
    poke dc1.source.test set "$LSA" RunAsPPL 4 01000000
    check
    finds 9 'fail password-server dc1.source.test'
    tells password-server dc1.source.test 'LSA protection is on (RunAsPPL is 1)'
    # A number that nobody knows is not told as one that does no harm.
    poke dc1.source.test set "$LSA" RunAsPPL 4 09000000
    check
    finds 3 'unknown password-server dc1.source.test'
    mend
}

no_credential_guard() { poke dc2.target.test unset "$LSA" LsaCfgFlags; }

@test "Credential Guard on ADMT's host" {
    HEAL=no_credential_guard
    poke dc2.target.test set "$LSA" LsaCfgFlags 4 01000000
    check
    finds 9 'fail credential-guard dc2.target.test'
    tells credential-guard dc2.target.test 'on, locked in UEFI (LsaCfgFlags is 1)'
    mend
}

@test "a filter that is not registered, a service that is not installed" {
    HEAL=register_export_server
    poke dc1.source.test set "$LSA" 'Notification Packages' 7 "$(hex_of 'scecli\0PWMIGX\0\0')"
    check
    finds 9 'fail password-server dc1.source.test'
    tells password-server dc1.source.test 'without PWMIG'
    poke dc1.source.test drop "$SERVICE"
    check
    finds 9 'fail password-server dc1.source.test'
    tells password-server dc1.source.test 'there is no service "PesSvc"'
    mend
}

# ---------------------------------------------------------------------------------------
# plan and apply

# A host that is no controller, with all else that the plan wants of it.
on_a_member() {
    ADMT+=(--set pes-host=pes1.source.test)
    lab windows reset
    HEAL=reset_windows
}

reset_windows() { lab windows reset; }

nothing_recorded() { ! git -C journal.git rev-parse --verify --quiet main; }

@test "plan shows what does not hold, and what apply will do about it" {
    on_a_member
    ajar plan "${ADMT[@]}"
    ends_with 0
    grep -qE '^  fail +export-host-is-a-controller +pes1.source.test' out
    out_has 'next          name a writable controller of the domain in the plan'
    out_has '17 of 18 hold'
    out_has 'a requirement does not hold: apply will stop there, unless told --despite'
    out_lacks 'target-answers'
}

@test "apply stops, and nothing is recorded or changed" {
    on_a_member
    lab windows get registry >before
    ajar apply "${ADMT[@]}" --for 1h --reason test --yes
    ends_with 9
    out_has 'nothing was recorded or changed. --despite NAME goes on'
    nothing_recorded
    lab windows get registry | diff before -
    [[ $(registry_value dc2.target.test "HKLM\\$LSA" RestrictAnonymous) == absent ]]
    # Another name than the one that does not hold is none to go on with.
    ajar apply "${ADMT[@]}" --for 1h --reason test --yes --despite target-answers
    ends_with 9
    nothing_recorded
    ajar apply "${ADMT[@]}" --for 1h --reason test --yes --despite target-answer
    ends_with 64
    nothing_recorded
}

@test "despite goes on, and the journal tells who went on and without what" {
    on_a_member
    ajar apply "${ADMT[@]}" --for 1h --reason test --yes --despite export-host-is-a-controller
    ends_with 0
    [[ $(registry_value dc2.target.test "HKLM\\$LSA" RestrictAnonymous) == *0 ]]
    git -C journal.git grep -q 'despite = root' main -- 'windows/*/requirements/*'
    ajar show
    ends_with 0
    grep -qE '^  fail +export-host-is-a-controller' out
    grep -qE '^ +despite +root' out
    ajar show --json
    jq -e '[.. | objects | select(.requirement? and .despite?)] |
        length == 1 and .[0].requirement == "export-host-is-a-controller" and .[0].despite == "root"' out
    ajar rollback --yes
    ends_with 0
}

@test "all of it holds once more" {
    check
    ends_with 0
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What password hash synchronization needs of two domains and of the host that runs it: all of it is
# right, then one thing at a time is broken. Exactly the requirements that this breaks fail, each with
# its reason and the next step. The second domain is that of the other forest, which trusts the
# connector's.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

readonly CHANGES=1131f6aa-9c07-11d1-f79f-00c04fc2dcd2 ALL=1131f6ad-9c07-11d1-f79f-00c04fc2dcd2
readonly HOME_HEAD=DC=source,DC=test OTHER_HEAD=DC=target,DC=test
readonly SAM=/var/lib/samba/private/sam.ldb
readonly PASSWORD='Connect-1-Hashes' CHANGED='Changed-2-Behind'

# The forest as the connector needs it: an account, and both rights on both domains.
setup_file() {
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    lab_setup
    lab on dc1 samba-tool user create MSOL_ajar "$PASSWORD"
    CONNECTOR=$(sid_of MSOL_ajar)
    export CONNECTOR
    lab on dc1 samba-tool user create ajar-user Pass-Word-11
    each_right add
}

teardown_file() {
    [[ -n ${CONNECTOR-} ]] || return 0
    each_right drop
    lab on dc1 samba-tool user delete ajar-user
    lab on dc1 samba-tool user delete MSOL_ajar
    lab windows reset
}

setup() {
    lab_setup
    HEAL=''
    lab windows reset
    (umask 077 && printf '%s\n' "$PASSWORD" >connector.password)
    ENTRA=(entra-password-hash-sync --set forest=source.test --set connect-host=pes1.source.test
        --set "connector-account=$CONNECTOR" --set "connector-password-file=$PWD/connector.password"
        --set 'connector-domains=domain source.test target.test'
        --set 'connector-controllers=host dc1.source.test dc3.target.test')
    CONNECTORS='5f8a2c1e-7b0d-4e6f-9a3c-d41c0b8e2f67 c3b1d9f4-2a6e-4c58-8d07-6e95f1a20b34'
}

teardown() {
    [[ -z ${HEAL-} ]] || "$HEAL"
    lab_teardown
}

# dacl HOST VERB ARGUMENT...
dacl() { lab on "$1" "$BATS_TEST_DIRNAME/dacl" "${@:2}"; }

# ace RIGHT [TYPE] [SID]
ace() { printf '(%s;;CR;%s;;%s)' "${2-OA}" "$1" "${3-$CONNECTOR}"; }

# each_right add|drop: both rights on the heads of both domains.
each_right() {
    local right
    for right in "$CHANGES" "$ALL"; do
        dacl dc1 "$1" "$HOME_HEAD" "$(ace "$right")"
        dacl dc2 "$1" "$OTHER_HEAD" "$(ace "$right")"
    done
}

# ---------------------------------------------------------------------------------------
# What must be found

check() { ajar check "${ENTRA[@]}" --quiet --json --timeout 5s "$@"; }

failed() { jq -r '.requirements[] | select(.result == "fail") | "\(.requirement) \(.target)"' out; }

# finds STATUS LINE...: these requirements fail and no others; whatever does not hold has a reason
# and a next step.
finds() {
    ends_with "$1"
    diff <(printf '%s\n' "${@:2}" | sed '/^$/d' | sort) <(failed | sort) ||
        { jq .requirements out; return 1; }
    jq -e '.requirements | length > 0 and all(.[]; (.reason | length) > 0 and
        (.result == "pass" or (.hint // "" | length) > 0))' out >/dev/null
}

# tells NAME TARGET TEXT: in the reason of this requirement.
tells() {
    jq -e --arg name "$1" --arg target "$2" --arg text "$3" '.requirements[] |
        select(.requirement == $name and .target == $target) | .reason | contains($text)' out || {
        echo "$1 on $2 does not tell: $3"
        jq -r '.requirements[] | "\(.result) \(.requirement) \(.target): \(.reason)"' out
        return 1
    }
}

# result_of NAME TARGET
result_of() {
    jq -r --arg name "$1" --arg target "$2" '.requirements[] |
        select(.requirement == $name and .target == $target).result' out
}

# What the next test finds, and that it finds nothing else, says that it was mended.
mend() {
    "$HEAL"
    HEAL=''
}

@test "all of it holds" {
    check --set "connectors=$CONNECTORS"
    finds 0 ''
    [[ $(jq -r '[.requirements[] | select(.result != "pass") | .requirement] | join(" ")' out) == '' ]] ||
        { jq .requirements out; return 1; }
    tells not-in-staging pes1.source.test 'inferred'
    ajar check "${ENTRA[@]}" --quiet
    ends_with 0
    out_has 'everything that the plan requires holds'
    out_has '--object'
    [[ ! -e journal.git ]]
    tells_no_password
}

tells_no_password() { out_lacks "$PASSWORD" && err_lacks "$PASSWORD"; }

# ---------------------------------------------------------------------------------------
# The rights

give_all_back() { dacl dc1 add "$HOME_HEAD" "$(ace "$ALL")"; }

@test "a right that is missing on one of two domains" {
    HEAL=give_all_back
    dacl dc1 drop "$HOME_HEAD" "$(ace "$ALL")"
    check
    finds 9 'connector-may-replicate-all source.test'
    [[ $(result_of connector-may-replicate-all target.test) == pass ]]
    mend
}

allow_again() {
    dacl dc1 drop "$HOME_HEAD" "$(ace "$ALL" OD "$LOCAL")" || true
    lab on dc1 samba-tool group delete ajar-denied
    lab on dc1 samba-tool group delete ajar-connectors
}

sid_of() { lab on dc1 ldbsearch -H "$SAM" "(sAMAccountName=$1)" objectSid | sed -n 's/^objectSid: //p'; }

@test "a right that is denied through a group in a group" {
    HEAL=allow_again
    lab on dc1 samba-tool group add ajar-connectors --group-scope=Global
    lab on dc1 samba-tool group addmembers ajar-connectors MSOL_ajar
    lab on dc1 samba-tool group add ajar-denied --group-scope=Domain
    lab on dc1 samba-tool group addmembers ajar-denied ajar-connectors
    LOCAL=$(sid_of ajar-denied)
    dacl dc1 add "$HOME_HEAD" "$(ace "$ALL" OD "$LOCAL")"
    check
    finds 9 'connector-may-replicate-all source.test'
    tells connector-may-replicate-all source.test ajar-denied
    mend
}

# ---------------------------------------------------------------------------------------
# The account

unlock() {
    lab on dc1 samba-tool user unlock MSOL_ajar || true
    lab on dc1 samba-tool domain passwordsettings set --account-lockout-threshold=0
}

@test "an account that is locked" {
    local i
    HEAL=unlock
    lab on dc1 samba-tool domain passwordsettings set --account-lockout-threshold=3
    for ((i = 0; i < 4; i++)); do
        lab in smbclient -L dc1.source.test -U 'SOURCE\MSOL_ajar%wrong-one' >/dev/null 2>&1 || true
    done
    check
    finds 9 'connector-account source.test'
    tells connector-account source.test locked
    [[ $(result_of connector-credentials source.test) == unknown ]]
    tells connector-credentials source.test 'not tried'
    mend
}

set_password_back() { lab on dc1 samba-tool user setpassword MSOL_ajar --newpassword="$PASSWORD"; }

@test "a password that was changed behind the connector's back" {
    HEAL=set_password_back
    lab on dc1 samba-tool user setpassword MSOL_ajar --newpassword="$CHANGED"
    check
    finds 9 'connector-credentials source.test'
    tells_no_password
    mend
}

# ---------------------------------------------------------------------------------------
# Controllers and the server

start_third() { lab start dc3; }

@test "a controller that is down" {
    HEAL=start_third
    lab stop dc3
    check
    finds 9 'preferred-controllers dc3.target.test'
    mend
}

reset_windows() { lab windows reset; }

@test "a service that has stopped" {
    HEAL=reset_windows
    lab windows set services/ADSync/state stopped
    check
    finds 9 'adsync-runs pes1.source.test'
    mend
}

# ---------------------------------------------------------------------------------------
# Events

@test "a last heartbeat four hours ago" {
    HEAL=reset_windows
    lab windows event clear Application
    lab windows event add Application 'Directory Synchronization' 654 --ago 14400 \
        "connector ${CONNECTORS%% *}"
    lab windows event add Application 'Directory Synchronization' 904 --ago 20000 'an older one'
    check
    finds 9 'heartbeat pes1.source.test'
    tells heartbeat pes1.source.test 'the last one was written 4h ago'
    mend
}

@test "trouble after the last heartbeat" {
    HEAL=reset_windows
    lab windows event add Application 'Directory Synchronization' 611 --ago 30 \
        'Password synchronization failed for domain: child.source.test'
    check
    finds 9 'no-trouble-since pes1.source.test'
    tells no-trouble-since pes1.source.test 611
    tells no-trouble-since pes1.source.test child.source.test
    mend
}

# ---------------------------------------------------------------------------------------
# One user

let_it_last() { lab on dc1 samba-tool user setpassword ajar-user --newpassword=Pass-Word-12; }

@test "a user whose password does not last" {
    HEAL=let_it_last
    lab windows event add Application 'Directory Synchronization' 657 --ago 0 \
        'CN=ajar-user,CN=Users,DC=source,DC=test' Success
    check --object ajar-user
    [[ $(failed) == '' && $(result_of object-lasting-password source.test) == pass ]] ||
        { jq .requirements out; return 1; }
    lab on dc1 samba-tool user setpassword ajar-user --newpassword=Pass-Word-12 \
        --must-change-at-next-login
    check --object ajar-user
    finds 9 'object-lasting-password source.test'
    check --object 'CN=ajar-user,CN=Users,DC=source,DC=test'
    finds 9 'object-lasting-password source.test'
    ajar check "${ENTRA[@]}" --object ajar-user --quiet
    ends_with 9
    out_has ajar-user
    HEAL=''
    let_it_last
}

@test "nobody of this name" {
    check --object nobody-of-this-name
    ends_with 9
    [[ $(failed | wc -l) == 1 ]]
}

@test "all of it holds once more" {
    check
    finds 0 ''
}

# ---------------------------------------------------------------------------------------
# Repair

@test "a repair of the rights, and back" {
    local home other
    HEAL=restore_rights
    each_right drop
    home=$(dacl dc1 get "$HOME_HEAD") other=$(dacl dc2 get "$OTHER_HEAD")
    check
    finds 9 'connector-may-replicate source.test' 'connector-may-replicate-all source.test'
    # What groups of its own domain the account is in, no controller of the other forest tells.
    [[ $(result_of connector-may-replicate target.test) == unknown ]]
    ajar apply "${ENTRA[@]}" --set permanent=yes --for 1h --reason 'rights are gone' --yes
    ends_with 64
    ajar apply "${ENTRA[@]}" --set permanent=yes --reason 'rights are gone' --yes
    ends_with 0
    check
    finds 0 ''
    ajar status
    ends_with 0
    [[ $(lab windows service ADSync) == running* ]]
    ajar show --json
    ajar rollback "$(jq -r .window.window out)" --yes
    ends_with 0
    [[ $(dacl dc1 get "$HOME_HEAD") == "$home" && $(dacl dc2 get "$OTHER_HEAD") == "$other" ]]
    check
    finds 9 'connector-may-replicate source.test' 'connector-may-replicate-all source.test'
    # What groups of its own domain the account is in, no controller of the other forest tells.
    [[ $(result_of connector-may-replicate target.test) == unknown ]]
}

restore_rights() { each_right add; }

@test "a window of the rights closes without a trace" {
    local home other
    HEAL=restore_rights
    each_right drop
    home=$(dacl dc1 get "$HOME_HEAD") other=$(dacl dc2 get "$OTHER_HEAD")
    ajar apply "${ENTRA[@]}" --for 1h --reason 'a look' --yes
    ends_with 0
    [[ $(dacl dc2 get "$OTHER_HEAD") != "$other" ]]
    ajar rollback --yes
    ends_with 0
    [[ $(dacl dc1 get "$HOME_HEAD") == "$home" && $(dacl dc2 get "$OTHER_HEAD") == "$other" ]]
}

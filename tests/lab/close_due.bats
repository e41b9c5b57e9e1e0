#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A window that everybody forgot: what the installed timer runs closes it, under what its unit
# forbids, with a controller that is down and comes back.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

readonly KEY="$TEST_KEY"

setup() {
    lab_setup
    DOWN=''
    ROOT=$BATS_TEST_TMPDIR/root
    DESTDIR=$ROOT cmake --install "${AJAR%/*}" >/dev/null
    UNIT=$(find "$ROOT" -name ajar-close.service)
    write_plan three <<PLAN
[plan]
name = three

[registry here]
on = host dc1.source.test
key = $KEY
value = Here
type = dword
open = 1

[registry there]
on = host dc3.target.test
key = $KEY
value = There
type = dword
open = 1

[member everyone]
on = domain source.test
group = S-1-5-32-554
member = S-1-1-0
PLAN
}

teardown() {
    [[ -z ${DOWN-} ]] || lab start dc3
    lab_teardown
}

# timer: as systemd would start it, as far as this can be had without it.
timer() {
    status=0
    lab in "$BATS_TEST_DIRNAME/restricted" "$ROOT" "$UNIT" --keep "$LAB_DIR" \
        --write "$BATS_TEST_TMPDIR" -- --config "$BATS_TEST_TMPDIR/ajar.ini" --timeout 5s \
        >out 2>err || status=$?
}

commits() { git -C journal.git rev-list --count main; }

# wait_until TIME: of RFC 3339, and a second more.
wait_until() {
    local left
    left=$(($(date -d "$1" +%s) + 2 - $(date +%s)))
    ((left <= 0)) || sleep "$left"
}

@test "the timer closes what is past its end, and what is owed when its host is back" {
    local entries next
    ajar apply three.ini --for 60s --timeout 5s --reason 'a window to forget' --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$KEY" Here) == 'REG_DWORD 1' ]]
    timer
    ends_with 0
    [[ $(cat out err) == 'nothing is due' ]]

    DOWN=yes
    lab stop dc3
    ajar status --json
    wait_until "$(jq -r '.windows[0].until' out)"
    ajar status
    ends_with 7
    out_has OVERDUE

    timer
    ends_with 3
    out_has 'partly-closed: 2 of 3 settings; 1 owed, tried again at '
    [[ $(registry_value dc1.source.test "$KEY" Here) == absent ]]

    ajar status
    ends_with 7
    out_has 'owed          since 20'
    out_has 'tried 1 time; close-due tries again at 20'
    ajar status --json
    ends_with 7
    jq -e '.windows[0].settings[] | select(.target == "dc3.target.test") |
        .owed and .tries == 1 and .error' out
    next=$(jq -r '.windows[0].settings[] | select(.setting == "there").next' out)

    entries=$(commits) # too early: nothing is asked, nothing is recorded
    timer
    ends_with 3
    [[ $(commits) == "$entries" ]]

    lab start dc3
    DOWN=''
    [[ $(registry_value dc3.target.test "$KEY" There) == 'REG_DWORD 1' ]]
    wait_until "$next"
    timer
    ends_with 0
    out_has 'closed: 3 of 3 settings'
    [[ $(registry_value dc3.target.test "$KEY" There) == absent ]]
    ajar status
    ends_with 0
    out_has 'no window is open'
    timer
    ends_with 0
    [[ $(cat out err) == 'nothing is due' ]]
    git -C journal.git fsck --strict --no-dangling
    [[ -z $(ls -A tmp) ]]
}

@test "an extended window stays open, and says who wanted it" {
    local id
    ajar apply three.ini --for 30s --timeout 5s --reason 'too short' --yes
    ends_with 0
    ajar status --json
    id=$(jq -r '.windows[0].window' out)
    ajar extend "$id" --for 1h --reason 'one site is late' --yes
    ends_with 0
    ajar show "$id"
    out_has 'one site is late'
    git -C journal.git log -1 --format=%B main | grep -qx 'Event: extended'
    timer
    ends_with 0
    [[ $(registry_value dc1.source.test "$KEY" Here) == 'REG_DWORD 1' ]]
    ajar rollback "$id" --yes
    ends_with 0
}

@test "two timers at once close it once" {
    local first second
    ajar apply three.ini --for 40s --timeout 5s --reason 'a window to forget' --yes
    ends_with 0
    ajar status --json
    wait_until "$(jq -r '.windows[0].until' out)"
    start_ajar close-due --timeout 5s
    timer
    first=$status
    await_ajar
    second=$status
    [[ $first == 0 || $first == 6 ]]
    [[ $second == 0 || $second == 6 ]]
    ((first + second <= 6))
    ajar status
    ends_with 0
    [[ $(journal_subjects | grep -c '^closed: ') == 1 ]]
    [[ $(registry_value dc3.target.test "$KEY" There) == absent ]]
    git -C journal.git fsck --strict --no-dangling
}

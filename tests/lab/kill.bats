#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The parent is killed at each of its steps: before and after each commit of the journal, before and
# after each word to a worker. The loop goes on until a run needs fewer steps than that. After each
# kill, a rollback (every second time with a resume before it) comes back to the start.

load lab.bash

setup() {
    lab_setup
    ASSASSIN=$(realpath "${ASSASSIN:-$BATS_TEST_DIRNAME/../../build/tests/lab/libassassin.so}")
    [[ -e $ASSASSIN ]]
    write_plan small <<'PLAN'
[plan]
name = small

[registry changed]
on = host dc2.target.test
key = HKLM\SOFTWARE\AjarTest
value = Changed
type = dword
open = 1

[registry created]
on = host dc2.target.test
key = HKLM\SOFTWARE\AjarTest\New\Key
value = Created
type = sz
open = here

[member everyone]
on = domain target.test
group = S-1-5-32-554
member = S-1-1-0
PLAN
    registry_set dc2.target.test "$TEST_KEY" Changed dword 7
    ajar plan small.ini --json --quiet
    [[ $(jq -c '[.summary.create, .summary.modify, .summary.unchanged]' out) == '[2,1,0]' ]]
}

dump() { lab in "$BATS_TEST_DIRNAME/dump" "$1" "$2" "$LAB_TARGET_AUTH_FILE"; }

look() {
    dump registry dc2.target.test
    dump directory dc2.target.test
}

# ajar_killed N ARGUMENT...: the same as `ajar`, killed at step N; sets $taken.
ajar_killed() {
    local at=$1
    shift
    rm -f steps
    status=0
    TMPDIR=$BATS_TEST_TMPDIR/tmp lab in env ASSASSIN_AT="$at" ASSASSIN_COUNT="$PWD/steps" \
        LD_PRELOAD="$ASSASSIN" "$AJAR" "$@" --config "$PWD/ajar.ini" >out 2>err || status=$?
    taken=$(stat -c %s steps)
}

# The way back to the start after a kill at step $1, and what must hold.
come_back() {
    if [[ -n $(open_windows) ]]; then
        if (($1 % 2)); then
            ajar resume
            ends_with 0
        fi
        if [[ -n $(open_windows) ]]; then
            ajar rollback --yes
            ends_with 0
        fi
    fi
    look >now
    diff start now
    [[ ! -d journal.git ]] || git -C journal.git fsck --strict >fsck 2>&1
    first_before_holds
}

# Whatever was recorded as found before stayed what it was: what was really there.
first_before_holds() {
    local file
    [[ -d journal.git ]] || return 0
    for file in $(git -C journal.git ls-tree -r --name-only main | grep registry-changed || true); do
        git -C journal.git show "main:$file" | sed -n '/^\[before\]/,/^\[wanted\]/p' >before
        grep -qx 'data = 07000000' before
    done
}

@test "killed at each step of an apply" {
    look >start
    for ((step = 1; ; step++)); do
        rm -rf journal.git
        ajar_killed "$step" apply small.ini --for 1h --reason test --yes
        ((taken >= step)) || break
        [[ $status -eq 137 ]]
        come_back "$step"
    done
    echo "# killed at each of $((step - 1)) steps" >&3
    ((step > 20))
    ends_with 0
}

@test "killed at each step of a rollback" {
    look >start
    for ((step = 1; ; step++)); do
        rm -rf journal.git
        ajar apply small.ini --for 1h --reason test --yes
        ends_with 0
        ajar_killed "$step" rollback --yes
        ((taken >= step)) || break
        [[ $status -eq 137 ]]
        come_back "$step"
    done
    echo "# killed at each of $((step - 1)) steps" >&3
    ((step > 20))
    ends_with 0
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A write fails on a real host: what is not begun any more, what is put back, and that a canary
# costs nobody else anything. And somebody is told.

load lab.bash

EXPORT='registry/SYSTEM\CurrentControlSet\Control\Lsa/values/AllowPasswordExport/data'
HOSTS_WITH_KEY='dc1.source.test dc2.target.test dc3.target.test'

setup() {
    lab_setup
    lab windows reset
    write_config '' '[notify]' "command = $BATS_TEST_TMPDIR/notify $BATS_TEST_TMPDIR/heard"
    # shellcheck disable=SC2016  # the notifier's own
    printf '#!/bin/sh\ncat >>"$1"\n' >notify
    chmod +x notify
}

teardown() {
    [[ -z ${LAB_SOURCE_CA-} ]] || lab windows unset faults/winreg
    lab_teardown
    [[ -z ${LAB_SOURCE_CA-} ]] || lab windows reset
}

is() { [[ $1 == "$2" ]] || { echo "\"$1\" instead of \"$2\""; return 1; }; }

# export_on_pes1: the setting whose write a test makes fail, and a service that starts once more.
export_on_pes1() {
    cat <<'PLAN'
[registry allow-password-export]
on = host pes1.source.test
key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
value = AllowPasswordExport
type = dword
open = 1

[service synchronization]
on = host pes1.source.test
service = ADSync
restart = yes

PLAN
}

# value_on WHERE NAME
value_on() {
    printf '[registry %s]\non = %s\nkey = %s\nvalue = %s\ntype = dword\nopen = 1\n\n' \
        "$2" "$1" "$TEST_KEY" "$2"
}

the_rest() {
    value_on 'controllers target.test' target
    printf '[member everyone]\non = domain target.test\ngroup = S-1-5-32-554\nmember = S-1-1-0\n\n'
}

# staged CANARY: a plan that begins with pes1, or with dc1 and has pes1 behind it.
staged() {
    {
        printf '[plan]\nname = staged\n\n'
        [[ $1 != dc1 ]] || value_on 'host dc1.source.test' source
        export_on_pes1
        the_rest
        [[ $1 == dc1 ]] || value_on 'host dc1.source.test' source
    } | write_plan staged
}

apply() { ajar apply staged.ini --for 1h --reason test --yes --timeout 5s "$@"; }
break_write() { lab windows set faults/winreg "{\"opnum\": 22, \"how\": \"$1\"}"; }

dump() { lab in "$BATS_TEST_DIRNAME/dump" "$1" "$2" "$(auth_of "$2")"; }

# dump_all FOLDER: what a window could have changed. Processes are told apart.
dump_all() {
    local host
    mkdir "$1"
    for host in $HOSTS_WITH_KEY; do
        dump registry "$host" >"$1/$host.registry"
    done
    dump directory dc2.target.test >"$1/target.directory"
    lab windows get registry | grep -v written >"$1/pes1.registry"
    [[ -s $1/pes1.registry && -s $1/target.directory && -s $1/dc1.source.test.registry ]]
}

process() { lab windows service ADSync; }

# told EVENT...: just these, in this order, each as one JSON object.
told() {
    is "$(jq -r .event heard | paste -sd ' ')" "$*"
}

@test "a canary that fails is put back, and nobody else was touched" {
    staged pes1
    dump_all before
    running=$(process)
    break_write after
    apply --canary 1 --on-failure undo --json
    ends_with 1
    jq -e '.on_failure == "undo" and .canaries == ["pes1.source.test"] and .begun == 1' out
    jq -e '.undone == 1 and .failed_targets == ["pes1.source.test"]' out
    jq -e '.window.state == "closed" and (.message | test("a canary may not fail"))' out
    dump_all after
    diff -r before after
    is "$(process)" "$running"
    told undone
    jq -e '.state == "closed" and .counts.restored == 6' heard
    [[ -z $(open_windows) ]]
    git -C journal.git fsck --strict
    journal_subjects >subjects
    sed -n 1p subjects | grep -qF 'opening: staged'
    grep -qF 'undo: staged, because pes1.source.test failed' subjects
    sed -n '$p' subjects | grep -qF 'closed: 6 of 6 settings of staged'
}

@test "a failure behind a canary puts all of it back" {
    staged dc1
    dump_all before
    break_write after
    apply --canary 1 --on-failure undo
    ends_with 1
    out_has 'what this run had done was put back'
    grep -qF 'open: source on dc1.source.test: absent' <(journal_subjects)
    dump_all after
    diff -r before after
    told undone
}

@test "stop: what was not begun is listed, and resume goes on with it" {
    staged pes1
    dump_all before
    break_write before
    apply --workers 1
    ends_with 3 # nobody knows whether it was written
    out_has 'not begun: pes1.source.test failed'
    out_has 'pes1.source.test failed (--on-failure stop): nothing more was begun'
    out_has 'ajar resume'
    for host in $HOSTS_WITH_KEY; do
        is "$(registry_value "$host" "$TEST_KEY" source)" absent
        is "$(registry_value "$host" "$TEST_KEY" target)" absent
    done
    ajar resume
    ends_with 0
    is "$(registry_value dc1.source.test "$TEST_KEY" source)" 'REG_DWORD 1'
    is "$(lab windows get "$EXPORT")" 01000000
    told failed opened
    ajar rollback --yes
    ends_with 0
    told failed opened closed
    dump_all after
    diff -r before after
}

@test "continue, and so many as may fail" {
    staged pes1
    for options in '--on-failure continue' '--max-failures 1' '--max-failures 25%'; do
        lab windows reset
        break_write before
        # shellcheck disable=SC2086  # words of a command line
        apply $options
        ends_with 3
        out_has 'partly open: finish it with ajar resume'
        is "$(registry_value dc3.target.test "$TEST_KEY" target)" 'REG_DWORD 1'
        is "$(lab windows get "$EXPORT")" 00000000
        ajar rollback --yes
        ends_with 0
    done
}

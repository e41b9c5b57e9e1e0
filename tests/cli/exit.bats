#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Every exit status, the same with and without --json; output that cannot be written.
load fake

@test "a report's status is passed on, whatever it is" {
    for number in 0 1 3 4 5 6 7 8 9 130; do
        for json in '' --json; do
            ajar plan "exit-$number" $json
            ends_with "$number"
            ajar check "exit-$number" $json
            ends_with "$number"
            ajar audit "exit-$number" $json
            ends_with "$number"
            ajar apply "exit-$number" --for 1h --reason x --yes $json
            ends_with "$number"
            for command in "rollback --yes" resume status show; do
                # shellcheck disable=SC2086 # words of a command line
                AJAR_FAKE=exit-$number ajar $command $json
                ends_with "$number"
            done
        done
    done
}

@test "an error becomes the status of its kind" {
    local pair
    for pair in usage:64 plan:65 conflict:4 denied:1 login:1 unreachable:1 timeout:1 insecure:1 \
        protocol:1 missing:1 locked:6 journal:1 unmet:9 interrupted:130 system:1; do
        for json in '' --json; do
            ajar plan "error-${pair%:*}" $json
            ends_with "${pair#*:}"
            err_has "ajar: dc1.source.test: error-${pair%:*}"
            err_has '  this is what to do next'
        done
        json "o['exit'] == ${pair#*:} and o['error']['status'] == '${pair%:*}'"
    done
}

@test "an error of each command is told and ends the command" {
    for command in "rollback --yes" resume "extend error-journal --for 1h --reason x --yes" close-due status log show; do
        # shellcheck disable=SC2086 # words of a command line
        AJAR_FAKE=error-journal ajar $command
        ends_with 1
        err_has 'error-journal'
        [[ ! -s $BATS_TEST_TMPDIR/out ]]
    done
    ajar diagnose error-missing
    ends_with 1
    err_has 'error-missing'
    [[ ! -s $BATS_TEST_TMPDIR/out ]]
    ajar apply error-locked --for 1h --reason x --yes
    ends_with 6
}

@test "a wrong plan file is 65, and nothing is opened" {
    ajar plan broken
    ends_with 65
    err_has 'ajar: broken.ini:7: unknown field "opn"; known: open'
    not_traced open
    ajar plan clean --set nonsense
    ends_with 64
}

@test "a full disk is an error" {
    for command in --help --version "--help exit" "plan clean" "plan clean --json" status log; do
        status=0
        # shellcheck disable=SC2086 # words of a command line
        "$AJAR" $command --quiet >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
        : >"$BATS_TEST_TMPDIR/out"
        ends_with 1
        err_has 'ajar: could not write the output: No space left on device'
    done
}

@test "a full disk does not hide that targets were changed" {
    status=0
    "$AJAR" "${CLEAN[@]}" --yes >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
    [[ $status == 3 ]]
    err_has 'the changes were made and recorded'
    status=0
    AJAR_FAKE=conflict "$AJAR" rollback --yes >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
    [[ $status == 4 ]]
}

@test "a closed pipe is an error, and does not kill" {
    status=0
    python3 - "$AJAR" plan done --quiet 2>"$BATS_TEST_TMPDIR/err" <<'PYTHON' || status=$?
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
sys.exit(subprocess.call(sys.argv[1:], stdout=writer) % 256)
PYTHON
    : >"$BATS_TEST_TMPDIR/out"
    ends_with 1
    err_has 'ajar: could not write the output: Broken pipe'
}

@test "a closed standard output is an error, and no other file takes its place" {
    status=0
    "$AJAR" status >&- 2>"$BATS_TEST_TMPDIR/err" || status=$?
    : >"$BATS_TEST_TMPDIR/out"
    ends_with 1
    err_has 'could not write the output'
    not_traced WINDOW
}

@test "a warning is told whatever is quiet, and changes nothing" {
    export AJAR_FAKE_WARNING=$'the notifier: bell \a did not end; nothing else is affected'
    for option in '' --quiet --json; do
        # shellcheck disable=SC2086  # none, or one word
        ajar "${CLEAN[@]}" --yes $option
        ends_with 0
        err_has 'ajar: the notifier: bell '
        err_has ' did not end; nothing else is affected'
        [[ $(<"$BATS_TEST_TMPDIR/err") != *$'\a'* ]]
    done
    json "o['exit'] == 0"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Help, and what is wrong with a command line: told before anything is read or connected.
load fake

@test "help shows examples first, then usage and every command" {
    ajar --help
    ends_with 0
    [[ $(grep -nx Examples "$BATS_TEST_TMPDIR/out" | cut -d: -f1) -lt $(grep -nx Usage "$BATS_TEST_TMPDIR/out" | cut -d: -f1) ]]
    for command in plan approve apply rollback resume extend close-due status log show diagnose; do
        grep -qE "^  $command " "$BATS_TEST_TMPDIR/out"
        grep -qE "^  ajar $command" "$BATS_TEST_TMPDIR/out"
    done
}

@test "each command has help of its own, with its options and no others" {
    for command in plan approve apply rollback resume extend close-due status log show diagnose; do
        ajar "$command" --help
        ends_with 0
        out_has "ajar $command: "
        out_has "--json"
    done
    ajar apply --help
    out_has "--reason TEXT"
    out_lacks "--on-conflict"
    ajar help-me --help
    ends_with 64
}

@test "help of exit shows the whole table" {
    ajar --help exit
    ends_with 0
    for row in '   0  done, or nothing to do' '   6  locked by another operator' ' 130  interrupted, safely'; do
        out_has "$row"
    done
    [[ $(wc -l <"$BATS_TEST_TMPDIR/out") == 13 ]]
}

@test "version" {
    ajar --version
    ends_with 0
    grep -qE '^ajar [0-9]+\.[0-9]+\.[0-9]+$' "$BATS_TEST_TMPDIR/out"
}

@test "no command, an unknown command, and one that is nearly right" {
    ajar
    ends_with 64
    err_has 'ajar: which command?'
    ajar frobnicate
    ends_with 64
    err_has 'ajar: unknown command "frobnicate"'
    err_lacks 'did you mean'
    ajar aplly x
    ends_with 64
    err_has 'unknown command "aplly"; did you mean apply?'
    ajar stauts
    err_has 'did you mean status?'
}

@test "the hint has a line of its own below the message" {
    ajar frobnicate
    [[ $(sed -n 2p "$BATS_TEST_TMPDIR/err") == '  "ajar --help" shows the commands and options' ]]
}

@test "an unknown option, and one that is nearly right" {
    ajar plan clean --frobnicate
    ends_with 64
    err_has 'unknown option --frobnicate'
    ajar plan clean --detailed-exitcod=1
    ends_with 64
    err_has 'unknown option --detailed-exitcod; did you mean --detailed-exitcode?'
    not_traced open
}

@test "an option without its value, and a flag with one" {
    ajar plan clean --config
    ends_with 64
    err_has '--config needs a value'
    ajar plan clean --json=yes
    ends_with 64
    err_has '--json takes no value'
}

@test "an option that the command does not take" {
    ajar plan clean --reason x
    ends_with 64
    err_has 'ajar plan does not take --reason (only: apply extend)'
    ajar status --yes
    ends_with 64
    err_has 'ajar status does not take --yes (only: apply rollback extend approve)'
    not_traced open
}

@test "an option twice, but --set as often as wanted" {
    ajar "${CLEAN[@]}" --yes --ticket a --ticket b
    ends_with 64
    err_has '--ticket is given twice'
    ajar plan clean --set a=1 --set b=2
    ends_with 0
    traced 'set a=1'
    traced 'set b=2'
}

@test "operands: one too few, one too many" {
    ajar plan
    ends_with 64
    err_has 'ajar plan needs a PLAN'
    ajar status one two
    ends_with 64
    err_has 'does not know what to do with "two"'
    not_traced load
}

@test "apply without an end, with two, with one that is past" {
    ajar apply clean --reason x --yes --for 1h --until 2099-01-01T00:00:00Z
    ends_with 64
    err_has '--for and --until both say'
    ajar apply clean --reason x --yes --until 2001-01-01T00:00:00Z
    ends_with 64
    err_has 'that time is past'
    not_traced load
    ajar apply clean --reason x --yes
    ends_with 64
    err_has 'apply needs --for or --until'
    err_has '  add for example --for 72h'
    not_traced open
}

@test "a time of another zone is no time" {
    for time in 2099-01-01T00:00:00+02:00 2099-01-01T00:00:00 '2099-01-01 00:00:00Z' 2099-01-01; do
        ajar apply clean --reason x --yes --until "$time"
        ends_with 64
        err_has "--until: \"$time\" is not a time"
        ajar extend W --reason x --yes --until "$time"
        ends_with 64
    done
    not_traced open
}

@test "extend without an end, with two, with one that is past, without a reason or a window" {
    ajar extend W --reason x --yes --for 1h --until 2099-01-01T00:00:00Z
    ends_with 64
    err_has '--for and --until both say'
    ajar extend W --reason x --yes --until 2001-01-01T00:00:00Z
    ends_with 64
    err_has 'that time is past'
    ajar extend W --reason x --yes
    ends_with 64
    err_has 'extend needs --for or --until'
    err_has '  --for 24h is 24 hours later than the present end'
    ajar extend W --for 1h --yes
    ends_with 64
    err_has 'extend needs --reason'
    ajar extend --for 1h --reason x --yes
    ends_with 64
    err_has 'ajar extend needs a WINDOW'
    not_traced open
}

@test "close-due takes nothing: no window, no --yes" {
    ajar close-due W
    ends_with 64
    ajar close-due --yes
    ends_with 64
    err_has 'ajar close-due does not take --yes (only: apply rollback extend approve)'
    not_traced open
}

@test "a repair has no end" {
    for end in '--for 1h' '--until 2099-01-01T00:00:00Z'; do
        # shellcheck disable=SC2086 # words of a command line
        ajar apply repair --reason x --yes $end
        ends_with 64
        err_has 'a repair has no end, and repair is one: it takes neither --for nor --until'
    done
    ajar apply repair --yes
    ends_with 64
    err_has 'apply needs --reason'
    not_traced open
}

@test "apply without a reason, or with an empty one" {
    ajar apply clean --for 1h --yes
    ends_with 64
    err_has 'apply needs --reason'
    ajar apply clean --for 1h --yes --reason ' '
    ends_with 64
    err_has '--reason: the value is empty'
    ajar apply clean --for 1h --yes --reason $'\xff'
    ends_with 64
    err_has '--reason: the value is not UTF-8'
    not_traced load
}

@test "values that are no duration, time, number or choice" {
    ajar apply clean --for soon --reason x --yes
    ends_with 64
    err_has '--for: "soon" is not a duration'
    ajar apply clean --for 0h --reason x --yes
    ends_with 64
    ajar apply clean --until tomorrow --reason x --yes
    ends_with 64
    err_has '--until: "tomorrow" is not a time'
    for count in 0 65 4x -1 ''; do
        ajar plan clean --workers "$count"
        ends_with 64
        err_has "--workers: \"$count\" is not a number from 1 to 64"
    done
    ajar apply clean --for 1h --reason x --yes --on-failure panic
    ends_with 64
    err_has '--on-failure: "panic" is not one of stop, undo, continue'
    for limit in -1 x '' 101% 2%% 100001 '%' ' 1'; do
        ajar apply clean --for 1h --reason x --yes --max-failures "$limit"
        ends_with 64
        err_has "--max-failures: \"$limit\" is neither a number nor a share (2, 20%)"
    done
    ajar apply clean --for 1h --reason x --yes --canary 0
    ends_with 64
    err_has '--canary: "0" is not a number from 1 to 64'
    ajar resume --on-failure undo
    ends_with 64
    err_has 'ajar resume does not take --on-failure (only: apply)'
    ajar plan clean --timeout 2h
    ends_with 64
    err_has '--timeout: more than an hour'
    ajar rollback --on-conflict maybe --yes
    ends_with 64
    err_has '--on-conflict: "maybe" is not one of skip, restore, keep'
}

@test "the first mistake is the one that is told" {
    ajar plan --config --workers
    ends_with 64
    ajar plan clean --first --second
    err_has '--first'
    err_lacks '--second'
}

@test "options reach the engine" {
    ajar --workers 3 plan clean --timeout 5s --config c.ini --journal j.git
    ends_with 0
    traced 'open plan config=c.ini journal=j.git workers=3 timeout=5000 version='
    traced 'load clean from /nowhere/plans'
    AJAR_PLANS=/my/plans ajar plan clean
    traced 'load clean from /my/plans'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Terminals: colours, questions, the live line, interrupts, hostile texts.
load fake

readonly ESCAPE=$'\033'

@test "a repair is asked for by its name" {
    terminal 'Make this repair?' $'y\n' -- apply repair --reason x
    ends_with 0
    out_has 'A repair: what it changes stays'
    out_lacks 'until  '
    traced writes
}

@test "colours on a terminal, and nowhere else" {
    terminal -- plan mixed
    ends_with 3
    out_has "${ESCAPE}[32m+${ESCAPE}[0m"
    ajar plan mixed
    out_lacks "$ESCAPE"
    err_lacks "$ESCAPE"
}

@test "no colours with NO_COLOR, --no-color, or on a dumb terminal" {
    NO_COLOR=1 terminal -- plan mixed --quiet
    out_lacks "$ESCAPE"
    NO_COLOR='' terminal -- plan mixed --quiet
    out_has "${ESCAPE}[32m"
    terminal -- plan mixed --no-color --quiet
    out_lacks "$ESCAPE"
    TERM=dumb terminal -- plan mixed
    out_lacks "$ESCAPE"
}

@test "no colours in what goes to a file, not even those of a question" {
    status=0
    "$BATS_TEST_DIRNAME/terminal.py" --stdout "$BATS_TEST_TMPDIR/file" 'y/N' $'y\n' -- \
        "$AJAR" "${CLEAN[@]}" >"$BATS_TEST_TMPDIR/out" || status=$?
    ends_with 0
    [[ $(grep -c "$ESCAPE" "$BATS_TEST_TMPDIR/file") == 0 ]]
    out_has 'Open this window? [y/N]'
    out_has '  + registry allow-password-export  absent'
    out_lacks "${ESCAPE}[1m"
    grep -q 'is open until' "$BATS_TEST_TMPDIR/file"
}

@test "progress is one line that is rewritten, and gone in the end" {
    terminal -- plan clean
    grep -qF $'connecting\r'"${ESCAPE}[K" "$BATS_TEST_TMPDIR/out"
    terminal -- plan clean --quiet
    out_lacks 'connecting'
}

@test "apply shows the plan and asks; yes goes on" {
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}" --ticket CHG-1
    ends_with 0
    out_has 'absent → 1'
    out_has 'Anyone who reaches the service'
    out_has '(in 3 days)'
    out_has 'Berlin accounts'
    out_has 'CHG-1'
    out_has 'Open this window?'
    out_has '2 applied'
    traced writes
}

@test "apply shows what it does when a write fails, and who goes first" {
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}"
    out_has 'stops at the first failure'
    traced 'on-failure stop limited=0 tolerated=0 canary=0'
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}" --canary 1 --on-failure undo --max-failures 1
    out_has 'first dc1.source.test alone, then 3 more; puts back what it did once more than 1 of 4 targets failed'
    traced 'on-failure undo limited=1 tolerated=1 canary=1'
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}" --canary 2 --on-failure continue
    out_has 'first dc1.source.test, dc2.source.test alone, then 2 more; goes on when one of those fails'
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}" --on-failure continue --max-failures 25%
    out_has 'stops once more than 1 of 4 targets failed'
    terminal 'y/N' $'y\n' -- "${CLEAN[@]}" --canary 64
    out_has 'first dc1.source.test, dc2.source.test, dc3.source.test and 1 more, which is all; stops'
}

@test "apply asks for each step of a person that is due" {
    terminal 'Open this window?' $'y\n' 'Is it done?' $'y\n' -- apply steps --for 1h --reason x
    ends_with 0
    out_has 'once the window is open'
    traced 'restart-host is done'
    : >"$AJAR_FAKE_TRACE"
    terminal 'Open this window?' $'y\n' 'Is it done?' $'\n' -- apply steps --for 1h --reason x
    ends_with 0
    traced 'restart-host is not done'
    : >"$AJAR_FAKE_TRACE"
    terminal -- apply steps --for 1h --reason x --yes
    not_traced 'restart-host is'
}

@test "anything but yes is a no: status 1, nothing was changed" {
    for answer in $'n\n' $'\n' $'yep\n' $'\004'; do
        : >"$AJAR_FAKE_TRACE"
        terminal 'y/N' "$answer" -- "${CLEAN[@]}"
        ends_with 1
        out_has 'ajar: nothing was changed'
        not_traced writes
    done
}

@test "what was typed ahead of the question does not answer it" {
    terminal connecting $'y\n' 'y/N' $'n\n' -- apply slow --for 1h --reason x
    ends_with 1
    out_has 'ajar: nothing was changed'
    not_traced working
}

@test "rollback shows now and before, what becomes of conflicts, and asks" {
    AJAR_FAKE=conflict terminal 'y/N' $'n\n' -- rollback --on-conflict restore
    ends_with 1
    out_has '1 → absent'
    out_has '2 → 1'
    out_has 'conflicts: the baseline is written over them'
    out_has 'Close this window?'
    not_traced writes
}

@test "--yes asks nothing, on a terminal or off" {
    terminal -- "${CLEAN[@]}" --yes
    ends_with 0
    out_lacks 'y/N'
    traced 'asks nothing'
}

@test "extend shows the old end and the new one, and asks" {
    terminal 'y/N' $'n\n' -- extend W --for 24h --reason 'one site is late'
    ends_with 1
    out_has 'Window W (admt-password-migration)'
    out_has 'ended at'
    out_has '(in 3 days)'
    out_has 'now ends at'
    out_has '(in 4 days)'
    out_has 'Extend this window?'
    traced 'extend window=W duration=86400 until=0 reason=one site is late'
    not_traced extends
    terminal 'y/N' $'y\n' -- extend W --for 24h --reason 'one site is late'
    ends_with 0
    traced extends
}

@test "close-due asks nothing, on a terminal either" {
    terminal -- close-due
    ends_with 0
    traced 'close-due asks not'
}

@test "off a terminal apply, rollback and extend need --yes, and say so before they connect" {
    for command in "apply clean --for 1h --reason x" rollback "extend W --for 1h --reason x"; do
        # shellcheck disable=SC2086 # words of a command line
        ajar $command
        ends_with 64
        err_has "${command%% *} has no terminal to ask on: it needs --yes"
        not_traced load
        not_traced open
    done
}

@test "an interrupt waits for the change in flight; the second one does not kill" {
    terminal working ^C stopping ^C -- apply slow --for 1h --reason x --yes
    ends_with 130
    [[ $(grep -c 'ajar: stopping after the change in flight' "$BATS_TEST_TMPDIR/out") == 1 ]]
    traced 'stopped safely'
    traced close
}

@test "an interrupt after the question is told, too" {
    terminal 'y/N' $'y\n' working ^C -- apply slow --for 1h --reason x
    ends_with 130
    out_has 'ajar: stopping after the change in flight'
}

@test "a TERM signal is an interrupt, too" {
    "$AJAR" apply slow --for 1h --reason x --yes >"$BATS_TEST_TMPDIR/out" \
        2>"$BATS_TEST_TMPDIR/err" 3>&- &
    local pid=$! tries=0
    until grep -q working "$AJAR_FAKE_TRACE" || ((++tries > 100)); do sleep 0.05; done
    kill -TERM "$pid"
    status=0
    wait "$pid" || status=$?
    ends_with 130
    err_has 'ajar: stopping after the change in flight'
}

@test "an interrupt at the question is a no, and safe" {
    terminal 'y/N' ^C -- "${CLEAN[@]}"
    ends_with 130
    out_lacks 'change in flight'
    not_traced writes
}

@test "control characters are shown, not obeyed" {
    terminal -- plan controls --no-color --quiet
    ends_with 0
    out_lacks "$ESCAPE"
    out_has 'title\x1b]0;owned\x07'
    out_has 'dc1\nWindow closed'
    out_has 'C1 \u{9b}31m turned \u{202e}cod'
    out_has 'café \xff'
    out_has 'bell \x07 rings'
    for command in status show; do
        AJAR_FAKE=controls ajar "$command"
        out_lacks "$ESCAPE"
        out_has 'title\x1b]0;owned\x07'
    done
    ajar log
    out_lacks "$ESCAPE"
    out_has '1\x1b[5m'
    ajar "$(printf 'bad\033[2J')"
    err_lacks "$ESCAPE"
}

@test "plain ASCII where the locale is not UTF-8" {
    LC_ALL=C ajar plan controls
    out_is_plain_ascii
    out_has '31mred -> caf\u{e9}'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What each command shows to people, and asks of the engine.
load fake

@test "plan groups by target, with a sign, both phrases and the reasons" {
    ajar plan mixed
    ends_with 3
    [[ $(grep -cx 'dc1.source.test' "$BATS_TEST_TMPDIR/out") == 1 ]]
    out_has '  + registry allow-password-export       absent → 1'
    out_has '  ~ registry restrict-anonymous          1 → 0'
    out_has '  - registry no-lm-hash                  1 → absent'
    out_has '  = registry audit-base-objects          0 (already so)'
    out_has '  ? registry allow-password-export       not known → 1'
    out_has '      why           The Password Export Server'
    out_has '      risk          Anyone who reaches'
    out_has '      reference     KB 322981'
    out_has '      takes effect  service LanmanServer restart'
    out_has '2 to create, 1 to modify, 1 to delete, 1 unchanged, 2 unreachable'
    out_has 'journal: 41 entries, head 3f2a9c1'
}

@test "plan tells the same trouble of a target once" {
    ajar plan mixed
    [[ $(grep -c 'no route to host' "$BATS_TEST_TMPDIR/out") == 1 ]]
}

@test "plan with nothing to do says so" {
    ajar plan done
    ends_with 0
    out_has '1 unchanged'
    out_lacks 'to create'
}

@test "apply with nothing to do opens no window, and says so" {
    ajar apply done --for 1h --reason x --yes
    ends_with 0
    out_has 'nothing to do; no window was opened'
    out_lacks 'Window'
    out_lacks 'close it with'
    ajar apply done --for 1h --reason x --yes --json
    json "o['window'] is None and o['message'] == 'nothing to do; no window was opened'"
}

@test "rollback of what somebody put back already does nothing, and says so" {
    AJAR_FAKE=settled ajar rollback --yes
    ends_with 0
    out_has '  = registry restrict-anonymous     1 (already so)  restored'
}

@test "check tells what holds, what does not and why, and the next step" {
    ajar check mixed
    ends_with 9
    out_has 'Check of mixed: Inter-forest migration (KB 322981)'
    out_has '  pass     trust-there   target.test      forest trust with source.test, both directions'
    out_has '  fail     ports-answer  dc2.target.test  389: refused'
    out_has '           next          start the directory service'
    out_has '           why           Everything goes over LDAP.'
    out_has '  unknown  clocks-agree  dc3.target.test  dc3.target.test does not answer'
    traced check
    ajar check clean
    ends_with 0
}

@test "check and plan look at the sections that are named" {
    ajar check clean --only names-resolve --only everyone
    ends_with 0
    traced 'only names-resolve'
    traced 'only everyone'
    out_has '~ dc1.source.test  registry restrict-anonymous  not as the plan wants it: '
    out_has ': as the plan wants it'
    out_has 'could not be read'
    out_has 'is done when a window opens and when it closes'
    ajar plan clean --only export-key
    ends_with 0
    traced 'only export-key'
    ajar check clean --only names-resolv
    ends_with 64
    err_has '--only names-resolv: the plan has no section of this name; did you mean names-resolve?'
    ajar plan clean --only something-else
    ends_with 64
    err_has '--only something-else: the plan has no section of this name'
    err_lacks 'did you mean'
    ajar apply clean --only everyone --for 1h --reason x --yes
    ends_with 64
    err_has 'ajar apply does not take --only (only: plan check)'
}

@test "plan tells only what does not hold, and all steps for people" {
    ajar plan steps
    ends_with 0
    out_lacks 'trust-there'
    out_has '  fail     ports-answer'
    out_has '  1 of 3 hold'
    out_has 'Steps for people'
    out_has '  create-key on admt1.target.test, before the changes'
    out_has '      do            cd %systemroot%\ADMT'
    out_has '                    admt key /option:create'
    out_has '      by            alice'
    out_has '  stop-server, when the window is closed'
}

@test "apply tells the steps that nobody has confirmed and that are due" {
    ajar apply steps --for 1h --reason x --yes
    ends_with 0
    out_has 'Steps for people that nobody has confirmed'
    out_has '  restart-host, once the window is open'
    out_lacks 'create-key'
    out_lacks 'stop-server'
    not_traced 'is done'
}

@test "apply stops at a requirement that does not hold, and names it" {
    ajar apply unmet --for 1h --reason x --yes
    ends_with 9
    out_has '  fail     ports-answer'
    out_has 'a requirement does not hold; nothing was recorded or changed'
    out_lacks 'Window'
}

@test "despite and confirmed reach the engine, more than once" {
    ajar "${CLEAN[@]}" --yes --despite trust --despite ports --confirmed all
    ends_with 0
    traced 'despite trust'
    traced 'despite ports'
    traced 'confirmed all'
    ajar rollback --yes --confirmed stop-server
    traced 'confirmed stop-server'
    : >"$AJAR_FAKE_TRACE"
    ajar resume --confirmed restart-host
    traced 'confirmed restart-host'
}

@test "check looks at one user when it is named" {
    ajar check clean
    ends_with 0
    not_traced object
    out_has '3 requirements more look at one user: --object DN|UPN|NAME'
    ajar check clean --object anna@source.test
    ends_with 0
    traced 'object anna@source.test'
    out_has 'About anna@source.test'
    out_lacks 'more look at one user'
    ajar check clean --object ' '
    ends_with 64
    err_has '--object: the value is empty'
    ajar check clean --object a --object b
    ends_with 64
    err_has '--object is given twice'
    ajar plan clean --object a
    ends_with 64
    err_has 'ajar plan does not take --object (only: check)'
}

@test "a repair says that it stays, and how to take it back" {
    ajar plan repair
    out_has 'A repair: what it changes stays until `ajar rollback` takes it back.'
    ajar apply repair --reason x --yes
    ends_with 0
    traced 'apply duration=0 until=0 reason=x ticket=-'
    out_has 'Window 20261118T080000Z-7f3a is a repair, and is done: it stays'
    out_has 'take it back with:        ajar rollback 20261118T080000Z-7f3a'
    out_lacks '1970'
    AJAR_FAKE=repair ajar status
    ends_with 0
    out_has 'repaired  no end'
    out_lacks 'Still open'
    out_lacks '1970'
    AJAR_FAKE=repair ajar show
    out_has 'Window 20261118T080000Z-7f3a: open, a repair, which stays'
    out_lacks 'until'
    ajar apply repair --reason x --yes --json
    json "o['window']['permanent'] and o['window']['until'] is None and not o['window']['overdue']"
    ajar plan repair --json
    json "o['permanent'] == True"
    ajar plan clean --json
    json "o['permanent'] == False"
}

@test "audit tells what is open first, then the rest" {
    ajar audit mixed
    ends_with 2
    out_has 'Audit of mixed'
    out_has '  ! dc1.source.test  registry allow-password-export'
    out_has '      note          held by window 20261118T080000Z-7f3a'
    out_has '  ? target.test  member everyone-in-pre-windows-2000  could not be read'
    out_has '1 of 2 settings is open, and no window holds it'
    out_has 'ajar apply PLAN --close --reason TEXT'
}

@test "toward the safe state: plan --close and apply --close, without an end" {
    ajar plan clean --close
    ends_with 0
    traced 'plan --close'
    ajar apply clean --close --reason 'left open' --yes
    ends_with 0
    traced 'toward closed'
    out_has 'Window 20261118T080000Z-7f3a brought everything to its safe state'
    grep -qE '^open it again with: +ajar rollback 20261118T080000Z-7f3a$' "$BATS_TEST_TMPDIR/out"
    ajar apply clean --close --for 1h --reason x --yes
    ends_with 64
    err_has '--close brings settings to their safe state, which has no end'
}

@test "plan changes its status for pending changes only when asked" {
    ajar plan clean
    ends_with 0
    ajar plan clean --detailed-exitcode
    ends_with 2
    ajar plan done --detailed-exitcode
    ends_with 0
    ajar plan mixed --detailed-exitcode
    ends_with 3
}

@test "apply says what was done, until when, what waits and how to close it" {
    ajar "${CLEAN[@]}" --ticket CHG-1 --yes
    ends_with 0
    traced 'apply duration=259200 until=0 reason=Berlin accounts ticket=CHG-1'
    grep -qE '^Window 20261118T080000Z-7f3a is open until 2[0-9-]+T[0-9:]+Z \(in 3 days\)$' "$BATS_TEST_TMPDIR/out"
    out_has '  + registry allow-password-export  absent → 1  applied'
    out_has '  dc1.source.test  restart  allow-password-export, restrict-anonymous'
    [[ $(grep -c '  dc1.source.test  restart' "$BATS_TEST_TMPDIR/out") == 1 ]]
    out_has '2 applied'
    grep -qE '^close it with: +ajar rollback 20261118T080000Z-7f3a$' "$BATS_TEST_TMPDIR/out"
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/out") == 'journal: 41 entries, head 3f2a9c1' ]]
}

@test "apply takes a point in time" {
    ajar apply clean --until 2099-01-01T00:00:00Z --reason x --yes
    ends_with 0
    traced 'apply duration=0 until=4070908800 reason=x ticket=-'
}

@test "apply that went half way shows each trouble and how to go on" {
    ajar apply mixed --for 1h --reason x --yes
    ends_with 3
    out_has 'is partly open until'
    grep -qE '! registry no-lm-hash .* failed$' "$BATS_TEST_TMPDIR/out"
    out_has 'error         could not delete NoLMHash: access denied'
    out_has 'hint          the account needs write access to this key'
    grep -qE '\? registry allow-password-export .* unknown$' "$BATS_TEST_TMPDIR/out"
    out_has '4 applied, 1 failed, 2 unknown'
    grep -qE '^finish opening it with: +ajar resume 20261118T080000Z-7f3a$' "$BATS_TEST_TMPDIR/out"
}

@test "rollback closes the window and says so" {
    ajar rollback W --yes
    ends_with 0
    traced 'rollback window=W on-conflict=0'
    out_has 'Window 20261118T080000Z-7f3a is closed'
    out_has '  - registry allow-password-export  1 → absent  restored'
    out_lacks 'close it with'
}

@test "rollback names a conflict and the ways to settle it" {
    AJAR_FAKE=conflict ajar rollback --yes
    ends_with 4
    traced 'rollback window=- on-conflict=0'
    out_has '! registry restrict-anonymous     2 → 1       conflict'
    out_has '      before        1'
    out_has '      wanted        0'
    out_has '      now           2'
    out_has 'ajar rollback 20261118T080000Z-7f3a --on-conflict restore'
    out_has 'ajar rollback 20261118T080000Z-7f3a --on-conflict keep'
}

@test "rollback passes on what is to become of conflicts" {
    ajar rollback --on-conflict restore --yes
    traced 'on-conflict=1'
    ajar rollback --on-conflict keep --yes
    traced 'on-conflict=2'
}

@test "resume needs no second yes" {
    ajar resume W
    ends_with 0
    traced 'resume window=W'
    out_has '2 applied'
}

@test "extend says until when, and how to close" {
    ajar extend W --until 2099-01-01T00:00:00Z --reason 'one site is late' --yes
    ends_with 0
    out_has 'Window W is extended'
    out_has '2099-01-01T00:00:00Z'
    out_has 'one site is late'
    out_has 'ajar rollback W'
    traced 'extend window=W duration=0 until=4070908800 reason=one site is late'
    traced 'asks nothing'
}

@test "close-due tells each window in one line, and the steps for people" {
    AJAR_FAKE=owed ajar close-due
    ends_with 3
    out_has '20261118T080000Z-7f3a  partly-closed: 0 of 2 settings; 1 owed'
    out_has '20261118T090000Z-11aa  could not be closed: its plan is not known'
    out_has '  stop-server, when the window is closed'
    out_has 'it stays owed'
    AJAR_FAKE=none ajar close-due
    ends_with 0
    [[ $(cat "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/err") == 'nothing is due' ]]
}

@test "status and show tell what is owed since when, and how the end was moved" {
    for command in status show; do
        AJAR_FAKE=owed ajar $command
        out_has 'owed          since 20'
        out_has 'tried 3 times; close-due tries again at 20'
        out_has 'tried 1 time; somebody has to decide'
        grep -qE 'extended +until 20.*Z, by bob on admin2 at 20.*Z: one site is late' "$BATS_TEST_TMPDIR/out"
    done
    ajar status
    out_lacks 'owed'
    out_lacks 'extended'
}

@test "status without a window" {
    AJAR_FAKE=none ajar status
    ends_with 0
    out_has 'no window is open'
}

@test "status shows what is open, who opened it and what it waits for" {
    ajar status
    ends_with 0
    traced 'status window=- live=0'
    out_has 'WINDOW '
    grep -qE '^20261118T080000Z-7f3a  open +2.*2 applied  admt-password-migration$' "$BATS_TEST_TMPDIR/out"
    out_has 'reason        Berlin accounts'
    out_has 'allow-password-export: applied, before absent, wanted 1, now 1'
    out_has 'dc1.source.test  restart  allow-password-export'
}

@test "status marks a window past its end" {
    AJAR_FAKE=overdue ajar status
    ends_with 7
    grep -qE '^20261101T080000Z-11aa .*\(4 days ago\).*OVERDUE$' "$BATS_TEST_TMPDIR/out"
    [[ $(grep -c OVERDUE "$BATS_TEST_TMPDIR/out") == 1 ]]
}

@test "status does not call open what was never changed" {
    AJAR_FAKE=done ajar status
    out_lacks 'Still open'
}

@test "status --live shows drift" {
    AJAR_FAKE=drift ajar status --live
    ends_with 2
    traced 'live=1'
    out_has 'restrict-anonymous: applied, before 1, wanted 0, now 2  DRIFTED'
}

@test "log is one line an entry" {
    ajar log
    ends_with 0
    out_has '3f2a9c1  2026-11-21T'
    grep -qE '^2f2a9c1  [0-9-]+T[0-9:]+Z  Jürgen        open: AllowPasswordExport .* absent → 1' "$BATS_TEST_TMPDIR/out"
    [[ $(wc -l <"$BATS_TEST_TMPDIR/out") == 2 ]]
}

@test "show tells the story of a window" {
    ajar show W
    ends_with 0
    traced 'show window=W'
    for fact in 'Window 20261118T080000Z-7f3a: closed' 'operator      alice' \
        'ticket        CHG-1' '  before        absent' '  open          1' '  after         absent'; do
        out_has "$fact"
    done
    AJAR_FAKE=conflict ajar show
    out_has 'closed        not yet'
}

@test "progress goes to standard error, and is gone with --quiet" {
    ajar plan clean
    err_has 'dc1.source.test: connecting'
    out_lacks 'connecting'
    ajar plan clean --quiet
    [[ ! -s $BATS_TEST_TMPDIR/err ]]
    ajar "${CLEAN[@]}" --yes --quiet
    [[ ! -s $BATS_TEST_TMPDIR/err ]]
}

@test "the run is closed at the end, also after an error" {
    ajar plan clean
    traced close
    : >"$AJAR_FAKE_TRACE"
    ajar plan error-denied
    traced close
}

@test "what is to be known of a shared journal stands above its last line" {
    AJAR_FAKE_REMARK='offline since 2026-11-21T08:00:00Z' ajar status
    [[ $(tail -n 2 "$BATS_TEST_TMPDIR/out") == 'journal: offline since 2026-11-21T08:00:00Z
journal: 41 entries, head 3f2a9c1' ]]
    AJAR_FAKE_REMARK='offline since 2026-11-21T08:00:00Z' ajar "${CLEAN[@]}" --yes --json
    json "o['remarks'] == ['offline since 2026-11-21T08:00:00Z']"
    ajar status --json
    json "o['remarks'] == []"
}

@test "--offline is for what the journal is read or written by" {
    local command
    ajar "${CLEAN[@]}" --yes --offline
    ends_with 0
    traced 'offline'
    for command in 'rollback --yes' resume status show log 'audit clean'; do
        # shellcheck disable=SC2086  # a command and its options
        ajar $command --offline
        traced 'offline'
    done
    ajar plan clean --offline
    ends_with 64
    err_has 'ajar plan does not take --offline'
}

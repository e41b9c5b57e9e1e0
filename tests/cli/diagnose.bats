#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# ajar diagnose: what it shows of a diagnosis, and what it asks for.
load fake

readonly LIVE=(--live --set source-domain=source.test --set 'target-domain=it is')

@test "a cause tells how often, when, who, what it means, and what bears on it" {
    ajar diagnose mixed
    ends_with 0
    out_has 'Migration.log: 40 lines, UTF-16LE, 1 too long and looked at in part'
    out_has 'Migration0001.log: 1 line, UTF-8, ends within a character'
    out_has 'error    password-access-denied: The target refuses'
    out_has 'found         12 times, 20.11.2026 08:00:00 (Migration.log:3) to (Migration0001.log:1)'
    out_has 'anna, bernd, carla, dora, emil, frida, georg, hans and 6 more'
    out_has 'line          WRN1:7557 Failed to copy the password for anna.'
    out_has 'means         The account was copied, but its password was not'
    out_has 'bears on      registry restrict-anonymous (admt-password-migration)'
    out_has 'you           Migrate the passwords once more.'
    out_has 'reference     KB 322981'
    out_has 'unconfirmed   How it looks on newer releases.'
    [[ $(wc -L <"$BATS_TEST_TMPDIR/out") -lt 200 ]]
}

@test "the lines to type next name the sections, plan by plan" {
    ajar diagnose mixed
    out_has 'ajar plan admt-password-migration --only restrict-anonymous --only read-sam-server --only restart-server-services --set NAME=VALUE...'
    out_has 'ajar check admt-sid-history --only target-names-source --only source-answers --set NAME=VALUE...'
    out_has 'ajar status --live'
    out_has 'admt-sid-history takes by --set: source-domain'
    out_lacks 'domain, within'
}

@test "the only account is named, quoted for a shell" {
    ajar diagnose mixed
    out_has "ajar check entra-password-hash-sync --only object-lasting-password --object 'CN=O'\\''Neill, Pat,DC=source,DC=test' --set"
}

@test "successes take two lines, and what is not known comes last" {
    ajar diagnose mixed
    out_has 'fine     password-synchronized: A password was synchronized'
    out_has '  ERR2:7999   2 times (Migration.log:20) to (Migration.log:21)'
    out_has '41 lines: 12 errors, 1 warning, 1 notice, 2 successes, 2 not known by their number, 23 without a sign of trouble'
    ajar diagnose quiet
    ends_with 0
    out_has '0 lines'
    out_lacks 'takes by --set'
}

@test "which clock the times are of" {
    ajar diagnose one
    out_has 'Times are those of the host that wrote it (day.month.year); --utc-offset makes them UTC.'
    out_has '20.11.2026 08:00:00 (line 3)'
    ajar diagnose one --utc-offset +01:00
    out_has 'Times are UTC; the host that wrote it (day.month.year) is +01:00 from it.'
    out_has '2026-11-20T07:00:00Z (line 3) to 2026-11-20T08:00:00Z (line 1)'
    ajar diagnose one --utc-offset -05:30
    out_has 'is -05:30 from it.'
    ajar diagnose mingled
    out_has 'day and month cannot be told apart'
}

@test "all logs reach the engine, in their order, and none opens a run" {
    ajar diagnose one two - --quiet
    ends_with 0
    [[ $(grep -c '^log ' "$AJAR_FAKE_TRACE") == 3 ]]
    traced 'log -'
    traced 'knowledge /nowhere/plans/diagnose for /nowhere/plans'
    not_traced open
    not_traced load
}

@test "live: the plans that have all their parameters are loaded, and each cause is judged" {
    AJAR_FAKE=likely ajar diagnose one "${LIVE[@]}"
    ends_with 9
    traced 'open diagnose'
    traced 'live admt-password-migration'
    traced 'live admt-sid-history'
    traced close
    out_has 'live          likely: something that it bears on is amiss'
    out_has 'amiss: require target-names-source on target.test: dc1 finds no controller of source.test'
    out_has '  add a conditional forwarder'
    out_has "--set source-domain=source.test --set 'target-domain=it is'"
    AJAR_FAKE=ruled-out ajar diagnose one "${LIVE[@]}"
    ends_with 0
    out_has 'ruled out: all that it bears on is in order now'
    AJAR_FAKE='' ajar diagnose one "${LIVE[@]}"
    ends_with 0
    out_has 'live          cannot be told'
}

@test "live: a setting that is not as wanted is no requirement that does not hold" {
    AJAR_FAKE=setting ajar diagnose one "${LIVE[@]}"
    ends_with 0
    out_has 'likely: something that it bears on is amiss'
}

@test "live: a plan that lacks a parameter is left out, and says so" {
    ajar diagnose mixed --live --set source-domain=source.test
    ends_with 0
    not_traced 'live admt-password-migration'
    traced 'live admt-sid-history'
    out_has 'admt-password-migration was not asked, for want of: target-domain'
    out_has 'entra-password-hash-sync was not asked, for want of: forest'
    out_has '--set source-domain=source.test --set target-domain=VALUE'
}

@test "options that do not fit together" {
    ajar diagnose one --set source-domain=source.test
    ends_with 64
    err_has 'diagnose takes --set only together with --live'
    ajar diagnose one --live
    ends_with 64
    err_has 'add for example --set source-domain=source.test'
    ajar diagnose one --live --set soruce-domain=x
    ends_with 64
    err_has '--set soruce-domain=x: no plan that a cause bears on has such a parameter'
    ajar diagnose one --live --set nonsense
    ends_with 64
    err_has '--set nonsense: not NAME=VALUE'
    ajar diagnose one --utc-offset noon
    ends_with 64
    err_has '--utc-offset: "noon" is not an offset'
    ajar diagnose
    ends_with 64
    err_has 'ajar diagnose needs a FILE...'
    ajar status --utc-offset +01:00
    ends_with 64
    not_traced log
}

@test "a log that cannot be read" {
    ajar diagnose error-missing
    ends_with 1
    err_has 'error-missing'
    [[ ! -s $BATS_TEST_TMPDIR/out ]]
    AJAR_FAKE=error-unreachable ajar diagnose one "${LIVE[@]}"
    ends_with 1
    traced close
}

@test "nothing of a log steers the terminal" {
    ajar diagnose controls
    ends_with 0
    out_has 'bell \x07 and \x1b]0;owned\x07'
    out_has "\\x1b[2Jwiped"
    [[ -z $(LC_ALL=C tr -d '\n -~' <"$BATS_TEST_TMPDIR/out") ]]
    ajar diagnose controls --json
    out_is_plain_ascii
}

@test "a full disk is an error" {
    for json in '' --json; do
        status=0
        "$AJAR" diagnose mixed $json >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
        ends_with 1
        err_has 'ajar: could not write the'
    done
}

@test "a log beside a window: each line under the step that it falls into" {
    ajar show --log one
    ends_with 0
    traced 'log one'
    out_has "The log's times are taken for UTC."
    out_has 'before   the window was not open yet'
    out_has '2026-11-20T07:00:00Z  waiting  open: AllowPasswordExport on dc1.source.test: absent → 1'
    out_has 'waits for registry allow-password-export on dc1.source.test: restart'
    out_has '    error    20.11.2026 09:00:00  password-access-denied (line 3), anna'
    out_has '2026-11-20T09:00:00Z  closed   closed'
    out_has 'At no time that is known'
    out_has '    error    ERR2:7999 (line 20)'
    out_has '7 more lines are only counted'
    out_has '    password-access-denied, 12 lines: 2 before, 10 waiting'
    ajar show --log one --log two --utc-offset +01:00
    ends_with 0
    traced 'log two'
    out_lacks 'taken for UTC'
    ajar show --log mingled
    out_has 'nothing is placed'
}

@test "a quiet log beside a window" {
    ajar show --log quiet
    ends_with 0
    out_has 'The log has no sign of trouble.'
    out_has 'The log has no times'
}

@test "an offset alone, and a log that is not there" {
    ajar show --utc-offset +01:00
    ends_with 64
    err_has 'show takes --utc-offset only together with --log'
    ajar show --log error-missing
    ((status != 0))
    [[ -s $BATS_TEST_TMPDIR/err ]]
}

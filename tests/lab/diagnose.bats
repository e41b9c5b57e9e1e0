#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ajar diagnose --live on real forests: what a log's causes bear on is looked at there, and nothing
# else. In a fresh lab the target does not find the source's names, and no window is open.
load lab.bash

setup() {
    lab_setup
    ADMT=(--live --set source-domain=source.test --set source-netbios=SOURCE
        --set target-domain=target.test --set admt-host=dc2.target.test
        --set migrator=S-1-5-21-1-2-3-1107 --set pes-host=dc1.source.test)
    readonly COPY='2026-11-18 08:00:00 WRN1:7557 Failed to copy the password for anna. A strong password has been generated instead. Unable to copy password.'
}

@test "a requirement that fails makes its cause likely: exit status 9" {
    echo "$COPY The RPC server is unavailable." >Migration.log
    ajar diagnose Migration.log "${ADMT[@]}" --quiet
    ends_with 9
    out_has 'live          likely: something that it bears on is amiss'
    out_has 'amiss: require target-names-source'
    out_has 'in order: require source-answers on dc1.source.test'
    out_lacks 'restrict-anonymous'
}

@test "a setting that is not open makes its cause likely, and fails nothing" {
    echo "$COPY Access is denied." >Migration.log
    ajar diagnose Migration.log "${ADMT[@]}" --quiet
    ends_with 0
    out_has 'amiss: member everyone-in-pre-windows-2000 on target.test'
    out_has 'not known: manual restart-server-services: only a person can tell'
    out_lacks 'target-names-source'
}

@test "nobody is asked for a log without trouble" {
    echo '2026-11-18 08:00:00 Operation completed.' >Migration.log
    ajar diagnose Migration.log "${ADMT[@]}" --json
    ends_with 0
    [[ ! -s err ]]
    grep -q '"causes": \[\]' out
}

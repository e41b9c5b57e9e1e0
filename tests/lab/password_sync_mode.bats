#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Whether Entra Connect on a host synchronizes password hashes: from what somebody exported, over a
# real share of the host or in a folder here, and else from the host's events.

load lab.bash

readonly ONE=5f8a2c1e-7b0d-4e6f-9a3c-d41c0b8e2f67 # the lab's connectors
readonly TWO=c3b1d9f4-2a6e-4c58-8d07-6e95f1a20b34
readonly SYNC='Directory Synchronization'

setup() {
    lab_setup
    lab windows reset
    DRIVE=$LAB_DIR/pes1/lib/drive-c
    EXPORT=$DRIVE/ProgramData/AADConnect
    SHARE='\\pes1.source.test\C$\ProgramData\AADConnect'
}

teardown() {
    [[ -z ${DRIVE-} ]] || rm -rf "${DRIVE:?}"/*
    lab windows reset
    lab_teardown
}

# mode_plan FOLDER: both requirements.
mode_plan() {
    write_plan mode <<PLAN
[plan]
name = mode
title = Password hash sync

[require not-in-staging]
on = host pes1.source.test
check = password-sync-mode
must = not-staging
folder = $1

[require password-sync-on]
on = host pes1.source.test
check = password-sync-mode
must = on
folder = $1
connectors = $ONE $TWO
PLAN
}

# connector GUID NAME ENABLED FOLDER
connector() {
    mkdir -p "$4"
    cat >"$4/Connector_{$1}.xml" <<XML
<?xml version="1.0" encoding="utf-8"?>
<ma-data>
  <id>{${1^^}}</id>
  <name>$2</name>
  <password-hash-sync-config><enabled>$3</enabled></password-hash-sync-config>
</ma-data>
XML
}

# settings STAGING FOLDER: as UTF-16, as Windows likes it.
settings() {
    mkdir -p "$2"
    iconv -f UTF-8 -t UTF-16 >"$2/GlobalSettings.xml" <<XML
<parameters>
  <parameter name="Microsoft.Synchronize.StagingMode">$1</parameter>
</parameters>
XML
}

# finding REQUIREMENT MEMBER: of the last `ajar check --json`.
finding() { jq -r --arg name "$1" ".requirements[] | select(.requirement == \$name) | .$2" out; }

# found REQUIREMENT RESULT PART
found() {
    [[ $(finding "$1" result) == "$2" && $(finding "$1" reason) == *"$3"* ]] || {
        jq '.requirements[]' out
        return 1
    }
}

# silence [ID]...: as if the host had never written these.
silence() {
    local id
    for id in "$@"; do
        lab windows event drop Application "$id"
    done
}

@test "files on a share of the host say that all is well" {
    mode_plan "$SHARE"
    connector $ONE source.test 1 "$EXPORT/Exported/Connectors"
    connector $TWO target.test 1 "$EXPORT/Exported/Connectors"
    settings False "$EXPORT/Exported"
    ajar check mode.ini --json
    ends_with 0
    found not-in-staging pass 'the server is not in staging mode: Exported/GlobalSettings.xml, as exported '
    found password-sync-on pass "password hash sync is on for source.test ($ONE): Exported/Connectors/Connector_{$ONE}.xml, as exported "
}

@test "one connector is off: that alone fails, and is named" {
    mode_plan "$SHARE"
    connector $ONE source.test 1 "$EXPORT"
    connector $TWO target.test 0 "$EXPORT"
    settings False "$EXPORT"
    silence 654 656 657
    ajar check mode.ini --json
    ends_with 9
    found not-in-staging pass 'not in staging mode'
    found password-sync-on fail "password hash sync is off for target.test ($TWO)"
    [[ $(finding password-sync-on hint) == *'Customize synchronization options'* ]]
}

@test "staging mode alone fails" {
    mode_plan "$SHARE"
    connector $ONE source.test 1 "$EXPORT"
    connector $TWO target.test 1 "$EXPORT"
    settings True "$EXPORT"
    silence 650 651 653 654 656 657
    ajar check mode.ini --json
    ends_with 9
    found not-in-staging fail 'the server is in staging mode: GlobalSettings.xml'
    found password-sync-on pass 'is on for source.test'
}

@test "events that are newer than the file are believed, and both are told" {
    mode_plan "$SHARE"
    settings True "$EXPORT"
    connector $ONE source.test 0 "$EXPORT"
    connector $TWO target.test 1 "$EXPORT"
    touch -d '2 days ago' "$EXPORT"/*
    ajar check mode.ini --json
    ends_with 0
    found not-in-staging pass 'inferred from events: the server is not in staging mode (event 65'
    found not-in-staging pass 'though the server is in staging mode in the older GlobalSettings.xml'
    found password-sync-on pass "inferred from events: password hash sync is on for source.test ($ONE)"
}

@test "without files: events of the host tell" {
    mode_plan none
    ajar check mode.ini --json
    ends_with 0
    found not-in-staging pass 'inferred from events'
    found password-sync-on pass "on for connector $TWO (event 654 at "
}

@test "without files and without events nothing fails" {
    mode_plan none
    silence 653 654 656 657
    ajar check mode.ini --json
    ends_with 3
    found not-in-staging unknown 'inferred: may be in staging mode, or password hash sync is off: no event 650 to 657 in three hours, while the scheduler runs: event 904 at '
    found password-sync-on unknown "no event 650 to 657 of connector $ONE"
    [[ $(finding not-in-staging hint) == *'Get-ADSyncScheduler | Select StagingModeEnabled'* ]]
}

@test "that it is tried, and fails, is another requirement's matter" {
    mode_plan none
    silence 653 654 656 657
    lab windows event add Application "$SYNC" 655 --ago 60 --type error "Connector: source.test, $ONE"
    lab windows event add Application "$SYNC" 655 --ago 60 --type error "Connector: target.test, $TWO"
    ajar check mode.ini --json
    ends_with 0
    found not-in-staging pass 'it is tried, at least'
    found password-sync-on pass 'it is tried, at least'
}

@test "a service that does not run is another requirement's matter" {
    mode_plan none
    lab windows set services/ADSync/state stopped
    ajar check mode.ini --json
    ends_with 3
    found not-in-staging unknown 'service "ADSync", which writes these events, is stopped'
}

@test "a file that cannot be read is named with its line, and the others count" {
    mode_plan "$SHARE"
    connector $ONE source.test 1 "$EXPORT"
    connector $TWO target.test 1 "$EXPORT"
    settings False "$EXPORT"
    printf '<ma-data>\n<id>' >"$EXPORT/Connector_{$TWO}.xml"
    silence 653 654 656 657
    ajar check mode.ini --json
    ends_with 3
    found not-in-staging pass 'not in staging mode'
    found password-sync-on unknown "; not read: Connector_{$TWO}.xml: line 2: no element found"
}

@test "a folder that is not there, a share that is not there, and a folder of this host" {
    mode_plan "$SHARE"
    ajar check mode.ini --json
    ends_with 3
    found not-in-staging unknown 'could not be read: //pes1.source.test/C$/ProgramData/AADConnect: no such file or folder'
    mode_plan '\\pes1.source.test\D$\x'
    ajar check mode.ini --json
    found not-in-staging unknown 'the host has no share "D$"'
    mode_plan "$BATS_TEST_TMPDIR/export"
    settings False "$BATS_TEST_TMPDIR/export"
    ajar check mode.ini --json
    found not-in-staging pass 'not in staging mode: GlobalSettings.xml'
}

@test "a share of another host is refused before anybody is asked" {
    mode_plan '\\dc1.source.test\C$\x'
    ajar check mode.ini
    ends_with 65
    err_has 'mode.ini:9: folder: "\\dc1.source.test\C$\x" is not on pes1.source.test'
}

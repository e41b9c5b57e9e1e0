#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is installed for a timer: systemd accepts the units and finds little exposed, and the line for
# cron does what it says. $AJAR is ajar itself, as it was built.

setup() {
    AJAR=$(realpath "${AJAR:?is to be the path of ajar}")
    ROOT=$BATS_TEST_TMPDIR/root
    DESTDIR=$ROOT cmake --install "${AJAR%/*}" >/dev/null
    DOC=$(dirname "$(find "$ROOT" -name ajar-close.cron)")
    cd "$BATS_TEST_TMPDIR" || return
}

needs_systemd() {
    command -v systemd-analyze >/dev/null || skip 'needs systemd-analyze'
    # The units that ours name are the ones of this machine.
    mkdir -p "$ROOT/usr/lib/systemd"
    cp -a /usr/lib/systemd/system "$ROOT/usr/lib/systemd/" # beside ours, whatever the prefix
}

@test "systemd accepts the units" {
    needs_systemd
    run systemd-analyze verify --man=no --root="$ROOT" ajar-close.service ajar-close.timer
    echo "$output"
    [[ $status == 0 && -z $output ]]
}

@test "the service exposes little" {
    needs_systemd
    # 25 is an exposure of 2.5; what is called OK ends at 5.
    run systemd-analyze security --offline=true --no-pager --threshold=25 --root="$ROOT" \
        ajar-close.service
    echo "$output"
    [[ $status == 0 && $output == *'Overall exposure level for ajar-close.service: '*' OK '* ]]
}

@test "the service runs the program that is installed with it; 6 is no failure, 3 and 4 are" {
    service=$(find "$ROOT" -name ajar-close.service -path "*lib/systemd/system*")
    program=$(sed -nE 's/^ExecStart=([^ ]+) close-due --no-color$/\1/p' "$service")
    [[ -x $ROOT$program ]]
    [[ $(grep -c '^SuccessExitStatus=' "$service") == 1 ]]
    grep -qx 'SuccessExitStatus=6' "$service"
    run grep -h '@' "$service" "${service%service}timer"
    [[ $(grep -cv '^SystemCallFilter=' <<<"$output") == 0 ]]
}

# The command of the cron line, with another program in the place of ajar.
cron_says() {
    printf '#!/bin/sh\necho "$@"; echo to-stderr >&2; exit %s\n' "$1" >stand-in
    chmod +x stand-in
    sed -nE 's|^\*/5 \* \* \* \*  root  (.*)|\1|p' "$DOC/ajar-close.cron" |
        sed "s|/[^ ]*/ajar |$PWD/stand-in |" >line
    [[ -s line ]]
    sh line 2>&1
}

@test "cron mails nothing while nothing is wrong, and everything when something is" {
    [[ -z $(cron_says 0) ]]
    said=$(cron_says 3)
    [[ $said == *'close-due --no-color'*to-stderr* ]]
}

@test "the program of the timer runs where there is no journal yet" {
    run "$AJAR" close-due --journal "$PWD/none.git"
    [[ $status == 0 && $output == 'nothing is due' ]]
    [[ ! -e none.git ]]
}

# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the tests on real domain controllers share. They use a lab that runs already:
#
#   tests/lab/lab up DIR
#   sudo LAB_DIR=DIR bats tests/lab/window.bats
#
# $AJAR is the program, build/ajar if it is not set. A test runs in $BATS_TEST_TMPDIR and has its
# journal and its configuration there. `ajar` sets $status and writes the files out and err there;
# ends_with, out_has and err_has look at them. A test leaves the lab as it found it: teardown
# rolls back what is open, and takes the tests' own registry key away.

# shellcheck disable=SC2034  # the tests use it
readonly TEST_KEY='HKLM\SOFTWARE\AjarTest'

setup() { lab_setup; }
teardown() { lab_teardown; }

lab_setup() {
    LAB=$BATS_TEST_DIRNAME/lab
    AJAR=$(realpath "${AJAR:-$BATS_TEST_DIRNAME/../../build/ajar}")
    if [[ -z ${LAB_DIR-} ]] || ! "$LAB" list "$LAB_DIR" >/dev/null 2>&1; then
        skip 'needs the lab: tests/lab/lab up DIR'
    fi
    [[ -x $AJAR ]]
    eval "$("$LAB" env "$LAB_DIR")"
    export LC_ALL=C.UTF-8 AJAR_PLANS=$BATS_TEST_DIRNAME/../../plans
    unset NO_COLOR KRB5CCNAME XDG_CONFIG_HOME
    mkdir -p "$BATS_TEST_TMPDIR/tmp"
    cd "$BATS_TEST_TMPDIR" || return
    # No test reads what somebody types.
    exec </dev/null
    write_config_of source.test target.test
}

lab_teardown() {
    [[ -n ${LAB_SOURCE_CA-} ]] || return 0
    [[ -z ${STARTED-} ]] || kill -KILL "$STARTED" 2>/dev/null || true
    roll_back_all
    forget_test_key
}

# lab VERB ARGUMENT...: a verb of the lab; `lab in COMMAND...` runs a client, `lab windows ...` sets
# the host that plays Windows.
lab() { "$LAB" "$1" "$LAB_DIR" "${@:2}"; }

# write_config [LINE]...: ajar.ini with a journal of the test's own and both domains, and the
# lines behind it.
write_config() {
    write_config_of source.test target.test
    (($# == 0)) || printf '%s\n' "$@" >>"$BATS_TEST_TMPDIR/ajar.ini"
}

# write_config_of [DOMAIN]...: the same with these domains, which log in with their passwords.
write_config_of() {
    local domain file
    {
        printf '[journal]\npath = %s\n' "$BATS_TEST_TMPDIR/journal.git"
        for domain in "$@"; do
            file=LAB_${domain%%.*}_PASSWORD_FILE
            file=${file^^}
            printf '\n[domain %s]\nauth = password\nuser = Administrator\npassword-file = %s\n' \
                "$domain" "${!file}"
        done
    } >"$BATS_TEST_TMPDIR/ajar.ini"
}

# write_plan NAME <<PLAN: the file NAME.ini.
write_plan() { cat >"$BATS_TEST_TMPDIR/$1.ini"; }

# ajar ARGUMENT...: in the lab; its ticket folders are in $BATS_TEST_TMPDIR/tmp.
ajar() {
    status=0
    TMPDIR=$BATS_TEST_TMPDIR/tmp lab in "$AJAR" "$@" --config "$BATS_TEST_TMPDIR/ajar.ini" \
        >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
}

# start_ajar ARGUMENT...: in the background, as the first of a process group of its own, as a
# terminal makes it: $STARTED. It writes to long.out and long.err.
start_ajar() {
    TMPDIR=$BATS_TEST_TMPDIR/tmp setsid "$LAB" in "$LAB_DIR" "$AJAR" "$@" \
        --config "$BATS_TEST_TMPDIR/ajar.ini" >"$BATS_TEST_TMPDIR/long.out" \
        2>"$BATS_TEST_TMPDIR/long.err" 3>&- &
    STARTED=$!
}

# Progress tells each change before its write: with the second line, the first change is done.
first_change_is_done() { (($(grep -c ' → ' "$BATS_TEST_TMPDIR/long.err") >= 2)); }

# await_ajar: until what was started has ended; then it looks as if `ajar` had run it.
await_ajar() {
    status=0
    wait "$STARTED" || status=$?
    STARTED=''
    cp "$BATS_TEST_TMPDIR/long.out" "$BATS_TEST_TMPDIR/out"
    cp "$BATS_TEST_TMPDIR/long.err" "$BATS_TEST_TMPDIR/err"
}

# wait_for COMMAND...: up to ten seconds.
wait_for() {
    local i
    for ((i = 0; i < 100; i++)); do
        "$@" >/dev/null 2>&1 && return
        sleep 0.1
    done
    echo "in vain: $*"
    return 1
}

ends_with() {
    [[ $status == "$1" ]] || {
        echo "exit status $status instead of $1"
        cat "$BATS_TEST_TMPDIR"/{out,err}
        return 1
    }
}

out_has() { holds out "$1"; }
err_has() { holds err "$1"; }
out_lacks() { ! holds out "$1" >/dev/null; }
err_lacks() { ! holds err "$1" >/dev/null; }

holds() {
    grep -qF -- "$2" "$BATS_TEST_TMPDIR/$1" || {
        echo "not in $1: $2"
        cat "$BATS_TEST_TMPDIR/$1"
        return 1
    }
}

# The windows that are not closed, by id.
open_windows() {
    [[ -d $BATS_TEST_TMPDIR/journal.git ]] || return 0
    ajar status --json --quiet
    # One that is closed is told for as long as something of it waits.
    jq -r '.windows[]? | select(.state != "closed").window' "$BATS_TEST_TMPDIR/out"
}

roll_back_all() {
    local window
    for window in $(open_windows); do
        ajar rollback "$window" --on-conflict restore --yes
        ends_with 0 # what a test leaves open is the next test's trouble
    done
}

# The subjects of the journal's commits, oldest first.
journal_subjects() { git -C "$BATS_TEST_TMPDIR/journal.git" log --reverse --format=%s main; }

# ---------------------------------------------------------------------------------------
# The registry as Samba's own client sees it; ajar is not asked. HOST is dc1.source.test.

auth_of() { [[ $1 == *source.test ]] && echo "$LAB_SOURCE_AUTH_FILE" || echo "$LAB_TARGET_AUTH_FILE"; }

# poke HOST VERB ARGUMENT...: what net cannot do.
poke() { lab in "$BATS_TEST_DIRNAME/poke" "$1" "$(auth_of "$1")" "${@:2}"; }

# net_registry VERB HOST ARGUMENT...
net_registry() {
    local verb=$1 host=$2
    lab in net rpc registry "$verb" "${@:3}" --server="$host" \
        --authentication-file="$(auth_of "$host")"
}

# registry_value HOST KEY VALUE: "REG_DWORD 1", or "absent". Samba says NO_SUCH_DEVICE for a key
# or value that is not there.
registry_value() {
    local answer
    if answer=$(net_registry getvalue "$@" 2>&1); then
        sed -nE 's/^(Type|Value) += //p' <<<"$answer" | paste -sd ' '
        return
    fi
    [[ $answer == *NT_STATUS_NO_SUCH_DEVICE* || $answer == *NT_STATUS_OBJECT_NAME_NOT_FOUND* ]] || {
        echo "$answer"
        return 1
    }
    echo absent
}

# registry_set HOST KEY VALUE TYPE DATA: makes the key as well. TYPE is dword, sz, ...
registry_set() {
    net_registry createkey "$1" "$2" >/dev/null
    net_registry setvalue "$@" >/dev/null
}

registry_delete() { net_registry deletevalue "$@" >/dev/null; }

# A test that says nothing else writes below TEST_KEY.
forget_test_key() {
    local host
    for host in dc1.source.test dc2.target.test dc3.target.test; do
        poke "$host" drop "${TEST_KEY#HKLM\\}" >/dev/null 2>&1 & # with its sub-keys; or none is there
    done
    wait
}

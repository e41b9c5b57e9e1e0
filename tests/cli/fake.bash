# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the tests of the command line share. $AJAR is ajar-fake.

setup() {
    [[ -x ${AJAR:?is to be the path of ajar-fake} ]]
    export LC_ALL=C.UTF-8 TERM=xterm
    unset NO_COLOR AJAR_FAKE AJAR_PLANS
    export AJAR_FAKE_TRACE=$BATS_TEST_TMPDIR/trace
    : >"$AJAR_FAKE_TRACE"
    # No test reads what somebody types.
    exec </dev/null
}

# Runs ajar-fake: $status, and what it wrote to $BATS_TEST_TMPDIR/out and .../err.
ajar() {
    status=0
    "$AJAR" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
}

# The same on a terminal: terminal [WHEN ANSWER]... -- ARGUMENTS; what it showed is in .../out.
terminal() {
    local words=()
    while [[ $1 != -- ]]; do
        words+=("$1")
        shift
    done
    shift
    status=0
    "$BATS_TEST_DIRNAME/terminal.py" "${words[@]}" -- "$AJAR" "$@" >"$BATS_TEST_TMPDIR/out" ||
        status=$?
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
traced() { holds trace "$1"; }
out_lacks() { ! holds out "$1" >/dev/null; }
err_lacks() { ! holds err "$1" >/dev/null; }
not_traced() { ! holds trace "$1" >/dev/null; }

holds() {
    grep -qF -- "$2" "$BATS_TEST_TMPDIR/$1" || {
        echo "not in $1: $2"
        cat "$BATS_TEST_TMPDIR/$1"
        return 1
    }
}

# json EXPRESSION: true of the object `o` on standard output, which is one whole JSON text.
json() {
    python3 - "$BATS_TEST_TMPDIR/out" "$1" <<'PYTHON'
import json, sys
o = json.load(open(sys.argv[1], encoding="ascii"))
if not eval(sys.argv[2]):
    sys.exit("not true: " + sys.argv[2] + "\n" + json.dumps(o, indent=1))
PYTHON
}

# Every byte of standard output is a printable one of ASCII.
out_is_plain_ascii() {
    [[ -s $BATS_TEST_TMPDIR/out && -z $(LC_ALL=C tr -d '\n -~' <"$BATS_TEST_TMPDIR/out") ]]
}

# shellcheck disable=SC2034  # the tests use it
readonly CLEAN=(apply clean --for 72h --reason 'Berlin accounts')

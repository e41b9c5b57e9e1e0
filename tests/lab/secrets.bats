#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Passwords and tickets: nobody on this host sees them while ajar runs, and nothing of them is left
# when it has ended, however it ended. search-secrets looks for the passwords of both domains, and
# for the session keys of every ticket that ajar got.
# shellcheck disable=SC2030,SC2031  # a test's variables are its own

load lab.bash

setup() {
    lab_setup
    WATCHER=''
    long_plan
}

teardown() {
    [[ -z ${WATCHER-} ]] || kill "$WATCHER" 2>/dev/null || true
    [[ ! -e connector ]] || lab on dc2 samba-tool user delete ajar-connector
    lab_teardown
}

# Both domains, both protocols, and enough settings to be looked at while it goes on.
long_plan() {
    local i
    {
        printf '[plan]\nname = long\n'
        printf '\n[member everyone]\non = domain target.test\n'
        printf 'group = S-1-5-32-554\nmember = S-1-1-0\n'
        for ((i = 1; i <= 20; i++)); do
            printf '\n[registry value-%d]\non = host dc1.source.test\n' "$i"
            printf 'key = %s\nvalue = Value%d\ntype = dword\nopen = 1\n' "$TEST_KEY" "$i"
        done
    } | write_plan long
}

search() { "$BATS_TEST_DIRNAME/search-secrets" "$@"; }

# start_watching [PASSWORD-FILE]...: looks at every process until the test stops it, for the passwords
# of both domains and these; keeps copies of all tickets it sees in tickets/.
start_watching() {
    mkdir tickets
    "$BATS_TEST_DIRNAME/search-secrets" watch tmp tickets "$LAB_SOURCE_PASSWORD_FILE" "$LAB_TARGET_PASSWORD_FILE" \
        "$@" >watched 3>&- &
    WATCHER=$!
    wait_for grep -q ready watched
}

stop_watching() {
    kill -TERM "$WATCHER"
    wait "$WATCHER" || { cat watched; return 1; }
    WATCHER=''
}

# found_nowhere PATH...: no password and no session key is in these files and folders.
found_nowhere() {
    search files tickets "$LAB_SOURCE_PASSWORD_FILE" "$LAB_TARGET_PASSWORD_FILE" -- "$@"
}

# Every object of the journal, packed or not, reachable or not.
unpack_journal() {
    git -C journal.git cat-file --batch-all-objects --batch --unordered >objects
    [[ -s objects ]]
}

is_empty() { [[ -z $(ls -A "$1") ]]; }

has_tickets() { [[ -n $(ls -A tickets) ]]; }

start_apply() { start_ajar apply long.ini --for 1h --reason test --yes; }

@test "the search finds what is there to be found" {
    mkdir tickets
    secret_text=$(mktemp -u ajar-canary-XXXXXXXX)
    echo "$secret_text" >canary
    mkdir kept
    "$BATS_TEST_DIRNAME/search-secrets" watch tmp kept canary >watched 3>&- &
    WATCHER=$!
    wait_for grep -q ready watched
    CANARY=$secret_text sleep 1
    kill "$WATCHER"
    status=0
    wait "$WATCHER" || status=$?
    WATCHER=''
    [[ $status == 1 ]]
    grep -q 'environment of sleep' watched

    base64 <canary >encoded
    run search files tickets canary -- encoded
    [[ $status == 1 && $output == *encoded* ]]
    KRB5CCNAME=FILE:$PWD/tickets/one lab in kinit Administrator@SOURCE.TEST \
        <"$LAB_SOURCE_PASSWORD_FILE" >/dev/null
    cp tickets/one copy
    run search files tickets canary -- copy
    [[ $status == 1 && $output == *'session key'*copy* ]]
}

@test "no process shows a password while a window opens and closes, and nothing of it is left" {
    start_watching
    ajar apply long.ini --for 1h --reason test --yes
    ends_with 0
    cp out apply.out
    cp err apply.err
    ajar status --live --json
    cp out status.out
    cp err status.err
    ajar rollback --yes
    ends_with 0
    stop_watching
    # It saw ajar and its workers, and their tickets.
    grep -q 'saw ajar' watched
    has_tickets
    is_empty tmp
    unpack_journal
    found_nowhere apply.out apply.err status.out status.err out err objects journal.git tmp
}

@test "what goes wrong does not tell the password" {
    start_watching
    sed -i 's/= Administrator/= Nobody/' ajar.ini
    for json in '' --json; do
        # shellcheck disable=SC2086  # a word or none
        ajar apply long.ini --for 1h --reason test --yes $json
        ends_with 1
        found_nowhere out err tmp
    done
    # A line that belongs into the password file.
    cp "$LAB_SOURCE_PASSWORD_FILE" password
    {
        printf '\n[domain other.test]\nauth = password\nuser = x\npassword = '
        cat password
    } >>ajar.ini
    ajar apply long.ini --for 1h --reason test --yes
    ends_with 65
    rm password
    found_nowhere out err tmp
    stop_watching
    is_empty tmp
}

# The password of ajar-connector in the file connector, a wrong one in the file wrong, and a window
# that requires the one in FILE to be right: plan_with_credentials FILE.
make_connector() {
    mktemp -u Right-XXXXXXXXXX-1 >connector
    mktemp -u Wrong-XXXXXXXXXX-2 >wrong
    chmod 600 connector wrong
    lab on dc2 samba-tool user create ajar-connector "$(<connector)"
}

plan_with_credentials() {
    write_plan tried <<END
[plan]
name = tried

[require connector-credentials]
on = domain target.test
check = credentials
account = ajar-connector
password-file = $PWD/$1

[member everyone]
on = domain target.test
group = S-1-5-32-554
member = S-1-1-0
END
}

# tries FILE RESULT EXIT-STATUS: as a check, and as a window that goes on despite it.
tries() {
    plan_with_credentials "$1"
    ajar check tried.ini --json
    ends_with "$3"
    [[ $(jq -r '.requirements[0].result' out) == "$2" ]]
    cp out "$1-check.out"
    cp err "$1-check.err"
    ajar apply tried.ini --for 1h --reason test --yes --despite all
    ends_with 0
    cp out "$1-apply.out"
    cp err "$1-apply.err"
    ajar rollback --yes
    ends_with 0
    is_empty tmp
}

@test "a password that is tried is shown by no process, and nothing of it is left" {
    make_connector
    start_watching connector wrong
    tries connector pass 0
    tries wrong fail 9
    stop_watching
    grep -q 'saw ajar' watched
    has_tickets
    unpack_journal
    # What was found is recorded, and names the file.
    grep -qF "is not that of \"ajar-connector\"" objects
    search files tickets connector wrong -- ./*-check.* ./*-apply.* out err objects journal.git tmp
}

@test "tickets are private while ajar runs" {
    start_apply
    wait_for compgen -G 'tmp/ajar-*/ticket-*'
    [[ $(stat -c %a tmp/ajar-*) == 700 ]]
    [[ $(stat -c %a tmp/ajar-*/ticket-* | sort -u) == 600 ]]
    await_ajar
    ends_with 0
    is_empty tmp
}

@test "tickets are gone after the parent was killed" {
    start_watching
    start_apply
    wait_for first_change_is_done
    kill -KILL "$STARTED"
    await_ajar
    wait_for is_empty tmp
    stop_watching
    has_tickets
    unpack_journal
    found_nowhere long.out long.err objects journal.git tmp

    ajar resume
    ends_with 0
    is_empty tmp
}

@test "tickets are gone after Ctrl-C" {
    start_apply
    wait_for first_change_is_done
    kill -INT -- "-$STARTED"
    await_ajar
    ends_with 130
    is_empty tmp
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What goes wrong at night: logins, hosts that are away or hang, servers that do not protect, a
# journal that cannot be written, Ctrl-C. Each is told in one line that names where, with the next
# step below it; nothing is changed, and the run ends in time.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

HOST=dc1.source.test

setup() {
    lab_setup
    RECONFIGURED='' FROZEN='' LISTENER='' HOLDER=''
    setting_plan one "$HOST" 1
    write_plan group <<'PLAN'
[plan]
name = group

[member everyone]
on = domain source.test
group = S-1-5-32-554
member = S-1-1-0
PLAN
}

teardown() {
    [[ -z ${HOLDER-} ]] || kill "$HOLDER" 2>/dev/null || true
    [[ -z ${LISTENER-} ]] || kill "$LISTENER" 2>/dev/null || true
    [[ -z ${FROZEN-} ]] || thaw
    [[ -z ${RECONFIGURED-} ]] || lab conf dc1
    forget_names
    write_config
    lab_teardown
}

# setting_plan NAME HOST COUNT: a plan of COUNT registry settings on one host.
setting_plan() {
    local i
    {
        printf '[plan]\nname = %s\n' "$1"
        for ((i = 1; i <= $3; i++)); do
            printf '\n[registry value-%d]\non = host %s\nkey = %s\nvalue = Value%d\n' \
                "$i" "$2" "$TEST_KEY" "$i"
            printf 'type = dword\nopen = 1\n'
        done
    } | write_plan "$1"
}

# apply NAME [OPTION]...: and $seconds that it took.
apply() {
    local began=$SECONDS
    ajar apply "$1.ini" --for 1h --reason test --yes "${@:2}"
    # shellcheck disable=SC2034  # ends_within uses it
    seconds=$((SECONDS - began))
}

# refused STATUS TEXT...: with one message that has each text in it, and a hint; nothing was
# recorded, nothing was changed, no ticket was left.
refused() {
    local text
    ends_with "$1"
    message_has "${@:2}"
    out_is_empty
    nothing_recorded
    nothing_changed
    no_ticket_left
}

# message_has TEXT...: the only line that begins with "ajar:", and below it the hint.
message_has() {
    local message text
    message=$(grep '^ajar: ' err)
    for text in "$@"; do
        [[ $message != *$'\n'* && $message == *"$text"* ]] || {
            echo "not the only message: $text"
            cat err
            return 1
        }
    done
    grep -A1 '^ajar: ' err | sed -n 2p | grep -qE '^  [^ ]' || {
        echo 'no hint:'
        cat err
        return 1
    }
}

hint_has() { grep -A1 '^ajar: ' err | sed -n 2p | grep -qF -- "$1"; }
out_is_empty() { [[ ! -s out ]] || { cat out; return 1; }; }
ends_within() { ((seconds <= $1)) || { echo "took $seconds s"; return 1; }; }

# No commit at all: what is refused leaves no window.
nothing_recorded() {
    [[ ! -d journal.git/refs ]] || ! git -C journal.git rev-parse --verify --quiet main
}

nothing_changed() { values_are 0; }
no_ticket_left() { [[ -z $(ls -A tmp) ]] || { ls -lR tmp; return 1; }; }

# values_are COUNT: so many of a plan's values are in the registry.
values_are() {
    local count
    count=$(net_registry enumerate "$HOST" "$TEST_KEY" 2>/dev/null | grep -c '^Valuename') || true
    [[ $count == "$1" ]] || { echo "$count values instead of $1"; return 1; }
}

# ---------------------------------------------------------------------------------------
# Logins

# password_file TEXT MODE: a file that source.test's login takes instead of the lab's.
password_file() {
    printf '%s' "$1" >password
    chmod "$2" password
    sed -i "0,/^password-file = .*/s||password-file = $PWD/password|" ajar.ini
}

# with_ticket_cache: source.test is asked with the ticket cache in the file `cache`.
with_ticket_cache() {
    write_config_of
    printf '\n[domain source.test]\nauth = kerberos\n' >>ajar.ini
    export KRB5CCNAME=FILE:$PWD/cache
}

@test "a wrong password is refused" {
    password_file 'not-the-password' 0600
    apply one
    refused 1 'could not log in to source.test as Administrator' 'wrong password'
    hint_has 'password file'
}

@test "a wrong password is the same in JSON" {
    password_file 'not-the-password' 0600
    apply one --json
    ends_with 1
    jq -e '.exit == 1 and .error.status == "login" and (.error.hint | length > 0)' out
    nothing_changed
}

@test "a password file that is missing, empty, or open to others is refused" {
    password_file '' 0600
    apply one
    refused 1 "$PWD/password" 'empty'
    password_file 'any' 0640
    apply one
    refused 1 "$PWD/password" 'others than its owner'
    hint_has 'chmod 600'
    rm password
    apply one
    refused 1 "$PWD/password" 'No such file'
}

@test "an unknown user is refused" {
    sed -i 's/= Administrator/= Nobody/' ajar.ini
    apply one
    refused 1 'as Nobody' 'unknown user'
}

@test "no ticket at all is refused" {
    with_ticket_cache
    apply one
    refused 1 'source.test' "$PWD/cache" 'no ticket cache'
    hint_has 'kinit'
}

@test "an expired ticket is refused" {
    with_ticket_cache
    lab in kinit -l 1s Administrator@SOURCE.TEST <"$LAB_SOURCE_PASSWORD_FILE" >/dev/null
    sleep 1.5
    apply one
    refused 1 'source.test' "$PWD/cache" 'expired'
    hint_has 'kinit'
}

@test "the operator's own ticket is used, and stays" {
    with_ticket_cache
    lab in kinit Administrator@SOURCE.TEST <"$LAB_SOURCE_PASSWORD_FILE" >/dev/null
    apply one
    ends_with 0
    values_are 1
    no_ticket_left
    KRB5CCNAME=FILE:$PWD/cache klist -s
}

# ---------------------------------------------------------------------------------------
# Hosts that do not answer

# name_host NAME ADDRESS: clients of the lab find the host there, until the test ends.
# shellcheck disable=SC2016  # the inner shell expands it
name_host() { lab in sh -c 'echo "$1 $2 # test" >>/etc/hosts' - "$2" "$1"; }
forget_names() { [[ ! -d ${LAB_DIR-} ]] || lab in sed -i '/ # test$/d' /etc/hosts; }

# listen silent|full ADDRESS PORT...: one that accepts and never says a word, or one whose queue is
# full, so that what one sends to it is dropped.
listen() {
    rm -f listening
    "$LAB" in "$LAB_DIR" python3 - "$@" <<'PYTHON' 3>&- &
import os, socket, sys, time

kind, address, ports = sys.argv[1], sys.argv[2], sys.argv[3:]
keep = []
for port in map(int, ports):
    server = socket.create_server((address, port), backlog=0 if kind == "full" else 64)
    keep.append(server)
    for _ in range(8 if kind == "full" else 0):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((address, port))
        keep.append(client)
open("listening", "w").close()
time.sleep(120)
PYTHON
    LISTENER=$!
    wait_for test -e listening
}

# Every process of dc1 stands still, as after a crash of its disk: ports are open, nobody answers.
freeze() {
    local first
    first=$(lab list | awk -v host="$HOST" '$1 == host { print $3 }')
    FROZEN=$(processes_beside "$first")
    [[ -n $FROZEN ]]
    # shellcheck disable=SC2086  # words
    kill -STOP $FROZEN
}

# processes_beside PROCESS: all of its process namespace, in one go: meanwhile they go on.
processes_beside() {
    find /proc/[0-9]*/ns/pid -maxdepth 0 -printf '%l %h\n' 2>/dev/null |
        awk -v space="$(readlink "/proc/$1/ns/pid")" \
            '$1 == space { split($2, part, "/"); printf "%s ", part[3] }'
}

thaw() {
    # shellcheck disable=SC2086  # words
    kill -CONT $FROZEN 2>/dev/null || true
    FROZEN=''
}

@test "a name that does not resolve is refused" {
    setting_plan one dc9.source.test 1
    apply one --timeout 2s
    refused 1 'dc9.source.test' 'no address'
    hint_has 'DNS'
    ends_within 20
}

@test "a closed port is refused" {
    name_host dc9.source.test 127.0.9.9
    setting_plan one dc9.source.test 1
    apply one --timeout 2s
    refused 1 'dc9.source.test' 'port 445'
    ends_within 20
    write_config_of source.test
    echo 'controllers = dc9.source.test' >>ajar.ini
    apply group --timeout 2s
    refused 1 'dc9.source.test' 'port 389'
    ends_within 20
}

@test "a host that accepts and stays silent ends in time" {
    name_host dc9.source.test 127.0.9.9
    listen silent 127.0.9.9 445 636
    setting_plan one dc9.source.test 1
    apply one --timeout 2s
    refused 1 'dc9.source.test' 'no answer'
    ends_within 20
    write_config_of source.test
    printf '%s\n' 'controllers = dc9.source.test' 'ldap = tls' "ca-file = $LAB_SOURCE_CA" >>ajar.ini
    apply group --timeout 2s
    refused 1 'dc9.source.test' 'no answer'
    ends_within 20
}

@test "a host that drops what one sends ends in time" {
    name_host dc9.source.test 127.0.9.9
    listen full 127.0.9.9 445 389
    setting_plan one dc9.source.test 1
    apply one --timeout 2s
    refused 1 'dc9.source.test'
    ends_within 20
    write_config_of source.test
    echo 'controllers = dc9.source.test' >>ajar.ini
    apply group --timeout 2s
    refused 1 'dc9.source.test' 'port 389' 'timed out'
    ends_within 20
}

@test "a controller that hangs from the start ends in time" {
    freeze
    apply one --timeout 2s
    ends_with 1
    message_has "$HOST" 'no answer'
    ends_within 20
    nothing_recorded
    no_ticket_left
    thaw
    nothing_changed
}

@test "a controller that hangs in the middle costs no knowledge" {
    setting_plan many "$HOST" 30
    start_apply many --timeout 3s
    wait_for first_change_is_done
    freeze
    began=$SECONDS
    await_ajar
    seconds=$((SECONDS - began))
    thaw
    ends_within 20
    ends_with 3
    # One is in doubt, the others were not begun.
    ajar status --json
    jq -e '.windows[0] | .state == "opening" or .state == "partly-open"' out
    jq -e '.windows[0].changes | .applied >= 1 and .applied < 30' out
    no_ticket_left
    ajar resume
    ends_with 0
    values_are 30
    ajar rollback --yes
    ends_with 0
    values_are 0
}

# ---------------------------------------------------------------------------------------
# Servers that offer less protection

# reconfigure OPTION...: of dc1, until the test ends.
reconfigure() {
    RECONFIGURED=yes
    lab conf dc1 "$@"
}

# with_tls CA: the directory of source.test is asked inside TLS.
with_tls() {
    write_config_of source.test
    printf '%s\n' 'ldap = tls' "ca-file = $1" >>ajar.ini
}

members() {
    lab on dc1 ldbsearch -H /var/lib/samba/private/sam.ldb --basedn=DC=source,DC=test \
        '(cn=Pre-Windows 2000 Compatible Access)' member | grep '^member' | sort
}

@test "a certificate that does not verify is refused" {
    members >before
    with_tls "$LAB_DC3_CA"
    apply group
    refused 1 "$HOST" 'TLS' 'certificate does not verify'
    hint_has 'ca-file'
    members | diff before -
}

@test "a ca-file that is not there is named" {
    with_tls "$PWD/nowhere.pem"
    apply group
    refused 1 "$HOST" "$PWD/nowhere.pem" 'No such file'
}

@test "Kerberos inside TLS is refused with the option that Samba wants" {
    members >before
    with_tls "$LAB_SOURCE_CA"
    apply group
    refused 1 "$HOST" 'refuses this kind of login'
    hint_has 'allow_sasl_over_tls'
    members | diff before -
}

@test "a server without SMB encryption is refused, one that takes Kerberos inside TLS is not" {
    reconfigure 'server smb encrypt = off' 'ldap server require strong auth = allow_sasl_over_tls'
    apply one
    refused 1 "$HOST" 'encryption'
    hint_has 'server smb encrypt'
    members >before
    with_tls "$LAB_SOURCE_CA"
    apply group
    ends_with 0
    members | grep -q 'CN=Everyone\|S-1-1-0'
    ajar rollback --yes
    ends_with 0
    members | diff before -
}

# ---------------------------------------------------------------------------------------
# A journal that cannot be written

# apply_behind SCRIPT: applies `one` in a mount namespace of its own, where the script ran before.
apply_behind() {
    status=0
    # shellcheck disable=SC2016  # the inner shell expands it
    TMPDIR=$PWD/tmp lab in unshare --mount bash -ec "$1"' && exec "${@:2}"' - "$PWD/journal.git" \
        "$AJAR" apply one.ini --for 1h --reason test --yes --config ajar.ini >out 2>err || status=$?
}

@test "a full journal is told before anything is written" {
    mkdir journal.git
    # shellcheck disable=SC2016
    apply_behind 'mount -t tmpfs -o size=100k none "$1"'
    refused 1 "journal $PWD/journal.git" 'No space left'
    hint_has 'make room'
}

@test "a journal on a read-only file system is told before anything is written" {
    mkdir journal.git
    # shellcheck disable=SC2016
    apply_behind 'mount -t tmpfs -o ro none "$1"'
    refused 1 "journal $PWD/journal.git" 'Read-only file system'
    hint_has 'read-only'
}

@test "a journal that becomes read-only while its window is open is told, and the window can still be closed" {
    apply one
    ends_with 0
    status=0
    # shellcheck disable=SC2016  # the inner shell expands it
    TMPDIR=$PWD/tmp lab in unshare --mount bash -ec \
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && exec "${@:2}"' - \
        "$PWD/journal.git" "$AJAR" rollback --yes --config ajar.ini >out 2>err || status=$?
    ends_with 1
    message_has "journal $PWD/journal.git" 'Read-only file system'
    values_are 1
    ajar rollback --yes
    ends_with 0
    values_are 0
}

@test "a journal of another user is refused" {
    mkdir journal.git
    chown nobody journal.git
    apply one
    refused 1 "journal $PWD/journal.git"
    chown root journal.git
}

@test "a journal that is in use names who holds it" {
    mkdir journal.git
    echo 'alice on adminhost since 2026-01-01T00:00:00Z (apply, pid 1)' >journal.git/ajar.lock
    flock journal.git/ajar.lock sleep 60 3>&- &
    HOLDER=$!
    wait_for eval '! flock -n journal.git/ajar.lock true'
    apply one
    refused 6 "journal $PWD/journal.git" 'alice on adminhost since 2026-01-01' 'pid 1'
}

@test "a second operator is refused while an apply goes on" {
    setting_plan many "$HOST" 30
    start_apply many
    wait_for first_change_is_done
    kill -STOP "$STARTED"
    apply one
    ends_with 6
    message_has "journal $PWD/journal.git" "pid $STARTED" 'since 20' '(apply'
    kill -CONT "$STARTED"
    await_ajar
    ends_with 0
    [[ $(open_windows | wc -l) == 1 ]]
}

# ---------------------------------------------------------------------------------------
# Ctrl-C

start_apply() { start_ajar apply "$1.ini" --for 1h --reason test --yes "${@:2}"; }

# recorded_are STATE COUNT: so many changes of the newest window have this state in the journal.
recorded_are() {
    local found
    found=$(git -C journal.git grep -hE '^state = ' main -- 'windows/*/changes/*' | grep -c "= $1\$")
    [[ $found == "$2" ]] || { echo "$found are $1 instead of $2"; return 1; }
}

@test "Ctrl-C finishes the change in flight, records it, and stops; resume goes on" {
    local done_so_far
    setting_plan many "$HOST" 40
    start_apply many
    wait_for first_change_is_done
    kill -INT -- "-$STARTED"
    await_ajar
    ends_with 130
    err_has 'ajar: stopping after the change in flight'
    # What is in the registry is what the journal says is applied; the others were not begun.
    done_so_far=$(net_registry enumerate "$HOST" "$TEST_KEY" | grep -c '^Valuename')
    ((done_so_far >= 1 && done_so_far < 40))
    recorded_are applied "$done_so_far"
    recorded_are intended $((40 - done_so_far))
    no_ticket_left
    out_has 'ajar resume'

    ajar resume
    ends_with 0
    values_are 40
    recorded_are applied 40
    [[ $(open_windows | wc -l) == 1 ]]

    ajar rollback --yes
    ends_with 0
    values_are 0
    recorded_are restored 40
}

@test "a terminal that is lost stops a run like Ctrl-C" {
    setting_plan many "$HOST" 40
    start_apply many
    wait_for first_change_is_done
    kill -HUP -- "-$STARTED"
    await_ajar
    ends_with 130
    no_ticket_left
    ajar rollback --yes
    ends_with 0
    values_are 0
}

@test "Ctrl-C before anything is recorded leaves nothing" {
    freeze
    start_apply one
    wait_for test -s journal.git/ajar.lock
    kill -INT -- "-$STARTED"
    began=$SECONDS
    await_ajar
    seconds=$((SECONDS - began))
    thaw
    ends_with 130
    ends_within 10
    nothing_recorded
    nothing_changed
    no_ticket_left
}

@test "a pipe that is not there yet, because its service starts on demand, is tried again" {
    write_plan one <<'PLAN'
[plan]
name = one
[registry one]
on = host dc2.target.test
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1
PLAN
    lab on dc2 sh -c 'cd /run/samba && mv ncalrpc/np/winreg away.sock &&
        (sleep 2; mv away.sock ncalrpc/np/winreg) >/dev/null 2>&1 3>&- &'
    ajar plan one.ini
    ends_with 0
    out_has '1 to create'
}

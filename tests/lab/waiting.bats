#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Stored is not effective: what a change waits for on real hosts, and how it is seen that it came.
# And services: kept in a state while a window is open, or restarted once each way.

load lab.bash

HOST=pes1.source.test
EXPORT='registry/SYSTEM\CurrentControlSet\Control\Lsa/values/AllowPasswordExport'
WINDOWS='SYSTEM\CurrentControlSet\Control\Windows'
SHUTDOWN="registry/$WINDOWS/values/ShutdownTime"

setup() {
    lab_setup
    lab windows reset
}

teardown() {
    lab_teardown
    [[ -n ${LAB_SOURCE_CA-} ]] || return 0
    [[ -z ${STOPPED-} ]] || lab start dc3
    [[ -z ${POKED-} ]] || drop_shutdown
    lab windows reset
}

net_service() { lab in net rpc service "$@" --server="$HOST" --authentication-file="$(auth_of "$HOST")"; }

is() { [[ $1 == "$2" ]] || { echo "\"$1\" instead of \"$2\""; return 1; }; }
state_of() { lab windows get "services/$1/state"; }
process_of() { lab windows get "services/$1/process"; }
becomes() { wait_for test_state "$1" "$2"; }
test_state() { [[ $(state_of "$1") == "$2" ]]; }

# export_waits_for EFFECT: a plan of one value of pes1.
export_waits_for() {
    write_plan export <<PLAN
[plan]
name = export

[registry allow-password-export]
on = host pes1.source.test
key = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa
value = AllowPasswordExport
type = dword
open = 1
takes-effect = $1
PLAN
}

apply() { ajar apply "$1.ini" --for 1h --reason test --yes "${@:2}"; }

# applied PLAN [OPTION]...: as it should be.
applied() {
    apply "$@"
    ends_with 0
}

rolled_back() {
    ajar rollback --yes
    ends_with 0
}

# What all windows wait for, as `status` tells it: "TARGET: EFFECT", one a line.
waiting() {
    ajar status --json "$@"
    jq -r '.windows[]?.waiting[]? | "\(.target): \(.for)"' out
}

waits_for() { is "$(waiting)" "$1"; }
still_waits_for() { is "$(waiting --live)" "$1"; }

# It is seen, in the next look, and not told again.
is_seen() {
    is "$(waiting --live)" ''
    is "$(journal_subjects | tail -n 1)" "in effect: $1"
    is "$(git -C journal.git log -1 --format=%b main | sed -n 's/^Event: //p')" noticed
    local entries
    entries=$(journal_subjects | wc -l)
    is "$(waiting --live)" ''
    is "$(journal_subjects | wc -l)" "$entries"
}

# The evidence in the journal's record of a setting, as "name = value" lines.
evidence() {
    local path
    path=$(git -C journal.git ls-tree -r --name-only main | grep "/$1")
    git -C journal.git show "main:$path" | sed -n '/^\[since\]/,$p'
}

readonly IN_EFFECT='allow-password-export on pes1.source.test'

# ---------------------------------------------------------------------------------------
# A restart of the host

@test "what waits for a restart is listed until the host was restarted, both ways" {
    local way
    export_waits_for restart
    applied export
    for way in open closed; do
        waits_for 'pes1.source.test: restart'
        ajar status
        out_has 'Stored, but not yet in effect: waiting for'
        out_has 'pes1.source.test  restart  allow-password-export'
        evidence pes1.source.test/registry >record
        grep -qx 'host-1 = pes1.source.test' record
        grep -q '^uptime-1 = 864' record
        grep -q '^shutdown-1 = ' record
        still_waits_for 'pes1.source.test: restart'
        lab windows restart
        is_seen "$IN_EFFECT"
        is "$(evidence pes1.source.test/registry)" ''
        [[ $way == closed ]] || rolled_back_from_a_day
    done
    ajar status
    out_has 'no window is open'
    out_lacks 'waiting for'
}

rolled_back_from_a_day() {
    lab windows uptime 86400
    rolled_back
}

@test "resume and another apply look, too" {
    export_waits_for restart
    applied export
    lab windows restart
    apply export
    ends_with 0
    waits_for ''
    rolled_back
    waits_for 'pes1.source.test: restart'
    lab windows restart
    ajar resume "$(jq -r '.windows[0].window' out)"
    ends_with 0
    waits_for ''
}

@test "a rollback without a restart in between waits for one" {
    export_waits_for restart
    applied export
    rolled_back
    still_waits_for 'pes1.source.test: restart'
    lab windows restart
    is_seen "$IN_EFFECT"
}

@test "a restart is seen by the uptime alone" {
    lab windows unset "$SHUTDOWN"
    export_waits_for restart
    applied export
    evidence pes1 >record
    grep -qx 'shutdown-1 = absent' record
    still_waits_for 'pes1.source.test: restart'
    sleep 2
    lab windows restart
    lab windows unset "$SHUTDOWN"
    is_seen "$IN_EFFECT"
}

@test "a restart is seen by the time of the shutdown alone" {
    lab windows set tells-uptime false # as Samba
    export_waits_for restart
    applied export
    ! evidence pes1 | grep -q uptime
    still_waits_for 'pes1.source.test: restart'
    lab windows restart
    is_seen "$IN_EFFECT"
}

@test "an uptime that wraps is no restart" {
    lab windows uptime 4294964 # 3 s before
    export_waits_for restart
    applied export
    evidence pes1 | grep -q '^uptime-1 = 429496'
    sleep 3.5
    still_waits_for 'pes1.source.test: restart'
    lab windows uptime 86400 # so long that it started before the change was made
    still_waits_for 'pes1.source.test: restart'
}

@test "a clock that somebody sets is no restart, and hides none" {
    lab windows unset "$SHUTDOWN"
    export_waits_for restart
    applied export
    lab windows set clock-offset 7200
    still_waits_for 'pes1.source.test: restart'
    lab windows set clock-offset -7200
    still_waits_for 'pes1.source.test: restart'
    lab windows set clock-offset 200
    sleep 1
    lab windows restart
    lab windows unset "$SHUTDOWN"
    is_seen "$IN_EFFECT"
}

@test "a host that cannot be asked goes on waiting" {
    export_waits_for restart
    applied export
    lab stop pes1
    ajar status --live
    waits_for 'pes1.source.test: restart'
    lab start pes1 # it plays a restart
    is_seen "$IN_EFFECT"
}

@test "a controller's restart is seen by the time of the shutdown" {
    write_plan here <<'PLAN'
[plan]
name = here

[registry here]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = Waits
type = dword
open = 1
takes-effect = restart
PLAN
    applied here
    still_waits_for 'dc1.source.test: restart'
    poke_shutdown dc1.source.test 0011223344556677
    is_seen 'here on dc1.source.test'
    rolled_back
    still_waits_for 'dc1.source.test: restart'
    poke_shutdown dc1.source.test 8811223344556677
    is_seen 'here on dc1.source.test'
}

# Samba has no such value, nor its key.
poke_shutdown() {
    POKED=$1
    poke "$1" set "$WINDOWS" ShutdownTime 3 "$2"
}

drop_shutdown() { poke "$POKED" drop "$WINDOWS"; }

# ---------------------------------------------------------------------------------------
# A restart of a service

@test "a service that somebody restarts is seen by its process" {
    export_waits_for 'service ADSync restart'
    applied export
    evidence pes1 | grep -qx "process-1 = $(process_of ADSync)"
    still_waits_for 'pes1.source.test: service ADSync restart'
    net_service stop ADSync
    becomes ADSync stopped
    still_waits_for 'pes1.source.test: service ADSync restart'
    net_service start ADSync
    becomes ADSync running
    is_seen "$IN_EFFECT"
}

@test "a service that does not run takes the change up when it starts" {
    net_service stop ADSync
    becomes ADSync stopped
    export_waits_for 'service ADSync restart'
    applied export
    still_waits_for 'pes1.source.test: service ADSync restart'
    net_service start ADSync
    becomes ADSync running
    is_seen "$IN_EFFECT"
}

@test "the Server service is seen by the time of its start" {
    export_waits_for 'service LanmanServer restart'
    applied export
    evidence pes1 | grep -q '^started-1 = '
    still_waits_for 'pes1.source.test: service LanmanServer restart'
    lab windows set services/LanmanServer/since "$(date +%s)"
    is_seen "$IN_EFFECT"
}

@test "the restart of the host restarts its services" {
    export_waits_for 'service ADSync restart'
    applied export
    lab windows restart
    is_seen "$IN_EFFECT"
}

# ---------------------------------------------------------------------------------------
# The directory

# write_domain_plan DOMAIN EFFECT: a member of a group of the domain.
write_domain_plan() {
    write_plan member <<PLAN
[plan]
name = member

[member everyone]
on = domain $1
group = S-1-5-32-554
member = everyone
takes-effect = $2
PLAN
}

replicate() {
    lab on dc3 samba-tool drs replicate dc3.target.test dc2.target.test DC=target,DC=test \
        -P --local >/dev/null 2>&1
}

arrives() { replicate; [[ -z $(waiting --live) ]]; }

@test "replication: a controller that is away is named, and seen when it has the change" {
    write_domain_plan target.test replication
    lab stop dc3
    STOPPED=dc3
    applied member
    waits_for 'target.test: replication on dc3.target.test'
    still_waits_for 'target.test: replication on dc3.target.test'
    lab start dc3
    STOPPED=''
    wait_for arrives
    is "$(journal_subjects | tail -n 1)" 'in effect: everyone on target.test'
    rolled_back
    wait_for arrives
}

@test "a restart of the Server service is waited for on each controller" {
    write_domain_plan target.test 'service LanmanServer restart'
    lab stop dc3
    STOPPED=dc3
    applied member
    waits_for 'target.test: service LanmanServer restart on dc2.target.test, dc3.target.test'
    evidence target.test/member >record
    grep -qx 'here-1 = yes' record
    ! grep -qE '^(uptime|started|process)-1' record # Samba tells none of these
    grep -qx 'shutdown-1 = absent' record
    grep -qx 'host-2 = dc3.target.test' record
    ! grep -q -- '-2 = ' <(grep -v '^host-2' record)
    lab start dc3
    STOPPED=''
    wait_for watches_dc3
    is "$(journal_subjects | tail -n 1)" \
        'seen: everyone on target.test waits for service LanmanServer restart on dc2.target.test, dc3.target.test'
    poke_shutdown dc2.target.test 0011223344556677
    still_waits_for 'target.test: service LanmanServer restart on dc3.target.test'
    drop_shutdown
    POKED=''
    poke_shutdown dc3.target.test 0011223344556677
    is_seen 'everyone on target.test'
    drop_shutdown
    POKED=''
    ajar rollback --yes
    ends_with 0
    waits_for 'target.test: service LanmanServer restart on dc2.target.test, dc3.target.test'
}

watches_dc3() {
    replicate
    waiting --live >/dev/null
    evidence target.test/member | grep -qx 'here-2 = yes'
}

@test "policy refresh: what LSA does not tell of is waited for" {
    write_plan audit <<'PLAN'
[plan]
name = audit

[policy audit-account-management]
on = domain source.test
gpo = default-domain-controllers
section = Event Audit
key = AuditAccountManage
open = 3
takes-effect = policy refresh
PLAN
    applied audit
    waits_for 'source.test: policy refresh on dc1.source.test'
    evidence source.test >record
    cat record
    grep -qx 'here-1 = yes' record
    grep -qx 'refreshed-1 = absent' record
    still_waits_for 'source.test: policy refresh on dc1.source.test'
    poke dc1.source.test set "$REFRESHED" EndTimeLo 4 01000000
    is_seen 'audit-account-management on source.test'
    rolled_back
    waits_for 'source.test: policy refresh on dc1.source.test'
    poke dc1.source.test drop "$REFRESHED"
    still_waits_for 'source.test: policy refresh on dc1.source.test'
}

REFRESHED='SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine\Extension-List\{827D319E-6EAC-11D2-A4EA-00C04F79F83A}'

# ---------------------------------------------------------------------------------------
# A service is restarted once each way

# write_restart [SERVICE]: a value that waits for a service, and the restart of it.
write_restart() {
    local service=${1-ADSync}
    write_plan restart <<PLAN
[plan]
name = restart

[service restart]
on = host pes1.source.test
service = $service
restart = yes

[registry allow-password-export]
on = host pes1.source.test
key = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa
value = AllowPasswordExport
type = dword
open = 1
takes-effect = service $service restart
PLAN
}

@test "a service is restarted once each way, behind what it is to take up" {
    local processes process
    write_restart
    processes=$(lab windows get last-process)
    applied restart
    process=$(process_of ADSync)
    is "$process" $((processes + 4)) # the one new process of the host
    waits_for ''
    apply restart
    ends_with 0
    is "$(process_of ADSync)" "$process"
    rolled_back
    is "$(process_of ADSync)" $((process + 4))
    is "$(state_of ADSync)" running
    waits_for ''
}

@test "where nothing is to change, nothing is restarted" {
    local process
    write_restart
    lab windows set "$EXPORT/data" 01000000
    process=$(process_of ADSync)
    apply restart
    ends_with 0
    is "$(process_of ADSync)" "$process"
    is "$(open_windows)" ''
}

@test "services that run and need it are named, and nothing stops" {
    local process
    write_restart
    process=$(process_of ADSync)
    lab windows set services/PesSvc/depends '["ADSync"]'
    net_service start PesSvc
    becomes PesSvc running
    apply restart
    ends_with 4
    out_has 'service "ADSync" cannot stop while these run, which need it: PesSvc'
    is "$(process_of ADSync)" "$process"
    waits_for 'pes1.source.test: service ADSync restart'
    net_service stop PesSvc
    becomes PesSvc stopped
    ajar resume
    ends_with 0
    ((process != $(process_of ADSync)))
    waits_for ''
}

@test "a service that hangs while it stops is not lost, and resume finishes" {
    local process
    write_restart
    process=$(process_of ADSync)
    lab windows set services/ADSync/fault hangs-stopping
    apply restart --timeout 2s
    ends_with 3
    out_has 'service "ADSync" is still stop-pending after'
    is "$(state_of ADSync)" stop-pending
    waits_for 'pes1.source.test: service ADSync restart'
    lab windows set services/ADSync/fault ''
    becomes ADSync stopped
    ajar resume
    ends_with 0
    is "$(state_of ADSync)" running
    ((process != $(process_of ADSync)))
    waits_for ''
    rolled_back
}

@test "a service that does not start again is told, and resume finishes" {
    write_restart
    lab windows set services/ADSync/fault fails-starting
    apply restart
    ends_with 3
    out_has 'starting it again: service "ADSync" is stopped, not running (its exit code is 1067)'
    still_waits_for 'pes1.source.test: service ADSync restart'
    lab windows set services/ADSync/fault ''
    ajar resume
    ends_with 0
    is "$(state_of ADSync)" running
    waits_for ''
}

@test "a restart of what carries the connection is refused before anything is asked" {
    write_restart LanmanServer
    ajar plan restart.ini
    ends_with 65
    err_has "\"LanmanServer\" carries ajar's own connection to the host"
}

# ---------------------------------------------------------------------------------------
# A service is kept in a state

# services: all that is kept of them; processes and moments are new with each start.
services() { lab windows get services | jq -S 'map_values(del(.process, .since, .exit))'; }

write_service() {
    write_plan service
    services >before
}

write_pes() {
    write_service <<'PLAN'
[plan]
name = service

[service password-export-server]
on = host pes1.source.test
service = Password Export Server Service
open = running
PLAN
}

write_spooler() {
    write_service <<'PLAN'
[plan]
name = service

[service spooler]
on = host pes1.source.test
service = Spooler
open = running
start = demand
PLAN
}

# What Samba's client says of it, and ajar.
assert_status() {
    [[ $(net_service status "$1") == *"$1 service is $2."* ]]
    ajar status --live --json
    is "$(jq -r '.windows[].settings[].phrases.now' out)" "$3"
}

@test "a service that takes its time runs while the window is open" {
    write_pes
    start_ajar apply service.ini --for 1h --reason test --yes
    becomes PesSvc start-pending
    [[ $(net_service status PesSvc) == *'PesSvc service is start pending.'* ]]
    await_ajar
    ends_with 0
    assert_status PesSvc running 'running, start demand'
    rolled_back
    [[ $(net_service status PesSvc) == *'PesSvc service is stopped.'* ]]
    services | diff before -
}

@test "a service that is on its way already is waited for" {
    write_pes
    net_service start PesSvc
    is "$(state_of PesSvc)" start-pending
    apply service
    ends_with 0
    is "$(open_windows)" ''
    is "$(state_of PesSvc)" running
    net_service stop PesSvc
    applied service
    is "$(state_of PesSvc)" running
    rolled_back
    is "$(state_of PesSvc)" stopped
}

@test "a service that was disabled is enabled, and disabled again" {
    write_spooler
    applied service
    is "$(lab windows get services/Spooler/start)" 3
    assert_status Spooler running 'running, start demand'
    rolled_back
    is "$(lab windows get services/Spooler/start)" 4
    [[ $(net_service status Spooler) == *'Spooler service is stopped.'* ]]
    services | diff before -
}

@test "a service that somebody else stops is a conflict where it is not as before" {
    write_spooler
    applied service
    net_service stop Spooler
    becomes Spooler stopped
    ajar status --live
    out_has 'stopped, start demand'
    ajar rollback --yes
    ends_with 4
    out_has 'neither stopped, start disabled (before) nor running, start demand (this window)'
    is "$(lab windows get services/Spooler/start)" 3
    ajar rollback --yes --on-conflict restore
    ends_with 0
    services | diff before -
}

@test "a service that somebody else stops, as it was before, is restored already" {
    write_pes
    applied service
    net_service stop PesSvc
    becomes PesSvc stopped
    rolled_back
    services | diff before -
}

@test "a service that does not start is told, and its start type goes back" {
    write_spooler
    lab windows set services/Spooler/fault fails-starting
    apply service
    ends_with 4
    out_has 'service "Spooler" is stopped, not running (its exit code is 1067)'
    is "$(lab windows get services/Spooler/start)" 4
    lab windows set services/Spooler/fault ''
    ajar resume
    ends_with 0
    is "$(state_of Spooler)" running
    rolled_back
    services | diff before -
}

# ---------------------------------------------------------------------------------------
# The clock of a host that has no directory

write_clock() {
    write_plan clock <<'PLAN'
[plan]
name = clock

[require clocks-agree]
on = host pes1.source.test
check = clock
within = 2m

[registry allow-password-export]
on = host pes1.source.test
key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
value = AllowPasswordExport
type = dword
open = 1
PLAN
}

@test "a member's clock is told by its Server service" {
    write_clock
    ajar check clock.ini
    ends_with 0
    out_has "the clock of pes1.source.test agrees with this host's"
    lab windows set clock-offset 90
    ajar check clock.ini
    ends_with 0
    out_has "ahead of this host's"
    lab windows set clock-offset -200
    ajar check clock.ini
    ends_with 9
    out_has "behind this host's, and 2m is allowed"
    apply clock
    ends_with 9
    is "$(lab windows get "$EXPORT/data")" 00000000
}

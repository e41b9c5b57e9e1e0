#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The host that plays Windows: Samba's own clients believe it, it does on demand what Samba never
# does, and ajar works on it as on any host.

load lab.bash

HOST=pes1.source.test
LSA='HKLM\SYSTEM\CurrentControlSet\Control\Lsa'
EXPORT='registry/SYSTEM\CurrentControlSet\Control\Lsa/values/AllowPasswordExport'

setup() {
    lab_setup
    CAPTURE=''
    lab windows reset
    AUTH=$(auth_of "$HOST")
    write_config_of source.test
    write_plan export <<'PLAN'
[plan]
name = export

[registry allow-password-export]
on = host pes1.source.test
key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
value = AllowPasswordExport
type = dword
open = 1
PLAN
}

teardown() {
    end_capture
    [[ -z ${LAB_SOURCE_CA-} ]] || lab windows unset faults/winreg
    lab_teardown
    [[ -z ${LAB_SOURCE_CA-} ]] || lab windows reset
}

net_service() { lab in net rpc service "$@" --server="$HOST" --authentication-file="$AUTH"; }
ask() { lab in "$BATS_TEST_DIRNAME/ask" "$HOST" "$AUTH" "$@"; }

end_capture() {
    [[ -n ${CAPTURE-} ]] || return 0
    kill -TERM "$CAPTURE"
    wait "$CAPTURE" || true
    CAPTURE=''
}

# refused TEXT COMMAND...: it fails, and says this.
refused() {
    local answer
    if answer=$("${@:2}" 2>&1); then
        echo "not refused: $answer"
        return 1
    fi
    [[ $answer == *"$1"* ]] || { echo "not \"$1\": $answer"; return 1; }
}

is() { [[ $1 == "$2" ]] || { echo "\"$1\" instead of \"$2\""; return 1; }; }
state_of() { lab windows get "services/$1/state"; }
process_of() { lab windows get "services/$1/process"; }
becomes() { wait_for test_state "$1" "$2"; }

# It takes longer to start than a busy machine takes for the next questions.
slow_start() { lab windows set services/PesSvc/start-seconds 5; }
test_state() { [[ $(state_of "$1") == "$2" ]]; }

apply_export() { ajar apply export.ini --for 1h --reason test --yes "$@"; }

# ---------------------------------------------------------------------------------------
# A host as any other

@test "administrators of both domains log in with Kerberos" {
    local realm
    for realm in SOURCE TARGET; do
        file=LAB_${realm}_PASSWORD_FILE
        lab in kinit -c "FILE:$PWD/$realm" "Administrator@$realm.TEST" <"${!file}" >/dev/null
        export KRB5CCNAME=FILE:$PWD/$realm
        lab in net rpc service list --server="$HOST" --use-kerberos=required \
            --use-krb5-ccache="$KRB5CCNAME" --client-protection=encrypt >services
        grep -q '^PesSvc .*"Password Export Server Service"' services
        lab in smbclient "//$HOST/IPC\$" --use-kerberos=required \
            --use-krb5-ccache="$KRB5CCNAME" --client-protection=encrypt --command=help >/dev/null
    done
}

@test "DNS names it, and its DNS name is its own" {
    lab in /usr/bin/python3 -c '
import dns.resolver
assert [r.address for r in dns.resolver.resolve("pes1.source.test", "A")] == ["127.0.0.30"]'
    lab on dc1 ldbsearch -H /var/lib/samba/private/sam.ldb '(sAMAccountName=PES1$)' \
        servicePrincipalName >spn
    grep -qix 'servicePrincipalName: HOST/pes1.source.test' spn
}

@test "it is listed, stopped and started as a controller is" {
    lab list | grep -qE '^pes1\.source\.test 127\.0\.0\.30 [0-9]+ up$'
    before=$(process_of LanmanServer)
    lab stop pes1
    lab list | grep -qx 'pes1.source.test 127.0.0.30 - down'
    lab start pes1
    ((before != $(process_of LanmanServer)))
    lab on pes1 testparm -s --parameter-name 'server role' 2>/dev/null | grep -qi member
}

@test "nothing that it sends is malformed" {
    "$LAB" in "$LAB_DIR" tshark -q -i lo -f 'host 127.0.0.30 and tcp port 445' -w "$PWD/capture" \
        >/dev/null 2>&1 3>&- &
    CAPTURE=$!
    wait_for test -s capture
    net_service list
    net_service status PesSvc
    net_service start PesSvc || true
    net_registry enumerate "$HOST" "$LSA"
    net_registry setvalue "$HOST" "$LSA" Test dword 7
    refused 'NO_SUCH_DEVICE' net_registry getvalue "$HOST" "$LSA" Absent
    lab in rpcclient -A "$AUTH" "$HOST" -c 'srvinfo; lsaquery'
    ask time
    ask started
    ask audit
    ask events Application
    ask events System
    sleep 1
    end_capture
    local interface
    for interface in svcctl winreg srvsvc lsarpc eventlog; do
        # Requests and answers were understood as this interface's.
        (($(tshark -r capture -Y "$interface && dcerpc.pkt_type == 2" | wc -l) >= 3))
    done
    tshark -r capture -Y '_ws.malformed || dcerpc.cn_status' >bad
    [[ ! -s bad ]] || { cat bad; return 1; }
}

# ---------------------------------------------------------------------------------------
# Services

@test "a service takes its time to start, with rising check points, and each start is a new process" {
    [[ $(net_service status PesSvc) == *'PesSvc service is stopped.'* ]]
    slow_start
    net_service start PesSvc # net waits for a tenth of a second only
    is "$(state_of PesSvc)" start-pending
    [[ $(net_service status PesSvc) == *'PesSvc service is start pending.'* ]]
    becomes PesSvc running
    [[ $(net_service status PesSvc) == *'PesSvc service is running.'* ]]
    first=$(process_of PesSvc)
    refused SERVICE_ALREADY_RUNNING net_service start PesSvc
    net_service stop PesSvc
    becomes PesSvc stopped
    is "$(process_of PesSvc)" 0
    refused SERVICE_NOT_ACTIVE net_service stop PesSvc
    net_service start PesSvc
    ((first != $(process_of PesSvc)))
}

@test "a service tells its process, its start and who depends on it" {
    is "$(ask service LanmanServer)" "4 0 $(process_of LanmanServer) 0 Dfs Netlogon"
    is "$(ask service ADSync)" "4 0 $(process_of ADSync) 1"
    slow_start
    net_service start PesSvc
    read -r state first _ < <(ask service PesSvc)
    sleep 0.5
    read -r _ second _ < <(ask service PesSvc)
    ((state == 2 && first < second))
    is "$(ask delay ADSync 0)" 0
    is "$(ask service ADSync)" "4 0 $(process_of ADSync) 0"
    is "$(ask start-type Spooler 3)" '0 0'
    is "$(lab windows get services/Spooler/start)" 3
    net_service start Spooler
    is "$(ask names PesSvc 'print spooler')" $'Password Export Server Service\nSpooler'
}

@test "what cannot be done to a service is refused as Windows refuses it" {
    refused SERVICE_DOES_NOT_EXIST net_service start Nobody
    refused SERVICE_DISABLED net_service start Spooler
    refused DEPENDENT_SERVICES_RUNNING net_service stop LanmanServer
    slow_start
    net_service start PesSvc
    refused SERVICE_CANNOT_ACCEPT net_service stop PesSvc
    lab windows set services/ADSync/fault hangs-stopping
    net_service stop ADSync
    sleep 0.6
    is "$(state_of ADSync)" stop-pending
    refused SERVICE_CANNOT_ACCEPT net_service stop ADSync
    lab windows set services/Dfs/fault fails-starting
    net_service stop Dfs
    becomes Dfs stopped
    net_service start Dfs || true
    becomes Dfs stopped
    is "$(lab windows get services/Dfs/exit)" 1067
}

# ---------------------------------------------------------------------------------------
# Registry, time, auditing

@test "the registry keeps what Samba's client writes, under names in any case" {
    is "$(registry_value "$HOST" "$LSA" AllowPasswordExport)" 'REG_DWORD 0'
    registry_set "$HOST" "${LSA,,}" ALLOWPASSWORDEXPORT dword 1
    is "$(registry_value "$HOST" "$LSA" AllowPasswordExport)" 'REG_DWORD 1'
    is "$(lab windows get "$EXPORT/data")" 01000000
    registry_set "$HOST" 'HKLM\SOFTWARE\AjarTest\Größe' Wert sz 'Grüße'
    is "$(lab windows get 'registry/SOFTWARE\AjarTest\Größe/values/Wert/type')" 1
    poke "$HOST" set 'SOFTWARE\AjarTest' Odd 4711 0102030405
    is "$(lab windows get 'registry/SOFTWARE\AjarTest/values/Odd/data')" 0102030405
    refused ACCESS_DENIED net_registry deletekey "$HOST" 'HKLM\SOFTWARE\AjarTest'
    poke "$HOST" drop 'SOFTWARE\AjarTest'
    is "$(registry_value "$HOST" 'HKLM\SOFTWARE\AjarTest' Odd)" absent
}

@test "QueryValue without a place for the type is refused" {
    refused INVALID_PARAMETER ask null-out
}

@test "the clock, the uptime and the audit policy are what a test says" {
    local now
    lab windows uptime 3600
    lab windows set clock-offset -90
    read -r seconds uptime < <(ask time)
    now=$(date +%s)
    ((now - seconds >= 89 && now - seconds <= 93))
    ((uptime >= 3600000 && uptime < 3610000))
    ((now - $(ask started) - 3690 >= -1 && now - $(ask started) - 3690 <= 3))
    lab windows set audit/categories '[0,0,0,0,0,0,3,1,0]'
    is "$(ask audit)" '1 0 0 0 0 0 0 3 1 0'
}

@test "an event log gives whole records, in either direction, from either end or a number" {
    is "$(ask events System)" '0x0 2:7036 1:6005'
    is "$(ask events System 65536 5)" '0x0 1:6005 2:7036'
    is "$(ask events System 65536 10 1)" '0x0 1:6005'
    is "$(ask events System 65536 6 2)" '0x0 2:7036'
    is "$(ask events System 200)" '0x0 2:7036'
    is "$(ask events System 100)" 0xc0000023
    is "$(ask events System 65536 10 9)" 0xc000000d
    is "$(ask events System 65536 11)" 0xc000000d
    lab windows event add System 'Any Source' 7 --ago 60 --type error Text
    is "$(ask events system)" '0x0 3:7 2:7036 1:6005'
    lab windows event limit System 2
    is "$(ask events System)" '0x0 3:7 2:7036'
    lab windows event clear System
    is "$(ask events System)" 0xc0000011
    [[ $(ask events Nothing) == "$(ask events Application)" ]]
    lab windows event drop Application 654 --within 7200 5F8A2C1E
    [[ $(lab windows event list Application | tail -n 1) == *$'\t'654$'\t'*c3b1d9f4* ]]
    ! lab windows event list Application | tail -n 12 | grep -q $'\t654\t.*5f8a2c1e'
}

# ---------------------------------------------------------------------------------------
# What goes wrong

@test "a restart closes the pipes, makes new processes and notes when it was" {
    local shutdown='registry/SYSTEM\CurrentControlSet\Control\Windows/values/ShutdownTime/data'
    is "$(ask across true)" yes
    before=$(lab windows get "$shutdown")
    process=$(process_of ADSync)
    net_service start PesSvc
    refused 'disconnected' ask across "$LAB" windows "$LAB_DIR" restart
    [[ $(lab windows get "$shutdown") != "$before" ]]
    ((process != $(process_of ADSync)))
    is "$(lab windows service PesSvc)" 'stopped 0'
    read -r _ uptime < <(ask time)
    ((uptime < 10000))
    wait_for ask across true
}

@test "a pipe that is hidden is not found, so often as a test says" {
    lab windows set faults/winreg '{"hidden": 2}'
    refused 'NT_STATUS_OBJECT_NAME_NOT_FOUND' registry_value_or_error
    refused 'NT_STATUS_OBJECT_NAME_NOT_FOUND' registry_value_or_error
    wait_for registry_value_or_error
}

registry_value_or_error() { net_registry getvalue "$HOST" "$LSA" AllowPasswordExport; }

# Samba's client exits with 0 all the same.
breaks() { [[ $("$@" 2>&1) == *CONNECTION_DISCONNECTED* ]]; }

@test "a pipe breaks before, in the middle of or after a call" {
    lab windows set faults/winreg '{"opnum": 22, "how": "before"}'
    breaks net_registry setvalue "$HOST" "$LSA" AllowPasswordExport dword 1
    is "$(lab windows get "$EXPORT/data")" 00000000
    lab windows set faults/winreg '{"opnum": 22, "how": "middle"}'
    breaks net_registry setvalue "$HOST" "$LSA" AllowPasswordExport dword 1
    is "$(lab windows get "$EXPORT/data")" 01000000
    lab windows set faults/winreg '{"opnum": 22, "how": "after"}'
    breaks net_registry setvalue "$HOST" "$LSA" AllowPasswordExport dword 2
    is "$(lab windows get "$EXPORT/data")" 02000000
    registry_set "$HOST" "$LSA" AllowPasswordExport dword 3
}

# ---------------------------------------------------------------------------------------
# ajar

@test "apply and rollback are identity" {
    lab windows get registry | grep -v written >before
    apply_export
    ends_with 0
    is "$(lab windows get "$EXPORT/data")" 01000000
    is "$(registry_value "$HOST" "$LSA" AllowPasswordExport)" 'REG_DWORD 1'
    ajar rollback --yes
    ends_with 0
    lab windows get registry | grep -v written | diff before -
}

@test "the remote registry is started by being asked for" {
    lab windows restart
    is "$(state_of RemoteRegistry)" stopped
    ajar plan export.ini
    ends_with 0
    out_has '1 to modify'
    is "$(state_of RemoteRegistry)" running
}

@test "a write whose answer never came is told, and resume finishes" {
    lab windows set faults/winreg '{"opnum": 22, "how": "after"}'
    apply_export --timeout 5s
    ends_with 3
    is "$(lab windows get "$EXPORT/data")" 01000000
    ajar resume
    ends_with 0
    ajar rollback --yes
    ends_with 0
    is "$(lab windows get "$EXPORT/data")" 00000000
}

@test "a pipe that goes silent costs the time limit and no more" {
    lab windows set faults/winreg '{"opnum": 17, "how": "silent"}'
    apply_export --timeout 2s
    ends_with 1
    err_has 'no answer'
    apply_export
    ends_with 0
    ajar rollback --yes
    ends_with 0
}

@test "after a restart a fresh command works" {
    apply_export
    ends_with 0
    lab windows restart
    ajar rollback --yes
    ends_with 0
    is "$(lab windows get "$EXPORT/data")" 00000000
}

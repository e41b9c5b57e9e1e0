#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The ways to log in that work. Those that fail are in trouble.bats.

load lab.bash

setup() {
    lab_setup
    write_plan one <<'PLAN'
[plan]
name = one

[registry one]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1

[member everyone]
on = domain source.test
group = S-1-5-32-554
member = everyone
PLAN
}

open_and_close() {
    ajar apply one.ini --for 1h --reason test --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$TEST_KEY" One) == *1 ]]
    ajar rollback --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$TEST_KEY" One) == absent ]]
}

@test "the ticket that the operator has is used, and stays" {
    write_config_of # no domain
    export KRB5CCNAME=FILE:$PWD/cc
    lab in kinit Administrator@SOURCE.TEST <"$LAB_SOURCE_PASSWORD_FILE" >/dev/null
    open_and_close
    lab in klist -s
    unset KRB5CCNAME
}

@test "a keytab logs in, and no ticket is left" {
    lab on dc1 samba-tool domain exportkeytab "$PWD/keytab" --principal=Administrator >/dev/null
    write_config_of
    cat >>ajar.ini <<CONFIG
[domain source.test]
user = Administrator
keytab = $PWD/keytab
CONFIG
    open_and_close
    [[ -z $(ls tmp) ]]
}

@test "a password file logs in, and no ticket is left" {
    open_and_close
    [[ -z $(ls tmp) ]]
}

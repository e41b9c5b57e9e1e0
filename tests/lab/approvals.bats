#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Four eyes on a real Active Directory: a plan is saved, approved, applied, and proven from the
# journal's bytes by somebody who has git, ssh-keygen and the list of allowed signers.

load lab.bash

setup() {
    lab_setup
    unset SSH_AUTH_SOCK
    local name
    for name in alice bob carol; do
        ssh-keygen -q -t ed25519 -N '' -C '' -f "$name"
    done
    {
        echo "alice $(<alice.pub)"
        echo "bob@example.test $(<bob.pub)"
        echo "carol namespaces=\"ajar-plan\" $(<carol.pub)"
    } >signers
    write_plan windowed <<'EOP'
[plan]
name = windowed
approvals = 1

[registry one]
on = host dc1.source.test
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1

[registry two]
on = host dc2.target.test
key = HKLM\SOFTWARE\AjarTest
value = Two
type = dword
open = 2
EOP
}

# rules LINE...: ajar.ini with these in [policy].
rules() {
    write_config '[policy]' "$@"
    sed -i "1a allowed-signers = $BATS_TEST_TMPDIR/signers\nsigning-key = $BATS_TEST_TMPDIR/alice" \
        ajar.ini
}

# as NAME ARGUMENT...: ajar, typed by that person behind sudo.
as() { SUDO_USER=$1 ajar "${@:2}"; }

nothing_is_open() {
    [[ $(registry_value dc1.source.test "$TEST_KEY" One) == absent ]]
    [[ $(registry_value dc2.target.test "$TEST_KEY" Two) == absent ]]
}

# The commands that core/journal/README.md gives a stranger, as they stand there.
stranger_verifies() {
    local commands
    # shellcheck disable=SC2016  # the dollars are those of sed
    commands=$(sed -n '/^git show main:.*>approval$/,/^```$/{/^```$/!p}' \
        "$BATS_TEST_DIRNAME/../../core/journal/README.md")
    [[ $commands == *'ssh-keygen -Y verify'* ]]
    commands=${commands//<id>/$1}
    bash -euo pipefail -c "${commands//<name>/$2}"
}

@test "a plan is saved, approved by two, applied, and a stranger proves it from a clone" {
    rules 'approvals = 2'
    as alice plan windowed.ini --out monday.plan
    ends_with 0
    out_has 'apply needs 2 approvals of the saved plan (--out FILE), says policy "approvals = 2"'

    as alice apply monday.plan --for 1h --reason test --yes
    ends_with 1
    err_has '): 0 of 2 approvals'
    as alice approve monday.plan --yes
    ends_with 0
    as bob approve monday.plan --key bob --for 2d --yes
    ends_with 0
    out_has 'approved by bob@example.test until '
    as alice apply monday.plan --for 1h --reason test --yes
    ends_with 1
    err_has '1 of 2 approvals: bob@example.test; '
    err_has 'alice: alice is the operator: somebody else has to approve'
    nothing_is_open
    [[ ! -e journal.git ]]

    as carol approve monday.plan --key carol --yes
    ends_with 0
    as alice apply monday.plan --for 1h --reason test --yes
    ends_with 0
    [[ $(registry_value dc1.source.test "$TEST_KEY" One) == 'REG_DWORD 1' ]]
    [[ $(registry_value dc2.target.test "$TEST_KEY" Two) == 'REG_DWORD 2' ]]

    as alice show --json
    [[ $(jq -c '[.window.approvals[].by]' out) == '["bob@example.test","carol"]' ]]
    as alice log
    out_has 'approved by bob@example.test, carol'
    local id
    id=$(open_windows)

    git clone -q journal.git clone
    cp signers clone/allowed_signers
    (
        cd clone
        [[ $(git log --reverse --format='%(trailers:key=Approved,valueonly)' | sed -n 1p) == 'bob@example.test, carol' ]]
        files=("windows/$id/approvals"/*)
        [[ ${files[*]##*/} == 'bob-example.test.ini carol.ini' ]]
        git update-ref refs/heads/main HEAD
        stranger_verifies "$id" bob-example.test
        stranger_verifies "$id" carol
        [[ $(sed -n 's/^saved = //p' "windows/$id/window.ini") == $(sed '$d' ../monday.plan | sha256sum | cut -d' ' -f1) ]]
        sed -i 's/^carol .*//' allowed_signers
        ! stranger_verifies "$id" carol
    )

    # To close, nobody has to be asked.
    as alice rollback --yes
    ends_with 0
    nothing_is_open
    git -C journal.git fsck --strict --no-dangling
}

@test "a plan's own approvals, a changed plan, and a window that goes on without" {
    rules '# none'
    as alice plan windowed.ini --out monday.plan
    out_has 'apply needs 1 approval of the saved plan (--out FILE), says plan windowed "approvals = 1"'
    as bob approve monday.plan --key bob --yes
    ends_with 0
    as alice plan windowed.ini --out monday.plan # once more: another time, another seal
    as alice apply monday.plan --for 1h --reason test --yes
    ends_with 1
    err_has 'bob@example.test: it is of another plan'
    as alice apply windowed.ini --for 1h --reason test --yes
    ends_with 1
    err_has 'plan windowed "approvals = 1": 1 approval is needed, and only a saved plan can have one'
    nothing_is_open

    as bob approve monday.plan --key bob --yes
    as alice apply monday.plan --for 1h --reason test --yes
    ends_with 0
    rm signers monday.plan.approvals
    as alice resume
    ends_with 0
    as alice rollback --yes
    ends_with 0
    nothing_is_open
}

@test "no step on a host that the house does not touch, also where a role finds it" {
    write_plan role <<'EOP'
[plan]
name = role

[registry one]
on = controllers target.test
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1
EOP
    rules 'never-touch = dc3.target.test'
    ajar plan role.ini
    ends_with 0
    out_has 'apply will be refused: policy "never-touch = dc3.target.test" ('
    ajar apply role.ini --for 1h --reason test --yes
    ends_with 1
    err_has '): one is on dc3.target.test'
    [[ $(registry_value dc2.target.test "$TEST_KEY" One) == absent ]]
    [[ -z $(open_windows) ]]
}

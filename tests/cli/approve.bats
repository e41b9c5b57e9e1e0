#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Approvals and the rules of the house on the command line. $AJAR is ajar-fake.
load fake

# saved NAME: its path, in $file.
saved() {
    file=$BATS_TEST_TMPDIR/$1.saved
    : >"$file"
}

@test "approve --yes shows the plan, signs, and says who, until when, and how many are needed" {
    saved clean
    ajar approve "$file" --yes
    ends_with 0
    traced 'approve key=- as=- duration=604800 may_ask=0'
    traced 'asks nothing'
    traced 'signs'
    out_has 'Plan clean: Inter-forest migration (KB 322981)'
    out_has 'approved by   bob@example.test at 2026-11-21T08:00:00Z, until 2026-11-28T08:00:00Z'
    out_has 'not counted   alice: alice is the operator: somebody else has to approve'
    out_has 'approved by bob@example.test until 2026-11-28T08:00:00Z, in x.approvals'
    out_has '1 of 2 approvals: bob@example.test, says policy "approvals = 2" (ajar.ini:3)'
}

@test "approve takes a key, a name and an end" {
    saved clean
    ajar approve "$file" --yes --key /k/id.pub --as bob@example.test --for 3d
    ends_with 0
    traced 'approve key=/k/id.pub as=bob@example.test duration=259200 may_ask=0'
}

@test "approve asks, with the whole plan above the question" {
    saved clean
    terminal 'Approve of this plan?' $'y\n' -- approve "$file" --no-color
    ends_with 0
    traced 'may_ask=1'
    traced 'signs'
    out_has '  + registry allow-password-export'
    out_has 'saved by      alice'
    terminal 'Approve of this plan?' $'n\n' -- approve "$file" --no-color
    ends_with 1
    [[ $(grep -c '^signs' "$AJAR_FAKE_TRACE") == 1 ]]
}

@test "approve without a terminal needs --yes" {
    saved clean
    ajar approve "$file"
    ends_with 64
    err_has 'ajar: approve has no terminal to ask on: it needs --yes'
    ajar approve "$file" --json
    ends_with 64
    not_traced 'approve key'
}

@test "approve takes a saved plan, and no other" {
    ajar approve
    ends_with 64
    err_has 'ajar: ajar approve needs a SAVED'
    ajar approve ./my-plan.ini --yes
    ends_with 65
    not_traced 'approve key'
    saved error-policy
    ajar approve "$file" --yes
    ends_with 1
    ajar apply clean --for 1h --reason x --key k
    ends_with 64
    err_has 'ajar apply does not take --key (only: approve)'
}

@test "ajar-approve/1" {
    saved clean
    ajar approve "$file" --yes --json
    ends_with 0
    json "o['format'] == 'ajar-approve/1' and o['exit'] == 0 and len(o['changes']) == 2"
    json "o['approvals'][0] == {'by': 'bob@example.test', 'at': '2026-11-21T08:00:00Z',
        'until': '2026-11-28T08:00:00Z', 'trouble': None}"
    json "o['approvals'][1]['trouble'].startswith('alice is the operator')"
    json "o['policy'].startswith('1 of 2 approvals') and o['message'].startswith('approved by bob')"
}

@test "show FILE tells the approvals beside it, and needs no configuration where there are none" {
    saved approved
    ajar show "$file"
    ends_with 0
    out_has 'approved by   bob@example.test'
    out_has 'not counted   alice: '
    out_has '1 of 2 approvals: bob@example.test, says policy'
    traced 'open '
    ajar show "$file" --json
    json "len(o['approvals']) == 2 and o['policy'].startswith('1 of 2')"
    : >"$AJAR_FAKE_TRACE"
    saved clean
    ajar show "$file" --json
    json "o['approvals'] == [] and o['policy'] is None"
    not_traced 'open '
}

@test "show WINDOW and log tell who approved" {
    ajar show approved
    ends_with 0
    out_has 'approved by   bob@example.test at 2026-11-21T08:00:00Z, until 2026-11-28T08:00:00Z'
    ajar show approved --json
    json "[a['by'] for a in o['window']['approvals']] == ['bob@example.test', 'alice']"
    ajar log
    out_has 'approved by bob@example.test, carol'
    ajar log --json
    json "[e['approved'] for e in o['entries']] == [None, 'bob@example.test, carol']"
}

@test "plan says what a rule would do about apply, and ends as it would without" {
    ajar plan guarded
    ends_with 0
    out_has 'apply will be refused: policy "never-touch = dc1" (ajar.ini:3): x is on dc1'
    ajar plan guarded --json --detailed-exitcode
    ends_with 2
    json "o['policy'].startswith('apply will be refused: policy')"
    ajar plan clean --json
    json "o['policy'] is None"
}

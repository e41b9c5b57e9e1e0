#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Saved plans on the command line. $AJAR is ajar-fake: NAME.saved is a saved plan of the plan NAME.
load fake

readonly SEAL=0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9

# saved NAME: its path, in $file.
saved() {
    file=$BATS_TEST_TMPDIR/$1.saved
    : >"$file"
}

@test "plan --out says where the plan is, its seal, and what comes next" {
    ajar plan clean --out a.plan
    ends_with 0
    traced 'out a.plan'
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/out") == \
        'Saved in a.plan, seal 0a1b2c3d4e5f: ajar show a.plan, ajar approve a.plan, ajar apply a.plan' ]]
    ajar plan clean --out a.plan --json
    json "o['saved'] == {'file': 'a.plan', 'sha256': '$SEAL'}"
    ajar plan clean --out a.plan --close
    traced 'plan --close'
}

@test "a plan of which something could not be read is not saved" {
    ajar plan mixed --out a.plan
    ends_with 3
    out_lacks 'Saved in'
    ajar plan mixed --out a.plan --json
    json "o['saved'] is None and o['exit'] == 3"
}

@test "--out is for a whole plan, and for plan alone" {
    ajar plan clean --out a.plan --only everyone
    ends_with 64
    err_has 'ajar: --out saves a whole plan, and --only looks at a part'
    ajar apply clean --for 1h --reason x --out a.plan
    ends_with 64
    err_has 'ajar apply does not take --out (only: plan)'
    not_traced 'open '
}

@test "show FILE opens nothing, and tells what plan showed and who saved it" {
    saved clean
    ajar show "$file"
    ends_with 0
    out_has 'Plan clean: Inter-forest migration (KB 322981)'
    out_has '  + registry allow-password-export  absent → 1'
    out_has '1 to create, 1 to modify'
    out_has 'saved by      alice'
    out_has 'on host       adm1'
    out_has 'at            2026-11-21T08:00:00Z'
    out_has "seal          $SEAL"
    not_traced 'open '
    not_traced 'show window'
    saved closing
    ajar show "$file"
    out_has 'Toward the safe state'
}

@test "ajar-saved-plan/1" {
    saved clean
    ajar show "$file" --json
    ends_with 0
    json "set(o) == {'format','exit','message','journal','remarks','file','sha256','made','by','host',
        'version','toward','plan','title','reference','permanent','changes','requirements','steps',
        'summary','approvals','policy'}"
    json "o['format'] == 'ajar-saved-plan/1' and o['exit'] == 0 and o['journal'] is None"
    json "o['sha256'] == '$SEAL' and o['by'] == 'alice' and o['toward'] == 'open'"
    json "o['made'] == '2026-11-21T08:00:00Z' and len(o['changes']) == 2"
}

@test "show: a path or a file is a saved plan, anything else a window" {
    cd "$BATS_TEST_TMPDIR"
    ajar show ./none.saved
    ends_with 65
    err_has 'ajar: ./none.saved: it was changed after it was saved'
    ajar show none.saved
    traced 'show window=none.saved'
    saved clean
    ajar show clean.saved
    traced 'show saved clean.saved'
    mkdir w
    ajar show w
    traced 'show window=w'
    ajar show clean.saved --log Migration.log
    ends_with 64
    err_has 'ajar: --log is set beside a window, and this is a saved plan'
}

@test "show WINDOW names the saved plan that it was opened with" {
    saved clean
    ajar apply "$file" --for 1h --reason x --yes --json
    ends_with 0
    json "o['window']['saved'] == '$SEAL'"
    ajar show --json
    json "o['window']['saved'] is None"
}

@test "apply FILE applies it, with what is apply's own" {
    saved clean
    ajar apply "$file" --for 72h --reason 'Berlin accounts' --ticket CHG-1 --despite a --confirmed b --yes
    ends_with 0
    traced "saved $file"
    traced 'apply duration=259200 until=0 reason=Berlin accounts ticket=CHG-1'
    traced 'despite a'
    traced 'confirmed b'
    traced 'writes'
}

@test "apply FILE takes nothing that the file says" {
    saved clean
    ajar apply "$file" --for 1h --reason x --yes --set a=b
    ends_with 64
    err_has "ajar: --set: $file is a saved plan, which says that already"
    ajar apply "$file" --reason x --yes --close
    ends_with 64
    err_has "ajar: --close: $file is a saved plan, which says that already"
    ajar apply "$file" --reason x --yes
    ends_with 64
    err_has 'ajar: a window has an end: apply needs --for or --until'
    not_traced 'open '
}

@test "a saved plan that goes toward closed has no end" {
    saved closing
    ajar apply "$file" --reason x --yes --for 1h
    ends_with 64
    err_has 'which has no end: it takes neither --for nor --until'
    ajar apply "$file" --reason x --yes
    ends_with 0
    traced 'toward closed'
}

@test "the question comes with who saved it" {
    saved clean
    terminal 'Open this window?' $'y\n' -- apply "$file" --for 1h --reason x --no-color
    ends_with 0
    out_has 'saved by      alice'
    out_has "seal          $SEAL"
    traced 'writes'
}

@test "a stale plan is listed three ways" {
    saved stale
    ajar apply "$file" --for 1h --reason x --yes
    ends_with 5
    out_has 'dc1.source.test'
    out_has '  ! registry restrict-anonymous  it was changed since the plan was saved'
    out_has '      planned from  1'
    out_has '      now           2'
    out_has '      wanted        0'
    out_has 'the saved plan is stale: 1 of 2 is not what it was'
    out_lacks 'allow-password-export'
    not_traced 'writes'
    ajar apply "$file" --for 1h --reason x --yes --json
    ends_with 5
    json "o['exit'] == 5 and o['window'] is None"
    json "[c['moved'] for c in o['changes']] == [None, 'it was changed since the plan was saved']"
    json "o['changes'][1]['phrases'] == {'before': '1', 'wanted': '0', 'now': '2'}"
}

@test "what could not be read cannot be compared" {
    saved unread
    ajar apply "$file" --for 1h --reason x --yes
    ends_with 1
    out_has '  ? registry restrict-anonymous  it could not be read'
    out_has '      error         no route to host'
    not_traced 'writes'
}

@test "a used plan ends with 5, an altered one with 65" {
    saved error-stale
    ajar apply "$file" --for 1h --reason x --yes
    ends_with 5
    saved altered
    for command in 'show' 'apply --for 1h --reason x --yes'; do
        # shellcheck disable=SC2086  # words
        ajar $command "$file"
        ends_with 65
        err_has "ajar: $file: it was changed after it was saved"
    done
}

@test "plan, check and audit say what a saved plan is for" {
    saved clean
    for command in plan check audit; do
        ajar "$command" "$file"
        ends_with 64
        err_has "ajar: $file is a saved plan: ajar $command takes a plan file"
        err_has 'ajar show FILE shows a saved plan, ajar apply FILE carries it out'
    done
}

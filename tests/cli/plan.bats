#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What is wrong with a plan or configuration file is told with its file and line, with the status
# 65, and before anything is connected. $AJAR is ajar itself here, not ajar-fake.
# shellcheck disable=SC2016  # ${...} and $a are for ajar and for sed

setup() {
    AJAR=$(realpath "${AJAR:-$BATS_TEST_DIRNAME/../../build/ajar}")
    [[ -x $AJAR ]]
    export LC_ALL=C.UTF-8 AJAR_PLANS=$BATS_TEST_DIRNAME/../../plans
    export KRB5CCNAME=FILE:$BATS_TEST_TMPDIR/no-tickets
    cd "$BATS_TEST_TMPDIR" || return
    exec </dev/null
    : >ajar.ini
    sound_plan >sound.ini
}

# No address of .invalid is ever found: a plan that were accepted would end with 1, not with 65.
sound_plan() {
    cat <<'PLAN'
[plan]
name = sound

[parameter where]
about = the host that is opened

[registry one]
on = host dc1.source.invalid
key = HKLM\SOFTWARE\AjarTest
value = One
type = dword
open = 1
takes-effect = at once
PLAN
}

# ajar ARGUMENT...: $status, and what it wrote to out and err.
ajar() {
    status=0
    "$AJAR" "$@" --config ajar.ini --journal journal.git >out 2>err || status=$?
}

# says STATUS TEXT: this status, nothing on standard output, and one message that begins so.
says() {
    [[ $status == "$1" && ! -s out && $(grep -c '^ajar: ' err) == 1 &&
        $(grep '^ajar: ' err) == "ajar: $2"* && ! -e journal.git ]] || {
        printf 'status %s instead of %s; instead of "ajar: %s":\n' "$status" "$1" "$2"
        cat out err
        return 1
    }
}

# refuses PLACE TEXT: of the plan in wrong.ini, for plan and for apply, and in JSON.
refuses() {
    ajar plan wrong.ini
    says 65 "wrong.ini:$1: $2"
    ajar apply wrong.ini --for 1h --reason x --yes
    says 65 "wrong.ini:$1: $2"
    ajar plan wrong.ini --json
    [[ $status == 65 ]]
    jq -e --arg text "wrong.ini:$1: $2" \
        '.error.status == "plan" and (.error.text | startswith($text)) and .exit == 65' out
}

# after_sed SCRIPT PLACE TEXT: what is said of the sound plan when sed has spoilt it.
after_sed() {
    sound_plan | sed "$1" >wrong.ini
    refuses "$2" "$3"
}

@test "the sound plan is accepted" {
    ajar plan sound.ini
    [[ $status == 1 ]]
    grep -q 'could not log in to source.invalid' err
}

@test "a field's name with a typing error" {
    after_sed 's/^type/tpye/' 11 '[registry one] has no field "tpye"; it knows on, '
    after_sed 's/^about/abuot/' 5 '[parameter where] has no field "abuot"; it knows about, default'
    after_sed 's/^name = sound/nmae = sound/' 2 '[plan] has no field "nmae"; it knows name, '
}

@test "an unknown field" {
    after_sed 's/^open = 1/&\ncolour = blue/' 13 '[registry one] has no field "colour"; it knows on, '
}

@test "an unknown kind of setting" {
    after_sed 's/^\[registry/[registri/' 7 'unknown section [registri one]; known are [plan], '
    grep -qF '[registry NAME]' out
}

@test "a section that is not whole, and one without a name" {
    after_sed 's/^\[registry one\]/[registry one/' 7 '"[" without "]"'
    after_sed 's/^\[registry one\]/[registry]/' 7 '[registry'
    after_sed 's/^\[registry one\]/[registry One]/' 7 '[registry One] needs a name of lower-case'
    after_sed '1i open = 1' 1 'a field before the first section'
}

@test "a section that stands twice" {
    after_sed '$a [registry one]\nopen = 2' 14 'section [registry one] is at line 7 already'
    after_sed '$a [plan]\nname = two' 14 'section [plan] is at line 1 already'
}

@test "a field that stands twice" {
    after_sed 's/^type = dword/&\ntype = sz/' 12 'field "type" stands twice (first in line 11)'
}

@test "a parameter without a value, and one that is not declared" {
    after_sed 's/dc1.source.invalid/${where}/' 8 \
        'parameter "where" has no value; give it with --set where=VALUE: the host that is opened'
    after_sed 's/dc1.source.invalid/${wher}/' 8 'there is no parameter "wher"; the plan knows where'
    after_sed 's/dc1.source.invalid/${where/' 8 '"${" without "}"'
    ajar plan sound.ini --set wher=dc1.source.invalid
    says 64 '--set wher: the plan has no such parameter; it knows where'
}

@test "a required field that is missing" {
    after_sed '/^on/d' 7 '[registry one] needs a field "on"'
    after_sed '/^value/d' 7 '[registry one] needs a field "value"'
    after_sed '/^open/d' 7 'the open state is missing: `open = ...`'
    after_sed '/^name/d' 1 '[plan] needs a field "name"'
    after_sed '/^about/d' 4 '[parameter where] needs a field "about"'
}

@test "a value that is not right says what would be" {
    after_sed 's/dword/dwrod/' 11 '"dwrod" is no type: dword, '
    after_sed 's/^open = 1/open = yes/' 12 'open: "yes" is no number from 0 to 0xffffffff'
    after_sed 's/^open = 1/open = 4294967296/' 12 'open: "4294967296" is no number from 0 to'
    after_sed 's/HKLM/HKCU/' 9 '"HKCU\SOFTWARE\AjarTest" is not below HKLM'
    after_sed 's/= at once/= soon/' 13 'takes-effect = "soon" is not right: it is at once, '
    after_sed 's/= host dc1/= dc1/' 8 'on = "dc1.source.invalid" is not right: it is host NAME, '
    after_sed 's/= host dc1\./= domain /' 8 'a registry setting is on = host NAME, '
}

@test "a line that is too long, and one that is nothing" {
    after_sed "s/^open = 1/&\nwhy = $(printf 'x%.0s' {1..1000})/" 13 'a line of 1006 bytes: at most '
    after_sed 's/^open = 1/open 1/' 12 'neither a section, a field nor a comment'
}

@test "bytes that are not UTF-8, a NUL byte, and a plan in UTF-16" {
    sound_plan | LC_ALL=C sed 's/^open = 1/&\nwhy = caf\xe9/' >wrong.ini
    refuses 13 'bytes that are not UTF-8'
    sound_plan | sed 's/^open = 1/&\nwhy = x\x00y/' >wrong.ini
    refuses 13 'a NUL byte'
    sound_plan | iconv -t UTF-16 >wrong.ini
    refuses 1 'a NUL byte'
}

@test "a comment behind a value" {
    after_sed 's/^open = 1/& ; while it lasts/' 12 '";" after a blank: a comment needs a line of its own'
}

@test "a plan without content" {
    : >wrong.ini
    refuses 1 'a plan file needs a section [plan]'
    after_sed '/^\[registry/,$d' 1 'the plan has no settings'
}

@test "a plan that skips or uses what is not there" {
    after_sed '$a [skip]\nsettings = two' 15 'nothing is called "two" that could be skipped'
    sound_plan | sed 's/^name = sound/&\nuse = nowhere/' >wrong.ini
    ajar plan wrong.ini
    [[ $status == 65 ]]
    grep -qE '^ajar: wrong.ini:[13]: the plan that is used, ".*nowhere.ini", cannot be read: No such' err
}

@test "a plan that is no file" {
    ajar plan nowhere.ini
    says 65 'nowhere.ini: '
    mkdir folder.ini
    ajar plan folder.ini
    says 65 'folder.ini: '
}

@test "mistakes in the configuration" {
    # Each line: LINE|MESSAGE|CONFIGURATION, as printf reads it.
    while IFS='|' read -r line message text; do
        # shellcheck disable=SC2059 # it is a format
        printf "$text" >ajar.ini
        ajar plan sound.ini
        says 65 "ajar.ini:$line: $message"
    done <<'TABLE'
1|unknown section [journl]; known are [journal], [policy], [notify] and [domain NAME]|[journl]\npath = x\n
2|[journal] has no field "pth"; it knows path, remote, signing-key, allowed-signers|[journal]\npth = x\n
1|[journal] needs a field "path"|[journal]\n
1|[domain source] needs the DNS name of a domain|[domain source]\nauth = kerberos\n
2|auth = "ntlm" is not right: it is one of: kerberos password|[domain source.test]\nauth = ntlm\n
1|[domain source.test] auth = password needs user and password-file|[domain source.test]\nauth = password\n
1|[domain source.test] password-file needs auth = password|[domain source.test]\npassword-file = x\n
2|[policy] has no field "longest"; it knows longest-window, ticket, approvals, never-touch, need-approval|[policy]\nlongest = 1d\n
2|longest-window: 99999d is too long|[policy]\nlongest-window = 99999d\n
2|longest-window = "long" is not right: |[policy]\nlongest-window = long\n
2|ticket: no extended regular expression: |[policy]\nticket = CHG-[0-9\n
3|approvals: how many are needed is a number from 0 to 9|[policy]\nticket = CHG\napprovals = two\n
1|[notify] needs a field "command"|[notify]\n
3|remote: no password stands here; git keeps it|[journal]\npath = x\nremote = https://bob:secret@git.test/j.git\n
3|patience: 1h is too long: at most 5m|[notify]\ncommand = logger\npatience = 1h\n
2|[domain source.test] has no field "password"; it knows auth, |[domain source.test]\npassword = secret\n
TABLE
    # A password has no place in there, and its line is not shown.
    [[ $(<err) != *secret* ]]
}

@test "a configuration that is named has to be there" {
    rm ajar.ini
    ajar plan sound.ini
    says 65 'ajar.ini: '
}

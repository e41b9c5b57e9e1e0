#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Each rule of the house, and each approval that does not count, refuses an apply with a line that
# names it. $AJAR is ajar itself: nobody is asked before these are judged, so no host is needed.
load fake

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return
    for name in own bob carol old mallory; do
        ssh-keygen -q -t ed25519 -N '' -C '' -f "$name"
    done
    {
        echo "second-name,$(whoever) $(<own.pub)"
        echo "bob@example.test,robert $(<bob.pub)"
        echo "carol $(<carol.pub)"
        echo "old valid-before=\"20200101Z\" $(<old.pub)"
    } >signers
}

# Who types the command: behind sudo, the person.
whoever() {
    if [[ $(id -u) == 0 ]]; then echo alice; else id -un; fi
}

setup() {
    [[ -x ${AJAR:?is to be the path of ajar} ]]
    export LC_ALL=C.UTF-8 SUDO_USER=alice
    unset SSH_AUTH_SOCK AJAR_PLANS
    KEYS=$BATS_FILE_TMPDIR OPERATOR=$(whoever)
    cd "$BATS_TEST_TMPDIR" || return
    cat >my.ini <<-'END'
	[plan]
	name = mine
	longest-window = 30d

	[registry restrict-anonymous]
	on = host dc1.house.invalid
	key = HKLM\SYSTEM\CurrentControlSet\Control\Lsa
	value = RestrictAnonymous
	type = dword
	open = 0
	closed = 1
	END
    save p.plan 0
    SEAL=$(sed -n '$s/^sha256 = //p' p.plan)
}

# save FILE DATA: the plan above, saved by the operator.
save() {
    {
        echo '# A plan that ajar saved: ajar show FILE, ajar approve FILE, ajar apply FILE.'
        printf '\n[saved-plan]\nformat = 1\nmade = 2026-11-21T08:00:00Z\nby = %s\nhost = adm1\n' \
            "$OPERATOR"
        printf 'version = 0.1.0\ntoward = open\n\n[change 1]\nsetting = restrict-anonymous\n'
        printf 'kind = registry\ntarget = dc1.house.invalid\nplace = host\n'
        printf 'thing = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa:RestrictAnonymous\n'
        printf 'action = modify\n\n[before 1]\nexists = yes\ntype = REG_DWORD\ndata = 02000000\n'
        printf '\n[wanted 1]\nexists = yes\ntype = REG_DWORD\ndata = 0%s000000\n\n' "$2"
        printf '[plan]\nname = mine\n\n[registry restrict-anonymous]\non = host dc1.house.invalid\n'
        printf 'key = HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\nvalue = RestrictAnonymous\n'
        printf 'type = dword\nopen = 0\n\n[seal]\n'
    } >"$1"
    printf 'sha256 = %s\n' "$(sha256sum <"$1" | cut -d' ' -f1)" >>"$1"
}

# policy LINE...: ajar.ini with these lines in [policy]; the first of them is line 5.
policy() {
    {
        printf '[journal]\npath = %s/journal.git\nallowed-signers = %s/signers\n[policy]\n' \
            "$PWD" "$KEYS"
        printf '%s\n' "$@"
    } >ajar.ini
}

# sign KEY BY FROM UNTIL [SEAL [NAMESPACE]]: an approval beside the plan, with times as date -d has
# them.
sign() {
    local number
    number=$(($(grep -c '^\[approval' p.plan.approvals 2>/dev/null || true) + 1))
    printf 'plan = %s\nby = %s\nat = %s\nuntil = %s\n' "${5:-$SEAL}" "$2" "$(utc "$3")" \
        "$(utc "$4")" >signed
    ssh-keygen -q -Y sign -n "${6:-ajar-plan}" -f "$KEYS/$1" <signed >signature 2>/dev/null
    {
        ((number == 1)) || echo
        printf '[approval %d]\n' "$number"
        cat signed
        sed '/^-----/d' signature | tr -d '\n' | fold -w 150 |
            sed -e '1s/^/signature = /' -e '2,$s/^/signature+ = /'
        echo
    } >>p.plan.approvals
}

utc() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }

# refused WORDS...: the last command was, with all of these in its line, and left nothing behind.
refused() {
    ends_with 1
    local word
    for word in "$@"; do
        err_has "$word"
    done
    [[ ! -e journal.git ]]
}

open_window() { ajar apply "$@" --config ajar.ini --for 1h --reason r --yes; }

@test "longest-window" {
    policy 'longest-window = 72h'
    ajar apply my.ini --config ajar.ini --for 4d --reason r --yes
    refused 'ajar: policy "longest-window = 72h" (ajar.ini:5): this window would be 4d' \
        'ask for less with --for or --until'
}

@test "ticket" {
    policy 'ticket = CHG-[0-9]+'
    open_window my.ini
    refused 'ajar: policy "ticket = CHG-[0-9]+" (ajar.ini:5): no ticket was given'
    open_window my.ini --ticket INC-7
    refused 'ajar: policy "ticket = CHG-[0-9]+" (ajar.ini:5): "INC-7" is no such ticket'
}

@test "never-touch: a host, its domain, and toward closed" {
    policy 'never-touch = other.test, dc1.house.invalid'
    open_window my.ini
    refused 'ajar: policy "never-touch = other.test, dc1.house.invalid" (ajar.ini:5): restrict-anonymous is on dc1.house.invalid'
    policy 'never-touch = house.invalid'
    ajar apply my.ini --config ajar.ini --close --reason r --yes
    refused 'policy "never-touch = house.invalid" (ajar.ini:5): restrict-anonymous is on dc1.house.invalid'
}

@test "approvals and need-approval: of a plan that was not saved" {
    policy 'approvals = 2'
    open_window my.ini
    refused 'ajar: policy "approvals = 2" (ajar.ini:5): 2 approvals are needed, and only a saved plan can have one' \
        'ajar plan PLAN --out FILE saves it'
    policy 'need-approval = audit, restrict-anonymous'
    open_window my.ini
    refused 'ajar: policy "need-approval = audit, restrict-anonymous" (ajar.ini:5): 1 approval is needed'
    policy '# none'
    sed -i 's/^name = mine/&\napprovals = 3/' my.ini
    open_window my.ini
    refused 'ajar: plan mine "approvals = 3": 3 approvals are needed'
}

# What stands beside the plan, and what the refusal says: words of sign(), "|", words of the line.
readonly FAILURES=(
    "too few                | | 0 of 1 approval"
    "wrong key              | mallory bob@example.test -1hour +1day | p.plan.approvals:1: bob@example.test: allowed signers"
    "wrong key              | mallory bob@example.test -1hour +1day | bob@example.test has no such key"
    "another person's key   | carol bob@example.test -1hour +1day | bob@example.test has no such key"
    "a key that ended       | old old -1hour +1day | old: allowed signers"
    "a key that ended       | old old -1hour +1day | the key was not valid any more"
    "own name               | own OPERATOR -1hour +1day | is the operator: somebody else has to approve"
    "own key                | own second-name -1hour +1day | second-name: it was signed with the operator's own key"
    "changed plan           | bob bob@example.test -1hour +1day OTHER | bob@example.test: it is of another plan (f123456789ab..."
    "expired                | bob bob@example.test -2days -1hour | bob@example.test: it ended at"
    "not yet                | bob bob@example.test +1hour +1day | which is not yet"
    "another purpose        | bob bob@example.test -1hour +1day SEAL git | the signature was made for another purpose"
)

@test "each approval that does not count is refused with a line that names it" {
    local row name words says
    for row in "${FAILURES[@]}"; do
        IFS='|' read -r name words says <<<"$row"
        policy 'approvals = 1'
        sed -i "3a signing-key = $KEYS/own" ajar.ini
        rm -f p.plan.approvals
        words=${words/OPERATOR/$OPERATOR} words=${words/OTHER/f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef}
        words=${words/SEAL/$SEAL}
        # shellcheck disable=SC2086  # words
        [[ -z ${words// /} ]] || sign $words
        open_window p.plan
        echo "$name"
        refused "ajar: policy \"approvals = 1\" (ajar.ini:6): 0 of 1 approval" "${says# }" \
            'ajar approve FILE, by somebody other than the operator, adds one'
    done
}

@test "one person, and one key, count once" {
    policy 'approvals = 2'
    sign bob bob@example.test -1hour +1day
    sign bob bob@example.test -2hours +1day
    open_window p.plan
    refused '(ajar.ini:5): 1 of 2 approvals: bob@example.test; ' \
        'p.plan.approvals:9: bob@example.test: bob@example.test is counted already, at line 1'
    rm p.plan.approvals
    sign bob bob@example.test -1hour +1day
    sign bob robert -1hour +1day
    open_window p.plan
    refused 'robert: its key is counted already, as that of bob@example.test'
}

@test "an altered approval, and an altered plan" {
    policy 'approvals = 1'
    sign bob bob@example.test -1hour +1day
    sed -i "s/^until = .*/until = $(utc +9days)/" p.plan.approvals
    open_window p.plan
    refused 'bob@example.test: the signature is over something else, or was changed'
    sed -i 's/^reason = .*//; s/data = 00000000/data = 01000000/' p.plan
    open_window p.plan
    ends_with 65
    err_has 'p.plan'
}

@test "a plan that was saved again has lost its approvals" {
    policy 'approvals = 1'
    sign bob bob@example.test -1hour +1day
    save p.plan 1
    open_window p.plan
    refused 'bob@example.test: it is of another plan' 'the plan was changed or saved again'
}

@test "without allowed signers, and with a mistake beside the plan" {
    policy 'approvals = 1'
    sign bob bob@example.test -1hour +1day
    sed -i '/allowed-signers/d' ajar.ini
    open_window p.plan
    refused 'policy "approvals = 1" (ajar.ini:4): the configuration does not say whose signatures count' \
        'allowed-signers = FILE in [journal] of ajar.ini'
    policy 'approvals = 1'
    sed -i 's/^by = .*/by = two words/' p.plan.approvals
    open_window p.plan
    ends_with 65
    err_has 'ajar: p.plan.approvals:1: [approval] by: the name of an allowed signer'
}

@test "approve, and then apply has no rule in its way" {
    policy 'approvals = 2' 'need-approval = restrict-anonymous'
    SUDO_USER=bob ajar approve p.plan --config ajar.ini --key "$KEYS/bob" --as bob@example.test --yes
    ends_with 0
    out_has '1 of 2 approvals: bob@example.test, says policy "approvals = 2" (ajar.ini:5)'
    ajar approve p.plan --config ajar.ini --key "$KEYS/carol" --for 2d --yes
    ends_with 0
    out_has 'approved by carol until '
    out_has '2 of 2 approvals: bob@example.test, carol'
    ajar show p.plan --config ajar.ini
    ends_with 0
    out_has 'approved by   carol at '
    open_window p.plan --timeout 1s # the host does not exist
    ends_with 1
    err_lacks 'policy'
    err_has 'dc1.house.invalid'
}

@test "approve says what is wrong with a key" {
    policy 'approvals = 1'
    cp "$KEYS/bob" readable
    chmod 644 readable
    ssh-keygen -q -t ed25519 -N secret -C '' -f locked
    local row key says
    for row in "$KEYS/mallory|nobody has this key" "readable|others can read it" \
        "locked|it needs a passphrase, and there is no terminal to ask on" \
        "nowhere|SSH key \"nowhere\": No such file or directory" \
        "ajar.ini|this is no SSH key" "$KEYS/old|the key was not valid any more"; do
        IFS='|' read -r key says <<<"$row"
        ajar approve p.plan --config ajar.ini --key "$key" --yes
        ends_with 1
        err_has "$says"
    done
    ajar approve p.plan --config ajar.ini --yes
    ends_with 1
    err_has 'ajar: which key to sign with?'
    ajar approve p.plan --config ajar.ini --key "$KEYS/bob" --yes
    ends_with 64
    err_has 'the allowed signers give this key to bob@example.test, robert'
    [[ ! -e p.plan.approvals ]]
}

@test "a stranger verifies an approval with ssh-keygen alone" {
    policy 'approvals = 1'
    ajar approve p.plan --config ajar.ini --key "$KEYS/bob" --as bob@example.test --yes
    sed -n 2,5p p.plan.approvals >signed
    {
        echo '-----BEGIN SSH SIGNATURE-----'
        sed -nE 's/^signature\+? = //p' p.plan.approvals
        echo '-----END SSH SIGNATURE-----'
    } >signature
    ssh-keygen -Y verify -n ajar-plan -f "$KEYS/signers" -I bob@example.test -s signature <signed
    [[ $(sed -n 's/^plan = //p' signed) == $(sed '$d' p.plan | sha256sum | cut -d' ' -f1) ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Rights in both domains of a forest, of one account of the first: given by itself and through groups
# of either domain, missing in one of them, denied in one of them.

# shellcheck disable=SC2030,SC2031  # a test's variables are its own
load lab.bash

readonly SOURCE=DC=source,DC=test
readonly CHILD=DC=child,$SOURCE
readonly SAM=/var/lib/samba/private/sam.ldb
readonly ALL=1131f6ad-9c07-11d1-f79f-00c04fc2dcd2
readonly CHANGES=1131f6aa-9c07-11d1-f79f-00c04fc2dcd2
readonly RIGHT=replicating-directory-changes-all

need_child() {
    lab_setup
    [[ -n ${LAB_CHILD_PASSWORD_FILE-} ]] ||
        skip 'needs a lab with a child: tests/lab/lab up DIR --with-child'
}

# The account, in a global group, that in a universal one; and in the child a group that holds the
# global one, inside another.
setup_file() {
    BATS_TEST_TMPDIR=$BATS_FILE_TMPDIR
    need_child
    lab on dc1 samba-tool user create ajar-connector --random-password
    lab on dc1 samba-tool group add ajar-global
    lab on dc1 samba-tool group add ajar-universal --group-scope=Universal
    lab on dc1 samba-tool group addmembers ajar-global ajar-connector
    lab on dc1 samba-tool group addmembers ajar-universal ajar-global
    lab on dc4 samba-tool group add ajar-local --group-scope=Domain
    lab on dc4 samba-tool group add ajar-outer --group-scope=Domain
    lab catalog
    add_member ajar-local "CN=ajar-global,CN=Users,$SOURCE"
    add_member ajar-outer "CN=ajar-local,CN=Users,$CHILD"
    descriptor dc1 >"$BATS_FILE_TMPDIR/dc1.descriptor"
    descriptor dc4 >"$BATS_FILE_TMPDIR/dc4.descriptor"
    [[ -s $BATS_FILE_TMPDIR/dc1.descriptor && -s $BATS_FILE_TMPDIR/dc4.descriptor ]]
}

teardown_file() {
    [[ -s $BATS_FILE_TMPDIR/dc4.descriptor ]] || return 0
    lab on dc4 samba-tool group delete ajar-outer
    lab on dc4 samba-tool group delete ajar-local
    lab on dc1 samba-tool group delete ajar-universal
    lab on dc1 samba-tool group delete ajar-global
    lab on dc1 samba-tool user delete ajar-connector
    lab catalog
}

setup() {
    need_child
    write_config_of source.test child.source.test
    CONNECTOR=$(sid_of dc1 ajar-connector)
}

teardown() {
    lab_teardown
    [[ -n ${CONNECTOR-} ]] || return 0
    put_descriptor_back dc1
    put_descriptor_back dc4
}

# add_member GROUP DN: a group of the child.
add_member() {
    printf '%s\n' "dn: CN=$1,CN=Users,$CHILD" 'changetype: modify' 'add: member' "member: $2" |
        lab on dc4 ldbmodify -H "$SAM"
}

sid_of() { lab on "$1" ldbsearch -H "$SAM" -b "$(head_of "$1")" "(sAMAccountName=$2)" objectSid | sed -n 's/^objectSid: //p'; }

head_of() { [[ $1 == dc4 ]] && echo "$CHILD" || echo "$SOURCE"; }

# as_administrator HOST COMMAND ARGUMENT...: a client of OpenLDAP, inside TLS.
as_administrator() {
    local domain=SOURCE host=dc1.source.test
    [[ $1 == dc1 ]] || domain=CHILD host=dc4.child.source.test
    local ca=LAB_${domain}_CA password=LAB_${domain}_PASSWORD_FILE
    LDAPTLS_CACERT=${!ca} lab in "$2" -x -H "ldaps://$host" -D "$domain\\Administrator" \
        -y <(tr -d '\n' <"${!password}") "${@:3}"
}

# descriptor HOST: that of the head of the host's domain, all of it, in base64.
descriptor() {
    as_administrator "$1" ldapsearch -LLL -o ldif-wrap=no -b "$(head_of "$1")" -s base \
        nTSecurityDescriptor | sed -n 's/^nTSecurityDescriptor:: //p'
}

put_descriptor_back() {
    printf '%s\n' "dn: $(head_of "$1")" 'changetype: modify' 'replace: nTSecurityDescriptor' \
        "nTSecurityDescriptor:: $(<"$BATS_FILE_TMPDIR/$1.descriptor")" | as_administrator "$1" ldapmodify
}

# ace HOST SDDL: in front of the others at the head of the host's domain.
ace() { lab on "$1" samba-tool dsacl set --objectdn="$(head_of "$1")" --sddl="$2" >/dev/null; }

# check_rights [ACCOUNT]: in both domains; the results are $in_source and $in_child.
check_rights() {
    local domain
    {
        printf '[plan]\nname = forest\ntitle = Rights in a forest\n'
        for domain in source.test child.source.test; do
            printf '\n[require %s]\non = domain %s\ncheck = right\nobject = domain\n' \
                "${domain%%.*}" "$domain"
            printf 'account = %s\nright = %s\n' "${1-$CONNECTOR}" "$RIGHT"
        done
    } | write_plan forest
    ajar check forest.ini --json
    in_source=$(result_of source)
    in_child=$(result_of child)
}

result_of() { jq -r --arg name "$1" '.requirements[] | select(.requirement == $name).result' out; }
reason_of() { jq -r --arg name "$1" '.requirements[] | select(.requirement == $name).reason' out; }

says() {
    [[ $(reason_of "$1") == *"$2"* ]] || {
        cat out
        return 1
    }
}

@test "given to the account in both domains" {
    ace dc1 "(OA;;CR;$ALL;;$CONNECTOR)"
    ace dc4 "(OA;;CR;$ALL;;$CONNECTOR)"
    check_rights
    [[ $in_source/$in_child == pass/pass ]] || { cat out err && false; }
    says child "gives it to $CONNECTOR"
}

@test "missing in one domain: that one is named, and the other is fine" {
    ace dc1 "(OA;;CR;$ALL;;$CONNECTOR)"
    ace dc4 "(OA;;CR;$CHANGES;;$CONNECTOR)"
    check_rights
    [[ $in_source/$in_child == pass/fail ]] || { cat out err && false; }
    says child "nothing gives $RIGHT to $CONNECTOR"
}

@test "missing in the account's own domain" {
    ace dc4 "(OA;;CR;$ALL;;$CONNECTOR)"
    check_rights
    [[ $in_source/$in_child == fail/pass ]] || { cat out err && false; }
}

@test "denied through a group in a group of the other domain" {
    ace dc1 "(OA;;CR;$ALL;;$CONNECTOR)"
    ace dc4 "(OA;;CR;$ALL;;$CONNECTOR)"
    ace dc4 "(OD;;CR;$ALL;;$(sid_of dc4 ajar-outer))"
    check_rights
    [[ $in_source/$in_child == pass/fail ]] || { cat out err && false; }
    says child "denies it to ajar-outer, which $CONNECTOR is in"
}

@test "another right is denied" {
    ace dc1 "(A;;CR;;;$CONNECTOR)"
    ace dc4 "(A;;CR;;;$CONNECTOR)"
    ace dc4 "(OD;;CR;$CHANGES;;$(sid_of dc4 ajar-local))"
    check_rights
    [[ $in_source/$in_child == pass/pass ]] || { cat out err && false; }
}

@test "given to a universal group of the forest, and to the global one inside it" {
    ace dc1 "(OA;;CR;$ALL;;$(sid_of dc1 ajar-global))"
    ace dc4 "(OA;;CR;$ALL;;$(sid_of dc1 ajar-universal))"
    check_rights
    [[ $in_source/$in_child == pass/pass ]] || { cat out err && false; }
    says child "gives it to ajar-universal, which $CONNECTOR is in"
}

@test "given with everything else" {
    ace dc1 "(A;;GA;;;$CONNECTOR)"
    ace dc4 "(A;;GA;;;$(sid_of dc4 ajar-local))"
    check_rights
    [[ $in_source/$in_child == pass/pass ]] || { cat out err && false; }
    says child 'gives it to ajar-local'
}

@test "an account of the other domain is asked for by its SID" {
    check_rights ajar-connector
    [[ $in_child == unknown ]]
    says child 'there is no account "ajar-connector"'
}

@test "an account of the other domain by its domain's short name" {
    ace dc4 "(OA;;CR;$ALL;;$CONNECTOR)"
    check_rights 'source\ajar-connector'
    [[ $in_source/$in_child == fail/pass ]] || { cat out err && false; }
    says child 'gives it to source\ajar-connector'
    check_rights 'OTHER\ajar-connector'
    says child 'the forest has no domain "OTHER"'
}

@test "with a login of the forest's first domain" {
    sed -i "/^\[domain child/,\$ { s/^user = .*/user = Administrator@SOURCE.TEST/
        s|^password-file = .*|password-file = $LAB_SOURCE_PASSWORD_FILE| }" ajar.ini
    ace dc4 "(OA;;CR;$ALL;;$(sid_of dc1 ajar-global))"
    check_rights
    [[ $in_child == pass ]] || { cat out err && false; }
}

@test "the account's own domain cannot be reached: not found given is not missing" {
    sed -i '/^\[domain child/a controllers = dc4.child.source.test' ajar.ini
    ace dc4 "(OA;;CR;$ALL;;$(sid_of dc1 ajar-global))"
    lab stop dc1
    check_rights
    lab start dc1
    [[ $in_child == unknown ]] || { cat out err && false; }
    says child "nothing that could be read gives $RIGHT to $CONNECTOR"
    says child 'the groups of its own domain could not be read'
}

@test "a window gives the right in both domains, and takes it back" {
    local domain
    {
        printf '[plan]\nname = forest\ntitle = Rights in a forest\n'
        for domain in source.test child.source.test; do
            printf '\n[permission %s]\non = domain %s\nobject = domain\ntrustee = %s\nright = %s\n' \
                "${domain%%.*}" "$domain" "$CONNECTOR" "$RIGHT"
        done
    } | write_plan window
    ajar apply window.ini --for 1h --reason test --yes
    ends_with 0
    check_rights
    [[ $in_source/$in_child == pass/pass ]] || { cat out err && false; }
    ajar rollback --yes
    ends_with 0
    check_rights
    [[ $in_source/$in_child == fail/fail ]] || { cat out err && false; }
    [[ $(descriptor dc4) == "$(<"$BATS_FILE_TMPDIR/dc4.descriptor")" ]]
}

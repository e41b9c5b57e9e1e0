#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A plan on all domains of a forest, as a real directory names them; and a repair, which stays until
# it is taken back by its name, to the last byte.

load lab

readonly HEAD=DC=target,DC=test

# descriptor: of the domain's head, all of it, as the controller keeps it, in base64.
descriptor() {
    LDAPTLS_CACERT=$LAB_TARGET_CA lab in ldapsearch -LLL -o ldif-wrap=no -x \
        -H ldaps://dc2.target.test -D 'TARGET\Administrator' \
        -y <(printf %s "$(<"$LAB_TARGET_PASSWORD_FILE")") \
        -b "$HEAD" -s base nTSecurityDescriptor | sed -n 's/^nTSecurityDescriptor:: //p'
}

# The domains of the forest, as another reader finds them.
domains() {
    lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb --cross-ncs \
        -b "CN=Partitions,CN=Configuration,$HEAD" '(&(nETBIOSName=*)(systemFlags=3))' dnsRoot |
        sed -n 's/^dnsRoot: //p' | sort
}

write_repair() {
    write_plan repair <<'PLAN'
[plan]
name = repair
permanent = ${permanent}

[parameter everywhere]
about = where the account replicates
default = domains ${forest}

[parameter forest]
about = the forest

[parameter permanent]
about = whether it stays
default = yes

[permission replicate-changes]
on = ${everywhere}
object = domain
trustee = Guest
right = replicating-directory-changes
closed = absent

[require may-replicate]
on = ${everywhere}
check = right
object = domain
account = Guest
right = replicating-directory-changes
PLAN
    REPAIR=(repair.ini --set forest=target.test)
}

@test "a plan is on each domain that the directory names" {
    write_repair
    ajar plan "${REPAIR[@]}" --json
    ends_with 0
    [[ $(jq -r '.changes[].target' out | sort) == "$(domains)" ]]
    [[ $(jq -r '.requirements[].target' out | sort) == "$(domains)" ]]
    [[ $(domains) == target.test* ]]
    jq -e '.permanent' out
}

@test "a repair stays, is no open window, and is taken back by its name" {
    local before id
    write_repair
    before=$(descriptor)
    [[ -n $before ]]
    ajar check "${REPAIR[@]}" --only replicate-changes --only may-replicate
    ends_with 9
    out_has 'permission replicate-changes  not as the plan wants it: '

    ajar apply "${REPAIR[@]}" --reason repair --for 1h --yes
    ends_with 64
    err_has 'a repair has no end'
    ajar apply "${REPAIR[@]}" --reason repair --yes --despite may-replicate --json
    ends_with 0
    id=$(jq -r .window.window out)
    jq -e '.window.permanent and .window.until == null' out
    [[ $(descriptor) != "$before" ]]
    ajar check "${REPAIR[@]}" --only replicate-changes --only may-replicate
    ends_with 0
    out_has ': as the plan wants it'

    ajar status
    ends_with 0
    out_has 'no window is open'
    ajar audit "${REPAIR[@]}"
    ends_with 0
    out_has "set to stay by window $id"
    ajar apply "${REPAIR[@]}" --reason again --yes
    ends_with 0
    out_has 'no window was opened'
    ajar rollback --yes
    ends_with 1
    ajar rollback "$id" --yes
    ends_with 0
    [[ $(descriptor) == "$before" ]]
    git --git-dir=journal.git show main:"windows/$id/window.ini" | grep -qx 'permanent = yes'
    git --git-dir=journal.git fsck --strict
}

@test "the same plan for a time is a window like any other" {
    local before
    write_repair
    before=$(descriptor)
    ajar apply "${REPAIR[@]}" --set permanent=no --reason x --yes --despite all
    ends_with 64
    err_has 'a window has an end'
    ajar apply "${REPAIR[@]}" --set permanent=no --reason x --for 1h --yes --despite all
    ends_with 0
    ajar rollback --yes
    ends_with 0
    [[ $(descriptor) == "$before" ]]
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Keys of Group Policy objects: opened and closed by the program, and looked at as the controller
# itself has them: its files, its directory, its permissions. ajar is not asked.

load lab.bash

readonly GPO='{6AC1786C-016F-11D2-945F-00C04FB984F9}'
readonly TEMPLATE='MACHINE/Microsoft/Windows NT/SecEdit/GptTmpl.inf'

setup() {
    lab_setup
    FOLDER=$LAB_DIR/dc2/lib/sysvol/target.test/Policies/$GPO
    write_plan audit <<'PLAN'
[plan]
name = audit

[policy audit-account-management]
on = domain target.test
gpo = default-domain-controllers
section = Event Audit
key = AuditAccountManage
open = 3
closed = 0
PLAN
}

teardown() {
    lab_teardown
    [[ -z ${FOLDER-} ]] || rm -rf "$FOLDER/MACHINE/Microsoft"
    [[ -z ${CONF-} ]] || lab conf dc2
}

# All files and folders of the object, and what is in the template.
picture() {
    (cd "$FOLDER" && find . | sort && if [[ -f $TEMPLATE ]]; then sha256sum "$TEMPLATE"; fi)
}

# The number in GPT.INI and that in the directory, as Samba's tools read them.
versions() {
    printf '%s %s\n' "$(tr -d '\r' <"$FOLDER/GPT.INI" | sed -n 's/^Version=//p')" \
        "$(lab on dc2 ldbsearch -H /var/lib/samba/private/sam.ldb "(cn=$GPO)" versionNumber |
            sed -n 's/^versionNumber: //p')"
}

# ready_template LINE...: somebody's own, as Windows stores it.
ready_template() {
    mkdir -p "$FOLDER/${TEMPLATE%/*}"
    { printf '\xff\xfe' && printf '%s\r\n' "$@" | iconv -f UTF-8 -t UTF-16LE; } >"$FOLDER/$TEMPLATE"
}

template() { tail -c +3 "$FOLDER/$TEMPLATE" | iconv -f UTF-16LE -t UTF-8 | tr -d '\r'; }

acl() { lab on dc2 samba-tool ntacl get --as-sddl "/var/lib/samba/sysvol/target.test/Policies/$GPO/$1"; }

@test "a policy without a template: the file comes and goes, with its folders" {
    local before old
    before=$(picture)
    old=$(versions)
    [[ ${old% *} == "${old#* }" ]]
    ajar apply audit.ini --for 1h --reason test --yes
    ends_with 0
    [[ $(template) == $'[Unicode]\nUnicode=yes\n[Version]\nsignature="$CHICAGO$"\nRevision=1\n[Event Audit]\nAuditAccountManage = 3' ]]
    [[ $(versions) == "$((${old% *} + 1)) $((${old% *} + 1))" ]]
    lab on dc2 samba-tool gpo show "$GPO" | grep -Eq "^version +: $((${old% *} + 1))\$"
    ajar status --live
    out_lacks 'conflict'
    ajar rollback --yes
    ends_with 0
    [[ $(picture) == "$before" ]]
    [[ $(versions) == "$((${old% *} + 2)) $((${old% *} + 2))" ]]
}

@test "a template that is there is the same file again, with its permissions" {
    local before acl_before versions_before
    ready_template '[Unicode]' 'Unicode=yes' '[Event Audit]' 'auditaccountmanage  = 0' '' '[Privilege Rights]' 'SeX = *S-1-1-0'
    lab in smbcacls -A "$LAB_TARGET_AUTH_FILE" -a 'ACL:S-1-5-20:ALLOWED/0x0/READ' \
        //dc2.target.test/sysvol "target.test/Policies/$GPO/$TEMPLATE"
    before=$(picture)
    acl_before=$(acl "$TEMPLATE")
    versions_before=$(versions)
    [[ $acl_before == *NS* ]]
    ajar apply audit.ini --for 1h --reason test --yes
    ends_with 0
    [[ $(template) == *$'\nauditaccountmanage  = 3\n'* ]]
    [[ $(acl "$TEMPLATE") == "$acl_before" ]]
    ajar rollback --yes
    ends_with 0
    [[ $(picture) == "$before" ]]
    [[ $(acl "$TEMPLATE") == "$acl_before" ]]
    [[ $(versions) != "$versions_before" ]]
}

@test "somebody else's value is a conflict, and his lines stay" {
    ready_template '[Event Audit]' 'AuditAccountManage = 1'
    ajar apply audit.ini --for 1h --reason test --yes
    ends_with 0
    ready_template '[Event Audit]' 'AuditAccountManage = 2' 'AuditDSAccess = 1'
    ajar rollback --yes
    ends_with 4
    [[ $(template) == *$'AuditAccountManage = 2\nAuditDSAccess = 1' ]]
    ready_template '[Event Audit]' 'AuditAccountManage = 3' 'AuditDSAccess = 1'
    touch "$FOLDER/GPT.INI"
    ajar rollback --yes
    ends_with 0
    [[ $(template) == *$'AuditAccountManage = 1\nAuditDSAccess = 1' ]]
}

@test "a controller without SMB 3 is refused, and nothing is changed" {
    local before
    before=$(picture)
    CONF=1
    lab conf dc2 'server max protocol = SMB2_10'
    ajar plan audit.ini
    ends_with 1
    err_has 'SMB 3'
    err_lacks 'dcerpc'
    [[ $(picture) == "$before" ]]
}

@test "a policy that the domain does not have is named" {
    sed -i 's/^gpo = .*/gpo = {11111111-2222-3333-4444-555555555555}/' audit.ini
    ajar plan audit.ini
    ends_with 1
    err_has '{11111111-2222-3333-4444-555555555555}'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The JSON formats: one object on standard output, and nothing else there.
load fake

readonly CHANGE='{"setting","kind","target","thing","action","before","wanted","now","state",
    "phrases","takes_effect","waiting","why","risk","reference","trouble","error","hint","note",
    "drifted","moved","evidence","owed","tries","next"}'
readonly WINDOW='{"window","plan","title","state","opened","until","closed","overdue","operator",
    "host","reason","ticket","changes","waiting","toward","permanent","approvals","saved",
    "extensions"}'
readonly JOURNAL="o['journal'] == {'head':'3f2a9c1d5e6f708192a3b4c5d6e7f8091a2b3c4d','entries':41}"

@test "ajar-plan/1" {
    ajar plan mixed --json
    ends_with 3
    json "o['format'] == 'ajar-plan/1' and o['exit'] == 3 and $JOURNAL"
    json "o['plan'] == 'mixed' and o['reference'] == 'KB 322981' and o['requirements'] == []"
    json "o['summary'] == {'create':2,'modify':1,'delete':1,'unchanged':1,'unreachable':2}"
    json "all(set(c) == $CHANGE for c in o['changes']) and len(o['changes']) == 7"
    json "[c['action'] for c in o['changes'][:2]] == ['create', 'modify']"
    json "o['changes'][5]['trouble'] == 'unreachable' and o['changes'][0]['trouble'] is None"
}

@test "the states of a thing" {
    ajar plan mixed --json
    json "o['changes'][0]['before'] == {'exists': False}"
    json "o['changes'][0]['wanted'] == {'exists':True,'type':'REG_DWORD','data':'01000000','text':'1'}"
    json "o['changes'][2]['wanted'] == {'exists': True}"
    json "o['changes'][5]['before'] == {'known': False}"
    json "o['changes'][0]['phrases'] == {'before':'absent','wanted':'1','now':'not known'}"
}

@test "--detailed-exitcode is the status in the object, too" {
    ajar plan clean --json --detailed-exitcode
    ends_with 2
    json "o['exit'] == 2"
    ajar plan clean --json
    ends_with 0
    json "o['exit'] == 0"
}

@test "ajar-apply/1" {
    ajar "${CLEAN[@]}" --ticket CHG-1 --yes --json
    ends_with 0
    json "o['format'] == 'ajar-apply/1' and o['exit'] == 0 and $JOURNAL"
    json "set(o['window']) == $WINDOW and all(set(c) == $CHANGE for c in o['changes'])"
    json "o['window']['window'] == '20261118T080000Z-7f3a' and o['window']['state'] == 'open'"
    json "o['window']['changes'] == {'intended':0,'applied':2,'restored':0,'conflict':0,'kept':0,'unknown':0,'failed':0}"
    json "o['window']['waiting'][0] == {'target':'dc1.source.test','setting':'allow-password-export','kind':'registry','for':'restart'}"
    json "__import__('re').fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ', o['window']['until'])"
    json "o['window']['closed'] is None"
    json "(o['on_failure'], o['tolerated'], o['canaries'], o['failed_targets']) == ('stop', 0, [], [])"
    json "o['stopped'] is False and (o['begun'], o['undone']) == (2, 0)"
}

@test "ajar-apply/1 of a run that failed and was undone" {
    ajar apply staged --for 1h --reason x --yes --json --on-failure undo --max-failures 50% --canary 2
    ends_with 1
    json "o['on_failure'] == 'undo' and o['tolerated'] == 2 and o['stopped'] is True"
    json "o['canaries'] == ['dc1.source.test', 'dc2.source.test']"
    json "o['failed_targets'] == ['dc1.source.test'] and (o['begun'], o['undone']) == (2, 2)"
    json "o['window']['state'] == 'closed' and 'was put back' in o['message']"
    ajar apply clean --for 1h --reason x --yes --json --on-failure continue
    json "o['on_failure'] == 'continue' and o['tolerated'] is None"
}

@test "ajar-check/1 with settings" {
    ajar check clean --only restrict-anonymous --json
    ends_with 0
    json "[s['state'] for s in o['settings']][:2] == ['as-wanted', 'not-as-wanted']"
    ajar check clean --json
    json "o['settings'] == [] and o['object'] is None and o['left_out'] == 3"
    ajar check clean --object $'a\nb' --json
    json "o['object'] == 'a\\nb' and o['left_out'] == 0"
}

@test "ajar-check/1" {
    ajar check mixed --json
    ends_with 9
    json "o['format'] == 'ajar-check/1' and o['exit'] == 9 and o['plan'] == 'mixed'"
    json "[r['result'] for r in o['requirements']] == ['pass', 'fail', 'unknown']"
    json "o['requirements'][1] == {'requirement':'ports-answer','check':'ports','target':'dc2.target.test','result':'fail','reason':'389: refused','hint':'start the directory service','why':'Everything goes over LDAP.','reference':None,'despite':None,'met_by':None}"
}

@test "ajar-audit/1" {
    ajar audit mixed --json
    ends_with 2
    json "o['format'] == 'ajar-audit/1' and o['exit'] == 2"
    json "[c['state'] for c in o['settings'][:4]] == ['open', 'held', 'unknown', 'closed']"
    json "all(set(c) == $CHANGE for c in o['settings'])"
}

@test "requirements and steps are part of a window" {
    ajar apply steps --for 1h --reason x --yes --json
    ends_with 0
    json "len(o['requirements']) == 3 and o['window']['toward'] == 'open'"
    json "[s['confirmed'] for s in o['steps']] == [True, False, False]"
    json "o['steps'][0]['do'] == ['cd %systemroot%\\\\ADMT', 'admt key /option:create']"
    json "o['steps'][0]['by'] == 'alice' and o['steps'][0]['at'] == '2025-11-18T08:00:00Z'"
    json "o['steps'][2] == {'step':'stop-server','on':None,'when':'closing','do':['net stop PesSvc'],'why':None,'risk':None,'reference':None,'confirmed':False,'by':None,'at':None}"
}

@test "ajar-rollback/1 and ajar-resume/1" {
    AJAR_FAKE=conflict ajar rollback --yes --json
    ends_with 4
    json "o['format'] == 'ajar-rollback/1' and o['exit'] == 4 and $JOURNAL"
    json "o['changes'][1]['state'] == 'conflict' and o['changes'][1]['trouble'] == 'conflict'"
    json "o['window']['changes']['conflict'] == 1"
    ajar resume --json
    ends_with 0
    json "o['format'] == 'ajar-resume/1' and o['window']['state'] == 'open'"
}

@test "ajar-extend/1" {
    ajar extend W --for 24h --reason x --yes --json
    ends_with 0
    json "o['format'] == 'ajar-extend/1' and o['exit'] == 0 and $JOURNAL"
    json "[set(e) for e in o['window']['extensions']] == [{'from','until','by','host','at','reason'}]"
    json "o['window']['extensions'][0]['until'] == o['window']['until']"
    json "o['window']['extensions'][0]['by'] == 'bob' and o['window']['extensions'][0]['reason'] == 'x'"
    ajar status --json
    json "o['windows'][0]['extensions'] == []"
}

@test "ajar-close-due/1" {
    AJAR_FAKE=owed ajar close-due --json
    ends_with 3
    json "o['format'] == 'ajar-close-due/1' and o['exit'] == 3 and $JOURNAL"
    json "all(set(w) == $WINDOW | {'settings','steps','exit','message'} for w in o['windows'])"
    json "[w['exit'] for w in o['windows']] == [3, 3]"
    json "o['windows'][1]['message'] == 'could not be closed: its plan is not known'"
    json "[c['tries'] for c in o['windows'][0]['settings']] == [3, 1]"
    json "o['windows'][0]['settings'][0]['owed'] < o['windows'][0]['settings'][0]['next']"
    json "o['windows'][0]['settings'][1]['next'] is None and o['windows'][1]['settings'][0]['owed'] is None"
    AJAR_FAKE=none ajar close-due --json
    ends_with 0
    json "o['windows'] == [] and o['message'] == 'nothing is due'"
}

@test "ajar-status/1" {
    AJAR_FAKE=overdue ajar status --json
    ends_with 7
    json "o['format'] == 'ajar-status/1' and o['exit'] == 7 and len(o['windows']) == 2"
    json "all(set(w) == $WINDOW | {'settings','steps'} for w in o['windows'])"
    json "[w['overdue'] for w in o['windows']] == [False, True]"
    json "set(o['windows'][0]['settings'][0]) == $CHANGE"
    AJAR_FAKE=none ajar status --json
    json "o['windows'] == [] and o['exit'] == 0"
}

@test "ajar-log/1" {
    ajar log --json
    ends_with 0
    json "o['format'] == 'ajar-log/1' and o['exit'] == 0 and len(o['entries']) == 2"
    json "set(o['entries'][1]) == {'commit','time','operator','subject','window','event','host','ticket','approved','sequence'}"
    json "o['entries'][1]['operator'] == 'J\u00fcrgen' and o['entries'][0]['ticket'] is None"
    json "o['journal']['head'] == o['entries'][0]['commit'] and o['journal']['entries'] == 2"
    AJAR_FAKE=none ajar log --json
    json "o['entries'] == [] and o['journal'] is None"
}

@test "ajar-show/1" {
    ajar show --json
    ends_with 0
    json "o['format'] == 'ajar-show/1' and o['window']['state'] == 'closed' and $JOURNAL"
    json "[c['state'] for c in o['changes']] == ['restored', 'restored']"
}

@test "ajar-show/1 with a log beside it" {
    ajar show --log one --json
    ends_with 0
    json "o['format'] == 'ajar-show/1' and o['window']['state'] == 'closed' and $JOURNAL"
    json "[s['phase'] for s in o['log']['steps']] == ['before', 'waiting', 'after']"
    json "o['log']['steps'][0]['from'] is None and len(o['log']['steps'][1]['waiting']) == 1"
    json "o['log']['events'][0]['cause'] == 'password-access-denied'"
    json "o['log']['events'][0]['step'] == 1 and o['log']['events'][0]['account'] == 'anna'"
    json "o['log']['events'][1]['sign'] == 'ERR2:7999' and o['log']['events'][1]['step'] is None"
    json "o['log']['causes'][0]['phases'] == {'before': 2, 'waiting': 10}"
    json "o['log']['events_more'] == 7 and o['log']['files'][0]['lines'] == 40"
}

@test "ajar-diagnose/1" {
    ajar diagnose mixed --json
    ends_with 0
    json "o['format'] == 'ajar-diagnose/1' and o['exit'] == 0 and o['live'] is False"
    json "set(o) == {'format','exit','message','live','clock','lines','quiet','explained','unexplained','unknown_more','files','causes','unknown'}"
    json "o['clock'] == {'dates':'day.month.year','ambiguous':False,'utc_offset_seconds':None}"
    json "o['lines'] == 41 and o['quiet'] == 23 and o['unexplained'] == 2"
    json "o['explained'] == {'error':12,'warning':1,'notice':1,'fine':2}"
    json "o['files'][0] == {'file':'Migration.log','encoding':'UTF-16LE','bytes':2000,'lines':40,'cut':1,'half':False}"
    json "all(set(c) == {'cause','knowledge','severity','title','means','bears_on','steps','references','unconfirmed','count','first','last','example','accounts','commands','standing','seen'} for c in o['causes'])"
    json "[c['severity'] for c in o['causes']] == ['error', 'warning', 'notice', 'fine']"
    json "o['causes'][0]['accounts']['count'] == 14 and len(o['causes'][0]['accounts']['named']) == 10"
    json "o['causes'][0]['bears_on'][0] == {'plan':'admt-password-migration','kind':'registry','name':'restrict-anonymous'}"
    json "o['causes'][0]['first'] == {'time':{'text':'20.11.2026 08:00:00','wall':None,'utc':None},'file':'Migration.log','line':3}"
    json "o['causes'][0]['last']['time'] is None and len(o['causes'][0]['commands']) == 3"
    json "o['unknown'][0]['sign'] == 'ERR2:7999' and o['unknown'][0]['count'] == 2"
    ajar diagnose one --utc-offset +01:00 --json
    json "o['causes'][0]['first']['time'] == {'text':'20.11.2026 08:00:00','wall':'2026-11-20T08:00:00','utc':'2026-11-20T07:00:00Z'}"
    json "o['clock']['utc_offset_seconds'] == 3600"
    AJAR_FAKE=likely ajar diagnose one --live --set source-domain=x --set target-domain=y --json
    ends_with 9
    json "o['exit'] == 9 and o['live'] is True and o['causes'][0]['standing'] == 'likely'"
    json "o['causes'][0]['seen'] == [{'plan':'admt-sid-history','kind':'require','name':'target-names-source','target':'target.test','standing':'likely','reason':'dc1 finds no controller of source.test','hint':'add a conditional forwarder'}]"
}

@test "ajar-error/1, wherever --json stands and whatever is wrong" {
    ajar plan error-denied --json
    ends_with 1
    json "o == {'format':'ajar-error/1','exit':1,'error':{'status':'denied','native':5,'text':'dc1.source.test: error-denied','hint':'this is what to do next'}}"
    ajar --wrong plan clean --json
    ends_with 64
    json "o['format'] == 'ajar-error/1' and o['exit'] == 64 and o['error']['status'] == 'usage'"
    ajar nonsense --json
    ends_with 64
    json "o['exit'] == 64"
    ajar plan broken --json
    ends_with 65
    json "o['error']['status'] == 'plan' and o['error']['hint'] is None"
}

@test "nothing is asked with --json: it needs --yes" {
    ajar "${CLEAN[@]}" --json
    ends_with 64
    json "o['exit'] == 64"
    not_traced load
    terminal -- "${CLEAN[@]}" --json
    ends_with 64
    not_traced load
}

@test "hostile texts stay texts, in pure ASCII" {
    for command in 'plan controls' 'status controls' 'show controls'; do
        # shellcheck disable=SC2086 # words of a command line
        ajar $command --json
        ends_with 0
        out_is_plain_ascii
    done
    json "o['changes'][0]['setting'] == 'title\x1b]0;owned\x07'"
    json "o['changes'][0]['before'] == {'exists': True, 'text': 'cut \ufffd'}"
    json "o['changes'][0]['phrases']['wanted'] == 'caf\u00e9 \ufffd'"
}

@test "a live terminal changes nothing in the object" {
    "$BATS_TEST_DIRNAME/terminal.py" --stdout "$BATS_TEST_TMPDIR/out" -- "$AJAR" plan clean --json
    json "o['format'] == 'ajar-plan/1'"
}

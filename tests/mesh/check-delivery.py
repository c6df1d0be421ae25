#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every promise of docs/delivery.md, docs/table.md and docs/ring.md names a test, every lie of docs/reliability.md one of each kind, and every test that the pages
name exists."""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
# How many tests each names at least.
PAGES = {'delivery.md': 20, 'table.md': 20}
FILES = {'mesh': 'tests/mesh/test-%s.c', 'sync': 'tests/sync/test-%s.c', 'sim': 'tests/sim/test-sim-%s.c', 'model': 'tests/model/test-%s.c', 'interop': 'tests/interop/test_%s.py'}
CASES = {'mesh': r'"/mesh/%s/%s"', 'sync': r'"/sync/%s/%s"', 'sim': r'(?#%s)\.name = "%s"', 'model': r'(?#%s)ADD \("%s"', 'interop': r'(?#%s)def %s\('}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def check(name, least):
    page = read('docs', name)
    promises = page.partition('## What we promise')[2].partition('\n## ')[0]
    faults = ['%s: no test is named: %s' % (name, row) for row in re.findall(r'^\| (?!Promise).*', promises, re.M)
              if not re.search(r'`[a-z]+-[a-z-]+/[^`]+` \|$|`[^`]+/[^`]+` \([^|]*\) \|$', row)]
    named = sorted(set(re.findall(r'`(mesh|sync|sim|model|interop)-([a-z-]+)/([\w-]+)`', page)))
    for suite, test, case in named:
        path = FILES[suite] % test
        if not os.path.exists(os.path.join(ROOT, path)) or not re.search(CASES[suite] % (test, case), read(path)):
            faults.append('%s: %s-%s/%s is not there' % (name, suite, test, case))
    print('%s: %d tests are named' % (name, len(named)))
    if len(named) < least:
        faults.append('%s names %d tests, of %d at least' % (name, len(named), least))
    return faults


def check_ring(least):
    """Promises of docs/ring.md: the last column names programs and, behind a slash, their cases."""
    sources = {}
    for folder in ('chord', 'sim'):
        for name in sorted(os.listdir(os.path.join(ROOT, 'tests', folder))):
            if name.endswith('.c'):
                sources[name] = read('tests', folder, name)
    faults, named = [], set()
    for row in re.findall(r'^\| (?!what is promised)[^-].*\|$', read('docs', 'ring.md'), re.M):
        column = row.rstrip('|').rpartition('|')[2]
        cases = re.findall(r'/([a-z][\w-]*)', column)
        programs = re.findall(r'`chord-([\w-]+)`', column)
        if not cases and not programs:
            faults.append('ring.md: no test is named: ' + row)
        for program in programs:
            if not any(file in sources for file in ('test-%s.c' % program, 'test-chord-%s.c' % program)):
                faults.append('ring.md: chord-%s is not there' % program)
        for case in cases:
            if not any(re.search(r'/%s["\w-]|"%s"' % (case, case), text) for text in sources.values()):
                faults.append('ring.md: /%s is not there' % case)
        named |= set(cases)
    print('ring.md: %d cases are named' % len(named))
    if len(named) < least:
        faults.append('ring.md names %d cases, of %d at least' % (len(named), least))
    return faults


# What somebody may lie about; each is to be tried by real processes and in the world of the tests.
LIES = ['forged sender', 'forged owner', 'forged delete', 'replay', 'stripped side-car', 'stolen id', 'man in the middle', 'wrong secret', 'downgrade']


def has_case(program, case):
    """In Python a class or a method of it, else the last part of a path or the name of a bar."""
    suite, _, name = program.partition('-')
    for path in ('tests/interop/test_%s.py' % program.replace('-', '_'), 'tests/hostile/test_%s.py' % name.replace('-', '_')):
        if os.path.exists(os.path.join(ROOT, path)):
            return re.search(r'^ *(?:class|def) %s\(' % case, read(path), re.M) is not None
    path = 'tests/%s/test-%s%s.c' % (suite, 'sim-' if suite == 'sim' else '', name)
    return os.path.exists(os.path.join(ROOT, path)) and re.search(r'"/[\w/-]+/%s"|\.name = "%s"' % (case, case), read(path)) is not None


def check_lies():
    section = read('docs', 'reliability.md').partition('## Lies about who is speaking')[2].partition('\n## ')[0]
    rows = [row.strip('| ').split(' | ') for row in re.findall(r'^\| (?!Lie \|).*', section, re.M)]
    faults = ['reliability.md: no row for: ' + lie for lie in LIES if sum(row[0].startswith(lie) for row in rows) != 1]
    n = 0
    for lie, *columns in rows:
        for column in columns[:2]:
            named = re.findall(r'`([a-z0-9-]+)/([\w-]+)`', column)
            n += len(named)
            if not named:
                faults.append('reliability.md: no test is named: %s: %s' % (lie, column))
            faults += ['reliability.md: %s/%s is not there' % one for one in named if not has_case(*one)]
    print('reliability.md: %d tests of lies are named' % n)
    return faults


def main():
    faults = check_ring(60) + check_lies() + [fault for name, least in PAGES.items() for fault in check(name, least)]
    for fault in faults:
        print('FAILED: ' + fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every promise of docs/delivery.md, docs/table.md and docs/ring.md names a test, and every test that the pages name exists."""
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


def main():
    faults = check_ring(60) + [fault for name, least in PAGES.items() for fault in check(name, least)]
    for fault in faults:
        print('FAILED: ' + fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())

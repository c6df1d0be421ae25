#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every promise of docs/delivery.md names a test, and every test that the page names exists."""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
FILES = {'mesh': 'tests/mesh/test-%s.c', 'sim': 'tests/sim/test-sim-%s.c', 'model': 'tests/model/test-%s.c', 'interop': 'tests/interop/test_%s.py'}
CASES = {'mesh': r'"/mesh/%s/%s"', 'sim': r'(?#%s)\.name = "%s"', 'model': r'(?#%s)ADD \("%s"', 'interop': r'(?#%s)def %s\('}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8') as file:
        return file.read()


def main():
    page = read('docs', 'delivery.md')
    promises = page.partition('## What we promise')[2].partition('\n## ')[0]
    faults = ['no test is named: ' + row for row in re.findall(r'^\| (?!Promise).*', promises, re.M)
              if not re.search(r'`[a-z]+-[a-z-]+/[^`]+` \|$|`[^`]+/[^`]+` \([^|]*\) \|$', row)]
    named = re.findall(r'`(mesh|sim|model|interop)-([a-z-]+)/([\w-]+)`', page)
    for suite, name, case in sorted(set(named)):
        path = FILES[suite] % name
        if not os.path.exists(os.path.join(ROOT, path)) or not re.search(CASES[suite] % (name, case), read(path)):
            faults.append('%s-%s/%s is not there' % (suite, name, case))
    print('%d tests are named' % len(set(named)))
    for fault in faults:
        print('FAILED: ' + fault)
    return 1 if faults or len(named) < 20 else 0


if __name__ == '__main__':
    sys.exit(main())

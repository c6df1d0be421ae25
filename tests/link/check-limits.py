#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every member of P2pLimits has a test that sets it, and so can exceed it: a table of them, and a failure for one without."""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)
# This sets all of them, by name, and exceeds none.
NOT_A_TEST = {'test-include.cpp', 'check-limits.py'}

# To be done: these are kept by tests of their code, but none sets or names them yet. The list may only get shorter.
UNNAMED = {'links_per_prefix', 'addresses', 'address_failures', 'redial_seconds', 'redial_alone_seconds', 'seen_ids', 'penalty_decay'}


def members():
    with open(os.path.join(ROOT, 'src', 'p2p', 'wire', 'p2p-limits.h'), encoding='utf-8') as f:
        struct = re.search(r'typedef struct \{(.*?)/\*< private >\*/', f.read(), re.S)[1]
    return re.findall(r'^  (?:guint32|gboolean) (\w+);', struct, re.M)


def tests():
    for folder, folders, names in os.walk(os.path.join(ROOT, 'tests')):
        folders[:] = sorted(set(folders) - {'fuzz', 'bench', 'ui'})
        for name in sorted(names):
            if name.endswith(('.c', '.cpp', '.py')) and name not in NOT_A_TEST:
                path = os.path.join(folder, name)
                with open(path, encoding='utf-8', errors='replace') as f:
                    yield os.path.relpath(path, ROOT), f.read()


def main():
    texts, lacking = list(tests()), 0
    for member in members():
        # set in C, or by the option of roundtable-node
        where = re.compile(r'limits(?:->|\.)%s\b|[\'"](?:%s|%s)=' % (member, member, member.replace('_', '-')))
        macro = re.compile(r'\bP2P_LIMIT_%s\b' % member.upper())
        found = [path for path, text in texts if where.search(text)] or [path for path, text in texts if macro.search(text)]
        lacking += not found and member not in UNNAMED
        print('%-26s %s' % (member, ', '.join(sorted(found)[:3]) or ('to be done' if member in UNNAMED else 'NO TEST')))
    return 1 if lacking else 0


if __name__ == '__main__':
    sys.exit(main())

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every member of P2pLimits is asked for somewhere, has its line with its default in docs/limits.md, and a test that sets it, and so can
exceed it: a table of them, and a failure for one without. Every test that docs/limits.md names exists."""
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)
HEADER = os.path.join('src', 'p2p', 'wire', 'p2p-limits.h')
DEFAULTS = os.path.join('src', 'p2p', 'wire', 'p2p-limit-defaults.h')
# This sets all of them, by name, and exceeds none.
NOT_A_TEST = {'test-include.cpp', 'check-limits.py'}
NOT_A_USE = {'p2p-limits.c', 'p2p-limits.h', 'p2p-limit-defaults.h'}
UNITS = {'': 1, 'KiB': 1024, 'MiB': 1024 * 1024}


def read(*path):
    with open(os.path.join(ROOT, *path), encoding='utf-8', errors='replace') as f:
        return f.read()


def texts(under, suffixes, without, skipped=()):
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = sorted(set(folders) - set(skipped))
        for name in sorted(names):
            if name.endswith(suffixes) and name not in without:
                path = os.path.relpath(os.path.join(folder, name), ROOT)
                yield path, read(path)


def members(header):
    struct = re.search(r'typedef struct \{(.*?)/\*< private >\*/', header, re.S)[1]
    return re.findall(r'^  (?:guint32|gboolean) (\w+);', struct, re.M)


def defaults(header):
    """What the macros come to, by member."""
    macros = dict(re.findall(r'^#define P2P_LIMIT_(\w+) +(.+)$', header, re.M))

    def value(text):
        text = re.sub(r'P2P_LIMIT_(\w+)', lambda m: str(value(macros[m[1]])), text)
        if not re.fullmatch(r'[\d\s()*u]+', text):
            raise ValueError(text)
        product = 1
        for factor in re.findall(r'\d+', text):
            product *= int(factor)
        return product
    return {name.lower(): value(text) for name, text in macros.items()}


def documented(page):
    found = {}
    for name, number, unit in re.findall(r'^\| ([a-z-]+) \| (\d+) ?(\w*) \|', page, re.M):
        found[name.replace('-', '_')] = int(number) * UNITS[unit]
    return found


def missing_tests(page):
    """Names of tests, as `suite-name`, and files, that the second table has and the tree has not."""
    tree = '\n'.join(text for _, text in texts('tests', ('meson.build',), ()))
    rows = page.partition('## The attacks')[2]
    for name in sorted(set(re.findall(r'`((?:link|mesh|sync|chord|sim|hostile|x1)-[a-z0-9-]+)`', rows))):
        if "'%s'" % name not in tree and "'%s'" % name.partition('-')[2] not in tree:
            yield name
    for name in sorted(set(re.findall(r'\b(test_\w+\.py)\b', rows))):
        if not any(os.path.exists(os.path.join(ROOT, 'tests', folder, name)) for folder in ('interop', 'hostile')):
            yield name


def main():
    header, page = read(HEADER), read('docs', 'limits.md')
    value, told = defaults(read(DEFAULTS)), documented(page)
    sources = [text for _, text in texts(os.path.join('src', 'p2p'), ('.c', '.h'), NOT_A_USE)]
    tests = list(texts('tests', ('.c', '.cpp', '.py'), NOT_A_TEST, ('fuzz', 'bench', 'ui')))
    faults = []
    for member in members(header):
        # set in C, or by the option of roundtable-node
        where = re.compile(r'limits(?:->|\.)%s\b|[\'"](?:%s|%s)=' % (member, member, member.replace('_', '-')))
        macro = re.compile(r'\bP2P_LIMIT_%s\b' % member.upper())
        found = [path for path, text in tests if where.search(text)] or [path for path, text in tests if macro.search(text)]
        if not found:
            faults.append(member + ' is in no test')
        if not any(re.search(r'(?:->|\.)%s\b' % member, text) for text in sources):
            faults.append(member + ' is asked for nowhere')
        if told.get(member) != value.get(member, 0):
            faults.append('docs/limits.md says %s of %s, which is %s' % (told.get(member), member, value.get(member, 0)))
        print('%-24s %10d  %s' % (member, value.get(member, 0), ', '.join(sorted(found)[:3])))
    faults += ['docs/limits.md has %s, which is no limit' % name for name in sorted(set(told) - set(members(header)))]
    faults += ['docs/limits.md names the test %s, which is not there' % name for name in missing_tests(page)]
    if faults:
        print('A new limit needs its line in docs/limits.md, and a test that exceeds it.')
    for fault in faults:
        print('FAILED: ' + fault)
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main())

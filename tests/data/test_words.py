#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_words.py SOURCE: every exported function of the library has a comment that says what it does. In builds without introspection, too; tests/bindings/check_reference.py looks closer."""
import glob
import os
import re
import sys
import unittest

SOURCE = sys.argv.pop(1)
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'support'))
import tap  # noqa: E402


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def wordless(headers, sources):
    """The functions of these headers without a description."""
    exported = {n for n in re.findall(r'P2P_EXPORT[^;(]*?\b(p2p_\w+) *\(', re.sub(r'/\*.*?\*/', '', headers, flags=re.S)) if not n.endswith('_get_type')}
    blocks = dict(re.findall(r'/\*\*\n \* (p2p_\w+):[^\n]*\n(.*?)\*/', sources, re.S))
    # what stands between the arguments and what it returns
    found = [n for n in exported if not re.search(r'^ \*\n \* (?!Returns:|Since:)\S', blocks.get(n, ''), re.M)]
    return sorted(found), len(exported)


class Words(unittest.TestCase):
    def test_every_function(self):
        library = os.path.join(SOURCE, 'src', 'p2p')
        headers = ''.join(read(os.path.join(library, n)) for n in re.findall(r'#include "([a-z]+/p2p-.*)"', read(os.path.join(library, 'p2p.h'))) if os.path.exists(os.path.join(library, n)))
        found, n = wordless(headers, ''.join(read(f) for f in glob.glob(os.path.join(library, '**', '*.[ch]'), recursive=True)))
        self.assertGreater(n, 250)
        self.assertEqual(found, [])

    def test_that_it_finds_one(self):
        header = 'P2P_EXPORT int p2p_one (void);\nP2P_EXPORT int p2p_two (void);\nP2P_EXPORT int p2p_three (void);\n'
        source = '/**\n * p2p_one:\n *\n * Says it.\n *\n * Returns: one\n */\n/**\n * p2p_two:\n *\n * Returns: two\n */\n'
        self.assertEqual(wordless(header, source), (['p2p_three', 'p2p_two'], 3))


if __name__ == '__main__':
    tap.main()

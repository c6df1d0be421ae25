#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No file that people write is longer than 600 lines: it is split where its concerns part. There is no list of exceptions. Argument: the source folder."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE = sys.argv[1]
MOST = 600
FOLDERS = ('build-aux', 'data', 'flatpak', 'src', 'tests', 'ui')
ENDINGS = ('.build', '.c', '.cpp', '.css', '.h', '.hpp', '.js', '.py', '.ui')


def find_long(top):
    """Of every file: its lines and its name, if they are too many."""
    for folder in FOLDERS:
        for where, _, names in os.walk(os.path.join(top, folder)):
            for name in sorted(names):
                path = os.path.join(where, name)
                if not name.endswith(ENDINGS) or os.path.islink(path):
                    continue
                with open(path, 'rb') as f:
                    lines = sum(1 for _ in f)
                if lines > MOST:
                    yield '%d lines: %s' % (lines, os.path.relpath(path, top))


class Lengths(unittest.TestCase):
    def test_of_this_tree(self):
        self.assertEqual(list(find_long(SOURCE)), [])

    def test_that_it_finds_one(self):
        with tempfile.TemporaryDirectory() as top:
            for folder, lines in (('src/p2p', MOST + 1), ('tests/app', MOST + 1), ('ui', MOST)):
                os.makedirs(os.path.join(top, folder))
                with open(os.path.join(top, folder, 'long.c'), 'w', encoding='utf-8') as f:
                    f.write('\n' * lines)
            self.assertEqual(list(find_long(top)), ['601 lines: src/p2p/long.c', '601 lines: tests/app/long.c'])


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()

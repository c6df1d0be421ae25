#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node.1 is well formed, and has the options, limits, commands and events of the program: all of them, and no others. (roundtable.1: test_desktop.py.)"""
import glob
import os
import re
import subprocess
import sys
import unittest

SOURCE = sys.argv.pop(1)
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'support'))
import tap  # noqa: E402


def read(*path):
    with open(os.path.join(SOURCE, *path), encoding='utf-8') as f:
        return f.read()


PAGE = os.path.join(SOURCE, 'src', 'node', 'roundtable-node.1')
CODE = '\n'.join(read(os.path.relpath(path, SOURCE)) for path in sorted(glob.glob(os.path.join(SOURCE, 'src', 'node', '*.c'))))


def section(name):
    page = read('src', 'node', 'roundtable-node.1').replace('\\-', '-')
    return re.split(r'^\.SH ', page.partition('\n.SH ' + name + '\n')[2], maxsplit=1, flags=re.M)[0]


def headings(text):
    """What paragraphs with a tag are about: the words before the arguments."""
    found = set()
    for line in re.findall(r'^\.TP\n\.(?:B|BR|BI) (.+)$', text, re.M):
        if line.startswith('"'):
            found.add(line.split('"')[1])
            continue
        names = re.split(r' ", " ', line)
        found |= {name.split(' ')[0] for name in names}
    return found


class NodePage(unittest.TestCase):
    def test_well_formed(self):
        done = subprocess.run(['groff', '-man', '-Tutf8', '-ww', '-z', PAGE], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout + done.stderr), (0, ''))
        version = re.search(r"^  version: '([^']+)'", read('meson.build'), re.M)[1]
        self.assertIn(version, read('src', 'node', 'roundtable-node.1').splitlines()[1])

    def test_options(self):
        known = {'--' + n for n in re.findall(r'^    \{ "([a-z-]+)", (?:0|\'\w\'), 0, G_OPTION', CODE, re.M)} | {'--help'}
        self.assertGreater(len(known), 20)
        told = set(re.findall(r'(?<![\w-])--[a-z-]+', section('OPTIONS').partition('\n.TP\n.B frame-before')[0]))
        self.assertEqual(told, known)

    def test_limits(self):
        known = {name.replace('_', '-') for name in re.findall(r'^  (?:guint32|gboolean) (\w+);', read('src', 'p2p', 'wire', 'p2p-limits.h').partition('typedef struct {')[2], re.M)}
        self.assertGreater(len(known), 80)
        page = read('src', 'node', 'roundtable-node.1').replace('\\-', '-')
        self.assertEqual(known - headings(page), set())

    def test_commands(self):
        known = set(re.findall(r'^  \{ "([a-z_-]+)", (?:run|rt_node_run)_\w+ \}', CODE, re.M))
        self.assertGreater(len(known), 30)
        text = re.split(r'\n\.SH EVENTS\n', read('src', 'node', 'roundtable-node.1').replace('\\-', '-').partition('\n.SH COMMANDS\n')[2])[0]
        self.assertEqual(headings(text), known)

    def test_events(self):
        known = set(re.findall(r'rt_node_begin_event \("([a-z-]+)"\)', CODE)) | {'add', 'delete'}
        self.assertEqual(headings(section('EVENTS')), known)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_rows.py SOURCE: no row of libadwaita takes for markup what is text. While a row is made its labels take markup, whatever use-markup says beside the title: rt_plain_row_new() knows the way."""
import glob
import os
import re
import sys
import unittest

SOURCE = sys.argv.pop(1)
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'support'))
import tap  # noqa: E402

# a call that makes a row or sets what it is, to its end
CALL = re.compile(r'g_object_(?:new|set) \([^;]*?;', re.S)
# a title that is neither a word of ours nor none
TITLE = re.compile(r'"(?:sub)?title", (?!_\(|NULL)')


def faults(text):
    """The calls that have use-markup beside a title, or make a row with a title that may be anything."""
    for call in CALL.findall(text):
        if '"use-markup", FALSE' in call and re.search('"(?:sub)?title"', call) or re.match(r'g_object_new \((?:ADW|RT)_TYPE_\w*ROW\b', call) and TITLE.search(call):
            yield ' '.join(call.split())


class Rows(unittest.TestCase):
    def test_of_this_tree(self):
        found, n = [], 0
        for path in glob.glob(os.path.join(SOURCE, 'src', 'app', '**', '*.c'), recursive=True):
            with open(path, encoding='utf-8') as f:
                text = f.read()
            n += text.count('rt_plain_row_new (')
            found += [f'{os.path.relpath(path, SOURCE)}: {fault}' for fault in faults(text)]
        self.assertEqual(found, [])
        self.assertGreater(n, 10)

    def test_that_it_finds_one(self):
        bad = ['g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE,\n "title", name, NULL);', 'g_object_set (row, "use-markup", FALSE, "subtitle", _("Words"), NULL);',
               'g_object_new (ADW_TYPE_ACTION_ROW, "title", name, NULL);']
        good = ['g_object_new (ADW_TYPE_ACTION_ROW, "title", _("Words"), NULL);', 'g_object_set (self->row, "use-markup", FALSE, NULL);', 'g_object_new (GTK_TYPE_WINDOW, "title", name, NULL);']
        self.assertEqual([bool(list(faults(text))) for text in bad + good], [True] * len(bad) + [False] * len(good))


if __name__ == '__main__':
    tap.main()

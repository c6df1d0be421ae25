#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test_states.py SOURCE: a state is never told by colour alone. Whatever is coloured for a state stands here, with what says the same in the same file: words, an icon, a shape."""
import glob
import os
import re
import sys
import unittest

SOURCE = sys.argv.pop(1)
sys.path.insert(0, os.path.join(SOURCE, 'tests', 'support'))
import tap  # noqa: E402

# classes of libadwaita and of ours that colour a state, and colours that are looked up to draw one
CLASS = r'error|warning|success|failed|trouble|unread|mention|private'
CODE = re.compile(r'(?:css_class|make_divider) \([^;]*?"(?:%s)"|"(?:error|warning|success)_color"' % CLASS)
UI = re.compile(r'<class name="(%s)"/>' % CLASS)
STYLE = re.compile(r'^([^\n{}]*\{)[^{}]*@(?:error|warning|success)_(?:bg_)?color', re.M)
# file: what else tells it there
BESIDE = {
    'src/app/archive/rt-archive-window.c': 'gtk_image_set_from_icon_name (self->verdict_icon',
    'src/app/chat/rt-chat-marks.c': 'make_divider (_("New messages"), "go-down-symbolic"',
    'src/app/chat/rt-chat-seal.c': 'gtk_image_set_from_icon_name (self->seal_image',
    'src/app/chat/rt-composer-files.c': 'failed ? "dialog-warning-symbolic"',
    'src/app/chat/rt-composer.c': 'gtk_image_set_from_icon_name (self->hint_image, is_error',
    'src/app/chat/rt-message-row.c': ('gtk_label_set_label (self->state_label, words)', 'gtk_label_set_label (self->tag_label', 'inset 4px 0 0 0'),
    'src/app/chat/rt-person-row.c': 'rt_person_state_word (rt_person_get_state (person))',
    'src/app/networks/rt-network-row.c': 'gtk_label_set_label (self->state_label, state_text)',
    'src/app/networks/rt-secret-entry.c': 'rt_hint_row_set_text (hint',
    'src/app/peers/rt-blocked-group.c': 'gtk_label_set_text (self->trouble',
    'src/app/peers/rt-person-dialog.c': 'gtk_image_set_from_icon_name (self->state_image',
    'src/app/peers/rt-reach-dialog.c': 'rt_hint_row_set_text (self->hint',
    'src/app/ring/rt-ring-glyph.c': 'lines (cr, x, y, radius, cross',
    'src/app/rt-entry-field.c': 'rt_hint_row_set_text (self->hint',
    'src/app/rt-hint-row.c': 'ok ? "emblem-ok-symbolic" : "dialog-warning-symbolic"',
    'src/app/search/rt-day-field.c': 'GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, why',
    'src/app/search/rt-search-row.c': 'gtk_label_set_label (self->trust_label, badge.word',
    'src/app/search/rt-search-dialog.c': 'gtk_label_set_label (self->days_label, wrong_from',
    'src/app/table/rt-key-details.c': 'gtk_label_set_text (self->trouble, words',
    'src/app/table/rt-key-format.c': 'return "dialog-error-symbolic"',
    'src/app/table/rt-value-editor.c': 'self->problem != NULL ? "dialog-warning-symbolic"',
    'src/app/traffic/rt-traffic-row.c': 'rt_traffic_verdict_icon (self->item)',
    'ui/rt-key-editor.ui': 'id="key_problem"',
    'ui/rt-preferences-window.ui': 'id="trouble_label"',
}
# rules that take such a colour: of the classes above, or beside words and icons that are always there
RULES = ('.rt-banner {', '.rt-banner > image {', '.table-change.trouble {', 'message > .state.failed {', '.composer-hint.error image {', '.composer-file.failed image {', '.link-warning image {', '.seal.warning {')


def read(path):
    with open(path, encoding='utf-8') as f:
        return f.read()


def coloured(text):
    """Is anything in it coloured for a state?"""
    return bool(CODE.search(text) or UI.search(text))


class States(unittest.TestCase):
    def setUp(self):
        paths = glob.glob(os.path.join(SOURCE, 'src', 'app', '**', '*.c'), recursive=True) + glob.glob(os.path.join(SOURCE, 'ui', '**', '*.ui'), recursive=True)
        self.texts = {os.path.relpath(p, SOURCE): read(p) for p in paths}
        self.style = {p: read(p) for p in glob.glob(os.path.join(SOURCE, 'data', '*.css'))}

    def test_all_are_listed(self):
        self.assertEqual(sorted(p for p, text in self.texts.items() if coloured(text)), sorted(BESIDE))

    def test_each_is_told_beside(self):
        everything = '\n'.join(self.style.values())
        for path, needed in BESIDE.items():
            for part in (needed,) if isinstance(needed, str) else needed:
                self.assertTrue(part in self.texts[path] or part in everything, f'{path}: {part}')

    def test_rules(self):
        self.assertEqual({rule.strip() for text in self.style.values() for rule in STYLE.findall(text)}, set(RULES))

    def test_that_it_finds_one(self):
        for text in ('gtk_widget_add_css_class (self->row, "error");', 'gtk_widget_add_css_class (label, good ? "success" : "warning");', 'set_css_class (box, "failed", is_bad);',
                     'look_up (style, "warning_color", &c);', '<class name="error"/>'):
            self.assertTrue(coloured(text), text)
        self.assertFalse(coloured('gtk_widget_add_css_class (row, "flat"); g_object_get (x, "error", &error, NULL);'))


if __name__ == '__main__':
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user guide: each page is one, each link leads somewhere, each page is found, and what it calls a button or a key is one. Argument: source folder."""
import os
import re
import sys
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE = sys.argv[1]
GUIDE = os.path.join(SOURCE, 'docs', 'guide', 'C')
NS = '{http://projectmallard.org/1.0/}'
INLINE = {'gui', 'guiseq', 'key', 'keyseq', 'em', 'code', 'cmd', 'file', 'link'}
# what may stand in what: the part of Mallard that src/app/help/rt-guide-page.c reads
INSIDE = {
    'page': {'info', 'title', 'section', 'p', 'list', 'steps', 'note', 'screen', 'table'},
    'section': {'title', 'section', 'p', 'list', 'steps', 'note', 'screen', 'table'},
    'info': {'link', 'title', 'desc'},
    'list': {'item'}, 'steps': {'item'}, 'item': {'p'}, 'note': {'p'}, 'table': {'tr'}, 'tr': {'td'}, 'td': {'p'},
    'p': INLINE, 'keyseq': {'key'}, 'guiseq': {'gui'}, 'link': set(),
}
# words of a button that libadwaita brings
OF_OTHERS = {'Troubleshooting'}
NAMES = {'Control': 'Ctrl', 'comma': ',', 'question': '?', 'period': '.', 'Return': 'Enter', 'Escape': 'Esc', 'space': 'Space', 'Page_Down': 'Page Down', 'Page_Up': 'Page Up', 'plus': '+', 'minus': '-'}


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding='utf-8') as f:
        return f.read()


def tag(element):
    return element.tag.removeprefix(NS)


def words(element):
    return ' '.join(''.join(element.itertext()).split())


def pages():
    return {n[:-len('.page')]: ET.fromstring(read('docs', 'guide', 'C', n).encode()) for n in sorted(os.listdir(GUIDE)) if n.endswith('.page')}


def targets(page):
    """Where its text and its head lead to."""
    return [link.get('xref') for link in page.iter(NS + 'link')]


def parse_keys(cell):
    """<Control><Shift>n as a person writes it: Ctrl+Shift+N; several, and a range, as a set."""
    found = []
    for element in cell.find(NS + 'p'):
        found.append(tuple(words(k) for k in ([element] if tag(element) == 'key' else element)))
    return found


def name_keys(accelerator):
    said = re.fullmatch(r'((?:<\w+>)*)(\d)\.\.\.(\d)', accelerator)
    found = []
    for one in [said[1] + said[2], said[1] + said[3]] if said else accelerator.split():
        parts = re.findall(r'<(\w+)>', one) + [re.sub(r'<\w+>', '', one)]
        found.append(tuple(NAMES.get(k, k.upper() if len(k) == 1 else k) for k in parts))
    return found


def strings():
    """Of the program, as patterns: what is put into them may be anything; a mnemonic's line is not seen."""
    found = set()
    for folder, pattern in (('ui', r'translatable="yes"[^>]*>([^<]*)<'), ('src/app', r'"((?:[^"\\\n]|\\.)*)"'), ('src/model', r'"((?:[^"\\\n]|\\.)*)"')):
        for where, _, names in os.walk(os.path.join(SOURCE, folder)):
            for name in names:
                if name.endswith(('.ui', '.c')):
                    with open(os.path.join(where, name), encoding='utf-8') as f:
                        found.update(re.findall(pattern, f.read()))
    patterns = set()
    for text in found:
        text = text.replace('_', '').replace('&amp;', '&')
        for part in {text, text.split(':')[0], text.split(' (')[0], text.split('. ')[0], text.rstrip('.')}:
            if len(re.findall(r'[^\W\d]', re.sub(r'%\S*', '', part))) >= 3:
                patterns.add('.+'.join(re.escape(p) for p in re.split(r"%'?[\d.]*l?[a-z]", part)))
    return re.compile('|'.join(sorted(patterns)))


class Guide(unittest.TestCase):
    def test_each_is_a_page(self):
        self.assertGreaterEqual(len(pages()), 15)
        for name, page in pages().items():
            self.assertEqual(tag(page), 'page', name)
            self.assertEqual(page.get('id'), name)
            self.assertEqual(page.get('type'), 'guide' if name == 'index' else 'topic', name)
            self.assertTrue(words(page.find(NS + 'title')), name)
            self.assertTrue(words(page.find(f'{NS}info/{NS}desc')), name)
            self.assertEqual(page.find(f'{NS}info/{NS}title').get('type'), 'sort', name)
            for element in page.iter():
                for child in element:
                    self.assertIn(tag(child), INSIDE.get(tag(element), set()), f'{name}: <{tag(element)}> has a <{tag(child)}>, which the window does not show')
                if tag(element) in INLINE | {'p', 'title', 'desc', 'screen'} and element.get('type') not in ('guide', 'seealso'):
                    self.assertTrue(words(element), f'{name}: <{tag(element)}> without words')
                if tag(element) == 'section':
                    self.assertTrue(element.get('id') and element.find(NS + 'title') is not None, name)
                if tag(element) == 'tr':
                    self.assertEqual(len(element), 2, name)

    def test_each_link_leads_somewhere(self):
        all_pages = pages()
        sections = {name: [s.get('id') for s in page.iter(NS + 'section')] for name, page in all_pages.items()}
        for name, page in all_pages.items():
            self.assertEqual(len(sections[name]), len(set(sections[name])), name)
            for target in targets(page):
                where, _, section = target.partition('#')
                self.assertIn(where, all_pages, f'{name} leads to {target}')
                self.assertTrue(not section or section in sections[where], f'{name} leads to {target}')

    def test_each_is_found_from_the_index(self):
        """It is listed in a section of the index, at a place of its own, and no section is empty."""
        places, sorts = {}, []
        for name, page in pages().items():
            if name == 'index':
                continue
            listed = [link.get('xref') for link in page.findall(f'{NS}info/{NS}link') if link.get('type') == 'guide']
            self.assertEqual(len(listed), 1, name)
            self.assertRegex(listed[0], r'^index#\w+$', name)
            places.setdefault(listed[0].partition('#')[2], []).append(name)
            sorts.append(words(page.find(f'{NS}info/{NS}title')))
        self.assertEqual({s.get('id') for s in pages()['index'].iter(NS + 'section')}, set(places))
        self.assertEqual(len(sorts), len(set(sorts)), 'two pages have one place')

    def test_each_is_bundled_and_installed(self):
        names = [n + '.page' for n in pages()]
        self.assertEqual(sorted(re.findall(r'<file>C/(.*)</file>', read('data', 'roundtable.gresource.xml'))), names)
        self.assertEqual(sorted(re.findall(r"'C/(.*)',", read('docs', 'guide', 'meson.build'))), names)

    def test_the_keys_are_those_of_the_window(self):
        """Both ways, group by group."""
        groups = {}
        for group in ET.fromstring(read('data', 'help-overlay.ui').encode()).iter('object'):
            if group.get('class') != 'GtkShortcutsGroup':
                continue
            title = group.find("property[@name='title']").text
            groups[title] = [(s.find("property[@name='title']").text, name_keys(s.find("property[@name='accelerator']").text))
                             for s in group.iter('object') if s.get('class') == 'GtkShortcutsShortcut']
        told = {words(s.find(NS + 'title')): [(words(row[0]), parse_keys(row[1])) for row in s.iter(NS + 'tr')]
                for s in pages()['keyboard'].iter(NS + 'section')}
        self.assertGreater(sum(map(len, groups.values())), 40)
        self.assertEqual(told, groups)

    def test_what_it_names_is_there(self):
        """A button, a menu entry or words of the window are called as the program calls them."""
        known = strings()
        self.assertIsNone(known.fullmatch('No button is called so'))
        for name, page in pages().items():
            for gui in page.iter(NS + 'gui'):
                said = words(gui)
                self.assertTrue(said in OF_OTHERS or known.fullmatch(said), f'{name}: nothing in the program is called “{said}”')

    def test_help_about_what_is_shown(self):
        """What F1 opens is there: the pages of a network, and those that the code names."""
        all_pages = pages()
        listed = dict(re.findall(r'^  \{ "(Rt\w+)", "([a-z#-]+)" \},$', read('src', 'app', 'rt-application-help.c'), re.M))
        self.assertGreaterEqual(len(listed), 12)
        code = ''.join(read(os.path.relpath(os.path.join(where, name), SOURCE)) for where, _, names in os.walk(os.path.join(SOURCE, 'src', 'app')) for name in names if name.endswith('.c'))
        windows = set(re.findall(r'G_DEFINE_FINAL_TYPE \((Rt\w+), \w+, ADW_TYPE_(?:WINDOW|MESSAGE_DIALOG|PREFERENCES_WINDOW)\)', code))
        self.assertEqual(set(listed) - windows, set())
        targets = ['start', *listed.values()]
        view = ET.fromstring(read('ui', 'rt-network-view.ui').encode())
        names = [p.find("property[@name='name']").text for p in view.iter('object') if p.get('class') == 'AdwViewStackPage']
        self.assertIn('chat', names)
        for target in targets + names:
            where, _, section = target.partition('#')
            self.assertIn(where, all_pages)
            self.assertTrue(not section or section in [s.get('id') for s in all_pages[where].iter(NS + 'section')], target)


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop is told of the program, and what its windows are made of. Arguments: source folder, build folder."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE, BUILD = sys.argv[1], sys.argv[2]
APP_ID = 'org.roundtable.Roundtable'


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding='utf-8') as f:
        return f.read()


def ui_files():
    return sorted(n for n in os.listdir(os.path.join(SOURCE, 'ui')) if n.endswith('.ui'))


def column_files():
    """What a list makes its items of: templates without a class of their own."""
    return [f'columns/{n}' for n in sorted(os.listdir(os.path.join(SOURCE, 'ui', 'columns'))) if n.endswith('.ui')]


def sources(folder='src'):
    for where, _, names in os.walk(os.path.join(SOURCE, folder)):
        for n in sorted(names):
            if n.endswith('.c'):
                yield os.path.relpath(os.path.join(where, n), SOURCE)


def run(*argv):
    if shutil.which(argv[0]) is None:
        raise unittest.SkipTest(f'{argv[0]} is not installed')
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


class Desktop(unittest.TestCase):
    def test_desktop_entry(self):
        r = run('desktop-file-validate', os.path.join(BUILD, 'data', APP_ID + '.desktop'))
        self.assertEqual((r.returncode, r.stdout + r.stderr), (0, ''))

    def test_service(self):
        """The name that is called starts the program that is installed, and is that of the desktop entry."""
        with open(os.path.join(BUILD, 'data', APP_ID + '.service'), encoding='utf-8') as f:
            self.assertRegex(f.read(), rf'^\[D-BUS Service\]\nName={APP_ID}\nExec=/\S*/roundtable --gapplication-service\n$')
        entry = read('data', APP_ID + '.desktop.in')
        self.assertIn('DBusActivatable=true\n', entry)
        # a desktop calls them by the bus: they are actions of the program
        code = read('src', 'app', 'rt-application-actions.c')
        for action in re.search(r'^Actions=(.*);$', entry, re.M)[1].split(';'):
            self.assertIn(f'.name = "{action}"', code)
            self.assertIn(f'[Desktop Action {action}]', entry)

    def test_schema(self):
        with tempfile.TemporaryDirectory() as folder:
            r = run('glib-compile-schemas', '--strict', '--targetdir', folder, os.path.join(SOURCE, 'data'))
            self.assertEqual((r.returncode, r.stdout + r.stderr), (0, ''))
        schema = ET.fromstring(read('data', APP_ID + '.gschema.xml').encode())
        self.assertEqual(schema.get('gettext-domain'), 'roundtable')
        for key in schema.iter('key'):
            for words in ('summary', 'description'):
                self.assertTrue((key.findtext(words) or '').strip(), f'{key.get("name")} has no {words}')

    def test_man_page(self):
        """It is well formed, and names every option and nothing else that looks like one."""
        path = os.path.join(SOURCE, 'src', 'app', 'roundtable.1')
        r = run('groff', '-man', '-Tutf8', '-ww', '-z', path)
        self.assertEqual((r.returncode, r.stdout + r.stderr), (0, ''))
        page = read('src', 'app', 'roundtable.1').replace('\\-', '-')
        code = read('src', 'app', 'rt-application-ask.c')
        options = {'--' + n for n in re.findall(r'^  \{ "([a-z-]+)", \'', code, re.M)} | {'--help', '--gapplication-service'}
        self.assertGreaterEqual(len(options), 5)
        self.assertEqual(set(re.findall(r'--[a-z-]+', page)), options)
        version = re.search(r"version: '([^']+)'", read('meson.build'))[1]
        self.assertIn(f'"roundtable {version}"', page)
        # an action that it names is one
        for action in re.findall(r'^\.BR? ([a-z-]+)(?: [,.])?$', page[page.index('.SH D-BUS'):page.index('.SH SEE')], re.M):
            self.assertIn(f'.name = "{action}"', read('src', 'app', 'rt-application-actions.c'))

    def test_keys_are_in_the_help(self):
        """The window of the shortcuts names every key that the program has, and every one in a menu is the program's."""
        keys = {k for line in re.findall(r'^  \{ "[\w.()-]+", \{ (.*) \} \},$', read('src', 'app', 'rt-application-actions.c'), re.M) for k in re.findall(r'"([^"]+)"', line)}
        self.assertGreater(len(keys), 15)
        known = set()
        for text in ET.fromstring(read('data', 'help-overlay.ui').encode()).iter('property'):
            if text.get('name') == 'accelerator':
                for k in (text.text or '').split():
                    known.update(re.sub(r'\d\.\.\.', '', k).split('...') if '...' in k else [k])
        # one of several keys is enough; the pages are a range
        for line in re.findall(r'^  \{ "([\w.()-]+)", \{ (.*) \} \},$', read('src', 'app', 'rt-application-actions.c'), re.M):
            if 'nth-page' in line[0]:
                continue
            self.assertTrue(known & set(re.findall(r'"([^"]+)"', line[1])), f'{line[0]} is not in the window of the shortcuts, which has {sorted(known)}')

    def test_metainfo(self):
        r = run('appstreamcli', 'validate', '--no-net', os.path.join(BUILD, 'data', APP_ID + '.metainfo.xml'))
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)

    def test_icons(self):
        for name in (APP_ID + '.svg', APP_ID + '-symbolic.svg'):
            root = ET.parse(os.path.join(SOURCE, 'data', 'icons', name)).getroot()
            self.assertEqual(root.tag, '{http://www.w3.org/2000/svg}svg')
            self.assertEqual(root.get('width'), root.get('height'))


class Resources(unittest.TestCase):
    def listed(self):
        tree = ET.fromstring(read('data', 'roundtable.gresource.xml').encode())
        return {group.get('prefix'): [f.text for f in group.findall('file')] for group in tree}

    def test_every_ui_is_bundled(self):
        self.assertEqual(sorted(self.listed()['/org/roundtable/Roundtable/ui']), sorted(ui_files() + column_files()))

    def test_every_template_has_its_class(self):
        """One type, one file: rt-chat-page.ui is the template of RtChatPage in rt-chat-page.c."""
        by_name = {os.path.basename(p): p for p in sources('src/app')}
        for name in ui_files():
            base = name[:-len('.ui')]
            template = ET.fromstring(read('ui', name).encode()).find('template')
            self.assertIsNotNone(template, name)
            self.assertEqual(template.get('class'), ''.join(w.capitalize() for w in base.split('-')), name)
            self.assertIn(base + '.c', by_name)
            self.assertIn(f'/ui/{name}"', read(by_name[base + '.c']))


class Windows(unittest.TestCase):
    """What the house style asks of every .ui file."""

    def objects(self):
        for name in ui_files() + column_files():
            text = read('ui', name)
            documents = [text] + re.findall(r'<!\[CDATA\[\s*(.*?)\]\]>', text, re.S)
            for d in documents:
                root = ET.fromstring(d.encode())
                for o in list(root.iter('object')) + list(root.iter('template')):
                    yield name, o

    def property(self, o, name):
        for p in o.findall('property'):
            if p.get('name') == name:
                return (p.text or '').strip()
        return None

    def test_icon_buttons_have_tooltip_and_name(self):
        n = 0
        for name, o in self.objects():
            if o.get('class') not in ('GtkButton', 'GtkMenuButton', 'GtkToggleButton') or not self.property(o, 'icon-name'):
                continue
            n += 1
            where = f'{name}: {o.get("id")} {self.property(o, "icon-name")}'
            # what changes, or holds something (the network, the peer, …), is given in the code
            base = name[:-len('.ui')] + '.c'
            code = next((read(p) for p in sources('src/app') if os.path.basename(p) == base), '')
            if not self.property(o, 'tooltip-text'):
                self.assertRegex(code, rf'set_tooltip_text \([^;]*{o.get("id")}', where)
            if not any(p.get('name') == 'label' for p in o.findall('accessibility/property')):
                self.assertRegex(code, rf'{o.get("id")}\)?, GTK_ACCESSIBLE_PROPERTY_LABEL', where)
        self.assertGreater(n, 10)

    def test_start_and_end(self):
        for name, o in self.objects():
            for p in o.findall('property'):
                self.assertNotRegex(p.get('name'), r'margin-(left|right)|can-focus', name)
                if p.get('name') in ('halign', 'justify'):
                    self.assertNotEqual(p.text, 'right', name)

    def test_no_widget_of_old(self):
        old = {'GtkTreeView', 'GtkComboBox', 'GtkComboBoxText', 'GtkDialog', 'GtkMessageDialog', 'GtkInfoBar', 'GtkStatusbar'}
        for name, o in self.objects():
            self.assertNotIn(o.get('class'), old, name)

    def test_colours_have_names(self):
        for css in ('style.css', 'chat.css'):
            text = re.sub(r'/\*.*?\*/', '', read('data', css), flags=re.S)
            self.assertNotRegex(text, r'#[0-9a-fA-F]{3,8}\b|rgba?\(', css)


class Translations(unittest.TestCase):
    def listed(self):
        return [n for n in read('po', 'POTFILES.in').splitlines() if n and not n.startswith('#')]

    def test_every_file_with_words_is_listed(self):
        wanted = {p for p in sources() if re.search(r'\b(_|N_|C_|ngettext) ?\("', read(p))}
        wanted |= {f'ui/{n}' for n in ui_files() + column_files() if 'translatable="yes"' in read('ui', n)}
        wanted |= {'data/help-overlay.ui', f'data/{APP_ID}.desktop.in', f'data/{APP_ID}.metainfo.xml.in', f'data/{APP_ID}.gschema.xml'}
        missing = sorted(wanted - set(self.listed()))
        self.assertEqual(missing, [], 'add these to po/POTFILES.in')

    def test_every_listed_file_is_there(self):
        gone = [n for n in self.listed() if not os.path.exists(os.path.join(SOURCE, n))]
        self.assertEqual(gone, [])
        self.assertEqual(len(self.listed()), len(set(self.listed())), 'a file is listed twice')

    def test_catalogues(self):
        languages = [n for n in read('po', 'LINGUAS').split('\n') if n and not n.startswith('#')]
        self.assertTrue(languages)
        for language in languages:
            r = run('msgfmt', '--check', '-o', os.devnull, os.path.join(SOURCE, 'po', language + '.po'))
            self.assertEqual(r.returncode, 0, r.stderr)


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()

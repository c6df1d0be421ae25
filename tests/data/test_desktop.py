#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a desktop is told of the program, and what its windows are made of. Arguments: source folder, build folder."""
import ast
import os
import re
import shutil
import struct
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
        for path in (('src', 'app', 'roundtable.1'), ('src', 'node', 'roundtable-node.1')):
            path = os.path.join(SOURCE, *path)
            r = run('groff', '-man', '-Tutf8', '-ww', '-z', path)
            self.assertEqual((r.returncode, r.stdout + r.stderr), (0, ''))
            # long lines of source are our style
            r = run('mandoc', '-T', 'lint', '-W', 'warning', path)
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

    def test_keys_of_the_graph_are_in_the_help(self):
        """They are not in the table of the program's actions: each that does something there is named, by one of its keys, and none that does nothing."""
        code = read('src', 'app', 'peers', 'rt-graph-input.c')
        moves = re.findall(r'\{ GDK_KEY_(\w+), GDK_KEY_KP_\w+, (-?\d), (-?\d) \}', code)
        bound = [({k}, k) for k, _, _ in moves] + [({f'<Control>{k}'}, f'<Control>{k}') for k, dx, dy in moves if (dx, dy) != ('0', '0')] + [({'Escape'}, 'Escape')]
        actions = {}
        for k, action in re.findall(r'\{ GDK_KEY_(\w+), "(graph\.[\w-]+)" \}', code):
            actions.setdefault(action, set()).add(k)
        bound += [(keys, action) for action, keys in actions.items()]
        self.assertEqual(len(bound), 14)
        for group in ET.fromstring(read('data', 'help-overlay.ui').encode()).iter('object'):
            if group.get('class') == 'GtkShortcutsGroup' and group.find("property[@name='title']").text == 'Graph of the peers':
                told = {k for text in group.iter('property') if text.get('name') == 'accelerator' for k in text.text.split()}
        for keys, what in bound:
            self.assertEqual(len(keys & told), 1, what)
        self.assertEqual(told - {k for keys, _ in bound for k in keys}, set())

    def test_metainfo(self):
        r = run('appstreamcli', 'validate', '--no-net', os.path.join(BUILD, 'data', APP_ID + '.metainfo.xml'))
        self.assertEqual(r.returncode, 0, r.stdout + r.stderr)

    def test_screenshots(self):
        """What the metainfo shows is what make screenshots makes, is there, and is as large as it says."""
        root = ET.fromstring(read('data', APP_ID + '.metainfo.xml.in').encode())
        shown = []
        for picture in root.iter('screenshot'):
            self.assertTrue(picture.findtext('caption'))
            image = picture.find('image')
            name = re.fullmatch(r'https://\S+/screenshots/([a-z]+\.png)', image.text)[1]
            shown.append(name[:-len('.png')])
            with open(os.path.join(SOURCE, 'docs', 'screenshots', name), 'rb') as f:
                head = f.read(24)
            self.assertEqual(struct.unpack('>8s8xII', head), (b'\x89PNG\r\n\x1a\n', int(image.get('width')), int(image.get('height'))), name)
        made = re.search(r'^PICTURES = (\(.*\))$', read('tests', 'ui', 'screenshots.py'), re.M)[1]
        self.assertEqual(shown, list(ast.literal_eval(made)))
        self.assertEqual(sorted(os.listdir(os.path.join(SOURCE, 'docs', 'screenshots'))), sorted(n + '.png' for n in shown))

    def test_metainfo_is_complete(self):
        """What a software centre shows beside the words: colours for both themes, an age, notes on the version that is built."""
        root = ET.fromstring(read('data', APP_ID + '.metainfo.xml.in').encode())
        self.assertEqual({c.get('scheme_preference') for c in root.findall('branding/color')}, {'light', 'dark'})
        self.assertEqual(root.find('content_rating').get('type'), 'oars-1.1')
        # nobody watches over what is said, and others get to know name and address: nothing else of what is asked about happens
        self.assertEqual({a.get('id'): a.text for a in root.iter('content_attribute')}, {'social-chat': 'intense', 'social-info': 'intense'})
        version = re.search(r"version: '([^']+)'", read('meson.build'))[1]
        newest = root.find('releases/release')
        self.assertEqual(newest.get('version'), version)
        self.assertTrue(list(newest.find('description')))

    def test_icons(self):
        for name in os.listdir(os.path.join(SOURCE, 'data', 'icons')):
            root = ET.parse(os.path.join(SOURCE, 'data', 'icons', name)).getroot()
            self.assertEqual(root.tag, '{http://www.w3.org/2000/svg}svg')
            self.assertEqual(root.get('width'), root.get('height'))
            self.assertEqual({c for e in root.iter() for c in (e.get('href'), e.get('{http://www.w3.org/1999/xlink}href')) if c and not c.startswith('#')}, set())
            for size in (16, 128):
                seen = self.draw(os.path.join(SOURCE, 'data', 'icons', name), size)
                self.assertGreater(sum(a > 128 for a in seen), 0.1 * size * size, f'{name} is empty at {size} px')

    @staticmethod
    def draw(path, size):
        """How opaque each of its points is."""
        try:
            import gi
            gi.require_version('GdkPixbuf', '2.0')
            from gi.repository import GdkPixbuf
        except (ImportError, ValueError) as e:
            raise unittest.SkipTest(f'nothing that draws: {e}')
        picture = GdkPixbuf.Pixbuf.new_from_file_at_size(path, size, size)
        assert picture.get_has_alpha() and (picture.get_width(), picture.get_height()) == (size, size)
        return picture.get_pixels()[3::4]


class Resources(unittest.TestCase):
    def listed(self):
        tree = ET.fromstring(read('data', 'roundtable.gresource.xml').encode())
        return {group.get('prefix'): [f.text for f in group.findall('file')] for group in tree}

    def test_every_ui_is_bundled(self):
        self.assertEqual(sorted(self.listed()['/org/roundtable/Roundtable/ui']), sorted(ui_files() + column_files()))

    def test_every_icon_is_somewhere(self):
        """An icon that no theme need have is the program's own: what an older Adwaita has, a newer one may lack, and shows as a broken picture."""
        tree = ET.fromstring(read('data', 'roundtable.gresource.xml').encode())
        own = {f.get('alias')[:-len('.svg')] for f in tree.iter('file') if (f.get('alias') or '').endswith('-symbolic.svg')}
        known = {n for n in read('tests', 'data', 'adwaita-icons').splitlines() if not n.startswith('#')}
        named = {n: name for name in [*sources('src/app'), *sources('src/model')] for n in re.findall(r'"([a-z0-9-]+-symbolic)"', read(name))}
        named.update((n, name) for name in (os.path.join('ui', n) for n in ui_files() + column_files()) for n in re.findall(r'>\s*([a-z0-9-]+-symbolic)\s*<', read(name)))
        self.assertGreater(len(named), 50)
        self.assertEqual({n: where for n, where in named.items() if n not in own | known}, {},
                         'draw it in data/icons, name it in data/roundtable.gresource.xml (or take one of tests/data/adwaita-icons)')

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

    def test_builder_knows_them(self):
        """The properties and signals of GTK's and libadwaita's own widgets are there. (gtk4-builder-tool needs a display, and knows nothing of libadwaita or of our types.)"""
        try:
            import gi
            for name, version in (('Gtk', '4.0'), ('Adw', '1')):
                gi.require_version(name, version)
            from gi.repository import Adw, GObject, Gtk
        except (ImportError, ValueError) as e:
            self.skipTest(f'no introspection of GTK: {e}')
        n = 0
        for name, o in list(self.objects()) + [('help-overlay', o) for o in ET.fromstring(read('data', 'help-overlay.ui').encode()).iter('object')]:
            of = o.get('parent') if o.tag == 'template' else o.get('class')
            where = f'{name}: {of} {o.get("id")}'
            if of is None or of.startswith('Rt'):
                continue
            cls = getattr({'Gtk': Gtk, 'Adw': Adw}.get(of[:3]), of[3:], None)
            if cls is None:
                # of GIO and GObject there are a few
                self.assertRegex(of, '^G(List|Menu|Settings|Simple)', where)
                continue
            known = {p.name for p in cls.list_properties()}
            for p in o.findall('property'):
                n += 1
                # those of a template are its own, too
                if o.tag == 'object':
                    self.assertIn(p.get('name').replace('_', '-'), known, where)
            for s in o.findall('signal'):
                if o.tag == 'object':
                    self.assertTrue(GObject.signal_lookup(s.get('name').partition('::')[0], cls.__gtype__), f'{where} has no signal {s.get("name")}')
        self.assertGreater(n, 1000)

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


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""check_reference.py GIR SOURCE: no public symbol of p2p-glib is without its words, none of its parameters, results, signals, properties, members and fields."""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support'))
import tap  # noqa: E402

C, GOBJECT, CTYPE = ('{http://www.gtk.org/introspection/%s/1.0}' % n for n in ('core', 'glib', 'c'))
KINDS = {'function', 'method', 'constructor', 'callback', 'virtual-method', 'property', 'member', 'field', 'enumeration', 'bitfield', 'record', 'class', 'interface', 'constant', 'alias',
         'function-macro', 'union'}
SIGNAL = GOBJECT + 'signal'
CALLS = {C + k for k in ('function', 'method', 'constructor', 'callback', 'virtual-method')} | {SIGNAL}
GIR, SOURCE = sys.argv[1:3]
del sys.argv[1:3]


def words(element):
    doc = element.find(C + 'doc')
    return '' if doc is None or doc.text is None else doc.text.strip()


def name_of(element, parents):
    name = element.get(CTYPE + 'identifier') or element.get(CTYPE + 'type') or element.get('name', '?')
    above = parents.get(element)
    return name if name.lower().startswith('p2p') or above is None else '%s of %s' % (name, above.get(CTYPE + 'type') or above.get('name'))


def undocumented(root):
    """What has no words, as text; how much there is."""
    namespace = root.find(C + 'namespace')
    parents = {child: element for element in namespace.iter() for child in element}
    found, n = [], 0
    for element in namespace.iter():
        kind = element.tag.partition('}')[2]
        if element.tag != SIGNAL and (not element.tag.startswith(C) or kind not in KINDS):
            continue
        above = parents.get(element)
        # what a macro makes for a final type, and what nobody may touch
        if element.get(GOBJECT + 'is-gtype-struct-for') and element.get('disguised') == '1' or element.get('private') == '1':
            continue
        struct = element if kind == 'record' else above if kind == 'field' else None
        if struct is not None and struct.get(GOBJECT + 'is-gtype-struct-for') and not words(struct) and len(struct.findall(C + 'field')) == 1:
            continue
        if kind == 'field' and (above.tag == C + 'class' or element.find(C + 'callback') is not None or element.get('readable') == '0'):
            continue
        n += 1
        name = name_of(element, parents)
        if not words(element):
            found.append('%s %s' % (kind, name))
        if element.tag not in CALLS:
            continue
        for parameter in element.findall('%sparameters/%sparameter' % (C, C)):
            n += 1
            if not words(parameter):
                found.append('parameter %s of %s' % (parameter.get('name'), name))
        result = element.find(C + 'return-value')
        kind_of_result = result.find(C + 'type') if result is not None else None
        if result is not None and (kind_of_result is None or kind_of_result.get('name') != 'none'):
            n += 1
            if not words(result):
                found.append('what %s returns' % name)
    return found, n


class Reference(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = ET.parse(GIR).getroot()

    def test_everything_has_words(self):
        found, n = undocumented(self.root)
        self.assertGreater(n, 1000)
        self.assertEqual(found, [])

    def test_this_test_can_fail(self):
        """Without its words each kind of thing is found."""
        before = len(undocumented(self.root)[0])
        for path in ('class/method', 'class/property', 'enumeration/member', 'record/field', 'constant', 'function', 'class', 'callback'):
            root = ET.fromstring(ET.tostring(self.root))
            element = next(e for e in root.iterfind('%snamespace/%s' % (C, '/'.join(C + p for p in path.split('/')))) if words(e) and e.get('private') != '1')
            element.remove(element.find(C + 'doc'))
            self.assertEqual(len(undocumented(root)[0]), before + 1, path)
        root = ET.fromstring(ET.tostring(self.root))
        signal = root.find('.//' + SIGNAL)
        signal.remove(signal.find(C + 'doc'))
        method = next(m for m in root.iter(C + 'method') if m.find('%sparameters/%sparameter' % (C, C)) is not None)
        parameter = method.find('%sparameters/%sparameter' % (C, C))
        parameter.remove(parameter.find(C + 'doc'))
        self.assertEqual(len(undocumented(root)[0]), before + 2)

    def test_every_failure_is_told(self):
        """What can fail says with which error."""
        for call in self.root.iter():
            if call.tag in CALLS and call.get('throws') == '1' and not call.get(CTYPE + 'identifier', '').endswith('_async'):
                text = words(call) + words(call.find(C + 'return-value'))
                self.assertRegex(text, r'_ERROR|\berrors? of\b', call.get(CTYPE + 'identifier'))

    def test_what_bindings_do_not_see_has_words_too(self):
        umbrella = open(os.path.join(SOURCE, 'src', 'p2p', 'p2p.h'), encoding='utf-8').read()
        headers = ''.join(open(os.path.join(SOURCE, 'src', 'p2p', name), encoding='utf-8').read() for name in re.findall(r'#include "(.*)"', umbrella) if 'version' not in name)
        headers = re.sub(r'/\*.*?\*/', '', headers, flags=re.S)
        exported = {n for n in re.findall(r'P2P_EXPORT[^;(]*?\b(p2p_\w+) *\(', headers) if not n.endswith('_get_type')}
        self.assertGreater(len(exported), 200)
        seen = {e.get(CTYPE + 'identifier') for e in self.root.iter()}
        sources = ''.join(open(f, encoding='utf-8').read() for f in glob.glob(os.path.join(SOURCE, 'src', 'p2p', '**', '*.[ch]'), recursive=True))
        for name in sorted(exported - seen):
            block = re.search(r'/\*\*\n \* %s:.*?\*/' % name, sources, re.S)
            self.assertIsNotNone(block, name)
            self.assertGreaterEqual(len(re.findall(r'^ \* [A-Z][a-z].*', block[0], re.M)), 1, name)

    def test_gi_docgen_finds_nothing(self):
        if shutil.which('gi-docgen') is None:
            tap.skip_or_fail('there is no gi-docgen')
        with tempfile.NamedTemporaryFile('w', suffix='.toml') as config:
            config.write('[library]\nversion = "1"\n')
            config.flush()
            done = subprocess.run(['gi-docgen', 'check', '--quiet', '--fatal-warnings', '--config', config.name, GIR], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ''), done.stdout + done.stderr)

    def test_the_program_in_it_compiles(self):
        page = open(os.path.join(SOURCE, 'docs', 'reference', 'overview.md'), encoding='utf-8').read()
        code = re.search(r'^```c\n(.*?)^```$', page, re.M | re.S)[1]
        flags = subprocess.run(['pkg-config', '--cflags', 'gio-2.0'], capture_output=True, text=True, check=True).stdout.split()
        built = os.path.dirname(os.path.dirname(os.path.abspath(GIR)))
        done = subprocess.run(['cc', '-fsyntax-only', '-Wall', '-Wextra', '-Wno-unused-parameter', '-Werror', '-I' + os.path.join(SOURCE, 'src'), '-I' + built, *flags, '-xc', '-'],
                              input=code, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def test_what_it_links_to_is_there(self):
        """Names of functions and types in the words, and in the pages around them."""
        root = self.root
        known = {e.get(a) for e in root.iter() for a in (CTYPE + 'identifier', CTYPE + 'type')} - {None}
        pages = glob.glob(os.path.join(SOURCE, 'docs', 'reference', '*.md'))
        self.assertEqual(len(pages), 2)
        texts = [words(e) for e in root.iter()] + [open(p, encoding='utf-8').read() for p in pages]
        everything = '\n'.join(texts)
        skipped = {m for m in re.findall(r'\bp2p_\w+', open(os.path.join(SOURCE, 'docs', 'porting.md'), encoding='utf-8').read())}
        for name in sorted(set(re.findall(r'\b(p2p_\w+)(?=\(| \()', everything))):
            self.assertTrue(name in known or name in skipped, name)
        for name in sorted(set(re.findall(r'#(P2p\w+)', everything))):
            self.assertIn(name, known)
        for kind, name in sorted(set(re.findall(r'\[(\w+)@P2p\.([\w:]+)\]', everything))):
            tag = {'class': 'class', 'struct': 'record', 'func': 'function', 'error': 'enumeration', 'property': 'class'}[kind]
            self.assertIsNotNone(root.find("%snamespace/%s%s[@name='%s']" % (C, C, tag, name.partition(':')[0])), (kind, name))


if __name__ == '__main__':
    tap.main()

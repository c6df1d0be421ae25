#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language says all that the program says, with the same blanks to fill in. Argument: source folder."""
import gettext
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import tap  # noqa: E402

SOURCE = sys.argv[1]

# What the glib preset of meson's i18n module hands to xgettext, as far as it decides what is a message and what a format.
XGETTEXT = [
    '--from-code=UTF-8', '--add-comments=Translators:', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2',
    '--keyword=g_dcgettext:2', '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3', '--flag=N_:1:pass-c-format', '--flag=C_:2:pass-c-format',
    '--flag=NC_:2:pass-c-format', '--flag=g_dngettext:2:pass-c-format', '--flag=g_strdup_printf:1:c-format', '--flag=g_string_append_printf:2:c-format',
    '--flag=g_set_error:4:c-format',
]
CALL = re.compile(r'\b(?:_|N_|C_|NC_|gettext|ngettext|g_dgettext|g_dngettext|g_dcgettext|g_dpgettext2?) ?\(')
TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|\s+|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|\w+|.', re.S)
PLACE = re.compile(r"%(?:(\d+)\$)?([-'0 +#I]*)(\d*(?:\.\d+)?)((?:hh|h|ll|l|z|j|t)?[a-zA-Z]|%)")
ISOLATES = '\u200e\u200f\u061c\u2066\u2067\u2068\u2069'


class Message:
    def __init__(self):
        self.comments, self.flags, self.texts = '', '', {}

    @property
    def id(self):
        return self.texts['msgid']

    @property
    def plural(self):
        return self.texts.get('msgid_plural')

    @property
    def forms(self):
        return [t for k, t in self.texts.items() if k.startswith('msgstr')]

    @property
    def key(self):
        return self.texts.get('msgctxt'), self.id


def unquote(text):
    return re.sub(r'\\(.)', lambda m: {'n': '\n', 't': '\t', 'r': '\r'}.get(m[1], m[1]), text)


def parse(text):
    """The messages of a .po file, without those that are obsolete (#~); the header is that of the empty id."""
    messages, m, field = [], Message(), None
    for line in text.split('\n') + ['']:
        if line.startswith('#~'):
            continue
        if line.startswith('#.'):
            m.comments += line[2:]
        elif line.startswith('#,'):
            m.flags += line[2:]
        elif line.startswith('msg'):
            field, rest = line.split(' ', 1)
            m.texts[field] = unquote(rest[1:-1])
        elif line.startswith('"'):
            m.texts[field] += unquote(line[1:-1])
        elif line == '' and m.texts:
            messages.append(m)
            m = Message()
    return messages


def places(text):
    """What is filled in: the number of each argument and how it is written. "%2$s" and the second "%s" are the same."""
    found, n = {}, 0
    for m in PLACE.finditer(text):
        if m[4] != '%':
            n += 1
            found[int(m[1] or n)] = (''.join(sorted(m[2])) + m[3] + m[4])
    return found


def counts_of(plural_forms):
    """For each form, the first numbers that it is for."""
    n_forms = int(re.search(r'nplurals\s*=\s*(\d+)', plural_forms)[1])
    choose = gettext.c2py(re.search(r'plural\s*=\s*([^;\n]+)', plural_forms)[1])
    numbers = [[] for _ in range(n_forms)]
    for n in range(1000):
        numbers[choose(n)].append(n)
    return numbers


def edges(text):
    """What begins and ends a text, apart from its words. Marks of direction are no words."""
    text = ''.join(c for c in text if c not in ISOLATES)
    bare = text.strip()
    return text[:len(text) - len(text.lstrip())], text[len(text.rstrip()):], bare.startswith('…'), bare.endswith('…'), bare.endswith(';')


def complaints(m, counts):
    """What is wrong with the translation of m in a language whose forms are for these numbers."""
    wrong = []
    forms, source = m.forms, m.plural or m.id
    if 'fuzzy' in m.flags:
        wrong.append('it is fuzzy')
    if not all(forms):
        return wrong + ['it is not translated']
    if len(forms) != (len(counts) if m.plural else 1):
        wrong.append(f'it has {len(forms)} forms')
    for i, form in enumerate(forms):
        # dates are written as a language writes them
        if 'strftime' not in m.comments:
            wanted, got = places(source), places(form)
            # a form for one number only may say that number in words
            worded = m.plural and i < len(counts) and len(counts[i]) == 1
            if got != wanted and not (worded and len(got) == len(wanted) - 1 and got.items() <= wanted.items()):
                wrong.append(f'form {i} has {got}, not {wanted}')
        if len(re.findall(r'_\w', form)) != len(re.findall(r'_\w', source)):
            wrong.append(f'form {i} has another number of mnemonics')
        if edges(form) != edges(source):
            wrong.append(f'form {i} begins or ends otherwise: {edges(form)}, not {edges(source)}')
        for c, name in (('\n', 'line breaks'), ('…', 'ellipses'), ('\t', 'tabs')):
            if form.count(c) != source.count(c):
                wrong.append(f'form {i} has other {name}')
    return wrong


def broken_calls(code):
    """Calls of gettext with a string that a macro breaks: xgettext sees the part before it only."""
    broken = []
    for call in CALL.finditer(code):
        depth, last = 1, ''
        for token in TOKEN.finditer(code, call.end()):
            t = token[0]
            if t.isspace() or t.startswith(('/*', '//')):
                continue
            depth += {'(': 1, ')': -1}.get(t, 0)
            if depth == 0:
                break
            if (last.startswith('"') and re.match(r'\w', t)) or (t.startswith('"') and re.match(r'\w', last)):
                broken.append(f'line {code.count(chr(10), 0, token.start()) + 1}: {last} {t}')
            last = t
    return broken


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding='utf-8') as f:
        return f.read()


def lines(*parts):
    return [n for n in read(*parts).split('\n') if n and not n.startswith('#')]


def languages():
    return [word for line in lines('po', 'LINGUAS') for word in line.split()]


def tool(name):
    if shutil.which(name) is None:
        raise unittest.SkipTest(f'{name} is not installed: it comes with gettext')
    return name


class Translations(unittest.TestCase):
    def test_the_list(self):
        self.assertEqual(sorted(languages()), sorted(n[:-len('.po')] for n in os.listdir(os.path.join(SOURCE, 'po')) if n.endswith('.po')))

    def test_nothing_is_wrong(self):
        """Nothing fuzzy or left out; the same blanks, mnemonics, edges, line breaks and ellipses."""
        for language in languages():
            header, *messages = parse(read('po', f'{language}.po'))
            with self.subTest(language):
                self.assertEqual(header.id, '')
                self.assertNotIn('fuzzy', header.flags)
                self.assertIn(f'\nLanguage: {language}\n', header.forms[0])
                self.assertIn('charset=UTF-8\n', header.forms[0])
                counts = counts_of(re.search(r'^Plural-Forms: (.*)$', header.forms[0], re.M)[1])
                wrong = [f'{m.id!r}: {w}' for m in messages for w in complaints(m, counts)]
                self.assertEqual(wrong, [], f'{language}: {len(wrong)} complaints')

    def test_nothing_is_missing(self):
        """The messages of a language are those of the sources, as xgettext finds them now."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'roundtable.pot')
            r = subprocess.run([tool('xgettext'), *XGETTEXT, '--files-from=po/POTFILES.in', '--output', path], cwd=SOURCE, capture_output=True, text=True, timeout=60)
            self.assertEqual(r.returncode, 0, r.stderr)
            with open(path, encoding='utf-8') as f:
                _, *template = parse(f.read())
        self.assertGreater(len(template), 1000)
        wanted = {(m.key, m.plural) for m in template}
        for language in languages():
            with self.subTest(language):
                got = {(m.key, m.plural) for m in parse(read('po', f'{language}.po'))[1:]}
                self.assertEqual(sorted(map(str, wanted - got)), [], f'{language} lacks these')
                self.assertEqual(sorted(map(str, got - wanted)), [], f'{language} has these, which nobody says any more')

    def test_gettext_takes_them(self):
        for language in languages():
            with self.subTest(language):
                r = subprocess.run([tool('msgfmt'), '--check', '--output-file', os.devnull, os.path.join(SOURCE, 'po', f'{language}.po')],
                                   capture_output=True, text=True, timeout=60)
                self.assertEqual(r.returncode, 0, r.stderr)

    def test_no_macro_breaks_a_message(self):
        """A number of 64 bits is formatted apart and goes into a message as %s."""
        broken = [f'{n}, {b}' for n in lines('po', 'POTFILES.in') if n.endswith('.c') for b in broken_calls(read(n))]
        self.assertEqual(broken, [])


class Checks(unittest.TestCase):
    """The checks above find what they are for."""

    def complain(self, msgid, *forms, plural=None, flags='', comments='', rule='nplurals=2; plural=n != 1;'):
        m = Message()
        m.flags, m.comments = flags, comments
        m.texts = {'msgid': msgid} | ({'msgid_plural': plural} if plural else {}) | {f'msgstr[{i}]': f for i, f in enumerate(forms)}
        return complaints(m, counts_of(rule))

    def test_good_ones(self):
        self.assertEqual(self.complain('%s: %d of %%', '%2$d, %1$s'), [])
        self.assertEqual(self.complain('_Save', 'Speich_ern'), [])
        self.assertEqual(self.complain('%H:%M', '%-H.%M', comments=' Translators: as strftime has it'), [])
        self.assertEqual(self.complain('As in %s…', 'Wie \u2066%s…\u2069'), [])
        self.assertEqual(self.complain('%s, %u key', '%s, ein Schlüssel', '%s, %u Schlüssel', plural='%s, %u keys'), [])

    def test_bad_ones(self):
        for case in (('Save', ''), ('%s', 's'), ('%s', '%d'), ("%'u", '%u'), ('%s of %d', '%d von %s'), ('_Save', 'Sichern'), ('Save', '_Sichern'),
                     ('_Save', '_Sich_ern'), ('Save…', 'Sichern'), ('Save', 'Sichern '), ('Save\n', 'Sichern'), ('a\nb', 'a b'), ('one;two;', 'eins;zwei')):
            self.assertEqual(len(self.complain(*case)) > 0, True, case)
        self.assertNotEqual(self.complain('Save', 'Sichern', flags=' fuzzy'), [])
        self.assertNotEqual(self.complain('%u key', '%u Schlüssel', plural='%u keys'), [])
        self.assertNotEqual(self.complain('%u key', 'ein Schlüssel', 'Schlüssel', plural='%u keys'), [])
        # in French the first form is for nought, too
        self.assertNotEqual(self.complain('%u key', 'une clé', '%u clés', plural='%u keys', rule='nplurals=2; plural=n > 1;'), [])

    def test_macros(self):
        self.assertEqual(broken_calls('x = _("a" /* why */ "b"); y = ngettext ("%u (\\"c\\")", "%u d", n); z = C_("ctx", "a"); PRINT ("%" PRIu64);'), [])
        self.assertEqual(len(broken_calls('x = _("%" G_GUINT64_FORMAT " of them");')), 2)
        self.assertEqual(len(broken_calls('x = ngettext ("%" PRIu64, "b", n);')), 1)
        self.assertEqual(len(broken_calls('x = C_("a", PREFIX "b");')), 1)

    def test_parser(self):
        text = '# c\nmsgid ""\nmsgstr ""\n"Language: xx\\n"\n\n#. Translators: why\n#, c-format\nmsgctxt "c"\n' \
            'msgid "a \\"b\\"\\n"\n"c"\nmsgid_plural "d"\nmsgstr[0] "e"\nmsgstr[1] ""\n"f"\n\n#~ msgid "old"\n#~ msgstr "alt"\n'
        header, m = parse(text)
        self.assertEqual((header.id, header.forms), ('', ['Language: xx\n']))
        self.assertEqual((m.key, m.plural, m.forms, m.flags.strip()), (('c', 'a "b"\nc'), 'd', ['e', 'f'], 'c-format'))


if __name__ == '__main__':
    del sys.argv[1:]
    tap.main()

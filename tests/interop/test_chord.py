#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A distributed table of ours and of the real py2p and js2p: who joins whom in whatever order, what one writes the other reads, and
nobody loses a link over it. In a chain X,Y each dials the one before it. CHORD_DEEP=1: everything with every pair, SSL, leeching, and what
an original waits ten seconds for."""
import os
import sys
import unittest

import harness
from harness import b, until
from chords import ChordTest, names, read
from test_sync import decode

sys.path.insert(0, os.path.join(harness.HERE, os.pardir, 'support'))
import tap  # noqa: E402

VALUES = {
    'text': 'Zwölf Boxkämpfer', 'empty': '', 'number': 7, 'zero': 0, 'no': False, 'float': -2.25, 'list': [1, 'x', [True]],
    'map': {'$m': [['a', {'$m': [['b', 5]]}]]}, 'bytes': b(b'\x00\xff'), 'long': 'x' * 3000,
}
DEEP = bool(os.environ.get('CHORD_DEEP'))
MANY = 20 if DEEP else 10


class Pair(ChordTest):
    """What both can do, whoever dials."""

    def check_values(self, writer, reader):
        # Not null, which is what deletes.
        data = {}
        for name, value in VALUES.items():
            key = '%s by %s' % (name, writer.kind)
            writer.do('set', key=key, value=value)
            data[key] = value
        data = {key: decode(value) for key, value in data.items()}
        self.expect_all(reader, data)
        self.expect_all(writer, data)
        until(lambda: set(data) <= set(names(reader)), 'the names of the keys')
        # The last of many is the one.
        for i in range(5):
            writer.do('set', key='often by ' + writer.kind, value=i)
        self.expect(reader, 'often by ' + writer.kind, 4)

    def check_deltas(self, one, other):
        key = 'map of %s' % one.kind
        if one.kind != 'rt' and not DEEP:
            # For one that is absent an original waits ten seconds first.
            other.do('set', key=key, value={'$m': [['b', 0]]})
            self.expect(one, key, {'b': 0})
        one.do('delta', key=key, value={'a': 1, 'b': 1})
        self.expect(other, key, {'a': 1, 'b': 1})
        other.do('delta', key=key, value={'b': 2, 'c': [2]})
        self.expect(one, key, {'a': 1, 'b': 2, 'c': [2]})
        self.expect(other, key, {'a': 1, 'b': 2, 'c': [2]})

    def check_absent(self, ours, theirs):
        """The originals take ten seconds for it (py2p), or ask each other for ever."""
        answer = ours.ask('get', key='nobody wrote it')
        self.assertEqual(answer['code'], 'P2P_TABLE_ERROR_NOT_FOUND')
        self.assertIsNone(read(theirs, 'nobody wrote it', 1))
        self.assertEqual(ours.ask('del', key='nobody wrote it')['code'], 'P2P_TABLE_ERROR_NOT_FOUND')

    def check_deletes(self, ours, theirs):
        ours.do('set', key='ours', value=1)
        theirs.do('set', key='theirs', value=2)
        for peer in (ours, theirs):
            self.expect(peer, 'ours', 1)
            self.expect(peer, 'theirs', 2)
        until(lambda: 'ours' in names(theirs), 'the name')
        ours.do('del', key='ours')
        self.expect_absent(ours, 'ours')
        until(lambda: read(theirs, 'ours', 0.5) is None, 'the delete')
        theirs.do('del', key='theirs')
        self.expect_absent(ours, 'theirs')
        # Again there, it is there.
        theirs.do('set', key='ours', value='again')
        ours.do('set', key='theirs', value='again')
        for peer in (ours, theirs):
            self.expect(peer, 'ours', 'again')
            self.expect(peer, 'theirs', 'again')
        # What is no map takes no delta, which would cost a py2p the link (quirk B5).
        self.assertEqual(ours.ask('delta', key='ours', value={'a': 1})['code'], 'P2P_TABLE_ERROR_NOT_A_MAP')

    def check_unjoin(self, ours, others):
        """What ours held is with the others before it stores nothing."""
        data = {'kept %d' % i: ['value', i] for i in range(MANY)}
        for i, (key, value) in enumerate(data.items()):
            (ours, *others)[i % (1 + len(others))].do('set', key=key, value=value)
        for peer in (ours, *others):
            self.expect_all(peer, data)
        ours.do('unjoin')
        for peer in (ours, *others):
            self.expect_all(peer, data)
        ours.do('join')
        for peer in (ours, *others):
            self.expect_all(peer, data)

    def check_pair(self, *kinds):
        first, second = [self.start(kind) for kind in kinds]
        self.chain(first, second)
        ours, theirs = (first, second) if first.kind == 'rt' else (second, first)
        self.check_values(ours, theirs)
        self.check_values(theirs, ours)
        self.check_deltas(ours, theirs)
        self.check_deltas(theirs, ours)
        if DEEP or first is theirs:
            self.check_deletes(ours, theirs)
            self.check_unjoin(ours, [theirs])
        if DEEP or kinds == ('js', 'rt'):
            self.check_absent(ours, theirs)

    def test_py_ours(self):
        self.check_pair('py', 'rt')

    def test_ours_py(self):
        self.check_pair('rt', 'py')

    def test_js_ours(self):
        self.check_pair('js', 'rt')

    def test_ours_js(self):
        self.check_pair('rt', 'js')


@unittest.skipUnless(DEEP, 'CHORD_DEEP is not set')
class Encrypted(Pair):
    def check_pair(self, *kinds):
        first, second = [self.start(kind, '--encryption', 'SSL') for kind in kinds]
        self.chain(first, second)
        for i, (writer, reader) in enumerate(((first, second), (second, first))):
            writer.do('set', key='encrypted %d' % i, value=['by', writer.kind])
            self.expect(reader, 'encrypted %d' % i, ['by', writer.kind])

    test_py_ours = None
    test_ours_js = None


class Line(ChordTest):
    """One of ours between two originals, which hear of each other by it."""

    def line(self, *kinds):
        ends = [self.start(kind) for kind in kinds]
        self.chain(*ends)
        # Who stores has to know all who do: an original takes everything up to the next that it knows for its own.
        self.wait_storing(ends[0], ends[2])
        return ends

    def test_py_ours_js(self):
        everybody = self.line('py', 'rt', 'js')
        data = {}
        for i in range(MANY):
            writer = everybody[i % 3]
            data['key %d' % i] = ['value', i, writer.kind]
            writer.do('set', key='key %d' % i, value=data['key %d' % i])
        for peer in everybody:
            self.expect_all(peer, data)
        py, ours, js = everybody
        # Ours first: an original waits ten seconds for what is absent.
        writers = (ours, py, js)
        for i, writer in enumerate(writers):
            writer.do('delta', key='map', value={writer.kind: i})
            # One after the other: the originals merge what they find themselves.
            for peer in everybody:
                self.expect(peer, 'map', {w.kind: n for n, w in enumerate(writers[:i + 1])})
        if not DEEP:
            return
        ours.do('del', key='key 1')
        self.expect_absent(ours, 'key 1')
        py.do('del', key='key 0')
        self.expect_absent(ours, 'key 0')


@unittest.skipUnless(DEEP, 'CHORD_DEEP is not set')
class Leeching(ChordTest):
    """One that stores nothing reads and writes all the same."""

    def check(self, kind):
        theirs, ours = self.start(kind), self.start('rt', joined=False)
        self.connect(ours, theirs)
        until(lambda: ours.table()[0].get('leeching') is False, 'to know that it stores')
        ours.do('set', key='key', value='value')
        self.expect(theirs, 'key', 'value')
        self.expect(ours, 'key', 'value')
        theirs.do('set', key='key', value='other')
        self.expect(ours, 'key', 'other')
        ours.do('join')
        self.wait_storing(ours, theirs)
        for peer in (ours, theirs):
            self.expect(peer, 'key', 'other')

    def test_py(self):
        self.check('py')

    def test_js(self):
        self.check('js')


if __name__ == '__main__':
    why = harness.missing_peers()
    if why:
        print('1..0 # SKIP No foreign peers: ' + why)
        sys.exit(1 if os.environ.get('CI') == 'true' else 77)
    tap.main()

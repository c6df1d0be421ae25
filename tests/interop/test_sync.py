#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table of ours and of the real py2p and js2p: what one writes the other has, and whose lease it is both respect."""
import re
import tempfile
import time

import harness
from harness import NetworkTest, b, main, text_of, until


def decode(value):
    """A value as Python has it; bytes are bytes, maps are dicts."""
    if isinstance(value, list):
        return [decode(v) for v in value]
    if isinstance(value, dict):
        if list(value) == ['$b']:
            return bytes.fromhex(value['$b'])
        if list(value) == ['$m']:
            return {text(k): decode(v) for k, v in value['$m']}
        if list(value) == ['$f']:
            return float(value['$f'])
        if list(value) == ['$i']:
            return int(value['$i'])
        return {k: decode(v) for k, v in value.items()}
    return value


def text(key):
    """A key as text, however it was printed: one of js2p's is str or bin as it came."""
    return bytes.fromhex(key['$b']).decode(errors='surrogateescape') if isinstance(key, dict) else key


COARSE = 0.05                 # seconds


class TableTest(NetworkTest):
    leasing = True

    def start(self, kind, *args, **options):
        return super().start(kind, '--cls', 'sync', *([] if self.leasing else ['--no-leasing']), *args, **options)

    def entries(self, peer):
        return [(text(k), decode(v)) for k, v in peer.do('data')['$m']]

    def data(self, peer):
        """{key: value}. No node has a key twice."""
        entries = self.entries(peer)
        self.assertEqual(len(entries), len(dict(entries)), '%r: %s' % (peer, entries))
        return dict(entries)

    def meta(self, peer, key):
        """Owner and time."""
        for name, meta in peer.do('meta')['$m']:
            if text(name) == key:
                meta = dict(meta['$m']) if isinstance(meta, dict) and '$m' in meta else meta
                return (text_of(meta[0]), meta[1]) if isinstance(meta, list) else (text_of(meta['owner']), int(decode(meta['timestamp'])))
        return None

    def expect(self, peer, key, value, since=0):
        """It has this value."""
        try:
            until(lambda: self.data(peer).get(key, 'nothing') == value, '%r to have %r' % (peer, key))
        except AssertionError as error:
            raise AssertionError('%s; it has %r' % (error, self.data(peer))) from None

    def expect_none(self, peer, key):
        until(lambda: key not in self.data(peer), '%r to have no %r' % (peer, key))

    def assert_absent(self, ours, key):
        self.assertEqual(ours.ask('get', key=key)['code'], 'P2P_TABLE_ERROR_NOT_FOUND')

    def next_second(self, *written):
        """In the second in which somebody wrote a key, another who does wins or loses by his id. py2p's clock is a coarse one."""
        last = max(self.meta(peer, key)[1] for peer, key in written)
        until(lambda: time.time() >= last + 1 + COARSE, 'the next second')

    def assert_refused(self, ours, answer, holder):
        """In words that say who holds it, and for how long."""
        self.assertFalse(answer['ok'])
        self.assertEqual(answer['code'], 'P2P_TABLE_ERROR_LEASED')
        self.assertIn(holder.id[:6], answer['error'])
        self.assertTrue(re.search(r'\b(59|60) min', answer['error']) or re.search(r'\b3[56]\d\d\b', answer['error']), answer['error'])


class Writes:
    """Each in a network of one of ours and one of kind."""
    kind = None

    def pair(self):
        ours, other = self.start('rt'), self.start(self.kind)
        self.connect(other, ours)
        return ours, other

    def test_set_update_lease(self):
        ours, other = self.pair()
        ours.do('set', key='ours', value='by us')
        self.expect(other, 'ours', 'by us')
        other.do('set', key='theirs', value='by them')
        self.expect(ours, 'theirs', 'by them')
        for peer in (ours, other):
            self.assertEqual(self.meta(peer, 'ours')[0], ours.id)
            self.assertEqual(self.meta(peer, 'theirs')[0], other.id)
        self.assertEqual(self.meta(ours, 'theirs'), self.meta(other, 'theirs'))
        self.assertEqual(self.meta(other, 'ours'), self.meta(ours, 'ours'))
        # Bytes are bytes, and one key whatever they look like.
        ours.do('set', key='bytes', value=b(b'\x00\xff'))
        self.expect(other, 'bytes', b'\x00\xff')
        # The last of many in a second is the one.
        for i in range(20):
            other.do('set', key='often theirs', value=i)
            ours.do('set', key='often ours', value=i)
        self.expect(ours, 'often theirs', 19)
        self.expect(other, 'often ours', 19)
        # update: all of it
        self.assertEqual(ours.do('update', dict={'u1': 1, 'u2': ['two', 2]}), {'u1': None, 'u2': None})
        other.do('update', dict={'u3': 3, 'u4': 'four'})
        for key, value in {'u1': 1, 'u2': ['two', 2]}.items():
            self.expect(other, key, value)
        for key, value in {'u3': 3, 'u4': 'four'}.items():
            self.expect(ours, key, value)

        # Nobody writes over what another holds; who holds it does.
        self.next_second((ours, 'theirs'), (other, 'ours'))
        self.assert_refused(ours, ours.ask('set', key='theirs', value='stolen'), other)
        self.assertFalse(other.ask('set', key='ours', value='stolen')['ok'])
        results = ours.do('update', dict={'theirs': 'stolen', 'u5': 5})
        self.assertIsNone(results['u5'])
        self.assertIn(other.id[:6], str(results['theirs']))
        self.expect(other, 'u5', 5)
        ours.do('set', key='ours', value='by us again')
        self.expect(other, 'ours', 'by us again')
        other.do('set', key='theirs', value='by them again')
        self.expect(ours, 'theirs', 'by them again')
        for peer in (ours, other):
            self.assertEqual(self.data(peer)['ours'], 'by us again')
            self.assertEqual(self.data(peer)['theirs'], 'by them again')

    def test_falsy_values(self):
        """They are values, here and there, and held by whoever wrote them."""
        ours, other = self.pair()
        values = {'zero': 0, 'no': False, 'empty': '', 'none': [], 'map': {'$m': []}}
        for peer, receiver, prefix in ((ours, other, 'a '), (other, ours, 'b ')):
            for key, value in values.items():
                peer.do('set', key=prefix + key, value=value)
            for key, value in values.items():
                self.expect(receiver, prefix + key, decode(value))
        self.next_second((ours, 'b map'))
        for key in values:
            self.assert_refused(ours, ours.ask('set', key='b ' + key, value='stolen'), other)

    def test_delta(self):
        ours, other = self.pair()
        ours.do('set', key='ours', value={'$m': [['x', 1], ['y', 1]]})
        self.expect(other, 'ours', {'x': 1, 'y': 1})
        self.assertEqual(decode(ours.do('delta', key='ours', value={'y': 2, 'z': 2})), {'x': 1, 'y': 2, 'z': 2})
        self.expect(other, 'ours', {'x': 1, 'y': 2, 'z': 2})
        other.do('delta', key='theirs', value={'first': 1})
        self.expect(ours, 'theirs', {'first': 1})
        other.do('delta', key='theirs', value={'second': 'two'})
        self.expect(ours, 'theirs', {'first': 1, 'second': 'two'})
        ours.do('delta', key='new', value={'a': [1, 2]})
        self.expect(other, 'new', {'a': [1, 2]})
        self.next_second((ours, 'theirs'))
        self.assert_refused(ours, ours.ask('delta', key='theirs', value={'third': 3}), other)
        # Not onto what is no map; it would cost a py2p the link (quirk B5).
        ours.do('set', key='text', value='no map')
        self.assertEqual(ours.ask('delta', key='text', value={'a': 1})['code'], 'P2P_TABLE_ERROR_NOT_A_MAP')
        self.expect(other, 'text', 'no map')

    def test_set_before_joining(self):
        ours, other = self.start('rt'), self.start(self.kind)
        ours.do('set', key='ours', value='first')
        ours.do('set', key='map', value={'$m': [['k', 'v']]})
        other.do('set', key='theirs', value='first')
        other.do('set', key='number', value=7)
        self.next_second((ours, 'map'))
        self.connect(other, ours)
        self.expect(other, 'ours', 'first')
        self.expect(other, 'map', {'k': 'v'})
        self.expect(ours, 'theirs', 'first')
        self.expect(ours, 'number', 7)
        # Whose it is and since when is told with it.
        for key in ('ours', 'theirs'):
            self.assertEqual(self.meta(ours, key), self.meta(other, key))
        self.assert_refused(ours, ours.ask('set', key='theirs', value='stolen'), other)
        # The key of a dump may be text where that of a write is bytes (quirk J7).
        other.do('set', key='theirs', value='second')
        self.expect(ours, 'theirs', 'second')
        self.assertEqual(len(self.data(ours)), 4)
        # Who comes later has it from us, whoever wrote it.
        third = self.start('rt')
        self.connect(third, ours)
        self.may_lose.add(third)        # it may find the original too, and lose one of two links
        for key, value in {'ours': 'first', 'theirs': 'second', 'number': 7}.items():
            self.expect(third, key, value)
        self.assertEqual(self.meta(third, 'theirs'), self.meta(ours, 'theirs'))


class WithPy2p(Writes, TableTest):
    kind = 'py'

    def test_deletes(self):
        ours, other = self.pair()
        ours.do('set', key='ours', value=1)
        other.do('set', key='theirs', value=2)
        self.expect(other, 'ours', 1)
        self.expect(ours, 'theirs', 2)
        self.next_second((ours, 'theirs'), (ours, 'ours'))
        self.assert_refused(ours, ours.ask('del', key='theirs'), other)
        ours.do('del', key='ours')
        self.expect_none(other, 'ours')
        self.assert_absent(ours, 'ours')
        other.do('del', key='theirs')
        ours.wait(lambda e: e['ev'] == 'delete' and text(e['key']) == 'theirs', 'the delete')
        self.assert_absent(ours, 'theirs')
        # It is free now.
        ours.do('set', key='theirs', value='ours now')
        self.expect(other, 'theirs', 'ours now')
        other.do('set', key='ours', value='theirs now')
        self.expect(ours, 'ours', 'theirs now')
        # pop tells what there was
        ours.do('set', key='popped', value='x')
        self.expect(other, 'popped', 'x')
        self.assertEqual(ours.do('pop', key='popped'), 'x')
        self.expect_none(other, 'popped')

    def test_absent_keys(self):
        """py2p drops the link that brings a delete of what it does not have (quirk B3)."""
        ours, other = self.pair()
        self.assertEqual(ours.ask('del', key='absent')['code'], 'P2P_TABLE_ERROR_NOT_FOUND')
        self.assertFalse(other.ask('del', key='absent')['ok'])
        ours.do('set', key='twice', value=1)
        self.expect(other, 'twice', 1)
        ours.do('del', key='twice')
        self.assertEqual(ours.ask('del', key='twice')['code'], 'P2P_TABLE_ERROR_NOT_FOUND')
        self.expect_none(other, 'twice')

        # Such a delete goes no further than to us: another py2p at the other side keeps its links.
        far = self.start('py', '--out-addr', harness.NOWHERE)
        self.connect(far, ours)
        other.do('raw', id=ours.id, args=[0, 11, b('absent'), None])
        other.do('raw', id=ours.id, args=[0, 11, b('twice'), None])
        other.do('set', key='after', value='it')
        self.expect(far, 'after', 'it')
        self.assertIsNotNone(far.link_to(ours))
        self.assertEqual(self.data(far), {'after': 'it'})

    def test_str_and_bin_are_one_key(self):
        """A py2p that was told by a js2p has keys that are str, and tells them so (quirk J7)."""
        ours, other = self.pair()
        other.do('raw', id=ours.id, args=[2, 11, 'key', 'as str', b(other.id), int(time.time()) - 5])
        self.expect(ours, 'key', 'as str')
        self.assertEqual(self.meta(ours, 'key')[0], other.id)
        other.do('raw', id=ours.id, args=[0, 11, b('key'), 'as bin'])
        self.expect(ours, 'key', 'as bin')
        other.do('raw', id=ours.id, args=[0, 11, 'key', 'as str again'])
        self.expect(ours, 'key', 'as str again')
        self.assertEqual(self.data(ours), {'key': 'as str again'})


class WithJs2p(Writes, TableTest):
    kind = 'js'


class Killed(TableTest):
    def test_what_was_answered_is_kept(self):
        """A node that is killed the moment it answered has all that it answered when it starts again, and its leases."""
        with tempfile.TemporaryDirectory() as folder:
            ours = self.start('rt', '--state', folder)
            answers = [ours.begin('set', key='key %d' % i, value=i) for i in range(300)]
            deleted = [ours.begin('del', key='key %d' % i) for i in range(100)]
            for answer in answers + deleted:
                self.assertTrue(answer()['ok'])
            ours.kill()
            self.peers.remove(ours)
            again = self.start('rt', '--state', folder)
            self.assertEqual(again.id, ours.id)
            self.assertEqual(self.data(again), {'key %d' % i: i for i in range(100, 300)})
            again.do('set', key='key 200', value='still ours')


class WithoutLeases(TableTest):
    leasing = False

    def test_anybody_writes(self):
        ours, py = self.start('rt'), self.start('py')
        self.connect(py, ours)
        for i in range(2):
            for writer, reader in ((ours, py), (py, ours)):
                writer.do('set', key='key', value='%s %d' % (writer.kind, i))
                self.expect(reader, 'key', '%s %d' % (writer.kind, i))
                self.next_second((reader, 'key'))
        ours.do('del', key='key')
        self.expect_none(py, 'key')


if __name__ == '__main__':
    main()

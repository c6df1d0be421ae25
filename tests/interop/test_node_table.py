#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node --cls sync: every command of a table, every error by its code, and what is left after a restart."""
import os
import signal
import stat
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, 'support'))
import tap  # noqa: E402
from harness import Failed, Peer, b, until  # noqa: E402
from test_node import COMMANDS, run  # noqa: E402

LARGE = 2 * 1024 * 1024


class TableTest(unittest.TestCase):
    def start(self, *args, **options):
        peer = Peer('rt', '--cls', 'sync', *args, subnet='table', **options)
        self.addCleanup(peer.kill)
        return peer

    def pair(self, *args):
        one, other = self.start(*args), self.start(*args)
        one.dial(other)
        other.wait_link(one)
        return one, other

    def refused(self, code, peer, cmd, **args):
        with self.assertRaises(Failed) as caught:
            peer.do(cmd, **args)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return str(caught.exception)

    def wait_value(self, peer, key, value):
        absent = ['absent']
        until(lambda: peer.do('get', key=key, fallback=absent)['value'] == value, '%r to have %r = %r' % (peer, key, value))


class Commands(TableTest):
    def test_one_key(self):
        one, other = self.pair()
        self.assertIsNone(one.do('set', key='name', value='Ada'))
        got = one.do('get', key='name')
        self.assertEqual(got['value'], 'Ada')
        self.assertGreaterEqual(got['ms'], 0)
        self.wait_value(other, 'name', 'Ada')
        event = other.wait(lambda e: e['ev'] == 'update', 'update')
        self.assertEqual((event['key'], event['value']), ('name', 'Ada'))
        self.assertEqual(event['meta']['owner'], one.id)
        self.assertFalse(event['meta']['mine'])
        meta = one.do('meta', key='name')
        self.assertEqual(sorted(meta), ['lease_left', 'mine', 'old', 'owner', 'signed', 'timestamp'])
        self.assertEqual((meta['owner'], meta['mine'], meta['old']), (one.id, True, False))
        self.assertGreater(meta['lease_left'], 3500)
        self.assertIs(one.do('del', key='name'), True)
        self.assertEqual(other.wait_event('delete')['key'], 'name')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', other, 'get', key='name')

    def test_the_whole(self):
        node = self.start()
        node.do('set', key='b', value={'x': [1, None, {'$f': 1.0}]})
        node.do('set', key=b(b'\xff\x00'), value=b('bytes'))
        node.do('set', key='a', value=False)
        self.assertEqual(node.do('keys'), ['a', 'b', {'$b': 'ff00'}])
        items = [['a', False], ['b', {'$m': [['x', [1, None, {'$f': 1.0}]]]}], [{'$b': 'ff00'}, b('bytes')]]
        self.assertEqual(node.do('items'), items)
        self.assertEqual(node.do('data'), {'$m': items})
        self.assertEqual([pair[0] for pair in node.do('meta')['$m']], ['a', 'b', {'$b': 'ff00'}])
        self.assertEqual(node.do('ndata')['n'], 3)
        self.assertEqual(node.do('popitem'), ['a', False])
        self.assertEqual(node.do('pop', key=b(b'\xff\x00')), b('bytes'))
        self.assertEqual(node.do('keys'), ['b'])

    def test_keys_by_their_bytes(self):
        """str and bin keys are one key."""
        node = self.start()
        node.do('set', key='text', value=1)
        self.assertEqual(node.do('get', key=b('text'))['value'], 1)
        node.do('set', key=b('text'), value=2)
        self.assertEqual(node.do('items'), [['text', 2]])
        node.do('set', key=b('a\0b'), value=3)
        node.do('set', key={'$s': b'\xff'.hex()}, value=4)
        self.assertEqual(node.do('keys'), [b('a\0b'), 'text', b(b'\xff')])

    def test_each_error_has_its_code(self):
        one, other = self.pair()
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'get', key='nobody')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'del', key='nobody')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'pop', key='nobody')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'meta', key='nobody')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'popitem')
        self.refused('P2P_TABLE_ERROR_KEY', one, 'set', key='', value=1)
        self.refused('P2P_TABLE_ERROR_KEY', one, 'set', key='x' * 1025, value=1)
        self.refused('P2P_TABLE_ERROR_VALUE', one, 'set', key='nil', value=None)
        self.refused('P2P_TABLE_ERROR_TOO_LARGE', one, 'set', key='large', value='x' * LARGE)
        other.do('set', key='theirs', value=1)
        self.wait_value(one, 'theirs', 1)
        words = self.refused('P2P_TABLE_ERROR_LEASED', one, 'set', key='theirs', value=2)
        self.assertIn(other.id[:8], words)
        self.refused('P2P_TABLE_ERROR_LEASED', one, 'del', key='theirs')
        self.refused('P2P_TABLE_ERROR_LEASED', one, 'pop', key='theirs', fallback=1)
        self.refused('P2P_TABLE_ERROR_LEASED', one, 'popitem')
        one.do('set', key='number', value=1)
        self.refused('P2P_TABLE_ERROR_NOT_A_MAP', one, 'delta', key='number', value={'x': 1})
        self.refused('P2P_TABLE_ERROR_NOT_A_MAP', one, 'delta', key='map', value=[1])
        for cmd, args in [('set', {}), ('set', {'key': 'k'}), ('set', {'key': 5, 'value': 1}), ('get', {'key': ['k']}), ('update', {}),
                          ('update', {'dict': [1]}), ('update', {'dict': {'$m': [[5, 1]]}}), ('burst-set', {}), ('burst-set', {'n': -1}),
                          ('burst-set', {'n': 1, 'prefix': 5}), ('delta', {'key': 'k'})]:
            self.refused('P2P_NODE_ERROR_BAD_ARGUMENT', one, cmd, **args)
        self.refused('P2P_NODE_ERROR_WRONG_KIND', one, 'join')
        one.do('close')
        self.refused('P2P_LINK_ERROR_SOCKET_CLOSED', one, 'set', key='k', value=1)
        self.assertEqual(one.do('get', key='number')['value'], 1)

    def test_fallbacks(self):
        node = self.start()
        self.assertEqual(node.do('get', key='k', fallback=5)['value'], 5)
        self.assertIsNone(node.do('get', key='k', fallback=None)['value'])
        self.assertEqual(node.do('pop', key='k', fallback='none'), 'none')
        self.assertIs(node.do('del', key='k', fallback=False), False)
        node.do('set', key='k', value=0)
        self.assertEqual(node.do('pop', key='k', fallback='none'), 0)

    def test_update_tells_of_each(self):
        one, other = self.pair()
        other.do('set', key='theirs', value=1)
        self.wait_value(one, 'theirs', 1)
        results = one.do('update', dict={'a': 1, 'theirs': 2, '': 3, 'nil': None, 'z': 'z'})
        self.assertEqual({key: error and error['code'] for key, error in results.items()},
                         {'a': None, 'theirs': 'P2P_TABLE_ERROR_LEASED', '': 'P2P_TABLE_ERROR_KEY', 'nil': 'P2P_TABLE_ERROR_VALUE', 'z': None})
        self.assertIn(other.id[:8], results['theirs']['error'])
        self.wait_value(other, 'z', 'z')
        self.assertEqual(one.do('update', dict={'$m': [['a', 2], [b(b'\xff'), 3]]}), {'$m': [['a', None], [b(b'\xff'), None]]})

    def test_delta(self):
        one, other = self.pair()
        self.assertEqual(one.do('delta', key='map', value={'x': 1}), {'$m': [['x', 1]]})
        self.assertEqual(one.do('delta', key='map', value={'y': [2]}), {'$m': [['x', 1], ['y', [2]]]})
        self.wait_value(other, 'map', {'$m': [['x', 1], ['y', [2]]]})

    def test_every_command_is_answered_without_arguments(self):
        node = self.start()
        for name in COMMANDS[:-2]:
            got = node.ask(name)
            self.assertEqual(got['cmd'], name)
            if not got['ok']:
                self.assertTrue(got['error'])
                self.assertTrue(got['code'].startswith('P2P_'), got)

    def test_refusals_are_told(self):
        one, other = self.start(), self.start('--limit', 'table-value=100')
        one.dial(other)
        other.wait_link(one)
        one.do('set', key='large', value='x' * 200)
        event = other.wait_event('refused')
        self.assertEqual((event['key'], event['owner'], event['code']), ('large', one.id, 'P2P_TABLE_ERROR_TOO_LARGE'))
        self.assertIn('100', event['error'])
        one.do('set', key='small', value='x')
        self.wait_value(other, 'small', 'x')

    def test_burst(self):
        one, other = self.pair('--quiet')
        self.assertGreater(one.do('burst-set', n=2000, prefix='p')['start'], 0)
        until(lambda: other.do('ndata')['n'] == 2000, '2,000 keys')
        self.assertEqual(other.do('get', key='p001999')['value'], 'v1999')
        self.assertEqual(one.count('update') + other.count('update'), 0)

    def test_without_leasing(self):
        one, other = self.pair('--no-leasing')
        leased = self.start()
        one.do('set', key='k', value=1)
        self.wait_value(other, 'k', 1)
        self.assertEqual(other.do('meta', key='k')['lease_left'], 0)
        # In one second the smaller id counts: somebody's later write does everywhere.
        until(lambda: other.ask('set', key='k', value=2)['ok'] and one.do('get', key='k')['value'] == 2, 'the value of who wrote later')
        self.refused('P2P_LINK_ERROR_WRONG_NETWORK', one, 'connect', addr=leased.host, port=leased.port)

    def test_for_people(self):
        got = run('--human', '--port', '0', '--cls', 'sync', text='{"cmd":"set","key":"k\\u202e","value":"v"}\n{"cmd":"del","key":"k\\u202e"}\n')
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertIn('k\\u{202e}', got.stdout)
        self.assertIn('was deleted', got.stdout)
        self.assertNotIn('\u202e', got.stdout)


class Restarts(TableTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, 'state')

    def test_the_table_and_its_leases_outlive_a_restart(self):
        other = self.start()
        one = self.start('--state', self.state)
        one.dial(other)
        one.do('set', key='mine', value=[1, 'x'])
        one.do('set', key='gone', value=1)
        one.do('del', key='gone')
        other.do('set', key='theirs', value={'y': 2})
        self.wait_value(one, 'theirs', {'$m': [['y', 2]]})
        self.wait_value(other, 'mine', [1, 'x'])
        before = one.do('meta', key='mine')
        self.assertEqual(one.leave(), 0)

        again = self.start('--state', self.state)
        self.assertEqual(again.id, one.id)
        self.assertEqual(again.do('items'), [['mine', [1, 'x']], ['theirs', {'$m': [['y', 2]]}]])
        meta = again.do('meta', key='mine')
        self.assertEqual((meta['owner'], meta['timestamp'], meta['mine'], meta['old']), (one.id, before['timestamp'], True, True))
        self.assertGreater(meta['lease_left'], 3400)
        self.refused('P2P_TABLE_ERROR_LEASED', again, 'set', key='theirs', value=1)
        # Somebody says the same: it is old no longer.
        again.dial(other)
        until(lambda: not again.do('meta', key='mine')['old'] and not again.do('meta', key='theirs')['old'], 'what was kept to be confirmed')
        again.do('set', key='mine', value=2)
        self.wait_value(other, 'mine', 2)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(self.state, 'table.records')).st_mode), 0o600)

    def test_a_killed_node_has_lost_nothing(self):
        one = self.start('--state', self.state)
        for i in range(50):
            one.do('set', key='k%02d' % i, value=i)
        one.process.send_signal(signal.SIGKILL)
        one.process.wait()
        again = self.start('--state', self.state)
        self.assertEqual(again.do('ndata')['n'], 50)
        self.assertEqual(again.do('get', key='k49')['value'], 49)

    def test_what_it_alone_knew_is_offered_again(self):
        one = self.start('--state', self.state)
        one.do('set', key='alone', value=1)
        one.leave()
        again, other = self.start('--state', self.state), self.start()
        other.dial(again)
        self.wait_value(other, 'alone', 1)
        self.assertEqual(other.do('meta', key='alone')['owner'], one.id)

    def test_torn_and_foreign_files(self):
        one = self.start('--state', self.state)
        one.do('set', key='a', value=1)
        one.leave()
        path = os.path.join(self.state, 'table.records')
        with open(path, 'ab') as file:
            file.write(b'\0\0\1\0half of a record')
        again = self.start('--state', self.state)
        self.assertEqual(again.do('get', key='a')['value'], 1)
        self.assertIn('were not whole', again.errors())
        second = run('--port', '0', '--cls', 'sync', '--subnet', 'table', '--state', self.state)
        self.assertEqual(second.returncode, 1)
        self.assertIn('another program', second.stderr)
        again.leave()
        elsewhere = run('--port', '0', '--cls', 'sync', '--subnet', 'another', '--state', self.state)
        self.assertEqual(elsewhere.returncode, 1)
        self.assertIn('another network', elsewhere.stderr)
        with open(path, 'wb') as file:
            file.write(b'My dear aunt, this is no table at all.')
        letter = run('--port', '0', '--cls', 'sync', '--subnet', 'table', '--state', self.state)
        self.assertEqual(letter.returncode, 1)
        self.assertEqual(len(letter.stderr.splitlines()), 1, letter.stderr)
        with open(path, 'rb') as file:
            self.assertEqual(file.read(), b'My dear aunt, this is no table at all.')


if __name__ == '__main__':
    tap.main()

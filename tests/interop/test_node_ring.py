#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node --cls chord: every command of a distributed table, every error by its code, and what is left after a restart."""
import os
import signal
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, os.pardir, 'support'))
import tap  # noqa: E402
from harness import TIMEOUT, Failed, Peer, b, until  # noqa: E402
from test_node import COMMANDS, run  # noqa: E402

HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']


class RingTest(unittest.TestCase):
    def start(self, *args, **options):
        peer = Peer('rt', '--cls', 'chord', *args, subnet='ring', **options)
        self.addCleanup(peer.kill)
        return peer

    def ring(self, n, *args, join=True):
        peers = [self.start(*args) for _ in range(n)]
        for peer in peers[1:]:
            peer.dial(peers[0])
            peers[0].wait_link(peer)
        if join:
            for peer in peers:
                peer.do('join')
            self.wait_ring(peers, n)
        return peers

    def wait_ring(self, peers, n):
        until(lambda: all(len(peer.do('ring')['members']) == n for peer in peers), 'a ring of %d' % n)

    def refused(self, code, peer, cmd, **args):
        with self.assertRaises(Failed) as caught:
            peer.do(cmd, **args)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return str(caught.exception)

    def stored(self, peer):
        return sum(len(values['$m']) for _, values in peer.do('data')['$m'])


class Commands(RingTest):
    def test_one_key(self):
        one, other, third = self.ring(3)
        self.assertIsNone(one.do('set', key='name', value='Ada'))
        got = other.do('get', key='name')
        self.assertEqual(got['value'], 'Ada')
        self.assertGreaterEqual(got['ms'], 0)
        self.assertEqual(third.wait_event('add')['key'], 'name')
        self.assertIs(third.do('del', key='name'), True)
        self.assertEqual(one.wait_event('delete')['key'], 'name')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', other, 'get', key='name')

    def test_the_whole(self):
        one, other = self.ring(2)
        self.assertEqual(one.do('update', dict={'b': {'x': [1, None, {'$f': 1.0}]}, 'a': False, 'nil': None}),
                         {'b': None, 'a': None, 'nil': one.do('update', dict={'nil': None})['nil']})
        self.assertEqual(one.do('update', dict={'$m': [[b(b'\xff\x00'), b('bytes')]]}), {'$m': [[b(b'\xff\x00'), None]]})
        until(lambda: other.do('ndata')['n'] == 3, 'three names')
        self.assertEqual(other.do('keys'), ['a', 'b', {'$b': 'ff00'}])
        self.assertEqual(other.do('items'), [['a', False], ['b', {'$m': [['x', [1, None, {'$f': 1.0}]]]}], [{'$b': 'ff00'}, b('bytes')]])
        self.assertEqual(other.do('popitem'), ['a', False])
        self.assertEqual(other.do('pop', key=b(b'\xff\x00')), b('bytes'))
        until(lambda: one.do('keys') == ['b'], 'one name')
        self.assertEqual(one.do('delta', key='b', value={'y': 2}), {'$m': [['x', [1, None, {'$f': 1.0}]], ['y', 2]]})
        self.assertEqual(other.do('get', key='b')['value'], {'$m': [['x', [1, None, {'$f': 1.0}]], ['y', 2]]})

    def test_what_is_where(self):
        one, other, third = self.ring(3)
        one.do('set', key='k', value=5)
        look = until(lambda: (lambda got: got['n_equal'] == 5 and got)(other.do('look', key='k')), 'five places that agree')
        self.assertEqual((look['key'], look['outcome'], look['value'], look['words']), ('k', 'value', 5, '5 of 5 places say the same'))
        self.assertEqual([place['hash'] for place in look['places']], HASHES)
        ids = {peer.id for peer in (one, other, third)}
        for place in look['places']:
            self.assertEqual((place['state'], place['value'], place['agrees'], place['words']), ('value', 5, True, 'said 5'))
            self.assertIn(place['asked'], ids)
            self.assertEqual(place['self'], place['asked'] == other.id)
            self.assertTrue(0 <= place['fraction'] < 1)
        absent = other.do('look', key='nobody')
        self.assertEqual((absent['outcome'], absent['value']), ('absent', None))
        # Of so few each keeps all.
        until(lambda: all(self.stored(peer) == 5 for peer in (one, other, third)), 'a copy at each node')
        data = dict(one.do('data')['$m'])
        self.assertEqual(list(data), HASHES)
        positions = {place['hash']: place['position'] for place in look['places']}
        self.assertEqual({name: values['$m'] for name, values in data.items()}, {name: [[positions[name], 5]] for name in HASHES})
        self.assertEqual(one.do('stats')['values'], 5)
        self.assertGreater(one.do('stats')['value_bytes'], 0)

    @unittest.skipIf(os.environ.get('ROUNDTABLE_PASSING'), 'they have no keys')
    def test_who_wrote_it(self):
        one, other, third = self.ring(3)
        one.do('set', key='k', value=5)
        got = third.do('get', key='k')
        self.assertEqual((got['value'], got['signed'], got['author']), (5, True, one.id))
        other.do('set', key='k', value={'$m': [['a', 6]]})
        got = third.do('get', key='k')
        self.assertEqual((got['signed'], got['author']), (True, other.id))
        third.do('delta', key='k', value={'b': 7})
        got = until(lambda: (lambda got: got['author'] == third.id and got)(one.do('get', key='k')), 'the third, who wrote it last')
        self.assertEqual(got['value'], {'$m': [['a', 6], ['b', 7]]})
        look = until(lambda: (lambda got: got['n_equal'] == 5 and got)(one.do('look', key='k')), 'five places that agree')
        self.assertEqual((look['signed'], look['author'], look['expected']), (True, third.id, third.id))
        self.assertEqual({place['author'] for place in look['places']}, {third.id})
        got = one.do('get', key='nobody', fallback=1)
        self.assertEqual((got['value'], got['signed'], got['author']), (1, False, None))

    def test_the_ring(self):
        one, other, third = self.ring(3)
        ring = one.do('ring')
        self.assertEqual((ring['k'], ring['state'], len(ring['arc'])), (0, 'joined', 2))
        self.assertEqual([member['place'] for member in ring['members']], sorted(member['place'] for member in ring['members']))
        mine, = [member for member in ring['members'] if member['self']]
        self.assertEqual((mine['id'], mine['place'], mine['linked']), (one.id, ring['place'], False))
        for member in ring['members']:
            self.assertTrue(member['own'])
        until(lambda: all(member['addr'] for member in one.do('ring')['members'] if not member['self']), 'the addresses of the others')
        self.assertEqual([row['leeching'] for row in one.do('routing_table')['table']], [False, False])
        self.assertIsNone(third.do('unjoin'))
        self.assertEqual([event['state'] for event in third.events if event['ev'] == 'seed'][-1], 'not')
        self.wait_ring([one, other, third], 2)
        until(lambda: {row['id']: row['leeching'] for row in one.do('routing_table')['table']} == {other.id: False, third.id: True}, 'one that leeches')
        self.assertIsNone(third.do('ring')['arc'])

    def test_each_error_has_its_code(self):
        one, other = self.ring(2, '--limit', 'chord-value=100', join=False)
        self.refused('P2P_TABLE_ERROR_NOBODY', one, 'get', key='k')
        self.refused('P2P_TABLE_ERROR_NOBODY', one, 'set', key='k', value=1)
        other.do('join')
        self.wait_ring([one], 1)
        for cmd in ('get', 'del', 'pop'):
            self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, cmd, key='nobody')
        self.refused('P2P_TABLE_ERROR_NOT_FOUND', one, 'popitem')
        self.refused('P2P_TABLE_ERROR_KEY', one, 'set', key='', value=1)
        self.refused('P2P_TABLE_ERROR_VALUE', one, 'set', key='nil', value=None)
        self.refused('P2P_TABLE_ERROR_TOO_LARGE', one, 'set', key='large', value='x' * 200)
        one.do('set', key='number', value=1)
        self.refused('P2P_TABLE_ERROR_NOT_A_MAP', one, 'delta', key='number', value={'x': 1})
        self.assertIn('look', self.refused('P2P_NODE_ERROR_WRONG_KIND', one, 'meta'))
        for cmd, args in [('set', {}), ('set', {'key': 'k'}), ('set', {'key': 5, 'value': 1}), ('get', {'key': ['k']}), ('update', {}),
                          ('update', {'dict': [1]}), ('look', {}), ('burst-set', {}), ('delta', {'key': 'k'})]:
            self.refused('P2P_NODE_ERROR_BAD_ARGUMENT', one, cmd, **args)
        for timeout in (-1, 'x', 1e9, [1]):
            for cmd in ('get', 'unjoin'):
                self.assertEqual(one.begin(cmd, key='k', timeout=timeout)(TIMEOUT)['code'], 'P2P_NODE_ERROR_BAD_ARGUMENT')
        mesh = Peer('rt', subnet='ring')
        self.addCleanup(mesh.kill)
        for cmd in ('look', 'ring', 'join', 'unjoin'):
            self.refused('P2P_NODE_ERROR_WRONG_KIND', mesh, cmd)
        one.do('close')
        self.refused('P2P_LINK_ERROR_SOCKET_CLOSED', one, 'get', key='number')

    def test_fallbacks(self):
        node, = self.ring(1)
        self.assertEqual(node.begin('get', key='k', fallback=5, timeout=1.5)(TIMEOUT)['value']['value'], 5)
        self.assertIsNone(node.do('get', key='k', fallback=None)['value'])
        self.assertEqual(node.do('pop', key='k', fallback='none'), 'none')
        self.assertIs(node.do('del', key='k', fallback=False), False)

    def test_every_command_is_answered_without_arguments(self):
        node, = self.ring(1)
        for name in COMMANDS[:-2]:
            got = node.ask(name)
            self.assertEqual(got['cmd'], name)
            if not got['ok']:
                self.assertTrue(got['error'])
                self.assertTrue(got['code'].startswith('P2P_'), got)

    def test_burst(self):
        one, other = self.ring(2)
        self.assertGreater(one.do('burst-set', n=300, prefix='p')['start'], 0)
        until(lambda: other.do('ndata')['n'] == 300, '300 names')
        self.assertEqual(len(other.do('items')), 300)
        self.assertEqual(other.do('get', key='p000299')['value'], 'v299')

    def test_with_k(self):
        one, other, third = self.ring(3, '--k', '1', join=False)
        one.do('join')
        other.do('join')
        self.wait_ring([third], 2)
        self.assertIn('2', self.refused('P2P_TABLE_ERROR_RING_FULL', third, 'join'))
        third.do('set', key='k', value=1)
        self.assertEqual(third.do('get', key='k')['value'], 1)
        plain = self.start()
        self.assertIn('k', self.refused('P2P_LINK_ERROR_WRONG_NETWORK', plain, 'connect', addr=one.host, port=one.port))

    def test_for_people(self):
        got = run('--human', '--port', '0', '--cls', 'chord', text='{"cmd":"join"}\n{"cmd":"set","key":"k\\u202e","value":"v"}\n{"cmd":"del","key":"k\\u202e"}\n')
        self.assertEqual(got.returncode, 0, got.stderr)
        self.assertIn('k\\u{202e}', got.stdout)
        self.assertIn('was deleted', got.stdout)
        self.assertIn('Storing for others: joined', got.stdout)
        self.assertNotIn('\u202e', got.stdout)


class Restarts(RingTest):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.state = os.path.join(folder.name, 'state')

    def test_what_is_stored_outlives_a_restart(self):
        """Alone there is nobody to hand it over to: it is kept, and so is that the node had joined."""
        one = self.start('--state', self.state)
        one.do('join')
        one.do('update', dict={'a': 1, 'b': [2]})
        one.do('exit')
        one.process.wait(TIMEOUT)
        again = self.start('--state', self.state)
        self.assertEqual(again.id, one.id)
        until(lambda: again.do('ring')['state'] == 'joined', 'that it joined again')
        self.assertEqual(again.do('items'), [['a', 1], ['b', [2]]])
        again.process.kill()
        again.process.wait(TIMEOUT)
        third = self.start('--state', self.state)
        until(lambda: third.do('ring')['state'] == 'joined', 'that it joined after it was killed')
        self.assertEqual(third.do('get', key='b')['value'], [2])

    def test_it_hands_over_before_it_leaves(self):
        one, other = self.ring(2)
        third = self.start('--state', self.state)
        third.dial(one)
        third.do('join')
        self.wait_ring([one, other, third], 3)
        for n in range(40):
            third.do('set', key='key%d' % n, value=n)
        third.process.send_signal(signal.SIGTERM)
        self.assertEqual(third.process.wait(TIMEOUT), 0)
        self.wait_ring([one, other], 2)
        self.assertEqual([other.do('get', key='key%d' % n)['value'] for n in range(40)], list(range(40)))
        again = self.start('--state', self.state)
        again.dial(one)
        until(lambda: again.do('ring')['state'] == 'joined', 'that it joined again')
        self.wait_ring([one, other, again], 3)
        self.assertEqual(again.do('get', key='key7')['value'], 7)


if __name__ == '__main__':
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What roundtable-node makes of the lines that it reads, and of frames."""
import json
import os
import socket
import unittest

import rawpeer
from harness import HERE, TIMEOUT, Peer, b, free_address
from test_node import COMMANDS, json_lines, run

# The golden vectors of the wire tests, made by the real libraries.
VECTORS = os.path.join(os.path.dirname(HERE), 'data', 'vectors')
TABLE_COMMANDS = ['set', 'get', 'del', 'update', 'delta', 'pop', 'popitem', 'keys', 'items', 'data', 'meta', 'join', 'unjoin',
                  'burst-set', 'ndata']


class Lines(unittest.TestCase):
    """Whatever a line holds, it is answered and the program goes on."""

    def setUp(self):
        self.peer = Peer('rt')
        self.addCleanup(self.peer.kill)

    def answer(self, line):
        since = self.peer.mark()
        self.peer.line(line)
        return self.peer.wait(lambda e: e['ev'] == 'result', 'an answer to ' + line[:60], since)

    def test_bad_lines(self):
        for line in ['nonsense', '{', '[]', '5', 'null', '"x"', '{"cmd":}', '{"a":"\\u0000"}', '{"n":99999999999999999999}',
                     '{"n":0x10}', '{"n":01}', '{"n":1.}', '{"n":1e400}', '{"a":' + '[' * 100000 + ']' * 100000 + '}', '{"cmd":"status"} {"cmd":"status"}']:
            with self.subTest(line=line[:40]):
                got = self.answer(line)
                self.assertFalse(got['ok'])
                self.assertEqual(got['code'], 'P2P_NODE_ERROR_BAD_LINE')
                self.assertIsNone(got['tag'])
        self.assertEqual(self.peer.do('status'), 'Nominal')

    def test_bytes_that_are_no_text(self):
        since = self.peer.mark()
        self.peer.process.stdin.buffer.write(b'{"cmd":"\xff"}\n\x00\n')
        self.peer.process.stdin.buffer.flush()
        for _ in range(2):
            got = self.peer.wait(lambda e: e['ev'] == 'result', 'an answer', since)
            self.assertEqual(got['code'], 'P2P_NODE_ERROR_BAD_LINE')
            since = self.peer.events.index(got, since) + 1
        self.assertEqual(self.peer.do('status'), 'Nominal')

    def test_empty_lines_are_nothing(self):
        self.peer.line('\n   \n\r')
        self.assertEqual(self.peer.do('status'), 'Nominal')
        self.assertEqual(self.peer.count('result'), 0)

    def test_line_too_long(self):
        since = self.peer.mark()
        writer = self.peer.process.stdin
        for _ in range(33):
            writer.write('x' * (1024 * 1024))
        writer.write('\n')
        writer.flush()
        got = self.peer.wait(lambda e: e['ev'] == 'result', 'an answer', since)
        self.assertEqual(got['code'], 'P2P_NODE_ERROR_LINE_TOO_LONG')
        self.assertEqual(self.peer.do('status'), 'Nominal')

    def test_unknown_commands(self):
        for line in ['{}', '{"cmd":5}', '{"cmd":null}', '{"cmd":"fly","tag":{"deep":[1,"x"]}}']:
            self.assertEqual(self.answer(line)['code'], 'P2P_NODE_ERROR_UNKNOWN_COMMAND')
        self.assertEqual(self.answer('{"cmd":"fly","tag":{"deep":[1,"x"]}}')['tag'], {'deep': [1, 'x']})

    def test_every_command_is_answered_without_arguments(self):
        for name in COMMANDS[:-2]:
            with self.subTest(cmd=name):
                got = self.peer.ask(name)
                self.assertEqual(got['cmd'], name)
                if not got['ok']:
                    self.assertTrue(got['error'])
                    self.assertTrue(got['code'].startswith('P2P_'), got)

    def test_table_commands(self):
        for name in TABLE_COMMANDS:
            got = self.peer.ask(name, key='k', value='v', dict={}, n=1)
            self.assertEqual(got['code'], 'P2P_NODE_ERROR_WRONG_KIND', name)

    def test_bad_arguments(self):
        for cmd, args, words in [
                ('connect', {}, 'addr'), ('connect', {'addr': 'x'}, 'port'), ('connect', {'addr': 5, 'port': 1}, 'addr'),
                ('connect', {'addr': 'x', 'port': 0}, 'port'), ('connect', {'addr': 'x', 'port': 65536}, 'port'),
                ('connect', {'addr': 'x', 'port': 'y'}, 'port'), ('connect', {'addr': 'x', 'port': 1, 'id': 7}, 'id'),
                ('send', {}, 'packets'), ('send', {'packets': 'x'}, 'packets'), ('send', {'packets': [{'$b': 'zz'}]}, '$b'),
                ('send', {'packets': [{'$q': 1}]}, '$'), ('send', {'packets': ['x'], 'flag': 'y'}, 'flag'),
                ('whisper', {'packets': []}, 'id'), ('whisper', {'id': 'x'}, 'packets'), ('disconnect', {}, 'id'),
                ('recv', {'n': -1}, 'n'), ('burst', {'size': 10}, 'n'), ('burst', {'n': 1}, 'size'), ('burst', {'n': -1, 'size': 1}, 'n'),
                ('decode', {}, 'hex'), ('decode', {'hex': '0'}, 'hex'), ('decode', {'hex': '00', 'compressions': 5}, 'compressions'),
                ('encode', {'type': 0}, 'time'), ('protocol-id', {'subnet': 'x'}, 'encryption')]:
            with self.subTest(cmd=cmd, args=args):
                got = self.peer.ask(cmd, **args)
                self.assertEqual(got['code'], 'P2P_NODE_ERROR_BAD_ARGUMENT')
                self.assertIn(words, got['error'])

    def test_errors_of_the_library(self):
        nowhere = dict(zip(('addr', 'port'), free_address()))
        for cmd, args, code in [
                ('connect', nowhere, 'P2P_LINK_ERROR_REFUSED'),
                ('connect', {'addr': self.peer.host, 'port': self.peer.port}, 'P2P_LINK_ERROR_SELF'),
                ('connect', {'addr': 'no.such.host.invalid', 'port': 5}, 'P2P_LINK_ERROR_NOT_RESOLVED'),
                ('whisper', {'id': 'x', 'packets': ['x']}, 'P2P_LINK_ERROR_NOT_CONNECTED'),
                ('disconnect', {'id': 'x'}, 'P2P_LINK_ERROR_NOT_CONNECTED'),
                ('send', {'packets': ['x'], 'type': 0x0b}, 'P2P_WIRE_ERROR_RESERVED_FLAG'),
                ('send', {'packets': ['x'], 'type': 0x30}, 'P2P_WIRE_ERROR_RESERVED_FLAG'),
                ('reply-last', {'packets': ['x']}, 'P2P_NODE_ERROR_NO_MESSAGE'),
                ('raw', {'id': 'x', 'frame': b('x')}, 'P2P_NODE_ERROR_NOT_ALLOWED')]:
            with self.subTest(cmd=cmd, code=code):
                got = self.peer.ask(cmd, **args)
                self.assertEqual(got.get('code'), code)
                self.assertTrue(got['error'])

    def test_commands_are_carried_out_in_order(self):
        # The dial takes as long as the other end likes; what comes after it waits, unless it was marked async.
        with socket.create_server(free_address()) as silent:
            host, port = silent.getsockname()
            dial = self.peer.begin('connect', addr=host, port=port)
            status = self.peer.begin('status')
            accepted, _ = silent.accept()
            self.assertRaises(AssertionError, status, 0.3)
            accepted.close()
            self.assertFalse(dial()['ok'])
            self.assertEqual(status()['value'][0]['code'], 'P2P_LINK_ERROR_CLOSED_BY_PEER')
            dial = self.peer.begin('connect', addr=host, port=port, **{'async': True})
            self.peer.do('status')
            silent.accept()[0].close()
            self.assertFalse(dial()['ok'])

    def test_pipelined_input(self):
        lines = ''.join('{"cmd":"protocol-id","subnet":"%d","encryption":"SSL","tag":%d}\n' % (i, i) for i in range(5000))
        got = run('--port', '0', text=lines)
        self.assertEqual(got.returncode, 0)
        answers = json_lines(got.stdout)[1:]
        self.assertEqual([a['tag'] for a in answers], list(range(5000)))
        self.assertEqual(answers[77]['value'], rawpeer.protocol_id('77', 'SSL'))

    def test_close(self):
        self.assertIs(self.peer.do('close'), True)
        self.assertEqual(self.peer.ask('close')['code'], 'P2P_LINK_ERROR_SOCKET_CLOSED')
        self.assertFalse(self.peer.ask('send', packets=['x'])['ok'])
        self.assertIs(self.peer.do('exit'), True)
        self.assertEqual(self.peer.process.wait(TIMEOUT), 0)


class Frames(unittest.TestCase):
    """encode, decode and protocol-id against what the originals made."""

    @classmethod
    def setUpClass(cls):
        cls.peer = Peer('rt')
        cls.addClassCleanup(cls.peer.kill)

    @staticmethod
    def load(name):
        with open(os.path.join(VECTORS, name), encoding='utf-8') as f:
            return json.load(f)

    def value(self, typed):
        kind, v = typed['t'], typed.get('v')
        if kind == 'nil':
            return None
        if kind == 'bool':
            return v
        if kind == 'int':
            return int(v) if abs(int(v)) <= 2 ** 53 else {'$i': v}
        if kind == 'float':
            return {'$f': float(v)} if float(v).is_integer() else float(v)
        if kind == 'str':
            return v
        if kind == 'bin':
            return {'$b': v}
        if kind == 'array':
            return [self.value(x) for x in v]
        if kind == 'map':
            return {'$m': [[self.value(k), self.value(x)] for k, x in v]}
        if kind == 'strrep':
            return v * typed['n']
        if kind == 'binrep':
            return {'$b': v * typed['n']}
        raise ValueError(kind)

    def test_messages_of_py2p(self):
        n = 0
        for vector in self.load('messages-py2p-0.7.870.json')['vectors']:
            wire = vector['wire'].get('hex')
            if wire is None or 'nul' in vector['name']:
                continue
            n += 1
            with self.subTest(vector['name']):
                sender, packets = self.value(vector['input']['sender']), [self.value(v) for v in vector['input']['payload']]
                got = self.peer.do('encode', type=vector['input']['type'], sender=sender, time=vector['input']['time'],
                                   packets=packets)
                self.assertEqual(got, {'hex': wire, 'id': {'$b': vector['id_hex']}})
                back = self.peer.do('decode', hex=wire)
                self.assertEqual(back['packets'], packets)
                self.assertEqual((back['type'], back['sender'], back['time'], back['id'], back['compression']),
                                 (vector['input']['type'], sender, vector['input']['time'], {'$b': vector['id_hex']}, 0))
        self.assertGreater(n, 100)

    def test_compressed_by_py2p(self):
        n = 0
        for vector in self.load('compressed-py2p-0.7.870.json')['vectors']:
            wire = vector['wire'].get('hex')
            if wire is None or (vector['method'] == 0x20 and 0x20 not in self.peer.ready['compression']):
                continue
            n += 1
            with self.subTest(vector['name']):
                got = self.peer.do('decode', hex=wire, compressions=[vector['method']])
                self.assertEqual(got['compression'], vector['method'])
                plain = self.peer.do('decode', hex=vector['plain_hex'])
                self.assertEqual((got['packets'], got['id']), (plain['packets'], plain['id']))
                again = self.peer.do('encode', type=got['type'], sender=got['sender'], time=got['time'], packets=got['packets'],
                                     compression=vector['method_name'])
                self.assertEqual(self.peer.do('decode', hex=again['hex'], compressions=[vector['method_name']])['id'], got['id'])
        self.assertGreater(n, 4)

    def test_protocol_ids(self):
        vectors = self.load('ids-py2p-0.7.870.json')['protocol_ids'] + self.load('ids-py2p-0.6.757.json')['protocol_ids']
        for v in vectors:
            self.assertEqual(self.peer.do('protocol-id', subnet=v['subnet'], encryption=v['encryption'], version=v['version']), v['id'])
        self.assertGreater(len(vectors), 50)

    def test_bad_frames(self):
        good = self.peer.do('encode', type=0, sender='x', time=5, packets=[0, 'hello'])['hex']
        for hex_, code in [(good[:-2], 'HEADER'), (good + '00', 'HEADER'), (good[:-2] + 'ff', 'CHECKSUM'), ('', 'HEADER'), ('00000000', None),
                           (good[:8] + '00' * 32 + good[72:], 'CHECKSUM')]:
            got = self.peer.ask('decode', hex=hex_)
            self.assertFalse(got['ok'], hex_)
            self.assertTrue(got['code'].startswith('P2P_WIRE_ERROR_' + (code or '')), got)


if __name__ == '__main__':
    unittest.main(verbosity=2)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of roundtable-node itself, without any foreign peer."""
import json
import os
import re
import signal
import socket
import stat
import subprocess
import tempfile
import time
import unittest

import rawpeer
from harness import HERE, NODE, TIMEOUT, BROADCAST, WHISPER, NetworkTest, Peer, b, free_address, until

MANUAL = os.path.join(os.path.dirname(HERE), os.pardir, 'src', 'node', 'roundtable-node.1')
# The golden vectors of the wire tests, made by the real libraries.
VECTORS = os.path.join(os.path.dirname(HERE), 'data', 'vectors')

COMMANDS = ['connect', 'send', 'whisper', 'sendto', 'reply-last', 'recv', 'set', 'get', 'del', 'update', 'delta', 'pop', 'popitem',
            'keys', 'items', 'data', 'meta', 'join', 'unjoin', 'routing_table', 'status', 'stats', 'disconnect', 'raw', 'burst',
            'burst-set', 'counter', 'ndata', 'encode', 'decode', 'protocol-id', 'request_peers', 'close', 'exit']
TABLE_COMMANDS = ['set', 'get', 'del', 'update', 'delta', 'pop', 'popitem', 'keys', 'items', 'data', 'meta', 'join', 'unjoin',
                  'burst-set', 'ndata']


def run(*args, text='', timeout=TIMEOUT):
    """A whole run of the program with this input."""
    return subprocess.run([NODE] + list(args), input=text, capture_output=True, encoding='utf-8', timeout=timeout)


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


class Arguments(unittest.TestCase):
    def refused(self, *args):
        got = run(*args)
        self.assertEqual(got.returncode, 2, args)
        self.assertEqual(got.stdout, '', args)
        lines = got.stderr.splitlines()
        self.assertEqual(len(lines), 1, got.stderr)
        self.assertTrue(lines[0].startswith('roundtable-node: '), lines[0])
        return lines[0]

    def test_bad_arguments_are_refused_with_words(self):
        for args, words in [
                (['--port', '70000'], '70000'),
                (['--port', '-5'], 'port'),
                (['--port', 'x'], 'x'),
                ([], '--port'),
                (['--port', '0', '--encryption', 'rot13'], 'rot13'),
                (['--port', '0', '--protocol-version', '0.5'], '0.5'),
                (['--port', '0', '--connect', 'nowhere'], 'nowhere'),
                (['--port', '0', '--connect', 'host:0'], 'host:0'),
                (['--port', '0', '--connect', 'host:99999'], 'host:99999'),
                (['--port', '0', '--connect', '::1:80'], '[ADDRESS]'),
                (['--port', '0', '--out-addr', ':5'], ':5'),
                (['--port', '0', '--compression', 'zlib,nonsense'], 'nonsense'),
                (['--port', '0', '--compression', ''], 'compression'),
                (['--port', '0', '--debug-level', '9'], '9'),
                (['--port', '0', '--max-outgoing', '-3'], '-3'),
                (['--port', '0', '--limit', 'links'], 'NAME=VALUE'),
                (['--port', '0', '--limit', 'links=many'], 'links=many'),
                (['--port', '0', '--limit', 'links=4294967296'], '4294967295'),
                (['--port', '0', '--limit', 'lynx=5'], 'lynx'),
                (['--port', '0', '--json', '--human'], '--human'),
                (['--port', '0', '--wat'], '--wat'),
                (['--port', '0', 'extra'], 'extra'),
                (['--port', '0', '--cls', 'tree'], 'tree'),
                (['--port', '0', '--cls', 'sync'], 'sync'),
                (['--port', '0', '--cls', 'chord'], 'chord'),
                (['--port', '0', '--no-leasing'], 'sync'),
                (['--port', '0', '--k', '6'], 'chord')]:
            with self.subTest(args=args):
                self.assertIn(words, self.refused(*args))

    def test_help_and_version(self):
        got = run('--help')
        self.assertEqual(got.returncode, 0)
        for option in ('--cls', '--port', '--addr', '--subnet', '--encryption', '--protocol-version', '--connect', '--out-addr',
                       '--compression', '--max-outgoing', '--limit', '--no-leasing', '--k', '--state', '--quiet', '--debug-level', '--json', '--human',
                       '--allow-raw', '--stay', '--version'):
            self.assertIn(option, got.stdout)
        got = run('--version')
        self.assertEqual(got.returncode, 0)
        self.assertRegex(got.stdout, r'^roundtable-node \d+\.\d+\.\d+ \(protocol 0\.7\.870\)\n$')

    def test_manual_page_has_every_option_and_command(self):
        with open(MANUAL, encoding='utf-8') as f:
            page = f.read().replace('\\-', '-')
        for option in re.findall(r'--[a-z-]+', run('--help').stdout):
            if not option.startswith('--help'):
                self.assertIn(option, page)
        limits = self.refused('--port', '0', '--limit', '?=0').partition('there are ')[2].split(', ')
        self.assertGreater(len(limits), 20)
        for limit in limits:
            self.assertIn('\n.B %s\n' % limit.strip(), page)
        for command in COMMANDS:
            self.assertRegex(page, r'(?m)[ "]%s[ "\n]' % re.escape(command))


class Life(unittest.TestCase):
    def test_end_of_input_ends_it_cleanly(self):
        got = run('--json', '--port', '0')
        self.assertEqual((got.returncode, got.stderr), (0, ''))
        ready = json_lines(got.stdout)[0]
        self.assertEqual(ready['ev'], 'ready')
        self.assertEqual(ready['impl'], 'roundtable')
        self.assertEqual(ready['addr'][0], '127.0.0.1')
        self.assertTrue(1024 < ready['addr'][1] < 65536)
        self.assertEqual(ready['protocol_version'], '0.7')
        self.assertEqual(ready['protocol'], rawpeer.protocol_id('mesh'))
        self.assertRegex(ready['id'], '^[%s]{60,66}$' % rawpeer.BASE58)
        self.assertEqual(set(ready['compression']) - {0x20}, {0x10, 0x11, 0x12, 0x13})

    def test_without_a_terminal_json_is_the_default(self):
        self.assertEqual(json_lines(run('--port', '0').stdout)[0]['ev'], 'ready')

    def test_compression_is_announced_in_the_order_given(self):
        self.assertEqual(json_lines(run('--port', '0', '--compression', 'gzip,zlib').stdout)[0]['compression'], [0x11, 0x13])
        self.assertEqual(json_lines(run('--port', '0', '--compression', 'none').stdout)[0]['compression'], [])

    def test_port_in_use(self):
        with socket.create_server(free_address()) as taken:
            host, port = taken.getsockname()
            got = run('--addr', host, '--port', str(port))
        self.assertEqual(got.returncode, 1)
        self.assertEqual(got.stdout, '')
        self.assertEqual(len(got.stderr.splitlines()), 1)
        self.assertIn(str(port), got.stderr)
        self.assertIn('in use', got.stderr)

    def test_closed_standard_descriptors(self):
        # None of them becomes a descriptor of ours that would be read from or written to.
        for closing, output in (('<&-', True), ('>&- </dev/null', False), ('2>&- </dev/null', True)):
            got = subprocess.run(['sh', '-c', 'exec "$0" --json --port 0 ' + closing, NODE], stdin=subprocess.DEVNULL,
                                 capture_output=True, encoding='utf-8', timeout=TIMEOUT)
            self.assertEqual((got.returncode, got.stderr), (0, ''), closing)
            self.assertEqual([e['ev'] for e in json_lines(got.stdout)], ['ready'] if output else [], closing)

    def test_address_that_is_not_ours(self):
        got = run('--addr', '192.0.2.1', '--port', '0')
        self.assertEqual(got.returncode, 1)
        self.assertIn('192.0.2.1', got.stderr)

    def test_signals_end_it_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            peer = Peer('rt')
            self.addCleanup(peer.kill)
            peer.process.send_signal(number)
            self.assertEqual(peer.process.wait(TIMEOUT), 0)

    def test_sigterm_ends_what_is_under_way(self):
        # A dial to a socket that accepts and says nothing, and a command that waits behind it: both are answered.
        peer = Peer('rt')
        self.addCleanup(peer.kill)
        with socket.create_server(free_address()) as silent:
            host, port = silent.getsockname()
            dial = peer.begin('connect', addr=host, port=port)
            waiting = peer.begin('status')
            accepted, _ = silent.accept()
            self.addCleanup(accepted.close)
            peer.process.send_signal(signal.SIGTERM)
            self.assertFalse(dial()['ok'])
            self.assertEqual(waiting()['code'], 'P2P_NODE_ERROR_UNANSWERED')
            self.assertEqual(peer.process.wait(TIMEOUT), 0)

    def test_stay(self):
        peer = Peer('rt', '--stay')
        self.addCleanup(peer.kill)
        peer.process.stdin.close()
        with socket.create_connection((peer.host, peer.port), TIMEOUT) as s:
            self.assertTrue(s.recv(4))      # it still answers strangers with its handshake
        self.assertIsNone(peer.process.poll())
        peer.process.terminate()
        self.assertEqual(peer.process.wait(TIMEOUT), 0)

    def test_state_keeps_the_id(self):
        with tempfile.TemporaryDirectory() as directory:
            state = os.path.join(directory, 'new', 'folder')
            ids = [json_lines(run('--port', '0', '--state', state).stdout)[0]['id'] for _ in range(2)]
            self.assertEqual(ids[0], ids[1])
            key = os.path.join(state, 'identity.key')
            self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
            # The id belongs to key and network
            self.assertNotEqual(ids[0], json_lines(run('--port', '0', '--subnet', 'x', '--state', state).stdout)[0]['id'])
            with open(key, 'wb') as f:
                f.write(b'no key')
            got = run('--port', '0', '--state', state)
            self.assertEqual(got.returncode, 1)
            self.assertIn('identity.key', got.stderr)
        ids = [json_lines(run('--port', '0').stdout)[0]['id'] for _ in range(2)]
        self.assertNotEqual(ids[0], ids[1])

    def test_output_that_nobody_reads(self):
        peer = Peer('rt')
        self.addCleanup(peer.kill)
        self.assertEqual(peer.do('protocol-id', subnet='', encryption='Plaintext'), rawpeer.protocol_id(''))
        process = subprocess.Popen([NODE, '--port', '0'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b'{"cmd":"status"}\n')
        process.stdin.flush()
        self.assertEqual(process.wait(TIMEOUT), 1)
        self.assertIn(b'standard output', process.stderr.read())
        process.stdin.close()
        process.stderr.close()

    def test_human_output(self):
        got = run('--human', '--port', '0', text='{"cmd":"status"}\nnonsense\n{"cmd":"protocol-id","subnet":"\\u001b[31m"}\n')
        self.assertEqual(got.returncode, 0)
        self.assertIn('Listening on 127.0.0.1', got.stdout)
        self.assertIn('status: "Nominal"', got.stdout)
        self.assertIn('error: not JSON', got.stdout)
        self.assertNotIn('\x1b', got.stdout)
        for line in got.stdout.splitlines():
            self.assertRegex(line, r'^\d\d:\d\d:\d\d ')

    def test_connect_option(self):
        first = Peer('rt')
        self.addCleanup(first.kill)
        host, port = free_address()
        second = Peer('rt', '--connect', '%s:%d' % (first.host, first.port), '--connect', '%s:%d' % (host, port))
        self.addCleanup(second.kill)
        added = second.wait_event('peer-added')
        self.assertEqual((added['id'], added['addr'], added['outgoing']), (first.id, [first.host, first.port], True))
        second.wait_event('connect')
        failed = second.wait_event('link-failed')
        self.assertEqual(failed['addr'], [host, port])
        self.assertEqual(failed['code'], 'P2P_LINK_ERROR_REFUSED')
        self.assertEqual(first.wait_event('peer-added')['outgoing'], False)


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
                     '{"a":' + '[' * 100000 + ']' * 100000 + '}', '{"cmd":"status"} {"cmd":"status"}']:
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


class Network(NetworkTest):
    """Two and three of ours."""

    def pair(self, *args):
        one, other = self.start('rt', *args), self.start('rt', *args)
        self.connect(one, other)
        return one, other

    def test_tables(self):
        one, other = self.pair()
        link = one.link_to(other)
        self.assertEqual(link['addr'], [other.host, other.port])
        self.assertEqual((link['outgoing'], link['state'], link['encryption'], link['version']), (True, 'established', 'Plaintext', '0.7'))
        self.assertEqual(link['compression'], other.ready['compression'])
        self.assertAlmostEqual(link['since'], time.time(), delta=60)
        self.assertGreater(link['bytes_in'], 100)
        self.assertGreater(link['bytes_out'], 100)
        self.assertIs(other.link_to(one)['outgoing'], False)
        self.assertEqual(one.do('routing_table')['awaiting'], [])
        stats = one.do('stats')
        self.assertEqual(stats['links']['established'], 1)
        self.assertGreater(stats['memory'], 1000)
        self.assertEqual(set(stats['dropped'].values()), {0})

    def test_messages(self):
        one, other = self.pair()
        self.assertEqual(one.do('send', packets=['hello', 5]), 1)
        message = other.wait_message([BROADCAST, 'hello', 5])
        self.assertEqual(message['sender'], one.id)
        self.assertAlmostEqual(message['time'], time.time(), delta=60)
        self.assertEqual(len(message['id']['$b']), 64)
        self.assertIs(other.do('reply-last', packets=['back']), True)
        self.assertEqual(one.wait_message([WHISPER, 'back'])['sender'], other.id)
        self.assertIs(one.do('whisper', id=other.id, packets=[None]), True)
        other.wait_message([WHISPER, None])
        self.assertEqual(one.do('send', packets=['mine'], type={'my': ['own', 1.5]}), 1)
        other.wait_message([{'$m': [['my', ['own', 1.5]]]}, 'mine'])
        self.assertEqual(one.do('send', packets=['low'], flag=2), 1)
        other.wait_message([WHISPER, 'low'])

    def test_recv_and_counter(self):
        one, other = self.pair()
        before = time.time()
        for i in range(5):
            one.do('send', packets=['m%d' % i])
        other.wait_message([BROADCAST, 'm4'])
        self.assertEqual(other.do('recv')['packets'], [BROADCAST, 'm0'])
        self.assertEqual([m['packets'][1] for m in other.do('recv', n=2)], ['m1', 'm2'])
        self.assertEqual([m['packets'][1] for m in other.do('recv', n=100)], ['m3', 'm4'])
        self.assertIsNone(other.do('recv'))
        self.assertEqual(other.do('recv', n=1), [])
        counter = other.do('counter', reset=True)
        self.assertEqual(counter['n'], 5)
        self.assertTrue(before - 1 <= counter['first'] <= counter['last'] <= time.time() + 1)
        self.assertEqual(other.do('counter'), {'n': 0, 'first': None, 'last': None})

    def test_burst_loses_nothing(self):
        one, other = self.start('rt'), self.start('rt', '--quiet')
        self.connect(one, other)
        for n, size in ((20000, 64), (100, 262144), (3, 0)):
            got = one.do('burst', n=n, size=size, start=1000)
            self.assertGreater(got['elapsed'], 0)
            until(lambda: other.do('counter')['n'] >= n, '%d messages of %d bytes' % (n, size))
            self.assertEqual(other.do('counter', reset=True)['n'], n)
            last = other.do('recv', n=1000000)[-1]
            self.assertEqual(last['packets'], [BROADCAST, '%08d' % (1000 + n - 1) + 'x' * max(0, size - 8)])
        self.assertEqual(other.count('message'), 0)
        self.assertEqual(one.do('stats')['dropped']['queue_full'], 0)

    def test_events_that_nobody_reads_do_not_stop_the_node(self):
        one = self.start('rt')
        other = subprocess.Popen([NODE, '--json', '--port', '0', '--subnet', 'interop'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 encoding='utf-8')
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        ready = json.loads(other.stdout.readline())
        one.do('connect', addr=ready['addr'][0], port=ready['addr'][1])
        # 30 MB, far more than pipe and sockets hold: when all of it is gone, most of it has been taken in.
        one.do('burst', n=30000, size=1000)
        until(lambda: one.table()[0]['queued'] == 0, 'the other node to take it all')
        third = self.start('rt', '--quiet')
        self.assertIs(third.do('connect', addr=ready['addr'][0], port=ready['addr'][1]), True)
        seen = 0
        while seen < 30000:
            event = json.loads(other.stdout.readline())
            if event['ev'] == 'message':
                self.assertEqual(event['packets'][1][:8], '%08d' % seen)
                seen += 1
        other.stdin.close()
        self.may_lose.update((one, third))
        self.assertEqual(other.wait(TIMEOUT), 0)

    def test_disconnect(self):
        one, other = self.start('rt', '--out-addr', '127.0.0.9:9'), self.start('rt', '--out-addr', '127.0.0.9:9')
        one.dial(other)
        one.wait_link(other)
        self.may_lose.update((one, other))
        self.assertIsNone(one.do('disconnect', id=other.id))
        gone = one.wait_event('peer-removed')
        self.assertEqual((gone['id'], gone['code']), (other.id, 'P2P_LINK_ERROR_CLOSED'))
        gone = other.wait_event('peer-removed')
        self.assertEqual((gone['id'], gone['code']), (one.id, 'P2P_LINK_ERROR_CLOSED_BY_PEER'))
        self.assertTrue(gone['reason'])

    def test_raw(self):
        one, other = self.start('rt', '--allow-raw'), self.start('rt')
        self.connect(one, other)
        frame = rawpeer.frame(0, one.id, [0, 'by hand'])
        self.assertEqual(one.do('raw', id=other.id, frame=b(frame)), len(frame))
        other.wait_message([BROADCAST, 'by hand'])

    def test_encrypted(self):
        one, other = self.pair('--encryption', 'SSL')
        one.do('send', packets=['secret'])
        other.wait_message([BROADCAST, 'secret'])
        self.assertEqual(one.link_to(other)['encryption'], 'SSL')

    def test_version_0_6(self):
        one, other = self.pair('--protocol-version', '0.6')
        one.do('send', packets=['old'])
        other.wait_message([BROADCAST, 'old'])
        self.assertEqual(one.ready['protocol'], rawpeer.protocol_id('interop', version='0.6'))

    def test_wrong_network(self):
        one, other = self.start('rt'), self.start('rt', subnet='elsewhere')
        got = one.ask('connect', addr=other.host, port=other.port)
        self.assertEqual(got['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')
        self.assertEqual(other.wait_event('link-failed')['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')
        self.assertEqual(one.do('status')[0]['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')
        self.assertEqual(one.table(), [])

    def test_exit_sends_what_is_queued(self):
        one, other = self.start('rt'), self.start('rt', '--quiet')
        one.dial(other)
        one.wait_link(other)
        self.may_lose.update((one, other))
        one.begin('burst', n=200, size=100000)
        one.do('exit')
        self.assertEqual(one.process.wait(TIMEOUT), 0)
        other.wait_event('peer-removed')
        self.assertEqual(other.do('counter')['n'], 200)

    def test_human_messages_are_harmless(self):
        one = self.start('rt')
        other = subprocess.Popen([NODE, '--human', '--port', '0', '--subnet', 'interop', '--connect', '%s:%d' % (one.host, one.port)],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding='utf-8')
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        self.may_lose.add(one)
        one.wait_event('peer-added')
        one.do('send', packets=['bell \x07 red \x1b[31m left \u202e end'])
        one.do('send', packets=[5, {'$b': '00ff'}])
        other.stdin.close()
        until(lambda: one.count('peer-removed') > 0, 'the other to leave')
        text = other.stdout.read()
        self.assertIn('bell \\u{7} red \\u{1b}[31m left \\u{202e} end', text)
        self.assertIn(one.id[:8] + '…: ', text)
        self.assertIn('Connected to the network', text)
        for c in '\x07\x1b\u202e':
            self.assertNotIn(c, text)


if __name__ == '__main__':
    unittest.main(verbosity=2)

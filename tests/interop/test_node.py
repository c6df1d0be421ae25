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
from harness import HERE, NODE, TIMEOUT, Peer, free_address, until

MANUAL = os.path.join(os.path.dirname(HERE), os.pardir, 'src', 'node', 'roundtable-node.1')

COMMANDS = ['connect', 'send', 'whisper', 'sendto', 'reply-last', 'recv', 'set', 'get', 'del', 'update', 'delta', 'pop', 'popitem',
            'keys', 'items', 'data', 'meta', 'join', 'unjoin', 'look', 'ring', 'routing_table', 'addresses', 'status', 'stats', 'disconnect', 'raw', 'burst',
            'burst-set', 'counter', 'ndata', 'encode', 'decode', 'protocol-id', 'request_peers', 'close', 'exit']


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
                (['--port', '0', '--keep', 'nowhere'], 'nowhere'),
                (['--port', '0', '--out-addr', ':5'], ':5'),
                (['--port', '0', '--compression', 'zlib,nonsense'], 'nonsense'),
                (['--port', '0', '--compression', ''], 'compression'),
                (['--port', '0', '--identity-passphrase-file', 'x'], '--identity'),
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
                (['--port', '0', '--cls', 'chord', '--k', '0'], 'between 1 and 10'),
                (['--port', '0', '--cls', 'chord', '--k', '11'], 'between 1 and 10'),
                (['--port', '0', '--cls', 'sync', '--k', '4'], 'chord'),
                (['--port', '0', '--no-leasing'], 'sync'),
                (['--port', '0', '--k', '6'], 'chord')]:
            with self.subTest(args=args):
                self.assertIn(words, self.refused(*args))

    def test_help_and_version(self):
        got = run('--help')
        self.assertEqual(got.returncode, 0)
        for option in ('--cls', '--port', '--addr', '--subnet', '--encryption', '--protocol-version', '--connect', '--keep', '--out-addr',
                       '--compression', '--max-outgoing', '--limit', '--no-leasing', '--k', '--state', '--identity', '--identity-passphrase-file', '--quiet', '--debug-level', '--json', '--human',
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
            self.assertEqual(dial()['code'], 'P2P_LINK_ERROR_CANCELLED')
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

    def test_identity(self):
        with tempfile.TemporaryDirectory() as directory:
            key = os.path.join(directory, 'new', 'one.key')
            first = json_lines(run('--port', '0', '--identity', key).stdout)[0]['id']
            self.assertEqual(stat.S_IMODE(os.stat(key).st_mode), 0o600)
            self.assertEqual(os.path.getsize(key), 32)
            self.assertEqual(first, json_lines(run('--port', '0', '--identity', key).stdout)[0]['id'])
            # it comes before the one of --state, which it leaves alone
            state = os.path.join(directory, 'state')
            self.assertEqual(first, json_lines(run('--port', '0', '--state', state, '--identity', key).stdout)[0]['id'])
            self.assertFalse(os.path.exists(os.path.join(state, 'identity.key')))
            passphrase = os.path.join(directory, 'passphrase')
            with open(passphrase, 'w', encoding='utf-8') as f:
                f.write('wrong\n')
            os.chmod(passphrase, 0o600)
            got = run('--port', '0', '--identity', key, '--identity-passphrase-file', passphrase)
            self.assertEqual(got.returncode, 2, got.stderr)
            self.assertIn('one.key', got.stderr)

    def test_exported_identity(self):
        """As the window exports it; what it is, another implementation says (tests/x1)."""
        with open(os.path.join(os.path.dirname(HERE), 'x1', 'vectors.json'), encoding='utf-8') as f:
            vectors = json.load(f)
        vector = vectors['identity_files'][0]
        with tempfile.TemporaryDirectory() as directory:
            key, passphrase, exported = (os.path.join(directory, n) for n in ('key', 'passphrase', 'exported'))
            with open(key, 'wb') as f:
                f.write(bytes.fromhex(vectors['a']['seed']))
            os.chmod(key, 0o600)
            with open(exported, 'w', encoding='utf-8') as f:
                f.write(vector['text'])
            expected = json_lines(run('--port', '0', '--identity', key).stdout)[0]['id']
            for text, status, words in ((vector['passphrase'] + '\nsecond line\n', 0, ''), ('wrong', 1, 'passphrase'), ('', 1, 'passphrase'), ('\n', 1, 'passphrase')):
                with open(passphrase, 'w', encoding='utf-8') as f:
                    f.write(text)
                os.chmod(passphrase, 0o600)
                got = run('--port', '0', '--identity', exported, '--identity-passphrase-file', passphrase)
                self.assertEqual(got.returncode, status, got.stderr)
                self.assertIn(words, got.stderr)
                if status == 0:
                    self.assertEqual(json_lines(got.stdout)[0]['id'], expected)
                else:
                    self.assertEqual(len(got.stderr.splitlines()), 1)
            got = run('--port', '0', '--identity', exported)
            self.assertEqual(got.returncode, 2)
            self.assertIn('--identity-passphrase-file', got.stderr)
            with open(exported, 'w', encoding='utf-8') as f:
                f.write(vector['text'].replace('A', 'B'))
            got = run('--port', '0', '--identity', exported, '--identity-passphrase-file', passphrase)
            self.assertEqual((got.returncode, got.stdout), (1, ''))
            got = run('--port', '0', '--identity', exported, '--identity-passphrase-file', os.path.join(directory, 'nowhere'))
            self.assertEqual(got.returncode, 1)
            self.assertIn('nowhere', got.stderr)

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

    def test_keep_option(self):
        address = free_address()
        one = Peer('rt', '--keep', '%s:%d' % address)
        self.addCleanup(one.kill)
        self.assertEqual(one.wait_event('link-failed')['code'], 'P2P_LINK_ERROR_REFUSED')
        known, = one.do('addresses')
        self.assertEqual((known['addr'], known['id'], known['source'], known['keep'], known['anchor'], known['last_seen']),
                         (list(address), None, 'program', True, False, None))
        self.assertIn(known['state'], ('waiting', 'dialling'))
        self.assertGreater(known['attempts'], 0)
        self.assertGreater(known['failures'], 0)
        self.assertAlmostEqual(known['last_tried'], time.time(), delta=600)
        self.assertEqual(known['cause']['code'], 'P2P_LINK_ERROR_REFUSED')
        self.assertIn(address[0], known['cause']['text'])
        self.assertEqual(known['history'][0]['code'], 'P2P_LINK_ERROR_REFUSED')
        # Whoever comes there is found, and found again when he comes back.
        for i in range(2):
            other = Peer('rt', '--max-outgoing', '0', address=address)
            self.addCleanup(other.kill)
            one.wait_link(other)
            known, = one.do('addresses')
            self.assertEqual((known['state'], known['id'], known['failures'], known['next_ms'], known['cause']),
                             ('linked', other.id, 0, None, None))
            self.assertEqual(known['history'][-1]['code'], None)
            self.assertAlmostEqual(known['last_seen'], time.time(), delta=600)
            other.kill()
            until(lambda: not one.table(), 'the loss to be noticed')
            until(lambda: (one.do('addresses')[0]['cause'] or {}).get('code') == 'P2P_LINK_ERROR_REFUSED', 'it to dial in vain')
            self.assertLess(one.do('addresses')[0]['next_ms'] or 0, 20000)

    def test_addresses_of_others(self):
        one, other = Peer('rt'), Peer('rt')
        self.addCleanup(one.kill)
        self.addCleanup(other.kill)
        self.assertEqual(one.do('addresses'), [])
        other.dial(one)
        other.wait_link(one)
        until(lambda: [(a['addr'], a['source'], a['state'], a['keep']) for a in one.do('addresses')]
              == [([other.host, other.port], 'incoming', 'linked', False)], 'the address of who came')


if __name__ == '__main__':
    unittest.main(verbosity=2)

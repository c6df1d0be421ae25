#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node among nodes of its own kind."""
import json
import signal
import subprocess
import tempfile
import time
import unittest

import rawpeer
from harness import NODE, PASSING, TIMEOUT, BROADCAST, WHISPER, NetworkTest, b, until


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
        for end in (link, other.link_to(one)):
            self.assertEqual((end['own'], end['capabilities']), (True, 0x63 if PASSING else 0xe3))
            self.assertGreaterEqual(end['rtt_ms'], 0)
            self.assertLess(abs(end['clock_offset']), 60)
        self.assertEqual(one.do('stats')['clock_skew'], 0)
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
        # The third catches up, so the last ones may come by two ways: each once, in whatever order.
        seen = []
        while len(seen) < 30000:
            event = json.loads(other.stdout.readline())
            if event['ev'] == 'message':
                seen.append(int(event['packets'][1][:8]))
        self.assertEqual(sorted(seen), list(range(30000)))
        other.stdin.close()
        self.may_lose.update((one, third))
        self.assertEqual(other.wait(TIMEOUT), 0)

    def test_stalled_reader(self):
        # More than the program keeps for its reader: the oldest events go, it is told how many, answers stay; and all the while the
        # network goes on, though commands wait.
        one = self.start('rt')
        other = subprocess.Popen([NODE, '--json', '--port', '0', '--subnet', 'interop'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                 encoding='utf-8')
        self.addCleanup(other.stdout.close)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        ready = json.loads(other.stdout.readline())
        one.do('connect', addr=ready['addr'][0], port=ready['addr'][1])
        print('{"cmd":"status","tag":"before"}', file=other.stdin, flush=True)
        # Far more than that: some of it is still in the buffers of the system when reading begins.
        n, size = 3000, 60000
        for _ in range(8):
            one.do('burst', n=n // 8, size=size)
            until(lambda: one.table()[0]['queued'] == 0, 'the other node to take it all')
        print('{"cmd":"status","tag":"after"}', file=other.stdin, flush=True)
        third = self.start('rt', '--quiet')
        self.assertIs(third.do('connect', addr=ready['addr'][0], port=ready['addr'][1]), True)
        print('{"cmd":"exit"}', file=other.stdin, flush=True)
        events = [json.loads(line) for line in other.stdout]
        kinds = [event['ev'] for event in events]
        messages = [event for event in events if event['ev'] == 'message']
        dropped = sum(event['events'] for event in events if event['ev'] == 'dropped')
        self.assertGreater(dropped, 0)
        self.assertGreaterEqual(len(messages) + dropped, n)
        # 64 MiB, and what was on its way when reading began: in the buffers of the system, which are large where the machine is busy
        self.assertLess(len(messages) * size, 120 << 20)
        # of those the last ones
        last = [int(event['packets'][1][:8]) for event in messages]
        self.assertIn(n // 8 - 1, last[-n // 8:])
        self.assertEqual([e['tag'] for e in events if e['ev'] == 'result' and 'tag' in e and e['tag']][:2], ['before', 'after'])
        self.assertLess(kinds.index('dropped'), len(kinds) - 1)
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

    def test_stopped(self):
        # As when a computer sleeps: it is found to be silent, and comes back as itself.
        one, other, third = (self.start('rt', '--limit', 'ping-seconds=1', '--limit', 'redial-seconds=1') for _ in range(3))
        self.connect(one, other)
        self.connect(third, other)
        self.expect_link(one, third)
        self.may_lose.update((one, other, third))
        other.process.send_signal(signal.SIGSTOP)
        for peer in (one, third):
            gone = peer.wait_event('peer-removed', timeout=60)
            self.assertEqual((gone['id'], gone['code']), (other.id, 'P2P_LINK_ERROR_SILENT'))
        one.do('send', packets=['he sleeps'])
        third.wait_message([BROADCAST, 'he sleeps'])
        other.process.send_signal(signal.SIGCONT)
        for peer in (one, third):
            until(lambda: peer.link_to(other) and other.link_to(peer), 'a link to who woke up', 60)
        other.do('send', packets=['awake'])
        one.wait_message([BROADCAST, 'awake'])
        third.wait_message([BROADCAST, 'awake'])

    def test_killed_and_back_as_itself(self):
        with tempfile.TemporaryDirectory() as folder:
            one = self.start('rt')
            other = self.start('rt', '--state', folder, '--max-outgoing', '0')
            one.dial(other)
            one.wait_link(other)
            self.may_lose.add(one)
            for _ in range(2):
                since = one.mark()
                other.kill()
                self.peers.remove(other)
                one.wait_event('peer-removed', since)
                again = self.start('rt', '--state', folder, '--max-outgoing', '0', address=(other.host, other.port))
                self.assertEqual(again.id, other.id)
                self.assertEqual(one.wait_event('peer-added', since, timeout=60)['id'], again.id)
                one.do('send', packets=['there you are'])
                again.wait_message([BROADCAST, 'there you are'])
                other = again

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

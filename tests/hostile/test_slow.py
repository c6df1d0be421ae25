#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A neighbour that reads a kilobyte a second, beside five that read as fast as they can (reliability.md 8)."""
import os
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('interop', 'support'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))

from harness import NetworkTest, text_of, until  # noqa: E402
from rawpeer import RawPeer  # noqa: E402
import tap  # noqa: E402

MIB = 1 << 20
SIZE = 60000
OFFERED = 50 * MIB // SIZE
OUT_QUEUE = 8 * MIB
SECONDS = 12                  # instead of 30: out-queue-seconds
LONG = 120                    # for what a slow machine takes long for


class SlowReader(RawPeer):
    def __init__(self, node):
        super().__init__(node.host, node.port, 'interop', 'slow')
        self.over = threading.Event()
        self.send(self.handshake())

    def read_slowly(self):
        def run():
            while not self.over.wait(0.1):
                try:
                    self.socket.recv(102, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    pass
                except OSError:
                    return
        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join(5)
        self.close()


class Slow(NetworkTest):
    def offer(self, source, listeners, watch=lambda: None):
        """Says it all; the seconds until every listener has heard it."""
        for node in listeners:
            node.do('counter', reset=True)
        begun = time.monotonic()
        end = source.begin('burst', n=OFFERED, size=SIZE)

        def heard():
            watch()
            return all(node.do('counter')['n'] >= OFFERED for node in listeners)
        until(heard, '%d messages at %d nodes' % (OFFERED, len(listeners)), LONG)
        span = time.monotonic() - begun
        self.assertTrue(end()['ok'])
        self.assertEqual([node.do('counter')['n'] for node in listeners], [OFFERED] * len(listeners))
        return span

    def test_one_of_six(self):
        middle = self.start('rt', '--quiet', '--compression', 'none', '--max-outgoing', '0', '--limit', 'out-queue-seconds=%d' % SECONDS)
        source = self.start('rt', '--quiet', '--compression', 'none', '--max-outgoing', '0')
        listeners = [self.start('rt', '--quiet', '--compression', 'none', '--max-outgoing', '0') for _ in range(4)]
        self.may_lose.add(middle)
        for node in [source] + listeners:
            self.connect(node, middle)
        without = min(self.offer(source, listeners) for _ in range(2))

        slow = SlowReader(middle)
        self.addCleanup(slow.stop)
        entry = until(lambda: next((link for link in middle.table() if text_of(link['id']) == slow.id), None), 'the slow one in the table')
        slow.read_slowly()
        most = [0]

        def watch():
            most[0] = max([most[0]] + [link['queued'] for link in middle.table() if text_of(link['id']) == slow.id])
        began = time.monotonic()
        beside = self.offer(source, listeners, watch)
        dropped = middle.do('stats')['dropped']['queue_full']
        print('# 50 MiB to 4 nodes: %.2f s, beside a slow one %.2f s; %.1f MiB waited for it, %d of %d messages were refused'
              % (without, beside, most[0] / MIB, dropped, OFFERED))
        self.assertLessEqual(most[0], OUT_QUEUE)
        self.assertGreater(most[0], OUT_QUEUE // 2)
        self.assertGreater(dropped, 0)
        link = next((link for link in middle.table() if text_of(link['id']) == slow.id), None)
        if link is not None:
            self.assertEqual(link['refused'], dropped)
        # That it is nine tenths at least is shown on the clock of the fake world (mesh-slow). Here the machine may have had other things to
        # do in one of the two runs; a link that waited for the slow one would wait for SECONDS.
        self.assertLess(beside, 2 * without + SECONDS / 2)

        removed = middle.wait_event('peer-removed', timeout=LONG)
        self.assertEqual(text_of(removed['id']), slow.id)
        self.assertEqual(removed['code'], 'P2P_LINK_ERROR_QUEUE_FULL')
        self.assertIn('too slowly', removed['reason'])
        self.assertGreater(time.monotonic() - began, SECONDS)
        self.assertEqual(entry['id'], removed['id'])


if __name__ == '__main__':
    tap.main()

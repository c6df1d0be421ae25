#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that are slow, that drip, that are cut in the middle of a frame, that close by half or fall silent.

Four nodes in a ring, its lines through proxies with faults, everybody talking. One line at a time is broken, so there is always a
way; nothing may be lost, nothing come twice, and each line must come back by itself. Where two are broken, and there are two halves,
what was said meanwhile is caught up on.
"""
import random
import time

from hostile import DEEP, WorldTest
from netfault import Netfault
from processes import NOBODY, RATE, TIMEOUT, Traffic, text_of, until
from harness import free_port
import tap

# The pauses between dials would be longer each time, and a line that fell silent is found after three of ping-seconds.
LIMITS = ['redial-seconds=1', 'redial-alone-seconds=1', 'ping-seconds=1']


class Faults(WorldTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(1)
        self.nodes, self.lines, self.back = [], [], []
        # Each keeps a line to the one before it, the first to the last.
        places = [(self.world.node_address(i + 1), free_port(self.world.node_address(i + 1))) for i in range(4)]
        for i, name in enumerate('ABCD'):
            proxy = Netfault(*places[i - 1])
            self.addCleanup(proxy.close)
            # Nobody finds a way around the proxies.
            self.nodes.append(self.start(name, '--max-outgoing', '0', '--out-addr', NOBODY, '--keep', '%s:%d' % (proxy.host, proxy.port),
                                         port=places[i][1], limits=LIMITS))
            self.lines.append([self.nodes[-1], None, proxy])
        for i, line in enumerate(self.lines):
            line[1] = self.nodes[i - 1]
        self.wait_lines()
        self.traffic = Traffic(self.hub, self.nodes, self.nodes)
        self.traffic.start()

    def is_up(self, line):
        node, other, _ = line
        return other.id in node.linked_ids() and node.id in other.linked_ids()

    def wait_lines(self):
        for line in self.lines:
            until(lambda: self.is_up(line), 'the line of %s' % line[0])

    def breaks(self, line, command):
        """Until the line is gone, and back."""
        node, other, proxy = line

        def lost(a, b):
            return a.count(lambda e: e['ev'] == 'peer-removed' and text_of(e['id']) == b.id)
        before = lost(node, other), lost(other, node)
        begun = time.monotonic()
        proxy.do(command)
        until(lambda: lost(node, other) > before[0] and lost(other, node) > before[1], '%s to end the line of %s' % (command, node))
        gone = time.monotonic()
        until(lambda: self.is_up(line), 'the line of %s to come back after %s' % (node, command))
        self.back.append(time.monotonic() - gone)
        return gone - begun

    def assert_all_once(self, breaks):
        self.traffic.finish()
        self.figure('honest messages', len(self.traffic.sent), RATE, at_least=True)
        self.figure('p50', self.traffic.p50('quiet'), unit='ms')
        self.figure('p99', self.traffic.p99('quiet'), unit='ms')
        self.figure('lost', len(self.traffic.missing()), 0)
        self.figure('duplicates', self.traffic.duplicates(), 0)
        self.figure('links up', sum(self.is_up(line) for line in self.lines), len(self.lines), at_least=True)
        if breaks:
            self.figure('times a line broke', len(self.back), breaks, at_least=True)
            self.figure('longest until it was back', max(self.back), unit='s')
        elif self._testMethodName == 'test_slow_and_dripping':
            removed = sum(node.count(lambda e: e['ev'] == 'peer-removed') for node in self.nodes)
            self.figure('links lost', removed, 0)
        self.assert_bars()

    def test_slow_and_dripping(self):
        """20 to 40 ms of delay; byte by byte; headers without what follows, and not much of that at once."""
        commands = ['delay both 20 20'], ['chunk both 1'], ['header both on', 'rate both 200000']
        for line, todo in zip(self.lines, commands):
            for command in todo:
                line[2].do(command)
        time.sleep(2 if not DEEP else 60)
        self.assert_all_once(0)

    def test_cuts(self):
        """In the middle of a frame, mostly."""
        times = 4 if not DEEP else 160
        for i in range(times):
            self.breaks(self.lines[i % 4], 'cut %s %d' % (self.random.choice(['in', 'out']), self.random.randint(1, 3000)))
        self.assert_all_once(times)

    def test_halves(self):
        """No way from the one half to the other for a while."""
        def late():
            return sum(1 for latency in self.traffic.latencies['quiet'] if latency > 1)

        rounds = 1 if not DEEP else 5
        for i in range(rounds):
            for line in self.lines[1], self.lines[3]:
                line[2].do('refuse on')
                line[2].do('reset')
            until(lambda: not any(self.is_up(line) for line in (self.lines[1], self.lines[3])), 'two halves')
            time.sleep(2 if not DEEP else 20)
            for line in self.lines[1], self.lines[3]:
                line[2].do('refuse off')
            self.wait_lines()
            until(lambda least=RATE * (i + 1): late() >= least, 'what was said on the other side')
        self.figure('deliveries that came later than a second', late(), RATE * rounds, at_least=True)
        self.assert_all_once(0)

    def test_ends(self):
        """Half-closed, reset, and silent without an end."""
        rounds = 1 if not DEEP else 10
        silent = []
        for _ in range(rounds):
            self.breaks(self.lines[0], 'half in')
            self.breaks(self.lines[0], 'half out')
            self.breaks(self.lines[1], 'reset')
            silent.append(self.breaks(self.lines[2], 'freeze'))
        # Asked after ping-seconds, twice.
        self.figure('longest until silence was found out', max(silent), 4, 's', may=TIMEOUT)
        self.assert_all_once(4 * rounds)


if __name__ == '__main__':
    tap.main()

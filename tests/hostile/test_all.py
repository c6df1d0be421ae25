#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A neighbour that talks too much to a node whose program does not listen; and everything at once."""
from hostile import DEEP, TIMEOUT, TIMES, HostileTest, until
import tap


class Flood(HostileTest):
    def setUp(self):
        super().setUp()
        # What it would print nobody reads.
        self.traffic.listeners.remove(self.victim)
        self.victim.traffic = None

    def dealt_with(self):
        stats = self.victim.stats()
        return stats['relayed'] + sum(stats['dropped'].values())

    def test_flood(self):
        n = 120000 if not DEEP else 400000
        attack = self.attack('flood', n=n)
        self.victim.stop_reading()
        self.begin(attack)
        attack.told('said', 600)
        self.victim.read()
        # On a machine that takes minutes for it, some are too old when their turn comes.
        until(lambda: self.dealt_with() >= n, 'all of it dealt with', 300)
        self.measure()
        result = attack.finish()
        self.figure('messages said by one neighbour', result['sent'], 10000, at_least=True)
        self.figure('of them a second', result['sent'] / result['seconds'])
        self.figure('passed on', self.victim.stats()['relayed'])
        self.tell('dropped: %s' % {name: n for name, n in self.victim.stats()['dropped'].items() if n})
        self.figure('CPU', self.cpu_used, unit='s')
        self.figure('growth of memory', self.rss_growth, 48, 'MiB', soft=True)
        # Valid and new, each goes to five nodes, and what the honest say waits in line behind it, in the buffers of the system.
        # Where a node is slower than the talker, the queue for it fills, and what does not go in is counted, not lost in silence.
        dropped = sum(node.stats()['dropped']['queue_full'] for node in [self.victim] + self.honest)
        self.figure('dropped for a full queue', dropped)
        self.assert_honest_unharmed(bar_ms=4000, bar_lost=dropped, waits_ms=1000 * result['seconds'])


class Everything(HostileTest):
    limits = ['frame-rate-seconds=5', 'handshake-seconds=5']

    def test_everything(self):
        seconds = 6 if not DEEP else 120
        attacks = [self.attack('endless_header', n=8, base=0), self.attack('drippers', n=100, inside=20, base=1000),
                   self.attack('handshakes', rate=200, base=5000), self.attack('killers', times=3, base=12000),
                   self.attack('renegotiate', base=13000), self.attack('flood', n=20000, base=14000),
                   self.attack('unfinished', n=6, base=15000), self.attack('idle', n=500, base=16000)]
        self.begin(*attacks)
        self.last(seconds)
        self.measure()
        self.figure('CPU', self.cpu_share, unit='%')
        self.figure('growth of memory', self.rss_growth, 64 + 32, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 128 + 16)
        self.check_honest(bar_ms=500)
        _, usual = self.unharmed.terminate(TIMEOUT)
        status, took = self.victim.terminate(TIMEOUT)
        self.figure('exit status', status, 0)
        self.figure('end after SIGTERM elsewhere', usual, unit='s')
        self.figure('end after SIGTERM', took, 2, 's', soft=True, may=2 + TIMES * usual + self.lag())
        self.assert_bars()


if __name__ == '__main__':
    tap.main()

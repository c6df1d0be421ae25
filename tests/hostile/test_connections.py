#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""More connections than a node can have, slower ones than it can wait for, and ones that come and go."""
from hostile import DEEP, HostileTest
import tap

LINKS = 128


class Connections(HostileTest):
    def assert_few(self):
        """Links and descriptors are bounded, and the victim can still dial."""
        self.dial_figures()
        stats = self.victim.stats()['links']
        self.figure('links', stats['established'] + stats['pending'], LINKS)
        self.figure('links before their handshake', stats['pending'], 32)
        self.figure('descriptors more', self.most_fds - self.fds_before, LINKS + 16)

    def test_drippers(self):
        attack = self.attack('drippers', n=500, inside=60)
        self.begin(attack)
        self.last(5 if DEEP else 3)
        self.assert_few()
        self.measure()
        result = attack.finish()
        self.figure('drippers', result['connected'], unit='connected')
        self.figure('drippers inside', result['inside'], 50, at_least=True)
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.figure('growth of memory', self.rss_growth, LINKS * 64 / 1024 + 8, 'MiB', soft=True)
        self.assert_honest_unharmed()

    def test_idle_connections(self):
        n = 10000 if self.world.own else 1000
        attack = self.attack('idle', n=n)
        self.begin(attack)
        self.last(3 if not DEEP else 40, lambda: attack.said('tried'))
        self.assert_few()
        self.measure()
        result = attack.finish()
        self.figure('attempts', result['attempts'], n, at_least=True)
        self.figure('most that it held', result['most_open'])
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.figure('growth of memory', self.rss_growth, LINKS * 64 / 1024 + 8, 'MiB', soft=True)
        self.assert_honest_unharmed()

    def test_sybils(self):
        """More nodes that shook hands than there is room for."""
        attack = self.attack('sybils', n=300 if DEEP else 160)
        self.begin(attack)
        self.last(5 if DEEP else 3, lambda: attack.said('inside'))
        self.assert_few()
        self.measure()
        self.figure('sybils let in', attack.told('inside'), 40, at_least=True)
        attack.finish()
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.assert_honest_unharmed()

    def test_handshakes(self):
        attack = self.attack('handshakes', rate=1000)
        self.begin(attack)
        self.last(3 if not DEEP else 60)
        self.assert_few()
        self.measure()
        result = attack.finish()
        self.strength('handshakes a second', result['rate'], 900)
        self.figure('of them connected', result['connected'])
        self.figure('of them answered', result['answered'])
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.figure('growth of memory', self.rss_growth, 16, 'MiB', soft=True)
        self.assert_honest_unharmed()


class Dripping(HostileTest):
    # As it is by default in the deep run
    seconds = 15 if DEEP else 5
    limits = ['frame-rate-seconds=%d' % seconds]

    def test_drippers_are_closed(self):
        """A frame that gets on by a byte a second is ended for it."""
        attack = self.attack('drippers', n=40, inside=20, pause=0.5)
        self.begin(attack)
        self.last(1, lambda: attack.said('gone'))
        self.measure()
        result = attack.finish()
        self.figure('drippers inside', result['inside'], 20, at_least=True)
        self.figure('drippers left', result['inside_open'], 0)
        self.figure('first closed after', result['first_closed'] or 999, self.seconds + 5, 's',
                    may=self.seconds + 5 + 4 * self.lag())
        self.assert_honest_unharmed()


if __name__ == '__main__':
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same over TLS, where a connection costs more before anything is known of it."""
from hostile import DEEP, TIMES, HostileTest, timed
import tap

# The victim's limits: pending-links, accepts-per-second, tls-patience
PLACES, ACCEPTS, PATIENCE = 32, 20, 1
USUAL = 0.1                   # seconds that a newcomer needs elsewhere, on a machine that is not slow


class Encrypted(HostileTest):
    encryption = 'SSL'

    def newcomer_figures(self, bar, waits):
        """How long it takes an honest node to get in meanwhile, the longest of some. waits: what that is by design, in seconds."""
        times, usual = [], []
        for i in range(2 if not DEEP else 3):     # all from one address, which may have eight links
            here, there = self.start('N%d' % i, '--max-outgoing', '0', limits=['tls-seconds=120']), self.start_elsewhere('O%d' % i)
            times.append(timed(here.dial, self.victim))
            usual.append(timed(there.dial, self.unharmed))
        self.figure('an honest newcomer elsewhere', max(usual), unit='s')
        self.figure('waiting by design', waits, unit='s')
        self.figure('an honest newcomer gets in within', max(times), bar + waits, 's', soft=True,
                    may=bar + waits * min(TIMES, max(1, max(usual) / USUAL)) + TIMES * max(usual) + self.lag())

    def check_half_open(self, n):
        attack = self.attack('half_open', n=n)
        self.begin(attack)
        self.last(3, lambda: attack.said('begun'))
        # Beyond the places there are, connections wait in the backlog of the system, and of them so many a second are taken.
        waiting = max(0, n + 3 - PLACES)
        self.newcomer_figures(1, waiting / ACCEPTS + (PATIENCE if waiting else 0))
        self.dial_figures()
        self.measure()
        result = attack.finish()
        self.figure('handshakes begun', result['attempts'], n, at_least=True)
        self.cpu_figure('CPU', self.cpu_share, 50)
        self.figure('growth of memory', self.rss_growth, 16, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 128 + 16)
        self.assert_honest_unharmed()

    def test_half_open(self):
        """TLS that is begun and never ended."""
        self.check_half_open(24)

    def test_half_open_everywhere(self):
        """The same in every place there is, taken again as soon as one is free: whoever comes waits for his turn, and gets in."""
        self.check_half_open(100)

    def test_idle_connections(self):
        attack = self.attack('idle', n=1000)
        self.begin(attack)
        self.last(3, lambda: attack.said('tried'))
        self.measure()
        result = attack.finish()
        self.figure('connected', result['connected'], 60, at_least=True)
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.figure('growth of memory', self.rss_growth, 16, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 128 + 16)
        self.assert_honest_unharmed()

    def test_drippers(self):
        attack = self.attack('tls_drippers', n=60)
        self.begin(attack)
        self.last(3)
        self.measure()
        result = attack.finish()
        self.figure('drippers inside', result['inside'], 30, at_least=True)
        self.cpu_figure('CPU', self.cpu_share, 30)
        self.assert_honest_unharmed()


if __name__ == '__main__':
    tap.main()

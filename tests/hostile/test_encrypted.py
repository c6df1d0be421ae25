#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same over TLS, where a connection costs more before anything is known of it."""
import time

from hostile import HostileTest
import tap


class Encrypted(HostileTest):
    encryption = 'SSL'

    def measure_newcomer(self):
        """How long it takes an honest node to get in meanwhile."""
        other = self.start('N%d' % self.n_nodes, '--max-outgoing', '0')
        begun = time.monotonic()
        try:
            other.dial(self.victim)
        except AssertionError as error:
            self.tell('no link: %s' % error)
            return 99
        return time.monotonic() - begun

    def check_half_open(self, n, bar):
        attack = self.attack('half_open', n=n)
        self.begin(attack)
        self.last(3)
        self.figure('an honest newcomer gets in within', max(self.measure_newcomer() for _ in range(3)), bar, 's', soft=True)
        other = self.start('M', '--max-outgoing', '0')
        begun = time.monotonic()
        self.victim.dial(other)
        self.figure('own dial', time.monotonic() - begun, 1, 's', soft=True)
        self.measure()
        result = attack.finish()
        self.figure('handshakes begun', result['attempts'], n, at_least=True)
        self.figure('CPU', self.cpu_share, 50, '%', soft=True)
        self.figure('growth of memory', self.rss_growth, 16, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 128 + 16)
        self.assert_honest_unharmed()

    def test_half_open(self):
        """TLS that is begun and never ended."""
        self.check_half_open(24, 1)

    def test_half_open_everywhere(self):
        """The same in every place there is, taken again as soon as one is free: whoever comes waits for the patience to end."""
        self.check_half_open(100, 3)

    def test_idle_connections(self):
        attack = self.attack('idle', n=1000)
        self.begin(attack)
        self.last(5)
        self.measure()
        result = attack.finish()
        self.figure('connected', result['connected'], 60, at_least=True)
        self.figure('CPU', self.cpu_share, 30, '%', soft=True)
        self.figure('growth of memory', self.rss_growth, 16, 'MiB', soft=True)
        self.figure('descriptors more', self.most_fds - self.fds_before, 128 + 16)
        self.assert_honest_unharmed()

    def test_drippers(self):
        attack = self.attack('tls_drippers', n=60)
        self.begin(attack)
        self.last(5)
        self.measure()
        result = attack.finish()
        self.figure('drippers inside', result['inside'], 30, at_least=True)
        self.figure('CPU', self.cpu_share, 30, '%', soft=True)
        self.assert_honest_unharmed()


if __name__ == '__main__':
    tap.main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that are too long, too dense or too deep."""
import time

from hostile import MIB, TIMES, HostileTest
import tap


# Twice the longest frame, and what the allocator keeps of it.
BOMB_MEMORY = 2 * 4 + 12


class Frames(HostileTest):
    def test_endless_header(self):
        attack = self.attack('endless_header', n=16)
        self.begin(attack)
        result = attack.finish()
        self.measure()
        self.figure('links', result['links'])
        self.figure('links that stayed open', result['open'], 0)
        self.figure('until one is closed that is alone', result['alone'], unit='s')
        self.figure('longest until closed', result['longest'], 1, 's', may=max(1, result['links'] * result['alone'], TIMES * self.lag()))
        self.figure('growth of memory a link', self.rss_growth / result['links'], 1, 'MiB', soft=True)
        self.assert_honest_unharmed()

    def test_unfinished_frames(self):
        attack = self.attack('unfinished', n=40)
        self.begin(attack)
        self.last(3, lambda: attack.said('sent'))
        self.measure()
        result = attack.finish()
        self.figure('links', result['inside'], 30, at_least=True)
        self.figure('sent', result['sent'] / MIB, unit='MiB')
        # the bar is 96; what malloc keeps of arrays that grew is as chance has it, and differs by 20 MiB from run to run
        self.figure('growth of memory', self.rss_growth, 64 + 32, 'MiB', soft=True, may=64 + 64)
        # Forty links at full speed have a turn of a millisecond each.
        self.assert_honest_unharmed(bar_ms=250)


class Bombs(HostileTest):
    limits = ['accepts-per-second=100']

    def one_by_one(self, attack, times, check):
        """Each kind by itself, so many times, with what it costs."""
        costs = []
        self.begin(attack)
        kinds = attack.told('kinds')
        for kind in kinds:
            rss = self.victim.rss()
            self.victim.begin_peak()
            cpu, begun = self.victim.cpu(), time.monotonic()
            attack.process.stdin.write('next\n')
            attack.told('done')
            seconds = time.monotonic() - begun
            costs.append(max(0, self.victim.cpu() - cpu - self.quiet_cpu * seconds))
            check(kind, costs[-1], (self.victim.peak_rss() - rss) / MIB)
        self.measure()
        attack.finish()
        # Nobody is served while a frame is unpacked.
        self.assert_honest_unharmed(waits_ms=2 * 1000 * max(costs) / times)

    def test_bombs(self):
        times = 4

        def check(kind, cpu, rss):
            self.cpu_figure(kind + ': CPU a frame', 1000 * cpu / times, 50, 'ms')
            self.figure(kind + ': memory', rss, BOMB_MEMORY, 'MiB', soft=True)
        self.one_by_one(self.attack('bombs', times=times), times, check)

    def test_deep(self):
        times = 50

        reference = []

        def check(kind, cpu, rss):
            cpu = 1000 * cpu / times
            if not reference:
                reference.append(cpu)
                self.figure(kind + ': CPU a frame', cpu, unit='ms')
                self.figure(kind + ': memory', rss, unit='MiB')
            else:
                # A million bytes are received and hashed whatever they say.
                self.figure(kind + ': CPU a frame beyond that', max(0, cpu - reference[0]), 1, 'ms', soft=True, may=max(1, reference[0] / 2))
                self.figure(kind + ': memory', rss, BOMB_MEMORY, 'MiB', soft=True)
        self.one_by_one(self.attack('deep', times=times), times, check)


if __name__ == '__main__':
    tap.main()

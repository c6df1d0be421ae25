#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Floods of application frames by whisper and broadcast, malformed and huge ones, answers that nobody asked for: counted and bounded; the honest notice nothing."""
from hostile import DEEP, HostileTest, until
import tap


class AppFrames(HostileTest):
    limits = ['accepts-per-second=1000', 'links-per-address=128']

    def dropped_since(self, before):
        after = self.victim.stats()['dropped']
        return {why: n - before['dropped'][why] for why, n in after.items() if n > before['dropped'][why]}

    def test_whispers(self):
        attack = self.attack('whispers')
        before = self.victim.stats()
        self.begin(attack)
        self.last(1, lambda: attack.said('said'))
        self.measure()
        result = attack.finish()
        dropped = self.dropped_since(before)
        self.tell('shut out for: %s' % [name for name, out in result['shut_out'].items() if out])
        self.tell('dropped: %s' % dropped)
        self.strength('frames whispered', result['sent'], 9000)
        # What no honest program sends costs the link; what may have been asked for once does not.
        for name, out in result['shut_out'].items():
            self.figure('shut out for ' + name, int(out), int(not name.endswith('asked for')), at_least=True)
        self.figure('shut out for answers', sum(out for name, out in result['shut_out'].items() if name.endswith('asked for')), 0)
        self.figure('answers that nobody asked for, dropped', dropped.get('unexpected', 0) + dropped.get('rate', 0), 400, at_least=True)
        self.figure('more often than is taken', dropped.get('rate', 0), 40, at_least=True)
        self.figure('malformed', dropped.get('shape', 0), 8, at_least=True)
        self.figure('too large', dropped.get('too_many', 0), 8, at_least=True)
        self.figure('growth of memory', self.rss_growth, 24, 'MiB', soft=True)
        self.assert_honest_unharmed()

    def test_strangers(self):
        n = 20000 if not DEEP else 500000
        attack = self.attack('strangers', n=n)
        self.begin(attack)
        self.last(1, lambda: attack.said('said'))
        self.measure()
        result = attack.finish()
        until(lambda: self.victim.stats()['dropped']['early'] >= n, 'all of them to be counted')
        self.figure('whispers of who is none of ours', result['sent'], n, at_least=True)
        self.figure('his link up', int(result['up']), 1, at_least=True)
        self.figure('growth of memory', self.rss_growth, 8, 'MiB', soft=True)
        self.assert_honest_unharmed()

    def test_shouts(self):
        n = 5000 if not DEEP else 50000
        attack = self.attack('shouts', n=n)
        before = self.victim.stats()
        self.begin(attack)
        self.last(1, lambda: attack.said('said'))
        self.measure()
        result = attack.finish()
        dropped = self.dropped_since(before)
        self.tell('dropped: %s' % dropped)
        self.figure('frames a second', result['sent'] / result['seconds'])
        self.figure('questions to everybody', dropped.get('link_local', 0), n // 5, at_least=True)
        self.figure('malformed', dropped.get('shape', 0), n // 5, at_least=True)
        self.figure('too large', dropped.get('too_many', 0), 3, at_least=True)
        self.figure('his link up', int(result['up']), 1, at_least=True)
        self.assert_honest_unharmed(bar_ms=200)


if __name__ == '__main__':
    tap.main()

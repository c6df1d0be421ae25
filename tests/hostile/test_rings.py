#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A distributed table under attack: floods of everything that a ring says, frames that are none, neighbours that lie and forget."""
import tempfile
import unittest

from attack_rings import FLOODS, place_of, spots
from hostile import DEEP, MIB, HostileTest, until
from processes import percentile
import tap

ABSENT = 'P2P_TABLE_ERROR_NOT_FOUND'
READ_MS = 250                 # what a read may take at the 99th percentile while an attack goes on


class RingTest(HostileTest):
    """What the honest wrote is read by all of them, while the attack goes on and after it."""

    n_names = 5000
    n_bytes = 8 * MIB
    limits = ['chord-names=%d' % n_names, 'chord-bytes=%d' % n_bytes]

    def start(self, name, *args, **options):
        node = super().start(name, '--cls', 'chord', *args, **options)
        node.do('join')
        return node

    def setUp(self):
        super().setUp()
        self.written = {}

    def everybody(self):
        return [self.victim] + self.honest + [self.far]

    def write(self, n=20):
        """n keys by each of them in turn; how many were refused."""
        begun = []
        for i in range(n):
            key, value = 'honest %d' % len(self.written), [i, 'x' * 50]
            node = self.everybody()[i % 7]
            begun.append((key, value, node.ask('set', key=key, value=value)))
            if begun[-1][2]['ok']:
                self.written[key] = value
        return [answer for _, _, answer in begun if not answer['ok']]

    def read(self, nodes=None):
        """(right, wrong, not found) of what was written; and how long each took, in seconds."""
        right, wrong, lacking, took = 0, [], [], []
        for i, (key, value) in enumerate(self.written.items()):
            for node in nodes or [self.everybody()[(i + n) % 7] for n in range(2)]:
                answer = node.ask('get', key=key)
                got = answer['value']['value'] if answer['ok'] else None
                took.append((answer.get('value') or {}).get('ms', 0) / 1000)
                if got == value:
                    right += 1
                elif got is not None:
                    wrong.append((node, key, got))
                else:
                    lacking.append((node, key, answer.get('code')))
        return right, wrong, lacking, took

    def check_reads(self, what, may_lack=0.0):
        right, wrong, lacking, took = self.read()
        total = right + len(wrong) + len(lacking)
        self.figure('reads ' + what, total)
        self.figure('right ' + what, 100 * right / total, 100 * (1 - may_lack), '%', at_least=True)
        self.figure('wrong ' + what, len(wrong), 0)
        self.figure('reads %s p99' % what, 1000 * percentile(took, 0.99), unit='ms')
        if wrong or lacking:
            self.tell('%s %s' % (wrong[:3], lacking[:3]))

    def check_ring(self):
        """In the end every honest node reads every key."""
        def lacks():
            _, wrong, lacking, _ = self.read(self.everybody())
            return wrong + lacking
        try:
            until(lambda: not lacks(), 'all that the honest wrote', 30)
        except AssertionError:
            pass
        lacking = lacks()
        self.figure('keys that the honest wrote', len(self.written))
        self.figure('of them lacking or wrong anywhere', len(lacking), 0)
        if lacking:
            self.tell('lacking: %s' % lacking[:5])

    def dropped(self, before):
        """Since then, by reason, of what is no traffic."""
        now = self.victim.stats()['dropped']
        return {reason: n - before['dropped'].get(reason, 0) for reason, n in now.items() if n > before['dropped'].get(reason, 0)}



class Malformed(RingTest):
    def test_malformed(self):
        self.write()
        attack = self.attack('ring_malformed', times=1 if not DEEP else 20)
        before = self.victim.stats()
        self.begin(attack)
        self.write()
        self.last(1, lambda: attack.said('said'))
        self.check_reads('during the attack')
        self.measure()
        result = attack.finish()
        dropped = self.dropped(before)
        self.tell('dropped: %s' % dropped)
        self.figure('malformed', result['frames'], 150, at_least=True)
        self.figure('dropped and counted', sum(dropped.values()), result['frames'] * 0.5, at_least=True)
        self.figure('reasons', len(dropped), 3, at_least=True)
        self.figure('growth of memory', self.rss_growth, 48, 'MiB', soft=True)
        self.figure('the link of who heard it all is up', result['witness_up'], 1, at_least=True)
        self.check_ring()
        self.assert_honest_unharmed(bar_ms=500)


class Floods(RingTest):
    """Each of them for a while, or (in the quick set) all at once, at a pace."""

    def flood(self, *names, pace=None, seconds=3):
        self.write()
        attacks = [self.attack(name, pace=pace, base=300 * i) for i, name in enumerate(names)]
        before = self.victim.stats()
        self.begin(*attacks)
        refused = self.write()
        self.last(seconds)
        self.check_reads('during the attack')
        self.measure()
        results = [attack.finish() for attack in attacks]
        self.tell('dropped: %s' % self.dropped(before))
        self.figure('honest writes refused', len(refused), 0)
        for name, result in zip(names, results):
            self.strength('rounds of %s' % name, result['rounds'], 8)
            self.figure('%s: in' % name, result['sent'] / 1024, unit='KiB')
            self.figure('%s: out' % name, result['received'] / 1024, unit='KiB')
            # What the honest say to all goes to it, too: a hundred messages a second.
            heard = 150 * 150 * result['seconds']
            # Where all come at once, for a moment and on a busy machine, little is sent, and what it was told when it came counts for more.
            self.figure('%s: out/in' % name, max(0, result['received'] - heard) / max(1, result['sent']), 10, may=None if DEEP else 15)
        # The names and the values that may be there, each with what it takes to keep it, and a queue of 8 MiB for each that floods
        room = self.n_bytes / MIB * 2 + self.n_names * 300 / MIB + 8 * len(names) + 48
        self.figure('growth of memory', self.rss_growth, room, 'MiB', soft=True)
        self.figure('names', len(self.victim.do('keys', 300)), self.n_names)
        self.cpu_figure('CPU', self.cpu_share, 100)
        self.check_ring()
        self.check_honest(bar_ms=1000, bar_lost=sum(node.stats()['dropped']['queue_full'] for node in self.everybody()))
        self.assert_bars()

    def test_all_at_once(self):
        self.flood(*sorted(FLOODS), pace=0.1)


def add_flood(name):
    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test(self):
        self.flood(name, seconds=10)
    setattr(Floods, 'test_' + name[len('ring_'):], test)


for name_ in FLOODS:
    add_flood(name_)


class Hopping(RingTest):
    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_hop(self):
        """Ids are free, so whoever comes as another node each time, at a place of its choice, is told what belongs there. What that costs is
        measured; that the honest notice nothing is the bar, as for a shared table."""
        self.write(70)
        attack = self.attack('ring_hop', stay=1)
        self.begin(attack)
        self.last(20)
        self.check_reads('during the attack', may_lack=0.05)
        self.measure()
        result = attack.finish()
        self.figure('comings', result['hops'], 4, at_least=True, may=2)
        self.figure('out/in', result['received'] / result['sent'])
        self.figure('growth of memory', self.rss_growth, 48, 'MiB', soft=True)
        self.check_ring()
        self.assert_honest_unharmed(bar_ms=500)


class Liars(RingTest):
    """One neighbour in eight."""

    @staticmethod
    def n_of(node, key, ids):
        """How many of a key's places belong to it: the last at or before."""
        places = {id_: int.from_bytes(place_of(id_), 'big') for id_ in ids}
        at = [int.from_bytes(place_of(key58), 'big') for _, key58 in spots(key.encode())]
        return sum(min(ids, key=lambda id_: (place - places[id_]) % 2 ** 384) == node for place in at)

    def lie(self, lie, own, seconds=1):
        self.write()
        attack = self.attack('ring_liar', own=own, lie=lie)
        liar = attack.told('id')
        self.begin(attack)
        refused = self.write(40)
        # He is asked for what is his: one or two places each of these keys.
        ids = [node.id for node in self.everybody()] + [liar]
        his = [key for key in ('his %d' % i for i in range(1000)) if 1 <= self.n_of(liar, key, ids) <= 2][:10]
        for i, key in enumerate(his):
            answer = self.victim.ask('set', key=key, value=['his', i])
            if answer['ok']:
                self.written[key] = ['his', i]
            else:
                refused.append(answer)
        self.last(seconds)
        # A key of which three places are his is his: of an eighth of the ring two in a hundred, and of a greater part more.
        self.check_reads('during the attack', may_lack=0.05)
        self.measure()
        result = attack.finish()
        self.figure('honest writes refused', len(refused), 2)
        if refused:
            self.tell('%s' % refused[:2])
        self.figure('keys with places of his', len(his), 10, at_least=True)
        self.figure('questions that he answered', result['asked'], 5, at_least=True)
        self.figure('values that he took', result['stored'] + result['copied'])
        self.figure('his link was up', result['up'])
        self.figure('growth of memory', self.rss_growth, 48, 'MiB', soft=True)
        until(lambda: liar not in self.victim.linked_ids(), 'him to be gone')
        self.check_ring()
        self.assert_honest_unharmed(bar_ms=500)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_lies(self):
        self.lie('a lie', True)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_forgets(self):
        self.lie(None, True, 10)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_lies_as_an_original(self):
        self.lie('a lie', False, 10)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_forgets_as_an_original(self):
        self.lie(None, False, 10)


class SignedLiars(Liars):
    """The honest sign what they write. He has three places or more of each key: what three say is a lie."""

    def start(self, name, *args, **options):
        state = tempfile.TemporaryDirectory()
        self.addCleanup(state.cleanup)
        return super().start(name, '--state', state.name, *args, **options)

    def lie_signed(self, signed, own=True):
        attack = self.attack('ring_liar', own=own, lie='a lie', signed=signed)
        liar = attack.told('id')
        self.begin(attack)
        until(lambda: liar in [member['id'] for member in self.victim.do('ring')['members']], 'him on the ring')
        ids = [node.id for node in self.everybody()] + [liar]
        his = [key for key in ('his %d' % i for i in range(20000)) if self.n_of(liar, key, ids) >= 3][:8]
        for value in range(2 if signed == 'replay' else 1):
            # What was said of the first is ten seconds old then, and is said anew.
            if value > 0:
                self.last(11)
            for key in his:
                self.victim.ask('set', key=key, value=[key, value])
        until(lambda: all(set(his) <= set(node.do('keys')) for node in self.everybody()), 'their names')
        reads = [(node, key, node.ask('get', key=key)) for key in his for node in self.everybody()]
        self.measure()
        result = attack.finish()
        told = [(node, key, answer['value']) for node, key, answer in reads if answer['ok']]
        wrong = [(node, key, got) for node, key, got in told if got['value'] != [key, value]]
        codes = sorted({str(answer.get('code')) for _, _, answer in reads if not answer['ok']})
        self.tell('not found: %s' % codes)
        self.figure('keys with three places of his', len(his), 3, at_least=True)
        self.figure('proofs that he heard', result['proofs'], 1, at_least=True)
        self.figure('questions that he answered', result['asked'], 5, at_least=True)
        self.figure('lies that were believed', len(wrong), 0)
        self.figure('reads that are right', 100 * (len(told) - len(wrong)) / max(1, len(reads)), 90, '%', at_least=True)
        self.figure('of them signed', 100 * sum(got['author'] == self.victim.id for _, _, got in told) / max(1, len(told)), 100, '%', at_least=True)
        if wrong:
            self.tell('%s' % wrong[:3])
        until(lambda: liar not in self.victim.linked_ids(), 'him to be gone')
        self.assert_honest_unharmed(bar_ms=500)

    def test_overwrites(self):
        """What is lost so is told as that, and comes back when it is written again; nobody takes the lie for what was written."""
        keys = ['mine %d' % i for i in range(4)]
        for key in keys:
            self.victim.do('set', key=key, value=[key, 0])
        attack = self.attack('ring_overwrites', keys=keys)
        self.begin(attack)
        self.last(1, lambda: attack.said('stored'))
        reads = [node.ask('get', key=key) for key in keys for node in self.everybody()[:2]]
        self.measure()
        result = attack.finish()
        believed = [answer['value'] for answer in reads if answer['ok'] and answer['value']['value'] == 'a lie']
        withheld = sum(answer.get('code') == 'P2P_TABLE_ERROR_UNSIGNED' for answer in reads)
        self.figure('stores that were lies', result['stored'], 5 * len(keys), at_least=True)
        self.figure('lies that were believed', len(believed), 0)
        self.figure('reads that told that it is not signed', withheld, 1, at_least=True)
        self.victim.do('set', key=keys[0], value='again')
        got = until(lambda: (lambda answer: answer['ok'] and answer['value'])(self.honest[0].ask('get', key=keys[0])), 'what was written again')
        self.assertEqual((got['value'], got['author']), ('again', self.victim.id))
        self.assert_honest_unharmed(bar_ms=500)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_forges(self):
        self.lie_signed('forge')

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_strips(self):
        self.lie_signed(None)

    @unittest.skipUnless(DEEP, 'HOSTILE_DEEP is not set')
    def test_replays(self):
        self.lie_signed('replay')

    # Those above are of nodes without keys.
    test_lies = test_forgets = test_lies_as_an_original = test_forgets_as_an_original = None


if __name__ == '__main__':
    tap.main()

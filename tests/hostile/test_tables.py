#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shared table under attack: lies about who wrote what, keys without end, values that are none, comparing without end."""
import os
import tempfile
import time

from hostile import DEEP, MIB, SUBNET, HostileTest, until
import tap

FULL, LEASED = 'P2P_TABLE_ERROR_FULL', 'P2P_TABLE_ERROR_LEASED'


class TableTest(HostileTest):
    """What the honest write meanwhile is in all honest tables at the end."""

    subnet = SUBNET + '1'         # of a network with leases
    table_limits = ()

    def start(self, name, *args, limits=(), **options):
        return super().start(name, '--cls', 'sync', *args, limits=list(self.table_limits) + list(limits), **options)

    def setUp(self):
        super().setUp()
        self.written = {}

    def everybody(self):
        return [self.victim] + self.honest + [self.far]

    def write(self, n=50, prefix='honest'):
        """n keys, by each of the five in turn; those that were refused."""
        refused = []
        for i in range(n):
            key, value = '%s %d' % (prefix, len(self.written) + len(refused)), [i, 'x' * 50]
            answer = self.honest[i % len(self.honest)].ask('set', key=key, value=value)
            if answer['ok']:
                self.written[key] = value
            else:
                refused.append(answer)
        return refused

    def lacks(self):
        """(node, key) of what the honest wrote and is not there."""
        return [(node, key) for node in self.everybody() for key, value in self.written.items()
                if node.ask('get', key=key).get('value', {}).get('value') != value]

    def check_tables(self):
        try:
            until(lambda: not self.lacks(), 'all that the honest wrote')
        except AssertionError:
            pass
        lacks = self.lacks()
        self.figure('keys that the honest wrote', len(self.written))
        self.figure('of them lacking anywhere', len(lacks), 0)
        if lacks:
            self.tell('lacking: %s' % lacks[:5])

    def refusals(self, code=None):
        return self.victim.count(lambda e: e['ev'] == 'refused' and code in (None, e['code']))


class Lies(TableTest):
    def test_forgeries(self):
        owner = self.honest[0]
        owner.do('set', key='held', value='mine')
        owner.do('set', key='map', value={'$m': [['a', 1]]})
        owner.do('set', key='forgeable', value='mine')
        owner.do('set', key='deletable', value='mine')
        until(lambda: all(len(node.do('keys')) == 4 for node in self.everybody()), 'all to have them')
        # In the same second the smaller id wins, with the originals too.
        began = owner.do('meta', key='deletable')['timestamp']
        until(lambda: time.time() >= began + 1, 'the next second')
        attack = self.attack('forgeries', owner=owner.id)
        before = self.victim.stats()
        self.begin(attack)
        lies = attack.told('lied')
        self.write()
        self.last(1, lambda: owner.do('get', key='forgeable')['value'] == 'forged')
        self.measure()
        result = attack.finish()
        stats = self.victim.stats()
        stolen, squats = [], []
        for node in self.everybody():
            data = dict((str(k), v) for k, v in node.do('data')['$m'])
            metas = dict((str(k), v) for k, v in node.do('meta')['$m'])
            stolen += [(node, key) for key, value in (('held', 'mine'), ('map', {'$m': [['a', 1]]}))
                       if data.get(key) != value or metas[key]['owner'] != owner.id]
            stolen += [(node, key) for key in data if key == 'nobody']
            squats += [(node, key, metas[key]) for key in data if key.startswith('squat')]
        self.figure('lies', lies, 25, at_least=True)
        self.figure('of them believed anywhere', len(stolen), 0)
        self.figure('keys taken with times that are none', len(squats), 0)
        self.tell('%s %s' % (stolen[:5], squats[:5]))
        self.figure('dropped and counted', sum(stats['dropped'].values()) - sum(before['dropped'].values()), lies * 0.5, at_least=True)
        self.figure('refused in words', self.refusals(), 3, at_least=True)
        # The keys that were to be squatted on are free.
        self.write(n=result['squats'], prefix='squat')
        # Unsigned words in the owner's name are believed as the originals believe them; he himself hears them, and may write again.
        self.figure('forged in the owner’s name, at the owner', int(owner.do('get', key='forgeable')['value'] == 'forged'))
        owner.do('set', key='forgeable', value='mine again')
        until(lambda: all(node.do('get', key='forgeable')['value'] == 'mine again' for node in self.everybody()), 'the owner’s word')
        owner.do('set', key='deletable', value='mine again')
        until(lambda: all(node.do('get', key='deletable', fallback=0)['value'] == 'mine again' for node in self.everybody()), 'the owner’s word')
        self.check_tables()
        self.assert_honest_unharmed()

    def test_malformed(self):
        self.honest[0].do('set', key='text', value='no map')
        self.write(10)
        attack = self.attack('malformed', times=1 if not DEEP else 20)
        before = self.victim.stats()
        self.begin(attack)
        self.write()
        self.last(1, lambda: attack.said('said'))
        self.measure()
        result = attack.finish()
        stats = self.victim.stats()
        self.figure('malformed', result['frames'], 100, at_least=True)
        # What was on its way when a frame before it ended the link was heard by nobody: on a busy machine that is more.
        self.figure('dropped and counted', sum(stats['dropped'].values()) - sum(before['dropped'].values()), result['frames'] * 0.3, at_least=True)
        strange = [key for node in self.everybody() for key in node.do('keys') if str(key).split()[0] not in ('text', 'honest')]
        self.figure('keys of it in any table', len(strange), 0)
        self.tell('%s' % strange[:5])
        self.figure('text', int(self.victim.do('get', key='text')['value'] == 'no map'), 1, at_least=True)
        self.figure('growth of memory', self.rss_growth, 32, 'MiB', soft=True)
        self.figure('the link of who heard it all is up', result['witness_up'], 1, at_least=True)
        self.check_tables()
        # A value that is valid, but larger than tables take, is passed on: who hears it decides for himself.
        self.assert_honest_unharmed(bar_ms=500)


class SignedLies(TableTest):
    """The same among nodes that have keys, and sign what they write: nothing in the owner's name is believed but what he signed."""

    def start(self, name, *args, **options):
        if not hasattr(self, 'keys'):
            self.keys = tempfile.TemporaryDirectory()
            self.addCleanup(self.keys.cleanup)
        return super().start(name, '--identity', os.path.join(self.keys.name, name), *args, **options)

    def test_forgeries(self):
        owner = self.honest[0]
        values = {'held': 'mine', 'map': {'$m': [['a', 1]]}, 'forgeable': 'mine', 'deletable': 'mine'}
        for key, value in values.items():
            owner.do('set', key=key, value=value)
        until(lambda: all(len(node.do('keys')) == len(values) for node in self.everybody()), 'all to have them')
        until(lambda: all(node.do('meta', key='deletable')['signed'] for node in self.everybody()), 'that they are signed')
        attack = self.attack('forgeries', owner=owner.id)
        self.begin(attack)
        lies = attack.told('lied')
        self.write()
        until(lambda: self.victim.count(lambda e: e['ev'] == 'refused' and e['code'] == 'P2P_TABLE_ERROR_UNSIGNED') >= 2, 'both to be refused')
        self.measure()
        attack.finish()
        stolen = []
        for node in self.everybody():
            data = dict((str(k), v) for k, v in node.do('data')['$m'])
            metas = dict((str(k), v) for k, v in node.do('meta')['$m'])
            stolen += [(node, key) for key, value in values.items()
                       if data.get(key) != value or metas[key]['owner'] != owner.id or not metas[key]['signed']]
        self.figure('lies', lies + 2, 25, at_least=True)
        self.figure('of them believed of who signs', len(stolen), 0)
        self.tell(str(stolen[:5]))
        self.check_tables()
        self.assert_honest_unharmed()


class Hoard(TableTest):
    """Of room for twice as many keys as one owner may have."""

    keys = 131072 if DEEP else 16384
    table_limits = ['table-keys=%d' % keys, 'table-owner-keys=%d' % (keys // 2)]

    def hoard(self, names, n, room):
        self.write()
        attack = self.attack('store_flood', n=n, names=names)
        self.begin(attack)
        attack.told('said', 600)
        refused = self.write()
        # He told it all, which a busy machine has heard only some of.
        until(lambda: self.victim.do('ndata')['n'] >= room and self.refusals(FULL) > 0, 'the table to be full', 300)
        self.measure()
        result = attack.finish()
        self.figure('keys written by one peer', result['sent'], n, at_least=True)
        self.figure('a second', result['sent'] / result['seconds'])
        self.figure('CPU', self.cpu_used, unit='s')
        # What is said is kept for those who missed it, too (cache-bytes), and waits in lines.
        self.figure('growth of memory', self.rss_growth, self.keys / 1024 * 0.75 + 64, 'MiB', soft=True)
        self.figure('refused in words', self.refusals(FULL), 1, at_least=True)
        return refused, result

    def check_hoard(self, result):
        dropped = sum(node.stats()['dropped']['queue_full'] for node in [self.victim] + self.honest)
        self.figure('dropped for a full queue', dropped)
        self.check_honest(bar_ms=4000, bar_lost=dropped, waits_ms=1000 * result['seconds'])


class OneName(Hoard):
    def test_one_owner(self):
        """200,000 keys by one peer: he gets what one owner may have, and the honest write on."""
        refused, result = self.hoard(1, 200000 if DEEP else 12500, self.keys // 2)
        for node in self.everybody():
            taken = sum(1 for key in node.do('keys', 300) if str(key).startswith('flood'))
            self.figure('keys of his at %s' % node, taken, self.keys // 2)
        self.figure('honest keys refused', len(refused), 0)
        self.check_tables()
        self.check_hoard(result)
        self.assert_bars()


class ManyNames(Hoard):
    keys = 4096
    table_limits = ['table-keys=%d' % keys, 'table-owner-keys=%d' % (keys // 2)]

    def test_many_owners(self):
        """In many names he fills the table. What the honest wrote before stays, is renewed, and goes only by their own wish."""
        refused, result = self.hoard(50, 3 * self.keys, self.keys)
        self.figure('honest keys refused, for want of room', len(refused))
        if refused:
            self.assertEqual({answer['code'] for answer in refused}, {FULL})
        # A new one may find room at one node and none at another.
        self.written = dict(list(self.written.items())[:50])
        for key in self.written:
            i = int(key.split()[1])
            self.written[key] = ['again', i]
            self.honest[i % 5].do('set', key=key, value=self.written[key])
        self.check_tables()
        for node in self.everybody():
            self.figure('keys at %s' % node, node.do('ndata')['n'], self.keys)
        self.check_hoard(result)
        self.assert_bars()


class Filled(TableTest):
    keys = 2000

    def fill(self):
        for i in range(0, self.keys, 100):
            self.honest[i // 100 % 5].do('update', dict={'%d' % k: 'x' * 100 for k in range(i, i + 100)})
        until(lambda: all(node.do('ndata')['n'] == self.keys for node in self.everybody()), 'all to have them')


class Comparing(Filled):
    """A question of a few bytes could be answered by a table. What is sustained is paid for."""

    size = Filled.keys * (100 + 512) + 64 * 1024

    def compare(self, **options):
        self.fill()
        attack = self.attack('compare', **options)
        self.begin(attack)
        self.write()
        self.last(4 if not DEEP else 70)
        self.measure()
        result = attack.finish()
        self.strength('rounds of questions', result['rounds'], 20)
        self.figure('comings', result['comings'], 2, at_least=True, may=1)
        self.figure('bytes of questions', result['sent'] / 1024, unit='KiB')
        self.figure('bytes of answers', result['received'] / 1024, unit='KiB')
        self.figure('digests of keys that it learnt', result['known'])
        return result

    def check(self, result):
        self.tell('dropped: %s' % {name: n for name, n in self.victim.stats()['dropped'].items() if n})
        # As fast as it goes, some megabytes of questions a second: what is heard costs, too.
        self.cpu_figure('CPU', self.cpu_share, 100, soft=False)
        self.figure('growth of memory', self.rss_growth, 32, 'MiB', soft=True)
        self.figure('the link of a witness is up', result['witness_up'], 1, at_least=True)
        self.check_tables()
        self.assert_honest_unharmed(bar_ms=500)

    def test_one_node(self):
        result = self.compare(stay=2, others=False)
        # Once the table in a minute is its due, and what is said to all is no answer.
        out = result['received'] - result['heard'] - (1 + result['seconds'] // 60) * self.size
        self.figure('out/in, beyond the table once a minute', max(0, out) / result['sent'], 10)
        self.check(result)

    def test_many_nodes(self):
        """Each coming is another node’s, who may have the table once."""
        result = self.compare(stay=0.2, others=True)
        out = result['received'] - result['heard']
        self.figure('out/in', max(0, out) / result['sent'], 10)
        self.figure('tables', out / self.size)
        self.check(result)


class Hopping(Filled):
    """Ids are free, so whoever comes as another node each time is told the table each time, but so often in a minute at most; what that
    costs the honest, who were told it too, is measured."""

    dumps = 12
    table_limits = ['table-dumps=%d' % dumps]

    def hop(self, own):
        self.fill()
        attack = self.attack('hop', own=own, stay=0.3)
        self.begin(attack)
        self.write()
        self.last(3 if not DEEP else 60)
        self.measure()
        result = attack.finish()
        self.figure('comings', result['hops'], 2, at_least=True)
        # To ours: what they compare before, and all that is known of a key.
        self.figure('tables', result['received'] / (self.keys * 700), self.dumps * (1 + result['seconds'] // 60))
        self.figure('bytes of answers a second', result['received'] / result['seconds'] / MIB, unit='MiB')
        self.figure('out/in', result['received'] / result['sent'])
        self.cpu_figure('CPU', self.cpu_share, 100, soft=False)
        self.figure('growth of memory', self.rss_growth, 32, 'MiB', soft=True)
        self.check_tables()
        self.assert_honest_unharmed(bar_ms=500)

    def test_as_ours(self):
        self.hop(True)

    def test_as_an_original(self):
        self.hop(False)


class Large(TableTest):
    # Everything is printed by eight nodes, too.
    most = 16 if DEEP else 8      # MiB
    table_limits = ['table-bytes=%d' % (most * MIB)]

    def test_large_values(self):
        """2 MiB each, more than a table takes; every fourth larger than a value may be."""
        self.write()
        attack = self.attack('large', n=self.most * 3 // 4)
        self.begin(attack)
        attack.told('said', 300)
        self.write()
        until(lambda: self.refusals() > 0, 'some to be refused')
        self.measure()
        result = attack.finish()
        self.figure('values of 2 MiB', result['sent'], self.most * 3 // 4, at_least=True)
        taken = sum(1 for key in self.victim.do('keys') if str(key).startswith('large'))
        self.figure('of them taken', taken, self.most // 2)
        self.figure('refused in words', self.refusals(), 1, at_least=True)
        # The table, a frame that comes, its parts, and a queue of 8 MiB for each link
        self.figure('growth of memory', self.rss_growth, self.most + 6 * 8 + 32, 'MiB', soft=True)
        dropped = sum(node.stats()['dropped']['queue_full'] for node in [self.victim] + self.honest)
        self.figure('dropped for a full queue', dropped)
        self.check_tables()
        self.assert_honest_unharmed(bar_ms=4000, bar_lost=dropped, waits_ms=1000 * result['seconds'])


if __name__ == '__main__':
    tap.main()

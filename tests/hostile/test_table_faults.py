#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shared table whose nodes are killed (SIGKILL) and started again, and whose lines fail.

Five nodes in a ring, its lines through proxies with faults. All of them write, and what each was asked and answered is recorded.
When all is well again the tables are the same; nobody was shown an older write of an owner after a newer one; what the holder of
a key was told is written is there, and what was deleted is not. That is not linearizability, and none is claimed.
"""
import collections
import json
import queue
import random
import tempfile
import time

from hostile import DEEP, WorldTest
from netfault import Netfault
from processes import NOBODY, TIMEOUT, until
from harness import free_port
import tap

SECONDS = 180 if DEEP else 10
RATE = 60                     # operations a second
LIMITS = ['redial-seconds=1', 'redial-alone-seconds=1', 'ping-seconds=1', 'table-digest-seconds=1']
SHARED, CONTESTED, MAPS, OWN, FIELDS = 8, 4, 4, 4, 3

Op = collections.namedtuple('Op', 'n node kind key field answer')


class Place:
    """Where a node is, through all its lives."""

    def __init__(self, index, host, port, proxy, folder):
        self.index, self.host, self.port, self.proxy, self.folder = index, host, port, proxy, folder
        self.node, self.id, self.lives = None, None, []


class TableFaults(WorldTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(1)
        where = [(self.world.node_address(i + 1), free_port(self.world.node_address(i + 1))) for i in range(5)]
        self.places, self.ops, self.later = [], [], []
        for i, (host, port) in enumerate(where):
            proxy = Netfault(*where[i - 1])
            folder = tempfile.TemporaryDirectory()
            self.addCleanup(proxy.close)
            self.addCleanup(folder.cleanup)
            self.places.append(Place(i, host, port, proxy, folder.name))
        for place in self.places:
            self.live(place)
        self.wait_lines()

    def live(self, place):
        """The same node at the same place, again and again; nobody finds a way around the proxies."""
        self.n_nodes = place.index
        place.node = self.start('ABCDE'[place.index], '--cls', 'sync', '--max-outgoing', '0', '--out-addr', NOBODY, '--state', place.folder,
                                '--keep', '%s:%d' % (place.proxy.host, place.proxy.port), port=place.port, limits=LIMITS)
        self.assertIn(place.id, (None, place.node.id))
        place.id = place.node.id
        place.lives.append(place.node)

    def wait_lines(self):
        for place in self.places:
            before = self.places[place.index - 1]
            until(lambda: before.id in place.node.linked_ids() and place.id in before.node.linked_ids(), 'the line of %s' % place.node)

    # ---- what is asked ----

    def begin(self, place, kind, key, field=None, **args):
        node = place.node
        tag = next(node.tags)
        answer = node.results[tag] = queue.SimpleQueue()
        self.ops.append(Op(len(self.ops), place.index, kind, key, field, answer))
        if kind != 'both':
            args['key'] = key
        try:
            node.write(json.dumps(dict(args, cmd='update' if kind == 'both' else kind, tag=tag)).encode() + b'\n')
        except (OSError, ValueError):
            pass                      # it was killed

    def ask_something(self, place=None):
        place = place or self.random.choice(self.places)
        value = [place.index, len(self.ops)]
        roll = self.random.random()
        own = 'own %d %d' % (place.index, self.random.randrange(OWN))
        if roll < 0.35:
            self.begin(place, 'set', 'shared %d' % self.random.randrange(SHARED), value=value)
        elif roll < 0.5:
            key = 'contested %d' % self.random.randrange(CONTESTED)
            if self.random.random() < 0.7:
                self.begin(place, 'set', key, value=value)
            else:
                self.begin(place, 'del', key)
        elif roll < 0.7:
            field = 'f%d' % self.random.randrange(FIELDS)
            self.begin(place, 'delta', 'map %d' % self.random.randrange(MAPS), field, value={field: value})
        elif roll < 0.85:
            self.begin(place, 'set', own, value=value)
        elif roll < 0.95:
            self.begin(place, 'del', own)
        else:
            self.begin(place, 'both', own, dict={own: value})

    # ---- what goes wrong ----

    def after(self, seconds, todo):
        self.later.append((time.monotonic() + seconds, todo))

    def kill(self):
        """In the middle of what it is asked."""
        place = self.random.choice(self.places)
        for _ in range(20):
            self.ask_something(place)
        time.sleep(self.random.uniform(0, 0.005))
        place.node.kill()
        self.live(place)
        self.killed += 1

    def cut(self):
        self.random.choice(self.places).proxy.do('cut %s %d' % (self.random.choice(['in', 'out']), self.random.randint(1, 3000)))

    def slow(self):
        proxy = self.random.choice(self.places).proxy
        proxy.do('delay both %d %d' % (self.random.randint(1, 200), self.random.randint(0, 100)))
        self.after(2, lambda: proxy.do('delay both 0'))

    def stall(self):
        proxy = self.random.choice(self.places).proxy
        proxy.do('stall both on')
        self.after(self.random.uniform(0.2, 2), lambda: proxy.do('stall both off'))

    def part(self):
        """Two halves for a while."""
        lines = [place.proxy for place in self.random.sample(self.places, 2)]
        for proxy in lines:
            proxy.do('refuse on')
            proxy.do('reset')
        for proxy in lines:
            self.after(2 if not DEEP else self.random.uniform(1, 8), lambda proxy=proxy: proxy.do('refuse off'))

    def go_wrong(self, seconds):
        self.killed = 0
        faults = [self.part, self.kill, self.cut, self.slow, self.stall, self.kill, self.cut, self.part]
        begun = due = time.monotonic()
        fault_due, n = begun + 0.5, 0
        while time.monotonic() < begun + seconds:
            now = time.monotonic()
            for entry in [e for e in self.later if e[0] <= now]:
                self.later.remove(entry)
                entry[1]()
            if fault_due <= now:
                fault_due = now + 1
                faults[n % len(faults)]()
                n += 1
            # A machine that is slow starts nodes slowly; what it was not asked meanwhile it is not asked at once.
            due = max(due, now - 0.5)
            while due <= now:
                self.ask_something()
                due += 1 / RATE
            time.sleep(max(0, min(due, fault_due) - time.monotonic()))
        for _, todo in self.later:
            todo()
        for place in self.places:
            place.proxy.do('clear')
            place.proxy.do('refuse off')
        return n

    # ---- what came of it ----

    def table(self, node):
        """{key: (value, owner, time)}"""
        values = dict((k, v) for k, v in node.do('data')['$m'])
        metas = dict((k, v) for k, v in node.do('meta')['$m'])
        return {key: (values[key], metas[key]['owner'], metas[key]['timestamp'], metas[key]['old']) for key in values if key in metas}

    def collect(self):
        """{n: the answer} of those that were answered."""
        answers = {}
        for op in self.ops:
            try:
                answers[op.n] = op.answer.get_nowait()
            except queue.Empty:
                pass
        return answers

    def is_done(self, op, answers):
        answer = answers.get(op.n)
        return answer is not None and answer['ok'] and (op.kind != 'both' or answer['value'][op.key] is None)

    def may_have_happened(self, op, answers):
        return op.n not in answers or self.is_done(op, answers)

    def updates(self):
        """(place that saw it, life, key, value, meta) in the order in which each life saw them."""
        for place in self.places:
            for life in place.lives:
                for event in list(life.events):
                    if event['ev'] == 'update':
                        yield place, life, event['key'], event['value'], event['meta']

    def check_monotonic(self):
        """Of each owner's writes of a key nobody sees an older one after a newer one."""
        newest, seen, wrong = {}, 0, []
        for _, life, key, value, meta in self.updates():
            owner = [p.index for p in self.places if p.id == meta['owner']][0]
            written = dict(value['$m']).values() if isinstance(value, dict) else [value]
            for field, (writer, n) in enumerate(written) if not isinstance(value, dict) else dict(value['$m']).items():
                if writer == owner:
                    place = life, key, owner, field
                    if n < newest.get(place, -1):
                        wrong.append((str(life), key, field, newest[place], n))
                    newest[place] = max(n, newest.get(place, -1))
                    seen += 1
        return seen, wrong

    def starts(self):
        """{(key, index of the owner): when his lease began}, as he himself saw it."""
        found = {}
        for place, _, key, _, meta in self.updates():
            if meta['mine'] and meta['owner'] == place.id:
                at = key, place.index
                found[at] = min(found.get(at, meta['timestamp']), meta['timestamp'])
        return found

    def check_shared(self, table, answers):
        """A key that is never deleted stays with whoever wrote it first, and has what he wrote last."""
        wrong, kept = [], 0
        starts = self.starts()
        for key in sorted({op.key for op in self.ops if op.key.startswith(('shared', 'map'))}):
            done = [op for op in self.ops if op.key == key and self.is_done(op, answers)]
            if not done:
                continue
            if key not in table:
                wrong.append((key, 'is gone'))
                continue
            value, owner_id, _, _ = table[key]
            owner = [p.index for p in self.places if p.id == owner_id][0]
            first = min((starts[key, i], self.places[i].id, i) for i in {op.node for op in done if (key, op.node) in starts})[2]
            if owner != first and (key, owner) in starts and (starts[key, first], self.places[first].id) < (starts[key, owner], owner_id):
                wrong.append((key, 'belongs to', owner, 'not to', first))
            fields = dict(value['$m']) if isinstance(value, dict) else {None: value}
            for op in done:
                if op.node == owner:
                    kept += 1
                    there = fields.get(op.field)
                    if there is None or there[0] != owner or there[1] < op.n:
                        wrong.append((key, op.field, 'has', there, 'not', op.n))
        return kept, wrong

    def check_own(self, table, answers):
        """What only one node writes is as its last answered write left it, or one that was not answered since."""
        wrong, absent = [], 0
        for key in sorted({op.key for op in self.ops if op.key.startswith('own')}):
            happened = [op for op in self.ops if op.key == key and self.may_have_happened(op, answers)]
            done = [i for i, op in enumerate(happened) if self.is_done(op, answers)]
            if not done:
                continue
            allowed = [None if op.kind == 'del' else op.n for op in happened[done[-1]:]]
            there = table[key][0][1] if key in table else None
            if there not in allowed:
                wrong.append((key, 'has', there, 'not one of', allowed))
            absent += there is None
        return absent, wrong

    def test_lines_and_kills(self):
        faults = self.go_wrong(SECONDS)
        self.wait_lines()
        nodes = [place.node for place in self.places]
        begun = time.monotonic()

        def tables():
            return [self.table(node) for node in nodes]
        until(lambda: (lambda all_: all(t == all_[0] for t in all_))(tables()), 'equal tables', 2 * TIMEOUT)
        equal = time.monotonic() - begun
        # What the restarted had kept themselves was confirmed by the others.
        until(lambda: not any(old for t in tables() for _, _, _, old in t.values()), 'nothing to be old')
        answers = self.collect()
        table = tables()[0]
        done = sum(self.is_done(op, answers) for op in self.ops)
        self.tell('answers: %s' % collections.Counter(answer.get('code', 'yes') for answer in answers.values()))
        refused = sum(1 for answer in answers.values() if answer.get('code') == 'P2P_TABLE_ERROR_LEASED')
        seen, backwards = self.check_monotonic()
        kept, lost = self.check_shared(table, answers)
        absent, wrong = self.check_own(table, answers)
        self.figure('faults', faults)
        self.figure('killed and started again', self.killed, 2, at_least=True, may=1)
        self.figure('operations', len(self.ops), RATE * SECONDS * 0.8, at_least=True, may=RATE)
        self.figure('answered yes', done, len(self.ops) * 0.3, at_least=True)
        self.figure('refused, for another’s lease', refused, 1, at_least=True)
        self.figure('never answered', len(self.ops) - len(answers))
        self.figure('tables equal after', equal, 30, 's', may=2 * TIMEOUT)
        self.figure('keys', len(table), SHARED + MAPS, at_least=True)
        self.figure('updates seen', seen, done, at_least=True)
        self.figure('seen backwards', len(backwards), 0)
        self.figure('answered writes of holders', kept, 10, at_least=True)
        self.figure('of them lost', len(lost), 0)
        self.figure('keys deleted at the end', absent, 1, at_least=True)
        self.figure('keys that are not as they were left', len(wrong), 0)
        self.tell('%s' % (backwards + lost + wrong)[:10])
        for node in nodes:
            self.assertEqual(node.process.poll(), None, '%s ended: %s' % (node, node.errors()))
            self.assertNotIn('Sanitizer', node.errors())
        self.assert_bars()


if __name__ == '__main__':
    tap.main()

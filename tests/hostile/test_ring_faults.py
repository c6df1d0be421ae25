#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A distributed table whose nodes are killed (SIGKILL) and started again while all of them write, delete and read.

Five nodes; what each was asked and answered is recorded, with when. While it goes on nobody reads what was never written. In the end, when
all is well again, each key is what a write left of which none was answered later: no answered write is lost, and no delete undone.
That is not linearizability, and none is claimed.
"""
import collections
import json
import os
import queue
import random
import tempfile
import time

from hostile import DEEP, WorldTest
from processes import TIMEOUT, until
from test_table_faults import free_port
import tap

SECONDS = 180 if DEEP else 8
SEED = int(os.environ.get('RING_FAULTS_SEED', '1'))
RATE = 40                     # operations a second
N_KEYS = 30
KILL_EVERY = 4                # seconds: one repair lies between two
LIMITS = ['redial-seconds=1', 'redial-alone-seconds=1', 'chord-stabilise-seconds=1']
ABSENT = 'P2P_TABLE_ERROR_NOT_FOUND'


class Op:
    def __init__(self, n, node, kind, key):
        self.n, self.node, self.kind, self.key = n, node, kind, key
        self.begun, self.ended = time.monotonic(), None
        self.queue, self.answer = queue.SimpleQueue(), None

    @property
    def value(self):
        """What the key is after it."""
        return None if self.kind == 'del' else self.n

    @property
    def may_count(self):
        """It was done, or may have been: it was not answered, or not in time."""
        return self.kind != 'get' and (self.answer is None or self.answer['ok'] or self.answer.get('code') != ABSENT)

    @property
    def counts(self):
        return self.kind != 'get' and self.answer is not None and self.answer['ok']

    def __repr__(self):
        return '%s %s by %s at %.3f-%s: %s' % (self.kind, self.n, self.node, self.begun, self.ended and '%.3f' % self.ended,
                                              self.answer and (self.answer.get('code') or 'yes'))


class RingFaults(WorldTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.ops, self.killed = [], 0
        self.where = [(self.world.node_address(i + 1), free_port(self.world.node_address(i + 1))) for i in range(5)]
        self.folders = [tempfile.TemporaryDirectory() for _ in self.where]
        for folder in self.folders:
            self.addCleanup(folder.cleanup)
        self.nodes = [None] * 5
        self.ids = [None] * 5
        for i in range(5):
            self.live(i)
        self.wait_whole()

    def live(self, i):
        """The same node at the same place, again and again; it keeps trying for two of the others."""
        keep = []
        for n in (1, 2):
            keep += ['--keep', '%s:%d' % self.where[(i + n) % 5]]
        self.n_nodes = i
        node = self.nodes[i] = self.start('ABCDE'[i], '--cls', 'chord', '--state', self.folders[i].name, *keep, port=self.where[i][1], limits=LIMITS)
        self.assertIn(self.ids[i], (None, node.id))
        self.ids[i] = node.id
        node.do('join')

    def wait_whole(self):
        until(lambda: all(len(set(node.linked_ids()) & set(self.ids)) >= 2 for node in self.nodes), 'the links')

    def begin(self, i, kind, key, **args):
        op = Op(len(self.ops), i, kind, key)
        self.ops.append(op)
        node, tag = self.nodes[i], next(self.nodes[i].tags)
        node.results[tag] = op.queue
        try:
            node.write(json.dumps(dict(args, cmd=kind, key=key, tag=tag)).encode() + b'\n')
        except (OSError, ValueError):
            pass                      # it was killed

    def ask_something(self):
        i, roll = self.random.randrange(5), self.random.random()
        key = 'key %d' % self.random.randrange(N_KEYS)
        if roll < 0.5:
            self.begin(i, 'set', key, value=len(self.ops))
        elif roll < 0.6:
            self.begin(i, 'del', key)
        else:
            self.begin(i, 'get', key)

    def collect(self):
        for op in self.ops:
            if op.answer is None:
                try:
                    op.answer = op.queue.get_nowait()
                    op.ended = time.monotonic()
                except queue.Empty:
                    pass

    def go_wrong(self):
        begun = due = time.monotonic()
        kill_due = begun + 2
        while time.monotonic() < begun + SECONDS or self.killed < 2:
            now = time.monotonic()
            if kill_due <= now:
                i = self.random.randrange(5)
                self.nodes[i].kill()
                self.live(i)
                self.killed += 1
                kill_due = time.monotonic() + KILL_EVERY
            due = max(due, now - 0.5)
            while due <= now:
                self.ask_something()
                due += 1 / RATE
            self.collect()
            time.sleep(0.01)

    def allowed(self, key):
        """The values that the key may have now."""
        writes = [op for op in self.ops if op.key == key and op.may_count]
        done = [op for op in writes if op.counts]
        values = {op.value for op in writes if not any(later.begun > (op.ended or later.begun) for later in done)}
        return values | ({None} if not done else set())

    def test_kills(self):
        self.go_wrong()
        self.wait_whole()
        end = time.monotonic() + TIMEOUT
        while time.monotonic() < end and any(op.answer is None and op.begun > end - TIMEOUT - 15 for op in self.ops):
            self.collect()
            time.sleep(0.05)
        self.collect()
        invented = [op for op in self.ops if op.kind == 'get' and op.answer and op.answer['ok'] and
                    not any(w.kind == 'set' and w.key == op.key and w.n == op.answer['value']['value'] and w.begun <= op.ended for w in self.ops)]
        keys = sorted({op.key for op in self.ops})
        wrong = {}

        def settle():
            """Whether every node reads of every key what it may be."""
            wrong.clear()
            for key in keys:
                allowed = self.allowed(key)
                for node in self.nodes:
                    answer = node.ask('get', key=key)
                    value = answer['value']['value'] if answer['ok'] else None if answer.get('code') == ABSENT else answer.get('code')
                    if value not in allowed:
                        wrong[key, node.name] = value, sorted(map(str, allowed))
            return not wrong
        begun = time.monotonic()
        try:
            until(settle, 'all keys to be as they were left')
        except AssertionError:
            pass
        settled = time.monotonic() - begun
        answers = collections.Counter('%s %s' % (op.kind, 'silent' if op.answer is None else 'yes' if op.answer['ok'] else op.answer.get('code')) for op in self.ops)
        self.tell('answers: %s' % dict(answers))
        self.figure('killed and started again', self.killed, 2, at_least=True)
        self.figure('operations', len(self.ops), RATE * SECONDS * 0.8, at_least=True, may=RATE)
        self.figure('answered writes', sum(op.counts for op in self.ops), len(self.ops) * 0.3, at_least=True)
        self.figure('reads of what nobody wrote', len(invented), 0)
        self.figure('keys that are not as they were left', len(wrong), 0)
        self.figure('all keys right after', settled, unit='s')
        for (key, name), what in list(wrong.items())[:3]:
            self.tell('%s at %s is %s; writes: %s' % (key, name, what, [op for op in self.ops if op.key == key and op.kind != 'get'][-6:]))
        for node in self.nodes:
            self.assertEqual(node.process.poll(), None, '%s ended: %s' % (node, node.errors()))
            self.assertNotIn('Sanitizer', node.errors())
        self.assert_bars()


if __name__ == '__main__':
    tap.main()

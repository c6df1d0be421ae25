#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that are killed (SIGKILL) and started again, one every half second, while everybody talks.

Some are never killed: what one of them says, each of them hears once. What one says that is killed may die with it, but if one of
them heard it, all do. Of those that were killed, each life hears everything once that is said in it, but near its beginning and end.
"""
import random
import tempfile
import time

from hostile import DEEP, TIMES, WorldTest
from processes import TIMEOUT, Traffic, percentile, until
import tap

STAYING, GOING = (12, 12) if DEEP else (6, 6)
SECONDS = 120 if DEEP else 12
PAUSE = 0.5
MARGIN = 10 if DEEP else 2      # seconds of a life that count for its beginning and its end
SPEECH = 20                     # messages a second
PORT = 4444


class Life:
    def __init__(self, node, begun):
        self.node, self.begun, self.ended = node, begun, None
        self.first = None       # heard


class Speech(Traffic):
    """Said by those who live; of each message: when, by whom, and whether that one stays."""

    def __init__(self, hub, staying, lives):
        self.lives = lives
        super().__init__(hub, list(staying), list(staying), rate=SPEECH)
        self.staying = set(staying)

    def missing(self):
        found = []
        for n, (_, speaker, _) in enumerate(self.sent):
            heard = [node for node in self.listeners if node is speaker or node.heard[n]]
            if len(heard) < len(self.listeners) and (heard or speaker in self.staying):
                found += [(n, node) for node in self.listeners if node not in heard]
        return found


class Churn(WorldTest):
    def setUp(self):
        super().setUp()
        self.random = random.Random(1)
        self.lives, self.slots = [], []

    def live(self, slot, at):
        """Starts the node of a slot: at the same address as before, every other one as the same node."""
        number, folder = slot
        others = self.random.sample([node for node in self.staying + [life.node for _, life in self.slots if life.ended is None]], 2)
        args = [word for other in others for word in ('--connect', other.address)]
        if folder is not None:
            args += ['--state', folder.name]
        self.n_nodes = number
        begun = time.monotonic()
        life = Life(None, begun)
        life.node = self.start('G%d' % number, *args, port=PORT if self.world.own else 0)
        life.node.traffic = Heard(life)
        self.lives.append(life)
        return life

    def start_all(self):
        self.staying = []
        for i in range(STAYING):
            args = [word for other in self.staying[-2:] for word in ('--connect', other.address)]
            self.staying.append(self.start('S%d' % i, *args, port=PORT if self.world.own else 0))
        for i in range(GOING):
            folder = None
            if i % 2:
                folder = tempfile.TemporaryDirectory()
                self.addCleanup(folder.cleanup)
            slot = (STAYING + i, folder)
            self.slots.append([slot, self.live(slot, i)])
        until(lambda: all(len(node.linked_ids()) >= 3 for node in self.staying), 'links enough')

    def test_churn(self):
        self.start_all()
        speech = Speech(self.hub, self.staying, self.lives)
        self.hub.call(lambda: speech.speakers.extend(life.node for _, life in self.slots))
        speech.start()
        self.spoken = time.monotonic()
        quiet = self.first_heard(self.lives)
        begun = due = time.monotonic()
        kills = 0
        while time.monotonic() < begun + SECONDS:
            due += PAUSE
            time.sleep(max(0, due - time.monotonic()))
            entry = self.random.choice(self.slots)
            slot, life = entry
            place = speech.speakers.index(life.node)
            life.ended = time.monotonic()
            life.node.kill()
            kills += 1
            entry[1] = self.live(slot, kills)
            self.hub.call(lambda: speech.speakers.__setitem__(place, entry[1].node))
        lasted = time.monotonic() - begun
        first = self.first_heard(self.lives[GOING:])
        speech.finish()
        everybody = self.staying + [life.node for _, life in self.slots]
        self.figure('processes', len(everybody))
        self.figure('killed and started again', kills, SECONDS / PAUSE * 0.9, at_least=True, may=5)
        self.figure('seconds', lasted)
        self.figure('messages', len(speech.sent), SPEECH * SECONDS * 0.9, at_least=True, may=SPEECH)
        said = sum(speaker in speech.staying for _, speaker, _ in speech.sent)
        self.figure('of them by those who stay', said)
        self.figure('deliveries that lack, among those who stay', len(speech.missing()), 0)
        self.figure('duplicates', speech.duplicates() + sum(count - 1 for life in self.lives for count in life.node.heard.values() if count > 1), 0)
        expected, lacking = self.of_lives(speech)
        self.figure('deliveries expected of lives', expected)
        self.figure('of them lacking', len(lacking), 0)
        usual = percentile(quiet, 0.95)
        self.figure('from start to first message, quiet p95', usual, unit='s')
        self.figure('from start to first message, p95', percentile(first, 0.95), 2, 's', soft=True, may=2 + TIMES * usual)
        ids = {node.id for node in everybody}
        took = time.monotonic()
        until(lambda: all(set(node.linked_ids()) <= ids for node in everybody), 'links to those who live only')
        self.figure('tables without the dead after', time.monotonic() - took, 10, 's', may=TIMEOUT)
        for node in self.staying:
            self.assertEqual(node.process.poll(), None, '%s ended: %s' % (node, node.errors()))
            self.assertNotIn('Sanitizer', node.errors())
        self.tell('lacking: %s' % (speech.missing() + lacking)[:10])
        self.assert_bars()

    def first_heard(self, lives):
        """From its start until it heard something, of each life that did or lasted long enough for it."""
        def heard():
            return all(life.first is not None or life.ended is not None for life in lives)
        until(heard, 'all of them to hear something')
        return [life.first - max(life.begun, self.spoken) for life in lives if life.first is not None]

    def of_lives(self, speech):
        """How many deliveries there ought to be, and those that were not."""
        expected, lacking = 0, []
        for life in self.lives:
            end = life.ended or time.monotonic() + MARGIN
            for n, (when, speaker, _) in enumerate(speech.sent):
                if speaker in speech.staying and life.first is not None and life.first + MARGIN <= when <= end - MARGIN:
                    expected += 1
                    if life.node.heard[n] == 0:
                        lacking.append((n, life.node))
        return expected, lacking


class Heard:
    """Notes when a life heard its first message."""

    def __init__(self, life):
        self.life = life

    def note_arrival(self, n, now):
        if self.life.first is None:
            self.life.first = now


if __name__ == '__main__':
    tap.main()

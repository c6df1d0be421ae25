#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own frames (docs/x1.md) before the real originals: they ignore every one of them, keep the link, say no word about it, and
relay those that are broadcasts. And who is stopped without a word is found: one of ours by PING, an original by asking for its peers."""
import os
import signal
import sys
import time

from harness import BROADCAST, NOWHERE, NetworkTest, b, main, text_of, until
from rawpeer import frame

NO_OP, CONTROL, SIDE_CAR, APPLICATION = 0x57, 0x58, 0x59, 0x5a
HELLO, PING, PONG, IHAVE, IWANT, PRUNE, GRAFT = 1, 3, 5, 7, 8, 9, 10
CAPS = 0x63


def whispers():
    """One of each, as a node of ours says it; then what later versions may say."""
    key, nonce, ids = os.urandom(32), os.urandom(32), os.urandom(64)
    yield [NO_OP]
    yield [NO_OP, 'x' * 100]
    yield [CONTROL, 1, HELLO, CAPS, key, nonce, 1 << 20]
    yield [CONTROL, 1, HELLO, CAPS, b'', nonce, 1 << 20]
    yield [CONTROL, 1, PING, 7]
    yield [CONTROL, 1, PONG, 7]
    yield [CONTROL, 1, IHAVE, ids]
    yield [CONTROL, 1, IWANT, ids * 256]
    yield [CONTROL, 1, PRUNE]
    yield [CONTROL, 1, GRAFT]
    yield [CONTROL, 1, 2, key, ids]
    yield [CONTROL, 1, 99, 'later', [1, [2]], nonce]
    yield [CONTROL, 2]


class OwnFrames(NetworkTest):
    def talk(self, one, other, word):
        one.do('send', packets=[word])
        other.wait_message([BROADCAST, word])

    def say(self, ours, theirs, flag, packets):
        ours.do('raw', id=theirs.id, frame=b(frame(flag, ours.id, packets)))

    def ignored(self, kind, we_dial):
        ours, theirs = self.start('rt', '--allow-raw'), self.start(kind)
        self.connect(*(ours, theirs) if we_dial else (theirs, ours))
        since = theirs.mark()
        for packets in whispers():
            self.say(ours, theirs, 2, packets)
        # Each of the links goes on, and nothing of it came to the program's eyes.
        self.talk(ours, theirs, 'after that')
        self.talk(theirs, ours, 'the same')
        heard = [e['packets'] for e in theirs.events[since:] if e['ev'] == 'message']
        self.assertEqual([p for p in heard if p[0] not in (NO_OP, CONTROL)], [[BROADCAST, 'after that']])
        link = ours.link_to(theirs)
        self.assertEqual((link['own'], link['capabilities'], link['rtt_ms']), (False, 0, None))
        self.assertEqual(set(ours.do('stats')['dropped'].values()), {0})

    def test_py2p_we_dial(self):
        self.ignored('py', True)

    def test_py2p_dials(self):
        self.ignored('py', False)

    def test_js2p_we_dial(self):
        self.ignored('js', True)

    def test_js2p_dials(self):
        self.ignored('js', False)

    def relayed(self, kind):
        # They do not find each other: what passes passes by way of theirs.
        ours, other = self.start('rt', '--allow-raw', '--out-addr', NOWHERE), self.start('rt', '--out-addr', NOWHERE)
        theirs = self.start(kind)
        for one in (ours, other):
            self.connect(one, theirs)
        self.talk(ours, other, 'by way of them')
        self.assertIs(other.do('watch', on=True), True)
        words = [[SIDE_CAR, os.urandom(32), os.urandom(32), os.urandom(64)], [APPLICATION, 'later', 5]]
        for packets in words:
            self.say(ours, theirs, 0, packets)
        for packets in words:
            event = other.wait(lambda e: e['ev'] == 'frame' and not e['outgoing'] and e['message'] and e['message']['packets'][0] == packets[0],
                               'sub-flag %#x by way of %s' % (packets[0], kind))
            self.assertEqual(event['message']['type'], 0)
            self.assertEqual(text_of(event['message']['sender']), ours.id)
        self.talk(other, ours, 'back')
        self.assertEqual([e for e in list(other.events) if e['ev'] == 'message' and e['packets'][0] in (SIDE_CAR, APPLICATION)], [])

    def test_py2p_relays(self):
        self.relayed('py')

    def test_js2p_relays(self):
        self.relayed('js')


class Stopped(NetworkTest):
    """A process that the system does not run any more is there for TCP: its end of the link takes bytes."""

    def test_found(self):
        args = ['--limit', 'ping-seconds=3', '--limit', 'idle-seconds=3']
        pairs = []
        for kind in ('rt', 'py', 'js'):
            # Each pair is a network of its own: none tells another of its loss.
            ours = self.start('rt', *args, subnet='stopped ' + kind)
            theirs = self.start(kind, *(args if kind == 'rt' else []), subnet='stopped ' + kind)
            self.may_lose |= {ours, theirs}
            ours.dial(theirs)
            theirs.wait_link(ours)
            pairs.append((ours, theirs))
        marks = [ours.mark() for ours, _ in pairs]
        began = time.monotonic()
        for _, theirs in pairs:
            os.kill(theirs.process.pid, signal.SIGSTOP)
        try:
            for (ours, theirs), mark in zip(pairs, marks):
                gone = ours.wait_event('peer-removed', since=mark, timeout=120)
                self.assertEqual((gone['code'], text_of(gone['id'])), ('P2P_LINK_ERROR_SILENT', theirs.id))
                print('%s found after %.1f s' % (theirs.kind, time.monotonic() - began), file=sys.stderr, flush=True)
        finally:
            for _, theirs in pairs:
                os.kill(theirs.process.pid, signal.SIGCONT)

    def test_idle_is_asked(self):
        # Who lives and says nothing of himself answers what he is asked. (On a machine slow enough he is given up, and dialled again.)
        for kind in ('rt', 'py', 'js'):
            ours, theirs = self.start('rt', '--limit', 'ping-seconds=1', '--limit', 'idle-seconds=3', subnet='idle'), self.start(kind, subnet='idle')
            self.may_lose |= {ours, theirs}
            ours.dial(theirs)
            theirs.wait_link(ours)
            heard = ours.do('stats')['messages_in']
            until(lambda: ours.do('stats')['messages_in'] > heard + 1, '%s to answer twice' % kind, 60)


if __name__ == '__main__':
    main()

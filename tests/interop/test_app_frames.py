#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Application frames (docs/x1.md) before the real originals: to a js2p and a py2p each of them, broadcast or whispered, is nothing; the link stays, their
programs see none of it, they pass the broadcasts on as they are, and the text beside them is a plain text to everybody. Nor is one a message to a
program of roundtable-node: it counts them."""
import hashlib
import os

from harness import BROADCAST, NOWHERE, WHISPER, NetworkTest, b, main, text_of, until
from rawpeer import frame, pack

APPLICATION = 0x5a
NAME, REPLY, RECEIPT, HISTORY_ASK, HISTORY, FILE, FETCH, CHUNK = range(1, 9)


def everything(sender):
    """One of each, and what later versions may say."""
    about, to, file = os.urandom(32), os.urandom(32), hashlib.sha256(b'content').digest()
    body = pack([0, sender, 1500000000, 0, 'said before'])
    yield [NAME, 'Ada', 1]
    yield [NAME, '', 0]
    yield [REPLY, about, to]
    yield [RECEIPT, os.urandom(64 * 32)]
    yield [HISTORY_ASK, 7, 1500000000, 1600000000, 200, b'']
    yield [HISTORY_ASK, 8, 0, 2 ** 33, 1024, (1500000000).to_bytes(8, 'big') + about]
    yield [HISTORY, 7, 1, [[1500000001, body, b''], [1500000002, body, to]]]
    yield [HISTORY, 7, 0, []]
    yield [FILE, about, file, 7, 'ä.txt', 'text/plain']
    yield [FETCH, 9, file, 0, 128]
    yield [CHUNK, 9, file, 0, os.urandom(48 * 1024)]
    yield [CHUNK, 9, file, 49152, b'']
    yield [99, 'later', [1, [2]], about]


class AppFrames(NetworkTest):
    def say(self, ours, theirs, flag, packets):
        ours.do('raw', id=theirs.id, frame=b(frame(flag, ours.id, packets)))

    def heard(self, peer, since=0):
        return [e['packets'] for e in list(peer.events)[since:] if e['ev'] == 'message']

    def between(self, kind):
        """Ours, theirs, and another of ours: what the one hears of the other comes by way of theirs."""
        ours, other = self.start('rt', '--allow-raw', '--out-addr', NOWHERE, subnet=kind), self.start('rt', '--out-addr', NOWHERE, subnet=kind)
        theirs = self.start(kind, subnet=kind)
        self.connect(ours, theirs)
        self.connect(theirs, other) if kind == 'js' else self.connect(other, theirs)
        other.do('watch', on=True)
        since = theirs.mark()
        frames = [[APPLICATION, 1] + packets for packets in everything(ours.id)] + [[APPLICATION, 2, NAME, 'later']]
        for i, packets in enumerate(frames):
            self.say(ours, theirs, WHISPER, packets)
            self.say(ours, theirs, BROADCAST, packets)
            ours.do('send', packets=['beside %d' % i])
            # One after the other: four bytes of a frame at the end of what py2p reads are its end (quirk B2).
            theirs.wait_message([BROADCAST, 'beside %d' % i], since)
            other.wait_message([BROADCAST, 'beside %d' % i])
        texts = [[BROADCAST, 'beside %d' % i] for i in range(len(frames))]
        self.assertEqual(self.heard(other), texts)
        self.assertEqual(self.heard(theirs, since), texts)

        def passed():
            return [e['message'] for e in list(other.events) if e['ev'] == 'frame' and not e['outgoing'] and e['message']
                    and e['message']['packets'][0] == APPLICATION]
        until(lambda: len(passed()) >= len(frames), 'all of them by way of %s' % kind)
        self.assertEqual([m['packets'][1:3] for m in passed()], [p[1:3] for p in frames])
        self.assertEqual({m['type'] for m in passed()}, {BROADCAST})
        self.assertEqual({text_of(m['sender']) for m in passed()}, {ours.id})
        # Questions, answers and pieces are for one alone; the others are good, and nobody listens here. No shape was wrong.
        # They are in the name of one who signs what he says, and are not signed: what they are waits for that.
        private = sum(p[1] == 1 and p[2] in (HISTORY_ASK, HISTORY, FETCH, CHUNK) for p in frames)
        until(lambda: {why: n for why, n in other.do('stats')['dropped'].items() if n} == {'link_local': private, 'unknown_operation': len(frames) - private},
              'what nobody may send is counted')
        theirs.do('send', packets=['and back'])
        ours.wait_message([BROADCAST, 'and back'])

    def test_js2p(self):
        self.between('js')

    def test_py2p(self):
        self.between('py')

    def test_ours(self):
        """No word of them to the program; what nobody may send is counted."""
        ours, other = self.start('rt', '--allow-raw'), self.start('rt', '--limit', 'app-frames=1000')
        self.connect(ours, other)
        for packets in everything(ours.id):
            self.say(ours, other, WHISPER, [APPLICATION, 1] + packets)
        ours.do('whisper', id=other.id, packets=['a text'])
        other.wait_message([WHISPER, 'a text'])
        self.assertEqual(self.heard(other), [[WHISPER, 'a text']])
        self.assertEqual({why: n for why, n in other.do('stats')['dropped'].items() if n}, {'unexpected': 4, 'unknown_operation': 9})
        self.assertEqual(ours.ask('send', type=APPLICATION, packets=[1, NAME, 'me', 0])['code'], 'P2P_WIRE_ERROR_RESERVED_FLAG')


if __name__ == '__main__':
    main()

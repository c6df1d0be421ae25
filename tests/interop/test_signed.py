#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures (docs/x1.md) before the real originals: they pass them on and see nothing of them, so what one of ours says by way of a py2p or a js2p is
known to be his at another of ours; and what a process without his key says in his name is not."""
import os
import tempfile

from harness import BROADCAST, NOWHERE, WHISPER, NetworkTest, main, text_of, until
from rawpeer import RawPeer, frame

SIDE_CAR = 0x59
N = 20


class Signed(NetworkTest):
    def start_with_key(self, **options):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        return self.start('rt', '--state', directory.name, '--out-addr', NOWHERE, **options)

    def heard(self, peer):
        return [e for e in list(peer.events) if e['ev'] == 'message']

    def between(self, kind):
        ours, other = self.start_with_key(subnet=kind), self.start_with_key(subnet=kind)
        theirs = self.start(kind, subnet=kind)
        self.connect(ours, theirs)
        self.connect(theirs, other) if kind == 'js' else self.connect(other, theirs)
        since = theirs.mark()
        texts = ['alone'] + ['together %d' % i for i in range(N)]
        ours.do('send', packets=[texts[0]])
        other.wait_message([BROADCAST, texts[0]])
        for end in [ours.begin('send', packets=[text]) for text in texts[1:]]:
            end()
        other.wait_message([BROADCAST, texts[-1]])
        until(lambda: len(self.heard(other)) >= len(texts), 'all of them')
        self.assertEqual([(e['packets'][1], e['verified']) for e in self.heard(other)], [(text, True) for text in texts])
        self.assertEqual([text_of(e['sender']) for e in self.heard(other)], [ours.id] * len(texts))
        theirs.wait_message([BROADCAST, texts[-1]], since)
        self.assertEqual([e['packets'] for e in list(theirs.events)[since:] if e['ev'] == 'message'], [[BROADCAST, text] for text in texts])
        # An original signs nothing, and is heard as it is.
        theirs.do('send', packets=['of an original'])
        self.assertIs(other.wait_message([BROADCAST, 'of an original'])['verified'], False)
        self.assertEqual(other.do('stats')['dropped']['bad_signature'], 0)

    def privately(self, kind):
        """Sealed by way of an original, which passes it on and reads nothing of it; said again it is the same message."""
        ours, other = self.start_with_key(subnet='private-' + kind), self.start_with_key(subnet='private-' + kind)
        theirs = self.start(kind, subnet='private-' + kind)
        self.connect(ours, theirs)
        self.connect(theirs, other) if kind == 'js' else self.connect(other, theirs)
        # whose key nobody heard nothing is sealed for
        self.assertIs(ours.ask('whisper-through', id=other.id, text='too soon')['ok'], False)
        other.do('send', packets=['here I am'])
        ours.wait_message([BROADCAST, 'here I am'])
        since = theirs.mark()
        self.assertEqual(ours.do('whisper-through', id=other.id, text='for you alone'), 1)
        told = other.wait_message([WHISPER, 'for you alone'])
        self.assertEqual((text_of(told['sender']), told['verified']), (ours.id, True))
        # an hour ago, twice
        for _ in range(2):
            ours.do('whisper-through', id=other.id, text='once more', time=told['time'] - 3600)
        again = other.wait_message([WHISPER, 'once more'])
        self.assertEqual((again['time'], again['verified']), (told['time'] - 3600, True))
        until(lambda: len([e for e in self.heard(other) if e['packets'] == [WHISPER, 'once more']]) == 2, 'both')
        self.assertEqual({str(e['id']) for e in self.heard(other) if e['packets'] == [WHISPER, 'once more']}, {str(again['id'])})
        ours.do('send', packets=['the end'])
        theirs.wait_message([BROADCAST, 'the end'], since)
        self.assertEqual([e['packets'] for e in list(theirs.events)[since:] if e['ev'] == 'message'], [[BROADCAST, 'the end']])
        self.assertEqual(other.do('stats')['dropped']['bad_signature'], 0)

    def test_privately_by_py2p(self):
        self.privately('py')

    def test_privately_by_js2p(self):
        self.privately('js')

    def test_through_py2p(self):
        self.between('py')

    def test_through_js2p(self):
        self.between('js')

    def test_forged(self):
        """A process of no key of ours speaks in the name of who has one: told of, and marked; what it signs is not his either."""
        ours, other = self.start_with_key(), self.start_with_key()
        self.connect(ours, other)
        ours.do('send', packets=['known'])
        self.assertIs(other.wait_message([BROADCAST, 'known'])['verified'], True)
        enemy = RawPeer(other.host, other.port, 'interop', 'enemy')
        self.addCleanup(enemy.close)
        enemy.send(enemy.handshake())
        until(lambda: any(text_of(link['id']) == enemy.id for link in other.table()), 'the enemy to be linked')
        enemy.send(frame(0, ours.id, [SIDE_CAR, 1, os.urandom(32), os.urandom(64), os.urandom(32) + b'\0']))
        enemy.send(frame(0, ours.id, [0, 'forged']))
        enemy.send(enemy.broadcast('in his own name'))
        self.assertIs(other.wait_message([BROADCAST, 'in his own name'])['verified'], False)
        told = other.wait_message([BROADCAST, 'forged'])
        self.assertEqual((text_of(told['sender']), told['verified']), (ours.id, False))
        self.assertEqual(other.do('stats')['dropped']['bad_signature'], 1)
        # Whose name it is is believed as before.
        ours.do('send', packets=['still he'])
        self.assertIs(other.wait_message([BROADCAST, 'still he'])['verified'], True)
        self.assertEqual(other.count('message-proved'), 0)


if __name__ == '__main__':
    main()

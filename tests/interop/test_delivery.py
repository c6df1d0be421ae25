#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What docs/delivery.md promises, among real programs: what was said on one side of a partition reaches the other, once."""
import os
import unittest

from harness import BROADCAST, NetworkTest, missing_peers, until


class Sides(NetworkTest):
    def heard(self, peer):
        with peer.changed:
            return [e for e in peer.events if e['ev'] == 'message' and e['packets'][0] == BROADCAST]

    def expect(self, peer, texts):
        """These, each once, and nothing else."""
        until(lambda: len(self.heard(peer)) >= len(texts), '%r to hear %d messages' % (peer, len(texts)))
        self.assertEqual(sorted(e['packets'][1] for e in self.heard(peer)), sorted(texts), repr(peer))

    def say(self, peer, texts):
        for text in texts:
            self.assertGreater(peer.do('send', packets=[text]), 0)
        return texts

    def sides(self):
        left = [self.start('rt'), self.start('rt')]
        right = [self.start('rt'), self.start('rt')]
        self.connect(*left)
        self.connect(*right)
        # Two that find each other at once give one of the links up.
        self.may_lose.update(left + right)
        return left, right


class Delivery(Sides):
    def test_two_sides(self):
        left, right = self.sides()
        on_the_left = self.say(left[0], ['left %d' % i for i in range(20)])
        on_the_right = self.say(right[1], ['right %d' % i for i in range(20)])
        self.expect(left[1], on_the_left)
        self.expect(right[0], on_the_right)
        original = {e['packets'][1]: e for e in self.heard(left[1])}

        self.connect(left[1], right[0])
        for peer in right:
            self.expect(peer, on_the_left + on_the_right if peer is right[0] else on_the_left)
            for event in self.heard(peer):
                if event['packets'][1] in original:
                    for part in ('id', 'time', 'sender'):
                        self.assertEqual(event[part], original[event['packets'][1]][part])
        self.expect(left[0], on_the_right)
        self.expect(left[1], on_the_left + on_the_right)
        # What one link brought another need not.
        later = self.say(left[0], ['later'])
        for peer in right:
            peer.wait_message([BROADCAST, 'later'])
        self.expect(right[1], on_the_left + later)
        asked = [peer.do('stats') for peer in left + right]
        self.assertGreaterEqual(sum(s['recovered'] for s in asked), 40)
        self.assertGreaterEqual(sum(s['iwant_in'] for s in asked), 40)

    def test_who_leaves_and_comes_again(self):
        one, other = self.start('rt'), self.start('rt')
        third = self.start('rt')
        self.connect(one, other)
        self.may_lose.update((one, other, third))
        said = self.say(one, ['before'])
        third.dial(other)
        third.wait_link(other)
        self.expect(third, said)
        for i in range(3):
            for peer in third.table():
                third.do('disconnect', id=peer['id'])
            until(lambda: third.table() == [], 'no links')
            until(lambda: other.link_to(third) is None and one.link_to(third) is None, 'no links to the third')
            said += self.say(one, ['meanwhile %d' % i])
            third.dial(other)
            third.wait_link(other)
            self.expect(third, said)


@unittest.skipIf(missing_peers() and os.environ.get('CI') != 'true', 'there are no real peers')
class Originals(Sides):
    """They hear of it by us, as of anything that is said, and by nothing that they do not know."""

    def check(self, kind):
        left, right = self.sides()
        original = self.start(kind)
        self.connect(original, left[0])
        said = self.say(right[0], ['on the right'])
        self.connect(left[1], right[1])
        self.expect(original, said)
        # Those on the right hear of it and dial it, while it dials them. Whatever that does to links, each is linked at the end,
        # whoever says something is heard by all, and once.
        for peer in left + right:
            peer.wait_link(original)
            original.wait_link(peer)
        said += self.say(right[0], ['from the right']) + self.say(left[1], ['from the left'])
        self.expect(original, said)
        original.do('send', packets=['from the original'])
        for peer in left + right:
            peer.wait_message([BROADCAST, 'from the original'])
            # The originals make a message for each link: two when a second passes meanwhile.
            times = [e['time'] for e in self.heard(peer) if e['packets'][1] == 'from the original']
            self.assertEqual(len(times), len(set(times)), repr(peer))

    def test_py2p(self):
        self.check('py')

    def test_js2p(self):
        self.check('js')


if __name__ == '__main__':
    unittest.main(verbosity=2)

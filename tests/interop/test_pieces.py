#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes in the smallest pieces, both ways, and handshakes that come twice."""
import hashlib
import struct

import rawpeer
from harness import BROADCAST, WHISPER, NetworkTest, b, main
from pairs import noise


class Dribble(NetworkTest):
    def raw(self, node, **options):
        peer = rawpeer.RawPeer(node.host, node.port, 'interop', **options)
        self.addCleanup(peer.close)
        return peer

    def test_a_real_handshake_and_broadcast_byte_by_byte(self):
        ours = self.start('rt')
        raw = self.raw(ours)
        raw.dribble(raw.handshake())
        self.assertEqual(ours.wait_event('peer-added')['id'], raw.id)
        raw.dribble(raw.broadcast('slowly', b'bytes', 5))
        message = ours.wait_message([BROADCAST, 'slowly', b('bytes'), 5])
        self.assertEqual(message['sender'], raw.id)
        raw.dribble(raw.broadcast('again'))
        ours.wait_message([BROADCAST, 'again'])
        self.assertFalse(raw.is_closed())

    def test_pieces_of_every_size(self):
        ours = self.start('rt')
        raw = self.raw(ours)
        raw.send(raw.handshake())
        ours.wait_event('peer-added')
        for size in (2, 3, 4, 5, 7, 35, 36, 37, 64, 1023, 1024):
            # The end of one frame and the beginning of the next share a piece.
            raw.dribble(raw.broadcast('first %d' % size) + raw.broadcast('second %d' % size), size)
            ours.wait_message([BROADCAST, 'first %d' % size])
            ours.wait_message([BROADCAST, 'second %d' % size])
        self.assertFalse(raw.is_closed())

    def test_what_our_handshake_is(self):
        ours = self.start('rt')
        raw = self.raw(ours)
        # HELLO, and the handshake when nobody says a word: the dialler may be an original or one of ours.
        frame = raw.wait_frames(2)[1]
        # The id as a str (0xd9: up to 255 bytes), the protocol id and the address that it listens on; the checksum right;
        # nothing compressed.
        self.assertIn(b'\xd9' + bytes([len(ours.id)]) + ours.id.encode(), frame)
        self.assertNotIn(b'\xc4' + bytes([len(ours.id)]) + ours.id.encode(), frame)
        self.assertIn(rawpeer.protocol_id('interop').encode(), frame)
        self.assertIn(ours.host.encode(), frame)
        self.assertIn(struct.pack('>H', ours.port), frame)
        self.assertEqual(frame[4:36], hashlib.sha256(frame[36:]).digest())
        self.assertFalse(raw.is_closed())

    def check_through_a_dribble(self, kind):
        theirs = self.start(kind)
        proxy = rawpeer.DribblingProxy(theirs)
        self.addCleanup(proxy.close)
        ours = self.start('rt')
        self.assertIs(ours.do('connect', addr=proxy.host, port=proxy.port), True)
        self.expect_link(ours, theirs)
        ours.do('send', packets=['drop by drop'])
        theirs.wait_message([BROADCAST, 'drop by drop'])
        theirs.do('send', packets=['as slowly back'])
        ours.wait_message([BROADCAST, 'as slowly back'])
        text = noise(2000, kind)
        ours.do('send', packets=[text])
        theirs.wait_message([BROADCAST, text])
        theirs.do('reply-last', packets=['got it'])
        ours.wait_message([WHISPER, 'got it'])

    def test_js2p_through_a_dribble(self):
        self.check_through_a_dribble('js')

    def test_py2p_through_a_dribble(self):
        self.check_through_a_dribble('py')

    def test_ours_through_a_dribble(self):
        self.check_through_a_dribble('rt')


class Handshakes(NetworkTest):
    def raw(self, node):
        peer = rawpeer.RawPeer(node.host, node.port, 'interop')
        self.addCleanup(peer.close)
        return peer

    def test_js2p_sends_two(self):
        # When it was not told an id, js2p answers the first handshake with a second one of its own (wire-protocol.md 3.3).
        for we_dial in (True, False):
            ours, theirs = self.start('rt', '--debug-level', '5'), self.start('js')
            self.connect(*((ours, theirs) if we_dial else (theirs, ours)))
            theirs.do('send', packets=['after both'])
            ours.wait_message([BROADCAST, 'after both'])
            # handshake, handshake, peers, broadcast
            self.assertGreaterEqual(ours.do('stats')['messages_in'], 4)
            self.assertEqual(ours.count('peer-added'), 1)
            self.assertEqual(len(ours.table()), 1)
            self.assertEqual(len(theirs.table()), 1)

    def test_any_number_of_them(self):
        ours = self.start('rt')
        raw = self.raw(ours)
        for _ in range(5):
            raw.send(raw.handshake())
        raw.send(raw.broadcast('still me'))
        self.assertEqual(ours.wait_message([BROADCAST, 'still me'])['sender'], raw.id)
        self.assertEqual(ours.count('peer-added'), 1)
        self.assertEqual(len(ours.table()), 1)
        self.assertFalse(raw.is_closed())

    def test_one_with_another_network_ends_the_link(self):
        ours = self.start('rt')
        raw = self.raw(ours)
        raw.subnet = 'elsewhere'
        raw.send(raw.handshake())
        self.assertEqual(ours.wait_event('link-failed')['code'], 'P2P_LINK_ERROR_WRONG_NETWORK')


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who holds the wire between two nodes with keys, where nothing hides it: he keeps signatures back, says again what was said, changes it, and comes by
with what he kept. What he brings about is that something is late or lost; nobody is believed for it, and nothing that was written comes back."""
import os
import socket
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))

import tap  # noqa: E402
from harness import BROADCAST, NetworkTest, TIMEOUT, free_address, text_of, until  # noqa: E402
from rawpeer import RawPeer, frame, unpack  # noqa: E402

SIDE_CAR, APP, STORE, CONTROL = 0x59, 0x5A, 11, 0x58
HELLO, AUTH, SEALED, RECORDS = 1, 2, 11, 15
IDENTITY, UNSIGNED = 'P2P_LINK_ERROR_IDENTITY', 'P2P_TABLE_ERROR_UNSIGNED'
AGE = 3                       # seconds that messages may be old, where that is to be over soon


class Frame:
    def __init__(self, data):
        self.data = data
        self.flag, self.sender, self.time, *self.packets = unpack(data[36:])

    def is_side_car(self):
        return self.packets[0] == SIDE_CAR

    def is_records(self):
        return self.packets[0] == CONTROL and self.packets[2:3] == [RECORDS]

    def is_box(self):
        return self.packets[0] == APP and self.packets[2:3] == [SEALED]


class Wire:
    """Passes frames on between whoever dials and the target, keeps those of the one who dialled, and drops what it is told to."""

    def __init__(self, target):
        self.target = target
        self.host, self.port = free_address()
        self.listener = socket.create_server((self.host, self.port))
        self.kept, self.sockets = [], []
        self.far = None
        self.lock = threading.Lock()
        self.drops = lambda one: False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
                far = socket.create_connection((self.target.host, self.target.port), TIMEOUT)
            except OSError:
                if self.listener.fileno() < 0:
                    return
                continue
            near.settimeout(TIMEOUT)
            self.sockets += [near, far]
            self.far = far
            threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source, sink, keeps):
        rest = b''
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                rest += data
                while len(rest) >= 4 and len(rest) >= 4 + int.from_bytes(rest[:4], 'big'):
                    length = 4 + int.from_bytes(rest[:4], 'big')
                    one, rest = Frame(rest[:length]), rest[length:]
                    if keeps:
                        self.kept.append(one)
                    if not (keeps and self.drops(one)):
                        with self.lock:
                            sink.sendall(one.data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def say(self, *frames):
        """To the target, on the link of who dialled."""
        with self.lock:
            self.far.sendall(b''.join(frames))

    def broadcasts(self):
        return [one for one in list(self.kept) if one.flag == BROADCAST]

    def close(self):
        for s in [self.listener] + self.sockets:
            s.close()


class OnTheWire(NetworkTest):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start_one(self, name, *args):
        return self.start('rt', '--state', os.path.join(self.folder, name), '--max-outgoing', '0', '--compression', 'none', *args)

    def pair(self, *args):
        """alice, who dials bob by way of somebody."""
        alice, bob = self.start_one('alice', *args), self.start_one('bob', *args)
        wire = Wire(bob)
        self.addCleanup(wire.close)
        alice.do('connect', addr=wire.host, port=wire.port)
        self.assertTrue(until(lambda: bob.link_to(alice), 'the link')['verified'])
        return alice, bob, wire

    def start_again(self, peer, name, *args):
        self.may_lose.update(self.peers)
        peer.kill()
        return self.start_one(name, *args)

    def come_by(self, peer, subnet='interop'):
        raw = RawPeer(peer.host, peer.port, subnet, 'whoever kept it')
        self.addCleanup(raw.close)
        return raw

    def come_in(self, peer, subnet='interop'):
        raw = self.come_by(peer, subnet)
        raw.send(raw.handshake())
        until(lambda: any(text_of(link['id']) == raw.id for link in peer.table()), 'whoever kept it to be linked')
        return raw

    def dropped(self, peer, reason):
        return peer.do('stats')['dropped'].get(reason, 0)

    def heard(self, peer):
        return [(e['packets'][1], e['verified']) for e in list(peer.events) if e['ev'] == 'message']

    # ---- kept back ----

    def test_stripped(self):
        """What was said is heard, and nobody's word; when the signature comes after all, that is told."""
        alice, bob, wire = self.pair()
        wire.drops = Frame.is_side_car
        alice.do('send', packets=['stripped'])
        self.assertIs(bob.wait_message([BROADCAST, 'stripped'])['verified'], False)
        self.assertEqual(bob.count('message-proved'), 0)
        wire.drops = lambda one: False
        alice.do('send', packets=['whole'])
        self.assertIs(bob.wait_message([BROADCAST, 'whole'])['verified'], True)
        wire.say(*[one.data for one in wire.kept if one.is_side_car()])
        bob.wait_event('message-proved')
        self.assertEqual(self.heard(bob), [('stripped', False), ('whole', True)])

    def test_stripped_table(self):
        """What is not signed is not taken of who signs; what he has is told by comparing tables, with what proves it."""
        alice, bob, wire = self.pair('--cls', 'sync')
        wire.drops = lambda one: one.is_side_car() or one.is_records()
        alice.do('set', key='key', value='value')
        refused = bob.wait_event('refused')
        self.assertEqual((refused['code'], text_of(refused['owner'])), (UNSIGNED, alice.id))
        self.assertEqual(bob.do('keys'), [])
        self.may_lose.update((alice, bob))
        wire.close()
        until(lambda: not bob.table(), 'the end of the link')
        self.connect(alice, bob)
        until(lambda: bob.do('keys'), 'the key')
        self.assertEqual(bob.do('get', key='key')['value'], 'value')
        self.assertIs(bob.do('meta', key='key')['signed'], True)

    # ---- again ----

    def test_replayed(self):
        """Messages and signatures, again on the same link and by another, and later, when whoever hears them remembers nothing of them."""
        limit = ('--limit', 'message-age-seconds=%d' % AGE)
        alice, bob, wire = self.pair(*limit)
        alice.do('send', packets=['once'])
        self.assertIs(bob.wait_message([BROADCAST, 'once'])['verified'], True)
        kept = wire.broadcasts()
        self.assertEqual(sorted(one.packets[0] for one in kept), [BROADCAST, SIDE_CAR])
        enemy = self.come_in(bob)
        for _ in range(5):
            wire.say(*[one.data for one in kept])
            enemy.send(b''.join(one.data for one in kept))
        # The same words, said by nobody: there is a signature, but it is of others.
        said = next(one for one in kept if not one.is_side_car())
        car = next(one for one in kept if one.is_side_car())
        enemy.send(frame(0, alice.id, said.packets, said.time + 1) + frame(0, alice.id, car.packets, car.time + 1))
        bob.wait(lambda e: e['ev'] == 'message' and e['packets'] == [BROADCAST, 'once'] and not e['verified'], 'the words that nobody signed')
        self.assertEqual(self.heard(bob), [('once', True), ('once', False)])
        bob = self.start_again(bob, 'bob', *limit)
        until(lambda: time.time() > kept[-1].time + AGE + 1, 'that it is long ago')
        enemy = self.come_in(bob)
        enemy.send(b''.join(one.data for one in kept) + enemy.broadcast('the end'))
        bob.wait_message([BROADCAST, 'the end'])
        self.assertEqual(self.heard(bob), [('the end', False)])
        self.assertEqual(self.dropped(bob, 'expired'), 2)

    def test_replayed_link(self):
        """All that she said to come in, said by another: what she signed was for that one link."""
        alice, bob, wire = self.pair()
        since = bob.link_to(alice)['since']
        begin = [one for one in wire.kept if one.flag == 2][:3]
        self.assertEqual([one.packets[:3:2] for one in begin[:2]], [[CONTROL, HELLO], [CONTROL, AUTH]])
        enemy = self.come_by(bob)
        enemy.wait_frames(1)
        enemy.send(b''.join(one.data for one in begin))
        bob.wait(lambda e: e['ev'] == 'link-failed' and e.get('code') == IDENTITY and 'its signature is wrong' in e['error'], 'that it is not she')
        until(enemy.is_closed, 'the end of his link')
        self.assertEqual([link['since'] for link in bob.table()], [since])
        self.assertEqual(self.dropped(bob, 'bad_signature'), 1)

    def test_sealed(self):
        """A box is opened once, and by nobody else; with one bit changed it is none."""
        alice, bob, wire = self.pair()
        carol = self.start_one('carol')
        self.connect(carol, bob)
        wire.drops = Frame.is_box
        alice.do('whisper', id=bob.id, packets=['for bob'])
        box = until(lambda: next((one for one in list(wire.kept) if one.is_box()), None), 'the box')
        self.assertNotIn(b'for bob', box.data)
        places = (0, 40, len(box.packets[4]) - 1)
        for at in places:
            bent = bytearray(box.packets[4])
            bent[at] ^= 1
            wire.say(frame(2, alice.id, box.packets[:4] + [bytes(bent)]))
        until(lambda: self.dropped(bob, 'bad_signature') == len(places), 'that it is none of hers')
        wire.say(box.data)
        self.assertIs(bob.wait_message([2, 'for bob'])['verified'], True)
        wire.say(box.data, frame(2, alice.id, box.packets))
        until(lambda: self.dropped(bob, 'unexpected') == 2, 'that it was there before')
        # as his own, and to somebody else
        enemy = self.come_in(carol)
        enemy.send(frame(0, alice.id, [APP, 1, SEALED, carol.id, box.packets[4]]))
        until(lambda: self.dropped(carol, 'bad_signature') >= 1, 'that it is not for her')
        self.assertEqual(self.heard(bob), [('for bob', True)])
        self.assertEqual(self.heard(carol), [])

    def test_replayed_table(self):
        """What she wrote before, while it is not too old to be heard, to who remembers nothing but the table."""
        args = ('--cls', 'sync')
        alice, bob, wire = self.pair(*args)
        for value in ('first', 'second'):
            alice.do('set', key='changed', value=value)
            alice.do('set', key='deleted', value=value)
        alice.do('del', key='deleted')
        alice.do('set', key='last', value=True)
        until(lambda: len(bob.do('keys')) == 2 and bob.do('meta', key='last')['signed'], 'all of it')
        kept = wire.broadcasts()
        self.assertEqual(sum(1 for one in kept if one.packets[0] == STORE), 6)
        bob = self.start_again(bob, 'bob', *args)
        enemy = self.come_in(bob, 'interop1')        # of a network with leases
        enemy.send(b''.join(one.data for one in kept) + enemy.broadcast('the end'))
        bob.wait_message([BROADCAST, 'the end'])
        self.assertEqual(sorted(text_of(key) for key in bob.do('keys')), ['changed', 'last'])
        self.assertEqual(bob.do('get', key='changed')['value'], 'second')
        self.assertIs(bob.do('meta', key='changed')['signed'], True)


if __name__ == '__main__':
    tap.main()

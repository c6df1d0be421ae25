#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of docs/porting.md that no other test goes through, from Python."""
import os
import subprocess
import sys
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support'))
from smoke_base import GLib, P2p, code_of, identity, run, wait_for  # noqa: E402
import tap  # noqa: E402

LOGS = '''
import sys
sys.path.insert(0, sys.argv[1])
from smoke_base import GLib, P2p, identity, run, wait_for
a, b = (P2p.MeshSocket.new(P2p.Protocol.new("porting", "Plaintext"), identity(name), None) for name in (b"a", b"b"))
for node in (a, b):
    node.listen("127.0.0.1", 0)
b.set_debug_level(int(sys.argv[2]))
run(a, "connect_to", "127.0.0.1", b.get_port(), None)
a.send_text("hello")
wait_for(lambda: b.recv() is not None)
'''


def text(value):
    return GLib.Variant('s', value)


def packets(*values):
    return GLib.Variant('av', list(values))


class Versions(unittest.TestCase):
    def test_versions(self):
        self.assertEqual(P2p.get_protocol_release(), f'{P2p.PROTOCOL_VERSION}.{P2p.NODE_POLICY_VERSION}')
        self.assertEqual((P2p.MAJOR_VERSION, P2p.MINOR_VERSION, P2p.MICRO_VERSION), (1, 0, 0))

    def test_flags(self):
        self.assertEqual((int(P2p.Flag.BROADCAST), int(P2p.Flag.RENEGOTIATE), int(P2p.Flag.WHISPER)), (0, 1, 2))
        self.assertEqual((int(P2p.Subflag.HANDSHAKE), int(P2p.Subflag.REQUEST), int(P2p.Subflag.DELTA)), (5, 8, 0x11))
        self.assertEqual((int(P2p.Compression.BZ2), int(P2p.Compression.SNAPPY)), (0x10, 0x20))

    def test_time(self):
        before = int(time.time())
        self.assertTrue(before <= P2p.get_utc() <= int(time.time()))

    def test_default_protocols(self):
        self.assertEqual([getattr(P2p.Protocol, f'get_default_{n}')().get_subnet() for n in ('base', 'mesh', 'chord')], ['', 'mesh', 'chord'])
        self.assertEqual((P2p.Protocol.get_default_sync().get_encryption(), P2p.Protocol.get_default_chord().get_encryption()), ('Plaintext', 'Plaintext'))


class Nodes(unittest.TestCase):
    def make(self, *names):
        nodes = [P2p.MeshSocket.new(P2p.Protocol.new('porting', 'Plaintext'), identity(name), None) for name in names]
        for node in nodes:
            node.set_max_outgoing(0)
            self.addCleanup(lambda node=node: code_of(node.close))
        return nodes

    def pair(self):
        a, b = self.make(b'a', b'b')
        b.listen('127.0.0.1', 0)
        a.listen('127.0.0.1', 0)
        link = run(a, 'connect_to', '127.0.0.1', b.get_port(), None)
        self.assertTrue(wait_for(lambda: b.get_routing_table().get_n_items() == 1))
        return a, b, link

    def test_out_address(self):
        a, b = self.make(b'a', b'b')
        b.listen('127.0.0.1', 0)
        a.set_out_address('10.1.2.3', 4444)
        a.listen('127.0.0.1', 0)
        run(a, 'connect_to', '127.0.0.1', b.get_port(), None)
        self.assertTrue(wait_for(lambda: b.get_routing_table().get_n_items() == 1))
        self.assertEqual(b.get_routing_table()[0].dup_address(), '10.1.2.3:4444')
        self.assertEqual((a.get_out_host(), a.get_out_port()), ('10.1.2.3', 4444))

    def test_waterfall(self):
        """A message of a node's own making goes on once, as if it had come."""
        a, b, _ = self.pair()
        message = P2p.Message.new(0, a.get_id(), P2p.get_utc(), packets(GLib.Variant('x', 0), text('made by hand')))
        self.assertTrue(a.waterfall(message))
        self.assertFalse(a.waterfall(message))
        got = []
        self.assertTrue(wait_for(lambda: got.append(b.recv()) or got[-1] is not None))
        self.assertEqual((got[-1].dup_text(), got[-1].get_id().get_data()), ('made by hand', message.get_id().get_data()))

    def test_request_peers(self):
        a, b, _ = self.pair()
        before = b.get_stats().messages_in
        a.request_peers()
        self.assertTrue(wait_for(lambda: b.get_stats().messages_in > before))

    def test_links(self):
        a, b, link = self.pair()
        methods, count = P2p.get_compression_methods(), len(link.get_methods().get_data())
        self.assertEqual(list(link.get_methods().get_data()), list(methods)[:count])
        self.assertGreater(count, 0)
        before = b.get_stats().messages_in
        self.assertTrue(link.request_resend())
        self.assertTrue(wait_for(lambda: b.get_stats().messages_in > before))
        a.disconnect(link)
        self.assertTrue(wait_for(lambda: b.get_routing_table().get_n_items() == 0))
        self.assertEqual(code_of(link.request_resend), 'P2P_LINK_ERROR_NOT_CONNECTED')

    def test_debug_level(self):
        """At 5 every message is logged, at 0 nothing."""
        support = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'support')
        said = {level: subprocess.run([sys.executable, '-c', LOGS, support, str(level)], env=dict(os.environ, G_MESSAGES_DEBUG='p2p'), capture_output=True, text=True, timeout=60, check=True)
                for level in (0, 5)}
        logged = {level: done.stdout + done.stderr for level, done in said.items()}
        self.assertEqual(logged[0], '')
        for what in ('[5] handler: hello', '[5] from ', '[5] to '):
            self.assertIn(what, logged[5])


class Ring(unittest.TestCase):
    def test_what_is_left(self):
        a = P2p.ChordSocket.new(P2p.Protocol.get_default_chord(), identity(b'a'), None, 0)
        a.listen('127.0.0.1', 0)
        self.assertEqual(a.get_protocol().get_subnet(), 'chord')
        run(a, 'join')
        for name, value in (('one', 1), ('two', 2)):
            self.assertTrue(run(a, 'set_text', name, GLib.Variant('x', value), 0)[0])
        values, failed = run(a, 'get_values', 0)
        self.assertEqual((values.unpack(), failed), ([1, 2], []))
        # alone on the ring: every place is its own, and so is the one before it
        self.assertEqual(a.find(GLib.Bytes.new(b'\x01')), (None, True))
        self.assertEqual(a.find_prev(GLib.Bytes.new(b'\x01')), (None, True))
        results = []
        a.pop_async(GLib.Bytes.new(b'nobody'), 0, None, lambda node, result: results.append(node.pop_with_fallback_finish(result, text('fallback'))))
        a.pop_async(GLib.Bytes.new(b'one'), 0, None, lambda node, result: results.append(node.pop_with_fallback_finish(result, text('fallback'))))
        self.assertTrue(wait_for(lambda: len(results) == 2))
        self.assertEqual(sorted(str(r.unpack()) for r in results), ['1', 'fallback'])
        a.close()


if __name__ == '__main__':
    tap.main()

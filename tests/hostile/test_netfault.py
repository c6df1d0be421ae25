#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy itself: each fault is what it is called."""
import os
import socket
import struct
import sys
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'support'))
import tap  # noqa: E402
from netfault import Netfault  # noqa: E402

PATIENCE = 10


def read(s, n):
    data = b''
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part:
            raise EOFError(len(data))
        data += part
    return data


class Faults(unittest.TestCase):
    def setUp(self):
        self.server = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(self.server.close)
        self.proxy = Netfault(*self.server.getsockname(), seed=7)
        self.addCleanup(self.stop)
        self.near, self.far = self.connect()

    def connect(self):
        near = socket.create_connection((self.proxy.host, self.proxy.port), PATIENCE)
        far = self.server.accept()[0]
        for s in (near, far):
            s.settimeout(PATIENCE)
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.addCleanup(s.close)
        return near, far

    def stop(self):
        self.assertEqual(self.proxy.close(), 0)

    def time_of(self, n):
        begun = time.monotonic()
        self.near.sendall(os.urandom(n))
        read(self.far, n)
        return time.monotonic() - begun

    def test_passes_bytes_both_ways(self):
        data = os.urandom(3000000)
        self.near.settimeout(None)
        self.proxy.do('chunk out 100000')
        for source, sink in ((self.near, self.far), (self.far, self.near)):
            for at in range(0, len(data), 100000):
                source.sendall(data[at:at + 100000])
                self.assertEqual(read(sink, 100000), data[at:at + 100000])
        self.assertEqual(self.proxy.stats(), [1, len(data), len(data)])

    def test_delay_and_rate(self):
        self.proxy.do('delay in 150 50')
        self.assertGreaterEqual(self.time_of(10), 0.15)
        self.proxy.do('clear')
        self.proxy.do('rate in 20000')
        self.assertGreaterEqual(self.time_of(5000), 0.2)

    def test_order_is_kept_under_jitter(self):
        self.proxy.do('delay in 1 30')
        data = bytes(range(200))
        for byte in data:
            self.near.sendall(bytes([byte]))
        self.assertEqual(read(self.far, 200), data)

    def test_drip(self):
        self.proxy.do('chunk in 1')
        self.proxy.do('rate in 50')
        self.near.sendall(b'drip' * 5)
        begun, pieces = time.monotonic(), []
        while sum(map(len, pieces)) < 20:
            pieces.append(self.far.recv(100))
        # A reader that is slow finds some of them together.
        self.assertGreater(len(pieces), 1)
        self.assertGreater(time.monotonic() - begun, 0.3)
        self.assertEqual(b''.join(pieces), b'drip' * 5)

    def test_header_alone(self):
        """A write ends after each header; the frames come through whole."""
        self.proxy.do('header in on')
        self.proxy.do('rate in 40000')
        frames = b''.join(struct.pack('>I', n) + bytes([n]) * n for n in (3, 200, 1, 50))
        self.near.sendall(frames)
        self.assertEqual(read(self.far, len(frames)), frames)

    def test_stall_and_go_on(self):
        self.proxy.do('stall in on')
        self.near.sendall(b'wait')
        self.far.settimeout(0.2)
        self.assertRaises(TimeoutError, self.far.recv, 1)
        self.far.settimeout(PATIENCE)
        self.proxy.do('stall in off')
        self.assertEqual(read(self.far, 4), b'wait')

    def test_freeze(self):
        self.proxy.do('freeze')
        self.near.sendall(b'never')
        self.far.settimeout(0.2)
        self.assertRaises(TimeoutError, self.far.recv, 1)
        self.near, self.far = self.connect()
        self.time_of(100)

    def test_cut_at_a_byte(self):
        self.proxy.do('cut in 10')
        self.near.sendall(bytes(range(30)))
        self.assertEqual(read(self.far, 10), bytes(range(10)))
        self.assertEqual(self.far.recv(1), b'')
        self.assertEqual(self.proxy.stats()[0], 0)
        self.near, self.far = self.connect()
        self.time_of(100)

    def test_half_close(self):
        self.proxy.do('half in')
        self.assertEqual(self.far.recv(1), b'')
        self.far.sendall(b'still')
        self.assertEqual(read(self.near, 5), b'still')

    def test_end_of_input_is_passed_on(self):
        self.near.shutdown(socket.SHUT_WR)
        self.assertEqual(self.far.recv(1), b'')
        self.far.sendall(b'bye')
        self.far.close()
        self.assertEqual(read(self.near, 3), b'bye')
        self.assertEqual(self.near.recv(1), b'')

    def test_reset_and_refuse(self):
        self.proxy.do('reset')
        for s in (self.near, self.far):
            self.assertRaises(ConnectionResetError, s.recv, 1)
        self.proxy.do('refuse on')
        with socket.create_connection((self.proxy.host, self.proxy.port), PATIENCE) as s:
            try:
                self.assertEqual(s.recv(1), b'')
            except ConnectionResetError:
                pass
        self.proxy.do('refuse off')
        self.near, self.far = self.connect()
        self.time_of(100)

    def test_bad_commands(self):
        for command in ('explode', 'delay', 'delay in', 'delay sideways 5', 'frobnicate both 5'):
            self.assertRaises(ValueError, self.proxy.do, command)
        self.time_of(10)


if __name__ == '__main__':
    tap.main()

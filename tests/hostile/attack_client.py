# SPDX-License-Identifier: GPL-3.0-or-later
"""Those who attack: one connection (Client) and many (Swarm), and what they tell the test."""
import hashlib
import json
import os
import random
import select
import selectors
import socket
import struct
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'interop'))
from rawpeer import frame, node_id, pack, protocol_id  # noqa: E402

SNAPPY, BZ2, GZIP, LZMA, ZLIB = 0x20, 0x10, 0x11, 0x12, 0x13
MIB = 1024 * 1024
NOBODY = ['45.250.0.9', 9]    # an address that nobody listens at


def tell(what, value):
    print(json.dumps({what: value}), flush=True)


def is_over():
    """Whether our input has ended."""
    return bool(select.select([0], [], [], 0)[0]) and os.read(0, 4096) == b''


def wrap(body):
    """A body as a frame with the checksum that it needs."""
    plain = hashlib.sha256(body).digest() + body
    return struct.pack('>I', len(plain)) + plain


def headed(data):
    return struct.pack('>I', len(data)) + data


class Client:
    """A connection that does not block: bytes wait in out until the victim takes them, what it says is counted or kept."""

    def __init__(self, swarm, n=0):
        self.swarm = swarm
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.begun = time.monotonic()
        self.connected = self.closed = None
        self.out, self.sent = b'', 0
        self.endless = None            # a chunk to send again and again
        self.got, self.n_in = b'', 0
        self.keep = False
        self.on_connect = None
        self.id = None
        try:
            self.socket.bind((swarm.source(n), 0))
            self.socket.connect((swarm.host, swarm.port))
        except BlockingIOError:
            pass
        except OSError:
            self.end()
            return
        swarm.selector.register(self.socket, selectors.EVENT_WRITE | selectors.EVENT_READ, self)

    def write(self, data):
        self.out += data
        self.swarm.want(self)

    def handle(self, mask):
        now = time.monotonic()
        if self.connected is None and mask & selectors.EVENT_WRITE:
            if self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0:
                self.end()
                return
            self.connected = now
            if self.on_connect:
                self.on_connect(self)
        try:
            if mask & selectors.EVENT_READ:
                data = self.socket.recv(65536)
                if not data:
                    self.end()
                    return
                self.n_in += len(data)
                if self.keep:
                    self.got += data
            if mask & selectors.EVENT_WRITE:
                if not self.out and self.endless:
                    self.out = self.endless
                if self.out:
                    n = self.socket.send(self.out)
                    self.sent += n
                    self.out = self.out[n:]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError:
            self.end()
            return
        self.swarm.want(self)

    def frames(self):
        """The bodies of the whole frames that were received since the last call; they must not be compressed."""
        found = []
        while len(self.got) >= 4:
            length = struct.unpack('>I', self.got[:4])[0]
            if len(self.got) < 4 + length:
                break
            found.append(self.got[4:4 + length])
            self.got = self.got[4 + length:]
        return found

    def end(self):
        if self.closed is None:
            self.closed = time.monotonic()
            try:
                self.swarm.selector.unregister(self.socket)
            except (KeyError, ValueError):
                pass
            self.socket.close()

    @property
    def is_open(self):
        return self.connected is not None and self.closed is None


class Swarm:
    def __init__(self, options):
        self.options = options
        self.host, self.port = options['host'], options['port']
        self.own_world = options['own_world']
        self.base = options.get('base', 0)      # of its addresses, so that attackers do not share them
        self.selector = selectors.DefaultSelector()
        self.clients = []
        self.random = random.Random(options.get('seed', 1))

    def source(self, n):
        n += self.base
        return '%d.%d.%d.%d' % (45 if self.own_world else 127, 100 + n // 25000, n // 250 % 100, 1 + n % 250)

    def add(self, n=0, on_connect=None, keep=False):
        client = Client(self, n)
        client.on_connect, client.keep = on_connect, keep
        self.clients.append(client)
        return client

    def want(self, client):
        if client.closed is not None:
            return
        mask = selectors.EVENT_READ
        if client.connected is None or client.out or client.endless:
            mask |= selectors.EVENT_WRITE
        self.selector.modify(client.socket, mask, client)

    def turn(self, wait=0.01):
        for key, mask in self.selector.select(wait):
            if key.data.closed is None:
                key.data.handle(mask)

    def run(self, seconds, until=None):
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (until and until()):
            self.turn(min(0.02, max(0, end - time.monotonic())))

    def protocol(self):
        return protocol_id(self.options['subnet'], self.options['encryption'])

    def handshake(self, node, address=None, methods=(), when=None):
        return frame(2, node, [5, node, self.protocol(), address or NOBODY, list(methods)], when)

    def enter(self, name, n=0, methods=(), address=None, keep=True, seconds=60):
        """A client that has shaken hands; the victim's own handshake has come."""
        client = self.add(n, keep=True)
        client.id = name if len(name) > 40 else node_id(name)
        client.write(self.handshake(client.id, address, methods))
        self.run(seconds, lambda: client.closed or client.n_in > 100)
        if not client.is_open:
            raise AssertionError('the victim did not let %s in' % name)
        client.keep = keep
        return client

    def enter_many(self, n, keep=False, per_address=8, name='sybil'):
        """n clients that have shaken hands, as quickly as the victim takes them."""
        clients = []
        for i in range(n):
            client = self.add(i // per_address)
            client.id = node_id('%s%d' % (name, i))
            client.write(self.handshake(client.id))
            clients.append(client)
        # Where more wait than are let in, it ends when nobody got in for a while.
        inside, since = 0, time.monotonic()
        while any(c.n_in <= 100 and not c.closed for c in clients) and time.monotonic() < since + 4:
            self.turn()
            if sum(c.n_in > 100 for c in clients) > inside:
                inside, since = sum(c.n_in > 100 for c in clients), time.monotonic()
        for client in clients:
            client.keep = keep
        return [c for c in clients if c.is_open and c.n_in > 100]

    def tally(self):
        now = time.monotonic()
        return {'connected': sum(1 for c in self.clients if c.connected), 'open': sum(1 for c in self.clients if c.is_open),
                'closed': sum(1 for c in self.clients if c.connected and c.closed), 'sent': sum(c.sent for c in self.clients),
                'received': sum(c.n_in for c in self.clients),
                'longest': max([(c.closed or now) - c.connected for c in self.clients if c.connected], default=0)}


def wait_go():
    tell('ready', True)
    if sys.stdin.buffer.raw.read(3) != b'go\n':
        sys.exit(0)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Protocol 0.7 by hand: a second opinion on the bytes, and a peer that sends them in any pieces."""
import hashlib
import select
import socket
import struct
import threading
import time

from harness import TIMEOUT, free_address, until

BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
# Between two bytes of a dribble, so that the kernel does not put them together again: this is what makes it one.
DRIBBLE_PAUSE = 0.0005


def base58(number):
    text = ''
    while number:
        number, digit = divmod(number, 58)
        text = BASE58[digit] + text
    return text or BASE58[0]


def protocol_id(subnet, encryption='Plaintext', version='0.7'):
    digest = hashlib.sha256((subnet + encryption + version).encode()).digest()
    return base58(int.from_bytes(digest, 'big'))


def node_id(seed):
    return base58(int.from_bytes(hashlib.sha384(seed.encode()).digest(), 'big'))


def pack(value):
    if value is None:
        return b'\xc0'
    if isinstance(value, bool):
        return b'\xc3' if value else b'\xc2'
    if isinstance(value, int):
        if 0 <= value < 128:
            return struct.pack('B', value)
        if -32 <= value < 0:
            return struct.pack('b', value)
        return b'\xcf' + struct.pack('>Q', value) if value >= 0 else b'\xd3' + struct.pack('>q', value)
    if isinstance(value, float):
        return b'\xcb' + struct.pack('>d', value)
    if isinstance(value, str):
        data = value.encode()
        return (struct.pack('B', 0xa0 | len(data)) if len(data) < 32 else b'\xdb' + struct.pack('>I', len(data))) + data
    if isinstance(value, bytes):
        return b'\xc6' + struct.pack('>I', len(value)) + value
    if isinstance(value, dict):
        return b'\xdf' + struct.pack('>I', len(value)) + b''.join(pack(k) + pack(v) for k, v in value.items())
    return b'\xdd' + struct.pack('>I', len(value)) + b''.join(map(pack, value))


def unpack(data):
    """The value that the bytes begin with, as far as nodes send such; raises ValueError or IndexError."""
    return _unpack(data, 0)[0]


def _unpack(data, at):
    head, at = data[at], at + 1
    fixed = {0xc0: None, 0xc2: False, 0xc3: True}
    numbers = {0xca: '>f', 0xcb: '>d', 0xcc: '>B', 0xcd: '>H', 0xce: '>I', 0xcf: '>Q', 0xd0: '>b', 0xd1: '>h', 0xd2: '>i', 0xd3: '>q'}
    lengths = {0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4, 0xdc: 2, 0xdd: 4, 0xde: 2, 0xdf: 4}
    if head < 0x80 or head >= 0xe0:
        return (head if head < 0x80 else head - 256), at
    if head in fixed:
        return fixed[head], at
    if head in numbers:
        size = struct.calcsize(numbers[head])
        return struct.unpack(numbers[head], data[at:at + size])[0], at + size
    if head in lengths:
        n = int.from_bytes(data[at:at + lengths[head]], 'big')
        at += lengths[head]
    elif head < 0xc0:
        n = head & (0x1f if head >= 0xa0 else 0x0f)
    else:
        raise ValueError('byte %#x' % head)
    if 0xc4 <= head <= 0xc6:
        return data[at:at + n], at + n
    if 0xa0 <= head < 0xc0 or 0xd9 <= head <= 0xdb:
        return data[at:at + n].decode(errors='replace'), at + n
    is_map = 0x80 <= head < 0x90 or head >= 0xde
    items = []
    for _ in range(2 * n if is_map else n):
        item, at = _unpack(data, at)
        items.append(item)
    return (dict(zip(items[::2], items[1::2])) if is_map else items), at


def frame(flag, sender, packets, when=None):
    body = pack([flag, sender, int(time.time() if when is None else when)] + list(packets))
    plain = hashlib.sha256(body).digest() + body
    return struct.pack('>I', len(plain)) + plain


class RawPeer:
    """A socket that says it is a node without any of our code."""

    def __init__(self, host, port, subnet, name='raw', methods=()):
        self.id = node_id(name)
        self.host, self.port = free_address()
        self.subnet, self.methods = subnet, list(methods)
        self.socket = socket.create_connection((host, port), TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b''

    def handshake(self):
        return frame(2, self.id, [5, self.id, protocol_id(self.subnet), [self.host, self.port], self.methods])

    def broadcast(self, *packets):
        return frame(0, self.id, [0] + list(packets))

    def send(self, data):
        self.socket.sendall(data)

    def dribble(self, data, size=1):
        pause = threading.Event()
        for i in range(0, len(data), size):
            self.socket.sendall(data[i:i + size])
            pause.wait(DRIBBLE_PAUSE)

    def frames(self):
        """The whole frames received so far."""
        while select.select([self.socket], [], [], 0)[0]:
            data = self.socket.recv(65536)
            if not data:
                break
            self.received += data
        found, rest = [], self.received
        while len(rest) >= 4 and len(rest) >= 4 + struct.unpack('>I', rest[:4])[0]:
            length = 4 + struct.unpack('>I', rest[:4])[0]
            found.append(rest[:length])
            rest = rest[length:]
        return found

    def wait_frames(self, n):
        return until(lambda: (lambda f: f if len(f) >= n else None)(self.frames()), '%d frames' % n)

    def is_closed(self):
        """Whether the other end has ended the connection. What it sent before counts as read."""
        try:
            while select.select([self.socket], [], [], 0)[0]:
                data = self.socket.recv(65536)
                if not data:
                    return True
                self.received += data
        except OSError:
            return True
        return False

    def close(self):
        self.socket.close()


class DribblingProxy:
    """Listens, connects each connection on to a node, and passes the bytes on one at a time, both ways."""

    def __init__(self, target):
        self.target = target
        self.host, self.port = free_address()
        self.listener = socket.create_server((self.host, self.port))
        self.sockets = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection((self.target.host, self.target.port), TIMEOUT)
            for s in (near, far):
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.sockets.append(s)
            threading.Thread(target=self._pass, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pass, args=(far, near), daemon=True).start()

    def _pass(self, source, sink):
        pause = threading.Event()
        try:
            while True:
                data = source.recv(4096)
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    return
                for i in range(len(data)):
                    sink.sendall(data[i:i + 1])
                    pause.wait(DRIBBLE_PAUSE)
        except OSError:
            return

    def close(self):
        for s in [self.listener] + self.sockets:
            s.close()

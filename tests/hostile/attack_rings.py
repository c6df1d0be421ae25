# SPDX-License-Identifier: GPL-3.0-or-later
"""A distributed table: who stores and who does not, asking without end, and answers that are lies."""
import hashlib
import os
import time

from attack_client import MIB, Swarm, frame, is_over, node_id, pack, tell, wait_go, wrap
from attack_tables import HELLO, control, nested
from rawpeer import base58, unpack

META, NOTIFY, STORE, RETRIEVE, RETRIEVED, DELTA = 5, 6, 11, 12, 13, 17
PING, PONG, COPY, RING, FIND, FOUND, COPIED, ARC, ARC_LIST, ARC_WANT, SUMS, NAMES = 3, 5, 6, *range(16, 25)
CAPS = 0x7f                   # and the two of the ring
HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
SHIFTS = [224, 160, 128, 0, 0]
ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
TOP = bytes(48), b'\xff' * 48


def spots(key):
    """(method, key58) of a key's five places."""
    return [(name, base58(int.from_bytes(hashlib.new(name, key).digest(), 'big') << shift)) for name, shift in zip(HASHES, SHIFTS)]


def place_of(text):
    """48 bytes; of an id."""
    number = 0
    for digit in text:
        number = number * 58 + ALPHABET.index(digit)
    return (number % 2 ** 384).to_bytes(48, 'big')


def random_spot(swarm):
    i = swarm.random.randrange(5)
    return HASHES[i], base58(swarm.random.getrandbits(380) + 1)


def whisper(client, *packets):
    client.write(frame(2, client.id, packets))


def enter(swarm, name, n=0, own=False, storing=True):
    """A neighbour on the ring: one that says it runs our library, or like one of the originals."""
    client = swarm.enter(name, n)
    if own:
        client.write(control(client, HELLO, CAPS, b'', os.urandom(32), 4 * MIB))
        swarm.run(0.2)
    if storing:
        whisper(client, META, '0')
        swarm.run(0.2)
    return client


def ring_frame(client, flags=1, after=(), before=()):
    return control(client, RING, flags, place_of(client.id), 0, 0, list(after), list(before))


def invented(n, seed):
    """Members that nobody has ever seen."""
    names = [node_id('invented %s %d' % (seed, i)) for i in range(n)]
    return [[place_of(name), name, '45.%d.%d.%d' % (200 + i // 62500 % 50, i // 250 % 250, 1 + i % 250), 4444] for i, name in enumerate(names)]


def send_over_and_over(options, make, own=False, storing=True, name='flooder', pace=None):
    """make (client, i) gives the frames of one round; as many rounds as the victim takes, or one each pace seconds
    (what the attack says, unless the test does)."""
    swarm = Swarm(options)
    client = enter(swarm, name, own=own, storing=storing)
    wait_go()
    # What it is told in any case, because it came.
    swarm.run(0.5)
    pace = options['pace'] or pace
    rounds, links, begun = 0, [client], time.monotonic()
    sent, received = client.sent, client.n_in
    client.keep, client.got = False, b''
    spoke = 0
    while not is_over():
        if client.closed:
            if len(links) > 50:
                break
            client = enter(swarm, name, own=own, storing=storing)
            client.keep = False
            links.append(client)
        if len(client.out) < 65536 and (pace is None or time.monotonic() - spoke >= pace):
            for data in make(client, rounds):
                client.write(data)
            spoke = time.monotonic()
            rounds += 1
        swarm.turn(0.005)
    return {'rounds': rounds, 'seconds': time.monotonic() - begun, 'sent': sum(c.sent for c in links) - sent, 'received': sum(c.n_in for c in links) - received,
            'links': len(links), 'up': client.is_open}


# ---- one kind of flood each ----

def ring_toggle(options):
    """Stores, stores not, stores ...: everything there is was told at each turn by the originals."""
    return send_over_and_over(options, lambda c, i: [frame(2, c.id, [META, '1']), frame(2, c.id, [META, '0'])], pace=0.05)


def ring_toggle_own(options):
    return send_over_and_over(options, lambda c, i: [frame(2, c.id, [META, '1']), ring_frame(c, 0), frame(2, c.id, [META, '0']), ring_frame(c, 7)], own=True, pace=0.05)


def ring_names(options):
    """Names of keys that there are not; some of them large."""
    def make(client, i):
        names = [b'name %d' % n for n in range(20 * i, 20 * i + 20)]
        if i % 50 == 0:
            names.append(os.urandom(65536))
        return [frame(0, client.id, [NOTIFY, name]) for name in names]
    return send_over_and_over(options, make)


def ring_stores(options):
    """Values for spots that nobody asked for; every tenth is larger than a value may be."""
    swarm = Swarm(options)

    def make(client, i):
        method, key = random_spot(swarm)
        value = os.urandom(65536 + 64 if i % 10 == 9 else 60000)
        return [frame(2, client.id, [STORE, method, key, value])]
    return send_over_and_over(options, make, storing=False)


def ring_retrieves(options):
    """Questions for random spots, which are somebody else's."""
    swarm = Swarm(options)

    def make(client, i):
        return [frame(2, client.id, [RETRIEVE, *random_spot(swarm)] + ([1] if n % 2 else [])) for n in range(20)]
    return send_over_and_over(options, make, storing=False)


def ring_retrieved(options):
    """Answers that nobody asked for."""
    swarm = Swarm(options)

    def make(client, i):
        return [frame(2, client.id, [RETRIEVED, *random_spot(swarm), 'a lie', int(time.time() * 1e6), 1, client.id, 1]) for n in range(20)]
    return send_over_and_over(options, make, own=True)


def ring_find(options):
    """Places to be found, the same again and again, and with as many hops as there are numbers."""
    def make(client, i):
        return [control(client, FIND, i * 20 + n, os.urandom(48), [0, 1, 2 ** 32, 2 ** 63][n % 4]) for n in range(20)]
    return send_over_and_over(options, make, own=True)


def ring_copy(options):
    """Copies that do not wait for an answer, of what is not the victim's."""
    def make(client, i):
        entries = [[n % 5, os.urandom(64) if n % 5 == 4 else bytes(16) + os.urandom(48), int(time.time() * 1e6), os.urandom(1000)] for n in range(20)]
        return [control(client, COPY, i, entries)]
    return send_over_and_over(options, make, own=True)


def ring_arcs(options):
    """All of the ring compared, with a root that cannot be; everything listed is wanted, again and again."""
    def make(client, i):
        return [control(client, ARC, *TOP, 5, os.urandom(32)), control(client, ARC_LIST, *TOP, b''), control(client, ARC_WANT, os.urandom(8 * 256)),
                ring_frame(client, 7)]
    return send_over_and_over(options, make, own=True, pace=0.01)


def ring_sums(options):
    """Names compared without end."""
    def make(client, i):
        return [control(client, SUMS, os.urandom(2048)), control(client, NAMES, [[b'sums %d' % (i * 10 + n), int(time.time()), 0] for n in range(10)])]
    return send_over_and_over(options, make, own=True, pace=0.01)


def ring_members(options):
    """Lists of neighbours that are invented: as many as there may be, and ten thousand."""
    def make(client, i):
        n = 16 if i % 10 else 10000
        return [ring_frame(client, 7, invented(n, i), invented(n, -i))]
    return send_over_and_over(options, make, own=True, pace=0.05)


FLOODS = {name: func for name, func in list(globals().items()) if name.startswith('ring_') and name != 'ring_frame'}


def ring_hop(options):
    """Comes as one node after the other, at places of its own choice, stores, is told what is now its own, and goes."""
    swarm = Swarm(options)
    wait_go()
    begun, hops, sent, received = time.monotonic(), 0, 0, 0
    while not is_over():
        own = hops % 2 == 1
        client = enter(swarm, 'hopper %d' % hops, hops % 200, own=own)
        if own:
            client.write(ring_frame(client, 7))
        end = time.monotonic() + options['stay']
        while time.monotonic() < end and not client.closed and not is_over():
            for body in client.frames():
                packets = unpack(body[32:])[3:]
                if packets[:3] == [0x58, 1, COPY]:
                    client.write(control(client, COPIED, packets[3], 0))
            swarm.run(0.02)
        hops += 1
        sent, received = sent + client.sent, received + client.n_in
        client.end()
    return {'hops': hops, 'seconds': time.monotonic() - begun, 'sent': sent, 'received': received}


# ---- frames that are none ----

def ring_malformed(options):
    """Everything that a frame on the ring may be wrong in, by one that says it is ours, and by one that does not."""
    swarm = Swarm(options)
    own, other, witness = enter(swarm, 'mine', own=True), enter(swarm, 'other', 1), enter(swarm, 'witness', 2)
    wait_go()
    key = base58(7 << 300)

    def bad(sender):
        packets = [[META], [META, '2'], [META, 'x'], [META, None], [META, 2 ** 62], [META, ['1']], [META, '0' * 70000],
                   [NOTIFY], [NOTIFY, 5], [NOTIFY, None], [NOTIFY, ['k']], [NOTIFY, b''], [NOTIFY, b'k' * 1000000], [NOTIFY, b'absent', 'del'], [NOTIFY, b'absent', b'del'],
                   [STORE], [STORE, 'sha1'], [STORE, 'sha1', key], [STORE, 'md5', key, 1], [STORE, 5, key, 1], [STORE, None, None, None], [STORE, 'sha1', 5, 1],
                   [STORE, 'sha1', '', 1], [STORE, 'sha1', '0OIl', 1], [STORE, 'sha1', 'z' * 89, 1], [STORE, 'sha1', 'z' * 70000, 1], [STORE, 'sha1', b'\xff' * 60, 1],
                   [STORE, 'sha1', key, None], [STORE, b'sha512', base58(2 ** 511 + 5), None], [STORE, 'sha1', key, 'x' * 65600], [STORE, 'sha1', key, 1, 'stamp'],
                   [STORE, 'sha1', key, 1, 2 ** 63], [STORE, 'sha1', key, 1, -1], [STORE, 'sha1', base58(2 ** 384), 1], [STORE, 'sha512', base58(2 ** 512 - 1), 1],
                   [STORE, 'x' * 70000, key, 1],
                   [DELTA], [DELTA, 'sha1', key], [DELTA, 'sha1', key, 5], [DELTA, 'sha1', key, None], [DELTA, 'sha1', key, 'x'], [DELTA, 'sha1', key, [1]],
                   [DELTA, 'md5', key, {'a': 1}], [DELTA, 'sha1', '!', {'a': 1}], [DELTA, 'sha1', key, {'a': 'x' * 65600}],
                   [RETRIEVE], [RETRIEVE, 'sha1'], [RETRIEVE, 'md5', key], [RETRIEVE, 5, key], [RETRIEVE, 'sha1', 5], [RETRIEVE, 'sha1', ''], [RETRIEVE, 'sha1', 'z' * 89],
                   [RETRIEVE, 'sha1', '0'], [RETRIEVE, 'sha1', key, 5], [RETRIEVE, 'sha1', key, 'x'], [RETRIEVE, 'sha1', base58(2 ** 400)],
                   [RETRIEVED], [RETRIEVED, 'sha1'], [RETRIEVED, 'sha1', key], [RETRIEVED, 'sha1', key, 'nobody asked'], [RETRIEVED, 'md5', key, 1], [RETRIEVED, 5, 5, 5],
                   [RETRIEVED, 'sha1', key, 1, 'x', 'y', 5, 'z'], [RETRIEVED, 'sha1', key, 1, 2 ** 63, 2, 'x' * 70000, 2 ** 62]]
        found = [frame(2, sender, p) for p in packets]
        # Of a ring only names are said to all.
        found += [frame(0, sender, p) for p in packets if p[0] != NOTIFY]
        for subflag in (STORE, DELTA):
            for value in (nested(33), nested(1000), b'\xdd\x00\x01\x11\x70' + b'\xc0' * 70000, b'\xdf\xff\xff\xff\xff', b'\xc1', b'\xc6\x7f\xff\xff\xffabc'):
                body = b'\xdd\x00\x00\x00\x07' + b''.join(map(pack, (2, sender, int(time.time()), subflag, 'sha1', key))) + value
                found.append(wrap(body))
        return found

    def bad_control(client):
        place, junk = place_of(client.id), os.urandom(64)
        member = invented(1, 'x')[0]
        entry = [0, bytes(16) + os.urandom(48), int(time.time() * 1e6), b'\x05']
        rests = {COPY: [[], [5], [1, 5], [1, [5]], [1, [[]]], [1, [[9] + entry[1:]]], [1, [[0, junk[:63]] + entry[2:]]], [1, [entry[:2] + ['x', b'\x05']]],
                        [1, [entry[:3] + ['x']]], [1, [entry[:3] + [b'\xc1']]], [1, [entry[:3] + [nested(1000)]]], [1, [entry[:3] + [os.urandom(65600)]]],
                        [1, [entry[:2] + [2 ** 63, b'\x05']]], [1, [entry] * 5000], [1, [entry[:3] + [b'\x05' * 1000]]], [-1, [entry]], ['x', [entry]]],
                 COPIED: [[], [5], [5, 5], ['x', 'y'], [2 ** 63, 0], [0, 2 ** 63]],
                 RING: [[], [7], [7, place], [7, place, 0, 0], [7, place, 0, 0, [], 5], [7, place[:47], 0, 0, [], []], [7, os.urandom(48), 0, 0, [], []],
                        [7, place, 'x', 'y', [], []], [7, place, 0, 0, [5], []], [7, place, 0, 0, [[]], []], [7, place, 0, 0, [[place, 'x' * 89, 'h', 1]], []],
                        [7, place, 0, 0, [[place, '!', 'h', 1]], []], [7, place, 0, 0, [member[:2] + ['x' * 70000, 1]], []], [7, place, 0, 0, [member[:3] + [70000]], []],
                        [7, place, 0, 0, [member[:3] + [-1]], []], [7, place, 0, 0, [member] * 17, []], [7, place, 0, 0, [member] * 16, [member] * 16],
                        [7, place, 0, 0, invented(10000, 'y'), []], [2 ** 63, place, 2 ** 63, 2 ** 63, [], []], [7, place, 0, 0, [[junk[:48]] + member[1:]], []],
                        ['x', 'y', 'z', 5, 5, 5]],
                 FIND: [[], [1], [1, place], [1, place[:47], 0], [1, place, 'x'], ['x', place, 0], [1, place, 2 ** 63], [2 ** 63, place, 0], [1, place, -1]],
                 FOUND: [[], [1], [1, []], [1, [], 0], [1, [5], 0], [1, [member], 0], [1, [member] * 17, 0], ['x', [member], 'y'], [1, [[]], 2 ** 63]],
                 ARC: [[], [place], [place, place], [place, place, 5, junk[:31]], [place, place[:40], 5, junk[:32]], [place, place, 'x', junk[:32]],
                       [place, place, 2 ** 63, junk[:32]], [*TOP, 0, junk[:32]], [5, 5, 5, 5]],
                 ARC_LIST: [[], [place], [place, place], [place, place, junk[:15]], [place, place, 5], [*TOP, os.urandom(65536)], [*TOP, b'']],
                 ARC_WANT: [[], [5], [junk[:7]], [os.urandom(65536)], [b'']],
                 SUMS: [[], [5], [junk], [os.urandom(2047)], [os.urandom(2049)]],
                 NAMES: [[], [5], [[5]], [[[]]], [[[b'k']]], [[[b'', 1, 0]]], [[[b'k' * 70000, 1, 0]]], [[[b'k', 'x', 0]]], [[[b'future', 2 ** 62, 0]]], [[[b'k', 1, 5]]],
                         [[[5, 1, 0]]], [[[b'n %d' % i, int(time.time()), 0] for i in range(5000)]]]}
        found = [control(client, op, *rest) for op, all_ in rests.items() for rest in all_]
        return found + [control(client, op, nested) for op in rests for nested in ([[[[[[]]]]]], {'a': 1}, None)]

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
        witness.write(frame(2, witness.id, [0x57]))
        frames = bad(other.id)
        other = write(other, frames, lambda: enter(swarm, 'other', 1))
        mine = bad(own.id) + bad_control(own)
        own = write(own, mine, lambda: enter(swarm, 'mine', own=True))
        n += len(frames) + len(mine)
    swarm.run(0.5)
    tell('said', n)
    swarm.run(3600, is_over)
    return {'frames': n, 'links': len(swarm.clients), 'witness_up': witness.is_open}


# ---- neighbours that lie ----

def ring_overwrites(options):
    """Stores a lie at all places of some keys, later than what is there, and tells nobody that it wrote them."""
    swarm = Swarm(options)
    client = enter(swarm, 'writer', own=True)
    wait_go()
    stored = 0
    for key in options['keys']:
        for method, key58 in spots(key.encode()):
            whisper(client, STORE, method, key58, 'a lie', int(time.time() * 1e6) + 10 ** 6)
            stored += 1
    swarm.run(0.5)
    tell('stored', stored)
    swarm.run(3600, is_over)
    return {'stored': stored, 'up': client.is_open}


def ring_liar(options):
    """Stores like everybody, and answers each question at once: by a lie, or by nothing; takes every value, and forgets it. signed: the lie with the proof of what it heard
    ('forge'), or the first that it heard of a place, which was signed and is not so any more ('replay')."""
    swarm = Swarm(options)
    own = options['own']
    client = enter(swarm, 'liar', own=own)
    tell('id', client.id)
    wait_go()
    asked = stored = copied = 0
    spoke = time.monotonic()
    lie = options['lie']
    signed = options.get('signed')
    first, proofs = {}, 0
    while not is_over():
        for body in client.frames():
            try:
                packets = unpack(body[32:])[3:]
            except (ValueError, IndexError):
                continue
            if not packets:
                continue
            if packets[0] == RETRIEVE and len(packets) >= 3:
                asked += 1
                rest = [int(time.time() * 1e6) + 10 ** 6, 1, client.id, 1] if own and len(packets) > 3 else []
                value, stamp, proof = first.get((packets[1], packets[2]), (lie, 0, None))
                if signed and proof:
                    rest = [stamp, 1, client.id, 1, proof]
                whisper(client, RETRIEVED, packets[1], packets[2], value if signed == 'replay' else lie, *rest)
            elif packets[0] == STORE:
                stored += 1
                if len(packets) == 6:
                    proofs += 1
                    first.setdefault((packets[1], packets[2]), packets[3:])
            elif packets[:3] == [0x58, 1, COPY]:
                copied += len(packets[4])
                client.write(control(client, COPIED, packets[3], 0))
            elif packets[:3] == [0x58, 1, RING]:
                client.write(ring_frame(client, 1, packets[7][:1], packets[8][:1]))
            elif packets[:3] == [0x58, 1, FIND]:
                client.write(control(client, FOUND, packets[3], [[place_of(client.id), client.id, '45.250.0.9', 9]], 1))
            elif packets[:3] == [0x58, 1, PING]:
                client.write(control(client, PONG, *packets[3:]))
        if time.monotonic() - spoke > 3:
            whisper(client, 0x57)
            spoke = time.monotonic()
        swarm.run(0.01)
    return {'asked': asked, 'stored': stored, 'copied': copied, 'proofs': proofs, 'up': client.is_open}

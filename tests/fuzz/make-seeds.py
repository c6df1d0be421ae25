#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-seeds.py FOLDER: first inputs for the fuzzers, from the golden vectors: FOLDER/TARGET/N. The corpora grew from them."""
import hashlib
import json
import pathlib
import random
import struct
import sys

import umsgpack

HERE = pathlib.Path(__file__).resolve().parent
VECTORS = HERE.parent / 'data' / 'vectors'
METHODS = [0x20, 0x13, 0x11, 0x10, 0x12]         # in the order of p2p_get_compression_methods()


def wire_bytes(name):
    for file in sorted(VECTORS.glob(name)):
        for vector in json.loads(file.read_text())['vectors']:
            wire = vector.get('wire') or {}
            if isinstance(wire, dict) and len(wire.get('hex') or '') == 2 * wire.get('len', -1) and wire['len'] < 4096:
                yield vector, bytes.fromhex(wire['hex'])


def packed(*packets):
    return b''.join(umsgpack.packb(p) for p in packets)


def said(form, shift, *packets, peer=0, settle=True):
    """say_message of fuzz-mesh.c."""
    body = packed(*packets)
    return bytes([0x28 | peer | (0x40 if settle else 0), form, shift, len(packets), len(body)]) + body


def op(number, peer=0, settle=True):
    return bytes([number << 2 | peer | (0x40 if settle else 0)])


def mesh_seeds():
    hello = [0x58, 1, 1, 0x63, b'', b'n' * 32, 4194304]
    ids = b'i' * 32
    meet = [op(0) + op(1), op(0) + op(2), op(9), op(0) + said(2, 0, *hello) + op(1)]
    two = op(9) + op(9, 1)
    talk = [
        said(0, 0, 0, 'text'), said(2, 0, 2, 'text'), said(2, 0, 8, b'*'), said(2, 0, 8, '*'), said(0, 0, 8, 'rid', '1'),
        said(1, 0, 1, [0x13]), said(1, 0, 1, []), said(1, 0, 9), said(2, 0, 7, []), said(2, 0, 7, [[['10.0.0.3', 4000], '2']]),
        said(0, 0, 5, 'x', 'y', ['h', 1], []), said(0, 0, 10, 'rid', [['10.0.0.3', 4000], '2']), said(0, 0, 11, b'k', 5),
        said(0, 0, 17, b'k', {'a': 1}), said(0, 0, 6, b'k'), said(0, 6, 0, 'old'), said(0, 8, 0, 'ahead'), said(3, 0, 0, 'ping'),
        said(2, 0, 0x57), said(2, 0, *hello), said(2, 0, 0x58, 1, 3, 77), said(2, 0, 0x58, 1, 5, 77), said(2, 0, 0x58, 1, 7, ids),
        said(2, 0, 0x58, 1, 8, ids), said(2, 0, 0x58, 1, 9), said(2, 0, 0x58, 1, 10), said(2, 0, 0x58, 2, 1), said(0, 0, b'own', 1.5),
        said(0x20, 0, 0, 'of the node itself'), said(0x48, 0, 0, 'of another, in bytes'), said(2, 0, 5, '0'),
    ]
    for m in meet:
        yield b'\x00' + m
        for t in talk:
            yield b'\x05' + m + t
    for t in talk:
        yield b'\x00' + two + t + t
    for choice in range(8):
        yield b'\x00' + two + op(7) + bytes([choice]) + op(5) + b'\x0c'
        yield b'\x00' + op(7) + bytes([0x10 | choice]) + op(1, 1) + op(7) + bytes([0x20 | choice]) + op(8, 1) + b'\x0a' + op(5) + b'\x0e'
    yield b'\x00' + two + op(7) + b'\x23' + op(8) + b'\x0a' + op(5) + b'\x0b' + op(1, 2) + op(5) + b'\x0b'
    yield b'\x00' + two + op(8) + b'\x0e' + op(5) + b'\x0c' + op(1, 2) + op(6, 2) + op(5) + b'\x0f'
    ours = op(12) + op(12, 1) + op(12, 2)
    for choice in range(64):
        yield b'\x05' + op(12) + op(7) + b'\x02' + op(11) + bytes([choice]) + op(5) + b'\x0a' + op(11) + bytes([choice]) + op(5) + b'\x0e'
        if choice < 16:
            yield b'\x00' + ours + talk[0] + op(11, 1) + bytes([choice]) + op(11, 2) + bytes([choice]) + op(5) + b'\x0b'
            yield b'\x00' + op(0) + op(11) + bytes([choice]) + op(1) + op(11) + bytes([8 | choice]) + op(5) + b'\x0f'
            yield b'\x00' + op(13) + bytes([0x80 | choice]) + op(5) + b'\x0f' + op(1) + op(6) + op(13) + bytes([0x80 | choice]) + op(5) + b'\x0f'
    for seconds in range(1, 8):
        yield b'\x00' + ours + (op(5) + b'\x0f') * seconds + op(11) + b'\x02' + op(11, 1) + b'\x0a' + op(5) + b'\x0f'
        yield b'\x00' + op(9) + op(12, 1) + (op(5) + b'\x0f') * 4 * seconds
        # Both dial at once, of every kind.
        yield b'\x00' + op(7) + bytes([seconds & 1]) + op(9) + op(5) + b'\x05' + op(1) + op(5) + b'\x0c'
        yield b'\x00' + op(7) + bytes([seconds & 1]) + op(12) + op(5) + b'\x05' + op(11) + b'\x00' + op(1) + op(5) + b'\x0c'
    # Two links to one node, of every kind and in every order; then one of them ends.
    openers = [op(9, 1), op(12, 1), op(7) + b'\x11' + op(5) + b'\x05' + op(2, 1), op(7) + b'\x11' + op(5) + b'\x05' + op(11, 1) + b'\x00' + op(1, 1),
               op(7) + b'\x10' + op(5) + b'\x05' + op(1, 1), op(0, 1) + op(2, 1)]
    for i, first in enumerate(openers):
        for j, second in enumerate(openers):
            second = bytes([b + 1 if k in (0, len(second) - 1) and b & 3 == 1 and len(second) < 3 else b for k, b in enumerate(second)])
            both = op(14, 2) + b'\x01' + first + second
            yield b'\x00' + both + op(5) + b'\x0d' + op(6, 1) + op(5) + b'\x0f' + talk[0]
            yield b'\x00' + both + (op(5) + b'\x0f') * 3 + op(6, 2) + op(5) + b'\x0f'
            if second[0] >> 2 & 15 == 7:
                second = bytes([second[0], second[1] + 0x10]) + second[2:-1] + bytes([second[-1] + 1])
                yield b'\x00' + op(14, 2) + b'\x01' + first + second + op(5) + b'\x0d' + op(6, 1) + (op(5) + b'\x0f') * 3
    # Bodies from all sides, ids in place of them, and what is asked for.
    own_four = ours + op(12, 3)
    copies = [said(0x18, 0, 0, 'of dan', n, peer=p) for n in range(8) for p in (3, 0, 1, 2)]
    wait = op(5) + b'\x08'
    for asked in (op(11) + b'\x05', op(11, 1) + b'\x05' + op(11, 2) + b'\x05', b''):
        for n in (4, 16, 32):
            yield b'\x00' + own_four + asked + b''.join(copies[:n]) + wait * 2 + op(6, 2) + op(7) + b'\x02' + wait + op(11) + b'\x0c' + op(11, 1) + b'\x0c' + wait + op(11) + b'\x06'
            yield b'\x00' + own_four + asked + (op(7) + b'\x02') * n + wait * 3 + op(11) + b'\x1c' + op(6, 1) + wait + op(12, 1) + wait * 9
            yield b'\x00' + own_four + b''.join(op(11, p) + bytes([3 | p << 3]) for p in range(4)) + wait * 4 + b''.join(copies[:n]) + op(6) + wait * 8
    for choice in (0x80, 0xc0):
        off = b''.join(op(0, n) + op(11, n) + bytes([choice]) + op(1, n) for n in range(4))
        yield b'\x05' + off + b''.join(op(11, n) + bytes([choice | 1]) for n in range(4)) + (op(5) + b'\x0f') * 4 + \
            b''.join(op(11, n) + b'\x01' for n in range(4)) + (op(5) + b'\x0f') * 4
    for peer in range(4):
        yield b'\x00' + op(9, 0) + op(9, 1) + op(9, 2) + op(9, 3) + op(6, peer) + op(5) + b'\x0f' + op(0, peer) + op(1, peer)
    yield b'\x00' + op(0) + op(4) + bytes([8]) + b'\xff\xff\xff\xffabcd'
    yield b'\x00' + op(9) + op(4) + bytes([3]) + b'\x00\x00\x00'
    yield b'\x00' + op(9) + op(3) + struct.pack('>H', 6) + b'\x93\x00\xa0\x01\xc0\xc0'


def sync_seeds():
    """fuzz-sync.c: an operation a byte, then what it needs."""
    ours, original, leave, act, write, told, other, digest, buckets, keys, want, records, message, restore, wait, late = range(16)
    long = op(wait) + b'\x0f'
    moment = op(wait) + b'\x05'
    hours = op(late) + b'\x01'
    for leasing in (b'\x00', b'\x01'):
        # Our program alone, and with others of each kind; values of every kind.
        for who in (b'', op(original) + b'\x00', op(original) + b'\x01', op(ours) + b'\x00'):
            for value in range(0, 64, 5):
                mine = op(act) + bytes([2, 1, value]) + op(act) + bytes([2, 2, 0x3c]) + op(act) + bytes([1, 2, 0x1b])
                yield leasing + who + mine + op(act) + bytes([0, 1]) + op(act) + bytes([1, 3, 0x3c]) + hours * 2 + op(act) + bytes([1, 2, 0x24])
            for odd in range(0xfc, 0x100):
                yield leasing + who + op(act) + bytes([2, odd, 6]) + op(act) + bytes([0, odd])
        # A map of another's, taken over field by field when his hour is over.
        for fields in range(4, 64, 8):
            yield leasing + op(original) + b'\x00' + op(write) + bytes([0, 2, 0x3c]) + op(act) + bytes([1, 2, fields]) + hours * 2 + op(act) + bytes([1, 2, fields]) + \
                op(act) + bytes([1, 2, 0x3c ^ fields & 0x38]) + op(act) + bytes([2, 2, 6]) + op(act) + bytes([1, 2, fields])
        # Writes of others: each kind, before and after ours, and what originals must not hear.
        for choice in range(0, 256, 3):
            yield leasing + op(original) + b'\x00' + op(original, 1) + b'\x01' + op(ours, 2) + b'\x00' + op(act) + bytes([2, 1, 6]) + \
                op(write) + bytes([choice, 1, choice ^ 0x5a]) + op(write) + bytes([choice, 2, 0x3c]) + op(write, 1) + bytes([choice | 1, 2, 0x1c]) + \
                op(write, 2) + bytes([choice & 0xee, 2, 0]) + op(write, 2) + bytes([choice & 0xee, 9, 0])
            yield leasing + op(original) + b'\x00' + op(told) + bytes([choice, 1, 6]) + op(told) + bytes([choice & 0xf8, 1, 6]) + op(act) + bytes([2, 3, 6]) + \
                op(told) + bytes([choice, 3, 14]) + op(told) + bytes([choice, 2, 0]) + hours + op(original, 1) + b'\x00' + long
        for kind in (b'\x00', b'\x01'):
            # The table is told at joining; he leaves in the middle, and comes again.
            fill = b''.join(op(act) + bytes([2, n, 6 + 8 * n & 0xff]) for n in range(12))
            yield leasing + fill + op(original) + kind + moment + op(leave) + moment + op(original) + kind + long + op(leave) + op(original) + kind + long * 2
            yield leasing + fill + op(original) + kind + op(act) + bytes([0, 11]) + moment + op(ours, 1) + b'\x00' + hours + op(act) + bytes([0, 3])
    theirs = b''.join(op(other, n & 3) + bytes([n * 37 & 0xff, n, 0x3c ^ n * 9 & 0xff]) for n in range(10))
    mine = b''.join(op(act) + bytes([2, n, 6 + 8 * n & 0xff]) for n in range(4, 12))
    meet = b'\x00' + mine + theirs + op(ours) + b'\x00'
    for choice in (0, 1, 2, 3, 0xf0):
        for many in (0, 1, 3, 5, 7, 8, 9, 0x0d, 0x15, 0xe1, 0xf0, 0xf1):
            tell = b''.join(op(keys) + bytes([many, n]) for n in range(12))
            yield meet + op(digest) + bytes([choice]) + tell + long + op(records) + bytes([7]) + bytes(range(7)) + op(records) + b'\x0f' + bytes(range(5, 12)) + b'\x03\x92\xc0\xc0'
            yield meet + long * 2 + op(buckets) + bytes([many]) + long + op(records) + bytes([7]) + bytes(range(7)) + op(want) + bytes([many]) + bytes(range(16)) + long
        yield meet + op(original, 1) + b'\x00' + op(digest) + bytes([choice]) + (op(digest) + bytes([choice])) * 3 + op(want) + b'\xff' + bytes(range(16)) * 2 + long * 3
    for form in (1, 2, 3, 4, 5):
        yield b'\x00' + mine + op(ours) + bytes([form]) + long + op(leave) + op(ours) + bytes([form]) + long
    yield b'\x00' + mine + op(original) + b'\x01' + op(late) + b'\x00' + long
    for n in range(12):
        again = b''.join(op(restore) + bytes([0, k]) for k in range(n + 1))
        yield b'\x00' + theirs + again + op(ours) + b'\x00' + op(digest) + b'\x01' + long + op(original, 1) + bytes([n & 1]) + long
        yield b'\x00' + theirs + again + op(ours) + b'\x00' + op(digest) + b'\x00' + b''.join(op(keys) + bytes([3, k]) for k in range(12)) + \
            op(records) + b'\x07' + bytes(range(7)) + hours * 4
    stamp = ['1', 1500000000, 0, b'i' * 32]
    mark = struct.pack('>QI', 1500000000 << 1, 0) + b'i' * 8
    first = struct.pack('>QI', 1499999000 << 1 | 1, 7) + b'j' * 8
    head = stamp + [1499990000, mark]
    for record in ([b'k', head + stamp + [b'\x01']], [b'k', head + stamp + [b'\x81\xa1a\x01', stamp + [b'\xa1b', b'\x02']]],
                   [b'k', head + [None, stamp + [b'\xa1b', b'\x02']]], [b'k', head + stamp + [None]], [b'k', stamp + [1499990000, first + mark] + stamp + [b'\x01']],
                   [b'k', stamp + [1500000000, mark + first] + stamp + [b'\x01']], [b'k', stamp + [1500000001, mark] + stamp + [b'\xc0']],
                   [b'k', stamp + [0, mark[1:]] + stamp + [b'\x01']], [b'k', head + stamp], [b'k', head + stamp + [b'\xc1']], [b'k', head + [5]],
                   [b'k', head + [None, [1]]], [b'k', head + stamp + [b'\x01'], head + stamp + [b'\x02']], [b'k'], [b'', head], [1, 2], 3):
        body = umsgpack.packb(record)
        yield b'\x00' + op(restore) + bytes([len(body)]) + body + op(ours) + b'\x00' + op(digest) + b'\x00' + op(keys) + b'\x00\x6b' + long
        yield b'\x00' + mine + op(ours) + b'\x00' + op(digest) + b'\x00' + op(keys) + b'\x01\x05' + op(records) + bytes([8, len(body)]) + body
    for m in (said(0, 0, 11, b'k', 5), said(0, 0, 11, b'k', 5, 3), said(2, 0, 11, b'k', 5, '1', 1500000000), said(0, 0, 17, b'k', {'a': 1}), said(0, 0, 11, b'k', None),
              said(0, 0, 11, b'k', '', 1), said(0, 0, 11, b'k', 1, 'x'), said(2, 0, 5, '1'), said(2, 0, 0x58, 1, 11), said(2, 0, 0x58, 1, 15, [1])):
        for who in (op(original) + b'\x00', op(ours) + b'\x00'):
            yield b'\x00' + who + op(original, 1) + b'\x01' + bytes([48 | 0x40]) + m[1:] + bytes([48 | 0x40]) + m[1:]


def chord_seeds():
    """fuzz-chord.c: an operation a byte, then what it needs."""
    ours, original, act, meta, notify, write, ask, answer, ring, find, copy, arc, names, message, restore, wait = range(16)
    long = op(wait) + b'\x0f'
    moment = op(wait) + b'\x05'
    minute = bytes([wait << 2 | 0x80 | 0x40])

    def high(number, peer=0):
        return bytes([number << 2 | peer | 0x80 | 0x40])
    spot = [hash << 2 | key for key in range(4) for hash in range(5)]
    company = [b'', op(original) + b'\x00', op(original) + b'\x02' + op(original, 1) + b'\x00', op(ours) + b'\x00',
               op(ours) + b'\x00' + op(ours, 1) + b'\x00', op(ours) + b'\x00' + op(original, 1) + b'\x00' + op(ours, 2) + b'\x00',
               b''.join(op(ours, n) + b'\x00' for n in range(4)), op(ours) + b'\x02' + op(ours, 1) + b'\x05']
    there = b''.join(op(ring, n) + bytes([1, 0, 0, 0]) for n in range(4))
    all_say = [b''.join(op(answer, n) + bytes([how, 0x1f | key << 5, value]) for n in range(4)) for how in (0, 0x18, 0x38, 0x08) for key, value in ((0, 5), (1, 0), (0, 0x3a))]
    nth = 0
    for options in range(8):
        first = bytes([options])
        for who in company:
            nth += 1
            begin = first + who + there + long
            for what in range(8):
                for value in (5, 0, 0x3a, 0x1b):
                    mine = op(act) + bytes([what, 0]) + (bytes([value]) if what in (2, 6, 7) else b'')
                    heard = all_say[(nth + what + value) % len(all_say)]
                    yield begin + mine + heard + moment + heard + long
                    if (what + value + nth) % 4 == 0:
                        yield begin + op(act) + bytes([6, 0, 5]) + heard + long + mine + heard + op(wait) + b'\x0b' + heard + long * 2 + mine
            for n in range(20):
                k = (nth * 7 + n * 13) % 256
                yield begin + op(write) + bytes([k & 0xdb, spot[n], 5]) + op(ask) + bytes([k & 0xdb, spot[n]]) + op(ask, 1) + bytes([8 | k & 3, spot[n]]) + \
                    op(write, 1) + bytes([8 | k & 3, spot[n], 5, k]) + op(write) + bytes([0xc & k | 4, spot[n], 0x3a, k]) + op(write, 2) + bytes([8, spot[n], 0, k & 1]) + \
                    op(ask, 2) + bytes([0, spot[n]]) + all_say[n % len(all_say)] + long
            yield begin + b''.join(op(notify, n & 3) + bytes([n * 11 & 0x7f, n]) for n in range(16)) + op(names) + b'\x00' + op(names) + b'\x06' + long + \
                op(names, 1) + bytes([(nth * 2 & 6) | (0xe8 if nth % 5 == 0 else 0)]) + op(names) + bytes([0x0f]) + bytes([0x2f, 0, 0x30, 1, 0x31, 2, 0x40, 3, 0xf0, 0, 0xef, 1, 0x20, 0xfc]) + minute + op(names, 1) + b'\x06' + long + op(names, 1) + bytes([0x0b, 0x2f, 0, 0x30, 1, 0x31, 2, 0x40, 3, 0x20, 0xfc]) + op(original, 3) + b'\x00' + long * 3
            fill = b''.join(high(copy) + bytes([n * 3 & 0xfe, spot[n], 5 + 8 * n & 0xff]) for n in range(20))
            yield begin + fill + op(copy) + b'\x1f' + long + op(ask) + bytes([8, spot[3]]) + op(copy, 1) + b'\x4a' + minute + high(arc) + b'\x01' + high(arc, 1) + b'\x11' + long * 2
            yield begin + fill[:5 * 4] + op(copy) + b'\x2a' + b'\x03\x92\xc0\xc0' + op(restore) + bytes([0, spot[2]]) + op(restore) + bytes([1, spot[1]]) + op(restore) + bytes([2, 0, 4]) + b'\x94\x00\x01\xc0'
            for choice in (0, 1, 4, 2, 6, 10, 14, 0xfe, 3, 7, 0x13, 0x22):
                for frm, to in ((0, 0), (0, 1), (1, 0), (6, 6), (0x46, 7), (2, 1)):
                    yield begin + fill + op(copy) + b'\x0c' + op(arc) + bytes([choice, frm, to, 0, 0]) + op(arc, 1) + bytes([choice, to, frm, 0x80, spot[4], 0x80, spot[7]]) + long
                yield begin + fill + op(copy) + b'\x12' + minute + b''.join(op(arc, n) + bytes([choice | 8, 0, 0, 0, 0]) for n in range(4)) + moment + \
                    b''.join(high(arc, n) + b'\x01' for n in range(4)) + long * 2
            for choice in range(0, 64, 5):
                yield begin + op(find) + bytes([choice, choice * 3 & 0xff, choice]) + op(find, 1) + bytes([choice | 1, 0x25 + choice & 0xff]) + op(find) + bytes([choice & 0xfc, 2, 0, 1]) + \
                    op(find, 2) + bytes([(choice & 15) << 2, 1, 3]) + long
                yield begin + op(ring) + bytes([choice & 15, choice * 4 & 0xff, 3, 1, 2, 3, 2, 3, 1]) + op(ring, 1) + bytes([7, 0, 1, choice & 0xff, 2, choice * 5 & 0xff, 0]) + long + minute + \
                    op(ring) + bytes([choice & 15, 0x80 | choice, 2, 0x0a, choice, 0x20, 1, 2]) + high(ours, 1) + long
        for n in range(8):
            some = b''.join(op(notify, 3) + bytes([0, k]) for k in range(4))
            yield first + op(original, 3) + b'\x02' + some + op(ours, n & 3) + b'\x00' + long + op(names, n & 3) + bytes([2 | n & 4]) + long + op(names, n & 3) + bytes([0x0f, 0x2f, 0, 0x30, 1, 0x31, 2, 0x40, 3, 0x10, 1, 0x11, 2, 0x20, 0]) + \
                minute + op(names, n & 3) + b'\x06' + long + op(original, (n + 1) & 3) + b'\x00' + long + op(names, n & 3) + bytes([0x03, 0xef, 0]) + op(names, n & 3) + b'\x01' + long
        for n in range(4):
            everybody = b''.join(op(ours, p) + b'\x00' for p in range(4)) + there
            yield first + everybody + op(act) + b'\x06\x00\x05' + all_say[0] + long + op(act) + bytes([4, 0]) + long + high(arc) + b'\x01' + long + op(act) + b'\x03\x00' + minute * n
            yield first + everybody + op(act) + b'\x06\x00\x05' + all_say[0] + minute + all_say[1] + high(ours, n) + long + op(meta, n) + b'\x01' + op(meta, 3 - n) + b'\x07' + minute * 2
            yield first + everybody + op(act) + b'\x00\x00' + high(ours, n) + op(act) + b'\x05\x00' + all_say[3] + op(act) + b'\x12\x00\x3a' + all_say[4] + long
        # What is signed: stores, seals and answers with proofs that hold and that do not, copies, and who is expected
        for sign in (0, 8):
            for n in range(16):
                everybody = bytes([first[0] | sign]) + b''.join(op(ours, p) + b'\x00' for p in range(4)) + there + long
                stores = b''.join(op(write, p) + bytes([0x28 | (p + n) % 6 << 4, spot[p * 3 + n & 15], 5, n & 1]) for p in range(4))
                seal = op(write, n & 3) + bytes([0x28, spot[n & 15], 3, 0]) + op(write, 3 - (n & 3)) + bytes([0x2c, spot[n & 15], 2, 0])
                copies = b''.join(high(copy) + bytes([0x40 | n % 4 << 4 | p * 2, spot[p * 5 + n & 15], 5]) for p in range(4)) + op(copy, n & 3) + b'\x1f'
                answers = b''.join(op(answer, p) + bytes([0x18 | n % 5 << 5 & 0xff, 0x9f, 5]) for p in range(4))
                expected = op(restore) + bytes([0x15, 0])
                yield everybody + stores + seal + moment + copies + long + op(act) + bytes([8 * (n & 1), 0]) + answers + long
                yield everybody + expected + op(act) + b'\x00\x00' + answers + moment + answers + minute
                yield everybody + op(act) + b'\x06\x00\x05' + all_say[n % len(all_say)] + long + op(act) + b'\x02\x00\x0a' + answers + all_say[0] + moment + all_say[1] + long + copies + minute
        for m in (said(2, 0, 11, 'sha1', '1', 5), said(2, 0, 12, 'sha1', '1'), said(2, 0, 13, 'sha256', '2', None), said(2, 0, 17, 'sha1', '1', {'a': 1}), said(0, 0, 6, b'k'), said(0, 0, 6, b'k', 'del'),
                  said(2, 0, 5, '1'), said(2, 0, 5, '0'), said(2, 0, 8, '*'), said(2, 0, 8, b'*'), said(2, 0, 0x58, 1, 16, 1), said(2, 0, 0x58, 1, 6, 1, [1]), said(2, 0, 0x58, 1, 20, b'1'),
                  said(2, 0, 0x58, 1, 24, [[b'k', 1, 0]]), said(2, 0, 11, 'sha512', 'z' * 90, 5)):
            for who in company[1:5]:
                yield first + who + bytes([message << 2 | 0x40]) + m[1:] + op(message, 1) + m[1:] + long


def store_seeds():
    """fuzz-chord-store.c: states, one after the other; or two maps."""
    def state(where, value, stamp=None, giver=0, deleted=False):
        return bytes([len(value) | giver << 4 | (64 if deleted else 0) | (128 if stamp is None else 0), where]) + value + (b'' if stamp is None else bytes([stamp]))
    for options in (0, 1, 2, 3, 8, 9):
        for n in range(1, 8):
            yield bytes([options]) + b''.join(state(i * 37 * n & 0xff, b'\xa1' + bytes([97 + i % 5]), giver=i % 4, deleted=i % n == 1) for i in range(8 * n))
            yield bytes([options]) + b''.join(state(i & 0x33, bytes([i]), stamp=i * n & 0xff, giver=n % 4) for i in range(20)) + state(0, b'', deleted=True) + state(0x40, b'\xc0')
    maps = [umsgpack.packb(m) for m in ({}, {'a': 1}, {'a': 2, 'b': 3}, {1: 2}, {'a': {'b': [1]}}, {str(i): i for i in range(20)})] + [b'\x82\xa1a\x01\xa1a\x02', b'\xdf\xff\xff\xff\xff', b'\x81\xa1a']
    for options in (4, 5, 6):
        for a in maps:
            for b in maps:
                size = max(len(a), len(b))
                yield bytes([options]) + a.ljust(size, b'\x00')[:size] + b
        record = umsgpack.packb([0, b'n' * 64, 5, b'\x01'])
        yield bytes([options]) + record + record
        yield bytes([options]) + umsgpack.packb([0, b'n' * 64, 5, None]) + record


def signed_records(record, contender, mark, now):
    """Of an owner that signs: a store, deltas of one field and of two, a delete; with rows; and what is wrong with them."""
    def spell(time, kind, value, *more):
        body = umsgpack.packb([0, 'A', time, kind, b'k'])
        packed = bytes([0x96 + len(more)]) + body[1:] + value + b''.join(umsgpack.packb(m) for m in more)
        return hashlib.sha256(packed).digest()

    def proof(row=b'', pub=b'A', signature=b'\x00'):
        return b'\x01' + pub.ljust(32, b'\x00') + signature.ljust(64, b'\x00') + bytes([0, 0, 0, 1, len(row)]) + row

    def row(since, *marks):
        return struct.pack('>Q', since) + b''.join(marks)

    def row_mark(time, identity, deleted=0, sequence=0):
        return mark(time, deleted, sequence, int.from_bytes(identity[:8], 'big'))
    one, two, last = now - 20, now - 10, now
    store, delta, both, gone = (spell(one, 11, b'\x81\xa1a\x01'), spell(two, 17, b'\x81\xa1b\x02'), spell(last, 17, b'\x82\xa1c\x03\xa1d\x04'),
                                spell(last, 11, b'\xc0'))
    base = ['A', one, 0, store, b'\x81\xa1a\x01']
    field = ['A', two, 0, delta, b'\xa1b', b'\x02']
    fields = [['A', last, 0, both, b'\xa1c', b'\x03'], ['A', last, 0, both, b'\xa1d', b'\x04']]

    def newest(time, identity, *rest):
        return ['A', time, 0, identity, time, mark(time), *rest]
    rows = row(one, row_mark(one, store), row_mark(two, delta))
    told = [[store, proof()], [delta, proof(rows)]]
    whole = sorted(told + [[both, proof(), b'\x82\xa1c\x03\xa1d\x04']])
    records = [record(newest(one, store, *base), [[store, proof()]]), record(newest(two, delta, *base, field), sorted(told)),
               record(newest(last, both, *base, field, *fields), whole), record(newest(last, gone, 'A', last, 0, gone, None), [[gone, proof()]]),
               record(newest(last, both, None), [[both, proof(), b'\x82\xa1c\x03\xa1d\x04']]), record(newest(one, store, *base)),
               record(newest(one, store, *base), [[store, proof(pub=b'B')]]), record(newest(one, store, *base), [[store, proof(signature=b'\xff')]]),
               record(newest(one, store, *base), [[store, proof(signature=b'\xfe')]]), record(newest(one, store, *base), [[store, b'']]),
               record(newest(one, store, *base), [[store, b'short']]), record(newest(two, delta, *base, field), sorted([told[0], [delta, proof(rows[:-1])]])),
               record(newest(two, delta, *base, field), [told[0]]), record(newest(two, delta, None, field), [told[1]]),
               record(newest(last, both, None, fields[0]), [[both, proof(), b'\x80']]), record(newest(last, both, None, ['A', last, 0, both, b'\xa1c', b'\x09']), [whole[-1]]),
               record(newest(one, store, *base), [['A', now - 8000, None]], [[store, proof()]])]
    # In another's name, with a map that nobody signed, a field after the other, a row too long.
    pair = [[both, proof(), b'\x82\xa1c\x03\xa1d\x04']]
    records += [record(newest(last, both, None, fields[0], ['C', *fields[1][1:]]), pair), record(newest(last, both, None, ['C', *fields[0][1:]], fields[1]), pair),
                record(['B', last, 0, bytes(32), last, mark(last), None, *fields], pair), record(newest(one, store, *base), [[store, proof(), pair[0][2]]]),
                record(newest(two, delta, None, field), [[delta, proof(), b'\x81\xa1b\x02']]), record(newest(two, delta, None, field), [[delta, proof(), pair[0][2]]]),
                record(newest(last, both, None, fields[0]), pair), record(newest(last, both, None, fields[1]), pair), record(newest(last, both, None, fields[1]), pair),
                record(newest(one, store, *base), [[store, proof(row(one - 48 * 3600 - 1, row_mark(one, store)))]]),
                record(newest(one, store, *base), [[store, proof(row(one - 48 * 3600, row_mark(one, store)))]])]
    return records


def table_seeds():
    """Steps of fuzz-sync-table.c: who, what, when and where, over and over; and whole records, as nodes send them, whole and cut."""
    def write(kind, owner, key=0, ago=0, value=1, more=0):
        what = next(n for n in range(256) if n % 3 == kind and (n >> 2) % 12 == owner and n < 0xf0)
        return bytes([4, what, key | ago << 2 | more << 6, value, 0])

    def wait(span):
        return bytes([span << 3])

    def mark(time, deleted=0, sequence=0, number=0):
        return struct.pack('>QLQ', time << 1 | deleted, sequence, number)

    def record(*contenders):
        packed = umsgpack.packb([b'k', *contenders])
        return b'\x03' + struct.pack('>H', len(packed)) + packed

    def contender(owner, time, *rest, since=None, marks=None):
        return [owner, time, 0, bytes(32), time if since is None else since, mark(time) if marks is None else marks, *rest]
    now = 1700000000
    look, forget = b'\x02', b'\x01'
    for options in (0, 1, 2, 3, 4, 5):
        first = bytes([options])
        for spans in ((0, 1, 6), (6, 7, 9), (3, 3, 8), (10, 1, 0)):
            body = b''
            for n, span in enumerate(spans * 3):
                body += write(n % 3, n % 4, n % 4, n % 5, n % 8) + wait(span)
            yield first + body + look + forget + look
            yield first + b''.join(write(k, o, 0, a, v) for k in (0, 1, 2) for o in (0, 1) for a, v in ((0, 5), (3, 6), (7, 2))) + wait(spans[0]) + look
        yield first + b''.join(write(0, o, 0, o % 8, 5) + write(2, o, 0, 0, 6) for o in range(12)) + look + wait(10) + forget + look
        yield first + b''.join(write(0, 0, 0, 0, n % 8) + wait(3) for n in range(20)) + write(0, 1, 0, 0, 5) + look
        yield first + b''.join(write(2, n % 3, 0, 0, 5 + n % 3) + wait(1 + 5 * (n % 3)) for n in range(12)) + look + wait(10) + forget
        stored = ['A', now, 0, bytes(32)]
        field = ['A', now, 0, bytes(32), b'\xa1a', b'\x05']
        records = [record(contender('A', now, *stored, b'\x81\xa1a\x01')), record(contender('A', now, *stored, None)),
                   record(contender('A', now, None, field, [*stored, b'\xa1b', b'\x06'])),
                   record(contender('A', now, *stored, b'\x80', field), contender('B', now - 50, None, [*['B', now - 50, 0, bytes(32)], b'\x01', b'\x02'])),
                   record(contender('C', now, *stored, b'\x01', since=now - 5000, marks=mark(now - 3000) + mark(now - 1, 1) + mark(now))),
                   record(contender('B', now, None, since=now - 9000, marks=b''.join(mark(now - 700 + n * 100) for n in range(8)))),
                   record(contender('A', now + 61, *stored, b'\x01')), record(contender('A', now, *stored, b'\xc0')), record(contender('', now, None)),
                   record(contender('A', now, None, since=now + 1)), record(contender('A', now, None, marks=b'short')), record(), record([]), record(1)]
        ago = contender('B', now - 8000, None), contender('A', now, None, field)
        records += [record(*ago, ['A', now - 8000, left]) for left in (None, b'\x05', b'\x81\xa1b\x01', b'\xc0', b'', 1)] + \
            [record(*ago, ['A', now - 8000]), record(*ago, ['B', now, b'\x05']), record(*ago, ['A', now - 8000, None], ['B', now - 8000, None])]
        if options & 4:
            records += signed_records(record, contender, mark, now)
            yield first + b''.join(records[-5:-2]) + look + wait(9) + forget
        for n, one in enumerate(records):
            yield first + one + look
            yield first + write(0, 1, 0, 3, 5) + one + records[(n + 3) % len(records)] + wait(7) + one + look + wait(9) + forget
            for cut in (10, 60, len(one) - 4):
                yield first + one[:cut]
        yield first + b''.join(records) + look


def app_seeds():
    """read_packets, say and ask of fuzz-app.c."""
    a, b, zeros = b'a' * 32, b'b' * 32, bytes(32)
    body = umsgpack.packb([0, '2a', 1500000000, 0, 'said'])
    frames = [
        [1, 'Ada', 1], [1, '', 0], [1, 'n' * 65, 0], [1, b'bin', 0], [1, 'Ada', -1], [2, a, b], [2, a[1:], b], [2, a + b'x', b], [3, a + b], [3, b''], [3, a * 20 + b'x'],
        [4, 7, 1, 2, 10, b''], [4, 7, 1, 2, 5000, bytes(8) + a], [4, 7, 1, 2, 0, b''], [4, 7, 1, 2, 1, b'\xff' + bytes(7) + a], [4, 7, 1, 2, 1, b'short'],
        [5, 7, 1, [[1500000001, body, b''], [1500000002, body, b]]], [5, 7, 0, []], [5, 7, 0, [[1, body, b'', b'', 5, [6]]]], [5, 7, 0, [5]], [5, 7, 0, [[1, body[:-1], b'']]],
        [5, 7, 0, [[1, body.replace(b'\x00', b'\x02', 1), b'']]], [5, 7, 0, [[1, body, b'short']]], [5, 7, 0, [[-1, body, b'']]], [6, a, b, 7, 'a.txt', 'text/plain'],
        [6, a, b, 7, 'f' * 256, ''], [6, a, b, 7, '', 't' * 128], [7, 1, zeros, 0, 2], [7, 1, zeros, 0, 2 ** 40], [8, 1, zeros, 0, b'bytes'], [8, 1, zeros, 0, b''],
        [8, 1, zeros, 0, 'text'], [99, 'later'], ['1'], [],
        [5, 7, 1, [[1, body, b'', b'p' * 102], [2, body, b, b'']]], [5, 7, 0, [[1, body, b'', b'p' * 1025]]], [5, 7, 0, [[1, body, b'', 5]]],
        [9, 1, 4444], [9, 1, 1023], [9, 1, 65536], [9, -1, 4444], [9, 1], [10, 1, 0, '81.2.3.4'], [10, 1, 9, 'later'], [10, 1, 0, 'h' * 65], [10, 1, 0, b'bin'],
    ]

    def said(kind, version, packets, more=0, peer=0):
        data = packed(version, *packets)
        return bytes([kind << 2 | peer | 64 | more, *struct.pack('>H', len(data)), len(packets) + 1]) + data
    ours, theirs = bytes([4 << 2 | 32]), bytes([4 << 2 | 1])
    for packets in frames:
        yield said(0, 1, packets)
        yield ours + said(1, 1, packets) + said(2, 1, packets)
        yield theirs + said(1, 1, packets, peer=1) + said(2, 1, packets, peer=1)
    yield said(0, 2, frames[0])
    history, fetch = bytes([3 << 2, 7 << 4]), bytes([3 << 2, 1 << 4 | 1 | 2 << 2])
    yield ours + history + said(1, 1, frames[16]) * 2
    yield ours + fetch + said(1, 1, frames[29]) * 3 + fetch + bytes([3 << 2, 1 << 4 | 1]) + said(1, 1, frames[29])
    yield ours + fetch + said(1, 1, [8, 1, zeros, 0, b'x' * 900]) * 12 + bytes([5 << 2, 15]) * 20 + said(1, 1, frames[29])
    yield ours + said(1, 1, frames[0]) * 12 + bytes([5 << 2, 15]) * 20 + said(1, 1, frames[0])
    yield ours + said(1, 1, frames[1]) * 30
    yield ours + theirs + bytes([6 << 2, 0, 6 << 2, 1]) + said(7, 1, frames[0], more=96)
    yield theirs + bytes([3 << 2 | 1, 7 << 4]) + ours + bytes([3 << 2 | 2, 7])


def x1_seeds():
    """What tests/x1/vectors.json has, whole and changed."""
    vectors = json.loads((HERE.parent / 'x1' / 'vectors.json').read_text())
    proofs = [shown['proof'] for batch in vectors['batches'] for shown in batch['shown']]
    for proof in proofs:
        yield b'\x00\x00' + bytes.fromhex(proof)
        yield b'\x03' + bytes.fromhex(proof)
    changes = [b'\x00\x00', b'\x01\x00\x00\x00\x01', b'\x01\x00\x00\x05\x80', b'\x02\x00\x00\x61\x01\x00\x63\x01', b'\x80\x04', b'\x80\xfc', b'\x81\x20\x00\x64\x02',
               b'\x01\x00\x00\x90\x01', b'\x80\x80', b'\x80\x7c', b'\x01\x00\x00\x64\x01', b'\x01\x00\x00\x62\x01']
    for n in (0, 1, 2, 4, 6, 38):
        for edit in changes:
            yield b'\x01' + struct.pack('>H', n) + bytes([n // 2]) + b'\x04note' + edit
            yield b'\x04' + bytes([n]) + b'm' * n + bytes(range(32)) + edit
    for notes in ((0,), (0, 0, 0), (5, 255, 0), (0,) * 40):
        yield b'\x02' + b''.join(bytes([i]) * 32 + bytes([n]) + b'n' * n for i, n in enumerate(notes))
    yield b'\x02' + bytes(33 * 513)[:4095]
    yield from (b'\x03' + bytes.fromhex(seal['box']) for seal in vectors['seal'])
    yield from (b'\x03' + bytes([n]) + bytes(31) for n in (0, 1, 9))
    for file in vectors['identity_files']:
        if file['cost'] < 17:     # those take a moment
            yield b'\x05' + file['text'].encode()
        yield b'\x05' + file['text'].split('\n', 1)[1].encode()
        yield b'\x06\x01' + bytes([file['cost'], file['block'], file['parallel']]) + bytes(76)
    yield from (b'\x05' + bytes(edit) for edit in ((0, 0x2d), (40, 0x41), (40, 0x3d), (35, 0x20), (35, 0x0d), (100, 0x20), (0, 0)))
    yield from (b'\x06' + bytes(head) + bytes(76) for head in ((2, 10, 1, 1), (1, 63, 8, 1), (1, 22, 8, 1), (1, 17, 255, 255), (1, 0, 0, 0)))
    yield from (b'\x07' + text.encode() for text in ('', 'short', 'long enough it is', '  Gr\u00fc\u00dfe, e\u0301 ', 'x' * 300))
    yield b'\x07\xff'


def speak_seeds():
    """Of fuzz-speak.c: on Plaintext, and of each kind some with TLS, some with a secret and some of a node without a key."""
    for i, data in enumerate(speak_plain_seeds()):
        yield data
        if i % 2 == 0:
            yield b'\xff' + bytes([1 + i // 2 % 4]) + data
    # Who dials a network with a secret, in each order; of another secret, of none, without AUTH, with another key; and whispers of who came in.
    dial, hello, auth, shake, wait = (op(n) for n in range(1, 6))
    for choice in (0, 1, 4, 8, 16, 20, 32, 48, 64):
        proof = auth + bytes([choice])
        for greeting in (b'\x00', b'\x01', b'\x04'):
            for order in (hello + greeting + proof + shake, hello + greeting + shake + proof, shake + hello + greeting + proof, shake + proof, hello + greeting + shake, shake):
                for kind in (1, 4):
                    yield b'\xff' + bytes([kind]) + dial + order + wait + b'\x0b' + bytes([15 << 2 | 0x40]) + said(2, 0, 2, 'whisper', choice)[1:] + wait + b'\x0f'


def speak_plain_seeds():
    meet, dial, hello, auth, shake, wait, hang, text, car_text, car, sealed, act, become, control, table = range(15)
    all_meet = op(meet) + op(meet, 1)
    second, long = op(wait) + b'\x0b', op(wait) + b'\x0f'

    def box(choice, text=3, more=b''):
        return op(sealed) + bytes([choice, text]) + more
    # Boxes: again as they were, cut, with another bit in each part, for nobody, too many; what is in them is too old, a store, to everybody; and no whisper at all.
    for choice in (0, 1, 2, 4, 8, 0x10, 0x40, 0x41, 0x44, 0x80):
        for inner in (3, 0x43, 0x83, 0x13, 0xd3):
            yield all_meet + box(choice, inner, b'\x04text') + second + box(0x20 | choice & 0xcf, inner) + second + box(0x60, inner) + long + box(0x20, inner)
        yield all_meet + (box(choice, 3, b'\x04text') + op(wait) + b'\x01') * 24 + second * 4 + box(choice & 0x41)
        for spoilt in (0, 31, 32, 47, 48, 63, 100, 127, 128, 160, 170, 200, 255):
            yield all_meet + box(choice & 0x41) + second + box(0x30 | choice & 0xc1, 3, bytes([spoilt])) + second + box(choice & 0x41)
    for body in (b'\x00', b'\x00\xa2id', packed(0, 'id', 1500000000), packed(0, 'id', 1500000000, 0), b'\xc1' * 40, b'\xff' * 200, b'\x20' + b'\xa3abc' * 30):
        for flag in (0x10, 0x50):
            yield all_meet + box(flag, 3, bytes([len(body)]) + body) + second + box(flag | 4, 3, bytes([len(body)]) + body)
    # Said again: as it was and too old, another's, a store, to everybody, in two envelopes; cut.
    for choice in (0, 1, 2, 8, 9, 0x40, 0x48, 0x10):
        for inner in (0x23, 0x27, 0x2b, 0xa3, 0x63, 0x33):
            yield all_meet + box(choice, inner, b'\x04text') + second + box(0x20 | choice & 0xcf, inner) + second + box(choice | 8, inner, b'\x04text')
    # What we seal, to a neighbour, to who is known from before, and to nobody's key; what does not go through others.
    for choice in (*range(4, 256, 4), *range(5, 256, 4)):
        yield all_meet + op(act) + bytes([choice]) + op(act, 2) + bytes([choice]) + op(act, 2) + b'\x02' + op(act, 2) + bytes([choice]) + op(act) + b'\x00' + second
    # Whispers on links of those who proved who they are, in the open
    for n in range(4):
        yield all_meet + bytes([15 << 2 | 0x40]) + said(2, 0, 2, 'whisper', n)[1:] + bytes([15 << 2 | 0x41]) + said(2, 0, 0x5a, 1, 11, 'nobody', n)[1:] + \
            bytes([15 << 2 | 0x40]) + said(2, 0, 0x5a, 1, 11)[1:] + bytes([15 << 2 | 0x40]) + said(2, 0, 0x5a, 1, 11, 5, b'')[1:]

    def share(what, choice, peer=0, more=b''):
        return op(table, peer) + bytes([what, choice]) + more
    ours = b''.join(share(0, c) for c in (0x10, 0x17, 0x97, 0x95, 0x98, 0x20, 0x31, 0xb3))
    for choice in range(0, 256, 5):
        # Told of owners whose keys are known, will be, or never are; before and after; signed, by another, spoilt, not at all; deltas and deletes.
        theirs = b''.join(share(4 | n << 3, choice + n & 0xff, 0, bytes([choice * 3 + n * 16 + k & 0xff])) for n in range(4) for k in (0, 3))
        tell = share(2, 0) + second + share(2, 0, 1) + second
        yield all_meet + theirs + tell
        yield op(meet, 1) + theirs + share(2, 0, 1) + second + op(meet) + op(meet, 2) + long + tell + share(3, choice & 7) + long
        yield all_meet + ours + theirs + share(2, 7) * 3 + long * 2 + share(3, choice) + tell
        # Told to everybody, with a side-car before or after, or none
        yield all_meet + share(1, choice) + op(car) + bytes([choice & 0x1f]) + second + share(1, choice ^ 0x80) + op(car) + b'\x00' + share(1, choice, 2) + ours + long
        yield op(dial) + op(shake) + share(1, choice) + second + op(act) + b'\x02' + long + share(2, 1) + ours + share(3, choice) + long + op(meet, 1) + share(1, choice, 1) + long
    for choice in range(256):
        yield all_meet + op(text) + b'\x05' + op(car) + bytes([choice]) + b'\x21' + bytes(33) + op(wait) + b'\x0a'
        yield all_meet + op(sealed) + bytes([choice, 3]) + b'\x04text' + op(sealed) + bytes([0x20, 3]) + op(wait) + b'\x0a'
    for choice in range(128):
        yield op(dial) + op(hello) + b'\x00' + op(auth) + bytes([choice]) + op(shake) + op(text) + b'\x01' + op(wait) + b'\x0d' + op(car) + b'\x00'
        yield op(meet, 1) + op(dial) + op(hello) + b'\x00' + op(shake) + op(auth) + bytes([choice]) + op(car_text) + bytes([choice | 0x80, 0]) + op(wait) + b'\x0c'
    for choice in range(16):
        yield op(dial) + op(hello) + bytes([choice]) + op(auth) + b'\x00' + op(shake) + op(car_text) + bytes([choice, 0])
        yield op(dial) + op(shake) + op(hello) + bytes([choice]) + op(auth) + b'\x00' + op(act) + bytes([choice]) * 2 + op(wait) + b'\x0f'
        yield all_meet + (op(text) + bytes([choice])) * 20 + op(wait) + b'\x09' + op(car) + b'\x06' + op(hang) + op(wait) + b'\x0f'
        yield all_meet + (op(text) + bytes([choice]) + op(car) + b'\x10\x01x') * 20 + op(wait) + b'\x09'
        yield all_meet + op(become, 2) + b'\x00' + op(meet, 2) + op(car_text, 2) + bytes([choice, choice]) + op(act) + b'\x01' * 3 + op(wait) + b'\x0f'
        yield op(meet, 2) + op(hang, 2) + op(become, 3) + b'\x02' + op(dial, 3) + op(hello, 3) + b'\x04' + op(shake, 3) + op(car_text, 3) + bytes([choice, 0]) + op(wait) + b'\x0f'
        yield all_meet + op(act) + b'\x01' + op(act) + b'\x00' + op(act, 1) + b'\x02' + op(wait) + bytes([choice]) + op(act) + b'\x01' * 5 + op(wait) + b'\x09'
        yield b''.join(op(meet, p) for p in range(4)) + op(hang, 1) + op(wait) + b'\x0f' + op(meet, 1) + op(car_text, 1) + bytes([choice, 0])
        yield op(act, choice) + b'\x02' + op(act, choice >> 2) + b'\x02' + b''.join(op(act, p) + b'\x02' for p in range(4)) + op(meet, choice) + op(text) + b'\x01'
        yield op(dial) + op(shake) + op(text) + bytes([choice]) + op(wait) + b'\x0c' + op(car) + b'\x00' + op(meet, 1) + op(car, 1) + b'\x01'


def seeds():
    base58 = json.loads((VECTORS / 'base58.json').read_text())['vectors']
    yield 'base58', [v['base58'].encode() for v in base58] + [b'\x00\x01', b'0OIl', b'z' * 88, b'z' * 89, b'\xff' * 64]
    messages = [b for _, b in wire_bytes('messages-*.json')]
    yield 'message', [bytes([0x20 | i % 32]) + b[36:] for i, b in enumerate(messages)] + [bytes([0x00]) + b for b in messages[:8]] + \
        [bytes([0x10]) + b[4:] for b in messages[:4]] + [bytes([0x00]) + b for _, b in wire_bytes('compressed-*.json')]
    values = [umsgpack.packb(v) for v in (None, True, 0, -1, 2 ** 63, -2 ** 63, 1.5, 'x', b'y', [1, [2, [3]]], {'a': 1}, {1: 2, 'b': [None]},
                                          'x' * 300, b'y' * 300, list(range(40)), {str(i): i for i in range(20)}, umsgpack.Ext(5, b'abc'))]
    yield 'value', values + [b'\x90' * 1, b'\x91' * 40, b'\xdd\xff\xff\xff\xff', b'\xa3a\x00b', b'\xa2\xff\xfe', b'\x82\xa1a\x01\xa1a\x02'] + \
        [b[36:] for b in messages[:40]]
    bodies = [(METHODS.index(v['method']), b[4:]) for v, b in wire_bytes('compressed-*.json') if v['method'] in METHODS]
    yield 'codec', [b'\x00' + n for n in (b'zlib', b'gzip', b'bz2', b'lzma', b'snappy')] + [b'\x05abc', b'\x06abc', b'\x25' + b'a' * 80] + \
        [bytes([method | more]) + b for method, b in bodies for more in (0, 8, 16, 24, 32, 64)]
    frames = [b''.join(bytes([kind]) + struct.pack('>H', len(b) - 36) + b[36:] for b in messages[i:i + 3])
              for i in range(0, 60, 3) for kind in (1, 2, 6)]
    # Long enough, and too random to get shorter, so that they are unpacked in a thread.
    noise = random.Random(1).randbytes(9000)
    long = [umsgpack.packb([0, 'id', 1500000000, 0, noise[:n]]) for n in (4000, 9000)]
    threads = [bytes([2 | method << 2]) + struct.pack('>H', len(b)) + b for b in long for method in range(5)]
    frames += threads + [t + b'\x01\x00\x03abc' for t in threads]
    yield 'link', [bytes([i & 1 | refuse << 1, 7 * i % 256]) + f for i, f in enumerate(frames) for refuse in (0, 1, 2, 3)] + \
        [b'\x01\x01\x00\x00\x04\xff\xff\xff\xff', b'\x01\x01\x00\x00\x04\x00\x00\x00\x00', b'\x01\x01\x00\x00\x08\x00\x00\x01\x00abcd']
    lines = ['{"cmd":"send","packets":["hi",1,2.5,null,true,{"$b":"00ff"},[1,[2]],{"a":1}],"tag":7}', '{"v":{"$i":"18446744073709551615"}}',
             '{"v":{"$f":1.0}}', '{"v":{"$f":"nan"}}', '{"v":{"$m":[[1,2],["a",{"$b":""}]]}}', '{"v":{"$x":[5,"abcd"]}}', '{"v":{"$s":"ff"}}',
             '{"v":9007199254740993}', '{"v":1e400}', '{"v":"\\u0000\\ud800"}', '{', '[]', '{"a":1}x', '']
    yield 'json', [line.encode() for line in lines]
    yield 'app', list(app_seeds())
    yield 'mesh', list(mesh_seeds())
    yield 'sync', list(sync_seeds())
    yield 'sync-table', list(table_seeds())
    yield 'chord', list(chord_seeds())[::7]
    yield 'chord-store', list(store_seeds())
    yield 'x1', list(x1_seeds())
    yield 'speak', list(speak_seeds())


def main():
    for target, inputs in seeds():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for i, data in enumerate(inputs):
            (folder / f'seed-{i:04}').write_bytes(data)


if __name__ == '__main__':
    main()

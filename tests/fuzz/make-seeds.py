#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-seeds.py FOLDER: first inputs for the fuzzers, from the golden vectors: FOLDER/TARGET/N. The corpora grew from them."""
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
    yield 'mesh', list(mesh_seeds())


def main():
    for target, inputs in seeds():
        folder = pathlib.Path(sys.argv[1]) / target
        folder.mkdir(parents=True, exist_ok=True)
        for i, data in enumerate(inputs):
            (folder / f'seed-{i:04}').write_bytes(data)


if __name__ == '__main__':
    main()

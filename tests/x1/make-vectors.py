#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""make-vectors.py [--check] FILE: the golden vectors of docs/x1.md, made without a line of the library: Python's hashlib, and `cryptography`.

Written from the page alone, so that a difference is a fault of the page, of the library, or of this file; tests/x1/test-vectors.cpp compares.
--check: fails when FILE is not what would be written.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import unicodedata

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

NETWORK = '5mzAJTGnGSMnSd6VDoaSPrphLJFGFUDpP9CjSHuzvFzC'
ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
PRIME = 2 ** 255 - 19


def sha(data):
    return hashlib.sha256(data).digest()


def u8(n):
    return n.to_bytes(1, 'big')


def u16(n):
    return n.to_bytes(2, 'big')


def text(s):
    return u16(len(s.encode())) + s.encode()


def base58(data):
    n, out = int.from_bytes(data, 'big'), ''
    while n:
        n, digit = divmod(n, 58)
        out = ALPHABET[digit] + out
    return out or '1'


class Identity:
    def __init__(self, seed):
        self.seed = seed
        self.key = Ed25519PrivateKey.from_private_bytes(seed)
        self.pub = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = base58(hashlib.sha384(b'p2p-id-v1\0' + self.pub + NETWORK.encode()).digest())

    def x25519(self):
        scalar = bytearray(hashlib.sha512(self.seed).digest()[:32])
        scalar[0] &= 248
        scalar[31] = scalar[31] & 127 | 64
        return bytes(scalar)

    def describe(self):
        return {'seed': self.seed.hex(), 'pub': self.pub.hex(), 'id': self.id, 'x25519_secret': self.x25519().hex(), 'x25519_pub': montgomery(self.pub).hex()}


def montgomery(pub):
    y = int.from_bytes(pub, 'little') & (2 ** 255 - 1)
    return ((1 + y) * pow(1 - y, PRIME - 2, PRIME) % PRIME).to_bytes(32, 'little')


def tree(leaves):
    levels = [[sha(b'\0' + i + u8(len(note)) + note) for i, note in leaves]]
    while len(levels[-1]) > 1:
        row = levels[-1]
        levels.append([sha(b'\1' + row[i] + row[i + 1]) if i + 1 < len(row) else row[i] for i in range(0, len(row), 2)])
    return levels


def batch(identity, domain, leaves):
    levels = tree(leaves)
    sig = identity.key.sign(domain.encode() + b'\0' + text(NETWORK) + u16(len(leaves)) + levels[-1][0])
    proofs = []
    for i, (_, note) in enumerate(leaves):
        proof, at = b'\1' + identity.pub + sig + u16(i) + u16(len(leaves)), i
        for row in levels[:-1]:
            if at ^ 1 < len(row):
                proof += row[at ^ 1]
            at //= 2
        proofs.append(proof + u8(len(note)) + note)
    return levels[-1][0], sig, proofs


def batch_vector(identity, domain, leaves, shown):
    root, sig, proofs = batch(identity, domain, leaves)
    assert all(len(p) <= 645 for p in proofs)
    return {'domain': domain, 'n': len(leaves), 'root': root.hex(), 'sig': sig.hex(),
            'leaves_sha256': sha(b''.join(i + u8(len(n)) + n for i, n in leaves)).hex(),
            'proofs_sha256': sha(b''.join(proofs)).hex(),
            'shown': [{'index': i, 'id': leaves[i][0].hex(), 'note': leaves[i][1].hex(), 'proof': proofs[i].hex()} for i in shown]}


def value_leaf(which, number, stamp, value):
    """The id of a position's state: value is its MessagePack, or none for a delete."""
    return sha(u8(which) + number.to_bytes(64, 'big') + stamp.to_bytes(8, 'big') + u8(value is None) + sha(value or b''))


def value_vector(identity, key, stamp, value):
    """A key that is set or deleted: one signature over its five positions."""
    numbers = [int.from_bytes(hashlib.new(name, key).digest(), 'big') << shift
               for name, shift in (('sha1', 224), ('sha224', 160), ('sha256', 128), ('sha384', 0), ('sha512', 0))]
    leaves = [value_leaf(i, number, stamp, value) for i, number in enumerate(numbers)]
    _, sig, proofs = batch(identity, 'p2p-x1-value', [(leaf, b'') for leaf in leaves])
    return {'key': key.hex(), 'stamp': stamp, 'value': None if value is None else value.hex(), 'sig': sig.hex(),
            'numbers': [number.to_bytes(64, 'big').hex() for number in numbers], 'leaves': [leaf.hex() for leaf in leaves], 'proofs': [proof.hex() for proof in proofs]}


def transcript(role, signer, other, signer_nonce, other_nonce, binding, with_key=True):
    return (b'p2p-x1-auth\0' + u8(role) + text(signer.id) + text(other.id) + signer.pub + (other.pub if with_key else bytes(32))
            + signer_nonce + other_nonce + text(NETWORK) + (b'\1' + binding if binding else b'\0'))


def secret_key(secret):
    normal = unicodedata.normalize('NFC', secret).strip(' \t\n\f\r').encode()
    return hashlib.scrypt(normal, salt=b'p2p-x1-secret\0' + NETWORK.encode(), n=2 ** 15, r=8, p=1, maxmem=64 << 20, dklen=32)


def seal(sender, receiver, body, eph_secret):
    eph_key = X25519PrivateKey.from_private_bytes(eph_secret)
    eph = eph_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    target = montgomery(receiver.pub)
    keys = HKDF(SHA256(), 44, eph + target, b'p2p-x1-seal\0' + text(NETWORK)).derive(eph_key.exchange(X25519PublicKey.from_public_bytes(target)))
    ids = text(sender.id) + text(receiver.id)
    sig = sender.key.sign(b'p2p-x1-seal\0' + text(NETWORK) + ids + eph + sha(body))
    return eph + ChaCha20Poly1305(keys[:32]).encrypt(keys[32:], sender.pub + sig + body, ids)


def fingerprint(pub):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'src', 'p2p', 'x1', 'p2p-fingerprint-words.c'), encoding='utf-8') as f:
        words = [w for line in f for w in line.split('"')[1::2] if line.startswith('  "')]
    assert len(words) == 256
    digest = hashlib.sha512(b'p2p-x1-fingerprint\0' + pub).digest()
    for _ in range(5199):
        digest = hashlib.sha512(digest + pub).digest()
    return {'pub': pub.hex(), 'digits': ' '.join('%05d' % (int.from_bytes(digest[i:i + 5], 'big') % 100000) for i in range(0, 20, 5)),
            'words': ' '.join(words[b] for b in digest[20:28])}


def identity_file(seed, passphrase, salt, nonce, cost, block, parallel):
    head = b'\1' + u8(cost) + u8(block) + u8(parallel) + salt + nonce
    key = hashlib.scrypt(unicodedata.normalize('NFC', passphrase).encode(), salt=salt, n=2 ** cost, r=block, p=parallel, maxmem=300 << 20, dklen=32)
    file = head + ChaCha20Poly1305(key).encrypt(nonce, seed, head)
    file += sha(file)[:4]
    armour = base64.b64encode(file).decode()
    return '\n'.join(['-----BEGIN ROUNDTABLE IDENTITY-----'] + [armour[i:i + 64] for i in range(0, len(armour), 64)] + ['-----END ROUNDTABLE IDENTITY-----', ''])


def packed(value):
    """MessagePack, in the shortest form."""
    if isinstance(value, int):
        sizes = [(0x80, b''), (1 << 8, b'\xcc'), (1 << 16, b'\xcd'), (1 << 32, b'\xce'), (1 << 64, b'\xcf')]
        n, head = next((i, h) for i, (end, h) in enumerate(sizes) if value < end)
        return head + value.to_bytes(max(1, 2 ** (n - 1)) if n else 1, 'big')
    data = value.encode() if isinstance(value, str) else value
    if isinstance(value, str) and len(data) < 32:
        return u8(0xa0 | len(data)) + data
    heads = (b'\xd9', b'\xda') if isinstance(value, str) else (b'\xc4', b'\xc5')
    return (heads[0] + u8(len(data)) if len(data) < 256 else heads[1] + u16(len(data))) + data


def mark(time, sequence, deleted, id):
    return (time << 1 | deleted).to_bytes(8, 'big') + sequence.to_bytes(4, 'big') + id[:8]


def write(owner, key, kind, value, time, sequence=0, spelled_empty=False, since=None, before=()):
    """What is signed of a write: value is its MessagePack, or none for a delete; before: the marks of its row but its own."""
    deleted = value is None
    trailer = sequence << 1 | spelled_empty
    said = (packed('') if spelled_empty else b'\xc0') if deleted else value
    message = (u8(0x97 if trailer else 0x96) + packed(0) + packed(owner.id) + packed(time) + packed({'store': 11, 'delta': 17}[kind]) + packed(key) + said
               + (packed(trailer) if trailer else b''))
    id = sha(message)
    note = b'' if since is None else since.to_bytes(8, 'big') + b''.join(before) + mark(time, sequence, deleted, id)
    proof = batch(owner, 'p2p-x1-sig', [(id, note)])[2][0]
    return {'key': key.hex(), 'kind': kind, 'value': None if deleted else value.hex(), 'time': time, 'sequence': sequence, 'spelled_empty': spelled_empty,
            'message': message.hex(), 'id': id.hex(), 'since': since or time, 'marks': (b''.join(before) + mark(time, sequence, deleted, id)).hex(),
            'note': note.hex(), 'proof': proof.hex()}


def writes(owner):
    now = 1700000000
    first, second = mark(now - 5000, 0, False, sha(b'first')), mark(now - 1800, 70000, True, sha(b'second'))
    return [write(owner, b'k', 'store', packed(5), now),
            write(owner, b'k', 'store', b'\xcf' + (5).to_bytes(8, 'big'), now, 1),
            write(owner, 'Stra\u00dfe'.encode(), 'store', packed('K\u00e4se' * 20), now, 3, since=now - 60, before=[mark(now - 60, 0, False, sha(b'before'))]),
            write(owner, b'n' * 300, 'store', packed(b'x' * 300), now, 2 ** 31 + 1, since=now - 5000, before=[first, second]),
            write(owner, bytes(256), 'delta', b'\x81' + packed('field') + packed(300), now, 64),
            write(owner, b'map', 'delta', b'\x82' + packed('a') + packed(70000) + packed('b') + packed(2 ** 40), now, since=now - 5000, before=[first]),
            write(owner, b'gone', 'store', None, now, 2, since=now - 1800, before=[second]),
            write(owner, b'gone', 'store', None, now, 0, True)]


def make():
    a, b = Identity(bytes(range(32))), Identity(bytes(range(100, 132)))
    nonces = bytes([0xa0]) * 32, bytes([0xb0]) * 32
    binding = sha(b'binding')
    leaf = [(sha(b'leaf %d' % i), b'') for i in range(512)]
    noted = [(i, bytes([n % 256]) * (n % 30)) for n, (i, _) in enumerate(leaf)]
    secret = '  Grüße an die Tafel\n'
    body = bytes(range(256)) * 2 + b'!'
    fixed = bytes(range(200, 232))
    transcripts = []
    for role, binding_of, with_key in ((0, binding, True), (1, None, True), (0, None, False)):
        t = transcript(role, a, b, *nonces, binding_of, with_key)
        transcripts.append({'role': role, 'binding': (binding_of or b'').hex(), 'with_other_key': with_key, 'transcript': t.hex(), 'sig': a.key.sign(t).hex(),
                            'mac': hmac.new(secret_key(secret), b'p2p-x1-secret\0' + t, 'sha256').hexdigest()})
    value = value_leaf(3, 7, 1234567, b'\xa5value')
    return {
        'network': NETWORK, 'a': a.describe(), 'b': b.describe(),
        'batches': [batch_vector(a, 'p2p-x1-sig', leaf[:1], [0]),
                    batch_vector(a, 'p2p-x1-sig', [(leaf[0][0], b'a note')], [0]),
                    batch_vector(a, 'p2p-x1-sig', [(leaf[0][0], b'n' * 255)], [0]),
                    batch_vector(b, 'p2p-x1-value', [(value, b'')], [0]),
                    batch_vector(a, 'p2p-x1-sig', leaf[:3], [0, 1, 2]),
                    batch_vector(a, 'p2p-x1-sig', noted[:5], [3, 4]),
                    batch_vector(a, 'p2p-x1-sig', noted, [0, 255, 511])],
        'nonces': [n.hex() for n in nonces], 'secret': secret, 'secret_key': secret_key(secret).hex(), 'auth': transcripts,
        'seal': [{'body': t.hex(), 'eph_secret': fixed.hex(), 'box': seal(a, b, t, fixed).hex()} for t in (b'', b'hello', body)],
        'writes': writes(a),
        'values': [value_vector(a, b'k', 1700000000000123, b'\xa5value'), value_vector(a, b'\xff\0key', 1700000000000124, b'\x82\xa1a\x01\xa1b\xcb?\xf8\0\0\0\0\0\0'),
                   value_vector(b, b'k', 1700000000000125, None)],
        'fingerprints': [fingerprint(a.pub), fingerprint(b.pub)],
        'identity_files': [{'passphrase': 'Käse und Brot', 'salt': fixed[:16].hex(), 'nonce': fixed[16:28].hex(), 'cost': cost, 'block': block, 'parallel': parallel,
                            'text': identity_file(a.seed, 'Käse und Brot', fixed[:16], fixed[16:28], cost, block, parallel)}
                           for cost, block, parallel in ((17, 8, 1), (10, 8, 1), (11, 4, 2))],
    }


def main():
    check = sys.argv[1:2] == ['--check']
    path = sys.argv[1 + check]
    written = json.dumps(make(), indent=1, ensure_ascii=True) + '\n'
    if not check:
        with open(path, 'w', encoding='utf-8') as f:
            f.write(written)
        return
    with open(path, encoding='utf-8') as f:
        if f.read() != written:
            sys.exit(f'{path} is not what {sys.argv[0]} makes')


if __name__ == '__main__':
    main()

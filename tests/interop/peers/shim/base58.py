# SPDX-License-Identifier: GPL-3.0-or-later
# Minimal stand-in for base58 0.2.x (which returned *str* from the encoders on
# Python 3; Debian's 1.0.3 returns bytes and breaks py2p 0.7, which calls
# .encode() on the result).
_A = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'


def _s(v):
    return v if isinstance(v, str) else bytes(v).decode('ascii')


def b58encode_int(i, default_one=True):
    out = ''
    while i:
        i, r = divmod(i, 58)
        out = _A[r] + out
    if not out and default_one:
        out = _A[0]
    return out


def b58decode_int(v):
    n = 0
    for c in _s(v):
        n = n * 58 + _A.index(c)
    return n


def b58encode(v):
    if isinstance(v, str):
        v = v.encode('ascii')
    k = len(v) - len(v.lstrip(b'\0'))
    return _A[0] * k + b58encode_int(int.from_bytes(v, 'big'), False)


def b58decode(v):
    v = _s(v)
    k = len(v) - len(v.lstrip(_A[0]))
    n = b58decode_int(v)
    return b'\0' * k + n.to_bytes((n.bit_length() + 7) // 8, 'big')

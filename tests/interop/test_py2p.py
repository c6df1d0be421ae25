#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node beside the real py2p 0.7.870."""
import pairs
from harness import NetworkTest, b, main

# What msgpack has and JavaScript has not: py2p keeps every type.
VALUES = [2147483648, 4294967295, 4294967296, 9007199254740991, {'$i': '9223372036854775807'}, {'$i': '9223372036854775808'},
          {'$i': '18446744073709551615'}, -2147483649, {'$i': '-9223372036854775808'}, {'$f': 1.0}, {'$f': 0.0}, {'$f': -5.0},
          {'$f': 'inf'}, {'$f': '-inf'}, {'$f': 'nan'},
          {'$m': [[b('binary'), 'key'], [5, 'five']]}]


class Conversation(pairs.Conversation):
    kind = 'py'

    def values(self):
        return super().values() + VALUES


class WeDial(Conversation, NetworkTest):
    pass


class TheyDial(Conversation, NetworkTest):
    we_dial = False


class Encrypted(Conversation):
    """py2p reads in one thread and writes in others, with one TLS object and no lock: what it answers while its program speaks ruins the
    link (`BAD_LENGTH`, or `Decryption has failed` here), 1 burst in 12. So nothing is asked of it by itself."""
    encryption = 'SSL'
    limits = ('discover-seconds=0', 'idle-seconds=600')


class WeDialEncrypted(Encrypted, NetworkTest):
    pass


class TheyDialEncrypted(Encrypted, NetworkTest):
    we_dial = False


class Compressions(pairs.Compressions, NetworkTest):
    kind, methods = 'py', ('snappy', 'zlib', 'gzip', 'bz2', 'lzma')


class Beginnings(pairs.Beginnings, NetworkTest):
    kind = 'py'


if __name__ == '__main__':
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""roundtable-node beside the real js2p 0.7.870."""
import pairs
from harness import NetworkTest, main

# js2p has one kind of number: it writes what is beyond int32 as a float, and integral floats as integers (quirk J9).
NUMBERS = [1073741824, 2147483648, 4294967295, 4294967296, 9007199254740991, -2147483649, -9007199254740991, {'$f': 1.0}, {'$f': 0.0}]
THERE = {str({'$f': 1.0}): 1, str({'$f': 0.0}): 0}
BACK = dict(THERE, **{str(n): {'$f': float(n)} for n in NUMBERS[1:7]})


class Conversation(pairs.Conversation):
    kind = 'js'
    there, back = THERE, BACK

    def values(self):
        return super().values() + NUMBERS


class WeDial(Conversation, NetworkTest):
    pass


class TheyDial(Conversation, NetworkTest):
    we_dial = False


class WeDialEncrypted(Conversation, NetworkTest):
    encryption = 'SSL'


class TheyDialEncrypted(Conversation, NetworkTest):
    encryption, we_dial = 'SSL', False


class Compressions(pairs.Compressions, NetworkTest):
    # npm brings js2p no snappy, so zlib and gzip are what it has.
    kind, methods = 'js', ('zlib', 'gzip')


class Beginnings(pairs.Beginnings, NetworkTest):
    kind = 'js'


if __name__ == '__main__':
    main()

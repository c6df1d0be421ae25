# SPDX-License-Identifier: GPL-3.0-or-later
"""attackers.py NAME OPTIONS: one attack on one node, in a process of its own.

Says {"ready": true} when it is prepared, attacks when it is told "go", stops when its input ends or it is done, and says {"result": …}.
"""
import json
import sys

import attack_app
import attack_frames
import attack_links
import attack_messages
import attack_peers
import attack_rings
import attack_tables
from attack_client import tell


def list_attacks(*modules):
    attacks = {}
    for module in modules:
        for name, function in vars(module).items():
            if getattr(function, '__module__', None) == module.__name__ and attacks.setdefault(name, function) is not function:
                sys.exit('%s and %s both have an attack %s' % (attacks[name].__module__, module.__name__, name))
    return attacks


ATTACKS = list_attacks(attack_app, attack_frames, attack_links, attack_messages, attack_peers, attack_rings, attack_tables)


def main():
    options = json.loads(sys.argv[2])
    tell('result', ATTACKS[sys.argv[1]](options))


if __name__ == '__main__':
    main()

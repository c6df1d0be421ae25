# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/porting.md: every name of ours that it promises is in the public headers, and every function of the two tables is on it."""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


# Whatever the umbrella header includes
umbrella = read(os.path.join(ROOT, 'src/p2p/p2p.h'))
headers = ''.join(read(os.path.join(ROOT, 'src/p2p', name)) for name in re.findall(r'#include "(.*)"', umbrella))
words = set(re.findall(r'\w+', headers))
page = read(os.path.join(ROOT, 'docs/porting.md'))

names = set(re.findall(r'`((?:p2p_|P2P_|P2p)\w+)', page))
unknown = sorted(name for name in names if name not in words)
offered = set(re.findall(r'\b(p2p_(?:sync|chord)_socket_\w+) +\(', headers)) - {'p2p_sync_socket_get_type', 'p2p_chord_socket_get_type'}
missing = sorted(offered - names)
for name in unknown:
    print('docs/porting.md names %s, which no public header has' % name)
for name in missing:
    print('docs/porting.md does not name %s' % name)
print('%d names, %d functions of tables' % (len(names), len(offered)))
sys.exit(1 if unknown or missing or not offered else 0)

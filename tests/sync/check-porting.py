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
headers = ''.join(read(os.path.join(ROOT, 'src/p2p', name)) for name in re.findall(r'#include "([a-z]+/p2p-.*)"', umbrella) if 'version' not in name)
headers += read(os.path.join(ROOT, 'src/p2p/p2p-version.h.in'))
words = set(re.findall(r'\w+', headers))
page = read(os.path.join(ROOT, 'docs/porting.md'))

names = set(re.findall(r'`((?:p2p_|P2P_|P2p)\w+)', page))
unknown = sorted(name for name in names if name not in words)
offered = set(re.findall(r'\b(p2p_(?:sync|chord)_socket_\w+) +\(', headers)) - {'p2p_sync_socket_get_type', 'p2p_chord_socket_get_type'}
missing = sorted(offered - names)

# A row is true when a test uses what it names: in C by its name, from Python as a method of a file that imports the library.
paths = [path for pattern in ('*.c', '*.h', '*.cpp', '*.hpp', '*.py') for path in glob.glob(os.path.join(ROOT, 'tests', '**', pattern), recursive=True)]
texts = {path: read(path) for path in paths if os.path.basename(path) != 'check-porting.py'}
tested = set(re.findall(r'\w+', '\n'.join(text for path, text in texts.items() if not path.endswith('.py'))))
python = '\n'.join(text for path, text in texts.items() if re.search(r'import.*\bP2p\b', text))
called = set(re.findall(r'[.\'"](\w+)', python))
for name in re.findall(r'\brun\(\w+, [\'"](\w+)', python):
    called |= {name + '_async', name + '_finish'}


def is_tested(name):
    if name in tested or name in python:
        return True
    short = re.sub(r'^(?:P2p|P2P_|p2p_(?:mesh_socket_|sync_socket_|chord_socket_|connection_|message_|protocol_|table_result_|sync_entry_)?)', '', name)
    return short in called


untested = sorted(name for name in names if not is_tested(name))
for name in unknown:
    print('docs/porting.md names %s, which no public header has' % name)
for name in missing:
    print('docs/porting.md does not name %s' % name)
for name in untested:
    print('docs/porting.md promises %s, which no test uses' % name)
print('%d names, %d functions of tables' % (len(names), len(offered)))
sys.exit(1 if unknown or missing or untested or not offered else 0)

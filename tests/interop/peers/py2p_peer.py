#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scriptable driver around a real py2p node (any of 0.2 .. 0.7).

usage: py2p_peer.py --cls mesh|sync|chord|ford --port N [options]
env:   PY2P_PATH  directory that contains the `py2p` package to load
       SHIM_PATH  directory with the shims (default: shim/ beside this file, '' for none)

stdin: one JSON command per line; stdout: one JSON event per line.
Binary values are written {"$b": "<hex>"}; tuples come out as lists.
Whatever the library itself prints goes to stderr.
"""
import argparse
import collections
import json
import os
import sys
import threading
import time
import traceback

shim = os.environ.get('SHIM_PATH', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'shim'))
path = os.environ.get('PY2P_PATH', os.path.abspath('node_modules/js2p/build/lib'))
sys.path[:0] = [p for p in (shim, path) if p]
if '0.2.' in path:
    sys.path.append(path + '/py2p')  # 0.2 does a py2-style `import net`
import warnings
warnings.simplefilter('ignore')

ap = argparse.ArgumentParser()
ap.add_argument('--cls', default='mesh')
ap.add_argument('--addr', default='127.0.0.1')
ap.add_argument('--port', type=int, required=True)
ap.add_argument('--out-addr', default=None, help='host:port announced to others')
ap.add_argument('--subnet', default='test')
ap.add_argument('--encryption', default='Plaintext')
ap.add_argument('--connect', action='append', default=[], help='host:port, may repeat')
ap.add_argument('--compression', default=None,
                help='comma list of snappy,zlib,gzip,bz2,lzma or "none"; default: whatever the library found')
ap.add_argument('--no-leasing', action='store_true')
ap.add_argument('--k', type=int, default=6, help='0.3/0.4 chord key width')
ap.add_argument('--debug', type=int, default=0)
ap.add_argument('--quiet', action='store_true', help='no message events (still queued for recv)')
a = ap.parse_args()

out = sys.stdout
sys.stdout = sys.stderr
olock = threading.Lock()


def enc(o):
    if isinstance(o, (bytes, bytearray)):
        return {'$b': bytes(o).hex()}
    if isinstance(o, dict):
        return {'$m': [[enc(k), enc(v)] for k, v in o.items()]}
    if isinstance(o, (list, tuple, set, frozenset)):
        return [enc(x) for x in o]
    if isinstance(o, float) and o.is_integer():
        return {'$f': o}
    if isinstance(o, float) and (o != o or abs(o) == float('inf')):
        return {'$f': 'nan' if o != o else 'inf' if o > 0 else '-inf'}
    if isinstance(o, int) and abs(o) > 2 ** 53:
        return {'$i': str(o)}
    if o is None or isinstance(o, (bool, int, float, str)):
        return o
    return repr(o)


def dec(o):
    if isinstance(o, dict):
        if list(o) == ['$b']:
            return bytes.fromhex(o['$b'])
        if list(o) == ['$m']:
            return {dec(k): dec(v) for k, v in o['$m']}
        if list(o) == ['$i']:
            return int(o['$i'])
        if list(o) == ['$f']:
            return float(o['$f'])
        return {k: dec(v) for k, v in o.items()}
    if isinstance(o, list):
        return [dec(x) for x in o]
    return o


def emit(**kw):
    with olock:
        out.write(json.dumps(kw) + '\n')
        out.flush()


import py2p
from py2p import base
VER = tuple(int(x) for x in base.version.split('.')) if hasattr(base, 'version') else (0, 7, 870)
NEW = VER >= (0, 6)
flags = getattr(base, 'flags', None) or py2p.flags

if a.compression is not None:
    want = [] if a.compression == 'none' else a.compression.split(',')
    comp = [getattr(flags, n) for n in want]
    if VER < (0, 4):
        base.compression[:] = comp
    else:
        lst = base.compression
        lst[:] = comp
        if not NEW:
            import py2p.mesh, py2p.chord
            js = json.dumps([bytes(c).decode() for c in comp])
            for m in (base, py2p.mesh, py2p.chord):
                m.json_compressions = js

import py2p.mesh as mesh
P = getattr(base, 'Protocol', None) or base.protocol
prot = P(a.subnet, a.encryption)
oa = None
if a.out_addr:
    h, p = a.out_addr.rsplit(':', 1)
    oa = (h, int(p))
kw = dict(prot=prot, out_addr=oa, debug_level=a.debug)
if a.cls == 'mesh':
    C = getattr(mesh, 'MeshSocket', None) or mesh.mesh_socket
elif a.cls == 'sync':
    import py2p.sync as sync
    C = getattr(sync, 'SyncSocket', None) or sync.sync_socket
    kw['leasing'] = not a.no_leasing
elif a.cls == 'chord':
    import py2p.chord as chord
    C = getattr(chord, 'ChordSocket', None) or chord.chord_socket
    if VER < (0, 5):
        kw['k'] = a.k
elif a.cls == 'ford':
    import py2p.ford as ford
    C = ford.FordSocket
node = C(a.addr, a.port, **kw)

last = [None]
cnt = dict(n=0, first=None, last=None)


class EvQueue(collections.deque):
    def appendleft(self, m):
        collections.deque.appendleft(self, m)
        last[0] = m
        cnt['n'] += 1
        cnt['last'] = time.time()
        cnt['first'] = cnt['first'] or cnt['last']
        if not a.quiet:
            try:
                emit(ev='message', sender=enc(m.sender), time=m.time, id=enc(m.id),
                     packets=enc(list(m.packets)))
            except Exception:
                traceback.print_exc()


if hasattr(node, 'queue'):
    node.queue = EvQueue()
if hasattr(node, 'on'):
    node.on('connect', lambda *_: emit(ev='connect'))
    if a.cls == 'sync':
        node.on('update', lambda s, *r: emit(ev='update', key=enc(r[0]) if r else None, value=enc(r[1]) if len(r) > 1 else None,
                                                 meta=enc(tuple(r[2])) if len(r) > 2 and isinstance(r[2], tuple) else None))
        node.on('delete', lambda s, *r: emit(ev='delete', key=enc(r[0]) if r else None))
    if a.cls == 'chord':
        node.on('add', lambda s, *r: emit(ev='add', key=enc(r[0]) if r else None))
        node.on('delete', lambda s, *r: emit(ev='delete', key=enc(r[0]) if r else None))

# Of two links to one node py2p shuts one, files the newcomer in any case, and answers its handshake: on the link that it shut, as
# often as not, and files the broken pipe among what went wrong. What it did to itself in this way is told apart from what was
# done to it by the very link.
shut = set()
own_doing = []


def resolve(handler, h_id, original=getattr(node, '_MeshSocket__resolve_connection_conflict', None)):
    pair = {handler, node.routing_table[h_id]}
    original(handler, h_id)
    shut.update(pair - {node.routing_table[h_id]})
    emit(ev='conflict', id=enc(h_id))


def send_message(self, msg, original=getattr(base.BaseConnection, 'send_InternalMessage', None)):
    before = list(node.daemon.exceptions)
    sent = original(self, msg)
    if sent is None:
        emit(ev='write-failed', id=enc(self.id), outgoing=self.outgoing, own_doing=self in shut, packets=enc(msg.packets))
        if self in shut:
            own_doing.extend(e for e in list(node.daemon.exceptions)[len(before):] if 'self.sock.send(msg.string)\n' in e)
    return sent


if hasattr(node, '_MeshSocket__resolve_connection_conflict'):
    node._MeshSocket__resolve_connection_conflict = resolve
    base.BaseConnection.send_InternalMessage = send_message
emit(ev='ready', impl='py2p', version=base.version, id=enc(node.id), addr=[a.addr, a.port],
     protocol=enc(node.protocol.id), compression=enc(list(base.compression)), pid=os.getpid())


def conn_of(cid):
    cid = dec(cid)
    for k, h in list(node.routing_table.items()):
        if k == cid or (isinstance(k, bytes) and not isinstance(cid, bytes) and k == str(cid).encode()):
            return h
    raise KeyError('no connection %r' % (cid,))


def hinfo(k, h):
    return dict(key=enc(k), id=enc(h.id), addr=enc(h.addr), outgoing=bool(h.outgoing),
                compression=enc(list(h.compression)), leeching=getattr(h, 'leeching', None))


def run(c):
    n = c['cmd']
    if n == 'connect':
        args = (c['addr'], c['port']) + ((dec(c['id']),) if 'id' in c else ())
        r = node.connect(*args)
        return r if isinstance(r, bool) or r is None else 'handler'
    if n == 'send':
        k = {x: dec(c[x]) for x in ('type', 'flag') if x in c}
        return node.send(*dec(c['packets']), **k)
    if n == 'whisper':
        conn_of(c['id']).send(flags.whisper, flags.whisper, *dec(c['packets']))
        return True
    if n == 'raw':
        conn_of(c['id']).send(*dec(c['args']))
        return True
    if n == 'reply-last':
        return last[0].reply(*dec(c['packets']))
    if n == 'sendto':
        return node.sendTo(dec(c['id']), *dec(c['packets']))
    if n == 'set':
        return node.set(dec(c['key']), dec(c['value']))
    if n == 'get':
        t0 = time.time()
        if a.cls == 'chord':
            v = node.getSync(dec(c['key']), timeout=c.get('timeout', 10)) if hasattr(node, 'getSync') else node.get(dec(c['key']))
        else:
            v = node.get(dec(c['key']))
        return dict(value=enc(v), ms=(time.time() - t0) * 1e3)
    if n == 'del':
        del node[dec(c['key'])]
        return True
    if n == 'update':
        return node.update(dec(c['dict']))
    if n == 'delta':
        r = node.apply_delta(dec(c['key']), dec(c['value']))
        return enc(r.get(c.get('timeout', 12))) if hasattr(r, 'get') else enc(r)
    if n == 'keys':
        return enc(list(node.keys() if hasattr(node, 'keys') else node))
    if n == 'data':
        return enc(node.data)
    if n == 'meta':
        return enc(node.metadata)
    if n in ('join', 'unjoin'):
        return getattr(node, n)()
    if n == 'routing_table':
        return dict(table=[hinfo(k, h) for k, h in list(node.routing_table.items())],
                    awaiting=[hinfo(None, h) for h in node.awaiting_ids])
    if n == 'routes':
        return enc(node.routes)
    if n == 'request_peers':
        return node.request_peers()
    if n == 'recv':
        q = c.get('n', 1)
        m = node.recv(q)
        f = lambda x: dict(sender=enc(x.sender), packets=enc(list(x.packets)), time=x.time)
        return None if m is None else [f(x) for x in m] if isinstance(m, list) else f(m)
    if n == 'status':
        s = node.status
        return s if isinstance(s, str) else enc([x if isinstance(x, str) else list(map(str, x)) for x in s])
    if n == 'own-doing':
        return own_doing
    if n == 'rss':
        with open('/proc/self/status') as f:
            return [l.split()[1] for l in f if l.startswith('VmRSS')][0]
    if n == 'waterfalls':
        return len(node.waterfalls)
    if n == 'counter':
        r = dict(cnt)
        if c.get('reset'):
            cnt.update(n=0, first=None, last=None)
        return r
    if n == 'burst':
        base_ = 'x' * max(0, c['size'] - 8)
        t0 = time.time()
        for i in range(c['n']):
            node.send('%08d' % (i + c.get('start', 0)) + base_)
            if c.get('pause'):
                time.sleep(c['pause'])
        return dict(start=t0, elapsed=time.time() - t0)
    if n == 'burst-set':
        t0 = time.time()
        for i in range(c['n']):
            node.set('%s%06d' % (c.get('prefix', 'b'), i), 'v%d' % i)
        return dict(start=t0, elapsed=time.time() - t0)
    if n == 'ndata':
        return dict(n=len(node.data), t=time.time())
    if n == 'disconnect':
        return node.disconnect(conn_of(c['id']))
    if n == 'close':
        node.close()
        return True
    if n == 'exit':
        emit(ev='result', cmd=n, tag=c.get('tag'), ok=True, value=None)
        os._exit(0)
    raise ValueError('unknown command ' + n)


def serve():
    for t in a.connect:
        h, p = t.rsplit(':', 1)
        try:
            node.connect(h, int(p))
        except Exception as e:
            emit(ev='error', where='connect', error=repr(e))
    for line in sys.stdin:
        line = line.strip()
        if not line:
            continue
        c = json.loads(line)

        def go(c=c):
            try:
                v = run(c)
                emit(ev='result', cmd=c['cmd'], tag=c.get('tag'), ok=True, value=v)
            except BaseException as e:
                emit(ev='result', cmd=c['cmd'], tag=c.get('tag'), ok=False, error=repr(e),
                     trace=traceback.format_exc().splitlines()[-3:])
        if c.get('async'):
            threading.Thread(target=go, daemon=True).start()
        else:
            go()
    os._exit(0)


serve()

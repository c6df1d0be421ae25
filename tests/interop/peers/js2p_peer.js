#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
/* Scriptable driver around a real js2p node (0.4 .. 0.7).
 * usage: js2p_peer.js --cls mesh|sync|chord|ford --port N [--addr A] [--subnet S]
 *        [--encryption Plaintext|SSL|ws|wss] [--connect host:port]... [--out-addr host:port]
 *        [--compression zlib,gzip,snappy|none] [--no-leasing] [--quiet] [--clock-offset S]
 * env:   JS2P_DIR  directory of the js2p package (the one holding js_src/)
 * stdin: JSON command per line; stdout: JSON event per line. Buffers are {"$b": hex}. */
'use strict';
const path = require('path');
const readline = require('readline');
process.noDeprecation = true;
const realOut = process.stdout.write.bind(process.stdout);
console.log = console.warn = (...x) => process.stderr.write(x.map(String).join(' ') + '\n');

const opt = { cls: 'mesh', addr: '127.0.0.1', subnet: 'test', encryption: 'Plaintext', connect: [] };
const argv = process.argv.slice(2);
for (let i = 0; i < argv.length; i++) {
    const k = argv[i].replace(/^--/, '');
    if (k === 'no-leasing' || k === 'quiet') opt[k] = true;
    else if (k === 'connect') opt.connect.push(argv[++i]);
    else opt[k] = argv[++i];
}
if (opt['clock-offset']) {               // seconds by which its clock is before the others'
    const now = Date.now, off = Number(opt['clock-offset']) * 1000;
    Date.now = () => now() + off;
}
const dir = process.env.JS2P_DIR || path.resolve('node_modules/js2p');
const js2p = require(path.join(dir, 'js_src', 'js2p.js'));
const base = js2p.base;

function enc(o) {
    if (o === undefined) return { $undefined: true };
    if (o === null || typeof o === 'boolean' || typeof o === 'string') return o;
    if (typeof o === 'number') return Number.isFinite(o) ? o : { $f: Number.isNaN(o) ? 'nan' : o > 0 ? 'inf' : '-inf' };
    if (Buffer.isBuffer(o) || o instanceof Uint8Array) return { $b: Buffer.from(o).toString('hex') };
    if (Array.isArray(o)) return o.map(enc);
    if (o instanceof Map) return { $m: [...o].map(([k, v]) => [enc(k), enc(v)]) };
    if (o instanceof Set) return [...o].map(enc);
    if (typeof o === 'object' && typeof o.compare === 'function') return { $i: o.toString() };
    if (typeof o === 'object') return { $m: Object.keys(o).map(k => [k, enc(o[k])]) };
    return String(o);
}
function dec(o) {
    if (Array.isArray(o)) return o.map(dec);
    if (o && typeof o === 'object') {
        const ks = Object.keys(o);
        if (ks.length === 1 && ks[0] === '$b') return Buffer.from(o.$b, 'hex');
        if (ks.length === 1 && ks[0] === '$i') return Number(o.$i);
        if (ks.length === 1 && ks[0] === '$f') return Number(o.$f === 'inf' ? Infinity : o.$f === '-inf' ? -Infinity : o.$f);
        const r = {};
        if (ks.length === 1 && ks[0] === '$m') { for (const [k, v] of o.$m) r[dec(k)] = dec(v); return r; }
        for (const k of ks) r[k] = dec(o[k]);
        return r;
    }
    return o;
}
const emit = o => realOut(JSON.stringify(o) + '\n');
const head = e => String(e && e.stack || e).split('\n').slice(0, 3).join(' | ');
process.on('uncaughtException', e => emit({ ev: 'uncaught', error: head(e) }));
process.on('unhandledRejection', e => emit({ ev: 'unhandledRejection', error: head(e) }));

if (opt.compression !== undefined) {
    const want = opt.compression === 'none' ? [] : opt.compression.split(',').map(n => base.flags[n]);
    base.compression.splice(0, base.compression.length, ...want);
    if (base.json_compressions !== undefined) base.json_compressions = JSON.stringify(base.compression);
}
const P = base.Protocol || base.protocol;
const prot = new P(opt.subnet, opt.encryption);
const port = Number(opt.port);
const split = s => { const i = s.lastIndexOf(':'); return [s.slice(0, i), Number(s.slice(i + 1))]; };
const outAddr = opt['out-addr'] ? split(opt['out-addr']) : undefined;
const pick = (m, a, b) => m[a] || m[b];
let node;
if (opt.cls === 'mesh') node = new (pick(js2p.mesh, 'MeshSocket', 'mesh_socket'))(opt.addr, port, prot, outAddr);
else if (opt.cls === 'sync') node = new (pick(js2p.sync, 'SyncSocket', 'sync_socket'))(opt.addr, port, prot, !opt['no-leasing'], outAddr);
else if (opt.cls === 'chord') node = new (pick(js2p.chord, 'ChordSocket', 'chord_socket'))(opt.addr, port, prot, outAddr);
else if (opt.cls === 'ford') node = new js2p.ford.FordSocket(opt.addr, port, prot, outAddr);
let last = null;
let cnt = { n: 0, first: null, last: null };
const mshow = m => ({ sender: enc(m.sender), time: enc(m.time), id: enc(m.id), packets: enc(m.packets) });
node.register_handler(function spy(msg) {
    const f = msg.packets[0], w = base.flags;
    const same = (x, y) => x === y || (x && y && x.toString() === y.toString());
    if (same(f, w.broadcast) || same(f, w.whisper)) {
        last = msg;
        cnt.n++; cnt.last = Date.now() / 1000; cnt.first = cnt.first || cnt.last;
        if (!opt.quiet) emit(Object.assign({ ev: 'message' }, mshow(msg)));
    }
});
if (node.on) {
    node.on('connect', () => emit({ ev: 'connect' }));
    if (!opt.quiet) node.on('update', (s, k, d, m) => emit({ ev: 'update', key: enc(k), value: enc(d), meta: m ? [enc(m.owner), enc(m.timestamp)] : null }));
    node.on('delete', (s, k) => emit({ ev: 'delete', key: enc(k) }));
    node.on('add', (s, k) => emit({ ev: 'add', key: enc(k) }));
}
if (node.incoming && node.incoming.on) node.incoming.on('error', e => emit({ ev: 'error', where: 'listen', error: String(e) }));
const announce = () => emit({ ev: 'ready', impl: 'js2p', version: base.version, id: enc(node.id), addr: [opt.addr, port], protocol: enc(node.protocol.id), compression: enc(base.compression), pid: process.pid });
const lsn = node.incoming && (node.incoming.socket || node.incoming);   // ready only once the port is bound
if (lsn && lsn.once && !lsn.listening) lsn.once('listening', announce); else announce();

const rt = () => node.routing_table instanceof Map ? [...node.routing_table.entries()] : Object.keys(node.routing_table).map(k => [k, node.routing_table[k]]);
const hinfo = (k, h) => ({ key: enc(k), id: enc(h.id), addr: enc(h.addr), outgoing: !!h.outgoing, compression: enc(h.compression), leeching: h.leeching });
function connOf(id) {
    const want = dec(id).toString();
    for (const [k, h] of rt()) if (k.toString() === want) return h;
    throw new Error('no connection ' + want);
}
const tick = () => new Promise(r => setImmediate(r));
async function run(c) {
    switch (c.cmd) {
    case 'connect': { const r = c.id === undefined ? node.connect(c.addr, c.port) : node.connect(c.addr, c.port, dec(c.id)); return typeof r === 'boolean' ? r : null; }
    case 'send': node.send(dec(c.packets), c.flag, dec(c.type)); return null;
    case 'whisper': connOf(c.id).send(base.flags.whisper, [base.flags.whisper, ...dec(c.packets)]); return true;
    case 'raw': { const a = dec(c.args); connOf(c.id).send(a[0], a.slice(1)); return true; }
    case 'reply-last': last.reply(dec(c.packets)); return null;
    case 'sendto': node.sendTo(dec(c.id), dec(c.packets)); return null;
    case 'set': node.set(dec(c.key), dec(c.value)); return null;
    case 'get': { const t = process.hrtime.bigint(); const v = await node.get(dec(c.key), dec(c.fallback), c.timeout); return { value: enc(v), ms: Number(process.hrtime.bigint() - t) / 1e6 }; }
    case 'del': node.del(dec(c.key)); return true;
    case 'update': node.update(dec(c.dict)); return null;
    case 'delta': return enc(await node.apply_delta(dec(c.key), dec(c.value)));
    case 'keys': return enc([...node.keys()]);
    case 'data': return enc(node.data);
    case 'meta': return enc(node.metadata);
    case 'join': node.join(); return null;
    case 'unjoin': node.unjoin(); return null;
    case 'routing_table': return { table: rt().map(([k, h]) => hinfo(k, h)), awaiting: node.awaiting_ids.map(h => hinfo(null, h)) };
    case 'routes': return enc(node.routes);
    case 'recv': { const m = node.recv(c.n); return Array.isArray(m) ? m.map(mshow) : m ? mshow(m) : null; }
    case 'status': return typeof node.status === 'string' ? node.status : node.status.map(head);
    case 'rss': return String(Math.round(process.memoryUsage().rss / 1024));
    case 'waterfalls': return node.waterfalls.length;
    case 'counter': { const r = Object.assign({}, cnt); if (c.reset) cnt = { n: 0, first: null, last: null }; return r; }
    case 'burst': {
        const b = 'x'.repeat(Math.max(0, c.size - 8)), t0 = Date.now() / 1000;
        for (let i = 0; i < c.n; i++) { node.send([String(i + (c.start || 0)).padStart(8, '0') + b]); if (i % 50 === 49) await tick(); }
        return { start: t0, elapsed: Date.now() / 1000 - t0 };
    }
    case 'burst-set': {
        const t0 = Date.now() / 1000;
        for (let i = 0; i < c.n; i++) { node.set((c.prefix || 'b') + String(i).padStart(6, '0'), 'v' + i); if (i % 50 === 49) await tick(); }
        return { start: t0, elapsed: Date.now() / 1000 - t0 };
    }
    case 'ndata': return { n: Object.keys(node.data).length, t: Date.now() / 1000 };
    case 'disconnect': node.disconnect(connOf(c.id)); return null;
    case 'close': node.close(); return true;
    case 'exit': emit({ ev: 'result', cmd: 'exit', tag: c.tag === undefined ? null : c.tag, ok: true, value: null }); process.exit(0);
    }
    throw new Error('unknown command ' + c.cmd);
}
for (const t of opt.connect) { try { node.connect(...split(t)); } catch (e) { emit({ ev: 'error', where: 'connect', error: String(e) }); } }
let chain = Promise.resolve();
const rl = readline.createInterface({ input: process.stdin });
rl.on('line', line => {
    if (!line.trim()) return;
    const c = JSON.parse(line), tag = c.tag === undefined ? null : c.tag;
    const go = () => run(c).then(v => emit({ ev: 'result', cmd: c.cmd, tag, ok: true, value: v === undefined ? null : v }), e => emit({ ev: 'result', cmd: c.cmd, tag, ok: false, error: head(e) }));
    if (c.async) go(); else chain = chain.then(go);
});
rl.on('close', () => process.exit(0));

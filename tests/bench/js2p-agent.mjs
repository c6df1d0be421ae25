// SPDX-License-Identifier: GPL-3.0-or-later
// js2p under measurement. JS2P_DIR names its package.
import readline from 'node:readline'
import { createRequire } from 'node:module'

process.noDeprecation = true
console.log = console.warn = (...words) => console.error(...words)
const js2p = createRequire(import.meta.url)(process.env.JS2P_DIR + '/js_src/js2p.js')
const port = 20000 + process.pid % 40000
const line = process.argv.includes('line')      // js2p refuses a peer that shares host or port with another
const outAddress = line ? [`127.0.1.${process.pid % 250 + 1}`, 9] : undefined
const kv = process.argv.includes('kv')
const dht = process.argv.includes('dht')
const protocol = new js2p.base.Protocol('bench', 'Plaintext')
const node = dht ? new js2p.chord.ChordSocket('127.0.0.1', port, protocol, outAddress) : kv ? new js2p.sync.SyncSocket('127.0.0.1', port, protocol, true, outAddress)
  : new js2p.mesh.MeshSocket('127.0.0.1', port, protocol, outAddress)

const now = () => process.hrtime.bigint()
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))
const turn = () => new Promise(resolve => setImmediate(resolve))
const say = o => process.stdout.write(JSON.stringify(o, (_, v) => typeof v === 'bigint' ? Number(v) : v) + '\n')
const record = { run: 0, want: 0, got: 0, dup: 0, first: 0n, last: 0n, seen: new Uint8Array(0), latencies: [], wake: null }

function take (bytes) {
  if (bytes.length < 16 || bytes.readUInt32LE(0) !== record.run) return
  const seq = bytes.readUInt32LE(4)
  if (seq >= record.want) return
  if (record.seen[seq]) { record.dup++; return }
  const time = now()
  record.seen[seq] = 1
  if (!record.got++) record.first = time
  record.last = time
  record.latencies.push(Number(time - bytes.readBigUInt64LE(8)) / 1e3)
  if (record.got === record.want && record.wake) record.wake()
}
node.register_handler(message => {
  if (String(message.packets[0]) === String(js2p.base.flags.broadcast)) take(Buffer.from(message.packets[message.packets.length - 1]))
})
if (dht) node.join()
if (kv) node.on('update', (_, key, value) => take(Buffer.from(value)))

const verbs = {
  async connect (to) { node.connect('127.0.0.1', to); await sleep(300); return {} },
  async expect (run, want) {
    Object.assign(record, { run, want, got: 0, dup: 0, first: 0n, last: 0n, seen: new Uint8Array(want), latencies: [] })
    return {}
  },
  async pub (run, n, size, pace) {
    const t0 = now()
    let next = Date.now()
    for (let i = 0; i < n; i++) {
      if (pace) { next += pace / 1000; const left = next - Date.now(); await (left > 0 ? sleep(left) : turn()) }
      const bytes = Buffer.alloc(size, 'x')
      bytes.writeUInt32LE(run, 0)
      bytes.writeUInt32LE(i, 4)
      bytes.writeBigUInt64LE(now(), 8)
      if (kv) node.set(`key-${run}-${i}`, bytes)
      else node.send([bytes])
      if (!pace && i % 64 === 63) await turn()
    }
    return { t0, t1: now() }
  },
  async wait (ms) {
    if (record.got < record.want) await Promise.race([new Promise(resolve => { record.wake = resolve }), sleep(ms)])
    record.wake = null
    return { n: record.got, dup: record.dup, first: record.first, last: record.last, lat: record.got <= 5000 ? record.latencies : [] }
  },
  // It never tells when a value is there: a put ends when it was sent. A get that takes more than two seconds is taken for lost.
  async put (key, value) { const t = now(); node.set(String(key), value); await turn(); return { us: Number(now() - t) / 1e3, done: 1 } },
  async get (key) {
    const t = now()
    const value = await Promise.race([Promise.resolve(node.get(String(key), undefined, 2)).catch(() => ''), sleep(2000)])
    return { us: Number(now() - t) / 1e3, value: value === undefined || value === null ? '' : String(value) }
  },
  async ring () { return { n: [...node.routing_table.values()].filter(h => !h.leeching).length + 1 } },
  async quit () { process.exit(0) }
}
verbs.set = verbs.pub
say({ ok: 1, addr: String(port) })
let queue = Promise.resolve()
readline.createInterface({ input: process.stdin })
  .on('line', text => {
    const [verb, ...words] = text.trim().split(/\s+/)
    queue = queue.then(() => verbs[verb](...(dht && verb !== 'connect' ? words : words.map(Number)))).then(r => say({ ok: 1, ...r }), e => say({ ok: 0, error: String(e) }))
  })
  .on('close', () => process.exit(0))

# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's model of py2p (tests/sim/sim07-peer.c) against the real py2p.

The real node lives in this process, so that it is seen when it has read what it was sent and waits again; its links are real ones, over
loopback. Each sequence (model_sequences.py) goes to it first and is recorded; then the model gets the record. The same must come of it:
what the program got, every frame to every link with the method it was packed by, which links were closed, the table, and whether the
node's thread lives on. Of a node with a shared table (sync), what it holds, too.

py2p gives up a frame that rests for a second, by the clock of the machine. On a machine too busy to send the next piece in time it does
so where the record says otherwise: a sequence that differs is run again, alone, and counts only if it differs each time.

    MODEL_DEEP=1       1,000 sequences of each kind instead of 60 and 200
    MODEL_SEEDS=7,9    these
    MODEL_RECORD=1     prints the records of those that differ, for sim07-run
"""
import bz2
import fcntl
import gzip
import lzma
import multiprocessing
import os
import select
import socket
import struct
import subprocess
import sys
import termios
import threading
import time
import traceback
import unittest
import zlib

import harness
import model_sequences

sys.path[:0] = [os.path.join(harness.HERE, '..', 'support'), os.path.join(harness.HERE, 'peers', 'shim'), os.path.join(harness.JS2P, 'build', 'lib')]
import tap

MODEL = os.environ.get('SIM07_RUN', os.path.abspath('build/tests/sim/sim07-run'))
SUBNET = 'model'
IDLE_TIMEOUT = 60
WORKERS = 8
QUICK = {'mesh': 60, 'sync': 200}
DEEP = 1000
# Runs of one sequence, each alone but for the first, before it is believed to differ.
RUNS = 4
# poll and pselect6 of x86-64, and of the others
WAITING_CALLS = ('7', '23', '270') if os.uname().machine == 'x86_64' else ('72', '73')


def load_py2p():
    import warnings
    warnings.simplefilter('ignore')
    import py2p.base
    import py2p.mesh
    import py2p.sync
    return py2p


# ---- seeing what the real one does ----

class Watch:
    """Counts the looks of a node's thread that found nothing new. What it looks at, and when, stays as it is."""

    def __init__(self):
        self.changed = threading.Condition()
        self.looks, self.idle = {}, {}
        self.spun = set()                  # threads that looked at a dead entry again and again

    def select(self, readers, writers, errors, timeout):
        readers = list(readers)
        me = threading.get_ident()
        with self.changed:
            self.looks[me] = look = self.looks.get(me, 0) + 1
        ready = select.select(readers, writers, errors, 0)
        if not any(self.is_news(r) for r in ready[0]):
            with self.changed:
                self.idle[me] = look
                if ready[0]:
                    self.spun.add(me)
                self.changed.notify_all()
        return ready if ready[0] else select.select(readers, writers, errors, timeout)

    @staticmethod
    def is_news(reader):
        """The end of a link whose entry stays in the table is readable again and again."""
        if not hasattr(reader, 'buffer') or unread(reader.fileno()) > 0 or not hasattr(reader, 'seen_ended'):
            if hasattr(reader, 'buffer') and unread(reader.fileno()) == 0:
                reader.seen_ended = True
            return True
        return False

    def wait(self, thread):
        """Until a look that began later than now was in vain."""
        with self.changed:
            now = self.looks.get(thread.ident, 0)
            end = time.monotonic() + IDLE_TIMEOUT
            while self.idle.get(thread.ident, 0) <= now and thread.is_alive():
                if time.monotonic() > end:
                    raise AssertionError('py2p did not come to rest in %d s; it is at %r'
                                         % (IDLE_TIMEOUT, traceback.format_stack(sys._current_frames().get(thread.ident))[-4:]))
                self.changed.wait(0.05)


def unread(fd):
    return struct.unpack('i', fcntl.ioctl(fd, termios.FIONREAD, b'\0\0\0\0'))[0]


def queued(fd):
    return struct.unpack('i', fcntl.ioctl(fd, termios.TIOCOUTQ, b'\0\0\0\0'))[0]


class Link:
    def __init__(self, sock):
        self.socket = sock
        self.got = b''
        self.closed = False                # by the node
        self.ended = False                 # by us
        self.ports = sock.getpeername()[1], sock.getsockname()[1]
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)

    def drain(self):
        """All that the node sent: it does not turn Nagle's waiting off, so each piece has to be acknowledged for the next to come."""
        while not self.closed and not self.ended:
            try:
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
                data = self.socket.recv(65536)
            except BlockingIOError:
                return
            except OSError:
                data = b''
            self.got += data
            self.closed = not data

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError:
            pass


class Real:
    """A sequence for a fresh py2p node: what came of it, and the record for the model."""

    def __init__(self, py2p, watch, seed):
        self.py2p, self.watch = py2p, watch
        self.links_by_name, self.opened, self.record = {}, set(), []
        self.listening = [socket.create_server(harness.free_address()) for _ in range(2)]
        self.listeners = [s.getsockname()[:2] for s in self.listening]
        self.closed_address = harness.free_address()
        self.address = harness.free_address()
        self.node = self.new_node(py2p.base.Protocol(SUBNET, 'Plaintext'))
        self.protocol = self.node.protocol.id
        # Its own would differ from run to run.
        self.node.id = model_sequences.rawpeer.node_id('node%d' % seed).encode()
        self.node_id = self.node.id.decode()
        methods = ','.join(map(str, py2p.base.compression)) or '-'
        self.note('node', self.node_id, *self.address, self.protocol, methods)
        for address in self.listeners:
            self.note('listen', *address)

    def new_node(self, protocol):
        return self.py2p.mesh.MeshSocket(*self.address, prot=protocol, debug_level=-1)

    def note(self, *words):
        self.record.append(' '.join(map(str, words)))

    def now(self):
        return self.py2p.utils.getUTC()

    def compress(self, method):
        return lambda data: self.py2p.messages.compress(data, method)

    def links(self):
        return [name for name, link in self.links_by_name.items() if not link.closed and not link.ended]

    def connection(self, link):
        """The node's end."""
        for conn in [*self.node.routing_table.values(), *self.node.awaiting_ids]:
            if self.link_of(conn) is link:
                return conn
        return None

    def link_of(self, conn):
        try:
            ports = conn.sock.getsockname()[1], conn.sock.getpeername()[1]
        except OSError:
            return None
        return next((link for link in self.links_by_name.values() if link.ports == ports), None)

    def rest(self):
        self.watch.wait(self.node.daemon.daemon)
        for i, server in enumerate(self.listening):
            while select.select([server], [], [], 0)[0]:
                sock, _ = server.accept()
                self.links_by_name['d%d.%d' % (i, sum(n.startswith('d%d.' % i) for n in self.links_by_name))] = Link(sock)
        end = time.monotonic() + IDLE_TIMEOUT
        while True:
            for link in self.links_by_name.values():
                link.drain()
            if not any(self.is_sending(conn) for conn in [*self.node.routing_table.values(), *self.node.awaiting_ids]):
                break
            if time.monotonic() > end:
                raise AssertionError('what py2p sent does not arrive')
        for link in self.links_by_name.values():
            link.drain()
        self.note('wait')

    def is_sending(self, conn):
        link = self.link_of(conn)
        return link is not None and not link.ended and not link.closed and queued(conn.sock.fileno()) > 0

    def wait_read(self, link):
        """Until the node has read it all and waits, for the rest of a frame or for anything."""
        thread = self.node.daemon.daemon
        looks = self.watch.looks.get(thread.ident, 0)
        end = time.monotonic() + IDLE_TIMEOUT
        while time.monotonic() < end and thread.is_alive():
            conn = self.connection(link)
            # With a dead entry it never waits; then a look that found nothing new tells.
            if (conn is None or unread(conn.sock.fileno()) == 0) and (self.is_waiting() or self.watch.idle.get(thread.ident, 0) > looks):
                return
            del conn
            time.sleep(0.0002)

    def is_waiting(self):
        try:
            with open('/proc/self/task/%d/syscall' % self.node.daemon.daemon.native_id) as f:
                return f.read().split()[0] in WAITING_CALLS
        except OSError:
            return False                   # it ended

    def step(self, what, name, pieces=()):
        self.note('utc', self.now())
        if what == 'open':
            self.note('open', name)
            self.opened.add(name)
            self.links_by_name[name] = Link(socket.create_connection(self.address))
        elif what == 'close':
            self.note('close', name)
            link = self.links_by_name[name]
            link.drain()
            link.ended = True
            link.socket.close()
        elif what != 'send':
            self.change(what, name, *pieces)
        else:
            link = self.links_by_name[name]
            for piece in pieces:
                self.note('send', name, piece.hex())
                link.send(piece)
                if piece is not pieces[-1]:
                    self.wait_read(link)
        self.rest()

    def name_of(self, conn):
        link = self.link_of(conn)
        return next((n for n, other in self.links_by_name.items() if other is link), 'over')

    def end(self):
        outcome = Outcome()
        outcome.spun = self.node.daemon.daemon.ident in self.watch.spun
        self.watch.spun.clear()
        outcome.dead = not self.node.daemon.daemon.is_alive()
        outcome.heard = [m.id.hex() for m in reversed(self.node.queue)]
        outcome.table = [(pack(key), self.name_of(conn), conn.outgoing) for key, conn in self.node.routing_table.items()]
        outcome.links = {name: (link.closed, link.got) for name, link in self.links_by_name.items()}
        outcome.ended = {name for name, link in self.links_by_name.items() if link.ended}
        self.note('end')
        self.node.daemon.alive = False
        for link in self.links_by_name.values():
            link.socket.close()
        for server in self.listening:
            server.close()
        try:
            self.node.close()
        except Exception:
            pass                           # what it makes of an id that is no id
        return outcome


class RealTable(Real):
    """The same of a node with a shared table."""

    def __init__(self, py2p, watch, seed):
        self.leasing, self.n_raised = seed % 4 != 0, 0
        super().__init__(py2p, watch, seed)
        self.note('table', int(self.leasing))

    def new_node(self, protocol):
        return self.py2p.sync.SyncSocket(*self.address, prot=protocol, debug_level=-1, leasing=self.leasing)

    def change(self, what, key, value=None):
        self.note(what, key.hex() or '-', *[pack(value)] if what != 'delete' else [])
        try:
            if what == 'delta':
                self.node.apply_delta(key, value)
            else:
                self.node.set(key, value)
        except (KeyError, TypeError):
            self.n_raised += 1

    def end(self):
        outcome = super().end()
        outcome.n_raised = self.n_raised
        outcome.values = [' '.join(map(pack, (key, value, *self.node.metadata[key]))) for key, value in self.node.data.items()]
        return outcome


def pack(value):
    import umsgpack
    return umsgpack.packb(value).hex()


# ---- comparing ----

class Outcome:
    def __init__(self):
        self.dead, self.heard, self.table, self.links, self.ended, self.spun = False, [], [], {}, set(), False
        self.n_raised, self.values = 0, []

    def compared(self, node_id):
        """What has to be the same. When and how often a dead entry makes a node ask for peers is a matter of time only; the order of a
        peers list is of chance."""
        facts = {'dead': self.dead, 'heard': self.heard, 'raised': self.n_raised, 'values': self.values}
        closed = {name for name, (is_closed, _) in self.links.items() if is_closed} | self.ended
        facts['table'] = [(key, 'over' if name in closed else name, out) for key, name, out in self.table]
        for name, (is_closed, got) in self.links.items():
            facts['closed ' + name] = is_closed or name in self.ended
            frames = [describe(frame, node_id) for frame in split(got)]
            facts['frames ' + name] = [f for f in frames if not self.spun or not is_question(f)]
        return facts


def is_question(frame):
    return frame.endswith(" own 2 [8, '*']")


def split(data):
    while data:
        length = 4 + struct.unpack('>I', data[:4])[0]
        assert len(data) >= length, 'a frame was cut off'
        yield data[4:length]
        data = data[length:]


def unpack_body(body):
    import snappy
    import hashlib
    for name, method in (('plain', bytes), ('gzip', gzip.decompress), ('zlib', zlib.decompress), ('bz2', bz2.decompress), ('lzma', lzma.decompress),
                         ('snappy', snappy.decompress)):
        try:
            plain = method(body)
        except Exception:
            continue
        if hashlib.sha256(plain[32:]).digest() == plain[:32]:
            return name, plain
    raise AssertionError('a frame that nobody can read')


def describe(body, node_id):
    import umsgpack
    method, plain = unpack_body(body)
    packets = umsgpack.unpackb(plain[32:])
    if isinstance(packets, list) and len(packets) > 2 and packets[1] == node_id.encode() and isinstance(packets[2], int):
        payload = packets[3:]
        if payload and payload[0] == 7 and len(payload) == 2 and isinstance(payload[1], list):
            payload = [7, sorted(map(pack, payload[1]))]
        elif packets[0] == 7 and len(payload) == 1 and isinstance(payload[0], list):
            payload = sorted(map(pack, payload[0]))
        shown = repr(payload) if 'Ext object' not in repr(payload) else pack(payload)
        return '%s own %r %s' % (method, packets[0], shown)
    return '%s relayed %s' % (method, plain[:32].hex())


class Model:
    def __init__(self):
        self.process = subprocess.Popen([MODEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def feed(self, record):
        self.process.stdin.write('\n'.join(record) + '\n')
        self.process.stdin.flush()
        outcome = Outcome()
        for line in self.process.stdout:
            words = line.split()
            if words[0] == 'end':
                return outcome
            if words[0] == 'got':
                outcome.links[words[1]] = (words[2] == 'closed', bytes.fromhex(words[3] if len(words) > 3 else ''))
            elif words[0] == 'heard':
                outcome.heard.append(words[1])
            elif words[0] == 'entry':
                outcome.table.append((words[1], words[2], words[3] == 'out'))
            elif words[0] == 'dead':
                outcome.dead = True
            elif words[0] == 'raised':
                outcome.n_raised = int(words[1])
            elif words[0] == 'value':
                outcome.values.append(' '.join(words[1:]))
        raise AssertionError('the model ended: %s' % self.process.wait())


def differences(expected, found):
    if not isinstance(expected, list) or not isinstance(found, list):
        return 'py2p  %r' % (expected,), 'model %r' % (found,)
    for i in range(max(len(expected), len(found))):
        if expected[i:i + 1] != found[i:i + 1]:
            return ('first difference at %d of %d, %d' % (i, len(expected), len(found)),
                    'py2p  %.400s' % expected[i:i + 1], 'model %.400s' % found[i:i + 1])
    return ()


def seeds(kind):
    if 'MODEL_SEEDS' in os.environ:
        return [(kind, int(s)) for s in os.environ['MODEL_SEEDS'].split(',')]
    return [(kind, seed) for seed in range(1, 1 + (DEEP if os.environ.get('MODEL_DEEP') == '1' else QUICK[kind]))]


class Worker:
    """Runs sequences one after the other. Most of their time the node waits for the rest of a frame, so several work side by side."""

    def __init__(self):
        self.py2p, self.watch, self.model = load_py2p(), Watch(), Model()
        self.py2p.mesh.select = self.watch.select
        threading.excepthook = lambda args: None

    def run(self, kind, seed):
        real = (RealTable if kind == 'sync' else Real)(self.py2p, self.watch, seed)
        sequence = (model_sequences.TableSequence if kind == 'sync' else model_sequences.Sequence)(seed, real)
        for step in sequence.steps():
            real.step(*step)
        expected = real.end()
        found = self.model.feed(real.record)
        found.ended, found.spun = expected.ended, expected.spun
        return (kind, seed), expected.compared(real.node_id), found.compared(real.node_id), real.record


def run_seed(seed, worker=[]):
    """The seed, what py2p did, what the model did, the record, and what went wrong with the run itself."""
    try:
        if not worker:
            worker.append(Worker())
        return *worker[0].run(*seed), None
    except Exception:
        worker.clear()                    # what is left of it would mix with the next
        return seed, {}, {}, [], traceback.format_exc()


class Differential(unittest.TestCase):
    def setUp(self):
        why = harness.missing_peers()
        if why:
            tap.skip_or_fail(why)

    def test_mesh(self):
        """accept, relay, close"""
        self.compare(seeds('mesh'))

    def test_table(self):
        """accept, relay, close, and the table"""
        self.compare(seeds('sync'))

    def compare(self, seeds):
        facts, began = dict.fromkeys(('heard', 'frames', 'closed', 'dead', 'raised', 'values', 'again'), 0), time.monotonic()
        # meson sets it; it is about our memory, and makes py2p, which copies much, ten times slower.
        os.environ.pop('MALLOC_PERTURB_', None)
        with multiprocessing.get_context('spawn').Pool(WORKERS) as pool:
            different = [outcome for outcome in pool.imap_unordered(run_seed, seeds) if self.differs(outcome, facts)]
            for run in range(1, RUNS):
                facts['again'] += len(different)
                for _, expected, _, _, _ in different:
                    self.count(expected, facts, -1)
                different = [outcome for outcome in (pool.apply(run_seed, (seed,)) for seed, *_ in different) if self.differs(outcome, facts)]
        for outcome in different:
            self.tell(*outcome)
        print('%d sequences in %.1f s, %d differ; %s' % (len(seeds), time.monotonic() - began, len(different), facts), file=sys.stderr)
        self.assertEqual([seed for seed, *_ in different], [])

    def differs(self, outcome, facts):
        _, expected, found, _, error = outcome
        self.count(expected, facts, 1)
        return error is not None or expected != found

    @staticmethod
    def count(expected, facts, sign):
        facts['heard'] += sign * len(expected.get('heard', ()))
        facts['frames'] += sign * sum(len(v) for k, v in expected.items() if k.startswith('frames'))
        facts['closed'] += sign * sum(v for k, v in expected.items() if k.startswith('closed'))
        facts['dead'] += sign * expected.get('dead', 0)
        facts['raised'] += sign * expected.get('raised', 0)
        facts['values'] += sign * len(expected.get('values', ()))

    def tell(self, seed, expected, found, record, error):
        print('--- %s, seed %d' % seed, *filter(None, [error]), file=sys.stderr)
        for key in sorted({*expected, *found}):
            if expected.get(key) != found.get(key):
                print(key, *differences(expected.get(key), found.get(key)), sep='\n  ', file=sys.stderr)
        if 'MODEL_RECORD' in os.environ:
            print('\n'.join(record), file=sys.stderr)


if __name__ == '__main__':
    tap.main()
